/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef DEFLATE_STREAM_PRIV_H
#define DEFLATE_STREAM_PRIV_H

/**
 * @file
 * A stream's state: what is in the memory that its owner keeps between two calls.
 */

#include "deflate_priv.h"
#include "deflate_stream.h"

#define DEFLATE_WINDOW 32768u

/** "hzdfl" and the version of the layout. */
#define DEFLATE_STREAM_MAGIC 0x01006c6664647a68ull

/** RFC 1951 3.2.7: code lengths of literals and lengths, then of distances; of code lengths. */
#define DEFLATE_NB_LENS 320
#define DEFLATE_NB_CLENS 19

/** What comes next in a stream. */
enum deflate_phase {
	DEFLATE_PHASE_HEAD,        /**< A block's header; all of a compressed stream. */
	DEFLATE_PHASE_STORED_HEAD, /**< A stored block's length. */
	DEFLATE_PHASE_STORED,      /**< Its bytes. */
	DEFLATE_PHASE_COUNTS,      /**< A dynamic block's counts of code lengths. */
	DEFLATE_PHASE_CLENS,       /**< Lengths of the codes of code lengths. */
	DEFLATE_PHASE_LENS,        /**< Code lengths. */
	DEFLATE_PHASE_CODES,       /**< Symbols. */
	DEFLATE_PHASE_TRAILER,
	DEFLATE_PHASE_ENDED,       /**< The last one whose state is taken. */
	DEFLATE_PHASE_FAILED,
};

/** A stream; little-endian as all machines that this runs on. */
struct deflate_stream {
	uint64_t magic;
	uint32_t check; /**< CRC-32 of all that follows. */
	uint32_t kind;  /**< enum deflate_stream_kind */
	uint64_t bits;  /**< Input taken and not used: the first bit is bit 0. */
	uint32_t nb_bits;
	uint32_t phase;
	uint32_t final; /**< The block is the final one. */
	uint32_t left;  /**< Of a stored block: bytes. */
	uint32_t nb_lit;
	uint32_t nb_dist;
	uint32_t nb_clens;
	uint32_t index;    /**< Of code lengths, or bytes of the trailer: how many are there. */
	uint32_t copy_len; /**< Of a match: bytes still to copy. */
	uint32_t copy_dist;
	uint32_t window_len;
	uint32_t reserved;
	uint8_t trailer[DEFLATE_TRAILER_MAX];
	uint8_t clens[24];
	uint8_t lens[DEFLATE_NB_LENS];
	uint8_t window[DEFLATE_WINDOW]; /**< The last bytes of the plain data, oldest first. */
};

_Static_assert(sizeof(struct deflate_stream) == DEFLATE_STREAM_STATE_LEN, "a state's length");

/** Whether a state is good for a stream of this kind, within all bounds. */
bool deflate_stream_load(const struct deflate_stream *stream, enum deflate_stream_kind kind);

/** Complete a state for its owner. */
void deflate_stream_save(struct deflate_stream *stream);

/** Put plain data behind the window, and add it to the sums that are wanted. */
void deflate_stream_pass(struct deflate_stream *stream, const struct deflate_params *params,
			 struct deflate_sums *sums, const uint8_t *data, size_t len);

/** deflate_trailer() of the sums. */
void deflate_stream_trailer(enum deflate_format format, const struct deflate_sums *sums,
			    uint8_t trailer[DEFLATE_TRAILER_MAX]);

/** What a call says of the state. */
void deflate_stream_tell(const struct deflate_stream *stream, struct deflate_stream_result *result);

#endif /* DEFLATE_STREAM_PRIV_H */
