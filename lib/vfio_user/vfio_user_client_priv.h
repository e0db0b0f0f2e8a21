/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_CLIENT_PRIV_H
#define VFIO_USER_CLIENT_PRIV_H

/**
 * @file
 * Internal: the client's connection (vfio_user_client.c) and its calls (vfio_user_calls.c).
 */

#include <pthread.h>
#include <stdatomic.h>

#include "vfio_user_client.h"
#include "vfio_user_msg.h"

struct vfio_user_client {
	pthread_mutex_t lock; /**< a call, from its request to the use of its reply */
	struct vfio_user_conn conn;
	unsigned int timeout_ms;
	uint16_t next_id;
	atomic_bool dead;
	uint64_t max_fds; /**< the server's, at least 1 */
	uint64_t max_xfer;
};

/** A request. */
struct vfio_user_call {
	uint16_t command;
	bool posted;
	const void *fixed; /**< fixed part of the payload */
	size_t fixed_len;
	const void *data; /**< what follows it */
	size_t data_len;
	const int *fds;
	unsigned int nb_fds;
	size_t min_reply; /**< a shorter payload of the reply is a protocol violation */
};

/**
 * Send a request and wait for its reply. With the lock held.
 *
 * On success of a call that is not posted the reply is in `client->conn`, to be released with
 * vfio_user_conn_next(); otherwise nothing is to be released.
 *
 * @return
 *   0, the server's error, or why the client is dead.
 */
int vfio_user_client_call(struct vfio_user_client *client, const struct vfio_user_call *call);

/** The peer broke the protocol, or is gone: nothing more is said to it. @return `error` */
int vfio_user_client_kill(struct vfio_user_client *client, int error);

/** vfio_user_client_call() with the lock taken, for calls whose reply holds nothing of use. */
int vfio_user_client_do(struct vfio_user_client *client, const struct vfio_user_call *call);

#endif /* VFIO_USER_CLIENT_PRIV_H */
