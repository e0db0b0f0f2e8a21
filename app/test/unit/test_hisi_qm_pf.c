/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * The QM layer on a PF and a VF of one device, V3 and V2, in a model's process: the path of the
 * program is the argument. And on the embedded model, which is one function alone.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <rte_alarm.h>

#include "model_process.h"
#include "hisi_qm_transport.h"
#include "test_hisi_qm_traffic.h"

static const char *program;

/* The slow poll of functions that are started meanwhile never comes. */
static bool no_poll;

int __real_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg);
int __wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg);

int
__wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg)
{
	return no_poll ? 0 : __real_rte_eal_alarm_set(us, callback, arg);
}

static const char *const v3[] = {"--hw", "v3", "--shadow", "off", NULL};
static const char *const isolated[] = {"--db-isolation", "on", "--shadow", "off", NULL};
static const char *const v2[] = {"--hw", "v2", NULL};

struct device {
	struct model_process model;
	struct hisi_qm_vfio_user_args args[2];
	struct hisi_qm_dev pf;
	struct hisi_qm_dev vf;
	unsigned int losses;
};

/* What the driver of the engine does, as far as the model asks for it: hardware.md 6.2 #15. */
static int
enable_cores(struct hisi_qm_dev *dev)
{
	return hisi_qm_write32(dev, 0x301004, dev->hw == 0x21 ? 0x000100ff : 0x0001001f);
}

static void
on_loss(struct hisi_qm_dev *dev, struct hisi_qm_qp *qp)
{
	struct device *device = dev->owner;

	(void)qp;
	__atomic_fetch_add(&device->losses, 1, __ATOMIC_RELAXED);
}

static void
prepare(struct device *device, struct hisi_qm_dev *dev, unsigned int socket)
{
	device->args[socket].path = device->model.sockets[socket];
	device->args[socket].shadow = true;
	snprintf(dev->name, sizeof(dev->name), socket == 0 ? "pf" : "vf");
	dev->ops = &hisi_qm_transport_vfio_user;
	dev->args = &device->args[socket];
	dev->numa_node = -1;
	dev->owner = device;
	dev->on_loss = on_loss;
}

static void
start_device(struct device *device, const char *const *options)
{
	memset(device, 0, sizeof(*device));
	model_process_start_pf(&device->model, program, options);
	prepare(device, &device->pf, 0);
	prepare(device, &device->vf, 1);
	device->pf.engine_init = enable_cores;
	traffic_log();
}

static void
end_device(struct device *device)
{
	hisi_qm_dev_close(&device->vf);
	hisi_qm_dev_close(&device->pf);
	model_process_stop(&device->model);
}

static void
check_counters(struct device *device, unsigned int sqes)
{
	assert_int_equal(model_process_counter(&device->model, "total.sqes"), sqes);
	assert_int_equal(model_process_counter(&device->model, "total.errors"), 0);
	assert_int_equal(model_process_counter(&device->model, "total.illegal_accesses"), 0);
	assert_int_equal(model_process_counter(&device->model, "total.mailbox_failures"), 0);
	assert_int_equal(model_process_counter(&device->model, "total.dma_read_faults"), 0);
	assert_int_equal(model_process_counter(&device->model, "total.dma_write_faults"), 0);
}

/* All doorbells of queues came through BAR 4. */
static void
check_windows(struct model_process *model)
{
	uint64_t windows = model_process_counter(model, "total.window_doorbells");

	assert_true(windows > 0);
	assert_int_equal(windows, model_process_counter(model, "total.sq_chip_doorbells") +
				  model_process_counter(model, "total.cq_chip_doorbells"));
}

static void
pf_life(const char *const *options)
{
	struct device device;

	start_device(&device, options);
	assert_int_equal(hisi_qm_dev_open(&device.pf), 0);
	assert_int_equal(device.pf.nb_queues, 1024);
	traffic_life(&device.pf, 50);
	check_counters(&device, 3 * 4 * 50);
	assert_int_equal(device.losses, 0);
	if (options == isolated)
		check_windows(&device.model);
	end_device(&device);
}

static void
test_pf_v3(void **state)
{
	(void)state;
	pf_life(v3);
}

static void
test_pf_isolated(void **state)
{
	(void)state;
	pf_life(isolated);
}

static void
test_pf_v2(void **state)
{
	(void)state;
	pf_life(v2);
}

