/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The QM layer on a model's process: the path of the program is the argument. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <rte_memory.h>

#include "model_process.h"
#include "hisi_qm_pci.h"
#include "hisi_qm_transport.h"
#include "test_hisi_qm_traffic.h"
#include "vfio_user_client.h"

static const char *program;

struct remote {
	struct hisi_qm_dev dev;
	struct hisi_qm_vfio_user_args args;
	struct model_process model;
	unsigned int losses;
};

static void
on_loss(struct hisi_qm_dev *dev, struct hisi_qm_qp *qp)
{
	struct remote *remote = dev->owner;

	(void)qp;
	__atomic_fetch_add(&remote->losses, 1, __ATOMIC_RELAXED);
}

static void
make(struct remote *remote, unsigned int socket)
{
	memset(&remote->dev, 0, sizeof(remote->dev));
	remote->args.path = remote->model.sockets[socket];
	remote->args.shadow = true;
	snprintf(remote->dev.name, sizeof(remote->dev.name), "remote%u", socket);
	remote->dev.ops = &hisi_qm_transport_vfio_user;
	remote->dev.args = &remote->args;
	remote->dev.numa_node = -1;
	remote->dev.owner = remote;
	remote->dev.on_loss = on_loss;
}

static struct remote *
start_model(const char *const *options)
{
	struct remote *remote = calloc(1, sizeof(*remote));

	assert_non_null(remote);
	model_process_start(&remote->model, program, options);
	make(remote, 0);
	traffic_log();
	return remote;
}

