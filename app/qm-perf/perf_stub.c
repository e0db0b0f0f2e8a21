/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "hisi_zip.h"
#include "hisi_zip_sgl.h"
#include "perf_stub.h"

#define PERF_DEPTH 1024
#define PERF_SLOTS 512 /* ops in flight, a power of two */
#define PERF_OPS 64
#define PERF_BYTES 1000
#define PERF_QUEUE 6

struct perf_stub {
	struct hisi_zip_qp qp __rte_cache_aligned;
	struct hisi_qm_qp hw[HISI_ZIP_NB_DIRECTIONS];
	uint64_t doorbells[HISI_ZIP_NB_DIRECTIONS][2] __rte_cache_aligned;
	struct hisi_zip_dev dev;
	struct hisi_zip_xform xform;
	struct rte_comp_op ops[PERF_OPS];
	struct rte_comp_op *op[PERF_OPS]; /* pointers to all of ops */
	struct rte_mbuf mbufs[PERF_OPS][4];
	unsigned int burst;
	uint64_t ops_short; /* that bursts were short of */
	uint16_t head;      /* SQE to complete next, and its CQE */
	uint8_t phase;
};

static void *
perf_memory(size_t size)
{
	size_t whole = RTE_ALIGN(size, 4096u);
	void *memory = aligned_alloc(4096, whole);

	if (memory != NULL)
		memset(memory, 0, whole);
	return memory;
}

static int
perf_stub_open_queue(struct perf_stub *stub, unsigned int direction)
{
	struct hisi_zip_queue *queue = &stub->qp.queue[direction];
	struct hisi_qm_qp *hw = &stub->hw[direction];

	*hw = (struct hisi_qm_qp){
		.dev = &stub->dev.qm,
		.queue = PERF_QUEUE + direction,
		.depth = PERF_DEPTH,
		.cq_depth = PERF_DEPTH,
		.limit = PERF_SLOTS,
		.cq_pace = HISI_QM_ACK_PACE,
		.phase = 1,
		.sq = perf_memory(PERF_DEPTH * sizeof(struct hisi_hw_sqe)),
		.cq = perf_memory(PERF_DEPTH * sizeof(struct hisi_hw_cqe)),
		.sq_db = &stub->doorbells[direction][0],
		.cq_db = &stub->doorbells[direction][1],
	};
	queue->hw = hw;
	queue->direction = (uint8_t)direction;
	queue->depth = PERF_DEPTH;
	queue->slot_mask = PERF_SLOTS - 1;
	queue->max_sge = 16;
	queue->sgl_short = 16;
	queue->sgl_size = hisi_zip_sgl_arena_units(PERF_SLOTS, queue->max_sge);
	queue->slots = perf_memory(PERF_SLOTS * sizeof(*queue->slots));
	queue->sgl_mem = perf_memory((size_t)queue->sgl_size * HISI_ZIP_SGL_ALIGN);
	queue->sgl_iova = (uintptr_t)queue->sgl_mem;
	return hw->sq == NULL || hw->cq == NULL || queue->slots == NULL ||
	       queue->sgl_mem == NULL;
}

/* One mbuf, or two that share the bytes. */
static struct rte_mbuf *
perf_stub_fill_mbuf(struct rte_mbuf *m, bool chained, uint16_t bytes)
{
	for (unsigned int i = 0; i <= chained; i++) {
		m[i].buf_iova = (uintptr_t)&m[i];
		m[i].data_off = RTE_PKTMBUF_HEADROOM;
		m[i].data_len = bytes / (1 + chained);
	}
	m->pkt_len = bytes;
	m->nb_segs = 1 + chained;
	m->next = chained ? m + 1 : NULL;
	return m;
}

static int
perf_stub_fill_ops(struct perf_stub *stub, bool chained)
{
	const struct rte_comp_xform xform = {
		.type = RTE_COMP_COMPRESS,
		.compress = {
			.algo = RTE_COMP_ALGO_DEFLATE,
			.deflate.huffman = RTE_COMP_HUFFMAN_DYNAMIC,
			.level = 1,
			.window_size = 15,
			.chksum = RTE_COMP_CHECKSUM_NONE,
		},
	};

	for (unsigned int i = 0; i < PERF_OPS; i++) {
		struct rte_comp_op *op = &stub->ops[i];

		op->private_xform = &stub->xform;
		op->m_src = perf_stub_fill_mbuf(&stub->mbufs[i][0], chained, PERF_BYTES);
		op->m_dst = perf_stub_fill_mbuf(&stub->mbufs[i][2], chained, 2 * PERF_BYTES);
		op->src.length = PERF_BYTES;
		op->flush_flag = RTE_COMP_FLUSH_FINAL;
		stub->op[i] = op;
	}
	stub->dev.qm.hw = HISI_QM_HW_V3;
	return hisi_zip_xform_set(&stub->dev, &stub->xform, &xform);
}

struct perf_stub *
perf_stub_new(unsigned int burst, bool chained)
{
	struct perf_stub *stub = perf_memory(sizeof(*stub));

	if (stub == NULL)
		return NULL;
	stub->burst = burst;
	stub->phase = 1;
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		if (perf_stub_open_queue(stub, d) != 0)
			goto free;
	}
	if (perf_stub_fill_ops(stub, chained) == 0)
		return stub;
free:
	perf_stub_free(stub);
	return NULL;
}

void
perf_stub_free(struct perf_stub *stub)
{
	if (stub == NULL)
		return;
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		free(stub->hw[d].sq);
		free((void *)(uintptr_t)stub->hw[d].cq);
		free(stub->qp.queue[d].slots);
		free(stub->qp.queue[d].sgl_mem);
	}
	free(stub);
}

/* Completes a burst: three words of each SQE, and a CQE. */
static void
perf_stub_complete(struct perf_stub *stub)
{
	const struct hisi_qm_qp *hw = &stub->hw[HISI_ZIP_COMPRESS];

	for (unsigned int i = 0; i < stub->burst; i++) {
		struct hisi_hw_sqe *sqe = &hw->sq[stub->head];
		volatile uint64_t *cqe = (volatile uint64_t *)&hw->cq[stub->head];

		sqe->consumed = sqe->input_length;
		sqe->produced = PERF_BYTES / 3;
		sqe->dw3 = 0;
		cqe[1] = HISI_HW_PREP(HISI_QM_CQE_HI_SQ_HEAD, (uint64_t)stub->head) |
			 HISI_HW_PREP(HISI_QM_CQE_HI_SQ_NUM, (uint64_t)PERF_QUEUE) |
			 HISI_HW_PREP(HISI_QM_CQE_HI_PHASE, (uint64_t)stub->phase);
		if (++stub->head == PERF_DEPTH) {
			stub->head = 0;
			stub->phase ^= 1;
		}
	}
}

void
perf_stub_bursts(void *arg, unsigned int n)
{
	struct perf_stub *stub = arg;
	const uint16_t burst = (uint16_t)stub->burst;

	for (unsigned int i = 0; i < n; i++) {
		struct rte_comp_op *done[PERF_OPS];

		stub->ops_short += burst - hisi_zip_enqueue_burst(&stub->qp, stub->op, burst);
		perf_stub_complete(stub);
		stub->ops_short += burst - hisi_zip_dequeue_burst(&stub->qp, done, burst);
	}
}

void
perf_stub_alone(void *arg, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		perf_stub_complete(arg);
}

bool
perf_stub_is_good(const struct perf_stub *stub)
{
	return stub->ops_short == 0;
}
