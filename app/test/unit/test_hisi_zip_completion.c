/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include "test_hisi_zip_util.h"

#define SUCCESS RTE_COMP_OP_STATUS_SUCCESS
#define ERROR RTE_COMP_OP_STATUS_ERROR
#define TERMINATED RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED

static void
enqueue(struct test_pair *pair, unsigned int first, uint16_t n)
{
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[first], n), n);
}

/* Dequeues and expects these ops, in this order. */
static void
expect_ops(struct test_pair *pair, unsigned int first, uint16_t n, uint8_t status)
{
	struct rte_comp_op *back[TEST_MAX_OPS];

	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back, n), n);
	for (unsigned int i = 0; i < n; i++) {
		assert_ptr_equal(back[i], &pair->ops[first + i]);
		assert_int_equal(back[i]->status, status);
	}
}

static void
expect_nothing(struct test_pair *pair)
{
	struct rte_comp_op *back[TEST_MAX_OPS];

	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back, TEST_MAX_OPS), 0);
}

/* What a device may say of 1000 bytes to 2000 (codes: hardware.md 8.5), and what that is. */
static const struct {
	uint32_t consumed, produced, dw3;
	uint8_t compress, decompress;
} results[] = {
	{1000, 300, 0x00, SUCCESS, SUCCESS},
	{1000, 2000, 0x100, SUCCESS, SUCCESS},
	{1000, 1010, 0x0d, SUCCESS, ERROR},
	{1000, 300, 0x13, ERROR, SUCCESS},
	{900, 300, 0x113, ERROR, SUCCESS},
	{1000, 2000, 0x0e, TERMINATED, TERMINATED},
	{1000, 300, 0x0f, ERROR, ERROR},
	{1000, 300, 0x10, ERROR, ERROR},
	{1000, 300, 0x12, ERROR, ERROR},
	{1000, 300, 0x41, ERROR, ERROR},
	{1000, 300, 0xff, ERROR, ERROR},
	/* Compression without all of its input would lose the rest. */
	{999, 300, 0x00, ERROR, SUCCESS},
	{10, 300, 0x100, ERROR, SUCCESS},
	{0, 0, 0x00, ERROR, SUCCESS},
	{999, 1010, 0x0d, ERROR, ERROR},
	{1001, 300, 0x00, ERROR, ERROR},
	{1000, 2001, 0x00, ERROR, ERROR},
	{0xffffffff, 300, 0x00, ERROR, ERROR},
	{1000, 0xffffffff, 0x00, ERROR, ERROR},
	{1000, 2001, 0x0d, ERROR, ERROR},
	{1001, 300, 0x13, ERROR, ERROR},
};

static void
statuses(void **state)
{
	struct test_pair *pair = *state;

	for (unsigned int d = 0; d < 2; d++) {
		for (uint16_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
			uint8_t want = d == 0 ? results[i].compress : results[i].decompress;

			pair->ops[i].private_xform = &pair->xform[d];
			enqueue(pair, i, 1);
			test_result(pair, d, i, results[i].consumed, results[i].produced,
				    results[i].dw3);
			test_cqe(pair, d, i);
			expect_ops(pair, i, 1, want);
			assert_int_equal(pair->ops[i].consumed,
					 want == SUCCESS ? results[i].consumed : 0);
			assert_int_equal(pair->ops[i].produced,
					 want == SUCCESS ? results[i].produced : 0);
			assert_int_equal((uint32_t)pair->ops[i].debug_status, results[i].dw3);
		}
	}
}

/* Many times round both rings, in bursts of all sizes. */
static void
round_and_round(void **state)
{
	struct test_pair *pair = *state;
	uint16_t index = 0;
	uint64_t ops = 0;

	for (unsigned int turn = 0; turn < 1000; turn++) {
		uint16_t n = (uint16_t)(1 + turn * 31 % TEST_LIMIT), half = n / 2;

		enqueue(pair, 0, n);
		expect_nothing(pair);
		test_complete(pair, 0, index, half);
		index = (uint16_t)((index + half) % TEST_DEPTH);
		expect_ops(pair, 0, half, SUCCESS);
		test_complete(pair, 0, index, n - half);
		index = (uint16_t)((index + n - half) % TEST_DEPTH);
		expect_ops(pair, half, n - half, SUCCESS);
		expect_nothing(pair);
		assert_int_equal(pair->device[0].sq_db, (uint64_t)index << 32 | 6);
		ops += n;
	}
	assert_int_equal(pair->qp.queue[0].enqueue.done, ops);
	assert_int_equal(pair->qp.queue[0].dequeue.done, ops);
	assert_int_equal(pair->qp.queue[0].dequeue.failed, 0);
	assert_int_equal(pair->hw[0].sq_rings, 1000);
	/* The direction that was not used was left alone. */
	assert_int_equal(pair->hw[1].sq_rings + pair->hw[1].cq_rings, 0);
}

static void
full(void **state)
{
	struct test_pair *pair = *state;

	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, TEST_LIMIT + 3), TEST_LIMIT);
	assert_int_equal(pair->ops[TEST_LIMIT].status, RTE_COMP_OP_STATUS_NOT_PROCESSED);
	/* The other direction has room of its own. */
	test_op_decompress(pair, 40);
	enqueue(pair, 40, 1);
	test_complete(pair, 0, 0, 2);
	expect_ops(pair, 0, 2, SUCCESS);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[20], 5), 2);
	assert_int_equal(pair->qp.queue[0].enqueue.failed, 0);
}

