/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_SW_H
#define HISI_ZIP_SW_H

/**
 * @file
 * Ops that the engine cannot do, done by lib/deflate in the same queue pair: the enqueuing thread
 * does the work in its burst, the dequeuing thread takes the ops from a ring.
 */

#include "hisi_zip.h"

/** What one thread works with. */
struct hisi_zip_sw_bench {
	struct deflate_ctx *ctx;  /**< made for the first op that needs it: 1.5 MiB */
	struct deflate_seg *segs; /**< twice max_sge: source, destination */
};

/** The software side of a queue pair; producer's and consumer's fields as in hisi_zip_queue. */
struct hisi_zip_sw {
	/* Constant, or the producer's. */
	struct rte_comp_op **ring __rte_cache_aligned;
	uint32_t mask;
	uint32_t limit;   /**< most ops that wait to be dequeued */
	uint16_t max_sge; /**< most segments of one side of an op */
	struct hisi_zip_sw_bench producer;
	uint32_t tail; /**< ops done; read by the consumer */
	struct hisi_zip_counters enqueue;
	uint64_t ops[HISI_ZIP_NB_DIRECTIONS]; /**< of enqueue.done */
	struct hisi_zip_bytes bytes[HISI_ZIP_NB_DIRECTIONS];

	/* Consumer. */
	uint32_t head __rte_cache_aligned; /**< ops handed out; read by the producer */
	struct hisi_zip_sw_bench consumer;
	struct hisi_zip_counters dequeue;
	uint64_t redone; /**< ops that the engine could not finish */
	struct hisi_zip_failures failures;
};

/** Creates the software side. @return 0 or -ENOMEM. */
int hisi_zip_sw_create(uint32_t limit, uint16_t max_sge, int socket, struct hisi_zip_sw **sw);

/** Frees it; NULL is fine. Ops not dequeued are forgotten. */
void hisi_zip_sw_free(struct hisi_zip_sw *sw);

/** Frees what is of this process alone; the queue pair is freed by another. NULL is fine. */
void hisi_zip_sw_leave(struct hisi_zip_sw *sw);

/** Forgets what was of a process that has left, or is dead. NULL is fine. */
void hisi_zip_sw_forget(struct hisi_zip_sw *sw);

/**
 * Does an op and keeps it for the consumer. Producer.
 *
 * @return RTE_COMP_OP_STATUS_SUCCESS: taken, its outcome is in the op; otherwise the status of
 *         an op that is not: _NOT_PROCESSED the ring is full, _INVALID_ARGS.
 */
int hisi_zip_sw_enqueue(struct hisi_zip_sw *sw, struct rte_comp_op *op);

/** Whether there is no room for an op that is done. Producer. */
bool hisi_zip_sw_is_full(const struct hisi_zip_sw *sw);

/** Keeps an op that is done for the consumer; there is room. Producer. */
void hisi_zip_sw_push(struct hisi_zip_sw *sw, struct rte_comp_op *op);

/**
 * Dequeues ops where there is no function: rte_compressdev_dequeue_burst(). The enqueue burst is
 * the same as elsewhere, all xforms being for software.
 */
uint16_t hisi_zip_sw_dequeue_burst(void *queue_pair, struct rte_comp_op **ops, uint16_t nb_ops);

/** Hands out ops done. Consumer. @return how many. */
uint16_t hisi_zip_sw_dequeue(struct hisi_zip_sw *sw, struct rte_comp_op **ops, uint16_t nb_ops);

/**
 * Does an op again that the engine did not get done for a reason of its own, and gives it the
 * outcome. Consumer.
 */
void hisi_zip_sw_redo(struct hisi_zip_sw *sw, struct rte_comp_op *op);

/** Whether ops are to be handed out. Consumer. */
static inline bool
hisi_zip_sw_pending(const struct hisi_zip_sw *sw)
{
	/* Acquire: what the producer wrote into the ops and the ring is seen. */
	return __atomic_load_n(&sw->tail, __ATOMIC_ACQUIRE) != sw->head;
}

/**
 * Checksums of a part of a chain.
 *
 * @param checksums DEFLATE_CHECKSUM_* bits
 * @param adler, crc receive those asked for
 */
void hisi_zip_sw_sum(const struct rte_mbuf *m, uint32_t offset, uint32_t length,
		     unsigned int checksums, uint32_t *adler, uint32_t *crc);

/**
 * Sets output_chksum of a stateless op that has its consumed and produced: the checksums of its
 * plain data, carried on from those in input_chksum.
 *
 * @param adler, crc of the plain data alone, as far as the xform asks for them
 */
void hisi_zip_sw_set_sum(struct rte_comp_op *op, const struct hisi_zip_xform *xform, uint32_t adler,
			 uint32_t crc);

#endif /* HISI_ZIP_SW_H */
