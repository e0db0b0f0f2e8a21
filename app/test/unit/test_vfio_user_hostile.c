/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The client against servers that lie, fall silent, or go away. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

/* For calls that must time out; all others may take as long as a busy machine needs. */
#define TIMEOUT_MS 1000

/* How the server misbehaves once the version is agreed. */
enum sin {
	SILENCE,
	HANG_UP,
	WRONG_ID,
	WRONG_COMMAND,
	SHORT_REPLY,
	TINY_SIZE,
	HUGE_SIZE,
	WRONG_TYPE,
	WRONG_HEAD,
	HALF_A_MESSAGE,
	ENDLESS_REQUESTS,
	MANY_DESCRIPTORS,
	ERROR_ZERO,
	ERROR_HUGE,
	REQUESTS_FIRST,
};

struct server {
	pthread_t thread;
	char path[100];
	int listener;
	enum sin sin;
	const char *version; /* what to answer to VERSION; NULL: as usual */
	uint16_t minor;
	uint32_t info_flags;
	int fd; /* goes with an answer to GET_REGION_INFO */
	atomic_uint requests; /* that came once the version was agreed */
	struct wire w;
};

static struct server server;

static bool
handshake(struct server *s, int sock)
{
	const char *text = s->version ? s->version
				      : "{\"capabilities\":{\"max_msg_fds\":16,"
					"\"max_data_xfer_size\":4096}}";
	struct wire *w = &s->w;
	uint16_t id;

	if (!wire_recv(sock, w))
		return false;
	id = wire_get16(w, 0);
	wire_begin(w, id, 1, 1);
	wire_put16(w, 0);
	wire_put16(w, s->minor);
	wire_put(w, text, strlen(text) + 1);
	wire_send(sock, w);
	if (!wire_recv(sock, w))
		return false;
	id = wire_get16(w, 0);
	wire_begin(w, id, 4, 1);
	wire_put32(w, 16);
	wire_put32(w, s->info_flags);
	wire_put32(w, 9);
	wire_put32(w, 5);
	wire_send(sock, w);
	return true;
}

static void
send_requests(int sock, struct wire *w, int n)
{
	for (int i = 0; n < 0 || i < n; i++) {
		/* DMA_READ of 8 bytes at 0. */
		wire_begin(w, (uint16_t)i, 11, 0);
		wire_put64(w, 0);
		wire_put64(w, 8);
		w->bytes[4] = 32;
		if (send(sock, w->bytes, 32, MSG_NOSIGNAL) != 32)
			return;
		if (n > 0) {
			assert_true(wire_recv(sock, w));
			assert_int_equal(wire_get16(w, 0), i);
			assert_int_equal(wire_get32(w, 8), 0x21);
			assert_int_not_equal(wire_get32(w, 12), 0);
		}
	}
}

/* The request is a REGION_READ of 8 bytes at 0x40 of region 2. */
static void
answer_read(struct server *s, int sock)
{
	struct wire *w = &s->w;
	uint16_t id = wire_get16(w, 0);

	wire_begin(w, s->sin == WRONG_ID ? id + 1 : id, s->sin == WRONG_COMMAND ? 10 : 9,
		   s->sin == WRONG_TYPE ? 7 : 1);
	wire_put64(w, 0x40);
	wire_put32(w, 2);
	wire_put32(w, s->sin == WRONG_HEAD ? 0x10000000 : 8);
	if (s->sin != SHORT_REPLY)
		wire_put64(w, 0x0102030405060708);
	for (int i = 0; s->sin == MANY_DESCRIPTORS && i < 20; i++)
		wire_put_fd(w, s->listener);
	if (s->sin == TINY_SIZE || s->sin == HUGE_SIZE || s->sin == HALF_A_MESSAGE) {
		size_t len = w->len;

		w->len = 4;
		wire_put32(w, s->sin == TINY_SIZE ? 8 : s->sin == HUGE_SIZE ? 0x80000000 : 60);
		w->len = len;
		wire_send_raw(sock, w);
	} else if (s->sin == ERROR_ZERO || s->sin == ERROR_HUGE) {
		w->len = 8;
		wire_put32(w, 0x21);
		wire_put32(w, s->sin == ERROR_ZERO ? 0 : 0x80000000);
		wire_send(sock, w);
	} else {
		wire_send(sock, w);
	}
}