static void
both_directions(void **state)
{
	struct test_pair *pair = *state;
	struct rte_comp_op *back[16];

	for (unsigned int i = 1; i < 16; i += 2)
		test_op_decompress(pair, i);
	enqueue(pair, 0, 16);
	assert_int_equal(pair->hw[0].sq_rings, 1);
	assert_int_equal(pair->hw[1].sq_rings, 1);
	test_complete(pair, 0, 0, 8);
	test_complete(pair, 1, 0, 8);
	/* Neither starves the other. */
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back, 4), 4);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back + 4, 4), 4);
	assert_ptr_not_equal(back[0]->private_xform, back[4]->private_xform);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back, 16), 8);
}

/* SQEs 0 to 2 and 5 never complete, the others do. */
static void
lost_completions(void **state)
{
	struct test_pair *pair = *state;
	struct rte_comp_op *back[16];
	static const uint8_t want[] = {ERROR, ERROR, ERROR, SUCCESS, SUCCESS, ERROR, SUCCESS};

	enqueue(pair, 0, 7);
	test_complete(pair, 0, 3, 2);
	test_complete(pair, 0, 6, 1);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back, 2), 2);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back + 2, 14), 5);
	for (unsigned int i = 0; i < 7; i++) {
		assert_ptr_equal(back[i], &pair->ops[i]);
		assert_int_equal(back[i]->status, want[i]);
	}
	assert_int_equal(pair->ops[0].debug_status >> 32, 2);
	/* The queue goes on, to its full depth. */
	enqueue(pair, 0, TEST_LIMIT);
	test_complete(pair, 0, 7, TEST_LIMIT);
	expect_ops(pair, 0, TEST_LIMIT, SUCCESS);
}

/*
 * An index that is not in flight, at all distances: the queue takes no more, and when it is
 * stopped, since the device may be at work, every op comes back.
 */
static void
nonsense(void **state)
{
	static const uint16_t indices[] = {5, 6, 23, 24, 25, 255, 32768, 65535};

	(void)state;
	for (unsigned int i = 0; i < sizeof(indices) / sizeof(indices[0]); i++) {
		void *own = NULL;
		struct test_pair *pair;

		test_pair_open(&own);
		pair = own;
		enqueue(pair, 0, 5);
		test_cqe(pair, 0, indices[i]);
		expect_nothing(pair);
		expect_nothing(pair);
		assert_int_equal(pair->hw[0].dead, 2);
		assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 0);
		pair->hw[0].dead = 1;
		expect_ops(pair, 0, 2, ERROR);
		expect_ops(pair, 2, 3, ERROR);
		expect_nothing(pair);
		assert_int_equal(pair->ops[0].debug_status >> 32, 3);
		assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 0);
		assert_int_equal(pair->ops[0].status, ERROR);
		/* The other direction still works. */
		test_op_decompress(pair, 9);
		enqueue(pair, 9, 1);
		test_complete(pair, 1, 0, 1);
		expect_ops(pair, 9, 1, SUCCESS);
		test_pair_close(&own);
	}
}

/* A completion of nothing is not looked at until something is in flight. */
static void
completion_of_nothing(void **state)
{
	struct test_pair *pair = *state;

	test_cqe(pair, 0, 0);
	test_cqe(pair, 0, 1);
	expect_nothing(pair);
	/* Nothing is consumed yet, which is no success. */
	enqueue(pair, 0, 1);
	expect_ops(pair, 0, 1, ERROR);
	assert_int_equal(pair->ops[0].debug_status >> 32, 1);
	expect_nothing(pair);
}

/* What completed before the end is returned as it is, the rest with ERROR. */
static void
dead(void **state)
{
	struct test_pair *pair = *state;

	enqueue(pair, 0, 10);
	test_complete(pair, 0, 0, 4);
	pair->hw[0].dead = 1;
	expect_ops(pair, 0, 3, SUCCESS);
	expect_ops(pair, 3, 1, SUCCESS);
	expect_ops(pair, 4, 6, ERROR);
	expect_nothing(pair);
}

/* As dev_stop does: ops are taken, wait, and are handed out before new ones are accepted. */
static void
settled(void **state)
{
	struct test_pair *pair = *state;
	struct hisi_zip_queue *queue = &pair->qp.queue[0];

	enqueue(pair, 0, 10);
	test_complete(pair, 0, 0, 4);
	assert_int_equal(hisi_zip_queue_settle(queue), 6);
	test_complete(pair, 0, 4, 2);
	hisi_zip_qp_shut(&pair->qp);
	/* What qm does when queues start again. */
	pair->hw[0].dead = 0;
	pair->hw[0].sq_tail = 0;
	pair->hw[0].cq_head = 0;
	pair->hw[0].phase = 1;
	pair->hw[0].submitted = 0;
	pair->hw[0].completed = 0;
	pair->hw[0].cq_unacked = 0;
	pair->device[0].tail = 0;
	pair->device[0].phase = 1;
	for (unsigned int i = 0; i < TEST_DEPTH; i++)
		((volatile uint64_t *)&pair->hw[0].cq[i])[1] = 0;
	hisi_zip_qp_restart(&pair->qp);

	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[20], 1), 0);
	assert_int_equal(pair->ops[20].status, RTE_COMP_OP_STATUS_NOT_PROCESSED);
	expect_ops(pair, 0, 6, SUCCESS);
	expect_ops(pair, 6, 4, ERROR);
	expect_nothing(pair);
	enqueue(pair, 20, TEST_LIMIT);
	test_complete(pair, 0, 0, TEST_LIMIT);
	expect_ops(pair, 20, TEST_LIMIT, SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_pair_open, test_pair_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(statuses),	      TEST(round_and_round),
		TEST(full),	      TEST(both_directions),
		TEST(lost_completions), cmocka_unit_test(nonsense),
		TEST(completion_of_nothing), TEST(dead),
		TEST(settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
