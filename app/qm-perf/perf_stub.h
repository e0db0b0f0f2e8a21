/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PERF_STUB_H
#define PERF_STUB_H

/**
 * @file
 * A queue pair of the driver whose device is a stub, in the same thread.
 */

#include <stdbool.h>

struct perf_stub;

/**
 * @param burst ops of a burst, 1 to 64
 * @param chained two segments on each side of an op, else one
 * @return NULL: no memory
 */
struct perf_stub *perf_stub_new(unsigned int burst, bool chained);
void perf_stub_free(struct perf_stub *stub);

/** Bursts: enqueue, the stub completes them, dequeue. @p arg is a struct perf_stub. */
void perf_stub_bursts(void *arg, unsigned int n);

/** What the stub alone does for as many bursts. Not to be mixed with others on one stub. */
void perf_stub_alone(void *arg, unsigned int n);

/** Whether all bursts were whole. */
bool perf_stub_is_good(const struct perf_stub *stub);

#endif /* PERF_STUB_H */
