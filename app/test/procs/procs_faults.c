/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dev_driver.h>
#include <rte_compressdev_pmd.h>
#include <rte_cycles.h>
#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_string_fns.h>

#include "hisi_zip_mp.h"
#include "procs_faults.h"

#define PROCS_MAX_FDS 65536

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

/* Descriptors that keep all others away. */
static int starving[PROCS_MAX_FDS];
static unsigned int nb_starving;

void
procs_starve(void)
{
	while (nb_starving < PROCS_MAX_FDS) {
		int fd = dup(STDIN_FILENO);

		if (fd < 0)
			return;
		starving[nb_starving++] = fd;
	}
}

void
procs_feed(void)
{
	while (nb_starving != 0)
		close(starving[--nb_starving]);
}

int
procs_forge(const char *device, uint32_t pid, uint64_t start, uint16_t qp_id)
{
	struct hisi_zip_mp_msg msg = {
		.type = HISI_ZIP_MP_QP_RELEASE,
		.layout = hisi_zip_mp_layout(),
		.from = {.start = start, .pid = pid},
		.sequence = UINT32_MAX,
		.qp_id = qp_id,
	};
	const struct timespec wait = {.tv_sec = 10};
	struct rte_mp_msg request = {.len_param = sizeof(msg)};
	struct rte_mp_reply reply = {0};
	int ret;

	strlcpy(msg.device, device, sizeof(msg.device));
	strlcpy(request.name, HISI_ZIP_MP_NAME, sizeof(request.name));
	memcpy(request.param, &msg, sizeof(msg));
	ret = rte_mp_request_sync(&request, &reply, &wait);
	if (ret == 0 && reply.nb_received == 1)
		memcpy(&msg, reply.msgs[0].param, sizeof(msg));
	ret = ret == 0 && reply.nb_received == 1 ? msg.result : -ETIMEDOUT;
	free(reply.msgs);
	return ret;
}

/* The linker puts "__wrap" in front of functions of DPDK, which "__real" calls. */
struct rte_compressdev *__wrap_rte_compressdev_pmd_create(
	const char *name, struct rte_device *device, size_t size,
	struct rte_compressdev_pmd_init_params *params);
struct rte_compressdev *__real_rte_compressdev_pmd_create(
	const char *name, struct rte_device *device, size_t size,
	struct rte_compressdev_pmd_init_params *params);
int __wrap_rte_mp_request_sync(struct rte_mp_msg *request, struct rte_mp_reply *reply,
			       const struct timespec *wait);
int __real_rte_mp_request_sync(struct rte_mp_msg *request, struct rte_mp_reply *reply,
			       const struct timespec *wait);

static void
dawdle(const char *variable)
{
	const char *ms = getenv(variable);

	if (ms == NULL)
		return;
	fprintf(stderr, "%s\n", variable);
	rte_delay_us_sleep((unsigned int)atoi(ms) * 1000);
}

struct rte_compressdev *
__wrap_rte_compressdev_pmd_create(const char *name, struct rte_device *device, size_t size,
				  struct rte_compressdev_pmd_init_params *params)
{
	struct rte_compressdev *cdev;

	cdev = __real_rte_compressdev_pmd_create(name, device, size, params);
	dawdle(PROCS_SLOW_SLOT);
	return cdev;
}

int
__wrap_rte_mp_request_sync(struct rte_mp_msg *request, struct rte_mp_reply *reply,
			   const struct timespec *wait)
{
	int ret = __real_rte_mp_request_sync(request, reply, wait);

	if (strcmp(request->name, HISI_ZIP_MP_NAME) == 0)
		dawdle(PROCS_SLOW_ANSWER);
	return ret;
}

int
procs_dawdle(const char *ms)
{
	return setenv(PROCS_SLOW_ANSWER, ms, 1) != 0 ? -errno : 0;
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
