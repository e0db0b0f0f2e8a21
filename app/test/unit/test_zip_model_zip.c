/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The engine: what comes out, checked by zlib, and which status says what went wrong. */

#include <zlib.h>

#include "test_zip_model_util.h"

#define TEXT_LEN 100000u

/* Raw windows of zlib; the engine writes no headers, hardware.md 10.1. */
#define RAW (-15)

/* Trailer bytes behind the body of a request type: hardware.md 10.1. */
static uint32_t
trailer_len(uint32_t request)
{
	return request == 1 ? 0 : request == 2 ? 4 : 8;
}

static void
check_trailer(uint32_t request, const uint8_t *trailer, const uint8_t *data, uint32_t len)
{
	uint32_t sum;
	uint32_t words[2];

	if (request == 2) {
		sum = (uint32_t)adler32(1, data, len);
		assert_int_equal(trailer[0], sum >> 24);
		assert_int_equal(trailer[1], sum >> 16 & 0xff);
		assert_int_equal(trailer[2], sum >> 8 & 0xff);
		assert_int_equal(trailer[3], sum & 0xff);
	} else if (request == 3) {
		memcpy(words, trailer, 8);
		assert_int_equal(words[0], (uint32_t)crc32(0, data, len));
		assert_int_equal(words[1], len);
	}
}

static void
check_compress(struct bench *bench, uint32_t request)
{
	struct bench_sqe sqe = bench_flat(request, TEXT_LEN, TEXT_LEN);
	struct bench_sqe done;
	uint8_t *in = bench->mem + BENCH_IN;
	uint8_t *out = bench->mem + BENCH_OUT;
	uint32_t body;

	bench_text(in, TEXT_LEN);
	done = bench_run(bench, false, &sqe);
	assert_int_equal(done.dw[0], TEXT_LEN);
	assert_int_equal(done.dw[3] & 0xff, 0);
	assert_in_range(done.dw[1], 100, TEXT_LEN / 2);
	body = done.dw[1] - trailer_len(request);
	assert_true(bench_zlib_inflate(out, body, in, TEXT_LEN, RAW));
	check_trailer(request, out + body, in, TEXT_LEN);
	assert_int_equal(done.dw[30], TEXT_LEN);
	assert_int_equal(done.dw[31], bench_checksum(request, in, TEXT_LEN));
	/* hardware.md 8.1: software needs these as it wrote them. */
	assert_memory_equal(&done.dw[4], &sqe.dw[4], 11 * 4);
	assert_memory_equal(&done.dw[16], &sqe.dw[16], 12 * 4);
}

static void
compress_flat(void **state)
{
	static const struct {
		enum zip_model_engine engine;
		int level;
	} engines[] = {
			{ZIP_MODEL_ENGINE_ZLIB, 1},
			{ZIP_MODEL_ENGINE_ZLIB, 9},
			{ZIP_MODEL_ENGINE_ISAL, 0},
			{ZIP_MODEL_ENGINE_ISAL, 3},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		struct zip_model_config config = bench_config();
		struct bench bench;
		uint32_t request;

		config.engine = engines[i].engine;
		config.level = engines[i].level;
		bench_open(&bench, &config);
		for (request = 1; request <= 3; request++)
			check_compress(&bench, request);
		bench_close(&bench);
	}
}

/* The plain text at BENCH_OUT + 1 MiB, its stream with trailer at BENCH_IN. The stream's length. */
static uint32_t
make_stream(struct bench *bench, uint32_t request)
{
	uint8_t *plain = bench->mem + BENCH_OUT + 0x100000;
	uint8_t *in = bench->mem + BENCH_IN;
	uint32_t body;
	uint32_t words[2];

	bench_text(plain, TEXT_LEN);
	body = (uint32_t)bench_zlib_deflate(plain, TEXT_LEN, in, TEXT_LEN, RAW);
	words[0] = (uint32_t)crc32(0, plain, TEXT_LEN);
	words[1] = TEXT_LEN;
	if (request == 2)
		words[0] = __builtin_bswap32((uint32_t)adler32(1, plain, TEXT_LEN));
	memcpy(in + body, words, 8);
	return body + trailer_len(request);
}

static void
decompress_flat(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench bench;
	uint32_t request;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_ISAL;
	config.level = 1;
	bench_open(&bench, &config);
	for (request = 1; request <= 3; request++) {
		uint32_t len = make_stream(&bench, request);
		struct bench_sqe sqe = bench_flat(request, len, TEXT_LEN);
		struct bench_sqe done = bench_run(&bench, true, &sqe);

		/* Stateless success is 0, never 0x13: hardware.md 8.5. */
		assert_int_equal(done.dw[3] & 0xff, 0);
		assert_int_equal(done.dw[0], len);
		assert_int_equal(done.dw[1], TEXT_LEN);
		assert_memory_equal(
				bench.mem + BENCH_OUT, bench.mem + BENCH_OUT + 0x100000, TEXT_LEN);
		assert_int_equal(done.dw[30], TEXT_LEN);
		assert_int_equal(done.dw[31],
				bench_checksum(request, bench.mem + BENCH_OUT, TEXT_LEN));
	}
	bench_close(&bench);
}

