/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include "hisi_zip_sgl.h"
#include "test_hisi_zip_util.h"

static void *
zeroed(size_t size)
{
	size_t whole = (size + 4095) & ~(size_t)4095;
	void *memory = aligned_alloc(4096, whole);

	assert_non_null(memory);
	memset(memory, 0, whole);
	return memory;
}

static void
open_queue(struct test_pair *pair, unsigned int direction)
{
	struct hisi_zip_queue *queue = &pair->qp.queue[direction];
	struct hisi_qm_qp *hw = &pair->hw[direction];

	hw->dev = &pair->dev;
	hw->queue = (uint16_t)(6 + direction);
	hw->depth = TEST_DEPTH;
	hw->cq_depth = TEST_DEPTH;
	hw->limit = TEST_LIMIT;
	hw->cq_pace = TEST_DEPTH - TEST_LIMIT;
	hw->phase = 1;
	hw->sq = zeroed(TEST_DEPTH * 128);
	/* What a slot held before must not matter (hardware.md 15.2, 25). */
	memset(hw->sq, 0xee, TEST_DEPTH * 128);
	hw->cq = zeroed(TEST_DEPTH * 16);
	hw->sq_db = &pair->device[direction].sq_db;
	hw->cq_db = &pair->device[direction].cq_db;
	hw->sq_db_word = hw->queue;
	hw->cq_db_word = hw->queue | 0x1000;
	pair->device[direction].phase = 1;

	queue->hw = hw;
	queue->direction = (uint8_t)direction;
	queue->depth = TEST_DEPTH;
	queue->slot_mask = 31;
	queue->slots = zeroed(32 * sizeof(*queue->slots));
	queue->max_sge = 600;
	queue->sgl_short = 255;
	queue->sgl_size = hisi_zip_sgl_arena_units(TEST_LIMIT, queue->max_sge);
	queue->sgl_mem = zeroed((size_t)queue->sgl_size * 64);
	memset(queue->sgl_mem, 0xee, (size_t)queue->sgl_size * 64);
	queue->sgl_iova = (uintptr_t)queue->sgl_mem;
}

static void
fill_mbuf(struct rte_mbuf *m, uint64_t iova, uint16_t length)
{
	m->buf_iova = iova;
	m->data_off = 128;
	m->data_len = length;
	m->pkt_len = length;
	m->nb_segs = 1;
}

int
test_pair_open(void **state)
{
	struct test_pair *pair = zeroed(sizeof(*pair));

	snprintf(pair->dev.name, sizeof(pair->dev.name), "test");
	/* Type 3, new, finish; 32 KiB window, raw DEFLATE (hardware.md 8.2, 8.3). */
	for (unsigned int d = 0; d < 2; d++) {
		open_queue(pair, d);
		pair->xform[d].path = (uint8_t)d;
		pair->xform[d].dw7 = 0x3a000000;
		pair->xform[d].dw9 = 0x00004001;
	}
	for (unsigned int i = 0; i < TEST_MAX_OPS; i++) {
		struct rte_comp_op *op = &pair->ops[i];

		pair->op[i] = op;
		fill_mbuf(&pair->src[i], 0x1200000000 + 0x10000 * i, 1000);
		fill_mbuf(&pair->dst[i], 0x3400000000 + 0x10000 * i, 2000);
		op->private_xform = &pair->xform[0];
		op->m_src = &pair->src[i];
		op->m_dst = &pair->dst[i];
		op->src.length = 1000;
		op->flush_flag = RTE_COMP_FLUSH_FINAL;
		op->status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
	}
	*state = pair;
	return 0;
}

int
test_pair_close(void **state)
{
	struct test_pair *pair = *state;

	for (unsigned int d = 0; d < 2; d++) {
		free(pair->hw[d].sq);
		free((void *)(uintptr_t)pair->hw[d].cq);
		free(pair->qp.queue[d].slots);
		free(pair->qp.queue[d].sgl_mem);
	}
	free(pair);
	return 0;
}

void
test_op_decompress(struct test_pair *pair, unsigned int op)
{
	pair->ops[op].private_xform = &pair->xform[1];
}

uint32_t *
test_sqe(struct test_pair *pair, unsigned int direction, uint16_t index)
{
	return (uint32_t *)&pair->hw[direction].sq[index];
}

void
test_result(struct test_pair *pair, unsigned int direction, uint16_t index, uint32_t consumed,
	    uint32_t produced, uint32_t dw3)
{
	uint32_t *sqe = test_sqe(pair, direction, index);

	sqe[0] = consumed;
	sqe[1] = produced;
	sqe[3] = dw3;
}

void
test_cqe(struct test_pair *pair, unsigned int direction, uint16_t index)
{
	struct test_device *device = &pair->device[direction];
	volatile uint64_t *cqe = (volatile uint64_t *)&pair->hw[direction].cq[device->tail];

	/* Bytes 8-9 SQ head, 10-11 queue, bit 48 of the second half the phase (hardware.md 4.5). */
	cqe[1] = (uint64_t)device->phase << 48 | (uint64_t)pair->hw[direction].queue << 16 | index;
	if (++device->tail == TEST_DEPTH) {
		device->tail = 0;
		device->phase ^= 1;
	}
}

void
test_complete(struct test_pair *pair, unsigned int direction, uint16_t index, uint16_t n)
{
	for (; n > 0; n--) {
		test_result(pair, direction, index, test_sqe(pair, direction, index)[4], 300, 0);
		test_cqe(pair, direction, index);
		index = (uint16_t)((index + 1) % TEST_DEPTH);
	}
}
