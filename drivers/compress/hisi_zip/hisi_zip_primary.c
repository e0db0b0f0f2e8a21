/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What the primary does for the queue pairs of all processes: hisi_zip_mp.h. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "hisi_zip_serve.h"
#include "hisi_zip_slot.h"
#include "hisi_zip_stream.h"
#include "hisi_zip_sw.h"

/* Between two steps of a stop, and the most of these pauses for others to get the lock. */
#define HISI_ZIP_STEP_US 500
#define HISI_ZIP_YIELD_TURNS 200

static pthread_mutex_t hisi_zip_control = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static LIST_HEAD(, hisi_zip_dev) hisi_zip_offered = LIST_HEAD_INITIALIZER(hisi_zip_offered);

static unsigned int hisi_zip_waiting; /* threads that want the lock */

void
hisi_zip_primary_lock(void)
{
	__atomic_fetch_add(&hisi_zip_waiting, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&hisi_zip_control);
	__atomic_fetch_sub(&hisi_zip_waiting, 1, __ATOMIC_RELAXED);
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

/* A step; the device goes on with all others meanwhile. */
static int
hisi_zip_stop_owned(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp;
	int ret = 0;

	for (uint16_t id = 0; ret == 0 && (qp = hisi_zip_next_owned(dev, proc, &id)) != NULL;)
		ret = hisi_zip_qp_stop_step(qp);
	return ret;
}

static int
hisi_zip_start_owned(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc)
{
	struct hisi_zip_qp *qp;
	/* Those that were set up on a started function run already. */
	int ret = hisi_zip_stop_owned(dev, proc);

	if (ret != 0)
		return ret;
	for (uint16_t id = 0; ret == 0 && (qp = hisi_zip_next_owned(dev, proc, &id)) != NULL;)
		ret = hisi_zip_qp_start(qp);
	/* Those that started are idle. */
	if (ret != 0)
		hisi_zip_stop_owned(dev, proc);
	return ret;
}

/* Notes what has become of the primary's queue pairs. */
static void
hisi_zip_tell_started(struct hisi_zip_dev *dev, bool started)
{
	struct hisi_zip_qp *qp;

	for (uint16_t id = 0; (qp = hisi_zip_next_owned(dev, &dev->primary, &id)) != NULL;)
		__atomic_store_n(&qp->started, started, __ATOMIC_RELAXED);
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

/* Lets those in who wait for the lock, which by itself goes to whom it likes. */
static void
hisi_zip_primary_yield(void)
{
	unsigned int turns = 0;

	do
		rte_delay_us_sleep(HISI_ZIP_STEP_US);
	while (__atomic_load_n(&hisi_zip_waiting, __ATOMIC_RELAXED) != 0 &&
	       ++turns < HISI_ZIP_YIELD_TURNS);
}

/* Runs a step of the primary's until it is done; others are served between two steps. */
static int
hisi_zip_primary_steps(int (*step)(struct hisi_zip_dev *dev, void *arg), struct hisi_zip_dev *dev,
		       void *arg)
{
	int ret;

	for (;;) {
		hisi_zip_primary_lock();
		ret = step(dev, arg);
		hisi_zip_primary_unlock();
		if (ret != -EAGAIN)
			return ret;
		hisi_zip_primary_yield();
	}
}

/* With the primary's queues. */
static int
hisi_zip_start_function(struct hisi_zip_dev *dev)
{
	int ret = hisi_zip_is_software(dev) ? 0 : hisi_qm_dev_start(&dev->qm);

	hisi_zip_tell_started(dev, ret == 0);
	return ret;
}

static int
hisi_zip_start_step(struct hisi_zip_dev *dev, void *arg)
{
	int ret = 0;

	RTE_SET_USED(arg);
	if (dev->qm.started && !hisi_zip_is_lost(dev) && hisi_zip_clients_run(dev, NULL))
		ret = hisi_zip_start_owned(dev, &dev->primary);
	else
		ret = hisi_zip_start_function(dev);
	dev->started = ret == 0;
	return ret;
}

int
hisi_zip_primary_start(struct hisi_zip_dev *dev)
{
	return hisi_zip_primary_steps(hisi_zip_start_step, dev, NULL);
}

static int
hisi_zip_stop_step(struct hisi_zip_dev *dev, void *arg)
{
	RTE_SET_USED(arg);
	dev->started = false;
	if (!hisi_zip_is_lost(dev) && hisi_zip_clients_run(dev, NULL))
		return hisi_zip_stop_owned(dev, &dev->primary);
	hisi_qm_dev_stop(&dev->qm);
	hisi_zip_tell_started(dev, false);
	return 0;
}

void
hisi_zip_primary_stop(struct hisi_zip_dev *dev)
{
	hisi_zip_primary_steps(hisi_zip_stop_step, dev, NULL);
}

static int
hisi_zip_release_step(struct hisi_zip_dev *dev, void *qp)
{
	int ret = hisi_zip_qp_stop_step(qp);

	if (ret == 0)
		hisi_zip_qp_free(dev, qp);
	return ret;
}

void
hisi_zip_primary_release(struct hisi_zip_dev *dev, struct hisi_zip_qp *qp)
{
	hisi_zip_primary_steps(hisi_zip_release_step, dev, qp);
}

struct hisi_zip_setup {
	uint16_t id;
	uint32_t limit;
	int socket;
	struct hisi_zip_qp *qp;
};

static int
hisi_zip_setup_step(struct hisi_zip_dev *dev, void *arg)
{
	struct hisi_zip_setup *setup = arg;
	int ret = hisi_zip_primary_claim(dev, setup->id, &dev->primary);

	return ret != 0 ? ret : hisi_zip_qp_create(dev, setup->id, setup->limit, setup->socket,
						   &dev->primary, &setup->qp);
}

int
hisi_zip_primary_setup(struct hisi_zip_dev *dev, uint16_t id, uint32_t limit, int socket,
		       struct hisi_zip_qp **qp)
{
	struct hisi_zip_setup setup = {.id = id, .limit = limit, .socket = socket};
	int ret = hisi_zip_primary_steps(hisi_zip_setup_step, dev, &setup);

	*qp = setup.qp;
	return ret;
}

int
hisi_zip_client_stop(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	int ret = hisi_zip_stop_owned(dev, &client->proc);

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

int
hisi_zip_client_free(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	int ret = hisi_zip_client_stop(dev, client);
	struct hisi_zip_qp *qp;

	if (ret != 0)
		return ret;
	for (uint16_t id = 0; (qp = hisi_zip_next_owned(dev, &client->proc, &id)) != NULL;) {
		hisi_zip_sw_forget(qp->sw);
		hisi_zip_qp_free(dev, qp);
	}
	client->view.qm.noisy = dev->qm.noisy;
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

struct hisi_zip_dev *
hisi_zip_primary_find(const char *name)
{
	struct hisi_zip_dev *dev;

	LIST_FOREACH(dev, &hisi_zip_offered, offered)
		if (strcmp(dev->qm.name, name) == 0)
			return dev;
	return NULL;
}

/* Whether a dead process is still there: its queues are not done yet. */
static bool
hisi_zip_reap_device(struct hisi_zip_dev *dev)
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
		hisi_zip_reap_device(dev);
		return dev->queue_pairs[id] == NULL ? 0 : -EAGAIN;
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

static int
hisi_zip_reap_step(struct hisi_zip_dev *dev, void *arg)
{
	RTE_SET_USED(arg);
	return hisi_zip_reap_device(dev) ? -EAGAIN : 0;
}

bool
hisi_zip_primary_withdraw(struct hisi_zip_dev *dev)
{
	bool clients;

	/* The dead do not keep the memory; who attaches or dies from here on does. */
	hisi_zip_primary_steps(hisi_zip_reap_step, dev, NULL);
	hisi_zip_primary_lock();
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

	if (!hisi_zip_is_software(dev))
		hisi_qm_dev_abandon(&dev->qm);
	/* Release: who sees this finds the queues dead. */
	LIST_FOREACH(client, &dev->clients, next)
		__atomic_store_n(&client->abandoned, 1, __ATOMIC_RELEASE);
}
