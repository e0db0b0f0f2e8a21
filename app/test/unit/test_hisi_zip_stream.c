/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Stateful requests word by word, and what the driver makes of all that an engine may answer:
 * hardware.md 8.1, 8.2, 8.4 to 8.6, 8.8.
 */

#include <stdlib.h>
#include <string.h>

#include "hisi_zip_stream.h"
#include "test_hisi_zip_util.h"

#define IOVA 0x7700000000ull

/* dw7: type 3, stateful; new, finish. */
#define OLD 0x34000000u
#define NEW 0x3c000000u
#define OLD_FINISH 0x36000000u

struct test_stream {
	struct test_pair *pair;
	struct hisi_zip_stream stream[2]; /* compress, decompress */
	struct hisi_zip_sw sw;
	struct rte_comp_op *ring[32];
	uint8_t buffers[2][2][4096];
	uint16_t index[2]; /* of the next SQE */
};

static void
open_stream(struct test_stream *t, unsigned int direction)
{
	struct hisi_zip_stream *stream = &t->stream[direction];

	stream->xform = t->pair->xform[direction];
	stream->xform.path = HISI_ZIP_STREAM;
	stream->xform.stateful = true;
	stream->xform.compress = direction == 0;
	stream->xform.post = &stream->xform;
	stream->path = (uint8_t)direction;
	stream->iova = IOVA + 0x100000 * direction;
	stream->memory = calloc(1, 0x40000);
	assert_non_null(stream->memory);
}

/* Op 0 compresses, op 1 decompresses. */
static int
open_case(void **state)
{
	struct test_stream *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	test_pair_open((void **)&t->pair);
	t->sw.ring = t->ring;
	t->sw.mask = 31;
	t->sw.limit = TEST_LIMIT;
	t->pair->qp.sw = &t->sw;
	for (unsigned int d = 0; d < 2; d++) {
		struct rte_comp_op *op = &t->pair->ops[d];

		open_stream(t, d);
		op->op_type = RTE_COMP_OP_STATEFUL;
		op->stream = &t->stream[d];
		op->flush_flag = RTE_COMP_FLUSH_SYNC;
		op->m_src->buf_addr = t->buffers[d][0];
		op->m_dst->buf_addr = t->buffers[d][1];
	}
	*state = t;
	return 0;
}

static int
close_case(void **state)
{
	struct test_stream *t = *state;

	free(t->stream[0].memory);
	free(t->stream[1].memory);
	test_pair_close((void **)&t->pair);
	free(t);
	return 0;
}

/* Enqueues the op of a direction; the SQE that it made. */
static uint32_t *
send(struct test_stream *t, unsigned int direction)
{
	struct rte_comp_op *op = &t->pair->ops[direction];

	op->status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
	assert_int_equal(hisi_zip_enqueue_burst(&t->pair->qp, &op, 1), 1);
	return test_sqe(t->pair, direction, t->index[direction]);
}

static void
receive(struct test_stream *t, unsigned int direction)
{
	struct rte_comp_op *op = NULL;

	assert_int_equal(hisi_zip_dequeue_burst(&t->pair->qp, &op, 1), 1);
	assert_ptr_equal(op, &t->pair->ops[direction]);
}

/* The device answers, with words that the next request has to bring. */
static void
answer(struct test_stream *t, unsigned int direction, uint32_t consumed, uint32_t produced,
       uint32_t dw3, uint32_t dw15, uint32_t dw28)
{
	uint32_t *sqe = test_sqe(t->pair, direction, t->index[direction]);

	test_result(t->pair, direction, t->index[direction], consumed, produced, dw3);
	sqe[15] = dw15;
	sqe[28] = dw28;
	sqe[29] = 0x1229;
	sqe[30] = 0x1230;
	sqe[31] = 0x1231;
	test_cqe(t->pair, direction, t->index[direction]++);
	receive(t, direction);
}

static void
expect_words(const uint32_t *sqe, uint32_t dw15, uint32_t dw28, uint32_t dw29, uint32_t dw30,
	     uint32_t dw31)
{
	assert_int_equal(sqe[15], dw15);
	assert_int_equal(sqe[28], dw28);
	assert_int_equal(sqe[29], dw29);
	assert_int_equal(sqe[30], dw30);
	assert_int_equal(sqe[31], dw31);
}

