/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_STREAM_H
#define HISI_ZIP_STREAM_H

/**
 * @file
 * Streams: stateful ops (hardware.md 8.4, 8.6, 8.8, 10.3, 10.4).
 *
 * An op of a stream is at most one request to the engine; what it leaves comes with the next op,
 * as the op ends with OUT_OF_SPACE_RECOVERABLE. An op that needs none ends at once. Requests have
 * flat buffers: the mbufs where the data lies together and there is room enough for the engine, the
 * stream's own memory otherwise. What does not fit into an op's destination waits there, and is
 * delivered by the following ops before anything else is done.
 *
 * All that a stream needs is in the client's memory, and it is not tied to a queue: it goes on
 * after a stop and start of the device, on another queue pair, or with another model.
 *
 * A stream is of the thread that enqueues from the enqueue of an op on, and of the one that
 * dequeues until the op is handed out. "busy" tells the two apart.
 */

#include <stdbool.h>
#include <stdint.h>

#include "hisi_zip.h"
#include "hisi_zip_sw.h"

/** Of the engine's context, hardware.md 8.8; then come the stages. */
#define HISI_ZIP_STREAM_CONTEXT 0x10000u
/** The engine's part of the context starts here. */
#define HISI_ZIP_STREAM_HEAD 64u
/** Bytes of input that are gathered for a request. */
#define HISI_ZIP_STREAM_IN 0x10000u
/** Compression without a flush: less input than this waits for more. */
#define HISI_ZIP_STREAM_HOLD 0x8000u
/** Bytes of output of a request that does not go to the mbufs. */
#define HISI_ZIP_STREAM_OUT (0x20000u - 64u)
/** Of all this; also its alignment, so that it crosses no hugepage. */
#define HISI_ZIP_STREAM_BYTES 0x40000u

/** Where a stream is between two ops. */
enum hisi_zip_stream_phase {
	HISI_ZIP_STREAM_FRESH,   /**< the next op begins anew */
	HISI_ZIP_STREAM_RUNNING,
	HISI_ZIP_STREAM_OVER,    /**< ended, but not all of the output is delivered */
};

/** What the engine has to say of a request that did not fail. */
enum hisi_zip_stream_verdict {
	HISI_ZIP_STREAM_ALL,  /**< the input gives no more output */
	HISI_ZIP_STREAM_FULL, /**< the output is full and more is due */
	HISI_ZIP_STREAM_END,  /**< decompression: the end of the stream */
};

/** A request to the engine. */
struct hisi_zip_stream_request {
	const uint8_t *in;
	uint8_t *out;
	uint64_t in_iova;
	uint64_t out_iova;
	uint32_t in_length;
	uint32_t out_length;
	bool staged; /**< the output is the stage */
	bool finish; /**< ends with the last block */
};

/** What came of it. */
struct hisi_zip_stream_result {
	uint32_t consumed;
	uint32_t produced;
	enum hisi_zip_stream_verdict verdict;
};

/** A stream, its rte handle. */
struct hisi_zip_stream {
	struct hisi_zip_xform xform; /**< first: what a slot's "post" points to */
	uint8_t *memory;             /**< context, input stage, output stage */
	uint64_t iova;
	uint32_t words[5]; /**< of the SQE, from one request to the next: hardware.md 8.6, 8.7 */
	uint8_t path;      /**< enum hisi_zip_direction: the queue, or HISI_ZIP_SOFTWARE */
	bool busy; /**< an op is in flight; released with all of the above written, then acquired */
	bool noisy;        /**< a device that was not to be stopped may write to "memory" */
	bool begun;        /**< the engine has seen a part of what is in the context */
	bool pending;      /**< decompression: the engine holds output back */
	uint8_t skip;      /**< bytes of the next input that are done already */
	uint8_t phase;     /**< enum hisi_zip_stream_phase */
	uint32_t held;     /**< compression: bytes of input that wait in the stage */
	uint32_t staged;   /**< output: delivered so far, of ... */
	uint32_t staged_end;
	uint32_t adler; /**< of the plain data */
	uint32_t crc;
	/* Of the op in flight. */
	uint32_t consumed;
	uint32_t produced;
	struct hisi_zip_stream_request request;
	LIST_ENTRY(hisi_zip_stream) next;
};

/** Creates a stream, see rte_compressdev_stream_create(). */
int hisi_zip_stream_create(struct rte_compressdev *cdev, const struct rte_comp_xform *xform,
			   void **stream);

/** Frees a stream. @return 0; -EINVAL not one of this device; -EBUSY an op is in flight. */
int hisi_zip_stream_free(struct rte_compressdev *cdev, void *stream);

/** Frees all streams. */
void hisi_zip_stream_free_all(struct hisi_zip_dev *dev);

/** Whether an op of a stream can be taken. @return RTE_COMP_OP_STATUS_SUCCESS, or why not */
int hisi_zip_stream_admit(const struct rte_comp_op *op);

/**
 * Begins an op: delivers what is staged and makes a request of the op.
 *
 * @return whether there is a request; if not, the op has its outcome
 */
bool hisi_zip_stream_begin(struct hisi_zip_stream *stream, struct rte_comp_op *op);

/** Goes on with an op after hisi_zip_stream_apply(), as hisi_zip_stream_begin(). */
bool hisi_zip_stream_next(struct hisi_zip_stream *stream, struct rte_comp_op *op);

/** Takes over what came of the request. */
void hisi_zip_stream_apply(struct hisi_zip_stream *stream,
			   const struct hisi_zip_stream_result *result);

/** Gives an op its outcome; the stream may take the next one. */
void hisi_zip_stream_conclude(struct hisi_zip_stream *stream, struct rte_comp_op *op);

/** Gives an op the status ERROR; the stream begins anew with the next one. */
void hisi_zip_stream_fail(struct hisi_zip_stream *stream, struct rte_comp_op *op,
			  uint64_t debug_status);

/** Writes the SQE of the request. */
void hisi_zip_stream_write_sqe(const struct hisi_zip_stream *stream, struct hisi_hw_sqe *sqe);

/**
 * Gives an op the outcome of its SQE.
 *
 * @param op consumed and produced as the device gave them
 * @param dw3 as read once from the SQE
 */
void hisi_zip_stream_complete(struct hisi_zip_stream *stream, struct rte_comp_op *op,
			      const volatile struct hisi_hw_sqe *sqe, uint32_t dw3);

/** Does an op in software, all of it. @param bench of the calling thread */
void hisi_zip_stream_do(struct hisi_zip_sw_bench *bench, struct hisi_zip_stream *stream,
			struct rte_comp_op *op);

#endif /* HISI_ZIP_STREAM_H */
