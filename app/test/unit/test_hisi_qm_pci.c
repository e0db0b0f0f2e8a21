/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What the QM layer reads out of a config space that cannot be trusted. */

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "hisi_qm_pci.h"

#define SHADOW_AT 0xb0

/* A dev->owner: the space, and how often it was read. */
struct space {
	uint8_t bytes[256];
	unsigned int reads;
	unsigned int writes;
	int error;
	uint8_t stuck; /**< bits of the byte at 4 that stay */
	int resets;    /**< that give -EAGAIN before one gives "reset" */
	int reset;
};

static int
config_read(struct hisi_qm_dev *dev, uint32_t offset, void *buf, size_t len)
{
	struct space *space = dev->owner;

	assert_true(offset + len <= sizeof(space->bytes));
	space->reads++;
	memcpy(buf, space->bytes + offset, len);
	return space->error;
}

static int
config_write(struct hisi_qm_dev *dev, uint32_t offset, const void *buf, size_t len)
{
	struct space *space = dev->owner;

	assert_true(offset + len <= sizeof(space->bytes));
	space->writes++;
	memcpy(space->bytes + offset, buf, len);
	space->bytes[4] |= space->stuck;
	return space->error;
}

static const struct hisi_qm_pci_config config = {config_read, config_write};

/* A VF of V3: power management at 0x40, MSI at 0x50, the model's capability at 0xb0. */
static void
make(struct hisi_qm_dev *dev, struct space *space)
{
	static const uint8_t head[16] = {0xe5, 0x19, 0x51, 0xa2, 0x00, 0x00, 0x10, 0x00,
					 0x30, 0x00, 0x00, 0x12, 0x00, 0x00, 0x00, 0x00};
	/* id, next, length, version, "HZDB", BAR 0, offset 0, stride 128, range 128 KiB */
	static const uint8_t shadow[24] = {
		0x09, 0x00, 0x18, 0x01, 'H', 'Z', 'D', 'B', 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00,
	};

	memset(space, 0, sizeof(*space));
	memcpy(space->bytes, head, sizeof(head));
	space->bytes[0x34] = 0x40;
	memcpy(space->bytes + 0x40, (uint8_t[]){0x01, 0x50}, 2);
	memcpy(space->bytes + 0x50, (uint8_t[]){0x05, SHADOW_AT}, 2);
	memcpy(space->bytes + SHADOW_AT, shadow, sizeof(shadow));
	memset(dev, 0, sizeof(*dev));
	dev->owner = space;
}

static void
test_all_there(void **state)
{
	struct hisi_qm_pci_caps caps;
	struct hisi_qm_dev dev;
	struct space space;

	(void)state;
	make(&dev, &space);
	assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), 0);
	assert_int_equal(dev.device, 0xa251);
	assert_int_equal(dev.revision, 0x30);
	assert_int_equal(caps.msi, 0x50);
	assert_true(caps.has_shadow);
	assert_int_equal(caps.shadow.range, 0x20000);
}

/* The capability counts only if each field is as it has to be: one bit elsewhere is none. */
static void
test_each_field(void **state)
{
	struct hisi_qm_pci_caps caps;
	struct hisi_qm_dev dev;
	struct space space;

	(void)state;
	for (unsigned int byte = 2; byte < 24; byte++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			/* Offset and range may be any multiple of 64 KiB. */
			bool free = byte == 14 || byte == 15 || byte == 22 || byte == 23;

			if (free)
				continue;
			make(&dev, &space);
			space.bytes[SHADOW_AT + byte] ^= 1u << bit;
			assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), 0);
			assert_false(caps.has_shadow);
		}
	}
	make(&dev, &space);
	space.bytes[SHADOW_AT + 22] = 0;
	assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), 0);
	assert_false(caps.has_shadow);
}

/* Lists that loop, that point into the header, to the last byte or into nothing. */
static void
test_odd_lists(void **state)
{
	struct hisi_qm_pci_caps caps;
	struct hisi_qm_dev dev;
	struct space space;

	(void)state;
	for (unsigned int first = 0; first < 256; first++) {
		for (unsigned int next = 0; next < 256; next++) {
			make(&dev, &space);
			space.bytes[0x34] = first;
			space.bytes[0x41] = next;
			space.bytes[0x51] = next;
			space.bytes[0xfc] = 0x09;
			space.bytes[0xfd] = next;
			assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), 0);
			assert_true(space.reads < 200);
			assert_true(caps.msi == 0 || caps.msi == 0x50);
		}
	}
	/* Without the status bit there is no list at all. */
	make(&dev, &space);
	space.bytes[0x06] = 0;
	assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), 0);
	assert_int_equal(caps.msi, 0);
	assert_false(caps.has_shadow);
}

