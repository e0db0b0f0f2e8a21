/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Queues: doorbells of both kinds, order, phases, full rings, pacing, resets. */

#include <errno.h>

#include "test_zip_model_util.h"

/* hardware.md 5.1 */
static uint64_t
sq_word(unsigned int queue, uint32_t tail)
{
	return (uint64_t)tail << 32 | queue;
}

static uint64_t
cq_word(unsigned int queue, uint32_t head)
{
	return (uint64_t)head << 32 | 0x1000 | queue;
}

static void
open_null(struct bench *bench, bool shadow)
{
	struct zip_model_config config = bench_config();

	config.engine = ZIP_MODEL_ENGINE_NULL;
	config.shadow = shadow;
	bench_open(bench, &config);
}

/* SQE n carries n + 1 as its length, so that its completion can be told from others. */
static void
put_range(struct bench *bench, unsigned int queue, uint32_t depth, uint32_t from, uint32_t nb)
{
	uint32_t i;

	for (i = from; i < from + nb; i++) {
		struct bench_sqe sqe = bench_flat(1, i + 1, 0x10000);

		bench_put(bench, queue, i % depth, &sqe);
	}
}

static void
entry_image(void **state)
{
	struct bench bench;
	uint8_t *cqe;

	(void)state;
	open_null(&bench, false);
	bench_queue(&bench, 5, false, 1024, 1);
	put_range(&bench, 5, 1024, 0, 9);
	memset(bench_cqe_at(&bench, 5, 8), 0x5a, 8);
	bench_doorbell(&bench, 0x0000000900000005ull); /* hardware.md A.3 */
	bench_serve(&bench);
	/* hardware.md A.4: the ninth, SQE 8 of queue 5, first pass */
	cqe = (uint8_t *)bench_cqe_at(&bench, 5, 8);
	assert_int_equal(cqe[8] | cqe[9] << 8, 0x0008);
	assert_int_equal(cqe[10] | cqe[11] << 8, 0x0005);
	assert_int_equal(cqe[14] | cqe[15] << 8, 0x0001);
	assert_int_equal(bench_cqe_at(&bench, 5, 8)[0], 0);
	assert_int_equal(bench_cqe_at(&bench, 5, 9)[3], 0);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 9);
	assert_int_equal(bench_queue_stats(&bench, 5).sq_chip, 1);
	assert_int_equal(bench_queue_stats(&bench, 5).bytes_in, 45);
	bench_close(&bench);
}

/* Many times round a small ring, in order, with the phase of each pass. */
static void
phases_and_order(void **state)
{
	const uint32_t depth = 7;
	struct bench bench;
	uint32_t done = 0;

	(void)state;
	open_null(&bench, false);
	bench_queue(&bench, 5, false, depth, 1);
	while (done < 10 * depth) {
		uint32_t nb = 1 + done % (depth - 1);
		uint32_t i;

		put_range(&bench, 5, depth, done, nb);
		bench_doorbell(&bench, sq_word(5, (done + nb) % depth));
		bench_serve(&bench);
		for (i = 0; i < nb; i++, done++) {
			uint32_t *cqe = bench_cqe_at(&bench, 5, done % depth);

			assert_int_equal(cqe[2], done % depth | 0x00050000);
			assert_int_equal(cqe[3] >> 16, 1 - done / depth % 2);
			assert_int_equal(bench_sqe_at(&bench, 5, done % depth)[0], done + 1);
		}
		bench_doorbell(&bench, cq_word(5, done % depth));
	}
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, done);
	bench_close(&bench);
}

static void
full_cq_waits(void **state)
{
	struct bench bench;

	(void)state;
	open_null(&bench, false);
	bench_queue(&bench, 5, false, 8, 1);
	put_range(&bench, 5, 8, 0, 7);
	bench_doorbell(&bench, sq_word(5, 7));
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 7);
	/* The software has taken none: the next ones wait, and nothing is written over. */
	put_range(&bench, 5, 8, 7, 3);
	bench_doorbell(&bench, sq_word(5, 2));
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 7);
	assert_int_equal(bench_cqe_at(&bench, 5, 7)[3], 0);
	assert_int_equal(bench_cqe_at(&bench, 5, 0)[3], 0x00010000);
	bench_doorbell(&bench, cq_word(5, 1));
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 8);
	bench_doorbell(&bench, cq_word(5, 3));
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 10);
	assert_int_equal(bench_cqe_at(&bench, 5, 0)[3], 0);
	bench_close(&bench);
}

