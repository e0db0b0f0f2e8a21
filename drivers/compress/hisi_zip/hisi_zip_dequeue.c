/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "hisi_qm_ring.h"
#include "hisi_zip.h"
#include "hisi_zip_status.h"
#include "hisi_zip_stream.h"
#include "hisi_zip_sw.h"

/* Learns how many ops are in flight beside the "taken" ones of this burst. */
static inline uint32_t
hisi_zip_reload(struct hisi_zip_queue *queue, uint16_t taken)
{
	const struct hisi_qm_qp *hw = queue->hw;

	/* Acquire: the slots of what is submitted are filled. */
	queue->pending = __atomic_load_n(&hw->submitted, __ATOMIC_ACQUIRE) - hw->completed - taken;
	return queue->pending;
}

/*
 * What is left to do on an op that the device did: the checksums of its plain data. "word" is what
 * the device says of them.
 */
static __rte_noinline void
hisi_zip_post(struct rte_comp_op *op, const struct hisi_zip_xform *xform, uint32_t word)
{
	uint32_t adler = 0, crc = 0;

	if (!hisi_zip_frame_sum(xform, word, &adler, &crc)) {
		if (xform->compress)
			hisi_zip_sw_sum(op->m_src, op->src.offset, op->consumed, xform->checksums,
					&adler, &crc);
		else
			hisi_zip_sw_sum(op->m_dst, op->dst.offset, op->produced, xform->checksums,
					&adler, &crc);
	}
	hisi_zip_sw_set_sum(op, xform, adler, crc);
}

/* Whether the engine said "output full" of less output than there is: it takes 8 MiB at most. */
static bool
hisi_zip_was_clamped(const struct rte_comp_op *op, uint32_t room, enum hisi_zip_frame frame)
{
	return op->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED &&
	       room == HISI_ZIP_MAX_BYTES &&
	       hisi_zip_op_room(op) > room - hisi_zip_frame_extra(frame);
}

/* The stream that an op in flight belongs to, or NULL. */
static struct hisi_zip_stream *
hisi_zip_stream_of(const struct hisi_zip_slot *slot)
{
	if (slot->post == NULL || !slot->post->stateful)
		return NULL;
	return (struct hisi_zip_stream *)(uintptr_t)slot->post;
}

/* Counts an op that has its status, which is not SUCCESS. */
static void
hisi_zip_fail(struct hisi_zip_queue *queue, const struct rte_comp_op *op)
{
	hisi_zip_count(&queue->dequeue.failed, hisi_zip_status_is_failure(op->status));
	hisi_zip_count_failure(&queue->failures, op);
}

/* Gives an op its result where that is not just what the device says. */
static __rte_noinline void
hisi_zip_settle_odd(struct hisi_zip_queue *queue, uint16_t index, struct rte_comp_op *op,
		    uint32_t dw3, const struct hisi_zip_slot *slot)
{
	enum hisi_zip_frame frame = slot->post == NULL ? HISI_ZIP_FRAME_NONE : slot->post->frame;
	/* Volatile: the device may change it at any time. */
	const volatile struct hisi_hw_sqe *sqe = &queue->hw->sq[index];
	struct hisi_zip_stream *stream = hisi_zip_stream_of(slot);
	bool failed;

	if (stream != NULL) {
		hisi_zip_stream_complete(stream, op, sqe, dw3);
		if (op->status != RTE_COMP_OP_STATUS_SUCCESS)
			hisi_zip_fail(queue, op);
		return;
	}
	if (frame == HISI_ZIP_FRAME_NONE)
		failed = hisi_zip_status_settle(op, queue->direction == HISI_ZIP_COMPRESS, dw3,
						slot->room);
	else
		failed = hisi_zip_frame_settle(op, frame, dw3, slot->room);
	if (failed && queue->sw != NULL &&
	    (hisi_zip_frame_redo(op, frame) || hisi_zip_was_clamped(op, slot->room, frame))) {
		hisi_zip_sw_redo(queue->sw, op);
		failed = op->status != RTE_COMP_OP_STATUS_SUCCESS;
	} else if (!failed && slot->post != NULL && slot->post->checksums != 0) {
		hisi_zip_post(op, slot->post, sqe->checksum);
	}
	if (failed)
		hisi_zip_fail(queue, op);
}

