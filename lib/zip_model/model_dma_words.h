/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_DMA_WORDS_H
#define MODEL_DMA_WORDS_H

/**
 * @file
 * The words of the DMA map. A lookup beside a change reads words of two states. It finds out by
 * the sequence count and looks again, so it never acts on them. The words are release stores and
 * acquire loads, which orders them against the count without a fence: thread sanitizers do not
 * know fences.
 */

#include "model_priv.h"

static inline uint64_t
model_dma_get(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_acquire);
}

static inline void
model_dma_set(_Atomic uint64_t *word, uint64_t value)
{
	atomic_store_explicit(word, value, memory_order_release);
}

/**
 * The first entry that ends behind an address, or @p nb. Removed entries end where they start.
 */
size_t zip_model_dma_bound(const struct model_dma_entry *entries, size_t nb, uint64_t iova);

#endif /* MODEL_DMA_WORDS_H */
