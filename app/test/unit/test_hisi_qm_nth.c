/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * A life of a function in which the Nth call fails, for each N: calls of the transport, and those
 * of EAL and the kernel that may fail. Everything is given back, and the next life is as if nothing
 * had been.
 */

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_interrupts.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "hisi_qm_ring.h"
#include "test_hisi_qm_fake.h"

static struct {
	unsigned int calls; /**< so far */
	unsigned int nth;   /**< the one that fails; 0: none */
	bool for_good;      /**< and all behind it */
	int error;          /**< of the transport */
} plan;

static bool
fails(void)
{
	plan.calls++;
	return plan.nth != 0 &&
	       (plan.calls == plan.nth || (plan.for_good && plan.calls > plan.nth));
}

static int
strike(void)
{
	return fails() ? plan.error : 0;
}

#define WRAP(type, name, params, args, failed) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		return fails() ? (failed) : __real_##name args; \
	}

WRAP(const struct rte_memzone *, rte_memzone_reserve_aligned,
     (const char *name, size_t len, int socket, unsigned int flags, unsigned int align),
     (name, len, socket, flags, align), NULL)
WRAP(void *, rte_zmalloc_socket, (const char *type, size_t size, unsigned int align, int socket),
     (type, size, align, socket), NULL)
WRAP(void *, rte_calloc_socket,
     (const char *type, size_t nb, size_t size, unsigned int align, int socket),
     (type, nb, size, align, socket), NULL)
WRAP(struct rte_intr_handle *, rte_intr_instance_alloc, (uint32_t flags), (flags), NULL)
WRAP(int, rte_intr_callback_register,
     (const struct rte_intr_handle *intr, rte_intr_callback_fn cb, void *arg), (intr, cb, arg), -1)
WRAP(int, eventfd, (unsigned int count, int flags), (count, flags), (errno = EMFILE, -1))

/* The slow poll never comes: only what the test does is counted. */
int __wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg);

int
__wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg)
{
	(void)us;
	(void)callback;
	(void)arg;
	return fails() ? -ENOMEM : 0;
}

/* What must be the same before and after. */
struct belongings {
	unsigned int zones;
	unsigned int files;
	unsigned int blocks;
};

static void
count_zone(const struct rte_memzone *mz, void *arg)
{
	(void)mz;
	++*(unsigned int *)arg;
}

/* Of events: EAL's interrupt thread has an epoll descriptor that comes and goes. */
static unsigned int
count_files(void)
{
	DIR *files = opendir("/proc/self/fd");
	const struct dirent *file;
	unsigned int n = 0;

	assert_non_null(files);
	while ((file = readdir(files)) != NULL) {
		char name[32] = {0};

		if (readlinkat(dirfd(files), file->d_name, name, sizeof(name) - 1) > 0)
			n += strcmp(name, "anon_inode:[eventfd]") == 0;
	}
	closedir(files);
	return n;
}

static struct belongings
take_stock(void)
{
	struct rte_malloc_socket_stats stats;
	struct belongings have = {.files = count_files()};

	rte_memzone_walk(count_zone, &have.zones);
	for (int i = 0; i < RTE_MAX_NUMA_NODES; i++)
		if (rte_malloc_get_socket_stats(i, &stats) == 0)
			have.blocks += stats.alloc_count;
	return have;
}

static int
step(int *ret, int next)
{
	assert_true(next <= 0);
	if (*ret == 0)
		*ret = next;
	return next;
}

/* Queues of before the start and behind it, each stopped and started, and one released. */
static int
live_started(struct hisi_qm_dev *dev, struct hisi_qm_qp *early)
{
	struct hisi_qm_qp *qp = NULL;
	int ret = 0;

	if (step(&ret, hisi_qm_qp_create(dev, 1, HISI_QM_SQ_DECOMPRESS, 10, -1, &qp)) == 0) {
		assert_int_equal(qp->dead, 0);
		step(&ret, hisi_qm_qp_stop(qp));
		assert_int_not_equal(qp->dead, 0);
		step(&ret, hisi_qm_qp_start(qp));
		hisi_qm_sq_advance(qp);
		hisi_qm_sq_ring(qp, 1);
	}
	hisi_qm_dev_poll_events(dev);
	hisi_qm_qp_stop_quiet(early);
	assert_int_equal(early->dead, 1);
	hisi_qm_qp_release(early);
	return ret;
}

static int
live(struct hisi_qm_dev *dev)
{
	struct hisi_qm_qp *early = NULL;
	int ret = hisi_qm_dev_open(dev);

	assert_true(ret <= 0);
	if (ret != 0)
		return ret;
	step(&ret, hisi_qm_qp_create(dev, 0, HISI_QM_SQ_COMPRESS, 10, -1, &early));
	if (step(&ret, hisi_qm_dev_start(dev)) == 0 && early != NULL)
		step(&ret, live_started(dev, early));
	hisi_qm_dev_stop(dev);
	hisi_qm_dev_stop(dev);
	for (uint16_t i = 0; i < dev->nb_queues; i++)
		if (dev->queues[i] != NULL)
			assert_int_equal(dev->queues[i]->dead, 1);
	step(&ret, hisi_qm_dev_start(dev));
	hisi_qm_dev_close(dev);
	hisi_qm_dev_close(dev);
	return ret;
}

/* Another life on what the one before left of the structure. */
static void
live_well(struct fake *fake)
{
	plan.nth = 0;
	assert_int_equal(live(&fake->dev), 0);
	assert_int_equal(fake->dev.noisy, 0);
}

static void
run(struct fake *fake, bool for_good, int error)
{
	struct belongings before, after;
	unsigned int failed = 0, calls;

	fake->strike = strike;
	/* What EAL makes once, it has now. */
	live_well(fake);
	plan.calls = 0;
	live_well(fake);
	calls = plan.calls;
	assert_true(calls > 80);
	plan.for_good = for_good;
	plan.error = error;
	for (unsigned int nth = 1; nth <= calls; nth++) {
		before = take_stock();
		fake->nb_trace = 0;
		plan.calls = 0;
		plan.nth = nth;
		failed += live(&fake->dev) != 0;
		assert_false(fake->is_open);
		live_well(fake);
		after = take_stock();
		if (memcmp(&before, &after, sizeof(before)) != 0)
			fail_msg("call %u fails: zones %d, files %d, blocks %d more than before",
				 nth, (int)(after.zones - before.zones),
				 (int)(after.files - before.files),
				 (int)(after.blocks - before.blocks));
	}
	/* Some do not matter, such as taking an interrupt away or a queue that is released. */
	assert_true(failed > calls / 2);
}

static void
test_gone_for_good(void **state)
{
	run(*state, true, -ENODEV);
}

static void
test_gone_once(void **state)
{
	run(*state, false, -ENODEV);
}

static void
test_error_once(void **state)
{
	run(*state, false, -EIO);
}

static void
test_errors_for_good(void **state)
{
	run(*state, true, -EIO);
}

/* The same without STOP_QP and FLUSH_QM, as on V2. */
static void
test_error_once_by_dumps(void **state)
{
	struct fake *fake = *state;

	fake->caps[0] = 0x00006801;
	run(fake, false, -EIO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_gone_for_good), TEST(test_gone_once),           TEST(test_error_once),
		TEST(test_errors_for_good), TEST(test_error_once_by_dumps),
	};

	return cmocka_run_group_tests(tests, fake_eal_start, fake_eal_end);
}
