/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_COUNT_H
#define HISI_ZIP_COUNT_H

/**
 * @file
 * What the data path counts. Each word has one writer, the producer or the consumer of a queue, and
 * is read by control threads at any time, also of another process.
 */

#include <stdint.h>

#include <rte_comp.h>

#include "hisi_zip_status.h"

/** Values of rte_comp_op.status that are counted apart; more than there are. */
#define HISI_ZIP_NB_STATUSES 8
/** Values of enum hisi_zip_reason that are counted apart; more than there are. */
#define HISI_ZIP_NB_REASONS 8
/** Values of the engine's status, bits 7:0 of dw3. */
#define HISI_ZIP_NB_ENGINE_STATUSES 256

/** Ops. */
struct hisi_zip_counters {
	uint64_t done;   /**< ops that went the whole way: accepted, or returned */
	uint64_t failed; /**< ops refused, or returned with hisi_zip_status_is_failure() */
};

/** Bytes of ops done. */
struct hisi_zip_bytes {
	uint64_t in;  /**< consumed */
	uint64_t out; /**< produced */
};

/** Ops returned with a status that is not SUCCESS; the consumer's. */
struct hisi_zip_failures {
	uint64_t status[HISI_ZIP_NB_STATUSES]; /**< by rte_comp_op.status */
	/** Of those that hisi_zip_status_is_failure() says it of, by enum hisi_zip_reason. */
	uint64_t reason[HISI_ZIP_NB_REASONS];
	uint64_t engine[HISI_ZIP_NB_ENGINE_STATUSES]; /**< of HISI_ZIP_REASON_DEVICE */
};

static inline void
hisi_zip_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline uint64_t
hisi_zip_counted(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/** Counts an op that has its final status, which is not SUCCESS. Consumer. */
static inline void
hisi_zip_count_failure(struct hisi_zip_failures *failures, const struct rte_comp_op *op)
{
	uint64_t reason = op->debug_status >> 32;

	hisi_zip_count(&failures->status[op->status % HISI_ZIP_NB_STATUSES], 1);
	if (!hisi_zip_status_is_failure(op->status))
		return;
	hisi_zip_count(&failures->reason[reason % HISI_ZIP_NB_REASONS], 1);
	if (reason == HISI_ZIP_REASON_DEVICE)
		hisi_zip_count(&failures->engine[HISI_HW_GET(HISI_ZIP_DW3_STATUS,
							     (uint32_t)op->debug_status)], 1);
}

#endif /* HISI_ZIP_COUNT_H */
