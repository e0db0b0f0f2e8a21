/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Streams made in pieces, which zlib puts together again after each of them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "deflate_stream.h"
#include "test_deflate_util.h"

#define PLAIN 300000u
#define ROOM 700000u

static struct test_random rnd;
static uint8_t plain[PLAIN], body[ROOM], back[PLAIN + 1];

struct maker {
	uint8_t state[DEFLATE_STREAM_STATE_LEN] __attribute__((aligned(8)));
	struct deflate_sums sums;
	struct deflate_params params;
};

static void
start(struct maker *m, enum deflate_engine engine, int level, enum deflate_format format)
{
	memset(m->state, 0xa5, sizeof(m->state));
	deflate_stream_start(m->state, DEFLATE_STREAM_COMPRESS);
	m->sums = (struct deflate_sums){ .adler32 = 1 };
	m->params = (struct deflate_params){
		.engine = engine,
		.format = format,
		.level = level,
		.window_log2 = 15,
		.checksums = DEFLATE_CHECKSUM_ADLER32 | DEFLATE_CHECKSUM_CRC32,
	};
}

static struct deflate_stream_result
step(struct deflate_ctx *ctx, struct maker *m, enum deflate_stream_flush flush, const uint8_t *in,
     size_t in_len, uint8_t *out, size_t room)
{
	const struct deflate_seg from = { (uint8_t *)(uintptr_t)in, in_len }, to = { out, room };
	struct deflate_stream_result result;

	assert_int_equal(deflate_stream_compress(ctx, &m->params, flush, m->state, &from, 1, &to,
						 1, &m->sums, &result), 0);
	return result;
}

/* As deflate_stream.h promises. */
static size_t
enough(size_t len)
{
	return len == 0 ? 5 : len + 5 * ((len + 65534) / 65535) + 5;
}

static void
check_rest(struct maker *m, const uint8_t *trailer, size_t trailer_len, size_t len)
{
	uint8_t want[8];

	assert_int_equal(trailer_len, test_oracle_trailer(m->params.format, plain, len, want));
	assert_memory_equal(trailer, want, trailer_len);
	assert_int_equal(m->sums.plain_len, len);
	assert_int_equal(m->sums.adler32, adler32(1, plain, len));
	assert_int_equal(m->sums.crc32, crc32(0, plain, len));
}

/* zlib has all of the plain data after each piece. */
static void
run_stream(struct deflate_ctx *ctx, struct maker *m, size_t len, size_t longest)
{
	z_stream strm = { 0 };
	size_t at = 0, end, n, trailer;
	struct deflate_stream_result result;
	enum deflate_stream_flush flush;
	int said;

	assert_int_equal(inflateInit2(&strm, -(int)m->params.window_log2), Z_OK);
	strm.next_out = back;
	strm.avail_out = sizeof(back);
	do {
		n = test_random_below(&rnd, longest + 1);
		if (n > len - at)
			n = len - at;
		flush = test_random_below(&rnd, 4) == 0 ? DEFLATE_STREAM_FULL : DEFLATE_STREAM_SYNC;
		if (at + n == len && test_random_below(&rnd, 2))
			flush = DEFLATE_STREAM_FINISH;
		trailer = flush == DEFLATE_STREAM_FINISH ? 8 : 0;
		result = step(ctx, m, flush, plain + at, n, body, enough(n) + trailer);
		assert_int_equal(result.status, DEFLATE_DONE);
		assert_int_equal(result.consumed, n);
		assert_true(result.produced <= enough(n) + trailer);
		assert_int_equal(result.final_done, flush == DEFLATE_STREAM_FINISH);
		at += n;
		end = result.produced;
		strm.next_in = body;
		strm.avail_in = end;
		said = inflate(&strm, Z_SYNC_FLUSH);
		assert_int_equal(said, flush == DEFLATE_STREAM_FINISH ? Z_STREAM_END : Z_OK);
		assert_int_equal(strm.total_out, at);
		/* On a byte boundary, with nothing behind it. */
		if (said == Z_OK)
			assert_int_equal(strm.avail_in + (strm.data_type & 7), 0);
	} while (said == Z_OK);
	assert_memory_equal(back, plain, len);
	check_rest(m, strm.next_in, strm.avail_in, len);
	inflateEnd(&strm);
	result = step(ctx, m, DEFLATE_STREAM_SYNC, plain, 10, body, ROOM);
	assert_int_equal(result.status, DEFLATE_BAD_STATE);
}

static void
test_pieces(void **state)
{
	static const size_t longest[] = { 1, 3, 100, 5000, 70000, PLAIN };
	struct maker m;
	unsigned int i;
	size_t len;

	for (i = 0; i < 300; i++) {
		len = longest[i % 6] * (1 + test_random_below(&rnd, 40));
		if (len > PLAIN)
			len = PLAIN;
		test_fill(&rnd, i / 6 % TEST_SHAPES, plain, len);
		start(&m, i % 2 ? DEFLATE_ENGINE_ZLIB : DEFLATE_ENGINE_ISAL, i / 2 % 4, i % 3);
		m.params.huffman = i % 5 == 0 ? DEFLATE_HUFFMAN_FIXED : DEFLATE_HUFFMAN_DYNAMIC;
		m.params.window_log2 = 9 + i % 7;
		run_stream(*state, &m, len, longest[i % 6]);
	}
}

