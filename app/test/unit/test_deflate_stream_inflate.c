/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The resumable decompressor against zlib: streams of all kinds, cut everywhere. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "deflate_stream.h"
#include "test_deflate_streams.h"

#define ROOM TEST_STREAM_ROOM
/* Of these, short enough to be cut everywhere. */
#define SHORT_IN 8u
#define SHORT_OUT 6u

static struct test_random rnd;

struct piecewise {
	uint8_t state[DEFLATE_STREAM_STATE_LEN] __attribute__((aligned(8)));
	struct deflate_sums sums;
	struct deflate_params params;
};

static void
start(struct piecewise *p, enum deflate_format format)
{
	memset(p->state, 0xa5, sizeof(p->state));
	deflate_stream_start(p->state, DEFLATE_STREAM_DECOMPRESS);
	p->sums = (struct deflate_sums){ .adler32 = 1 };
	p->params = (struct deflate_params){ .format = format, .window_log2 = 15 };
}

static struct deflate_stream_result
step(struct deflate_ctx *ctx, struct piecewise *p, const uint8_t *in, size_t in_len, uint8_t *out,
     size_t room)
{
	const struct deflate_seg from = { (uint8_t *)(uintptr_t)in, in_len }, to = { out, room };
	struct deflate_stream_result result;

	assert_int_equal(deflate_stream_decompress(ctx, &p->params, p->state, &from, 1, &to, 1,
						   &p->sums, &result), 0);
	assert_true(result.consumed <= in_len && result.produced <= room);
	return result;
}

static size_t
random_len(unsigned int below_log2)
{
	return test_random_below(&rnd, 1 << test_random_below(&rnd, below_log2));
}

/* All of a stream: at most in_cut and out_cut bytes at a time, 0 for a random number of them. */
static void
run_pieces(struct deflate_ctx *ctx, const struct test_stream *s, size_t in_cut, size_t out_cut)
{
	static uint8_t out[ROOM];
	struct deflate_stream_result result;
	size_t in_at = 0, out_at = 0, in, room;
	struct piecewise p;

	start(&p, DEFLATE_FORMAT_RAW);
	p.params.checksums = DEFLATE_CHECKSUM_ADLER32 | DEFLATE_CHECKSUM_CRC32;
	do {
		in = in_cut > 0 ? in_cut : random_len(16);
		room = out_cut > 0 ? out_cut : random_len(17);
		if (in > s->len - in_at)
			in = s->len - in_at;
		if (room > ROOM - out_at)
			room = ROOM - out_at;
		result = step(ctx, &p, s->body + in_at, in, out + out_at, room);
		in_at += result.consumed;
		out_at += result.produced;
		assert_true(result.held == 0 || result.status == DEFLATE_OUT_FULL);
		if (result.status == DEFLATE_OUT_FULL)
			assert_true(result.produced == room && result.held > 0);
		else if (result.status == DEFLATE_IN_TRUNCATED)
			assert_true(result.consumed == in);
	} while (result.status == DEFLATE_OUT_FULL ||
		 (result.status == DEFLATE_IN_TRUNCATED && in_at < s->len));
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(in_at, s->len);
	assert_int_equal(out_at, s->plain_len);
	assert_memory_equal(out, s->plain, out_at);
	assert_true(result.final_seen && result.final_done);
	assert_int_equal(p.sums.plain_len, s->plain_len);
	assert_int_equal(p.sums.adler32, adler32(1, s->plain, s->plain_len));
	assert_int_equal(p.sums.crc32, crc32(0, s->plain, s->plain_len));
}

static void
test_whole(void **state)
{
	unsigned int i;

	for (i = 0; i < TEST_STREAMS; i++)
		run_pieces(*state, &test_streams[i], ROOM, ROOM);
}

static void
test_bytes(void **state)
{
	unsigned int i;

	for (i = 0; i < TEST_STREAMS; i++) {
		if (test_streams[i].len > 20000)
			continue;
		run_pieces(*state, &test_streams[i], 1, ROOM);
		if (test_streams[i].plain_len > 20000)
			continue;
		run_pieces(*state, &test_streams[i], ROOM, 1);
		run_pieces(*state, &test_streams[i], 1, 1);
	}
}

static void
test_random_pieces(void **state)
{
	unsigned int i;

	for (i = 0; i < 10 * TEST_STREAMS; i++)
		run_pieces(*state, &test_streams[i % TEST_STREAMS], 0, i % 3 ? 0 : ROOM);
}

