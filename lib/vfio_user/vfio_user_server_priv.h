/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_SERVER_PRIV_H
#define VFIO_USER_SERVER_PRIV_H

/**
 * @file
 * Internal: the server's life (vfio_user_server.c), its description (vfio_user_desc.c), its socket
 * file (vfio_user_listen.c) and its answers (vfio_user_answer.c).
 */

#include <stdatomic.h>
#include <sys/types.h>

#include "vfio_user_dma.h"
#include "vfio_user_msg.h"
#include "vfio_user_pci.h"
#include "vfio_user_server.h"
#include "vfio_user_sigbus.h"

/** A listening socket and the file it is known by. */
struct vfio_user_listener {
	int sock;
	char *path;
	dev_t dev;
	ino_t ino;
};

struct vfio_user_server {
	struct vfio_user_listener listener;
	struct vfio_user_device_desc desc;
	const struct vfio_user_device_ops *ops;
	void *dev;
	struct vfio_user_log log;
	struct vfio_user_pci *pci;
	struct vfio_user_dma dma;
	struct vfio_user_sigbus_owner sigbus;
	int epoll;
	int wake; /**< eventfd: drop the client */
	atomic_bool drop;

	/* The client. */
	bool has_client;
	bool negotiated;
	bool write_multi;
	bool blocked; /**< an answer waits for room in the socket; no request is read meanwhile */
	bool refused; /**< another client was, and that was logged */
	uint64_t slice_end_ns; /**< until then this client's requests are answered in one go */
	uint64_t writes_done; /**< of a REGION_WRITE_MULTI that goes on in the next one */
	uint64_t client_max_fds;
	struct vfio_user_conn conn;
};

/** Copy a description with all that its regions point to. @return 0 or a negative errno. */
int vfio_user_desc_init(struct vfio_user_device_desc *desc,
			const struct vfio_user_device_desc *from);

/** Undo vfio_user_desc_init(). */
void vfio_user_desc_fini(struct vfio_user_device_desc *desc);

/** Listen; see vfio_user_server_create() for the rules and errors. */
int vfio_user_listener_open(struct vfio_user_listener *listener, const char *path);

/** Stop listening, and remove the file unless it is another's by now. */
void vfio_user_listener_close(struct vfio_user_listener *listener);

/**
 * Carry out the request received in `conn`, and queue the answer unless none is wanted.
 *
 * @return
 *   0; 1: the slice is over before the request is, so call again in the next one; or a negative
 *   errno if the client must be dropped.
 */
int vfio_user_server_answer(struct vfio_user_server *server);

/** Whether it is another client's turn. */
bool vfio_user_server_slice_over(const struct vfio_user_server *server);

/** Forget the state that a client leaves in the device: interrupts, config space, memory. */
void vfio_user_server_forget(struct vfio_user_server *server);

__attribute__((format(printf, 3, 4))) void
vfio_user_server_log(const struct vfio_user_server *server, enum vfio_user_log_level level,
		     const char *format, ...);

#endif /* VFIO_USER_SERVER_PRIV_H */
