/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_ZLIB_H
#define PMD_ZLIB_H

/**
 * @file
 * The oracle: zlib, never our own code. Thread-safe.
 */

#include <stdint.h>

#include <rte_comp.h>

/** How to deflate. */
struct pmd_zlib_how {
	int level;    /**< 0-9 */
	int window;   /**< log2, 9-15 */
	int memory;   /**< 1-9 */
	int strategy; /**< Z_DEFAULT_STRATEGY ... Z_FIXED */
};

/** @return enough room for any raw DEFLATE stream of @p len plain bytes */
uint32_t pmd_zlib_bound(uint32_t len);

/** Makes a raw DEFLATE stream. @return its length; the test fails if there is none */
uint32_t pmd_zlib_deflate(const struct pmd_zlib_how *how, const uint8_t *in, uint32_t len,
			  uint8_t *out, uint32_t room);

/** The same in memory of its own, to be freed. */
uint8_t *pmd_zlib_deflate_new(const struct pmd_zlib_how *how, const uint8_t *in, uint32_t len,
			      uint32_t *out_len);

/**
 * Decodes a raw DEFLATE stream and compares.
 *
 * @param window log2 of the largest distance allowed
 * @return NULL if @p in is one whole stream of @p plain and nothing else, or what is wrong
 */
const char *pmd_zlib_check(int window, const uint8_t *in, uint32_t len, const uint8_t *plain,
			   uint32_t plain_len);

/** What zlib makes of a stream that may be bad. */
enum pmd_zlib_verdict {
	PMD_ZLIB_WHOLE,     /**< a final block ends within it */
	PMD_ZLIB_TRUNCATED, /**< good so far, more is needed */
	PMD_ZLIB_CORRUPT,
	/**
	 * A code that is not complete: zlib refuses the block, others (ISA-L) decode it as long as
	 * the stream does not use what is missing. Neither is wrong by RFC 1951.
	 */
	PMD_ZLIB_INCOMPLETE_CODE,
	PMD_ZLIB_FULL,      /**< more plain data than room */
};

/** Decodes into @p out. @param out_len receives what was decoded */
enum pmd_zlib_verdict pmd_zlib_inflate(const uint8_t *in, uint32_t len, uint8_t *out,
				       uint32_t room, uint32_t *out_len, uint32_t *consumed);

/** @return checksums of plain data; if both, CRC-32 low, Adler-32 high (compressdev.md 1.8) */
uint64_t pmd_zlib_checksum(enum rte_comp_checksum_type type, const uint8_t *data, uint32_t len);

/** @return the same of data behind that which has the checksums @p before; 0: there is none */
uint64_t pmd_zlib_checksum_on(enum rte_comp_checksum_type type, uint64_t before,
			      const uint8_t *data, uint32_t len);

#endif /* PMD_ZLIB_H */
