/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <stdlib.h>

#include "model_priv.h"

/* A paced SQE due within this time is worth waiting for. */
#define MODEL_PACE_SOON_NS 50000

/*
 * Data of one visit, in bytes: SQEs of 8 MiB must not keep a worker, by a budget that is counted in
 * SQEs, from what other functions and queues have to do.
 */
#define MODEL_VISIT_BYTES  0x100000

/* Words of an SQE, by their place in it as 32-bit and as 64-bit words. */
#define MODEL_SQE_DW4  4
#define MODEL_SQE_DW7  7
#define MODEL_SQE_DW9  9
#define MODEL_SQE_DW14 14
#define MODEL_SQE_DW15 15
#define MODEL_SQE_QW14 14 /* dw28, dw29 */
#define MODEL_SQE_QW15 15 /* dw30, dw31 */

static inline uint32_t
model_load32(const uint8_t *entry, unsigned int dword)
{
	const _Atomic uint32_t *words = (const void *)entry;

	return atomic_load_explicit(&words[dword], memory_order_relaxed);
}

static inline void
model_store64(uint8_t *entry, unsigned int qword, uint32_t low, uint32_t high)
{
	_Atomic uint64_t *words = (void *)entry;

	atomic_store_explicit(&words[qword], model_address(low, high), memory_order_relaxed);
}

/*
 * Each word of the SQE is read once; what happens to it later does not matter. Relaxed, as all of
 * an entry: the acquire of the doorbell and the release of the CQE are around it.
 */
static void
model_serve_fetch(const uint8_t *entry, struct hisi_hw_sqe *sqe)
{
	uint32_t *to = (uint32_t *)sqe;
	unsigned int i;

	for (i = 0; i < sizeof(*sqe) / sizeof(uint32_t); i++)
		to[i] = model_load32(entry, i);
}

static void
model_serve_write_back(uint8_t *entry, const struct model_zip_result *result)
{
	model_store64(entry, 0, result->consumed, result->produced);
	model_store64(entry, 1, result->comp_length, result->dw3);
	if (!result->contexts)
		return;
	atomic_store_explicit((_Atomic uint32_t *)(void *)entry + MODEL_SQE_DW15, result->ctx_dw0,
			memory_order_relaxed);
	model_store64(entry, MODEL_SQE_QW14, result->ctx_dw1, result->ctx_dw2);
	model_store64(entry, MODEL_SQE_QW15, result->isize, result->checksum);
}

static inline void
model_serve_write_cqe(struct model_queue *queue, uint8_t *entry, uint32_t sq_index, bool phase)
{
	_Atomic uint64_t *words = (void *)entry;
	uint64_t high = HISI_HW_PREP(HISI_QM_CQE_HI_SQ_HEAD, (uint64_t)sq_index) |
			HISI_HW_PREP(HISI_QM_CQE_HI_SQ_NUM, (uint64_t)queue->number) |
			HISI_HW_PREP(HISI_QM_CQE_HI_PHASE, (uint64_t)phase);

	atomic_store_explicit(&words[0], 0, memory_order_relaxed);
	/* Whoever sees the phase sees the output, the words of the SQE and the rest of the CQE. */
	atomic_store_explicit(&words[1], high, memory_order_release);
}

static inline void
model_serve_advance_cq(struct model_queue *queue)
{
	queue->cq_tail = model_ring_next(&queue->cq, queue->cq_tail);
	if (queue->cq_tail == 0) {
		queue->cq_phase = !queue->cq_phase;
		queue->cq_wrap = !queue->cq_wrap;
	}
}

/* A ring that cannot be reached leaves no way to answer: hardware.md 4.5, AEQE type 2. */
static void
model_serve_halt(struct zip_model *model, struct model_queue *queue)
{
	queue->halted = true;
	zip_model_log(model, ZIP_MODEL_LOG_WARNING, "queue %u: a ring is outside the DMA map",
			queue->number);
	zip_model_event_aeqe(model, HISI_QM_AEQE_CQE_ERROR, queue->number);
}

