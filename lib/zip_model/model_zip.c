/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include "model_lz4.h"
#include "model_priv.h"

/* Of each window code, the log2 that keeps within it: 24 KiB is no power of two. */
static const unsigned int model_zip_window_log2[] = {
		[HISI_ZIP_WIN_4K] = 12,
		[HISI_ZIP_WIN_8K] = 13,
		[HISI_ZIP_WIN_16K] = 14,
		[HISI_ZIP_WIN_24K] = 14,
		[HISI_ZIP_WIN_32K] = 15,
};

#define MODEL_ZIP_DW7_RESERVED 0x01000000u

#define MODEL_ZIP_NB_WINDOWS (sizeof(model_zip_window_log2) / sizeof(model_zip_window_log2[0]))

static uint32_t
model_zip_reverse(uint32_t word)
{
	uint32_t reversed = 0;
	unsigned int i;

	for (i = 0; i < 32; i++)
		reversed |= (word >> i & 1) << (31 - i);
	return reversed;
}

/*
 * Whether all is 0 that drivers leave so (hardware.md 8.1, 8.2): reserved bits, storage (LBA, DIF),
 * cipher and LZ77, none of which the model has; the chip would do something else than was meant.
 */
static bool
model_zip_plain(const struct model_engine *engine, const struct hisi_hw_sqe *sqe)
{
	uint32_t others = sqe->lba_l | sqe->lba_h | sqe->dw10 | sqe->dw11 | sqe->dw12 |
			sqe->comp_head_l | sqe->comp_head_h | sqe->cipher_l | sqe->cipher_h;
	uint32_t offsets = HISI_HW_GET(HISI_ZIP_DW7_IN_OFFSET, sqe->dw7) |
			HISI_HW_GET(HISI_ZIP_DW8_OUT_OFFSET, sqe->dw8);

	/* The other generation's place of the tag: of V2 the second key, of V3 a size for LZ77. */
	others |= engine->sqe_type == HISI_ZIP_SQE_TYPE_0 ? sqe->tag_l | sqe->tag_h : sqe->dw13;
	others |= sqe->dw7 & MODEL_ZIP_DW7_RESERVED;
	others |= sqe->dw8 & ~HISI_ZIP_DW8_OUT_OFFSET;
	others |= sqe->dw9 & ~(HISI_ZIP_DW9_REQUEST | HISI_ZIP_DW9_BUFFER | HISI_ZIP_DW9_WINDOW);
	if (HISI_HW_GET(HISI_ZIP_DW9_BUFFER, sqe->dw9) == HISI_ZIP_BUF_FLAT)
		others |= offsets;
	return others == 0;
}

static void
model_zip_null(const struct hisi_hw_sqe *sqe, struct model_zip_result *result)
{
	result->contexts = false;
	result->consumed = sqe->input_length;
	result->produced =
			sqe->dest_avail < sqe->input_length ? sqe->dest_avail : sqe->input_length;
}

/* Find the buffers. The status that refuses the SQE, or 0. */
static uint32_t
model_zip_buffers(struct model_share *share, const struct hisi_hw_sqe *sqe)
{
	uint64_t source = model_address(sqe->source_l, sqe->source_h);
	uint64_t dest = model_address(sqe->dest_l, sqe->dest_h);
	uint32_t status;

	share->nb_in = 0;
	share->nb_out = 0;
	if (sqe->input_length == 0 || sqe->input_length > HISI_ZIP_MAX_BYTES ||
			sqe->dest_avail > HISI_ZIP_MAX_BYTES)
		return ZIP_MODEL_STATUS_LENGTH;
	if (HISI_HW_GET(HISI_ZIP_DW9_BUFFER, sqe->dw9) == HISI_ZIP_BUF_FLAT) {
		status = zip_model_sgl_flat(share, source, sqe->input_length, ZIP_MODEL_DMA_READ,
				share->in, &share->nb_in);
		if (status != HISI_ZIP_OK)
			return status;
		return zip_model_sgl_flat(share, dest, sqe->dest_avail, ZIP_MODEL_DMA_WRITE,
				share->out, &share->nb_out);
	}
	status = zip_model_sgl_list(share, source, HISI_HW_GET(HISI_ZIP_DW7_IN_OFFSET, sqe->dw7),
			sqe->input_length, ZIP_MODEL_DMA_READ, share->in, &share->nb_in);
	if (status != HISI_ZIP_OK)
		return status;
	return zip_model_sgl_list(share, dest, HISI_HW_GET(HISI_ZIP_DW8_OUT_OFFSET, sqe->dw8),
			sqe->dest_avail, ZIP_MODEL_DMA_WRITE, share->out, &share->nb_out);
}

static uint32_t
model_zip_status(const struct deflate_result *done)
{
	switch (done->status) {
	case DEFLATE_DONE:
		return HISI_ZIP_OK;
	case DEFLATE_OUT_FULL:
		return HISI_ZIP_OUT_SHORT;
	case DEFLATE_IN_TRUNCATED:
	case DEFLATE_CORRUPT:
	case DEFLATE_BAD_TRAILER:
	case DEFLATE_BAD_STATE:
		break;
	}
	return HISI_ZIP_CHECKSUM_ERROR;
}

/* Raw DEFLATE has no checksum, and 0 is the model's choice. */
uint32_t
zip_model_zip_word(enum deflate_format format, uint32_t adler32, uint32_t crc32)
{
	switch (format) {
	case DEFLATE_FORMAT_ZLIB:
		return adler32;
	case DEFLATE_FORMAT_GZIP:
		return ~model_zip_reverse(crc32);
	case DEFLATE_FORMAT_RAW:
		break;
	}
	return 0;
}

