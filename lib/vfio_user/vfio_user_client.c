/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "vfio_user_client_priv.h"
#include "vfio_user_parse.h"

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int
vfio_user_client_kill(struct vfio_user_client *client, int error)
{
	vfio_user_client_shutdown(client);
	return error;
}

/* @return  0, or -ETIMEDOUT; what has happened to the socket shows when it is used. */
static int
wait_for(const struct vfio_user_client *client, short events, uint64_t deadline)
{
	struct pollfd p = { .fd = client->conn.sock, .events = events };
	uint64_t now = now_ms();
	int n;

	if (now >= deadline)
		return -ETIMEDOUT;
	n = poll(&p, 1, deadline - now > 60000 ? 60000 : (int)(deadline - now));
	return n < 0 && errno != EINTR ? -errno : 0;
}

static int
send_all(struct vfio_user_client *client, uint64_t deadline)
{
	for (;;) {
		int ret = vfio_user_conn_flush(&client->conn);

		if (ret > 0)
			return 0;
		if (ret == 0)
			ret = wait_for(client, POLLOUT, deadline);
		if (ret)
			return ret == -EPIPE || ret == -ECONNRESET ? -ENOTCONN : ret;
	}
}

/* A server may ask for DMA by message; we offer memory by descriptors only. */
static int
refuse_request(struct vfio_user_client *client, uint64_t deadline)
{
	struct vfio_user_hdr hdr = client->conn.hdr;

	vfio_user_conn_next(&client->conn);
	if (hdr.flags & VFIO_USER_F_NO_REPLY)
		return 0;
	hdr.flags = VFIO_USER_F_TYPE_REPLY | VFIO_USER_F_ERROR;
	hdr.error = ENOTSUP;
	if (!vfio_user_conn_reserve(&client->conn, 0))
		return -ENOMEM;
	vfio_user_conn_queue(&client->conn, &hdr, 0, NULL, 0);
	return send_all(client, deadline);
}

/* The next reply, past any requests of the server's own. */
static int
receive_reply(struct vfio_user_client *client, uint64_t deadline)
{
	for (;;) {
		int ret = vfio_user_conn_recv(&client->conn);

		if (ret == 0) {
			ret = wait_for(client, POLLIN, deadline);
		} else if (ret > 0) {
			if (client->conn.hdr.flags & VFIO_USER_F_TYPE_MASK)
				return 0;
			ret = refuse_request(client, deadline);
			/* A server that asks without end is as good as silent. */
			if (!ret && now_ms() >= deadline)
				ret = -ETIMEDOUT;
		}
		if (ret)
			return ret == -ECONNRESET ? -ENOTCONN : ret;
	}
}

/* @return  0 for the reply to this call, else why not. */
static int
check_reply(struct vfio_user_client *client, const struct vfio_user_call *call, uint16_t id)
{
	struct vfio_user_conn *conn = &client->conn;
	const struct vfio_user_hdr *hdr = &conn->hdr;

	if (hdr->id != id || hdr->command != call->command)
		return vfio_user_client_kill(client, -EPROTO);
	if (hdr->flags & VFIO_USER_F_ERROR) {
		int error = hdr->error > 0 && hdr->error < 4096 ? -(int)hdr->error : -EIO;

		vfio_user_conn_next(conn);
		return error;
	}
	if (vfio_user_conn_payload_len(conn) < call->min_reply)
		return vfio_user_client_kill(client, -EPROTO);
	return 0;
}

static int
send_call(struct vfio_user_client *client, const struct vfio_user_call *call,
	  const struct vfio_user_hdr *hdr, uint64_t deadline)
{
	size_t len = call->fixed_len + call->data_len;
	uint8_t *to = vfio_user_conn_reserve(&client->conn, len);

	if (!to)
		return -ENOMEM;
	if (call->fixed_len)
		memcpy(to, call->fixed, call->fixed_len);
	if (call->data_len)
		memcpy(to + call->fixed_len, call->data, call->data_len);
	vfio_user_conn_queue(&client->conn, hdr, len, call->fds, call->nb_fds);
	return send_all(client, deadline);
}

int
vfio_user_client_call(struct vfio_user_client *client, const struct vfio_user_call *call)
{
	uint64_t deadline = now_ms() + client->timeout_ms;
	struct vfio_user_hdr hdr = {
		.command = call->command,
		.flags = call->posted ? VFIO_USER_F_NO_REPLY : 0,
	};
	int ret;

	if (vfio_user_client_dead(client))
		return -ENODEV;
	hdr.id = client->next_id++;
	ret = send_call(client, call, &hdr, deadline);
	if (!ret && !call->posted)
		ret = receive_reply(client, deadline);
	if (ret)
		return vfio_user_client_kill(client, ret);
	return call->posted ? 0 : check_reply(client, call, hdr.id);
}

