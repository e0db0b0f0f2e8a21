/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef TEST_DEFLATE_UTIL_H
#define TEST_DEFLATE_UTIL_H

/**
 * @file
 * What the tests of lib/deflate share: memory with guards, data, scatter lists, and zlib as the
 * oracle. Everything asserts with cmocka.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deflate.h"

/** Memory between two pages that nobody can touch. */
struct test_guarded {
	uint8_t *base;
	size_t len;
	uint8_t *map;
	size_t map_len;
};

/** Make one: @p len bytes that end at the upper guard, or start at the lower. */
struct test_guarded test_guarded_new(size_t len, bool at_end);
void test_guarded_free(struct test_guarded *g);

/** Pseudo-random numbers, the same in each run for the same seed. */
struct test_random {
	uint64_t state;
};

uint32_t test_random(struct test_random *r);
/** 0 to @p below - 1. */
size_t test_random_below(struct test_random *r, size_t below);

#define TEST_ENGINES 2
/** Shapes of data, from all zeros to noise. */
#define TEST_SHAPES 6
void test_fill(struct test_random *r, unsigned int shape, uint8_t *data, size_t len);

/** A scatter list with gaps of at least one byte between the segments, which must stay as set. */
struct test_scatter {
	struct deflate_seg *seg;
	size_t nb;
	uint8_t *mem;
	uint8_t *gap; /* 1 for each byte of mem that is in no segment */
	uint8_t *more;
	size_t mem_len;
};

/** Cut @p len bytes into segments of 0 to @p longest bytes, in shuffled memory. */
struct test_scatter test_scatter_new(struct test_random *r, size_t len, size_t longest);
/** Put more room behind it than the library copies together: it then takes the list as it is. */
void test_scatter_widen(struct test_scatter *s);
void test_scatter_put(const struct test_scatter *s, const uint8_t *data, size_t len);
void test_scatter_get(const struct test_scatter *s, uint8_t *data, size_t len);
/** Check that no byte between the segments has been written. */
void test_scatter_check(const struct test_scatter *s);
void test_scatter_free(struct test_scatter *s);

/** How zlib is to make a raw stream. */
struct test_oracle {
	int level;
	int strategy;
	int window_log2;
	int mem_level;
};

/** Compress with zlib, raw; the length of the stream. */
size_t test_oracle_deflate(const struct test_oracle *how, const uint8_t *plain, size_t len,
			   uint8_t *out, size_t room);
/**
 * Decompress a raw stream with zlib; it must end exactly at @p len and give @p plain.
 * zlib knows only as much history as the window has.
 */
void test_oracle_check(const uint8_t *stream, size_t len, int window_log2, const uint8_t *plain,
		       size_t plain_len);

/** A trailer as RFC 1950 and 1952 have it, from zlib's checksums; its length. */
size_t test_oracle_trailer(enum deflate_format format, const uint8_t *plain, size_t len,
			   uint8_t trailer[8]);

/** One call on one segment each way. */
struct deflate_result test_compress(struct deflate_ctx *ctx, const struct deflate_params *params,
				    const uint8_t *in, size_t in_len, uint8_t *out, size_t room);
struct deflate_result test_decompress(struct deflate_ctx *ctx, const struct deflate_params *params,
				      const uint8_t *in, size_t in_len, uint8_t *out, size_t room);

/** cmocka fixtures: the state is a struct deflate_ctx. */
int test_deflate_setup(void **state);
int test_deflate_teardown(void **state);

#endif /* TEST_DEFLATE_UTIL_H */
