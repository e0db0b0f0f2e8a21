/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Stateful SQEs: hardware.md 8.6, 8.8, 10.3. What a stream needs from one to the next is in its
 * client's memory, so that nothing is lost with the model's process. That memory is copied once,
 * checked, and written back.
 */
#include <stdlib.h>

#include "deflate_stream.h"
#include "model_priv.h"

#define MODEL_STREAM_MAGIC 0x6d745a48u

/* hardware.md 8.4: an SQE with so little room is a no-op; less than that the engine cannot use. */
#define MODEL_STREAM_NO_ROOM 0x10u
#define MODEL_STREAM_MIN_ROOM 200u

/* hardware.md 8.8: the room for it, which ends where UADK's own part starts. */
#define MODEL_STREAM_ROOM 0x97c0u

/* ctx_st, hardware.md 8.6. */
enum model_stream_st {
	MODEL_STREAM_NORMAL,
	MODEL_STREAM_LAST_NO_SPACE,
	MODEL_STREAM_NO_SPACE,
	MODEL_STREAM_NOT_STARTED,
};

/* What lies in the context. */
struct model_stream {
	uint32_t magic;
	uint32_t kind;  /* request type, and 0x100 to compress */
	uint32_t words[5]; /* those that the last SQE gave back: the next one must bring them */
	uint32_t zero;
	_Alignas(DEFLATE_STREAM_STATE_ALIGN) uint8_t state[DEFLATE_STREAM_STATE_LEN];
};

_Static_assert(sizeof(struct model_stream) <= MODEL_STREAM_ROOM, "the context's room");

struct model_stream *
zip_model_stream_new(void)
{
	return calloc(1, sizeof(struct model_stream));
}

void
zip_model_stream_free(struct model_stream *stream)
{
	free(stream);
}

static uint32_t
model_stream_kind(bool compress, const struct hisi_hw_sqe *sqe)
{
	return HISI_HW_GET(HISI_ZIP_DW9_REQUEST, sqe->dw9) | (compress ? 0x100 : 0);
}

static bool
model_stream_continues(const struct model_stream *stream, uint32_t kind,
		const struct hisi_hw_sqe *sqe)
{
	return stream->magic == MODEL_STREAM_MAGIC && stream->kind == kind && stream->zero == 0 &&
			stream->words[0] == sqe->ctx_dw0 && stream->words[1] == sqe->ctx_dw1 &&
			stream->words[2] == sqe->ctx_dw2 && stream->words[3] == sqe->isize &&
			stream->words[4] == sqe->checksum;
}

/* Start the stream, or take it up again. The status that refuses the SQE, or 0. */
static uint32_t
model_stream_open(struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct deflate_sums *sums)
{
	struct model_stream *stream = share->stream;
	uint32_t kind = model_stream_kind(compress, sqe);

	*sums = (struct deflate_sums){.adler32 = 1};
	if (sqe->dw7 & HISI_ZIP_DW7_STREAM_NEW) {
		stream->magic = MODEL_STREAM_MAGIC;
		stream->kind = kind;
		stream->zero = 0;
		deflate_stream_start(stream->state,
				compress ? DEFLATE_STREAM_COMPRESS : DEFLATE_STREAM_DECOMPRESS);
		return HISI_ZIP_OK;
	}
	if (zip_model_dma_read(share->model, model_address(sqe->stream_ctx_l, sqe->stream_ctx_h),
			    stream, sizeof(*stream)) < 0)
		return ZIP_MODEL_STATUS_DMA;
	if (!model_stream_continues(stream, kind, sqe))
		return HISI_ZIP_STREAM_ERROR;
	sums->plain_len = sqe->isize;
	sums->adler32 = sqe->checksum;
	sums->crc32 = zip_model_zip_crc32(sqe->checksum);
	return HISI_ZIP_OK;
}

static int
model_stream_close(struct model_share *share, const struct hisi_hw_sqe *sqe,
		const struct model_zip_result *result)
{
	struct model_stream *stream = share->stream;

	stream->words[0] = result->ctx_dw0;
	stream->words[1] = result->ctx_dw1;
	stream->words[2] = result->ctx_dw2;
	stream->words[3] = result->isize;
	stream->words[4] = result->checksum;
	return zip_model_dma_write(share->model,
			model_address(sqe->stream_ctx_l, sqe->stream_ctx_h), stream,
			sizeof(*stream));
}

/* hardware.md 8.4 */
static uint32_t
model_stream_lengths(bool compress, const struct hisi_hw_sqe *sqe)
{
	uint64_t in = sqe->input_length;

	if (HISI_HW_GET(HISI_ZIP_DW9_BUFFER, sqe->dw9) != HISI_ZIP_BUF_FLAT)
		return ZIP_MODEL_STATUS_UNSUPPORTED;
	if (in > HISI_ZIP_MAX_BYTES || sqe->dest_avail > HISI_ZIP_MAX_BYTES)
		return ZIP_MODEL_STATUS_LENGTH;
	if (compress && in == 0)
		return ZIP_MODEL_STATUS_LENGTH;
	if (sqe->dest_avail < MODEL_STREAM_MIN_ROOM)
		return HISI_ZIP_OUT_SHORT;
	if (compress && sqe->dest_avail < (in * 9 + 7) / 8)
		return HISI_ZIP_OUT_SHORT;
	return HISI_ZIP_OK;
}