static uint32_t
status_of(struct bench *bench, bool decompress, const struct bench_sqe *sqe)
{
	return bench_run(bench, decompress, sqe).dw[3] & 0xff;
}

static void
statuses_of_streams(void **state)
{
	struct bench_sqe bad;
	struct bench bench;
	uint32_t request;

	(void)state;
	bench_open(&bench, NULL);
	for (request = 1; request <= 3; request++) {
		uint32_t len = make_stream(&bench, request);
		struct bench_sqe sqe = bench_flat(request, len, TEXT_LEN);

		sqe.dw[4] = len - 1;
		assert_int_equal(status_of(&bench, true, &sqe), 0x10);
		sqe.dw[4] = 10;
		assert_int_equal(status_of(&bench, true, &sqe), 0x10);
		sqe.dw[4] = len;
		sqe.dw[14] = TEXT_LEN - 1;
		assert_int_equal(status_of(&bench, true, &sqe), 0x0e);
		sqe.dw[14] = 0;
		assert_int_equal(status_of(&bench, true, &sqe), 0x0e);
		if (request == 1)
			continue;
		sqe.dw[14] = TEXT_LEN;
		bench.mem[BENCH_IN + len - 1] ^= 0x40;
		assert_int_equal(status_of(&bench, true, &sqe), 0x10);
	}
	/* Block type 3 does not exist. */
	bench.mem[BENCH_IN] = 0x07;
	bad = bench_flat(1, 100, 100);
	assert_int_equal(status_of(&bench, true, &bad), 0x10);
	assert_int_equal(bench_queue_stats(&bench, 5).errors, bench_queue_stats(&bench, 5).sqes);
	bench_close(&bench);
}

static void
negative_compression(void **state)
{
	struct bench_sqe sqe = bench_flat(2, 300, 1000);
	struct bench_sqe done;
	struct bench bench;
	uint32_t seed = 7;
	int i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < 300; i++) {
		seed = seed * 1664525 + 1013904223;
		bench.mem[BENCH_IN + i] = (uint8_t)(seed >> 24);
	}
	done = bench_run(&bench, false, &sqe);
	assert_int_equal(done.dw[3] & 0xff, 0x0d);
	assert_true(done.dw[1] >= 300);
	assert_true(bench_zlib_inflate(
			bench.mem + BENCH_OUT, done.dw[1] - 4, bench.mem + BENCH_IN, 300, RAW));
	/* A good result with less in it: not an error of the queue. */
	assert_int_equal(bench_queue_stats(&bench, 5).errors, 0);
	sqe.dw[14] = done.dw[1] - 1;
	assert_int_equal(status_of(&bench, false, &sqe), 0x0e);
	sqe.dw[14] = done.dw[1];
	assert_int_equal(status_of(&bench, false, &sqe), 0x0d);
	bench_close(&bench);
}

static void
refused_requests(void **state)
{
	struct bench_sqe sqe;
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	bench_text(bench.mem + BENCH_IN, 1000);
	sqe = bench_flat(4, 1000, 1000); /* lz4 */
	assert_int_equal(status_of(&bench, false, &sqe), 0x04);
	sqe = bench_flat(0, 1000, 1000);
	assert_int_equal(status_of(&bench, false, &sqe), 0x04);
	sqe = bench_flat(1, 1000, 1000);
	sqe.dw[7] = 0x0a000000; /* SQE type 0 is V2's */
	assert_int_equal(status_of(&bench, false, &sqe), 0x04);
	sqe.dw[7] = 0x3a000000;
	sqe.dw[9] = 0x00005001; /* no such window */
	assert_int_equal(status_of(&bench, false, &sqe), 0x04);
	sqe.dw[9] = 0x00004201; /* no such buffer type */
	assert_int_equal(status_of(&bench, false, &sqe), 0x04);
	sqe = bench_flat(1, 0, 1000);
	assert_int_equal(status_of(&bench, false, &sqe), 0x05);
	sqe = bench_flat(1, 0x800001, 1000);
	assert_int_equal(status_of(&bench, false, &sqe), 0x05);
	sqe = bench_flat(1, 1000, 0x800001);
	assert_int_equal(status_of(&bench, false, &sqe), 0x05);
	/* The kernel sends flush and new as 0, UADK as 1: hardware.md 8.2. */
	sqe = bench_flat(1, 1000, 1000);
	sqe.dw[7] = 0x30000000;
	assert_int_equal(status_of(&bench, false, &sqe), 0x00);
	bench_close(&bench);
}