/* Another stream begins, and nothing of the last one is left that could pass for its output. */
static void
start_anew(struct piecewise *p, const struct test_stream *s, uint8_t *out)
{
	memset(out, 0x5a, s->plain_len + 1);
	start(p, DEFLATE_FORMAT_RAW);
	p->params.checksums = DEFLATE_CHECKSUM_ADLER32 | DEFLATE_CHECKSUM_CRC32;
}

static void
expect_all(const struct piecewise *p, const struct test_stream *s, const uint8_t *out)
{
	assert_memory_equal(out, s->plain, s->plain_len);
	assert_int_equal(out[s->plain_len], 0x5a);
	assert_int_equal(p->sums.adler32, s->adler32);
	assert_int_equal(p->sums.crc32, s->crc32);
}

static void
split_input(struct deflate_ctx *ctx, const struct test_stream *s, size_t at, uint8_t *out)
{
	struct deflate_stream_result result;
	struct piecewise p;
	size_t done;

	start_anew(&p, s, out);
	result = step(ctx, &p, s->body, at, out, ROOM);
	assert_int_equal(result.status, at < s->len ? DEFLATE_IN_TRUNCATED : DEFLATE_DONE);
	done = result.produced;
	result = step(ctx, &p, s->body + at, s->len - at, out + done, ROOM - done);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(result.consumed, s->len - at);
	assert_int_equal(done + result.produced, s->plain_len);
	expect_all(&p, s, out);
}

static void
split_output(struct deflate_ctx *ctx, const struct test_stream *s, size_t at, uint8_t *out)
{
	struct deflate_stream_result result;
	struct piecewise p;
	size_t done;

	start_anew(&p, s, out);
	result = step(ctx, &p, s->body, s->len, out, at);
	assert_int_equal(result.status, at < s->plain_len ? DEFLATE_OUT_FULL : DEFLATE_DONE);
	assert_int_equal(result.produced, at);
	done = result.consumed;
	result = step(ctx, &p, s->body + done, s->len - done, out + at, ROOM - at);
	assert_int_equal(result.status, DEFLATE_DONE);
	assert_int_equal(done + result.consumed, s->len);
	assert_int_equal(at + result.produced, s->plain_len);
	expect_all(&p, s, out);
}

/* Where the cuts begin: long streams are cut near their end only. */
static size_t
first_cut(size_t len, size_t last)
{
	return len < 5000 ? 0 : len - last;
}

/* Two pieces, cut at each byte of the input, and at each of the output. */
static void
test_splits(void **state)
{
	unsigned int nb_in = 0, nb_out = 0;
	static uint8_t out[ROOM];
	const struct test_stream *s;
	size_t at;

	for (s = test_streams; s < test_streams + TEST_STREAMS; s++) {
		nb_in += first_cut(s->len, 1) == 0;
		nb_out += first_cut(s->plain_len, 1) == 0;
		for (at = first_cut(s->len, 40); at <= s->len; at++)
			split_input(*state, s, at, out);
		for (at = first_cut(s->plain_len, 300); at <= s->plain_len; at++)
			split_output(*state, s, at, out);
	}
	/* Of the others the end is cut, which is where the matches of far are. */
	printf("cut everywhere: %u of the input, %u of the output\n", nb_in, nb_out);
	assert_int_equal(nb_in, SHORT_IN);
	assert_int_equal(nb_out, SHORT_OUT);
}

/* Trailers, cut everywhere; what follows them stays; and one wrong bit in them. */
static void
test_trailers(void **state)
{
	static uint8_t in[ROOM], out[ROOM];
	const struct test_stream *s = &test_streams[2];
	struct deflate_stream_result result;
	struct piecewise p;
	size_t len, at, format;

	for (format = DEFLATE_FORMAT_RAW; format <= DEFLATE_FORMAT_GZIP; format++) {
		memcpy(in, s->body, s->len);
		len = s->len + test_oracle_trailer(format, s->plain, s->plain_len, in + s->len);
		memset(in + len, 0xff, 100);
		for (at = s->len; at <= len + 20; at++) {
			start(&p, format);
			result = step(*state, &p, in, at, out, ROOM);
			assert_int_equal(result.produced, s->plain_len);
			assert_int_equal(result.consumed, at < len ? at : len);
			assert_true(result.final_done);
			result = step(*state, &p, in + result.consumed, len + 50 - result.consumed,
				      out, ROOM);
			assert_int_equal(result.status, DEFLATE_DONE);
			assert_int_equal(result.consumed, at < len ? len - at : 0);
			result = step(*state, &p, in, 10, out, ROOM);
			assert_int_equal(result.status, DEFLATE_DONE);
			assert_int_equal(result.consumed + result.produced, 0);
		}
		for (at = s->len; at < len; at++) {
			in[at] ^= 0x10;
			start(&p, format);
			result = step(*state, &p, in, len, out, ROOM);
			assert_int_equal(result.status, DEFLATE_BAD_TRAILER);
			result = step(*state, &p, in, len, out, ROOM);
			assert_int_equal(result.status, DEFLATE_BAD_STATE);
			in[at] ^= 0x10;
		}
	}
}

