/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef DEFLATE_RESUME_H
#define DEFLATE_RESUME_H

/**
 * @file
 * Decompression that can stop and go on at any byte of input and output: one call of it, and the
 * bits of its input.
 *
 * What is read from the input is a unit at a time: a header, or a symbol with all of its bits. A
 * unit that is not complete stays in the bits, so that a phase and a few numbers are all there is
 * to keep.
 */

#include <string.h>

#include "deflate_stream_priv.h"

/** No unit is longer: length 15 + 5, distance 15 + 13 bits. */
#define DEFLATE_RESUME_UNIT 48

/** The symbol of literals and lengths that ends a block. */
#define DEFLATE_END_OF_BLOCK 256

/** Codes of distances. */
#define DEFLATE_NB_DISTANCES 30

/** How a phase ended. */
enum deflate_resume_step {
	DEFLATE_RESUME_ON, /**< On to the next. */
	DEFLATE_RESUME_IN, /**< More input is needed. */
	DEFLATE_RESUME_OUT, /**< More room is needed. */
	DEFLATE_RESUME_CORRUPT,
	DEFLATE_RESUME_BAD_TRAILER,
	DEFLATE_RESUME_END,
};

/** One call. */
struct deflate_resume {
	struct deflate_stream *stream;
	struct deflate_ctx *ctx;
	const struct deflate_params *params;
	struct deflate_sums *sums;
	uint64_t bits; /**< Read and not used: zeros above nb_bits. */
	unsigned int nb_bits;
	const uint8_t *in;
	const uint8_t *in_end;
	uint8_t *out; /**< The piece that is being filled. */
	size_t out_at;
	size_t out_len;
	struct deflate_cursor in_list;
	struct deflate_cursor out_list;
};

/** Go on to the next piece of the input; false: there is none. */
bool deflate_resume_next_in(struct deflate_resume *r);

/** Read byte by byte: deflate_resume_fill() near the end of a piece. */
void deflate_resume_fill_slowly(struct deflate_resume *r);

/** The phases of a block's header, and of what a dynamic block tells of its codes. */
enum deflate_resume_step deflate_resume_head(struct deflate_resume *r);
enum deflate_resume_step deflate_resume_counts(struct deflate_resume *r);
enum deflate_resume_step deflate_resume_clens(struct deflate_resume *r);
enum deflate_resume_step deflate_resume_lens(struct deflate_resume *r);

/** Make the codes of what is being read from their lengths. Whether they are codes. */
bool deflate_resume_make_clens(struct deflate_resume *r);
bool deflate_resume_make_codes(struct deflate_resume *r);

/** Read all there is, or at least a unit. */
static inline void
deflate_resume_fill(struct deflate_resume *r)
{
	unsigned int bytes = (63 - r->nb_bits) / 8;
	uint64_t word;

	if (r->nb_bits >= DEFLATE_RESUME_UNIT)
		return;
	if ((size_t)(r->in_end - r->in) < sizeof(word)) {
		deflate_resume_fill_slowly(r);
		return;
	}
	memcpy(&word, r->in, sizeof(word));
	word &= ~0ull >> (64 - 8 * bytes);
	r->bits |= word << r->nb_bits;
	r->nb_bits += 8 * bytes;
	r->in += bytes;
}

static inline bool
deflate_resume_need(struct deflate_resume *r, unsigned int nb)
{
	if (r->nb_bits < nb)
		deflate_resume_fill(r);
	return r->nb_bits >= nb;
}

static inline unsigned int
deflate_resume_peek(const struct deflate_resume *r, unsigned int skip, unsigned int nb)
{
	return r->bits >> skip & ((1u << nb) - 1);
}

static inline void
deflate_resume_drop(struct deflate_resume *r, unsigned int nb)
{
	r->bits >>= nb;
	r->nb_bits -= nb;
}

static inline unsigned int
deflate_resume_take(struct deflate_resume *r, unsigned int nb)
{
	unsigned int value = deflate_resume_peek(r, 0, nb);

	deflate_resume_drop(r, nb);
	return value;
}

/** Go on to another phase. */
static inline enum deflate_resume_step
deflate_resume_enter(struct deflate_resume *r, enum deflate_phase phase)
{
	r->stream->phase = phase;
	r->stream->index = 0;
	return DEFLATE_RESUME_ON;
}

#endif /* DEFLATE_RESUME_H */
