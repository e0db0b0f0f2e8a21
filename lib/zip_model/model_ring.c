/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include "model_priv.h"

/* Entries are read and written by words of 64 bits, so they must be aligned here, too. */
#define MODEL_RING_ALIGN 8

void
zip_model_ring_init(struct model_ring *ring, uint64_t iova, uint32_t depth, uint32_t entry,
		unsigned int prot)
{
	*ring = (struct model_ring){
			.iova = iova,
			.depth = depth,
			.entry = entry,
			.prot = prot,
	};
}

void
zip_model_ring_refresh(struct zip_model *model, struct model_ring *ring)
{
	uint64_t room = 0;
	uint8_t *at;

	if (ring->base != NULL && ring->generation == model->dma.generation)
		return;
	at = zip_model_dma_at(model, &ring->hit, ring->iova, ring->prot, &room);
	if (room < (uint64_t)ring->depth * ring->entry || (uintptr_t)at % MODEL_RING_ALIGN != 0)
		at = NULL;
	ring->base = at;
	ring->generation = model->dma.generation;
}

uint8_t *
zip_model_ring_entry(struct zip_model *model, struct model_ring *ring, uint32_t index)
{
	uint64_t offset = (uint64_t)index * ring->entry;
	size_t align = ring->entry < MODEL_RING_ALIGN ? ring->entry : MODEL_RING_ALIGN;

	if (ring->base != NULL)
		return ring->base + offset;
	return zip_model_dma_range(
			model, &ring->hit, ring->iova + offset, ring->entry, align, ring->prot);
}
