/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pmd_case.h"

/* One side of a queue pair, in a thread of its own. */
struct side {
	pthread_t thread;
	struct pmd_batch *batch;
	uint16_t qp;
	unsigned int burst;
	int (*run)(struct pmd_batch *batch, uint16_t qp, unsigned int burst);
	int ret;
};

static void *
run_side(void *arg)
{
	struct side *side = arg;

	side->ret = side->run(side->batch, side->qp, side->burst);
	return NULL;
}

static void
start_side(struct side *side)
{
	assert_int_equal(pthread_create(&side->thread, NULL, run_side, side), 0);
}

static void
join_side(struct side *side, int want)
{
	pthread_join(side->thread, NULL);
	if (side->ret != want)
		print_error("queue pair %u: %d\n", side->qp, side->ret);
	assert_int_equal(side->ret, want);
}

static void
fill_batch(struct pmd_case *c, struct pmd_batch *batch, unsigned int nb, uint32_t most)
{
	while (nb-- > 0) {
		uint32_t len = pmd_rand_in(1, most);
		uint8_t *plain = pmd_data_new(len);
		struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
		struct pmd_job *job;
		uint32_t in_len;
		uint8_t *in;

		if (pmd_rand() % 2) {
			job = pmd_batch_compress(batch, c->compress, &shapes, plain, len);
			job->owned = plain;
			continue;
		}
		in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, len, &in_len);
		shapes = pmd_shapes_any(in_len, len);
		job = pmd_batch_decompress(batch, c->decompress, &shapes, in, in_len,
					   plain, len, len);
		/* The plain data is to live as long as the stream: one piece of memory. */
		job->owned = malloc((size_t)len + in_len);
		assert_non_null(job->owned);
		memcpy(job->owned, plain, len);
		memcpy((uint8_t *)job->owned + len, in, in_len);
		job->plain = job->owned;
		job->in = (uint8_t *)job->owned + len;
		free(plain);
		free(in);
	}
}

/* The same two xforms on all queue pairs at once. */
static void
several_by_turns(void **state)
{
	struct pmd_batch batches[PMD_CASE_QUEUES];
	struct pmd_case *c = *state;

	for (unsigned int i = 0; i < PMD_CASE_QUEUES; i++) {
		pmd_batch_open(&batches[i], 64, (size_t)4 << 20);
		fill_batch(c, &batches[i], 48, 9000);
	}
	for (uint16_t i = 0; i < PMD_CASE_QUEUES; i++)
		assert_int_equal(pmd_batch_enqueue(&batches[i], i, pmd_rand_in(1, 48)), 48);
	for (uint16_t i = PMD_CASE_QUEUES; i-- > 0;)
		assert_int_equal(pmd_batch_dequeue(&batches[i], i, pmd_rand_in(1, 48)), 0);
	for (unsigned int i = 0; i < PMD_CASE_QUEUES; i++) {
		pmd_batch_check(&batches[i]);
		pmd_batch_close(&batches[i]);
	}
}

static void
one_enqueues_one_dequeues(void **state)
{
	struct pmd_case *c = *state;

	for (unsigned int round = 0; round < pmd_scaled(10); round++) {
		unsigned int nb = 900;
		struct side in = {.run = pmd_batch_enqueue, .batch = &c->batch};
		struct side out = {.run = pmd_batch_dequeue, .batch = &c->batch};

		in.burst = pmd_rand_in(1, 256);
		out.burst = pmd_rand_in(1, 256);
		fill_batch(c, &c->batch, nb, 3000);
		start_side(&out);
		start_side(&in);
		join_side(&in, (int)nb);
		join_side(&out, 0);
		pmd_batch_check(&c->batch);
		pmd_batch_reset(&c->batch);
	}
}

/* A thread for each queue pair, and for two of them a thread for each side. */
static void
threads_of_their_own(void **state)
{
	struct pmd_batch batches[PMD_CASE_QUEUES / 2];
	struct side sides[PMD_CASE_QUEUES / 2 + 2] = {0};
	const unsigned int nb = PMD_CASE_QUEUES / 2;
	struct pmd_case *c = *state;

	for (uint16_t i = 0; i < nb; i++) {
		pmd_batch_open(&batches[i], 256, (size_t)12 << 20);
		fill_batch(c, &batches[i], 200, 9000);
		sides[i].batch = &batches[i];
		sides[i].qp = i;
		sides[i].burst = pmd_rand_in(1, 64);
		sides[i].run = i < 2 ? pmd_batch_enqueue : pmd_batch_turns;
	}
	for (uint16_t i = 0; i < 2; i++) {
		sides[nb + i] = sides[i];
		sides[nb + i].run = pmd_batch_dequeue;
	}
	for (unsigned int i = 0; i < nb + 2; i++)
		start_side(&sides[i]);
	for (unsigned int i = 0; i < nb + 2; i++)
		join_side(&sides[i], i < 2 ? 200 : 0);
	for (unsigned int i = 0; i < nb; i++) {
		pmd_batch_check(&batches[i]);
		pmd_batch_close(&batches[i]);
	}
}

/* A handle in many ops in flight (SHAREABLE_PRIV_XFORM), and several handles in one burst. */
static void
xforms_shared_and_mixed(void **state)
{
	struct pmd_case *c = *state;
	void *handles[10] = {NULL};

	assert_true(pmd_dev.features & RTE_COMP_FF_SHAREABLE_PRIV_XFORM);
	for (int i = 0; i < 9; i++)
		handles[i] = pmd_xform_compress(i + 1, 15, RTE_COMP_HUFFMAN_DEFAULT);
	for (unsigned int i = 0; i < 200; i++) {
		uint32_t len = pmd_rand_in(1, 5000);
		uint8_t *plain = pmd_data_new(len);
		struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
		struct pmd_job *job =
			pmd_batch_compress(&c->batch, handles[i % 9], &shapes, plain, len);

		job->owned = plain;
	}
	pmd_batch_run(&c->batch, PMD_CASE_QUEUES - 1, 200);
	for (int i = 0; i < 9; i++)
		pmd_xform_free(handles[i]);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE_MANY(several_by_turns),
	PMD_CASE(one_enqueues_one_dequeues),
	PMD_CASE_MANY(threads_of_their_own),
	PMD_CASE_MANY(xforms_shared_and_mixed),
};

const struct pmd_group pmd_group_queues = {
	.name = "queues",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};
