/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "test_deflate_util.h"

static const size_t sizes[] = { 0, 1, 2, 3, 7, 8, 255, 256, 300, 4096, 65535, 65536, 200000 };

#define NB_SIZES (sizeof(sizes) / sizeof(sizes[0]))
#define LARGEST 200000
#define ROOM (LARGEST + LARGEST / 8 + 1000)

static uint8_t plain[LARGEST], packed[ROOM], again[LARGEST];

static void
check_sums(const struct deflate_params *params, const struct deflate_result *result, size_t len)
{
	if (params->format == DEFLATE_FORMAT_ZLIB || (params->checksums & 1) != 0)
		assert_int_equal(result->adler32, adler32(1, plain, len));
	if (params->format == DEFLATE_FORMAT_GZIP || (params->checksums & 2) != 0)
		assert_int_equal(result->crc32, crc32(0, plain, len));
}

/* plain, len -> ours -> zlib; trailer and checksums are zlib's. */
static void
check_compress(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len)
{
	struct deflate_result result = test_compress(ctx, params, plain, len, packed, ROOM);
	uint8_t trailer[8];
	size_t trailer_len = test_oracle_trailer(params->format, plain, len, trailer);
	size_t body = result.produced - trailer_len;

	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.consumed, len);
	assert_true(len == 0 ? body == 2 : body <= len + 5 * ((len + 65534) / 65535));
	test_oracle_check(packed, body, params->window_log2, plain, len);
	if (trailer_len > 0)
		assert_memory_equal(packed + body, trailer, trailer_len);
	check_sums(params, &result, len);
}

static void
each_level(struct deflate_ctx *ctx, struct deflate_params *params, size_t len)
{
	int top = params->engine == DEFLATE_ENGINE_ISAL ? 3 : 9;

	for (params->level = 0; params->level <= top; params->level++) {
		params->huffman = DEFLATE_HUFFMAN_DYNAMIC;
		check_compress(ctx, params, len);
		params->huffman = DEFLATE_HUFFMAN_FIXED;
		check_compress(ctx, params, len);
	}
}

static void
compress_engine(struct deflate_ctx *ctx, enum deflate_engine engine)
{
	struct deflate_params params = { .engine = engine };
	struct test_random r = { 1 };
	unsigned int shape, i, run = 0;

	for (shape = 0; shape < TEST_SHAPES; shape++) {
		for (i = 0; i < NB_SIZES; i++, run++) {
			test_fill(&r, shape, plain, sizes[i]);
			params.format = run % 3;
			params.checksums = run % 4;
			params.window_log2 = 9 + run % 7;
			each_level(ctx, &params, sizes[i]);
		}
	}
}

static void
test_compress_isal(void **state)
{
	compress_engine(*state, DEFLATE_ENGINE_ISAL);
}

static void
test_compress_zlib(void **state)
{
	compress_engine(*state, DEFLATE_ENGINE_ZLIB);
}

/* Every window of both engines, on data with matches from everywhere. */
static void
test_windows(void **state)
{
	struct deflate_params params = { 0 };
	struct test_random r = { 2 };

	test_fill(&r, 3, plain, LARGEST);
	for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++)
		for (params.window_log2 = 9; params.window_log2 <= 15; params.window_log2++)
			for (params.level = 0; params.level <= 3; params.level++)
				check_compress(*state, &params, LARGEST);
}

/* BTYPE of the first block is 01 or 00 (RFC 1951 3.2.3), also for the data that ISA-L has a
 * short cut for.
 */
static void
test_fixed(void **state)
{
	struct deflate_params params = { .huffman = DEFLATE_HUFFMAN_FIXED, .window_log2 = 15 };
	struct test_random r = { 3 };
	unsigned int shape;

	for (shape = 0; shape < TEST_SHAPES; shape++) {
		test_fill(&r, shape, plain, 30000);
		for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
			params.level = 1;
			test_compress(*state, &params, plain, 30000, packed, ROOM);
			assert_true((packed[0] & 6) == 2 || (packed[0] & 6) == 0);
		}
	}
}

