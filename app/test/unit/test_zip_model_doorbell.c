/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Doorbells of both kinds: which are taken, which are dropped, what forgets them. */

#include <errno.h>

#include "test_zip_model_util.h"

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
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, 16, 1);
	bench_put_range(&bench, 5, 16, 0, 1);
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

static void
ring(struct bench *bench, bool shadow, uint64_t word)
{
	if (shadow)
		bench->shadow[word & 0x1000 ? 88 : 80] = word;
	else
		bench_doorbell(bench, word);
	bench_serve(bench);
}

/* What no driver that keeps its books writes: such a word is counted, and changes nothing. */
static void
wrong_doorbells_are_refused(bool shadow)
{
	static const uint64_t words[] = {
			0x0001000300000005ull, /* an SQ has nothing to arm */
			0x0002000300000005ull, /* a priority */
			0x0100000300000005ull, 0x8000000300000005ull, /* reserved bits */
			0x0002000000001005ull, 0x8000000000001005ull, /* of a CQ, too */
			0x0000000300001005ull, /* more CQEs given back than there were */
			0x0001000700001005ull,
	};
	struct bench bench;
	size_t i;

	bench_open_null(&bench, shadow);
	bench_queue(&bench, 5, false, 8, 1);
	bench_put_range(&bench, 5, 8, 0, 8);
	ring(&bench, shadow, 0x0000000200000005ull);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, 0);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ring(&bench, shadow, words[i]);
		assert_int_equal(bench_queue_stats(&bench, 5).dropped, i + 1);
		assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	}
	/* The CQ is full, three SQEs wait: the tail cannot go back to a place before the last. */
	ring(&bench, shadow, 0x0000000700000005ull);
	ring(&bench, shadow, 0x0000000200000005ull);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 7);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, i);
	ring(&bench, shadow, 0x0000000100000005ull);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, i + 1);
	/* Good ones after them. */
	ring(&bench, shadow, 0x0000000700001005ull);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, i + 1);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 10);
	bench_close(&bench);
}

static void
wrong_doorbells(void **state)
{
	(void)state;
	wrong_doorbells_are_refused(false);
	wrong_doorbells_are_refused(true);
}

/* A doorbell that waits while its CQ is made smaller. */
static void
waiting_doorbell_of_a_larger_ring(void **state)
{
	const uint32_t cqc[8] = {0, 0x23470000, 1, 0x00004001, 0, 0, 1, 0};
	struct bench bench;

	(void)state;
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, 16, 1);
	bench_put_range(&bench, 5, 16, 0, 10);
	bench_doorbell(&bench, 0x0000000500000005ull);
	bench_serve(&bench);
	bench_doorbell(&bench, 0x0000000500001005ull);
	memcpy(bench.mem + BENCH_CTX, cqc, 32);
	assert_int_equal(bench_mailbox(&bench, 0x00052001, BENCH_IOVA + BENCH_CTX), 0x00050001);
	bench_doorbell(&bench, 0x0000000a00000005ull);
	bench_serve(&bench);
	/* Two entries, of which one stays free. */
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 6);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, 1);
	bench_close(&bench);
}

static void
wrong_event_doorbells(void **state)
{
	static const uint64_t words[] = {0x0000000200002000ull, 0x0001000100002000ull,
			0x0000000100002005ull, 0x8000000100002000ull, 0x0000000100012000ull,
			0x0000000100003000ull};
	struct bench bench;
	size_t i;

	(void)state;
	bench_open_null(&bench, false);
	bench_events(&bench);
	bench_queue(&bench, 5, false, 8, 3);
	bench_put_range(&bench, 5, 8, 0, 1);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_stats(&bench).eqes, 1);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		bench_doorbell(&bench, words[i]);
		assert_int_equal(bench_stats(&bench).dropped_doorbells, i + 1);
	}
	assert_int_equal(bench_read(&bench, 0x08), 1);
	bench_doorbell(&bench, 0x0000000100002000ull);
	assert_int_equal(bench_stats(&bench).dropped_doorbells, i);
	assert_int_equal(bench_read(&bench, 0x08), 0);
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
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_put_range(&bench, 5, 1024, 0, 1);
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
	bench_put_range(&bench, 5, 1024, 0, 2);
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
	bench_open_null(&bench, true);
	bench.shadow[SQ] = 0x0000000300000005ull;
	bench_queue(&bench, 5, false, 8, 1);
	/* What lay in the line before the queue started is gone. */
	assert_int_equal(bench.shadow[SQ], 0);
	bench_put_range(&bench, 5, 8, 0, 7);
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
	bench_put_range(&bench, 5, 8, 7, 2);
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
	bench_put_range(&bench, 5, 8, 9, 1);
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
	bench_open_null(&bench, true);
	bench_queue(&bench, 5, false, 8, 1);
	bench_queue(&bench, 6, true, 8, 1);
	bench_put_range(&bench, 5, 8, 0, 1);
	bench_put_range(&bench, 6, 8, 0, 1);
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
	bench_open_null(&bench, true);
	for (i = 0; i < 3; i++) {
		bench_queue(&bench, 5, false, 8, 1);
		bench_put_range(&bench, 5, 8, 0, 2);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(bad_doorbells),
			cmocka_unit_test(wrong_doorbells),
			cmocka_unit_test(waiting_doorbell_of_a_larger_ring),
			cmocka_unit_test(wrong_event_doorbells),
			cmocka_unit_test(tags),
			cmocka_unit_test(isolated_windows),
			cmocka_unit_test(shadow_doorbells),
			cmocka_unit_test(chip_beside_shadow),
			cmocka_unit_test(resets_forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
