/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef DEFLATE_PRIV_H
#define DEFLATE_PRIV_H

/**
 * @file
 * What the parts of lib/deflate share: the context, and the walk over two scatter lists that an
 * engine is driven along.
 */

#include <stdalign.h>
#include <stdbool.h>

#include <zlib.h>
#include <isa-l/igzip_lib.h>

#include "deflate.h"
#include "deflate_huffman.h"

/**
 * Short segments are copied to and from pieces of this length: an engine that gets many small
 * ones buffers them itself, at a higher price.
 */
#define DEFLATE_FLAT_MAX (256u << 10)
/** A segment from this length on is a piece of its own. */
#define DEFLATE_DIRECT_MIN (32u << 10)
/** The longest piece an engine gets: their counters have 32 bits, and some have a sign. */
#define DEFLATE_PIECE_MAX (1u << 30)
/** Bytes behind the output that catch what does not fit. ISA-L wants at least 8 at a time. */
#define DEFLATE_PAD 16
/**
 * The end of an input that is worked on as a copy. ISA-L's compressors for arm64 (2.30) look up to
 * 7 bytes past it, so it has to lie where memory follows.
 */
#ifdef __aarch64__
#define DEFLATE_TAIL 64
#else
#define DEFLATE_TAIL 0
#endif
/** The highest level of ISA-L (2.30) that finds matches in a dictionary. */
#ifdef __aarch64__
#define DEFLATE_DICT_LEVEL 2
#else
#define DEFLATE_DICT_LEVEL 3
#endif
/** The longest trailer, that of gzip. */
#define DEFLATE_TRAILER_MAX 8

/** Where zlib's memory comes from: handed out in order, taken back as a whole. */
struct deflate_arena {
	uint8_t *mem;
	size_t size;
	size_t used;
};

/** The parameters that a zlib compressor has been set up for. */
struct deflate_zlib_setup {
	int level;
	int strategy;
	unsigned int window_log2;
};

/* zlib at memLevel 8 takes 268 KiB to compress and 40 KiB to decompress. */
#define DEFLATE_ARENA_COMPRESS (384u << 10)
#define DEFLATE_ARENA_INFLATE (64u << 10)

struct deflate_ctx {
	alignas(64) struct isal_zstream isal_compress;
	alignas(64) struct inflate_state isal_inflate;
	z_stream zlib_compress;
	z_stream zlib_inflate;
	struct deflate_zlib_setup zlib_setup;
	struct deflate_arena arena_compress;
	struct deflate_arena arena_inflate;
	bool sync; /**< The body that is being made ends with a sync flush. */
	struct deflate_code code_lens;
	struct deflate_code code_lit;
	struct deflate_code code_dist;
	alignas(64) uint8_t arena_compress_mem[DEFLATE_ARENA_COMPRESS];
	alignas(64) uint8_t arena_inflate_mem[DEFLATE_ARENA_INFLATE];
	alignas(64) uint8_t level_buf[ISAL_DEF_LVL3_DEFAULT];
	alignas(64) uint8_t flat_in[DEFLATE_FLAT_MAX];
	alignas(64) uint8_t flat_out[DEFLATE_FLAT_MAX];
};

/** The first @p len bytes of a scatter list, which has at least that many. */
struct deflate_list {
	const struct deflate_seg *seg;
	size_t len;
	bool flat; /**< They lie in one piece, at seg[0].base. */
};

/** A place in a list. */
struct deflate_cursor {
	const struct deflate_seg *seg;
	size_t off;  /**< Bytes of this segment already passed. */
	size_t left; /**< Bytes of the list still ahead. */
};

/** What an engine works on: a piece of each list, and what is still ahead of them. */
struct deflate_io {
	uint8_t *next_in;
	uint8_t *next_out;
	uint32_t avail_in;
	uint32_t avail_out;
	struct deflate_cursor in;
	struct deflate_cursor out;
	bool copying; /**< The output piece is the context's: what is in it goes to the list. */
	bool padding; /**< The output is used up: the piece is the pad. */
	uint8_t pad[DEFLATE_PAD];
};

/** What an engine says after one call. */
enum deflate_step {
	DEFLATE_STEP_MORE,
	DEFLATE_STEP_END,
	DEFLATE_STEP_CORRUPT,
};

/** One call of an engine; it moves io's next and avail. The last input is that with in.left 0. */
typedef enum deflate_step (*deflate_step_fn)(struct deflate_ctx *ctx, struct deflate_io *io);

/**
 * Take a list apart: leave out empty segments in front, see whether the rest is one piece.
 *
 * @param seg
 *   Segments.
 * @param nb
 *   How many.
 * @return
 *   The list, with all of its bytes.
 */
struct deflate_list deflate_list_of(const struct deflate_seg *seg, size_t nb);

/** The first @p len bytes of a list, which has at least that many. */
struct deflate_list deflate_list_first(const struct deflate_list *list, size_t len);

/** A cursor at the start of a list. */
struct deflate_cursor deflate_cursor_at(const struct deflate_list *list);