static void
requests(void **state)
{
	struct test_stream *t = *state;

	for (unsigned int d = 0; d < 2; d++) {
		struct rte_comp_op *op = &t->pair->ops[d];
		const uint32_t *sqe = send(t, d);

		assert_int_equal(sqe[4], 1000);
		assert_int_equal(sqe[7], NEW);
		assert_int_equal(sqe[9], 0x4001);
		assert_int_equal(sqe[14], 2000);
		assert_int_equal(sqe[18], 0x00000080 + 0x10000 * d);
		assert_int_equal(sqe[19], 0x12);
		assert_int_equal(sqe[20], 0x00000080 + 0x10000 * d);
		assert_int_equal(sqe[21], 0x34);
		/* The device's part begins behind 64 bytes. */
		assert_int_equal(sqe[22], 0x40 + 0x100000 * d);
		assert_int_equal(sqe[23], 0x77);
		expect_words(sqe, 0, 0, 0, 0, 0);
		answer(t, d, 1000, 900, 0, 0x1200, 0);
		assert_int_equal(op->status, RTE_COMP_OP_STATUS_SUCCESS);
		assert_int_equal(op->consumed, 1000);
		assert_int_equal(op->produced, 900);
		op->flush_flag = RTE_COMP_FLUSH_FINAL;
		sqe = send(t, d);
		/* Only compression finishes. */
		assert_int_equal(sqe[7], d == 0 ? OLD_FINISH : OLD);
		expect_words(sqe, 0x1200, 0, 0x1229, 0x1230, 0x1231);
		answer(t, d, 1000, 10, d == 0 ? 0x100 : 0x113, 0x80, 0);
		assert_int_equal(op->status, RTE_COMP_OP_STATUS_SUCCESS);
		/* And anew. */
		sqe = send(t, d);
		assert_int_equal(sqe[7] & 0x08000000, 0x08000000);
		expect_words(sqe, 0, 0, 0, 0, 0);
		answer(t, d, 1000, 10, d == 0 ? 0x100 : 0x113, 0x80, 0);
	}
}

/* What the device may say of 1000 bytes in and 2000 of room. */
struct verdict {
	unsigned int direction;
	uint32_t consumed;
	uint32_t produced;
	uint32_t dw3;
	uint32_t dw15;
	uint32_t dw28;
	uint8_t status;
	uint32_t op_consumed;
	uint32_t reason;
	bool anew; /* the next request begins a stream */
};

#define GOOD RTE_COMP_OP_STATUS_SUCCESS
#define MORE RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE
#define BAD RTE_COMP_OP_STATUS_ERROR

static const struct verdict verdicts[] = {
	{0, 1000, 2000, 0x000, 0, 0, GOOD, 1000, 0, false},
	{0, 1000, 1010, 0x00d, 0, 0, GOOD, 1000, 0, false},
	{0, 1000, 2001, 0x000, 0, 0, BAD, 0, 1, true},
	{0, 1001, 500, 0x000, 0, 0, BAD, 0, 1, true},
	/* All is consumed, or it is not what was agreed on. */
	{0, 999, 500, 0x000, 0, 0, BAD, 0, 1, true},
	{0, 0, 0, 0x00e, 0, 0, BAD, 0, 0, true},
	{0, 0, 0, 0x041, 0, 0, BAD, 0, 0, true},
	{1, 1000, 500, 0x000, 0, 0, GOOD, 1000, 0, false},
	{1, 1000, 500, 0x000, 3, 0, GOOD, 1000, 0, false},
	{1, 1000, 0, 0x000, 0, 0, GOOD, 1000, 0, false},
	{1, 700, 2000, 0x000, 2, 5, MORE, 700, 0, false},
	{1, 700, 2000, 0x000, 0x81, 5, MORE, 700, 0, false},
	/* The last byte is kept back while output is due. */
	{1, 1000, 2000, 0x000, 0x81, 1, MORE, 999, 0, false},
	{1, 1000, 2000, 0x000, 0x02, 1, MORE, 999, 0, false},
	/* Between two blocks; there may be one more, in bits that the engine has cached. */
	{1, 1000, 500, 0x000, 0x0403, 0, MORE, 999, 0, false},
	{1, 1000, 500, 0x000, 0xfc03, 0, MORE, 999, 0, false},
	{1, 1000, 500, 0x000, 0xfc00, 0, GOOD, 1000, 0, false},
	{1, 0, 0, 0x000, 0x0403, 0, BAD, 0, 1, true},
	/* The end, with something behind it or not. */
	{1, 600, 2000, 0x113, 0x80, 0, GOOD, 600, 0, true},
	{1, 1000, 0, 0x113, 0x80, 0, GOOD, 1000, 0, true},
	{1, 1000, 500, 0x013, 0, 0, GOOD, 1000, 0, false},
	{1, 500, 20, 0x010, 0, 0, BAD, 0, 0, true},
	{1, 500, 20, 0x110, 0x80, 0, BAD, 0, 0, true},
	{1, 0, 0, 0x041, 0, 0, BAD, 0, 0, true},
	{1, 1001, 20, 0x000, 0, 0, BAD, 0, 1, true},
	{1, 500, 2001, 0x000, 0, 0, BAD, 0, 1, true},
	{1, UINT32_MAX, UINT32_MAX, 0x113, 0, 0, BAD, 0, 1, true},
	/* An application would try this for ever. */
	{1, 0, 0, 0x000, 2, 1, BAD, 0, 1, true},
};