/* Zero bytes that decode to all code lengths there can be. */
#define LATE 64

/* Damage: where zlib decodes we do, to the same; where it does not, we do not. */
static void
test_damaged(void **state)
{
	static uint8_t in[5000 + LATE], want[ROOM], out[ROOM];
	unsigned int i, seen[DEFLATE_BAD_STATE + 1] = { 0 };
	struct deflate_stream_result result;
	enum deflate_status said;
	struct piecewise p;
	const struct test_stream *s;
	size_t at, produced, n, len;

	for (i = 0; i < 6000; i++) {
		do
			s = &test_streams[test_random_below(&rnd, TEST_STREAMS)];
		while (s->len + LATE > sizeof(in));
		memcpy(in, s->body, s->len);
		for (n = 1 + test_random_below(&rnd, 3); n > 0; n--) {
			at = test_random_below(&rnd, i % 2 && s->len > 90 ? 90 : s->len);
			in[at] ^= 1 << test_random_below(&rnd, 8);
		}
		said = test_stream_oracle(in, s->len, want, &produced);
		len = test_random_below(&rnd, s->len);
		start(&p, DEFLATE_FORMAT_RAW);
		result = step(*state, &p, in, len, out, ROOM);
		n = result.produced;
		if (result.status == DEFLATE_IN_TRUNCATED) {
			result = step(*state, &p, in + len, s->len - len, out + n, ROOM - n);
			n += result.produced;
		}
		/* Some errors zlib sees a few bits earlier, and that no code length has a code only
		 * when it has decoded all of them.
		 */
		if (said == DEFLATE_CORRUPT && result.status == DEFLATE_IN_TRUNCATED)
			said = result.status;
		if (said == DEFLATE_IN_TRUNCATED && result.status == DEFLATE_CORRUPT) {
			memset(in + s->len, 0, LATE);
			said = test_stream_oracle(in, s->len + LATE, want, &produced);
		}
		assert_int_equal(result.status, said);
		if (said == DEFLATE_DONE)
			assert_int_equal(n, produced);
		assert_memory_equal(out, want, n < produced ? n : produced);
		seen[said]++;
	}
	assert_true(seen[DEFLATE_CORRUPT] > 1000 && seen[DEFLATE_DONE] > 300);
}

/* Scatter lists on both sides, some of them empty. */
static void
test_lists(void **state)
{
	static uint8_t out[ROOM];
	struct deflate_stream_result result;
	struct test_scatter from, to;
	const struct test_stream *s;
	struct piecewise p;
	unsigned int i;

	for (i = 0; i < 60; i++) {
		s = &test_streams[i % TEST_STREAMS];
		from = test_scatter_new(&rnd, s->len, 1 + test_random_below(&rnd, s->len));
		to = test_scatter_new(&rnd, s->plain_len, 1 + test_random_below(&rnd, 5000));
		test_scatter_put(&from, s->body, s->len);
		start(&p, DEFLATE_FORMAT_RAW);
		assert_int_equal(deflate_stream_decompress(*state, &p.params, p.state, from.seg,
							   from.nb, to.seg, to.nb, &p.sums,
							   &result), 0);
		assert_int_equal(result.status, DEFLATE_DONE);
		assert_int_equal(result.produced, s->plain_len);
		test_scatter_get(&to, out, s->plain_len);
		assert_memory_equal(out, s->plain, s->plain_len);
		test_scatter_check(&to);
		test_scatter_free(&from);
		test_scatter_free(&to);
	}
}

static int
setup(void **state)
{
	test_streams_make(&rnd);
	return test_deflate_setup(state);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	 cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_random_pieces), cmocka_unit_test(test_splits),
		cmocka_unit_test(test_trailers), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_lists),
	};

	/* Another seed as the only argument looks elsewhere; the same one looks at the same. */
	rnd.state = argc > 1 ? strtoull(argv[1], NULL, 0) : 41;
	printf("seed %llu\n", (unsigned long long)rnd.state);
	return cmocka_run_group_tests(tests, setup, test_deflate_teardown);
}
