/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_bus_vdev.h>

#include "pmd_dev.h"
#include "pmd_log.h"
#include "pmd_model.h"

#define DRIVER_NAME "compress_hisi_zip_user"
#define XFORMS 64
#define STREAMS 16

struct pmd_dev pmd_dev;

static void
add_arg(char *args, size_t len, const char *text)
{
	size_t at = strlen(args);

	if (text != NULL && *text != '\0')
		snprintf(args + at, len - at, "%s%s", at > 0 ? "," : "", text);
}

void
pmd_dev_args(const char *more, char *args, size_t len)
{
	char text[PMD_PATH_MAX + 64];

	args[0] = '\0';
	if (pmd_env.transport == PMD_FOREIGN)
		return;
	if (pmd_env.generation == PMD_SW_ONLY) {
		add_arg(args, len, "sw=only");
		add_arg(args, len, pmd_env.devargs);
		return;
	}
	if (pmd_env.transport == PMD_PROCESS) {
		snprintf(text, sizeof(text), "path=%s",
			 pmd_env.socket != NULL ? pmd_env.socket : pmd_model.socket);
		add_arg(args, len, text);
	} else if (pmd_env.fault != NULL) {
		snprintf(text, sizeof(text), "faults=%s", pmd_env.fault);
		add_arg(args, len, text);
	}
	add_arg(args, len, pmd_env.shadow ? NULL : "shadow=off");
	if (pmd_env.generation != PMD_V3 && pmd_env.transport == PMD_EMBEDDED)
		add_arg(args, len, "hw=v2");
	if (pmd_env.generation == PMD_V2_HW)
		add_arg(args, len, "v2_inflate=hw");
	/*
	 * What is to be shown is the engine's work, unless a test says otherwise. A V2 engine does
	 * not decompress, or does what software has the last word on.
	 */
	if (pmd_env.generation == PMD_V3 && !pmd_env.software &&
	    (more == NULL || strstr(more, "sw=") == NULL))
		add_arg(args, len, "sw=off");
	add_arg(args, len, more);
	add_arg(args, len, pmd_env.devargs);
}

static int
start_model(const struct pmd_group *group)
{
	if (pmd_env.transport != PMD_PROCESS || pmd_env.socket != NULL)
		return 0;
	return pmd_model_start(group->model_args, group->queues);
}

int
pmd_dev_learn(const char *name)
{
	const struct rte_compressdev_capabilities *cap;
	int id = rte_compressdev_get_dev_id(name);

	if (id < 0)
		return -ENODEV;
	pmd_dev.id = (uint8_t)id;
	cap = rte_compressdev_capability_get(pmd_dev.id, RTE_COMP_ALGO_DEFLATE);
	if (cap != NULL) {
		pmd_dev.features = cap->comp_feature_flags;
		pmd_dev.window = cap->window_size;
	}
	return 0;
}

int
pmd_dev_attach(const char *more)
{
	char args[2 * PMD_PATH_MAX];
	int ret;

	pmd_dev_args(more, args, sizeof(args));
	if (pmd_env.transport == PMD_FOREIGN)
		snprintf(pmd_dev.name, sizeof(pmd_dev.name), "%s", pmd_env.foreign);
	else
		snprintf(pmd_dev.name, sizeof(pmd_dev.name), DRIVER_NAME "0");
	ret = rte_vdev_init(pmd_dev.name, args);
	if (ret != 0) {
		fprintf(stderr, "%s with \"%s\": %s\n", pmd_dev.name, args, strerror(-ret));
		return ret;
	}
	return pmd_dev_learn(pmd_dev.name);
}

int
pmd_dev_detach(void)
{
	int ret = rte_compressdev_close(pmd_dev.id);

	return ret != 0 ? ret : rte_vdev_uninit(pmd_dev.name);
}