static void
model_serve_count(struct zip_model *model, struct model_queue *queue,
		const struct model_zip_result *result)
{
	uint32_t status = HISI_HW_GET(HISI_ZIP_DW3_STATUS, result->dw3);

	model_count(&queue->sqes, 1);
	model_count(&queue->bytes_in, result->consumed);
	model_count(&queue->bytes_out, result->produced);
	if (status != HISI_ZIP_OK && status != HISI_ZIP_NEGATIVE_COMP) {
		model_count(&queue->errors, 1);
		model_count_shared(&model->errors[status]);
	}
}

/* What an SQE took of the visit: of one that failed, what the engine may have looked at. */
static void
model_serve_charge(struct model_share *share, const struct hisi_hw_sqe *sqe,
		const struct model_zip_result *result)
{
	uint32_t status = HISI_HW_GET(HISI_ZIP_DW3_STATUS, result->dw3);

	if (share->model->engine == ZIP_MODEL_ENGINE_NULL)
		return;
	share->visited += status == HISI_ZIP_OK
			? (uint64_t)result->consumed + result->produced
			: (uint64_t)sqe->input_length + sqe->dest_avail;
}

/* Whether the visit ends before its budget of SQEs does. */
static bool
model_serve_enough(const struct model_share *share)
{
	return share->visited >= MODEL_VISIT_BYTES ||
			atomic_load_explicit(&share->model->yield, memory_order_relaxed);
}

/* Whether the SQE at the head may complete now. */
static bool
model_serve_due(struct zip_model *model, struct model_queue *queue, const uint8_t *entry,
		unsigned int *soon)
{
	uint64_t now = model_pace_now(model);

	if (now == 0)
		return true;
	if (queue->due_ns == 0) {
		uint64_t start = queue->last_due_ns > queue->arrival_ns ? queue->last_due_ns
									: queue->arrival_ns;
		uint64_t bytes = model_load32(entry, MODEL_SQE_DW4);

		queue->due_ns = start + model->pace_ns;
		if (model->pace_bytes_per_us > 0)
			queue->due_ns += bytes * 1000 / model->pace_bytes_per_us;
	}
	if (now < queue->due_ns) {
		*soon = queue->due_ns - now < MODEL_PACE_SOON_NS;
		return false;
	}
	queue->last_due_ns = queue->due_ns;
	queue->due_ns = 0;
	return true;
}

/* The end of an SQE: CQE and what follows from it. */
static void
model_serve_complete(struct zip_model *model, struct model_queue *queue, uint8_t *cqe,
		const struct model_strike *strike)
{
	bool wrong = model_strike_has(strike, ZIP_MODEL_FAULT_WRONG_PHASE);

	if (!model_strike_has(strike, ZIP_MODEL_FAULT_LOST_COMPLETION)) {
		model_serve_write_cqe(queue, cqe, queue->sq_head, queue->cq_phase != wrong);
		model_serve_advance_cq(queue);
		model_queue_event(model, queue);
	}
	queue->sq_head = model_ring_next(&queue->sq, queue->sq_head);
	if (model_strike_has(strike, ZIP_MODEL_FAULT_AEQ_EVENT))
		zip_model_event_aeqe(
				model, strike->value[ZIP_MODEL_FAULT_AEQ_EVENT], queue->number);
}

