/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "model_lz4.h"

/*
 * The format: a sequence is a token (lengths of literals and match, 4 bits each), what of the first
 * length does not fit, literals, an offset of two bytes, what of the second does not fit. The last
 * has literals only, at least 5 bytes of them; no match starts in the last 12 bytes.
 */
#define LZ4_MIN_MATCH 4
#define LZ4_LAST_LITERALS 5
#define LZ4_NO_MATCH 12
#define LZ4_NIBBLE 15
#define LZ4_MORE 255

/* Of the input so much is seen at once, in a copy that nobody changes. */
#define LZ4_WINDOW 16384
#define LZ4_HASH_BITS 12

/* A place in a list of segments. */
struct lz4_cursor {
	const struct deflate_seg *seg;
	size_t at; /* in it */
};

struct lz4_state {
	struct lz4_cursor ahead;    /* of the input: what comes into the window next */
	struct lz4_cursor literals; /* of the input: what is not in a sequence yet */
	struct lz4_cursor out;
	size_t room;
	size_t len;  /* of the input */
	size_t base; /* position of the window's first byte */
	size_t end;  /* and behind its last one */
	uint32_t heads[1 << LZ4_HASH_BITS]; /* positions plus 1 */
	uint8_t window[2 * LZ4_WINDOW];
};

static size_t
lz4_len(const struct deflate_seg *seg, size_t nb)
{
	size_t len = 0, i;

	for (i = 0; i < nb; i++)
		len += seg[i].len;
	return len;
}

/* The next piece of at most "max" bytes, which must be there. */
static uint8_t *
lz4_take(struct lz4_cursor *cursor, size_t max, size_t *len)
{
	uint8_t *piece;

	while (cursor->at == cursor->seg->len) {
		cursor->seg++;
		cursor->at = 0;
	}
	piece = cursor->seg->base + cursor->at;
	*len = cursor->seg->len - cursor->at < max ? cursor->seg->len - cursor->at : max;
	cursor->at += *len;
	return piece;
}

static void
lz4_read(struct lz4_cursor *cursor, uint8_t *to, size_t len)
{
	const uint8_t *piece;
	size_t n;

	for (; len > 0; len -= n) {
		piece = lz4_take(cursor, len, &n);
		if (to != NULL) {
			memcpy(to, piece, n);
			to += n;
		}
	}
}

static void
lz4_write(struct lz4_state *s, const uint8_t *from, size_t len)
{
	uint8_t *piece;
	size_t n;

	s->room -= len;
	for (; len > 0; len -= n) {
		piece = lz4_take(&s->out, len, &n);
		memmove(piece, from, n);
		from += n;
	}
}

static void
lz4_byte(struct lz4_state *s, uint8_t byte)
{
	lz4_write(s, &byte, 1);
}

static void
lz4_length(struct lz4_state *s, size_t len)
{
	if (len < LZ4_NIBBLE)
		return;
	for (len -= LZ4_NIBBLE; len >= LZ4_MORE; len -= LZ4_MORE)
		lz4_byte(s, LZ4_MORE);
	lz4_byte(s, (uint8_t)len);
}

static size_t
lz4_length_bytes(size_t len)
{
	return len < LZ4_NIBBLE ? 0 : 1 + (len - LZ4_NIBBLE) / LZ4_MORE;
}

static uint8_t
lz4_nibble(size_t len)
{
	return len < LZ4_NIBBLE ? (uint8_t)len : LZ4_NIBBLE;
}

/* One sequence; without a match (0) it is the last. */
static int
lz4_sequence(struct lz4_state *s, size_t literals, size_t offset, size_t match)
{
	size_t more = match == 0 ? 0 : match - LZ4_MIN_MATCH, left = literals, n;
	size_t need = 1 + lz4_length_bytes(literals) + literals;
	const uint8_t *piece;

	if (match != 0)
		need += 2 + lz4_length_bytes(more);
	if (need > s->room)
		return -ENOSPC;
	lz4_byte(s, (uint8_t)(lz4_nibble(literals) << 4 | lz4_nibble(more)));
	lz4_length(s, literals);
	for (; left > 0; left -= n) {
		piece = lz4_take(&s->literals, left, &n);
		lz4_write(s, piece, n);
	}
	if (match == 0)
		return 0;
	lz4_byte(s, (uint8_t)offset);
	lz4_byte(s, (uint8_t)(offset >> 8));
	lz4_length(s, more);
	lz4_read(&s->literals, NULL, match);
	return 0;
}

/* Moves the window on so that it has what follows "at", as far as there is input. */
static void
lz4_refill(struct lz4_state *s, size_t at)
{
	size_t kept, more;

	if (s->end == s->len || (s->end > 0 && s->end - at > LZ4_WINDOW / 2))
		return;
	if (at - s->base > LZ4_WINDOW) {
		kept = s->end - at + LZ4_WINDOW;
		memmove(s->window, s->window + (at - LZ4_WINDOW - s->base), kept);
		s->base = at - LZ4_WINDOW;
	}
	more = sizeof(s->window) - (s->end - s->base);
	if (more > s->len - s->end)
		more = s->len - s->end;
	lz4_read(&s->ahead, s->window + (s->end - s->base), more);
	s->end += more;
}

/* The length of the match at a position with the last one of the same hash, or 0. */
static size_t
lz4_match(struct lz4_state *s, size_t at, size_t *offset)
{
	const uint8_t *here = s->window + (at - s->base), *there;
	size_t limit = s->end < s->len - LZ4_LAST_LITERALS ? s->end : s->len - LZ4_LAST_LITERALS;
	uint32_t word, *head;
	size_t len = 0, from;

	if (at + LZ4_MIN_MATCH > limit)
		return 0;
	memcpy(&word, here, sizeof(word));
	head = &s->heads[word * 2654435761u >> (32 - LZ4_HASH_BITS)];
	from = *head;
	*head = (uint32_t)at + 1;
	if (from == 0 || from - 1 < s->base)
		return 0;
	from--;
	there = s->window + (from - s->base);
	while (at + len < limit && here[len] == there[len])
		len++;
	*offset = at - from;
	return len < LZ4_MIN_MATCH ? 0 : len;
}

static int
lz4_block(struct lz4_state *s)
{
	size_t at = 0, anchor = 0, offset = 0, match;
	int ret;

	while (at + LZ4_NO_MATCH <= s->len) {
		lz4_refill(s, at);
		match = lz4_match(s, at, &offset);
		if (match == 0) {
			at++;
			continue;
		}
		ret = lz4_sequence(s, at - anchor, offset, match);
		if (ret != 0)
			return ret;
		at += match;
		anchor = at;
	}
	return lz4_sequence(s, s->len - anchor, 0, 0);
}

int
zip_model_lz4_compress(const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
		size_t nb_out, size_t *produced)
{
	size_t room = lz4_len(out, nb_out);
	struct lz4_state s = {
			.ahead = {in, 0},
			.literals = {in, 0},
			.out = {out, 0},
			.room = room,
			.len = lz4_len(in, nb_in),
	};
	int ret = lz4_block(&s);

	if (ret == 0)
		*produced = room - s.room;
	return ret;
}
