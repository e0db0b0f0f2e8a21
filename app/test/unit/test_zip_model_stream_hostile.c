/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Contexts in hostile hands: forged ones, ones that change while the engine works, ones that are
 * their stream's input and output as well, and memory in scattered pages. A request ends with a
 * status that is listed, and nothing outside the map is touched: context and data lie between pages
 * that fault.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <zlib.h>

#include "test_zip_model_util.h"

#define PAGE  0x1000u
#define LEN   20000u

/* Of the guest: the context ends where its memory does, and so do input and output. */
#define CTX      0x40000000ull
#define CTX_LEN  0xa000u
#define CTX_ROOM 0x97c0u
#define DATA     0x50000000ull
#define DATA_LEN 0x20000u

/* In the context: words that must come back, then the state with its check over what follows. */
#define CTX_STATE 32u
#define CTX_CHECK (CTX_STATE + 8)
#define CTX_END   0x81c8u

struct client {
	struct bench bench;
	uint8_t *ctx;
	uint8_t *data;
	uint8_t plain[LEN];
	uint8_t packed[2 * LEN];
	uint32_t packed_len;
	bool decompress;
	uint32_t tail;
	atomic_bool stop;
};

static uint64_t seed;

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*state >> 33);
}

static void
client_open(struct client *c, enum zip_model_engine engine, bool decompress)
{
	struct zip_model_config config = bench_config();

	memset(c, 0, sizeof(*c));
	config.engine = engine;
	config.level = 1;
	bench_open(&c->bench, &config);
	c->decompress = decompress;
	c->ctx = bench_guarded_new(CTX_LEN);
	c->data = bench_guarded_new(DATA_LEN);
	bench_text(c->plain, LEN);
	c->packed_len = (uint32_t)bench_zlib_deflate(
			c->plain, LEN, c->packed, sizeof(c->packed), -15);
	bench_queue(&c->bench, 5, decompress, 16, 1);
	zip_model_dma_unmap_all(c->bench.model);
	assert_int_equal(zip_model_dma_map(c->bench.model, 0x123450000ull, 0x24000,
					 (uint8_t *)bench_sqe_at(&c->bench, 5, 0), 3),
			0);
}

static void
client_close(struct client *c)
{
	bench_guarded_free(c->ctx, CTX_LEN);
	bench_guarded_free(c->data, DATA_LEN);
	bench_close(&c->bench);
}

/* Map both in one piece each. */
static void
client_map(struct client *c)
{
	assert_int_equal(zip_model_dma_map(c->bench.model, CTX, CTX_LEN, c->ctx, 3), 0);
	assert_int_equal(zip_model_dma_map(c->bench.model, DATA, DATA_LEN, c->data, 3), 0);
}

/* A request; the context and the input's end at their memory's ends. */
static struct bench_sqe
client_sqe(uint32_t in_len, uint32_t room, bool first)
{
	struct bench_sqe sqe = bench_flat(1, in_len, room);

	sqe.dw[7] = first ? 0x3c000000 : 0x34000000;
	sqe.dw[18] = (uint32_t)(DATA + DATA_LEN - in_len);
	sqe.dw[19] = 0;
	sqe.dw[20] = (uint32_t)DATA;
	sqe.dw[21] = 0;
	sqe.dw[22] = (uint32_t)(CTX + CTX_LEN - CTX_ROOM);
	sqe.dw[23] = 0;
	return sqe;
}

static struct bench_sqe
client_run(struct client *c, const struct bench_sqe *sqe)
{
	struct bench_sqe done;

	bench_put(&c->bench, 5, c->tail, sqe);
	c->tail = (c->tail + 1) % 16;
	bench_doorbell(&c->bench, (uint64_t)c->tail << 32 | 5);
	bench_serve(&c->bench);
	bench_doorbell(&c->bench, (uint64_t)c->tail << 32 | 0x1005);
	bench_serve(&c->bench);
	memcpy(&done, bench_sqe_at(&c->bench, 5, (c->tail + 15) % 16), sizeof(done));
	return done;
}

