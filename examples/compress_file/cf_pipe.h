/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_PIPE_H
#define CF_PIPE_H

/**
 * @file
 * Operations on the lcores, handed in and given back in order.
 *
 * The main lcore fills slots of a ring, in order; each worker lcore has a queue pair and every n-th
 * slot of the ring; the main lcore takes what is done in the order it was handed in. A slot belongs
 * to one side at a time, as its state says, and nothing else is shared. Functions are the main
 * lcore's.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "cf_chain.h"
#include "cf_device.h"

enum cf_state {
	CF_FREE,    /**< of the main lcore, to fill */
	CF_FILLED,  /**< of the worker */
	CF_TAKEN,   /**< of the worker, which has seen it */
	CF_DONE,    /**< of the main lcore, to write */
};

/** An operation and its buffers. */
struct cf_slot {
	uint32_t state;         /**< enum cf_state; acquire when read, release when written */
	struct rte_comp_op *op;
	struct cf_chain src;
	struct cf_chain dst;
	uint32_t src_len;       /**< bytes of the operation's input */
	uint32_t room;          /**< for its output */
	uint64_t begin;         /**< of what is in it, in the input */
	uint64_t end;
	void *xform;            /**< of stateless operations */
	void *stream;           /**< NULL: the operation is stateless */
	bool refused;           /**< the device did not take it */
} __rte_cache_aligned;

struct cf_worker;

/** Does what follows an operation. @return 0, or -errno after a message, which ends the run */
typedef int (*cf_finish_t)(void *context, struct cf_slot *slot);

struct cf_pipe {
	struct cf_device *device;
	const struct cf_options *options;
	struct rte_mempool *mbufs;
	struct rte_mempool *ops;
	struct cf_slot *slots;
	struct cf_worker *workers;
	uint32_t nb_slots;      /**< a multiple of the queue pairs */
	uint64_t head;          /**< slots handed in since the start */
	uint64_t tail;          /**< slots finished */
	cf_finish_t finish;
	void *context;
	bool alone;             /**< no worker lcore: the main one polls when it waits */
	uint32_t quit;
};

/**
 * Makes the slots and starts the workers. All but what the function fills is set by the caller:
 * device, options, finish and context.
 *
 * @param segs segments of each chain
 * @return 0, or -errno after a message; cf_pipe_close() is due in both cases
 */
int cf_pipe_open(struct cf_pipe *pipe, uint16_t segs);

/** Ends the workers; what is in flight is given up. Frees the slots when the device is closed. */
void cf_pipe_stop(struct cf_pipe *pipe);
void cf_pipe_close(struct cf_pipe *pipe);

/**
 * Gives the next slot to fill, and finishes those before that are done; waits if it has to.
 *
 * @return 0, or -errno after a message
 */
int cf_pipe_take(struct cf_pipe *pipe, struct cf_slot **slot);

/** Hands in the slot that was taken, with src_len bytes to do and @p room for what comes of it. */
void cf_pipe_submit(struct cf_pipe *pipe, struct cf_slot *slot, uint32_t room);

/** Waits for all that was handed in and finishes it. @return 0, or -errno after a message */
int cf_pipe_drain(struct cf_pipe *pipe);

#endif /* CF_PIPE_H */
