/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Ops of a device in a secondary process: hisi_zip_mp.h. */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "hisi_qm_pci.h"
#include "hisi_zip_ask.h"
#include "hisi_zip_secondary.h"
#include "hisi_zip_sw.h"

/*
 * Until a lost primary is noticed, that is several turns of the watch, and for each device, one
 * after the other, until its queues are dead, though the model does not answer.
 */
#define HISI_ZIP_DEAD_TIMEOUT_S 4
#define HISI_ZIP_DEAD_POLL_US 1000

static struct hisi_zip_dev *
hisi_zip_view(const struct rte_compressdev *cdev)
{
	return cdev->data->dev_private;
}

static bool
hisi_zip_is_abandoned(const struct hisi_zip_dev *view)
{
	return hisi_zip_secondary_is_abandoned(view->secondary);
}

/* Asks for what brings no file. */
static int
hisi_zip_control(const struct hisi_zip_dev *view, enum hisi_zip_mp_type type,
		 struct hisi_zip_mp_msg *msg)
{
	int fd, ret;

	if (hisi_zip_is_abandoned(view) || !hisi_zip_proc_alive(&view->primary))
		return -ENODEV;
	ret = hisi_zip_ask(view->qm.name, &view->secondary->self, type, msg, &fd);
	if (fd >= 0)
		close(fd);
	/* Nobody answers for a device that was removed meanwhile. */
	return ret == -ETIMEDOUT && hisi_zip_is_abandoned(view) ? -ENODEV : ret;
}

static void
hisi_zip_unmap(struct hisi_zip_secondary *secondary)
{
	if (secondary->range != NULL)
		munmap(secondary->range, secondary->range_len);
	secondary->range = NULL;
}

/* Takes the doorbells over that came with an answer. */
static int
hisi_zip_map(struct hisi_zip_secondary *secondary, const struct hisi_zip_mp_msg *msg, int fd)
{
	void *range;

	/* What there is stays until there is another one: rings may still go there. */
	if (fd < 0 && msg->fd_len != 0)
		return -EMFILE;
	if (fd < 0 && secondary->range != NULL)
		return -ENODEV;
	if (fd < 0) {
		secondary->generation = msg->generation;
		return 0;
	}
	range = mmap(NULL, msg->fd_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, msg->fd_offset);
	if (range == MAP_FAILED)
		return -errno;
	hisi_zip_unmap(secondary);
	secondary->range = range;
	secondary->range_len = msg->fd_len;
	secondary->generation = msg->generation;
	return 0;
}

