/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef ZIP_MODEL_H
#define ZIP_MODEL_H

/**
 * @file
 * One function of a HiSilicon ZIP accelerator as a state machine: Queue Manager and engine.
 *
 * The model starts no thread, opens no file and never waits: its caller steps it. Every input has
 * a defined result; what is illegal is counted, never asserted. It reaches memory through its DMA
 * map only, and reads each word of that memory once before it checks it.
 *
 * Thread rules. There are three kinds of calls:
 *  - zip_model_service() of disjoint shares may run in parallel, with each other and with
 *    zip_model_dma_map(), with doorbells and with the statistics.
 *  - zip_model_dma_map() and writes for which zip_model_is_doorbell() is true come from one thread
 *    at a time, the one that makes the calls of the third kind.
 *  - every other call needs the control section: nothing else runs in this model meanwhile.
 *    zip_worker_pause() gives it. zip_model_yield() and what says so may come from any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hisi_hw_pci.h"
#include "zip_model_card.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A function; opaque. */
struct zip_model;

/** The generation. */
enum zip_model_hw {
	ZIP_MODEL_V2, /**< Kunpeng 920 */
	ZIP_MODEL_V3, /**< Kunpeng 930 */
};

/** The kind of function. */
enum zip_model_function {
	ZIP_MODEL_PF, /**< its driver brings the device up and assigns queues */
	ZIP_MODEL_VF, /**< with queues from the start, unless its card has a PF */
};

/** Who does the work. */
enum zip_model_engine {
	ZIP_MODEL_ENGINE_ISAL,
	ZIP_MODEL_ENGINE_ZLIB,
	/**
	 * Completes each SQE at once and looks at no data: consumed = input length, produced = the
	 * lesser of input length and available output, status 0. It writes dwords 0 to 3 only.
	 */
	ZIP_MODEL_ENGINE_NULL,
};

/** What resets the function. */
enum zip_model_reset_kind {
	ZIP_MODEL_RESET_FLR,        /**< function level reset */
	ZIP_MODEL_RESET_DEVICE,     /**< reset of the whole device; for a VF as FLR */
	ZIP_MODEL_RESET_DISCONNECT, /**< the client is gone: as FLR, and the DMA map is emptied */
};

/** Levels of the log callback, as syslog(3) numbers them. */
enum zip_model_log_level {
	ZIP_MODEL_LOG_ERR = 3,
	ZIP_MODEL_LOG_WARNING = 4,
	ZIP_MODEL_LOG_INFO = 6,
	ZIP_MODEL_LOG_DEBUG = 7,
};

/**
 * What the model needs from its surroundings. Each callback may be NULL and may be called by any
 * thread that calls into the model, several at once; none may call into the model.
 */
struct zip_model_host {
	void *ctx; /**< first argument of the callbacks */
	/** Signal MSI vector @p vector (HISI_PCI_VECTOR_*). NULL: interrupts are lost. */
	void (*irq)(void *ctx, unsigned int vector);
	/** One line without newline; level is enum zip_model_log_level. NULL: nothing is said. */
	void (*log)(void *ctx, int level, const char *text);
	/** Monotonic clock in ns, for pacing. NULL: never wait. */
	uint64_t (*now_ns)(void *ctx);
};

/** Kinds of faults; "SQE" ones strike an SQE, "command" ones a mailbox command. */
enum zip_model_fault_kind {
	ZIP_MODEL_FAULT_WRONG_PHASE,     /**< SQE: its CQE carries the wrong phase */
	ZIP_MODEL_FAULT_LOST_COMPLETION, /**< SQE: no CQE is written */
	ZIP_MODEL_FAULT_PRODUCED,        /**< SQE: produced is one too many */
	/** SQE: bit 'value' of the output (modulo its size) flips */
	ZIP_MODEL_FAULT_FLIPPED_BIT,
	ZIP_MODEL_FAULT_STATUS,          /**< SQE: the status byte becomes 'value' */
	ZIP_MODEL_FAULT_HANG_QUEUE,      /**< SQE: it and all behind it stay undone until a reset */
	/** SQE: AEQE of type 'value', 0 to 15 (enum hisi_hw_aeqe_type) */
	ZIP_MODEL_FAULT_AEQ_EVENT,
	ZIP_MODEL_FAULT_STUCK_MAILBOX,   /**< command: it stays busy until a reset */
	/** command, PF only: bit 'value', 0 to 31, of the QM's error source (hardware.md 2.2.1) */
	ZIP_MODEL_FAULT_RAS,
};

#define ZIP_MODEL_ANY_QUEUE UINT32_MAX

