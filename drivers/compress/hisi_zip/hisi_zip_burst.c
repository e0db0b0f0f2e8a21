/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mbuf.h>

#include "hisi_qm_ring.h"
#include "hisi_zip.h"
#include "hisi_zip_sgl.h"
#include "hisi_zip_status.h"
#include "hisi_zip_stream.h"
#include "hisi_zip_sw.h"

/*
 * Slots that can be filled beside the "filled" ones; if none, the status of the op that found so.
 * Ops that dev_stop took have to be dequeued before new ones are accepted.
 */
static inline uint16_t
hisi_zip_queue_space(const struct hisi_zip_queue *queue, uint16_t filled, int *status)
{
	uint16_t space = hisi_qm_sq_space(queue->hw);

	/* Relaxed: an op that slips in is returned by the dequeue that finds the queue dead. */
	if (unlikely(__atomic_load_n(&queue->hw->dead, __ATOMIC_RELAXED))) {
		*status = RTE_COMP_OP_STATUS_ERROR;
		return 0;
	}
	if (likely(space > filled && __atomic_load_n(&queue->flush_head, __ATOMIC_ACQUIRE) ==
					     __atomic_load_n(&queue->flush_end, __ATOMIC_RELAXED)))
		return space - filled;
	*status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
	return 0;
}

/* What every op needs before its xform and its buffers are looked at. */
static __rte_always_inline bool
hisi_zip_op_is_good(const struct rte_comp_op *op)
{
	return op->op_type == RTE_COMP_OP_STATELESS && op->m_src != NULL && op->m_dst != NULL &&
	       op->src.length - 1 < HISI_ZIP_MAX_BYTES &&
	       (unsigned int)op->flush_flag - RTE_COMP_FLUSH_FULL <=
		       RTE_COMP_FLUSH_FINAL - RTE_COMP_FLUSH_FULL;
}

/*
 * An op that is not good: it may be of a stream; one without input is for software, where there is
 * any; otherwise "status" tells what is wrong. Returns where it goes.
 */
static __rte_noinline uint8_t
hisi_zip_judge_bad(const struct hisi_zip_queue *queue, const struct rte_comp_op *op, int *status)
{
	const struct hisi_zip_xform *xform = op->private_xform;

	if (op->op_type == RTE_COMP_OP_STATEFUL)
		return HISI_ZIP_STREAM;
	/* The handle of a stream begins with an xform too. */
	if (queue->sw != NULL && op->src.length == 0 && op->op_type == RTE_COMP_OP_STATELESS &&
	    xform != NULL && !xform->stateful && op->m_src != NULL && op->m_dst != NULL &&
	    (op->flush_flag == RTE_COMP_FLUSH_FULL || op->flush_flag == RTE_COMP_FLUSH_FINAL))
		return HISI_ZIP_SOFTWARE;
	*status = RTE_COMP_OP_STATUS_INVALID_ARGS;
	return HISI_ZIP_COMPRESS;
}

/* Which queue of the pair an op goes to, or HISI_ZIP_SOFTWARE or _STREAM. */
static __rte_always_inline uint8_t
hisi_zip_path(const struct hisi_zip_qp *qp, const struct rte_comp_op *op, int *status)
{
	if (likely(hisi_zip_op_is_good(op) && op->private_xform != NULL))
		return ((const struct hisi_zip_xform *)op->private_xform)->path;
	return hisi_zip_judge_bad(&qp->queue[0], op, status);
}

/* What an xform puts into an SQE. */
struct hisi_zip_words {
	hisi_zip_quad dw4; /* to dw7; the length is added */
	hisi_zip_quad dw8; /* to dw11 */
};

/* Finds the buffers of an op, returns a status of ops; dw8 gets the kind of buffers. */
static __rte_always_inline int
hisi_zip_map_buffers(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
		     const struct hisi_zip_xform *xform, struct hisi_zip_buffers *buffers,
		     hisi_zip_quad *dw8)
{
	const struct rte_mbuf *src = op->m_src, *dst = op->m_dst;

	if (unlikely((uint64_t)op->src.offset + op->src.length > src->data_len ||
		     dst->nb_segs != 1 || xform->frame != HISI_ZIP_FRAME_NONE)) {
		uint64_t kind = HISI_HW_PREP(HISI_ZIP_DW9_BUFFER, (uint64_t)HISI_ZIP_BUF_SGL);
		struct hisi_zip_buffers lists;
		int status = hisi_zip_sgl_fill(queue, op, xform->frame, &lists);

		/* A copy: "buffers" stays in registers. */
		*buffers = lists;
		*dw8 |= (hisi_zip_quad){kind << 32, 0};
		return status;
	}
	if (unlikely(op->dst.offset >= dst->data_len))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	buffers->source = rte_pktmbuf_iova_offset(src, op->src.offset);
	buffers->dest = rte_pktmbuf_iova_offset(dst, op->dst.offset);
	buffers->room = dst->data_len - op->dst.offset;
	return RTE_COMP_OP_STATUS_SUCCESS;
}