static void
answers(void **state)
{
	struct test_stream *t = *state;

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct verdict *v = &verdicts[i];
		struct rte_comp_op *op = &t->pair->ops[v->direction];

		send(t, v->direction);
		answer(t, v->direction, v->consumed, v->produced, v->dw3, v->dw15, v->dw28);
		if (op->status != v->status || op->consumed != v->op_consumed ||
		    op->debug_status >> 32 != v->reason ||
		    t->stream[v->direction].begun == v->anew)
			fail_msg("line %zu: status %u, consumed %u, reason %u, begun %d", i,
				 op->status, op->consumed, (unsigned int)(op->debug_status >> 32),
				 t->stream[v->direction].begun);
		if (v->status != BAD)
			assert_int_equal(op->produced, v->produced);
		hisi_zip_stream_fail(&t->stream[v->direction], op, 0);
	}
}

/* All is taken, the engine is asked for what it has left, and says of that what it may. */
static const struct {
	uint32_t dw15, dw28; /* of the first answer */
	struct verdict then;
} drains[] = {
	/* The last block was cached, with data in it or not; or there was none yet. */
	{0x2803, 0, {1, 0, 0, 0x113, 0x80, 0, GOOD, 1, 0, true}},
	{0x2803, 0, {1, 0, 3, 0x113, 0x80, 0, GOOD, 1, 0, true}},
	{0x2803, 0, {1, 0, 0, 0x000, 0x2803, 0, GOOD, 1, 0, false}},
	{0x2803, 0, {1, 0, 3, 0x000, 0x0403, 0, MORE, 0, 0, false}},
	/* Full without anything behind it. */
	{2, 0, {1, 0, 0, 0x000, 2, 0, GOOD, 1, 0, false}},
	{2, 0, {1, 0, 0, 0x000, 0, 0, GOOD, 1, 0, false}},
	{2, 5, {1, 0, 5, 0x000, 0, 0, GOOD, 1, 0, false}},
	{2, 5, {1, 1, 5, 0x000, 0, 0, BAD, 0, 1, true}},
	{2, 5, {1, 0, 2001, 0x000, 0, 0, BAD, 0, 1, true}},
};

static void
drained(void **state)
{
	struct test_stream *t = *state;
	struct rte_comp_op *op = &t->pair->ops[1];

	for (size_t i = 0; i < sizeof(drains) / sizeof(drains[0]); i++) {
		const struct verdict *v = &drains[i].then;

		op->src.offset = 0;
		op->src.length = 1000;
		send(t, 1);
		answer(t, 1, 1000, 2000, 0, drains[i].dw15, drains[i].dw28);
		assert_int_equal(op->status, MORE);
		assert_int_equal(op->consumed, 999);
		op->src.offset = 999;
		op->src.length = 1;
		assert_int_equal(send(t, 1)[4], 0);
		answer(t, 1, v->consumed, v->produced, v->dw3, v->dw15, v->dw28);
		if (op->status != v->status || op->consumed != v->op_consumed ||
		    op->debug_status >> 32 != v->reason || t->stream[1].begun == v->anew)
			fail_msg("line %zu: status %u, consumed %u", i, op->status, op->consumed);
		hisi_zip_stream_fail(&t->stream[1], op, 0);
	}
}

/* The end is asked for, all that was cached is looked at, and it is not there. */
static void
drained_at_end(void **state)
{
	struct test_stream *t = *state;
	struct rte_comp_op *op = &t->pair->ops[1];

	op->flush_flag = RTE_COMP_FLUSH_FINAL;
	send(t, 1);
	answer(t, 1, 1000, 500, 0, 0x2803, 0);
	assert_int_equal(op->status, MORE);
	op->src.offset = 999;
	op->src.length = 1;
	assert_int_equal(send(t, 1)[4], 0);
	answer(t, 1, 0, 0, 0, 0x2803, 0);
	assert_int_equal(op->status, BAD);
	assert_false(t->stream[1].begun);
}

