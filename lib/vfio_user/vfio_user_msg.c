/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vfio_user_msg.h"
#include "vfio_user_parse.h"

/* One more than a message may have: too many are seen, and closed, not cut off. */
#define CONTROL_ROOM CMSG_SPACE((VFIO_USER_MAX_FDS + 1) * sizeof(int))

union control {
	struct cmsghdr align;
	char room[CONTROL_ROOM];
};

int
vfio_user_conn_init(struct vfio_user_conn *conn, int sock)
{
	int flags = fcntl(sock, F_GETFL);

	memset(conn, 0, sizeof(*conn));
	conn->sock = sock;
	if (flags < 0 || fcntl(sock, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

void
vfio_user_conn_fini(struct vfio_user_conn *conn)
{
	vfio_user_conn_next(conn);
	close(conn->sock);
	free(conn->payload);
	free(conn->out);
	memset(conn, 0, sizeof(*conn));
	conn->sock = -1;
}

void
vfio_user_close_received(int fd)
{
	const struct linger none = { .l_onoff = 0 };

	/* Not a socket, most likely: then there is nothing to be changed. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

/* Descriptors that come beyond the room of the message are closed: nothing may leak. */
static int
conn_keep_fds(struct vfio_user_conn *conn, const struct cmsghdr *cmsg)
{
	size_t n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int), sizeof(fd));
		if (conn->nb_fds < VFIO_USER_MAX_FDS) {
			conn->fds[conn->nb_fds++] = fd;
		} else {
			vfio_user_close_received(fd);
			ret = -EPROTO;
		}
	}
	return ret;
}

static int
conn_keep_control(struct vfio_user_conn *conn, struct msghdr *msg)
{
	int ret = 0;

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS &&
		    conn_keep_fds(conn, cmsg))
			ret = -EPROTO;
	}
	if (msg->msg_flags & MSG_CTRUNC)
		ret = -EPROTO;
	return ret;
}

/*
 * Never asks for more than the rest of the header or of the payload: the kernel hands
 * descriptors over with the bytes they were sent with, so they belong to this message.
 */
static int
conn_read(struct vfio_user_conn *conn, void *dst, size_t want)
{
	union control control;
	struct iovec iov = { .iov_base = dst, .iov_len = want };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	int ret;

	do {
		n = recvmsg(conn->sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
	ret = conn_keep_control(conn, &msg);
	if (ret)
		return ret;
	if (n == 0)
		return -ENOTCONN;
	conn->got += (size_t)n;
	return 1;
}

static int
conn_grow(uint8_t **buf, size_t *room, size_t len)
{
	uint8_t *bigger;

	if (len <= *room)
		return 0;
	if (len < 4096)
		len = 4096;
	bigger = realloc(*buf, len);
	if (!bigger)
		return -ENOMEM;
	*buf = bigger;
	*room = len;
	return 0;
}

size_t
vfio_user_conn_payload_len(const struct vfio_user_conn *conn)
{
	return conn->hdr.size - sizeof(conn->hdr);
}

/* The header is complete: is it one, and is there room for what it announces? */
static int
conn_accept_hdr(struct vfio_user_conn *conn)
{
	int ret = vfio_user_parse_hdr(&conn->hdr);

	return ret ? ret : conn_grow(&conn->payload, &conn->room, vfio_user_conn_payload_len(conn));
}

int
vfio_user_conn_recv(struct vfio_user_conn *conn)
{
	int ret;

	while (conn->got < sizeof(conn->hdr)) {
		ret = conn_read(conn, (uint8_t *)&conn->hdr + conn->got,
				sizeof(conn->hdr) - conn->got);
		if (ret <= 0)
			return ret;
		if (conn->got < sizeof(conn->hdr))
			continue;
		ret = conn_accept_hdr(conn);
		if (ret)
			return ret;
	}
	while (conn->got < conn->hdr.size) {
		ret = conn_read(conn, conn->payload + conn->got - sizeof(conn->hdr),
				conn->hdr.size - conn->got);
		if (ret <= 0)
			return ret;
	}
	return 1;
}

int
vfio_user_conn_take_fd(struct vfio_user_conn *conn, unsigned int i)
{
	int fd = -1;

	if (i < conn->nb_fds) {
		fd = conn->fds[i];
		conn->fds[i] = -1;
	}
	return fd;
}

void
vfio_user_conn_next(struct vfio_user_conn *conn)
{
	for (unsigned int i = 0; i < conn->nb_fds; i++) {
		if (conn->fds[i] >= 0)
			vfio_user_close_received(conn->fds[i]);
	}
	conn->nb_fds = 0;
	conn->got = 0;
}

void *
vfio_user_conn_reserve(struct vfio_user_conn *conn, size_t len)
{
	size_t whole = sizeof(struct vfio_user_hdr) + len;

	if (whole > VFIO_USER_MAX_MSG || conn_grow(&conn->out, &conn->out_room, whole))
		return NULL;
	memset(conn->out, 0, whole);
	return conn->out + sizeof(struct vfio_user_hdr);
}

void
vfio_user_conn_queue(struct vfio_user_conn *conn, const struct vfio_user_hdr *hdr, size_t len,
		     const int *fds, unsigned int nb_fds)
{
	struct vfio_user_hdr whole = *hdr;

	whole.size = (uint32_t)(sizeof(whole) + len);
	memcpy(conn->out, &whole, sizeof(whole));
	conn->out_len = whole.size;
	conn->out_done = 0;
	if (nb_fds)
		memcpy(conn->out_fds, fds, nb_fds * sizeof(*fds));
	conn->nb_out_fds = nb_fds;
}

/* Descriptors go with the first byte, once. */
static ssize_t
conn_write(struct vfio_user_conn *conn)
{
	union control control;
	struct iovec iov = {
		.iov_base = conn->out + conn->out_done,
		.iov_len = conn->out_len - conn->out_done,
	};
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t fds_len = conn->nb_out_fds * sizeof(int);
	ssize_t n;

	if (fds_len) {
		struct cmsghdr *cmsg = &control.align;

		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(fds_len);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(fds_len);
		memcpy(CMSG_DATA(cmsg), conn->out_fds, fds_len);
	}
	do {
		n = sendmsg(conn->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		conn->nb_out_fds = 0;
	return n;
}

int
vfio_user_conn_flush(struct vfio_user_conn *conn)
{
	while (conn->out_done < conn->out_len) {
		ssize_t n = conn_write(conn);

		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
		conn->out_done += (size_t)n;
	}
	conn->out_len = 0;
	conn->out_done = 0;
	return 1;
}
