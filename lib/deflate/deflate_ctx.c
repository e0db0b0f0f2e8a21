/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>

#include "deflate_priv.h"

#define ZLIB_MEM_LEVEL 8

static void *
arena_alloc(void *opaque, unsigned int items, unsigned int size)
{
	struct deflate_arena *arena = opaque;
	size_t len = ((size_t)items * size + 63) & ~(size_t)63;
	void *mem;

	if (len > arena->size - arena->used)
		return NULL;
	mem = arena->mem + arena->used;
	arena->used += len;
	return mem;
}

static void
arena_free(void *opaque, void *mem)
{
	(void)opaque;
	(void)mem;
}

static void
arena_bind(struct deflate_arena *arena, uint8_t *mem, size_t size, z_stream *strm)
{
	*arena = (struct deflate_arena){ .mem = mem, .size = size };
	*strm = (z_stream){ .zalloc = arena_alloc, .zfree = arena_free, .opaque = arena };
}

static int
zlib_setup(struct deflate_ctx *ctx, const struct deflate_zlib_setup *setup)
{
	ctx->zlib_setup = *setup;
	ctx->arena_compress.used = 0;
	if (deflateInit2(&ctx->zlib_compress, setup->level, Z_DEFLATED, -(int)setup->window_log2,
			 ZLIB_MEM_LEVEL, setup->strategy) != Z_OK)
		return -ENOMEM;
	return 0;
}

int
deflate_zlib_reset(struct deflate_ctx *ctx, const struct deflate_zlib_setup *setup)
{
	const struct deflate_zlib_setup *old = &ctx->zlib_setup;

	if (setup->level == old->level && setup->strategy == old->strategy &&
	    setup->window_log2 == old->window_log2)
		return deflateReset(&ctx->zlib_compress) == Z_OK ? 0 : -ENOMEM;
	deflateEnd(&ctx->zlib_compress);
	return zlib_setup(ctx, setup);
}

int
deflate_ctx_create(struct deflate_ctx **ctx)
{
	static const struct deflate_zlib_setup largest = {
		.level = 6,
		.strategy = Z_DEFAULT_STRATEGY,
		.window_log2 = 15,
	};
	struct deflate_ctx *c;

	c = aligned_alloc(alignof(struct deflate_ctx), sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	arena_bind(&c->arena_compress, c->arena_compress_mem, sizeof(c->arena_compress_mem),
		   &c->zlib_compress);
	arena_bind(&c->arena_inflate, c->arena_inflate_mem, sizeof(c->arena_inflate_mem),
		   &c->zlib_inflate);
	if (zlib_setup(c, &largest) != 0)
		goto free_ctx;
	if (inflateInit2(&c->zlib_inflate, -15) != Z_OK)
		goto end_compress;
	*ctx = c;
	return 0;

end_compress:
	deflateEnd(&c->zlib_compress);
free_ctx:
	free(c);
	return -ENOMEM;
}

void
deflate_ctx_destroy(struct deflate_ctx *ctx)
{
	if (ctx == NULL)
		return;
	inflateEnd(&ctx->zlib_inflate);
	deflateEnd(&ctx->zlib_compress);
	free(ctx);
}
