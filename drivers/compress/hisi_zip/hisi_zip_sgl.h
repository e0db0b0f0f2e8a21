/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_SGL_H
#define HISI_ZIP_SGL_H

/**
 * @file
 * Scatter/gather lists of ops (hardware.md 9), in the arena of a queue.
 *
 * The arena is a ring of 64-byte units. The producer takes the lists of an op as one contiguous
 * run; since a queue completes in order, the consumer gives runs back in the order taken.
 */

#include "hisi_zip.h"

/** What an SQE needs to know of an op's buffers. */
struct hisi_zip_buffers {
	uint64_t source; /**< address of the data, or of the first list */
	uint64_t dest;
	uint32_t room; /**< bytes of destination, with that of a trailer */
};

/** The most SGEs of one side of an op. */
#define HISI_ZIP_SGL_MAX (HISI_ZIP_SGL_MAX_SGES * HISI_ZIP_SGL_MAX_CHAIN)

/** Units of arena that lists of @p nb_sges entries take. */
uint32_t hisi_zip_sgl_units(uint32_t nb_sges);

/** Units of arena that a queue with @p limit ops in flight gets. */
uint32_t hisi_zip_sgl_arena_units(uint32_t limit, uint16_t max_sge);

/**
 * Describes the buffers of an op as lists. Producer.
 *
 * @param op with source and destination, source length 1 ... HISI_ZIP_MAX_BYTES
 * @param frame what a trailer in scratch memory is added to: the destination or the source
 * @return RTE_COMP_OP_STATUS_SUCCESS; _INVALID_ARGS offset or length beyond a chain, no room, or
 *         more segments than max_sge; _NOT_PROCESSED the arena is full now.
 */
int hisi_zip_sgl_fill(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
		      enum hisi_zip_frame frame, struct hisi_zip_buffers *buffers);

/** Units at the front of the arena that stay in a core's first cache, beside what else is there. */
#define HISI_ZIP_SGL_WARM 128

/**
 * Begins at the front of the arena again if no op in flight has lists: a queue that is not kept
 * full then does not go through all of it. Producer.
 */
static inline void
hisi_zip_sgl_rewind(struct hisi_zip_queue *queue)
{
	/* Acquire pairs with the consumer's release: the device is done with what comes free. */
	if (__atomic_load_n(&queue->sgl_freed, __ATOMIC_ACQUIRE) != queue->sgl_tail)
		return;
	queue->sgl_seen = queue->sgl_tail;
	queue->sgl_next = 0;
	queue->sgl_straight = queue->sgl_size;
}

#endif /* HISI_ZIP_SGL_H */
