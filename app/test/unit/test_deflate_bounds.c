/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include <zlib.h>

#include "test_deflate_util.h"

#define LARGEST 70000
#define ROOM (LARGEST + LARGEST / 8 + 1000)
/* More than the library copies together. */
#define HUGE_LEN 600000

static uint8_t plain[HUGE_LEN], packed[HUGE_LEN + 1000];

/* The output ends at a guard page, the input too: whatever passes the end is a fault. */
static struct deflate_result
compress_guarded(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len,
		 size_t room)
{
	struct test_guarded in = test_guarded_new(len, true), out = test_guarded_new(room, true);
	struct deflate_result result;

	memcpy(in.base, plain, len);
	result = test_compress(ctx, params, in.base, len, out.base, room);
	assert_true(result.produced <= room);
	memcpy(packed, out.base, result.produced);
	test_guarded_free(&in);
	test_guarded_free(&out);
	return result;
}

static struct deflate_result
decompress_guarded(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len,
		   size_t room, bool at_end)
{
	struct test_guarded in = test_guarded_new(len, at_end);
	struct test_guarded out = test_guarded_new(room, at_end);
	struct deflate_result result;

	memcpy(in.base, packed, len);
	result = test_decompress(ctx, params, in.base, len, out.base, room);
	assert_true(result.produced <= room);
	assert_memory_equal(out.base, plain, result.produced);
	test_guarded_free(&in);
	test_guarded_free(&out);
	return result;
}

static void
check_compress(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len)
{
	size_t need = compress_guarded(ctx, params, len, ROOM).produced;
	struct deflate_result result;
	size_t body;
	uint8_t trailer[8];

	result = compress_guarded(ctx, params, len, need);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.produced, need);
	body = need - test_oracle_trailer(params->format, plain, len, trailer);
	test_oracle_check(packed, body, params->window_log2, plain, len);

	/* An engine may find a shorter stream if it must, never half of one. */
	result = compress_guarded(ctx, params, len, need - 1);
	if (result.status == DEFLATE_DONE) {
		body = result.produced - (need - body);
		test_oracle_check(packed, body, params->window_log2, plain, len);
		return;
	}
	assert_int_equal(result.status, DEFLATE_OUT_FULL);
	assert_int_equal(result.consumed, 0);
	assert_int_equal(result.produced, 0);
}

static void
test_compress_exact(void **state)
{
	static const size_t sizes[] = { 0, 1, 5, 100, 4000, LARGEST };
	struct deflate_params params = { .window_log2 = 15 };
	struct test_random r = { 11 };
	unsigned int shape, i, run = 0;

	for (shape = 0; shape < TEST_SHAPES; shape++) {
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			test_fill(&r, shape, plain, sizes[i]);
			for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++)
				for (params.level = 0; params.level <= 3; params.level++, run++) {
					params.format = run % 3;
					params.huffman = run / 3 % 2;
					check_compress(*state, &params, sizes[i]);
				}
		}
	}
}

/* All the rooms from nothing to enough. */
static void
test_compress_every_room(void **state)
{
	struct deflate_params params = { .window_log2 = 15, .format = DEFLATE_FORMAT_GZIP };
	struct test_guarded out;
	struct test_random r = { 12 };
	size_t room, need;

	test_fill(&r, 2, plain, 600);
	for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
		for (params.level = 0; params.level <= 3; params.level++) {
			need = test_compress(*state, &params, plain, 600, packed, ROOM).produced;
			out = test_guarded_new(need, true);
			for (room = 0; room < need; room++)
				test_compress(*state, &params, plain, 600, out.base + need - room,
					      room);
			test_guarded_free(&out);
		}
	}
}