static void
bad_doorbells(void **state)
{
	/* A wrong tag, an index beyond the ring, SQ and CQ; a queue that was never set up. */
	static const uint64_t words[] = {0x0000000100010005ull, 0x0000001000000005ull,
			0x0000001000001005ull, 0x0000ffff00000005ull, 0x0000000100011005ull,
			0x0000000100000006ull};
	struct bench bench;
	uint64_t word = 0x0000000100000005ull;
	size_t i;

	(void)state;
	open_null(&bench, false);
	bench_queue(&bench, 5, false, 16, 1);
	put_range(&bench, 5, 16, 0, 1);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		bench_doorbell(&bench, words[i]);
	bench_doorbell(&bench, 0x0000000100000010ull); /* queue 16 of 16 */
	assert_int_equal(zip_model_write(bench.model, 2, 0x2000, &word, 8), 0);
	word = 0x0000000100004005ull; /* no such command */
	assert_int_equal(zip_model_write(bench.model, 2, 0x1000, &word, 8), 0);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, 5);
	assert_int_equal(bench_queue_stats(&bench, 6).dropped, 1);
	assert_int_equal(bench_stats(&bench).dropped_doorbells, 3);
	assert_int_equal(bench_stats(&bench).queues.sqes, 0);
	bench_close(&bench);
}

