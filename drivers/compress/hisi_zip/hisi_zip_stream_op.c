/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What an op asks of a stream, as requests to an engine, be it hardware or software. */

#include <string.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "hisi_zip_chain.h"
#include "hisi_zip_status.h"
#include "hisi_zip_stream.h"

/* The engine wants 200 bytes or more than 200 (hardware.md 8.4). */
#define HISI_ZIP_STREAM_MIN_ROOM 256u

/* An input this much shorter than the room always fits: hardware.md 8.4. */
static uint32_t
hisi_zip_stream_fitting(uint32_t room)
{
	return (uint64_t)room * 8 / 9 & ~3ull;
}

static uint32_t
hisi_zip_stream_needed(uint32_t length)
{
	return RTE_MAX((uint32_t)(((uint64_t)length * 9 + 7) / 8), HISI_ZIP_STREAM_MIN_ROOM);
}

static uint32_t
hisi_zip_stream_room(const struct hisi_zip_stream *stream, const struct rte_comp_op *op)
{
	return op->m_dst->pkt_len - op->dst.offset - stream->produced;
}

static uint8_t *
hisi_zip_stream_stage(const struct hisi_zip_stream *stream)
{
	return stream->memory + HISI_ZIP_STREAM_CONTEXT + HISI_ZIP_STREAM_IN;
}

int
hisi_zip_stream_admit(const struct rte_comp_op *op)
{
	const struct hisi_zip_stream *stream = op->stream;

	/* What has the other kind of handle begins with an xform too. */
	if (stream == NULL || !stream->xform.stateful || op->op_type != RTE_COMP_OP_STATEFUL ||
	    op->m_src == NULL || op->m_dst == NULL ||
	    (unsigned int)op->flush_flag > RTE_COMP_FLUSH_FINAL ||
	    (uint64_t)op->src.offset + op->src.length > hisi_zip_chain_length(op->m_src) ||
	    op->dst.offset >= op->m_dst->pkt_len ||
	    op->m_dst->pkt_len > hisi_zip_chain_length(op->m_dst))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	/* Acquire: the thread that dequeued the last op is done with the stream. */
	if (__atomic_load_n(&stream->busy, __ATOMIC_ACQUIRE))
		return RTE_COMP_OP_STATUS_INVALID_STATE;
	return RTE_COMP_OP_STATUS_SUCCESS;
}

/* Delivers what is staged, as far as there is room for it. */
static void
hisi_zip_stream_deliver(struct hisi_zip_stream *stream, const struct rte_comp_op *op)
{
	uint32_t length = RTE_MIN(stream->staged_end - stream->staged,
				  hisi_zip_stream_room(stream, op));

	if (length == 0)
		return;
	hisi_zip_chain_write(op->m_dst, op->dst.offset + stream->produced,
			     hisi_zip_stream_stage(stream) + stream->staged, length);
	stream->staged += length;
	stream->produced += length;
}

/* Where the input comes from, if "left" bytes are left of it. */
static void
hisi_zip_stream_choose_in(struct hisi_zip_stream *stream, const struct rte_comp_op *op,
			  uint32_t left)
{
	uint8_t *gathered = stream->memory + HISI_ZIP_STREAM_CONTEXT;
	struct hisi_zip_stream_request *request = &stream->request;
	struct hisi_zip_span span = {0};

	if (left != 0 && stream->held == 0)
		span = hisi_zip_chain_span(op->m_src, op->src.offset + stream->consumed);
	if (span.length != 0 && span.length >= RTE_MIN(left, HISI_ZIP_STREAM_IN)) {
		request->in = span.va;
		request->in_iova = span.iova;
		request->in_length = RTE_MIN(RTE_MIN(span.length, left), HISI_ZIP_MAX_BYTES);
		return;
	}
	/* Also for no input at all, which wants a valid address: hardware.md 8.4. */
	request->in = gathered;
	request->in_iova = stream->iova + HISI_ZIP_STREAM_CONTEXT;
	request->in_length = stream->held + RTE_MIN(left, HISI_ZIP_STREAM_IN - stream->held);
}

