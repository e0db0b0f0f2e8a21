/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A device in a secondary process: hisi_zip_mp.h. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dev_driver.h>
#include <rte_alarm.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "hisi_qm_pci.h"
#include "hisi_zip_mp.h"
#include "hisi_zip_slot.h"
#include "hisi_zip_sw.h"

/* Until a lost primary is noticed, and its queues are dead: several turns of the watch. */
#define HISI_ZIP_DEAD_TIMEOUT_S 2
#define HISI_ZIP_DEAD_POLL_US 1000

/* What this process has of a device, besides the view in shared memory. */
struct hisi_zip_secondary {
	struct hisi_zip_client *client;
	struct rte_compressdev *cdev;
	struct hisi_zip_proc self;
	uint8_t *range; /**< the doorbells; NULL: they have the primary's addresses */
	size_t range_len;
	uint64_t generation; /**< of "range" */
};

/* One request of this name at a time: EAL refuses a second one. */
static pthread_mutex_t hisi_zip_request_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t hisi_zip_sequence; /**< of the last request, under the lock */

static struct hisi_zip_dev *
hisi_zip_view(const struct rte_compressdev *cdev)
{
	return cdev->data->dev_private;
}

/* Whether an answer is to this request, which it replaces then; else it goes with its files. */
static bool
hisi_zip_take_answer(const struct rte_mp_msg *answer, struct hisi_zip_mp_msg *msg, int *fd)
{
	struct hisi_zip_mp_msg taken = {0};

	if (answer->len_param == sizeof(taken))
		memcpy(&taken, answer->param, sizeof(taken));
	if (taken.sequence != msg->sequence) {
		for (int i = 0; i < answer->num_fds; i++)
			close(answer->fds[i]);
		return false;
	}
	*msg = taken;
	*fd = answer->num_fds == 1 ? answer->fds[0] : -1;
	return true;
}

/*
 * EAL knows answers by their sender only: one that came too late for its request is taken for the
 * answer to this one, which is sent again then. The primary acts on it once.
 */
static int
hisi_zip_exchange(struct rte_mp_msg *request, struct hisi_zip_mp_msg *msg, int *fd)
{
	const struct timespec wait = {.tv_sec = HISI_ZIP_MP_TIMEOUT_S};
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() * HISI_ZIP_MP_TIMEOUT_S;
	bool taken = false;

	while (!taken && rte_get_timer_cycles() < end) {
		struct rte_mp_reply reply = {0};
		int ret = rte_mp_request_sync(request, &reply, &wait);

		if (ret != 0 || reply.nb_received != 1) {
			free(reply.msgs);
			return ret != 0 && rte_errno == ETIMEDOUT ? -ETIMEDOUT : -ENODEV;
		}
		taken = hisi_zip_take_answer(&reply.msgs[0], msg, fd);
		free(reply.msgs);
	}
	return taken ? msg->result : -ETIMEDOUT;
}

/* Asks the primary; "msg" has the answer afterwards, and "fd" a file or -1. */
static int
hisi_zip_request(const struct hisi_zip_secondary *secondary, const char *name,
		 enum hisi_zip_mp_type type, struct hisi_zip_mp_msg *msg, int *fd)
{
	struct rte_mp_msg request = {.len_param = sizeof(*msg)};
	int ret;

	msg->type = type;
	msg->layout = hisi_zip_mp_layout();
	msg->from = secondary->self;
	strlcpy(msg->device, name, sizeof(msg->device));
	strlcpy(request.name, HISI_ZIP_MP_NAME, sizeof(request.name));
	*fd = -1;
	pthread_mutex_lock(&hisi_zip_request_lock);
	msg->sequence = ++hisi_zip_sequence;
	memcpy(request.param, msg, sizeof(*msg));
	ret = hisi_zip_exchange(&request, msg, fd);
	pthread_mutex_unlock(&hisi_zip_request_lock);
	return ret;
}

static bool
hisi_zip_is_abandoned(const struct hisi_zip_dev *view)
{
	return __atomic_load_n(&view->secondary->client->abandoned, __ATOMIC_ACQUIRE) != 0;
}

/* The same for what brings no file. */
static int
hisi_zip_ask(const struct hisi_zip_dev *view, enum hisi_zip_mp_type type,
	     struct hisi_zip_mp_msg *msg)
{
	int fd, ret;

