/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The DMA map, and what happens when an address is not in it. */

#include <errno.h>
#include <stdlib.h>

#include "test_zip_model_util.h"

#define PAGE 0x1000u
#define FAR  0x700000000ull

/* Whether the model can read, by a mailbox command that copies 32 bytes from there. */
static bool
readable(struct bench *bench, uint64_t iova)
{
	return (bench_mailbox(bench, 0x00002002, iova) >> 9 & 0xf) != 4;
}

/* Write there, by a dump; the bytes that came. */
static bool
writable(struct bench *bench, uint64_t iova)
{
	return (bench_mailbox(bench, 0x00006002, iova) >> 9 & 0xf) != 4;
}

static void
rights_and_ranges(void **state)
{
	struct bench bench;
	uint8_t *page;

	(void)state;
	bench_open(&bench, NULL);
	page = bench.mem + BENCH_IN;
	assert_int_equal(zip_model_dma_map(bench.model, FAR, PAGE, page, 1), 0);
	assert_int_equal(zip_model_dma_map(bench.model, FAR + 2 * PAGE, PAGE, page, 2), 0);
	assert_true(readable(&bench, FAR));
	assert_false(writable(&bench, FAR));
	assert_false(readable(&bench, FAR + 2 * PAGE));
	assert_true(writable(&bench, FAR + 2 * PAGE));
	assert_true(readable(&bench, FAR + PAGE - 32));
	assert_false(readable(&bench, FAR + PAGE - 31));
	assert_false(readable(&bench, FAR - 1));
	/* Overlaps, from both sides, inside and around. */
	assert_int_equal(zip_model_dma_map(bench.model, FAR, PAGE, page, 3), -EEXIST);
	assert_int_equal(zip_model_dma_map(bench.model, FAR - 1, 2, page, 3), -EEXIST);
	assert_int_equal(zip_model_dma_map(bench.model, FAR + PAGE - 1, 2, page, 3), -EEXIST);
	assert_int_equal(zip_model_dma_map(bench.model, FAR - PAGE, 8 * PAGE, page, 3), -EEXIST);
	assert_int_equal(zip_model_dma_map(bench.model, FAR + 8, 8, page, 3), -EEXIST);
	assert_int_equal(zip_model_dma_map(bench.model, FAR, 0, page, 3), -EINVAL);
	assert_int_equal(zip_model_dma_map(bench.model, UINT64_MAX, 2, page, 3), -EINVAL);
	assert_int_equal(zip_model_dma_map(bench.model, 0, PAGE, page, 4), -EINVAL);
	/* The ends of the address space. */
	assert_int_equal(zip_model_dma_map(bench.model, 0, PAGE, page, 1), 0);
	assert_int_equal(zip_model_dma_map(bench.model, UINT64_MAX - 0xfff, PAGE, page, 1), 0);
	assert_true(readable(&bench, 0));
	assert_true(readable(&bench, UINT64_MAX - 31));
	assert_false(readable(&bench, UINT64_MAX - 30));
	assert_int_equal(zip_model_dma_unmap(bench.model, UINT64_MAX - 0xfff, PAGE), 0);
	assert_false(readable(&bench, UINT64_MAX - 31));
	bench_close(&bench);
}

