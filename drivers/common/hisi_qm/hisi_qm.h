/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_H
#define HISI_QM_H

/**
 * @file
 * The Queue Manager (QM) of one PCI function: bring-up, mailbox, queue pairs.
 *
 * Two seams are cut here. Below, struct hisi_qm_transport_ops gives registers and DMA: a
 * transport is one file that fills it (hisi_qm_transport.h). Above, struct hisi_qm_qp with the
 * inline verbs of hisi_qm_ring.h is all that a data path needs; it knows neither the transport nor
 * the mailbox.
 *
 * Control functions (all of this file) are called from one thread at a time per device, unless
 * said otherwise. They never end the process, and every wait in them is bounded.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_interrupts.h>
#include <rte_memzone.h>

#include "hisi_hw_pci.h"
#include "hisi_hw_qm_queue.h"
#include "hisi_hw_qm_regs.h"
#include "hisi_hw_zip.h"

struct hisi_qm_dev;
struct hisi_qm_qp;

#define HISI_QM_NAME_LEN 64

/** The most CQEs that are consumed between two CQ doorbells. */
#define HISI_QM_ACK_PACE 256

/** Whether a queue has ended: hisi_qm_qp.dead. */
enum hisi_qm_end {
	HISI_QM_ALIVE,
	HISI_QM_DEAD,  /**< nothing more completes; the device is done with all it was given */
	HISI_QM_DYING, /**< takes nothing more; the device may still be at work */
};

/** Doorbells of one queue, in memory that a store reaches the device by. */
struct hisi_qm_doorbell {
	volatile uint64_t *sq; /**< NULL: not mapped, use hisi_qm_db_write() */
	volatile uint64_t *cq; /**< NULL: not mapped */
	/** How other processes of EAL get at them: the same addresses, or a file to map, or not. */
	bool global;
	int fd;             /**< -1: none; of the transport, with the lines of all queues */
	uint64_t fd_offset; /**< of queue 0 */
	size_t fd_len;
};

/**
 * Registers and DMA of a function (seam 1). Each returns 0 or -errno; -ENODEV when the device
 * is gone. All are called from control paths only, except write() with a doorbell where
 * map_doorbell() gave no address. Control paths are those of this file, on several threads: a
 * transport serialises what needs it. It calls hisi_qm_dev_lost() when it notices by itself that
 * the device is gone, but never from within one of these functions.
 */
struct hisi_qm_transport_ops {
	/**
	 * Connects to the function, fills dev->device, dev->revision and dev->numa_node. On return
	 * registers work and DMA memory of this process is mapped. Called again after close().
	 */
	int (*open)(struct hisi_qm_dev *dev);
	/** Gives everything back; no access of the device to memory afterwards. Idempotent. */
	void (*close)(struct hisi_qm_dev *dev);
	/** Reads @p size bytes (4, 8 or 16) of BAR 2 at @p offset. */
	int (*read)(struct hisi_qm_dev *dev, uint32_t offset, void *value, size_t size);
	/**
	 * Writes @p size bytes (4 or 8) of BAR @p bar at @p offset. Any thread. 8 bytes are a
	 * doorbell: they may be posted.
	 */
	int (*write)(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, const void *value,
		     size_t size);
	/** Writes the mailbox as one 128-bit access where the CPU can (hardware.md 3.4). */
	int (*mb_write)(struct hisi_qm_dev *dev, const struct hisi_hw_mailbox *mb);
	/** Addresses of the doorbells of @p queue, or NULLs; @p db says "none" when called. */
	int (*map_doorbell)(struct hisi_qm_dev *dev, uint16_t queue, struct hisi_qm_doorbell *db);
	/** Makes process memory visible to the device at @p iova (for rte_dev_dma_map). */
	int (*dma_map)(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len);
	int (*dma_unmap)(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len);
	/**
	 * Function level reset; afterwards bus master is on. -EBUSY: neither that nor anything else
	 * could keep the device from memory. Other errors: it is not reset, but makes no access to
	 * memory any more.
	 */
	int (*reset)(struct hisi_qm_dev *dev);
	/** Lets @p vector signal @p eventfd; -1 takes it back; -ENOTSUP: events are polled. */
	int (*irq)(struct hisi_qm_dev *dev, unsigned int vector, int eventfd);
};

/** One ring of events, EQ or AEQ. */
struct hisi_qm_event_ring {
	volatile uint32_t *entries;
	uint64_t iova;
	uint16_t depth;
	uint16_t head;
	bool phase;
};

/** One PCI function with its QM. Allocated by the driver above, zeroed, then opened. */
struct hisi_qm_dev {
	char name[HISI_QM_NAME_LEN]; /**< for messages */
	const struct hisi_qm_transport_ops *ops;
	void *transport; /**< of the transport */
	const void *args; /**< of the transport: what open() needs, owned by the driver */
	int numa_node;    /**< or SOCKET_ID_ANY */

