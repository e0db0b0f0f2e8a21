/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <string.h>

#include "model_priv.h"

/* What the model asks of base addresses; no source states what the chip does. */
#define MODEL_SQ_ALIGN  128
#define MODEL_CQ_ALIGN  16

#define MODEL_MIN_DEPTH 2

void
zip_model_queue_init(struct zip_model *model, unsigned int number)
{
	struct model_queue *queue = &model->queues[number];

	queue->number = (uint16_t)number;
	queue->faulty = zip_model_fault_concerns(model, number);
	queue->sq_line = &model->no_line;
	queue->cq_line = &model->no_line;
	if (model->shadow != NULL) {
		uint8_t *lines = model->shadow + (size_t)number * HISI_SHADOW_STRIDE;

		queue->sq_line = (_Atomic uint64_t *)(void *)(lines + HISI_SHADOW_SQ);
		queue->cq_line = (_Atomic uint64_t *)(void *)(lines + HISI_SHADOW_CQ);
	}
}

static void
model_queue_clear_doorbells(struct zip_model *model, struct model_queue *queue)
{
	/* Relaxed: the answer to the command, or the end of the control section, orders these
	 * before the next doorbell and before the next service.
	 */
	if (model->shadow != NULL) {
		atomic_store_explicit(queue->sq_line, 0, memory_order_relaxed);
		atomic_store_explicit(queue->cq_line, 0, memory_order_relaxed);
	}
	queue->sq_seen = 0;
	queue->cq_seen = 0;
	atomic_store_explicit(&queue->sq_chip, 0, memory_order_relaxed);
	atomic_store_explicit(&queue->cq_chip, 0, memory_order_relaxed);
}

void
zip_model_queue_quiesce(struct zip_model *model, struct model_queue *queue)
{
	model_queue_clear_doorbells(model, queue);
	queue->sq_loaded = false;
	queue->cq_loaded = false;
	queue->stopping = false;
	queue->hung = false;
	queue->halted = false;
	queue->due_ns = 0;
	queue->last_due_ns = 0;
	model->generation++;
}

void
zip_model_queue_forget(struct zip_model *model, struct model_queue *queue)
{
	zip_model_queue_quiesce(model, queue);
	queue->sq_head = 0;
	queue->sq_tail = 0;
	queue->cq_head = 0;
	queue->cq_tail = 0;
	queue->armed = false;
	queue->cq_phase = false;
	queue->sq_wrap = false;
	queue->cq_wrap = false;
	memset(&queue->sqc, 0, sizeof(queue->sqc));
	memset(&queue->cqc, 0, sizeof(queue->cqc));
}

/*
 * What both contexts have in the same place, which is all but dword 6. What is reserved is 0, and
 * so is all of a PASID, since the model's map has none (hardware.md 4.2, 4.3). The ring ends before
 * the address space does. What a dump gave is taken back.
 */
static bool
model_queue_context_valid(const void *image, uint32_t entry_log2, uint32_t align)
{
	const uint32_t used = HISI_QM_XQC_DW3_DEPTH_MINUS_1 | HISI_QM_XQC_DW3_ENTRY_LOG2;
	struct hisi_hw_cqc context;
	uint32_t depth;
	uint64_t base;

	memcpy(&context, image, sizeof(context));
	depth = HISI_HW_GET(HISI_QM_XQC_DW3_DEPTH_MINUS_1, context.dw3) + 1;
	base = model_address(context.base_l, context.base_h);
	return HISI_HW_GET(HISI_QM_XQC_DW3_ENTRY_LOG2, context.dw3) == entry_log2 &&
			(context.dw3 & ~used) == 0 && context.reserved0 == 0 &&
			context.reserved1 == 0 && context.pasid == 0 &&
			(context.w11 & ~HISI_QM_XQC_W11_WRAP) == 0 && depth >= MODEL_MIN_DEPTH &&
			context.head < depth && context.tail < depth && base % align == 0 &&
			base <= UINT64_MAX - (((uint64_t)depth << entry_log2) - 1);
}

/* Of w13 hardware.md 4.2 knows these values only, the last of which disables the queue. */
static bool
model_queue_sqc_valid(const struct model_queue *queue, const struct hisi_hw_sqc *sqc)
{
	uint32_t type = HISI_HW_GET(HISI_QM_SQC_W13_TYPE, sqc->w13);
	uint32_t live = HISI_HW_PREP(HISI_QM_SQC_W13_TYPE, type) |
			HISI_HW_PREP(HISI_QM_SQC_W13_ORDERS, 1u);

	return model_queue_context_valid(sqc, HISI_QM_SQE_LOG2, MODEL_SQ_ALIGN) &&
			sqc->cq_num == queue->number && type <= HISI_QM_SQ_DECOMPRESS &&
			(sqc->w13 == live || sqc->w13 == HISI_QM_SQC_W13_DISABLE);
}

static bool
model_queue_cqc_valid(const struct hisi_hw_cqc *cqc)
{
	return model_queue_context_valid(cqc, HISI_QM_CQE_LOG2, MODEL_CQ_ALIGN) &&
			(cqc->dw6 & ~(HISI_QM_CQC_DW6_PHASE | HISI_QM_CQC_DW6_ARMED)) == 0;
}

/*
 * No command ends a queue of V2. Linux dumps its contexts until they agree, some 1000 times, says
 * so if they do not, and loads new ones for the next owner all the same (hardware.md 4.8, "drain"):
 * what was left is then forgotten. What drivers can end with STOP_QP they have to.
 */
