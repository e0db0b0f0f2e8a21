/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_PROC_H
#define HISI_ZIP_PROC_H

/**
 * @file
 * Processes by name: a pid alone may be another process by tomorrow.
 */

#include <stdbool.h>
#include <stdint.h>

/** A process. Zeros: none. */
struct hisi_zip_proc {
	uint64_t start; /**< its start, clock ticks since boot */
	uint32_t pid;
};

/** This process; zeros if /proc does not say. */
struct hisi_zip_proc hisi_zip_proc_self(void);

/**
 * Whether it still runs: not so if it is a zombie, all of whose memory is given back. Yes while
 * nobody can say, as when this process is out of descriptors.
 */
bool hisi_zip_proc_alive(const struct hisi_zip_proc *proc);

/** Whether both are the same process. */
static inline bool
hisi_zip_proc_equal(const struct hisi_zip_proc *a, const struct hisi_zip_proc *b)
{
	return a->pid == b->pid && a->start == b->start;
}

#endif /* HISI_ZIP_PROC_H */
