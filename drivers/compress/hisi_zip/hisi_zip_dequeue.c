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
hisi_zip_settle_odd(struct hisi_zip_queue *queue, const volatile struct hisi_hw_sqe *sqe,
		    const struct hisi_zip_slot *slot)
{
	enum hisi_zip_frame frame = slot->post == NULL ? HISI_ZIP_FRAME_NONE : slot->post->frame;
	struct hisi_zip_stream *stream = hisi_zip_stream_of(slot);
	struct rte_comp_op *op = slot->op;
	uint32_t dw3 = op->debug_status;
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

/* Gives an op its result, which is in "sqe"; volatile: the device may change that at any time. */
static __rte_always_inline void
hisi_zip_settle(struct hisi_zip_queue *queue, const volatile struct hisi_hw_sqe *sqe,
		const struct hisi_zip_slot *slot, struct rte_comp_op *op)
{
	/* Each word is read once. */
	uint32_t consumed = sqe->consumed, produced = sqe->produced, dw3 = sqe->dw3;

	op->consumed = consumed;
	op->produced = produced;
	op->debug_status = dw3;
	op->status = RTE_COMP_OP_STATUS_SUCCESS;
	if (unlikely(HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3) != HISI_ZIP_OK ||
		     (consumed != op->src.length &&
		      (consumed > op->src.length || queue->direction == HISI_ZIP_COMPRESS)) ||
		     produced > slot->room || slot->post != NULL))
		hisi_zip_settle_odd(queue, sqe, slot);
}

/* Finds out how many ops can be taken before a ring ends. */
static void
hisi_zip_take_turn(struct hisi_zip_queue *queue)
{
	const struct hisi_qm_qp *hw = queue->hw;
	uint32_t straight = queue->slot_mask + 1 - (queue->head & queue->slot_mask);

	if (queue->index == queue->depth)
		queue->index = 0;
	/* Beside cq_head for ever, once a completion was lost. */
	straight = RTE_MIN(straight, (uint32_t)queue->depth - queue->index);
	queue->take_straight = RTE_MIN(straight, (uint32_t)hw->cq_depth - hw->cq_head);
}

/* Takes ops that completed in order, at most "most" of "take_straight"; returns how many. */
static __rte_always_inline uint32_t
hisi_zip_take_run(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint32_t most)
{
	const struct hisi_zip_slot *slot = &queue->slots[queue->head & queue->slot_mask];
	const volatile struct hisi_hw_sqe *sqe = &queue->hw->sq[queue->index];
	uint32_t n = hisi_qm_cq_peek_run(queue->hw, queue->index, most);
	const struct hisi_zip_slot *const end = slot + n;
	uint64_t in = 0, out = 0;

	if (unlikely(n == 0))
		return 0;
	do {
		struct rte_comp_op *op = slot->op;

		hisi_zip_settle(queue, sqe, slot, op);
		*ops++ = op;
		in += op->consumed;
		out += op->produced;
		sqe++;
	} while (++slot != end);
	hisi_qm_cq_consume_by(queue->hw, n);
	queue->index += n;
	queue->head += n;
	queue->pending -= n;
	hisi_zip_count(&queue->bytes.in, in);
	hisi_zip_count(&queue->bytes.out, out);
	queue->take_straight -= n;
	if (unlikely(queue->take_straight == 0))
		hisi_zip_take_turn(queue);
	return n;
}

