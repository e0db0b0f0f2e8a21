/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The two engines of streams: requests as SQEs, and as calls of lib/deflate. */

#include <string.h>

#include "deflate_stream.h"
#include "hisi_zip_status.h"
#include "hisi_zip_stream.h"

/* ctx_st, hardware.md 8.6. */
enum hisi_zip_stream_st {
	HISI_ZIP_STREAM_ST_LAST_FULL = 1, /* if anything is held back */
	HISI_ZIP_STREAM_ST_FULL = 2,
	HISI_ZIP_STREAM_ST_BETWEEN = 3, /* blocks; the next one may lie in bits that are cached */
};

_Static_assert(DEFLATE_STREAM_STATE_LEN <= HISI_ZIP_STREAM_CONTEXT, "software has the same room");

void
hisi_zip_stream_write_sqe(const struct hisi_zip_stream *stream, struct hisi_hw_sqe *sqe)
{
	const struct hisi_zip_stream_request *request = &stream->request;
	uint64_t context = stream->iova + HISI_ZIP_STREAM_HEAD;

	memset(sqe, 0, sizeof(*sqe));
	sqe->input_length = request->in_length;
	sqe->dw7 = (stream->xform.dw7 & HISI_ZIP_DW7_SQE_TYPE) | HISI_ZIP_DW7_STATEFUL |
		   (stream->begun ? 0 : HISI_ZIP_DW7_STREAM_NEW) |
		   (request->finish ? HISI_ZIP_DW7_FINISH : 0);
	sqe->dw9 = stream->xform.dw9;
	sqe->dest_avail = request->out_length;
	sqe->source_l = (uint32_t)request->in_iova;
	sqe->source_h = request->in_iova >> 32;
	sqe->dest_l = (uint32_t)request->out_iova;
	sqe->dest_h = request->out_iova >> 32;
	sqe->stream_ctx_l = (uint32_t)context;
	sqe->stream_ctx_h = context >> 32;
	sqe->ctx_dw0 = stream->words[0];
	sqe->ctx_dw1 = stream->words[1];
	sqe->ctx_dw2 = stream->words[2];
	sqe->isize = stream->words[3];
	sqe->checksum = stream->words[4];
}

static void
hisi_zip_stream_save(struct hisi_zip_stream *stream, const volatile struct hisi_hw_sqe *sqe)
{
	stream->words[0] = sqe->ctx_dw0;
	stream->words[1] = sqe->ctx_dw1;
	stream->words[2] = sqe->ctx_dw2;
	stream->words[3] = sqe->isize;
	stream->words[4] = sqe->checksum;
}

/* Whether output is due by what the engine says of itself (hardware.md 8.6, 16.1). */
static bool
hisi_zip_stream_is_full(const struct hisi_zip_stream *stream)
{
	switch (HISI_HW_GET(HISI_ZIP_CTX0_STATE, stream->words[0])) {
	case HISI_ZIP_STREAM_ST_FULL:
		return true;
	case HISI_ZIP_STREAM_ST_LAST_FULL:
		return HISI_HW_GET(HISI_ZIP_CTX1_STORE, stream->words[1]) != 0;
	case HISI_ZIP_STREAM_ST_BETWEEN:
		return HISI_HW_GET(HISI_ZIP_CTX0_HEAD_BITS, stream->words[0]) != 0;
	default:
		return false;
	}
}

/* A request without input, which asks for what is held back, and there was nothing. */
static bool
hisi_zip_stream_is_drained(const struct hisi_zip_stream_request *request,
			   const struct hisi_zip_stream_result *result)
{
	return request->in_length == 0 && result->consumed == 0 && result->produced == 0;
}

/* hardware.md 8.5, 8.6. False: the engine refused the request, or found the data corrupt. */
static bool
hisi_zip_stream_judge(const struct hisi_zip_stream *stream, uint32_t dw3,
		      struct hisi_zip_stream_result *result)
{
	uint8_t status = HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3);

	result->verdict = HISI_ZIP_STREAM_ALL;
	if (stream->xform.compress)
		return status == HISI_ZIP_OK || status == HISI_ZIP_NEGATIVE_COMP;
	if (status == HISI_ZIP_DECOMP_END && (dw3 & HISI_ZIP_DW3_LSTBLK) != 0)
		result->verdict = HISI_ZIP_STREAM_END;
	else if (hisi_zip_stream_is_full(stream) &&
		 !hisi_zip_stream_is_drained(&stream->request, result))
		result->verdict = HISI_ZIP_STREAM_FULL;
	return status == HISI_ZIP_OK || status == HISI_ZIP_DECOMP_END;
}