int
hisi_zip_secondary_attach(struct hisi_zip_secondary *secondary, const char *name)
{
	struct hisi_zip_mp_msg msg = {0};
	int fd, ret;

	ret = hisi_zip_ask(name, &secondary->self, HISI_ZIP_MP_ATTACH, &msg, &fd);
	if (ret == 0) {
		secondary->client = msg.client;
		msg.client->view.secondary = secondary;
		ret = hisi_zip_map(secondary, &msg, fd);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

int
hisi_zip_secondary_detach(struct hisi_zip_secondary *secondary)
{
	struct hisi_zip_mp_msg msg = {0};
	int ret = 0;

	if (secondary->client != NULL)
		ret = hisi_zip_control(&secondary->client->view, HISI_ZIP_MP_DETACH, &msg);
	hisi_zip_unmap(secondary);
	return ret;
}

/* Points the doorbells of a queue pair to where this process has them. */
static int
hisi_zip_aim(const struct hisi_zip_secondary *secondary, struct hisi_zip_qp *qp)
{
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		struct hisi_qm_qp *hw = qp->queue[d].hw;
		struct hisi_qm_doorbell db;

		if (hw == NULL)
			continue;
		if (secondary->range != NULL) {
			hisi_qm_shadow_lines(secondary->range, secondary->range_len, hw->queue,
					     &db);
			hw->sq_db = db.sq;
			hw->cq_db = db.cq;
		}
		if (hw->sq_db == NULL || hw->cq_db == NULL)
			return -ENOTSUP;
	}
	return 0;
}

/* The same of all, when the function has come back as another one. */
static int
hisi_zip_aim_all(struct rte_compressdev *cdev, uint64_t generation)
{
	struct hisi_zip_secondary *secondary = hisi_zip_view(cdev)->secondary;
	int ret;

	if (generation == secondary->generation)
		return 0;
	ret = hisi_zip_secondary_attach(secondary, cdev->data->name);
	for (uint16_t i = 0; ret == 0 && i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			ret = hisi_zip_aim(secondary, cdev->data->queue_pairs[i]);
	return ret;
}

/* Notes a queue pair of this process, or that there is none. */
static void
hisi_zip_note(struct rte_compressdev *cdev, uint16_t id, struct hisi_zip_qp *qp)
{
	struct hisi_zip_secondary *secondary = hisi_zip_view(cdev)->secondary;

	cdev->data->queue_pairs[id] = qp;
	pthread_mutex_lock(&secondary->lock);
	secondary->pairs[id] = qp;
	pthread_mutex_unlock(&secondary->lock);
}

void
hisi_zip_secondary_bury(struct hisi_zip_secondary *secondary, bool noisy)
{
	pthread_mutex_lock(&secondary->lock);
	for (uint16_t i = 0; i < HISI_ZIP_MAX_QUEUE_PAIRS; i++) {
		struct hisi_zip_qp *qp = secondary->pairs[i];

		for (unsigned int d = 0; qp != NULL && d < HISI_ZIP_NB_DIRECTIONS; d++) {
			struct hisi_qm_qp *hw = qp->queue[d].hw;

			if (hw == NULL)
				continue;
			__atomic_fetch_or(&hw->dev->noisy, noisy, __ATOMIC_RELAXED);
			__atomic_store_n(&hw->dead, HISI_QM_DEAD, __ATOMIC_RELEASE);
		}
	}
	pthread_mutex_unlock(&secondary->lock);
}

static void
hisi_zip_shut_all(struct rte_compressdev *cdev)
{
	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			hisi_zip_qp_shut(cdev->data->queue_pairs[i]);
}

/* Whether all queues are dead, which they are once nothing writes for them any more. */
static bool
hisi_zip_all_dead(const struct rte_compressdev *cdev)
{
	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++) {
		const struct hisi_zip_qp *qp = cdev->data->queue_pairs[i];

		for (unsigned int d = 0; qp != NULL && d < HISI_ZIP_NB_DIRECTIONS; d++)
			if (qp->queue[d].hw != NULL &&
			    __atomic_load_n(&qp->queue[d].hw->dead, __ATOMIC_ACQUIRE) !=
				    HISI_QM_DEAD)
				return false;
	}
	return true;
}

/* Without a primary: whoever takes the function out of service says so by dead queues. */
static int
hisi_zip_wait_dead(const struct rte_compressdev *cdev)
{
	uint64_t bound = rte_get_timer_hz() * HISI_ZIP_DEAD_TIMEOUT_S;
	uint64_t end = rte_get_timer_cycles() + bound * (1 + rte_compressdev_count());

	while (!hisi_zip_all_dead(cdev)) {
		if (rte_get_timer_cycles() > end)
			return -ENODEV;
		rte_delay_us_sleep(HISI_ZIP_DEAD_POLL_US);
	}
	return 0;
}

/* Takes the queues out of service, and only then what is in flight back. */
static int
hisi_zip_stop_all(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_mp_msg msg = {0};
	int ret = hisi_zip_control(view, HISI_ZIP_MP_STOP, &msg);

	if (ret == -ENODEV)
		ret = hisi_zip_wait_dead(cdev);
	if (ret == 0)
		hisi_zip_shut_all(cdev);
	else
		HISI_ZIP_LOG(ERR, "the queue pairs are not stopped, their ops stay there: %s",
			     view->qm.name, rte_strerror(-ret));
	view->secondary->unstopped = ret != 0;
	return ret;
}

static void
hisi_zip_secondary_stop(struct rte_compressdev *cdev)
{
	if (!hisi_zip_is_software(hisi_zip_view(cdev)))
		hisi_zip_settle_for(cdev, HISI_ZIP_STOP_TIMEOUT_MS);
	hisi_zip_stop_all(cdev);
}

static int
hisi_zip_secondary_start(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_mp_msg msg = {0};
	int ret = 0;

	/* Rings that start anew must have nothing in flight. */
	if (view->secondary->unstopped)
		ret = hisi_zip_stop_all(cdev);
	if (ret != 0)
		return ret;
	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			hisi_zip_qp_restart(cdev->data->queue_pairs[i]);
	ret = hisi_zip_control(view, HISI_ZIP_MP_START, &msg);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "the primary cannot start the queue pairs: %s", view->qm.name,
			     rte_strerror(-ret));
		return ret;
	}
	ret = hisi_zip_aim_all(cdev, msg.generation);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "no doorbells: %s", view->qm.name, rte_strerror(-ret));
		hisi_zip_stop_all(cdev);
	}
	return ret;
}

