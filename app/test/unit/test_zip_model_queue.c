/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Queues: order, phases, full rings, shares, pacing. */

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
entry_image(void **state)
{
	struct bench bench;
	uint8_t *cqe;

	(void)state;
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_put_range(&bench, 5, 1024, 0, 9);
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
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, depth, 1);
	while (done < 10 * depth) {
		uint32_t nb = 1 + done % (depth - 1);
		uint32_t i;

		bench_put_range(&bench, 5, depth, done, nb);
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
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, 8, 1);
	bench_put_range(&bench, 5, 8, 0, 7);
	bench_doorbell(&bench, sq_word(5, 7));
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 7);
	/* The software has taken none: the next ones wait, and nothing is written over. */
	bench_put_range(&bench, 5, 8, 7, 3);
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

/* SQEs of much data do not keep a worker for as long as their number would. */
static void
much_data_ends_a_visit(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench bench;
	uint32_t i;

	(void)state;
	config.level = 1;
	bench_open(&bench, &config);
	for (i = 0; i < 8; i++) {
		struct bench_sqe sqe = bench_flat(1, i < 4 ? 0x100000 : 0x1000, 0x200000);

		bench_queue(&bench, i, false, 64, 1);
		bench_put(&bench, i, 0, &sqe);
		bench_put(&bench, i, 1, &sqe);
		bench_doorbell(&bench, sq_word(i, 2));
	}
	for (i = 0; i < 8; i++) {
		zip_model_service(bench.model, 0, 1, 64);
		/* One after the other, and each queue in its turn. */
		assert_int_equal(bench_queue_stats(&bench, i < 4 ? i : 0).sqes, i < 4 ? 1 : 2);
	}
	bench_serve(&bench);
	assert_int_equal(bench_stats(&bench).queues.sqes, 16);
	assert_int_equal(bench_stats(&bench).queues.errors, 0);
	bench_close(&bench);
}

/* So do those whose output is much, and those that fail. */
static void
much_output_ends_a_visit(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench bench;
	uint32_t i;

	(void)state;
	bench_open(&bench, &config);
	memset(bench.mem + BENCH_OUT, 0, 0x200000);
	i = (uint32_t)bench_zlib_deflate(bench.mem + BENCH_OUT, 0x200000, bench.mem + BENCH_IN,
			0x10000, -15);
	for (unsigned int queue = 0; queue < 2; queue++) {
		struct bench_sqe sqe = bench_flat(1, i, queue == 0 ? 0x200000 : 0x1fffff);

		bench_queue(&bench, queue, true, 64, 1);
		bench_put(&bench, queue, 0, &sqe);
		bench_put(&bench, queue, 1, &sqe);
		bench_doorbell(&bench, sq_word(queue, 2));
	}
	for (i = 1; i <= 4; i++) {
		zip_model_service(bench.model, 0, 1, 64);
		assert_int_equal(bench_stats(&bench).queues.sqes, i);
	}
	assert_int_equal(bench_stats(&bench).queues.errors, 2);
	bench_close(&bench);
}

/* So do those with little data and lists without end: 65280 entries of a byte each. */
static void
long_lists_end_a_visit(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 1, 1);
	uint64_t addresses[255];
	uint32_t lens[255];
	struct bench bench;
	uint64_t list;
	uint32_t i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < 255; i++) {
		addresses[i] = BENCH_IOVA + BENCH_IN;
		lens[i] = 1;
	}
	/* In a circle, of which both offsets leave the last byte. */
	list = bench_sgl(&bench, 0, BENCH_IOVA + BENCH_SGL, 255, addresses, lens);
	*bench_dw(&bench, BENCH_SGL + 8) = 255u << 16 | 65280;
	sqe.dw[7] |= 65279;
	sqe.dw[8] = 65279;
	sqe.dw[9] = 0x00004101;
	sqe.dw[18] = (uint32_t)list;
	sqe.dw[19] = (uint32_t)(list >> 32);
	sqe.dw[20] = (uint32_t)list;
	sqe.dw[21] = (uint32_t)(list >> 32);
	bench_queue(&bench, 0, false, 64, 1);
	for (i = 0; i < 4; i++)
		bench_put(&bench, 0, i, &sqe);
	bench_doorbell(&bench, sq_word(0, 4));
	for (i = 1; i <= 4; i++) {
		zip_model_service(bench.model, 0, 1, 64);
		assert_int_equal(bench_stats(&bench).queues.sqes, i);
	}
	assert_int_equal(bench_sqe_at(&bench, 0, 3)[3] & 0xff, 0x0e);
	bench_close(&bench);
}

static void
bus_master_off(void **state)
{
	struct bench bench;

	(void)state;
	bench_open_null(&bench, false);
	bench_queue(&bench, 5, false, 8, 1);
	bench_put_range(&bench, 5, 8, 0, 1);
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
	bench_open_null(&bench, false);
	for (q = 0; q < 8; q++) {
		bench_queue(&bench, q, q % 2, 8, 1);
		bench_put_range(&bench, q, 8, 0, 1);
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
	bench_put_range(&bench, 0, 8, 1, 5);
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
	bench_put_range(&bench, 5, 64, 0, 10);
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
	bench_put_range(&bench, 5, 64, 10, 2);
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
			cmocka_unit_test(much_data_ends_a_visit),
			cmocka_unit_test(much_output_ends_a_visit),
			cmocka_unit_test(long_lists_end_a_visit),
			cmocka_unit_test(bus_master_off),
			cmocka_unit_test(shares),
			cmocka_unit_test(pacing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
