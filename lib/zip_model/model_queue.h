/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_QUEUE_H
#define MODEL_QUEUE_H

/**
 * @file
 * Queues: an SQ with its CQ, and their doorbells.
 */

#include "model_event.h"

#define MODEL_CACHE_LINE 64

/** Set in a latched chip doorbell: the bit is always 0 in the word (hardware.md 5.1). */
#define MODEL_DB_VALID 0x8000000000000000ull

/** One SQ with its CQ. */
struct model_queue {
	/* What each visit looks at. */
	_Alignas(MODEL_CACHE_LINE) _Atomic uint64_t *sq_line; /**< never NULL */
	_Atomic uint64_t *cq_line;
	uint64_t sq_seen; /**< service: last word of the line */
	uint64_t cq_seen;
	_Atomic uint64_t sq_chip; /**< doorbell not yet seen by the service, or 0 */
	_Atomic uint64_t cq_chip;
	uint32_t sq_head;
	uint32_t sq_tail;

	/* What running an SQE needs. */
	uint32_t cq_head; /**< of the software */
	uint32_t cq_tail;
	uint16_t number;
	bool cq_phase;
	bool armed;
	bool hung;   /**< by a fault: nothing runs, nothing drains */
	bool halted; /**< a ring is out of reach: nothing runs */
	bool faulty; /**< control: a line of the fault table may strike */
	bool sq_wrap;
	bool cq_wrap;
	struct model_ring sq;
	struct model_ring cq;
	uint64_t started; /**< SQEs looked at, for the fault table */
	uint64_t due_ns;  /**< pacing: when the SQE at the head may complete, 0: not known */
	uint64_t last_due_ns;
	uint64_t arrival_ns;

	/* Control. */
	bool sq_loaded;
	bool cq_loaded;
	bool stopping;
	uint8_t type; /**< enum hisi_hw_sq_type */
	uint16_t sq_tag;
	uint16_t cq_tag;
	struct hisi_hw_sqc sqc;
	struct hisi_hw_cqc cqc;

	struct model_counter sqes;
	struct model_counter errors;
	struct model_counter bytes_in;
	struct model_counter bytes_out;
	struct model_counter nb_sq_shadow;
	struct model_counter nb_cq_shadow;
	struct model_counter dropped_service;
	struct model_counter nb_sq_chip;
	struct model_counter nb_cq_chip;
	struct model_counter dropped_chip;
};

static inline bool
model_queue_running(const struct model_queue *queue)
{
	return queue->sq_loaded && queue->cq_loaded;
}

void zip_model_queue_init(struct zip_model *model, unsigned int number);
/** Forget the queue: contexts, indices, doorbells, shadow lines. */
void zip_model_queue_forget(struct zip_model *model, struct model_queue *queue);
/** Take a drained queue out of service: as forget, but its contexts can still be dumped. */
void zip_model_queue_quiesce(struct zip_model *model, struct model_queue *queue);
/** Mailbox commands on contexts. enum zip_model_mb_status. */
unsigned int zip_model_queue_load_sqc(
		struct zip_model *model, struct model_queue *queue, uint64_t address);
unsigned int zip_model_queue_load_cqc(
		struct zip_model *model, struct model_queue *queue, uint64_t address);
unsigned int zip_model_queue_dump_sqc(
		struct zip_model *model, struct model_queue *queue, uint64_t address);
unsigned int zip_model_queue_dump_cqc(
		struct zip_model *model, struct model_queue *queue, uint64_t address);
/** Take no more SQ doorbells, and run what is there. */
void zip_model_queue_stop(struct zip_model *model, struct model_queue *queue);
/** Whether a stopped queue has nothing left to run. */
bool zip_model_queue_drained(const struct model_queue *queue);

/** Whether there may be a doorbell to take. Relaxed: who takes it loads it with acquire. */
static inline bool
model_doorbell_pending(const struct model_queue *queue)
{
	return atomic_load_explicit(queue->sq_line, memory_order_relaxed) != queue->sq_seen ||
			atomic_load_explicit(queue->cq_line, memory_order_relaxed) !=
			queue->cq_seen ||
			(atomic_load_explicit(&queue->sq_chip, memory_order_relaxed) |
					atomic_load_explicit(&queue->cq_chip,
							memory_order_relaxed)) != 0;
}

/** A doorbell at the chip's address; @p window is its queue's in BAR 4, -1: BAR 2. */
void zip_model_doorbell_chip(struct zip_model *model, uint64_t word, int window);
/** Take the doorbells of a running queue. Returns how many were good. */
unsigned int zip_model_doorbell_poll(struct zip_model *model, struct model_queue *queue);
/** The queue has a CQE that its software has not seen: write an EQE if it is armed. */
static inline void
model_queue_event(struct zip_model *model, struct model_queue *queue)
{
	if (queue->armed && zip_model_event_eqe(model, queue->number))
		queue->armed = false;
}

#endif /* MODEL_QUEUE_H */
