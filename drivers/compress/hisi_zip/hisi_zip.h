/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_H
#define HISI_ZIP_H

/**
 * @file
 * Private structures of the compressdev driver: device, queue pair, xform.
 *
 * An rte queue pair is two hardware queues, since the direction is a property of the queue
 * (hardware.md 4.2): queue 2 * id compresses, queue 2 * id + 1 decompresses.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <rte_comp.h>
#include <rte_compressdev.h>
#include <rte_compressdev_pmd.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>
#include <rte_spinlock.h>

#include "deflate.h"
#include "hisi_hw_zip.h"
#include "hisi_qm_transport.h"
#include "hisi_zip_count.h"
#include "hisi_zip_devargs.h"
#include "hisi_zip_proc.h"

extern int hisi_zip_logtype;

/** One line of log; the text begins with the device's name. */
#define HISI_ZIP_LOG(level, fmt, ...)                                                              \
	rte_log(RTE_LOG_##level, hisi_zip_logtype, "%s: " fmt "\n", __VA_ARGS__)

/** Windows by log2, hardware.md 8.2. */
#define HISI_ZIP_MIN_WINDOW 12
#define HISI_ZIP_MAX_WINDOW 15
/** That of LZ4: offsets have 16 bits. */
#define HISI_ZIP_LZ4_WINDOW 16

/** The most rte queue pairs of a device. */
#define HISI_ZIP_MAX_QUEUE_PAIRS (HISI_QM_MAX_QUEUES / 2)

/** Ops in flight that dev_stop waits for, at most this long. */
#define HISI_ZIP_STOP_TIMEOUT_MS 1000

/** Directions; also the index of a queue in its pair and the type of the hardware queue. */
enum hisi_zip_direction {
	HISI_ZIP_COMPRESS = HISI_QM_SQ_COMPRESS,
	HISI_ZIP_DECOMPRESS = HISI_QM_SQ_DECOMPRESS,
	HISI_ZIP_NB_DIRECTIONS,
	HISI_ZIP_SOFTWARE = HISI_ZIP_NB_DIRECTIONS, /**< neither: an op for hisi_zip_sw.h */
	HISI_ZIP_STREAM, /**< an op for hisi_zip_stream.h */
};

/** Four dwords of a structure that the device reads, for one store. */
typedef uint64_t hisi_zip_quad __attribute__((vector_size(16), may_alias));

/** Two of them. */
typedef uint64_t hisi_zip_pair __attribute__((may_alias));

/** What an op needs after its completion, in memory that the device cannot reach. */
struct hisi_zip_slot {
	struct rte_comp_op *op;
	uint32_t room;    /**< bytes of destination that the device was offered */
	uint32_t sgl_end; /**< sgl_tail behind the op's lists */
	const struct hisi_zip_xform *post; /**< NULL: the device's words are the result */
};

/**
 * How an op's raw DEFLATE goes through an engine inside of zlib or gzip, since it knows nothing
 * else or gives no checksum else: hisi_zip_frame.c.
 */
enum hisi_zip_frame {
	HISI_ZIP_FRAME_NONE,
	HISI_ZIP_FRAME_ZLIB,       /**< compression; the trailer goes to scratch memory */
	HISI_ZIP_FRAME_GZIP,       /**< the same */
	HISI_ZIP_FRAME_DECOMPRESS, /**< a trailer of zlib that is never right follows the body */
};

/** Bytes of the trailers (hardware.md 10.1). */
#define HISI_ZIP_TRAILER_ZLIB 4
#define HISI_ZIP_TRAILER_GZIP 8

/** Bytes that the engine puts behind what it compresses. */
static inline uint32_t
hisi_zip_frame_extra(enum hisi_zip_frame frame)
{
	if (frame == HISI_ZIP_FRAME_ZLIB)
		return HISI_ZIP_TRAILER_ZLIB;
	return frame == HISI_ZIP_FRAME_GZIP ? HISI_ZIP_TRAILER_GZIP : 0;
}

struct hisi_zip_sw;
struct hisi_zip_client;
struct hisi_zip_secondary;

/**
 * One direction of a queue pair. Slots are a ring by running counters: the producer fills at
 * "tail", the consumer takes at "head". As in hisi_qm_qp the fields of the two threads are in
 * cache lines of their own, and each word has one writer.
 */
struct hisi_zip_queue {
	/* Constant while the queue pair exists. */
	struct hisi_qm_qp *hw __rte_cache_aligned;
	struct hisi_zip_slot *slots;
	uint32_t slot_mask;
	uint32_t sgl_size; /**< of the arena, units of HISI_ZIP_SGL_ALIGN bytes */
	uint8_t *sgl_mem;
	uint64_t sgl_iova;
	uint64_t scratch_iova; /**< of a trailer; the arena lies before it */
	uint16_t max_sge;
	uint16_t sgl_short; /**< as max_sge, but not more than one list takes */
	struct hisi_zip_sw *sw; /**< for what the engine cannot do; NULL with sw=off */

	/* Producer. */
	uint32_t tail __rte_cache_aligned;
	uint32_t sgl_tail; /**< units taken from the arena, running */
	uint32_t sgl_next; /**< unit to take next */
	uint32_t sgl_seen; /**< sgl_freed as last read */
	uint32_t sgl_straight;  /**< units from sgl_next on that are free, and lie together */
	uint32_t fill_straight; /**< slots to fill before a ring ends, at least; 0: unknown */
	struct hisi_zip_counters enqueue;

	/* Consumer. */
	uint32_t head __rte_cache_aligned;
	uint32_t pending;   /**< at least so many ops are in flight */
	uint16_t index;     /**< SQE that completes next: completion is in order */
	uint16_t depth;     /**< of the rings */
	uint8_t direction;
	bool gap_logged;
	uint32_t take_straight; /**< ops to take before a ring ends; 0: unknown */
	uint32_t sgl_freed; /**< units given back, running; read by the producer */
	/**
	 * Ops that dev_stop took: slots flush_head ... flush_end - 1. The consumer stores it with
	 * release behind its look at a slot, the producer loads it with acquire before it fills.
	 */
	uint32_t flush_head;
	uint32_t flush_end;
	struct hisi_zip_counters dequeue;
	struct hisi_zip_bytes bytes;

	/* Seldom written: the producer's, by the status of ops that it left; the consumer's. */
	uint64_t refused[HISI_ZIP_NB_STATUSES] __rte_cache_aligned;
	struct hisi_zip_failures failures __rte_cache_aligned;
};

/** An rte queue pair. */
struct hisi_zip_qp {
	struct hisi_zip_queue queue[HISI_ZIP_NB_DIRECTIONS];
	struct hisi_zip_counters enqueue_base[HISI_ZIP_NB_DIRECTIONS]; /**< at stats_reset */
	struct hisi_zip_counters dequeue_base[HISI_ZIP_NB_DIRECTIONS];
	struct hisi_zip_sw *sw; /**< with sw=off only for ops that need no engine */
	struct hisi_zip_counters sw_enqueue_base; /**< at stats_reset */
	struct hisi_zip_counters sw_dequeue_base;
	uint8_t first __rte_cache_aligned; /**< direction that dequeue looks at first */
	const struct rte_memzone *mz; /**< the arenas of both directions */
	uint32_t limit; /**< most ops in flight a direction */
	uint16_t id;
	bool started; /**< by the primary, for its owner; whether it is still well "dead" says */
	struct hisi_zip_proc owner; /**< who is in its bursts */
};

/** A private xform: shareable, read only on the data path. */
struct hisi_zip_xform {
	/* As they are in the SQE, with flat buffers. */
	uint32_t dw6 __rte_cache_aligned;
	uint32_t dw7;
	uint32_t dw8;
	uint32_t dw9;
	uint8_t trailer; /**< bytes that the input is longer by than the op's */
	uint8_t frame;   /**< enum hisi_zip_frame */
	/** The xform itself if more than the device's words makes the result, else NULL. */
	const struct hisi_zip_xform *post;
	uint8_t path; /**< enum hisi_zip_direction: the queue, or HISI_ZIP_SOFTWARE */
	bool compress;
	bool stateful;     /**< part of a stream, hisi_zip_stream.h */
	bool lz4;          /**< compresses into LZ4 */
	uint8_t checksums; /**< DEFLATE_CHECKSUM_* to report */
	struct deflate_params params; /**< for software */
	LIST_ENTRY(hisi_zip_xform) next;
};

/** Checksums as rte_comp_op.output_chksum has them: CRC-32 low; Adler-32 low, or high if both. */
static inline uint64_t
hisi_zip_chksum(const struct hisi_zip_xform *xform, uint32_t adler, uint32_t crc)
{
	switch (xform->checksums) {
	case DEFLATE_CHECKSUM_ADLER32:
		return adler;
	case DEFLATE_CHECKSUM_CRC32:
		return crc;
	default:
		return (uint64_t)adler << 32 | crc;
	}
}

/** Sums of what queue pairs count. */
struct hisi_zip_totals {
	uint64_t hw[HISI_ZIP_NB_DIRECTIONS]; /**< ops that the hardware queues took */
	uint64_t sw[HISI_ZIP_NB_DIRECTIONS]; /**< ops done in software */
	uint64_t redone;   /**< of hw: ops that software had to do again */
	uint64_t dequeued; /**< ops that ended, in hardware and software */
	uint64_t errors;   /**< of dequeued: with hisi_zip_status_is_failure() */
	struct hisi_zip_bytes bytes[HISI_ZIP_NB_DIRECTIONS]; /**< in hardware and software */
	uint64_t sq_rings[HISI_ZIP_NB_DIRECTIONS];
	uint64_t cq_rings[HISI_ZIP_NB_DIRECTIONS];
	uint64_t refused[HISI_ZIP_NB_STATUSES]; /**< by the status that the ops were left with */
	struct hisi_zip_failures failures;
};

/** The sum of both directions. */
static inline uint64_t
hisi_zip_both(const uint64_t counters[HISI_ZIP_NB_DIRECTIONS])
{
	return counters[HISI_ZIP_COMPRESS] + counters[HISI_ZIP_DECOMPRESS];
}

/** A device: private data of its rte_compressdev. */
struct hisi_zip_dev {
	struct hisi_qm_dev qm;
	struct hisi_zip_devargs args;
	union {
		struct hisi_qm_vfio_user_args vfio_user;
		struct hisi_qm_emu_args emu;
		struct hisi_qm_pci_args pci;
	} transport;
	uint8_t id;      /**< of the rte device */
	bool configured; /**< since the last close */
	bool lz4;        /**< the engine compresses into LZ4, and the API knows it */
	uint32_t max_xforms;
	uint32_t nb_xforms;
	uint32_t max_streams;
	uint32_t nb_streams;
	rte_spinlock_t xform_lock; /**< of the two lists */
	LIST_HEAD(, hisi_zip_xform) xforms;
	LIST_HEAD(, hisi_zip_stream) streams;
	/* Under qm.lock, as other threads look at them. */
	struct hisi_zip_totals totals; /**< of queue pairs that are gone */
	struct hisi_zip_qp *queue_pairs[HISI_ZIP_MAX_QUEUE_PAIRS]; /**< of all processes, by id */

	/* Processes, see hisi_zip_mp.h. What is not "primary" or "secondary" is the primary's. */
	struct hisi_zip_proc primary;
	bool started; /**< by the primary */
	uint64_t feature_flags;
	LIST_HEAD(, hisi_zip_client) clients;
	LIST_ENTRY(hisi_zip_dev) offered;
	/** Of the view that a secondary has: what is that process's own. */
	struct hisi_zip_secondary *secondary;
	struct rte_compressdev_data data; /**< of the process's rte device: hisi_zip_slot.h */
};

/** Bytes of destination that an op has; 0 as well if its offset is beyond the chain. */
static inline uint32_t
hisi_zip_op_room(const struct rte_comp_op *op)
{
	uint32_t length = op->m_dst->pkt_len;

	return op->dst.offset < length ? length - op->dst.offset : 0;
}

/** Whether the engine is a V2, which does not know raw DEFLATE. */
static inline bool
hisi_zip_is_v2(const struct hisi_zip_dev *dev)
{
	return dev->qm.hw == HISI_QM_HW_V2;
}

/** Whether there is no function behind the device: software does everything. */
static inline bool
hisi_zip_is_software(const struct hisi_zip_dev *dev)
{
	return dev->args.sw == HISI_ZIP_SW_ONLY;
}

/**
 * Gives a framed op its status, consumed and produced.
 *
 * @param op consumed and produced as the device gave them
 * @param room bytes of destination that the device was offered
 * @return whether the op failed; it may be that software can do it
 */
bool hisi_zip_frame_settle(struct rte_comp_op *op, enum hisi_zip_frame frame, uint32_t dw3,
			uint32_t room);

/**
 * The checksum of an op that succeeded, if it is that of its frame.
 *
 * @param word dw31 of its SQE (hardware.md 8.7)
 * @param adler receives it, if it is an Adler-32
 * @param crc receives it, if it is a CRC-32
 * @return whether it is
 */
bool hisi_zip_frame_sum(const struct hisi_zip_xform *xform, uint32_t word, uint32_t *adler,
			uint32_t *crc);

/** Whether software has to do a framed op that failed again: its verdict counts. */
bool hisi_zip_frame_redo(const struct rte_comp_op *op, enum hisi_zip_frame frame);

/** hisi_qm_dev.engine_init of ZIP (hardware.md 6.2, 6.3). */
int hisi_zip_engine_init(struct hisi_qm_dev *qm);

/** hisi_qm_dev.engine_broken of ZIP (hardware.md 7.3). */
bool hisi_zip_engine_broken(struct hisi_qm_dev *qm);

/**
 * Sets dev->qm.ops and dev->transport for a device of a bus.
 *
 * @return RTE_COMPDEV_FF_* of the device
 */
typedef uint64_t (*hisi_zip_choose_fn)(struct hisi_zip_dev *dev, struct rte_device *device);

/**
 * Creates the rte device of a function and opens that: what all probes share. In a secondary it
 * attaches to the primary's.
 *
 * @param socket NUMA node of the function's memory, or SOCKET_ID_ANY
 * @return 0; -ENODEV; or as hisi_qm_dev_open(). Logged.
 */
int hisi_zip_create(struct rte_device *device, const char *name, int socket,
		    const struct hisi_zip_devargs *args, hisi_zip_choose_fn choose);

/**
 * Stops a device, as rte_compressdev_stop() does, if it is started. That one refuses, as
 * rte_compressdev_close() does, an id that is not below the number of devices, which is so once
 * one with a smaller id was removed.
 */
void hisi_zip_stop(struct rte_compressdev *cdev);

/**
 * Closes a stopped device for good, as rte_compressdev_close() does. It has no ops then, so that
 * rte_compressdev_pmd_destroy() does not close it again.
 *
 * @return 0, or as the ops; then the device has them still
 */
int hisi_zip_close(struct rte_compressdev *cdev);

/** Stops and closes a device, gives the function back. @return 0; -ENODEV; as the close. */
int hisi_zip_remove(const char *name);

/** The most rte queue pairs that a device can have. */
uint16_t hisi_zip_max_queue_pairs(const struct hisi_zip_dev *dev);

/**
 * What a device is and can do, as rte_compressdev_info_get() but for the driver's name. That one
 * refuses the same ids as rte_compressdev_stop().
 */
void hisi_zip_learn(const struct hisi_zip_dev *dev, struct rte_compressdev_info *info);

/** The thirteen ops. */
extern struct rte_compressdev_ops hisi_zip_ops;

/** Settles the queue pairs of this process until nothing is in flight, at most so long. */
void hisi_zip_settle_for(struct rte_compressdev *cdev, unsigned int ms);

/** Enqueues ops: see rte_compressdev_enqueue_burst(). One thread at a time per queue pair. */
uint16_t hisi_zip_enqueue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops);