/* Run the SQE at the head. False: it cannot run now. */
static bool
model_serve_one(struct model_share *share, struct model_queue *queue, unsigned int *soon)
{
	struct zip_model *model = share->model;
	uint8_t *entry = zip_model_ring_entry(model, &queue->sq, queue->sq_head);
	uint8_t *cqe = zip_model_ring_entry(model, &queue->cq, queue->cq_tail);
	struct model_strike strike = {0};
	struct model_zip_result result;
	struct hisi_hw_sqe sqe;

	if (entry == NULL || cqe == NULL) {
		model_serve_halt(model, queue);
		return false;
	}
	if (!model_serve_due(model, queue, entry, soon))
		return false;
	queue->started++;
	if (queue->faulty)
		zip_model_fault_sqe(model, queue->number, queue->started, &strike);
	if (model_strike_has(&strike, ZIP_MODEL_FAULT_HANG_QUEUE)) {
		queue->hung = true;
		return false;
	}
	model_serve_fetch(entry, &sqe);
	zip_model_zip_run(share, queue, &sqe, &result);
	if (strike.kinds != 0)
		zip_model_fault_spoil(&strike, share, &result);
	model_serve_write_back(entry, &result);
	model_serve_charge(share, &sqe, &result);
	model_serve_count(model, queue, &result);
	model_serve_complete(model, queue, cqe, &strike);
	return true;
}

/* SQEs that may run: there, and with a slot in the CQ. A full CQ is waited for, not written over.
 */
static uint32_t
model_serve_ready(const struct model_queue *queue, unsigned int burst)
{
	uint32_t pending = model_ring_distance(&queue->sq, queue->sq_head, queue->sq_tail);
	uint32_t room = queue->cq.depth - 1 -
			model_ring_distance(&queue->cq, queue->cq_head, queue->cq_tail);
	uint32_t n = pending < room ? pending : room;

	return n < burst ? n : burst;
}

/*
 * The null engine with nothing in its way: four words read, four written and a CQE, so that what
 * is measured is the road. The SQE's second cache line stays with the application.
 */
static unsigned int
model_serve_null(struct zip_model *model, struct model_queue *queue, uint32_t n)
{
	uint64_t bytes_in = 0;
	uint64_t bytes_out = 0;
	uint64_t errors = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint8_t *sqe = queue->sq.base + (size_t)queue->sq_head * HISI_QM_SQE_SIZE;
		uint8_t *cqe = queue->cq.base + (size_t)queue->cq_tail * HISI_QM_CQE_SIZE;
		uint32_t in = model_load32(sqe, MODEL_SQE_DW4);
		uint32_t avail = model_load32(sqe, MODEL_SQE_DW14);
		uint32_t out = in < avail ? in : avail;
		uint32_t status = model_zip_check_null(&model->takes,
				model_load32(sqe, MODEL_SQE_DW7), model_load32(sqe, MODEL_SQE_DW9));

		if (status != HISI_ZIP_OK) {
			in = 0;
			out = 0;
			errors++;
			model_count_shared(&model->errors[status]);
		}
		bytes_in += in;
		bytes_out += out;
		model_store64(sqe, 0, in, out);
		model_store64(sqe, 1, 0, status);
		model_serve_write_cqe(queue, cqe, queue->sq_head, queue->cq_phase);
		model_serve_advance_cq(queue);
		queue->sq_head = model_ring_next(&queue->sq, queue->sq_head);
	}
	queue->started += n;
	model_count(&queue->sqes, n);
	model_count(&queue->bytes_in, bytes_in);
	model_count(&queue->bytes_out, bytes_out);
	model_count(&queue->errors, errors);
	model_queue_event(model, queue);
	return n;
}

static bool
model_serve_is_bare(const struct zip_model *model, const struct model_queue *queue)
{
	return model->engine == ZIP_MODEL_ENGINE_NULL && queue->sq.base != NULL &&
			queue->cq.base != NULL && !queue->faulty &&
			(model->pace_ns | model->pace_bytes_per_us) == 0;
}

static unsigned int
model_serve_queue(struct model_share *share, struct model_queue *queue, unsigned int burst)
{
	struct zip_model *model = share->model;
	uint32_t n = model_serve_ready(queue, burst);
	unsigned int soon = 0;
	uint32_t i;

	if (n == 0 || queue->hung || queue->halted)
		return 0;
	zip_model_ring_refresh(model, &queue->sq);
	zip_model_ring_refresh(model, &queue->cq);
	if (model_serve_is_bare(model, queue))
		return model_serve_null(model, queue, n);
	for (i = 0; i < n; i++) {
		if (!model_serve_one(share, queue, &soon))
			break;
		if (model_serve_enough(share)) {
			i++;
			break;
		}
	}
	return i > 0 ? i : soon;
}

