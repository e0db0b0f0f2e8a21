/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * A client that writes over its own SQEs, lists and input while the engine reads them: whatever
 * comes of it, the model stays inside the map and goes on. The memory lies between pages that
 * fault, and its read-only part stays as it was.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "test_zip_model_util.h"

#define ROUNDS 200u
#define LEN    20000u

/* Of the guest: what the device may only read lies first. */
#define RO_LEN 0x40000u
#define RW_LEN 0x40000u
#define RO     0x40000000ull
#define RW     0x50000000ull

struct client {
	uint8_t *ro;
	uint8_t *rw;
	struct bench *bench;
	atomic_bool stop;
};

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Lists at the start of the read-only part, data behind them. */
static void
write_lists(struct client *client)
{
	const uint32_t lens[4] = {4000, 1, 6000, 10000};
	uint64_t in = RO + 0x2000;
	uint64_t out = RW;
	unsigned int i;

	memset(client->ro, 0, 0x1000);
	for (i = 0; i < 2; i++) {
		uint8_t *list = client->ro + i * 0x400;
		uint16_t sums[3] = {4, 4, 4};
		unsigned int e;

		memcpy(list + 8, sums, 6);
		for (e = 0; e < 4; e++) {
			memcpy(list + 64 + e * 32, i == 0 ? &in : &out, 8);
			memcpy(list + 64 + e * 32 + 16, &lens[e], 4);
			in += i == 0 ? lens[e] : 0;
			out += i == 1 ? lens[e] : 0;
		}
	}
}

static void *
scribble(void *arg)
{
	struct client *client = arg;
	uint32_t seed = 4711;

	while (!atomic_load_explicit(&client->stop, memory_order_relaxed)) {
		uint32_t what = next_random(&seed);
		volatile uint8_t *sqes = (void *)bench_sqe_at(client->bench, 5, 0);

		if (what % 3 == 0)
			sqes[next_random(&seed) % (16 * 128)] ^= 1u << what % 8;
		else if (what % 3 == 1)
			((volatile uint8_t *)client->ro)[next_random(&seed) % 0x500] ^= 1u
					<< what % 8;
		else
			((volatile uint8_t *)client->ro)[0x2000 + next_random(&seed) % LEN] ^= 1u
					<< what % 8;
		if (what % 64 == 0)
			write_lists(client);
	}
	return NULL;
}

static void
put_sqes(struct client *client, uint32_t from, uint32_t nb, unsigned int round)
{
	uint32_t i;

	for (i = from; i < from + nb; i++) {
		struct bench_sqe sqe = bench_flat(1 + round % 3, LEN, LEN);

		sqe.dw[18] = (uint32_t)RO + (round % 2 ? 0x2000 : 0);
		sqe.dw[19] = 0;
		sqe.dw[20] = round % 2 ? (uint32_t)RW : (uint32_t)RO + 0x400;
		sqe.dw[21] = 0;
		if (round % 2 == 0)
			sqe.dw[9] |= 0x100;
		bench_put(client->bench, 5, i % 16, &sqe);
	}
}

static void
attack(enum zip_model_engine engine, bool decompress)
{
	struct zip_model_config config = bench_config();
	struct client client = {0};
	uint32_t tail = 0;
	struct bench bench;
	unsigned int round;
	pthread_t thread;

	config.engine = engine;
	config.level = 1;
	bench_open(&bench, &config);
	/* Nothing but the rings of queue 5 and the two parts can be reached. */
	client.bench = &bench;
	client.ro = bench_guarded_new(RO_LEN);
	client.rw = bench_guarded_new(RW_LEN);
	bench_queue(&bench, 5, decompress, 16, 1);
	zip_model_dma_unmap_all(bench.model);
	assert_int_equal(zip_model_dma_map(bench.model, 0x123450000ull, 0x24000,
					 (uint8_t *)bench_sqe_at(&bench, 5, 0), 3),
			0);
	assert_int_equal(zip_model_dma_map(bench.model, RO, RO_LEN, client.ro, 1), 0);
	assert_int_equal(zip_model_dma_map(bench.model, RW, RW_LEN, client.rw, 3), 0);
	bench_text(client.ro + 0x2000, LEN);
	memset(client.ro + 0x10000, 0x5a, RO_LEN - 0x10000);
	write_lists(&client);
	assert_int_equal(pthread_create(&thread, NULL, scribble, &client), 0);
	for (round = 0; round < ROUNDS; round++) {
		put_sqes(&client, tail, 8, round);
		tail = (tail + 8) % 16;
		bench_doorbell(&bench, (uint64_t)tail << 32 | 5);
		bench_serve(&bench);
		bench_doorbell(&bench, (uint64_t)tail << 32 | 0x1005);
		bench_serve(&bench);
	}
	atomic_store(&client.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, ROUNDS * 8);
	for (round = 0x10000; round < RO_LEN; round++)
		assert_int_equal(client.ro[round], 0x5a);
	bench_guarded_free(client.ro, RO_LEN);
	bench_guarded_free(client.rw, RW_LEN);
	bench_close(&bench);
}

static void
memory_that_changes(void **state)
{
	(void)state;
	if (BENCH_RACES_REPORTED)
		skip();
	attack(ZIP_MODEL_ENGINE_ISAL, false);
	attack(ZIP_MODEL_ENGINE_ISAL, true);
	attack(ZIP_MODEL_ENGINE_ZLIB, false);
	attack(ZIP_MODEL_ENGINE_ZLIB, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(memory_that_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
