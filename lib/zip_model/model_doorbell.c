/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include "model_priv.h"

/* All bits of a doorbell that may be set but the one that arms a CQ. */
#define MODEL_DB_USED                                                                              \
	(HISI_QM_DB_QUEUE | HISI_QM_DB_CMD | HISI_QM_DB_TAG | HISI_QM_DB_INDEX)

static bool
model_doorbell_is_cq(uint64_t word)
{
	return HISI_HW_GET(HISI_QM_DB_CMD, word) == HISI_QM_DB_CMD_CQ;
}

/*
 * Whether a word is a good doorbell of this queue's SQ or CQ. All other bits are 0 with every
 * driver, but for the doorbell that resumes a function behind its migration (hardware.md 13.3): the
 * model does not pause, and refuses that one, too.
 */
static bool
model_doorbell_good(const struct model_queue *queue, uint64_t word, bool is_cq)
{
	const struct model_ring *ring = is_cq ? &queue->cq : &queue->sq;
	uint16_t tag = is_cq ? queue->cq_tag : queue->sq_tag;
	uint64_t used = MODEL_DB_USED | (is_cq ? HISI_QM_DB_ARM : 0);

	return (word & ~used) == 0 && HISI_HW_GET(HISI_QM_DB_QUEUE, word) == queue->number &&
			HISI_HW_GET(HISI_QM_DB_CMD, word) ==
			(is_cq ? HISI_QM_DB_CMD_CQ : HISI_QM_DB_CMD_SQ) &&
			HISI_HW_GET(HISI_QM_DB_TAG, word) == tag &&
			HISI_HW_GET(HISI_QM_DB_INDEX, word) < ring->depth &&
			(is_cq || !queue->stopping);
}

/*
 * Whether the index fits what is under way. An SQ's tail that goes back has overrun its head, or is
 * an old one; a CQ's head beyond the tail gives back what was never there. Only the service knows.
 */
static bool
model_doorbell_fits(const struct model_queue *queue, uint64_t word, bool is_cq)
{
	uint32_t index = (uint32_t)HISI_HW_GET(HISI_QM_DB_INDEX, word);

	if (is_cq)
		return model_ring_distance(&queue->cq, queue->cq_head, index) <=
				model_ring_distance(&queue->cq, queue->cq_head, queue->cq_tail);
	return model_ring_distance(&queue->sq, queue->sq_head, index) >=
			model_ring_distance(&queue->sq, queue->sq_head, queue->sq_tail);
}

static void
model_doorbell_take_sq(struct zip_model *model, struct model_queue *queue, uint64_t word)
{
	uint32_t index = (uint32_t)HISI_HW_GET(HISI_QM_DB_INDEX, word);

	if (queue->sq_head == queue->sq_tail)
		queue->arrival_ns = model_pace_now(model);
	if (index < queue->sq_tail)
		queue->sq_wrap = !queue->sq_wrap;
	queue->sq_tail = index;
}

static void
model_doorbell_take_cq(struct zip_model *model, struct model_queue *queue, uint64_t word)
{
	queue->cq_head = (uint32_t)HISI_HW_GET(HISI_QM_DB_INDEX, word);
	queue->armed = word & HISI_QM_DB_ARM;
	/* hardware.md 5.5 rule 2: arming does not miss what came before. */
	if (queue->cq_head != queue->cq_tail)
		model_queue_event(model, queue);
}

/* Returns whether it was good. */
static unsigned int
model_doorbell_take(struct zip_model *model, struct model_queue *queue, uint64_t word, bool is_cq)
{
	if (!model_doorbell_good(queue, word, is_cq) || !model_doorbell_fits(queue, word, is_cq)) {
		model_count(&queue->dropped_service, 1);
		return 0;
	}
	if (is_cq)
		model_doorbell_take_cq(model, queue, word);
	else
		model_doorbell_take_sq(model, queue, word);
	return 1;
}

static unsigned int
model_doorbell_poll_line(struct zip_model *model, struct model_queue *queue, bool is_cq)
{
	uint64_t *seen = is_cq ? &queue->cq_seen : &queue->sq_seen;
	/* The entries that the doorbell tells of are read after it. */
	uint64_t word = atomic_load_explicit(
			is_cq ? queue->cq_line : queue->sq_line, memory_order_acquire);

	if (word == *seen)
		return 0;
	*seen = word;
	if (model_doorbell_take(model, queue, word, is_cq) == 0)
		return 0;
	model_count(is_cq ? &queue->nb_cq_shadow : &queue->nb_sq_shadow, 1);
	return 1;
}

static unsigned int
model_doorbell_poll_chip(struct zip_model *model, struct model_queue *queue, bool is_cq)
{
	_Atomic uint64_t *latch = is_cq ? &queue->cq_chip : &queue->sq_chip;
	uint64_t word;

	if (atomic_load_explicit(latch, memory_order_relaxed) == 0)
		return 0;
	/* Acquire, as for a line; at once with the reset, so that none gets lost. */
	word = atomic_exchange_explicit(latch, 0, memory_order_acquire);
	/* Looked at once more: a CQC may have been loaded since. */
	return model_doorbell_take(model, queue, word & ~MODEL_DB_VALID, is_cq);
}

unsigned int
zip_model_doorbell_poll(struct zip_model *model, struct model_queue *queue)
{
	return model_doorbell_poll_line(model, queue, false) +
			model_doorbell_poll_line(model, queue, true) +
			model_doorbell_poll_chip(model, queue, false) +
			model_doorbell_poll_chip(model, queue, true);
}

void
zip_model_doorbell_chip(struct zip_model *model, uint64_t word, int window)
{
	unsigned int number = (unsigned int)HISI_HW_GET(HISI_QM_DB_QUEUE, word);
	bool is_cq = model_doorbell_is_cq(word);
	struct model_queue *queue;

	if (number >= model->nb_active || (window >= 0 && (unsigned int)window != number)) {
		model_count(&model->dropped, 1);
		return;
	}
	queue = &model->queues[number];
	if (atomic_load_explicit(&model->revoked, memory_order_relaxed) ||
			!model_queue_running(queue) || !model_doorbell_good(queue, word, is_cq)) {
		model_count(&queue->dropped_chip, 1);
		return;
	}
	if (window >= 0)
		model_count(&model->windows, 1);
	model_count(is_cq ? &queue->nb_cq_chip : &queue->nb_sq_chip, 1);
	/*
	 * The service takes it later. A newer one replaces an older one that waits: the index
	 * counts from the start of the ring, and the newer says whether the CQ is armed. Release:
	 * who takes it sees the entries that this thread saw when it was told of them.
	 */
	atomic_store_explicit(is_cq ? &queue->cq_chip : &queue->sq_chip, word | MODEL_DB_VALID,
			memory_order_release);
}
