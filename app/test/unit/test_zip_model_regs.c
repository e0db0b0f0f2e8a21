/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Identity, registers, and accesses that make no sense. */

#include <errno.h>

#include "test_zip_model_util.h"

static void
identity(void **state)
{
	/* lib/hisi_hw/hisi_hw_pci.h: id, next, length, version, "HZDB", BAR, offset, stride, range
	 */
	static const uint8_t cap[24] = {
			0x09,
			0x00,
			0x18,
			0x01,
			0x48,
			0x5a,
			0x44,
			0x42,
			0x00,
			0x00,
			0x00,
			0x00,
			0x00,
			0x00,
			0x00,
			0x00,
			0x80,
			0x00,
			0x00,
			0x00,
			0x00,
			0x00,
			0x01,
			0x00,
	};
	struct zip_model_config config = bench_config();
	struct zip_model_identity id;
	struct bench bench;

	(void)state;
	config.shadow = true;
	config.db_isolation = true;
	config.queues = 17;
	bench_open(&bench, &config);
	zip_model_identity(bench.model, &id);
	assert_int_equal(id.vendor, 0x19e5);
	assert_int_equal(id.device, 0xa251);
	assert_int_equal(id.revision, 0x30);
	assert_int_equal(id.class_code, 0x120000);
	assert_int_equal(id.nb_vectors, 4);
	assert_int_equal(id.bar_size[0], 0x10000);
	assert_int_equal(id.bar_size[2], 0x10000);
	assert_int_equal(id.bar_size[4], 0x200000);
	assert_int_equal(id.bar_size[1] | id.bar_size[3] | id.bar_size[5], 0);
	assert_true(id.has_shadow);
	assert_memory_equal(&id.vendor_cap, cap, sizeof(cap));
	assert_int_equal(bench_read(&bench, 0x30), 1);
	bench_close(&bench);

	config = bench_config();
	bench_open(&bench, &config);
	zip_model_identity(bench.model, &id);
	assert_int_equal(id.bar_size[0] | id.bar_size[4], 0);
	assert_false(id.has_shadow);
	assert_int_equal(bench_read(&bench, 0x30), 0);
	bench_close(&bench);
}

static void
shadow_sizes(void **state)
{
	struct zip_model_config config = bench_config();

	(void)state;
	config.queues = 1;
	assert_int_equal(zip_model_shadow_size(&config), 0x10000);
	config.queues = 512;
	assert_int_equal(zip_model_shadow_size(&config), 0x10000);
	config.queues = 513;
	assert_int_equal(zip_model_shadow_size(&config), 0x20000);
	config.queues = 1024;
	assert_int_equal(zip_model_shadow_size(&config), 0x20000);
}

/* hardware.md 14.1 and Appendix B */
static void
values_after_creation(void **state)
{
	static const struct {
		uint32_t offset;
		uint32_t value;
	} regs[] = {
			{0x00, 0},
			{0x04, 1},
			{0x08, 0},
			{0x0c, 1},
			{0x20, 0},
			{0x24, 1},
			{0x28, 0},
			{0x2c, 0},
			{0x34, 0},
			{0x60, 1},
			{0x200, 0},
			{0x204, 0},
			{0x210, 0},
			{0x300, 0},
			{0x304, 0},
			{0x308, 0},
			{0x30c, 0},
			{0x3100, 0x00006f01},
			{0x3104, 0x04000800},
			{0x3108, 0x04000400},
			{0x310c, 0x00010000},
			{0x3110, 0x00010001},
			{0x3114, 0x00010003},
			{0x3118, 0x00010002},
			{0x311c, 0x00040003},
			{0x3120, 0x00000014},
			{0x3124, 0x00007c77},
			{0x3128, 0x00006c77},
			{0x312c, 0x00000008},
			{0x3130, 0x00001ffe},
			{0x3134, 0x000007fe},
			{0x3138, 0x00000001},
			{0x313c, 0x12050203},
			{0x3140, 0x001c0003},
			{0x3144, 0x00000030},
			{0x3148, 0x0000003f},
			{0x314c, 0x000000d5},
			{0x3150, 0x000000d5},
			{0x3154, 0x0000002a},
			{0x3158, 0x0000002a},
			{0x315c, 0x0000002a},
	};
	struct bench bench;
	size_t i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		assert_int_equal(bench_read(&bench, regs[i].offset), regs[i].value);
		/* Constants stay what they are. */
		if (regs[i].offset >= 0x3100) {
			bench_write(&bench, regs[i].offset, 0xffffffff);
			assert_int_equal(bench_read(&bench, regs[i].offset), regs[i].value);
		}
	}
	assert_int_equal(bench_stats(&bench).illegal_accesses, 0);
	bench_close(&bench);
}