	if (hisi_zip_is_abandoned(view) || !hisi_zip_proc_alive(&view->primary))
		return -ENODEV;
	ret = hisi_zip_request(view->secondary, view->qm.name, type, msg, &fd);
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

/* Attaches, or fetches the doorbells once more. */
static int
hisi_zip_attach(struct hisi_zip_secondary *secondary, const char *name)
{
	struct hisi_zip_mp_msg msg = {0};
	int fd, ret;

	ret = hisi_zip_request(secondary, name, HISI_ZIP_MP_ATTACH, &msg, &fd);
	if (ret == 0) {
		secondary->client = msg.client;
		msg.client->view.secondary = secondary;
		ret = hisi_zip_map(secondary, &msg, fd);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Points the doorbells of a queue pair to where this process has them. */
static int
hisi_zip_aim(const struct hisi_zip_secondary *secondary, struct hisi_zip_qp *qp)
{
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		struct hisi_qm_qp *hw = qp->queue[d].hw;
		struct hisi_qm_doorbell db;

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
	ret = hisi_zip_attach(secondary, cdev->data->name);
	for (uint16_t i = 0; ret == 0 && i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			ret = hisi_zip_aim(secondary, cdev->data->queue_pairs[i]);
	return ret;
}

static int
hisi_zip_secondary_start(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_mp_msg msg = {0};
	int ret;

	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			hisi_zip_qp_restart(cdev->data->queue_pairs[i]);
	ret = hisi_zip_ask(view, HISI_ZIP_MP_START, &msg);
	if (ret == 0)
		ret = hisi_zip_aim_all(cdev, msg.generation);
	if (ret != 0)
		HISI_ZIP_LOG(ERR, "the primary cannot start the queue pairs: %s", view->qm.name,
			     rte_strerror(-ret));
	return ret;
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
			if (__atomic_load_n(&qp->queue[d].hw->dead, __ATOMIC_ACQUIRE) !=
			    HISI_QM_DEAD)
				return false;
	}
	return true;
}

/* Without a primary: whoever takes the function out of service says so by dead queues. */
static int
hisi_zip_wait_dead(const struct rte_compressdev *cdev)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() * HISI_ZIP_DEAD_TIMEOUT_S;

	while (!hisi_zip_all_dead(cdev)) {
		if (rte_get_timer_cycles() > end)
			return -ENODEV;
		rte_delay_us_sleep(HISI_ZIP_DEAD_POLL_US);
	}
	return 0;
}

static void
hisi_zip_secondary_stop(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_mp_msg msg = {0};
	int ret;

	hisi_zip_settle_for(cdev, HISI_ZIP_STOP_TIMEOUT_MS);
	ret = hisi_zip_ask(view, HISI_ZIP_MP_STOP, &msg);
	if (ret == -ENODEV)
		ret = hisi_zip_wait_dead(cdev);
	if (ret == 0)
		hisi_zip_shut_all(cdev);
	else
		HISI_ZIP_LOG(ERR, "the queue pairs are not stopped, their ops stay there: %s",
			     view->qm.name, rte_strerror(-ret));
}

static int
hisi_zip_secondary_qp_release(struct rte_compressdev *cdev, uint16_t id)
{
	struct hisi_zip_dev *view = hisi_zip_view(cdev);
	struct hisi_zip_qp *qp = cdev->data->queue_pairs[id];
	struct hisi_zip_mp_msg msg = {.qp_id = id};
	int ret;

	if (qp == NULL)
		return 0;
	cdev->data->queue_pairs[id] = NULL;
	hisi_zip_qp_add_totals(qp, &view->totals);
	hisi_zip_sw_leave(qp->sw);
	ret = hisi_zip_ask(view, HISI_ZIP_MP_QP_RELEASE, &msg);
	/* Without a primary there is nobody to give it back to. */
	if (ret != 0 && ret != -ENODEV)
		HISI_ZIP_LOG(WARNING, "queue pair %u is not given back: %s", view->qm.name, id,
			     rte_strerror(-ret));
	return 0;
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

	hisi_zip_secondary_qp_release(cdev, id);
	ret = hisi_zip_ask(view, HISI_ZIP_MP_QP_SETUP, &msg);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "queue pair %u: the primary refuses: %s", view->qm.name, id,
			     rte_strerror(-ret));
		return ret;
	}
	cdev->data->queue_pairs[id] = msg.qp;
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

/* As the primary's, but for what concerns hardware queues: hisi_zip_secondary_init_ops(). */
static struct rte_compressdev_ops hisi_zip_secondary_ops;

static void
hisi_zip_secondary_init_ops(void)
{
	hisi_zip_secondary_ops = hisi_zip_ops;
	hisi_zip_secondary_ops.dev_start = hisi_zip_secondary_start;
	hisi_zip_secondary_ops.dev_stop = hisi_zip_secondary_stop;
	hisi_zip_secondary_ops.queue_pair_setup = hisi_zip_secondary_qp_setup;
	hisi_zip_secondary_ops.queue_pair_release = hisi_zip_secondary_qp_release;
}

/*
 * Without a primary nobody keeps the function. A model's process drops it when its connection ends,
 * an embedded model is gone; a PCI function goes on until it is reset. Returns 0, or -EBUSY if it
 * may go on.
 */
static int
hisi_zip_quiet_orphan(const struct rte_compressdev *cdev)
{
	const struct hisi_zip_dev *view = hisi_zip_view(cdev);
	int ret = 0;

	if (cdev->feature_flags & RTE_COMPDEV_FF_HW_ACCELERATED)
		ret = hisi_qm_pci_reset_orphan(cdev->device);
	else if (view->args.path[0] != '\0')
		ret = hisi_qm_vfio_user_settle_orphan(view->args.path);
	if (ret == -EBUSY)
		HISI_ZIP_LOG(CRIT, "it cannot be kept from memory: buffers of ops in flight may "
			     "still be written to", view->qm.name);
	return ret;
}

/* The function is quiet, or cannot be quieted: ops come back. */
static void
hisi_zip_end_orphan(struct rte_compressdev *cdev)
{
	bool noisy = hisi_zip_quiet_orphan(cdev) == -EBUSY;

	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++) {
		struct hisi_zip_qp *qp = cdev->data->queue_pairs[i];

		for (unsigned int d = 0; qp != NULL && d < HISI_ZIP_NB_DIRECTIONS; d++) {
			qp->queue[d].hw->dev->noisy |= noisy;
			__atomic_store_n(&qp->queue[d].hw->dead, HISI_QM_DEAD, __ATOMIC_RELEASE);
		}
	}
	HISI_ZIP_LOG(ERR, "the device is lost: the primary process is gone",
		     hisi_zip_view(cdev)->qm.name);
}