/* Gathers the input, now that it is known how much of it is used. */
static void
hisi_zip_stream_gather(const struct hisi_zip_stream *stream, const struct rte_comp_op *op)
{
	uint8_t *gathered = stream->memory + HISI_ZIP_STREAM_CONTEXT;

	if (stream->request.in == gathered)
		hisi_zip_chain_read(op->m_src, op->src.offset + stream->consumed,
				    gathered + stream->held,
				    stream->request.in_length - stream->held);
}

static void
hisi_zip_stream_out_to(struct hisi_zip_stream *stream, const struct hisi_zip_span *span)
{
	stream->request.out = span->va;
	stream->request.out_iova = span->iova;
	stream->request.out_length = span->length;
	stream->request.staged = false;
}

static void
hisi_zip_stream_out_to_stage(struct hisi_zip_stream *stream, uint32_t length)
{
	stream->request.out = hisi_zip_stream_stage(stream);
	stream->request.out_iova = stream->iova + HISI_ZIP_STREAM_CONTEXT + HISI_ZIP_STREAM_IN;
	stream->request.out_length = length;
	stream->request.staged = true;
}

/* The engine consumes all of the input, so that it has to be short enough for the output. */
static void
hisi_zip_stream_choose_out_compress(struct hisi_zip_stream *stream,
				    const struct hisi_zip_span *span)
{
	struct hisi_zip_stream_request *request = &stream->request;
	uint32_t needed = hisi_zip_stream_needed(request->in_length);

	if (span->length >= needed) {
		hisi_zip_stream_out_to(stream, span);
	} else if (needed <= HISI_ZIP_STREAM_OUT) {
		hisi_zip_stream_out_to_stage(stream, HISI_ZIP_STREAM_OUT);
	} else if (span->length >= HISI_ZIP_STREAM_OUT) {
		hisi_zip_stream_out_to(stream, span);
		request->in_length = hisi_zip_stream_fitting(span->length);
	} else {
		hisi_zip_stream_out_to_stage(stream, HISI_ZIP_STREAM_OUT);
		request->in_length = hisi_zip_stream_fitting(HISI_ZIP_STREAM_OUT);
	}
}

/* No more is staged than there is room for, but for the least that the engine takes. */
static void
hisi_zip_stream_choose_out_decompress(struct hisi_zip_stream *stream,
				      const struct hisi_zip_span *span, uint32_t room)
{
	if (span->length >= HISI_ZIP_STREAM_MIN_ROOM &&
	    (span->length >= RTE_MIN(room, HISI_ZIP_MAX_BYTES) ||
	     span->length >= HISI_ZIP_STREAM_OUT / 2))
		hisi_zip_stream_out_to(stream, span);
	else
		hisi_zip_stream_out_to_stage(stream,
					     RTE_MIN(RTE_MAX(room, HISI_ZIP_STREAM_MIN_ROOM),
						     HISI_ZIP_STREAM_OUT));
}

static void
hisi_zip_stream_choose_out(struct hisi_zip_stream *stream, const struct rte_comp_op *op,
			   uint32_t room)
{
	struct hisi_zip_span span =
		hisi_zip_chain_span(op->m_dst, op->dst.offset + stream->produced);

	span.length = RTE_MIN(RTE_MIN(span.length, room), HISI_ZIP_MAX_BYTES);
	if (stream->xform.compress)
		hisi_zip_stream_choose_out_compress(stream, &span);
	else
		hisi_zip_stream_choose_out_decompress(stream, &span, room);
}

/* On V2 the last block would come with the trailer of zlib: it is written by software. */
static bool
hisi_zip_stream_finishes(const struct hisi_zip_stream *stream, const struct rte_comp_op *op)
{
	const struct hisi_zip_xform *xform = &stream->xform;

	return xform->compress && op->flush_flag == RTE_COMP_FLUSH_FINAL &&
	       stream->consumed + stream->request.in_length == op->src.length + stream->held &&
	       (stream->path == HISI_ZIP_SOFTWARE || xform->frame == HISI_ZIP_FRAME_NONE);
}

