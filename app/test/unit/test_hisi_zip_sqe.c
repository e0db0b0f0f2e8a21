/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include "test_hisi_zip_util.h"

/* The words of an SQE that are not 0: dword number and value. */
struct word {
	unsigned int at;
	uint32_t value;
};

static void
expect_sqe(const uint32_t *sqe, const struct word *words, unsigned int nb)
{
	uint32_t want[32] = {0};

	for (unsigned int i = 0; i < nb; i++)
		want[words[i].at] = words[i].value;
	for (unsigned int i = 0; i < 32; i++)
		if (sqe[i] != want[i])
			fail_msg("dw%u: 0x%08x, not 0x%08x", i, sqe[i], want[i]);
}

#define EXPECT_SQE(sqe, ...)                                                                       \
	expect_sqe(sqe, (const struct word[]){__VA_ARGS__},                                        \
		   sizeof((const struct word[]){__VA_ARGS__}) / sizeof(struct word))

/* Dwords by hardware.md 8.1: 4 input, 7, 9, 14 room, 18-19 source, 20-21 destination. */
static void
flat(void **state)
{
	struct test_pair *pair = *state;

	pair->ops[0].src.offset = 0x21;
	pair->ops[0].src.length = 0x123;
	pair->ops[0].dst.offset = 0x10;
	test_op_decompress(pair, 1);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 2), 2);
	EXPECT_SQE(test_sqe(pair, 0, 0), {4, 0x123}, {7, 0x3a000000}, {9, 0x4001},
		   {14, 2000 - 0x10}, {18, 0x000000a1}, {19, 0x12}, {20, 0x00000090}, {21, 0x34});
	EXPECT_SQE(test_sqe(pair, 1, 0), {4, 1000}, {7, 0x3a000000}, {9, 0x4001}, {14, 2000},
		   {18, 0x00010080}, {19, 0x12}, {20, 0x00010080}, {21, 0x34});
	/* Queue 6, tail 1; queue 7, tail 1 (hardware.md 5.1). */
	assert_int_equal(pair->device[0].sq_db, 0x0000000100000006);
	assert_int_equal(pair->device[1].sq_db, 0x0000000100000007);
	assert_int_equal(pair->hw[0].sq_rings + pair->hw[1].sq_rings, 2);
}

/* Appends segments of the lengths given; they lie at 0x5600000000 + 0x1000 * their number. */
static void
chain(struct test_pair *pair, struct rte_mbuf *head, unsigned int first, const uint16_t *lengths,
      unsigned int nb)
{
	struct rte_mbuf *last = head;

	for (unsigned int i = 0; i < nb; i++) {
		struct rte_mbuf *m = &pair->segs[first + i];

		m->buf_iova = 0x5600000000 + 0x1000 * (first + i);
		m->data_len = lengths[i];
		m->nb_segs = 1;
		last->next = m;
		last = m;
		head->nb_segs++;
		head->pkt_len += lengths[i];
	}
}

/* An address that the device was given, as a pointer. */
static const uint8_t *
at(uint32_t low, uint32_t high)
{
	return (const uint8_t *)(uintptr_t)((uint64_t)high << 32 | low);
}

static uint64_t
field(const uint8_t *list, unsigned int offset, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, list + offset, bytes);
	return value;
}

static void
expect_sge(const uint8_t *list, unsigned int i, uint64_t address, uint32_t length)
{
	const uint8_t *sge = list + 64 + 32 * i;

	assert_int_equal(field(sge, 0, 8), address);
	assert_int_equal(field(sge, 8, 8), 0);
	assert_int_equal(field(sge, 16, 8), length);
	assert_int_equal(field(sge, 24, 8), 0);
}

