/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Config space without a socket. Offsets and bits are those of the PCI specifications. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

struct seen {
	struct vfio_user_pci *pci;
	unsigned int flrs;
	unsigned int commands;
	unsigned int powers;
	uint16_t command;
	unsigned int power;
	uint16_t command_at_flr;
};

static uint32_t
get(struct vfio_user_pci *pci, uint64_t offset, size_t len)
{
	uint32_t value = 0;

	assert_int_equal(vfio_user_pci_read(pci, offset, &value, len), 0);
	return value;
}

static void
set(struct vfio_user_pci *pci, uint64_t offset, uint32_t value, size_t len)
{
	assert_int_equal(vfio_user_pci_write(pci, offset, &value, len), 0);
}

static void
on_flr(void *ctx)
{
	struct seen *seen = ctx;

	seen->flrs++;
	seen->command_at_flr = (uint16_t)get(seen->pci, 4, 2);
}

static void
on_command(void *ctx, uint16_t command)
{
	struct seen *seen = ctx;

	seen->commands++;
	seen->command = command;
}

static void
on_power(void *ctx, unsigned int state)
{
	struct seen *seen = ctx;

	seen->powers++;
	seen->power = state;
}

static const struct vfio_user_pci_ops ops = { on_flr, on_command, on_power };

static const uint8_t vendor_cap[24] = { 0x09, 0xff, 24, 1, 0x48, 0x5a, 0x44, 0x42 };

static struct vfio_user_pci_desc
description(void)
{
	return (struct vfio_user_pci_desc){
		.vendor_id = 0x19e5,
		.device_id = 0xa251,
		.subsystem_vendor_id = 0x19e5,
		.subsystem_id = 0x1122,
		.class_code = 0x120000,
		.revision = 0x30,
		.msi_vectors = 4,
		.bars = { [0] = { 0x20000, 0 },
			  [2] = { 0x10000, VFIO_USER_BAR_64BIT | VFIO_USER_BAR_PREFETCH },
			  [4] = { 0x200000000, VFIO_USER_BAR_64BIT } },
		.vendor_cap = vendor_cap,
		.vendor_cap_len = sizeof(vendor_cap),
	};
}

static struct vfio_user_pci *
make(struct seen *seen)
{
	struct vfio_user_pci_desc desc = description();

	memset(seen, 0, sizeof(*seen));
	assert_int_equal(vfio_user_pci_create(&desc, &ops, seen, &seen->pci), 0);
	return seen->pci;
}

static void
the_header_identifies(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);

	(void)state;
	assert_int_equal(get(pci, 0x00, 4), 0xa25119e5);
	assert_int_equal(get(pci, 0x04, 4), 0x00100000);
	assert_int_equal(get(pci, 0x08, 4), 0x12000030);
	assert_int_equal(get(pci, 0x0c, 4), 0);
	assert_int_equal(get(pci, 0x2c, 4), 0x112219e5);
	assert_int_equal(get(pci, 0x34, 4), 0x40);
	assert_int_equal(get(pci, 0x3c, 4), 0);
	/* Identity is not writable. */
	set(pci, 0, 0xffffffff, 4);
	set(pci, 8, 0, 4);
	assert_int_equal(get(pci, 0x00, 4), 0xa25119e5);
	assert_int_equal(get(pci, 0x08, 4), 0x12000030);
	vfio_user_pci_destroy(pci);
}

static void
bars_answer_sizing(void **state)
{
	/* What all-ones leave in each BAR, and the bits below the address. */
	static const uint32_t sized[6] = { 0xfffe0000, 0, 0xffff000c, 0xffffffff, 0x4, 0xfffffffe };
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		set(pci, 0x10 + 4 * i, 0xffffffff, 4);
		assert_int_equal(get(pci, 0x10 + 4 * i, 4), sized[i]);
	}
	set(pci, 0x18, 0x12345678, 4);
	assert_int_equal(get(pci, 0x18, 4), 0x1234000c);
	/* The expansion ROM is absent. */
	set(pci, 0x30, 0xfffff800, 4);
	assert_int_equal(get(pci, 0x30, 4), 0);
	vfio_user_pci_destroy(pci);
}