uint32_t
zip_model_zip_crc32(uint32_t word)
{
	return model_zip_reverse(~word);
}

static void
model_zip_result(bool compress, enum deflate_format format, const struct deflate_result *done,
		struct model_zip_result *result)
{
	uint32_t status = model_zip_status(done);

	result->consumed = (uint32_t)done->consumed;
	result->produced = (uint32_t)done->produced;
	result->comp_length = compress ? result->produced : result->consumed;
	if (done->status == DEFLATE_DONE || done->status == DEFLATE_BAD_TRAILER) {
		result->dw3 |= HISI_ZIP_DW3_LSTBLK;
		result->isize = compress ? result->consumed : result->produced;
		result->checksum = zip_model_zip_word(format, done->adler32, done->crc32);
	}
	if (compress && status == HISI_ZIP_OK && result->produced >= result->consumed)
		status = HISI_ZIP_NEGATIVE_COMP;
	result->dw3 |= HISI_HW_PREP(HISI_ZIP_DW3_STATUS, status);
}

uint32_t
zip_model_zip_params(const struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct deflate_params *params)
{
	static const enum deflate_format formats[] = {
			[HISI_ZIP_REQ_DEFLATE] = DEFLATE_FORMAT_RAW,
			[HISI_ZIP_REQ_ZLIB] = DEFLATE_FORMAT_ZLIB,
			[HISI_ZIP_REQ_GZIP] = DEFLATE_FORMAT_GZIP,
	};
	uint32_t window = HISI_HW_GET(HISI_ZIP_DW9_WINDOW, sqe->dw9);

	*params = (struct deflate_params){
			.engine = share->model->engine == ZIP_MODEL_ENGINE_ISAL
					? DEFLATE_ENGINE_ISAL
					: DEFLATE_ENGINE_ZLIB,
			.format = formats[HISI_HW_GET(HISI_ZIP_DW9_REQUEST, sqe->dw9)],
			.level = share->model->level,
			.window_log2 = model_zip_window_log2[HISI_ZIP_WIN_32K],
	};
	/* Neither decompression nor V2 looks at the window: hardware.md 8.2. */
	if (compress && share->model->takes.windows) {
		if (window >= MODEL_ZIP_NB_WINDOWS)
			return ZIP_MODEL_STATUS_UNSUPPORTED;
		params->window_log2 = model_zip_window_log2[window];
	}
	return HISI_ZIP_OK;
}

/* A block of LZ4 (hardware.md 8.3); there is no decompression of it. */
static uint32_t
model_zip_lz4(struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct model_zip_result *result)
{
	struct deflate_result done = {.status = DEFLATE_DONE, .consumed = sqe->input_length};

	if (!compress)
		return ZIP_MODEL_STATUS_UNSUPPORTED;
	if (zip_model_lz4_compress(share->in, share->nb_in, share->out, share->nb_out,
			&done.produced) != 0)
		done = (struct deflate_result){.status = DEFLATE_OUT_FULL};
	model_zip_result(true, DEFLATE_FORMAT_RAW, &done, result);
	return HISI_ZIP_OK;
}

/* The work itself. The status that refuses it, or 0 with the result filled. */
static uint32_t
model_zip_engine(struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct model_zip_result *result)
{
	struct deflate_params params;
	struct deflate_result done;
	uint32_t status;
	int ret;

	if (HISI_HW_GET(HISI_ZIP_DW9_REQUEST, sqe->dw9) == HISI_ZIP_REQ_LZ4)
		return model_zip_lz4(share, compress, sqe, result);
	status = zip_model_zip_params(share, compress, sqe, &params);
	if (status != HISI_ZIP_OK)
		return status;
	if (compress) {
		ret = deflate_compress(share->deflate, &params, share->in, share->nb_in, share->out,
				share->nb_out, &done);
	} else {
		ret = deflate_decompress(share->deflate, &params, share->in, share->nb_in,
				share->out, share->nb_out, &done);
	}
	if (ret < 0)
		return ZIP_MODEL_STATUS_UNSUPPORTED;
	model_zip_result(compress, params.format, &done, result);
	return HISI_ZIP_OK;
}

void
zip_model_zip_run(struct model_share *share, const struct model_queue *queue,
		const struct hisi_hw_sqe *sqe, struct model_zip_result *result)
{
	bool compress = queue->type == HISI_QM_SQ_COMPRESS;
	bool null = share->model->engine == ZIP_MODEL_ENGINE_NULL;
	uint32_t status = (null ? model_zip_check_null : model_zip_check)(
			&share->model->takes, sqe->dw7, sqe->dw9);

	*result = (struct model_zip_result){.contexts = true};
	share->nb_out = 0;
	if (status == HISI_ZIP_OK && null) {
		model_zip_null(sqe, result);
		return;
	}
	if (status == HISI_ZIP_OK && !model_zip_plain(&share->model->takes, sqe))
		status = ZIP_MODEL_STATUS_UNSUPPORTED;
	if (status == HISI_ZIP_OK && (sqe->dw7 & HISI_ZIP_DW7_STATEFUL)) {
		zip_model_stream_run(share, compress, sqe, result);
		return;
	}
	if (status == HISI_ZIP_OK)
		status = model_zip_buffers(share, sqe);
	if (status == HISI_ZIP_OK)
		status = model_zip_engine(share, compress, sqe, result);
	if (status != HISI_ZIP_OK)
		result->dw3 = HISI_HW_PREP(HISI_ZIP_DW3_STATUS, status);
}
