/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <unistd.h>

#include <zlib.h>

#include "pmd_case.h"

#define DRAIN_MS 3000

const struct pmd_shapes pmd_shapes_plain;

const struct pmd_zlib_how pmd_zlib_usual = {
	.level = 6,
	.window = 15,
	.memory = 8,
	.strategy = Z_DEFAULT_STRATEGY,
};

static int
open_case(void **state, uint16_t queues)
{
	struct pmd_case *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	*state = c;
	pmd_dev_start(queues, PMD_CASE_DEPTH);
	pmd_batch_open(&c->batch, 4 * PMD_BURST_MAX, PMD_CASE_MEMORY);
	c->compress = pmd_xform_compress(6, 15, RTE_COMP_HUFFMAN_DEFAULT);
	c->decompress = pmd_xform_decompress(15);
	return 0;
}

int
pmd_case_open(void **state)
{
	return open_case(state, 1);
}

int
pmd_case_open_queues(void **state)
{
	return open_case(state, PMD_CASE_QUEUES);
}

/* What a failed case left in flight must not write into memory that is used again. */
static void
drain(void)
{
	uint64_t end = pmd_now_ms() + DRAIN_MS;
	struct rte_comp_op *ops[PMD_BURST_MAX];

	while (pmd_dev.accepted > pmd_dev.done && pmd_now_ms() < end) {
		for (uint16_t qp = 0; qp < pmd_dev.nb_queues; qp++)
			pmd_dev.done += rte_compressdev_dequeue_burst(pmd_dev.id, qp, ops,
								      PMD_BURST_MAX);
		usleep(100);
	}
}

int
pmd_case_close(void **state)
{
	struct pmd_case *c = *state;

	drain();
	pmd_xform_free(c->compress);
	pmd_xform_free(c->decompress);
	pmd_dev_stop();
	pmd_batch_close(&c->batch);
	free(c);
	return 0;
}

struct pmd_shapes
pmd_shapes_any(uint32_t in_len, uint32_t out_len)
{
	return (struct pmd_shapes){
		.src = pmd_shape_any(in_len),
		.dst = pmd_shape_any(out_len),
	};
}

struct pmd_job *
pmd_case_inflate(struct pmd_case *c, const struct pmd_zlib_how *how, const uint8_t *plain,
		 uint32_t len)
{
	uint32_t room = len + pmd_rand_in(0, 100);
	struct pmd_shapes shapes;
	struct pmd_job *job;
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(how, plain, len, &in_len);

	shapes = pmd_shapes_any(in_len, room);
	job = pmd_batch_decompress(&c->batch, c->decompress, &shapes, in, in_len, plain, len,
				   room);
	job->owned = in;
	return job;
}

uint8_t *
pmd_case_compress_new(struct pmd_case *c, void *xform, const uint8_t *plain, uint32_t len,
		      uint32_t *produced)
{
	struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
	struct pmd_job *job = pmd_batch_compress(&c->batch, xform, &shapes, plain, len);
	uint8_t *out;

	job->any_result = true;
	pmd_batch_run(&c->batch, 0, 1);
	assert_int_equal(job->op->consumed, len);
	*produced = job->op->produced;
	out = malloc(*produced);
	assert_non_null(out);
	pmd_chain_read(&job->dst, out, *produced);
	pmd_batch_reset(&c->batch);
	return out;
}

void
pmd_case_out_of_space(struct pmd_case *c, void *xform)
{
	const struct pmd_shapes shapes = {.dst = {.offset = 50}};
	uint8_t plain[4000];
	struct pmd_job *job;

	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = pmd_rand_in(0, 255);
	job = pmd_batch_compress(&c->batch, xform, &shapes, plain, sizeof(plain));
	job->op->dst.offset = job->op->m_dst->pkt_len - 1000;
	job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	pmd_batch_run_reset(&c->batch, 0, 1);
}
