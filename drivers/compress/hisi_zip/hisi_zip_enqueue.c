/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mbuf.h>

#include "hisi_qm_ring.h"
#include "hisi_zip.h"
#include "hisi_zip_sgl.h"
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

/* Words of the SQE that the xform does not know. */
struct hisi_zip_request {
	struct hisi_zip_buffers buffers;
	uint32_t length; /* of the source */
	uint64_t dw8;    /* and dw9 */
};

/* Finds the buffers of an op that are lists, or no good; returns a status of ops. */
static __rte_always_inline int
hisi_zip_map_lists(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
		   const struct hisi_zip_xform *xform, struct hisi_zip_request *request)
{
	uint64_t kind = HISI_HW_PREP(HISI_ZIP_DW9_BUFFER, (uint64_t)HISI_ZIP_BUF_SGL);
	struct hisi_zip_buffers lists;
	int status = hisi_zip_sgl_fill(queue, op, xform->frame, &lists);

	/* A copy: "request" stays in registers. */
	request->buffers = lists;
	request->length = op->src.length + xform->trailer;
	request->dw8 |= kind << 32;
	return status;
}

/* Finds the buffers of an op; returns a status of ops. */
static __rte_always_inline int
hisi_zip_map_buffers(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
		     const struct hisi_zip_xform *xform, struct hisi_zip_request *request)
{
	const struct rte_mbuf *src = op->m_src, *dst = op->m_dst;

	request->dw8 = *(const hisi_zip_pair *)&xform->dw8;
	request->length = op->src.length;
	if (unlikely((uint64_t)op->src.offset + op->src.length > src->data_len ||
		     dst->nb_segs != 1 || xform->frame != HISI_ZIP_FRAME_NONE))
		return hisi_zip_map_lists(queue, op, xform, request);
	if (unlikely(op->dst.offset >= dst->data_len))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	request->buffers.source = rte_pktmbuf_iova_offset(src, op->src.offset);
	request->buffers.dest = rte_pktmbuf_iova_offset(dst, op->dst.offset);
	request->buffers.room = dst->data_len - op->dst.offset;
	return RTE_COMP_OP_STATUS_SUCCESS;
}

/* Writes all 32 dwords: the slot holds what its last use left (hardware.md 15.2, 25). */
static __rte_always_inline void
hisi_zip_write_sqe(struct hisi_hw_sqe *sqe, const struct hisi_zip_xform *xform,
		   const struct hisi_zip_request *request)
{
	hisi_zip_pair *pairs = (hisi_zip_pair *)sqe;
	hisi_zip_quad *quads = (hisi_zip_quad *)sqe;

	quads[0] = (hisi_zip_quad){0, 0};
	pairs[2] = request->length;
	pairs[3] = *(const hisi_zip_pair *)&xform->dw6;
	pairs[4] = request->dw8;
	pairs[5] = 0;
	pairs[6] = 0;
	pairs[7] = request->buffers.room;
	pairs[8] = 0;
	pairs[9] = request->buffers.source;
	pairs[10] = request->buffers.dest;
	pairs[11] = 0;
	quads[6] = (hisi_zip_quad){0, 0};
	quads[7] = (hisi_zip_quad){0, 0};
}

/*
 * Fills SQEs with ops, of which the first is said to have "xform", until one is of the other
 * direction or cannot be taken; returns how many, at most "most" of "fill_straight", and a status
 * that is not SUCCESS for the op that cannot because of its buffers.
 */
static __rte_always_inline uint32_t
hisi_zip_fill_run(struct hisi_zip_queue *queue, const struct hisi_zip_xform *xform,
		  struct rte_comp_op **ops, uint32_t most, int *status)
{
	struct hisi_zip_slot *slot = &queue->slots[queue->tail & queue->slot_mask];
	struct hisi_hw_sqe *sqe = hisi_qm_sq_next(queue->hw);
	struct rte_comp_op **next = ops, **const end = ops + most;

	for (; next != end; next++, sqe++, slot++) {
		struct rte_comp_op *op = *next;
		struct hisi_zip_request request;
		int said;

		/* The caller looks again at what ends the run. */
		if (unlikely(!hisi_zip_op_is_good(op)))
			break;
		if (unlikely(op->private_xform != xform)) {
			xform = op->private_xform;
			if (xform == NULL || xform->path != queue->direction)
				break;
		}
		said = hisi_zip_map_buffers(queue, op, xform, &request);
		if (unlikely(said != RTE_COMP_OP_STATUS_SUCCESS)) {
			*status = said;
			break;
		}
		hisi_zip_write_sqe(sqe, xform, &request);
		slot->op = op;
		slot->room = request.buffers.room;
		slot->sgl_end = queue->sgl_tail;
		slot->post = xform->post;
	}
	return (uint32_t)(next - ops);
}