/** One line of the fault table. */
struct zip_model_fault {
	enum zip_model_fault_kind kind;
	/** Queue it strikes, or ZIP_MODEL_ANY_QUEUE: each queue, counted by itself. */
	uint32_t queue;
	/**
	 * Which one it strikes, from 1: the n-th SQE of the queue, or the n-th mailbox command of
	 * the function, since the model was created. 0 strikes each.
	 */
	uint64_t nth;
	uint32_t value; /**< see the kind */
};

/** What to model. Nothing of it needs to live longer than zip_model_create(), but shadow_mem. */
struct zip_model_config {
	enum zip_model_hw hw;
	enum zip_model_function function;
	/** What it is a function of; NULL: of a device of its own. */
	struct zip_model_card *card;
	/** Its number there: 0 is the PF. Not looked at without card. */
	unsigned int number;
	/**
	 * Queues, 1 to HISI_QM_MAX_QUEUES: a PF's are those of the device, a VF's those that it
	 * has, or, in a card with a PF, the most that it uses of what it is assigned.
	 */
	unsigned int queues;
	/**
	 * Absolute number of a VF's first queue in a card without PF, shown in the VFT entry only
	 * (hardware.md 3.5).
	 */
	unsigned int queue_base;
	enum zip_model_engine engine;
	/** Of the engine: ISA-L 0 to 3, zlib 0 to 9, null: not looked at. */
	int level;
	/**
	 * Pacing, per queue: an SQE completes no earlier than this many ns after it was seen or the
	 * one before it was due, whichever is later. 0: off.
	 */
	uint64_t pace_ns_per_op;
	/** More pacing: input bytes per microsecond. 0: off. */
	uint64_t pace_bytes_per_us;
	/** Offer shadow doorbells in BAR 0 (hisi_hw_pci.h). */
	bool shadow;
	/**
	 * Memory behind BAR 0: at least zip_model_shadow_size() bytes, page aligned. The caller
	 * owns it and may map it to a client. The model zeroes it at creation.
	 */
	void *shadow_mem;
	size_t shadow_len;
	/** A doorbell window per queue in BAR 4. Not V2: -EINVAL. */
	bool db_isolation;
	/** Compression cores know LZ4 and say so (hardware.md 2.3.2). Not V2: -EINVAL. */
	bool lz4;
	const struct zip_model_fault *faults;
	size_t nb_faults;
};

/** What a PCI layer shows of the function. */
struct zip_model_identity {
	uint16_t vendor;
	uint16_t device;
	uint8_t revision;
	uint32_t class_code;  /**< 24 bits */
	uint64_t bar_size[6]; /**< bytes, powers of two; 0: absent. All are 64-bit, prefetchable */
	unsigned int nb_vectors; /**< MSI, 64-bit, maskable */
	bool has_shadow;         /**< vendor_cap is valid; BAR 0 is to be mapped by the client */
	/** The capability to show, its "next" 0; the range starts at byte 0 of shadow_mem. */
	struct hisi_hw_shadow_cap vendor_cap;
};

/** Counters of one queue since creation; no reset clears them. */
struct zip_model_queue_stats {
	uint64_t sqes;      /**< completed, by success or error */
	uint64_t errors;    /**< of these, with a status other than 0 and 0x0d */
	uint64_t bytes_in;  /**< consumed */
	uint64_t bytes_out; /**< produced */
	uint64_t sq_chip;   /**< SQ doorbells accepted at the chip's address */
	uint64_t cq_chip;   /**< CQ doorbells there */
	uint64_t sq_shadow; /**< changes of the SQ line accepted */
	uint64_t cq_shadow; /**< changes of the CQ line accepted */
	/**
	 * Doorbells refused: wrong tag, index, queue or command; reserved bits; an SQ's tail that
	 * goes back, a CQ's head beyond what was completed.
	 */
	uint64_t dropped;
};

/** Counters of the function since creation; no reset clears them. */
struct zip_model_stats {
	struct zip_model_queue_stats queues; /**< sums over all queues */
	/** Doorbells refused besides: of no queue, or of EQ and AEQ. */
	uint64_t dropped_doorbells;
	uint64_t window_doorbells; /**< of the chip's of queues, those that came through BAR 4 */
	uint64_t illegal_accesses; /**< of registers: width, alignment, address */
	uint64_t dma_read_faults;  /**< outside the map, or not readable */
	uint64_t dma_write_faults;
	uint64_t mailbox_commands; /**< run or refused */
	uint64_t mailbox_failures; /**< of these, with a status that is not 0 */
	uint64_t mailbox_ignored;  /**< writes while busy */
	uint64_t eqes;
	uint64_t eqes_lost; /**< the EQ was full */
	uint64_t aeqes;
	uint64_t aeqes_lost; /**< the AEQ was full or absent */
	uint64_t irqs;       /**< callbacks made */
	uint64_t resets;
	uint64_t faults; /**< strikes of the fault table */
};

