/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Buffers: lists of every shape, and addresses and lists that are wrong. hardware.md 9 */

#include "test_zip_model_util.h"

#define IN  (BENCH_IOVA + BENCH_IN)
#define OUT (BENCH_IOVA + BENCH_OUT)
#define LEN 50000u

/* A request over lists: dw9 with buffer type 1. */
static struct bench_sqe
listed(uint32_t in_len, uint32_t out_len, uint64_t in, uint64_t out)
{
	struct bench_sqe sqe = bench_flat(1, in_len, out_len);

	sqe.dw[9] = 0x00004101;
	sqe.dw[18] = (uint32_t)in;
	sqe.dw[19] = (uint32_t)(in >> 32);
	sqe.dw[20] = (uint32_t)out;
	sqe.dw[21] = (uint32_t)(out >> 32);
	return sqe;
}

static uint64_t
one_entry(struct bench *bench, uint32_t offset, uint64_t address, uint32_t len)
{
	return bench_sgl(bench, offset, 0, 1, &address, &len);
}

static void
open_text(struct bench *bench)
{
	struct zip_model_config config = bench_config();

	bench_open(bench, &config);
	bench_text(bench->mem + BENCH_IN, LEN);
}

/* Compress through lists; what comes out at @p out must be the plain text's stream. */
static void
check_good(struct bench *bench, const struct bench_sqe *sqe, const uint8_t *plain,
		uint32_t plain_len, const uint8_t *out)
{
	struct bench_sqe done = bench_run(bench, false, sqe);

	assert_int_equal(done.dw[3] & 0xff, 0);
	assert_int_equal(done.dw[0], plain_len);
	assert_true(bench_zlib_inflate(out, done.dw[1], plain, plain_len, -15));
}

static void
one_and_many(void **state)
{
	uint64_t addresses[255];
	uint32_t lens[255];
	struct bench_sqe sqe;
	struct bench bench;
	uint32_t at = 0;
	unsigned int i;

	(void)state;
	open_text(&bench);
	sqe = listed(LEN, LEN, one_entry(&bench, 0, IN, LEN), one_entry(&bench, 128, OUT, LEN));
	check_good(&bench, &sqe, bench.mem + BENCH_IN, LEN, bench.mem + BENCH_OUT);
	/* 255 entries of odd sizes. */
	for (i = 0; i < 255; i++) {
		lens[i] = i * 7 + 1;
		addresses[i] = IN + at;
		at += lens[i];
	}
	sqe = listed(LEN, LEN, bench_sgl(&bench, 0, 0, 255, addresses, lens),
			one_entry(&bench, 0x4000, OUT, LEN));
	check_good(&bench, &sqe, bench.mem + BENCH_IN, LEN, bench.mem + BENCH_OUT);
	/* dw4 ends the input before the list does. */
	sqe.dw[4] = 777;
	check_good(&bench, &sqe, bench.mem + BENCH_IN, 777, bench.mem + BENCH_OUT);
	bench_close(&bench);
}

/* Lists that no driver makes, though the device might well take them: hardware.md 9.1, 9.3. */
static void
doubtful_lists(void **state)
{
	const uint64_t addresses[3] = {IN, IN + 1000, IN + 1000};
	const uint32_t lens[3] = {1000, 0, LEN - 1000};
	const uint32_t full[3] = {1000, LEN - 1000, 1};
	uint16_t *sums;
	struct bench_sqe sqe;
	struct bench bench;

	(void)state;
	open_text(&bench);
	sums = (uint16_t *)(void *)(bench.mem + BENCH_SGL + 8);
	sqe = listed(LEN, LEN, bench_sgl(&bench, 0, 0, 3, addresses, lens),
			one_entry(&bench, 0x4000, OUT, LEN));
	/* An empty entry. */
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	bench_sgl(&bench, 0, 0, 2, addresses, full);
	check_good(&bench, &sqe, bench.mem + BENCH_IN, LEN, bench.mem + BENCH_OUT);
	/* Fewer in the chain, or room for fewer, than in the list. */
	sums[0] = 1;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sums[0] = 2;
	sums[2] = 1;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sums[2] = 2;
	check_good(&bench, &sqe, bench.mem + BENCH_IN, LEN, bench.mem + BENCH_OUT);
	/* The sum counts the lists behind the first, too. */
	bench_sgl(&bench, 0x800, 0, 1, &addresses[1], &full[1]);
	bench_sgl(&bench, 0, BENCH_IOVA + BENCH_SGL + 0x800, 1, addresses, full);
	sums[0] = 1;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sums[0] = 2;
	check_good(&bench, &sqe, bench.mem + BENCH_IN, LEN, bench.mem + BENCH_OUT);
	bench_close(&bench);
}

