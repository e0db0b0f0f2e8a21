/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PROCS_FAULTS_H
#define PROCS_FAULTS_H

/**
 * @file
 * What a process of the suite has, and how it runs short of it.
 *
 * With a variable in its environment the process sleeps so many milliseconds at a place that takes
 * no time as a rule, and says on standard error that it does: what happens meanwhile to it and in
 * other processes is no matter of chance.
 */

#include <stddef.h>
#include <stdint.h>

/** The compressdev library has taken a slot, and the driver has not gone on. */
#define PROCS_SLOW_SLOT "PROCS_SLOW_SLOT"
/** The primary has answered a request, and the driver has not seen it. */
#define PROCS_SLOW_ANSWER "PROCS_SLOW_ANSWER"

/** Sets PROCS_SLOW_ANSWER. @return 0 or -errno */
int procs_dawdle(const char *ms);

/** Writes: bytes of DPDK's heap, memory zones, descriptors, maps, KiB resident. */
void procs_usage(char *text, size_t len);

/** Makes a device of another driver that other processes do not have. @return 0 or -ENODEV */
int procs_foreign(const char *name);

/** Takes all descriptors that are left. */
void procs_starve(void);

/** Gives them back. */
void procs_feed(void);

/** Gives a queue pair back in the name of another process. @return the primary's answer */
int procs_forge(const char *device, uint32_t pid, uint64_t start, uint16_t qp_id);

#endif /* PROCS_FAULTS_H */
