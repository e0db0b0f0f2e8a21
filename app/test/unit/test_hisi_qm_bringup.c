/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Bring-up, stop and loss of a function on the fake transport: hardware.md 1.2, 2.3, 6.5, 7.1. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "test_hisi_qm_fake.h"

static void
test_open(void **state)
{
	static const char *const trace[] = {"open", "reset", "mb 00006006"};
	struct fake *fake = *state;
	struct hisi_qm_dev *dev = &fake->dev;

	assert_int_equal(hisi_qm_dev_open(dev), 0);
	fake_assert_trace(fake, trace, RTE_DIM(trace));
	assert_int_equal(dev->hw, 0x30);
	assert_int_equal(dev->nb_queues, 8);
	assert_int_equal(dev->sq_depth, 1024);
	assert_int_equal(dev->eq.depth, 2048);
	assert_int_equal(dev->aeq.depth, 1024);
	assert_int_equal(dev->dead, 0);
	/* hardware.md 3.6: contexts at 32 bytes */
	assert_int_equal(dev->mb_buffers_iova % 32, 0);
	hisi_qm_dev_close(dev);
	assert_int_equal(fake_find(fake, "close"), 0);
	hisi_qm_dev_close(dev);
	assert_int_equal(fake->nb_trace, 1);
}

/* Each function start: A.1 commands in the order of 6.5, 7; A.3 doorbells; EQ masked. */
static void
test_start_order(void **state)
{
	static const char *const start[] = {
		"mb 00002002", "mb 00002003", "mb 00002004", "mb 00002005", "w32 0034 00000000",
		"db 2 02000 0000000000003000", "db 2 02000 0000000000002000", "w32 000c 00000001",
		"w32 0004 00000001", "irq 1 on", "irq 2 on", "w32 0004 00000000",
		"w32 0020 00000001", "w32 0024 00000000", "w32 0060 00000000",
	};
	static const char *const stop[] = {
		"irq 2 off", "irq 1 off", "mb 00002009", "w32 000c 00000001", "w32 0004 00000001",
		"w32 0060 00000001", "reset",
	};
	struct fake *fake = *state;

	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	for (int i = 0; i < 2; i++) {
		fake->nb_trace = 0;
		assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
		fake_assert_trace(fake, start, RTE_DIM(start));
		hisi_qm_dev_stop(&fake->dev);
		fake_assert_trace(fake, stop, RTE_DIM(stop));
	}
	hisi_qm_dev_stop(&fake->dev);
	assert_int_equal(fake->nb_trace, 0);
}

/* What the function has no bit for is not sent: no FLUSH_QM, no page size (2.3.1). */
static void
test_start_without_caps(void **state)
{
	struct fake *fake = *state;

	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	fake->dev.caps = 0x0001;
	fake->irq_error = -ENOTSUP;
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_int_equal(fake_find(fake, "w32 0034 00000000"), -1);
	assert_int_equal(fake_find(fake, "w32 0004 00000000"), -1);
	hisi_qm_dev_stop(&fake->dev);
	assert_int_equal(fake_find(fake, "mb 00002009"), -1);
	assert_string_equal(fake->trace[fake->nb_trace - 1], "reset");
}

/* A.2: the images of EQC and AEQC, and memory that is zero when they are told. */
static void
test_event_contexts(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_dev *dev = &fake->dev;
	const struct {
		int command;
		uint32_t last_word;
		const struct hisi_qm_event_ring *ring;
	} cases[] = {{2, 0x000107ff, &dev->eq}, {3, 0x000103ff, &dev->aeq}};

	assert_int_equal(hisi_qm_dev_open(dev), 0);
	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		const uint32_t image[8] = {0, (uint32_t)cases[i].ring->iova,
					   cases[i].ring->iova >> 32, 0, 0, 0,
					   cases[i].last_word, 0};

		dev->eq.entries[5] = 0x12345678;
		fake->failed_command = cases[i].command;
		assert_int_equal(hisi_qm_dev_start(dev), -EIO);
		assert_memory_equal(fake->contexts[cases[i].command], image, sizeof(image));
		assert_int_equal(dev->eq.entries[5], 0);
		assert_false(dev->started);
		fake->failed_command = -1;
	}
}