/* Writes all 32 dwords: the slot holds what its last use left (hardware.md 15.2, 25). */
static __rte_always_inline void
hisi_zip_write_sqe(struct hisi_hw_sqe *sqe, uint32_t length, hisi_zip_quad dw4, hisi_zip_quad dw8,
		   const struct hisi_zip_buffers *buffers)
{
	hisi_zip_quad *quads = (hisi_zip_quad *)sqe;

	quads[0] = (hisi_zip_quad){0, 0};
	quads[1] = dw4 + (hisi_zip_quad){length, 0};
	quads[2] = dw8;
	quads[3] = (hisi_zip_quad){0, buffers->room};
	quads[4] = (hisi_zip_quad){0, buffers->source};
	quads[5] = (hisi_zip_quad){buffers->dest, 0};
	quads[6] = (hisi_zip_quad){0, 0};
	quads[7] = (hisi_zip_quad){0, 0};
}

/*
 * Fills SQEs with ops until one is of the other direction or cannot be taken; returns how many,
 * and a status that is not SUCCESS for the op that cannot. A function of its own, so that the loop
 * has all registers.
 */
static __rte_noinline uint16_t
hisi_zip_fill_run(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops,
		  int *status)
{
	struct hisi_zip_slot *slot = &queue->slots[queue->tail & queue->slot_mask];
	struct hisi_zip_slot *const last_slot = &queue->slots[queue->slot_mask];
	struct hisi_hw_sqe *const last_sqe = &queue->hw->sq[queue->hw->depth - 1];
	struct hisi_hw_sqe *sqe = hisi_qm_sq_next(queue->hw);
	const struct hisi_zip_xform *xform = NULL;
	struct hisi_zip_words words = {0};
	int said = RTE_COMP_OP_STATUS_SUCCESS;
	uint16_t n;

	for (n = 0; n < nb_ops; n++) {
		struct rte_comp_op *op = ops[n];
		struct hisi_zip_buffers buffers;
		hisi_zip_quad dw8;

		/* The caller looks again at what ends the run. */
		if (unlikely(!hisi_zip_op_is_good(op)))
			break;
		if (unlikely(op->private_xform != xform)) {
			xform = op->private_xform;
			if (xform == NULL || xform->path != queue->direction)
				break;
			words.dw4 = (hisi_zip_quad){xform->trailer, (uint64_t)xform->dw7 << 32};
			words.dw8 = (hisi_zip_quad){(uint64_t)xform->dw9 << 32, 0};
		}
		dw8 = words.dw8;
		said = hisi_zip_map_buffers(queue, op, xform, &buffers, &dw8);
		if (unlikely(said != RTE_COMP_OP_STATUS_SUCCESS))
			break;
		hisi_zip_write_sqe(sqe, op->src.length, words.dw4, dw8, &buffers);
		sqe = likely(sqe != last_sqe) ? sqe + 1 : queue->hw->sq;
		slot->op = op;
		slot->room = buffers.room;
		slot->sgl_end = queue->sgl_tail;
		slot->post = xform->post;
		slot = likely(slot != last_slot) ? slot + 1 : queue->slots;
	}
	if (unlikely(said != RTE_COMP_OP_STATUS_SUCCESS))
		*status = said;
	hisi_qm_sq_advance_by(queue->hw, n);
	queue->tail += n;
	return n;
}

/* Leaves a refused op with its status; a full queue is no failure. */
static __rte_noinline void
hisi_zip_refuse(struct hisi_zip_queue *queue, struct rte_comp_op *op, int status)
{
	op->status = status;
	hisi_zip_count(&queue->refused[status % HISI_ZIP_NB_STATUSES], 1);
	if (status != RTE_COMP_OP_STATUS_NOT_PROCESSED)
		hisi_zip_count(&queue->enqueue.failed, 1);
}

/* Makes the device see the SQEs filled in a burst. */
static inline void
hisi_zip_submit(struct hisi_zip_queue *queue, uint16_t filled)
{
	if (filled == 0)
		return;
	/* Counted before the release of the ops: who reads the consumer's counters first and these
	 * behind an acquire never finds more ops returned than taken.
	 */
	hisi_zip_count(&queue->enqueue.done, filled);
	hisi_qm_sq_ring(queue->hw, filled);
}

