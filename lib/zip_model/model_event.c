/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <string.h>

#include "model_priv.h"

/* Base address: the ring is written by 32-bit words. */
#define MODEL_EVENT_ALIGN 4

static void
model_event_lock(struct model_events *events)
{
	while (atomic_flag_test_and_set_explicit(&events->lock, memory_order_acquire))
		;
}

static void
model_event_unlock(struct model_events *events)
{
	atomic_flag_clear_explicit(&events->lock, memory_order_release);
}

static void
model_event_irq(struct zip_model *model, struct model_event_queue *eq, bool due)
{
	if (!due)
		return;
	model_count_shared(&model->irqs);
	if (model->host.irq != NULL)
		model->host.irq(model->host.ctx, eq->vector);
}

/*
 * Set the source: an interrupt is due if it was clear and nothing holds it back. While it is set
 * an interrupt is on its way already, and the doorbell that answers it looks at all entries.
 */
static bool
model_event_raise(const struct zip_model *model, struct model_event_queue *eq)
{
	bool due = !eq->source && !eq->masked && model_may_dma(model);

	eq->source = true;
	return due;
}

/* Write one entry; the phase goes in with it. False: the queue is full or out of reach. */
static bool
model_event_write(struct zip_model *model, struct model_event_queue *eq, uint32_t word)
{
	uint8_t *entry = NULL;

	if (model_ring_next(&eq->ring, eq->tail) != eq->head) {
		zip_model_ring_refresh(model, &eq->ring);
		entry = zip_model_ring_entry(model, &eq->ring, eq->tail);
	}
	if (entry == NULL) {
		model_count(&eq->lost, 1);
		return false;
	}
	word |= HISI_HW_PREP(HISI_QM_EQE_PHASE, eq->phase);
	/* Whoever sees the entry sees the CQE that it tells of. */
	atomic_store_explicit((_Atomic uint32_t *)(void *)entry, word, memory_order_release);
	eq->tail = model_ring_next(&eq->ring, eq->tail);
	if (eq->tail == 0)
		eq->phase = !eq->phase;
	model_count(&eq->posted, 1);
	return true;
}

static bool
model_event_post_aeqe(struct zip_model *model, unsigned int type, unsigned int queue)
{
	struct model_event_queue *aeq = &model->events.aeq;
	uint32_t word = HISI_HW_PREP(HISI_QM_AEQE_TYPE, type) |
			HISI_HW_PREP(HISI_QM_EQE_CQN, queue);

	if (!aeq->loaded) {
		model_count(&aeq->lost, 1);
		return false;
	}
	return model_event_write(model, aeq, word) && model_event_raise(model, aeq);
}

void
zip_model_event_aeqe(struct zip_model *model, unsigned int type, unsigned int queue)
{
	bool due;

	model_event_lock(&model->events);
	due = model_event_post_aeqe(model, type, queue);
	model_event_unlock(&model->events);
	model_event_irq(model, &model->events.aeq, due);
}

bool
zip_model_event_eqe(struct zip_model *model, unsigned int queue)
{
	struct model_event_queue *eq = &model->events.eq;
	bool loaded;
	bool due = false;
	bool aeq_due = false;

	model_event_lock(&model->events);
	loaded = eq->loaded;
	if (loaded && model_event_write(model, eq, queue)) {
		due = model_event_raise(model, eq);
	} else if (loaded && !eq->overflow) {
		eq->overflow = true;
		aeq_due = model_event_post_aeqe(model, HISI_QM_AEQE_EQ_OVERFLOW, 0);
	}
	model_event_unlock(&model->events);
	model_event_irq(model, eq, due);
	model_event_irq(model, &model->events.aeq, aeq_due);
	return loaded;
}

/* Nothing but command and index is set, and what is given back was there: hardware.md 5.1. */
static bool
model_event_doorbell_good(const struct model_event_queue *eq, uint64_t word)
{
	uint32_t index = (uint32_t)HISI_HW_GET(HISI_QM_DB_INDEX, word);

	return eq->loaded && (word & ~(HISI_QM_DB_CMD | HISI_QM_DB_INDEX)) == 0 &&
			index < eq->ring.depth &&
			model_ring_distance(&eq->ring, eq->head, index) <=
					model_ring_distance(&eq->ring, eq->head, eq->tail);
}

void
zip_model_event_doorbell(struct zip_model *model, uint64_t word)
{
	bool is_eq = HISI_HW_GET(HISI_QM_DB_CMD, word) == HISI_QM_DB_CMD_EQ;
	struct model_event_queue *eq = is_eq ? &model->events.eq : &model->events.aeq;
	bool due = false;

	model_event_lock(&model->events);
	if (!model_event_doorbell_good(eq, word)) {
		model_count(&model->dropped, 1);
	} else {
		eq->head = (uint32_t)HISI_HW_GET(HISI_QM_DB_INDEX, word);
		eq->source = false;
		/* hardware.md 5.5 rule 4: what is left needs another interrupt. */
		if (eq->head != eq->tail)
			due = model_event_raise(model, eq);
	}
	model_event_unlock(&model->events);
	model_event_irq(model, eq, due);
}

