/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * hisi-zip-test-procs EAL-OPTIONS
 *
 * One process of suite procs, primary or secondary. It does what the lines of its input say, and
 * answers each with one line: "ok ..." or "error N". Between them it works, if it was told to.
 */

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bus_vdev_driver.h>
#include <rte_compressdev.h>
#include <rte_cycles.h>
#include <rte_eal.h>

#include "procs_faults.h"
#include "procs_work.h"

#define PROCS_MAX_WORDS 6

enum procs_mode {
	PROCS_IDLE,
	PROCS_ROUNDS, /**< all results are checked */
	PROCS_FLOOD,  /**< the queue is full all the time */
};

static struct {
	uint8_t dev;
	uint16_t qp;
	enum procs_mode mode;
	bool end;
} procs;

static int
do_configure(char **words, char *answer, size_t len)
{
	struct rte_compressdev_config config = {
		.socket_id = SOCKET_ID_ANY,
		.nb_queue_pairs = (uint16_t)atoi(words[1]),
		.max_nb_priv_xforms = 16,
		.max_nb_streams = 1,
	};

	(void)answer;
	(void)len;
	return rte_compressdev_configure(procs.dev, &config);
}

static int
do_setup(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	procs.qp = (uint16_t)atoi(words[1]);
	return rte_compressdev_queue_pair_setup(procs.dev, procs.qp, PROCS_DEPTH, SOCKET_ID_ANY);
}

static int
do_start(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	return rte_compressdev_start(procs.dev);
}

static int
do_stop(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	procs.mode = PROCS_IDLE;
	rte_compressdev_stop(procs.dev);
	return 0;
}

static int
do_close(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	return rte_compressdev_close(procs.dev);
}

static int
do_make_pools(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	return procs_pools_create(words[1]);
}

static int
do_free_pools(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	return procs_pools_free(words[1]);
}

/* open POOLS LENGTH */
static int
do_open(char **words, char *answer, size_t len)
{
	int ret = procs_pools_use(words[1]);

	(void)answer;
	(void)len;
	return ret != 0 ? ret : procs_work_open(procs.dev, (uint32_t)atoi(words[2]));
}

static int
do_shut(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	procs_work_close();
	return 0;
}

static int
do_work(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	procs.mode = strcmp(words[1], "rounds") == 0 ? PROCS_ROUNDS :
		     strcmp(words[1], "flood") == 0  ? PROCS_FLOOD :
						       PROCS_IDLE;
	if (procs.mode == PROCS_IDLE && procs_work_drain(procs.qp, 10000) != 0)
		return -EIO;
	return 0;
}

/* ops N: so many ops at once, unchecked */
static int
do_ops(char **words, char *answer, size_t len)
{
	uint64_t end = procs_counts.done + strtoull(words[1], NULL, 0);

	(void)answer;
	(void)len;
	while (procs_counts.done < end && procs_counts.errors == 0)
		procs_work_flood(procs.qp);
	return procs_work_drain(procs.qp, 10000) == 0 && procs_counts.errors == 0 ? 0 : -EIO;
}

static int
do_fill(char **words, char *answer, size_t len)
{
	snprintf(answer, len, "%u", procs_work_fill(procs.qp, (unsigned int)atoi(words[1])));
	return 0;
}

/* drain MS: what is missing, and how long it took in ms */
static int
do_drain(char **words, char *answer, size_t len)
{
	uint64_t start = rte_get_timer_cycles();
	unsigned int missing = procs_work_drain(procs.qp, (unsigned int)atoi(words[1]));

	snprintf(answer, len, "%u %" PRIu64, missing,
		 (rte_get_timer_cycles() - start) * 1000 / rte_get_timer_hz());
	return 0;
}

static int
do_counts(char **words, char *answer, size_t len)
{
	(void)words;
	snprintf(answer, len, "%" PRIu64 " %" PRIu64 " %" PRIu64, procs_counts.done,
		 procs_counts.errors, procs_counts.wrong);
	return 0;
}

/* forgive: errors that had to be are over */
static int
do_forgive(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	procs_counts.errors = 0;
	return 0;
}