static void
hisi_zip_stream_sum(struct hisi_zip_stream *stream, const uint8_t *data, uint32_t length)
{
	if (stream->xform.checksums & DEFLATE_CHECKSUM_ADLER32)
		stream->adler = deflate_adler32(stream->adler, data, length);
	if (stream->xform.checksums & DEFLATE_CHECKSUM_CRC32)
		stream->crc = deflate_crc32(stream->crc, data, length);
}

/* Checksums stay until the next stream really begins, for an op at the end with nothing to do. */
static void
hisi_zip_stream_reset_sums(struct hisi_zip_stream *stream)
{
	if (stream->phase != HISI_ZIP_STREAM_FRESH)
		return;
	stream->adler = 1;
	stream->crc = 0;
}

/* Each request costs a block and its end: little input waits for more as long as it may. */
static bool
hisi_zip_stream_holds(const struct hisi_zip_stream *stream, const struct rte_comp_op *op,
		      uint32_t left)
{
	return stream->xform.compress && op->flush_flag == RTE_COMP_FLUSH_NONE &&
	       left < HISI_ZIP_STREAM_HOLD - stream->held;
}

static void
hisi_zip_stream_hold(struct hisi_zip_stream *stream, const struct rte_comp_op *op, uint32_t left)
{
	uint8_t *gathered = stream->memory + HISI_ZIP_STREAM_CONTEXT + stream->held;

	hisi_zip_stream_reset_sums(stream);
	hisi_zip_chain_read(op->m_src, op->src.offset + stream->consumed, gathered, left);
	hisi_zip_stream_sum(stream, gathered, left);
	stream->held += left;
	stream->consumed += left;
	stream->phase = HISI_ZIP_STREAM_RUNNING;
}

/* Whether there is nothing to do for an op with so much input left. */
static bool
hisi_zip_stream_is_idle(const struct hisi_zip_stream *stream, const struct rte_comp_op *op,
			uint32_t left)
{
	return left == 0 && !stream->pending &&
	       (stream->held == 0 || op->flush_flag == RTE_COMP_FLUSH_NONE);
}

bool
hisi_zip_stream_next(struct hisi_zip_stream *stream, struct rte_comp_op *op)
{
	uint32_t left = op->src.length - stream->consumed, room;

	hisi_zip_stream_deliver(stream, op);
	room = hisi_zip_stream_room(stream, op);
	if (stream->staged != stream->staged_end || stream->phase == HISI_ZIP_STREAM_OVER ||
	    room == 0 || hisi_zip_stream_is_idle(stream, op, left)) {
		hisi_zip_stream_conclude(stream, op);
		return false;
	}
	stream->staged = 0;
	stream->staged_end = 0;
	if (hisi_zip_stream_holds(stream, op, left)) {
		hisi_zip_stream_hold(stream, op, left);
		hisi_zip_stream_conclude(stream, op);
		return false;
	}
	hisi_zip_stream_reset_sums(stream);
	hisi_zip_stream_choose_in(stream, op, left);
	hisi_zip_stream_choose_out(stream, op, room);
	hisi_zip_stream_gather(stream, op);
	stream->request.finish = hisi_zip_stream_finishes(stream, op);
	return true;
}

bool
hisi_zip_stream_begin(struct hisi_zip_stream *stream, struct rte_comp_op *op)
{
	stream->busy = true;
	stream->produced = 0;
	stream->consumed = RTE_MIN(stream->skip, op->src.length);
	stream->skip -= stream->consumed;
	return hisi_zip_stream_next(stream, op);
}

void
hisi_zip_stream_apply(struct hisi_zip_stream *stream, const struct hisi_zip_stream_result *result)
{
	const struct hisi_zip_stream_request *request = &stream->request;

	if (stream->xform.compress)
		hisi_zip_stream_sum(stream, request->in + stream->held,
				    result->consumed - stream->held);
	else
		hisi_zip_stream_sum(stream, request->out, result->produced);
	stream->consumed += result->consumed - stream->held;
	stream->held = 0;
	if (request->staged)
		stream->staged_end = result->produced;
	else
		stream->produced += result->produced;
	stream->begun = true;
	stream->pending = result->verdict == HISI_ZIP_STREAM_FULL;
	stream->phase = request->finish || result->verdict == HISI_ZIP_STREAM_END ?
				HISI_ZIP_STREAM_OVER :
				HISI_ZIP_STREAM_RUNNING;
}

