/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_LZ4_H
#define MODEL_LZ4_H

/**
 * @file
 * Compression into one block of LZ4, as request 0x04 asks for (hardware.md 8.3).
 */

#include <deflate.h>

/**
 * Compress a list of segments into one block: sequences without a frame around them.
 *
 * The input may be changed by somebody else meanwhile; the output is then any bytes, within its
 * segments.
 *
 * @param out
 *   Room. Behind what is produced it is left alone.
 * @param produced
 *   Gets the bytes of the block.
 * @return
 *   0, or -ENOSPC: the room is too small, and has part of a block.
 */
int zip_model_lz4_compress(const struct deflate_seg *in, size_t nb_in,
		const struct deflate_seg *out, size_t nb_out, size_t *produced);

#endif /* MODEL_LZ4_H */