/* Sums of two parts, wherever the cut is, against zlib's of the whole. */
static void
test_sums_of_parts(void **state)
{
	struct test_random r = { 17 };
	size_t len, rest;

	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		test_fill(&r, i % TEST_SHAPES, plain, ROOM);
		len = test_random_below(&r, ROOM + 1);
		rest = i % 10 == 0 ? 0 : test_random_below(&r, ROOM - len + 1);
		assert_int_equal(deflate_adler32_append(adler32(1, plain, len),
							adler32(1, plain + len, rest), rest),
				 adler32(1, plain, len + rest));
		assert_int_equal(deflate_crc32_append(crc32(0, plain, len),
						      crc32(0, plain + len, rest), rest),
				 crc32(0, plain, len + rest));
	}
}

/* Engines and sums look ahead, at matches too: not past the last byte, whatever the length is. */
static void
test_every_length(void **state)
{
	struct deflate_params params = { .window_log2 = 15 };
	struct test_guarded in = test_guarded_new(600, true);
	struct test_random r = { 16 };
	struct deflate_result result;
	uint8_t *start;

	for (size_t len = 1; len <= in.len; len++) {
		start = in.base + in.len - len;
		test_fill(&r, len % TEST_SHAPES, start, len);
		memcpy(plain, start, len);
		assert_int_equal(deflate_adler32(1, start, len), adler32(1, plain, len));
		assert_int_equal(deflate_crc32(0, start, len), crc32(0, plain, len));
		for (params.level = 0; params.level <= 3; params.level++) {
			params.huffman = params.level == 0 && len % 2;
			result = test_compress(*state, &params, start, len, packed, ROOM);
			assert_int_equal(result.status, DEFLATE_DONE);
			test_oracle_check(packed, result.produced, 15, plain, len);
			/* What is packed lies before the guard, too. */
			if (result.produced > in.len)
				continue;
			memcpy(in.base + in.len - result.produced, packed, result.produced);
			result = test_decompress(*state, &params,
						 in.base + in.len - result.produced,
						 result.produced, packed, len);
			assert_int_equal(result.status, DEFLATE_DONE);
			assert_memory_equal(packed, plain, len);
			memcpy(start, plain, len);
		}
	}
	test_guarded_free(&in);
}

/* n bytes always fit into n + 5 * ceil(n / 65535). */
static void
test_compress_noise_fits(void **state)
{
	static const size_t sizes[] = { 1, 2, 30, 1000, 65535, 65536, LARGEST };
	struct deflate_params params = { .window_log2 = 15 };
	struct test_random r = { 13 };
	unsigned int i;
	struct deflate_result result;
	size_t room;

	test_fill(&r, 1, plain, LARGEST);
	for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
		for (params.huffman = 0; params.huffman <= DEFLATE_HUFFMAN_FIXED; params.huffman++)
			for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
				room = sizes[i] + (sizes[i] > 65535 ? 10 : 5);
				result = compress_guarded(*state, &params, sizes[i], room);
				assert_int_equal(result.status, DEFLATE_DONE);
			}
	}
}

static void
check_decompress(struct deflate_ctx *ctx, struct deflate_params *params, size_t packed_len,
		 size_t len)
{
	struct deflate_result result;
	unsigned int at_end;

	for (at_end = 0; at_end < 2; at_end++) {
		result = decompress_guarded(ctx, params, packed_len, len, at_end);
		assert_int_equal(result.status, DEFLATE_DONE);
		assert_int_equal(result.consumed, packed_len);
		assert_int_equal(result.produced, len);
		if (len == 0)
			continue;
		result = decompress_guarded(ctx, params, packed_len, len - 1, at_end);
		assert_int_equal(result.status, DEFLATE_OUT_FULL);
		assert_int_equal(result.produced, len - 1);
		assert_true(result.consumed <= packed_len);
		result = decompress_guarded(ctx, params, packed_len, len / 2, at_end);
		assert_int_equal(result.status, DEFLATE_OUT_FULL);
		assert_int_equal(result.produced, len / 2);
		result = decompress_guarded(ctx, params, packed_len, 0, at_end);
		assert_int_equal(result.status, DEFLATE_OUT_FULL);
	}
}

