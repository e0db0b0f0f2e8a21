/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "hisi_zip_chain.h"
#include "hisi_zip_status.h"
#include "hisi_zip_sw.h"

static int
hisi_zip_sw_open_bench(struct hisi_zip_sw_bench *bench, uint16_t max_sge, int socket)
{
	bench->segs = rte_zmalloc_socket("hisi_zip_sw_segs", 2 * max_sge * sizeof(*bench->segs), 0,
					 socket);
	return bench->segs == NULL ? -ENOMEM : 0;
}

static void
hisi_zip_sw_close_bench(struct hisi_zip_sw_bench *bench)
{
	deflate_ctx_destroy(bench->ctx);
	rte_free(bench->segs);
}

int
hisi_zip_sw_create(uint32_t limit, uint16_t max_sge, int socket, struct hisi_zip_sw **sw)
{
	uint32_t slots = rte_align32pow2(limit);
	struct hisi_zip_sw *new;

	new = rte_zmalloc_socket("hisi_zip_sw", sizeof(*new), RTE_CACHE_LINE_SIZE, socket);
	if (new == NULL)
		return -ENOMEM;
	new->ring = rte_zmalloc_socket("hisi_zip_sw_ring", slots * sizeof(*new->ring), 0, socket);
	if (new->ring == NULL || hisi_zip_sw_open_bench(&new->producer, max_sge, socket) != 0 ||
	    hisi_zip_sw_open_bench(&new->consumer, max_sge, socket) != 0) {
		hisi_zip_sw_free(new);
		return -ENOMEM;
	}
	new->mask = slots - 1;
	new->limit = limit;
	new->max_sge = max_sge;
	*sw = new;
	return 0;
}

void
hisi_zip_sw_free(struct hisi_zip_sw *sw)
{
	if (sw == NULL)
		return;
	hisi_zip_sw_close_bench(&sw->producer);
	hisi_zip_sw_close_bench(&sw->consumer);
	rte_free(sw->ring);
	rte_free(sw);
}

void
hisi_zip_sw_forget(struct hisi_zip_sw *sw)
{
	if (sw == NULL)
		return;
	sw->producer.ctx = NULL;
	sw->consumer.ctx = NULL;
}

void
hisi_zip_sw_leave(struct hisi_zip_sw *sw)
{
	if (sw == NULL)
		return;
	deflate_ctx_destroy(sw->producer.ctx);
	deflate_ctx_destroy(sw->consumer.ctx);
	hisi_zip_sw_forget(sw);
}

/*
 * Describes at most "want" bytes of a chain from "offset" on; returns how many segments that are,
 * "covered" gets how many bytes. -E2BIG for more segments than "max".
 */
static int
hisi_zip_sw_map(struct rte_mbuf *m, uint32_t offset, uint32_t want, struct deflate_seg *segs,
		uint16_t max, uint32_t *covered)
{
	struct hisi_zip_cursor at = {.m = m, .offset = offset};
	struct hisi_zip_span span;
	uint32_t left = want;
	int n = 0;

	HISI_ZIP_CHAIN_FOREACH(span, &at, left) {
		if (n == max)
			return -E2BIG;
		segs[n].base = span.va;
		segs[n++].len = span.length;
	}
	*covered = want - left;
	return n;
}

void
hisi_zip_sw_sum(const struct rte_mbuf *m, uint32_t offset, uint32_t length,
		unsigned int checksums, uint32_t *adler, uint32_t *crc)
{
	struct hisi_zip_cursor at = {.m = m, .offset = offset};
	struct hisi_zip_span span;

	if (checksums & DEFLATE_CHECKSUM_ADLER32)
		*adler = 1;
	if (checksums & DEFLATE_CHECKSUM_CRC32)
		*crc = 0;
	HISI_ZIP_CHAIN_FOREACH(span, &at, length) {
		if (checksums & DEFLATE_CHECKSUM_ADLER32)
			*adler = deflate_adler32(*adler, span.va, span.length);
		if (checksums & DEFLATE_CHECKSUM_CRC32)
			*crc = deflate_crc32(*crc, span.va, span.length);
	}
}

