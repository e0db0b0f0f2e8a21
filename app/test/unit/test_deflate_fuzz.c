/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zlib.h>

#include "test_deflate_util.h"

#define PLAIN 4000
#define ROOM 6000
#define ROUNDS 20000

static uint8_t plain[PLAIN], packed[ROOM];
static struct test_random rnd;

/* A good stream, then some damage: mostly little, sometimes noise from end to end. */
static size_t
damaged_stream(void)
{
	struct test_oracle how = {
		.level = test_random_below(&rnd, 10),
		.strategy = test_random_below(&rnd, 5),
		.window_log2 = 9 + test_random_below(&rnd, 7),
		.mem_level = 1 + test_random_below(&rnd, 9),
	};
	size_t len = test_random_below(&rnd, PLAIN), n, i, hits, at, below;

	test_fill(&rnd, test_random_below(&rnd, TEST_SHAPES), plain, len);
	n = test_oracle_deflate(&how, plain, len, packed, ROOM);
	hits = test_random_below(&rnd, 8) == 0 ? n : test_random_below(&rnd, 4);
	for (i = 0; i < hits; i++) {
		/* The block header is where the decoders' tables come from. */
		below = n < 90 || test_random_below(&rnd, 2) ? n : 90;
		at = test_random_below(&rnd, below);
		if (test_random_below(&rnd, 2))
			packed[at] ^= 1 << test_random_below(&rnd, 8);
		else
			packed[at] = test_random(&rnd);
	}
	return test_random_below(&rnd, 4) == 0 ? test_random_below(&rnd, n + 1) : n;
}

static struct deflate_result
guarded_run(struct deflate_ctx *ctx, enum deflate_engine engine, size_t n, size_t room,
	    uint8_t *out)
{
	const struct deflate_params params = { .engine = engine, .window_log2 = 15 };
	struct test_guarded from = test_guarded_new(n, true), to = test_guarded_new(room, true);
	struct deflate_result result;

	memcpy(from.base, packed, n);
	result = test_decompress(ctx, &params, from.base, n, to.base, room);
	assert_true(result.consumed <= n && result.produced <= room);
	memcpy(out, to.base, result.produced);
	test_guarded_free(&from);
	test_guarded_free(&to);
	return result;
}

static struct deflate_result
scattered_run(struct deflate_ctx *ctx, size_t n, size_t room, uint8_t *out)
{
	const struct deflate_params params = { .window_log2 = 15 };
	struct test_scatter from = test_scatter_new(&rnd, n, 1 + test_random_below(&rnd, n));
	struct test_scatter to = test_scatter_new(&rnd, room, 1 + test_random_below(&rnd, room));
	struct deflate_result result;

	test_scatter_put(&from, packed, n);
	if (room == ROOM)
		test_scatter_widen(&to);
	assert_int_equal(deflate_decompress(ctx, &params, from.seg, from.nb, to.seg, to.nb,
					    &result), 0);
	assert_true(result.consumed <= n);
	test_scatter_check(&from);
	test_scatter_check(&to);
	/* Damage can make more of it than there was. */
	if (result.produced > ROOM)
		result.produced = 0;
	test_scatter_get(&to, out, result.produced);
	test_scatter_free(&from);
	test_scatter_free(&to);
	return result;
}

/* Where zlib decodes, ISA-L gives the same; where ISA-L does not, both say why in the same way. */
static void
check_agree(const struct deflate_result *zlib, const uint8_t *zlib_out,
	    const struct deflate_result *isal, const uint8_t *isal_out)
{
	if (zlib->status == DEFLATE_DONE || isal->status == DEFLATE_CORRUPT) {
		assert_int_equal(isal->status, zlib->status);
		assert_int_equal(isal->consumed, zlib->consumed);
		assert_int_equal(isal->produced, zlib->produced);
	}
	if (isal->status == zlib->status && isal->produced == zlib->produced)
		assert_memory_equal(isal_out, zlib_out, zlib->produced);
}

