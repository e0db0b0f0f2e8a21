/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef DEFLATE_H
#define DEFLATE_H

/**
 * @file
 * Software DEFLATE (RFC 1951) on ISA-L and zlib, over scatter lists.
 *
 * One call is one whole stream; deflate_stream.h has the calls for a piece of one. A context holds
 * all the memory that a thread needs; no call allocates.
 *
 * The bytes of the lists may be changed by somebody else while a call reads or writes them: the
 * calls then give any status, checksum and output, but stay inside the segments and the context.
 * (zlib copies what it compresses; ISA-L reads segments of 32 KiB and more in place, and takes its
 * match distances from positions, never from the data.) The lists themselves (bases, lengths) must
 * not change during a call.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One piece of a scatter list. A length of zero is allowed: the base is then never looked at. */
struct deflate_seg {
	uint8_t *base; /**< First byte; an input is never written. */
	size_t len;    /**< Bytes. */
};

/** Who does the work. */
enum deflate_engine {
	DEFLATE_ENGINE_ISAL,
	DEFLATE_ENGINE_ZLIB,
};

/**
 * What surrounds the DEFLATE body. Headers are never written or read here: the hardware leaves
 * them to its driver (hardware.md 10.1), and so does this library.
 */
enum deflate_format {
	DEFLATE_FORMAT_RAW,  /**< The body alone. */
	DEFLATE_FORMAT_ZLIB, /**< Body, then Adler-32, big-endian: 4 bytes. */
	/** Body, then CRC-32 and length modulo 2^32, little-endian: 8 bytes. */
	DEFLATE_FORMAT_GZIP,
};

/** The Huffman codes that compression uses. Decompression takes every block type. */
enum deflate_huffman {
	DEFLATE_HUFFMAN_DYNAMIC, /**< The engine's choice: usually codes made for the data. */
	DEFLATE_HUFFMAN_FIXED,   /**< The codes of RFC 1951 3.2.6, or stored blocks. */
};

/** How the data came out of it. */
enum deflate_status {
	DEFLATE_DONE,         /**< One whole stream; on decompression its trailer is right. */
	DEFLATE_OUT_FULL,     /**< The output is too small. */
	DEFLATE_IN_TRUNCATED, /**< The input ends before the stream or its trailer does. */
	DEFLATE_CORRUPT,      /**< The body is not DEFLATE. */
	DEFLATE_BAD_TRAILER,  /**< The body is good; a checksum or the length disagrees. */
	DEFLATE_BAD_STATE,    /**< Streams only: what was kept of the stream is damaged. */
};

/** Bits of deflate_params.checksums. */
enum deflate_checksum {
	DEFLATE_CHECKSUM_ADLER32 = 1,
	DEFLATE_CHECKSUM_CRC32 = 2,
};

/** What to do. */
struct deflate_params {
	enum deflate_engine engine;
	enum deflate_format format;
	/** Compression only. */
	enum deflate_huffman huffman;
	/**
	 * Compression only: ISA-L 0 to 3, zlib 0 to 9. ISA-L makes fixed codes at level 0 only, so
	 * DEFLATE_HUFFMAN_FIXED takes its level 0 whatever is asked for. zlib's level 0 stores.
	 */
	int level;
	/**
	 * log2 of the window in bytes, 9 to 15: no match is further back than this. On
	 * decompression it is checked for its range only, and every distance up to 32 KiB is good.
	 */
	unsigned int window_log2;
	/** Checksums wanted besides that of the format: DEFLATE_CHECKSUM_* bits. */
	unsigned int checksums;
	/**
	 * Plain data that the stream may refer to as if it stood before it (a preset dictionary);
	 * of it the end counts, as much as the window holds, 32 KiB on decompression. Not a part of
	 * any checksum. NULL if dict_len is 0.
	 */
	const uint8_t *dict;
	size_t dict_len;
};

/** What came of it. */
struct deflate_result {
	enum deflate_status status;
	/**
	 * Bytes taken from the input. After DEFLATE_DONE and DEFLATE_BAD_TRAILER the trailer is
	 * the last of them, and what follows it is left alone. After DEFLATE_IN_TRUNCATED it is the
	 * whole input. Otherwise it is as far as the decoder got; 0 when compression did not fit.
	 */
	size_t consumed;
	/**
	 * Bytes put into the output: what lies behind them may have been written too, but is
	 * meaningless. 0 when compression did not fit.
	 */
	size_t produced;
	/**
	 * Of the plain data; valid after DEFLATE_DONE and DEFLATE_BAD_TRAILER for zlib or if
	 * wanted.
	 */
	uint32_t adler32;
	/**
	 * Of the plain data; valid after DEFLATE_DONE and DEFLATE_BAD_TRAILER for gzip or if
	 * wanted.
	 */
	uint32_t crc32;
};

