/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What the primary does with its devices and for its own queue pairs: hisi_zip_mp.h. */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>

#include "hisi_zip_serve.h"

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

/* Notes what has become of the primary's queue pairs. */
static void
hisi_zip_tell_started(struct hisi_zip_dev *dev, bool started)
{
	struct hisi_zip_qp *qp;

	for (uint16_t id = 0; (qp = hisi_zip_owned_next(dev, &dev->primary, &id)) != NULL;)
		__atomic_store_n(&qp->started, started, __ATOMIC_RELAXED);
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
		if (ret != -EINPROGRESS)
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
		ret = hisi_zip_owned_start(dev, &dev->primary);
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
		return hisi_zip_owned_stop(dev, &dev->primary);
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

struct hisi_zip_dev *
hisi_zip_primary_find(const char *name)
{
	struct hisi_zip_dev *dev;

	LIST_FOREACH(dev, &hisi_zip_offered, offered)
		if (strcmp(dev->qm.name, name) == 0)
			return dev;
	return NULL;
}

bool
hisi_zip_primary_reap(void)
{
	struct hisi_zip_dev *dev;
	bool clients = false;

	hisi_zip_primary_lock();
	LIST_FOREACH(dev, &hisi_zip_offered, offered) {
		hisi_zip_clients_reap(dev);
		clients |= !LIST_EMPTY(&dev->clients);
	}
	hisi_zip_primary_unlock();
	return clients;
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
	return hisi_zip_clients_reap(dev) ? -EINPROGRESS : 0;
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