static int
hisi_zip_secondary_qp_release(struct rte_compressdev *cdev, uint16_t id)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_qp *qp = cdev->data->queue_pairs[id];
	struct hisi_zip_mp_msg msg = {.qp_id = id};
	bool *unsure = &view->secondary->unsure[id];
	int ret;

	if (qp == NULL && !*unsure)
		return 0;
	if (qp != NULL) {
		/* Before the primary frees it, which it may do whether it is heard or not. */
		hisi_zip_qp_add_totals(qp, &view->totals);
		hisi_zip_note(cdev, id, NULL);
		hisi_zip_sw_leave(qp->sw);
	}
	ret = hisi_zip_control(view, HISI_ZIP_MP_QP_RELEASE, &msg);
	/* Without a primary there is nobody to give it back to. */
	*unsure = ret != 0 && ret != -ENODEV;
	if (!*unsure)
		return 0;
	HISI_ZIP_LOG(ERR, "queue pair %u is not given back: %s", view->qm.name, id,
		     rte_strerror(-ret));
	return ret;
}

static int
hisi_zip_secondary_qp_setup(struct rte_compressdev *cdev, uint16_t id, uint32_t max_inflight_ops,
			    int socket)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_mp_msg msg = {
		.qp_id = id,
		.limit = max_inflight_ops,
		.socket = socket,
	};
	int ret;

	ret = hisi_zip_secondary_qp_release(cdev, id);
	if (ret == 0)
		ret = hisi_zip_control(view, HISI_ZIP_MP_QP_SETUP, &msg);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "queue pair %u: the primary refuses: %s", view->qm.name, id,
			     rte_strerror(-ret));
		return ret;
	}
	hisi_zip_note(cdev, id, msg.qp);
	ret = hisi_zip_aim_all(cdev, msg.generation);
	if (ret == 0)
		ret = hisi_zip_aim(view->secondary, msg.qp);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "queue pair %u: no doorbells: %s", view->qm.name, id,
			     rte_strerror(-ret));
		hisi_zip_secondary_qp_release(cdev, id);
	}
	return ret;
}

struct rte_compressdev_ops *
hisi_zip_secondary_ops(void)
{
	static struct rte_compressdev_ops ops;

	ops = hisi_zip_ops;
	ops.dev_start = hisi_zip_secondary_start;
	ops.dev_stop = hisi_zip_secondary_stop;
	ops.queue_pair_setup = hisi_zip_secondary_qp_setup;
	ops.queue_pair_release = hisi_zip_secondary_qp_release;
	return &ops;
}
