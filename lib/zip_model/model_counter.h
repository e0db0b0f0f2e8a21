/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_COUNTER_H
#define MODEL_COUNTER_H

/**
 * @file
 * Counters that other threads may look at.
 */

#include <stdatomic.h>
#include <stdint.h>

/** A counter with one writer at a time. */
struct model_counter {
	_Atomic uint64_t value;
};

static inline void
model_count(struct model_counter *counter, uint64_t n)
{
	uint64_t value = atomic_load_explicit(&counter->value, memory_order_relaxed);

	atomic_store_explicit(&counter->value, value + n, memory_order_relaxed);
}

/** For a counter that several threads write. */
static inline void
model_count_shared(struct model_counter *counter)
{
	atomic_fetch_add_explicit(&counter->value, 1, memory_order_relaxed);
}

static inline uint64_t
model_counted(const struct model_counter *counter)
{
	return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

#endif /* MODEL_COUNTER_H */
