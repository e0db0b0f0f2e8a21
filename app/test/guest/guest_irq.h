/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef GUEST_IRQ_H
#define GUEST_IRQ_H

/**
 * @file
 * What the kernel knows of a function's interrupts.
 */

/**
 * Whether MSI vector 1, that of the asynchronous event queue, interrupted, and who listens to it
 * took note: the kernel's counter of the vector is not 0, and no eventfd of this process has a
 * signal that was not read. Waits for that up to a second.
 *
 * @param name
 *   PCI address of the function.
 * @return
 *   0 or -1.
 */
int guest_irq_check(const char *name);

#endif /* GUEST_IRQ_H */