static uint32_t
model_stream_buffers(struct model_share *share, const struct hisi_hw_sqe *sqe)
{
	uint32_t status = zip_model_sgl_flat(share, model_address(sqe->source_l, sqe->source_h),
			sqe->input_length, ZIP_MODEL_DMA_READ, share->in, &share->nb_in);

	if (status != HISI_ZIP_OK)
		return status;
	return zip_model_sgl_flat(share, model_address(sqe->dest_l, sqe->dest_h), sqe->dest_avail,
			ZIP_MODEL_DMA_WRITE, share->out, &share->nb_out);
}

static enum model_stream_st
model_stream_st(const struct deflate_stream_result *done)
{
	if (done->held > 0)
		return done->final_seen ? MODEL_STREAM_LAST_NO_SPACE : MODEL_STREAM_NO_SPACE;
	return done->between ? MODEL_STREAM_NOT_STARTED : MODEL_STREAM_NORMAL;
}

static uint32_t
model_stream_status(bool compress, const struct deflate_stream_result *done)
{
	switch (done->status) {
	case DEFLATE_DONE:
		if (!compress)
			return HISI_ZIP_DECOMP_END;
		return done->produced < done->consumed ? HISI_ZIP_OK : HISI_ZIP_NEGATIVE_COMP;
	case DEFLATE_OUT_FULL:
		return compress ? HISI_ZIP_OUT_SHORT : HISI_ZIP_OK;
	case DEFLATE_IN_TRUNCATED:
		return HISI_ZIP_OK;
	case DEFLATE_BAD_STATE:
		return HISI_ZIP_STREAM_ERROR;
	case DEFLATE_CORRUPT:
	case DEFLATE_BAD_TRAILER:
		break;
	}
	return HISI_ZIP_CHECKSUM_ERROR;
}

static void
model_stream_result(bool compress, const struct deflate_params *params,
		const struct deflate_stream_result *done, const struct deflate_sums *sums,
		struct model_zip_result *result)
{
	uint32_t st = compress ? MODEL_STREAM_NORMAL : model_stream_st(done);

	result->consumed = (uint32_t)done->consumed;
	result->produced = (uint32_t)done->produced;
	result->comp_length = compress ? result->produced : result->consumed;
	result->dw3 = done->final_done ? HISI_ZIP_DW3_LSTBLK : 0;
	result->ctx_dw0 = HISI_HW_PREP(HISI_ZIP_CTX0_STATE, st);
	if (done->final_seen)
		result->ctx_dw0 |= HISI_ZIP_CTX0_BFINAL;
	result->ctx_dw1 = HISI_HW_PREP(HISI_ZIP_CTX1_STORE, done->held);
	result->ctx_dw2 = HISI_HW_PREP(HISI_ZIP_CTX2_WINDOW_LENGTH, done->window_len);
	result->isize = sums->plain_len;
	result->checksum = zip_model_zip_word(params->format, sums->adler32, sums->crc32);
}

/* The work itself. The status. */
static uint32_t
model_stream_engine(struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct deflate_sums *sums, struct model_zip_result *result)
{
	bool finish = sqe->dw7 & HISI_ZIP_DW7_FINISH;
	struct deflate_stream_result done;
	struct deflate_params params;
	uint32_t status = zip_model_zip_params(share, compress, sqe, &params);
	int ret;

	if (status != HISI_ZIP_OK)
		return status;
	if (compress)
		ret = deflate_stream_compress(share->deflate, &params,
				finish ? DEFLATE_STREAM_FINISH : DEFLATE_STREAM_SYNC,
				share->stream->state, share->in, share->nb_in, share->out,
				share->nb_out, sums, &done);
	else
		ret = deflate_stream_decompress(share->deflate, &params, share->stream->state,
				share->in, share->nb_in, share->out, share->nb_out, sums, &done);
	if (ret < 0)
		return ZIP_MODEL_STATUS_UNSUPPORTED;
	status = model_stream_status(compress, &done);
	if (status == HISI_ZIP_STREAM_ERROR || status == HISI_ZIP_OUT_SHORT)
		return status;
	model_stream_result(compress, &params, &done, sums, result);
	if (model_stream_close(share, sqe, result) < 0)
		return ZIP_MODEL_STATUS_DMA;
	return status;
}

void
zip_model_stream_run(struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct model_zip_result *result)
{
	struct deflate_sums sums;
	uint32_t status;

	/* What is refused leaves the stream as it was, and so the words. */
	*result = (struct model_zip_result){
			.contexts = true,
			.ctx_dw0 = sqe->ctx_dw0,
			.ctx_dw1 = sqe->ctx_dw1,
			.ctx_dw2 = sqe->ctx_dw2,
			.isize = sqe->isize,
			.checksum = sqe->checksum,
	};
	if (sqe->dest_avail <= MODEL_STREAM_NO_ROOM)
		return;
	status = model_stream_lengths(compress, sqe);
	if (status == HISI_ZIP_OK)
		status = model_stream_buffers(share, sqe);
	if (status == HISI_ZIP_OK)
		status = model_stream_open(share, compress, sqe, &sums);
	if (status == HISI_ZIP_OK)
		status = model_stream_engine(share, compress, sqe, &sums, result);
	result->dw3 |= HISI_HW_PREP(HISI_ZIP_DW3_STATUS, status);
}
