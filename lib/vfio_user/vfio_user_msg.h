/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_MSG_H
#define VFIO_USER_MSG_H

/**
 * @file
 * Internal: whole messages in and out of a non-blocking stream socket, with descriptors.
 *
 * A connection has room for one message in each direction. Memory is bounded by
 * VFIO_USER_MAX_MSG in each. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user_proto.h"

/** Largest message accepted or sent: a region write of VFIO_USER_MAX_XFER bytes. */
#define VFIO_USER_MAX_MSG                                                                          \
	(sizeof(struct vfio_user_hdr) + sizeof(struct vfio_user_region_access) + VFIO_USER_MAX_XFER)

struct vfio_user_conn {
	int sock;

	struct vfio_user_hdr hdr; /**< of the message received */
	uint8_t *payload;
	size_t room; /**< bytes allocated at `payload` */
	size_t got; /**< bytes received of the message, header included */
	int fds[VFIO_USER_MAX_FDS]; /**< received; -1 once taken */
	unsigned int nb_fds;

	uint8_t *out; /**< header and payload to send */
	size_t out_room;
	size_t out_len; /**< 0 if there is nothing to send */
	size_t out_done;
	int out_fds[VFIO_USER_MAX_FDS];
	unsigned int nb_out_fds;
};

/** Take over a connected socket, which becomes non-blocking. */
int vfio_user_conn_init(struct vfio_user_conn *conn, int sock);

/** Close the socket and every descriptor received and not taken; free the buffers. */
void vfio_user_conn_fini(struct vfio_user_conn *conn);

/**
 * Receive what is there of one message.
 *
 * @return
 *   1: a whole message is in `hdr`, `payload`, `fds`; vfio_user_conn_next() releases it.
 *   0: there is no more to read now.
 *   -ENOTCONN at end of file, -EPROTO for a header or ancillary data that cannot be, -ENOMEM, or
 *   what recvmsg() said. The stream is lost after any of them.
 */
int vfio_user_conn_recv(struct vfio_user_conn *conn);

/**
 * Close a descriptor that a peer has sent, without waiting for what it may hold: a socket that
 * lingers would keep the last one to close it for as long as its peer likes. (A file of FUSE still
 * does: its file system is asked by any close().)
 */
void vfio_user_close_received(int fd);

/** Bytes of payload of the message received. */
size_t vfio_user_conn_payload_len(const struct vfio_user_conn *conn);

/** Take a received descriptor over; -1 if there is none at this place. */
int vfio_user_conn_take_fd(struct vfio_user_conn *conn, unsigned int i);

/** Done with the message received: close what was not taken, be ready for the next. */
void vfio_user_conn_next(struct vfio_user_conn *conn);

/**
 * Room for the payload of the next message to send, which must not be pending.
 *
 * @return
 *   Zeroed memory of `len` bytes, or NULL.
 */
void *vfio_user_conn_reserve(struct vfio_user_conn *conn, size_t len);

/**
 * Queue a message whose payload is what was written to the room reserved before.
 *
 * @param hdr
 *   `size` is filled in here.
 * @param len
 *   Bytes of payload, at most what was reserved.
 * @param fds
 *   Stay the caller's; must be open until the message is sent.
 */
void vfio_user_conn_queue(struct vfio_user_conn *conn, const struct vfio_user_hdr *hdr, size_t len,
			  const int *fds, unsigned int nb_fds);

/**
 * Send what is queued.
 *
 * @return
 *   1: nothing is left; 0: the socket takes no more now; a negative errno: the stream is lost.
 */
int vfio_user_conn_flush(struct vfio_user_conn *conn);

#endif /* VFIO_USER_MSG_H */
