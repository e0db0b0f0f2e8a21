/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_DMA_H
#define MODEL_DMA_H

/**
 * @file
 * The DMA map, and rings in the client's memory.
 */

#include "model_counter.h"
#include "zip_model.h"

/** One piece of the map. The words are atomic because lookups run beside dma_map. */
struct model_dma_entry {
	_Atomic uint64_t iova;
	_Atomic uint64_t len; /**< 0: removed */
	_Atomic uint64_t vaddr;
	_Atomic uint64_t prot;
};

struct model_dma_table {
	struct model_dma_table *retired; /**< a smaller one that lookups may still be in */
	size_t capacity;
	struct model_dma_entry entries[];
};

/** Sorted by iova, without overlap. Read under a sequence count. */
struct model_dma_map {
	_Atomic uint32_t sequence; /**< odd while it changes */
	_Atomic(struct model_dma_table *) table;
	_Atomic size_t nb;
	size_t nb_removed;
	uint64_t generation; /**< control: of unmaps; what was found before is void */
};

/** The piece that was found last. */
struct model_dma_hit {
	uint64_t iova;
	uint64_t len;
	uint8_t *vaddr;
	unsigned int prot;
	uint64_t generation;
};

int zip_model_dma_init(struct model_dma_map *map);
void zip_model_dma_free(struct model_dma_map *map);

/**
 * Where an address is: NULL if it is not mapped with all rights of @p prot. @p room gets the
 * bytes from there to the end of the piece.
 */
uint8_t *zip_model_dma_at(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
		unsigned int prot, uint64_t *room);

/**
 * The first piece of a range of @p len > 0 bytes, and how many of them it holds. NULL, and a fault
 * counted, where there is none or the function may not reach memory.
 */
uint8_t *zip_model_dma_part(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
		uint64_t len, unsigned int prot, uint64_t *part);

/** A range that must lie in one piece and be aligned here as well: NULL, and a fault counted. */
uint8_t *zip_model_dma_range(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
		uint64_t len, size_t align, unsigned int prot);

/** Copy out of or into memory, whatever pieces it lies in. 0 or -EFAULT, with a fault counted. */
int zip_model_dma_read(struct zip_model *model, uint64_t iova, void *buf, size_t len);
int zip_model_dma_write(struct zip_model *model, uint64_t iova, const void *buf, size_t len);

/** Entries in memory: a pointer where they lie in one piece, else looked up one by one. */
struct model_ring {
	uint64_t iova;
	uint8_t *base; /**< NULL: look up */
	uint64_t generation;
	uint32_t depth;
	uint32_t entry; /**< bytes */
	unsigned int prot;
	struct model_dma_hit hit;
};

void zip_model_ring_init(struct model_ring *ring, uint64_t iova, uint32_t depth, uint32_t entry,
		unsigned int prot);
/** Find the ring in memory again if the map has changed. */
void zip_model_ring_refresh(struct zip_model *model, struct model_ring *ring);
/** An entry, or NULL and a fault counted. */
uint8_t *zip_model_ring_entry(struct zip_model *model, struct model_ring *ring, uint32_t index);

/** The index behind this one. */
static inline uint32_t
model_ring_next(const struct model_ring *ring, uint32_t index)
{
	return index + 1 == ring->depth ? 0 : index + 1;
}

/** Entries from one index to another. */
static inline uint32_t
model_ring_distance(const struct model_ring *ring, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + ring->depth - from;
}

#endif /* MODEL_DMA_H */
