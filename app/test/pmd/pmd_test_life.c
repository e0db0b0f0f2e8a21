/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pmd_case.h"

/* A few ops in both directions on one queue pair, checked. */
static void
work_a_little(struct pmd_case *c, uint16_t qp)
{
	uint8_t *plain = pmd_data_new(3000);

	for (int i = 0; i < 4; i++) {
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 3000);
		pmd_case_inflate(c, &pmd_zlib_usual, plain, 3000);
	}
	pmd_batch_run_reset(&c->batch, qp, 8);
	free(plain);
}

/* For cases that configure the device themselves: xforms come and go with it. */
static int
open_bare(void **state)
{
	struct pmd_case *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	pmd_batch_open(&c->batch, 2 * PMD_BURST_MAX, (size_t)8 << 20);
	*state = c;
	return 0;
}

static int
close_bare(void **state)
{
	struct pmd_case *c = *state;

	rte_compressdev_stop(pmd_dev.id);
	pmd_batch_close(&c->batch);
	free(c);
	return 0;
}

#define BARE(test) cmocka_unit_test_setup_teardown(test, open_bare, close_bare)

static void
make_xforms(struct pmd_case *c)
{
	c->compress = pmd_xform_compress(1, 15, RTE_COMP_HUFFMAN_DYNAMIC);
	c->decompress = pmd_xform_decompress(15);
}

static void
free_xforms(struct pmd_case *c)
{
	pmd_xform_free(c->compress);
	pmd_xform_free(c->decompress);
}

static void
infos(void **state)
{
	struct rte_compressdev_info info;
	const struct rte_compressdev_capabilities *cap;

	(void)state;
	rte_compressdev_info_get(pmd_dev.id, &info);
	assert_non_null(strstr(info.driver_name, pmd_env.transport == PMD_FOREIGN ?
							 "compress_" : "compress_hisi_zip"));
	cap = info.capabilities;
	assert_non_null(cap);
	/* SPDK looks at the first only (compressdev.md 1.11). */
	assert_int_equal(cap->algo, RTE_COMP_ALGO_DEFLATE);
	while (cap->algo != RTE_COMP_ALGO_UNSPECIFIED)
		cap++;
	if (pmd_env.transport == PMD_FOREIGN)
		return;
	assert_int_equal(info.max_nb_queue_pairs, 512);
	/* On V2 all but the largest are software's (hardware.md 8.10). */
	assert_int_equal(pmd_dev.window.min, 12);
	assert_int_equal(pmd_dev.window.max, 15);
}

static void
configure_twice(void **state)
{
	struct pmd_case *c = *state;

	for (uint16_t queues = 1; queues <= 4; queues++) {
		pmd_dev_start(queues, 64);
		make_xforms(c);
		work_a_little(c, queues - 1);
		free_xforms(c);
		pmd_dev_stop();
	}
	/* Fewer: the library releases those beyond. */
	pmd_dev_start(2, 64);
	make_xforms(c);
	work_a_little(c, 1);
	free_xforms(c);
	pmd_dev_stop();
}

static void
set_up_twice(void **state)
{
	struct pmd_case *c = *state;

	for (uint32_t depth = 1; depth <= 1023; depth = depth * 4 + 3) {
		pmd_dev_start(2, 32);
		rte_compressdev_stop(pmd_dev.id);
		assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, 0, depth, 0), 0);
		assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
		make_xforms(c);
		work_a_little(c, 0);
		work_a_little(c, 1);
		free_xforms(c);
		rte_compressdev_stop(pmd_dev.id);
	}
}

static void
close_and_configure(void **state)
{
	struct pmd_case *c = *state;

	for (int round = 0; round < 5; round++) {
		pmd_dev_start(3, 128);
		make_xforms(c);
		work_a_little(c, 2);
		free_xforms(c);
		pmd_dev_stop();
		assert_int_equal(rte_compressdev_close(pmd_dev.id), 0);
	}
	pmd_dev_start(1, 1);
}

/* Queue pairs that were never set up, and a device without any. */
static void
close_what_was_not_set_up(void **state)
{
	struct rte_compressdev_config config = {.nb_queue_pairs = 4, .max_nb_priv_xforms = 1};

	(void)state;
	assert_int_equal(rte_compressdev_configure(pmd_dev.id, &config), 0);
	assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, 2, 16, 0), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(rte_compressdev_close(pmd_dev.id), 0);
	assert_int_equal(rte_compressdev_configure(pmd_dev.id, &config), 0);
}

static void
stop_keeps_xforms(void **state)
{
	struct pmd_case *c = *state;

	for (int round = 0; round < 5; round++) {
		work_a_little(c, 0);
		rte_compressdev_stop(pmd_dev.id);
		assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	}
	work_a_little(c, 0);
}

