/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>


#include "deflate_stream_priv.h"

/* A stored block without data; its first bit says whether it is the final one. */
#define EMPTY_BLOCK_LEN 5

/* Bits that a length in 3 bits can say. */
#define CLEN_MAX 7
/* More input is never kept: a unit is not longer. */
#define BITS_MAX 56

static uint32_t
stream_check(const struct deflate_stream *stream)
{
	const uint8_t *from = (const uint8_t *)&stream->kind;

	return deflate_crc32(0, from, sizeof(*stream) - (from - (const uint8_t *)stream));
}

static bool
lens_in_bounds(const struct deflate_stream *stream)
{
	unsigned int i;

	for (i = 0; i < DEFLATE_NB_CLENS; i++) {
		if (stream->clens[i] > CLEN_MAX)
			return false;
	}
	for (i = 0; i < DEFLATE_NB_LENS; i++) {
		if (stream->lens[i] > DEFLATE_CODE_BITS)
			return false;
	}
	return true;
}

/* 288 and 32 are those of the fixed codes. */
static bool
counts_in_bounds(const struct deflate_stream *stream)
{
	uint32_t most = DEFLATE_TRAILER_MAX;

	if (stream->nb_lit > 288 || stream->nb_dist > 32 || stream->nb_clens > DEFLATE_NB_CLENS)
		return false;
	if (stream->phase == DEFLATE_PHASE_CLENS)
		most = stream->nb_clens;
	else if (stream->phase == DEFLATE_PHASE_LENS)
		most = stream->nb_lit + stream->nb_dist;
	return stream->index <= most;
}

/* A stored block's bytes are whole ones. */
static bool
bits_in_bounds(const struct deflate_stream *stream)
{
	if (stream->nb_bits > BITS_MAX || stream->bits >> stream->nb_bits != 0)
		return false;
	return stream->phase != DEFLATE_PHASE_STORED || stream->nb_bits % 8 == 0;
}

static bool
copy_in_bounds(const struct deflate_stream *stream)
{
	if (stream->window_len > DEFLATE_WINDOW || stream->left > UINT16_MAX)
		return false;
	if (stream->copy_len == 0)
		return true;
	return stream->copy_len <= 258 && stream->copy_dist > 0 &&
	       stream->copy_dist <= stream->window_len;
}

bool
deflate_stream_load(const struct deflate_stream *stream, enum deflate_stream_kind kind)
{
	if (stream->magic != DEFLATE_STREAM_MAGIC || stream->kind != (uint32_t)kind)
		return false;
	if (stream->phase > DEFLATE_PHASE_ENDED || stream->final > 1)
		return false;
	return bits_in_bounds(stream) && counts_in_bounds(stream) && copy_in_bounds(stream) &&
	       lens_in_bounds(stream) && stream->check == stream_check(stream);
}

void
deflate_stream_save(struct deflate_stream *stream)
{
	stream->check = stream_check(stream);
}

void
deflate_stream_start(void *state, enum deflate_stream_kind kind)
{
	struct deflate_stream *stream = state;

	memset(stream, 0, sizeof(*stream));
	stream->magic = DEFLATE_STREAM_MAGIC;
	stream->kind = kind;
	deflate_stream_save(stream);
}

static void
window_append(struct deflate_stream *stream, const uint8_t *data, size_t len)
{
	uint32_t keep;

	if (len >= DEFLATE_WINDOW) {
		memcpy(stream->window, data + len - DEFLATE_WINDOW, DEFLATE_WINDOW);
		stream->window_len = DEFLATE_WINDOW;
		return;
	}
	keep = DEFLATE_WINDOW - len;
	if (keep > stream->window_len)
		keep = stream->window_len;
	memmove(stream->window, stream->window + stream->window_len - keep, keep);
	memcpy(stream->window + keep, data, len);
	stream->window_len = keep + len;
}

void
deflate_stream_pass(struct deflate_stream *stream, const struct deflate_params *params,
		    struct deflate_sums *sums, const uint8_t *data, size_t len)
{
	if (len == 0)
		return;
	window_append(stream, data, len);
	sums->plain_len += len;
	if (deflate_wants_adler32(params))
		sums->adler32 = deflate_adler32(sums->adler32, data, len);
	if (deflate_wants_crc32(params))
		sums->crc32 = deflate_crc32(sums->crc32, data, len);
}

void
deflate_stream_trailer(enum deflate_format format, const struct deflate_sums *sums,
		       uint8_t trailer[DEFLATE_TRAILER_MAX])
{
	const struct deflate_result words = { .adler32 = sums->adler32, .crc32 = sums->crc32 };

	deflate_trailer(format, &words, sums->plain_len, trailer);
}