void
hisi_zip_sw_set_sum(struct rte_comp_op *op, const struct hisi_zip_xform *xform, uint32_t adler,
		    uint32_t crc)
{
	uint32_t length = xform->compress ? op->consumed : op->produced;
	uint32_t low = op->input_chksum, high = op->input_chksum >> 32;

	/* 0: there is nothing before it, though an Adler-32 of nothing is 1. */
	if (op->input_chksum != 0 && (xform->checksums & DEFLATE_CHECKSUM_CRC32))
		crc = deflate_crc32_append(low, crc, length);
	if (op->input_chksum != 0 && (xform->checksums & DEFLATE_CHECKSUM_ADLER32))
		adler = deflate_adler32_append(
			xform->checksums == DEFLATE_CHECKSUM_ADLER32 ? low : high, adler, length);
	op->output_chksum = hisi_zip_chksum(xform, adler, crc);
}

static enum rte_comp_op_status
hisi_zip_sw_status(const struct hisi_zip_xform *xform, const struct deflate_result *result)
{
	switch (result->status) {
	case DEFLATE_DONE:
		return RTE_COMP_OP_STATUS_SUCCESS;
	case DEFLATE_OUT_FULL:
		if (xform->compress && result->consumed != 0)
			return RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE;
		return RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	default:
		return RTE_COMP_OP_STATUS_ERROR;
	}
}

/* Gives an op its outcome. debug_status: the reason alone, there is no word of a device. */
static void
hisi_zip_sw_settle(struct rte_comp_op *op, const struct hisi_zip_xform *xform,
		   const struct deflate_result *result)
{
	enum rte_comp_op_status status = hisi_zip_sw_status(xform, result);

	hisi_zip_status_fail(op, HISI_ZIP_REASON_SOFTWARE, result->status);
	op->status = status;
	if (hisi_zip_status_is_failure(status))
		return;
	op->consumed = result->consumed;
	op->produced = result->produced;
	if (status == RTE_COMP_OP_STATUS_SUCCESS)
		op->debug_status = 0;
	if (xform->checksums != 0)
		hisi_zip_sw_set_sum(op, xform, result->adler32, result->crc32);
}

/* Does an op whose buffers are in the bench's lists. */
static void
hisi_zip_sw_run(struct hisi_zip_sw_bench *bench, struct rte_comp_op *op, int nb_src,
		const struct deflate_seg *dst, int nb_dst)
{
	const struct hisi_zip_xform *xform = op->private_xform;
	struct deflate_result result;
	int ret;

	if (xform->lz4) {
		/* Without input: the last sequence, which has no literals. */
		dst->base[0] = 0;
		result = (struct deflate_result){.status = DEFLATE_DONE, .produced = 1};
		hisi_zip_sw_settle(op, xform, &result);
		return;
	}
	if (bench->ctx == NULL && deflate_ctx_create(&bench->ctx) != 0) {
		hisi_zip_status_fail(op, HISI_ZIP_REASON_SOFTWARE, 0);
		return;
	}
	/* With a dictionary a part is of no use: the rest would have it too. */
	if (xform->compress && xform->params.dict_len != 0)
		ret = deflate_compress(bench->ctx, &xform->params, bench->segs, nb_src, dst,
				       nb_dst, &result);
	else if (xform->compress)
		ret = deflate_compress_part(bench->ctx, &xform->params, bench->segs, nb_src, dst,
					    nb_dst, &result);
	else
		ret = deflate_decompress(bench->ctx, &xform->params, bench->segs, nb_src, dst,
					 nb_dst, &result);
	if (ret != 0)
		hisi_zip_status_fail(op, HISI_ZIP_REASON_SOFTWARE, 0);
	else
		hisi_zip_sw_settle(op, xform, &result);
}

