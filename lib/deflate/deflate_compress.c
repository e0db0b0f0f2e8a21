/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "deflate_priv.h"

/* RFC 1951 3.2.4: a stored block on a byte boundary is a header of 5 bytes and its data. */
#define STORED_HEADER 5
#define STORED_MAX 65535

static const uint8_t empty_stream[] = { 0x03, 0x00 };

size_t
deflate_stored_len(size_t len)
{
	size_t blocks = len / STORED_MAX + (len % STORED_MAX != 0);

	return len == 0 ? sizeof(empty_stream) : len + STORED_HEADER * blocks;
}

size_t
deflate_stored_part(size_t room)
{
	size_t block = STORED_HEADER + STORED_MAX, rest = room % block;

	return room / block * STORED_MAX + (rest > STORED_HEADER ? rest - STORED_HEADER : 0);
}

/* Of an engine that was asked for a sync flush: all is out, for there was room for more. */
static bool
is_flushed(const struct deflate_io *io)
{
	return io->avail_in == 0 && io->avail_out > 0;
}

static enum deflate_step
isal_step(struct deflate_ctx *ctx, struct deflate_io *io)
{
	struct isal_zstream *strm = &ctx->isal_compress;
	bool last = io->in.left == 0;

	strm->next_in = io->next_in;
	strm->avail_in = io->avail_in;
	strm->next_out = io->next_out;
	strm->avail_out = io->avail_out;
	strm->end_of_stream = last && !ctx->sync;
	strm->flush = last && ctx->sync ? SYNC_FLUSH : NO_FLUSH;
	if (isal_deflate(strm) != COMP_OK)
		return DEFLATE_STEP_CORRUPT;
	io->next_in = strm->next_in;
	io->avail_in = strm->avail_in;
	io->next_out = strm->next_out;
	io->avail_out = strm->avail_out;
	if (last && ctx->sync)
		return is_flushed(io) ? DEFLATE_STEP_END : DEFLATE_STEP_MORE;
	return strm->internal_state.state == ZSTATE_END ? DEFLATE_STEP_END : DEFLATE_STEP_MORE;
}

static void
isal_run(struct deflate_ctx *ctx, const struct deflate_params *params,
	 const struct deflate_link *link, const struct deflate_list *in,
	 const struct deflate_list *out, struct deflate_result *result)
{
	struct isal_zstream *strm = &ctx->isal_compress;

	isal_deflate_init(strm);
	strm->hist_bits = params->window_log2;
	if (params->huffman == DEFLATE_HUFFMAN_FIXED) {
		isal_deflate_set_hufftables(strm, NULL, IGZIP_HUFFTABLE_STATIC);
	} else if (params->level > 0) {
		strm->level = params->level;
		if (link->dict_len > 0 && params->level > DEFLATE_DICT_LEVEL)
			strm->level = DEFLATE_DICT_LEVEL;
		strm->level_buf = ctx->level_buf;
		strm->level_buf_size = sizeof(ctx->level_buf);
	}
	if (link->dict_len > 0 &&
	    isal_deflate_set_dict(strm, (uint8_t *)(uintptr_t)link->dict, link->dict_len) !=
		    COMP_OK)
		result->status = DEFLATE_OUT_FULL;
	else
		deflate_run(ctx, in, out, isal_step, result);
}

/* At level 0 ISA-L spends a few bytes more when it sees the end of the room, and so misses a room
 * that its stream would fit exactly. Show it more room than there is.
 */
static void
isal_run_tight(struct deflate_ctx *ctx, const struct deflate_params *params,
	       const struct deflate_link *link, const struct deflate_list *in,
	       const struct deflate_list *out, struct deflate_result *result)
{
	struct deflate_cursor cursor = deflate_cursor_at(out);
	struct deflate_seg seg = { ctx->flat_out, out->len + DEFLATE_PAD };
	struct deflate_list wider = deflate_list_of(&seg, 1);

	if (wider.len > sizeof(ctx->flat_out))
		return;
	isal_run(ctx, params, link, in, &wider, result);
	if (result->status != DEFLATE_DONE)
		return;
	if (result->produced > out->len)
		result->status = DEFLATE_OUT_FULL;
	else
		deflate_cursor_write(&cursor, ctx->flat_out, result->produced);
}

static enum deflate_step
zlib_step(struct deflate_ctx *ctx, struct deflate_io *io)
{
	z_stream *strm = &ctx->zlib_compress;
	bool last = io->in.left == 0;
	int said;

	strm->next_in = io->next_in;
	strm->avail_in = io->avail_in;
	strm->next_out = io->next_out;
	strm->avail_out = io->avail_out;
	said = deflate(strm, !last ? Z_NO_FLUSH : ctx->sync ? Z_SYNC_FLUSH : Z_FINISH);
	io->next_in = strm->next_in;
	io->avail_in = strm->avail_in;
	io->next_out = strm->next_out;
	io->avail_out = strm->avail_out;
	if (last && ctx->sync)
		return is_flushed(io) ? DEFLATE_STEP_END : DEFLATE_STEP_MORE;
	return said == Z_STREAM_END ? DEFLATE_STEP_END : DEFLATE_STEP_MORE;
}

