/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Processes on a device of the primary, and their queue pairs: all under its lock. */

#include <errno.h>
#include <inttypes.h>

#include <rte_malloc.h>

#include "hisi_zip_serve.h"
#include "hisi_zip_slot.h"
#include "hisi_zip_stream.h"
#include "hisi_zip_sw.h"

struct hisi_zip_qp *
hisi_zip_owned_next(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc, uint16_t *id)
{
	while (*id < HISI_ZIP_MAX_QUEUE_PAIRS) {
		struct hisi_zip_qp *qp = dev->queue_pairs[(*id)++];

		if (qp != NULL && hisi_zip_proc_equal(&qp->owner, proc))
			return qp;
	}
	return NULL;
}

int
hisi_zip_owned_stop(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp;
	int ret = 0;

	for (uint16_t id = 0; ret == 0 && (qp = hisi_zip_owned_next(dev, proc, &id)) != NULL;)
		ret = hisi_zip_qp_stop_step(qp);
	return ret;
}

int
hisi_zip_owned_start(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp;
	/* Those that were set up on a started function run already. */
	int ret = hisi_zip_owned_stop(dev, proc);

	if (ret != 0)
		return ret;
	for (uint16_t id = 0; ret == 0 && (qp = hisi_zip_owned_next(dev, proc, &id)) != NULL;)
		ret = hisi_zip_qp_start(qp);
	/* Those that started are idle. */
	if (ret != 0)
		hisi_zip_owned_stop(dev, proc);
	return ret;
}

bool
hisi_zip_clients_run(const struct hisi_zip_dev *dev, const struct hisi_zip_client *except)
{
	const struct hisi_zip_client *client;

	LIST_FOREACH(client, &dev->clients, next)
		if (client != except && client->started)
			return true;
	return false;
}

int
hisi_zip_client_stop(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	int ret = hisi_zip_owned_stop(dev, &client->proc);

	if (ret != 0)
		return ret;
	client->started = false;
	if (!dev->started && !hisi_zip_clients_run(dev, NULL))
		hisi_qm_dev_stop(&dev->qm);
	return 0;
}

int
hisi_zip_client_start(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	int ret = 0;

	if (hisi_zip_is_lost(dev) && (dev->started || hisi_zip_clients_run(dev, client))) {
		HISI_ZIP_LOG(ERR, "the device is lost: stop it in all processes first",
			     dev->qm.name);
		return -ENODEV;
	}
	if ((hisi_zip_is_lost(dev) || !dev->qm.started) && !hisi_zip_is_software(dev))
		ret = hisi_qm_dev_start_bare(&dev->qm);
	if (ret == 0)
		ret = hisi_zip_owned_start(dev, &client->proc);
	client->started = ret == 0;
	return ret;
}

/* Frees the xforms and streams of a process, which may have ended with the lock or in a list. */
static void
hisi_zip_client_free_objects(struct hisi_zip_dev *view)
{
	rte_spinlock_init(&view->xform_lock);
	if (LIST_FIRST(&view->xforms) != NULL)
		LIST_FIRST(&view->xforms)->next.le_prev = &LIST_FIRST(&view->xforms);
	if (LIST_FIRST(&view->streams) != NULL)
		LIST_FIRST(&view->streams)->next.le_prev = &LIST_FIRST(&view->streams);
	hisi_zip_xform_free_all(view);
	hisi_zip_stream_free_all(view);
}

int
hisi_zip_client_free(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	int ret = hisi_zip_client_stop(dev, client);
	struct hisi_zip_qp *qp;

	if (ret != 0)
		return ret;
	for (uint16_t id = 0; (qp = hisi_zip_owned_next(dev, &client->proc, &id)) != NULL;) {
		hisi_zip_sw_forget(qp->sw);
		hisi_zip_qp_free(dev, qp);
	}
	client->view.qm.noisy = hisi_qm_dev_is_noisy(&dev->qm);
	hisi_zip_client_free_objects(&client->view);
	rte_free(client->view.data.queue_pairs);
	LIST_REMOVE(client, next);
	rte_free(client);
	return 0;
}

struct hisi_zip_client *
hisi_zip_client_find(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_client *client;

	LIST_FOREACH(client, &dev->clients, next)
		if (hisi_zip_proc_equal(&client->proc, proc))
			return client;
	return NULL;
}

bool
hisi_zip_clients_reap(struct hisi_zip_dev *dev)
{
	struct hisi_zip_client *client = LIST_FIRST(&dev->clients);
	bool left = false;

	while (client != NULL) {
		struct hisi_zip_client *next = LIST_NEXT(client, next);

		if (!client->gone && !hisi_zip_proc_alive(&client->proc)) {
			HISI_ZIP_LOG(NOTICE, "process %" PRIu32 " is gone", dev->qm.name,
				     client->proc.pid);
			client->gone = true;
			hisi_zip_slot_mend();
		}
		if (client->gone && hisi_zip_client_free(dev, client) != 0)
			left = true;
		client = next;
	}
	return left;
}

int
hisi_zip_primary_claim(struct hisi_zip_dev *dev, uint16_t id, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp = dev->queue_pairs[id];
	int ret;

	if (qp == NULL)
		return 0;
	if (hisi_zip_proc_equal(&qp->owner, proc)) {
		ret = hisi_zip_qp_stop_step(qp);
		if (ret == 0)
			hisi_zip_qp_free(dev, qp);
		return ret;
	}
	if (!hisi_zip_proc_alive(&qp->owner)) {
		hisi_zip_clients_reap(dev);
		return dev->queue_pairs[id] == NULL ? 0 : -EINPROGRESS;
	}
	HISI_ZIP_LOG(ERR, "queue pair %u belongs to process %" PRIu32, dev->qm.name, id,
		     qp->owner.pid);
	return -EBUSY;
}