static void
capabilities_are_chained(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);

	(void)state;
	/* Power management: version 3, no soft reset on the way to D0. */
	assert_int_equal(get(pci, 0x40, 4), 0x00035001);
	assert_int_equal(get(pci, 0x44, 4), 0x00000008);
	/* MSI: 64-bit, maskable, 4 vectors. */
	assert_int_equal(get(pci, 0x50, 4), 0x01847005);
	/* PCIe: version 2 endpoint, role-based errors, FLR. */
	assert_int_equal(get(pci, 0x70, 4), 0x0002b010);
	assert_int_equal(get(pci, 0x74, 4), 0x10008000);
	/* Vendor-specific, last in the list whatever its next byte said. */
	assert_int_equal(get(pci, 0xb0, 4), 0x01180009);
	assert_int_equal(get(pci, 0xb4, 4), 0x42445a48);
	/* No extended capabilities. */
	assert_int_equal(get(pci, 0x100, 4), 0);
	assert_int_equal(get(pci, 0xffc, 4), 0);
	vfio_user_pci_destroy(pci);
}

static void
accesses_have_bounds(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);
	uint8_t all[0x1001];

	(void)state;
	memset(all, 0xff, sizeof(all));
	assert_int_equal(vfio_user_pci_read(pci, 0, all, 0x1000), 0);
	assert_int_equal(all[0xfff], 0);
	assert_int_equal(all[0x1000], 0xff);
	assert_int_equal(vfio_user_pci_read(pci, 0, all, 0x1001), -EINVAL);
	assert_int_equal(vfio_user_pci_read(pci, 0xfff, all, 2), -EINVAL);
	assert_int_equal(vfio_user_pci_read(pci, UINT64_MAX, all, 2), -EINVAL);
	assert_int_equal(vfio_user_pci_write(pci, 0x1000, all, 1), -EINVAL);
	assert_int_equal(vfio_user_pci_write(pci, 0, all, SIZE_MAX), -EINVAL);
	assert_int_equal(vfio_user_pci_write(pci, 0x1000, all, 0), 0);
	/* Across the end of what is defined, and odd bytes. */
	assert_int_equal(vfio_user_pci_read(pci, 0xfe, all, 4), 0);
	set(pci, 0x3c, 0x5a, 1);
	assert_int_equal(get(pci, 0x3b, 4), 0x00005a00);
	vfio_user_pci_destroy(pci);
}

static void
command_and_power_call_back_on_change(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);

	(void)state;
	set(pci, 4, 0xffff, 2);
	assert_int_equal(seen.command, 0x546);
	set(pci, 4, 0x546, 2);
	set(pci, 5, 0x05, 1);
	assert_int_equal(seen.commands, 1);
	set(pci, 4, 0x02, 1);
	assert_int_equal(seen.command, 0x502);
	set(pci, 0x44, 3, 2);
	assert_int_equal(seen.power, 3);
	/* D1 and D2 do not exist. */
	set(pci, 0x44, 1, 2);
	set(pci, 0x44, 2, 2);
	assert_int_equal(get(pci, 0x44, 2), 0x000b);
	assert_int_equal(seen.powers, 1);
	set(pci, 0x44, 0, 2);
	assert_int_equal(seen.power, 0);
	/* Coming back to D0 is no reset. */
	assert_int_equal(get(pci, 4, 2), 0x502);
	assert_int_equal(seen.flrs, 0);
	vfio_user_pci_destroy(pci);
}

static void
flr_restores_power_on_values(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);

	(void)state;
	set(pci, 0x10, 0xfe000000, 4);
	set(pci, 4, 6, 2);
	set(pci, 0x52, 1, 2);
	set(pci, 0x60, 3, 4);
	set(pci, 0x44, 3, 2);
	set(pci, 0x78, 0x2810, 2);
	assert_int_equal(seen.flrs, 0);
	/* The byte with bit 15 alone does it as well. */
	set(pci, 0x79, 0xa8, 1);
	assert_int_equal(seen.flrs, 1);
	assert_int_equal(seen.command_at_flr, 0);
	assert_int_equal(seen.commands, 1);
	assert_int_equal(get(pci, 0x10, 4), 0);
	assert_int_equal(get(pci, 0x52, 2), 0x184);
	assert_int_equal(get(pci, 0x60, 4), 0);
	assert_int_equal(get(pci, 0x44, 2), 0x8);
	assert_int_equal(get(pci, 0x78, 2), 0x2810);
	set(pci, 0x78, 0xffffffff, 4);
	assert_int_equal(seen.flrs, 2);
	/* Bit 15 of the status register beside it is none of it. */
	set(pci, 0x7a, 0x8000, 2);
	assert_int_equal(seen.flrs, 2);
	vfio_user_pci_destroy(pci);
}

static int
new_eventfd(struct vfio_user_pci *pci, unsigned int vector)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(vfio_user_pci_set_eventfd(pci, vector, dup(fd)), 0);
	return fd;
}

