/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The mailbox as it must not be accessed, for test_mailbox_instructions.py to find fault with. */

#include <stdint.h>

void pci_mb_write(volatile uint64_t *mailbox, const uint64_t *message);
void pci_read(const volatile uint64_t *mailbox, uint64_t *message);

__attribute__((visibility("default"))) void
pci_mb_write(volatile uint64_t *mailbox, const uint64_t *message)
{
	uint64_t low = message[0], high = message[1];

	__asm__ volatile("dmb oshst" : : : "memory");
	mailbox[0] = low;
	mailbox[1] = high;
}

__attribute__((visibility("default"))) void
pci_read(const volatile uint64_t *mailbox, uint64_t *message)
{
	message[0] = mailbox[0];
	message[1] = mailbox[1];
	__asm__ volatile("dmb oshld" : : : "memory");
}