/* What the state remembers is used: a piece that was there before takes next to nothing. */
static void
test_history(void **state)
{
	struct deflate_stream_result result;
	struct maker m;
	unsigned int i;

	test_fill(&rnd, 1, plain, 20000);
	for (i = 0; i < 8; i++) {
		start(&m, i % 2 ? DEFLATE_ENGINE_ZLIB : DEFLATE_ENGINE_ISAL, i / 2 % 4,
		      DEFLATE_FORMAT_RAW);
		if (m.params.engine == DEFLATE_ENGINE_ZLIB && m.params.level == 0)
			continue;
		result = step(*state, &m, DEFLATE_STREAM_SYNC, plain, 20000, body, ROOM);
		assert_int_equal(result.window_len, 20000);
		result = step(*state, &m, DEFLATE_STREAM_SYNC, plain, 20000, body, ROOM);
		assert_int_equal(result.status, DEFLATE_DONE);
		assert_true(result.produced < 1000);
		assert_int_equal(result.window_len, 32768);
		result = step(*state, &m, DEFLATE_STREAM_FULL, plain, 100, body, ROOM);
		assert_int_equal(result.window_len, 0);
		result = step(*state, &m, DEFLATE_STREAM_SYNC, plain, 20000, body, ROOM);
		assert_true(result.produced > 19000);
	}
}

/* A room that is too small leaves everything as it was. */
static void
test_no_room(void **state)
{
	struct deflate_stream_result result;
	struct maker m, before;
	size_t room;

	test_fill(&rnd, 1, plain, 3000);
	start(&m, DEFLATE_ENGINE_ISAL, 1, DEFLATE_FORMAT_GZIP);
	step(*state, &m, DEFLATE_STREAM_SYNC, plain, 1000, body, ROOM);
	before = m;
	for (room = 0; room < 1013; room += 1 + test_random_below(&rnd, 20)) {
		result = step(*state, &m, DEFLATE_STREAM_FINISH, plain + 1000, 1000, body, room);
		assert_int_equal(result.status, DEFLATE_OUT_FULL);
		assert_int_equal(result.consumed + result.produced, 0);
		assert_memory_equal(&m, &before, sizeof(m));
	}
	result = step(*state, &m, DEFLATE_STREAM_FINISH, plain + 1000, 1000, body, 1018);
	assert_int_equal(result.status, DEFLATE_DONE);
}

/* hardware.md 10.4: the empty last block and the trailers behind it. */
static void
test_empty(void **state)
{
	static const uint8_t last[] = { 0x01, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01 };
	static const uint8_t middle[] = { 0x00, 0x00, 0x00, 0xff, 0xff };
	struct deflate_stream_result result;
	struct maker m;

	start(&m, DEFLATE_ENGINE_ISAL, 1, DEFLATE_FORMAT_ZLIB);
	result = step(*state, &m, DEFLATE_STREAM_SYNC, NULL, 0, body, 5);
	assert_int_equal(result.produced, 5);
	assert_memory_equal(body, middle, 5);
	result = step(*state, &m, DEFLATE_STREAM_FINISH, NULL, 0, body, 8);
	assert_int_equal(result.status, DEFLATE_OUT_FULL);
	result = step(*state, &m, DEFLATE_STREAM_FINISH, NULL, 0, body, 9);
	assert_int_equal(result.produced, 9);
	assert_memory_equal(body, last, 9);
}

/* Each damaged byte is seen; so is a state of the other direction. */
static void
test_damaged_states(void **state)
{
	struct deflate_stream_result result;
	struct maker m;
	size_t at, i;

	test_fill(&rnd, 2, plain, 3000);
	start(&m, DEFLATE_ENGINE_ISAL, 1, DEFLATE_FORMAT_RAW);
	step(*state, &m, DEFLATE_STREAM_SYNC, plain, 3000, body, ROOM);
	for (i = 0; i < 2000; i++) {
		at = i < 500 ? i : test_random_below(&rnd, sizeof(m.state));
		m.state[at] ^= 1 << test_random_below(&rnd, 8);
		result = step(*state, &m, DEFLATE_STREAM_SYNC, plain, 100, body, ROOM);
		assert_int_equal(result.status, DEFLATE_BAD_STATE);
		deflate_stream_start(m.state, DEFLATE_STREAM_COMPRESS);
	}
	deflate_stream_start(m.state, DEFLATE_STREAM_DECOMPRESS);
	result = step(*state, &m, DEFLATE_STREAM_SYNC, plain, 100, body, ROOM);
	assert_int_equal(result.status, DEFLATE_BAD_STATE);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),	cmocka_unit_test(test_history),
		cmocka_unit_test(test_no_room), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_damaged_states),
	};

	/* Another seed as the only argument looks elsewhere; the same one looks at the same. */
	rnd.state = argc > 1 ? strtoull(argv[1], NULL, 0) : 43;
	printf("seed %llu\n", (unsigned long long)rnd.state);
	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