static void
unmapping_cuts(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	assert_int_equal(zip_model_dma_map(bench.model, FAR, 8 * PAGE, bench.mem + BENCH_IN, 3), 0);
	assert_int_equal(zip_model_dma_unmap(bench.model, FAR + 3 * PAGE, PAGE), 0);
	assert_true(readable(&bench, FAR + 3 * PAGE - 32));
	assert_false(readable(&bench, FAR + 3 * PAGE));
	assert_false(readable(&bench, FAR + 4 * PAGE - 1));
	*bench_dw(&bench, BENCH_IN + 4 * PAGE) =
			0xffffffff; /* a bad EQC: read at the right place */
	assert_int_equal(bench_mailbox(&bench, 0x00002002, FAR + 4 * PAGE) >> 9 & 0xf, 3);
	assert_int_equal(zip_model_dma_unmap(bench.model, FAR + 3 * PAGE, PAGE), -ENOENT);
	/* The ends of two pieces, and all of those between. */
	assert_int_equal(zip_model_dma_map(bench.model, FAR + 3 * PAGE, PAGE, bench.mem, 3), 0);
	assert_int_equal(zip_model_dma_unmap(bench.model, FAR + 2 * PAGE + 64, 3 * PAGE), 0);
	assert_true(readable(&bench, FAR + 2 * PAGE + 32));
	assert_false(readable(&bench, FAR + 2 * PAGE + 33));
	assert_false(readable(&bench, FAR + 3 * PAGE));
	assert_false(readable(&bench, FAR + 5 * PAGE + 63));
	assert_true(readable(&bench, FAR + 5 * PAGE + 64));
	/* What is gone can come again, elsewhere. */
	assert_int_equal(zip_model_dma_map(bench.model, FAR + 3 * PAGE, PAGE, bench.mem, 3), 0);
	assert_true(readable(&bench, FAR + 3 * PAGE));
	assert_int_equal(zip_model_dma_unmap(bench.model, 0, UINT64_MAX), 0);
	assert_false(readable(&bench, BENCH_IOVA));
	assert_int_equal(zip_model_dma_unmap(bench.model, FAR, 0), -EINVAL);
	assert_int_equal(zip_model_dma_unmap(bench.model, UINT64_MAX, 2), -EINVAL);
	bench_close(&bench);
}

/* As many pieces as QEMU sends, none a neighbour of another in both address spaces. */
static void
many_pieces(void **state)
{
	enum { NB = 16384 };
	struct bench bench;
	unsigned int i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < NB; i++) {
		/* An order that jumps: 5 is coprime to the number. */
		uint64_t n = i * 5u % NB;

		assert_int_equal(zip_model_dma_map(bench.model, FAR + n * PAGE, PAGE,
						 bench.mem + BENCH_IN + n % 7 * PAGE, 3),
				0);
	}
	for (i = 0; i < NB; i += 97)
		assert_true(readable(&bench, FAR + (uint64_t)i * PAGE + 64));
	assert_false(readable(&bench, FAR + (uint64_t)NB * PAGE));
	for (i = 0; i < NB; i += 2)
		assert_int_equal(zip_model_dma_unmap(bench.model, FAR + (uint64_t)i * PAGE, PAGE),
				0);
	for (i = 0; i < NB; i += 97)
		assert_int_equal(readable(&bench, FAR + (uint64_t)i * PAGE + 64), i % 2);
	zip_model_dma_unmap_all(bench.model);
	assert_false(readable(&bench, FAR + PAGE));
	bench_close(&bench);
}

/* A random walk against a table of pages that is right by being simple. */
static void
against_a_table(void **state)
{
	enum { NB = 64 };
	struct bench bench;
	int owner[NB];
	uint32_t seed = 5;
	unsigned int step;
	unsigned int i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < NB; i++)
		owner[i] = -1;
	for (step = 0; step < 20000; step++) {
		unsigned int at, len;
		bool taken = false;
		int ret;

		seed = seed * 1664525 + 1013904223;
		at = (seed >> 8) % NB;
		len = 1 + (seed >> 16) % 6;
		len = at + len > NB ? NB - at : len;
		for (i = at; i < at + len; i++)
			taken |= owner[i] >= 0;
		if (seed >> 30 & 1) {
			int base = (int)(seed >> 20) % 16;

			ret = zip_model_dma_map(bench.model, FAR + at * PAGE, len * PAGE,
					bench.mem + BENCH_IN + (base + (int)at) * PAGE, 3);
			assert_int_equal(ret, taken ? -EEXIST : 0);
			for (i = at; i < at + len && !taken; i++)
				owner[i] = base + (int)i;
		} else {
			ret = zip_model_dma_unmap(bench.model, FAR + at * PAGE, len * PAGE);
			assert_int_equal(ret, taken ? 0 : -ENOENT);
			for (i = at; i < at + len; i++)
				owner[i] = -1;
		}
		at = (seed >> 12) % NB;
		assert_int_equal(writable(&bench, FAR + at * PAGE + 128), owner[at] >= 0);
		if (owner[at] >= 0) {
			/* Through the map and past it: the same bytes. */
			*bench_dw(&bench, BENCH_IN + (uint32_t)owner[at] * PAGE + 128 + 24) =
					0xffff;
			*bench_dw(&bench, BENCH_IN + (uint32_t)owner[at] * PAGE + 128) = step;
			assert_true(readable(&bench, FAR + at * PAGE + 128));
			assert_int_equal(bench_mailbox(&bench, 0x00006002, BENCH_IOVA + BENCH_CTX),
					0x00004002);
			assert_int_equal(*bench_dw(&bench, BENCH_CTX), step);
		}
	}
	bench_close(&bench);
}