static void
end_model(struct remote *remote)
{
	hisi_qm_dev_close(&remote->dev);
	model_process_stop(&remote->model);
	free(remote);
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static void
run_life(const char *const *options, bool shadow)
{
	struct remote *remote = start_model(options);
	struct model_process *model = &remote->model;

	remote->args.shadow = shadow;
	assert_int_equal(hisi_qm_dev_open(&remote->dev), 0);
	assert_int_equal(remote->dev.nb_queues, 1024);
	traffic_life(&remote->dev, 100);
	assert_int_equal(model_process_counter(model, "socket.0.sqes"), 3 * 4 * 100);
	assert_int_equal(model_process_counter(model, "socket.0.errors"), 0);
	assert_int_equal(model_process_counter(model, "socket.0.illegal_accesses"), 0);
	assert_int_equal(model_process_counter(model, "socket.0.dropped_doorbells"), 0);
	assert_int_equal(model_process_counter(model, "socket.0.mailbox_failures"), 0);
	assert_int_equal(model_process_counter(model, shadow ? "socket.0.sq_chip_doorbells" :
							       "socket.0.sq_shadow_doorbells"), 0);
	assert_true(model_process_counter(model, shadow ? "socket.0.sq_shadow_doorbells" :
							  "socket.0.sq_chip_doorbells") > 0);
	assert_int_equal(remote->losses, 0);
	end_model(remote);
}

static void
test_life(void **state)
{
	static const char *const options[] = {"--workers", "2", NULL};

	(void)state;
	run_life(options, true);
}

static void
test_life_chip_doorbells(void **state)
{
	static const char *const options[] = {NULL};

	(void)state;
	run_life(options, false);
}

static void
test_life_no_capability(void **state)
{
	static const char *const options[] = {"--shadow", "off", NULL};

	(void)state;
	run_life(options, false);
}

/* Laps at the limits that matter for the pace of the CQ doorbell. */
static void
test_flood(void **state)
{
	static const char *const options[] = {"--engine", "null", NULL};
	static const uint16_t limits[] = {1, 767, 1023};
	struct remote *remote = start_model(options);
	struct traffic traffic;

	(void)state;
	for (int shadow = 0; shadow < 2; shadow++) {
		remote->args.shadow = shadow;
		assert_int_equal(hisi_qm_dev_open(&remote->dev), 0);
		assert_int_equal(hisi_qm_dev_start(&remote->dev), 0);
		traffic_init(&traffic);
		for (unsigned int i = 0; i < RTE_DIM(limits); i++) {
			struct hisi_qm_qp *qp;

			assert_int_equal(hisi_qm_qp_create(&remote->dev, i, HISI_QM_SQ_COMPRESS,
							   limits[i], -1, &qp), 0);
			traffic_flood(&traffic, qp, limits[i] == 1 ? 100 : 4000);
			hisi_qm_qp_release(qp);
		}
		traffic_free(&traffic);
		hisi_qm_dev_close(&remote->dev);
	}
	assert_int_equal(remote->losses, 0);
	assert_int_equal(model_process_counter(&remote->model, "socket.0.aeqes"), 0);
	end_model(remote);
}

static void
test_all_queues(void **state)
{
	static const char *const options[] = {"--engine", "null", NULL};
	struct remote *remote = start_model(options);

	(void)state;
	assert_int_equal(hisi_qm_dev_open(&remote->dev), 0);
	traffic_all_queues(&remote->dev);
	assert_int_equal(remote->losses, 0);
	assert_int_equal(model_process_counter(&remote->model, "socket.0.eqes_lost"), 0);
	assert_int_equal(model_process_counter(&remote->model, "socket.0.eqes"), 2048);
	end_model(remote);
}

/* Nobody there, and somebody else there already: clear, and soon. */
static void
test_no_model(void **state)
{
	static const char *const options[] = {NULL};
	struct remote *remote = start_model(options);
	struct hisi_qm_dev other = {.name = "other"};
	struct hisi_qm_vfio_user_args nowhere = {.path = "/nonexistent/socket", .shadow = true};
	uint64_t begin = now_ms();
	const char *log;

	(void)state;
	other.ops = &hisi_qm_transport_vfio_user;
	other.args = &nowhere;
	other.numa_node = -1;
	assert_int_equal(hisi_qm_dev_open(&other), -ENOENT);
	log = traffic_log();
	assert_int_equal(traffic_count(log, "other: "), 1);
	assert_int_equal(traffic_count(log, "/nonexistent/socket"), 1);
	assert_int_equal(hisi_qm_dev_open(&remote->dev), 0);
	other.args = &remote->args;
	assert_int_equal(hisi_qm_dev_open(&other), -EBUSY);
	hisi_qm_dev_close(&other);
	assert_true(now_ms() - begin < 20000);
	end_model(remote);
}

/* A killed model: every queue is dead, soon, and one line says so; a new one takes over. */
static void
test_killed_model(void **state)
{
	static const char *const paced[] = {"--engine", "null", "--pace-ns", "50000000", NULL};
	static const char *const options[] = {NULL};
	struct remote *remote = start_model(paced);
	struct hisi_qm_dev *dev = &remote->dev;
	struct hisi_qm_qp *qp[2];
	struct traffic traffic;
	uint64_t begin;

	(void)state;
	assert_int_equal(hisi_qm_dev_open(dev), 0);
	assert_int_equal(hisi_qm_dev_start(dev), 0);
	traffic_init(&traffic);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hisi_qm_qp_create(dev, i, i, 512, -1, &qp[i]), 0);
		for (int n = 0; n < 300; n++)
			traffic_put(&traffic, qp[i], 100);
		hisi_qm_sq_ring(qp[i], 300);
	}
	begin = now_ms();
	model_process_kill(&remote->model);
	while (!__atomic_load_n(&qp[0]->dead, __ATOMIC_ACQUIRE) ||
	       !__atomic_load_n(&qp[1]->dead, __ATOMIC_ACQUIRE)) {
		assert_true(now_ms() - begin < 5000);
		usleep(1000);
	}
	/* Nothing waits for the dead; a doorbell is harmless. */
	hisi_qm_sq_ring(qp[0], 0);
	hisi_qm_dev_stop(dev);
	assert_true(now_ms() - begin < 10000);
	assert_int_equal(traffic_count(traffic_log(), "remote0: the device is lost"), 1);
	assert_int_equal(remote->losses, 1);
	assert_int_equal(hisi_qm_dev_start(dev), -ECONNREFUSED);
	/* What the doorbells were mapped to is gone. */
	hisi_qm_sq_ring(qp[0], 0);
	hisi_qm_cq_ack(qp[0], 256);
	model_process_restart(&remote->model, program, options);
	for (int life = 0; life < 2; life++) {
		assert_int_equal(hisi_qm_dev_start(dev), 0);
		traffic.sent = 0;
		traffic.done = 0;
		for (int i = 0; i < 2; i++)
			traffic_run(&traffic, qp[i], 100);
		hisi_qm_dev_stop(dev);
	}
	assert_int_equal(model_process_counter(&remote->model, "socket.0.sqes"), 400);
	traffic_free(&traffic);
	end_model(remote);
}