static void
hisi_zip_watch(void *arg)
{
	struct hisi_zip_secondary *secondary = arg;

	if (hisi_zip_proc_alive(&hisi_zip_view(secondary->cdev)->primary))
		rte_eal_alarm_set(HISI_ZIP_MP_WATCH_US, hisi_zip_watch, secondary);
	else
		hisi_zip_end_orphan(secondary->cdev);
}

int
hisi_zip_secondary_create(struct rte_device *device, const char *name)
{
	struct hisi_zip_secondary *secondary = calloc(1, sizeof(*secondary));
	struct rte_compressdev *cdev;
	int ret;

	if (secondary == NULL)
		return -ENOMEM;
	/* Once: it may be that /proc cannot be read later. */
	secondary->self = hisi_zip_proc_self();
	ret = secondary->self.pid != 0 ? hisi_zip_attach(secondary, name) : -ESRCH;
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
	secondary->cdev = cdev;
	hisi_zip_secondary_init_ops();
	cdev->feature_flags = secondary->client->view.feature_flags;
	cdev->dev_ops = &hisi_zip_secondary_ops;
	cdev->enqueue_burst = hisi_zip_enqueue_burst;
	cdev->dequeue_burst = hisi_zip_dequeue_burst;
	rte_eal_alarm_set(HISI_ZIP_MP_WATCH_US, hisi_zip_watch, secondary);
	return 0;

detach:
	if (secondary->client != NULL)
		hisi_zip_ask(&secondary->client->view, HISI_ZIP_MP_DETACH,
			     &(struct hisi_zip_mp_msg){0});
	hisi_zip_unmap(secondary);
	free(secondary);
	return ret;
}

int
hisi_zip_secondary_remove(const char *name)
{
	struct rte_compressdev *cdev = rte_compressdev_pmd_get_named_dev(name);
	struct hisi_zip_mp_msg msg = {0};
	struct hisi_zip_secondary *secondary;
	struct hisi_zip_dev *view;
	int ret;

	if (cdev == NULL)
		return -ENODEV;
	view = hisi_zip_view(cdev);
	secondary = view->secondary;
	/* Before the watch ends, which a stop may have to wait for. */
	hisi_zip_stop(cdev);
	rte_eal_alarm_cancel(hisi_zip_watch, secondary);
	ret = hisi_zip_close(cdev);
	if (ret == 0)
		ret = rte_compressdev_pmd_destroy(cdev);
	if (ret != 0)
		return ret;
	hisi_zip_ask(view, HISI_ZIP_MP_DETACH, &msg);
	hisi_zip_unmap(secondary);
	free(secondary);
	return 0;
}