/* The next request of this stream is the first of another. */
static void
hisi_zip_stream_restart(struct hisi_zip_stream *stream)
{
	stream->phase = HISI_ZIP_STREAM_FRESH;
	stream->pending = false;
	stream->skip = 0;
	stream->held = 0;
	stream->staged = 0;
	stream->staged_end = 0;
	if (!stream->begun)
		return;
	stream->begun = false;
	memset(stream->words, 0, sizeof(stream->words));
	/* Old contents must go: hardware.md 8.6. */
	memset(stream->memory, 0, HISI_ZIP_STREAM_CONTEXT);
}

/* All of the input is compressed: what its flush flag asks for beyond that. */
static void
hisi_zip_stream_flush(struct hisi_zip_stream *stream, const struct rte_comp_op *op)
{
	/* An empty block of fixed codes, the last. What is before it ends on a byte boundary. */
	static const uint8_t last[] = {0x03, 0x00};

	if (op->flush_flag < RTE_COMP_FLUSH_FULL || stream->phase == HISI_ZIP_STREAM_OVER)
		return;
	hisi_zip_stream_reset_sums(stream);
	if (op->flush_flag == RTE_COMP_FLUSH_FINAL) {
		memcpy(hisi_zip_stream_stage(stream) + stream->staged_end, last, sizeof(last));
		stream->staged_end += sizeof(last);
	}
	stream->phase = HISI_ZIP_STREAM_OVER;
}

/* Whether the op has to come again: for output that is due, or input that is not taken. */
static bool
hisi_zip_stream_has_more(const struct hisi_zip_stream *stream, const struct rte_comp_op *op)
{
	if (stream->staged != stream->staged_end || stream->pending ||
	    (stream->held != 0 && op->flush_flag != RTE_COMP_FLUSH_NONE))
		return true;
	/* What follows the end of a compressed stream is not part of it. */
	return stream->consumed < op->src.length &&
	       (stream->xform.compress || stream->phase != HISI_ZIP_STREAM_OVER);
}

void
hisi_zip_stream_fail(struct hisi_zip_stream *stream, struct rte_comp_op *op,
		     uint64_t debug_status)
{
	hisi_zip_status_fail(op, debug_status >> 32, (uint32_t)debug_status);
	hisi_zip_stream_restart(stream);
	__atomic_store_n(&stream->busy, false, __ATOMIC_RELEASE);
}

void
hisi_zip_stream_conclude(struct hisi_zip_stream *stream, struct rte_comp_op *op)
{
	bool more;

	if (stream->xform.compress && stream->consumed == op->src.length && stream->held == 0)
		hisi_zip_stream_flush(stream, op);
	hisi_zip_stream_deliver(stream, op);
	more = hisi_zip_stream_has_more(stream, op);
	if (!more && !stream->xform.compress && op->flush_flag == RTE_COMP_FLUSH_FINAL &&
	    stream->phase == HISI_ZIP_STREAM_RUNNING) {
		hisi_zip_stream_fail(stream, op, (uint64_t)HISI_ZIP_REASON_TRUNCATED << 32);
		return;
	}
	/* One byte is kept back, so that who goes on while there is input gets all the output. */
	if (more && stream->consumed == op->src.length && stream->consumed != 0) {
		stream->consumed--;
		stream->skip++;
	}
	op->consumed = stream->consumed;
	op->produced = stream->produced;
	op->debug_status = 0;
	op->output_chksum = hisi_zip_chksum(&stream->xform, stream->adler, stream->crc);
	op->status = more ? RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE :
			    RTE_COMP_OP_STATUS_SUCCESS;
	if (stream->phase == HISI_ZIP_STREAM_OVER && stream->staged == stream->staged_end)
		hisi_zip_stream_restart(stream);
	/* Release pairs with the acquire of the thread that enqueues the next one. */
	__atomic_store_n(&stream->busy, false, __ATOMIC_RELEASE);
}