void
zip_model_event_mask(struct zip_model *model, struct model_event_queue *eq, bool masked)
{
	bool due;

	model_event_lock(&model->events);
	/* hardware.md 5.5 rule 7 */
	due = eq->masked && !masked && eq->source && model_may_dma(model);
	eq->masked = masked;
	model_event_unlock(&model->events);
	model_event_irq(model, eq, due);
}

bool
zip_model_event_source(struct zip_model *model, struct model_event_queue *eq)
{
	bool source;

	model_event_lock(&model->events);
	source = eq->source;
	model_event_unlock(&model->events);
	return source;
}

/*
 * Under the lock: a PF's control section does not keep the services of its VFs out. Either they see
 * that memory is within reach again, or this sees what they had to hold back.
 */
void
zip_model_event_kick(struct zip_model *model)
{
	struct model_event_queue *eq = &model->events.eq;
	struct model_event_queue *aeq = &model->events.aeq;
	bool due;
	bool aeq_due;

	if (!model_may_dma(model))
		return;
	model_event_lock(&model->events);
	due = eq->source && !eq->masked;
	aeq_due = aeq->source && !aeq->masked;
	model_event_unlock(&model->events);
	model_event_irq(model, eq, due);
	model_event_irq(model, aeq, aeq_due);
}

/*
 * The last dword is not looked at: a driver may hand over no more than the 28 bytes that are
 * defined (hardware.md 4.4), as older ones of Linux do, and what lies behind them is another's.
 */
unsigned int
zip_model_event_load(struct zip_model *model, struct model_event_queue *eq, uint64_t address)
{
	const uint32_t used = HISI_QM_EQC_DW6_DEPTH_MINUS_1 | HISI_QM_EQC_DW6_PHASE;
	struct hisi_hw_eqc image;
	uint32_t depth;
	uint64_t base;

	if (zip_model_dma_read(model, address, &image, sizeof(image)) < 0)
		return ZIP_MODEL_MB_DMA;
	depth = HISI_HW_GET(HISI_QM_EQC_DW6_DEPTH_MINUS_1, image.dw6) + 1;
	base = model_address(image.base_l, image.base_h);
	if (depth < 2 || image.head >= depth || image.tail >= depth ||
			base % MODEL_EVENT_ALIGN != 0 ||
			base > UINT64_MAX - ((uint64_t)depth * HISI_QM_EQE_SIZE - 1) ||
			(image.dw3 | image.reserved0[0] | image.reserved0[1] |
					(image.dw6 & ~used)) != 0)
		return ZIP_MODEL_MB_CONTEXT;
	zip_model_ring_init(&eq->ring, base, depth, HISI_QM_EQE_SIZE, ZIP_MODEL_DMA_WRITE);
	eq->image = image;
	eq->head = image.head;
	eq->tail = image.tail;
	eq->phase = image.dw6 & HISI_QM_EQC_DW6_PHASE;
	eq->overflow = false;
	eq->source = false;
	eq->loaded = true;
	return ZIP_MODEL_MB_OK;
}

unsigned int
zip_model_event_dump(struct zip_model *model, struct model_event_queue *eq, uint64_t address)
{
	struct hisi_hw_eqc image = eq->image;

	image.head = (uint16_t)eq->head;
	image.tail = (uint16_t)eq->tail;
	image.dw6 = HISI_HW_SET(HISI_QM_EQC_DW6_PHASE, image.dw6, (uint32_t)eq->phase);
	if (zip_model_dma_write(model, address, &image, sizeof(image)) < 0)
		return ZIP_MODEL_MB_DMA;
	return ZIP_MODEL_MB_OK;
}

static void
model_event_reset_one(struct model_event_queue *eq)
{
	eq->loaded = false;
	eq->source = false;
	eq->masked = true;
	eq->overflow = false;
	eq->head = 0;
	eq->tail = 0;
	eq->phase = false;
	memset(&eq->image, 0, sizeof(eq->image));
}

void
zip_model_event_reset(struct zip_model *model)
{
	model_event_reset_one(&model->events.eq);
	model_event_reset_one(&model->events.aeq);
}

void
zip_model_event_init(struct zip_model *model)
{
	atomic_flag_clear(&model->events.lock);
	model->events.eq.vector = HISI_PCI_VECTOR_EQ;
	model->events.aeq.vector = HISI_PCI_VECTOR_AEQ;
	zip_model_event_reset(model);
}
