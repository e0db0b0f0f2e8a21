/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * What is in flight comes back, and the memory of streams is freed, only when nothing writes to it
 * any more; or it is said that this cannot be had.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include <rte_malloc.h>

#include "pmd_log.h"
#include "pmd_model.h"
#include "pmd_stream.h"

#define PLAIN 100000u
/* Of a stream: doc/guides/compressdevs/hisi_zip.rst, "Memory". */
#define STREAM_BYTES 0x40000u

static const struct pmd_cut usual = {.in_max = 50000, .out_max = 60000};

/* A device with an op of a stream in flight that does not end. */
struct hung {
	struct pmd_case *c;
	struct pmd_flow flow;
	struct pmd_job *job;
	uint8_t *plain;
};

static size_t
heap(void)
{
	struct rte_malloc_socket_stats stats;
	size_t sum = 0;

	for (int i = 0; i < RTE_MAX_NUMA_NODES; i++)
		if (rte_malloc_get_socket_stats(i, &stats) == 0)
			sum += stats.heap_allocsz_bytes;
	return sum;
}

static void
hang(struct hung *hung, const char *model)
{
	const struct rte_comp_xform xform = pmd_stream_compress();
	void *opened = NULL;

	assert_int_equal(pmd_model_start(model, 0), 0);
	assert_int_equal(pmd_dev_attach(NULL), 0);
	pmd_case_open(&opened);
	hung->c = opened;
	hung->plain = pmd_data_new(PLAIN);
	hung->flow = (struct pmd_flow){
		.in = hung->plain,
		.in_length = PLAIN,
		.out = malloc(2 * PLAIN),
		.room = 2 * PLAIN,
		.stream = pmd_stream_new(&xform),
	};
	assert_non_null(hung->flow.out);
	hung->job = pmd_flow_fill(hung->c, &hung->flow, &usual, 50000, RTE_COMP_FLUSH_SYNC);
	assert_int_equal(pmd_batch_enqueue(&hung->c->batch, 0, 1), 1);
	assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, hung->flow.stream), -EBUSY);
}

/* The op comes back by a stop, and the stream can go; returns how much memory that gave back. */
static size_t
give_up(struct hung *hung)
{
	size_t before;

	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(pmd_batch_dequeue(&hung->c->batch, 0, 1), 0);
	assert_int_equal(hung->job->op->status, RTE_COMP_OP_STATUS_ERROR);
	pmd_batch_reset(&hung->c->batch);
	before = heap();
	pmd_stream_free(hung->flow.stream);
	return before - heap();
}

/* The device works again, with another stream. */
static void
recover(struct hung *hung)
{
	const struct rte_comp_xform xform = pmd_stream_compress();

	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	hung->flow.stream = pmd_stream_new(&xform);
	pmd_flow_run(hung->c, &hung->flow, &usual, UINT32_MAX, RTE_COMP_FLUSH_FINAL);
	assert_int_equal(hung->flow.status, RTE_COMP_OP_STATUS_SUCCESS);
	assert_null(pmd_zlib_check(15, hung->flow.out, hung->flow.given, hung->plain, PLAIN));
	pmd_stream_free(hung->flow.stream);
}

static void
close_hung(struct hung *hung)
{
	void *closed = hung->c;

	free(hung->flow.out);
	free(hung->plain);
	pmd_case_close(&closed);
	assert_int_equal(pmd_dev_detach(), 0);
	assert_int_equal(pmd_model_stop(), 0);
}

/* An engine that hangs is reset: what it had is free. */
static void
hung_engine(void **state)
{
	size_t mark = pmd_log_mark();
	struct hung hung;

	(void)state;
	hang(&hung, "--fault hang-queue:queue=0:nth=1");
	assert_true(give_up(&hung) >= STREAM_BYTES);
	assert_int_equal(PMD_LOG_COUNT(mark, "cannot be kept from memory"), 0);
	recover(&hung);
	close_hung(&hung);
}

/* A model that is stopped is not to be reset: what it had is not used again. */
static void
stopped_model(void **state)
{
	size_t mark = pmd_log_mark();
	struct hung hung;

	(void)state;
	hang(&hung, "--pace-ns 4000000000");
	assert_int_equal(kill(pmd_model.pid, SIGSTOP), 0);
	assert_true(give_up(&hung) < STREAM_BYTES);
	assert_int_equal(PMD_LOG_COUNT(mark, "cannot be kept from memory"), 1);
	assert_true(rte_compressdev_start(pmd_dev.id) < 0);
	/* The rings that are kept are in nobody's way. */
	assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, 0, 64, 0), 0);
	/* A queue pair counts from its setup on. */
	pmd_dev.accepted_before = pmd_dev.accepted;
	pmd_dev.done_before = pmd_dev.done;
	pmd_model_kill();
	assert_int_equal(pmd_model_start(NULL, 0), 0);
	recover(&hung);
	close_hung(&hung);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(hung_engine),
	cmocka_unit_test(stopped_model),
};

const struct pmd_group pmd_group_quiet = {
	.name = "quiet",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.only_process = true,
	.no_device = true,
	.no_model = true,
};
