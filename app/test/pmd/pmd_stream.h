/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_STREAM_H
#define PMD_STREAM_H

/**
 * @file
 * Stateful ops, one after the other. Main thread only.
 */

#include "pmd_case.h"

/** How a stream is cut. */
struct pmd_cut {
	uint32_t in_max;  /**< longest piece of input */
	uint32_t out_max; /**< largest destination */
	uint32_t out_min; /**< smallest one; 0 is 1 */
	bool shapes;      /**< chains by chance; else as few segments as possible */
	bool full;        /**< compression: FULL among the flush flags */
};

/** A stream in the making: what went in and came out. */
struct pmd_flow {
	void *stream;
	uint16_t qp;
	const uint8_t *in;
	uint32_t in_length;
	uint32_t slack; /**< of the input, bytes behind the end of the stream */
	uint32_t taken;
	uint8_t *out;
	uint32_t room;
	uint32_t given;
	bool ended;      /**< the last op was SUCCESS, with all of the input offered */
	uint8_t status;  /**< of the last op */
	uint64_t reason; /**< high half of its debug_status */
	uint64_t chksum; /**< its output_chksum */
	unsigned int ops;
	uint32_t piece;   /**< input of the last op */
	uint32_t offered; /**< room of the last op */
	unsigned int fulls; /**< pieces that ended with FULL */
	uint32_t full_at;   /**< where the output of the last of them ends */
};

/** @return a stream; the test fails if there is none */
void *pmd_stream_new(const struct rte_comp_xform *xform);
/** Frees it. */
void pmd_stream_free(void *stream);

/**
 * @return whether streams can be decompressed; the test fails if ours cannot, which all can that
 *   these groups are run on
 */
bool pmd_stream_has_decompression(void);

/** @return an xform as most cases want it */
struct rte_comp_xform pmd_stream_compress(void);
struct rte_comp_xform pmd_stream_decompress(void);

/** @return a job of the batch with an op on a piece of the flow's input, to be enqueued */
struct pmd_job *pmd_flow_fill(struct pmd_case *c, const struct pmd_flow *flow,
			      const struct pmd_cut *cut, uint32_t piece,
			      enum rte_comp_flush_flag flush);

/** Moves the flow on as far as its op says. */
void pmd_flow_take(struct pmd_flow *flow, const struct pmd_job *job);

/** Runs one op on a piece: both of them, and empties the batch. */
void pmd_flow_op(struct pmd_case *c, struct pmd_flow *flow, const struct pmd_cut *cut,
		 uint32_t piece, enum rte_comp_flush_flag flush);

/**
 * Takes the flow on in pieces by chance, at most so many bytes of input; the last of the flow's
 * goes with @p last. Ends early with an op that is neither SUCCESS nor RECOVERABLE.
 */
void pmd_flow_run(struct pmd_case *c, struct pmd_flow *flow, const struct pmd_cut *cut,
		  uint32_t most, enum rte_comp_flush_flag last);

#endif /* PMD_STREAM_H */