static void
test_not_ours(void **state)
{
	struct hisi_qm_pci_caps caps;
	struct hisi_qm_dev dev;
	struct space space;

	(void)state;
	make(&dev, &space);
	space.bytes[0] = 0x86;
	assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), -ENODEV);
	make(&dev, &space);
	memset(space.bytes, 0xff, sizeof(space.bytes));
	assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), -ENODEV);
	make(&dev, &space);
	space.error = -ENODEV;
	assert_int_equal(hisi_qm_pci_identify(&dev, &config, &caps), -ENODEV);
}

/* Memory access and bus master are turned on, other bits stay; nothing is written for nothing. */
static void
test_enable(void **state)
{
	struct hisi_qm_dev dev;
	struct space space;

	(void)state;
	make(&dev, &space);
	space.bytes[0x05] = 0x04;
	assert_int_equal(hisi_qm_pci_enable(&dev, &config), 0);
	assert_int_equal(space.bytes[0x04], 0x06);
	assert_int_equal(space.bytes[0x05], 0x04);
	assert_int_equal(hisi_qm_pci_enable(&dev, &config), 0);
	assert_int_equal(space.writes, 1);
}

static int
flr(struct hisi_qm_dev *dev)
{
	struct space *space = dev->owner;

	if (space->resets-- > 0)
		return -EAGAIN;
	if (space->reset == 0)
		space->bytes[0x04] = 0;
	return space->reset;
}

/* Whatever happens: it is reset, or bus master is off, or -EBUSY says that neither is so. */
static void
test_reset(void **state)
{
	static const struct {
		int resets, reset, error;
		uint8_t stuck;
		int expected;
		uint8_t command;
	} cases[] = {
		{0, 0, 0, 0, 0, 0x06},
		{3, 0, 0, 0, 0, 0x06},
		{1000000, 0, 0, 0, -EIO, 0x02},
		{0, -ENOTTY, 0, 0, -ENOTTY, 0x02},
		{0, -EBUSY, 0, 0, -EIO, 0x02},
		{0, -ENOTTY, 0, 0x04, -EBUSY, 0x06},
		{0, -ENOTTY, 0, 0xff, -EBUSY, 0xff},
		{0, -ENOTTY, -ENODEV, 0, -EBUSY, 0x06},
		{0, 0, -ENODEV, 0, -ENODEV, 0x00},
	};
	struct hisi_qm_dev dev;
	struct space space;

	(void)state;
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(&dev, &space);
		space.bytes[0x04] = 0x06;
		space.resets = cases[i].resets;
		space.reset = cases[i].reset;
		space.error = cases[i].error;
		space.stuck = cases[i].stuck;
		assert_int_equal(hisi_qm_pci_reset(&dev, &config, flr), cases[i].expected);
		assert_int_equal(space.bytes[0x04], cases[i].command);
	}
	/* 7.8: all ones are no function, which writes nothing. */
	make(&dev, &space);
	space.reset = -ENOTTY;
	space.bytes[0x05] = 0xff;
	space.stuck = 0xff;
	assert_int_equal(hisi_qm_pci_reset(&dev, &config, flr), -ENOTTY);
}

/* A line of 64 bytes for each SQ and CQ; none beyond the range. */
static void
test_shadow_lines(void **state)
{
	static uint64_t range[1024];
	struct hisi_qm_doorbell db;

	(void)state;
	hisi_qm_shadow_lines((uint8_t *)range, sizeof(range), 5, &db);
	assert_ptr_equal(db.sq, range + 5 * 16);
	assert_ptr_equal(db.cq, range + 5 * 16 + 8);
	hisi_qm_shadow_lines((uint8_t *)range, sizeof(range), 63, &db);
	assert_non_null(db.sq);
	hisi_qm_shadow_lines((uint8_t *)range, sizeof(range), 64, &db);
	assert_null(db.sq);
	assert_null(db.cq);
	hisi_qm_shadow_lines(NULL, sizeof(range), 0, &db);
	assert_null(db.sq);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_there), cmocka_unit_test(test_each_field),
		cmocka_unit_test(test_odd_lists), cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_enable),    cmocka_unit_test(test_shadow_lines),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
