/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PROCS_FAULTS_H
#define PROCS_FAULTS_H

/**
 * @file
 * What a process of the suite has, and how it runs short of it.
 *
 * With PROCS_SLOW_MS in its environment the process sleeps so long after the compressdev library
 * has taken a slot, and before the driver goes on: what happens meanwhile in other processes is no
 * matter of chance.
 */

#include <stddef.h>
#include <stdint.h>

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