	uint16_t device;   /**< PCI device id: HISI_PCI_DEVICE_ZIP_PF or _VF */
	uint8_t revision;  /**< PCI revision */
	uint8_t hw;        /**< HISI_QM_HW_*: revision refined by the sub-version register */
	uint32_t caps;     /**< register 0x3100, or what its absence means */
	uint16_t nb_queues; /**< of this function */
	uint16_t sq_depth;  /**< slots of each queue, not always a power of two */
	uint16_t cq_depth;  /**< the same: both rings have the lesser of what the device offers */
	bool db_isolation; /**< doorbells in BAR 4 */

	/**
	 * Set when the function is lost (peer hung up, EQ overflow, mailbox dead), by any thread;
	 * also sets hisi_qm_qp.dead of each queue. Cleared by hisi_qm_dev_start(). Set as well
	 * while the function is not open. Stored with release, loaded with acquire: who sees the
	 * function up sees all that was set up before.
	 */
	volatile uint8_t dead;
	bool started;
	/**
	 * It could not be reset and may still write to memory. What it was given is never freed
	 * then: rings, tables, and what the driver above has from EAL. Set by any thread.
	 */
	volatile uint8_t noisy;

	/** Over "queues", the state of each, and the event rings; recursive. */
	pthread_mutex_t lock;
	/** One mailbox command at a time; taken inside of "lock", never around it. */
	pthread_mutex_t mb_lock;
	/** Of a VF: lost because its PF is reset; told when that is over. Interrupt thread. */
	bool pf_resets;

	/* Of a PF, set before it is opened; zeros: it has no VFs. */
	uint16_t nb_vfs;    /**< VFs 1 to nb_vfs get queues */
	uint16_t vf_queues; /**< how many each */
	/** PF: makes the engine work, within bring-up (hardware.md 6.2). May be NULL. */
	int (*engine_init)(struct hisi_qm_dev *dev);
	/** PF: whether the engine has an error that only a reset cures; logs it. May be NULL. */
	bool (*engine_broken)(struct hisi_qm_dev *dev);

	uint64_t connects;            /**< again, after losses: doorbells may have moved */
	uint64_t zone_id;             /**< in the names of memory zones, unique */
	uint16_t nb_zones;            /**< that queues had, and may have left: "noisy" */
	const struct rte_memzone *mz; /**< EQ, AEQ, SQC and CQC tables, mailbox buffers */
	void *mb_buffers;             /**< a context each: EQC, AEQC, SQC, CQC */
	uint64_t mb_buffers_iova;
	uint64_t sqc_table_iova;
	uint64_t cqc_table_iova;
	struct hisi_qm_event_ring eq;
	struct hisi_qm_event_ring aeq;
	struct rte_intr_handle *intr; /**< of AEQ and messages; NULL: both are polled only */
	bool msg_irq;                 /**< messages have their vector */
	bool polling;                 /**< the slow poll is on */
	struct hisi_qm_qp **queues; /**< by queue number; NULL where there is none */

	/**
	 * Called on the thread that noticed, once a loss: @p qp is the queue, NULL for the whole
	 * function. With "lock" held: must not wait for other threads. May be NULL.
	 */
	void (*on_loss)(struct hisi_qm_dev *dev, struct hisi_qm_qp *qp);
	void *owner; /**< of the driver above */
};

/**
 * One hardware queue: an SQ and its CQ, one direction (seam 2).
 *
 *            sq_tail: next slot to fill            (producer)
 *   SQ  ..|done|done|busy|busy|busy|free|free|..
 *   CQ  ..|seen|seen|new |    |    |    |    |..
 *            cq_head: next entry to look at        (consumer)
 *
 * The producer's and the consumer's fields are in cache lines of their own: the two may be
 * different threads, one each. "submitted" and "completed" run freely; their difference is the
 * number in flight.
 */
struct hisi_qm_qp {
	/* Producer. */
	struct hisi_hw_sqe *sq __rte_cache_aligned;
	volatile uint64_t *sq_db;
	uint64_t sq_db_word; /**< queue number and command; the index is added */
	uint16_t sq_tail;
	uint16_t depth;     /**< slots of SQ and CQ */
	uint16_t limit;     /**< most SQEs in flight */
	uint16_t queue;     /**< number in the function */
	uint32_t submitted; /**< written by the producer, read by the consumer */
	uint64_t sq_rings;  /**< doorbells, for statistics */