/** Dequeues ops: see rte_compressdev_dequeue_burst(). One thread at a time per queue pair. */
uint16_t hisi_zip_dequeue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops);

/**
 * Settles what has completed: ops get their status and wait for the next dequeue. Control path,
 * while no thread is in the bursts.
 *
 * @return number of ops still in flight
 */
uint32_t hisi_zip_queue_settle(struct hisi_zip_queue *queue);

/**
 * Creates an rte queue pair: two hardware queues, slots, arenas. Started if the device is, unless
 * it is another process's.
 *
 * @param limit most ops in flight a direction, 1 ... depth - 1
 * @return 0; -EINVAL limit out of range; -ENOMEM; or as hisi_qm_qp_create().
 */
int hisi_zip_qp_create(struct hisi_zip_dev *dev, uint16_t id, uint32_t limit, int socket,
		       const struct hisi_zip_proc *owner, struct hisi_zip_qp **qp);

/** Frees a queue pair, its counters go to dev->totals; NULL is fine. */
void hisi_zip_qp_free(struct hisi_zip_dev *dev, struct hisi_zip_qp *qp);

/** Starts the queues of a queue pair, which are stopped. @return 0 or as hisi_qm_qp_start() */
int hisi_zip_qp_start(struct hisi_zip_qp *qp);

