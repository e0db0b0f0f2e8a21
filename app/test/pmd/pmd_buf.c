/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include <rte_malloc.h>
#include <rte_memory.h>

#include "pmd_buf.h"
#include "pmd_env.h"

#define GUARD 0xa5
#define GUARD_LEN 64
#define POOL_MBUFS 12287
#define DIRECT_ROOM 2048

static struct rte_mempool *pool;

void
pmd_arena_open(struct pmd_arena *arena, size_t size)
{
	arena->base = rte_malloc("pmd_arena", size, 4096);
	assert_non_null(arena->base);
	arena->size = size;
	arena->used = 0;
}

void
pmd_arena_close(struct pmd_arena *arena)
{
	rte_free(arena->base);
	arena->base = NULL;
}

static void *
arena_take(struct pmd_arena *arena, size_t size, size_t align)
{
	size_t at = (arena->used + align - 1) / align * align;

	assert_true(at + size <= arena->size);
	arena->used = at + size;
	return arena->base + at;
}

void
pmd_buf_open(void)
{
	pool = rte_pktmbuf_pool_create("pmd_mbufs", POOL_MBUFS, 0, 0,
				       DIRECT_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	assert_non_null(pool);
}

void
pmd_buf_close(void)
{
	if (pool == NULL)
		return;
	assert_int_equal(rte_mempool_avail_count(pool), POOL_MBUFS);
	rte_mempool_free(pool);
	pool = NULL;
}

static void
keep_memory(void *addr, void *arena)
{
	(void)addr;
	(void)arena;
}

/* Data at any address: the chip takes any alignment. */
static void
attach_external(struct pmd_arena *arena, struct rte_mbuf *mbuf, uint32_t len)
{
	struct rte_mbuf_ext_shared_info *info = arena_take(arena, sizeof(*info), 64);
	uint32_t skew = pmd_rand_in(0, 63);
	uint8_t *buffer = arena_take(arena, skew + len + 2 * GUARD_LEN, 64);

	info->free_cb = keep_memory;
	info->fcb_opaque = arena;
	rte_mbuf_ext_refcnt_set(info, 1);
	buffer += skew;
	memset(buffer, GUARD, len + 2 * GUARD_LEN);
	rte_pktmbuf_attach_extbuf(mbuf, buffer, rte_mem_virt2iova(buffer),
				  (uint16_t)(len + 2 * GUARD_LEN), info);
	mbuf->data_off = GUARD_LEN;
}

static struct rte_mbuf *
build_segment(struct pmd_arena *arena, enum pmd_seg_kind kind, uint32_t len)
{
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);

	assert_non_null(mbuf);
	if (kind == PMD_SEG_EITHER)
		kind = pmd_rand() % 2 ? PMD_SEG_DIRECT : PMD_SEG_EXTERNAL;
	if (kind == PMD_SEG_EXTERNAL || len > DIRECT_ROOM) {
		attach_external(arena, mbuf, len);
	} else {
		memset(mbuf->buf_addr, GUARD, mbuf->buf_len);
		mbuf->data_off = (uint16_t)pmd_rand_in(0, mbuf->buf_len - len);
	}
	mbuf->data_len = (uint16_t)len;
	return mbuf;
}

static uint32_t
pick_length(const struct pmd_shape *shape, uint32_t left)
{
	uint32_t low = shape->seg_min > 0 ? shape->seg_min : PMD_SEG_MAX;
	uint32_t high = shape->seg_max > low ? shape->seg_max : low;
	uint32_t len = pmd_rand_in(low, high);

	if (shape->empties && pmd_rand() % 4 == 0)
		return 0;
	return len < left ? len : left;
}

void
pmd_chain_build(struct pmd_arena *arena, const struct pmd_shape *shape, uint32_t room,
		struct pmd_chain *chain)
{
	uint32_t left = shape->offset + room + shape->tail;
	struct rte_mbuf *last = NULL;