/**
 * SQE status codes of the model that hardware.md 8.5 does not list. To be confirmed on silicon.
 * An input that ends early or is not DEFLATE gets 0x10, as a wrong checksum does.
 *
 * Stateful requests (hardware.md 8.6, 8.8, 10.3; what is said there in brackets or not at all is
 * the model's choice). Buffers are flat: 0x04 otherwise. The context is 0x97c0 bytes from dw22/23
 * on, any alignment, readable and writable: 0x06 otherwise. dw15 and dw28 to dw31 go in as the last
 * request of the stream gave them back; a request of another type or direction, one that brings
 * other words, and one with a damaged context get 0x41. stream_new looks at none of that.
 * What is refused (0x04 to 0x07, 0x0e, 0x41) leaves stream and words as they were.
 *  - An output of up to 16 bytes: a no-op, status 0. One below 200 bytes: 0x0e.
 *  - Compression: status 0 or 0x0d; all of the input is consumed, and the output ends on a byte
 *    boundary, or with the final block and the trailer and lstblk set if dw7 says finish. An input
 *    of 0: 0x05. An output below 9/8 of the input: 0x0e. After the end: 0x41.
 *  - Decompression: the input may be of 0 bytes, and finish is not looked at.
 *      status 0, store 0, ctx_st 0 or 3: all of the input is consumed, all that it gives is put
 *      out; 3 between two blocks. lstblk: all that is missing is the trailer.
 *      status 0, store not 0, ctx_st 1 or 2: the output is full and at least one byte more is due;
 *      1 in the final block, 2 before. What was not consumed comes again, be it nothing.
 *      status 0x13 with lstblk: the end, trailer verified; more of it says the same again.
 *      status 0x10: corrupt; with lstblk, the trailer is. What follows gets 0x41.
 *    ctx_dw0 bit 7 is set from the header of the final block on. Head bit count is always 0.
 */
enum zip_model_status {
	ZIP_MODEL_STATUS_UNSUPPORTED = 0x04, /**< SQE, request or buffer type, window */
	ZIP_MODEL_STATUS_LENGTH = 0x05,      /**< input 0, or a buffer beyond 8 MiB */
	ZIP_MODEL_STATUS_DMA = 0x06,         /**< an address outside the map or its rights */
	ZIP_MODEL_STATUS_SGL = 0x07, /**< bad list: alignment, counts, chain, less than asked for */
};

/** Mailbox status codes (hardware.md 3.1: any value that is not 0 is a failure). */
enum zip_model_mb_status {
	ZIP_MODEL_MB_OK = 0,
	ZIP_MODEL_MB_UNKNOWN = 1, /**< no such command, not modelled, or reserved bits are set */
	ZIP_MODEL_MB_QUEUE = 2,   /**< no such queue */
	/** A field of the context is out of range, or reserved; V3: the queue has SQEs to run. */
	ZIP_MODEL_MB_CONTEXT = 3,
	ZIP_MODEL_MB_DMA = 4,     /**< the context cannot be read or written */
};

/**
 * Bytes of BAR 0 that a configuration needs for shadow doorbells.
 *
 * @param config
 *   Only queues is looked at.
 * @return
 *   A multiple of 64 KiB and a power of two.
 */
size_t zip_model_shadow_size(const struct zip_model_config *config);

/**
 * Create a function. Memory access and bus master are off.
 *
 * @param config
 *   What to model.
 * @param host
 *   Callbacks; copied.
 * @param model
 *   Where to put it.
 * @return
 *   0; -EINVAL a value out of range; -EEXIST the card has a function of this number; -ENOMEM.
 */
int zip_model_create(const struct zip_model_config *config, const struct zip_model_host *host,
		     struct zip_model **model);

/** Free a function; NULL is fine. Control section. */
void zip_model_destroy(struct zip_model *model);

/** What the PCI layer shows. Any thread. */
void zip_model_identity(const struct zip_model *model, struct zip_model_identity *identity);

/**
 * Read from a BAR. Registers are read by 4, 8 or 16 bytes, aligned; BAR 0 by any size up to 16.
 * While memory access is off every byte is 0xff.
 *
 * @param buf
 *   @p size bytes, always filled; zeros where the access is illegal.
 * @param size
 *   Bytes.
 * @return
 *   0, or -EINVAL for an illegal access, which is counted. A PCI layer answers it as a good one.
 */