static void
answer_region_info(struct server *s, int sock)
{
	struct wire *w = &s->w;
	uint32_t index = wire_get32(w, 24);

	wire_begin(w, wire_get16(w, 0), 5, 1);
	wire_put32(w, 32);
	wire_put32(w, 7);
	wire_put32(w, index);
	wire_put32(w, 0);
	wire_put64(w, 0x4000);
	wire_put64(w, 0);
	if (s->fd >= 0)
		wire_put_fd(w, s->fd);
	wire_send(sock, w);
}

static void *
server_main(void *arg)
{
	struct server *s = arg;
	struct timeval limit = { .tv_sec = TEST_WAIT_MS / 1000 };
	int sock = accept(s->listener, NULL, NULL);

	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (handshake(s, sock) && wire_recv(sock, &s->w)) {
		atomic_fetch_add(&s->requests, 1);
		if (wire_get16(&s->w, 2) == 5)
			answer_region_info(s, sock);
		else if (s->sin == ENDLESS_REQUESTS)
			send_requests(sock, &s->w, -1);
		else if (s->sin != SILENCE && s->sin != HANG_UP) {
			struct wire request = s->w;

			if (s->sin == REQUESTS_FIRST)
				send_requests(sock, &s->w, 3);
			s->w = request;
			answer_read(s, sock);
		}
		if (s->sin != HANG_UP)
			wire_recv(sock, &s->w);
	}
	close(sock);
	return NULL;
}

static void
start(enum sin sin)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	server.sin = sin;
	test_path_make(server.path, sizeof(server.path), "hostile");
	server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", server.path);
	assert_int_equal(bind(server.listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(server.listener, 1), 0);
	assert_int_equal(pthread_create(&server.thread, NULL, server_main, &server), 0);
}

static void
stop_server(void)
{
	pthread_join(server.thread, NULL);
	close(server.listener);
	unlink(server.path);
	test_path_remove(server.path);
}

static void
init(void)
{
	server.version = NULL;
	server.minor = 0;
	server.info_flags = 3;
	server.fd = -1;
	atomic_store(&server.requests, 0);
}

