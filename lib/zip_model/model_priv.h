/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_PRIV_H
#define MODEL_PRIV_H

/**
 * @file
 * The model inside: its state, and what its files call of each other.
 *
 * "Service" marks what belongs to the thread that serves the queue's share, "control" what changes
 * in the control section only and may therefore be read by a service without an atomic access.
 */

#include "deflate.h"
#include "hisi_hw_qm_queue.h"
#include "hisi_hw_qm_regs.h"
#include "hisi_hw_zip.h"
#include "model_card.h"
#include "model_queue.h"
#include "zip_model.h"

#define MODEL_NB_REGS 64
#define MODEL_NB_STATUSES (HISI_ZIP_DW3_STATUS + 1)

/** PCI COMMAND bits. */
#define MODEL_PCI_MEMORY 0x2u
#define MODEL_PCI_MASTER 0x4u

/** SQEs of one queue in one visit of a service. */
#define MODEL_BURST 32

/**
 * Segments of one side of an SQE: the entries of the longest chain of lists, and one more for each
 * border between pages of 4 KiB in 8 MiB.
 */
#define MODEL_MAX_SEGS (HISI_ZIP_SGL_MAX_CHAIN * HISI_ZIP_SGL_MAX_SGES + 2048)

/* Engine: model_zip.c, model_sgl.c. */

/** What one share of the service has for itself. */
struct model_share {
	struct zip_model *model;
	unsigned int shares; /**< what the list was made for */
	uint64_t generation;
	unsigned int nb;
	unsigned int next; /**< where the round robin goes on */
	uint64_t visited; /**< bytes of data and lists in this visit */
	uint16_t list[HISI_QM_MAX_QUEUES];
	struct deflate_ctx *deflate;
	struct model_stream *stream; /**< a stream's context while its SQE runs */
	struct deflate_seg *in;
	struct deflate_seg *out;
	size_t nb_in;
	size_t nb_out;
	struct model_dma_hit hit_data;
	struct model_dma_hit hit_list;
};

void zip_model_share_free(struct model_share *share);

/** What a generation's engine takes, hardware.md 8.10. */
struct model_engine {
	uint32_t sqe_type;      /**< enum hisi_hw_sqe_type */
	uint32_t first_request; /**< enum hisi_hw_zip_request: no raw DEFLATE before V3 */
	bool windows;           /**< the window field counts */
	uint32_t cores[2];      /**< by enum hisi_hw_sq_type: cores that do it, as in 0x301004 */
	bool lz4;               /**< compresses into LZ4 too */
};

/** Words that an SQE gets back. */
struct model_zip_result {
	uint32_t consumed;
	uint32_t produced;
	uint32_t comp_length;
	uint32_t dw3;
	bool contexts; /**< the words below are written as well */
	uint32_t ctx_dw0;
	uint32_t ctx_dw1;
	uint32_t ctx_dw2;
	uint32_t isize;
	uint32_t checksum;
};

/** Status that an SQE is refused with before anybody looks at its data, or 0. */
static inline uint32_t
model_zip_check(const struct model_engine *engine, uint32_t dw7, uint32_t dw9)
{
	uint32_t request = HISI_HW_GET(HISI_ZIP_DW9_REQUEST, dw9);
	/* Streams of it are the model's to refuse: hardware.md does not know them. */
	bool lz4 = engine->lz4 && !(dw7 & HISI_ZIP_DW7_STATEFUL);

	if (HISI_HW_GET(HISI_ZIP_DW7_SQE_TYPE, dw7) != engine->sqe_type ||
			request < engine->first_request ||
			request > (lz4 ? HISI_ZIP_REQ_LZ4 : HISI_ZIP_REQ_GZIP) ||
			HISI_HW_GET(HISI_ZIP_DW9_BUFFER, dw9) > HISI_ZIP_BUF_SGL)
		return ZIP_MODEL_STATUS_UNSUPPORTED;
	return HISI_ZIP_OK;
}

/** The same for the null engine, which has no streams. */
static inline uint32_t
model_zip_check_null(const struct model_engine *engine, uint32_t dw7, uint32_t dw9)
{
	uint32_t status = model_zip_check(engine, dw7, dw9);

	if (status == HISI_ZIP_OK && (dw7 & HISI_ZIP_DW7_STATEFUL))
		return HISI_ZIP_STREAM_ERROR;
	return status;
}

void zip_model_zip_run(struct model_share *share, const struct model_queue *queue,
		const struct hisi_hw_sqe *sqe, struct model_zip_result *result);

/** What lib/deflate is to do for an SQE. The status that refuses it, or 0. */
uint32_t zip_model_zip_params(const struct model_share *share, bool compress,
		const struct hisi_hw_sqe *sqe, struct deflate_params *params);
/** The word of a checksum (hardware.md 8.7), and the checksum of a word. */
uint32_t zip_model_zip_word(enum deflate_format format, uint32_t adler32, uint32_t crc32);
uint32_t zip_model_zip_crc32(uint32_t word);

/* Streams: model_stream.c. */

