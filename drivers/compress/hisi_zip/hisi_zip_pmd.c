/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include <bus_vdev_driver.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_memzone.h>
#include <rte_string_fns.h>

#include "hisi_zip.h"

RTE_LOG_REGISTER(hisi_zip_logtype, pmd.compress.hisi_zip, INFO);

/*
 * Destroys the rte device. The library forgets the memory zone of its data, so that no device
 * could take that id again: it is freed here.
 */
static int
hisi_zip_destroy(struct rte_compressdev *cdev)
{
	char name[RTE_MEMZONE_NAMESIZE];
	int ret;

	snprintf(name, sizeof(name), "rte_compressdev_data_%u", cdev->data->dev_id);
	ret = rte_compressdev_pmd_destroy(cdev);
	if (ret == 0)
		rte_memzone_free(rte_memzone_lookup(name));
	return ret;
}

/* Which model the device is: a process behind a socket, or one in this process. */
static void
hisi_zip_choose_transport(struct hisi_zip_dev *dev)
{
	const struct hisi_zip_devargs *args = &dev->args;

	dev->qm.args = &dev->transport;
	if (args->path[0] != '\0') {
		dev->qm.ops = &hisi_qm_transport_vfio_user;
		dev->transport.vfio_user = (struct hisi_qm_vfio_user_args){
			.path = args->path,
			.shadow = args->shadow,
		};
		return;
	}
	dev->qm.ops = &hisi_qm_transport_emu;
	dev->transport.emu = (struct hisi_qm_emu_args){
		.hw = args->hw,
		.queues = args->queues,
		.engine = args->engine,
		.level = args->level,
		.workers = args->workers,
		.shadow = args->shadow,
		.cores = args->cores[0] == '\0' ? NULL : args->cores,
		.faults = args->faults[0] == '\0' ? NULL : args->faults,
		.pace_ns = args->pace_ns,
	};
}

static int
hisi_zip_open(struct rte_compressdev *cdev, const struct hisi_zip_devargs *args)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;

	dev->id = cdev->data->dev_id;
	dev->args = *args;
	rte_spinlock_init(&dev->xform_lock);
	LIST_INIT(&dev->xforms);
	strlcpy(dev->qm.name, cdev->data->name, sizeof(dev->qm.name));
	dev->qm.numa_node = cdev->data->socket_id;
	dev->qm.owner = dev;
	hisi_zip_choose_transport(dev);
	return hisi_qm_dev_open(&dev->qm);
}

static int
hisi_zip_probe(struct rte_vdev_device *vdev)
{
	struct rte_compressdev_pmd_init_params params = {.socket_id = rte_socket_id()};
	const char *name = rte_vdev_device_name(vdev);
	struct hisi_zip_devargs args;
	struct rte_compressdev *cdev;
	int ret;

	if (name == NULL)
		return -EINVAL;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		HISI_ZIP_LOG(ERR, "secondary processes are not supported", name);
		return -ENOTSUP;
	}
	ret = hisi_zip_devargs_parse(name, rte_vdev_device_args(vdev), &args);
	if (ret != 0)
		return ret;
	cdev = rte_compressdev_pmd_create(name, &vdev->device, sizeof(struct hisi_zip_dev),
					  &params);
	if (cdev == NULL)
		return -ENODEV;
	ret = hisi_zip_open(cdev, &args);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "cannot open the function: %s", name, rte_strerror(-ret));
		hisi_zip_destroy(cdev);
		return ret;
	}
	cdev->dev_ops = &hisi_zip_ops;
	cdev->enqueue_burst = hisi_zip_enqueue_burst;
	cdev->dequeue_burst = hisi_zip_dequeue_burst;
	return 0;
}

static int
hisi_zip_remove(struct rte_vdev_device *vdev)
{
	struct rte_compressdev *cdev;
	struct hisi_zip_dev *dev;
	int ret;

	cdev = rte_compressdev_pmd_get_named_dev(rte_vdev_device_name(vdev));
	if (cdev == NULL)
		return -ENODEV;
	dev = cdev->data->dev_private;
	if (cdev->data->dev_started)
		rte_compressdev_stop(cdev->data->dev_id);
	/* The queue pairs go before the function, and that before the memory it lives in. */
	ret = rte_compressdev_close(cdev->data->dev_id);
	if (ret < 0)
		return ret;
	hisi_qm_dev_close(&dev->qm);
	return hisi_zip_destroy(cdev);
}

static struct hisi_qm_dev *
hisi_zip_find_qm(struct rte_vdev_device *vdev)
{
	struct rte_compressdev *cdev;

	cdev = rte_compressdev_pmd_get_named_dev(rte_vdev_device_name(vdev));
	return cdev == NULL ? NULL : &((struct hisi_zip_dev *)cdev->data->dev_private)->qm;
}

/* The bus takes a negative value with rte_errno set. */
static int
hisi_zip_dma_result(int ret)
{
	if (ret == 0)
		return 0;
	rte_errno = -ret;
	return -1;
}

static int
hisi_zip_dma_map(struct rte_vdev_device *vdev, void *addr, uint64_t iova, size_t len)
{
	struct hisi_qm_dev *qm = hisi_zip_find_qm(vdev);

	return hisi_zip_dma_result(qm == NULL ? -ENODEV : qm->ops->dma_map(qm, addr, iova, len));
}

static int
hisi_zip_dma_unmap(struct rte_vdev_device *vdev, void *addr, uint64_t iova, size_t len)
{
	struct hisi_qm_dev *qm = hisi_zip_find_qm(vdev);

	return hisi_zip_dma_result(qm == NULL ? -ENODEV : qm->ops->dma_unmap(qm, addr, iova, len));
}

static struct rte_vdev_driver hisi_zip_user_driver = {
	.probe = hisi_zip_probe,
	.remove = hisi_zip_remove,
	.dma_map = hisi_zip_dma_map,
	.dma_unmap = hisi_zip_dma_unmap,
	.drv_flags = RTE_VDEV_DRV_NEED_IOVA_AS_VA,
};

RTE_PMD_REGISTER_VDEV(compress_hisi_zip_user, hisi_zip_user_driver);
RTE_PMD_REGISTER_PARAM_STRING(compress_hisi_zip_user, HISI_ZIP_DEVARGS_TEXT);
