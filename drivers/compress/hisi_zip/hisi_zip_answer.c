/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The primary's answers to requests: hisi_zip_mp.h. All under hisi_zip_primary_lock(). */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "hisi_zip_serve.h"

/* What a secondary may know of the device, and the data of its rte device. */
static int
hisi_zip_client_init(struct hisi_zip_dev *dev, struct hisi_zip_client *client)
{
	struct hisi_zip_dev *view = &client->view;
	struct rte_compressdev_data *data = &view->data;

	data->socket_id = dev->data.socket_id;
	memcpy(data->name, dev->data.name, sizeof(data->name));
	data->dev_private = view;
	data->nb_queue_pairs = dev->data.nb_queue_pairs;
	if (data->nb_queue_pairs != 0) {
		data->queue_pairs = rte_calloc_socket("hisi_zip_qps", data->nb_queue_pairs,
						      sizeof(*data->queue_pairs), 0,
						      data->socket_id);
		if (data->queue_pairs == NULL)
			return -ENOMEM;
	}
	view->id = dev->id;
	view->args = dev->args;
	view->primary = dev->primary;
	view->feature_flags = dev->feature_flags;
	view->lz4 = dev->lz4;
	view->qm.numa_node = dev->qm.numa_node;
	view->qm.hw = dev->qm.hw;
	view->qm.caps = dev->qm.caps;
	view->qm.nb_queues = dev->qm.nb_queues;
	view->qm.sq_depth = dev->qm.sq_depth;
	view->qm.cq_depth = dev->qm.cq_depth;
	memcpy(view->qm.name, dev->qm.name, sizeof(view->qm.name));
	pthread_mutex_init(&view->qm.lock, NULL);
	rte_spinlock_init(&view->xform_lock);
	LIST_INIT(&view->xforms);
	LIST_INIT(&view->streams);
	return 0;
}

static int
hisi_zip_client_create(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc,
		       const char *peer, struct hisi_zip_client **out)
{
	struct hisi_zip_client *client = rte_zmalloc_socket("hisi_zip_client", sizeof(*client),
							    RTE_CACHE_LINE_SIZE,
							    dev->qm.numa_node);
	int ret;

	if (client == NULL)
		return -ENOMEM;
	client->proc = *proc;
	strlcpy(client->peer, peer, sizeof(client->peer));
	ret = hisi_zip_client_init(dev, client);
	if (ret != 0) {
		rte_free(client);
		return ret;
	}
	LIST_INSERT_HEAD(&dev->clients, client, next);
	*out = client;
	return 0;
}

/* "fd" receives the file of the doorbells, or -1 if they need none, or nobody has any now. */
static int
hisi_zip_give_doorbells(struct hisi_zip_dev *dev, struct hisi_zip_mp_msg *msg, int *fd)
{
	struct hisi_qm_doorbell db;

	if (hisi_zip_is_software(dev) || hisi_qm_dev_doorbells(&dev->qm, &db) != 0 || db.fd < 0)
		return 0;
	/* Of its own: the transport may be closed before the answer is sent. */
	*fd = fcntl(db.fd, F_DUPFD_CLOEXEC, 0);
	if (*fd < 0) {
		int ret = -errno;

		HISI_ZIP_LOG(ERR, "no descriptor to give the doorbells to process %" PRIu32,
			     dev->qm.name, msg->from.pid);
		return ret;
	}
	msg->fd_offset = db.fd_offset;
	msg->fd_len = db.fd_len;
	return 0;
}

/* Whether a process is whom it says: EAL names sockets of processes mp_socket_PID_TIME. */
static bool
hisi_zip_is_sender(const struct hisi_zip_proc *proc, const char *peer)
{
	const char *name = strrchr(peer, '/');
	char start[32];
	int len = snprintf(start, sizeof(start), "/mp_socket_%" PRIu32 "_", proc->pid);

	return name != NULL && strncmp(name, start, (size_t)len) == 0;
}

static int
hisi_zip_on_attach(struct hisi_zip_dev *dev, struct hisi_zip_mp_msg *msg, const char *peer, int *fd)
{
	struct hisi_zip_client *client;
	int ret;

	/* Whom we do not see we would take for dead, and its memory away. */
	if (!hisi_zip_proc_alive(&msg->from)) {
		HISI_ZIP_LOG(ERR, "process %" PRIu32 " is not seen in /proc", dev->qm.name,
			     msg->from.pid);
		return -ESRCH;
	}
	ret = hisi_zip_give_doorbells(dev, msg, fd);
	if (ret == 0)
		ret = hisi_zip_client_create(dev, &msg->from, peer, &client);
	if (ret == 0)
		msg->client = client;
	return ret;
}