static void
zlib_compress(struct deflate_ctx *ctx, const struct deflate_params *params,
	      const struct deflate_link *link, const struct deflate_list *in,
	      const struct deflate_list *out, struct deflate_result *result)
{
	const struct deflate_zlib_setup setup = {
		.level = params->level,
		.strategy = params->huffman == DEFLATE_HUFFMAN_FIXED ? Z_FIXED :
								       Z_DEFAULT_STRATEGY,
		.window_log2 = params->window_log2,
	};

	if (deflate_zlib_reset(ctx, &setup) != 0 ||
	    (link->dict_len > 0 && deflateSetDictionary(&ctx->zlib_compress, link->dict,
							link->dict_len) != Z_OK))
		result->status = DEFLATE_OUT_FULL;
	else
		deflate_run(ctx, in, out, zlib_step, result);
}

void
deflate_store(const struct deflate_link *link, const struct deflate_list *in,
	      const struct deflate_list *out, struct deflate_result *result)
{
	struct deflate_cursor from = deflate_cursor_at(in), to = deflate_cursor_at(out);
	uint8_t header[STORED_HEADER];
	size_t block, n;
	uint8_t *piece;

	while (from.left > 0) {
		block = from.left < STORED_MAX ? from.left : STORED_MAX;
		header[0] = block == from.left && !link->sync;
		header[1] = block;
		header[2] = block >> 8;
		header[3] = ~header[1];
		header[4] = ~header[2];
		deflate_cursor_write(&to, header, sizeof(header));
		for (; block > 0; block -= n) {
			n = deflate_cursor_take(&from, block, &piece);
			deflate_cursor_write(&to, piece, n);
		}
	}
	result->status = DEFLATE_DONE;
	result->consumed = in->len;
	result->produced = out->len - to.left;
}

void
deflate_compress_body(struct deflate_ctx *ctx, const struct deflate_params *params,
		      const struct deflate_link *link, const struct deflate_list *in,
		      const struct deflate_list *out, struct deflate_result *result)
{
	struct deflate_cursor cursor = deflate_cursor_at(out);
	bool can_store = out->len >= deflate_stored_len(in->len);

	ctx->sync = link->sync;
	if (in->len == 0 && can_store) {
		deflate_cursor_write(&cursor, empty_stream, sizeof(empty_stream));
		result->status = DEFLATE_DONE;
		result->produced = sizeof(empty_stream);
	} else if (params->engine == DEFLATE_ENGINE_ZLIB) {
		zlib_compress(ctx, params, link, in, out, result);
	} else {
		isal_run(ctx, params, link, in, out, result);
		if (result->status != DEFLATE_DONE && !can_store &&
		    ctx->isal_compress.level == 0)
			isal_run_tight(ctx, params, link, in, out, result);
	}
	if (result->status != DEFLATE_DONE && can_store)
		deflate_store(link, in, out, result);
}

struct deflate_link
deflate_dictionary(const struct deflate_params *params, unsigned int window_log2)
{
	size_t window = (size_t)1 << window_log2;
	size_t len = params->dict_len < window ? params->dict_len : window;

	if (len == 0)
		return (struct deflate_link){ .sync = false };
	return (struct deflate_link){
		.dict = params->dict + params->dict_len - len,
		.dict_len = len,
	};
}

static void
compress_list(struct deflate_ctx *ctx, const struct deflate_params *params,
	      const struct deflate_list *in, const struct deflate_list *out,
	      struct deflate_result *result)
{
	const struct deflate_link whole = deflate_dictionary(params, params->window_log2);
	size_t trailer_len = deflate_trailer_len(params->format);
	uint8_t trailer[DEFLATE_TRAILER_MAX];
	struct deflate_list body = *out;
	struct deflate_cursor cursor;

	body.len -= trailer_len;
	deflate_compress_body(ctx, params, &whole, in, &body, result);
	if (result->status != DEFLATE_DONE)
		return;
	deflate_checksums(params, in, in->len, result);
	deflate_trailer(params->format, result, in->len, trailer);
	cursor = deflate_cursor_at(out);
	deflate_cursor_skip(&cursor, result->produced);
	deflate_cursor_write(&cursor, trailer, trailer_len);
	result->produced += trailer_len;
}

int
deflate_compress_check(const struct deflate_params *params)
{
	int top = params->engine == DEFLATE_ENGINE_ISAL ? ISAL_DEF_MAX_LEVEL : Z_BEST_COMPRESSION;

	if (params->level < 0 || params->level > top)
		return -EINVAL;
	if (params->huffman != DEFLATE_HUFFMAN_DYNAMIC && params->huffman != DEFLATE_HUFFMAN_FIXED)
		return -EINVAL;
	return deflate_params_check(params);
}

int
deflate_compress(struct deflate_ctx *ctx, const struct deflate_params *params,
		 const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
		 size_t nb_out, struct deflate_result *result)
{
	struct deflate_list from, to;
	size_t most;

	if (deflate_compress_check(params) != 0)
		return -EINVAL;
	from = deflate_list_of(in, nb_in);
	to = deflate_list_of(out, nb_out);
	*result = (struct deflate_result){ .status = DEFLATE_OUT_FULL };
	/* No engine gets more room than stored blocks would take. */
	most = deflate_stored_len(from.len) + deflate_trailer_len(params->format);
	if (to.len < deflate_trailer_len(params->format))
		return 0;
	if (to.len > most)
		to.len = most;
	compress_list(ctx, params, &from, &to, result);
	if (result->status != DEFLATE_DONE)
		*result = (struct deflate_result){ .status = DEFLATE_OUT_FULL };
	return 0;
}
