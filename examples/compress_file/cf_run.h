/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_RUN_H
#define CF_RUN_H

/**
 * @file
 * One file from its input to its output, and back.
 */

#include "cf_io.h"
#include "cf_log.h"
#include "cf_options.h"
#include "cf_pipe.h"

struct cf_run {
	struct cf_options options;
	struct cf_input input;
	struct cf_output output;
	struct cf_device device;
	struct cf_pipe pipe;
	struct cf_progress progress;
	void *stream;       /**< for members that are no operations, NULL: not made yet */
	uint64_t in_done;   /**< bytes of input whose output is written */
	uint64_t plain;     /**< bytes of plain data done */
};

/** Compresses all of the input. @return 0, or -errno after a message */
int cf_compress(struct cf_run *run);

/** Decompresses all of the input. @return 0, or -errno after a message */
int cf_decompress(struct cf_run *run);

/**
 * Decompresses a DEFLATE stream from the input on, by zlib, on the main lcore. Nothing may be in
 * flight that has output before it.
 *
 * @param crc receives the CRC-32 of the plain data
 * @param plain receives its length, bytes
 * @return 0 with the input behind the stream, or -errno after a message
 */
int cf_inflate(struct cf_run *run, uint32_t *crc, uint64_t *plain);

/** The same by a stream of the device. */
int cf_stream(struct cf_run *run, uint32_t *crc, uint64_t *plain);

/** Says which operation failed, and how. @return -EIO */
int cf_op_failed(const struct cf_run *run, const struct cf_slot *slot);

#endif /* CF_RUN_H */