/* zlib's -> ours, with other bytes behind the stream that are nobody's business. */
static void
check_decompress(struct deflate_ctx *ctx, const struct test_oracle *how, size_t len,
		 unsigned int run)
{
	size_t packed_len = test_oracle_deflate(how, plain, len, packed, ROOM);
	struct deflate_params params = {
		.format = run % 3,
		.checksums = run % 4,
		.window_log2 = 15,
	};
	struct deflate_result result;

	packed_len += test_oracle_trailer(params.format, plain, len, packed + packed_len);
	memset(packed + packed_len, 0x5a, 20);
	for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
		memset(again, 0xcc, len);
		result = test_decompress(ctx, &params, packed, packed_len + run % 20, again,
					 run % 2 ? len : LARGEST);
		assert_int_equal(result.status, DEFLATE_DONE);
		assert_int_equal(result.consumed, packed_len);
		assert_int_equal(result.produced, len);
		assert_memory_equal(again, plain, len);
		check_sums(&params, &result, len);
	}
}

static void
test_decompress_zlib_made(void **state)
{
	static const int strategies[] = { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
					  Z_FIXED };
	struct test_oracle how = { 0 };
	struct test_random r = { 4 };
	unsigned int shape, s, run = 0;
	size_t len;

	for (shape = 0; shape < TEST_SHAPES; shape++) {
		for (s = 0; s < sizeof(strategies) / sizeof(strategies[0]); s++) {
			for (how.level = 0; how.level <= 9; how.level++, run++) {
				how.strategy = strategies[s];
				how.window_log2 = 9 + run % 7;
				how.mem_level = 1 + run % 9;
				len = sizes[test_random_below(&r, NB_SIZES)];
				test_fill(&r, shape, plain, len);
				check_decompress(*state, &how, len, run);
			}
		}
	}
}

/* Both ways over random scatter lists; the parts between the segments stay as they are. */
static void
check_scatter(struct deflate_ctx *ctx, struct deflate_params *params, struct test_random *r,
	      size_t len, size_t longest)
{
	struct test_scatter from = test_scatter_new(r, len, longest);
	struct test_scatter to, back = test_scatter_new(r, len, longest);
	struct deflate_result result;
	uint8_t trailer[8];
	size_t trailer_len = test_oracle_trailer(params->format, plain, len, trailer);

	to = test_scatter_new(r, len + 5 * (len / 65535 + 1) + 8, longest);
	if (len % 2)
		test_scatter_widen(&back);
	test_scatter_put(&from, plain, len);
	assert_int_equal(deflate_compress(ctx, params, from.seg, from.nb, to.seg, to.nb, &result),
			 0);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.consumed, len);
	check_sums(params, &result, len);
	test_scatter_check(&from);
	test_scatter_check(&to);
	test_scatter_get(&to, packed, result.produced);
	test_oracle_check(packed, result.produced - trailer_len, params->window_log2, plain, len);
	if (trailer_len > 0)
		assert_memory_equal(packed + result.produced - trailer_len, trailer, trailer_len);

	for (params->engine = 0; params->engine < TEST_ENGINES; params->engine++) {
		size_t stream = result.produced;
		struct deflate_result got;

		assert_int_equal(deflate_decompress(ctx, params, to.seg, to.nb, back.seg, back.nb,
						    &got), 0);
		assert_int_equal(got.status, DEFLATE_DONE);
		assert_int_equal(got.consumed, stream);
		assert_int_equal(got.produced, len);
		check_sums(params, &got, len);
		test_scatter_check(&to);
		test_scatter_check(&back);
		test_scatter_get(&back, again, len);
		assert_memory_equal(again, plain, len);
	}
	test_scatter_free(&from);
	test_scatter_free(&to);
	test_scatter_free(&back);
}

static void
test_scatter_lists(void **state)
{
	static const size_t longest[] = { 1, 2, 9, 100, 2048, 70000 };
	struct deflate_params params = { 0 };
	struct test_random r = { 5 };
	unsigned int run;
	size_t len;

	for (run = 0; run < 360; run++) {
		len = test_random_below(&r, run % 3 == 0 ? LARGEST : 5000);
		test_fill(&r, run % TEST_SHAPES, plain, len);
		params.engine = run / 2 % 2;
		params.level = run % 4;
		params.huffman = run / 3 % 2;
		params.format = test_random_below(&r, 3);
		params.checksums = test_random_below(&r, 4);
		params.window_log2 = 9 + test_random_below(&r, 7);
		check_scatter(*state, &params, &r, len, longest[run / 6 % 6]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compress_isal),
		cmocka_unit_test(test_compress_zlib),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_decompress_zlib_made),
		cmocka_unit_test(test_scatter_lists),
	};

	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
