/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pmd_log.h"
#include "pmd_model.h"
#include "pmd_stream.h"

#define PLAIN 300000u
#define FLOWS 16

static const struct pmd_cut usual = {.in_max = 20000, .out_max = 30000, .shapes = true};

/* A stream of either direction and what it is made from. */
struct both_ways {
	uint8_t *plain;
	uint8_t *packed;
	struct pmd_flow compress;
	struct pmd_flow decompress;
};

/* A flow with memory of its own, of an xform. */
static struct pmd_flow
open_flow(const struct rte_comp_xform *xform, const uint8_t *in, uint32_t length, uint32_t room)
{
	struct pmd_flow flow = {.in = in, .in_length = length, .room = room};

	flow.stream = pmd_stream_new(xform);
	flow.out = malloc(room);
	assert_non_null(flow.out);
	return flow;
}

static void
close_flow(struct pmd_flow *flow)
{
	if (flow->stream != NULL)
		pmd_stream_free(flow->stream);
	free(flow->out);
}

static void
open_both(struct both_ways *both)
{
	const struct rte_comp_xform compress = pmd_stream_compress();
	const struct rte_comp_xform decompress = pmd_stream_decompress();
	uint32_t packed;

	both->plain = pmd_data_new(PLAIN);
	both->packed = pmd_zlib_deflate_new(&pmd_zlib_usual, both->plain, PLAIN, &packed);
	both->compress = open_flow(&compress, both->plain, PLAIN, 2 * PLAIN);
	memset(&both->decompress, 0, sizeof(both->decompress));
	if (pmd_stream_has_decompression())
		both->decompress = open_flow(&decompress, both->packed, packed, 2 * PLAIN);
}

static void
go_on(struct pmd_case *c, struct pmd_flow *flow, uint32_t most)
{
	if (flow->stream == NULL || flow->ended)
		return;
	pmd_flow_run(c, flow, &usual, most, RTE_COMP_FLUSH_FINAL);
	assert_int_equal(flow->status, RTE_COMP_OP_STATUS_SUCCESS);
}

/* Goes on to the end, and checks both. */
static void
close_both(struct pmd_case *c, struct both_ways *both)
{
	go_on(c, &both->compress, UINT32_MAX);
	assert_null(pmd_zlib_check(15, both->compress.out, both->compress.given, both->plain,
				   PLAIN));
	go_on(c, &both->decompress, UINT32_MAX);
	if (both->decompress.stream != NULL) {
		assert_int_equal(both->decompress.given, PLAIN);
		assert_memory_equal(both->decompress.out, both->plain, PLAIN);
	}
	close_flow(&both->compress);
	close_flow(&both->decompress);
	free(both->packed);
	free(both->plain);
}

/* A stream goes on after the device was stopped and started. */
static void
stop_and_start(void **state)
{
	struct both_ways both;

	open_both(&both);
	for (unsigned int round = 0; round < pmd_scaled(10); round++) {
		go_on(*state, &both.compress, 20000);
		go_on(*state, &both.decompress, 5000);
		rte_compressdev_stop(pmd_dev.id);
		assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	}
	close_both(*state, &both);
}

/* Of two ops of a stream the second is not taken, and the stream stays as it is. */
static void
one_in_flight(void **state)
{
	struct pmd_case *c = *state;
	struct both_ways both;
	struct rte_comp_op *ops[3];

	open_both(&both);
	go_on(c, &both.compress, 20000);
	for (int i = 0; i < 2; i++)
		ops[i] = pmd_flow_fill(c, &both.compress, &usual, 5000, RTE_COMP_FLUSH_SYNC)->op;
	ops[2] = pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, both.plain, 100)->op;
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, ops, 3), 1);
	assert_int_equal(ops[1]->status, RTE_COMP_OP_STATUS_INVALID_STATE);
	assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, both.compress.stream), -EBUSY);
	pmd_dev.accepted++;
	ops[1] = NULL;
	for (unsigned int i = 0; i < 100000 && ops[1] == NULL; i++) {
		pmd_dev.done += rte_compressdev_dequeue_burst(pmd_dev.id, 0, &ops[1], 1);
		usleep(10);
	}
	assert_ptr_equal(ops[1], ops[0]);
	pmd_flow_take(&both.compress, &c->batch.jobs[0]);
	pmd_batch_reset(&c->batch);
	close_both(c, &both);
}

static void
refused(struct rte_comp_op *op, uint8_t status)
{
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &op, 1), 0);
	assert_int_equal(op->status, status);
}

/* Handles of the other kind, and what is out of range; nothing of it harms the stream. */
static void
wrong_ops(void **state)
{
	struct pmd_case *c = *state;
	struct both_ways both;
	struct rte_comp_op *op, good;

	open_both(&both);
	go_on(c, &both.compress, 20000);
	op = pmd_flow_fill(c, &both.compress, &usual, 5000, RTE_COMP_FLUSH_FINAL)->op;
	good = *op;
	op->op_type = RTE_COMP_OP_STATELESS;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	op->src.length = 0;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	op->private_xform = c->compress;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	op->stream = NULL;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	op->src.length = op->m_src->pkt_len - op->src.offset + 1;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	op->src.length = UINT32_MAX;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	op->dst.offset = op->m_dst->pkt_len;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	op->flush_flag = (enum rte_comp_flush_flag)4;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	op->m_src = NULL;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	op->m_dst = NULL;
	refused(op, RTE_COMP_OP_STATUS_INVALID_ARGS);
	*op = good;
	pmd_batch_reset(&c->batch);
	close_both(c, &both);
}

static void *
enqueue_all(void *batch)
{
	return (void *)(intptr_t)pmd_batch_enqueue(batch, 0, FLOWS);
}