/* Dwords that are for what the model does not do, and reserved bits: hardware.md 8.1, 8.2. */
static void
reserved_words(void **state)
{
	static const struct {
		unsigned int dword;
		uint32_t bits;
	} cases[] = {
			{5, 1}, {6, 1},           /* LBA */
			{7, 0x01000000}, {7, 17}, /* reserved; an offset without a list */
			{8, 0x01000000}, {8, 17}, {9, 0x00010000}, {9, 0x80000000},
			{10, 1}, {11, 1}, {12, 1}, /* DIF */
			{13, 1},                   /* the tag of V2, or a buffer's size */
			{16, 1}, {17, 1},          /* a head that no driver has */
			{24, 1}, {25, 1},          /* a key, or a third buffer */
	};
	struct zip_model_config config = bench_config();
	struct bench_sqe good = bench_flat(1, 1000, 2000);
	struct bench bench;
	size_t i;

	(void)state;
	bench_open(&bench, &config);
	bench_text(bench.mem + BENCH_IN, 1000);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench_sqe sqe = good;

		sqe.dw[cases[i].dword] |= cases[i].bits;
		assert_int_equal(status_of(&bench, false, &sqe), 0x04);
	}
	/* What the last one left in the SQE does not matter. */
	memset(good.dw, 0xff, 16);
	assert_int_equal(status_of(&bench, false, &good), 0);
	bench_close(&bench);
	config.hw = ZIP_MODEL_V2;
	bench_open(&bench, &config);
	bench_text(bench.mem + BENCH_IN, 1000);
	good = bench_flat(2, 1000, 2000);
	good.dw[7] &= 0x0fffffff;
	assert_int_equal(status_of(&bench, false, &good), 0x04); /* V3's place of the tag */
	good.dw[13] = good.dw[26];
	good.dw[26] = 0;
	good.dw[27] = 0;
	assert_int_equal(status_of(&bench, false, &good), 0);
	bench_close(&bench);
}

/* No match reaches back further than the window asked for: hardware.md 8.2. */
static void
windows(void **state)
{
	/* 4, 8, 16, 24 and 32 KiB; zlib has no 24 and takes the next smaller. */
	static const int bits[] = {12, 13, 14, 14, 15};
	struct zip_model_config config = bench_config();
	struct bench bench;
	uint32_t window;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_ISAL;
	config.level = 1;
	bench_open(&bench, &config);
	bench_text(bench.mem + BENCH_IN, TEXT_LEN);
	for (window = 0; window < 5; window++) {
		struct bench_sqe sqe = bench_flat(1, TEXT_LEN, TEXT_LEN);
		struct bench_sqe done;

		sqe.dw[9] = window << 12 | 0x1;
		done = bench_run(&bench, false, &sqe);
		assert_int_equal(done.dw[3] & 0xff, 0);
		assert_true(bench_zlib_inflate(bench.mem + BENCH_OUT, done.dw[1],
				bench.mem + BENCH_IN, TEXT_LEN, -bits[window]));
		/* Decompression ignores the field. */
		memcpy(bench.mem + BENCH_OUT + 0x100000, bench.mem + BENCH_IN, TEXT_LEN);
		sqe = bench_flat(1, make_stream(&bench, 1), TEXT_LEN);
		sqe.dw[9] = (window + 11) << 12 | 0x1;
		assert_int_equal(status_of(&bench, true, &sqe), 0);
		memcpy(bench.mem + BENCH_IN, bench.mem + BENCH_OUT + 0x100000, TEXT_LEN);
	}
	bench_close(&bench);
}

static void
largest_buffers(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench_sqe sqe = bench_flat(3, 0x800000, 0x800000);
	struct bench_sqe done;
	struct bench bench;
	uint8_t *in;

	(void)state;
	config.level = 1;
	bench_open(&bench, &config);
	in = bench.mem + BENCH_IN;
	bench_text(in, 0x800000);
	done = bench_run(&bench, false, &sqe);
	assert_int_equal(done.dw[3] & 0xff, 0);
	assert_int_equal(done.dw[0], 0x800000);
	assert_true(bench_zlib_inflate(bench.mem + BENCH_OUT, done.dw[1] - 8, in, 0x800000, RAW));
	bench_close(&bench);
}

static void
null_engine(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench_sqe sqe = bench_flat(1, 5000, 400);
	struct bench_sqe done;
	struct bench bench;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(&bench, &config);
	sqe.dw[31] = 0x5555;
	sqe.dw[18] = 0; /* no such memory: it does not look */
	done = bench_run(&bench, false, &sqe);
	assert_int_equal(done.dw[0], 5000);
	assert_int_equal(done.dw[1], 400);
	assert_int_equal(done.dw[3], 0);
	assert_memory_equal(&done.dw[4], &sqe.dw[4], 28 * 4);
	sqe.dw[7] = 0x3c000000;
	done = bench_run(&bench, false, &sqe);
	assert_int_equal(done.dw[3], 0x41);
	assert_int_equal(bench_queue_stats(&bench, 5).bytes_in, 5000);
	assert_int_equal(bench_queue_stats(&bench, 5).errors, 1);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(compress_flat),
			cmocka_unit_test(decompress_flat),
			cmocka_unit_test(statuses_of_streams),
			cmocka_unit_test(negative_compression),
			cmocka_unit_test(refused_requests),
			cmocka_unit_test(reserved_words),
			cmocka_unit_test(windows),
			cmocka_unit_test(largest_buffers),
			cmocka_unit_test(null_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
