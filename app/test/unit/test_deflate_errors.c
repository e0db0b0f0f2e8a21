/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include <zlib.h>

#include "test_deflate_util.h"

#define PLAIN 6000
#define ROOM (2 * PLAIN)

static uint8_t plain[PLAIN], packed[ROOM];

static size_t
make_stream(unsigned int shape, int strategy, enum deflate_format format, size_t len)
{
	struct test_oracle how = {
		.level = 6,
		.strategy = strategy,
		.window_log2 = 15,
		.mem_level = 8,
	};
	struct test_random r = { 21 };
	size_t n;

	test_fill(&r, shape, plain, len);
	n = test_oracle_deflate(&how, plain, len, packed, ROOM);
	return n + test_oracle_trailer(format, plain, len, packed + n);
}

/* The first @p keep bytes of the stream; what lies behind them is not input. */
static void
check_cut(struct deflate_ctx *ctx, const struct deflate_params *params, size_t keep,
	  size_t len, int behind)
{
	struct test_guarded in = test_guarded_new(behind < 0 ? keep : keep + 100, true);
	static uint8_t out[ROOM];
	struct deflate_result result;

	if (behind >= 0)
		memset(in.base, behind, keep + 100);
	memcpy(in.base, packed, keep);
	result = test_decompress(ctx, params, in.base, keep, out, len);
	assert_int_equal(result.status, DEFLATE_IN_TRUNCATED);
	assert_int_equal(result.consumed, keep);
	assert_true(result.produced <= len);
	assert_memory_equal(out, plain, result.produced);
	test_guarded_free(&in);
}

static void
check_cuts(struct deflate_ctx *ctx, struct test_random *r, const struct deflate_params *params,
	   size_t packed_len, size_t len)
{
	struct test_scatter in, out;
	struct deflate_result result;
	size_t keep;

	for (keep = 0; keep < packed_len; keep++) {
		check_cut(ctx, params, keep, len, -1);
		check_cut(ctx, params, keep, len, 0x00);
		check_cut(ctx, params, keep, len, 0xff);
		in = test_scatter_new(r, keep, 40);
		out = test_scatter_new(r, len, 400);
		if (keep % 2)
			test_scatter_widen(&out);
		test_scatter_put(&in, packed, keep);
		assert_int_equal(deflate_decompress(ctx, params, in.seg, in.nb, out.seg, out.nb,
						    &result), 0);
		assert_int_equal(result.status, DEFLATE_IN_TRUNCATED);
		assert_int_equal(result.consumed, keep);
		test_scatter_check(&out);
		test_scatter_free(&in);
		test_scatter_free(&out);
	}
}

static void
test_every_truncation(void **state)
{
	static const int strategies[] = { Z_FIXED, Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY };
	struct deflate_params params = { .window_log2 = 15 };
	struct test_random r = { 22 };
	unsigned int s;
	size_t n;

	for (s = 0; s < 3; s++) {
		for (params.format = 0; params.format <= DEFLATE_FORMAT_GZIP; params.format++) {
			n = make_stream(3, strategies[s], params.format, 900);
			for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++)
				check_cuts(*state, &r, &params, n, 900);
		}
	}
}

/* Zeros in place of the rest of the stream make a fixed one decode: the trailer must tell. */
static void
test_truncation_filled_up(void **state)
{
	struct deflate_params params = { .window_log2 = 15 };
	static uint8_t cut[ROOM], out[ROOM];
	struct deflate_result result;
	size_t n, keep;

	for (params.format = DEFLATE_FORMAT_ZLIB; params.format <= DEFLATE_FORMAT_GZIP;
	     params.format++) {
		n = make_stream(2, Z_FIXED, params.format, 3000);
		/* The end of the body and of the trailer may be zeros themselves. */
		for (keep = 0; keep < n - 10; keep++) {
			memset(cut, 0, sizeof(cut));
			memcpy(cut, packed, keep);
			for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
				result = test_decompress(*state, &params, cut, ROOM, out, ROOM);
				assert_int_not_equal(result.status, DEFLATE_DONE);
			}
		}
	}
}

static void
test_every_bit_flipped(void **state)
{
	struct deflate_params params = { .window_log2 = 15, .format = DEFLATE_FORMAT_GZIP };
	struct test_guarded in, out;
	struct deflate_result result;
	size_t n, bit;
	unsigned int s;

	for (s = 0; s < 2; s++) {
		n = make_stream(3, s ? Z_FIXED : Z_DEFAULT_STRATEGY, params.format, 1500);
		in = test_guarded_new(n, true);
		out = test_guarded_new(1600, true);
		for (bit = 0; bit < 8 * n; bit++) {
			memcpy(in.base, packed, n);
			in.base[bit / 8] ^= 1 << bit % 8;
			for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
				result = test_decompress(*state, &params, in.base, n, out.base,
							 1600);
				assert_true(result.produced <= 1600 && result.consumed <= n);
				/* Padding bits of the last byte are nobody's. */
				if (result.status == DEFLATE_DONE)
					assert_memory_equal(out.base, plain, 1500);
			}
		}
		test_guarded_free(&in);
		test_guarded_free(&out);
	}
}

static void
test_trailers(void **state)
{
	struct deflate_params params = { .window_log2 = 15 };
	static uint8_t out[ROOM];
	struct deflate_result result;
	size_t n, len, bit;

	for (params.format = DEFLATE_FORMAT_ZLIB; params.format <= DEFLATE_FORMAT_GZIP;
	     params.format++) {
		n = make_stream(2, Z_DEFAULT_STRATEGY, params.format, 2000);
		len = params.format == DEFLATE_FORMAT_ZLIB ? 4 : 8;
		for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
			for (bit = 0; bit < 8 * len; bit++) {
				packed[n - len + bit / 8] ^= 1 << bit % 8;
				result = test_decompress(*state, &params, packed, n + 3, out, 2000);
				assert_int_equal(result.status, DEFLATE_BAD_TRAILER);
				assert_int_equal(result.consumed, n);
				assert_int_equal(result.produced, 2000);
				packed[n - len + bit / 8] ^= 1 << bit % 8;
			}
			result = test_decompress(*state, &params, packed, n, out, 2000);
			assert_int_equal(result.status, DEFLATE_DONE);
		}
	}
}