static void
test_damaged(void **state)
{
	static uint8_t out[3][ROOM];
	struct deflate_result zlib, isal, lists;
	unsigned int i, seen[5] = { 0 };
	size_t n, room;

	for (i = 0; i < ROUNDS; i++) {
		n = damaged_stream();
		room = i % 8 == 0 ? ROOM : test_random_below(&rnd, ROOM);
		zlib = guarded_run(*state, DEFLATE_ENGINE_ZLIB, n, room, out[0]);
		isal = guarded_run(*state, DEFLATE_ENGINE_ISAL, n, room, out[1]);
		check_agree(&zlib, out[0], &isal, out[1]);
		if (i % 4 == 0) {
			lists = scattered_run(*state, n, room, out[2]);
			/* More room makes more of what was full. */
			if (room < ROOM || (zlib.status != DEFLATE_OUT_FULL &&
					    isal.status != DEFLATE_OUT_FULL)) {
				assert_int_equal(lists.status, isal.status);
				check_agree(&zlib, out[0], &lists, out[2]);
			}
		}
		seen[zlib.status]++;
	}
	/* The damage is of all kinds, or this test shows little. */
	for (i = DEFLATE_DONE; i <= DEFLATE_CORRUPT; i++)
		assert_true(seen[i] > ROUNDS / 50);
}

#define SHARED 65536

static pid_t
start_scribbler(uint8_t *shared)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	/* Ends with its parent, or by itself. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(50);
	for (;;)
		((volatile uint8_t *)shared)[test_random_below(&rnd, SHARED)] ^= test_random(&rnd);
}

static void
run_scribbled(struct deflate_ctx *ctx, uint8_t *shared, uint8_t *out, unsigned int round)
{
	struct deflate_params params = {
		.engine = round % 4 == 3 ? DEFLATE_ENGINE_ZLIB : DEFLATE_ENGINE_ISAL,
		.format = round % 3,
		.level = round / 4 % 4,
		.huffman = round / 16 % 2,
		.window_log2 = 15,
	};
	size_t len = round % 5 == 0 ? test_random_below(&rnd, SHARED) : SHARED;
	/* The data ends where the guard begins, or starts where it ends. */
	uint8_t *from = round % 2 ? shared : shared + SHARED - len;
	struct deflate_result result;

	result = test_compress(ctx, &params, from, len, out, 2 * SHARED);
	assert_true(result.produced <= 2 * SHARED);
	result = test_decompress(ctx, &params, from, len, out, 2 * SHARED);
	assert_true(result.consumed <= len && result.produced <= 2 * SHARED);
}

/* Somebody else writes the input while the engines read it: any outcome, but within bounds. */
static void
test_input_changes(void **state)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct test_guarded out = test_guarded_new(2 * SHARED, true);
	uint8_t *map = mmap(NULL, SHARED + 2 * page, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint8_t *shared = map + page;
	struct test_oracle how = { 6, Z_DEFAULT_STRATEGY, 15, 8 };
	static uint8_t good[2 * SHARED], data[SHARED];
	unsigned int round;
	pid_t scribbler;

	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(shared, SHARED, PROT_READ | PROT_WRITE), 0);
	scribbler = start_scribbler(shared);
	for (round = 0; round < 600; round++) {
		test_fill(&rnd, round % TEST_SHAPES, data, SHARED);
		test_oracle_deflate(&how, data, SHARED, good, sizeof(good));
		memcpy(shared, round % 2 ? good : data, SHARED);
		run_scribbled(*state, shared, out.base, round);
	}
	kill(scribbler, SIGKILL);
	assert_int_equal(waitpid(scribbler, NULL, 0), scribbler);
	munmap(map, SHARED + 2 * page);
	test_guarded_free(&out);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_input_changes),
	};

	/* Another seed as the only argument looks elsewhere; the same one looks at the same. */
	rnd.state = argc > 1 ? strtoull(argv[1], NULL, 0) : 31;
	printf("seed %llu\n", (unsigned long long)rnd.state);
	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