/** Scratch memory of one thread: the states and buffers of the engines. */
struct deflate_ctx;

/**
 * Make a context. It takes 1.5 MiB, touched only as far as used.
 *
 * @param ctx
 *   Where to put it.
 * @return
 *   0, or -ENOMEM.
 */
int deflate_ctx_create(struct deflate_ctx **ctx);

/**
 * Free a context.
 *
 * @param ctx
 *   The context, or NULL.
 */
void deflate_ctx_destroy(struct deflate_ctx *ctx);

/**
 * Compress a list of segments into one stream: the body ends with a final block, then comes the
 * format's trailer. The body is never longer than the input in stored blocks: n bytes take at
 * most n + 5 * ceil(n / 65535), an empty input takes 2. A room that the stream fits exactly is
 * enough; above 256 KiB the length of ISA-L's streams depends a little on how the lists are cut and
 * on the room itself.
 *
 * Two calls may run at once on different contexts only. An output that overlaps the input makes
 * the result meaningless, no more.
 *
 * @param ctx
 *   Scratch memory; it carries nothing from one call to the next.
 * @param params
 *   What to do.
 * @param in
 *   Plain data.
 * @param nb_in
 *   Segments in it; 0 is allowed.
 * @param out
 *   Room for the stream.
 * @param nb_out
 *   Segments in it; 0 is allowed.
 * @param result
 *   What came of it: DEFLATE_DONE or DEFLATE_OUT_FULL. Left alone if this returns an error.
 * @return
 *   0, or -EINVAL if a parameter is out of range.
 */
int deflate_compress(struct deflate_ctx *ctx, const struct deflate_params *params,
		     const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
		     size_t nb_out, struct deflate_result *result);

/**
 * Compress as much of a list of segments as there is room for.
 *
 * If all of it fits, this is deflate_compress(). If not, the room gets blocks for a part from its
 * start, none of them final, which end on a byte boundary: the stream goes on with what this or
 * any other compressor makes of the rest. Any part has less than the whole input. Not as much as
 * could be need fit, but at least what stored blocks take: a room of 6 bytes always has a part,
 * a smaller one never.
 *
 * Thread rules and parameters are those of deflate_compress(); finding a part takes some more
 * runs over the input that it has.
 *
 * @param params
 *   What to do; the format must be DEFLATE_FORMAT_RAW, without a dictionary: for the rest of the
 *   input it would be another one.
 * @param result
 *   What came of it: DEFLATE_DONE, or DEFLATE_OUT_FULL with consumed, produced and checksums of
 *   the part; consumed is 0 if there is none. Left alone if this returns an error.
 * @return
 *   0, or -EINVAL if a parameter is out of range.
 */
int deflate_compress_part(struct deflate_ctx *ctx, const struct deflate_params *params,
			  const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
			  size_t nb_out, struct deflate_result *result);

/**
 * Decompress the one stream at the start of a list of segments, and check its trailer.
 *
 * An output that fits exactly is enough. If the input ends early and the output is full too,
 * DEFLATE_OUT_FULL is said only if more output was due before the input ran out.
 *
 * Thread rules and parameters are those of deflate_compress().
 *
 * @param result
 *   What came of it: any status. Left alone if this returns an error.
 * @return
 *   0, or -EINVAL if a parameter is out of range.
 */
int deflate_decompress(struct deflate_ctx *ctx, const struct deflate_params *params,
		       const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
		       size_t nb_out, struct deflate_result *result);

/**
 * Carry an Adler-32 on over more data.
 *
 * @param sum
 *   What it was so far; 1 before the first byte.
 * @param len
 *   Bytes, at most 4 GiB.
 * @return
 *   The new value. Any thread.
 */
uint32_t deflate_adler32(uint32_t sum, const void *data, size_t len);

/** Carry a CRC-32 (as gzip's) on over more data, as deflate_adler32(); 0 before the first byte. */
uint32_t deflate_crc32(uint32_t sum, const void *data, size_t len);

/**
 * Carry an Adler-32 on over data whose own is known.
 *
 * @param sum
 *   What it was so far.
 * @param next
 *   That of the data that follows, alone.
 * @param len
 *   Bytes of that data.
 * @return
 *   The value over both. Any thread.
 */
uint32_t deflate_adler32_append(uint32_t sum, uint32_t next, uint32_t len);

/** Carry a CRC-32 on over data whose own is known, as deflate_adler32_append(). */
uint32_t deflate_crc32_append(uint32_t sum, uint32_t next, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif /* DEFLATE_H */