/*
 * Whether the lengths are within the buffers, and so that the stream goes on: compression takes
 * all, and input without any effect would have the application try for ever.
 */
static bool
hisi_zip_stream_is_sane(const struct hisi_zip_stream *stream,
			const struct hisi_zip_stream_result *result)
{
	const struct hisi_zip_stream_request *request = &stream->request;

	if (result->consumed > request->in_length || result->produced > request->out_length)
		return false;
	if (stream->xform.compress)
		return result->consumed == request->in_length;
	return result->verdict == HISI_ZIP_STREAM_END || result->consumed != 0 ||
	       result->produced != 0 || hisi_zip_stream_is_drained(request, result);
}

void
hisi_zip_stream_complete(struct hisi_zip_stream *stream, struct rte_comp_op *op,
			 const volatile struct hisi_hw_sqe *sqe, uint32_t dw3)
{
	struct hisi_zip_stream_result result = {
		.consumed = op->consumed,
		.produced = op->produced,
	};
	enum hisi_zip_reason reason = HISI_ZIP_REASON_DEVICE;
	bool failed;

	hisi_zip_stream_save(stream, sqe);
	failed = !hisi_zip_stream_judge(stream, dw3, &result);
	if (!failed && !hisi_zip_stream_is_sane(stream, &result)) {
		reason = HISI_ZIP_REASON_LENGTHS;
		failed = true;
	}
	if (failed) {
		hisi_zip_stream_fail(stream, op, (uint64_t)reason << 32 | dw3);
		return;
	}
	hisi_zip_stream_apply(stream, &result);
	hisi_zip_stream_conclude(stream, op);
	op->debug_status |= dw3;
}

/* Returns an enum deflate_status. */
static enum deflate_status
hisi_zip_stream_call(struct deflate_ctx *ctx, struct hisi_zip_stream *stream,
		     struct deflate_stream_result *result)
{
	const struct hisi_zip_stream_request *request = &stream->request;
	const struct deflate_seg in = {(uint8_t *)(uintptr_t)request->in, request->in_length};
	const struct deflate_seg out = {request->out, request->out_length};
	struct deflate_params params = stream->xform.params;
	struct deflate_sums sums = {.adler32 = 1};
	bool compress = stream->xform.compress;
	int ret;

	params.checksums = 0;
	if (!stream->begun)
		deflate_stream_start(stream->memory, compress ? DEFLATE_STREAM_COMPRESS :
								DEFLATE_STREAM_DECOMPRESS);
	if (compress)
		ret = deflate_stream_compress(ctx, &params,
					      request->finish ? DEFLATE_STREAM_FINISH :
								DEFLATE_STREAM_SYNC,
					      stream->memory, &in, 1, &out, 1, &sums, result);
	else
		ret = deflate_stream_decompress(ctx, &params, stream->memory, &in, 1, &out, 1,
						&sums, result);
	return ret != 0 ? DEFLATE_BAD_STATE : result->status;
}

static bool
hisi_zip_stream_run(struct deflate_ctx *ctx, struct hisi_zip_stream *stream,
		    struct hisi_zip_stream_result *result, enum deflate_status *status)
{
	struct deflate_stream_result done = {0};

	*status = hisi_zip_stream_call(ctx, stream, &done);
	result->consumed = done.consumed;
	result->produced = done.produced;
	result->verdict = HISI_ZIP_STREAM_ALL;
	if (stream->xform.compress)
		return *status == DEFLATE_DONE;
	if (*status == DEFLATE_DONE)
		result->verdict = HISI_ZIP_STREAM_END;
	else if (*status == DEFLATE_OUT_FULL)
		result->verdict = HISI_ZIP_STREAM_FULL;
	return *status == DEFLATE_DONE || *status == DEFLATE_OUT_FULL ||
	       *status == DEFLATE_IN_TRUNCATED;
}

void
hisi_zip_stream_do(struct hisi_zip_sw_bench *bench, struct hisi_zip_stream *stream,
		   struct rte_comp_op *op)
{
	struct hisi_zip_stream_result result;
	enum deflate_status status = DEFLATE_BAD_STATE;
	bool more = hisi_zip_stream_begin(stream, op);

	while (more) {
		if ((bench->ctx == NULL && deflate_ctx_create(&bench->ctx) != 0) ||
		    !hisi_zip_stream_run(bench->ctx, stream, &result, &status)) {
			hisi_zip_stream_fail(stream, op,
					     (uint64_t)HISI_ZIP_REASON_SOFTWARE << 32 | status);
			return;
		}
		hisi_zip_stream_apply(stream, &result);
		more = hisi_zip_stream_next(stream, op);
	}
}
