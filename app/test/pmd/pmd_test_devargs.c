/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_version.h>

#include "pmd_case.h"
#include "pmd_log.h"
#include "pmd_model.h"

#define NAME "compress_hisi_zip_user7"
#define OTHER "compress_hisi_zip_user8"

/* Arguments that fail the probe, and what the message must hold beside the device's name. */
struct wrong {
	const char *args;
	const char *what;
	const char *valid;
};

static const struct wrong of_any[] = {
	{"colour=red", "colour", "path"},
	{"colour=red", "colour", "max_sge"},
	{"hw=v9", "hw", "v3"},
	{"hw=", "hw", "v3"},
	{"max_sge=0", "max_sge", "1 "},
	{"max_sge=-1", "max_sge", "1 "},
	{"max_sge=70000", "max_sge", "65280"},
	{"max_sge=12x", "max_sge", "65280"},
	{"max_sge=99999999999999999999", "max_sge", "65280"},
	{"shadow=maybe", "shadow", "on, off"},
	{"v2_inflate=maybe", "v2_inflate", "sw, hw"},
	{"sw=maybe", "sw", "on, off"},
	{"sw=only,queues=8", "queues", "sw=only"},
	{"path=/nowhere,sw=only", "path", "sw=only"},
	{"sw=only,shadow=off", "shadow", "sw=only"},
	{"sw=only,max_sge=0", "max_sge", "65280"},
	{"vf_queues=4", "vf_queues", "4:128"},
	{"vf_queues=64:1", "vf_queues", "4:128"},
	{"vf_queues=1:", "vf_queues", "4:128"},
	{"vf_queues=1:1025", "vf_queues", "4:128"},
	{"vf_queues=1:2", "vf_queues", "physical"},
	{"shadow=on,shadow=off", "shadow", "once"},
	{"path=", "path", "valid"},
};

static const struct wrong of_embedded[] = {
	{"queues=0", "queues", "1024"},
	{"queues=1", "queues", "1024"},
	{"queues=3", "queues", "even"},
	{"queues=1026", "queues", "1024"},
	{"engine=warp", "engine", "isal, zlib, null"},
	{"level=4", "level", "0 to 3"},
	{"engine=zlib,level=10", "level", "9"},
	{"lz4=1", "lz4", "on, off"},
	{"hw=v2,lz4=on", "lz4", "hw=v2"},
#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
	{"lz4=on", "lz4", "23.03"},
#endif
	{"workers=0", "workers", "1"},
	{"workers=65", "workers", "64"},
	{"pace_ns=-5", "pace_ns", "0"},
	{"pace_ns=1000000001", "pace_ns", "1000000000"},
	{"cores=x", "cores", "valid"},
	{"cores=1023", "cores=1023", "may use"},
	{"faults=gremlins", "faults", "wrong-phase"},
	{"faults=gremlins", "faults", "ras"},
};

/* What this process holds that a failed probe has to give back. */
struct held {
	unsigned int files, threads, zones, blocks;
};

/* But for the descriptor of EAL's interrupt thread, which comes and goes. */
static unsigned int
count_entries(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	unsigned int nb = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char target[64] = "";

		if (readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1) < 0 ||
		    strcmp(target, "anon_inode:[eventpoll]") != 0)
			nb++;
	}
	closedir(dir);
	return nb;
}

static void
count_zone(const struct rte_memzone *zone, void *nb)
{
	(void)zone;
	++*(unsigned int *)nb;
}

static struct held
look_held(void)
{
	struct held held = {count_entries("/proc/self/fd"), count_entries("/proc/self/task"), 0, 0};
	struct rte_malloc_socket_stats stats;

	rte_memzone_walk(count_zone, &held.zones);
	for (unsigned int i = 0; i < RTE_MAX_NUMA_NODES; i++)
		if (rte_malloc_get_socket_stats((int)i, &stats) == 0)
			held.blocks += stats.alloc_count;
	return held;
}

/*
 * Twice: what the first failure may make for all devices is there in the second. What is left is
 * left each time, whereas the kernel shows a thread that has ended, by chance, for a moment.
 */
static void
expect_failure(const struct wrong *wrong)
{
	struct held before = {0}, after = {0};
	size_t mark = 0;

	print_message("  %s\n", wrong->args);
	for (int i = 0; i < 2 || (i < 6 && memcmp(&before, &after, sizeof(before)) != 0); i++) {
		mark = pmd_log_mark();
		before = look_held();
		assert_true(rte_vdev_init(NAME, wrong->args) < 0);
		after = look_held();
	}
	assert_true(PMD_LOG_COUNT(mark, NAME, wrong->what, wrong->valid) >= 1);
	assert_true(rte_compressdev_get_dev_id(NAME) < 0);
	assert_int_equal(after.files, before.files);
	assert_int_equal(after.threads, before.threads);
	assert_int_equal(after.zones, before.zones);
	assert_int_equal(after.blocks, before.blocks);
}

static void
wrong_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(of_any) / sizeof(of_any[0]); i++)
		expect_failure(&of_any[i]);
}

static void
wrong_ones_of_the_embedded_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(of_embedded) / sizeof(of_embedded[0]); i++)
		expect_failure(&of_embedded[i]);
}

