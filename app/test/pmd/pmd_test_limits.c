/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <unistd.h>

#include "pmd_case.h"

#define BAD_BURST 3

/* Ways for an op to be bad; each spoils a good one. */
struct bad_op {
	const char *what;
	void (*spoil)(struct rte_comp_op *op);
};

static void
spoil_type(struct rte_comp_op *op)
{
	op->op_type = RTE_COMP_OP_STATEFUL;
}

static void
spoil_xform(struct rte_comp_op *op)
{
	op->private_xform = NULL;
}

static void
spoil_source(struct rte_comp_op *op)
{
	op->m_src = NULL;
}

static void
spoil_destination(struct rte_comp_op *op)
{
	op->m_dst = NULL;
}

static void
spoil_length(struct rte_comp_op *op)
{
	op->src.length = 0;
}

static void
spoil_length_huge(struct rte_comp_op *op)
{
	op->src.length = UINT32_MAX;
}

static void
spoil_length_by_one(struct rte_comp_op *op)
{
	op->src.length = op->m_src->pkt_len - op->src.offset + 1;
}

static void
spoil_offset(struct rte_comp_op *op)
{
	op->src.offset = op->m_src->pkt_len;
}

static void
spoil_offset_huge(struct rte_comp_op *op)
{
	op->src.offset = UINT32_MAX;
}

static void
spoil_dst_offset(struct rte_comp_op *op)
{
	op->dst.offset = op->m_dst->pkt_len;
}

static void
spoil_dst_offset_huge(struct rte_comp_op *op)
{
	op->dst.offset = UINT32_MAX;
}

static void
spoil_flush_none(struct rte_comp_op *op)
{
	op->flush_flag = RTE_COMP_FLUSH_NONE;
}

static void
spoil_flush_sync(struct rte_comp_op *op)
{
	op->flush_flag = RTE_COMP_FLUSH_SYNC;
}

static const struct bad_op bad_ops[] = {
	{"stateful", spoil_type},
	{"no xform", spoil_xform},
	{"no source", spoil_source},
	{"no destination", spoil_destination},
	{"no length", spoil_length},
	{"length of 32 bits", spoil_length_huge},
	{"length one beyond the source", spoil_length_by_one},
	{"offset at the end", spoil_offset},
	{"offset of 32 bits", spoil_offset_huge},
	{"destination offset at the end", spoil_dst_offset},
	{"destination offset of 32 bits", spoil_dst_offset_huge},
	{"flush none", spoil_flush_none},
	{"flush sync", spoil_flush_sync},
};

/* Good, bad, good: the first is done, the second says why not, the third is untouched. */
static void
run_bad(struct pmd_case *c, const struct bad_op *bad, const struct pmd_shapes *shapes,
	bool compress)
{
	struct rte_comp_op *ops[BAD_BURST];
	uint8_t *plain = pmd_data_new(1000);
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, 1000, &in_len);

	for (int i = 0; i < BAD_BURST; i++) {
		if (compress)
			pmd_batch_compress(&c->batch, c->compress, shapes, plain, 1000);
		else
			pmd_batch_decompress(&c->batch, c->decompress, shapes, in, in_len, plain,
					     1000, 1000);
		ops[i] = c->batch.jobs[i].op;
	}
	bad->spoil(ops[1]);
	print_message("  %s\n", bad->what);
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, ops, BAD_BURST), 1);
	assert_int_equal(ops[1]->status, RTE_COMP_OP_STATUS_INVALID_ARGS);
	assert_int_equal(ops[2]->status, RTE_COMP_OP_STATUS_NOT_PROCESSED);
	/* At the head of a burst too. */
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, ops + 1, 2), 0);
	pmd_dev.accepted++;
	c->batch.nb = 1;
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 8), 0);
	pmd_batch_check(&c->batch);
	c->batch.nb = BAD_BURST;
	pmd_batch_reset(&c->batch);
	free(plain);
	free(in);
}

static void
bad_ops_stop_the_burst(void **state)
{
	const struct pmd_shapes chains = {.src = {.seg_min = 100}, .dst = {.seg_min = 100}};

	for (size_t i = 0; i < sizeof(bad_ops) / sizeof(bad_ops[0]); i++) {
		run_bad(*state, &bad_ops[i], &pmd_shapes_plain, i % 2 == 0);
		run_bad(*state, &bad_ops[i], &pmd_shapes_plain, i % 2 != 0);
		run_bad(*state, &bad_ops[i], &chains, i % 2 == 0);
		run_bad(*state, &bad_ops[i], &chains, i % 2 != 0);
	}
}

/* Enqueues until nothing more goes in; the op that did not is untouched. */
static unsigned int
fill_queue(struct pmd_case *c, unsigned int burst)
{
	unsigned int at = 0;

	while (at < c->batch.nb) {
		struct rte_comp_op *ops[PMD_BURST_MAX];
		unsigned int n = c->batch.nb - at < burst ? c->batch.nb - at : burst;
		uint16_t accepted;

		for (unsigned int i = 0; i < n; i++)
			ops[i] = c->batch.jobs[at + i].op;
		accepted = rte_compressdev_enqueue_burst(pmd_dev.id, 0, ops, (uint16_t)n);
		at += accepted;
		pmd_dev.accepted += accepted;
		for (unsigned int i = accepted; i < n; i++)
			assert_int_equal(ops[i]->status, RTE_COMP_OP_STATUS_NOT_PROCESSED);
		if (accepted == 0)
			break;
	}
	return at;
}

