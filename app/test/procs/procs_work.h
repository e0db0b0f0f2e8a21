/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PROCS_WORK_H
#define PROCS_WORK_H

/**
 * @file
 * What a process of the suite does with its queue pair: ops in bursts, whose results are checked.
 * Its memory comes from pools by name, which may be another process's, so that a process that is
 * killed while it works holds no lock and leaves nothing behind.
 */

#include <stdbool.h>
#include <stdint.h>

/** Ops of a burst. */
#define PROCS_BURST 32
/** Most ops in flight. */
#define PROCS_DEPTH 128

/** Counts of a process, over its life. */
struct procs_counts {
	uint64_t done;   /**< ops that came back with SUCCESS */
	uint64_t errors; /**< with another status */
	uint64_t wrong;  /**< with other data than it should be */
};

extern struct procs_counts procs_counts;

/** Makes the pools of that name. @return 0 or -errno */
int procs_pools_create(const char *name);

/** Frees them; objects that a dead process had are gone with them. */
int procs_pools_free(const char *name);

/** Uses the pools of that name. @return 0 or -errno */
int procs_pools_use(const char *name);

/** Gets ready to work on a device, with what pools there are. @return 0 or -errno */
int procs_work_open(uint8_t dev, uint32_t length);

/** Undoes procs_work_open(). */
void procs_work_close(void);

/** Compresses a burst, checks it by zlib, decompresses it, compares. @return 0 or -EIO */
int procs_work_round(uint16_t qp);

/** Keeps a queue full for a moment, checks nothing. Counts what comes back. */
void procs_work_flood(uint16_t qp);

/** Enqueues as many ops as the queue pair takes, at most @p nb. @return how many */
unsigned int procs_work_fill(uint16_t qp, unsigned int nb);

/** Dequeues until nothing is in flight, at most so long. @return how many are missing */
unsigned int procs_work_drain(uint16_t qp, unsigned int ms);

#endif /* PROCS_WORK_H */