/* The tag of the context, which a poisoned one changes: hardware.md 4.2, 5.1. */
static void
tags(void **state)
{
	const uint32_t poisoned[8] = {0, 0x23450000, 1, 0x000073ff, 0x0000aaaa, 0, 0x00100005, 0};
	const uint32_t disabled[8] = {0, 0x23450000, 1, 0x000073ff, 0, 0, 0x00400005, 0};
	struct bench bench;

	(void)state;
	open_null(&bench, false);
	bench_queue(&bench, 5, false, 1024, 1);
	put_range(&bench, 5, 1024, 0, 1);
	memcpy(bench.mem + BENCH_CTX, poisoned, 32);
	assert_int_equal(bench_mailbox(&bench, 0x00052000, BENCH_IOVA + BENCH_CTX), 0x00050000);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	bench_doorbell(&bench, 0x00000001aaaa0005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	memcpy(bench.mem + BENCH_CTX, disabled, 32);
	assert_int_equal(bench_mailbox(&bench, 0x00052000, BENCH_IOVA + BENCH_CTX), 0x00050000);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	bench_close(&bench);
}

static void
isolated_windows(void **state)
{
	struct zip_model_config config = bench_config();
	uint64_t word = 0x0000000100000005ull;
	struct bench bench;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	config.db_isolation = true;
	bench_open(&bench, &config);
	bench_queue(&bench, 5, false, 1024, 1);
	put_range(&bench, 5, 1024, 0, 2);
	/* hardware.md 5.2; in another's window it is dropped */
	assert_int_equal(zip_model_write(bench.model, 4, 0x41000, &word, 8), 0);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	assert_int_equal(bench_stats(&bench).dropped_doorbells, 1);
	assert_int_equal(zip_model_write(bench.model, 4, 0x51000, &word, 8), 0);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	word = 0x0000000200000005ull;
	bench_doorbell(&bench, word);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	assert_int_equal(zip_model_write(bench.model, 4, 0x51008, &word, 8), -EINVAL);
	assert_int_equal(zip_model_write(bench.model, 4, 0x101000, &word, 8), -EINVAL);
	assert_true(zip_model_is_doorbell(4, 0x51000));
	assert_true(zip_model_is_doorbell(2, 0x2000));
	assert_false(zip_model_is_doorbell(4, 0x51008));
	assert_false(zip_model_is_doorbell(2, 0x0c));
	bench_close(&bench);
}

static void
shadow_doorbells(void **state)
{
	/* Queue 5's lines: 5 * 128 bytes, and 64 further. */
	enum { SQ = 80, CQ = 88 };
	struct bench bench;
	uint64_t word;

	(void)state;
	open_null(&bench, true);
	bench.shadow[SQ] = 0x0000000300000005ull;
	bench_queue(&bench, 5, false, 8, 1);
	/* What lay in the line before the queue started is gone. */
	assert_int_equal(bench.shadow[SQ], 0);
	put_range(&bench, 5, 8, 0, 7);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	bench.shadow[SQ] = 0x0000000700000005ull;
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 7);
	/* The same word again is no event; one for another queue or beyond the ring is refused. */
	bench_serve(&bench);
	bench.shadow[SQ] = 0x0000000100000004ull;
	bench_serve(&bench);
	bench.shadow[SQ] = 0x0000000800000005ull;
	bench_serve(&bench);
	bench.shadow[CQ] = 0x0000000200000005ull; /* an SQ word in the CQ's line */
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, 3);
	assert_int_equal(bench_queue_stats(&bench, 5).sq_shadow, 1);
	bench.shadow[CQ] = 0x0000000700001005ull;
	put_range(&bench, 5, 8, 7, 2);
	bench.shadow[SQ] = 0x0000000100000005ull;
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 9);
	assert_int_equal(bench_queue_stats(&bench, 5).sq_shadow, 2);
	assert_int_equal(bench_queue_stats(&bench, 5).cq_shadow, 1);
	assert_int_equal(bench_queue_stats(&bench, 5).sq_chip, 0);
	/* BAR 0 by access instead of by map. */
	assert_int_equal(zip_model_read(bench.model, 0, SQ * 8, &word, 8), 0);
	assert_int_equal(word, 0x0000000100000005ull);
	word = 0x0000000200000005ull;
	put_range(&bench, 5, 8, 9, 1);
	assert_int_equal(zip_model_write(bench.model, 0, SQ * 8, &word, 8), 0);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 10);
	/* Stopping clears the lines before it is acknowledged. */
	assert_int_equal(bench_mailbox(&bench, 0x00052008, 0), 0x00050008);
	assert_int_equal(bench.shadow[SQ] | bench.shadow[CQ], 0);
	bench_close(&bench);
}

/* The chip's doorbells work beside them, on another queue. */
static void
chip_beside_shadow(void **state)
{
	struct bench bench;

	(void)state;
	open_null(&bench, true);
	bench_queue(&bench, 5, false, 8, 1);
	bench_queue(&bench, 6, true, 8, 1);
	put_range(&bench, 5, 8, 0, 1);
	put_range(&bench, 6, 8, 0, 1);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench.shadow[96] = 0x0000000100000006ull;
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	assert_int_equal(bench_queue_stats(&bench, 6).sqes, 1);
	assert_int_equal(bench_stats(&bench).queues.sq_chip, 1);
	assert_int_equal(bench_stats(&bench).queues.sq_shadow, 1);
	bench_close(&bench);
}

static void
resets_forget(void **state)
{
	static const enum zip_model_reset_kind kinds[] = {
			ZIP_MODEL_RESET_FLR, ZIP_MODEL_RESET_DEVICE, ZIP_MODEL_RESET_DISCONNECT};
	struct bench bench;
	size_t i;

	(void)state;
	open_null(&bench, true);
	for (i = 0; i < 3; i++) {
		bench_queue(&bench, 5, false, 8, 1);
		put_range(&bench, 5, 8, 0, 2);
		bench.shadow[80] = 0x0000000100000005ull;
		bench_doorbell(&bench, 0x0000000200000005ull);
		zip_model_reset(bench.model, kinds[i]);
		assert_int_equal(bench.shadow[80], 0);
		bench.shadow[80] = 0x0000000200000005ull;
		bench_doorbell(&bench, 0x0000000200000005ull);
		assert_int_equal(bench_serve(&bench), 0);
	}
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	/* The client's memory went with it, its map too. */
	assert_int_equal(bench_mailbox(&bench, 0x00052000, BENCH_IOVA), 0x00050800);
	assert_int_equal(zip_model_dma_map(bench.model, BENCH_IOVA, BENCH_LEN, bench.mem, 3), 0);
	/* The queues of the function did not. */
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00004006);
	assert_int_equal(bench_answer(&bench), 0x0001f00000000000ull);
	bench_queue(&bench, 5, false, 8, 1);
	bench.shadow[80] = 0x0000000200000005ull;
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	bench_close(&bench);
}