/* Gives an op its result. */
static __rte_always_inline void
hisi_zip_settle(struct hisi_zip_queue *queue, uint16_t index, const struct hisi_zip_slot *slot)
{
	/* Volatile: each word is read once, the device may change it at any time. */
	const volatile struct hisi_hw_sqe *sqe = &queue->hw->sq[index];
	uint32_t consumed = sqe->consumed, produced = sqe->produced, dw3 = sqe->dw3;
	struct rte_comp_op *op = slot->op;

	op->consumed = consumed;
	op->produced = produced;
	op->debug_status = dw3;
	op->status = RTE_COMP_OP_STATUS_SUCCESS;
	if (unlikely(HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3) != HISI_ZIP_OK ||
		     (consumed != op->src.length &&
		      (consumed > op->src.length || queue->direction == HISI_ZIP_COMPRESS)) ||
		     produced > slot->room || slot->post != NULL))
		hisi_zip_settle_odd(queue, index, op, dw3, slot);
}

/* Takes ops that completed in order, of "nb_ops" that are in flight; returns how many. */
static __rte_always_inline uint16_t
hisi_zip_take_run(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops)
{
	uint16_t n, index = queue->index, sq_head;
	uint32_t head = queue->head;
	uint64_t in = 0, out = 0;

	for (n = 0; n < nb_ops; n++) {
		const struct hisi_zip_slot *slot = &queue->slots[head & queue->slot_mask];

		if (!hisi_qm_cq_peek(queue->hw, &sq_head) || unlikely(sq_head != index))
			break;
		hisi_zip_settle(queue, index, slot);
		hisi_qm_cq_consume(queue->hw);
		ops[n] = slot->op;
		in += slot->op->consumed;
		out += slot->op->produced;
		head++;
		if (unlikely(++index == queue->depth))
			index = 0;
	}
	queue->index = index;
	queue->head = head;
	queue->pending -= n;
	hisi_zip_count(&queue->bytes.in, in);
	hisi_zip_count(&queue->bytes.out, out);
	return n;
}

/* Takes the oldest op in flight as one that ended in ERROR. */
static struct rte_comp_op *
hisi_zip_take_failed(struct hisi_zip_queue *queue, enum hisi_zip_reason reason)
{
	const struct hisi_zip_slot *slot = &queue->slots[queue->head++ & queue->slot_mask];
	struct hisi_zip_stream *stream = hisi_zip_stream_of(slot);
	struct rte_comp_op *op = slot->op;

	if (++queue->index == queue->depth)
		queue->index = 0;
	queue->pending--;
	if (stream != NULL) {
		stream->noisy |= hisi_qm_dev_is_noisy(queue->hw->dev);
		hisi_zip_stream_fail(stream, op, (uint64_t)reason << 32);
	} else {
		hisi_zip_status_fail(op, reason, 0);
	}
	hisi_zip_fail(queue, op);
	return op;
}

/* Judges a completion that is not the next one; whether it may be one further on. */
static bool
hisi_zip_judge_gap(struct hisi_zip_queue *queue, uint16_t sq_head, uint16_t taken)
{
	uint16_t ahead = sq_head - queue->index;
	uint8_t alive = HISI_QM_ALIVE;

	if (sq_head < queue->index)
		ahead += queue->depth;
	if (sq_head < queue->depth && ahead < hisi_zip_reload(queue, taken)) {
		if (!queue->gap_logged)
			HISI_ZIP_LOG(ERR, "queue %u: no completion of SQE %u, but of SQE %u",
				     queue->hw->dev->name, queue->hw->queue, queue->index, sq_head);
		queue->gap_logged = true;
		return true;
	}
	/* It takes no more. The slow poll of who has the function stops it, and it is dead then. */
	if (__atomic_compare_exchange_n(&queue->hw->dead, &alive, HISI_QM_DYING, false,
					__ATOMIC_RELAXED, __ATOMIC_RELAXED))
		HISI_ZIP_LOG(ERR, "queue %u: lost, completion of SQE %u, which is not in flight",
			     queue->hw->dev->name, queue->hw->queue, sq_head);
	return false;
}