/* The running queues of a share, so that no others are looked at. */
static void
model_share_fill(struct model_share *share, unsigned int index, unsigned int shares)
{
	const struct zip_model *model = share->model;
	unsigned int q;

	share->nb = 0;
	share->next = 0;
	for (q = 0; q < model->nb_queues; q++) {
		if (q / 2 % shares == index && model_queue_running(&model->queues[q]))
			share->list[share->nb++] = (uint16_t)q;
	}
	share->shares = shares;
	share->generation = model->generation;
}

void
zip_model_share_free(struct model_share *share)
{
	if (share == NULL)
		return;
	deflate_ctx_destroy(share->deflate);
	zip_model_stream_free(share->stream);
	free(share->in);
	free(share->out);
	free(share);
}

static struct model_share *
model_share_new(struct zip_model *model)
{
	struct model_share *share = calloc(1, sizeof(*share));

	if (share == NULL)
		return NULL;
	share->model = model;
	share->in = calloc(MODEL_MAX_SEGS, sizeof(*share->in));
	share->out = calloc(MODEL_MAX_SEGS, sizeof(*share->out));
	share->stream = zip_model_stream_new();
	if (share->in == NULL || share->out == NULL || share->stream == NULL ||
			deflate_ctx_create(&share->deflate) < 0) {
		zip_model_share_free(share);
		return NULL;
	}
	return share;
}

/* Made when it is first served: nobody says beforehand how many there will be. */
static struct model_share *
model_share_get(struct zip_model *model, unsigned int index, unsigned int shares)
{
	struct model_share *share = model->shares[index];

	if (share == NULL) {
		share = model_share_new(model);
		if (share == NULL)
			return NULL;
		model->shares[index] = share;
		model_share_fill(share, index, shares);
	} else if (share->generation != model->generation || share->shares != shares) {
		model_share_fill(share, index, shares);
	}
	return share;
}

/* Whether any core is enabled that does what a queue asks for: else its SQEs wait. */
static bool
model_serve_has_core(const struct zip_model *model, const struct model_queue *queue)
{
	uint32_t cores = atomic_load_explicit(&model->card->cores, memory_order_relaxed);

	return cores & model->takes.cores[queue->type];
}

static unsigned int
model_serve_share(struct zip_model *model, struct model_share *own, unsigned int budget)
{
	unsigned int work = 0;
	unsigned int i;

	own->visited = 0;
	for (i = 0; i < own->nb && work < budget; i++) {
		struct model_queue *queue = &model->queues[own->list[own->next]];
		unsigned int burst = budget - work < MODEL_BURST ? budget - work : MODEL_BURST;

		own->next = own->next + 1 == own->nb ? 0 : own->next + 1;
		if (model_doorbell_pending(queue))
			work += zip_model_doorbell_poll(model, queue);
		if (queue->sq_head != queue->sq_tail && model_serve_has_core(model, queue))
			work += model_serve_queue(own, queue, burst);
		if (model_serve_enough(own))
			break;
	}
	return work;
}

unsigned int
zip_model_service(struct zip_model *model, unsigned int share, unsigned int shares,
		unsigned int budget)
{
	struct model_share *own;
	unsigned int work = 0;

	if (share >= shares || shares > ZIP_MODEL_MAX_SHARES || !zip_model_card_begin(model))
		return 0;
	own = model_share_get(model, share, shares);
	if (own != NULL)
		work = model_serve_share(model, own, budget);
	zip_model_card_end(model);
	return work;
}

void
zip_model_yield(struct zip_model *model, bool yield)
{
	atomic_store_explicit(&model->yield, yield, memory_order_relaxed);
}
