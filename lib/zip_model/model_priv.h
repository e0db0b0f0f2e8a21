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

#include <stdatomic.h>

#include "deflate.h"
#include "hisi_hw_qm_queue.h"
#include "hisi_hw_qm_regs.h"
#include "hisi_hw_zip.h"
#include "zip_model.h"

#define MODEL_CACHE_LINE 64
#define MODEL_NB_REGS    64

/** PCI COMMAND bits. */
#define MODEL_PCI_MEMORY 0x2u
#define MODEL_PCI_MASTER 0x4u

/** SQEs of one queue in one visit of a service. */
#define MODEL_BURST 32

/**
 * Segments of one side of an SQE: as many as the longest chain of lists has entries, and as many
 * again as 8 MiB may cross borders between pages of 4 KiB.
 */
#define MODEL_MAX_SEGS (HISI_ZIP_SGL_MAX_CHAIN * HISI_ZIP_SGL_MAX_SGES + 2048)

/** A counter with one writer at a time. */
struct model_counter {
	_Atomic uint64_t value;
};

static inline void
model_count(struct model_counter *counter, uint64_t n)
{
	uint64_t value = atomic_load_explicit(&counter->value, memory_order_relaxed);

	atomic_store_explicit(&counter->value, value + n, memory_order_relaxed);
}

/** For a counter that several threads write. */
static inline void
model_count_shared(struct model_counter *counter)
{
	atomic_fetch_add_explicit(&counter->value, 1, memory_order_relaxed);
}

