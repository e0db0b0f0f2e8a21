/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_memory.h>

#include "hisi_hw_qm_queue.h"
#include "hisi_qm_ring.h"
#include "hisi_qm_transport.h"
#include "perf_device.h"

struct perf_device {
	struct hisi_qm_dev dev;
	union {
		struct hisi_qm_emu_args emu;
		struct hisi_qm_vfio_user_args process;
	} args;
	struct hisi_qm_qp *shadow; /* rung in shared memory */
	struct hisi_qm_qp *chip;   /* rung at the chip's address only */
};

static void
perf_device_choose(struct perf_device *device, const char *path)
{
	if (path == NULL) {
		device->args.emu = (struct hisi_qm_emu_args){
			.hw = HISI_QM_HW_V3,
			.queues = 2,
			.engine = HISI_QM_EMU_NULL,
			.workers = 1,
			.shadow = true,
		};
		device->dev.ops = &hisi_qm_transport_emu;
	} else {
		device->args.process = (struct hisi_qm_vfio_user_args){
			.path = path,
			.shadow = true,
		};
		device->dev.ops = &hisi_qm_transport_vfio_user;
	}
	snprintf(device->dev.name, sizeof(device->dev.name), "qm-perf");
	device->dev.args = &device->args;
	device->dev.numa_node = SOCKET_ID_ANY;
}

static int
perf_device_open(struct perf_device *device)
{
	struct hisi_qm_dev *dev = &device->dev;
	int ret = hisi_qm_dev_open(dev);

	if (ret != 0)
		return ret;
	ret = hisi_qm_dev_start(dev);
	if (ret == 0)
		ret = hisi_qm_qp_create(dev, 0, HISI_QM_SQ_COMPRESS, 1, SOCKET_ID_ANY,
					&device->shadow);
	if (ret == 0)
		ret = hisi_qm_qp_create(dev, 1, HISI_QM_SQ_DECOMPRESS, 1, SOCKET_ID_ANY,
					&device->chip);
	if (ret != 0)
		hisi_qm_dev_close(dev);
	return ret;
}

struct perf_device *
perf_device_new(const char *path)
{
	struct perf_device *device = calloc(1, sizeof(*device));
	int ret;

	if (device == NULL)
		return NULL;
	perf_device_choose(device, path);
	ret = perf_device_open(device);
	if (ret == 0)
		return device;
	fprintf(stderr, "qm-perf: cannot open %s: %s\n", path == NULL ? "a model" : path,
		strerror(-ret));
	free(device);
	return NULL;
}

void
perf_device_free(struct perf_device *device)
{
	if (device == NULL)
		return;
	hisi_qm_dev_close(&device->dev);
	free(device);
}

bool
perf_device_has_shadow(const struct perf_device *device)
{
	return device->shadow->sq_db != NULL;
}

void
perf_device_mailbox(void *arg, unsigned int n)
{
	struct perf_device *device = arg;
	uint64_t vft;

	for (unsigned int i = 0; i < n; i++)
		hisi_qm_mb(&device->dev, HISI_QM_MB_SQC_VFT, 1, 0, 0, &vft);
}

/* Nothing is submitted: the index stays, and so nothing follows but the doorbell itself. */
void
perf_device_shadow(void *arg, unsigned int n)
{
	struct perf_device *device = arg;

	for (unsigned int i = 0; i < n; i++)
		hisi_qm_sq_ring(device->shadow, 0);
}

void
perf_device_chip(void *arg, unsigned int n)
{
	struct perf_device *device = arg;

	for (unsigned int i = 0; i < n; i++)
		hisi_qm_db_write(device->chip, device->chip->sq_db_word);
}