	/* Consumer. */
	volatile struct hisi_hw_cqe *cq __rte_cache_aligned;
	volatile uint64_t *cq_db;
	uint64_t cq_db_word;
	uint16_t cq_head;
	uint16_t cq_depth;    /**< a copy of depth */
	uint16_t cq_unacked;  /**< consumed since the last CQ doorbell */
	uint16_t cq_pace;     /**< CQEs a CQ doorbell: 1 ... HISI_QM_ACK_PACE */
	uint32_t completed;   /**< written by the consumer, read by the producer */
	uint64_t cq_rings;
	bool phase;           /**< of the next entry */
	/**
	 * enum hisi_qm_end, set by any thread. Producers stop at any but ALIVE; the consumer gives
	 * ops up at DEAD only, which is stored with release once the device is quiet: who loads it
	 * with acquire and then finds the CQ empty has seen all there was.
	 */
	volatile uint8_t dead;

	/* Control. */
	struct hisi_qm_dev *dev __rte_cache_aligned;
	uint64_t sq_iova;
	uint64_t cq_iova;
	uint8_t type; /**< enum hisi_hw_sq_type */
	bool started;
	/** Stopped, but the device may still be at its entries; over when the function is reset. */
	bool undrained;
	uint16_t drained; /**< the CQ's tail when it was last looked at for that */
	uint8_t looks;    /**< of the slow poll since that changed */
	uint8_t refusals;    /**< the device did not say whether it drained: so often */
	uint16_t looked;     /**< what it saw last */
	uint16_t moved;      /**< the same for hisi_qm_qp_stop_step() */
	uint64_t moved_at;   /**< when that was, timer cycles */
	uint64_t stopped_at; /**< when it was told to stop */
	/**
	 * Used by another process, in shared memory: its doorbells are addresses there, and it is
	 * started only by name.
	 */
	bool remote;
	const struct rte_memzone *mz;
};

/** Whether memory that the function was given is not to be freed. Any thread. */
static inline bool
hisi_qm_dev_is_noisy(const struct hisi_qm_dev *dev)
{
	return __atomic_load_n(&dev->noisy, __ATOMIC_RELAXED) != 0;
}

/**
 * Opens a function: connects, resets it, learns version, capabilities and number of queues
 * (hardware.md 1.2, 2.3, 3.5, 6.5). name, ops, args, numa_node must be set.
 *
 * @return 0; -ENODEV not a device of ours or gone; -ENOTSUP a generation not driven (V1);
 *         -EINVAL a PF whose VFs would take all queues; -ETIMEDOUT, -EIO mailbox; -ENOMEM. On
 *         failure everything is given back.
 */
int hisi_qm_dev_open(struct hisi_qm_dev *dev);

/**
 * Closes a function: after return the device makes no access to memory. Queues that still exist
 * are freed. Idempotent.
 */
void hisi_qm_dev_close(struct hisi_qm_dev *dev);

/**
 * Starts a function: a PF first makes the device work and gives functions their queues
 * (hardware.md 6.1); EQ, AEQ, context tables (6.5), then each queue pair that exists. A lost
 * function is connected again first; if it has become another one (fewer queues, other depths)
 * that is -ENODEV.
 *
 * @return 0 or -errno; on failure the function is stopped.
 */
int hisi_qm_dev_start(struct hisi_qm_dev *dev);

/**
 * Starts a function as hisi_qm_dev_start() does, but none of its queues: for another process,
 * which needs some of them.
 */
int hisi_qm_dev_start_bare(struct hisi_qm_dev *dev);

/**
 * Stops a function and closes its transport, but leaves all memory to processes that still look
 * at it. Their queues are dead. The function cannot be used any more.
 */
void hisi_qm_dev_abandon(struct hisi_qm_dev *dev);

/**
 * Stops a function: its queues (STOP_QP where there is one), then flush, masks, reset
 * (hardware.md 7.1). SQEs not complete within the bound never complete. Tolerates a lost one.
 */
void hisi_qm_dev_stop(struct hisi_qm_dev *dev);

/**
 * Marks the function lost: it is reset if it still answers, then all its queues are dead. Any
 * thread that holds no lock of the device but "lock"; the first call logs one line with the
 * device's name and @p why, and calls on_loss.
 */
void hisi_qm_dev_lost(struct hisi_qm_dev *dev, const char *why);

/**
 * Looks at AEQ and EQ once (control thread, interrupt thread or a slow poll; serialised
 * inside). CQ overflow and CQE error mark the queue dead, EQ overflow the function
 * (hardware.md 4.5).
 */
void hisi_qm_dev_poll_events(struct hisi_qm_dev *dev);

/** Reads a 32-bit register of BAR 2. */
int hisi_qm_read32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t *value);

/** Writes a 32-bit register of BAR 2. */
int hisi_qm_write32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t value);