struct bad_stream {
	const char *name;
	uint8_t bytes[8];
	size_t len;
	size_t room;
	enum deflate_status want;
};

/* RFC 1951 3.2.3 to 3.2.6, by hand. Literal 'a' is 10010001, length 3 is 0000001, the end of the
 * block 0000000; codes start at their top bit, bytes are filled from the low one.
 */
static const struct bad_stream bad_streams[] = {
	{ "block type 3", { 0x07, 0x00 }, 2, 100, DEFLATE_CORRUPT },
	{ "stored, NLEN is not ~LEN", { 0x01, 0x01, 0x00, 0xff, 0xff, 0x61 }, 6, 100,
	  DEFLATE_CORRUPT },
	{ "'a', 3 bytes from 1 back", { 0x4b, 0x04, 0x02, 0x00 }, 4, 100, DEFLATE_DONE },
	{ "the same, room for 3", { 0x4b, 0x04, 0x02, 0x00 }, 4, 3, DEFLATE_OUT_FULL },
	{ "the same, room for 1", { 0x4b, 0x04, 0x02, 0x00 }, 4, 1, DEFLATE_OUT_FULL },
	{ "the same, no room", { 0x4b, 0x04, 0x02, 0x00 }, 4, 0, DEFLATE_OUT_FULL },
	{ "'a', 3 bytes from 2 back", { 0x4b, 0x04, 0x42, 0x00 }, 4, 100, DEFLATE_CORRUPT },
	{ "3 bytes from 1 back", { 0x03, 0x02, 0x00, 0x00 }, 4, 100, DEFLATE_CORRUPT },
	{ "'a', distance code 30", { 0x4b, 0x04, 0x3e, 0x00 }, 4, 100, DEFLATE_CORRUPT },
	{ "'a', distance code 31", { 0x4b, 0x04, 0x7e, 0x00 }, 4, 100, DEFLATE_CORRUPT },
	{ "'a', length code 286", { 0x4b, 0x1c, 0x03, 0x00 }, 4, 100, DEFLATE_CORRUPT },
	{ "'a', length code 287", { 0x4b, 0x1c, 0x07, 0x00 }, 4, 100, DEFLATE_CORRUPT },
	{ "dynamic, 30 + 257 literals", { 0xf5, 0x00, 0x00, 0x00 }, 4, 100, DEFLATE_CORRUPT },
};

static void
test_bad_streams(void **state)
{
	struct deflate_params params = { .window_log2 = 15 };
	const struct bad_stream *bad;
	struct test_guarded out;
	struct deflate_result result;
	unsigned int i;

	for (i = 0; i < sizeof(bad_streams) / sizeof(bad_streams[0]); i++) {
		bad = &bad_streams[i];
		out = test_guarded_new(bad->room, true);
		for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
			result = test_decompress(*state, &params, bad->bytes, bad->len, out.base,
						 bad->room);
			if (result.status != bad->want)
				fail_msg("%s, engine %d: status %d", bad->name, params.engine,
					 result.status);
			assert_true(result.produced <= 4);
		}
		test_guarded_free(&out);
	}
}

/* A hostile client may point both sides at the same memory. */
static void
test_overlap(void **state)
{
	struct deflate_params params = { .window_log2 = 15, .level = 1 };
	struct deflate_result result;
	uint8_t *in;

	for (params.engine = 0; params.engine < TEST_ENGINES; params.engine++) {
		for (in = packed; in < packed + 20; in++) {
			for (size_t i = 0; i < PLAIN; i++)
				in[i] = (uint8_t)(i * i >> 3);
			result = test_compress(*state, &params, in, PLAIN, packed, ROOM);
			assert_in_range(result.produced, 0, ROOM);
			result = test_compress(*state, &params, plain, PLAIN, in, ROOM - 20);
			result = test_decompress(*state, &params, in, result.produced, packed,
						 ROOM);
			assert_int_equal(result.status, DEFLATE_CORRUPT);
			assert_int_equal(result.produced, 0);
		}
	}
}

static void
test_parameters(void **state)
{
	static const struct deflate_params bad[] = {
		{ .window_log2 = 8 },
		{ .window_log2 = 16 },
		{ .window_log2 = 15, .engine = 2 },
		{ .window_log2 = 15, .format = 3 },
		{ .window_log2 = 15, .checksums = 4 },
		{ .window_log2 = 15, .level = -1 },
		{ .window_log2 = 15, .level = 4 },
		{ .window_log2 = 15, .level = 10, .engine = DEFLATE_ENGINE_ZLIB },
		{ .window_log2 = 15, .huffman = 2 },
	};
	struct deflate_seg in = { plain, 10 }, out = { packed, ROOM };
	struct deflate_result result = { .produced = 77 };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(deflate_compress(*state, &bad[i], &in, 1, &out, 1, &result),
				 -EINVAL);
		/* Level and codes are the compressor's. */
		if (i < 5)
			assert_int_equal(deflate_decompress(*state, &bad[i], &in, 1, &out, 1,
							    &result), -EINVAL);
		assert_int_equal(result.produced, 77);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_truncation_filled_up),
		cmocka_unit_test(test_every_bit_flipped),
		cmocka_unit_test(test_trailers),
		cmocka_unit_test(test_bad_streams),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