/* Finds out how many slots can be filled before a ring ends. */
static void
hisi_zip_fill_turn(struct hisi_zip_queue *queue)
{
	const struct hisi_qm_qp *hw = queue->hw;
	uint32_t straight = queue->slot_mask + 1 - (queue->tail & queue->slot_mask);

	queue->fill_straight = RTE_MIN(straight, (uint32_t)hw->depth - hw->sq_tail);
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

/*
 * Fills a queue with the run of ops that starts here, the first with "xform", as far as it has
 * space and its rings do not end; returns how many.
 */
static __rte_always_inline uint32_t
hisi_zip_enqueue_run(struct hisi_zip_queue *queue, const struct hisi_zip_xform *xform,
		     struct rte_comp_op **ops, uint32_t nb_ops, uint16_t filled, int *status)
{
	uint32_t most = hisi_zip_queue_space(queue, filled, status);
	uint32_t n;

	if (unlikely(queue->sgl_next > HISI_ZIP_SGL_WARM))
		hisi_zip_sgl_rewind(queue);
	if (likely(most > nb_ops))
		most = nb_ops;
	if (unlikely(most > queue->fill_straight))
		most = queue->fill_straight;
	n = hisi_zip_fill_run(queue, xform, ops, most, status);
	hisi_qm_sq_advance_by(queue->hw, n);
	queue->tail += n;
	queue->fill_straight -= n;
	if (unlikely(queue->fill_straight == 0))
		hisi_zip_fill_turn(queue);
	return n;
}

/* Submits the request of a stream. */
static void
hisi_zip_fill_stream(struct hisi_zip_queue *queue, struct rte_comp_op *op,
		     const struct hisi_zip_stream *stream)
{
	struct hisi_zip_slot *slot = &queue->slots[queue->tail++ & queue->slot_mask];

	hisi_zip_stream_write_sqe(stream, hisi_qm_sq_next(queue->hw));
	hisi_qm_sq_advance(queue->hw);
	hisi_zip_fill_turn(queue);
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

/*
 * Enqueues ops from the "n"th on, those before being filled into the queue "path": ops of any kind,
 * and rings that end.
 */
static __rte_noinline uint16_t
hisi_zip_enqueue_mixed(struct hisi_zip_qp *qp, struct rte_comp_op **ops, uint16_t nb_ops,
		       uint16_t n, uint8_t path)
{
	uint16_t filled[HISI_ZIP_NB_DIRECTIONS] = {0};

	filled[path] = n;
	while (n < nb_ops) {
		int status = RTE_COMP_OP_STATUS_SUCCESS;
		struct hisi_zip_queue *queue;
		uint16_t run;

		path = hisi_zip_path(qp, ops[n], &status);
		queue = &qp->queue[path % HISI_ZIP_NB_DIRECTIONS];
		if (unlikely(path >= HISI_ZIP_NB_DIRECTIONS)) {
			status = hisi_zip_enqueue_aside(qp, ops[n], path, filled);
			n += status == RTE_COMP_OP_STATUS_SUCCESS;
		} else if (likely(status == RTE_COMP_OP_STATUS_SUCCESS)) {
			run = hisi_zip_enqueue_run(queue, ops[n]->private_xform, ops + n,
						   nb_ops - n, filled[path], &status);
			filled[path] += run;
			n += run;
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

/*
 * Enqueues a burst that is one run, as most are: what is not, or does not get through whole, is
 * looked at again. "xform" is that of the first op.
 */
static __rte_noinline uint16_t
hisi_zip_enqueue_straight(struct hisi_zip_queue *queue, struct rte_comp_op **ops, uint16_t nb_ops,
			  const struct hisi_zip_xform *xform, struct hisi_zip_qp *qp)
{
	int status = RTE_COMP_OP_STATUS_SUCCESS;
	uint16_t n = hisi_zip_enqueue_run(queue, xform, ops, nb_ops, 0, &status);

	if (unlikely(n != nb_ops))
		return hisi_zip_enqueue_mixed(qp, ops, nb_ops, n, queue->direction);
	hisi_zip_submit(queue, n);
	return n;
}

uint16_t
hisi_zip_enqueue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops)
{
	struct hisi_zip_qp *qp = queue_pair;
	const struct hisi_zip_xform *xform;

	if (unlikely(nb_ops == 0))
		return 0;
	xform = ops[0]->private_xform;
	if (likely(ops[0]->op_type == RTE_COMP_OP_STATELESS && xform != NULL)) {
		/* Branches, which are predicted, rather than an address that waits for the path. */
		if (xform->path == HISI_ZIP_COMPRESS)
			return hisi_zip_enqueue_straight(&qp->queue[HISI_ZIP_COMPRESS], ops, nb_ops,
							 xform, qp);
		if (xform->path == HISI_ZIP_DECOMPRESS)
			return hisi_zip_enqueue_straight(&qp->queue[HISI_ZIP_DECOMPRESS], ops,
							 nb_ops, xform, qp);
	}
	return hisi_zip_enqueue_mixed(qp, ops, nb_ops, 0, HISI_ZIP_COMPRESS);
}