static void
test_tables(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_dev *dev = &fake->dev;
	uint8_t zeros[8 * 32] = {0};

	assert_int_equal(hisi_qm_dev_open(dev), 0);
	memset((void *)(uintptr_t)dev->sqc_table_iova, 0xa5, sizeof(zeros));
	fake->failed_command = 4;
	assert_int_equal(hisi_qm_dev_start(dev), -EIO);
	assert_int_equal(fake->bases[4], dev->sqc_table_iova);
	assert_memory_equal((void *)(uintptr_t)dev->sqc_table_iova, zeros, sizeof(zeros));
	fake->failed_command = 5;
	assert_int_equal(hisi_qm_dev_start(dev), -EIO);
	assert_int_equal(fake->bases[5], dev->cqc_table_iova);
}

/* 1.2: which functions are driven. */
static void
test_generations(void **state)
{
	static const struct {
		uint16_t device;
		uint8_t revision;
		uint32_t refined;
		int expected;
		uint8_t hw;
	} cases[] = {
		{0xa251, 0x30, 0, 0, 0x30}, {0xa251, 0x30, 0x50, 0, 0x50},
		{0xa251, 0x50, 0, 0, 0x50}, {0xa251, 0x51, 0, 0, 0x51},
		{0xa251, 0x20, 0, -ENOTSUP, 0}, {0xa251, 0x30, 0x99, -ENOTSUP, 0},
		{0xa251, 0x30, 0x130, -ENOTSUP, 0}, {0xa251, 0x30, 0xffffffff, -ENODEV, 0},
		{0xa251, 0x21, 0, 0, 0x21}, {0xa255, 0x30, 0, -ENODEV, 0},
	};
	struct fake *fake = *state;

	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		fake->device = cases[i].device;
		fake->revision = cases[i].revision;
		fake->sub_version = cases[i].refined;
		assert_int_equal(hisi_qm_dev_open(&fake->dev), cases[i].expected);
		assert_int_equal(fake->is_open, cases[i].expected == 0);
		if (cases[i].expected == 0)
			assert_int_equal(fake->dev.hw, cases[i].hw);
		hisi_qm_dev_close(&fake->dev);
	}
}

/* 2.3: version 0 in 0x3100 means the constants; depths need not be powers of two. */
static void
test_capabilities(void **state)
{
	static const struct {
		uint32_t caps, xeq, xq;
		int expected;
		uint16_t depth, eq_depth, aeq_depth;
		uint32_t learned;
	} cases[] = {
		{0x6f01, 0x04000800, 0x04000400, 0, 1024, 2048, 1024, 0x6f01},
		{0x0000, 0x00010001, 0x00010001, 0, 1024, 2048, 1024, 0x6f01},
		{0x0201, 0x00400080, 0x01f401f4, 0, 500, 128, 64, 0x0201},
		{0x6f01, 0x04000800, 0x02000400, 0, 512, 2048, 1024, 0x6f01},
		{0x6f01, 0x04000800, 0x10001000, 0, 4096, 2048, 1024, 0x6f01},
		{0x6f01, 0x04000800, 0x10011000, -ENOTSUP, 0, 0, 0, 0},
		{0x6f01, 0x04000800, 0x00010400, -ENOTSUP, 0, 0, 0, 0},
		{0x6f01, 0x00000800, 0x04000400, -ENOTSUP, 0, 0, 0, 0},
		{0xffffffff, 0xffffffff, 0xffffffff, -ENODEV, 0, 0, 0, 0},
	};
	struct fake *fake = *state;

	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		memcpy(fake->caps, &cases[i].caps, sizeof(fake->caps));
		assert_int_equal(hisi_qm_dev_open(&fake->dev), cases[i].expected);
		if (cases[i].expected == 0) {
			assert_int_equal(fake->dev.sq_depth, cases[i].depth);
			assert_int_equal(fake->dev.cq_depth, cases[i].depth);
			assert_int_equal(fake->dev.eq.depth, cases[i].eq_depth);
			assert_int_equal(fake->dev.aeq.depth, cases[i].aeq_depth);
			assert_int_equal(fake->dev.caps, cases[i].learned);
		}
		hisi_qm_dev_close(&fake->dev);
	}
}

