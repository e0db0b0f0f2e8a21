/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include "deflate_resume.h"

static const uint16_t len_base[] = {
	3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23,	 27,
	31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
};
static const uint8_t len_extra[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
};
static const uint16_t dist_base[] = {
	1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
	193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
};
static const uint8_t dist_extra[] = {
	0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12,
	13, 13,
};

#define NB_LENGTHS (sizeof(len_extra) / sizeof(len_extra[0]))

_Static_assert(sizeof(dist_extra) == DEFLATE_NB_DISTANCES, "all distances");

/* What has been put out becomes history. */
static void
pass_out(struct deflate_resume *r)
{
	deflate_stream_pass(r->stream, r->params, r->sums, r->out, r->out_at);
	r->out += r->out_at;
	r->out_len -= r->out_at;
	r->out_at = 0;
}

/* Room for at least a byte. */
static bool
next_out(struct deflate_resume *r)
{
	if (r->out_at < r->out_len)
		return true;
	if (r->out_list.left == 0)
		return false;
	pass_out(r);
	r->out_len = deflate_cursor_take(&r->out_list, DEFLATE_PIECE_MAX, &r->out);
	return true;
}

static enum deflate_resume_step
end_block(struct deflate_resume *r)
{
	bool final = r->stream->final != 0;

	return deflate_resume_enter(r, final ? DEFLATE_PHASE_TRAILER : DEFLATE_PHASE_HEAD);
}

static enum deflate_resume_step
run_stored_head(struct deflate_resume *r)
{
	unsigned int len;

	deflate_resume_drop(r, r->nb_bits % 8);
	if (!deflate_resume_need(r, 32))
		return DEFLATE_RESUME_IN;
	len = deflate_resume_take(r, 16);
	if (deflate_resume_take(r, 16) != (len ^ 0xffff))
		return DEFLATE_RESUME_CORRUPT;
	r->stream->left = len;
	return deflate_resume_enter(r, DEFLATE_PHASE_STORED);
}

static enum deflate_resume_step
run_stored(struct deflate_resume *r)
{
	struct deflate_stream *stream = r->stream;
	size_t n;

	while (stream->left > 0) {
		if (r->nb_bits == 0 && r->in == r->in_end && !deflate_resume_next_in(r))
			return DEFLATE_RESUME_IN;
		if (!next_out(r))
			return DEFLATE_RESUME_OUT;
		if (r->nb_bits > 0) {
			r->out[r->out_at++] = deflate_resume_take(r, 8);
			stream->left--;
			continue;
		}
		n = r->in_end - r->in;
		if (n > stream->left)
			n = stream->left;
		if (n > r->out_len - r->out_at)
			n = r->out_len - r->out_at;
		memmove(r->out + r->out_at, r->in, n);
		r->in += n;
		r->out_at += n;
		stream->left -= n;
	}
	return end_block(r);
}

/* From what this call has put out: source and target may overlap. */
static void
copy_near(uint8_t *to, size_t dist, size_t len)
{
	const uint8_t *from = to - dist;

	if (dist >= len) {
		memcpy(to, from, len);
		return;
	}
	while (len-- > 0)
		*to++ = *from++;
}

static enum deflate_resume_step
copy_match(struct deflate_resume *r)
{
	struct deflate_stream *stream = r->stream;
	size_t n, back;

	while (stream->copy_len > 0) {
		if (!next_out(r))
			return DEFLATE_RESUME_OUT;
		n = r->out_len - r->out_at;
		if (n > stream->copy_len)
			n = stream->copy_len;
		if (stream->copy_dist > r->out_at) {
			back = stream->copy_dist - r->out_at;
			if (n > back)
				n = back;
			memcpy(r->out + r->out_at, stream->window + stream->window_len - back, n);
		} else {
			copy_near(r->out + r->out_at, stream->copy_dist, n);
		}
		r->out_at += n;
		stream->copy_len -= n;
	}
	return DEFLATE_RESUME_ON;
}