/* Starts a compression of a model that takes 2 s for it, and stops that before it is done. */
static struct hisi_qm_qp *
stop_model(struct remote *remote, struct traffic *traffic)
{
	struct hisi_qm_dev *dev = &remote->dev;
	struct hisi_qm_qp *qp;
	int ret = hisi_qm_dev_open(dev);

	/* Under an emulator the model was seen not to answer in time. */
	for (int tries = 0; ret != 0 && tries < 3; tries++)
		ret = hisi_qm_dev_open(dev);
	assert_int_equal(ret, 0);
	assert_int_equal(hisi_qm_dev_start(dev), 0);
	traffic_init(traffic);
	assert_int_equal(hisi_qm_qp_create(dev, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	traffic_put(traffic, qp, 100);
	hisi_qm_sq_ring(qp, 1);
	assert_int_equal(kill(remote->model.pid, SIGSTOP), 0);
	return qp;
}

/* A stopped model cannot be kept from memory: that is said, and our own stays out of use. */
static void
test_stopped_model(void **state)
{
	static const char *const options[] = {"--pace-ns", "2000000000", NULL};
	struct remote *remote = start_model(options);
	struct hisi_qm_dev *dev = &remote->dev;
	char rings[RTE_MEMZONE_NAMESIZE];
	struct traffic traffic;
	struct hisi_qm_qp *qp = stop_model(remote, &traffic);

	(void)state;
	snprintf(rings, sizeof(rings), "%s", qp->mz->name);
	hisi_qm_dev_stop(dev);
	assert_true(dev->noisy);
	assert_int_equal(qp->dead, 1);
	assert_int_equal(traffic_count(traffic_log(), "cannot be kept from memory"), 1);
	hisi_qm_qp_release(qp);
	assert_non_null(rte_memzone_lookup(rings));
	/* It lives again, and lets go of us first. */
	assert_int_equal(kill(remote->model.pid, SIGCONT), 0);
	assert_int_equal(hisi_qm_dev_start(dev), 0);
	assert_false(dev->noisy);
	rte_memzone_free(rte_memzone_lookup(rings));
	traffic_free(&traffic);
	end_model(remote);
}

/* The same of one that is killed while it is stopped: nobody is left to write. */
static void
test_stopped_and_killed_model(void **state)
{
	static const char *const options[] = {"--pace-ns", "2000000000", NULL};
	struct remote *remote = start_model(options);
	struct traffic traffic;
	struct hisi_qm_qp *qp = stop_model(remote, &traffic);

	(void)state;
	model_process_kill(&remote->model);
	hisi_qm_dev_stop(&remote->dev);
	assert_false(remote->dev.noisy);
	assert_int_equal(qp->dead, 1);
	assert_int_equal(traffic_count(traffic_log(), "cannot be kept from memory"), 0);
	model_process_restart(&remote->model, program, options);
	traffic_free(&traffic);
	end_model(remote);
}

/* Whether a model is quiet after the death of its client, as whoever is left finds out. */
static void
test_orphan(void **state)
{
	static const char *const options[] = {NULL};
	struct remote *remote = start_model(options);
	const char *path = remote->args.path;
	struct vfio_user_client *client;

	(void)state;
	assert_int_equal(hisi_qm_vfio_user_settle_orphan(path), 0);
	/* So it looks when a child of the dead process still has its connection. */
	assert_int_equal(vfio_user_client_connect(path, 5000, &client), 0);
	assert_int_equal(hisi_qm_vfio_user_settle_orphan(path), -EBUSY);
	/* And so when the last of them ends, as far as the model can see. */
	vfio_user_client_shutdown(client);
	assert_int_equal(hisi_qm_vfio_user_settle_orphan(path), 0);
	vfio_user_client_close(client);
	model_process_kill(&remote->model);
	assert_int_equal(hisi_qm_vfio_user_settle_orphan(path), 0);
	model_process_restart(&remote->model, program, options);
	end_model(remote);
}

/* A new model that is another device is refused. */
static void
test_other_model(void **state)
{
	static const char *const options[] = {NULL};
	struct remote *remote = start_model(options);
	char *fewer;

	(void)state;
	assert_int_equal(hisi_qm_dev_open(&remote->dev), 0);
	model_process_kill(&remote->model);
	assert_true(asprintf(&fewer, "%s,queues=10", remote->model.sockets[0]) > 0);
	memcpy(remote->model.sockets[0], fewer, strlen(fewer) + 1);
	model_process_restart(&remote->model, program, options);
	*strchr(remote->model.sockets[0], ',') = '\0';
	free(fewer);
	for (int i = 0; i < 5000 && !__atomic_load_n(&remote->dev.dead, __ATOMIC_ACQUIRE); i++)
		usleep(1000);
	assert_int_equal(hisi_qm_dev_start(&remote->dev), -ENODEV);
	assert_int_equal(traffic_count(traffic_log(), "came back with 10 queues"), 1);
	end_model(remote);
}

/* rte_dev_dma_map(): memory with a descriptor is mapped, other memory is refused. */
static void
test_dma_map(void **state)
{
	static const char *const options[] = {NULL};
	struct remote *remote = start_model(options);
	struct hisi_qm_dev *dev = &remote->dev;
	const struct rte_memzone *mz;
	void *plain;

	(void)state;
	assert_int_equal(hisi_qm_dev_open(dev), 0);
	plain = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(plain, MAP_FAILED);
	assert_int_equal(dev->ops->dma_map(dev, plain, (uintptr_t)plain, 8192), -ENOTSUP);
	assert_int_equal(rte_extmem_register(plain, 8192, NULL, 0, 4096), 0);
	assert_int_equal(dev->ops->dma_map(dev, plain, (uintptr_t)plain, 8192), -ENOTSUP);
	assert_int_equal(rte_extmem_unregister(plain, 8192), 0);
	munmap(plain, 8192);
	mz = rte_memzone_reserve_aligned("mapped", 65536, -1, RTE_MEMZONE_IOVA_CONTIG, 4096);
	assert_non_null(mz);
	assert_int_equal(dev->ops->dma_map(dev, mz->addr, mz->iova, 65536), -EEXIST);
	assert_int_equal(dev->ops->dma_map(dev, mz->addr, 0x10000, 65536), 0);
	assert_int_equal(dev->ops->dma_unmap(dev, mz->addr, 0x10000, 65536), 0);
	rte_memzone_free(mz);
	end_model(remote);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_life_chip_doorbells),
		cmocka_unit_test(test_life_no_capability),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_all_queues),
		cmocka_unit_test(test_no_model),
		cmocka_unit_test(test_killed_model),
		cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_other_model),
		cmocka_unit_test(test_dma_map),
		cmocka_unit_test(test_stopped_model),
		cmocka_unit_test(test_stopped_and_killed_model),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, traffic_eal_start, traffic_eal_end);
}
