/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Raw DEFLATE inside of zlib or gzip: SQEs and lists, and what the answers are worth. */

#include <string.h>

#include "test_hisi_zip_util.h"

#define SCRATCH 0x7700000000

/* V2's xforms: type 0, new, finish; zlib (hardware.md 8.2, 8.3). */
static int
setup(void **state)
{
	int ret = test_pair_open(state);
	struct test_pair *pair = *state;

	for (unsigned int d = 0; d < 2; d++) {
		pair->xform[d].dw7 = 0x0a000000;
		pair->xform[d].dw9 = 0x00000002;
		pair->xform[d].frame = d == 0 ? HISI_ZIP_FRAME_ZLIB : HISI_ZIP_FRAME_DECOMPRESS;
		pair->xform[d].trailer = d == 0 ? 0 : 4;
		pair->xform[d].post = &pair->xform[d];
		pair->qp.queue[d].scratch_iova = SCRATCH;
	}
	return ret;
}

static uint64_t
field(const uint32_t *sqe, unsigned int dword, unsigned int offset, unsigned int bytes)
{
	const uint8_t *list = (const uint8_t *)(uintptr_t)((uint64_t)sqe[dword + 1] << 32 |
							   sqe[dword]);
	uint64_t value = 0;

	memcpy(&value, list + offset, bytes);
	return value;
}

static void
expect_sge(const uint32_t *sqe, unsigned int dword, unsigned int i, uint64_t address,
	   uint32_t length)
{
	assert_int_equal(field(sqe, dword, 64 + 32 * i, 8), address);
	assert_int_equal(field(sqe, dword, 64 + 32 * i + 16, 4), length);
}

/* Dwords by hardware.md 8.1; lists by 9.1: entries in the list at 10. */
static void
lists(void **state)
{
	struct test_pair *pair = *state;
	const uint32_t *sqe = test_sqe(pair, 0, 0);

	test_op_decompress(pair, 1);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 2), 2);
	assert_int_equal(sqe[4], 1000);
	assert_int_equal(sqe[7], 0x0a000000);
	assert_int_equal(sqe[9], 0x00000102);
	assert_int_equal(sqe[14], 2004);
	assert_int_equal(field(sqe, 18, 10, 2), 1);
	expect_sge(sqe, 18, 0, 0x1200000080, 1000);
	assert_int_equal(field(sqe, 20, 10, 2), 2);
	expect_sge(sqe, 20, 0, 0x3400000080, 2000);
	expect_sge(sqe, 20, 1, SCRATCH, 4);

	sqe = test_sqe(pair, 1, 0);
	assert_int_equal(sqe[4], 1004);
	assert_int_equal(sqe[14], 2000);
	assert_int_equal(field(sqe, 18, 10, 2), 2);
	expect_sge(sqe, 18, 0, 0x1200010080, 1000);
	expect_sge(sqe, 18, 1, SCRATCH, 4);
	assert_int_equal(field(sqe, 20, 10, 2), 1);
}

/* One completed op: what the device says, and what becomes of it. */
struct outcome {
	uint32_t consumed;
	uint32_t produced;
	uint32_t dw3;
	uint8_t status;
	uint32_t op_consumed;
	uint32_t op_produced;
};

static void
expect_outcomes(struct test_pair *pair, unsigned int direction, const struct outcome *outcomes,
		unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++) {
		const struct outcome *want = &outcomes[i];
		struct rte_comp_op *op = &pair->ops[0], *back = NULL;

		op->private_xform = &pair->xform[direction];
		assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &op, 1), 1);
		test_result(pair, direction, (uint16_t)i, want->consumed, want->produced,
			    want->dw3);
		test_cqe(pair, direction, (uint16_t)i);
		/* The direction that is looked at first alternates. */
		assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, &back, 1), 1);
		assert_ptr_equal(back, op);
		if (op->status != want->status || op->consumed != want->op_consumed ||
		    op->produced != want->op_produced)
			fail_msg("%u: status %u, consumed %u, produced %u", i, op->status,
				 op->consumed, op->produced);
	}
}