/* A length and its distance are one unit. */
static enum deflate_resume_step
one_match(struct deflate_resume *r, unsigned int entry)
{
	struct deflate_stream *stream = r->stream;
	unsigned int symbol = (entry >> 4) - (DEFLATE_END_OF_BLOCK + 1);
	unsigned int bits = entry & 15, len, dist;

	if (symbol >= NB_LENGTHS)
		return DEFLATE_RESUME_CORRUPT;
	len = len_base[symbol] + deflate_resume_peek(r, bits, len_extra[symbol]);
	bits += len_extra[symbol];
	if (bits > r->nb_bits)
		return DEFLATE_RESUME_IN;
	entry = deflate_code_next(&r->ctx->code_dist, r->bits >> bits, r->nb_bits - bits);
	if (entry == DEFLATE_CODE_MORE)
		return DEFLATE_RESUME_IN;
	symbol = entry >> 4;
	if (entry == DEFLATE_CODE_NONE || symbol >= DEFLATE_NB_DISTANCES)
		return DEFLATE_RESUME_CORRUPT;
	bits += entry & 15;
	dist = dist_base[symbol] + deflate_resume_peek(r, bits, dist_extra[symbol]);
	bits += dist_extra[symbol];
	if (bits > r->nb_bits)
		return DEFLATE_RESUME_IN;
	if (dist > stream->window_len + r->out_at)
		return DEFLATE_RESUME_CORRUPT;
	deflate_resume_drop(r, bits);
	stream->copy_len = len;
	stream->copy_dist = dist;
	return copy_match(r);
}

static enum deflate_resume_step
run_codes(struct deflate_resume *r)
{
	enum deflate_resume_step said = copy_match(r);
	unsigned int entry;

	while (said == DEFLATE_RESUME_ON) {
		deflate_resume_fill(r);
		entry = deflate_code_next(&r->ctx->code_lit, r->bits, r->nb_bits);
		if (entry == DEFLATE_CODE_MORE)
			return DEFLATE_RESUME_IN;
		if (entry == DEFLATE_CODE_NONE)
			return DEFLATE_RESUME_CORRUPT;
		if (entry >> 4 < DEFLATE_END_OF_BLOCK) {
			if (!next_out(r))
				return DEFLATE_RESUME_OUT;
			r->out[r->out_at++] = entry >> 4;
			deflate_resume_drop(r, entry & 15);
		} else if (entry >> 4 == DEFLATE_END_OF_BLOCK) {
			deflate_resume_drop(r, entry & 15);
			return end_block(r);
		} else {
			said = one_match(r, entry);
		}
	}
	return said;
}

static enum deflate_resume_step
run_trailer(struct deflate_resume *r)
{
	struct deflate_stream *stream = r->stream;
	size_t len = deflate_trailer_len(r->params->format);
	uint8_t want[DEFLATE_TRAILER_MAX];

	deflate_resume_drop(r, r->nb_bits % 8);
	while (stream->index < len) {
		if (!deflate_resume_need(r, 8))
			return DEFLATE_RESUME_IN;
		stream->trailer[stream->index++] = deflate_resume_take(r, 8);
	}
	pass_out(r);
	deflate_stream_trailer(r->params->format, r->sums, want);
	if (memcmp(stream->trailer, want, len) != 0)
		return DEFLATE_RESUME_BAD_TRAILER;
	deflate_resume_enter(r, DEFLATE_PHASE_ENDED);
	return DEFLATE_RESUME_END;
}

static enum deflate_resume_step
run_ended(struct deflate_resume *r)
{
	(void)r;
	return DEFLATE_RESUME_END;
}