/*
 * Takes the oldest op in flight, which did not complete in order: NULL if it still may. One op a
 * call: of several lost ones the next call finds the same completion.
 */
static __rte_noinline struct rte_comp_op *
hisi_zip_take_odd(struct hisi_zip_queue *queue, uint16_t taken)
{
	enum hisi_zip_reason reason = HISI_ZIP_REASON_DEAD;
	bool dead = __atomic_load_n(&queue->hw->dead, __ATOMIC_ACQUIRE) == HISI_QM_DEAD;
	uint16_t sq_head;

	/* The CQ after the flag: what completed before the end is still returned as it is. */
	if (hisi_qm_cq_peek(queue->hw, &sq_head)) {
		if (sq_head == queue->index)
			return NULL;
		if (hisi_zip_judge_gap(queue, sq_head, taken))
			reason = HISI_ZIP_REASON_LOST;
		else if (!dead)
			return NULL;
	} else if (!dead) {
		return NULL;
	}
	return hisi_zip_take_failed(queue, reason);
}

/* Takes up to "nb_ops" ops that ended. */
static inline uint16_t
hisi_zip_take_burst(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops)
{
	uint16_t n = 0;

	while (n < nb_ops) {
		uint16_t run, wanted = nb_ops - n;

		/* A direction without ops in flight costs no look at its CQ. */
		if (queue->pending < wanted && hisi_zip_reload(queue, n) == 0)
			break;
		wanted = RTE_MIN(wanted, queue->pending);
		run = hisi_zip_take_run(queue, ops + n, wanted);
		n += run;
		if (run == wanted)
			continue;
		ops[n] = hisi_zip_take_odd(queue, n);
		if (ops[n] == NULL)
			break;
		n++;
	}
	if (n == 0)
		return 0;
	/* Release pairs with the producer's acquire: the device is done with the lists. */
	__atomic_store_n(&queue->sgl_freed,
			 queue->slots[(queue->head - 1) & queue->slot_mask].sgl_end,
			 __ATOMIC_RELEASE);
	hisi_qm_cq_ack(queue->hw, n);
	hisi_zip_count(&queue->dequeue.done, n);
	return n;
}

/* Hands out ops that dev_stop took. */
static __rte_noinline uint16_t
hisi_zip_hand_out(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops)
{
	uint32_t head = queue->flush_head;
	uint16_t n;

	for (n = 0; n < nb_ops && head != queue->flush_end; n++)
		ops[n] = queue->slots[head++ & queue->slot_mask].op;
	/* Release: the slots were read before the producer may fill them. */
	__atomic_store_n(&queue->flush_head, head, __ATOMIC_RELEASE);
	return n;
}

static inline uint16_t
hisi_zip_dequeue_queue(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops)
{
	if (unlikely(queue->flush_head != queue->flush_end))
		return hisi_zip_hand_out(queue, ops, nb_ops);
	return hisi_zip_take_burst(queue, ops, nb_ops);
}

uint16_t
hisi_zip_dequeue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops)
{
	struct hisi_zip_qp *qp = queue_pair;
	uint8_t first = qp->first;
	uint16_t n = 0;

	/* First: what was done in the enqueue can only be so much. */
	if (unlikely(qp->sw != NULL && hisi_zip_sw_pending(qp->sw)))
		n = hisi_zip_sw_dequeue(qp->sw, ops, nb_ops);
	/* In turns: a direction that fills every burst must not starve the other. */
	qp->first = first ^ 1;
	n += hisi_zip_dequeue_queue(&qp->queue[first], ops + n, nb_ops - n);
	if (n < nb_ops)
		n += hisi_zip_dequeue_queue(&qp->queue[first ^ 1], ops + n, nb_ops - n);
	return n;
}

uint32_t
hisi_zip_queue_settle(struct hisi_zip_queue *queue)
{
	struct rte_comp_op *ops[32];

	if (queue->flush_head == queue->flush_end)
		queue->flush_head = queue->head;
	/* Slots keep their ops, in order: they are the list that is handed out later. */
	while (hisi_zip_take_burst(queue, ops, RTE_DIM(ops)) != 0)
		;
	queue->flush_end = queue->head;
	hisi_zip_reload(queue, 0);
	return queue->pending;
}