static inline uint64_t
model_counted(const struct model_counter *counter)
{
	return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

/* DMA map: model_dma.c. */

/** One piece of the map. The words are atomic because lookups run beside dma_map. */
struct model_dma_entry {
	_Atomic uint64_t iova;
	_Atomic uint64_t len; /**< 0: removed */
	_Atomic uint64_t vaddr;
	_Atomic uint64_t prot;
};

struct model_dma_table {
	struct model_dma_table *retired; /**< a smaller one that lookups may still be in */
	size_t capacity;
	struct model_dma_entry entries[];
};

/** Sorted by iova, without overlap. Read under a sequence count. */
struct model_dma_map {
	_Atomic uint32_t sequence; /**< odd while it changes */
	_Atomic(struct model_dma_table *) table;
	_Atomic size_t nb;
	size_t nb_removed;
	uint32_t generation; /**< control: of unmaps; what was found before is void */
};

/** The piece that was found last. */
struct model_dma_hit {
	uint64_t iova;
	uint64_t len;
	uint8_t *vaddr;
	unsigned int prot;
	uint32_t generation;
};

int zip_model_dma_init(struct model_dma_map *map);
void zip_model_dma_free(struct model_dma_map *map);

/**
 * Where an address is: NULL if it is not mapped with all rights of @p prot. @p room gets the
 * bytes from there to the end of the piece.
 */
uint8_t *zip_model_dma_at(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
		unsigned int prot, uint64_t *room);

/**
 * The first piece of a range of @p len > 0 bytes, and how many of them it holds. NULL, and a fault
 * counted, where there is none or the function may not reach memory.
 */
uint8_t *zip_model_dma_part(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
			    uint64_t len, unsigned int prot, uint64_t *part);

/** A range that must lie in one piece and be aligned here as well: NULL, and a fault counted. */
uint8_t *zip_model_dma_range(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
		uint64_t len, size_t align, unsigned int prot);
void zip_model_dma_count_fault(struct zip_model *model, unsigned int prot);

/** Copy out of or into memory, whatever pieces it lies in. 0 or -EFAULT, with a fault counted. */
int zip_model_dma_read(struct zip_model *model, uint64_t iova, void *buf, size_t len);
int zip_model_dma_write(struct zip_model *model, uint64_t iova, const void *buf, size_t len);

/* Rings of queues and events. */

/** Entries in memory: a pointer where they lie in one piece, else looked up one by one. */
struct model_ring {
	uint64_t iova;
	uint8_t *base; /**< NULL: look up */
	uint32_t generation;
	uint32_t depth;
	uint32_t entry; /**< bytes */
	unsigned int prot;
	struct model_dma_hit hit;
};

void zip_model_ring_init(struct model_ring *ring, uint64_t iova, uint32_t depth, uint32_t entry,
		unsigned int prot);
/** Find the ring in memory again if the map has changed. */
void zip_model_ring_refresh(struct zip_model *model, struct model_ring *ring);
/** An entry, or NULL and a fault counted. */
uint8_t *zip_model_ring_entry(struct zip_model *model, struct model_ring *ring, uint32_t index);

/** The index behind this one. */
static inline uint32_t
model_ring_next(const struct model_ring *ring, uint32_t index)
{
	return index + 1 == ring->depth ? 0 : index + 1;
}

/** Entries from one index to another. */
static inline uint32_t
model_ring_distance(const struct model_ring *ring, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + ring->depth - from;
}

/* Events: model_event.c. */

/** EQ or AEQ. Everything but the mask's reset happens under the lock of the events. */
struct model_event_queue {
	struct model_ring ring;
	bool loaded;
	bool phase;
	bool overflow; /**< said so already */
	bool source;   /**< register 0x8 or 0x0 */
	bool masked;   /**< register 0xc or 0x4 */
	uint32_t head;
	uint32_t tail;
	unsigned int vector;
	struct hisi_hw_eqc image;
	struct model_counter posted;
	struct model_counter lost;
};

struct model_events {
	atomic_flag lock;
	struct model_event_queue eq;
	struct model_event_queue aeq;
};

void zip_model_event_init(struct zip_model *model);
void zip_model_event_reset(struct zip_model *model);
/** Load or dump EQC and AEQC. enum zip_model_mb_status. */
unsigned int zip_model_event_load(
		struct zip_model *model, struct model_event_queue *eq, uint64_t address);
unsigned int zip_model_event_dump(
		struct zip_model *model, struct model_event_queue *eq, uint64_t address);
/** Write an EQE for a queue: false if there is no EQ, so that the queue stays armed. */
bool zip_model_event_eqe(struct zip_model *model, unsigned int queue);
void zip_model_event_aeqe(struct zip_model *model, unsigned int type, unsigned int queue);
void zip_model_event_doorbell(struct zip_model *model, uint64_t word);
void zip_model_event_mask(struct zip_model *model, struct model_event_queue *eq, bool masked);
bool zip_model_event_source(struct zip_model *model, struct model_event_queue *eq);
/** Deliver what waited for bus master. */
void zip_model_event_kick(struct zip_model *model);

/* Queues: model_queue.c, model_doorbell.c, model_serve.c. */

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
	struct model_counter dropped_shadow;
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

/** Whether there may be a doorbell to take. */
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

/* Engine: model_zip.c, model_sgl.c. */

/** What one share of the service has for itself. */
struct model_share {
	struct zip_model *model;
	unsigned int shares; /**< what the list was made for */
	uint32_t generation;
	unsigned int nb;
	unsigned int next; /**< where the round robin goes on */
	uint16_t list[HISI_QM_MAX_QUEUES];
	struct deflate_ctx *deflate;
	struct deflate_seg *in;
	struct deflate_seg *out;
	size_t nb_in;
	size_t nb_out;
	struct model_dma_hit hit_data;
	struct model_dma_hit hit_list;
};

void zip_model_share_free(struct model_share *share);

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

/** Status that the null engine and the others refuse an SQE with before they look at its data. */
static inline uint32_t
model_zip_check(uint32_t dw7, uint32_t dw9)
{
	uint32_t request = HISI_HW_GET(HISI_ZIP_DW9_REQUEST, dw9);

	if (HISI_HW_GET(HISI_ZIP_DW7_SQE_TYPE, dw7) != HISI_ZIP_SQE_TYPE_3 ||
			request < HISI_ZIP_REQ_DEFLATE || request > HISI_ZIP_REQ_GZIP ||
			HISI_HW_GET(HISI_ZIP_DW9_BUFFER, dw9) > HISI_ZIP_BUF_SGL)
		return ZIP_MODEL_STATUS_UNSUPPORTED;
	return dw7 & HISI_ZIP_DW7_STATEFUL ? HISI_ZIP_STREAM_ERROR : HISI_ZIP_OK;
}

void zip_model_zip_run(struct model_share *share, const struct model_queue *queue,
		const struct hisi_hw_sqe *sqe, struct model_zip_result *result);

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
	unsigned int nb_queues;
	uint64_t vft; /**< word of the SQC VFT entry */
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
	uint32_t generation;      /**< of the set of running queues */
	_Atomic uint64_t no_line; /**< what queues without shadow doorbells look at: always 0 */
	struct model_share *shares[ZIP_MODEL_MAX_SHARES];

	struct model_counter dropped;
	struct model_counter illegal;
	struct model_counter read_faults;
	struct model_counter write_faults;
	struct model_counter irqs;
	struct model_counter resets;
	struct model_counter strikes;

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
	return model->command & MODEL_PCI_MASTER;
}

static inline uint64_t
model_address(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

#endif /* MODEL_PRIV_H */