void
deflate_stream_tell(const struct deflate_stream *stream, struct deflate_stream_result *result)
{
	result->window_len = stream->window_len;
	result->held = stream->copy_len;
	result->final_seen = stream->final != 0;
	result->final_done = stream->phase == DEFLATE_PHASE_TRAILER ||
			     stream->phase == DEFLATE_PHASE_ENDED;
	result->between = stream->phase == DEFLATE_PHASE_HEAD;
}

/* The data alone, without a trailer. */
static void
compress_piece(struct deflate_ctx *ctx, const struct deflate_params *params, bool final,
	       const struct deflate_stream *stream, const struct deflate_list *in,
	       const struct deflate_list *out, struct deflate_result *done)
{
	const uint8_t empty[EMPTY_BLOCK_LEN] = { final, 0x00, 0x00, 0xff, 0xff };
	struct deflate_cursor cursor = deflate_cursor_at(out);
	uint32_t window = 1u << params->window_log2;
	struct deflate_link link = { .sync = !final };

	if (in->len > 0) {
		link.dict_len = stream->window_len < window ? stream->window_len : window;
		link.dict = stream->window + stream->window_len - link.dict_len;
		deflate_compress_body(ctx, params, &link, in, out, done);
	} else if (out->len >= sizeof(empty)) {
		deflate_cursor_write(&cursor, empty, sizeof(empty));
		*done = (struct deflate_result){ .status = DEFLATE_DONE,
						 .produced = sizeof(empty) };
	}
}

/* What the data leaves behind in the state. */
static void
compress_pass(struct deflate_stream *stream, const struct deflate_params *params,
	      enum deflate_stream_flush flush, const struct deflate_list *in,
	      struct deflate_sums *sums)
{
	struct deflate_cursor cursor = deflate_cursor_at(in);
	uint8_t *piece;
	size_t n;

	while (cursor.left > 0) {
		n = deflate_cursor_take(&cursor, DEFLATE_PIECE_MAX, &piece);
		deflate_stream_pass(stream, params, sums, piece, n);
	}
	if (flush == DEFLATE_STREAM_FULL)
		stream->window_len = 0;
	if (flush == DEFLATE_STREAM_FINISH) {
		stream->final = 1;
		stream->phase = DEFLATE_PHASE_ENDED;
	}
}

static void
compress_lists(struct deflate_ctx *ctx, const struct deflate_params *params,
	       enum deflate_stream_flush flush, struct deflate_stream *stream,
	       const struct deflate_list *in, const struct deflate_list *out,
	       struct deflate_sums *sums, struct deflate_stream_result *result)
{
	bool final = flush == DEFLATE_STREAM_FINISH;
	size_t trailer_len = final ? deflate_trailer_len(params->format) : 0;
	size_t most = deflate_stored_len(in->len) + EMPTY_BLOCK_LEN;
	struct deflate_cursor cursor = deflate_cursor_at(out);
	struct deflate_result done = { .status = DEFLATE_OUT_FULL };
	uint8_t trailer[DEFLATE_TRAILER_MAX];
	struct deflate_list body = *out;

	if (out->len < trailer_len)
		return;
	body.len -= trailer_len;
	if (body.len > most)
		body.len = most;
	compress_piece(ctx, params, final, stream, in, &body, &done);
	if (done.status != DEFLATE_DONE)
		return;
	compress_pass(stream, params, flush, in, sums);
	deflate_stream_save(stream);
	deflate_stream_trailer(params->format, sums, trailer);
	deflate_cursor_skip(&cursor, done.produced);
	deflate_cursor_write(&cursor, trailer, trailer_len);
	result->status = DEFLATE_DONE;
	result->consumed = in->len;
	result->produced = done.produced + trailer_len;
}

int
deflate_stream_compress(struct deflate_ctx *ctx, const struct deflate_params *params,
			enum deflate_stream_flush flush, void *state, const struct deflate_seg *in,
			size_t nb_in, const struct deflate_seg *out, size_t nb_out,
			struct deflate_sums *sums, struct deflate_stream_result *result)
{
	struct deflate_stream *stream = state;
	struct deflate_list from, to;

	if (deflate_compress_check(params) != 0 || flush < DEFLATE_STREAM_SYNC ||
	    flush > DEFLATE_STREAM_FINISH)
		return -EINVAL;
	*result = (struct deflate_stream_result){ .status = DEFLATE_BAD_STATE };
	if (!deflate_stream_load(stream, DEFLATE_STREAM_COMPRESS) ||
	    stream->phase != DEFLATE_PHASE_HEAD)
		return 0;
	result->status = DEFLATE_OUT_FULL;
	from = deflate_list_of(in, nb_in);
	to = deflate_list_of(out, nb_out);
	compress_lists(ctx, params, flush, stream, &from, &to, sums, result);
	deflate_stream_tell(stream, result);
	return 0;
}