/* Lists by hardware.md 9.1 and 9.2; the offset skips a segment, an empty one is left out. */
static void
lists(void **state)
{
	static const uint16_t source[] = {0, 400, 0, 50, 600};
	static const uint16_t dest[] = {300};
	struct test_pair *pair = *state;
	const uint32_t *sqe = test_sqe(pair, 0, 0);
	const uint8_t *list;

	chain(pair, &pair->src[0], 0, source, 5);
	chain(pair, &pair->dst[0], 10, dest, 1);
	pair->ops[0].src.offset = 1100;
	pair->ops[0].src.length = 400;
	pair->ops[0].dst.offset = 1999;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 1);
	assert_int_equal(sqe[4], 400);
	assert_int_equal(sqe[7], 0x3a000000);
	assert_int_equal(sqe[9], 0x4101);
	assert_int_equal(sqe[14], 301);

	list = at(sqe[18], sqe[19]);
	assert_int_equal((uintptr_t)list % 64, 0);
	assert_int_equal(field(list, 0, 8), 0);
	assert_true(field(list, 8, 2) >= 3);
	assert_int_equal(field(list, 10, 2), 3);
	assert_true(field(list, 12, 2) >= 3);
	expect_sge(list, 0, 0x5600001064, 300);
	expect_sge(list, 1, 0x5600003000, 50);
	expect_sge(list, 2, 0x5600004000, 50);

	list = at(sqe[20], sqe[21]);
	assert_int_equal((uintptr_t)list % 64, 0);
	assert_int_equal(field(list, 10, 2), 2);
	expect_sge(list, 0, 0x340000084f, 1);
	expect_sge(list, 1, 0x560000a000, 300);
}

/* Of 255 entries each; all of the chain is found by following "next". */
static void
chain_of_lists(void **state)
{
	static const unsigned int counts[] = {255, 256, 510, 511, 600};
	struct test_pair *pair = *state;
	uint16_t lengths[600];

	for (unsigned int i = 0; i < 600; i++)
		lengths[i] = 2;
	for (unsigned int n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
		const uint32_t *sqe = test_sqe(pair, 0, (uint16_t)n);
		const uint8_t *list;
		unsigned int seen = 0;

		pair->src[n].data_len = pair->src[n].pkt_len = 2;
		chain(pair, &pair->src[n], 0, lengths, counts[n] - 1);
		pair->ops[n].src.length = 2 * counts[n];
		assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[n], 1), 1);
		for (list = at(sqe[18], sqe[19]); list != NULL;
		     list = at((uint32_t)field(list, 0, 4), (uint32_t)field(list, 4, 4))) {
			uint64_t sum = field(list, 10, 2);

			assert_int_equal((uintptr_t)list % 64, 0);
			assert_in_range(sum, 1, 255);
			for (unsigned int i = 0; i < sum; i++, seen++)
				if (seen > 0)
					expect_sge(list, i, 0x5600000000 + 0x1000 * (seen - 1), 2);
		}
		assert_int_equal(seen, counts[n]);
		test_complete(pair, 0, (uint16_t)n, 1);
		assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, (struct rte_comp_op *[8]){0}, 8),
				 1);
	}
}

static void
expect_refused(struct test_pair *pair, unsigned int op, uint8_t status)
{
	uint64_t rings = pair->hw[0].sq_rings;

	pair->ops[op].status = RTE_COMP_OP_STATUS_SUCCESS;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[op], 1), 0);
	assert_int_equal(pair->ops[op].status, status);
	assert_int_equal(pair->hw[0].sq_rings, rings);
}

/* A chain that is shorter than it says, one without any room; neither leaves anything behind. */
static void
bad_chains(void **state)
{
	struct test_pair *pair = *state;
	uint16_t lengths[4] = {0};

	pair->src[1].nb_segs = 3;
	pair->src[1].pkt_len = 5000;
	pair->ops[1].src.length = 1001;
	expect_refused(pair, 1, RTE_COMP_OP_STATUS_INVALID_ARGS);
	chain(pair, &pair->dst[2], 10, lengths, 4);
	pair->ops[2].dst.offset = 2000;
	expect_refused(pair, 2, RTE_COMP_OP_STATUS_INVALID_ARGS);
	assert_int_equal(pair->qp.queue[0].sgl_tail, 0);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[3], 16), 16);
}

