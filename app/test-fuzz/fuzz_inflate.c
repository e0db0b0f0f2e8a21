/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The resumable inflate on the memory of a stream and an input, both of somebody else: a status,
 * nothing outside of the buffers. The numbers of the state come from the input of the fuzzer, its
 * history does not matter.
 */

#include <stdlib.h>

#include <zlib.h>

#include "deflate_stream.h"
#include "fuzz.h"

/* Where the check stands in a state, and all that it is over; behind NUMBERS is history only. */
#define CHECK 8u
#define CHECKED 12u
#define NUMBERS 424u

#define ROOM 3000u
#define CALLS 4

struct fuzz_reached fuzz_reached[] = {
	[DEFLATE_DONE] = {"done", 0},
	[DEFLATE_OUT_FULL] = {"full", 0},
	[DEFLATE_IN_TRUNCATED] = {"truncated", 0},
	[DEFLATE_CORRUPT] = {"corrupt", 0},
	[DEFLATE_BAD_TRAILER] = {"trailers", 0},
	[DEFLATE_BAD_STATE] = {"states", 0},
	{NULL, 0},
};

static struct deflate_ctx *ctx;

/* A state with these numbers, and with the right check unless it is to be wrong. */
static uint8_t *
make_state(struct fuzz_input *input, int sealed)
{
	uint8_t *state = aligned_alloc(8, DEFLATE_STREAM_STATE_LEN);
	uint32_t check;

	if (state == NULL)
		abort();
	for (size_t i = 0; i < DEFLATE_STREAM_STATE_LEN; i++)
		state[i] = (uint8_t)(i * 7);
	fuzz_take(input, state, NUMBERS);
	check = (uint32_t)crc32(0, state + CHECKED, DEFLATE_STREAM_STATE_LEN - CHECKED);
	if (sealed)
		memcpy(state + CHECK, &check, sizeof(check));
	return state;
}

/* One call, with memory that ends where it is said to end. @return bytes consumed */
static size_t
call(const struct deflate_params *params, uint8_t *state, struct fuzz_input *input, size_t in_len,
     size_t room, struct deflate_sums *sums)
{
	struct deflate_seg in = {malloc(in_len + (in_len == 0)), in_len};
	struct deflate_seg out = {malloc(room + (room == 0)), room};
	struct deflate_stream_result result;

	if (in.base == NULL || out.base == NULL)
		abort();
	memcpy(in.base, input->at, in_len);
	if (deflate_stream_decompress(ctx, params, state, &in, 1, &out, 1, sums, &result) != 0)
		abort();
	if (result.consumed > in_len || result.produced > room || result.window_len > 32768 ||
	    result.status > DEFLATE_BAD_STATE)
		abort();
	fuzz_reached[result.status].count++;
	free(in.base);
	free(out.base);
	return result.consumed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct deflate_params params = {.window_log2 = 15, .checksums = 3};
	struct fuzz_input input = {data, size};
	struct deflate_sums sums = {.adler32 = 1};
	uint8_t how = fuzz_take8(&input), plan[2 * CALLS];
	uint8_t *state;

	if (ctx == NULL && deflate_ctx_create(&ctx) != 0)
		abort();
	params.format = (enum deflate_format)(how / 8 % 3);
	if (how % 4 == 0) {
		state = aligned_alloc(8, DEFLATE_STREAM_STATE_LEN);
		if (state == NULL)
			abort();
		deflate_stream_start(state, DEFLATE_STREAM_DECOMPRESS);
	} else {
		state = make_state(&input, how % 4 != 1);
	}
	fuzz_take(&input, plan, sizeof(plan));
	for (int i = 0; i < CALLS; i++) {
		size_t in_len = i < CALLS - 1 ? plan[2 * i] * 4u : input.left;
		size_t room = plan[2 * i + 1] * (size_t)(i % 2 ? 1 : ROOM / 255), used;

		if (in_len > input.left)
			in_len = input.left;
		used = call(&params, state, &input, in_len, room, &sums);
		input.at += used;
		input.left -= used;
	}
	free(state);
	return 0;
}

static size_t
stream_of(unsigned int which, uint8_t *to, size_t room)
{
	static const int formats[] = {-15, 15, 31};
	static const size_t headers[] = {0, 2, 10};
	static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE};
	uint8_t plain[1200];
	z_stream z = {0};

	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)"engine queue of the ring"[i * i % (7 + which) % 24];
	if (deflateInit2(&z, which % 5 == 4 ? 0 : 6, Z_DEFLATED, formats[which % 3], 8,
			 strategies[which % 4]) != Z_OK)
		abort();
	z.next_in = plain;
	z.avail_in = sizeof(plain);
	z.next_out = to;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	/* Headers are not of the stream. */
	memmove(to, to + headers[which % 3], z.total_out - headers[which % 3]);
	return z.total_out - headers[which % 3];
}

/* A whole stream from its start, or the rest of one and the state from half-way. */
size_t
fuzz_sample(unsigned int which, uint8_t *data)
{
	static const uint8_t plan[2 * CALLS] = {20, 255, 10, 200, 255, 255, 0, 255};
	struct deflate_params params = {.window_log2 = 15, .checksums = 3};
	struct deflate_stream_result result;
	struct deflate_sums sums = {.adler32 = 1};
	uint8_t packed[2000], plain[2000];
	struct deflate_seg in = {packed, 0}, out = {plain, 0};
	size_t at = 1, used = 0, len;
	static uint8_t state[DEFLATE_STREAM_STATE_LEN] __attribute__((aligned(8)));

	if (which >= 30)
		return 0;
	if (ctx == NULL && deflate_ctx_create(&ctx) != 0)
		abort();
	len = stream_of(which, packed, sizeof(packed));
	params.format = (enum deflate_format)(which % 3);
	data[0] = (uint8_t)(which % 3 * 8);
	if (which >= 10) {
		data[0] |= which % 10 == 0 ? 1 : 2;
		deflate_stream_start(state, DEFLATE_STREAM_DECOMPRESS);
		in.len = len * (which - 9) / 22;
		out.len = which % 2 ? 100 : sizeof(plain);
		if (deflate_stream_decompress(ctx, &params, state, &in, 1, &out, 1, &sums,
					      &result) != 0)
			abort();
		used = result.consumed;
		memcpy(data + at, state, NUMBERS);
		at += NUMBERS;
	}
	memcpy(data + at, plan, sizeof(plan));
	at += sizeof(plan);
	memcpy(data + at, packed + used, len - used);
	return at + len - used;
}