/** What a function has to be to have a register. */
#define HISI_QM_REG_V3 0x1  /**< V3 or later */
#define HISI_QM_REG_PF 0x2  /**< the physical function */
#define HISI_QM_REG_CAP 0x4 /**< one with capability registers */

/** A 32-bit register of BAR 2 that is read without any effect. */
struct hisi_qm_reg {
	const char *name;
	uint32_t offset;
	uint8_t has; /**< HISI_QM_REG_* */
};

/** Those of the QM that tell a function's state (hardware.md 2.1 to 2.3). */
extern const struct hisi_qm_reg hisi_qm_regs[];
extern const unsigned int hisi_qm_nb_regs;

/**
 * Reads a register for who wants to see it; never changes the state of the function. Any thread,
 * with "lock" held.
 *
 * @return 0; -ENOENT the function has none such; -ENODEV it is lost; or as the transport's read()
 */
int hisi_qm_reg_look(struct hisi_qm_dev *dev, const struct hisi_qm_reg *reg, uint32_t *value);

/**
 * Runs one mailbox command and waits for it (hardware.md 3.3): 1 s, 5 s for STOP_QP and FLUSH.
 *
 * @param op 0 load or set, 1 dump or read
 * @param base DMA address or immediate; with @p result not NULL receives the immediate answer
 * @return 0; -ETIMEDOUT busy before or after the bound; -EIO a status that is not 0 or an
 *         address that does not answer; -ENODEV device gone. Any thread.
 */
int hisi_qm_mb(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, unsigned int op, uint16_t queue,
	       uint64_t base, uint64_t *result);

/**
 * Creates queue @p queue of the function: memory on @p socket, no hardware access unless the
 * function is started, in which case the queue is started too.
 *
 * @param limit most SQEs in flight, 1 ... depth - 1
 * @return 0; -EINVAL queue or limit out of range; -EBUSY exists; -ENOMEM; or as mailbox.
 */
int hisi_qm_qp_create(struct hisi_qm_dev *dev, uint16_t queue, enum hisi_hw_sq_type type,
		      uint16_t limit, int socket, struct hisi_qm_qp **qp);

/**
 * Creates a queue for another process of EAL: as hisi_qm_qp_create(), but not started. Where
 * doorbells are not mapped at the same addresses everywhere, the owner has to set
 * hisi_qm_qp.sq_db and .cq_db, by hisi_qm_dev_doorbells().
 *
 * @return as hisi_qm_qp_create(); -ENOTSUP doorbells that no other process can ring
 */
int hisi_qm_qp_create_remote(struct hisi_qm_dev *dev, uint16_t queue, enum hisi_hw_sq_type type,
			     uint16_t limit, int socket, struct hisi_qm_qp **qp);

/** How other processes ring doorbells, of queue 0: see struct hisi_qm_doorbell. */
int hisi_qm_dev_doorbells(struct hisi_qm_dev *dev, struct hisi_qm_doorbell *db);

/**
 * Stops and frees a queue; NULL is fine. Should nothing complete for 5 s, or not all within 60 s,
 * the function is lost: only a reset keeps the device from memory that is freed.
 */
void hisi_qm_qp_release(struct hisi_qm_qp *qp);

/** Starts a queue from index 0: CQ zeroed, SQC and CQC loaded (hardware.md 4.8); not "dead". */
int hisi_qm_qp_start(struct hisi_qm_qp *qp);

/**
 * Stops a queue and waits until it drained, 5 s at most, or 1000 dumps of its contexts where there
 * is no STOP_QP (hardware.md 4.8). It is "dead" afterwards, which the consumer sees behind the
 * completions that came until then. If it did not drain it is "dying": the slow poll goes on, and
 * the function is lost after 5 s without progress.
 */
int hisi_qm_qp_stop(struct hisi_qm_qp *qp);

/**
 * The same for a function that goes on: returns when the device is done with what the queue was
 * given, and only then may its buffers be used again. Should it not drain the function is lost,
 * as by hisi_qm_qp_release().
 */
void hisi_qm_qp_stop_quiet(struct hisi_qm_qp *qp);

/**
 * One step of that, for who has others to serve meanwhile: a hundred dumps, and STOP_QP only when
 * they tell of no work or of no progress for 2 s, or are refused, since it keeps the mailbox until
 * it is done. A queue that does not get on for 5 s, or is not done within 60 s, is the loss of the
 * function.
 *
 * @return 0 it is done; -EINPROGRESS, which no system call here gives: there is another step
 */
int hisi_qm_qp_stop_step(struct hisi_qm_qp *qp);

/** Rings a doorbell that is not mapped: a posted write to the chip's address. */
void hisi_qm_db_write(struct hisi_qm_qp *qp, uint64_t word);

#endif /* HISI_QM_H */
