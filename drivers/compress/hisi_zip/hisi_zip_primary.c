/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What the primary does for the queue pairs of all processes: hisi_zip_mp.h. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_malloc.h>

#include "hisi_zip_serve.h"
#include "hisi_zip_slot.h"
#include "hisi_zip_stream.h"
#include "hisi_zip_sw.h"

static pthread_mutex_t hisi_zip_control = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static LIST_HEAD(, hisi_zip_dev) hisi_zip_offered = LIST_HEAD_INITIALIZER(hisi_zip_offered);

void
hisi_zip_primary_lock(void)
{
	pthread_mutex_lock(&hisi_zip_control);
}

void
hisi_zip_primary_unlock(void)
{
	pthread_mutex_unlock(&hisi_zip_control);
}

/* The next queue pair of a process from *id on, which moves behind it; NULL: no more. */
static struct hisi_zip_qp *
hisi_zip_next_owned(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc, uint16_t *id)
{
	while (*id < HISI_ZIP_MAX_QUEUE_PAIRS) {
		struct hisi_zip_qp *qp = dev->queue_pairs[(*id)++];

		if (qp != NULL && hisi_zip_proc_equal(&qp->owner, proc))
			return qp;
	}
	return NULL;
}

static void
hisi_zip_stop_owned(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp;

	for (uint16_t id = 0; (qp = hisi_zip_next_owned(dev, proc, &id)) != NULL;)
		for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++)
			hisi_qm_qp_stop_quiet(qp->queue[d].hw);
}

static int
hisi_zip_start_owned(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp;
	int ret = 0;

	/* Those that were set up on a started function run already. */
	hisi_zip_stop_owned(dev, proc);
	for (uint16_t id = 0; (qp = hisi_zip_next_owned(dev, proc, &id)) != NULL;)
		for (unsigned int d = 0; ret == 0 && d < HISI_ZIP_NB_DIRECTIONS; d++)
			ret = hisi_qm_qp_start(qp->queue[d].hw);
	if (ret != 0)
		hisi_zip_stop_owned(dev, proc);
	return ret;
}

/* Whether a process other than "except" needs the function to run. */
static bool
hisi_zip_clients_run(const struct hisi_zip_dev *dev, const struct hisi_zip_client *except)
{
	const struct hisi_zip_client *client;

	LIST_FOREACH(client, &dev->clients, next)
		if (client != except && client->started)
			return true;
	return false;
}

static bool
hisi_zip_is_lost(const struct hisi_zip_dev *dev)
{
	return __atomic_load_n(&dev->qm.dead, __ATOMIC_ACQUIRE) != 0;
}

int
hisi_zip_primary_start(struct hisi_zip_dev *dev)
{
	int ret;

	hisi_zip_primary_lock();
	if (dev->qm.started && !hisi_zip_is_lost(dev) && hisi_zip_clients_run(dev, NULL))
		ret = hisi_zip_start_owned(dev, &dev->primary);
	else
		ret = hisi_qm_dev_start(&dev->qm);
	dev->started = ret == 0;
	hisi_zip_primary_unlock();
	return ret;
}

void
hisi_zip_primary_stop(struct hisi_zip_dev *dev)
{
	hisi_zip_primary_lock();
	dev->started = false;
	if (!hisi_zip_is_lost(dev) && hisi_zip_clients_run(dev, NULL))
		hisi_zip_stop_owned(dev, &dev->primary);
	else
		hisi_qm_dev_stop(&dev->qm);
	hisi_zip_primary_unlock();
}

void
hisi_zip_client_stop(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	hisi_zip_stop_owned(dev, &client->proc);
	client->started = false;
	if (!dev->started && !hisi_zip_clients_run(dev, NULL))
		hisi_qm_dev_stop(&dev->qm);
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
	if (hisi_zip_is_lost(dev) || !dev->qm.started)
		ret = hisi_qm_dev_start_bare(&dev->qm);
	if (ret == 0)
		ret = hisi_zip_start_owned(dev, &client->proc);
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

void
hisi_zip_client_free(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	struct hisi_zip_qp *qp;

	for (uint16_t id = 0; (qp = hisi_zip_next_owned(dev, &client->proc, &id)) != NULL;) {
		hisi_zip_sw_forget(qp->sw);
		hisi_zip_qp_free(dev, qp);
	}
	hisi_zip_client_stop(dev, client);
	client->view.qm.noisy = dev->qm.noisy;
	hisi_zip_client_free_objects(&client->view);
	rte_free(client->view.data.queue_pairs);
	LIST_REMOVE(client, next);
	rte_free(client);
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

struct hisi_zip_dev *
hisi_zip_primary_find(const char *name)
{
	struct hisi_zip_dev *dev;

	LIST_FOREACH(dev, &hisi_zip_offered, offered)
		if (strcmp(dev->qm.name, name) == 0)
			return dev;
	return NULL;
}

static void
hisi_zip_reap_device(struct hisi_zip_dev *dev)
{
	struct hisi_zip_client *client = LIST_FIRST(&dev->clients);

	while (client != NULL) {
		struct hisi_zip_client *next = LIST_NEXT(client, next);

		if (!hisi_zip_proc_alive(&client->proc)) {
			HISI_ZIP_LOG(NOTICE, "process %" PRIu32 " is gone", dev->qm.name,
				     client->proc.pid);
			hisi_zip_client_free(dev, client);
			hisi_zip_slot_mend();
		}
		client = next;
	}
}

bool
hisi_zip_primary_reap(void)
{
	struct hisi_zip_dev *dev;
	bool clients = false;

	hisi_zip_primary_lock();
	LIST_FOREACH(dev, &hisi_zip_offered, offered) {
		hisi_zip_reap_device(dev);
		clients |= !LIST_EMPTY(&dev->clients);
	}
	hisi_zip_primary_unlock();
	return clients;
}

int
hisi_zip_primary_claim(struct hisi_zip_dev *dev, uint16_t id, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp = dev->queue_pairs[id];

	if (qp == NULL)
		return 0;
	if (hisi_zip_proc_equal(&qp->owner, proc)) {
		hisi_zip_qp_free(dev, qp);
		return 0;
	}
	if (!hisi_zip_proc_alive(&qp->owner)) {
		hisi_zip_reap_device(dev);
		return 0;
	}
	HISI_ZIP_LOG(ERR, "queue pair %u belongs to process %" PRIu32, dev->qm.name, id,
		     qp->owner.pid);
	return -EBUSY;
}

int
hisi_zip_primary_offer(struct hisi_zip_dev *dev)
{
	int ret = hisi_zip_serve_open();

	if (ret != 0)
		return ret;
	LIST_INIT(&dev->clients);
	hisi_zip_primary_lock();
	LIST_INSERT_HEAD(&hisi_zip_offered, dev, offered);
	hisi_zip_primary_unlock();
	return 0;
}

bool
hisi_zip_primary_withdraw(struct hisi_zip_dev *dev)
{
	bool clients;

	hisi_zip_primary_lock();
	hisi_zip_reap_device(dev);
	clients = !LIST_EMPTY(&dev->clients);
	LIST_REMOVE(dev, offered);
	hisi_zip_primary_unlock();
	hisi_zip_serve_close();
	return clients;
}

void
hisi_zip_primary_abandon(struct hisi_zip_dev *dev)
{
	struct hisi_zip_client *client;

	hisi_qm_dev_abandon(&dev->qm);
	/* Release: who sees this finds the queues dead. */
	LIST_FOREACH(client, &dev->clients, next)
		__atomic_store_n(&client->abandoned, 1, __ATOMIC_RELEASE);
}
