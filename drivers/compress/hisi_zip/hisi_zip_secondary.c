/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A device in a secondary process: hisi_zip_mp.h. */

#include <errno.h>
#include <stdlib.h>

#include <dev_driver.h>
#include <rte_errno.h>

#include "hisi_qm_pci.h"
#include "hisi_zip_secondary.h"
#include "hisi_zip_slot.h"
#include "hisi_zip_sw.h"

/*
 * Without a primary nobody keeps the function. A model's process drops it when its connection ends,
 * an embedded model is gone; a PCI function goes on until it is reset. Returns 0, or -EBUSY if it
 * may go on.
 */
static int
hisi_zip_quiet_orphan(const struct hisi_zip_secondary *secondary)
{
	const struct hisi_zip_dev *view = &secondary->client->view;
	int ret = 0;

	if (view->feature_flags & RTE_COMPDEV_FF_HW_ACCELERATED)
		ret = hisi_qm_pci_reset_orphan(secondary->cdev->device);
	else if (view->args.path[0] != '\0')
		ret = hisi_qm_vfio_user_settle_orphan(view->args.path);
	if (ret == -EBUSY)
		HISI_ZIP_LOG(CRIT, "it cannot be kept from memory: buffers of ops in flight may "
			     "still be written to", view->qm.name);
	return ret;
}

static void
hisi_zip_primary_gone(void *arg)
{
	struct hisi_zip_secondary *secondary = arg;

	/* Queues that a removed device left are dead; its function may be another's by now. */
	if (hisi_zip_secondary_is_abandoned(secondary))
		return;
	/* The function is quiet, or cannot be quieted: ops come back. */
	hisi_zip_secondary_bury(secondary, hisi_zip_quiet_orphan(secondary) == -EBUSY);
	HISI_ZIP_LOG(ERR, "the device is lost: the primary process is gone",
		     secondary->client->view.qm.name);
}

static int
hisi_zip_watch_primary(struct hisi_zip_secondary *secondary)
{
	/* Software goes on without a primary: it works in this process. */
	if (hisi_zip_is_software(&secondary->client->view))
		return 0;
	secondary->watch.proc = secondary->client->view.primary;
	secondary->watch.gone = hisi_zip_primary_gone;
	secondary->watch.arg = secondary;
	return hisi_zip_watch_begin(&secondary->watch);
}

static int
hisi_zip_secondary_enter(struct hisi_zip_secondary *secondary, struct rte_compressdev *cdev)
{
	const struct hisi_zip_dev *view = &secondary->client->view;

	secondary->cdev = cdev;
	cdev->feature_flags = view->feature_flags;
	cdev->dev_ops = hisi_zip_secondary_ops();
	cdev->enqueue_burst = hisi_zip_enqueue_burst;
	cdev->dequeue_burst = hisi_zip_is_software(view) ? hisi_zip_sw_dequeue_burst :
							   hisi_zip_dequeue_burst;
	return hisi_zip_watch_primary(secondary);
}

int
hisi_zip_secondary_create(struct rte_device *device, const char *name)
{
	struct hisi_zip_secondary *secondary;
	struct rte_compressdev *cdev;
	int ret;

	if (!hisi_zip_slot_known()) {
		HISI_ZIP_LOG(ERR, "the primary process has no device of this driver", name);
		return -ENODEV;
	}
	secondary = calloc(1, sizeof(*secondary));
	if (secondary == NULL)
		return -ENOMEM;
	pthread_mutex_init(&secondary->lock, NULL);
	/* Once: it may be that /proc cannot be read later. */
	secondary->self = hisi_zip_proc_self();
	ret = secondary->self.pid != 0 ? hisi_zip_secondary_attach(secondary, name) : -ESRCH;
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "the primary process does not share it: %s", name,
			     rte_strerror(-ret));
		goto detach;
	}
	ret = hisi_zip_slot_take(device, &secondary->client->view.data, &cdev);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "no slot of the compressdev library: %s", name,
			     rte_strerror(-ret));
		goto detach;
	}
	ret = hisi_zip_secondary_enter(secondary, cdev);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "cannot watch the primary process: %s", name,
			     rte_strerror(-ret));
		goto destroy;
	}
	return 0;

destroy:
	/* The library would close what has ops. */
	cdev->dev_ops = NULL;
	rte_compressdev_pmd_destroy(cdev);
detach:
	hisi_zip_secondary_detach(secondary);
	pthread_mutex_destroy(&secondary->lock);
	free(secondary);
	return ret;
}

int
hisi_zip_secondary_remove(const char *name)
{
	struct rte_compressdev *cdev = rte_compressdev_pmd_get_named_dev(name);
	struct hisi_zip_secondary *secondary;
	int ret;

	if (cdev == NULL)
		return -ENODEV;
	secondary = ((struct hisi_zip_dev *)cdev->data->dev_private)->secondary;
	/* Before the watch ends: a stop may wait for it, and what is not closed needs it still. */
	hisi_zip_stop(cdev);
	ret = hisi_zip_close(cdev);
	if (ret != 0)
		return ret;
	hisi_zip_watch_end(&secondary->watch);
	/* Without ops it does not fail. */
	rte_compressdev_pmd_destroy(cdev);
	hisi_zip_secondary_detach(secondary);
	pthread_mutex_destroy(&secondary->lock);
	free(secondary);
	return 0;
}