/* Maps an op's buffers and does it; -EINVAL if they are not as they have to be. */
static int
hisi_zip_sw_do(struct hisi_zip_sw_bench *bench, uint16_t max_sge, struct rte_comp_op *op)
{
	struct deflate_seg *dst = bench->segs + max_sge;
	uint32_t covered, room = hisi_zip_op_room(op);
	int nb_src, nb_dst;

	if (room == 0)
		return -EINVAL;
	nb_src = hisi_zip_sw_map(op->m_src, op->src.offset, op->src.length, bench->segs, max_sge,
				 &covered);
	if (nb_src < 0 || covered != op->src.length)
		return -EINVAL;
	nb_dst = hisi_zip_sw_map(op->m_dst, op->dst.offset, room, dst, max_sge,
				 &covered);
	if (nb_dst < 0 || covered == 0)
		return -EINVAL;
	hisi_zip_sw_run(bench, op, nb_src, dst, nb_dst);
	return 0;
}

/* Counts an op done for the producer. */
static void
hisi_zip_sw_count(struct hisi_zip_sw *sw, const struct rte_comp_op *op, bool compress)
{
	unsigned int d = compress ? HISI_ZIP_COMPRESS : HISI_ZIP_DECOMPRESS;

	hisi_zip_count(&sw->enqueue.done, 1);
	hisi_zip_count(&sw->ops[d], 1);
	hisi_zip_count(&sw->bytes[d].in, op->consumed);
	hisi_zip_count(&sw->bytes[d].out, op->produced);
}

bool
hisi_zip_sw_is_full(const struct hisi_zip_sw *sw)
{
	/* Acquire: the consumer has read the entries that it gave back. */
	return sw->tail - __atomic_load_n(&sw->head, __ATOMIC_ACQUIRE) == sw->limit;
}

void
hisi_zip_sw_push(struct hisi_zip_sw *sw, struct rte_comp_op *op)
{
	sw->ring[sw->tail & sw->mask] = op;
	hisi_zip_sw_count(sw, op, ((const struct hisi_zip_xform *)op->private_xform)->compress);
	/* Release pairs with the consumer's acquire: op and ring are written. */
	__atomic_store_n(&sw->tail, sw->tail + 1, __ATOMIC_RELEASE);
}

int
hisi_zip_sw_enqueue(struct hisi_zip_sw *sw, struct rte_comp_op *op)
{
	if (hisi_zip_sw_is_full(sw))
		return RTE_COMP_OP_STATUS_NOT_PROCESSED;
	if (hisi_zip_sw_do(&sw->producer, sw->max_sge, op) != 0)
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	hisi_zip_sw_push(sw, op);
	return RTE_COMP_OP_STATUS_SUCCESS;
}

void
hisi_zip_sw_redo(struct hisi_zip_sw *sw, struct rte_comp_op *op)
{
	if (((const struct hisi_zip_xform *)op->private_xform)->lz4)
		return;
	if (hisi_zip_sw_do(&sw->consumer, sw->max_sge, op) != 0)
		hisi_zip_status_fail(op, HISI_ZIP_REASON_SOFTWARE, 0);
	hisi_zip_count(&sw->redone, 1);
}

uint16_t
hisi_zip_sw_dequeue(struct hisi_zip_sw *sw, struct rte_comp_op **ops, uint16_t nb_ops)
{
	/* Acquire: the ops and the ring up to here were written. */
	uint32_t head = sw->head, tail = __atomic_load_n(&sw->tail, __ATOMIC_ACQUIRE);
	uint64_t failed = 0;
	uint16_t n;

	for (n = 0; n < nb_ops && head != tail; n++) {
		ops[n] = sw->ring[head++ & sw->mask];
		if (ops[n]->status == RTE_COMP_OP_STATUS_SUCCESS)
			continue;
		failed += hisi_zip_status_is_failure(ops[n]->status);
		hisi_zip_count_failure(&sw->failures, ops[n]);
	}
	hisi_zip_count(&sw->dequeue.done, n);
	hisi_zip_count(&sw->dequeue.failed, failed);
	/* Release: the ring was read before the producer may fill it. */
	__atomic_store_n(&sw->head, head, __ATOMIC_RELEASE);
	return n;
}

uint16_t
hisi_zip_sw_dequeue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops)
{
	const struct hisi_zip_qp *qp = queue_pair;

	return hisi_zip_sw_pending(qp->sw) ? hisi_zip_sw_dequeue(qp->sw, ops, nb_ops) : 0;
}