static void
bus_master_off(void **state)
{
	struct bench bench;

	(void)state;
	open_null(&bench, false);
	bench_queue(&bench, 5, false, 8, 1);
	put_range(&bench, 5, 8, 0, 1);
	zip_model_command(bench.model, 0x0002);
	bench_doorbell(&bench, 0x0000000100000005ull);
	assert_int_equal(bench_serve(&bench), 0);
	zip_model_command(bench.model, 0x0006);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	bench_close(&bench);
}

static void
shares(void **state)
{
	struct bench bench;
	unsigned int q;

	(void)state;
	open_null(&bench, false);
	for (q = 0; q < 8; q++) {
		bench_queue(&bench, q, q % 2, 8, 1);
		put_range(&bench, q, 8, 0, 1);
		bench_doorbell(&bench, sq_word(q, 1));
	}
	/* Queues 2, 3, 6, 7: an rte queue pair is two neighbours. */
	while (zip_model_service(bench.model, 1, 2, 64) > 0)
		;
	for (q = 0; q < 8; q++)
		assert_int_equal(bench_queue_stats(&bench, q).sqes, q / 2 % 2);
	assert_int_equal(zip_model_service(bench.model, 2, 2, 64), 0);
	assert_int_equal(zip_model_service(bench.model, 0, 65, 64), 0);
	/* The budget bounds one call. */
	put_range(&bench, 0, 8, 1, 5);
	bench_doorbell(&bench, sq_word(0, 6));
	assert_in_range(zip_model_service(bench.model, 0, 2, 3), 1, 4);
	bench_close(&bench);
}

static void
pacing(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench bench;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	config.pace_ns_per_op = 1000000;
	config.pace_bytes_per_us = 1;
	bench_open(&bench, &config);
	bench_queue(&bench, 5, false, 64, 1);
	/* 1 ms each, and 1, 2, 3 ... us for their bytes. */
	put_range(&bench, 5, 64, 0, 10);
	bench_doorbell(&bench, sq_word(5, 10));
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	bench.now += 1000999;
	assert_int_equal(zip_model_service(bench.model, 0, 1, 64), 1); /* soon: worth waiting */
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	bench.now += 1;
	assert_int_equal(zip_model_service(bench.model, 0, 1, 64), 1);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	/* Looking late costs no throughput: what was due is done. */
	bench.now += 5 * 1000000 + 20 * 1000;
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 6);
	bench.now += 100 * 1000000;
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 10);
	/* Idle time is not saved up. */
	put_range(&bench, 5, 64, 10, 2);
	bench_doorbell(&bench, sq_word(5, 12));
	zip_model_service(bench.model, 0, 1, 64);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 10);
	bench.now += 1000000 + 11000;
	zip_model_service(bench.model, 0, 1, 64);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 11);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(entry_image),
			cmocka_unit_test(phases_and_order),
			cmocka_unit_test(full_cq_waits),
			cmocka_unit_test(bad_doorbells),
			cmocka_unit_test(tags),
			cmocka_unit_test(isolated_windows),
			cmocka_unit_test(shadow_doorbells),
			cmocka_unit_test(chip_beside_shadow),
			cmocka_unit_test(resets_forget),
			cmocka_unit_test(bus_master_off),
			cmocka_unit_test(shares),
			cmocka_unit_test(pacing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