/**
 * A step towards queues that are quiet, and may be started or freed: hisi_qm_qp_stop_step().
 *
 * @return 0 they are; -EINPROGRESS not yet
 */
int hisi_zip_qp_stop_step(struct hisi_zip_qp *qp);

/** Prepares a queue pair for rings that start from index 0. */
void hisi_zip_qp_restart(struct hisi_zip_qp *qp);

/** Takes a queue pair out of service, with the status ERROR for what is in flight. */
void hisi_zip_qp_shut(struct hisi_zip_qp *qp);

/** Adds the counters of a queue pair to @p totals. Any thread that keeps it from being freed. */
void hisi_zip_qp_add_totals(const struct hisi_zip_qp *qp, struct hisi_zip_totals *totals);

/**
 * Fills an xform, all zeros before.
 *
 * @return 0, -EINVAL, -ENOTSUP
 */
int hisi_zip_xform_set(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		       const struct rte_comp_xform *from);

/** Creates a private xform, see rte_compressdev_private_xform_create(). */
int hisi_zip_xform_create(struct rte_compressdev *cdev, const struct rte_comp_xform *xform,
			  void **private_xform);

/** Frees a private xform. @return 0; -EINVAL not one of this device. */
int hisi_zip_xform_free(struct rte_compressdev *cdev, void *private_xform);

/** Frees all private xforms. */
void hisi_zip_xform_free_all(struct hisi_zip_dev *dev);

#endif /* HISI_ZIP_H */
