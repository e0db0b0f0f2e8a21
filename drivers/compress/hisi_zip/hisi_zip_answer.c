/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The primary's answers to requests: hisi_zip_mp.h. All under hisi_zip_primary_lock(). */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include <rte_malloc.h>

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
	rte_spinlock_init(&view->xform_lock);
	LIST_INIT(&view->xforms);
	LIST_INIT(&view->streams);
	return 0;
}

static int
hisi_zip_client_create(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc,
		       struct hisi_zip_client **out)
{
	struct hisi_zip_client *client = rte_zmalloc_socket("hisi_zip_client", sizeof(*client),
							    RTE_CACHE_LINE_SIZE,
							    dev->qm.numa_node);
	int ret;

	if (client == NULL)
		return -ENOMEM;
	client->proc = *proc;
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
hisi_zip_on_attach(struct hisi_zip_dev *dev, struct hisi_zip_client *client,
		   struct hisi_zip_mp_msg *msg, int *fd)
{
	struct hisi_qm_doorbell db;
	int ret = 0;

	/* Whom we do not see we would take for dead, and its memory away. */
	if (client == NULL && !hisi_zip_proc_alive(&msg->from)) {
		HISI_ZIP_LOG(ERR, "process %" PRIu32 " is not seen in /proc", dev->qm.name,
			     msg->from.pid);
		return -ESRCH;
	}
	if (client == NULL)
		ret = hisi_zip_client_create(dev, &msg->from, &client);
	msg->client = client;
	if (ret == 0 && hisi_qm_dev_doorbells(&dev->qm, &db) == 0 && db.fd >= 0) {
		/* Of its own: the transport may be closed before the answer is sent. */
		*fd = fcntl(db.fd, F_DUPFD_CLOEXEC, 0);
		if (*fd < 0)
			return -errno;
		msg->fd_offset = db.fd_offset;
		msg->fd_len = db.fd_len;
	}
	return ret;
}

static int
hisi_zip_on_qp_setup(struct hisi_zip_dev *dev, struct hisi_zip_mp_msg *msg)
{
	int ret;

	if (msg->qp_id >= dev->qm.nb_queues / HISI_ZIP_NB_DIRECTIONS ||
	    msg->qp_id >= HISI_ZIP_MAX_QUEUE_PAIRS)
		return -EINVAL;
	ret = hisi_zip_primary_claim(dev, msg->qp_id, &msg->from);
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

	if (msg->qp_id >= HISI_ZIP_MAX_QUEUE_PAIRS)
		return -EINVAL;
	qp = dev->queue_pairs[msg->qp_id];
	if (qp == NULL || !hisi_zip_proc_equal(&qp->owner, &msg->from))
		return -EINVAL;
	hisi_zip_qp_free(dev, qp);
	return 0;
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
		hisi_zip_client_stop(dev, client);
		return 0;
	default:
		return -EINVAL;
	}
}

static int
hisi_zip_on_client(struct hisi_zip_dev *dev, struct hisi_zip_mp_msg *msg, int *fd)
{
	struct hisi_zip_client *client = hisi_zip_client_find(dev, &msg->from);

	if (msg->type == HISI_ZIP_MP_ATTACH)
		return hisi_zip_on_attach(dev, client, msg, fd);
	if (client == NULL)
		return -ENODEV;
	if (msg->type == HISI_ZIP_MP_DETACH) {
		hisi_zip_client_free(dev, client);
		return 0;
	}
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
hisi_zip_primary_answer(struct hisi_zip_mp_msg *msg, int *fd)
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
		msg->result = hisi_zip_on_client(dev, msg, fd);
		msg->generation = dev->qm.connects;
	}
unlock:
	hisi_zip_primary_unlock();
}