/* Queues of both, and traffic on both: hardware.md 12.3. */
static void
shares(const char *const *options)
{
	struct device device;

	start_device(&device, options);
	assert_int_equal(hisi_qm_dev_open(&device.vf), -ENODEV);
	device.pf.nb_vfs = 3;
	device.pf.vf_queues = 30;
	assert_int_equal(hisi_qm_dev_open(&device.pf), 0);
	assert_int_equal(device.pf.nb_queues, 1024 - 90);
	assert_int_equal(hisi_qm_dev_open(&device.vf), -ENODEV);
	assert_int_equal(hisi_qm_dev_start(&device.pf), 0);
	assert_int_equal(hisi_qm_dev_open(&device.vf), 0);
	assert_int_equal(device.vf.nb_queues, 30);
	traffic_life(&device.vf, 50);
	check_counters(&device, 3 * 4 * 50);
	assert_int_equal(device.losses, 0);
	end_device(&device);
}

static void
test_shares_v3(void **state)
{
	(void)state;
	shares(v3);
}

static void
test_shares_v2(void **state)
{
	(void)state;
	shares(v2);
}

static void
test_bad_shares(void **state)
{
	struct device device;

	(void)state;
	start_device(&device, v3);
	device.pf.nb_vfs = 4;
	device.pf.vf_queues = 256;
	assert_int_equal(hisi_qm_dev_open(&device.pf), -EINVAL);
	device.pf.nb_vfs = 64;
	device.pf.vf_queues = 1;
	assert_int_equal(hisi_qm_dev_open(&device.pf), -EINVAL);
	device.pf.nb_vfs = 63;
	device.pf.vf_queues = 16;
	assert_int_equal(hisi_qm_dev_open(&device.pf), 0);
	assert_int_equal(device.pf.nb_queues, 16);
	end_device(&device);
}

/* Wait up to 5 s for a loss. */
static void
await_loss(struct device *device)
{
	for (int i = 0; i < 500; i++) {
		if (__atomic_load_n(&device->losses, __ATOMIC_RELAXED) != 0)
			return;
		usleep(10000);
	}
	fail_msg("nothing was lost");
}

/* Waits up to 5 s until a register is 0. */
static void
await_zero(struct hisi_qm_dev *dev, uint32_t offset)
{
	uint32_t value = 1;

	for (int i = 0; i < 5000 && value != 0; i++) {
		assert_int_equal(hisi_qm_read32(dev, offset, &value), 0);
		usleep(1000);
	}
	assert_int_equal(value, 0);
}

/* A VF asks whether it is isolated; the PF answers, and the VF takes that: hardware.md 7.5. */
static void
ask(struct device *device)
{
	uint32_t before = model_process_counter(&device->model, "socket.1.irqs");

	assert_int_equal(hisi_qm_mb(&device->vf, HISI_QM_MB_SRC, 0, 0, 11, NULL), 0);
	assert_int_equal(hisi_qm_write32(&device->vf, 0x2c, 1), 0);
	await_zero(&device->vf, 0x2c);
	for (int i = 0; i < 5000 && before ==
	     model_process_counter(&device->model, "socket.1.irqs"); i++)
		usleep(1000);
	await_zero(&device->pf, 0x100128);
	await_zero(&device->vf, 0x20);
}