static enum deflate_resume_step
run_phases(struct deflate_resume *r)
{
	static enum deflate_resume_step (*const phases[])(struct deflate_resume *r) = {
		[DEFLATE_PHASE_HEAD] = deflate_resume_head,
		[DEFLATE_PHASE_STORED_HEAD] = run_stored_head,
		[DEFLATE_PHASE_STORED] = run_stored,
		[DEFLATE_PHASE_COUNTS] = deflate_resume_counts,
		[DEFLATE_PHASE_CLENS] = deflate_resume_clens,
		[DEFLATE_PHASE_LENS] = deflate_resume_lens,
		[DEFLATE_PHASE_CODES] = run_codes,
		[DEFLATE_PHASE_TRAILER] = run_trailer,
		[DEFLATE_PHASE_ENDED] = run_ended,
	};
	enum deflate_resume_step said;

	do {
		said = phases[r->stream->phase](r);
	} while (said == DEFLATE_RESUME_ON);
	return said;
}

/* The tables are of the context: make again what the phase goes on with. */
static bool
resume_start(struct deflate_resume *r)
{
	if (!deflate_stream_load(r->stream, DEFLATE_STREAM_DECOMPRESS))
		return false;
	r->bits = r->stream->bits;
	r->nb_bits = r->stream->nb_bits;
	if (r->stream->phase == DEFLATE_PHASE_LENS)
		return deflate_resume_make_clens(r);
	return r->stream->phase != DEFLATE_PHASE_CODES || deflate_resume_make_codes(r);
}

/* Bytes of input taken. Those read and not used go back, but for what is needed to go on: a unit
 * that is not complete yet stays.
 */
static size_t
resume_stop(struct deflate_resume *r, enum deflate_resume_step said, size_t in_len)
{
	size_t used = in_len - r->in_list.left - (r->in_end - r->in);
	size_t back = said == DEFLATE_RESUME_IN ? 0 : r->nb_bits / 8;

	if (back > used)
		back = used;
	r->nb_bits -= 8 * back;
	r->stream->bits = r->bits & ((1ull << r->nb_bits) - 1);
	r->stream->nb_bits = r->nb_bits;
	if (said == DEFLATE_RESUME_CORRUPT || said == DEFLATE_RESUME_BAD_TRAILER)
		r->stream->phase = DEFLATE_PHASE_FAILED;
	deflate_stream_save(r->stream);
	return used - back;
}

static void
resume_run(struct deflate_resume *r, size_t in_len, size_t out_len,
	   struct deflate_stream_result *result)
{
	static const enum deflate_status statuses[] = {
		[DEFLATE_RESUME_IN] = DEFLATE_IN_TRUNCATED,
		[DEFLATE_RESUME_OUT] = DEFLATE_OUT_FULL,
		[DEFLATE_RESUME_CORRUPT] = DEFLATE_CORRUPT,
		[DEFLATE_RESUME_BAD_TRAILER] = DEFLATE_BAD_TRAILER,
		[DEFLATE_RESUME_END] = DEFLATE_DONE,
	};
	enum deflate_resume_step said = run_phases(r);

	pass_out(r);
	result->status = statuses[said];
	result->consumed = resume_stop(r, said, in_len);
	result->produced = out_len - r->out_list.left - r->out_len;
	deflate_stream_tell(r->stream, result);
	if (said == DEFLATE_RESUME_OUT && result->held == 0)
		result->held = 1;
	if (said == DEFLATE_RESUME_BAD_TRAILER)
		result->final_done = true;
}

int
deflate_stream_decompress(struct deflate_ctx *ctx, const struct deflate_params *params, void *state,
			  const struct deflate_seg *in, size_t nb_in,
			  const struct deflate_seg *out, size_t nb_out, struct deflate_sums *sums,
			  struct deflate_stream_result *result)
{
	struct deflate_list from = deflate_list_of(in, nb_in), to = deflate_list_of(out, nb_out);
	struct deflate_resume r = {
		.stream = state,
		.ctx = ctx,
		.params = params,
		.sums = sums,
		.in_list = deflate_cursor_at(&from),
		.out_list = deflate_cursor_at(&to),
	};
	uint8_t nowhere = 0;

	if (deflate_params_check(params) != 0)
		return -EINVAL;
	*result = (struct deflate_stream_result){ .status = DEFLATE_BAD_STATE };
	r.in = r.in_end = r.out = &nowhere;
	if (resume_start(&r))
		resume_run(&r, from.len, to.len, result);
	return 0;
}