static void
run_full(struct pmd_case *c, bool compress, const struct pmd_shapes *shapes, unsigned int burst)
{
	const uint32_t len = 200;
	uint8_t *plain = pmd_data_new(len);
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, len, &in_len);
	unsigned int nb = PMD_CASE_DEPTH + PMD_BURST_MAX;
	unsigned int fit;

	for (unsigned int i = 0; i < nb; i++) {
		if (compress)
			pmd_batch_compress(&c->batch, c->compress, shapes, plain, len);
		else
			pmd_batch_decompress(&c->batch, c->decompress, shapes, in, in_len, plain,
					     len, len);
	}
	fit = fill_queue(c, burst);
	assert_int_equal(fit, PMD_CASE_DEPTH);
	/* Still full, though all may be done: room comes with dequeue. */
	usleep(20000);
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &c->batch.jobs[fit].op, 1),
			 0);
	c->batch.nb = fit;
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 100), 0);
	pmd_batch_check(&c->batch);
	c->batch.nb = nb;
	pmd_batch_reset(&c->batch);
	free(plain);
	free(in);
}

static void
full_queue_takes_what_fits(void **state)
{
	const struct pmd_shapes chains = {.src = {.seg_min = 50}, .dst = {.seg_min = 120}};

	for (unsigned int round = 0; round < 3; round++) {
		run_full(*state, true, &pmd_shapes_plain, pmd_rand_in(1, 256));
		run_full(*state, false, &pmd_shapes_plain, pmd_rand_in(1, 256));
		run_full(*state, true, &chains, pmd_rand_in(1, 256));
	}
}

static void
dequeue_of_nothing(void **state)
{
	struct rte_comp_op *ops[8];

	(void)state;
	assert_int_equal(rte_compressdev_dequeue_burst(pmd_dev.id, 0, ops, 8), 0);
	assert_int_equal(rte_compressdev_dequeue_burst(pmd_dev.id, 0, ops, 0), 0);
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, ops, 0), 0);
}

/* One byte beyond 8 MiB is refused, never cut off (hardware.md 8.4). */
static void
beyond_8_mib(void **state)
{
	struct pmd_case *c = *state;
	uint32_t len = 8388608 + 1;
	uint8_t *plain = calloc(1, len);

	assert_non_null(plain);
	pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, len);
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &c->batch.jobs[0].op, 1), 0);
	assert_int_equal(c->batch.jobs[0].op->status, RTE_COMP_OP_STATUS_INVALID_ARGS);
	pmd_batch_reset(&c->batch);
	pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, plain, len, plain, 1, 1);
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &c->batch.jobs[0].op, 1), 0);
	assert_int_equal(c->batch.jobs[0].op->status, RTE_COMP_OP_STATUS_INVALID_ARGS);
	pmd_batch_reset(&c->batch);
	pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, len - 1);
	pmd_case_inflate(c, &pmd_zlib_usual, plain, len - 1);
	pmd_batch_run_reset(&c->batch, 0, 1);
	free(plain);
}

/* Nor is more than 8 MiB written, however much room there is: the op did not fit. */
static void
output_beyond_8_mib(void **state)
{
	const uint32_t len = 2 * PMD_MAX_INPUT;
	struct pmd_case *c = *state;
	uint8_t *plain = calloc(1, len);
	uint32_t in_len;
	uint8_t *in;
	struct pmd_job *job;

	assert_non_null(plain);
	in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, len, &in_len);
	job = pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, in, in_len, plain,
				   len, len);
	job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	pmd_batch_run_reset(&c->batch, 0, 1);
	pmd_data_fill(PMD_RANDOM, plain, PMD_MAX_INPUT);
	job = pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, PMD_MAX_INPUT);
	job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	pmd_batch_run_reset(&c->batch, 0, 1);
	free(in);
	free(plain);
}

/* More than one SGL of the chip holds (255 entries): chains of lists, or a plain refusal. */
static void
chains_of_lists(void **state)
{
	static const uint32_t counts[] = {254, 255,  256,  257,  510, 511,
					  765, 1000, 1024, 1025, 2000};
	struct pmd_case *c = *state;
	bool refused = false;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const struct pmd_shapes shapes = {.src = {.seg_min = 3}, .dst = {.seg_min = 7}};
		uint32_t len = 3 * counts[i];
		struct pmd_job *job;
		uint8_t *plain = pmd_data_new(len);

		job = pmd_batch_compress(&c->batch, c->compress, &shapes, plain, len);
		job->owned = plain;
		assert_int_equal(job->op->m_src->nb_segs, counts[i]);
		if (rte_compressdev_enqueue_burst(pmd_dev.id, 0, &job->op, 1) == 1) {
			assert_false(refused);
			pmd_dev.accepted++;
			assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 1), 0);
			pmd_batch_check(&c->batch);
		} else {
			assert_int_equal(job->op->status, RTE_COMP_OP_STATUS_INVALID_ARGS);
			assert_true(counts[i] > 1024);
			refused = true;
		}
		pmd_batch_reset(&c->batch);
	}
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(bad_ops_stop_the_burst), PMD_CASE(full_queue_takes_what_fits),
	PMD_CASE(dequeue_of_nothing),	  PMD_CASE(beyond_8_mib),
	PMD_CASE(output_beyond_8_mib),	  PMD_CASE(chains_of_lists),
};

const struct pmd_group pmd_group_limits = {
	.name = "limits",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};
