/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>


#include "deflate_priv.h"

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

struct deflate_list
deflate_list_of(const struct deflate_seg *seg, size_t nb)
{
	struct deflate_list list;
	size_t i;

	for (; nb > 0 && seg->len == 0; nb--)
		seg++;
	list = (struct deflate_list){ .seg = seg };
	for (i = 0; i < nb; i++)
		list.len += seg[i].len;
	list.flat = nb == 0 || seg[0].len == list.len;
	return list;
}

struct deflate_list
deflate_list_first(const struct deflate_list *list, size_t len)
{
	return (struct deflate_list){
		.seg = list->seg,
		.len = len,
		.flat = list->flat || list->seg[0].len >= len,
	};
}

struct deflate_cursor
deflate_cursor_at(const struct deflate_list *list)
{
	return (struct deflate_cursor){ .seg = list->seg, .left = list->len };
}

/* Bytes of the next piece, if all of it is wanted; the cursor must have bytes ahead. */
static size_t
deflate_cursor_peek(struct deflate_cursor *cursor)
{
	while (cursor->off == cursor->seg->len) {
		cursor->seg++;
		cursor->off = 0;
	}
	return min_size(cursor->seg->len - cursor->off, cursor->left);
}

size_t
deflate_cursor_take(struct deflate_cursor *cursor, size_t max, uint8_t **piece)
{
	size_t len = min_size(deflate_cursor_peek(cursor), max);

	*piece = cursor->seg->base + cursor->off;
	cursor->off += len;
	cursor->left -= len;
	return len;
}

void
deflate_cursor_read(struct deflate_cursor *cursor, uint8_t *dst, size_t len)
{
	uint8_t *piece;
	size_t n;

	for (; len > 0; len -= n) {
		n = deflate_cursor_take(cursor, len, &piece);
		memcpy(dst, piece, n);
		dst += n;
	}
}

void
deflate_cursor_write(struct deflate_cursor *cursor, const uint8_t *src, size_t len)
{
	uint8_t *piece;
	size_t n;

	for (; len > 0; len -= n) {
		n = deflate_cursor_take(cursor, len, &piece);
		memmove(piece, src, n);
		src += n;
	}
}

void
deflate_cursor_skip(struct deflate_cursor *cursor, size_t len)
{
	uint8_t *piece;

	while (len > 0)
		len -= deflate_cursor_take(cursor, len, &piece);
}

/* Worth to be worked on where it lies. */
static bool
is_direct(struct deflate_cursor *cursor)
{
	size_t len = deflate_cursor_peek(cursor);

	return len >= DEFLATE_DIRECT_MIN || len == cursor->left;
}

static void
refill_in(struct deflate_io *io, uint8_t *flat)
{
	if (is_direct(&io->in) && io->in.left > DEFLATE_TAIL) {
		size_t max = min_size(io->in.left - DEFLATE_TAIL, DEFLATE_PIECE_MAX);

		io->avail_in = deflate_cursor_take(&io->in, max, &io->next_in);
		return;
	}
	io->avail_in = min_size(io->in.left, DEFLATE_FLAT_MAX);
	io->next_in = flat;
	deflate_cursor_read(&io->in, flat, io->avail_in);
}

static void
refill_out(struct deflate_io *io, uint8_t *flat)
{
	io->copying = false;
	if (io->out.left == 0) {
		io->padding = true;
		io->next_out = io->pad;
		io->avail_out = DEFLATE_PAD;
	} else if (is_direct(&io->out)) {
		io->avail_out = deflate_cursor_take(&io->out, DEFLATE_PIECE_MAX, &io->next_out);
	} else {
		io->copying = true;
		io->next_out = flat;
		io->avail_out = min_size(io->out.left, DEFLATE_FLAT_MAX);
	}
}

/* Engines copy with memcpy(); a hostile client may point both sides at the same memory. */
static bool
is_overlap(const struct deflate_io *io)
{
	uintptr_t in = (uintptr_t)io->next_in, out = (uintptr_t)io->next_out;

	return in < out + io->avail_out && out < in + io->avail_in;
}

/* One call, with a piece on each side. The pad makes sure that there is always room, so an engine
 * that stands still has run out of input; a byte in it says that the output is too small.
 */
static enum deflate_step
io_step(struct deflate_ctx *ctx, struct deflate_io *io, deflate_step_fn step)
{
	uint8_t *start;
	enum deflate_step said;

	if (io->avail_in == 0 && io->in.left > 0)
		refill_in(io, ctx->flat_in);
	if (io->avail_out == 0)
		refill_out(io, ctx->flat_out);
	if (is_overlap(io))
		return DEFLATE_STEP_CORRUPT;
	start = io->next_out;
	said = step(ctx, io);
	if (io->copying)
		deflate_cursor_write(&io->out, start, io->next_out - start);
	return said;
}

