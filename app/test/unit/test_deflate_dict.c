/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Streams with a preset dictionary, against zlib's. */

#include <errno.h>
#include <string.h>

#include <zlib.h>

#include "test_deflate_util.h"

#define LARGEST 100000
#define DICT_MAX 65535

static uint8_t dict[DICT_MAX], plain[LARGEST], packed[LARGEST + 1000], back[LARGEST];

static const size_t dict_lens[] = {1, 3, 100, 511, 512, 513, 5000, 32767, 32768, 32769, DICT_MAX};
static const size_t plain_lens[] = {0, 1, 100, 4000, 40000, LARGEST};

/* Pieces of the dictionary, any of which may be repeated. */
static void
fill_plain(struct test_random *r, size_t dict_len, size_t len)
{
	size_t at = 0, n, from;

	while (at < len) {
		n = 1 + test_random_below(r, 258);
		if (n > dict_len)
			n = dict_len;
		if (n > len - at)
			n = len - at;
		from = test_random_below(r, dict_len - n + 1);
		memcpy(plain + at, dict + from, n);
		at += n;
	}
}

/* zlib has only as much history as the window. */
static void
check_with_zlib(size_t len, int window_log2, size_t dict_len, size_t plain_len)
{
	z_stream strm = {.next_in = packed,
			 .avail_in = len,
			 .next_out = back,
			 .avail_out = sizeof(back)};

	assert_int_equal(inflateInit2(&strm, -window_log2), Z_OK);
	assert_int_equal(inflateSetDictionary(&strm, dict, dict_len), Z_OK);
	assert_int_equal(inflate(&strm, Z_FINISH), Z_STREAM_END);
	assert_int_equal(strm.avail_in, 0);
	assert_int_equal(strm.total_out, plain_len);
	assert_memory_equal(back, plain, plain_len);
	inflateEnd(&strm);
}

static size_t
make_with_zlib(size_t dict_len, size_t plain_len)
{
	z_stream strm = {.next_in = plain,
			 .avail_in = plain_len,
			 .next_out = packed,
			 .avail_out = sizeof(packed)};

	assert_int_equal(deflateInit2(&strm, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflateSetDictionary(&strm, dict, dict_len), Z_OK);
	assert_int_equal(deflate(&strm, Z_FINISH), Z_STREAM_END);
	deflateEnd(&strm);
	return strm.total_out;
}

static void
check_back(struct deflate_ctx *ctx, struct deflate_params *params, size_t len, size_t plain_len)
{
	struct deflate_result result;

	memset(back, 0x55, sizeof(back));
	result = test_decompress(ctx, params, packed, len, back, plain_len);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.consumed, len);
	assert_int_equal(result.produced, plain_len);
	assert_int_equal(result.adler32, adler32(1, plain, plain_len));
	assert_memory_equal(back, plain, plain_len);
}

static void
one_stream(struct deflate_ctx *ctx, struct deflate_params *params, size_t plain_len)
{
	struct deflate_result result;
	size_t len;

	result = test_compress(ctx, params, plain, plain_len, packed, sizeof(packed));
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.consumed, plain_len);
	assert_int_equal(result.adler32, adler32(1, plain, plain_len));
	check_with_zlib(result.produced, params->window_log2, params->dict_len, plain_len);
	check_back(ctx, params, result.produced, plain_len);
	len = make_with_zlib(params->dict_len, plain_len);
	check_back(ctx, params, len, plain_len);
}

static void
dictionaries_of_all_lengths(void **state)
{
	struct test_random r = {7};
	struct deflate_params params = {.checksums = DEFLATE_CHECKSUM_ADLER32, .dict = dict};

	test_fill(&r, TEST_SHAPES - 1, dict, sizeof(dict));
	for (size_t i = 0; i < sizeof(dict_lens) / sizeof(dict_lens[0]); i++) {
		for (size_t j = 0; j < sizeof(plain_lens) / sizeof(plain_lens[0]); j++) {
			params.dict_len = dict_lens[i];
			params.engine = (i + j) % TEST_ENGINES;
			params.level = (int)((i + j / 2) % 4);
			params.huffman = j % 3 == 2;
			params.window_log2 = 15 - (unsigned int)(i % 7);
			fill_plain(&r, params.dict_len, plain_lens[j]);
			one_stream(*state, &params, plain_lens[j]);
		}
	}
}

/* Noise that the dictionary has: what refers to it is short, and nothing without it. */
static void
it_is_made_use_of(void **state)
{
	struct deflate_params params = {.level = 1, .window_log2 = 15};
	struct test_random r = {8};
	struct deflate_result result;

	for (size_t i = 0; i < 30000; i++)
		dict[i] = test_random(&r);
	memcpy(plain, dict + 10000, 10000);
	for (unsigned int engine = 0; engine < TEST_ENGINES; engine++) {
		params.engine = engine;
		params.dict = NULL;
		params.dict_len = 0;
		result = test_compress(*state, &params, plain, 10000, packed, sizeof(packed));
		assert_true(result.produced > 9900);
		params.dict = dict;
		params.dict_len = 30000;
		result = test_compress(*state, &params, plain, 10000, packed, sizeof(packed));
		assert_true(result.produced < 1000);
		params.dict_len = 0;
		result = test_decompress(*state, &params, packed, result.produced, back, 10000);
		assert_int_equal(result.status, DEFLATE_CORRUPT);
	}
}

static void
no_part_with_a_dictionary(void **state)
{
	struct deflate_params params = {.window_log2 = 15, .dict = dict, .dict_len = 1};
	struct deflate_seg from = {plain, 100}, to = {packed, 50};
	struct deflate_result result;

	assert_int_equal(deflate_compress_part(*state, &params, &from, 1, &to, 1, &result),
			 -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dictionaries_of_all_lengths),
		cmocka_unit_test(it_is_made_use_of),
		cmocka_unit_test(no_part_with_a_dictionary),
	};

	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
