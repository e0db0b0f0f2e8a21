/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Damaged and forged states: a status, and nothing outside of the buffers, which end where memory
 * does. A forged state has the right check, so that what is behind it is tried as well.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "deflate_stream.h"
#include "test_deflate_util.h"

#define PLAIN 6000u
#define ROOM 8000u
#define ROUNDS 6000u

/* Where the check stands in a state, and all that it is over. */
#define CHECK 8u
#define CHECKED 12u
/* Behind these bytes there is history only. */
#define NUMBERS 424u

static struct test_random rnd;
static uint8_t plain[PLAIN], packed[ROOM];

struct fuzz {
	struct test_guarded state;
	struct test_guarded in;
	struct test_guarded out;
	struct deflate_sums sums;
	struct deflate_params params;
	size_t in_len;
	unsigned int seen[DEFLATE_BAD_STATE + 1];
};

static void
reseal(uint8_t *state)
{
	uint32_t check = crc32(0, state + CHECKED, DEFLATE_STREAM_STATE_LEN - CHECKED);

	memcpy(state + CHECK, &check, sizeof(check));
}

static struct deflate_stream_result
step(struct deflate_ctx *ctx, struct fuzz *f, size_t in_at, size_t in_len, size_t room)
{
	/* Both end at their guards. */
	struct deflate_seg in = { f->in.base + f->in.len - in_len, in_len };
	struct deflate_seg out = { f->out.base + f->out.len - room, room };
	struct deflate_stream_result result;

	if (in_len > f->in_len - in_at)
		in.len = in_len = f->in_len - in_at;
	in.base = f->in.base + f->in.len - in_len;
	memcpy(in.base, packed + in_at, in_len);
	assert_int_equal(deflate_stream_decompress(ctx, &f->params, f->state.base, &in, 1, &out, 1,
						   &f->sums, &result), 0);
	assert_true(result.consumed <= in_len && result.produced <= room);
	f->seen[result.status]++;
	return result;
}

/* A stream that stopped somewhere. */
static size_t
half_way(struct deflate_ctx *ctx, struct fuzz *f)
{
	const struct test_oracle how = {
		.level = test_random_below(&rnd, 10),
		.strategy = test_random_below(&rnd, 5),
		.window_log2 = 15,
		.mem_level = 1 + test_random_below(&rnd, 9),
	};

	test_fill(&rnd, test_random_below(&rnd, TEST_SHAPES), plain, PLAIN);
	f->in_len = test_oracle_deflate(&how, plain, test_random_below(&rnd, PLAIN), packed, ROOM);
	memset(packed + f->in_len, 0, 8);
	f->in_len += 8;
	f->sums = (struct deflate_sums){ .adler32 = 1 };
	f->params.format = test_random_below(&rnd, 3);
	deflate_stream_start(f->state.base, DEFLATE_STREAM_DECOMPRESS);
	return step(ctx, f, 0, test_random_below(&rnd, 4) ? test_random_below(&rnd, f->in_len) :
			test_random_below(&rnd, 100),
		    test_random_below(&rnd, ROOM)).consumed;
}

static void
forge(struct fuzz *f)
{
	unsigned int hits = 1 + test_random_below(&rnd, 4);
	size_t at, below = test_random_below(&rnd, 3) ? 80 : NUMBERS;
	uint32_t word;

	for (; hits > 0; hits--) {
		at = CHECKED + test_random_below(&rnd, below - CHECKED);
		switch (test_random_below(&rnd, 4)) {
		case 0:
			f->state.base[at] ^= 1 << test_random_below(&rnd, 8);
			break;
		case 1:
			f->state.base[at] = test_random_below(&rnd, 20);
			break;
		default:
			/* Numbers of 32 bits: small ones, and those near their bounds. */
			word = 1u << test_random_below(&rnd, 32);
			word -= test_random_below(&rnd, 3) - 1;
			word = test_random_below(&rnd, 2) ? word : test_random_below(&rnd, 16);
			memcpy(f->state.base + at / 4 * 4, &word, sizeof(word));
		}
	}
	reseal(f->state.base);
}

