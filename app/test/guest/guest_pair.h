/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef GUEST_PAIR_H
#define GUEST_PAIR_H

/**
 * @file
 * Two processes, one with a PF and one with a VF that lives on queues of that PF; or a primary and
 * a secondary of one function. They wait for each other by files in the folder /tmp,
 * GUEST_PAIR_SECONDS at most.
 */

#include "guest_dev.h"

#define GUEST_PAIR_SECONDS 40

/** Gives queues away, is restarted while the VF works, and ends when the VF did. 0 or -1. */
int guest_pair_pf(struct guest_dev *dev);

/** Works, loses its function to the PF's reset, starts it again, and works. 0 or -1. */
int guest_pair_vf(struct guest_dev *dev);

/** Works while the secondary does, and after it closed the function and ended. 0 or -1. */
int guest_pair_primary(struct guest_dev *dev);

/** Works on a queue pair of its own while the primary does. 0 or -1. */
int guest_pair_secondary(struct guest_dev *dev);

#endif /* GUEST_PAIR_H */