/* One thread enqueues, another one dequeues. */
static void
run_apart(struct pmd_batch *batch)
{
	void *sent = NULL;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, enqueue_all, batch), 0);
	assert_int_equal(pmd_batch_dequeue(batch, 0, FLOWS), 0);
	pthread_join(thread, &sent);
	assert_int_equal((intptr_t)sent, batch->nb);
}

/* One burst with an op of each stream and stateless ones between. */
static void
mixed_burst(struct pmd_case *c, struct both_ways *both, const uint8_t *plain, bool apart)
{
	struct pmd_job *jobs[FLOWS] = {NULL};
	struct pmd_flow *flows[FLOWS];

	for (unsigned int i = 0; i < FLOWS; i++) {
		struct both_ways *of = &both[i / 2];
		struct pmd_flow *flow = i % 2 == 0 ? &of->compress : &of->decompress;
		uint32_t left = flow->in_length - flow->taken, piece = pmd_rand_in(1, 20000);

		flows[i] = flow;
		if (flow->stream != NULL && !flow->ended)
			jobs[i] = pmd_flow_fill(c, flow, &usual, piece < left ? piece : left,
						piece < left ? RTE_COMP_FLUSH_NONE :
							       RTE_COMP_FLUSH_FINAL);
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 500);
	}
	if (apart)
		run_apart(&c->batch);
	else
		assert_int_equal(pmd_batch_turns(&c->batch, 0, pmd_rand_in(1, 2 * FLOWS)), 0);
	for (unsigned int i = 0; i < FLOWS; i++) {
		if (jobs[i] == NULL)
			continue;
		pmd_flow_take(flows[i], jobs[i]);
		assert_int_not_equal(flows[i]->status, RTE_COMP_OP_STATUS_ERROR);
		flows[i]->ended = flows[i]->taken == flows[i]->in_length &&
				  flows[i]->status == RTE_COMP_OP_STATUS_SUCCESS;
	}
	pmd_batch_reset(&c->batch);
}

static void
run_many(struct pmd_case *c, bool apart)
{
	struct both_ways both[FLOWS / 2];

	for (unsigned int i = 0; i < FLOWS / 2; i++)
		open_both(&both[i]);
	for (unsigned int round = 0; round < pmd_scaled(100); round++)
		mixed_burst(c, both, both[0].plain, apart);
	for (unsigned int i = 0; i < FLOWS / 2; i++)
		close_both(c, &both[i]);
}

static void
many_streams(void **state)
{
	run_many(*state, false);
}

static void
two_threads(void **state)
{
	run_many(*state, true);
}

static void
wait_for_line(size_t mark)
{
	uint64_t end = pmd_now_ms() + 5000;

	while (PMD_LOG_COUNT(mark, pmd_dev.name) == 0 && pmd_now_ms() < end)
		usleep(1000);
}

/* Another model takes the place of the one that was killed. */
static void
replace_model(struct pmd_case *c, struct pmd_flow *flow, const char *args)
{
	size_t mark = pmd_log_mark();

	pmd_model_kill();
	wait_for_line(mark);
	/* What a dead device does not take does not change the stream. */
	pmd_flow_op(c, flow, &usual, 100, RTE_COMP_FLUSH_SYNC);
	assert_int_equal(flow->status, RTE_COMP_OP_STATUS_ERROR);
	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(pmd_model_start(args, 0), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
}

/* With an op in flight the stream is lost, and begins anew. */
static void
lose_an_op(struct pmd_case *c, struct both_ways *both)
{
	struct pmd_job *job = pmd_flow_fill(c, &both->compress, &usual, 1000, RTE_COMP_FLUSH_SYNC);

	assert_int_equal(pmd_batch_enqueue(&c->batch, 0, 1), 1);
	pmd_model_kill();
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 1), 0);
	pmd_flow_take(&both->compress, job);
	pmd_batch_reset(&c->batch);
	assert_int_equal(both->compress.status, RTE_COMP_OP_STATUS_ERROR);
	both->compress.taken = 0;
	both->compress.given = 0;
	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(pmd_model_start(NULL, 0), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
}

static void
streams_outlive_models(void **state)
{
	struct both_ways both;
	void *c = NULL;

	(void)state;
	assert_int_equal(pmd_model_start(NULL, 0), 0);
	assert_int_equal(pmd_dev_attach(NULL), 0);
	pmd_case_open(&c);
	open_both(&both);
	for (unsigned int round = 0; round < 5; round++) {
		go_on(c, &both.compress, 20000);
		go_on(c, &both.decompress, 10000);
		replace_model(c, &both.compress, NULL);
	}
	close_both(c, &both);
	open_both(&both);
	replace_model(c, &both.compress, "--pace-ns 2000000000");
	lose_an_op(c, &both);
	close_both(c, &both);
	pmd_case_close(&c);
	assert_int_equal(pmd_dev_detach(), 0);
	assert_int_equal(pmd_model_stop(), 0);
}

static const struct CMUnitTest life_tests[] = {
	PMD_CASE(stop_and_start),
	PMD_CASE(one_in_flight),
	PMD_CASE(wrong_ops),
	PMD_CASE(many_streams),
	PMD_CASE(two_threads),
};

const struct pmd_group pmd_group_stream_life = {
	.name = "stream-life",
	.tests = life_tests,
	.nb_tests = sizeof(life_tests) / sizeof(life_tests[0]),
	.no_engine = true,
};

static const struct CMUnitTest death_tests[] = {
	cmocka_unit_test(streams_outlive_models),
};

const struct pmd_group pmd_group_stream_death = {
	.name = "stream-death",
	.tests = death_tests,
	.nb_tests = sizeof(death_tests) / sizeof(death_tests[0]),
	.only_process = true,
	.no_device = true,
	.no_model = true,
};
