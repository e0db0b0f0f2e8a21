/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <string.h>

#include "model_dma_words.h"

size_t
zip_model_dma_bound(const struct model_dma_entry *entries, size_t nb, uint64_t iova)
{
	size_t low = 0;
	size_t high = nb;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint64_t start = model_dma_get(&entries[mid].iova);
		uint64_t len = model_dma_get(&entries[mid].len);

		/* As an inclusive end, for a piece that reaches the end of the address space. */
		if (start > iova || (len > 0 && start + (len - 1) >= iova))
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static bool
model_dma_lookup(struct model_dma_map *map, uint64_t iova, struct model_dma_hit *hit)
{
	for (;;) {
		uint32_t sequence = atomic_load_explicit(&map->sequence, memory_order_acquire);
		struct model_dma_table *table =
				atomic_load_explicit(&map->table, memory_order_acquire);
		size_t nb = atomic_load_explicit(&map->nb, memory_order_acquire);
		size_t i;
		bool found = false;

		/* Of two states, the table may be the smaller one. */
		if ((sequence & 1) != 0 || nb > table->capacity)
			continue;
		i = zip_model_dma_bound(table->entries, nb, iova);
		if (i < nb) {
			hit->iova = model_dma_get(&table->entries[i].iova);
			hit->len = model_dma_get(&table->entries[i].len);
			hit->vaddr = (uint8_t *)(uintptr_t)model_dma_get(&table->entries[i].vaddr);
			hit->prot = (unsigned int)model_dma_get(&table->entries[i].prot);
			found = hit->iova <= iova && hit->len > 0;
		}
		if (atomic_load_explicit(&map->sequence, memory_order_relaxed) != sequence)
			continue;
		hit->generation = map->generation;
		if (!found)
			hit->len = 0;
		return found;
	}
}

uint8_t *
zip_model_dma_at(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova,
		unsigned int prot, uint64_t *room)
{
	if (hit->generation != model->dma.generation || iova - hit->iova >= hit->len) {
		if (!model_dma_lookup(&model->dma, iova, hit))
			return NULL;
	}
	if ((hit->prot & prot) != prot)
		return NULL;
	*room = hit->len - (iova - hit->iova);
	return hit->vaddr + (iova - hit->iova);
}

static void
zip_model_dma_count_fault(struct zip_model *model, unsigned int prot)
{
	model_count_shared(prot & ZIP_MODEL_DMA_WRITE ? &model->write_faults : &model->read_faults);
}

uint8_t *
zip_model_dma_range(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova, uint64_t len,
		size_t align, unsigned int prot)
{
	uint64_t room = 0;
	uint8_t *at = zip_model_dma_at(model, hit, iova, prot, &room);

	if (at == NULL || room < len || (uintptr_t)at % align != 0) {
		zip_model_dma_count_fault(model, prot);
		return NULL;
	}
	return at;
}

uint8_t *
zip_model_dma_part(struct zip_model *model, struct model_dma_hit *hit, uint64_t iova, uint64_t len,
		unsigned int prot, uint64_t *part)
{
	uint64_t room = 0;
	uint8_t *at = NULL;

	/* Behind the last address there is nothing, least of all the first. */
	if (model_may_dma(model) && len - 1 <= UINT64_MAX - iova)
		at = zip_model_dma_at(model, hit, iova, prot, &room);
	if (at == NULL)
		zip_model_dma_count_fault(model, prot);
	*part = room < len ? room : len;
	return at;
}

int
zip_model_dma_read(struct zip_model *model, uint64_t iova, void *buf, size_t len)
{
	struct model_dma_hit hit = {0};
	uint8_t *to = buf;

	while (len > 0) {
		uint64_t part;
		const uint8_t *at = zip_model_dma_part(
				model, &hit, iova, len, ZIP_MODEL_DMA_READ, &part);

		if (at == NULL)
			return -EFAULT;
		memcpy(to, at, part);
		/* Whoever changes the memory from here on does not change what was read. */
		atomic_signal_fence(memory_order_seq_cst);
		to += part;
		iova += part;
		len -= part;
	}
	return 0;
}

int
zip_model_dma_write(struct zip_model *model, uint64_t iova, const void *buf, size_t len)
{
	struct model_dma_hit hit = {0};
	const uint8_t *from = buf;

	while (len > 0) {
		uint64_t part;
		uint8_t *at = zip_model_dma_part(
				model, &hit, iova, len, ZIP_MODEL_DMA_WRITE, &part);

		if (at == NULL)
			return -EFAULT;
		memcpy(at, from, part);
		from += part;
		iova += part;
		len -= part;
	}
	return 0;
}
