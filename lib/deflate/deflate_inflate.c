/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "deflate_priv.h"

static enum deflate_step
isal_step(struct deflate_ctx *ctx, struct deflate_io *io)
{
	struct inflate_state *state = &ctx->isal_inflate;

	state->next_in = io->next_in;
	state->avail_in = io->avail_in;
	state->next_out = io->next_out;
	state->avail_out = io->avail_out;
	if (isal_inflate(state) != ISAL_DECOMP_OK)
		return DEFLATE_STEP_CORRUPT;
	io->next_in = state->next_in;
	io->avail_in = state->avail_in;
	io->next_out = state->next_out;
	io->avail_out = state->avail_out;
	return state->block_state == ISAL_BLOCK_FINISH ? DEFLATE_STEP_END : DEFLATE_STEP_MORE;
}

static void
isal_inflate_lists(struct deflate_ctx *ctx, const struct deflate_list *in,
		   const struct deflate_list *out, struct deflate_result *result)
{
	isal_inflate_init(&ctx->isal_inflate);
	deflate_run(ctx, in, out, isal_step, result);
	/* Whole bytes read ahead; they may be of an earlier segment. */
	if (result->status == DEFLATE_DONE)
		result->consumed -= ctx->isal_inflate.read_in_length / 8;
}

static enum deflate_status
isal_status(int said)
{
	switch (said) {
	case ISAL_DECOMP_OK:
		return DEFLATE_DONE;
	case ISAL_END_INPUT:
		return DEFLATE_IN_TRUNCATED;
	case ISAL_OUT_OVERFLOW:
		return DEFLATE_OUT_FULL;
	default:
		return DEFLATE_CORRUPT;
	}
}

static bool
fits_flat(const struct deflate_list *list)
{
	return list->len <= (list->flat ? DEFLATE_PIECE_MAX : DEFLATE_FLAT_MAX);
}

static uint8_t *
flat_base(const struct deflate_list *list, uint8_t *flat)
{
	return list->flat && list->len > 0 ? list->seg->base : flat;
}

/* One call on one piece each: a third faster than the streaming calls, which decode into a buffer
 * of their own first.
 */
static void
isal_inflate_flat(struct deflate_ctx *ctx, const struct deflate_list *in,
		  const struct deflate_list *out, struct deflate_result *result)
{
	struct inflate_state *state = &ctx->isal_inflate;
	struct deflate_cursor from = deflate_cursor_at(in), to = deflate_cursor_at(out);
	uint8_t *source = flat_base(in, ctx->flat_in);
	uint8_t *target = flat_base(out, ctx->flat_out);

	if (!in->flat)
		deflate_cursor_read(&from, source, in->len);
	isal_inflate_init(state);
	state->next_in = source;
	state->avail_in = in->len;
	state->next_out = target;
	state->avail_out = out->len;
	result->status = isal_status(isal_inflate_stateless(state));
	result->consumed = state->next_in - source;
	result->produced = state->next_out - target;
	if (!out->flat && result->status != DEFLATE_CORRUPT)
		deflate_cursor_write(&to, target, result->produced);
}

static enum deflate_step
zlib_step(struct deflate_ctx *ctx, struct deflate_io *io)
{
	z_stream *strm = &ctx->zlib_inflate;
	int said;

	strm->next_in = io->next_in;
	strm->avail_in = io->avail_in;
	strm->next_out = io->next_out;
	strm->avail_out = io->avail_out;
	said = inflate(strm, Z_NO_FLUSH);
	io->next_in = strm->next_in;
	io->avail_in = strm->avail_in;
	io->next_out = strm->next_out;
	io->avail_out = strm->avail_out;
	if (said == Z_STREAM_END)
		return DEFLATE_STEP_END;
	return said == Z_OK || said == Z_BUF_ERROR ? DEFLATE_STEP_MORE : DEFLATE_STEP_CORRUPT;
}

static void
zlib_inflate(struct deflate_ctx *ctx, const struct deflate_params *params,
	     const struct deflate_list *in, const struct deflate_list *out,
	     struct deflate_result *result)
{
	const struct deflate_link link = deflate_dictionary(params, MAX_WBITS);

	inflateReset(&ctx->zlib_inflate);
	if (link.dict_len > 0 &&
	    inflateSetDictionary(&ctx->zlib_inflate, link.dict, link.dict_len) != Z_OK)
		return;
	deflate_run(ctx, in, out, zlib_step, result);
}

static void
inflate_body(struct deflate_ctx *ctx, const struct deflate_params *params,
	     const struct deflate_list *in, const struct deflate_list *out,
	     struct deflate_result *result)
{
	if (params->engine == DEFLATE_ENGINE_ISAL && params->dict_len == 0) {
		if (fits_flat(in) && fits_flat(out))
			isal_inflate_flat(ctx, in, out, result);
		else
			isal_inflate_lists(ctx, in, out, result);
		if (result->status != DEFLATE_CORRUPT)
			return;
		/* ISA-L gives up with counts that include bytes it never wrote, and takes a match
		 * behind a literal that no longer fits for one that is too far back: zlib knows.
		 */
	}
	zlib_inflate(ctx, params, in, out, result);
}

static void
check_trailer(const struct deflate_params *params, const struct deflate_list *in,
	      struct deflate_result *result)
{
	size_t len = deflate_trailer_len(params->format);
	struct deflate_cursor cursor = deflate_cursor_at(in);
	uint8_t want[DEFLATE_TRAILER_MAX], found[DEFLATE_TRAILER_MAX];

	if (len > in->len - result->consumed) {
		result->status = DEFLATE_IN_TRUNCATED;
		return;
	}
	deflate_cursor_skip(&cursor, result->consumed);
	deflate_cursor_read(&cursor, found, len);
	deflate_trailer(params->format, result, result->produced, want);
	result->consumed += len;
	if (memcmp(found, want, len) != 0)
		result->status = DEFLATE_BAD_TRAILER;
}

static void
inflate_list(struct deflate_ctx *ctx, const struct deflate_params *params,
	     const struct deflate_list *in, const struct deflate_list *out,
	     struct deflate_result *result)
{
	inflate_body(ctx, params, in, out, result);
	if (result->status == DEFLATE_DONE) {
		deflate_checksums(params, out, result->produced, result);
		check_trailer(params, in, result);
	}
	if (result->status == DEFLATE_IN_TRUNCATED)
		result->consumed = in->len;
}

int
deflate_decompress(struct deflate_ctx *ctx, const struct deflate_params *params,
		   const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
		   size_t nb_out, struct deflate_result *result)
{
	struct deflate_list from, to;

	if (deflate_params_check(params) != 0)
		return -EINVAL;
	from = deflate_list_of(in, nb_in);
	to = deflate_list_of(out, nb_out);
	*result = (struct deflate_result){ .status = DEFLATE_CORRUPT };
	inflate_list(ctx, params, &from, &to, result);
	return 0;
}