/* Ops of two segments each side, the first one of a queue and others; nothing else is written. */
static void
two_segments(void **state)
{
	static const uint16_t source[] = {400}, dest[] = {300};
	struct test_pair *pair = *state;
	const uint8_t *list = NULL;

	chain(pair, &pair->src[0], 0, source, 1);
	chain(pair, &pair->dst[0], 10, dest, 1);
	pair->ops[0].src.offset = 100;
	pair->ops[0].src.length = 1299;
	pair->ops[0].dst.offset = 5;
	for (uint16_t n = 0; n < 3; n++) {
		const uint32_t *sqe = test_sqe(pair, 0, n);

		assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 1);
		EXPECT_SQE(sqe, {4, 1299}, {7, 0x3a000000}, {9, 0x4101}, {14, 2295},
			   {18, sqe[18]}, {19, sqe[19]}, {20, sqe[20]}, {21, sqe[21]});
		list = at(sqe[18], sqe[19]);
		assert_ptr_equal(list, pair->qp.queue[0].sgl_mem + 256 * n);
		assert_ptr_equal(at(sqe[20], sqe[21]), list + 128);
		assert_int_equal(field(list, 0, 8), 0);
		assert_int_equal(field(list, 8, 8), 0x200020002);
		assert_memory_equal(list + 128, list, 16);
		expect_sge(list, 0, 0x12000000e4, 900);
		expect_sge(list, 1, 0x5600000000, 399);
		expect_sge(list + 128, 0, 0x3400000085, 1995);
		expect_sge(list + 128, 1, 0x560000a000, 300);
	}
	for (unsigned int i = 256; i < 512; i++)
		assert_int_equal(list[i], 0xee);
}

/* Two segments each side of which a mbuf says what is not so: refused, or what there is. */
static void
odd_pairs(void **state)
{
	static const uint16_t more[] = {300};
	struct test_pair *pair = *state;

	for (unsigned int i = 0; i < 9; i++) {
		chain(pair, &pair->src[i], i, more, 1);
		chain(pair, &pair->dst[i], 10 + i, more, 1);
		pair->ops[i].src.length = 1300;
	}
	pair->src[0].nb_segs = 1;
	pair->src[1].next = NULL;
	pair->segs[2].data_len = 299;
	pair->dst[3].nb_segs = 0;
	pair->dst[4].pkt_len = 0;
	pair->ops[5].dst.offset = 2300;
	pair->dst[7].pkt_len = 5000;
	pair->dst[8].nb_segs = 1;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &pair->op[6], 3), 3);
	for (uint16_t n = 0; n < 3; n++)
		assert_int_equal(test_sqe(pair, 0, n)[14], n == 2 ? 2000 : 2300);
	for (unsigned int i = 0; i < 6; i++)
		expect_refused(pair, i, RTE_COMP_OP_STATUS_INVALID_ARGS);
	pair->qp.queue[0].max_sge = pair->qp.queue[0].sgl_short = 1;
	expect_refused(pair, 6, RTE_COMP_OP_STATUS_INVALID_ARGS);
}

/* Of 601 segments 600 are allowed: those before the offset and behind the end do not count. */
static void
too_many_segments(void **state)
{
	struct test_pair *pair = *state;
	struct rte_comp_op *op = &pair->ops[0];
	uint16_t lengths[600];

	for (unsigned int i = 0; i < 600; i++)
		lengths[i] = 2;
	chain(pair, &pair->src[0], 0, lengths, 600);
	op->src.length = 1000 + 2 * 599 + 1;
	expect_refused(pair, 0, RTE_COMP_OP_STATUS_INVALID_ARGS);
	op->src.length--;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &op, 1), 1);
	op->src.offset = 1000;
	op->src.length = 1200;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &op, 1), 1);
	test_complete(pair, 0, 0, 2);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, (struct rte_comp_op *[8]){0}, 8), 2);
	op->m_dst = op->m_src;
	op->dst.offset = 999;
	expect_refused(pair, 0, RTE_COMP_OP_STATUS_INVALID_ARGS);
	op->dst.offset = 1001;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, &op, 1), 1);
	assert_int_equal(test_sqe(pair, 0, 2)[14], 1199);
}