	chain->offset = shape->offset;
	chain->room = room;
	chain->head = NULL;
	do {
		uint32_t len = pick_length(shape, left);
		struct rte_mbuf *mbuf = build_segment(arena, shape->kind, len);

		left -= len;
		if (last == NULL) {
			chain->head = mbuf;
		} else {
			last->next = mbuf;
			chain->head->nb_segs++;
		}
		last = mbuf;
		chain->head->pkt_len += len;
	} while (left > 0);
}

/* Copies between the chain's data and linear memory. */
static void
copy_chain(const struct pmd_chain *chain, uint8_t *data, uint32_t len, bool to_chain)
{
	uint32_t skip = chain->offset;

	for (struct rte_mbuf *mbuf = chain->head; mbuf != NULL && len > 0; mbuf = mbuf->next) {
		uint32_t here = mbuf->data_len > skip ? mbuf->data_len - skip : 0;
		uint8_t *at = rte_pktmbuf_mtod_offset(mbuf, uint8_t *, skip);

		if (here > len)
			here = len;
		if (to_chain)
			memcpy(at, data, here);
		else
			memcpy(data, at, here);
		skip -= skip < mbuf->data_len ? skip : mbuf->data_len;
		data += here;
		len -= here;
	}
}

void
pmd_chain_write(const struct pmd_chain *chain, const uint8_t *data, uint32_t len)
{
	assert_true(len <= chain->room);
	copy_chain(chain, (uint8_t *)(uintptr_t)data, len, true);
}

void
pmd_chain_read(const struct pmd_chain *chain, uint8_t *data, uint32_t len)
{
	copy_chain(chain, data, len, false);
}

static bool
is_guard(const uint8_t *at, size_t len)
{
	return len == 0 || (at[0] == GUARD && memcmp(at, at + 1, len - 1) == 0);
}

bool
pmd_chain_intact(const struct pmd_chain *chain)
{
	uint32_t at = 0; /* of the segment, in the chain */
	uint32_t end = chain->offset + chain->room;

	for (const struct rte_mbuf *mbuf = chain->head; mbuf != NULL; mbuf = mbuf->next) {
		const uint8_t *buffer = mbuf->buf_addr;
		uint32_t low = chain->offset > at ? chain->offset - at : 0;
		uint32_t high = end > at ? end - at : 0;

		/* From low to high bytes of the segment are data. */
		if (low > mbuf->data_len)
			low = mbuf->data_len;
		if (high > mbuf->data_len)
			high = mbuf->data_len;
		if (high < low)
			high = low;
		if (!is_guard(buffer, mbuf->data_off + low) ||
		    !is_guard(buffer + mbuf->data_off + high,
			      mbuf->buf_len - mbuf->data_off - high))
			return false;
		at += mbuf->data_len;
	}
	return true;
}

void
pmd_chain_free(struct pmd_chain *chain)
{
	rte_pktmbuf_free(chain->head);
	chain->head = NULL;
}

struct pmd_shape
pmd_shape_any(uint32_t len)
{
	struct pmd_shape shape = {.kind = PMD_SEG_EITHER};
	uint32_t least;

	if (pmd_env.transport == PMD_FOREIGN)
		return shape;
	if (pmd_rand() % 2)
		shape.offset = pmd_rand_in(1, 3000);
	if (pmd_rand() % 2)
		shape.tail = pmd_rand_in(1, 3000);
	/* Not more segments than one SGL of the chip has entries (hardware.md 9.3). */
	least = (len + shape.offset + shape.tail) / 100 + 1;
	switch (pmd_rand() % 4) {
	case 0:
		break;
	case 1:
		shape.seg_min = pmd_rand_in(least, least + 4000);
		break;
	case 2:
		shape.seg_min = least;
		shape.seg_max = pmd_rand_in(least > PMD_SEG_MAX ? PMD_SEG_MAX : least, PMD_SEG_MAX);
		break;
	default:
		if (least > DIRECT_ROOM / 2)
			break;
		shape.seg_min = pmd_rand_in(least, DIRECT_ROOM);
		shape.kind = PMD_SEG_DIRECT;
		break;
	}
	if (shape.seg_min > PMD_SEG_MAX)
		shape.seg_min = PMD_SEG_MAX;
	return shape;
}