static int
hisi_zip_on_qp_setup(struct hisi_zip_dev *dev, struct hisi_zip_mp_msg *msg)
{
	int ret;

	if (msg->qp_id >= hisi_zip_max_queue_pairs(dev) ||
	    (msg->socket != SOCKET_ID_ANY &&
	     (msg->socket < 0 || msg->socket >= RTE_MAX_NUMA_NODES)))
		return -EINVAL;
	ret = hisi_zip_primary_claim(dev, msg->qp_id, &msg->from);
	/* That cleans up behind the dead. Nobody would free what the sender, if dead, had now. */
	if (ret == 0 && hisi_zip_client_find(dev, &msg->from) == NULL)
		ret = -ESRCH;
	if (ret == 0)
		ret = hisi_zip_qp_create(dev, msg->qp_id, msg->limit, msg->socket, &msg->from,
					 &msg->qp);
	if (ret == -ENOTSUP)
		HISI_ZIP_LOG(ERR, "no doorbells that other processes can ring (shadow=off?)",
			     dev->qm.name);
	return ret;
}

static int
hisi_zip_on_qp_release(struct hisi_zip_dev *dev, const struct hisi_zip_mp_msg *msg)
{
	struct hisi_zip_qp *qp;
	int ret;

	if (msg->qp_id >= HISI_ZIP_MAX_QUEUE_PAIRS)
		return -EINVAL;
	qp = dev->queue_pairs[msg->qp_id];
	/* It was done before, unheard; by now the id may be another's. */
	if (qp == NULL || !hisi_zip_proc_equal(&qp->owner, &msg->from))
		return 0;
	ret = hisi_zip_qp_stop_step(qp);
	if (ret == 0)
		hisi_zip_qp_free(dev, qp);
	return ret;
}

/* What changes queue pairs of a process that is attached. */
static int
hisi_zip_on_control(struct hisi_zip_dev *dev, struct hisi_zip_client *client,
		    struct hisi_zip_mp_msg *msg)
{
	switch (msg->type) {
	case HISI_ZIP_MP_QP_SETUP:
		return hisi_zip_on_qp_setup(dev, msg);
	case HISI_ZIP_MP_QP_RELEASE:
		return hisi_zip_on_qp_release(dev, msg);
	case HISI_ZIP_MP_START:
		return hisi_zip_client_start(dev, client);
	case HISI_ZIP_MP_STOP:
		return hisi_zip_client_stop(dev, client);
	default:
		return -EINVAL;
	}
}

static int
hisi_zip_on_client(struct hisi_zip_dev *dev, struct hisi_zip_mp_msg *msg, const char *peer, int *fd)
{
	struct hisi_zip_client *client = hisi_zip_client_find(dev, &msg->from);

	if (client != NULL ? strcmp(client->peer, peer) != 0 :
			     !hisi_zip_is_sender(&msg->from, peer)) {
		HISI_ZIP_LOG(ERR, "'%s' asks in the name of process %" PRIu32, dev->qm.name, peer,
			     msg->from.pid);
		return -EPERM;
	}
	if (client == NULL)
		return msg->type == HISI_ZIP_MP_ATTACH ? hisi_zip_on_attach(dev, msg, peer, fd) :
							 -ENODEV;
	if (msg->type == HISI_ZIP_MP_ATTACH) {
		msg->client = client;
		return hisi_zip_give_doorbells(dev, msg, fd);
	}
	if (msg->type == HISI_ZIP_MP_DETACH)
		return hisi_zip_client_free(dev, client);
	/* Once: a second setup would free what the first answer names, a start rewind rings. */
	if (msg->sequence == client->answer.sequence) {
		msg->qp = client->answer.qp;
		return client->answer.result;
	}
	msg->result = hisi_zip_on_control(dev, client, msg);
	/* A setup cleans up behind the dead, of which the sender may be one by now. */
	client = hisi_zip_client_find(dev, &msg->from);
	if (client != NULL)
		client->answer = *msg;
	return msg->result;
}

void
hisi_zip_primary_answer(struct hisi_zip_mp_msg *msg, const char *peer, int *fd)
{
	struct hisi_zip_dev *dev;

	msg->device[sizeof(msg->device) - 1] = '\0';
	msg->result = -ENODEV;
	hisi_zip_primary_lock();
	if (msg->layout != hisi_zip_mp_layout()) {
		HISI_ZIP_LOG(ERR, "process %" PRIu32 " has another build of the driver",
			     msg->device, msg->from.pid);
		msg->result = -EPROTO;
		goto unlock;
	}
	dev = hisi_zip_primary_find(msg->device);
	if (dev != NULL) {
		msg->result = hisi_zip_on_client(dev, msg, peer, fd);
		msg->generation = dev->qm.connects;
	}
unlock:
	hisi_zip_primary_unlock();
}
