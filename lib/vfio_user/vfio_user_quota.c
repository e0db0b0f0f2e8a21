/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "vfio_user_quota.h"

/* Half of what a process has at least on x86-64 and arm64. */
#define ALL_BYTES ((uint64_t)64 << 40)
/* Where the kernel does not say: its default. */
#define DEFAULT_MAX_MAPPINGS 65530

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct vfio_user_quota taken;
static uint64_t all_mappings; /* 0: not looked up yet */

/* One eighth is for the process itself. */
static uint64_t
find_all_mappings(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long max;

	if (!file || fscanf(file, "%lu", &max) != 1)
		max = DEFAULT_MAX_MAPPINGS;
	if (file)
		fclose(file);
	return max - max / 8;
}

/* Whether a client that has `own` of the `used` may have `more`. */
static bool
fair(uint64_t own, uint64_t used, uint64_t all, uint64_t more)
{
	uint64_t others = used - own;
	uint64_t left = all > others ? all - others : 0;
	uint64_t most = left - left / 4;

	return own <= most && more <= most - own;
}

int
vfio_user_quota_take(struct vfio_user_quota *own, uint64_t bytes)
{
	int ret = -ENOSPC;

	pthread_mutex_lock(&lock);
	if (!all_mappings)
		all_mappings = find_all_mappings();
	if (fair(own->bytes, taken.bytes, ALL_BYTES, bytes) &&
	    fair(own->mappings, taken.mappings, all_mappings, 1)) {
		own->bytes += bytes;
		own->mappings++;
		taken.bytes += bytes;
		taken.mappings++;
		ret = 0;
	}
	pthread_mutex_unlock(&lock);
	return ret;
}

void
vfio_user_quota_give(struct vfio_user_quota *own, uint64_t bytes)
{
	pthread_mutex_lock(&lock);
	own->bytes -= bytes;
	own->mappings--;
	taken.bytes -= bytes;
	taken.mappings--;
	pthread_mutex_unlock(&lock);
}
