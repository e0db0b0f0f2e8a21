/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <stdlib.h>

#include "model_dma_words.h"

#define MODEL_DMA_FIRST_CAPACITY 64

static void
model_dma_put(struct model_dma_entry *entry, uint64_t iova, uint64_t len, uint64_t vaddr,
		uint64_t prot)
{
	model_dma_set(&entry->iova, iova);
	model_dma_set(&entry->len, len);
	model_dma_set(&entry->vaddr, vaddr);
	model_dma_set(&entry->prot, prot);
}

static void
model_dma_copy(struct model_dma_entry *to, const struct model_dma_entry *from)
{
	model_dma_put(to, model_dma_get(&from->iova), model_dma_get(&from->len),
			model_dma_get(&from->vaddr), model_dma_get(&from->prot));
}

static void
model_dma_begin(struct model_dma_map *map)
{
	uint32_t sequence = atomic_load_explicit(&map->sequence, memory_order_relaxed);

	atomic_store_explicit(&map->sequence, sequence + 1, memory_order_relaxed);
}

static void
model_dma_end(struct model_dma_map *map)
{
	uint32_t sequence = atomic_load_explicit(&map->sequence, memory_order_relaxed);

	atomic_store_explicit(&map->sequence, sequence + 1, memory_order_release);
}

/* What the writer knows without looking twice. */
static size_t
model_dma_nb(const struct model_dma_map *map)
{
	return atomic_load_explicit(&map->nb, memory_order_relaxed);
}

static struct model_dma_entry *
model_dma_entries(const struct model_dma_map *map)
{
	return atomic_load_explicit(&map->table, memory_order_relaxed)->entries;
}

static struct model_dma_table *
model_dma_new(size_t capacity)
{
	struct model_dma_table *table =
			calloc(1, sizeof(*table) + capacity * sizeof(table->entries[0]));

	if (table != NULL)
		table->capacity = capacity;
	return table;
}

/* Lookups are out of the model here: the old tables can go. */
static void
model_dma_settle(struct model_dma_map *map)
{
	struct model_dma_table *table = atomic_load_explicit(&map->table, memory_order_relaxed);
	struct model_dma_table *old = table->retired;

	map->generation++;
	table->retired = NULL;
	while (old != NULL) {
		struct model_dma_table *next = old->retired;

		free(old);
		old = next;
	}
}

int
zip_model_dma_init(struct model_dma_map *map)
{
	struct model_dma_table *table = model_dma_new(MODEL_DMA_FIRST_CAPACITY);

	if (table == NULL)
		return -ENOMEM;
	atomic_store_explicit(&map->table, table, memory_order_relaxed);
	return 0;
}

void
zip_model_dma_free(struct model_dma_map *map)
{
	struct model_dma_table *table = atomic_load_explicit(&map->table, memory_order_relaxed);

	if (table != NULL)
		model_dma_settle(map);
	free(table);
}

/* A bigger table; the old one stays until no lookup can be in it. */
static int
model_dma_grow(struct model_dma_map *map)
{
	struct model_dma_table *old = atomic_load_explicit(&map->table, memory_order_relaxed);
	size_t nb = model_dma_nb(map);
	struct model_dma_table *table;
	size_t i;

	if (nb < old->capacity)
		return 0;
	table = model_dma_new(2 * old->capacity);
	if (table == NULL)
		return -ENOMEM;
	table->retired = old;
	for (i = 0; i < nb; i++)
		model_dma_copy(&table->entries[i], &old->entries[i]);
	atomic_store_explicit(&map->table, table, memory_order_release);
	return 0;
}

/* Take the removed entries out. */
static void
model_dma_compact(struct model_dma_map *map)
{
	struct model_dma_entry *entries = model_dma_entries(map);
	size_t nb = model_dma_nb(map);
	size_t to = 0;
	size_t i;

	model_dma_begin(map);
	for (i = 0; i < nb; i++) {
		if (model_dma_get(&entries[i].len) == 0)
			continue;
		if (to != i)
			model_dma_copy(&entries[to], &entries[i]);
		to++;
	}
	atomic_store_explicit(&map->nb, to, memory_order_release);
	map->nb_removed = 0;
	model_dma_end(map);
}

static void
model_dma_insert(struct model_dma_map *map, size_t at, uint64_t iova, uint64_t len, uint64_t vaddr,
		unsigned int prot)
{
	struct model_dma_entry *entries = model_dma_entries(map);
	size_t nb = model_dma_nb(map);
	size_t i;

	model_dma_begin(map);
	for (i = nb; i > at; i--)
		model_dma_copy(&entries[i], &entries[i - 1]);
	model_dma_put(&entries[at], iova, len, vaddr, prot);
	atomic_store_explicit(&map->nb, nb + 1, memory_order_release);
	model_dma_end(map);
}

/* Whether a piece goes on where an entry ends, here and there. */
static bool
model_dma_continues(const struct model_dma_entry *entry, uint64_t iova, uint64_t vaddr,
		unsigned int prot)
{
	uint64_t len = model_dma_get(&entry->len);

	return len > 0 && model_dma_get(&entry->iova) + len == iova &&
			model_dma_get(&entry->vaddr) + len == vaddr &&
			model_dma_get(&entry->prot) == prot;
}