/* The trailer does not count; the destination may have been filled to its end. */
static void
compress(void **state)
{
	static const struct outcome outcomes[] = {
		{1000, 304, 0x100, RTE_COMP_OP_STATUS_SUCCESS, 1000, 300},
		{1000, 2004, 0x10d, RTE_COMP_OP_STATUS_SUCCESS, 1000, 2000},
		{1000, 2005, 0x100, RTE_COMP_OP_STATUS_ERROR, 0, 0},
		{1000, 3, 0x100, RTE_COMP_OP_STATUS_ERROR, 0, 0},
		{1000, 2004, 0x00e, RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED, 0, 0},
		{1000, 304, 0x110, RTE_COMP_OP_STATUS_ERROR, 0, 0},
	};

	expect_outcomes(*state, 0, outcomes, sizeof(outcomes) / sizeof(outcomes[0]));
}

/* Without software to ask: only what cannot be anything else is a success. */
static void
decompress(void **state)
{
	static const struct outcome outcomes[] = {
		{1004, 1500, 0x110, RTE_COMP_OP_STATUS_SUCCESS, 1000, 1500},
		{1004, 2000, 0x110, RTE_COMP_OP_STATUS_SUCCESS, 1000, 2000},
		{1004, 2001, 0x110, RTE_COMP_OP_STATUS_ERROR, 0, 0},
		{1004, 1500, 0x010, RTE_COMP_OP_STATUS_ERROR, 0, 0}, /* no last block */
		{1000, 1500, 0x110, RTE_COMP_OP_STATUS_ERROR, 0, 0}, /* four bytes behind it */
		{1003, 1500, 0x110, RTE_COMP_OP_STATUS_ERROR, 0, 0},
		{900, 1500, 0x110, RTE_COMP_OP_STATUS_ERROR, 0, 0},
		{1004, 1500, 0x100, RTE_COMP_OP_STATUS_ERROR, 0, 0}, /* no such trailer */
		{1004, 2000, 0x00e, RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED, 0, 0},
	};

	expect_outcomes(*state, 1, outcomes, sizeof(outcomes) / sizeof(outcomes[0]));
}

/* One op with a checksum, of which the device says "word" in dw31. */
static void
expect_sum(struct test_pair *pair, uint16_t index, uint32_t word, uint64_t chksum)
{
	struct rte_comp_op *op = &pair->ops[0], *back = NULL;

	op->private_xform = &pair->xform[0];
	op->output_chksum = 0;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &op, 1), 1);
	test_result(pair, 0, index, 1000, 304, 0x100);
	test_sqe(pair, 0, index)[31] = word;
	test_cqe(pair, 0, index);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, &back, 1), 1);
	assert_int_equal(op->status, RTE_COMP_OP_STATUS_SUCCESS);
	assert_true(op->output_chksum == chksum);
}

/* hardware.md 8.7: Adler-32 as it is; CRC-32, here of "123456789", is reversed and inverted. */
static void
checksums(void **state)
{
	struct test_pair *pair = *state;

	pair->xform[0].checksums = DEFLATE_CHECKSUM_ADLER32;
	expect_sum(pair, 0, 0x091e01de, 0x091e01de);
	assert_int_equal(pair->ops[0].produced, 300);
	pair->xform[0].frame = HISI_ZIP_FRAME_GZIP;
	pair->xform[0].checksums = DEFLATE_CHECKSUM_CRC32;
	expect_sum(pair, 1, 0x9b63d02c, 0xcbf43926);
	assert_int_equal(pair->ops[0].produced, 296);
	expect_sum(pair, 2, 0xffffffff, 0);
	expect_sge(test_sqe(pair, 0, 2), 20, 1, SCRATCH, 8);
	assert_int_equal(test_sqe(pair, 0, 2)[14], 2008);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists, setup, test_pair_close),
		cmocka_unit_test_setup_teardown(compress, setup, test_pair_close),
		cmocka_unit_test_setup_teardown(decompress, setup, test_pair_close),
		cmocka_unit_test_setup_teardown(checksums, setup, test_pair_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