static void
lies_and_silence_end_in_errors(void **state)
{
	static const struct {
		enum sin sin;
		int ret;
		bool dead;
	} cases[] = {
		{ SILENCE, -ETIMEDOUT, true },	      { HANG_UP, -ENOTCONN, true },
		{ WRONG_ID, -EPROTO, true },	      { WRONG_COMMAND, -EPROTO, true },
		{ SHORT_REPLY, -EPROTO, true },	      { TINY_SIZE, -EPROTO, true },
		{ HUGE_SIZE, -EPROTO, true },	      { WRONG_TYPE, -EPROTO, true },
		{ WRONG_HEAD, -EPROTO, true },	      { HALF_A_MESSAGE, -ETIMEDOUT, true },
		{ ENDLESS_REQUESTS, -ETIMEDOUT, true }, { MANY_DESCRIPTORS, -EPROTO, true },
		{ ERROR_ZERO, -EIO, false },	      { ERROR_HUGE, -EIO, false },
		{ REQUESTS_FIRST, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vfio_user_client *client;
		uint64_t got = 0;
		int ret;

		init();
		start(cases[i].sin);
		assert_int_equal(vfio_user_client_connect(server.path,
							  cases[i].ret == -ETIMEDOUT
								  ? TIMEOUT_MS
								  : TEST_WAIT_MS,
							  &client), 0);
		ret = vfio_user_client_region_read(client, 2, 0x40, &got, 8);
		if (ret != cases[i].ret)
			fail_msg("case %zu: %d", i, ret);
		assert_int_equal(vfio_user_client_dead(client), cases[i].dead);
		assert_true(got == (ret ? 0 : 0x0102030405060708));
		if (cases[i].dead)
			assert_int_equal(vfio_user_client_reset(client), -ENODEV);
		vfio_user_client_close(client);
		stop_server();
	}
}

static void
versions_are_checked(void **state)
{
	static const struct {
		const char *text;
		uint16_t minor;
		uint32_t flags;
		int ret;
	} cases[] = {
		{ "{}", 0, 3, 0 },
		{ "", 0, 3, -EPROTO },
		{ "{\"capabilities\":{\"max_data_xfer_size\":0}}", 0, 3, -EPROTO },
		{ "{", 0, 3, -EPROTO },
		{ "{}", 1, 3, -ENOTSUP },
		{ "{}", 0, 1, -ENOTSUP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vfio_user_client *client;

		init();
		server.version = cases[i].text;
		server.minor = cases[i].minor;
		server.info_flags = cases[i].flags;
		start(SILENCE);
		assert_int_equal(vfio_user_client_connect(server.path, TEST_WAIT_MS, &client),
				 cases[i].ret);
		if (!cases[i].ret)
			vfio_user_client_close(client);
		stop_server();
	}
}

/* A region of 0x4000 bytes whose descriptor holds less, is no file, or is missing. */
static void
descriptors_must_hold_what_they_promise(void **state)
{
	static const size_t sizes[] = { 0x4000, 0x8000, 0x3fff, 0 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct vfio_user_client_region info;
		struct vfio_user_client *client;
		uint8_t *mem = NULL;
		int ret;

		init();
		if (i < 4 && sizes[i])
			server.fd = test_memfd(sizes[i], &mem);
		else if (i == 4)
			server.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		start(SILENCE);
		assert_int_equal(vfio_user_client_connect(server.path, TEST_WAIT_MS, &client), 0);
		ret = vfio_user_client_region_info(client, 2, &info);
		if (i < 2) {
			assert_int_equal(ret, 0);
			assert_int_equal(info.nb_areas, 1);
			assert_false(info.sealed);
			close(info.fd);
		} else if (server.fd >= 0) {
			assert_int_equal(ret, -EPROTO);
		} else {
			assert_int_equal(ret, 0);
			assert_int_equal(info.fd, -1);
			assert_int_equal(info.flags, 3);
			assert_int_equal(info.nb_areas, 0);
		}
		vfio_user_client_close(client);
		stop_server();
		if (mem)
			munmap(mem, sizes[i]);
		if (server.fd >= 0)
			close(server.fd);
	}
}

/* Nobody accepts: the kernel's queue takes us, and then nothing comes. */
static void
connecting_has_an_end(void **state)
{
	struct vfio_user_client *client;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fillers[64];
	int nb_fillers = 0;
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char path[100];

	(void)state;
	test_path_make(path, sizeof(path), "deaf");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(vfio_user_client_connect(path, TIMEOUT_MS, &client), -ENOENT);
	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(vfio_user_client_connect(path, TIMEOUT_MS, &client), -ECONNREFUSED);
	assert_int_equal(listen(listener, 0), 0);
	assert_int_equal(vfio_user_client_connect(path, TIMEOUT_MS, &client), -ETIMEDOUT);
	/* And now the queue is full. */
	for (; nb_fillers < 64; nb_fillers++) {
		int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

		fillers[nb_fillers] = sock;
		if (connect(sock, (struct sockaddr *)&addr, sizeof(addr))) {
			close(sock);
			break;
		}
	}
	assert_in_range(nb_fillers, 0, 63);
	assert_int_equal(vfio_user_client_connect(path, TIMEOUT_MS, &client), -ETIMEDOUT);
	for (int i = 0; i < nb_fillers; i++)
		close(fillers[i]);
	close(listener);
	unlink(path);
	test_path_remove(path);
}

static void *
shut_down_later(void *arg)
{
	const struct timespec pause = { .tv_nsec = 50000000 };

	/* The call is under way; now it most likely waits. */
	test_wait_for(&server.requests, 1);
	nanosleep(&pause, NULL);
	vfio_user_client_shutdown(arg);
	return NULL;
}

/* Another thread ends a call that waits. */
static void
shutdown_ends_a_call(void **state)
{
	struct vfio_user_client *client;
	pthread_t thread;
	uint64_t got;

	(void)state;
	init();
	start(SILENCE);
	assert_int_equal(vfio_user_client_connect(server.path, TEST_WAIT_MS, &client), 0);
	assert_int_equal(pthread_create(&thread, NULL, shut_down_later, client), 0);
	assert_int_equal(vfio_user_client_region_read(client, 2, 0x40, &got, 8), -ENOTCONN);
	pthread_join(thread, NULL);
	assert_true(vfio_user_client_dead(client));
	vfio_user_client_close(client);
	stop_server();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lies_and_silence_end_in_errors),
		cmocka_unit_test(versions_are_checked),
		cmocka_unit_test(descriptors_must_hold_what_they_promise),
		cmocka_unit_test(connecting_has_an_end),
		cmocka_unit_test(shutdown_ends_a_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
