/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vfio_user_server_priv.h"

/*
 * Requests answered in one go, and for how long, so that one client cannot keep the thread from
 * the others: a request may take long, where the device is busy with much work of its client.
 */
#define BUDGET 64
#define SLICE_NS 1000000

enum { TAG_LISTENER, TAG_WAKE, TAG_CLIENT };

void
vfio_user_server_log(const struct vfio_user_server *server, enum vfio_user_log_level level,
		     const char *format, ...)
{
	char text[256];
	va_list args;

	if (!server->log.fn)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	server->log.fn(server->log.ctx, level, text);
}

static int
watch(const struct vfio_user_server *server, int op, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event event = { .events = events, .data.u64 = tag };

	return epoll_ctl(server->epoll, op, fd, &event) ? -errno : 0;
}

static void
on_flr(void *ctx)
{
	struct vfio_user_server *server = ctx;

	if (server->ops->reset)
		server->ops->reset(server->dev, VFIO_USER_RESET_FLR);
}

static void
on_command(void *ctx, uint16_t command)
{
	struct vfio_user_server *server = ctx;

	if (server->ops->command)
		server->ops->command(server->dev, command);
}

static void
on_power(void *ctx, unsigned int state)
{
	struct vfio_user_server *server = ctx;

	if (server->ops->power)
		server->ops->power(server->dev, state);
}

static const struct vfio_user_pci_ops pci_ops = {
	.flr = on_flr,
	.command = on_command,
	.power = on_power,
};

static int
watch_init(struct vfio_user_server *server)
{
	int ret;

	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server->epoll < 0)
		return -errno;
	server->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (server->wake < 0) {
		ret = -errno;
		goto close_epoll;
	}
	ret = watch(server, EPOLL_CTL_ADD, server->wake, EPOLLIN, TAG_WAKE);
	if (!ret)
		ret = watch(server, EPOLL_CTL_ADD, server->listener.sock, EPOLLIN, TAG_LISTENER);
	if (ret)
		goto close_wake;
	server->sigbus.wake_fd = server->wake;
	return 0;

close_wake:
	close(server->wake);
close_epoll:
	close(server->epoll);
	return ret;
}

int
vfio_user_server_create(const char *path, const struct vfio_user_device_desc *desc,
			const struct vfio_user_device_ops *ops, void *dev,
			const struct vfio_user_log *log, struct vfio_user_server **out)
{
	struct vfio_user_server *server = calloc(1, sizeof(*server));
	int ret;

	if (!server)
		return -ENOMEM;
	server->ops = ops;
	server->dev = dev;
	if (log)
		server->log = *log;
	ret = vfio_user_desc_init(&server->desc, desc);
	if (ret)
		goto free_server;
	ret = vfio_user_pci_create(&desc->pci, &pci_ops, server, &server->pci);
	if (ret)
		goto fini_desc;
	ret = vfio_user_sigbus_get();
	if (ret)
		goto destroy_pci;
	vfio_user_dma_init(&server->dma, ops, dev, &server->sigbus);
	ret = vfio_user_listener_open(&server->listener, path);
	if (ret)
		goto put_sigbus;
	ret = watch_init(server);
	if (ret)
		goto close_listener;
	*out = server;
	return 0;

close_listener:
	vfio_user_listener_close(&server->listener);
put_sigbus:
	vfio_user_sigbus_put();
destroy_pci:
	vfio_user_pci_destroy(server->pci);
fini_desc:
	vfio_user_desc_fini(&server->desc);
free_server:
	free(server);
	return ret;
}

static void
drop(struct vfio_user_server *server, enum vfio_user_log_level level, const char *why)
{
	if (!server->has_client)
		return;
	if (server->negotiated || level != VFIO_USER_LOG_INFO)
		vfio_user_server_log(server, level, "client dropped: %s", why);
	/* A client that sees the end of its connection may rely on that its memory is let go. */
	vfio_user_server_forget(server);
	vfio_user_conn_fini(&server->conn);
	server->has_client = false;
}

void
vfio_user_server_destroy(struct vfio_user_server *server)
{
	if (!server)
		return;
	drop(server, VFIO_USER_LOG_INFO, "the server ends");
	close(server->wake);
	close(server->epoll);
	vfio_user_listener_close(&server->listener);
	vfio_user_sigbus_put();
	vfio_user_pci_destroy(server->pci);
	vfio_user_desc_fini(&server->desc);
	free(server);
}

int
vfio_user_server_fd(const struct vfio_user_server *server)
{
	return server->epoll;
}

/* @return  1 if everything is sent, 0 if the rest has to wait, or a negative errno. */
static int
send_answer(struct vfio_user_server *server)
{
	int sent = vfio_user_conn_flush(&server->conn);
	bool blocked = sent == 0;

	if (sent >= 0 && blocked != server->blocked) {
		int ret = watch(server, EPOLL_CTL_MOD, server->conn.sock,
				blocked ? EPOLLOUT : EPOLLIN, TAG_CLIENT);

		if (ret)
			return ret;
		server->blocked = blocked;
	}
	return sent;
}

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