int
pmd_dev_probe(const struct pmd_group *group)
{
	const bool embedded = pmd_env.transport == PMD_EMBEDDED;
	char more[PMD_PATH_MAX] = "";
	char queues[32];
	int ret = group->no_model ? 0 : start_model(group);

	pmd_env.software = group->software;
	if (ret != 0 || group->no_device)
		return ret;
	add_arg(more, sizeof(more), embedded ? group->devargs : NULL);
	if (embedded && group->queues > 0) {
		snprintf(queues, sizeof(queues), "queues=%u", group->queues);
		add_arg(more, sizeof(more), queues);
	}
	ret = pmd_dev_attach(more);
	if (ret != 0)
		fprintf(stderr, "[  FAILED  ] device_probe%s\n",
			ret == -ETIMEDOUT ? "_timed_out" : "");
	return ret;
}

void
pmd_dev_start(uint16_t queues, uint32_t depth)
{
	struct rte_compressdev_config config = {
		.socket_id = SOCKET_ID_ANY,
		.nb_queue_pairs = queues,
		.max_nb_priv_xforms = XFORMS,
		.max_nb_streams = STREAMS,
	};

	assert_int_equal(rte_compressdev_configure(pmd_dev.id, &config), 0);
	for (uint16_t i = 0; i < queues; i++)
		assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, i, depth,
								  SOCKET_ID_ANY), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	rte_compressdev_stats_reset(pmd_dev.id);
	pmd_dev.nb_queues = queues;
	pmd_dev.accepted_before = pmd_dev.accepted;
	pmd_dev.done_before = pmd_dev.done;
}

void
pmd_dev_stop(void)
{
	struct rte_compressdev_stats stats;

	assert_int_equal(rte_compressdev_stats_get(pmd_dev.id, &stats), 0);
	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(pmd_dev.accepted - pmd_dev.accepted_before,
			 pmd_dev.done - pmd_dev.done_before);
	assert_int_equal(stats.enqueued_count, pmd_dev.accepted - pmd_dev.accepted_before);
	assert_int_equal(stats.dequeued_count, pmd_dev.done - pmd_dev.done_before);
}

void *
pmd_xform_new(const struct rte_comp_xform *xform)
{
	void *handle = NULL;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, xform, &handle), 0);
	assert_non_null(handle);
	return handle;
}

void *
pmd_xform_compress(int level, int window, enum rte_comp_huffman huffman)
{
	struct rte_comp_xform xform =
		PMD_COMPRESS(DEFLATE, DEFAULT, level, (uint8_t)window, NONE, NONE);

	xform.compress.deflate.huffman = huffman;
	return pmd_xform_new(&xform);
}

void *
pmd_xform_decompress(int window)
{
	const struct rte_comp_xform xform = PMD_DECOMPRESS(DEFLATE, (uint8_t)window, NONE, NONE);

	return pmd_xform_new(&xform);
}

void
pmd_xform_free(void *xform)
{
	assert_int_equal(rte_compressdev_private_xform_free(pmd_dev.id, xform), 0);
}

static int
check_count(const char *what, int64_t got, uint64_t want)
{
	if (got == (int64_t)want)
		return 0;
	fprintf(stderr, "[  FAILED  ] model_did_every_op: %s %" PRId64 ", should be %" PRIu64 "\n",
		what, got, want);
	return 1;
}

int
pmd_dev_close(struct pmd_totals *totals)
{
	size_t mark = pmd_log_mark();
	int ret = rte_compressdev_close(pmd_dev.id);
	char line[512];

	if (ret != 0)
		return ret;
	if (PMD_LOG_FIND(mark, line, sizeof(line), pmd_dev.name, "ops hw ", "sq doorbells ") != 0 ||
	    sscanf(strstr(line, "ops hw "), "ops hw %llu, sw %llu", &totals->hw,
		   &totals->sw) != 2 ||
	    sscanf(strstr(line, "sq doorbells "), "sq doorbells %llu, cq doorbells %llu",
		   &totals->sq_doorbells, &totals->cq_doorbells) != 2) {
		fprintf(stderr, "no line \"ops hw N, sw N, ... doorbells N\" at close\n");
		return -ENOENT;
	}
	return 0;
}