/* Rings in pieces: entries are looked up one by one, and the memory may change its place. */
static void
rings_in_pieces(void **state)
{
	struct zip_model_config config = bench_config();
	const uint32_t sqc[8] = {0, 0, 7, 0x0000703f, 0, 0, 0x00100005, 0};
	const uint32_t cqc[8] = {0, 0x10000, 7, 0x0000403f, 0, 0, 0x00000001, 0};
	struct bench_sqe sqe = bench_flat(1, 10, 10);
	struct bench bench;
	uint8_t *one;
	uint8_t *two;
	uint32_t i;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(&bench, &config);
	one = bench.mem + BENCH_IN;
	two = one + 16 * PAGE;
	/* 64 SQEs are two pages, here apart and in the other order; the CQ comes later. */
	assert_int_equal(zip_model_dma_map(bench.model, FAR, PAGE, two, 3), 0);
	assert_int_equal(zip_model_dma_map(bench.model, FAR + PAGE, PAGE, one, 3), 0);
	memcpy(bench.mem + BENCH_CTX, sqc, 32);
	memcpy(bench.mem + BENCH_CTX + 32, cqc, 32);
	assert_int_equal(bench_mailbox(&bench, 0x00052000, BENCH_IOVA + BENCH_CTX), 0x00050000);
	assert_int_equal(
			bench_mailbox(&bench, 0x00052001, BENCH_IOVA + BENCH_CTX + 32), 0x00050001);
	assert_int_equal(zip_model_dma_map(bench.model, FAR + 0x10000, PAGE, two + PAGE, 3), 0);
	for (i = 0; i < 40; i++)
		memcpy((i < 32 ? two : one) + i % 32 * 128, &sqe, 128);
	bench_doorbell(&bench, 0x0000002800000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 40);
	assert_int_equal(((uint32_t *)(void *)one)[7 * 32], 10);
	assert_int_equal(((uint32_t *)(void *)(two + PAGE))[39 * 4 + 2], 0x00050027);
	/* The second page moves. */
	assert_int_equal(zip_model_dma_unmap(bench.model, FAR + PAGE, PAGE), 0);
	assert_int_equal(zip_model_dma_map(bench.model, FAR + PAGE, PAGE, one + PAGE, 3), 0);
	memcpy(one + PAGE + 8 * 128, &sqe, 128);
	bench_doorbell(&bench, 0x0000002900000005ull);
	bench_serve(&bench);
	assert_int_equal(((uint32_t *)(void *)(one + PAGE))[8 * 32], 10);
	bench_close(&bench);
}

/* hardware.md 4.5: an AEQE of type 2 is all that can be said. */
static void
ring_out_of_reach(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench_sqe sqe = bench_flat(1, 10, 10);
	struct bench bench;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(&bench, &config);
	bench_events(&bench);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_put(&bench, 5, 0, &sqe);
	bench_put(&bench, 5, 1, &sqe);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	assert_int_equal(zip_model_dma_unmap(bench.model, 0x123470000ull, 0x4000), 0);
	bench_doorbell(&bench, 0x0000000200000005ull);
	bench_serve(&bench);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	assert_int_equal(*bench_dw(&bench, BENCH_AEQ), 0x00050005);
	assert_int_equal(bench_stats(&bench).aeqes, 1);
	assert_int_equal(bench_stats(&bench).dma_write_faults, 1);
	/* It can be stopped and started again. */
	assert_int_equal(bench_mailbox(&bench, 0x00052008, 0), 0x00050008);
	assert_int_equal(zip_model_dma_map(bench.model, 0x123470000ull, 0x4000,
					 bench_cqe_at(&bench, 5, 0), 3),
			0);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_doorbell(&bench, 0x0000000200000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 3);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(rights_and_ranges),
			cmocka_unit_test(unmapping_cuts),
			cmocka_unit_test(many_pieces),
			cmocka_unit_test(against_a_table),
			cmocka_unit_test(rings_in_pieces),
			cmocka_unit_test(ring_out_of_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
