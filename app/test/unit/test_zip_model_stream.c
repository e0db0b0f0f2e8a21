/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Stateful requests: bodies in pieces of 1 byte to 1 MiB, in both directions, with zlib at the
 * other end, and a model that is made anew between two requests of a stream.
 */

#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "test_zip_model_util.h"

/* The memory of the stream's context: hardware.md 8.8 gives the SQE the address behind 64 bytes. */
#define CONTEXT 0x340040u
#define CONTEXT_ROOM 0x97c0u

#define PLAIN_LEN 3000000u

/* Raw windows of zlib; the engine writes no headers, hardware.md 10.1. */
#define RAW (-15)

/* dw7: type 3, stateful; new, finish. */
#define DW7 0x34000000u
#define NEW 0x08000000u
#define FINISH 0x02000000u

static uint8_t *plain;
static uint8_t *body;
static uint64_t seed;

struct stream {
	struct bench bench;
	uint32_t request;
	uint32_t dw7;
	bool decompress;
	uint32_t words[5]; /* dw15, dw28 to dw31 */
	bool going;
};

static uint32_t
below(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

static void
stream_open(struct stream *s, enum zip_model_engine engine, enum zip_model_hw hw, uint32_t request,
		bool decompress)
{
	struct zip_model_config config = bench_config();

	config.engine = engine;
	config.level = 1;
	config.hw = hw;
	bench_open(&s->bench, &config);
	s->request = request;
	s->dw7 = hw == ZIP_MODEL_V2 ? DW7 & 0x0fffffff : DW7;
	s->decompress = decompress;
	s->going = false;
	memset(s->bench.mem + CONTEXT - 64, 0x5a, 0x10000);
}

/* Another process takes over: the client's memory is all that is left. */
static void
stream_restart(struct stream *s)
{
	struct bench *bench = &s->bench;

	zip_model_destroy(bench->model);
	assert_int_equal(zip_model_create(&bench->config, &bench->host, &bench->model), 0);
	zip_model_command(bench->model, 0x0006);
	assert_int_equal(zip_model_dma_map(bench->model, BENCH_IOVA, BENCH_LEN, bench->mem, 3), 0);
}

static struct bench_sqe
stream_sqe(const struct stream *s, uint32_t in_len, uint32_t out_len, uint32_t bits)
{
	struct bench_sqe sqe = bench_flat(s->request, in_len, out_len);
	const uint64_t context = BENCH_IOVA + CONTEXT;

	/* The tag has another place on V2. */
	if (s->bench.config.hw == ZIP_MODEL_V2) {
		sqe.dw[13] = sqe.dw[26];
		sqe.dw[26] = 0;
		sqe.dw[27] = 0;
	}
	sqe.dw[7] = s->dw7 | bits | (s->going ? 0 : NEW);
	sqe.dw[22] = (uint32_t)context;
	sqe.dw[23] = (uint32_t)(context >> 32);
	sqe.dw[15] = s->words[0];
	memcpy(&sqe.dw[28], &s->words[1], 16);
	return sqe;
}

static struct bench_sqe
stream_run(struct stream *s, const struct bench_sqe *sqe)
{
	struct bench_sqe done = bench_run(&s->bench, s->decompress, sqe);

	s->words[0] = done.dw[15];
	memcpy(&s->words[1], &done.dw[28], 16);
	s->going = true;
	/* hardware.md 8.8: head bit count 0. */
	assert_int_equal(done.dw[15] & 0xfc00, 0);
	assert_memory_equal(&done.dw[4], &sqe->dw[4], 11 * 4);
	return done;
}

static struct bench_sqe
stream_step(struct stream *s, uint32_t in_len, uint32_t out_len, uint32_t bits)
{
	const struct bench_sqe sqe = stream_sqe(s, in_len, out_len, bits);

	return stream_run(s, &sqe);
}

static uint32_t
trailer(uint32_t request, uint32_t len, uint8_t *to)
{
	uint32_t words[2] = {(uint32_t)crc32(0, plain, len), len};

	if (request == 2)
		words[0] = __builtin_bswap32((uint32_t)adler32(1, plain, len));
	memcpy(to, words, 8);
	return request == 1 ? 0 : request == 2 ? 4 : 8;
}

static uint32_t
piece(uint32_t left, unsigned int i)
{
	uint32_t len = 1 + below(1u << (i % 3 == 2 ? 20 : below(16)));

	return len < left ? len : left;
}

static void
check_compress(struct stream *s)
{
	uint32_t at = 0;
	uint32_t len = 0;
	unsigned int i;
	uint8_t want[8];

	for (i = 0; at < PLAIN_LEN; i++) {
		uint32_t n = piece(PLAIN_LEN - at, i);
		uint32_t room = (n * 9 + 7) / 8 < 200 ? 200 : (n * 9 + 7) / 8;
		bool last = at + n == PLAIN_LEN;
		struct bench_sqe done;

		if (below(8) == 0)
			stream_restart(s);
		memcpy(s->bench.mem + BENCH_IN, plain + at, n);
		done = stream_step(s, n, room, last ? FINISH : 0);
		at += n;
		assert_int_equal(done.dw[0], n);
		assert_int_equal(done.dw[3] & ~0xdu, last ? 0x100 : 0);
		assert_int_equal((done.dw[3] & 0xd) == 0xd, done.dw[1] >= n);
		assert_in_range(done.dw[1], 1, room);
		assert_int_equal(done.dw[2], done.dw[1]);
		assert_int_equal(done.dw[15], last ? 0x80 : 0);
		assert_int_equal(done.dw[28], 0);
		assert_int_equal(done.dw[29], at < 0x8000 ? at : 0x8000);
		assert_int_equal(done.dw[30], at);
		assert_int_equal(done.dw[31], bench_checksum(s->request, plain, at));
		memcpy(body + len, s->bench.mem + BENCH_OUT, done.dw[1]);
		len += done.dw[1];
	}
	i = trailer(s->request, PLAIN_LEN, want);
	assert_memory_equal(body + len - i, want, i);
	assert_true(bench_zlib_inflate(body, len - i, plain, PLAIN_LEN, RAW));
	/* Finished is finished: only a new one can follow. */
	assert_int_equal(stream_step(s, 100, 200, 0).dw[3], 0x41);
}

static void
check_decompress(struct stream *s)
{
	uint32_t len = (uint32_t)bench_zlib_deflate(plain, PLAIN_LEN, body, PLAIN_LEN, RAW);
	uint32_t in = 0;
	uint32_t out = 0;
	uint32_t st[4] = {0};
	struct bench_sqe done;
	unsigned int i;

	len += trailer(s->request, PLAIN_LEN, body + len);
	memset(body + len, 0xff, 100);
	for (i = 0;; i++) {
		uint32_t n = below(4) ? piece(len - in, i) : 0;
		uint32_t room = 199 + piece(0x100000, i);

		if (below(8) == 0)
			stream_restart(s);
		/* Nothing is read of the source of an empty request. */
		memcpy(s->bench.mem + BENCH_IN, body + in, n);
		done = stream_step(s, n, room, 0);
		in += done.dw[0];
		out += done.dw[1];
		assert_true(done.dw[0] <= n && done.dw[1] <= room && out <= PLAIN_LEN);
		assert_memory_equal(s->bench.mem + BENCH_OUT, plain + out - done.dw[1], done.dw[1]);
		assert_int_equal(done.dw[30], out);
		assert_int_equal(done.dw[31], bench_checksum(s->request, plain, out));
		if (done.dw[3] == 0x113)
			break;
		assert_int_equal(done.dw[3] & ~0x100u, 0);
		st[done.dw[15] & 0xf]++;
		/* Held back data, and only then a full output. */
		assert_int_equal((done.dw[28] & 0x7ffff) != 0,
				(done.dw[15] & 0xf) == 1 || (done.dw[15] & 0xf) == 2);
		if (done.dw[28] != 0)
			assert_int_equal(done.dw[1], room);
		else
			assert_int_equal(done.dw[0], n);
	}
	assert_int_equal(in, len);
	assert_int_equal(out, PLAIN_LEN);
	assert_true(st[0] > 0 && st[2] > 0);
	done = stream_step(s, 100, 1000, 0);
	assert_int_equal(done.dw[3], 0x113);
	assert_int_equal(done.dw[0] + done.dw[1], 0);
}

static void
streams(void **state)
{
	struct stream s;
	unsigned int i;

	(void)state;
	for (i = 0; i < 12; i++) {
		stream_open(&s, i & 1 ? ZIP_MODEL_ENGINE_ZLIB : ZIP_MODEL_ENGINE_ISAL, ZIP_MODEL_V3,
				1 + i / 2 % 3, i >= 6);
		if (i < 6)
			check_compress(&s);
		else
			check_decompress(&s);
		/* Nothing is written outside the room: hardware.md 8.8. */
		assert_int_equal(*bench_dw(&s.bench, CONTEXT - 4), 0x5a5a5a5a);
		assert_int_equal(*bench_dw(&s.bench, CONTEXT + CONTEXT_ROOM), 0x5a5a5a5a);
		bench_close(&s.bench);
	}
	for (i = 0; i < 2; i++) {
		stream_open(&s, ZIP_MODEL_ENGINE_ISAL, ZIP_MODEL_V2, 3, i > 0);
		(i == 0 ? check_compress : check_decompress)(&s);
		bench_close(&s.bench);
	}
}

static void
put_in(struct stream *s, const void *data, size_t len)
{
	if (len > 0)
		memcpy(s->bench.mem + BENCH_IN, data, len);
}

/* One request, and all that it says of the stream. */
static void
expect(struct stream *s, const void *in, uint32_t in_len, uint32_t room, uint32_t consumed,
		uint32_t produced, uint32_t dw3, uint32_t dw15, uint32_t dw28)
{
	struct bench_sqe done;

	put_in(s, in, in_len);
	done = stream_step(s, in_len, room, 0);
	assert_int_equal(done.dw[0], consumed);
	assert_int_equal(done.dw[1], produced);
	assert_int_equal(done.dw[3], dw3);
	assert_int_equal(done.dw[15], dw15);
	assert_int_equal(done.dw[28], dw28);
}

/* ctx_st of hardware.md 8.6, by streams made by hand: stored blocks of 'A' and of 300 zeros, then a
 * final block of fixed codes, two 'a' and matches of 258 and 257 at distance 1, then the Adler-32.
 */
static const uint8_t stored_a[] = {0x00, 0x01, 0x00, 0xfe, 0xff, 'A'};
static const uint8_t stored_300[] = {0x00, 0x2c, 0x01, 0xd3, 0xfe};
static const uint8_t zeros[300];
static const uint8_t final_block[] = {0x4b, 0x4c, 0x1c, 0x05, 0x23, 0x1e, 0x00, 0x00};

static uint32_t
adler_by_hand(void)
{
	static uint8_t text[1 + 300 + 517];

	memset(text, 0, sizeof(text));
	text[0] = 'A';
	memset(text + 301, 'a', 517);
	return __builtin_bswap32((uint32_t)adler32(1, text, sizeof(text)));
}

static void
states_of_contexts(void **state)
{
	uint32_t sum = adler_by_hand();
	struct stream s;

	(void)state;
	stream_open(&s, ZIP_MODEL_ENGINE_ISAL, ZIP_MODEL_V3, 2, true);
	expect(&s, NULL, 0, 200, 0, 0, 0x000, 3, 0);
	expect(&s, stored_a, 4, 200, 4, 0, 0x000, 0, 0);
	expect(&s, stored_a + 4, 2, 200, 2, 1, 0x000, 3, 0);
	expect(&s, stored_300, 5, 200, 5, 0, 0x000, 0, 0);
	expect(&s, zeros, 300, 200, 200, 200, 0x000, 2, 1);
	/* Nothing new, and so nothing due. */
	expect(&s, zeros, 0, 200, 0, 0, 0x000, 0, 0);
	expect(&s, zeros, 100, 200, 100, 100, 0x000, 3, 0);
	/* 200 of 2 + 258, and the rest; 200 of 257, and the rest. */
	expect(&s, final_block, 4, 200, 4, 200, 0x000, 0x81, 60);
	expect(&s, final_block + 4, 0, 0x10, 0, 0, 0x000, 0x81, 60);
	expect(&s, final_block + 4, 0, 200, 0, 60, 0x000, 0x80, 0);
	expect(&s, final_block + 4, 2, 200, 2, 0, 0x000, 0x80, 0);
	expect(&s, final_block + 6, 1, 200, 1, 200, 0x000, 0x81, 57);
	expect(&s, zeros, 0, 200, 0, 57, 0x000, 0x80, 0);
	/* The block's end, then the trailer. */
	expect(&s, final_block + 7, 1, 200, 1, 0, 0x100, 0x80, 0);
	expect(&s, &sum, 3, 200, 3, 0, 0x100, 0x80, 0);
	expect(&s, (uint8_t *)&sum + 3, 1, 200, 1, 0, 0x113, 0x80, 0);
	expect(&s, zeros, 10, 200, 0, 0, 0x113, 0x80, 0);
	bench_close(&s.bench);
}

/* hardware.md 8.5: what ends a stream for good. */
static void
broken_streams(void **state)
{
	static const uint8_t no_block[] = {0x07};
	uint32_t sum = adler_by_hand();
	struct stream s;

	(void)state;
	stream_open(&s, ZIP_MODEL_ENGINE_ISAL, ZIP_MODEL_V3, 2, true);
	expect(&s, stored_a, 6, 200, 6, 1, 0x000, 3, 0);
	expect(&s, no_block, 1, 200, 1, 0, 0x010, 0x80, 0);
	expect(&s, stored_a, 6, 200, 0, 0, 0x041, 0x80, 0);
	s.going = false;
	/* Without the blocks before it, the sum is another. */
	expect(&s, final_block, 8, 1000, 8, 517, 0x100, 0x80, 0);
	expect(&s, &sum, 4, 200, 4, 0, 0x110, 0x80, 0);
	expect(&s, &sum, 4, 200, 0, 0, 0x041, 0x80, 0);
	bench_close(&s.bench);
}

static uint32_t
status_of(struct stream *s, const struct bench_sqe *sqe)
{
	struct bench_sqe done = bench_run(&s->bench, s->decompress, sqe);

	/* What is refused changes nothing. */
	assert_int_equal(done.dw[0] + done.dw[1], 0);
	assert_int_equal(done.dw[15], sqe->dw[15]);
	assert_memory_equal(&done.dw[4], &sqe->dw[4], 28 * 4);
	return done.dw[3];
}

/* hardware.md 8.4 */
static void
lengths(void **state)
{
	struct bench_sqe sqe;
	struct stream s;

	(void)state;
	stream_open(&s, ZIP_MODEL_ENGINE_ISAL, ZIP_MODEL_V3, 1, false);
	put_in(&s, plain, 1000);
	stream_step(&s, 1000, 1125, 0);
	sqe = stream_sqe(&s, 1000, 1124, 0);
	assert_int_equal(status_of(&s, &sqe), 0x0e);
	sqe = stream_sqe(&s, 1, 199, 0);
	assert_int_equal(status_of(&s, &sqe), 0x0e);
	/* A no-op. */
	sqe = stream_sqe(&s, 0, 0x10, 0);
	assert_int_equal(status_of(&s, &sqe), 0);
	sqe = stream_sqe(&s, 0, 1000, FINISH);
	assert_int_equal(status_of(&s, &sqe), 0x05);
	sqe = stream_sqe(&s, 0x800001, 0x800000, 0);
	assert_int_equal(status_of(&s, &sqe), 0x05);
	sqe = stream_sqe(&s, 1000, 0x800001, 0);
	assert_int_equal(status_of(&s, &sqe), 0x05);
	/* Flat buffers only: hardware.md 8.2. */
	sqe = stream_sqe(&s, 1000, 2000, 0);
	sqe.dw[9] |= 0x100;
	assert_int_equal(status_of(&s, &sqe), 0x04);
	/* And the stream goes on. */
	sqe = stream_sqe(&s, 1, 200, FINISH);
	assert_int_equal(stream_run(&s, &sqe).dw[3] & 0x1ff, 0x10d);
	bench_close(&s.bench);
}

/* Each word that the last request gave back must come back, and the context with it. */
static void
wrong_contexts(void **state)
{
	static const unsigned int words[] = {15, 28, 29, 30, 31};
	const uint64_t nowhere = BENCH_IOVA + BENCH_LEN - CONTEXT_ROOM / 2;
	struct bench_sqe sqe;
	struct stream s;
	unsigned int i;

	(void)state;
	stream_open(&s, ZIP_MODEL_ENGINE_ISAL, ZIP_MODEL_V3, 3, true);
	expect(&s, stored_a, 6, 200, 6, 1, 0x000, 3, 0);
	for (i = 0; i < 5; i++) {
		sqe = stream_sqe(&s, 5, 200, 0);
		sqe.dw[words[i]] ^= 0x80;
		assert_int_equal(status_of(&s, &sqe), 0x41);
	}
	sqe = stream_sqe(&s, 5, 200, 0);
	sqe.dw[9] ^= 1; /* zlib for gzip */
	assert_int_equal(status_of(&s, &sqe), 0x41);
	sqe = stream_sqe(&s, 5, 200, 0);
	s.decompress = false;
	assert_int_equal(status_of(&s, &sqe), 0x41);
	s.decompress = true;
	sqe.dw[22] = (uint32_t)nowhere;
	sqe.dw[23] = (uint32_t)(nowhere >> 32);
	assert_int_equal(status_of(&s, &sqe), 0x06);
	for (i = 0; i < 0x81c8; i += i < 600 ? 1 : 97) {
		s.bench.mem[CONTEXT + i] ^= 0x21;
		sqe = stream_sqe(&s, 5, 200, 0);
		assert_int_equal(status_of(&s, &sqe), 0x41);
		s.bench.mem[CONTEXT + i] ^= 0x21;
	}
	/* A new stream takes no notice of what is there: hardware.md 8.6. */
	memset(s.bench.mem + CONTEXT, 0xff, CONTEXT_ROOM);
	memset(s.words, 0xff, sizeof(s.words));
	s.going = false;
	expect(&s, stored_a, 6, 200, 6, 1, 0x000, 3, 0);
	bench_close(&s.bench);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(streams),
			cmocka_unit_test(states_of_contexts),
			cmocka_unit_test(broken_streams),
			cmocka_unit_test(lengths),
			cmocka_unit_test(wrong_contexts),
	};
	int failed;

	/* Another seed as the only argument looks elsewhere; the same one looks at the same. */
	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 53;
	printf("seed %llu\n", (unsigned long long)seed);
	plain = malloc(PLAIN_LEN);
	body = malloc(2 * PLAIN_LEN);
	if (plain == NULL || body == NULL)
		return 1;
	bench_text(plain, PLAIN_LEN);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(plain);
	free(body);
	return failed;
}