static void
chains_and_offsets(void **state)
{
	const uint64_t in_a[2] = {IN, IN + 1000};
	const uint64_t in_b[2] = {IN + 3000, IN + 3100};
	const uint64_t out_a[3] = {OUT, OUT + 10, OUT + 30};
	const uint32_t lens_a[2] = {1000, 2000};
	const uint32_t lens_b[2] = {100, LEN - 3100};
	const uint32_t lens_out[3] = {10, 20, LEN};
	struct bench_sqe sqe;
	struct bench bench;
	uint64_t first;

	(void)state;
	open_text(&bench);
	bench_sgl(&bench, 0x1000, 0, 2, in_b, lens_b);
	/* An empty list in between is nothing. */
	bench_sgl(&bench, 0x800, BENCH_IOVA + BENCH_SGL + 0x1000, 0, NULL, NULL);
	first = bench_sgl(&bench, 0, BENCH_IOVA + BENCH_SGL + 0x800, 2, in_a, lens_a);
	sqe = listed(LEN, LEN, first, bench_sgl(&bench, 0x2000, 0, 3, out_a, lens_out));
	check_good(&bench, &sqe, bench.mem + BENCH_IN, LEN, bench.mem + BENCH_OUT);
	/* Offsets within the first entry, to its end, and across entries and lists. */
	sqe.dw[7] = 0x3a000000 | 17;
	sqe.dw[8] = 10;
	sqe.dw[4] = LEN - 17;
	check_good(&bench, &sqe, bench.mem + BENCH_IN + 17, LEN - 17, bench.mem + BENCH_OUT + 10);
	sqe.dw[7] = 0x3a000000 | 3050;
	sqe.dw[8] = 29;
	sqe.dw[4] = LEN - 3050;
	check_good(&bench, &sqe, bench.mem + BENCH_IN + 3050, LEN - 3050,
			bench.mem + BENCH_OUT + 29);
	/* An offset beyond everything, and one that leaves too little. */
	sqe.dw[7] = 0x3affffff;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sqe.dw[7] = 0x3a000000 | 3051;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	bench_close(&bench);
}

static void
decompress_over_lists(void **state)
{
	uint64_t ins[100];
	uint32_t lens[100];
	uint64_t outs[3];
	uint32_t out_lens[3] = {1, 40000, 9999};
	struct bench_sqe sqe, done;
	struct bench bench;
	uint8_t *stream;
	uint32_t len;
	unsigned int i;

	(void)state;
	open_text(&bench);
	stream = bench.mem + BENCH_IN + 0x100000;
	len = (uint32_t)bench_zlib_deflate(bench.mem + BENCH_IN, LEN, stream, LEN, -15);
	for (i = 0; i < 100; i++) {
		ins[i] = IN + 0x100000 + i * (len / 100);
		lens[i] = i == 99 ? len - 99 * (len / 100) : len / 100;
	}
	for (i = 0; i < 3; i++)
		outs[i] = OUT + i * 0x20000;
	sqe = listed(len, LEN, bench_sgl(&bench, 0, 0, 100, ins, lens),
			bench_sgl(&bench, 0x4000, 0, 3, outs, out_lens));
	done = bench_run(&bench, true, &sqe);
	assert_int_equal(done.dw[3] & 0xff, 0);
	assert_int_equal(done.dw[1], LEN);
	assert_memory_equal(bench.mem + BENCH_OUT, bench.mem + BENCH_IN, 1);
	assert_memory_equal(bench.mem + BENCH_OUT + 0x20000, bench.mem + BENCH_IN + 1, 40000);
	assert_memory_equal(bench.mem + BENCH_OUT + 0x40000, bench.mem + BENCH_IN + 40001, 9999);
	bench_close(&bench);
}