static bool
model_queue_can_load(struct zip_model *model, struct model_queue *queue)
{
	if (zip_model_queue_drained(queue))
		return true;
	if (model->hw >= ZIP_MODEL_V3)
		return false;
	zip_model_log(model, ZIP_MODEL_LOG_WARNING,
			"queue %u: a new context, and requests left that are forgotten",
			queue->number);
	zip_model_queue_quiesce(model, queue);
	return true;
}

unsigned int
zip_model_queue_load_sqc(struct zip_model *model, struct model_queue *queue, uint64_t address)
{
	struct hisi_hw_sqc sqc;

	if (zip_model_dma_read(model, address, &sqc, sizeof(sqc)) < 0)
		return ZIP_MODEL_MB_DMA;
	if (!model_queue_sqc_valid(queue, &sqc) || !model_queue_can_load(model, queue))
		return ZIP_MODEL_MB_CONTEXT;
	model_queue_clear_doorbells(model, queue);
	zip_model_ring_init(&queue->sq, model_address(sqc.base_l, sqc.base_h),
			HISI_HW_GET(HISI_QM_XQC_DW3_DEPTH_MINUS_1, sqc.dw3) + 1, HISI_QM_SQE_SIZE,
			ZIP_MODEL_DMA_READ | ZIP_MODEL_DMA_WRITE);
	queue->sqc = sqc;
	queue->sq_head = sqc.head;
	queue->sq_tail = sqc.tail;
	queue->sq_wrap = sqc.w11 & HISI_QM_XQC_W11_WRAP;
	queue->sq_tag = sqc.w8;
	queue->type = (uint8_t)HISI_HW_GET(HISI_QM_SQC_W13_TYPE, sqc.w13);
	queue->stopping = false;
	queue->hung = false;
	queue->halted = false;
	queue->due_ns = 0;
	queue->last_due_ns = 0;
	queue->arrival_ns = model_pace_now(model);
	/* The bit lies in the "orders" of a live queue, whose value is 1: only alone it disables.
	 */
	queue->sq_loaded = (sqc.w13 & HISI_QM_SQC_W13_ORDERS) != HISI_QM_SQC_W13_DISABLE;
	model->generation++;
	return ZIP_MODEL_MB_OK;
}

unsigned int
zip_model_queue_load_cqc(struct zip_model *model, struct model_queue *queue, uint64_t address)
{
	struct hisi_hw_cqc cqc;

	if (zip_model_dma_read(model, address, &cqc, sizeof(cqc)) < 0)
		return ZIP_MODEL_MB_DMA;
	if (!model_queue_cqc_valid(&cqc) || !model_queue_can_load(model, queue))
		return ZIP_MODEL_MB_CONTEXT;
	zip_model_ring_init(&queue->cq, model_address(cqc.base_l, cqc.base_h),
			HISI_HW_GET(HISI_QM_XQC_DW3_DEPTH_MINUS_1, cqc.dw3) + 1, HISI_QM_CQE_SIZE,
			ZIP_MODEL_DMA_WRITE);
	queue->cqc = cqc;
	queue->cq_head = cqc.head;
	queue->cq_tail = cqc.tail;
	queue->cq_wrap = cqc.w11 & HISI_QM_XQC_W11_WRAP;
	queue->cq_phase = cqc.dw6 & HISI_QM_CQC_DW6_PHASE;
	queue->armed = cqc.dw6 & HISI_QM_CQC_DW6_ARMED;
	queue->cq_tag = cqc.w8;
	queue->halted = false;
	queue->cq_loaded = true;
	model->generation++;
	return ZIP_MODEL_MB_OK;
}

unsigned int
zip_model_queue_dump_sqc(struct zip_model *model, struct model_queue *queue, uint64_t address)
{
	struct hisi_hw_sqc sqc;

	if (model_queue_running(queue))
		zip_model_doorbell_poll(model, queue);
	sqc = queue->sqc;
	sqc.head = (uint16_t)queue->sq_head;
	sqc.tail = (uint16_t)queue->sq_tail;
	sqc.w11 = (uint16_t)HISI_HW_SET(HISI_QM_XQC_W11_WRAP, sqc.w11, (uint32_t)queue->sq_wrap);
	if (zip_model_dma_write(model, address, &sqc, sizeof(sqc)) < 0)
		return ZIP_MODEL_MB_DMA;
	return ZIP_MODEL_MB_OK;
}

unsigned int
zip_model_queue_dump_cqc(struct zip_model *model, struct model_queue *queue, uint64_t address)
{
	struct hisi_hw_cqc cqc;

	if (model_queue_running(queue))
		zip_model_doorbell_poll(model, queue);
	cqc = queue->cqc;
	cqc.head = (uint16_t)queue->cq_head;
	cqc.tail = (uint16_t)queue->cq_tail;
	cqc.w11 = (uint16_t)HISI_HW_SET(HISI_QM_XQC_W11_WRAP, cqc.w11, (uint32_t)queue->cq_wrap);
	cqc.dw6 = HISI_HW_SET(HISI_QM_CQC_DW6_PHASE, cqc.dw6, (uint32_t)queue->cq_phase);
	cqc.dw6 = HISI_HW_SET(HISI_QM_CQC_DW6_ARMED, cqc.dw6, (uint32_t)queue->armed);
	if (zip_model_dma_write(model, address, &cqc, sizeof(cqc)) < 0)
		return ZIP_MODEL_MB_DMA;
	return ZIP_MODEL_MB_OK;
}

void
zip_model_queue_stop(struct zip_model *model, struct model_queue *queue)
{
	if (!model_queue_running(queue))
		return;
	zip_model_doorbell_poll(model, queue);
	queue->stopping = true;
}

bool
zip_model_queue_drained(const struct model_queue *queue)
{
	return !model_queue_running(queue) || queue->halted || queue->sq_head == queue->sq_tail;
}