/* A PF and one VF with a queue, both started. */
static struct hisi_qm_qp *
start_both(struct device *device)
{
	struct hisi_qm_qp *qp;

	start_device(device, v3);
	device->pf.nb_vfs = 1;
	device->pf.vf_queues = 8;
	assert_int_equal(hisi_qm_dev_open(&device->pf), 0);
	assert_int_equal(hisi_qm_dev_start(&device->pf), 0);
	assert_int_equal(hisi_qm_dev_open(&device->vf), 0);
	assert_int_equal(hisi_qm_qp_create(&device->vf, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	assert_int_equal(hisi_qm_dev_start(&device->vf), 0);
	return qp;
}

/* The PF's stop takes the VF out of service first, and its start lets it come back. */
static void
restart_pf(void)
{
	struct traffic traffic;
	struct hisi_qm_qp *qp;
	struct device device;

	qp = start_both(&device);
	traffic_init(&traffic);
	traffic_run(&traffic, qp, 20);
	if (no_poll)
		for (int i = 0; i < 3; i++)
			ask(&device);
	hisi_qm_dev_stop(&device.pf);
	await_loss(&device);
	assert_int_equal(qp->dead, 1);
	assert_int_equal(traffic_count(traffic_log(), "vf: the device is lost: its PF"), 1);
	/* It has no queues meanwhile. */
	assert_int_equal(hisi_qm_dev_start(&device.vf), -ENODEV);
	assert_int_equal(hisi_qm_dev_start(&device.pf), 0);
	assert_int_equal(hisi_qm_dev_start(&device.vf), 0);
	traffic_run(&traffic, qp, 20);
	check_counters(&device, 40);
	traffic_free(&traffic);
	end_device(&device);
}

static void
test_pf_restarts(void **state)
{
	(void)state;
	restart_pf();
}

/* The same by the vector of messages alone. */
static void
test_pf_restarts_by_interrupt(void **state)
{
	(void)state;
	no_poll = true;
	restart_pf();
	no_poll = false;
}

/* So does a PF that is lost, since its reset is one of the VFs. */
static void
test_pf_lost(void **state)
{
	struct hisi_qm_qp *qp;
	struct device device;

	(void)state;
	qp = start_both(&device);
	hisi_qm_dev_lost(&device.pf, "test");
	for (int i = 0; i < 5000 && __atomic_load_n(&qp->dead, __ATOMIC_ACQUIRE) != 1; i++)
		usleep(1000);
	assert_int_equal(qp->dead, 1);
	/* Behind what the interrupt thread still does. */
	hisi_qm_dev_poll_events(&device.vf);
	assert_int_equal(traffic_count(traffic_log(), "vf: the device is lost: its PF"), 1);
	hisi_qm_dev_stop(&device.pf);
	assert_int_equal(hisi_qm_dev_start(&device.pf), 0);
	assert_int_equal(hisi_qm_dev_start(&device.vf), 0);
	assert_int_equal(qp->dead, 0);
	end_device(&device);
}

/* An error of the device that the slow poll finds: hardware.md 7.3. */
static void
test_ras(void **state)
{
	static const char *const options[] = {"--fault", "ras:nth=5:value=2", NULL};
	struct device device;

	(void)state;
	start_device(&device, options);
	assert_int_equal(hisi_qm_dev_open(&device.pf), 0);
	assert_int_equal(hisi_qm_dev_start(&device.pf), 0); /* EQC, AEQC, two tables */
	assert_int_equal(device.losses, 0);
	assert_int_equal(hisi_qm_mb(&device.pf, HISI_QM_MB_SQC_VFT, 1, 0, 0, NULL), 0);
	await_loss(&device);
	assert_int_equal(traffic_count(traffic_log(), "sources 0x4"), 1);
	end_device(&device);
}

static void
embedded(uint8_t hw, bool pf)
{
	struct hisi_qm_emu_args args = {
		.hw = hw,
		.pf = pf,
		.queues = 8,
		.level = 1,
		.workers = 1,
	};
	struct device device = {0};
	struct hisi_qm_dev *dev = &device.pf;

	snprintf(dev->name, sizeof(dev->name), "embedded");
	dev->ops = &hisi_qm_transport_emu;
	dev->args = &args;
	dev->numa_node = -1;
	dev->owner = &device;
	dev->on_loss = on_loss;
	dev->engine_init = enable_cores;
	assert_int_equal(hisi_qm_dev_open(dev), 0);
	assert_int_equal(dev->hw, hw);
	assert_int_equal(dev->device, pf ? 0xa250 : 0xa251);
	/* V2 does not say how many it has. */
	assert_int_equal(dev->nb_queues, hw == 0x21 && pf ? 1024 : 8);
	traffic_life(dev, 50);
	hisi_qm_dev_close(dev);
	assert_int_equal(device.losses, 0);
}

static void
test_embedded(void **state)
{
	(void)state;
	embedded(0x30, true);
	embedded(0x21, false);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pf_v3),
		cmocka_unit_test(test_pf_isolated),
		cmocka_unit_test(test_pf_v2),
		cmocka_unit_test(test_shares_v3),
		cmocka_unit_test(test_shares_v2),
		cmocka_unit_test(test_bad_shares),
		cmocka_unit_test(test_pf_restarts),
		cmocka_unit_test(test_pf_restarts_by_interrupt),
		cmocka_unit_test(test_pf_lost),
		cmocka_unit_test(test_ras),
		cmocka_unit_test(test_embedded),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, traffic_eal_start, traffic_eal_end);
}