int zip_model_read(struct zip_model *model, unsigned int bar, uint64_t offset, void *buf,
		   size_t size);

/**
 * Write to a BAR: as zip_model_read(). A mailbox command runs when the write holds the last
 * dword, 0x30c, and the words latched so far have busy = 1 (hardware.md 3.4). An illegal write
 * is ignored.
 */
int zip_model_write(struct zip_model *model, unsigned int bar, uint64_t offset, const void *buf,
		    size_t size);

/** Whether a write there is a doorbell, so that it needs no control section. Any thread. */
bool zip_model_is_doorbell(unsigned int bar, uint64_t offset);

/**
 * Tell the PCI COMMAND register: bit 1 memory access, bit 2 bus master. Without bus master the
 * function makes no access to memory: queues wait, mailbox commands that need memory fail. A
 * reset of the model leaves this as told: who resets config space tells it again. Control section.
 */
void zip_model_command(struct zip_model *model, uint16_t pci_command);

/**
 * The function returns from D3hot to D0. A PF's AXI master, which its driver shuts before it
 * suspends and never opens, is open again (hardware.md 14.1). Control section.
 */
void zip_model_wake(struct zip_model *model);

/** Rights of zip_model_dma_map(). */
#define ZIP_MODEL_DMA_READ 1u  /**< the device may read */
#define ZIP_MODEL_DMA_WRITE 2u /**< the device may write */

/**
 * Add memory to the DMA map. Neighbours in both address spaces with equal rights are merged.
 *
 * @param iova
 *   Address that the device uses.
 * @param len
 *   Bytes.
 * @param vaddr
 *   Where it is here. It must stay there until unmapped.
 * @param prot
 *   ZIP_MODEL_DMA_* bits.
 * @return
 *   0; -EINVAL empty or beyond the address space; -EEXIST it overlaps; -ENOMEM.
 */
int zip_model_dma_map(struct zip_model *model, uint64_t iova, uint64_t len, void *vaddr,
		      unsigned int prot);

/**
 * Remove all of a range from the DMA map, whatever pieces it was added in. Control section.
 *
 * @return
 *   0; -EINVAL empty or beyond the address space; -ENOENT nothing was there; -ENOMEM.
 */
int zip_model_dma_unmap(struct zip_model *model, uint64_t iova, uint64_t len);

/** Empty the DMA map. Control section. */
void zip_model_dma_unmap_all(struct zip_model *model);

/** The most shares that zip_model_service() knows. */
#define ZIP_MODEL_MAX_SHARES 64

/**
 * Serve the queues q with (q / 2) % shares == share: look at their doorbells, run SQEs in order.
 *
 * @param share
 *   Less than @p shares. Two threads must not serve one share at once.
 * @param shares
 *   1 to ZIP_MODEL_MAX_SHARES; all threads use the same number.
 * @param budget
 *   Return after about this many SQEs, or after the one that makes it 1 MiB of data and entries
 *   of lists, if sooner.
 * @return
 *   SQEs completed and doorbells seen; also not 0 while a paced SQE is due within 50 us. 0: idle.
 */
unsigned int zip_model_service(struct zip_model *model, unsigned int share, unsigned int shares,
			       unsigned int budget);

/**
 * Ask the services of a model to return after the SQE that each is at, and the next ones too,
 * until asked no more. A hint that makes a control section come sooner. Any thread.
 */
void zip_model_yield(struct zip_model *model, bool yield);

/**
 * Reset: all is forgotten but identity, VFT entry, PCI command, DMA map (see the kinds) and
 * counters. Interrupt masks and 0x60 go to 1, shadow lines to 0. The reset of a PF clears the
 * VFT, disables the cores and so stops the VFs of its card too; only a function level reset
 * leaves the memory of the tables initialised. Control section.
 */
void zip_model_reset(struct zip_model *model, enum zip_model_reset_kind kind);

/** Counters of the function. Any thread; those of running queues may be slightly apart. */
void zip_model_stats(struct zip_model *model, struct zip_model_stats *stats);

/**
 * SQEs that ended with a status, of those that count as errors. Any thread.
 *
 * @param status
 *   0 to 255; 0 and 0x0d are no errors.
 */
uint64_t zip_model_errors(struct zip_model *model, unsigned int status);

/** Counters of a queue. Any thread. 0, or -EINVAL for a queue that does not exist. */
int zip_model_queue_stats(struct zip_model *model, unsigned int queue,
			  struct zip_model_queue_stats *stats);

#ifdef __cplusplus
}
#endif

#endif /* ZIP_MODEL_H */