static void
msi_masks_and_remembers(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);
	int fd = new_eventfd(pci, 2);

	(void)state;
	/* Disabled: no event, nothing pending. */
	vfio_user_pci_irq(pci, 2);
	assert_int_equal(get(pci, 0x64, 4), 0);
	set(pci, 0x60, 0xffffffff, 4);
	assert_int_equal(get(pci, 0x60, 4), 0xf);
	set(pci, 0x52, 0x21, 2);
	assert_int_equal(get(pci, 0x52, 2), 0x1a5);
	vfio_user_pci_irq(pci, 2);
	vfio_user_pci_irq(pci, 2);
	vfio_user_pci_irq(pci, 0);
	assert_int_equal(test_eventfd_wait(fd, 0), 0);
	assert_int_equal(get(pci, 0x64, 4), 0x5);
	/* Pending is read-only. */
	set(pci, 0x64, 0xffffffff, 4);
	assert_int_equal(get(pci, 0x64, 4), 0x5);
	set(pci, 0x60, 0x1, 1);
	assert_int_equal(test_eventfd_wait(fd, 0), 1);
	assert_int_equal(get(pci, 0x64, 4), 0x1);
	/* Disabled: what was pending is forgotten (hardware.md 7.4, step 7 waits for that). */
	set(pci, 0x52, 0, 2);
	assert_int_equal(get(pci, 0x64, 4), 0);
	set(pci, 0x60, 0, 4);
	set(pci, 0x52, 1, 2);
	assert_int_equal(test_eventfd_wait(fd, 0), 0);
	vfio_user_pci_irq(pci, 2);
	vfio_user_pci_irq(pci, 4);
	vfio_user_pci_irq(pci, UINT32_MAX);
	assert_int_equal(test_eventfd_wait(fd, 0), 1);
	close(fd);
	vfio_user_pci_destroy(pci);
}

static void
eventfds_come_and_go(void **state)
{
	struct seen seen;
	struct vfio_user_pci *pci = make(&seen);
	uint64_t full = 0xfffffffffffffffe;
	int pipes[2];
	int fd;

	(void)state;
	set(pci, 0x52, 1, 2);
	vfio_user_pci_irq(pci, 1);
	assert_int_equal(get(pci, 0x64, 4), 0);
	fd = new_eventfd(pci, 1);
	assert_int_equal(test_eventfd_wait(fd, 0), 1);
	/* A client that leaves the counter full does not block us. */
	assert_int_equal(write(fd, &full, 8), 8);
	vfio_user_pci_irq(pci, 1);
	assert_true(test_eventfd_wait(fd, 0) == full);
	/* The FLR keeps descriptors. */
	set(pci, 0x78, 0x8000, 2);
	set(pci, 0x52, 1, 2);
	vfio_user_pci_irq(pci, 1);
	assert_int_equal(test_eventfd_wait(fd, 0), 1);
	close(fd);
	/* A pipe might block whoever writes to it. */
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(vfio_user_pci_set_eventfd(pci, 1, pipes[1]), -EINVAL);
	assert_int_equal(fcntl(pipes[1], F_GETFL), -1);
	close(pipes[0]);
	fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(vfio_user_pci_set_eventfd(pci, 4, fd), -EINVAL);
	assert_int_equal(fcntl(fd, F_GETFL), -1);
	vfio_user_pci_destroy(pci);
}

static void
wrong_descriptions_are_refused(void **state)
{
	static const uint8_t wrong_id[8] = { 0x08, 0, 8 };
	static const uint8_t wrong_len[8] = { 0x09, 0, 9 };
	struct vfio_user_pci *pci;
	struct vfio_user_pci_desc bad[9];

	(void)state;
	for (int i = 0; i < 9; i++)
		bad[i] = description();
	bad[0].bars[0].size = 0x18000;
	bad[1].bars[0].size = 0x800;
	bad[2].bars[3].size = 0x1000;
	bad[3].bars[5] = (struct vfio_user_bar){ 0x1000, VFIO_USER_BAR_64BIT };
	bad[4].bars[0].size = 0x100000000;
	bad[5].msi_vectors = 3;
	bad[6].msi_vectors = 64;
	bad[7].vendor_cap = wrong_id;
	bad[7].vendor_cap_len = 8;
	bad[8].vendor_cap = wrong_len;
	bad[8].vendor_cap_len = 8;
	for (int i = 0; i < 9; i++)
		assert_int_equal(vfio_user_pci_create(&bad[i], &ops, NULL, &pci), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_identifies),
		cmocka_unit_test(bars_answer_sizing),
		cmocka_unit_test(capabilities_are_chained),
		cmocka_unit_test(accesses_have_bounds),
		cmocka_unit_test(command_and_power_call_back_on_change),
		cmocka_unit_test(flr_restores_power_on_values),
		cmocka_unit_test(msi_masks_and_remembers),
		cmocka_unit_test(eventfds_come_and_go),
		cmocka_unit_test(wrong_descriptions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