/* Make a neighbour longer instead of adding an entry. */
static bool
model_dma_merge(struct model_dma_map *map, size_t at, uint64_t iova, uint64_t len, uint64_t vaddr,
		unsigned int prot)
{
	struct model_dma_entry *entry = &model_dma_entries(map)[at];

	if (at > 0 && model_dma_continues(entry - 1, iova, vaddr, prot)) {
		/* A lookup that sees the old length misses only what it cannot yet know of. */
		model_dma_set(&entry[-1].len, model_dma_get(&entry[-1].len) + len);
		return true;
	}
	if (at == model_dma_nb(map) || model_dma_get(&entry->iova) != iova + len ||
			model_dma_get(&entry->vaddr) != vaddr + len ||
			model_dma_get(&entry->prot) != prot)
		return false;
	model_dma_begin(map);
	model_dma_put(entry, iova, len + model_dma_get(&entry->len), vaddr, prot);
	model_dma_end(map);
	return true;
}

static int
model_dma_add(struct model_dma_map *map, size_t at, uint64_t iova, uint64_t len, uint64_t vaddr,
		unsigned int prot)
{
	int ret;

	if (model_dma_merge(map, at, iova, len, vaddr, prot))
		return 0;
	ret = model_dma_grow(map);
	if (ret == 0)
		model_dma_insert(map, at, iova, len, vaddr, prot);
	return ret;
}

static bool
model_dma_valid(uint64_t iova, uint64_t len)
{
	return len > 0 && iova <= UINT64_MAX - (len - 1);
}

int
zip_model_dma_map(struct zip_model *model, uint64_t iova, uint64_t len, void *vaddr,
		unsigned int prot)
{
	struct model_dma_map *map = &model->dma;
	struct model_dma_entry *entries;
	size_t at;

	if (!model_dma_valid(iova, len) || (prot & ~(ZIP_MODEL_DMA_READ | ZIP_MODEL_DMA_WRITE)) ||
			(uintptr_t)vaddr > UINTPTR_MAX - (len - 1))
		return -EINVAL;
	/* Removed entries would hide what comes to lie around them. */
	if (map->nb_removed > 0)
		model_dma_compact(map);
	entries = model_dma_entries(map);
	at = zip_model_dma_bound(entries, model_dma_nb(map), iova);
	if (at < model_dma_nb(map) && model_dma_get(&entries[at].iova) <= iova + (len - 1))
		return -EEXIST;
	return model_dma_add(map, at, iova, len, (uint64_t)(uintptr_t)vaddr, prot);
}

/* Cut a range out of one entry. Returns what it needs besides: a new entry behind it. */
static bool
model_dma_cut(struct model_dma_map *map, struct model_dma_entry *entry, uint64_t iova,
		uint64_t last, struct model_dma_entry *rest)
{
	uint64_t start = model_dma_get(&entry->iova);
	uint64_t end = start + (model_dma_get(&entry->len) - 1);
	uint64_t vaddr = model_dma_get(&entry->vaddr);
	uint64_t prot = model_dma_get(&entry->prot);

	if (iova > start && last < end) {
		model_dma_put(rest, last + 1, end - last, vaddr + (last + 1 - start), prot);
		model_dma_set(&entry->len, iova - start);
		return true;
	}
	if (iova > start) {
		model_dma_set(&entry->len, iova - start);
	} else if (last < end) {
		model_dma_put(entry, last + 1, end - last, vaddr + (last + 1 - start), prot);
	} else {
		model_dma_set(&entry->len, 0);
		map->nb_removed++;
	}
	return false;
}

int
zip_model_dma_unmap(struct zip_model *model, uint64_t iova, uint64_t len)
{
	struct model_dma_map *map = &model->dma;
	uint64_t last = iova + (len - 1);
	bool found = false;
	size_t i;

	if (!model_dma_valid(iova, len))
		return -EINVAL;
	/* Room for the one entry that a cut may leave, before anything is changed. */
	if (model_dma_grow(map) < 0)
		return -ENOMEM;
	i = zip_model_dma_bound(model_dma_entries(map), model_dma_nb(map), iova);
	for (; i < model_dma_nb(map); i++) {
		struct model_dma_entry *entry = &model_dma_entries(map)[i];
		struct model_dma_entry rest;

		if (model_dma_get(&entry->iova) > last)
			break;
		if (model_dma_get(&entry->len) == 0)
			continue;
		found = true;
		if (model_dma_cut(map, entry, iova, last, &rest))
			model_dma_insert(map, i + 1, rest.iova, rest.len, rest.vaddr,
					(unsigned int)rest.prot);
	}
	model_dma_settle(map);
	return found ? 0 : -ENOENT;
}

void
zip_model_dma_unmap_all(struct zip_model *model)
{
	struct model_dma_map *map = &model->dma;

	model_dma_begin(map);
	atomic_store_explicit(&map->nb, 0, memory_order_release);
	map->nb_removed = 0;
	model_dma_end(map);
	model_dma_settle(map);
}