/* A list may span pages, and a buffer pieces of the map. */
static void
pieces_of_the_map(void **state)
{
	struct bench_sqe sqe;
	struct bench bench;
	uint32_t page;

	(void)state;
	open_text(&bench);
	for (page = 0; page < 16; page++) {
		/* In 4 KiB pieces whose order here is turned round. */
		memcpy(bench.mem + BENCH_IN + 0x100000 + (15 - page) * 0x1000,
				bench.mem + BENCH_IN + page * 0x1000, 0x1000);
		assert_int_equal(zip_model_dma_map(bench.model, 0x900000000ull + page * 0x1000,
						 0x1000,
						 bench.mem + BENCH_IN + 0x100000 +
								 (15 - page) * 0x1000,
						 1),
				0);
	}
	sqe = bench_flat(1, LEN, LEN);
	sqe.dw[18] = 0x00000123;
	sqe.dw[19] = 9;
	sqe.dw[4] = LEN - 0x123;
	check_good(&bench, &sqe, bench.mem + BENCH_IN + 0x123, LEN - 0x123, bench.mem + BENCH_OUT);
	bench_close(&bench);
}

static void
bad_addresses(void **state)
{
	const uint64_t end = BENCH_IOVA + BENCH_LEN;
	const uint64_t addresses[] = {
			0, 8, end, end - 100, BENCH_IOVA - 8, UINT64_MAX - 50, UINT64_MAX};
	struct bench_sqe sqe;
	struct bench bench;
	size_t i;

	(void)state;
	open_text(&bench);
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		sqe = bench_flat(1, 1000, 1000);
		sqe.dw[18] = (uint32_t)addresses[i];
		sqe.dw[19] = (uint32_t)(addresses[i] >> 32);
		assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x06);
		assert_int_equal(bench_run(&bench, true, &sqe).dw[3], 0x06);
		sqe = bench_flat(1, 1000, 1000);
		sqe.dw[20] = (uint32_t)addresses[i];
		sqe.dw[21] = (uint32_t)(addresses[i] >> 32);
		assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x06);
		sqe = listed(1000, 1000, one_entry(&bench, 0, addresses[i], 1000),
				one_entry(&bench, 128, OUT, 1000));
		assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x06);
		sqe = listed(1000, 1000, addresses[i] & ~63ull, one_entry(&bench, 128, OUT, 1000));
		if ((addresses[i] & ~63ull) != end - 128)
			assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x06);
	}
	assert_int_equal(bench_stats(&bench).dma_read_faults + bench_stats(&bench).dma_write_faults,
			bench_queue_stats(&bench, 5).errors);
	/* A destination that may only be read. */
	assert_int_equal(zip_model_dma_map(bench.model, 0x10000, 0x1000, bench.mem, 1), 0);
	sqe = bench_flat(1, 1000, 1000);
	sqe.dw[20] = 0x10000;
	sqe.dw[21] = 0;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x06);
	bench_close(&bench);
}

static void
bad_lists(void **state)
{
	const uint64_t addresses[2] = {IN, IN + 500};
	const uint32_t lens[2] = {500, 499};
	struct bench_sqe sqe;
	struct bench bench;
	uint64_t out;
	uint16_t sum = 256;

	(void)state;
	open_text(&bench);
	out = one_entry(&bench, 0x4000, OUT, 2000);
	/* Less in the list than asked for, source and destination. */
	sqe = listed(1000, 2000, bench_sgl(&bench, 0, 0, 2, addresses, lens), out);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sqe.dw[4] = 999;
	sqe.dw[14] = 2001;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sqe.dw[14] = 2000;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3] & 0xff, 0);
	/* Not aligned; more entries than a list has; an entry beyond 8 MiB. */
	sqe.dw[18] += 32;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sqe.dw[18] -= 32;
	memcpy(bench.mem + BENCH_SGL + 10, &sum, 2);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sqe = listed(999, 2000, one_entry(&bench, 0, IN, 0x800001), out);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	/* A circle of empty lists; a circle with data ends when there is enough. */
	sqe = listed(999, 2000, bench_sgl(&bench, 0, BENCH_IOVA + BENCH_SGL, 0, NULL, NULL), out);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	sqe = listed(3000, 2000, bench_sgl(&bench, 0, BENCH_IOVA + BENCH_SGL, 1, addresses, lens),
			out);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3] & 0xff, 0);
	sqe.dw[4] = 500 * 256;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3] & 0xff, 0);
	sqe.dw[4] = 500 * 256 + 1;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	bench_close(&bench);
}