/* Fills the queue "path" with the run of ops that starts here; returns how many. */
static __rte_always_inline uint16_t
hisi_zip_enqueue_run(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops,
		     uint16_t *filled, int *status)
{
	uint16_t space = hisi_zip_queue_space(queue, *filled, status);
	uint16_t run = hisi_zip_fill_run(queue, ops, RTE_MIN(space, nb_ops), status);

	*filled += run;
	return run;
}

/* Submits the request of a stream. */
static void
hisi_zip_fill_stream(struct hisi_zip_queue *queue, struct rte_comp_op *op,
		     const struct hisi_zip_stream *stream)
{
	struct hisi_zip_slot *slot = &queue->slots[queue->tail++ & queue->slot_mask];

	hisi_zip_stream_write_sqe(stream, hisi_qm_sq_next(queue->hw));
	hisi_qm_sq_advance(queue->hw);
	slot->op = op;
	slot->room = stream->request.out_length;
	slot->sgl_end = queue->sgl_tail;
	slot->post = &stream->xform;
}

/* Takes an op of a stream. What needs no request is done here and now. */
static int
hisi_zip_enqueue_stream(struct hisi_zip_qp *qp, struct rte_comp_op *op, uint16_t *filled)
{
	int status = hisi_zip_stream_admit(op);
	struct hisi_zip_stream *stream = op->stream;
	struct hisi_zip_queue *queue;
	uint8_t path;

	if (status != RTE_COMP_OP_STATUS_SUCCESS)
		return status;
	if (hisi_zip_sw_is_full(qp->sw))
		return RTE_COMP_OP_STATUS_NOT_PROCESSED;
	path = stream->path;
	if (path == HISI_ZIP_SOFTWARE) {
		hisi_zip_stream_do(&qp->sw->producer, stream, op);
		hisi_zip_sw_push(qp->sw, op);
		return status;
	}
	queue = &qp->queue[path];
	if (hisi_zip_queue_space(queue, filled[path], &status) == 0)
		return status;
	if (hisi_zip_stream_begin(stream, op)) {
		hisi_zip_fill_stream(queue, op, stream);
		filled[path]++;
	} else {
		hisi_zip_sw_push(qp->sw, op);
	}
	return status;
}

/* Takes an op that is more than a line in a queue; returns a status of ops. */
static __rte_noinline int
hisi_zip_enqueue_aside(struct hisi_zip_qp *qp, struct rte_comp_op *op, uint8_t path,
		       uint16_t *filled)
{
	if (path == HISI_ZIP_SOFTWARE)
		return hisi_zip_sw_enqueue(qp->sw, op);
	return hisi_zip_enqueue_stream(qp, op, filled);
}

uint16_t
hisi_zip_enqueue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops)
{
	uint16_t filled[HISI_ZIP_NB_DIRECTIONS] = {0}, n = 0;
	struct hisi_zip_qp *qp = queue_pair;

	while (n < nb_ops) {
		int status = RTE_COMP_OP_STATUS_SUCCESS;
		uint8_t path = hisi_zip_path(qp, ops[n], &status);
		struct hisi_zip_queue *queue = &qp->queue[path % HISI_ZIP_NB_DIRECTIONS];

		if (likely(path < HISI_ZIP_NB_DIRECTIONS)) {
			if (likely(status == RTE_COMP_OP_STATUS_SUCCESS))
				n += hisi_zip_enqueue_run(queue, ops + n, nb_ops - n, &filled[path],
							  &status);
		} else {
			status = hisi_zip_enqueue_aside(qp, ops[n], path, filled);
			n += status == RTE_COMP_OP_STATUS_SUCCESS;
		}
		if (unlikely(status != RTE_COMP_OP_STATUS_SUCCESS)) {
			hisi_zip_refuse(queue, ops[n], status);
			break;
		}
	}
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++)
		hisi_zip_submit(&qp->queue[d], filled[d]);
	return n;
}

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

	if (hisi_zip_frame_sum(xform, word, &op->output_chksum))
		return;
	if (xform->compress)
		hisi_zip_sw_sum(op->m_src, op->src.offset, op->consumed, xform->checksums, &adler,
				&crc);
	else
		hisi_zip_sw_sum(op->m_dst, op->dst.offset, op->produced, xform->checksums, &adler,
				&crc);
	op->output_chksum = hisi_zip_chksum(xform, adler, crc);
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
		stream->noisy |= queue->hw->dev->noisy;
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
