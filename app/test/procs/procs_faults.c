/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <dev_driver.h>
#include <rte_compressdev_pmd.h>
#include <rte_cycles.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "procs_faults.h"

static unsigned int
count_entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int nb = 0;

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		nb++;
	closedir(dir);
	return nb;
}

static unsigned int
count_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned int nb = 0;
	int c;

	if (file == NULL)
		return 0;
	while ((c = fgetc(file)) != EOF)
		nb += c == '\n';
	fclose(file);
	return nb;
}

static void
count_zone(const struct rte_memzone *zone, void *nb)
{
	(void)zone;
	(*(unsigned int *)nb)++;
}

void
procs_usage(char *text, size_t len)
{
	struct rte_malloc_socket_stats stats;
	unsigned int zones = 0;
	size_t bytes = 0;
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++)
		if (rte_malloc_get_socket_stats(socket, &stats) == 0)
			bytes += stats.heap_allocsz_bytes;
	rte_memzone_walk(count_zone, &zones);
	if (file != NULL) {
		if (fscanf(file, "%*d %ld", &pages) != 1)
			pages = 0;
		fclose(file);
	}
	snprintf(text, len, "%zu %u %u %u %ld", bytes, zones, count_entries("/proc/self/fd"),
		 count_maps(), pages * (sysconf(_SC_PAGESIZE) / 1024));
}

typedef struct rte_compressdev *(*create_fn)(const char *name, struct rte_device *device,
					     size_t size,
					     struct rte_compressdev_pmd_init_params *params);

/* In front of the library's. */
struct rte_compressdev *
rte_compressdev_pmd_create(const char *name, struct rte_device *device, size_t size,
			   struct rte_compressdev_pmd_init_params *params)
{
	create_fn create = (create_fn)(uintptr_t)dlsym(RTLD_NEXT, __func__);
	const char *slow = getenv("PROCS_SLOW_MS");
	struct rte_compressdev *cdev;

	if (create == NULL)
		return NULL;
	cdev = create(name, device, size, params);
	if (slow != NULL)
		rte_delay_us_sleep((unsigned int)atoi(slow) * 1000);
	return cdev;
}

int
procs_foreign(const char *name)
{
	static struct rte_driver driver = {.name = "foreign"};
	static struct rte_device device = {.name = "foreign", .driver = &driver};
	struct rte_compressdev_pmd_init_params params = {.socket_id = SOCKET_ID_ANY};
	struct rte_compressdev *cdev = rte_compressdev_pmd_create(name, &device, 1, &params);

	if (cdev == NULL)
		return -ENODEV;
	cdev->data->dev_started = 1;
	return 0;
}
