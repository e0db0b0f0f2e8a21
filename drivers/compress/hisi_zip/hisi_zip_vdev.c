/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The vdev driver: a software model, in a process of its own or in this one. */

#include <errno.h>

#include <bus_vdev_driver.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "hisi_zip.h"

/* Which model the device is: a process behind a socket, or one in this process. */
static uint64_t
hisi_zip_choose_model(struct hisi_zip_dev *dev, struct rte_device *device)
{
	const struct hisi_zip_devargs *args = &dev->args;

	RTE_SET_USED(device);
	if (hisi_zip_is_software(dev))
		return 0;
	if (args->path[0] != '\0') {
		dev->qm.ops = &hisi_qm_transport_vfio_user;
		dev->transport.vfio_user = (struct hisi_qm_vfio_user_args){
			.path = args->path,
			.shadow = args->shadow,
		};
		return 0;
	}
	dev->qm.ops = &hisi_qm_transport_emu;
	dev->transport.emu = (struct hisi_qm_emu_args){
		.hw = args->hw,
		.queues = args->queues,
		.engine = args->engine,
		.level = args->level,
		.lz4 = args->lz4,
		.workers = args->workers,
		.shadow = args->shadow,
		.cores = args->cores[0] == '\0' ? NULL : args->cores,
		.faults = args->faults[0] == '\0' ? NULL : args->faults,
		.pace_ns = args->pace_ns,
	};
	return 0;
}

static int
hisi_zip_vdev_probe(struct rte_vdev_device *vdev)
{
	const char *name = rte_vdev_device_name(vdev);
	struct hisi_zip_devargs args;
	int ret;

	if (name == NULL)
		return -EINVAL;
	ret = hisi_zip_devargs_parse(name, rte_vdev_device_args(vdev), HISI_ZIP_BUS_VDEV, &args);
	if (ret != 0)
		return ret;
	return hisi_zip_create(&vdev->device, name, rte_socket_id(), &args, hisi_zip_choose_model);
}

static int
hisi_zip_vdev_remove(struct rte_vdev_device *vdev)
{
	return hisi_zip_remove(rte_vdev_device_name(vdev));
}

static struct hisi_qm_dev *
hisi_zip_find_qm(struct rte_vdev_device *vdev)
{
	struct rte_compressdev *cdev;

	cdev = rte_compressdev_pmd_get_named_dev(rte_vdev_device_name(vdev));
	return cdev == NULL ? NULL : &((struct hisi_zip_dev *)cdev->data->dev_private)->qm;
}

/* The primary has the device: what is mapped there is mapped for all. */
static bool
hisi_zip_is_secondary(void)
{
	return rte_eal_process_type() != RTE_PROC_PRIMARY;
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

	if (hisi_zip_is_secondary())
		return hisi_zip_dma_result(-ENOTSUP);
	if (qm == NULL)
		return hisi_zip_dma_result(-ENODEV);
	/* Software reaches all of this process. */
	return hisi_zip_dma_result(qm->ops == NULL ? 0 : qm->ops->dma_map(qm, addr, iova, len));
}

static int
hisi_zip_dma_unmap(struct rte_vdev_device *vdev, void *addr, uint64_t iova, size_t len)
{
	struct hisi_qm_dev *qm = hisi_zip_find_qm(vdev);

	if (hisi_zip_is_secondary())
		return hisi_zip_dma_result(-ENOTSUP);
	if (qm == NULL)
		return hisi_zip_dma_result(-ENODEV);
	return hisi_zip_dma_result(qm->ops == NULL ? 0 : qm->ops->dma_unmap(qm, addr, iova, len));
}

static struct rte_vdev_driver hisi_zip_user_driver = {
	.probe = hisi_zip_vdev_probe,
	.remove = hisi_zip_vdev_remove,
	.dma_map = hisi_zip_dma_map,
	.dma_unmap = hisi_zip_dma_unmap,
	.drv_flags = RTE_VDEV_DRV_NEED_IOVA_AS_VA,
};

RTE_PMD_REGISTER_VDEV(compress_hisi_zip_user, hisi_zip_user_driver);
RTE_PMD_REGISTER_PARAM_STRING(compress_hisi_zip_user, HISI_ZIP_DEVARGS_TEXT);