int
vfio_user_client_do(struct vfio_user_client *client, const struct vfio_user_call *call)
{
	int ret;

	pthread_mutex_lock(&client->lock);
	ret = vfio_user_client_call(client, call);
	if (!ret && !call->posted)
		vfio_user_conn_next(&client->conn);
	pthread_mutex_unlock(&client->lock);
	return ret;
}

static int
agree_version(struct vfio_user_client *client)
{
	const struct vfio_user_version ours = { VFIO_USER_MAJOR, VFIO_USER_MINOR };
	struct vfio_user_version theirs;
	struct vfio_user_caps caps;
	char text[256];
	int len = snprintf(text, sizeof(text),
			   "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%d,"
			   "\"max_dma_maps\":%d,\"pgsizes\":%d}}",
			   VFIO_USER_MAX_FDS, VFIO_USER_MAX_XFER, VFIO_USER_MAX_DMA_MAPS,
			   VFIO_USER_PAGE_SIZE);
	const struct vfio_user_call call = {
		.command = VFIO_USER_VERSION,
		.fixed = &ours,
		.fixed_len = sizeof(ours),
		.data = text,
		.data_len = (size_t)len + 1,
		.min_reply = sizeof(theirs),
	};
	int ret = vfio_user_client_call(client, &call);

	if (ret)
		return ret == -ENOTCONN ? -EBUSY : ret;
	memcpy(&theirs, client->conn.payload, sizeof(theirs));
	ret = vfio_user_parse_caps(client->conn.payload + sizeof(theirs),
				   vfio_user_conn_payload_len(&client->conn) - sizeof(theirs),
				   &caps);
	vfio_user_conn_next(&client->conn);
	if (ret || !caps.max_xfer)
		return -EPROTO;
	client->max_fds = caps.max_fds;
	client->max_xfer = caps.max_xfer < VFIO_USER_MAX_XFER ? caps.max_xfer : VFIO_USER_MAX_XFER;
	return theirs.major == VFIO_USER_MAJOR && theirs.minor == VFIO_USER_MINOR ? 0 : -ENOTSUP;
}

static int
check_info(struct vfio_user_client *client)
{
	struct vfio_user_info info = { .argsz = sizeof(info) };
	const struct vfio_user_call call = {
		.command = VFIO_USER_GET_INFO,
		.fixed = &info,
		.fixed_len = sizeof(info),
		.min_reply = sizeof(info),
	};
	int ret = vfio_user_client_call(client, &call);

	if (ret)
		return ret;
	memcpy(&info, client->conn.payload, sizeof(info));
	vfio_user_conn_next(&client->conn);
	return (info.flags & VFIO_USER_INFO_F_PCI) && info.num_regions > VFIO_USER_REGION_CONFIG
		       ? 0
		       : -ENOTSUP;
}

/* A full backlog (EAGAIN) gives no event to wait for. */
static int
connect_by(int sock, const struct sockaddr_un *addr, uint64_t deadline)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	while (connect(sock, (const struct sockaddr *)addr, sizeof(*addr))) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (now_ms() >= deadline)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
open_socket(const char *path, uint64_t deadline)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock;
	int ret;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path));
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	ret = connect_by(sock, &addr, deadline);
	if (ret) {
		close(sock);
		return ret;
	}
	return sock;
}

int
vfio_user_client_connect(const char *path, unsigned int timeout_ms, struct vfio_user_client **out)
{
	struct vfio_user_client *client;
	int sock = open_socket(path, now_ms() + timeout_ms);
	int ret;

	if (sock < 0)
		return sock;
	client = calloc(1, sizeof(*client));
	if (!client) {
		close(sock);
		return -ENOMEM;
	}
	client->timeout_ms = timeout_ms;
	pthread_mutex_init(&client->lock, NULL);
	ret = vfio_user_conn_init(&client->conn, sock);
	if (!ret)
		ret = agree_version(client);
	if (!ret)
		ret = check_info(client);
	if (ret) {
		vfio_user_client_close(client);
		return ret;
	}
	*out = client;
	return 0;
}

void
vfio_user_client_close(struct vfio_user_client *client)
{
	if (!client)
		return;
	vfio_user_conn_fini(&client->conn);
	pthread_mutex_destroy(&client->lock);
	free(client);
}

void
vfio_user_client_shutdown(struct vfio_user_client *client)
{
	atomic_store(&client->dead, true);
	shutdown(client->conn.sock, SHUT_RDWR);
}

bool
vfio_user_client_dead(const struct vfio_user_client *client)
{
	return atomic_load(&client->dead);
}

int
vfio_user_client_fd(const struct vfio_user_client *client)
{
	return client->conn.sock;
}