static void
written_and_reset(void **state)
{
	uint32_t pair[2];
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	bench_write(&bench, 0x60, 0);
	bench_write(&bench, 0x34, 2);
	bench_write(&bench, 0x24, 0xfffffffe);
	bench_write(&bench, 0x0c, 0);
	bench_write(&bench, 0x04, 0);
	bench_write(&bench, 0x20, 1);
	bench_write(&bench, 0x2c, 1);
	assert_int_equal(bench_read(&bench, 0x60), 0);
	assert_int_equal(bench_read(&bench, 0x34), 2);
	assert_int_equal(bench_read(&bench, 0x24), 0);
	assert_int_equal(bench_read(&bench, 0x0c), 0);
	assert_int_equal(bench_read(&bench, 0x2c), 0);
	/* Two registers in one access. */
	assert_int_equal(zip_model_read(bench.model, 2, 0x3108, pair, 8), 0);
	assert_int_equal(pair[0], 0x04000400);
	assert_int_equal(pair[1], 0x00010000);
	zip_model_reset(bench.model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(bench_read(&bench, 0x60), 1);
	assert_int_equal(bench_read(&bench, 0x34), 0);
	assert_int_equal(bench_read(&bench, 0x24), 1);
	assert_int_equal(bench_read(&bench, 0x0c), 1);
	assert_int_equal(bench_read(&bench, 0x04), 1);
	assert_int_equal(bench_stats(&bench).resets, 1);
	bench_close(&bench);
}

static void
illegal_accesses(void **state)
{
	static const struct {
		unsigned int bar;
		uint64_t offset;
		size_t size;
	} accesses[] = {
			{2, 0x60, 1},
			{2, 0x60, 2},
			{2, 0x61, 4},
			{2, 0x62, 2},
			{2, 0x60, 3},
			{2, 0x40, 4},
			{2, 0x8000, 4},
			{2, 0x10000, 4},
			{2, 0xfffffffffffffffcull, 4},
			{2, 0x304, 8},
			{2, 0x308, 16},
			{2, 0x3160, 4},
			{2, 0x1000, 4},
			{2, 0x1004, 4},
			{0, 0, 8},
			{1, 0, 4},
			{3, 0, 4},
			{4, 0x1000, 8},
			{5, 0, 4},
			{6, 0, 4},
			{0xffffffff, 0, 4},
			{2, 0x100000, 4},
			{2, 0x60, 16},
	};
	uint8_t buf[32];
	struct bench bench;
	size_t i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		size_t j;

		memset(buf, 0xee, sizeof(buf));
		assert_int_equal(zip_model_read(bench.model, accesses[i].bar, accesses[i].offset,
						 buf, accesses[i].size),
				-EINVAL);
		for (j = 0; j < accesses[i].size; j++)
			assert_int_equal(buf[j], 0);
		assert_int_equal(buf[accesses[i].size], 0xee);
		assert_int_equal(zip_model_write(bench.model, accesses[i].bar, accesses[i].offset,
						 buf, accesses[i].size),
				-EINVAL);
		assert_int_equal(bench_stats(&bench).illegal_accesses, 2 * (i + 1));
	}
	assert_int_equal(bench_read(&bench, 0x60), 1);
	bench_close(&bench);
}

static void
memory_access_off(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	zip_model_command(bench.model, 0x0004);
	assert_int_equal(bench_read(&bench, 0x60), 0xffffffff);
	bench_write(&bench, 0x60, 0);
	zip_model_command(bench.model, 0x0002);
	assert_int_equal(bench_read(&bench, 0x60), 1);
	bench_close(&bench);
}

static void
create_with(int expected, const struct zip_model_config *config)
{
	const struct zip_model_host host = {0};
	struct zip_model *model = NULL;

	assert_int_equal(zip_model_create(config, &host, &model), expected);
	if (expected < 0)
		assert_null(model);
	zip_model_destroy(model);
}

static void
bad_configurations(void **state)
{
	struct zip_model_fault fault = {.kind = ZIP_MODEL_FAULT_RAS, .queue = ZIP_MODEL_ANY_QUEUE};
	struct zip_model_config config = bench_config();

	(void)state;
	create_with(0, &config);
	config.queues = 0;
	create_with(-EINVAL, &config);
	config.queues = 1025;
	create_with(-EINVAL, &config);
	config.queues = 1024;
	create_with(0, &config);
	config.level = 10;
	create_with(-EINVAL, &config);
	config.engine = ZIP_MODEL_ENGINE_ISAL;
	config.level = 4;
	create_with(-EINVAL, &config);
	config.level = 3;
	config.hw = ZIP_MODEL_V2;
	create_with(0, &config);
	config.db_isolation = true;
	create_with(-EINVAL, &config);
	config.hw = ZIP_MODEL_V3;
	create_with(0, &config);
	config.db_isolation = false;
	config.function = ZIP_MODEL_PF;
	create_with(0, &config);
	config.function = ZIP_MODEL_VF;
	config.shadow = true;
	create_with(-EINVAL, &config);
	config.shadow = false;
	config.faults = &fault;
	config.nb_faults = 1;
	create_with(-EINVAL, &config); /* of a PF only */
	config.function = ZIP_MODEL_PF;
	create_with(0, &config);
	fault.value = 32;
	create_with(-EINVAL, &config);
	config.function = ZIP_MODEL_VF;
	fault.kind = ZIP_MODEL_FAULT_STATUS;
	fault.value = 256;
	create_with(-EINVAL, &config);
	fault.value = 255;
	create_with(0, &config);
	fault.queue = 1024;
	create_with(-EINVAL, &config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(identity),
			cmocka_unit_test(shadow_sizes),
			cmocka_unit_test(values_after_creation),
			cmocka_unit_test(written_and_reset),
			cmocka_unit_test(illegal_accesses),
			cmocka_unit_test(memory_access_off),
			cmocka_unit_test(bad_configurations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