bool
vfio_user_server_slice_over(const struct vfio_user_server *server)
{
	return now_ns() >= server->slice_end_ns;
}

/* Nothing else may come of the socket to wake us for the rest of a request. Full is as good. */
static int
wake_again(const struct vfio_user_server *server)
{
	uint64_t one = 1;

	return write(server->wake, &one, sizeof(one)) < 0 && errno != EAGAIN ? -errno : 0;
}

/* @return  1 for a request answered, 0 if there is none to go on with, or a negative errno. */
static int
serve_one(struct vfio_user_server *server)
{
	int ret = vfio_user_conn_recv(&server->conn);

	if (ret <= 0)
		return ret;
	ret = vfio_user_server_answer(server);
	if (ret > 0)
		return wake_again(server);
	vfio_user_conn_next(&server->conn);
	if (ret)
		return ret;
	ret = send_answer(server);
	return ret < 0 ? ret : 1;
}

static bool
check_drop(struct vfio_user_server *server)
{
	if (atomic_load(&server->sigbus.hit))
		drop(server, VFIO_USER_LOG_ERR, "it took memory away behind a map (SIGBUS)");
	else if (atomic_load(&server->drop))
		drop(server, VFIO_USER_LOG_WARNING, "the device asked for it");
	else
		return false;
	atomic_store(&server->sigbus.hit, false);
	atomic_store(&server->drop, false);
	return true;
}

static int
serve(struct vfio_user_server *server)
{
	int done = 0;
	int ret = server->blocked ? send_answer(server) : 1;

	server->slice_end_ns = now_ns() + SLICE_NS;
	while (ret > 0 && !server->blocked && done < BUDGET) {
		ret = serve_one(server);
		if (ret > 0)
			done++;
		if (check_drop(server))
			return done;
		if (vfio_user_server_slice_over(server))
			break;
	}
	if (ret == -ENOTCONN || ret == -ECONNRESET || ret == -EPIPE)
		drop(server, VFIO_USER_LOG_INFO, "it hung up");
	else if (ret < 0)
		drop(server, VFIO_USER_LOG_ERR, strerror(-ret));
	return done;
}

/* Whether the client is gone, though what it has sent is still to be served. */
static bool
hung_up(const struct vfio_user_server *server)
{
	struct pollfd p = { .fd = server->conn.sock, .events = POLLRDHUP };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP);
}

/*
 * A client that closes its socket and connects again at once shows up here before its hang-up
 * is seen. The new connection stays where it is until what the old one holds has been served,
 * which takes as many turns as that of any other.
 */
static void
accept_client(struct vfio_user_server *server)
{
	int sock;

	if (server->has_client && hung_up(server))
		return;
	sock = accept4(server->listener.sock, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (sock < 0)
		return;
	if (server->has_client) {
		if (!server->refused)
			vfio_user_server_log(server, VFIO_USER_LOG_WARNING,
					     "a second client was refused");
		server->refused = true;
		close(sock);
		return;
	}
	if (vfio_user_conn_init(&server->conn, sock) ||
	    watch(server, EPOLL_CTL_ADD, sock, EPOLLIN, TAG_CLIENT)) {
		vfio_user_conn_fini(&server->conn);
		return;
	}
	/* What was meant for the client before is not meant for this one. */
	atomic_store(&server->sigbus.hit, false);
	atomic_store(&server->drop, false);
	server->blocked = false;
	server->refused = false;
	server->has_client = true;
}

int
vfio_user_server_process(struct vfio_user_server *server)
{
	struct epoll_event events[4];
	int n = epoll_wait(server->epoll, events, 4, 0);
	int done = 0;

	for (int i = 0; i < n; i++) {
		uint64_t count;

		switch (events[i].data.u64) {
		case TAG_WAKE:
			if (read(server->wake, &count, sizeof(count)) > 0 &&
			    !check_drop(server) && server->writes_done)
				done += serve(server);
			break;
		case TAG_LISTENER:
			accept_client(server);
			break;
		default:
			/* Nobody is left for whom the rest of a long message would be done. */
			if ((events[i].events & EPOLLHUP) && server->writes_done)
				drop(server, VFIO_USER_LOG_INFO, "it hung up");
			if (server->has_client)
				done += serve(server);
		}
	}
	return done;
}

void
vfio_user_server_irq(struct vfio_user_server *server, unsigned int vector)
{
	vfio_user_pci_irq(server->pci, vector);
}

void
vfio_user_server_drop_client(struct vfio_user_server *server)
{
	uint64_t one = 1;

	atomic_store(&server->drop, true);
	/* Full is as good as written. */
	if (write(server->wake, &one, sizeof(one)) < 0)
		return;
}

bool
vfio_user_server_connected(const struct vfio_user_server *server)
{
	return server->has_client && server->negotiated;
}