/* Each op that was accepted comes back once, though the device was stopped meanwhile. */
static void
stop_with_ops_in_flight(void **state)
{
	struct pmd_case *c = *state;
	uint8_t *plain = pmd_data_new(50000);

	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 100; i++)
			pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 3000);
		assert_int_equal(pmd_batch_enqueue(&c->batch, 0, 64), 100);
		rte_compressdev_stop(pmd_dev.id);
		if (round % 2 == 0)
			assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
		assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 32), 0);
		if (round % 2 != 0)
			assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
		for (unsigned int i = 0; i < 100; i++) {
			struct pmd_job *job = &c->batch.jobs[i];

			assert_int_equal(job->back, 1);
			if (job->op->status == RTE_COMP_OP_STATUS_ERROR)
				job->want = RTE_COMP_OP_STATUS_ERROR;
		}
		pmd_batch_check(&c->batch);
		pmd_batch_reset(&c->batch);
		work_a_little(c, 0);
	}
	free(plain);
}

static void
all_512_queue_pairs(void **state)
{
	struct pmd_case *c = *state;

	pmd_dev_start(512, 16);
	make_xforms(c);
	for (uint16_t qp = 0; qp < 512; qp += pmd_env.scale > 1 ? 73 : 1)
		work_a_little(c, qp);
	work_a_little(c, 511);
	free_xforms(c);
	pmd_dev_stop();
	/* They have most of the memory. */
	assert_int_equal(rte_compressdev_close(pmd_dev.id), 0);
	pmd_dev_start(1, 1);
}

static void
more_than_there_is(void **state)
{
	struct rte_compressdev_config config = {.nb_queue_pairs = 513, .max_nb_priv_xforms = 1};

	(void)state;
	assert_true(rte_compressdev_configure(pmd_dev.id, &config) < 0);
	config.nb_queue_pairs = 1;
	assert_int_equal(rte_compressdev_configure(pmd_dev.id, &config), 0);
	assert_true(rte_compressdev_queue_pair_setup(pmd_dev.id, 0, 1000000, 0) < 0);
	assert_true(rte_compressdev_queue_pair_setup(pmd_dev.id, 1, 16, 0) < 0);
	assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, 0, 16, 0), 0);
}

static void
statistics(void **state)
{
	struct pmd_case *c = *state;
	uint8_t bad[] = {0x07, 0x00, 0xff};
	struct rte_compressdev_stats stats;
	struct rte_comp_op *op;
	uint8_t *plain = pmd_data_new(100);

	rte_compressdev_stats_reset(pmd_dev.id);
	for (int i = 0; i < 10; i++)
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 100);
	pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, bad, 3, plain, 100,
			     100)->want = RTE_COMP_OP_STATUS_ERROR;
	pmd_batch_run(&c->batch, 0, 4);
	op = c->batch.jobs[0].op;
	op->src.offset = 0x100000; /* beyond its data */
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &op, 1), 0);
	pmd_batch_reset(&c->batch);
	assert_int_equal(rte_compressdev_stats_get(pmd_dev.id, &stats), 0);
	assert_int_equal(stats.enqueued_count, 11);
	assert_int_equal(stats.dequeued_count, 11);
	assert_int_equal(stats.enqueue_err_count, 1);
	assert_int_equal(stats.dequeue_err_count, 1);
	rte_compressdev_stats_reset(pmd_dev.id);
	assert_int_equal(rte_compressdev_stats_get(pmd_dev.id, &stats), 0);
	assert_int_equal(stats.enqueued_count + stats.dequeued_count + stats.enqueue_err_count +
			 stats.dequeue_err_count, 0);
	pmd_dev.accepted_before = pmd_dev.accepted;
	pmd_dev.done_before = pmd_dev.done;
	free(plain);
}

/*
 * One SQ doorbell a burst; a CQ doorbell for 256 completions (hardware.md 5.4 lets them gather);
 * none for the direction that is not used.
 */
static void
doorbells(void **state)
{
	struct pmd_case *c = *state;
	struct pmd_totals before;
	struct pmd_totals after;
	uint8_t plain[64] = {0};

	pmd_dev_start(1, 512);
	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(pmd_dev_close(&before), 0);
	pmd_dev_start(1, 512);
	make_xforms(c);
	for (int i = 0; i < 32; i++)
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 64);
	for (int round = 0; round < 100; round++) {
		assert_int_equal(pmd_batch_enqueue(&c->batch, 0, 32), 32);
		assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 32), 0);
	}
	free_xforms(c);
	pmd_dev_stop();
	assert_int_equal(pmd_dev_close(&after), 0);
	assert_int_equal(after.hw - before.hw, 3200);
	assert_int_equal(after.sq_doorbells - before.sq_doorbells, 100);
	assert_in_range(after.cq_doorbells - before.cq_doorbells, 3200 / 256, 3200 / 256 + 1);
	pmd_dev_start(1, 1);
}

static const struct CMUnitTest tests[] = {
	BARE(infos),
	BARE(configure_twice),
	BARE(set_up_twice),
	BARE(close_and_configure),
	BARE(close_what_was_not_set_up),
	PMD_CASE(stop_keeps_xforms),
	PMD_CASE(stop_with_ops_in_flight),
	BARE(all_512_queue_pairs),
	BARE(more_than_there_is),
	PMD_CASE(statistics),
	BARE(doorbells),
};

const struct pmd_group pmd_group_life = {
	.name = "life",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.queues = 1024,
};
