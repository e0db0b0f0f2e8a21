/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <sched.h>
#include <string.h>

#include "pmd_stream.h"

#define OP_MS 60000

/* More of them in a row without any effect is a stream that does not go on. */
#define IDLE_OPS 3

void *
pmd_stream_new(const struct rte_comp_xform *xform)
{
	void *stream = NULL;

	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, xform, &stream), 0);
	assert_non_null(stream);
	return stream;
}

void
pmd_stream_free(void *stream)
{
	assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, stream), 0);
}

bool
pmd_stream_has_decompression(void)
{
	const bool has = (pmd_dev.features & RTE_COMP_FF_STATEFUL_DECOMPRESSION) != 0;

	assert_true(has || pmd_env.transport == PMD_FOREIGN);
	return has;
}

struct rte_comp_xform
pmd_stream_compress(void)
{
	return (struct rte_comp_xform){
		.type = RTE_COMP_COMPRESS,
		.compress = {
			.algo = RTE_COMP_ALGO_DEFLATE,
			.deflate.huffman = RTE_COMP_HUFFMAN_DEFAULT,
			.level = 6,
			.window_size = 15,
			.chksum = RTE_COMP_CHECKSUM_CRC32_ADLER32,
		},
	};
}

struct rte_comp_xform
pmd_stream_decompress(void)
{
	return (struct rte_comp_xform){
		.type = RTE_COMP_DECOMPRESS,
		.decompress = {
			.algo = RTE_COMP_ALGO_DEFLATE,
			.window_size = 15,
			.chksum = RTE_COMP_CHECKSUM_CRC32_ADLER32,
		},
	};
}

static void
run_op(struct rte_comp_op *op, uint16_t qp)
{
	uint64_t end = pmd_now_ms() + OP_MS;
	struct rte_comp_op *back = NULL;

	if (rte_compressdev_enqueue_burst(pmd_dev.id, qp, &op, 1) != 1)
		return;
	pmd_dev.accepted++;
	while (back == NULL && pmd_now_ms() < end) {
		pmd_dev.done += rte_compressdev_dequeue_burst(pmd_dev.id, qp, &back, 1);
		sched_yield();
	}
	assert_ptr_equal(back, op);
}

/* What is the same of all ops that did not fail. */
static void
check_op(const struct pmd_job *job)
{
	const struct rte_comp_op *op = job->op;

	assert_true(pmd_chain_intact(&job->src));
	assert_true(pmd_chain_intact(&job->dst));
	assert_true(op->consumed <= job->in_len);
	assert_true(op->produced <= job->dst.room);
	/* Who goes on while there is input gets all of the output. */
	if (op->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE && job->in_len != 0)
		assert_true(op->consumed < job->in_len);
}

struct pmd_job *
pmd_flow_fill(struct pmd_case *c, const struct pmd_flow *flow, const struct pmd_cut *cut,
	      uint32_t piece, enum rte_comp_flush_flag flush)
{
	uint32_t room = pmd_rand_in(cut->out_min > 0 ? cut->out_min : 1, cut->out_max);
	struct pmd_shapes shapes = cut->shapes ? pmd_shapes_any(piece, room) : pmd_shapes_plain;
	struct pmd_job *job;

	shapes.dst.tail = 0;
	if (room > flow->room - flow->given)
		room = flow->room - flow->given;
	job = pmd_batch_decompress(&c->batch, flow->stream, &shapes, flow->in + flow->taken, piece,
				   NULL, 0, room);
	job->op->op_type = RTE_COMP_OP_STATEFUL;
	job->op->stream = flow->stream;
	job->op->flush_flag = flush;
	return job;
}

void
pmd_flow_take(struct pmd_flow *flow, const struct pmd_job *job)
{
	const struct rte_comp_op *op = job->op;

	flow->ops++;
	flow->piece = job->in_len;
	flow->offered = job->dst.room;
	flow->status = op->status;
	flow->reason = op->debug_status >> 32;
	flow->chksum = op->output_chksum;
	if (op->status != RTE_COMP_OP_STATUS_SUCCESS &&
	    op->status != RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)
		return;
	check_op(job);
	pmd_chain_read(&job->dst, flow->out + flow->given, op->produced);
	flow->taken += op->consumed;
	flow->given += op->produced;
}

void
pmd_flow_op(struct pmd_case *c, struct pmd_flow *flow, const struct pmd_cut *cut, uint32_t piece,
	    enum rte_comp_flush_flag flush)
{
	struct pmd_job *job = pmd_flow_fill(c, flow, cut, piece, flush);

	run_op(job->op, flow->qp);
	pmd_flow_take(flow, job);
	pmd_batch_reset(&c->batch);
}

static enum rte_comp_flush_flag
any_flush(const struct pmd_cut *cut)
{
	return cut->full ? (enum rte_comp_flush_flag)pmd_rand_in(RTE_COMP_FLUSH_NONE,
								 RTE_COMP_FLUSH_FULL) :
			   (enum rte_comp_flush_flag)pmd_rand_in(RTE_COMP_FLUSH_NONE,
								 RTE_COMP_FLUSH_SYNC);
}

/* One piece, however many ops it takes. */
static void
run_piece(struct pmd_case *c, struct pmd_flow *flow, const struct pmd_cut *cut, uint32_t piece,
	  enum rte_comp_flush_flag flush)
{
	unsigned int idle = 0;

	do {
		uint32_t taken = flow->taken, given = flow->given;

		pmd_flow_op(c, flow, cut, piece, flush);
		piece -= flow->taken - taken;
		idle = taken == flow->taken && given == flow->given ? idle + 1 : 0;
		assert_true(idle < IDLE_OPS);
	} while (flow->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE);
	if (flush == RTE_COMP_FLUSH_FULL) {
		flow->fulls++;
		flow->full_at = flow->given;
	}
}

void
pmd_flow_run(struct pmd_case *c, struct pmd_flow *flow, const struct pmd_cut *cut, uint32_t most,
	     enum rte_comp_flush_flag last)
{
	uint32_t end = most < flow->in_length - flow->taken ? flow->taken + most : flow->in_length;
	bool final = end == flow->in_length;

	do {
		uint32_t left = end - flow->taken, piece = pmd_rand_in(0, cut->in_max);
		uint32_t before = flow->taken;

		if (piece > left)
			piece = left;
		/* By chance the end comes with the last byte, or with nothing. */
		if (final && piece == left && (piece == 0 || pmd_rand() % 2)) {
			run_piece(c, flow, cut, piece, last);
			flow->ended = flow->status == RTE_COMP_OP_STATUS_SUCCESS;
		} else {
			run_piece(c, flow, cut, piece, any_flush(cut));
		}
		/* What follows the end of a compressed stream is left. */
		if (flow->status == RTE_COMP_OP_STATUS_SUCCESS &&
		    (flow->taken - before < piece ||
		     (flow->slack != 0 && flow->taken == flow->in_length - flow->slack)))
			flow->ended = true;
		if (!final && flow->taken == end)
			return;
	} while (flow->status == RTE_COMP_OP_STATUS_SUCCESS && !flow->ended);
}
