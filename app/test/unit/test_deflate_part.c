/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Compression of as much as there is room for: deflate_compress_part(). */

#include <errno.h>
#include <string.h>

#include <zlib.h>

#include "test_deflate_util.h"

#define LARGEST 200000
#define ROOM (LARGEST + 1000)
/* RFC 1951 3.2.4: a stored block of one byte. No smaller room has a part. */
#define LEAST_ROOM 6

/* A final block without data, fixed codes (RFC 1951 3.2.6): bits 1, 01, 0000000. */
static const uint8_t last_block[2] = { 0x03, 0x00 };

static uint8_t plain[LARGEST], packed[4 * ROOM];

static struct deflate_result
compress_part(struct deflate_ctx *ctx, const struct deflate_params *params, const uint8_t *in,
	      size_t len, uint8_t *out, size_t room)
{
	struct deflate_seg from = { (uint8_t *)(uintptr_t)in, len }, to = { out, room };
	struct deflate_result result;

	assert_int_equal(deflate_compress_part(ctx, params, &from, 1, &to, 1, &result), 0);
	assert_true(result.produced <= room);
	assert_true(result.status == DEFLATE_DONE ? result.consumed == len :
						    result.consumed == 0 || result.consumed < len);
	assert_int_equal(result.adler32, adler32(1, in, result.consumed));
	assert_int_equal(result.crc32, crc32(0, in, result.consumed));
	return result;
}

/* A part, with a last block behind it, is a stream of what was consumed. */
static void
check_part(const struct deflate_params *params, const struct deflate_result *result,
	   const uint8_t *in, uint8_t *out, size_t room)
{
	assert_int_equal(result->status, DEFLATE_OUT_FULL);
	if (result->consumed == 0) {
		assert_true(room < LEAST_ROOM);
		assert_int_equal(result->produced, 0);
		return;
	}
	assert_true(result->consumed >= room - 5 || room > 65540);
	memcpy(out + result->produced, last_block, sizeof(last_block));
	test_oracle_check(out, result->produced + sizeof(last_block), params->window_log2, in,
			  result->consumed);
}

/* One room, once; the last byte of it is the last before a guard page. */
static bool
one_room(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len, size_t room,
	 const struct test_guarded *guarded)
{
	uint8_t *out = guarded->base + guarded->len - room;
	struct deflate_result result = compress_part(ctx, params, plain, len, out, room);

	memcpy(packed, out, result.produced);
	if (result.status == DEFLATE_DONE)
		test_oracle_check(packed, result.produced, params->window_log2, plain, len);
	else
		check_part(params, &result, plain, packed, room);
	return result.status == DEFLATE_DONE;
}

/* The same room again and again, as an application does: all of it together is one stream. */
static void
room_by_room(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len, size_t room)
{
	struct deflate_result result;
	size_t done = 0, at = 0;

	do {
		assert_true(at + room <= sizeof(packed));
		result = compress_part(ctx, params, plain + done, len - done, packed + at, room);
		assert_true(result.status == DEFLATE_DONE || result.consumed > 0);
		done += result.consumed;
		at += result.produced;
	} while (result.status != DEFLATE_DONE);
	test_oracle_check(packed, at, params->window_log2, plain, len);
}

static void
every_room(struct deflate_ctx *ctx, const struct deflate_params *params, size_t len)
{
	struct test_guarded guarded = test_guarded_new(len + 20, true);
	size_t room;

	for (room = 0; room < len + 20; room++) {
		if (one_room(ctx, params, len, room, &guarded))
			break;
		if (room % 5 == LEAST_ROOM % 5 && room >= LEAST_ROOM)
			room_by_room(ctx, params, len, room);
	}
	assert_true(room <= len + 5);
	test_guarded_free(&guarded);
}

static void
each_level(struct deflate_ctx *ctx, struct deflate_params *params, size_t len)
{
	for (params->engine = 0; params->engine < TEST_ENGINES; params->engine++) {
		for (params->level = 0; params->level <= 3; params->level++)
			every_room(ctx, params, len);
	}
}

static void
test_every_room(void **state)
{
	struct deflate_params params = { .window_log2 = 15, .checksums = 3 };
	struct test_random r = { 21 };
	unsigned int shape;

	for (shape = 0; shape < TEST_SHAPES; shape++) {
		test_fill(&r, shape, plain, 500);
		params.huffman = DEFLATE_HUFFMAN_FIXED;
		each_level(*state, &params, 200 + 50 * shape);
		params.huffman = DEFLATE_HUFFMAN_DYNAMIC;
		each_level(*state, &params, 500 - 50 * shape);
	}
}