static void
open_fuzz(struct fuzz *f)
{
	*f = (struct fuzz){ .params = { .window_log2 = 15, .checksums = 3 } };
	f->state = test_guarded_new(DEFLATE_STREAM_STATE_LEN, true);
	f->in = test_guarded_new(ROOM, true);
	f->out = test_guarded_new(ROOM, true);
}

static void
close_fuzz(struct fuzz *f)
{
	test_guarded_free(&f->state);
	test_guarded_free(&f->in);
	test_guarded_free(&f->out);
}

static void
test_forged(void **state)
{
	struct deflate_stream_result result;
	struct fuzz f;
	unsigned int i, j;
	size_t at;

	open_fuzz(&f);
	for (i = 0; i < ROUNDS; i++) {
		at = half_way(*state, &f);
		forge(&f);
		for (j = 0; j < 6; j++) {
			result = step(*state, &f, at, test_random_below(&rnd, f.in_len),
				      test_random_below(&rnd, j % 2 ? ROOM : 300));
			at += result.consumed;
			if (result.status == DEFLATE_BAD_STATE)
				break;
		}
	}
	/* Forging gets further than the first look, or this shows little. */
	for (i = DEFLATE_DONE; i <= DEFLATE_BAD_STATE; i++)
		assert_true(f.seen[i] > ROUNDS / 100);
	close_fuzz(&f);
}

/* Without a new check, no damage gets in: each byte of the numbers, and some of the history. */
static void
test_damaged(void **state)
{
	static uint8_t good[DEFLATE_STREAM_STATE_LEN];
	struct deflate_stream_result result;
	struct fuzz f;
	size_t i, at, in_at;

	open_fuzz(&f);
	in_at = half_way(*state, &f);
	memcpy(good, f.state.base, sizeof(good));
	for (i = 0; i < NUMBERS + 600; i++) {
		at = i < NUMBERS ? i : test_random_below(&rnd, sizeof(good));
		memcpy(f.state.base, good, sizeof(good));
		f.state.base[at] ^= 1 + test_random_below(&rnd, 255);
		result = step(*state, &f, in_at, ROOM, ROOM);
		assert_int_equal(result.status, DEFLATE_BAD_STATE);
		assert_int_equal(result.consumed + result.produced, 0);
	}
	memcpy(f.state.base, good, sizeof(good));
	assert_int_not_equal(step(*state, &f, in_at, ROOM, ROOM).status, DEFLATE_BAD_STATE);
	close_fuzz(&f);
}

/* A forged compressor: zlib and ISA-L get what it says is there. */
static void
test_forged_compressor(void **state)
{
	struct deflate_stream_result result;
	struct deflate_seg in, out;
	struct fuzz f;
	unsigned int i;

	open_fuzz(&f);
	for (i = 0; i < 1500; i++) {
		test_fill(&rnd, i % TEST_SHAPES, f.in.base, PLAIN);
		in = (struct deflate_seg){ f.in.base, test_random_below(&rnd, PLAIN) };
		out = (struct deflate_seg){ f.out.base, test_random_below(&rnd, ROOM) };
		deflate_stream_start(f.state.base, DEFLATE_STREAM_COMPRESS);
		f.params.engine = i % 2;
		f.params.level = i % 4;
		assert_int_equal(deflate_stream_compress(*state, &f.params, i % 3, f.state.base,
							 &in, 1, &out, 1, &f.sums, &result), 0);
		forge(&f);
		assert_int_equal(deflate_stream_compress(*state, &f.params, i % 3, f.state.base,
							 &in, 1, &out, 1, &f.sums, &result), 0);
		assert_true(result.produced <= out.len);
	}
	close_fuzz(&f);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_forged_compressor),
	};

	/* Another seed as the only argument looks elsewhere; the same one looks at the same. */
	rnd.state = argc > 1 ? strtoull(argv[1], NULL, 0) : 47;
	printf("seed %llu\n", (unsigned long long)rnd.state);
	return cmocka_run_group_tests(tests, test_deflate_setup, test_deflate_teardown);
}
