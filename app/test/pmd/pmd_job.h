/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_JOB_H
#define PMD_JOB_H

/**
 * @file
 * Operations with all that belongs to them, in batches; enqueued, dequeued, checked by zlib.
 *
 * A batch is built, run on one queue pair and checked. Building and checking are of the main
 * thread; pmd_batch_enqueue() and pmd_batch_dequeue() may run on a thread each.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_compressdev.h>

#include "pmd_buf.h"
#include "pmd_dev.h"

/** The bursts of the API are at most this long here. */
#define PMD_BURST_MAX 256

/** What an op does, on what, and what must come of it. */
struct pmd_job {
	struct rte_comp_op *op;
	struct pmd_chain src;
	struct pmd_chain dst;
	bool compress;
	const uint8_t *in;     /**< what the device reads */
	uint32_t in_len;
	const uint8_t *plain;  /**< to compare with */
	uint32_t plain_len;
	uint32_t slack;        /**< input behind the end of the stream */
	int window;            /**< that compressed data must be decodable with */
	uint8_t want;          /**< enum rte_comp_op_status */
	bool any_result;       /**< SUCCESS with any data would do too */
	unsigned int back;     /**< times it was dequeued: 1 */
	void *owned;           /**< freed with the batch */
};

struct pmd_batch {
	struct pmd_arena arena;
	struct pmd_job *jobs;
	unsigned int nb;
	unsigned int cap;
};

/** Makes the op pool that all batches share. */
void pmd_job_open(void);
/** Asserts that all ops came back, and frees the pool. */
void pmd_job_close(void);

/** Makes an empty batch. @param memory for all chains together, bytes */
void pmd_batch_open(struct pmd_batch *batch, unsigned int cap, size_t memory);
/** Frees all that the batch has. */
void pmd_batch_close(struct pmd_batch *batch);
/** Empties the batch, and keeps its memory. */
void pmd_batch_reset(struct pmd_batch *batch);

/** Input and output shapes of one job. */
struct pmd_shapes {
	struct pmd_shape src;
	struct pmd_shape dst;
};

/** Adds a job that must compress @p plain; room as pmd_zlib_bound() says. */
struct pmd_job *pmd_batch_compress(struct pmd_batch *batch, void *xform,
				   const struct pmd_shapes *shapes, const uint8_t *plain,
				   uint32_t len);

/** Adds a job that must decompress @p in to @p plain. @param room of the destination */
struct pmd_job *pmd_batch_decompress(struct pmd_batch *batch, void *xform,
				     const struct pmd_shapes *shapes, const uint8_t *in,
				     uint32_t in_len, const uint8_t *plain, uint32_t len,
				     uint32_t room);

/** Gives a job a new destination. @param shape of it, without a tail @param room bytes */
void pmd_batch_set_room(struct pmd_batch *batch, struct pmd_job *job, const struct pmd_shape *shape,
			uint32_t room);

/** @return how many of the first @p nb jobs were accepted, in bursts of @p burst, or -errno */
int pmd_batch_enqueue(struct pmd_batch *batch, uint16_t qp, unsigned int burst);

/** Dequeues all jobs. @return 0, -ETIMEDOUT, or -EPROTO for an op that is not of the batch */
int pmd_batch_dequeue(struct pmd_batch *batch, uint16_t qp, unsigned int burst);

/** Enqueues and dequeues by turns in one thread; as pmd_batch_dequeue(). */
int pmd_batch_turns(struct pmd_batch *batch, uint16_t qp, unsigned int burst);

/** @return what is wrong with a job that came back, or NULL */
const char *pmd_job_verdict(const struct pmd_job *job);

/** Asserts that all jobs came back once and are as wanted. */
void pmd_batch_check(const struct pmd_batch *batch);

/** pmd_batch_turns() and pmd_batch_check(). */
void pmd_batch_run(struct pmd_batch *batch, uint16_t qp, unsigned int burst);

/** Runs one batch of a single job, which the caller has added, and empties it. */
void pmd_batch_run_reset(struct pmd_batch *batch, uint16_t qp, unsigned int burst);

#endif /* PMD_JOB_H */