/* Longer data, and rooms near to all that is needed, half of it, and next to nothing. */
static void
test_long_data(void **state)
{
	struct deflate_params params = { .window_log2 = 15, .checksums = 3 };
	struct test_guarded guarded = test_guarded_new(ROOM, true);
	struct test_random r = { 22 };
	unsigned int run;
	size_t need;

	for (run = 0; run < 8 * TEST_SHAPES; run++) {
		test_fill(&r, run / 8, plain, LARGEST);
		params.engine = run & 1;
		params.huffman = run >> 1 & 1;
		params.level = run >> 2 & 1;
		params.window_log2 = 12 + run % 4;
		need = compress_part(*state, &params, plain, LARGEST, packed, ROOM).produced;
		assert_true(one_room(*state, &params, LARGEST, need, &guarded));
		one_room(*state, &params, LARGEST, need - 1, &guarded);
		one_room(*state, &params, LARGEST, need / 2, &guarded);
		one_room(*state, &params, LARGEST, need / 50, &guarded);
		room_by_room(*state, &params, LARGEST, need / 7 + LEAST_ROOM);
	}
	test_guarded_free(&guarded);
}

/* What little misses costs little: not half of a room is left empty. */
static void
test_room_is_used(void **state)
{
	struct deflate_params params = {
		.window_log2 = 15,
		.huffman = DEFLATE_HUFFMAN_FIXED,
	};
	struct test_random r = { 23 };
	struct deflate_result result;
	struct deflate_seg from = { plain, LARGEST }, to = { packed, ROOM };
	size_t need;

	test_fill(&r, 4, plain, LARGEST);
	assert_int_equal(deflate_compress(*state, &params, &from, 1, &to, 1, &result), 0);
	need = result.produced;
	for (to.len = need - 1; to.len > 1000; to.len /= 2) {
		assert_int_equal(deflate_compress_part(*state, &params, &from, 1, &to, 1, &result),
				 0);
		assert_int_equal(result.status, DEFLATE_OUT_FULL);
		assert_true(result.consumed > to.len * 7.0 / 8 * LARGEST / need);
	}
}

/* Level 0 of zlib: stored blocks, and so of a part. */
static void
test_stored_only(void **state)
{
	const struct deflate_params params = {
		.window_log2 = 15,
		.engine = DEFLATE_ENGINE_ZLIB,
		.checksums = 3,
	};
	struct deflate_result result;

	memset(plain, 0, LARGEST);
	result = compress_part(*state, &params, plain, LARGEST, packed, 65540 + 5);
	assert_int_equal(result.consumed, 65535);
	assert_int_equal(result.produced, 65540);
	assert_memory_equal(packed, ((uint8_t[]){ 0, 0xff, 0xff, 0, 0 }), 5);
	result = compress_part(*state, &params, plain, LARGEST, packed, 65540 + 6);
	assert_int_equal(result.consumed, 65536);
	assert_memory_equal(packed + 65540, ((uint8_t[]){ 0, 1, 0, 0xfe, 0xff }), 5);
}

static void
check_lists(struct deflate_ctx *ctx, const struct deflate_params *params, struct test_random *r,
	    size_t len, size_t room, size_t longest)
{
	struct test_scatter from = test_scatter_new(r, len, longest);
	struct test_scatter to = test_scatter_new(r, room, longest);
	struct deflate_result result;

	test_scatter_put(&from, plain, len);
	assert_int_equal(deflate_compress_part(ctx, params, from.seg, from.nb, to.seg, to.nb,
					       &result), 0);
	test_scatter_check(&from);
	test_scatter_check(&to);
	test_scatter_get(&to, packed, result.produced);
	if (result.status == DEFLATE_DONE)
		test_oracle_check(packed, result.produced, params->window_log2, plain, len);
	else
		check_part(params, &result, plain, packed, room);
	test_scatter_free(&from);
	test_scatter_free(&to);
}

static void
test_lists(void **state)
{
	static const size_t longest[] = { 1, 9, 2048, 70000 };
	struct deflate_params params = { .window_log2 = 15 };
	struct test_random r = { 24 };
	unsigned int run;
	size_t len;

	for (run = 0; run < 240; run++) {
		len = 1 + test_random_below(&r, run % 3 == 0 ? LARGEST : 5000);
		test_fill(&r, run % TEST_SHAPES, plain, len);
		params.engine = run / 2 % 2;
		params.level = run % 4;
		params.huffman = run / 3 % 2;
		check_lists(*state, &params, &r, len, test_random_below(&r, len),
			    longest[run / 6 % 4]);
	}
}

static void
test_raw_only(void **state)
{
	struct deflate_params params = { .window_log2 = 15, .format = DEFLATE_FORMAT_ZLIB };
	struct deflate_result result = { .consumed = 77 };

	assert_int_equal(deflate_compress_part(*state, &params, NULL, 0, NULL, 0, &result),
			 -EINVAL);
	assert_int_equal(result.consumed, 77);
	params.format = DEFLATE_FORMAT_RAW;
	assert_int_equal(deflate_compress_part(*state, &params, NULL, 0, NULL, 0, &result), 0);
	assert_int_equal(result.status, DEFLATE_OUT_FULL);
	assert_int_equal(result.consumed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_room),
		cmocka_unit_test(test_long_data),
		cmocka_unit_test(test_room_is_used),
		cmocka_unit_test(test_stored_only),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_raw_only),
	};

	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