/* Takes the oldest op in flight as one that ended in ERROR. */
static struct rte_comp_op *
hisi_zip_take_failed(struct hisi_zip_queue *queue, enum hisi_zip_reason reason)
{
	const struct hisi_zip_slot *slot = &queue->slots[queue->head++ & queue->slot_mask];
	struct hisi_zip_stream *stream = hisi_zip_stream_of(slot);
	struct rte_comp_op *op = slot->op;

	queue->index++;
	hisi_zip_take_turn(queue);
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

/* Gives back what the "n" ops taken last had; there is at least one. */
static __rte_always_inline void
hisi_zip_take_end(struct hisi_zip_queue *queue, uint32_t n)
{
	/* Release pairs with the producer's acquire: the device is done with the lists. */
	__atomic_store_n(&queue->sgl_freed,
			 queue->slots[(queue->head - 1) & queue->slot_mask].sgl_end,
			 __ATOMIC_RELEASE);
	hisi_qm_cq_ack(queue->hw, n);
	hisi_zip_count(&queue->dequeue.done, n);
}

/* Takes up to "nb_ops" ops that ended, with the "n" taken before; returns how many in all. */
static __rte_noinline uint16_t
hisi_zip_take_more(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops,
		   uint16_t n)
{
	if (queue->take_straight == 0)
		hisi_zip_take_turn(queue);
	while (n < nb_ops) {
		uint16_t wanted = nb_ops - n;
		uint32_t run;

		if (queue->pending < wanted && hisi_zip_reload(queue, n) == 0)
			break;
		wanted = RTE_MIN(wanted, RTE_MIN(queue->pending, queue->take_straight));
		run = hisi_zip_take_run(queue, ops + n, wanted);
		n += run;
		if (run == wanted)
			continue;
		ops[n] = hisi_zip_take_odd(queue, n);
		if (ops[n] == NULL)
			break;
		n++;
	}
	if (n != 0)
		hisi_zip_take_end(queue, n);
	return n;
}

/* Whether the next op may be one for hisi_zip_take_odd(). */
static inline bool
hisi_zip_may_be_odd(const struct hisi_zip_queue *queue)
{
	uint16_t sq_head;

	/* Relaxed: that function looks again. */
	return __atomic_load_n(&queue->hw->dead, __ATOMIC_RELAXED) == HISI_QM_DEAD ||
	       hisi_qm_cq_peek(queue->hw, &sq_head);
}

/* Takes up to "nb_ops" ops that ended: mostly one run. */
static __rte_noinline uint16_t
hisi_zip_take_burst(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops)
{
	uint32_t most = nb_ops, n;

	/* A direction without ops in flight costs no look at its CQ. */
	if (queue->pending < most && hisi_zip_reload(queue, 0) == 0)
		return 0;
	if (unlikely(most > queue->pending))
		most = queue->pending;
	if (unlikely(most > queue->take_straight))
		most = queue->take_straight;
	n = hisi_zip_take_run(queue, ops, most);
	if (unlikely(n != nb_ops) &&
	    (n == most ? queue->pending != 0 : hisi_zip_may_be_odd(queue)))
		return hisi_zip_take_more(queue, ops, nb_ops, n);
	if (likely(n != 0))
		hisi_zip_take_end(queue, n);
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

static inline bool
hisi_zip_is_flushed(const struct hisi_zip_queue *queue)
{
	return queue->flush_head != queue->flush_end;
}

static inline uint16_t
hisi_zip_dequeue_queue(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops)
{
	if (unlikely(hisi_zip_is_flushed(queue)))
		return hisi_zip_hand_out(queue, ops, nb_ops);
	return hisi_zip_take_burst(queue, ops, nb_ops);
}

/* Dequeues from all that may have something. */
static __rte_noinline uint16_t
hisi_zip_dequeue_mixed(struct hisi_zip_qp *qp, struct rte_comp_op **ops, uint16_t nb_ops)
{
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

/* Whether nothing is in flight. */
static inline bool
hisi_zip_is_idle(struct hisi_zip_queue *queue)
{
	return queue->pending == 0 && hisi_zip_reload(queue, 0) == 0;
}

uint16_t
hisi_zip_dequeue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops)
{
	struct hisi_zip_queue *compress, *decompress;
	struct hisi_zip_qp *qp = queue_pair;

	compress = &qp->queue[HISI_ZIP_COMPRESS];
	decompress = &qp->queue[HISI_ZIP_DECOMPRESS];
	if (unlikely((qp->sw != NULL && hisi_zip_sw_pending(qp->sw)) ||
		     hisi_zip_is_flushed(compress) || hisi_zip_is_flushed(decompress)))
		return hisi_zip_dequeue_mixed(qp, ops, nb_ops);
	/* Mostly one direction is in use, and it is always its turn. */
	if (hisi_zip_is_idle(decompress))
		return hisi_zip_take_burst(compress, ops, nb_ops);
	if (hisi_zip_is_idle(compress))
		return hisi_zip_take_burst(decompress, ops, nb_ops);
	return hisi_zip_dequeue_mixed(qp, ops, nb_ops);
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