/* Arguments of the embedded model say nothing to a model elsewhere. */
static void
not_with_a_path(void **state)
{
	static const struct wrong wrong = {"path=/nowhere,engine=null", "engine", "path"};

	(void)state;
	expect_failure(&wrong);
}

static void
paths_without_a_model(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct wrong wrong = {.what = "", .valid = ""};
	char args[256];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	wrong.args = "path=/nonexistent/model.sock";
	expect_failure(&wrong);
	wrong.args = "path=/etc/passwd";
	expect_failure(&wrong);
	memset(args, 'x', sizeof(args));
	memcpy(args, "path=/", 6);
	args[sizeof(args) - 1] = '\0';
	wrong.args = args;
	expect_failure(&wrong);
	/* Bound, but no one listens. */
	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/deaf.sock", pmd_env.dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	snprintf(args, sizeof(args), "path=%s", address.sun_path);
	expect_failure(&wrong);
	close(fd);
}

static void
run_one(const char *args)
{
	void *state = NULL;
	struct pmd_case *c;
	uint8_t *plain = pmd_data_new(5000);

	print_message("  %s\n", args);
	assert_int_equal(rte_vdev_init(NAME, args), 0);
	pmd_dev.id = (uint8_t)rte_compressdev_get_dev_id(NAME);
	pmd_case_open(&state);
	c = state;
	pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 5000);
	pmd_case_inflate(c, &pmd_zlib_usual, plain, 5000);
	pmd_batch_run(&c->batch, 0, 2);
	pmd_case_close(&state);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	free(plain);
}

/* Valid ones, on a device that is probed again and again. */
static void
right_ones(void **state)
{
	static const char *const args[] = {
		"", "hw=v3", "shadow=off", "max_sge=255", "queues=2", "engine=zlib,level=9",
		"level=3", "workers=2,cores=0", "pace_ns=1000", "sw=only", "max_sge=300,sw=only",
		"lz4=off",
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
		"lz4=on",
#endif
	};

	(void)state;
	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		run_one(args[i]);
}

static void
right_ones_of_a_process(void **state)
{
	const char *const more[] = {
		NULL, "shadow=off", "max_sge=300", pmd_env.generation == PMD_V3 ? "hw=v3" : "hw=v2",
	};
	char args[2 * PMD_PATH_MAX];

	(void)state;
	if (pmd_env.transport != PMD_PROCESS)
		skip();
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		pmd_dev_args(more[i], args, sizeof(args));
		run_one(args);
	}
}

/* What a model elsewhere is shows when it is there. */
static void
another_generation_of_a_process(void **state)
{
	const bool v3 = pmd_env.generation == PMD_V3;
	char args[2 * PMD_PATH_MAX];
	struct wrong wrong = {args, "'hw'", v3 ? "valid is v3" : "valid is v2"};

	(void)state;
	if (pmd_env.transport != PMD_PROCESS)
		skip();
	pmd_dev_args(v3 ? "hw=v2" : "hw=v3", args, sizeof(args));
	expect_failure(&wrong);
	/* The function was given back. */
	pmd_dev_args(NULL, args, sizeof(args));
	run_one(args);
}

/* One application has a function. */
static void
a_process_in_use(void **state)
{
	char args[2 * PMD_PATH_MAX];
	struct wrong wrong = {args, "another application", ""};

	(void)state;
	if (pmd_env.transport != PMD_PROCESS)
		skip();
	pmd_dev_args(NULL, args, sizeof(args));
	assert_int_equal(rte_vdev_init(OTHER, args), 0);
	expect_failure(&wrong);
	assert_int_equal(rte_vdev_uninit(OTHER), 0);
}

/* The library takes no id that is not below the number of devices. */
static void
removed_in_any_order(void **state)
{
	static const char *const names[] = {NAME, OTHER};

	(void)state;
	for (int first = 0; first < 2; first++) {
		size_t mark = pmd_log_mark();

		assert_int_equal(rte_vdev_init(NAME, ""), 0);
		assert_int_equal(rte_vdev_init(OTHER, ""), 0);
		pmd_dev.id = (uint8_t)rte_compressdev_get_dev_id(names[!first]);
		pmd_dev_start(2, 32);
		assert_int_equal(rte_vdev_uninit(names[first]), 0);
		assert_int_equal(rte_vdev_uninit(names[!first]), 0);
		assert_true(rte_compressdev_get_dev_id(names[!first]) < 0);
		/* Its queue pairs and its model are gone, too. */
		assert_int_equal(PMD_LOG_COUNT(mark, names[!first], "ops hw 0"), 1);
		assert_int_equal(PMD_LOG_COUNT(mark, names[!first], "embedded model: sqes 0"), 1);
	}
	run_one("");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(wrong_ones),
	cmocka_unit_test(wrong_ones_of_the_embedded_model),
	cmocka_unit_test(not_with_a_path),
	cmocka_unit_test(paths_without_a_model),
	cmocka_unit_test(right_ones),
	cmocka_unit_test(right_ones_of_a_process),
	cmocka_unit_test(another_generation_of_a_process),
	cmocka_unit_test(a_process_in_use),
	cmocka_unit_test(removed_in_any_order),
};

const struct pmd_group pmd_group_devargs = {
	.name = "devargs",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.no_device = true,
};
