/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * A life of a function in which the Nth call fails, for each N: calls of the transport, and those
 * of EAL and the kernel that may fail. Everything is given back, and the next life is as if nothing
 * had been. On the fake transport, on the embedded model, and on a model's process: the path of the
 * program is the argument.
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
#include "hisi_qm_transport.h"
#include "model_process.h"
#include "test_hisi_qm_fake.h"

struct vfio_user_client;
struct vfio_user_call;

static const char *program;

static struct {
	unsigned int calls; /**< so far */
	unsigned int nth;   /**< the one that fails; 0: none */
	bool for_good;      /**< and all behind it */
	int error;          /**< of the transport, and what a client gets from a model */
	bool hang_up;       /**< instead: the client is dead then */
} plan;

/* Calls of the test's own thread count: not those of engines and of EAL. */
static _Thread_local bool counted;

static bool
fails(void)
{
	if (!counted)
		return false;
	plan.calls++;
	return plan.nth != 0 &&
	       (plan.calls == plan.nth || (plan.for_good && plan.calls > plan.nth));
}

static int
strike(void)
{
	return fails() ? plan.error : 0;
}

void vfio_user_client_shutdown(struct vfio_user_client *client);

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

WRAP(void *, calloc, (size_t nb, size_t size), (nb, size), NULL)
WRAP(int, epoll_create1, (int flags), (flags), (errno = EMFILE, -1))
WRAP(int, memfd_create, (const char *name, unsigned int flags), (name, flags), (errno = EMFILE, -1))
WRAP(int, vfio_user_client_connect,
     (const char *path, unsigned int ms, struct vfio_user_client **out), (path, ms, out),
     -ECONNREFUSED)

static int
client_error(struct vfio_user_client *client)
{
	if (!plan.hang_up)
		return plan.error;
	vfio_user_client_shutdown(client);
	return -ENOTCONN;
}

#define CLIENT_PARAMS (struct vfio_user_client * client, const struct vfio_user_call *call)
WRAP(int, vfio_user_client_do, CLIENT_PARAMS, (client, call), client_error(client))
WRAP(int, vfio_user_client_call, CLIENT_PARAMS, (client, call), client_error(client))

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
live_well(struct hisi_qm_dev *dev)
{
	plan.nth = 0;
	assert_int_equal(live(dev), 0);
	assert_int_equal(dev->noisy, 0);
}

static void
run_dev(struct hisi_qm_dev *dev, bool for_good, int error)
{
	struct belongings before, after;
	unsigned int failed = 0, struck = 0, calls;

	/* What EAL makes once, it has now. */
	live_well(dev);
	plan.calls = 0;
	live_well(dev);
	calls = plan.calls;
	plan.for_good = for_good;
	plan.error = error;
	for (unsigned int nth = 1; nth <= calls; nth++) {
		before = take_stock();
		plan.calls = 0;
		plan.nth = nth;
		failed += live(dev) != 0;
		/* A model that is slow is asked more often, in one life and not in another. */
		struck += plan.calls >= nth;
		live_well(dev);
		after = take_stock();
		if (memcmp(&before, &after, sizeof(before)) != 0)
			fail_msg("call %u fails: zones %d, files %d, blocks %d more than before",
				 nth, (int)(after.zones - before.zones),
				 (int)(after.files - before.files),
				 (int)(after.blocks - before.blocks));
	}
	/* Some do not matter, such as taking an interrupt away or a queue that is released. */
	assert_true(struck > 10 && failed > struck / 2);
}

static void
run(struct fake *fake, bool for_good, int error)
{
	fake->strike = strike;
	run_dev(&fake->dev, for_good, error);
	assert_false(fake->is_open);
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

static void
test_embedded(void **state)
{
	const struct hisi_qm_emu_args args = {
		.hw = 0x30, .queues = 8, .level = 1, .workers = 1, .shadow = true, .cores = "0",
	};
	struct hisi_qm_dev dev = {.name = "embedded", .ops = &hisi_qm_transport_emu, .args = &args};

	(void)state;
	run_dev(&dev, false, 0);
}

/* Each message to a model's process: answered by an error, or by a hang-up. */
static void
run_process(bool hang_up)
{
	static const char *const options[] = {NULL};
	struct model_process model = {0};
	const struct hisi_qm_vfio_user_args args = {.path = model.sockets[0], .shadow = true};
	struct hisi_qm_dev dev = {.name = "process", .ops = &hisi_qm_transport_vfio_user,
				  .args = &args};

	model_process_start(&model, program, options);
	plan.hang_up = hang_up;
	run_dev(&dev, false, -EINVAL);
	model_process_stop(&model);
}

static void
test_process_errors(void **state)
{
	(void)state;
	run_process(false);
}

static void
test_process_hangs_up(void **state)
{
	(void)state;
	run_process(true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_gone_for_good), TEST(test_gone_once),           TEST(test_error_once),
		TEST(test_errors_for_good), TEST(test_error_once_by_dumps),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_process_errors),
		cmocka_unit_test(test_process_hangs_up),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	counted = true;

	return cmocka_run_group_tests(tests, fake_eal_start, fake_eal_end);
}