/* Completes and dequeues the oldest "n" ops. */
static void
take(struct test_pair *pair, uint16_t *index, uint16_t n)
{
	struct rte_comp_op *back[TEST_LIMIT];

	test_complete(pair, 0, *index, n);
	*index = (uint16_t)((*index + n) % TEST_DEPTH);
	assert_int_equal(hisi_zip_dequeue_burst(&pair->qp, back, TEST_LIMIT), n);
}

/*
 * Lists of many sizes, round and round through the arena, which is never found wanting; "held" ops
 * stay in flight from one turn to the next.
 */
static void
run_arena(struct test_pair *pair, unsigned int held)
{
	uint16_t index = 0, lengths[600];
	uint32_t full = 0;
	unsigned int flying = 0;

	for (unsigned int i = 0; i < 600; i++)
		lengths[i] = 3;
	chain(pair, &pair->src[0], 0, lengths, 599);
	for (unsigned int turn = 0; turn < 3000; turn++) {
		unsigned int used = 1 + turn * 7919 % 599, before = flying;

		pair->src[0].nb_segs = (uint16_t)used;
		pair->src[0].data_len = 3;
		pair->ops[0].src.length = 3 * used;
		pair->dst[0].nb_segs = 2;
		while (flying < TEST_LIMIT &&
		       hisi_zip_enqueue_burst(&pair->qp, pair->op, 1) == 1)
			flying++;
		assert_true(flying > before);
		if (flying < TEST_LIMIT) {
			assert_int_equal(pair->ops[0].status, RTE_COMP_OP_STATUS_NOT_PROCESSED);
			full++;
		}
		take(pair, &index, (uint16_t)(flying - held));
		flying = held;
	}
	if (held != 0)
		take(pair, &index, (uint16_t)held);
	assert_int_equal(pair->qp.queue[0].sgl_tail, pair->qp.queue[0].sgl_freed);
	assert_true(full > 0);
}

static void
arena(void **state)
{
	run_arena(*state, 0);
}

static void
arena_in_use(void **state)
{
	run_arena(*state, 1);
}

/* The address of the list of what was just put into a slot, from the arena on. */
static uint64_t
list_of(struct test_pair *pair, uint16_t slot)
{
	const uint32_t *sqe = test_sqe(pair, 0, slot);

	return (uint64_t)(at(sqe[18], sqe[19]) - pair->qp.queue[0].sgl_mem);
}

/* Lists start at the front again when none is in use, but not before. */
static void
front_again(void **state)
{
	struct test_pair *pair = *state;
	uint16_t index = 0, lengths[599];

	for (unsigned int i = 0; i < 599; i++)
		lengths[i] = 3;
	pair->src[0].data_len = 3;
	chain(pair, &pair->src[0], 0, lengths, 599);
	pair->ops[0].src.length = 1800;
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 1);
	assert_int_equal(list_of(pair, 0), 0);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 1);
	assert_true(list_of(pair, 1) > 600 * 32);
	take(pair, &index, 1);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 1);
	assert_true(list_of(pair, 2) != 0);
	take(pair, &index, 2);
	assert_int_equal(hisi_zip_enqueue_burst(&pair->qp, pair->op, 1), 1);
	assert_int_equal(list_of(pair, 3), 0);
	take(pair, &index, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_pair_open, test_pair_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flat), TEST(lists), TEST(chain_of_lists), TEST(bad_chains),
		TEST(two_segments), TEST(odd_pairs),
		TEST(too_many_segments), TEST(arena), TEST(arena_in_use), TEST(front_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