/* Less room than the engine takes: what is left over is delivered without it. */
static void
little_room(void **state)
{
	struct test_stream *t = *state;
	struct rte_comp_op *op = &t->pair->ops[1];
	const uint32_t *sqe;

	memset(t->stream[1].memory + 0x20000, 0x5a, 150);
	op->m_dst->data_len = op->m_dst->pkt_len = 100;
	sqe = send(t, 1);
	assert_int_equal(sqe[14], 256);
	assert_int_equal(sqe[20], 0x120000);
	assert_int_equal(sqe[21], 0x77);
	answer(t, 1, 1000, 150, 0x113, 0x80, 0);
	assert_int_equal(op->status, MORE);
	assert_int_equal(op->consumed, 999);
	assert_int_equal(op->produced, 100);
	op->src.offset = 999;
	op->src.length = 1;
	send(t, 1);
	assert_int_equal(t->pair->hw[1].sq_rings, 1);
	receive(t, 1);
	assert_int_equal(op->status, GOOD);
	assert_int_equal(op->consumed, 1);
	assert_int_equal(op->produced, 50);
	assert_int_equal(t->buffers[1][1][128], 0x5a);
	assert_int_equal(t->buffers[1][1][128 + 100], 0);
}

/* Compression needs 9/8 of the input as room. */
static void
nine_eighths(void **state)
{
	struct test_stream *t = *state;
	struct rte_comp_op *op = &t->pair->ops[0];
	const uint32_t *sqe;

	op->m_dst->data_len = op->m_dst->pkt_len = 1125;
	sqe = send(t, 0);
	assert_int_equal(sqe[14], 1125);
	assert_int_equal(sqe[21], 0x34);
	answer(t, 0, 1000, 1125, 0x00d, 0, 0);
	assert_int_equal(op->status, GOOD);
	op->m_dst->data_len = op->m_dst->pkt_len = 1124;
	sqe = send(t, 0);
	assert_true(sqe[14] >= 1125);
	assert_int_equal(sqe[20], 0x20000);
	assert_int_equal(sqe[21], 0x77);
	answer(t, 0, 1000, 1124, 0x00d, 0, 0);
	assert_int_equal(op->status, GOOD);
	assert_int_equal(op->produced, 1124);
}

/* Without a flush little input waits, and goes with what comes next. */
static void
gathered_input(void **state)
{
	struct test_stream *t = *state;
	struct rte_comp_op *op = &t->pair->ops[0];
	const uint32_t *sqe;

	op->flush_flag = RTE_COMP_FLUSH_NONE;
	for (unsigned int i = 0; i < 32; i++) {
		send(t, 0);
		receive(t, 0);
		assert_int_equal(op->status, GOOD);
		assert_int_equal(op->consumed, 1000);
		assert_int_equal(op->produced, 0);
	}
	assert_int_equal(t->pair->hw[0].sq_rings, 0);
	/* 32 KiB are there. */
	sqe = send(t, 0);
	assert_int_equal(sqe[4], 33000);
	assert_int_equal(sqe[7], NEW);
	assert_int_equal(sqe[18], 0x10000);
	assert_int_equal(sqe[19], 0x77);
	answer(t, 0, 33000, 800, 0, 0, 0);
	assert_int_equal(op->status, GOOD);
	assert_int_equal(op->consumed, 1000);
	assert_int_equal(op->produced, 800);
	send(t, 0);
	receive(t, 0);
	/* The end, without more input. */
	op->flush_flag = RTE_COMP_FLUSH_FINAL;
	op->src.length = 0;
	sqe = send(t, 0);
	assert_int_equal(sqe[4], 1000);
	assert_int_equal(sqe[7], OLD_FINISH);
	answer(t, 0, 1000, 90, 0x100, 0, 0);
	assert_int_equal(op->status, GOOD);
	assert_int_equal(op->consumed, 0);
	assert_int_equal(op->produced, 90);
}

/* The queue dies with a request in it. */
static void
lost(void **state)
{
	struct test_stream *t = *state;
	struct rte_comp_op *op = &t->pair->ops[0];

	send(t, 0);
	answer(t, 0, 1000, 300, 0, 0, 0);
	send(t, 0);
	t->pair->hw[0].dead = 1;
	receive(t, 0);
	assert_int_equal(op->status, BAD);
	assert_int_equal(op->debug_status >> 32, 3);
	assert_false(t->stream[0].begun);
	assert_false(t->stream[0].busy);
	/* Not taken, and so left as it is. */
	assert_int_equal(hisi_zip_enqueue_burst(&t->pair->qp, &op, 1), 0);
	assert_int_equal(op->status, BAD);
	assert_false(t->stream[0].busy);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_case, close_case)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(requests), CASE(answers), CASE(little_room), CASE(nine_eighths),
		CASE(gathered_input), CASE(lost), CASE(drained), CASE(drained_at_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