struct model_stream *zip_model_stream_new(void);
void zip_model_stream_free(struct model_stream *stream);
/** Run a stateful SQE that model_zip_check() lets pass. */
void zip_model_stream_run(struct model_share *share, bool compress, const struct hisi_hw_sqe *sqe,
		struct model_zip_result *result);

/**
 * Lists of segments of a buffer: flat, or from a scatter/gather list with an offset into it.
 * @p segs has room for MODEL_MAX_SEGS. Returns the status for the SQE, 0 if all @p len bytes are
 * there.
 */
uint32_t zip_model_sgl_flat(struct model_share *share, uint64_t address, uint64_t len,
		unsigned int prot, struct deflate_seg *segs, size_t *nb);
uint32_t zip_model_sgl_list(struct model_share *share, uint64_t address, uint32_t offset,
		uint64_t len, unsigned int prot, struct deflate_seg *segs, size_t *nb);

/* Faults: model_fault.c. */

/** What strikes one SQE: a bit (1 << kind) each, with its value. */
struct model_strike {
	unsigned int kinds;
	uint32_t value[ZIP_MODEL_FAULT_RAS];
};

static inline bool
model_strike_has(const struct model_strike *strike, enum zip_model_fault_kind kind)
{
	return strike->kinds & (1u << kind);
}

int zip_model_fault_init(struct zip_model *model, const struct zip_model_config *config);
/** Whether any line may strike a queue. */
bool zip_model_fault_concerns(const struct zip_model *model, unsigned int queue);
void zip_model_fault_sqe(struct zip_model *model, unsigned int queue, uint64_t nth,
		struct model_strike *strike);
bool zip_model_fault_mailbox(struct zip_model *model, uint64_t nth);
/** Change the result of an SQE as the strike says. */
void zip_model_fault_spoil(const struct model_strike *strike, struct model_share *share,
		struct model_zip_result *result);

/* Mailbox: model_mbox.c. */

enum model_mbox_wait {
	MODEL_MBOX_IDLE,
	MODEL_MBOX_STOP,  /**< one queue drains */
	MODEL_MBOX_FLUSH, /**< all do */
	MODEL_MBOX_STUCK, /**< by a fault */
};

struct model_mbox {
	uint32_t latch[4];
	uint32_t shown[4];
	enum model_mbox_wait wait;
	unsigned int queue;
	uint64_t table[2]; /**< SQC_BT, CQC_BT */
	struct model_counter commands;
	struct model_counter failures;
	struct model_counter ignored;
};

void zip_model_mbox_reset(struct zip_model *model);
uint32_t zip_model_mbox_read(struct zip_model *model, unsigned int dword);
void zip_model_mbox_write(struct zip_model *model, unsigned int dword, uint32_t value);
/** Context cache write-back, register 0x204. */
void zip_model_mbox_write_back(struct zip_model *model);

/* Registers: model_regs.c. */

void zip_model_regs_reset(struct zip_model *model);

/** A function. */
struct zip_model {
	struct zip_model_host host;
	enum zip_model_hw hw;
	enum zip_model_function function;
	enum zip_model_engine engine;
	int level;
	struct model_engine takes;
	unsigned int nb_queues; /**< there is room for */
	unsigned int nb_active; /**< control of the card: assigned by the VFT */
	struct zip_model_card *card;
	unsigned int number;
	struct model_ifc ifc;
	struct model_pf *pf; /**< NULL: not a PF */
	/** The queues were taken: nothing of them runs, zip_model_card_sync() forgets them. */
	atomic_bool revoked;
	_Atomic unsigned int serving; /**< services at work, with a PF in the card */
	uint64_t pace_ns;
	uint64_t pace_bytes_per_us;
	uint8_t *shadow;
	size_t shadow_len;
	bool db_isolation;
	uint16_t command;
	atomic_bool yield;
	struct zip_model_fault *faults;
	size_t nb_faults;

	uint32_t regs[MODEL_NB_REGS]; /**< by row of the register table */
	struct model_dma_map dma;
	struct model_mbox mbox;
	struct model_events events;
	uint64_t generation;      /**< of the set of running queues */
	_Atomic uint64_t no_line; /**< what queues without shadow doorbells look at: always 0 */
	struct model_share *shares[ZIP_MODEL_MAX_SHARES];

	struct model_counter dropped;
	struct model_counter windows;
	struct model_counter illegal;
	struct model_counter read_faults;
	struct model_counter write_faults;
	struct model_counter irqs;
	struct model_counter resets;
	struct model_counter strikes;
	struct model_counter errors[MODEL_NB_STATUSES]; /**< SQEs by status */

	struct model_queue *queues;
};

void zip_model_log(struct zip_model *model, int level, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

/** The clock, or 0 if there is no pacing. */
static inline uint64_t
model_pace_now(const struct zip_model *model)
{
	bool paced = (model->pace_ns | model->pace_bytes_per_us) != 0;

	return paced && model->host.now_ns != NULL ? model->host.now_ns(model->host.ctx) : 0;
}

static inline bool
model_may_dma(const struct zip_model *model)
{
	return (model->command & MODEL_PCI_MASTER) != 0 &&
			!atomic_load_explicit(&model->card->closed, memory_order_relaxed);
}

static inline uint64_t
model_address(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

#endif /* MODEL_PRIV_H */
