/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef DEFLATE_STREAM_H
#define DEFLATE_STREAM_H

/**
 * @file
 * Streams: DEFLATE in pieces, with all that a stream needs between two calls in a memory of
 * DEFLATE_STREAM_STATE_LEN bytes without pointers, which may be stored, moved, and given to another
 * context, thread or process.
 *
 * The memory's bytes are checked at each call, so that those of a damaged or forged state come back
 * as DEFLATE_BAD_STATE, or at worst as wrong data; they never lead out of bounds. During a call
 * nobody else may write to it: who shares it copies it first. Inputs and outputs may change at any
 * time, as deflate.h says.
 *
 * Thread rules: calls with different contexts and different states may run at once.
 */

#include <stdbool.h>

#include "deflate.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a stream's state. */
#define DEFLATE_STREAM_STATE_LEN 0x81a8u

/** The alignment of a state in bytes. */
#define DEFLATE_STREAM_STATE_ALIGN 8u

/** Direction of a stream. */
enum deflate_stream_kind {
	DEFLATE_STREAM_COMPRESS = 1,
	DEFLATE_STREAM_DECOMPRESS = 2,
};

/** How a piece of a compressed stream ends. */
enum deflate_stream_flush {
	/** On a byte boundary, with all the input in it; the next one refers to what was before. */
	DEFLATE_STREAM_SYNC,
	/** The same, but the next one does not refer to what was before. */
	DEFLATE_STREAM_FULL,
	/** With a final block and the trailer. */
	DEFLATE_STREAM_FINISH,
};

/** About the plain data of a stream from its start; the caller keeps them from call to call. */
struct deflate_sums {
	uint32_t adler32;   /**< 1 at the start; kept if the format or the parameters want it. */
	uint32_t crc32;     /**< 0 at the start; kept if the format or the parameters want it. */
	uint32_t plain_len; /**< 0 at the start; modulo 2^32. */
};

/** What came of a call. */
struct deflate_stream_result {
	/**
	 * Compression: DEFLATE_DONE, DEFLATE_OUT_FULL, DEFLATE_BAD_STATE.
	 *
	 * Decompression:
	 *  - DEFLATE_DONE: the end of the stream; its trailer is right, and what follows it is
	 *    left alone. Further calls say the same again and take nothing;
	 *  - DEFLATE_IN_TRUNCATED: all of the input was taken and more is needed, all output that
	 *    it gives is delivered;
	 *  - DEFLATE_OUT_FULL: the output is full and more is due. What was not consumed must be
	 *    given again, even if that is nothing;
	 *  - DEFLATE_CORRUPT, DEFLATE_BAD_TRAILER: as in deflate.h, and the end of the stream:
	 *    further calls say DEFLATE_BAD_STATE;
	 *  - DEFLATE_BAD_STATE: the state is none of this direction, or damaged. Nothing was done.
	 */
	enum deflate_status status;
	size_t consumed; /**< Bytes taken from the input. */
	size_t produced; /**< Bytes put into the output. */
	/**
	 * Bytes of history in the state, 0 to 32768. This and what follows is 0 or false after
	 * DEFLATE_BAD_STATE.
	 */
	uint32_t window_len;
	uint32_t held;   /**< Decompression: bytes of output known to be due, 0 or at least 1. */
	bool final_seen; /**< The header of the final block has been read, or written. */
	bool final_done; /**< The final block is complete. */
	bool between;    /**< Decompression: the header of the next block is not complete. */
};

/**
 * Start a stream.
 *
 * @param state
 *   DEFLATE_STREAM_STATE_LEN bytes, aligned; what is in them does not matter.
 * @param kind
 *   What it is for.
 */
void deflate_stream_start(void *state, enum deflate_stream_kind kind);

/**
 * Compress a piece of a stream. Each piece begins and ends on a byte boundary. It always fits into
 * n + 5 * ceil(n / 65535) + 5 bytes and the trailer; an empty one takes 5, and the trailer.
 *
 * @param ctx
 *   Scratch memory.
 * @param params
 *   As for deflate_compress(); they may differ from call to call, but for the format.
 * @param flush
 *   How the piece ends. A finished stream takes no further piece: DEFLATE_BAD_STATE.
 * @param state
 *   The stream.
 * @param in
 *   Plain data.
 * @param nb_in
 *   Segments in it; 0 is allowed.
 * @param out
 *   Room.
 * @param nb_out
 *   Segments in it; 0 is allowed.
 * @param sums
 *   In and out.
 * @param result
 *   What came of it. After DEFLATE_OUT_FULL state and sums are as before, nothing is consumed or
 *   produced. Left alone if this returns an error.
 * @return
 *   0, or -EINVAL if a parameter is out of range.
 */
int deflate_stream_compress(struct deflate_ctx *ctx, const struct deflate_params *params,
			    enum deflate_stream_flush flush, void *state,
			    const struct deflate_seg *in, size_t nb_in,
			    const struct deflate_seg *out, size_t nb_out,
			    struct deflate_sums *sums, struct deflate_stream_result *result);

/**
 * Decompress a piece of a stream, and check the trailer at its end. Input and output may be cut
 * anywhere, and be empty.
 *
 * @param ctx
 *   Scratch memory.
 * @param params
 *   As for deflate_decompress(), but the engine is always the same and does not matter.
 * @param state
 *   The stream.
 * @param in
 *   The stream's bytes from where the last call stopped.
 * @param nb_in
 *   Segments in it; 0 is allowed.
 * @param out
 *   Room.
 * @param nb_out
 *   Segments in it; 0 is allowed.
 * @param sums
 *   In and out; the trailer is held against them.
 * @param result
 *   What came of it. Left alone if this returns an error.
 * @return
 *   0, or -EINVAL if a parameter is out of range.
 */
int deflate_stream_decompress(struct deflate_ctx *ctx, const struct deflate_params *params,
			      void *state, const struct deflate_seg *in, size_t nb_in,
			      const struct deflate_seg *out, size_t nb_out,
			      struct deflate_sums *sums, struct deflate_stream_result *result);

#ifdef __cplusplus
}
#endif

#endif /* DEFLATE_STREAM_H */