/* 3.5: the words of A.5, and an entry that nobody wrote. */
static void
test_vft(void **state)
{
	struct fake *fake = *state;

	fake->vft = 0x0003b00400000000;
	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	assert_int_equal(fake->dev.nb_queues, 30);
	hisi_qm_dev_close(&fake->dev);
	fake->vft = 0x007ff00000000000;
	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	assert_int_equal(fake->dev.nb_queues, 1024);
	hisi_qm_dev_close(&fake->dev);
	fake->vft = 0;
	assert_int_equal(hisi_qm_dev_open(&fake->dev), -ENODEV);
	assert_false(fake->is_open);
}

static void
test_open_fails(void **state)
{
	struct fake *fake = *state;

	fake->open_error = -ECONNREFUSED;
	assert_int_equal(hisi_qm_dev_open(&fake->dev), -ECONNREFUSED);
	fake->open_error = 0;
	__atomic_store_n(&fake->gone, true, __ATOMIC_RELAXED);
	assert_int_equal(hisi_qm_dev_open(&fake->dev), -ENODEV);
	__atomic_store_n(&fake->gone, false, __ATOMIC_RELAXED);
	fake->failed_command = 6;
	assert_int_equal(hisi_qm_dev_open(&fake->dev), -EIO);
	assert_false(fake->is_open);
	assert_int_equal(fake->losses, 0);
}

/* A function that is lost comes back by start; one that has become another one does not. */
static void
test_reconnect(void **state)
{
	static const char *const lines[] = {"close", "open", "reset", "mb 00006006", "mb 00002002"};
	struct fake *fake = *state;
	struct hisi_qm_dev *dev = &fake->dev;

	assert_int_equal(hisi_qm_dev_open(dev), 0);
	assert_int_equal(hisi_qm_dev_start(dev), 0);
	__atomic_store_n(&fake->gone, true, __ATOMIC_RELAXED);
	hisi_qm_dev_lost(dev, "test");
	hisi_qm_dev_lost(dev, "test");
	assert_int_equal(fake->losses, 1);
	assert_int_equal(dev->dead, 1);
	hisi_qm_dev_stop(dev);
	fake->open_error = -ENOENT;
	assert_int_equal(hisi_qm_dev_start(dev), -ENOENT);
	assert_int_equal(dev->dead, 1);
	fake->open_error = 0;
	__atomic_store_n(&fake->gone, false, __ATOMIC_RELAXED);
	fake->nb_trace = 0;
	assert_int_equal(hisi_qm_dev_start(dev), 0);
	assert_int_equal(dev->dead, 0);
	for (unsigned int i = 0; i < RTE_DIM(lines); i++)
		assert_string_equal(fake->trace[i], lines[i]);

	hisi_qm_dev_lost(dev, "test");
	hisi_qm_dev_stop(dev);
	fake->vft = 6ull << 45 | 1ull << 44;
	assert_int_equal(hisi_qm_dev_start(dev), -ENODEV);
	fake->vft = 9ull << 45 | 1ull << 44;
	assert_int_equal(hisi_qm_dev_start(dev), 0);
	assert_int_equal(dev->nb_queues, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_start_order, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_start_without_caps, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_event_contexts, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_tables, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_generations, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_capabilities, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_vft, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_open_fails, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(test_reconnect, fake_setup, fake_teardown),
	};

	return cmocka_run_group_tests(tests, fake_eal_start, fake_eal_end);
}
