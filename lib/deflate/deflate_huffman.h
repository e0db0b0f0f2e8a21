/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef DEFLATE_HUFFMAN_H
#define DEFLATE_HUFFMAN_H

/**
 * @file
 * Huffman codes of RFC 1951 3.2.2, for decoding: a table for those of up to 10 bits, and for the
 * rare longer ones the canonical order.
 */

#include <stdbool.h>
#include <stdint.h>

#define DEFLATE_CODE_BITS 15
#define DEFLATE_CODE_FAST_BITS 10
/** Literals and lengths of the fixed code: no alphabet has more. */
#define DEFLATE_CODE_MAX_SYMBOLS 288

/** A code. A decoded symbol is an entry: symbol << 4 | bits. */
struct deflate_code {
	uint16_t fast[1 << DEFLATE_CODE_FAST_BITS]; /**< Entries; 0: a longer code, or none. */
	uint16_t count[DEFLATE_CODE_BITS + 1];      /**< Codes of each length. */
	uint16_t symbols[DEFLATE_CODE_MAX_SYMBOLS]; /**< By their codes. */
	unsigned int longest;
};

/** No entry: the code goes on behind the bits that are there. */
#define DEFLATE_CODE_MORE 0u
/** No entry: there is no such code. */
#define DEFLATE_CODE_NONE 0xffffu

/**
 * Make a code of its lengths.
 *
 * @param code
 *   The code.
 * @param lens
 *   Bits of each symbol's code, 0 to DEFLATE_CODE_BITS; 0: it has none.
 * @param nb
 *   Symbols, at most DEFLATE_CODE_MAX_SYMBOLS.
 * @param whole
 *   Take only a code that leaves no bits unused; else one of no symbol, or of one with 1 bit, is
 *   good too, as zlib has it.
 * @return
 *   Whether it is a code.
 */
bool deflate_code_make(struct deflate_code *code, const uint8_t *lens, unsigned int nb, bool whole);

/** Decode a symbol whose code the table has not; as deflate_code_next(). */
unsigned int deflate_code_long(const struct deflate_code *code, uint64_t bits, unsigned int nb);

/**
 * Decode a symbol.
 *
 * @param code
 *   The code.
 * @param bits
 *   What comes next, the first in bit 0; zeros behind the end.
 * @param nb
 *   Bits that are there.
 * @return
 *   An entry, of at most @p nb bits; DEFLATE_CODE_MORE or DEFLATE_CODE_NONE.
 */
static inline unsigned int
deflate_code_next(const struct deflate_code *code, uint64_t bits, unsigned int nb)
{
	unsigned int entry = code->fast[bits & ((1u << DEFLATE_CODE_FAST_BITS) - 1)];

	if (entry == 0)
		return deflate_code_long(code, bits, nb);
	return (entry & 15) <= nb ? entry : DEFLATE_CODE_MORE;
}

#endif /* DEFLATE_HUFFMAN_H */