static int
find_device(void)
{
	uint8_t ids[RTE_COMPRESS_MAX_DEVS];

	if (rte_compressdev_devices_get("compress_hisi_zip", ids, RTE_DIM(ids)) == 0)
		return -ENODEV;
	procs.dev = ids[0];
	return 0;
}

/* plug NAME ARGS */
static int
do_plug(char **words, char *answer, size_t len)
{
	int ret = rte_vdev_init(words[1], words[2]);

	(void)answer;
	(void)len;
	return ret != 0 ? ret : find_device();
}

static int
do_unplug(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	return rte_vdev_uninit(words[1]);
}

/* hotplug NAME ARGS, of the primary: in all processes */
static int
do_hotplug(char **words, char *answer, size_t len)
{
	int ret = rte_eal_hotplug_add("vdev", words[1], words[2]);

	(void)answer;
	(void)len;
	return ret != 0 ? ret : find_device();
}

static int
do_hotunplug(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	return rte_eal_hotplug_remove("vdev", words[1]);
}

static int
do_find(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	return find_device();
}

/* use ID: of the devices that there are */
static int
do_use(char **words, char *answer, size_t len)
{
	(void)answer;
	(void)len;
	procs.dev = (uint8_t)atoi(words[1]);
	return procs.dev < rte_compressdev_count() ? 0 : -ENODEV;
}

static int
do_quit(char **words, char *answer, size_t len)
{
	(void)words;
	(void)answer;
	(void)len;
	procs.end = true;
	return 0;
}

static const struct procs_command commands[] = {
	{"configure", 2, do_configure}, {"setup", 2, do_setup},
	{"start", 1, do_start},         {"stop", 1, do_stop},
	{"close", 1, do_close},         {"pools", 2, do_make_pools},
	{"free-pools", 2, do_free_pools}, {"open", 3, do_open},
	{"shut", 1, do_shut},           {"work", 2, do_work},
	{"ops", 2, do_ops},             {"fill", 2, do_fill},
	{"drain", 2, do_drain},         {"counts", 1, do_counts},
	{"plug", 3, do_plug},
	{"unplug", 2, do_unplug},       {"hotplug", 3, do_hotplug},
	{"hotunplug", 2, do_hotunplug}, {"find", 1, do_find},
	{"quit", 1, do_quit},           {"forgive", 1, do_forgive},
	{"use", 2, do_use},
};

static void
answer_line(char *line)
{
	char *words[PROCS_MAX_WORDS] = {NULL};
	char answer[256] = "";
	char *rest = NULL;
	int nb = 0, ret = -EINVAL;

	for (char *word = strtok_r(line, " \n", &rest); word != NULL && nb < PROCS_MAX_WORDS;
	     word = strtok_r(NULL, " \n", &rest))
		words[nb++] = word;
	for (size_t i = 0; nb != 0 && i < RTE_DIM(commands) + procs_nb_faults; i++) {
		const struct procs_command *command = i < RTE_DIM(commands) ?
			&commands[i] : &procs_faults[i - RTE_DIM(commands)];

		if (strcmp(command->name, words[0]) == 0 && command->nb_words == nb)
			ret = command->run(words, answer, sizeof(answer));
	}
	if (ret == 0)
		printf("= ok %s\n", answer);
	else
		printf("= error %d\n", ret);
}

static void
serve(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char line[512];

	while (!procs.end) {
		if (poll(&in, 1, procs.mode == PROCS_IDLE ? -1 : 0) > 0) {
			if (fgets(line, sizeof(line), stdin) == NULL)
				return;
			answer_line(line);
		}
		if (procs.mode == PROCS_FLOOD)
			procs_work_flood(procs.qp);
		else if (procs.mode == PROCS_ROUNDS && procs_work_round(procs.qp) != 0)
			procs.mode = PROCS_IDLE;
	}
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	/* One line at a time, or poll() would not see the next. */
	setvbuf(stdin, NULL, _IONBF, 0);
	if (rte_eal_init(argc, argv) < 0) {
		printf("= error EAL does not start\n");
		return 1;
	}
	find_device();
	printf("= ok ready\n");
	serve();
	rte_eal_cleanup();
	return 0;
}
