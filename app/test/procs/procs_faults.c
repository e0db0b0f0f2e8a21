/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include <dev_driver.h>
#include <rte_alarm.h>
#include <rte_compressdev_pmd.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_string_fns.h>

#include "hisi_zip_mp.h"
#include "procs_faults.h"

/* EAL allows a process as many as the system does: too many to take each of them. */
#define PROCS_MAX_FDS 4096

/* The compressdev library has taken a slot, and the driver has not gone on. */
#define PROCS_SLOW_SLOT "PROCS_SLOW_SLOT"
/* The primary has answered a request, and the driver has not seen it. */
#define PROCS_SLOW_ANSWER "PROCS_SLOW_ANSWER"
/* Instead: there is no memory for alarms. */
#define PROCS_NO_ALARM "PROCS_NO_ALARM"

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

/*
 * usage: elements of DPDK's heap, memory zones, descriptors, maps, KiB resident. Not the heap's
 * bytes: an element takes along what is left of a free one if nothing else would fit there.
 */
static int
do_usage(char **words, char *answer, size_t len)
{
	struct rte_malloc_socket_stats stats;
	unsigned int elements = 0, zones = 0;
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	(void)words;
	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++)
		if (rte_malloc_get_socket_stats(socket, &stats) == 0)
			elements += stats.alloc_count;
	rte_memzone_walk(count_zone, &zones);
	if (file != NULL) {
		if (fscanf(file, "%*d %ld", &pages) != 1)
			pages = 0;
		fclose(file);
	}
	snprintf(answer, len, "%u %u %u %u %ld", elements, zones, count_entries("/proc/self/fd"),
		 count_maps(), pages * (sysconf(_SC_PAGESIZE) / 1024));
	return 0;
}

/* Descriptors that keep all others away. */
static int starving[PROCS_MAX_FDS];
static unsigned int nb_starving;
static struct rlimit fed;

/* starve: no descriptor is left */
static int
do_starve(char **words, char *answer, size_t len)
{
	struct rlimit few;

	(void)words;
	(void)answer;
	(void)len;
	if (getrlimit(RLIMIT_NOFILE, &fed) != 0)
		return -errno;
	few = fed;
	few.rlim_cur = RTE_MIN(fed.rlim_cur, (rlim_t)PROCS_MAX_FDS);
	if (setrlimit(RLIMIT_NOFILE, &few) != 0)
		return -errno;
	while (nb_starving < PROCS_MAX_FDS) {
		int fd = dup(STDIN_FILENO);

		if (fd < 0)
			break;
		starving[nb_starving++] = fd;
	}
	return 0;
}

/* feed: there are some again */
static int
do_feed(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	while (nb_starving != 0)
		close(starving[--nb_starving]);
	return setrlimit(RLIMIT_NOFILE, &fed) != 0 ? -errno : 0;
}

/* forge DEVICE PID START QP: gives a queue pair back in the name of another process */
static int
do_forge(char **words, char *answer, size_t len)
{
	struct hisi_zip_mp_msg msg = {
		.type = HISI_ZIP_MP_QP_RELEASE,
		.layout = hisi_zip_mp_layout(),
		.from = {.start = strtoull(words[3], NULL, 0), .pid = (uint32_t)atoi(words[2])},
		.sequence = UINT32_MAX,
		.qp_id = (uint16_t)atoi(words[4]),
	};
	const struct timespec wait = {.tv_sec = 10};
	struct rte_mp_msg request = {.len_param = sizeof(msg)};
	struct rte_mp_reply reply = {0};
	int ret;

	(void)answer;
	(void)len;
	strlcpy(msg.device, words[1], sizeof(msg.device));
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
int __wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg);
int __real_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg);

static int deaf;

int
__wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg)
{
	return getenv(PROCS_NO_ALARM) != NULL ? -ENOMEM :
						__real_rte_eal_alarm_set(us, callback, arg);
}

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
	bool ours = strcmp(request->name, HISI_ZIP_MP_NAME) == 0;
	int ret;

	if (ours && deaf == 1) {
		rte_errno = ETIMEDOUT;
		return -1;
	}
	ret = __real_rte_mp_request_sync(request, reply, wait);
	if (ours && deaf == 2) {
		free(reply->msgs);
		*reply = (struct rte_mp_reply){0};
		rte_errno = ETIMEDOUT;
		return -1;
	}
	if (ours)
		dawdle(PROCS_SLOW_ANSWER);
	return ret;
}

/*
 * deaf 0|1|2: whether requests get no answer. With 1 they are not sent either, and do not wait for
 * it; with 2 the primary does what they ask for.
 */
static int
do_deaf(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	deaf = atoi(words[1]);
	return 0;
}

/* dawdle MS: so long with each answer of the primary */
static int
do_dawdle(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	return setenv(PROCS_SLOW_ANSWER, words[1], 1) != 0 ? -errno : 0;
}

/* foreign NAME: makes a device of another driver that other processes do not have */
static int
do_foreign(char **words, char *answer, size_t len)
{
	static struct rte_driver driver = {.name = "foreign"};
	static struct rte_device device = {.name = "foreign", .driver = &driver};
	struct rte_compressdev_pmd_init_params params = {.socket_id = SOCKET_ID_ANY};
	struct rte_compressdev *cdev = rte_compressdev_pmd_create(words[1], &device, 1, &params);

	(void)answer;
	(void)len;
	if (cdev == NULL)
		return -ENODEV;
	cdev->data->dev_started = 1;
	return 0;
}

/* state NAME: whether the library has that device started */
static int
do_state(char **words, char *answer, size_t len)
{
	const struct rte_compressdev *cdev = rte_compressdev_pmd_get_named_dev(words[1]);

	if (cdev == NULL)
		return -ENODEV;
	snprintf(answer, len, "%s", cdev->data->dev_started ? "started" : "stopped");
	return 0;
}

const struct procs_command procs_faults[] = {
	{"usage", 1, do_usage},     {"state", 2, do_state}, {"starve", 1, do_starve},
	{"feed", 1, do_feed},       {"forge", 5, do_forge}, {"dawdle", 2, do_dawdle},
	{"foreign", 2, do_foreign}, {"deaf", 2, do_deaf},
};
const size_t procs_nb_faults = RTE_DIM(procs_faults);