/* A status that is listed: hardware.md 8.5, zip_model.h. */
static void
check_status(const struct bench_sqe *done)
{
	static const uint8_t listed[] = {
			0x00, 0x04, 0x05, 0x06, 0x07, 0x0d, 0x0e, 0x10, 0x13, 0x41};

	assert_non_null(memchr(listed, (int)(done->dw[3] & 0xff), sizeof(listed)));
	assert_int_equal(done->dw[3] & 0xfffffe00, 0);
}

static void
carry(struct bench_sqe *next, const struct bench_sqe *done)
{
	next->dw[15] = done->dw[15];
	memcpy(&next->dw[28], &done->dw[28], 16);
}

/* Half of a stream, so that there is something in the context. */
static struct bench_sqe
half_way(struct client *c)
{
	uint32_t in = c->decompress ? 200 + next_random(&seed) % (c->packed_len - 300) : LEN / 2;
	struct bench_sqe sqe = client_sqe(in, c->decompress ? 5000 : DATA_LEN / 2, true);

	memcpy(c->data + DATA_LEN - in, c->decompress ? c->packed : c->plain, in);
	return client_run(c, &sqe);
}

/* A few numbers of the state, with a check that is right again. */
static void
forge(struct client *c)
{
	uint8_t *ctx = c->ctx + CTX_LEN - CTX_ROOM;
	unsigned int hits = 1 + next_random(&seed) % 3;
	uint32_t check;
	uint32_t word;

	for (; hits > 0; hits--) {
		word = 1u << next_random(&seed) % 32;
		word = next_random(&seed) % 2 ? word - next_random(&seed) % 2
					      : next_random(&seed) % 16;
		memcpy(ctx + CTX_CHECK + 8 + next_random(&seed) % 14 * 4, &word, 4);
	}
	check = (uint32_t)crc32(0, ctx + CTX_CHECK + 4, CTX_END - CTX_CHECK - 4);
	memcpy(ctx + CTX_CHECK, &check, 4);
}

static void
forged(void **state)
{
	unsigned int passed = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct client c;
		unsigned int round;

		client_open(&c, i & 1 ? ZIP_MODEL_ENGINE_ZLIB : ZIP_MODEL_ENGINE_ISAL, i & 2);
		client_map(&c);
		for (round = 0; round < 400; round++) {
			struct bench_sqe done = half_way(&c);
			struct bench_sqe sqe = client_sqe(500, 1000, false);

			carry(&sqe, &done);
			forge(&c);
			done = client_run(&c, &sqe);
			check_status(&done);
			passed += (done.dw[3] & 0xff) != 0x41;
		}
		client_close(&c);
	}
	/* Some forgeries are as good as the real one, or this shows little. */
	assert_in_range(passed, 50, 1500);
}

/* The context is the source, or the destination, or both. */
static void
overlapping(void **state)
{
	struct client c;
	unsigned int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		struct bench_sqe done;
		struct bench_sqe sqe;

		if (i % 100 == 0) {
			client_open(&c, ZIP_MODEL_ENGINE_ISAL, i > 0);
			client_map(&c);
		}
		done = half_way(&c);
		sqe = client_sqe(2000, 9000, false);
		carry(&sqe, &done);
		if (i & 1)
			sqe.dw[18] = (uint32_t)(CTX + next_random(&seed) % (CTX_LEN - 9000));
		if (i & 2)
			sqe.dw[20] = (uint32_t)(CTX + next_random(&seed) % (CTX_LEN - 9000));
		done = client_run(&c, &sqe);
		check_status(&done);
		if (i % 100 == 99)
			client_close(&c);
	}
}

static void *
scribble(void *arg)
{
	struct client *c = arg;
	uint64_t state = 4711;

	while (!atomic_load_explicit(&c->stop, memory_order_relaxed)) {
		uint32_t what = next_random(&state);
		volatile uint8_t *ctx = c->ctx;
		volatile uint8_t *data = c->data;
		volatile uint8_t *sqes = (void *)bench_sqe_at(&c->bench, 5, 0);

		ctx[what % 64 == 0 ? next_random(&state) % CTX_LEN : 0] ^= 1u << what % 8;
		data[next_random(&state) % DATA_LEN] ^= 1u << what % 8;
		if (what % 32 == 0)
			sqes[next_random(&state) % (16 * 128)] ^= 1u << what % 8;
	}
	return NULL;
}

