/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_RING_H
#define HISI_QM_RING_H

/**
 * @file
 * The verbs of a queue pair's rings. Each does one thing: filling a slot is not submitting it,
 * submitting is not ringing; consuming an entry is not acknowledging it.
 *
 * Producer verbs (sq_*) belong to one thread, consumer verbs (cq_*) to one thread; the two may
 * be the same. No verb blocks, locks or calls the kernel, except the doorbells of a transport
 * that cannot map them.
 */

#include <rte_branch_prediction.h>
#include <rte_io.h>

#include "hisi_qm.h"

/** Slots that can be filled now. */
static inline uint16_t
hisi_qm_sq_space(const struct hisi_qm_qp *qp)
{
	/* Acquire pairs with the release in hisi_qm_cq_ack(): the consumer has read the results
	 * out of a slot before the producer may fill it again.
	 */
	uint32_t completed = __atomic_load_n(&qp->completed, __ATOMIC_ACQUIRE);

	return qp->limit - (uint16_t)(qp->submitted - completed);
}

/** The slot to fill next; its index is qp->sq_tail. Does not move. */
static inline struct hisi_hw_sqe *
hisi_qm_sq_next(const struct hisi_qm_qp *qp)
{
	return &qp->sq[qp->sq_tail];
}

/** Moves past a filled slot. The device does not see it yet. */
static inline void
hisi_qm_sq_advance(struct hisi_qm_qp *qp)
{
	if (unlikely(++qp->sq_tail == qp->depth))
		qp->sq_tail = 0;
}

/** Moves past the @p n slots filled from the next one on, at most the ring's depth. */
static inline void
hisi_qm_sq_advance_by(struct hisi_qm_qp *qp, uint16_t n)
{
	uint32_t tail = (uint32_t)qp->sq_tail + n;

	qp->sq_tail = tail < qp->depth ? tail : tail - qp->depth;
}

/** Submits the @p n slots filled since the last ring: one doorbell (hardware.md 5). */
static inline void
hisi_qm_sq_ring(struct hisi_qm_qp *qp, uint16_t n)
{
	uint64_t word = qp->sq_db_word | HISI_HW_PREP(HISI_QM_DB_INDEX, (uint64_t)qp->sq_tail);

	/* Release: a consumer that counts this op may read what its owner keeps beside the slot,
	 * also where no CQE orders the two (a queue that died).
	 */
	__atomic_store_n(&qp->submitted, qp->submitted + n, __ATOMIC_RELEASE);
	/* Counters have one writer each, and are read by control threads. */
	__atomic_store_n(&qp->sq_rings, qp->sq_rings + 1, __ATOMIC_RELAXED);
	/* The SQEs are in memory before the doorbell that lets the device read them. */
	rte_io_wmb();
	/* Release says the same of a doorbell in memory, to the model's acquire and to tools. */
	if (likely(qp->sq_db != NULL))
		__atomic_store_n(qp->sq_db, word, __ATOMIC_RELEASE);
	else
		hisi_qm_db_write(qp, word);
}

/**
 * Looks at the next completion.
 *
 * @param sq_head receives the index of the SQE that completed, as the device says: check it
 * @return whether there is one. Results in the SQE and the output may be read then.
 */
static inline bool
hisi_qm_cq_peek(const struct hisi_qm_qp *qp, uint16_t *sq_head)
{
	/* One load of index and phase together: the device writes them together. Acquire pairs
	 * with the release of a device that is a model.
	 */
	uint64_t hi = __atomic_load_n(&((const volatile uint64_t *)&qp->cq[qp->cq_head])[1],
				      __ATOMIC_ACQUIRE);

	if (HISI_HW_GET(HISI_QM_CQE_HI_PHASE, hi) != qp->phase)
		return false;
	/* The phase is read before the SQE and the output that it stands for: for a chip, whose
	 * writes are ordered outside of the CPUs' domain.
	 */
	rte_io_rmb();
	*sq_head = HISI_HW_GET(HISI_QM_CQE_HI_SQ_HEAD, hi);
	return true;
}

/**
 * Looks at the next completions, up to one that is not there, or not of the SQE it is to be of.
 *
 * @param index of the SQE that completes next; those behind it follow
 * @param most how many to look at, none of them beyond the end of the CQ
 * @return how many there are. Results in their SQEs and the output may be read then.
 */
static inline uint32_t
hisi_qm_cq_peek_run(const struct hisi_qm_qp *qp, uint32_t index, uint32_t most)
{
	const volatile uint64_t *hi = (const volatile uint64_t *)&qp->cq[qp->cq_head] + 1;
	const uint64_t mask = HISI_QM_CQE_HI_PHASE | HISI_QM_CQE_HI_SQ_HEAD;
	uint64_t next = HISI_HW_PREP(HISI_QM_CQE_HI_PHASE, (uint64_t)qp->phase) | index;
	uint32_t n;

	/* Load and acquire as in hisi_qm_cq_peek(). */
	for (n = 0; n < most; n++, hi += 2, next++)
		if ((__atomic_load_n(hi, __ATOMIC_ACQUIRE) & mask) != next)
			break;
	/* As there, and once for all: each phase is read before any of the SQEs and outputs. */
	rte_io_rmb();
	return n;
}

/** Moves past @p n completions looked at, at most the ring's depth. No slot goes back yet. */
static inline void
hisi_qm_cq_consume_by(struct hisi_qm_qp *qp, uint32_t n)
{
	uint32_t head = qp->cq_head + n;

	if (unlikely(head >= qp->cq_depth)) {
		head -= qp->cq_depth;
		qp->phase = !qp->phase;
	}
	qp->cq_head = head;
}

/** Moves past the completion looked at. The device does not get its slot back yet. */
static inline void
hisi_qm_cq_consume(struct hisi_qm_qp *qp)
{
	hisi_qm_cq_consume_by(qp, 1);
}

/**
 * Gives @p n consumed entries back: the producer may fill their slots, and the device gets its
 * CQ slots by one doorbell every qp->cq_pace entries, unarmed (hardware.md 5.4).
 */
static inline void
hisi_qm_cq_ack(struct hisi_qm_qp *qp, uint16_t n)
{
	qp->cq_unacked += n;
	/* In flight and not rung together stay below the depth: limit + pace - 1 <= depth - 1. */
	if (qp->cq_unacked >= qp->cq_pace) {
		uint64_t word = qp->cq_db_word |
				HISI_HW_PREP(HISI_QM_DB_INDEX, (uint64_t)qp->cq_head);

		/* No I/O barrier: the doorbell frees entries, it publishes nothing. Release: they
		 * were read before the device may write them again.
		 */
		qp->cq_unacked = 0;
		__atomic_store_n(&qp->cq_rings, qp->cq_rings + 1, __ATOMIC_RELAXED);
		if (likely(qp->cq_db != NULL))
			__atomic_store_n(qp->cq_db, word, __ATOMIC_RELEASE);
		else
			hisi_qm_db_write(qp, word);
	}
	/* Release: results were read out of the slots before they may be filled again. */
	__atomic_store_n(&qp->completed, qp->completed + n, __ATOMIC_RELEASE);
}

#endif /* HISI_QM_RING_H */
