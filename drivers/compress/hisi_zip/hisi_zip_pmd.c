/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "hisi_qm_pf.h"
#include "hisi_zip.h"
#include "hisi_zip_compat.h"
#include "hisi_zip_mp.h"
#include "hisi_zip_slot.h"
#include "hisi_zip_sw.h"
#include "hisi_zip_telemetry.h"

RTE_LOG_REGISTER(hisi_zip_logtype, pmd.compress.hisi_zip, INFO);

void
hisi_zip_stop(struct rte_compressdev *cdev)
{
	if (cdev->data->dev_started == 0)
		return;
	cdev->dev_ops->dev_stop(cdev);
	cdev->data->dev_started = 0;
}

int
hisi_zip_close(struct rte_compressdev *cdev)
{
	int ret = 0;

	for (uint16_t i = 0; ret >= 0 && i < cdev->data->nb_queue_pairs; i++)
		ret = cdev->dev_ops->queue_pair_release(cdev, i);
	if (ret < 0)
		return ret;
	rte_free(cdev->data->queue_pairs);
	cdev->data->queue_pairs = NULL;
	cdev->data->nb_queue_pairs = 0;
	ret = cdev->dev_ops->dev_close(cdev);
	/* The library would close what has ops. */
	if (ret == 0)
		cdev->dev_ops = NULL;
	return ret;
}

/* Ready for hisi_qm_dev_open() but for the transport. */
static struct hisi_zip_dev *
hisi_zip_init(struct rte_compressdev *cdev, const struct hisi_zip_devargs *args)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;

	dev->id = cdev->data->dev_id;
	dev->args = *args;
	dev->primary = hisi_zip_proc_self();
	rte_spinlock_init(&dev->xform_lock);
	LIST_INIT(&dev->xforms);
	strlcpy(dev->qm.name, cdev->data->name, sizeof(dev->qm.name));
	dev->qm.numa_node = cdev->data->socket_id;
	dev->qm.args = &dev->transport;
	dev->qm.owner = dev;
	dev->qm.nb_vfs = args->nb_vfs;
	dev->qm.vf_queues = args->vf_queues;
	dev->qm.engine_init = hisi_zip_engine_init;
	dev->qm.engine_broken = hisi_zip_engine_broken;
	return dev;
}

/* Whether the engine announces compression into LZ4 (hardware.md 2.3.2). */
static bool
hisi_zip_find_lz4(struct hisi_zip_dev *dev)
{
	uint32_t algs = 0;

	if (HISI_ZIP_COMPAT_LZ4 == RTE_COMP_ALGO_UNSPECIFIED || hisi_zip_is_v2(dev) ||
	    (dev->qm.caps & HISI_QM_CAP_VERSION) == 0 ||
	    hisi_qm_read32(&dev->qm, HISI_ZIP_CAP_DEV_ALGS, &algs) != 0)
		return false;
	return (algs & HISI_ZIP_ALG_LZ4_COMPRESS) != 0;
}

/* Arguments that are right in themselves, but not of this function. */
static int
hisi_zip_check_function(const struct hisi_zip_dev *dev)
{
	const bool v2 = hisi_zip_is_v2(dev);

	if (dev->args.hw_given && v2 != (dev->args.hw == HISI_QM_HW_V2)) {
		HISI_ZIP_LOG(ERR, "argument 'hw': the model is of another generation, valid is %s",
			     dev->qm.name, v2 ? "v2" : "v3");
		return -EINVAL;
	}
	if (dev->args.nb_vfs != 0 && !hisi_qm_dev_is_pf(&dev->qm)) {
		HISI_ZIP_LOG(ERR, "argument 'vf_queues': this is a virtual function, valid is a "
			     "physical one", dev->qm.name);
		return -EINVAL;
	}
	return 0;
}

/* Opens the function, if there is one. */
static int
hisi_zip_open(struct hisi_zip_dev *dev)
{
	int ret;

	/* What is under the function's lock is also there without a function. */
	if (hisi_zip_is_software(dev))
		return -pthread_mutex_init(&dev->qm.lock, NULL);
	ret = hisi_qm_dev_open(&dev->qm);
	if (ret != 0)
		return ret;
	ret = hisi_zip_check_function(dev);
	if (ret != 0)
		hisi_qm_dev_close(&dev->qm);
	else
		dev->lz4 = hisi_zip_find_lz4(dev);
	return ret;
}

int
hisi_zip_create(struct rte_device *device, const char *name, int socket,
		const struct hisi_zip_devargs *args, hisi_zip_choose_fn choose)
{
	struct rte_compressdev *cdev;
	struct hisi_zip_dev *dev;
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return hisi_zip_secondary_create(device, name);
	cdev = hisi_zip_slot_create(device, name, socket);
	if (cdev == NULL)
		return -ENODEV;
	dev = hisi_zip_init(cdev, args);
	dev->feature_flags = choose(dev, device);
	cdev->feature_flags = dev->feature_flags;
	ret = hisi_zip_open(dev);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "cannot open the function: %s", name, rte_strerror(-ret));
		hisi_zip_slot_destroy(cdev);
		return ret;
	}
	ret = hisi_zip_primary_offer(dev);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "cannot offer it to other processes: %s", name,
			     rte_strerror(-ret));
		hisi_qm_dev_close(&dev->qm);
		hisi_zip_slot_destroy(cdev);
		return ret;
	}
	cdev->dev_ops = &hisi_zip_ops;
	cdev->enqueue_burst = hisi_zip_enqueue_burst;
	cdev->dequeue_burst = hisi_zip_is_software(dev) ? hisi_zip_sw_dequeue_burst :
							  hisi_zip_dequeue_burst;
	hisi_zip_telemetry_add(dev);
	return 0;
}

int
hisi_zip_remove(const char *name)
{
	struct rte_compressdev *cdev = rte_compressdev_pmd_get_named_dev(name);
	struct hisi_zip_dev *dev;
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return hisi_zip_secondary_remove(name);
	if (cdev == NULL)
		return -ENODEV;
	dev = cdev->data->dev_private;
	hisi_zip_stop(cdev);
	/* Whoever asks what the device is asks the ops that it has until it is closed. */
	hisi_zip_telemetry_remove(dev);
	/* The queue pairs go before the function, and that before the memory it lives in. */
	ret = hisi_zip_close(cdev);
	if (ret < 0) {
		hisi_zip_telemetry_add(dev);
		return ret;
	}
	if (hisi_zip_primary_withdraw(dev)) {
		HISI_ZIP_LOG(WARNING, "removed, but other processes use it: its memory stays",
			     name);
		hisi_zip_primary_abandon(dev);
		/* The library frees what is private. */
		cdev->data->dev_private = NULL;
	} else {
		hisi_qm_dev_close(&dev->qm);
	}
	return hisi_zip_slot_destroy(cdev);
}