/**
 * Pass one piece.
 *
 * @param cursor
 *   The place; it must have bytes ahead.
 * @param max
 *   Bytes wanted at most, not 0.
 * @param piece
 *   Where the piece starts.
 * @return
 *   Its length: 1 to @p max.
 */
size_t deflate_cursor_take(struct deflate_cursor *cursor, size_t max, uint8_t **piece);

/** Copy @p len bytes out of a list; they must be there. */
void deflate_cursor_read(struct deflate_cursor *cursor, uint8_t *dst, size_t len);

/** Copy @p len bytes into a list; there must be room. */
void deflate_cursor_write(struct deflate_cursor *cursor, const uint8_t *src, size_t len);

/** Pass @p len bytes; they must be there. */
void deflate_cursor_skip(struct deflate_cursor *cursor, size_t len);

/**
 * Drive an engine along two lists until it ends, fails, or can do no more.
 *
 * @param ctx
 *   Scratch memory, with the engine set up.
 * @param in
 *   Input.
 * @param out
 *   Room.
 * @param step
 *   The engine.
 * @param result
 *   Gets status, consumed and produced.
 */
void deflate_run(struct deflate_ctx *ctx, const struct deflate_list *in,
		 const struct deflate_list *out, deflate_step_fn step,
		 struct deflate_result *result);

/** Whether format or parameters ask for an Adler-32. */
bool deflate_wants_adler32(const struct deflate_params *params);

/** Whether format or parameters ask for a CRC-32. */
bool deflate_wants_crc32(const struct deflate_params *params);

/**
 * Checksums of the plain data, those that format and parameters ask for.
 *
 * @param params
 *   What is asked for.
 * @param list
 *   Where the data is.
 * @param len
 *   Bytes of it.
 * @param result
 *   Gets adler32 and crc32.
 */
void deflate_checksums(const struct deflate_params *params, const struct deflate_list *list,
		       size_t len, struct deflate_result *result);

/** What a body follows, and how it ends. */
struct deflate_link {
	const uint8_t *dict; /**< Plain data before it that it may refer to. */
	uint32_t dict_len;   /**< Bytes of that, at most 32 KiB. */
	bool sync;           /**< It ends on a byte boundary, without a final block. */
};

/** A whole stream, with the end of the dictionary that a window holds. */
struct deflate_link deflate_dictionary(const struct deflate_params *params,
				       unsigned int window_log2);

/**
 * Bytes that any data fits into in stored blocks.
 *
 * @param len
 *   Bytes of plain data.
 */
size_t deflate_stored_len(size_t len);

/**
 * Bytes that fit into a room in stored blocks.
 *
 * @param room
 *   Bytes of it.
 */
size_t deflate_stored_part(size_t room);

/**
 * Make stored blocks.
 *
 * @param link
 *   How they end.
 * @param in
 *   Plain data.
 * @param out
 *   Room for all of it.
 * @param result
 *   Gets status, consumed and produced.
 */
void deflate_store(const struct deflate_link *link, const struct deflate_list *in,
		   const struct deflate_list *out, struct deflate_result *result);

/**
 * Compress a list into a body.
 *
 * @param ctx
 *   Scratch memory.
 * @param params
 *   What to do.
 * @param link
 *   What it stands in.
 * @param in
 *   Plain data; without any, @p link must be that of a whole stream.
 * @param out
 *   Room: deflate_stored_len() is enough, and more than 5 bytes above it are of no use.
 * @param result
 *   Gets status, consumed and produced.
 */
void deflate_compress_body(struct deflate_ctx *ctx, const struct deflate_params *params,
			   const struct deflate_link *link, const struct deflate_list *in,
			   const struct deflate_list *out, struct deflate_result *result);

/** 0 if the parameters of compression are in range, else -EINVAL. */
int deflate_compress_check(const struct deflate_params *params);

/** Bytes of a format's trailer. */
size_t deflate_trailer_len(enum deflate_format format);

/**
 * Make a trailer.
 *
 * @param format
 *   Which.
 * @param sums
 *   Checksums of the plain data.
 * @param plain_len
 *   Its bytes.
 * @param trailer
 *   Gets deflate_trailer_len() bytes.
 */
void deflate_trailer(enum deflate_format format, const struct deflate_result *sums,
		     size_t plain_len, uint8_t trailer[DEFLATE_TRAILER_MAX]);

/** 0 if the parameters that both directions have are in range, else -EINVAL. */
int deflate_params_check(const struct deflate_params *params);

/**
 * Set zlib's compressor up for a new stream.
 *
 * @param ctx
 *   Its context.
 * @param setup
 *   Parameters; setting up is cheap if they are those of last time.
 * @return
 *   0, or -ENOMEM if this zlib wants more than the arena has; deflate_ctx_create() tries the
 *   largest.
 */
int deflate_zlib_reset(struct deflate_ctx *ctx, const struct deflate_zlib_setup *setup);

#endif /* DEFLATE_PRIV_H */