static void
changing(void **state)
{
	unsigned int i;

	(void)state;
	if (BENCH_RACES_REPORTED)
		skip();
	for (i = 0; i < 4; i++) {
		struct client c;
		unsigned int round;
		pthread_t thread;

		client_open(&c, i & 1 ? ZIP_MODEL_ENGINE_ZLIB : ZIP_MODEL_ENGINE_ISAL, i & 2);
		client_map(&c);
		assert_int_equal(pthread_create(&thread, NULL, scribble, &c), 0);
		for (round = 0; round < 150; round++) {
			struct bench_sqe done = half_way(&c);
			struct bench_sqe sqe = client_sqe(3000, 9000, false);

			carry(&sqe, &done);
			client_run(&c, &sqe);
		}
		atomic_store(&c.stop, true);
		pthread_join(thread, NULL);
		assert_int_equal(bench_queue_stats(&c.bench, 5).sqes, 300);
		client_close(&c);
	}
}

/* Pages one by one and in no order, as under an IOMMU; one that cannot be written is a fault. */
static void
scattered(void **state)
{
	struct bench_sqe done;
	struct bench_sqe sqe;
	struct client c;
	uint32_t at = 0;
	uint32_t page;

	(void)state;
	client_open(&c, ZIP_MODEL_ENGINE_ISAL, true);
	for (page = 0; page < CTX_LEN / PAGE; page++)
		assert_int_equal(zip_model_dma_map(c.bench.model, CTX + page * PAGE, PAGE,
						 c.ctx + page * 7 % (CTX_LEN / PAGE) * PAGE, 3),
				0);
	for (page = 0; page < DATA_LEN / PAGE; page++)
		assert_int_equal(zip_model_dma_map(c.bench.model, DATA + page * PAGE, PAGE,
						 c.data + (page ^ 5) * PAGE, 3),
				0);
	/* One page holds the input of each request. */
	memcpy(c.data + ((DATA_LEN / PAGE - 1) ^ 5) * PAGE, c.packed, 1000);
	sqe = client_sqe(1000, LEN, true);
	sqe.dw[18] = (uint32_t)(DATA + DATA_LEN - PAGE);
	done = client_run(&c, &sqe);
	while (done.dw[3] != 0x113) {
		uint32_t i;

		assert_int_equal(done.dw[3], 0);
		for (i = 0; i < done.dw[1]; i++, at++)
			assert_int_equal(c.data[((i / PAGE) ^ 5) * PAGE + i % PAGE], c.plain[at]);
		sqe = client_sqe(done.dw[4] - done.dw[0], 5000, false);
		sqe.dw[18] = done.dw[18] + done.dw[0];
		carry(&sqe, &done);
		if (sqe.dw[4] == 0)
			break;
		done = client_run(&c, &sqe);
	}
	assert_true(at > 1000);
	zip_model_dma_unmap_all(c.bench.model);
	assert_int_equal(zip_model_dma_map(c.bench.model, 0x123450000ull, 0x24000,
					 (uint8_t *)bench_sqe_at(&c.bench, 5, 0), 3),
			0);
	assert_int_equal(zip_model_dma_map(c.bench.model, DATA, DATA_LEN, c.data, 3), 0);
	assert_int_equal(zip_model_dma_map(c.bench.model, CTX, CTX_LEN, c.ctx, 1), 0);
	sqe = client_sqe(100, 5000, true);
	assert_int_equal(client_run(&c, &sqe).dw[3] & 0xff, 0x06);
	client_close(&c);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(forged),
			cmocka_unit_test(overlapping),
			cmocka_unit_test(changing),
			cmocka_unit_test(scattered),
	};

	/* Another seed as the only argument looks elsewhere; the same one looks at the same. */
	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 59;
	printf("seed %llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
