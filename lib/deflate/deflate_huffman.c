/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include "deflate_huffman.h"

static bool
code_is_good(const struct deflate_code *code, bool whole)
{
	int left = 1;
	unsigned int len;

	for (len = 1; len <= DEFLATE_CODE_BITS; len++) {
		left = 2 * left - code->count[len];
		if (left < 0)
			return false;
	}
	return left == 0 || (!whole && code->longest <= 1);
}

static unsigned int
reversed(unsigned int word, unsigned int len)
{
	unsigned int out = 0;

	for (; len > 0; len--) {
		out = out << 1 | (word & 1);
		word >>= 1;
	}
	return out;
}

static void
fill_fast(struct deflate_code *code, unsigned int symbol, unsigned int len, unsigned int word)
{
	unsigned int at;

	/* The bits of a code come with the most significant one first, those of the input with the
	 * least.
	 */
	for (at = reversed(word, len); at < 1u << DEFLATE_CODE_FAST_BITS; at += 1u << len)
		code->fast[at] = symbol << 4 | len;
}

bool
deflate_code_make(struct deflate_code *code, const uint8_t *lens, unsigned int nb, bool whole)
{
	unsigned int next[DEFLATE_CODE_BITS + 2] = { 0 }, at[DEFLATE_CODE_BITS + 2] = { 0 };
	unsigned int len, symbol;

	memset(code, 0, sizeof(*code));
	for (symbol = 0; symbol < nb; symbol++) {
		code->count[lens[symbol]]++;
		if (lens[symbol] > code->longest)
			code->longest = lens[symbol];
	}
	code->count[0] = 0;
	if (!code_is_good(code, whole))
		return false;
	for (len = 1; len <= DEFLATE_CODE_BITS; len++) {
		next[len + 1] = (next[len] + code->count[len]) << 1;
		at[len + 1] = at[len] + code->count[len];
	}
	for (symbol = 0; symbol < nb; symbol++) {
		len = lens[symbol];
		if (len == 0)
			continue;
		code->symbols[at[len]++] = symbol;
		if (len <= DEFLATE_CODE_FAST_BITS)
			fill_fast(code, symbol, len, next[len]);
		next[len]++;
	}
	return true;
}

unsigned int
deflate_code_long(const struct deflate_code *code, uint64_t bits, unsigned int nb)
{
	unsigned int word = 0, first = 0, index = 0, len;

	for (len = 1; len <= code->longest; len++) {
		if (len > nb)
			return DEFLATE_CODE_MORE;
		word |= bits & 1;
		bits >>= 1;
		if (word < first + code->count[len])
			return (unsigned int)code->symbols[index + word - first] << 4 | len;
		index += code->count[len];
		first = (first + code->count[len]) << 1;
		word <<= 1;
	}
	return DEFLATE_CODE_NONE;
}