static size_t
io_in_ahead(const struct deflate_io *io)
{
	return io->in.left + io->avail_in;
}

static size_t
io_out_ahead(const struct deflate_io *io)
{
	return io->out.left + (io->copying || io->padding ? 0 : io->avail_out);
}

static bool
io_overflowed(const struct deflate_io *io)
{
	return io->padding && io->avail_out < DEFLATE_PAD;
}

static enum deflate_status
io_run(struct deflate_ctx *ctx, struct deflate_io *io, deflate_step_fn step)
{
	size_t in_before, in_after = SIZE_MAX, out_before, out_after = SIZE_MAX;
	enum deflate_step said;

	for (;;) {
		in_before = in_after;
		out_before = out_after;
		said = io_step(ctx, io, step);
		if (io_overflowed(io))
			return DEFLATE_OUT_FULL;
		if (said == DEFLATE_STEP_CORRUPT)
			return DEFLATE_CORRUPT;
		if (said == DEFLATE_STEP_END)
			return DEFLATE_DONE;
		in_after = io_in_ahead(io);
		out_after = io_out_ahead(io);
		if (in_before == in_after && out_before == out_after)
			return in_after == 0 ? DEFLATE_IN_TRUNCATED : DEFLATE_CORRUPT;
	}
}

void
deflate_run(struct deflate_ctx *ctx, const struct deflate_list *in, const struct deflate_list *out,
	    deflate_step_fn step, struct deflate_result *result)
{
	struct deflate_io io = {
		.in = deflate_cursor_at(in),
		.out = deflate_cursor_at(out),
	};

	/* The engines do pointer arithmetic on an empty input, too. */
	io.next_in = io.pad;
	result->status = io_run(ctx, &io, step);
	result->consumed = in->len - io_in_ahead(&io);
	result->produced = out->len - io_out_ahead(&io);
}

bool
deflate_wants_adler32(const struct deflate_params *params)
{
	return params->format == DEFLATE_FORMAT_ZLIB ||
	       (params->checksums & DEFLATE_CHECKSUM_ADLER32) != 0;
}

bool
deflate_wants_crc32(const struct deflate_params *params)
{
	return params->format == DEFLATE_FORMAT_GZIP ||
	       (params->checksums & DEFLATE_CHECKSUM_CRC32) != 0;
}

void
deflate_checksums(const struct deflate_params *params, const struct deflate_list *list, size_t len,
		  struct deflate_result *result)
{
	bool adler32 = deflate_wants_adler32(params), crc32 = deflate_wants_crc32(params);
	struct deflate_cursor cursor = deflate_cursor_at(list);
	uint8_t *piece;
	size_t n;

	result->adler32 = 1;
	result->crc32 = 0;
	if (!adler32 && !crc32)
		return;
	for (; len > 0; len -= n) {
		n = deflate_cursor_take(&cursor, len, &piece);
		if (adler32)
			result->adler32 = deflate_adler32(result->adler32, piece, n);
		if (crc32)
			result->crc32 = deflate_crc32(result->crc32, piece, n);
	}
}

size_t
deflate_trailer_len(enum deflate_format format)
{
	switch (format) {
	case DEFLATE_FORMAT_ZLIB:
		return 4;
	case DEFLATE_FORMAT_GZIP:
		return 8;
	default:
		return 0;
	}
}

void
deflate_trailer(enum deflate_format format, const struct deflate_result *sums, size_t plain_len,
		uint8_t trailer[DEFLATE_TRAILER_MAX])
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (format == DEFLATE_FORMAT_ZLIB) {
			trailer[i] = sums->adler32 >> (24 - 8 * i);
		} else {
			trailer[i] = sums->crc32 >> (8 * i);
			trailer[4 + i] = (uint32_t)plain_len >> (8 * i);
		}
	}
}

int
deflate_params_check(const struct deflate_params *params)
{
	const unsigned int checksums = DEFLATE_CHECKSUM_ADLER32 | DEFLATE_CHECKSUM_CRC32;

	if (params->engine != DEFLATE_ENGINE_ISAL && params->engine != DEFLATE_ENGINE_ZLIB)
		return -EINVAL;
	if (params->format != DEFLATE_FORMAT_RAW && params->format != DEFLATE_FORMAT_ZLIB &&
	    params->format != DEFLATE_FORMAT_GZIP)
		return -EINVAL;
	if (params->window_log2 < 9 || params->window_log2 > 15)
		return -EINVAL;
	return (params->checksums & ~checksums) != 0 ? -EINVAL : 0;
}