/* What the driver says that its hardware did; all but what V2 leaves to software. */
static uint64_t engine_ops;

static int
check_totals(bool no_engine)
{
	struct pmd_totals totals;

	/* A device that is not configured closes without a word. */
	pmd_dev_start(1, 1);
	rte_compressdev_stop(pmd_dev.id);
	if (pmd_dev_close(&totals) != 0)
		return 1;
	engine_ops = totals.hw;
	if (pmd_env.generation == PMD_SW_ONLY)
		return check_count("ops by software", (int64_t)totals.sw, pmd_dev.accepted) |
		       check_count("ops by hardware", (int64_t)totals.hw, 0);
	if (no_engine && engine_ops == 0)
		return check_count("ops by hardware", 0, 1);
	if (pmd_env.generation == PMD_V2_SW || no_engine)
		return check_count("ops", (int64_t)(totals.hw + totals.sw), pmd_dev.accepted);
	return check_count("ops by hardware", (int64_t)totals.hw,
			   pmd_dev.accepted - pmd_dev.by_software) |
	       check_count("ops by software", (int64_t)totals.sw, pmd_dev.by_software);
}

static int
check_embedded_model(size_t mark)
{
	unsigned long long sqes;
	char line[512];

	if (PMD_LOG_FIND(mark, line, sizeof(line), pmd_dev.name, "sqes ") != 0 ||
	    sscanf(strstr(line, "sqes "), "sqes %llu", &sqes) != 1) {
		fprintf(stderr, "no line \"sqes N\" of the model\n");
		return 1;
	}
	return check_count("SQEs of the model", (int64_t)sqes, engine_ops);
}

/* What the model refused, and a driver that keeps to the rules does not do. */
static int
check_manners(bool dma_faults)
{
	static const char *const counters[] = {
		"dropped_doorbells", "other_dropped_doorbells", "illegal_accesses",
		"mailbox_failures",  "mailbox_ignored",	       "eqes_lost",
		"aeqes_lost",	     "dma_read_faults",	       "dma_write_faults",
	};
	const unsigned int nb = RTE_DIM(counters) - (dma_faults ? 2 : 0);
	char what[64];
	int bad = 0;

	for (unsigned int i = 0; i < nb; i++) {
		snprintf(what, sizeof(what), "%s of the model", counters[i]);
		bad |= check_count(what, pmd_model_stat(counters[i]), 0);
	}
	return bad;
}

static int
check_model_process(bool count, bool dma_faults)
{
	int bad = 0;

	if (pmd_model_stop() != 0) {
		fprintf(stderr, "[  FAILED  ] the_model_ends_well\n");
		bad = 1;
	}
	return !count ? bad :
		bad | check_manners(dma_faults) |
			check_count("SQEs of the model", pmd_model_stat("sqes"), engine_ops);
}

int
pmd_dev_finish(const struct pmd_group *group)
{
	const bool count = !group->no_count && !group->no_device &&
			   pmd_env.transport != PMD_FOREIGN;
	size_t mark = pmd_log_mark();
	int bad = 0;

	if (!group->no_device) {
		bad |= count ? check_totals(group->no_engine) : 0;
		bad |= check_count("result of the removal", pmd_dev_detach(), 0);
		printf("%s: %" PRIu64 " ops, back %" PRIu64 "\n", pmd_dev.name, pmd_dev.accepted,
		       pmd_dev.done);
	}
	if (count && pmd_env.transport == PMD_EMBEDDED && pmd_env.generation != PMD_SW_ONLY)
		bad |= check_embedded_model(mark);
	if (pmd_model.pid > 0)
		bad |= check_model_process(count && !group->model_dies, group->dma_faults);
	return bad;
}
