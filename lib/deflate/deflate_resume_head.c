/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include "deflate_resume.h"

bool
deflate_resume_next_in(struct deflate_resume *r)
{
	uint8_t *piece;
	size_t n;

	if (r->in_list.left == 0)
		return false;
	n = deflate_cursor_take(&r->in_list, DEFLATE_PIECE_MAX, &piece);
	r->in = piece;
	r->in_end = piece + n;
	return true;
}

void
deflate_resume_fill_slowly(struct deflate_resume *r)
{
	while (r->nb_bits < 56 && (r->in < r->in_end || deflate_resume_next_in(r))) {
		r->bits |= (uint64_t)*r->in++ << r->nb_bits;
		r->nb_bits += 8;
	}
}

/* RFC 1951 3.2.6 */
static void
set_fixed_lens(struct deflate_stream *stream)
{
	memset(stream->lens, 8, 144);
	memset(stream->lens + 144, 9, 112);
	memset(stream->lens + 256, 7, 24);
	memset(stream->lens + 280, 8, 8);
	memset(stream->lens + 288, 5, 32);
	stream->nb_lit = 288;
	stream->nb_dist = 32;
}

bool
deflate_resume_make_codes(struct deflate_resume *r)
{
	const struct deflate_stream *stream = r->stream;

	return deflate_code_make(&r->ctx->code_lit, stream->lens, stream->nb_lit, false) &&
	       deflate_code_make(&r->ctx->code_dist, stream->lens + stream->nb_lit,
				 stream->nb_dist, false);
}

bool
deflate_resume_make_clens(struct deflate_resume *r)
{
	return deflate_code_make(&r->ctx->code_lens, r->stream->clens, DEFLATE_NB_CLENS, true);
}

enum deflate_resume_step
deflate_resume_head(struct deflate_resume *r)
{
	if (!deflate_resume_need(r, 3))
		return DEFLATE_RESUME_IN;
	r->stream->final = deflate_resume_take(r, 1);
	switch (deflate_resume_take(r, 2)) {
	case 0:
		return deflate_resume_enter(r, DEFLATE_PHASE_STORED_HEAD);
	case 1:
		set_fixed_lens(r->stream);
		deflate_resume_make_codes(r);
		return deflate_resume_enter(r, DEFLATE_PHASE_CODES);
	case 2:
		return deflate_resume_enter(r, DEFLATE_PHASE_COUNTS);
	default:
		return DEFLATE_RESUME_CORRUPT;
	}
}

enum deflate_resume_step
deflate_resume_counts(struct deflate_resume *r)
{
	struct deflate_stream *stream = r->stream;

	if (!deflate_resume_need(r, 14))
		return DEFLATE_RESUME_IN;
	stream->nb_lit = 257 + deflate_resume_take(r, 5);
	stream->nb_dist = 1 + deflate_resume_take(r, 5);
	stream->nb_clens = 4 + deflate_resume_take(r, 4);
	if (stream->nb_lit > 286 || stream->nb_dist > DEFLATE_NB_DISTANCES)
		return DEFLATE_RESUME_CORRUPT;
	memset(stream->clens, 0, sizeof(stream->clens));
	return deflate_resume_enter(r, DEFLATE_PHASE_CLENS);
}

enum deflate_resume_step
deflate_resume_clens(struct deflate_resume *r)
{
	static const uint8_t order[DEFLATE_NB_CLENS] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};
	struct deflate_stream *stream = r->stream;

	while (stream->index < stream->nb_clens) {
		if (!deflate_resume_need(r, 3))
			return DEFLATE_RESUME_IN;
		stream->clens[order[stream->index++]] = deflate_resume_take(r, 3);
	}
	if (!deflate_resume_make_clens(r))
		return DEFLATE_RESUME_CORRUPT;
	return deflate_resume_enter(r, DEFLATE_PHASE_LENS);
}

/* One symbol of RFC 1951 3.2.7: a code length, or a run of them. */
static enum deflate_resume_step
one_len(struct deflate_resume *r)
{
	static const uint8_t extra[] = { 2, 3, 7 }, least[] = { 3, 3, 11 };
	struct deflate_stream *stream = r->stream;
	unsigned int entry, symbol, bits, run = 1, value;

	deflate_resume_fill(r);
	entry = deflate_code_next(&r->ctx->code_lens, r->bits, r->nb_bits);
	if (entry == DEFLATE_CODE_MORE)
		return DEFLATE_RESUME_IN;
	if (entry == DEFLATE_CODE_NONE)
		return DEFLATE_RESUME_CORRUPT;
	symbol = value = entry >> 4;
	bits = entry & 15;
	if (symbol >= 16) {
		symbol -= 16;
		if (bits + extra[symbol] > r->nb_bits)
			return DEFLATE_RESUME_IN;
		if (symbol == 0 && stream->index == 0)
			return DEFLATE_RESUME_CORRUPT;
		value = symbol == 0 ? stream->lens[stream->index - 1] : 0;
		run = least[symbol] + deflate_resume_peek(r, bits, extra[symbol]);
		bits += extra[symbol];
	}
	if (run > stream->nb_lit + stream->nb_dist - stream->index)
		return DEFLATE_RESUME_CORRUPT;
	deflate_resume_drop(r, bits);
	memset(stream->lens + stream->index, value, run);
	stream->index += run;
	return DEFLATE_RESUME_ON;
}

enum deflate_resume_step
deflate_resume_lens(struct deflate_resume *r)
{
	struct deflate_stream *stream = r->stream;
	enum deflate_resume_step said;

	while (stream->index < stream->nb_lit + stream->nb_dist) {
		said = one_len(r);
		if (said != DEFLATE_RESUME_ON)
			return said;
	}
	if (stream->lens[DEFLATE_END_OF_BLOCK] == 0 || !deflate_resume_make_codes(r))
		return DEFLATE_RESUME_CORRUPT;
	return deflate_resume_enter(r, DEFLATE_PHASE_CODES);
}