/* The longest chain there is: 256 lists of 255 entries of one byte. */
static void
longest_chain(void **state)
{
	const uint32_t lists = 256;
	uint64_t addresses[255];
	uint32_t lens[255];
	struct bench_sqe sqe;
	struct bench bench;
	uint64_t out;
	uint32_t i, j;

	(void)state;
	open_text(&bench);
	out = one_entry(&bench, 0, OUT, 0x100000);
	bench_text(bench.mem + BENCH_IN, lists * 255);
	for (i = 0; i < lists; i++) {
		uint32_t at = 0x800000 + i * 0x2040; /* far behind the bench's own places */

		for (j = 0; j < 255; j++) {
			addresses[j] = IN + i * 255 + j;
			lens[j] = 1;
		}
		bench_sgl(&bench, at, i + 1 < lists ? BENCH_IOVA + BENCH_SGL + at + 0x2040 : 0, 255,
				addresses, lens);
	}
	bench.mem[BENCH_SGL + 0x800008] = 0x00; /* 65280 in the chain */
	bench.mem[BENCH_SGL + 0x800009] = 0xff;
	sqe = listed(lists * 255, 0x100000, BENCH_IOVA + BENCH_SGL + 0x800000, out);
	check_good(&bench, &sqe, bench.mem + BENCH_IN, lists * 255, bench.mem + BENCH_OUT);
	/* One byte more than there is, at the end of a chain that may not go on. */
	sqe.dw[4]++;
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3], 0x07);
	bench_close(&bench);
}

/* Nothing but noise in the SQE and its lists: some status, and no harm. */
static void
noise(void **state)
{
	struct zip_model_config config = bench_config();
	uint32_t seed = 99;
	struct bench bench;
	unsigned int round;
	unsigned int i;

	(void)state;
	config.level = 1;
	bench_open(&bench, &config);
	bench_text(bench.mem + BENCH_IN, LEN);
	for (round = 0; round < 3000; round++) {
		struct bench_sqe sqe = bench_flat(1, 1000, 1000);
		uint64_t list = BENCH_IOVA + BENCH_SGL;
		unsigned int flips;

		bench_sgl(&bench, 0, 0, 2, (const uint64_t[]){IN, IN + 500},
				(const uint32_t[]){500, 500});
		bench_sgl(&bench, 0x200, 0, 1, (const uint64_t[]){OUT}, (const uint32_t[]){1000});
		if (round % 2) {
			sqe = listed(1000, 1000, list, list + 0x200);
		}
		seed = seed * 1664525 + 1013904223;
		flips = 1 + (seed >> 24) % 4;
		for (i = 0; i < flips; i++) {
			seed = seed * 1664525 + 1013904223;
			if (round % 4 == 3)
				bench.mem[BENCH_SGL + (seed >> 8) % 0x240] ^= 1u << (seed >> 29);
			else
				sqe.dw[4 + (seed >> 8) % 18] ^= 1u << (seed >> 27);
		}
		bench_run(&bench, round % 8 >= 4, &sqe);
	}
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 3000);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(one_and_many),
			cmocka_unit_test(doubtful_lists),
			cmocka_unit_test(chains_and_offsets),
			cmocka_unit_test(decompress_over_lists),
			cmocka_unit_test(pieces_of_the_map),
			cmocka_unit_test(bad_addresses),
			cmocka_unit_test(bad_lists),
			cmocka_unit_test(longest_chain),
			cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