static void
test_decompress_exact(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 100, 274, 275, 4000, LARGEST };
	static const int strategies[] = { Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED };
	struct deflate_params params = { .window_log2 = 15 };
	struct test_oracle how = { .window_log2 = 15, .mem_level = 8 };
	struct test_random r = { 14 };
	unsigned int shape, i, run = 0;
	size_t n;

	for (shape = 0; shape < TEST_SHAPES; shape++) {
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++, run++) {
			test_fill(&r, shape, plain, sizes[i]);
			how.strategy = strategies[run % 4];
			how.level = run % 10;
			params.format = run % 3;
			n = test_oracle_deflate(&how, plain, sizes[i], packed, ROOM);
			n += test_oracle_trailer(params.format, plain, sizes[i], packed + n);
			for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++)
				check_decompress(*state, &params, n, sizes[i]);
		}
	}
}

/* Exact and one short, over lists. */
static void
check_scatter(struct deflate_ctx *ctx, struct deflate_params *params, struct test_random *r,
	      size_t packed_len, size_t len)
{
	size_t room = len - len % 2;
	struct test_scatter in = test_scatter_new(r, packed_len, 1 + test_random_below(r, 3000));
	struct test_scatter out = test_scatter_new(r, room, 1 + test_random_below(r, 3000));
	struct deflate_result result;

	test_scatter_put(&in, packed, packed_len);
	assert_int_equal(deflate_decompress(ctx, params, in.seg, in.nb, out.seg, out.nb, &result),
			 0);
	assert_int_equal(result.status, room < len ? DEFLATE_OUT_FULL : DEFLATE_DONE);
	assert_int_equal(result.produced, room);
	test_scatter_check(&out);
	test_scatter_free(&in);
	test_scatter_free(&out);
}

static void
test_decompress_exact_lists(void **state)
{
	struct deflate_params params = { .window_log2 = 15 };
	struct test_oracle how = { .window_log2 = 15, .mem_level = 8 };
	struct test_random r = { 15 };
	unsigned int run;
	size_t len, n;

	for (run = 0; run < 200; run++) {
		len = test_random_below(&r, run % 4 ? LARGEST : HUGE_LEN);
		test_fill(&r, run % TEST_SHAPES, plain, len);
		how.level = run % 10;
		n = test_oracle_deflate(&how, plain, len, packed, sizeof(packed));
		params.engine = run / 3 % 2;
		check_scatter(*state, &params, &r, n, len);
	}
}

/* Lists without a byte, and lists without a segment. */
static void
test_empty_lists(void **state)
{
	const struct deflate_params params = { .window_log2 = 15 };
	struct deflate_seg none[2] = { 0 }, out = { packed, ROOM };
	struct deflate_result result;

	assert_int_equal(deflate_compress(*state, &params, none, 2, &out, 1, &result), 0);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.produced, 2);
	out.len = 2;
	assert_int_equal(deflate_decompress(*state, &params, &out, 1, NULL, 0, &result), 0);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.consumed, 2);
	assert_int_equal(deflate_decompress(*state, &params, none, 2, &out, 1, &result), 0);
	assert_int_equal(result.status, DEFLATE_IN_TRUNCATED);
	assert_int_equal(deflate_decompress(*state, &params, NULL, 0, NULL, 0, &result), 0);
	assert_int_equal(result.status, DEFLATE_IN_TRUNCATED);
	assert_int_equal(deflate_compress(*state, &params, &out, 1, NULL, 0, &result), 0);
	assert_int_equal(result.status, DEFLATE_OUT_FULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compress_exact),
		cmocka_unit_test(test_compress_every_room),
		cmocka_unit_test(test_sums_of_parts),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_compress_noise_fits),
		cmocka_unit_test(test_decompress_exact),
		cmocka_unit_test(test_decompress_exact_lists),
		cmocka_unit_test(test_empty_lists),
	};

	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
