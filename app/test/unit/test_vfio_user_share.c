/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * One thread serves many clients: whatever one of them asks for, the others get their turn, and
 * their part of what the process has.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

/* Longer than what one client gets in one go. */
#define SLOW_US 3000

static struct test_device dev;
static struct test_loop loop;
static struct wire w;

/* A client is there, and from here on the test itself serves it. */
static int
connect_one(void)
{
	int sock;

	test_loop_start(&loop, &dev, 1);
	sock = wire_hello(dev.path);
	test_loop_stop(&loop);
	return sock;
}

static void
serve_until(atomic_uint *value, unsigned int least)
{
	for (unsigned int i = 0; i < TEST_WAIT_MS && atomic_load(value) < least; i++) {
		if (vfio_user_server_process(dev.server) == 0)
			usleep(1000);
	}
	assert_int_equal(atomic_load(value), least);
}

static void
slow_requests_are_served_one_by_one(void **state)
{
	int sock;

	(void)state;
	test_device_init(&dev, false, NULL, 0);
	sock = connect_one();
	dev.write_us = SLOW_US;
	for (uint16_t i = 0; i < 20; i++) {
		wire_put_access(&w, 10, 0x10, 2, 8 * i, 8);
		wire_put64(&w, 0x1122334455667700 + i);
		wire_send(sock, &w);
	}
	for (unsigned int i = 1; i <= 3; i++) {
		assert_int_equal(vfio_user_server_process(dev.server), 1);
		assert_int_equal(atomic_load(&dev.writes), i);
	}
	serve_until(&dev.writes, 20);
	assert_int_equal(dev.bar2[8 * 19], 19);
	close(sock);
	test_device_fini(&dev);
}

/* Nor does it get more at once by hanging up and coming back. */
static void
who_returns_waits_for_its_turns(void **state)
{
	int again;
	int sock;

	(void)state;
	test_device_init(&dev, false, NULL, 0);
	sock = connect_one();
	dev.write_us = SLOW_US;
	for (uint8_t i = 1; i <= 20; i++) {
		wire_put_access(&w, 10, 0x10, 2, 0, 1);
		wire_put(&w, &i, 1);
		wire_send(sock, &w);
	}
	close(sock);
	again = wire_connect(dev.path);
	for (unsigned int i = 1; i <= 3; i++) {
		assert_int_equal(vfio_user_server_process(dev.server), 1);
		assert_int_equal(atomic_load(&dev.writes), i);
	}
	serve_until(&dev.writes, 20);
	assert_int_equal(dev.bar2[0], 20);
	serve_until(&dev.resets[VFIO_USER_RESET_DISCONNECT], 1);
	test_loop_start(&loop, &dev, 1);
	wire_begin(&w, 1, 1, 0);
	wire_put32(&w, 0);
	wire_put(&w, "{}", 3);
	assert_int_equal(wire_call(again, &w), 0);
	assert_true(wire_region_read(again, &w, 2, 0, 2) == 20);
	test_loop_stop(&loop);
	close(again);
	test_device_fini(&dev);
}

static void
put_multi(unsigned int nb, uint8_t first)
{
	wire_begin(&w, 7, 15, 0);
	wire_put64(&w, nb);
	for (unsigned int i = 0; i < nb; i++) {
		wire_put64(&w, i);
		wire_put32(&w, 2);
		wire_put32(&w, 1);
		wire_put64(&w, first + i);
	}
}

/* Tens of thousands of writes may come in one message. */
static void
a_message_of_many_writes_is_cut(void **state)
{
	int sock;

	(void)state;
	test_device_init(&dev, false, NULL, 0);
	sock = connect_one();
	dev.write_us = SLOW_US;
	put_multi(20, 100);
	wire_send(sock, &w);
	assert_int_equal(vfio_user_server_process(dev.server), 0);
	assert_int_equal(atomic_load(&dev.writes), 1);
	assert_int_equal(vfio_user_server_process(dev.server), 0);
	assert_int_equal(atomic_load(&dev.writes), 2);
	serve_until(&dev.writes, 20);
	assert_true(wire_recv(sock, &w));
	assert_int_equal(wire_get16(&w, 0), 7);
	assert_int_equal(wire_get32(&w, 8), 1);
	assert_true(wire_get64(&w, 16) == 20);
	for (unsigned int i = 0; i < 20; i++)
		assert_int_equal(dev.bar2[i], 100 + i);
	/* Who goes in the midst of it leaves nothing to the next. */
	put_multi(20, 200);
	wire_send(sock, &w);
	vfio_user_server_process(dev.server);
	assert_int_equal(atomic_load(&dev.writes), 21);
	close(sock);
	serve_until(&dev.resets[VFIO_USER_RESET_DISCONNECT], 1);
	dev.write_us = 0;
	atomic_store(&dev.writes, 0);
	sock = connect_one();
	put_multi(20, 50);
	wire_send(sock, &w);
	serve_until(&dev.writes, 20);
	for (unsigned int i = 0; i < 20; i++)
		assert_int_equal(dev.bar2[i], 50 + i);
	close(sock);
	test_device_fini(&dev);
}

/* More files than a process can have mappings by default, without waiting for answers. */
#define MANY_FILES 65600

static int
map_files(int sock, unsigned int nb)
{
	int first = -1;

	for (uint64_t i = 0; i < nb; i++) {
		int fd = memfd_create("one of many", MFD_CLOEXEC);

		assert_true(fd >= 0);
		assert_int_equal(ftruncate(fd, 0x1000), 0);
		wire_begin(&w, 1, 2, 0x10);
		wire_put32(&w, 32);
		wire_put32(&w, 3);
		wire_put64(&w, 0);
		wire_put64(&w, i << 12);
		wire_put64(&w, 0x1000);
		wire_put_fd(&w, fd);
		wire_send(sock, &w);
		if (i == 0)
			first = fd;
		else
			close(fd);
	}
	wire_region_info(sock, &w, 2, 32);
	return first;
}

/*
 * The kernel limits a process's mappings. A client that takes all it can get leaves some to the
 * next one, and to the process: the memory that it takes away then can still be replaced.
 */
static void
mappings_are_left_to_others(void **state)
{
	static struct test_device devs[2];
	static const unsigned int nb[2] = { MANY_FILES, 1000 };
	int socks[2];
	int fds[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		test_device_init(&devs[i], false, NULL, 0);
		devs[i].forgets_maps = true;
	}
	test_loop_start(&loop, devs, 2);
	for (int i = 0; i < 2; i++) {
		socks[i] = wire_hello(devs[i].path);
		fds[i] = map_files(socks[i], nb[i]);
	}
	assert_in_range(atomic_load(&devs[0].maps_made), 20000, 65535);
	assert_int_equal(atomic_load(&devs[1].maps_made), 1000);
	assert_int_equal(wire_dma_map(socks[0], &w, 3, 0, 1ULL << 40, 0x1000, fds[1]), 28);
	/* The device touches what is no more; who serves it waits meanwhile, as for a worker. */
	test_loop_stop(&loop);
	assert_int_equal(ftruncate(fds[0], 0), 0);
	((volatile uint8_t *)devs[0].first_map.vaddr)[0] = 1;
	test_loop_start(&loop, devs, 2);
	assert_true(wire_closed(socks[0]));
	/* What it had is free again. */
	close(socks[0]);
	socks[0] = wire_hello(devs[0].path);
	assert_int_equal(wire_dma_map(socks[0], &w, 3, 0, 0, 0x1000, fds[1]), 0);
	test_loop_stop(&loop);
	for (int i = 0; i < 2; i++) {
		close(socks[i]);
		close(fds[i]);
		test_device_fini(&devs[i]);
	}
}

/* A connection whose other end takes nothing more, and whose close() waits for it. */
static int
lingering_socket(int *peer)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 2 * TEST_WAIT_MS / 1000 };
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	static const uint8_t bytes[0x10000];
	socklen_t len = sizeof(addr);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&addr, &len), 0);
	assert_int_equal(connect(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	*peer = accept(listener, NULL, NULL);
	assert_true(*peer >= 0);
	close(listener);
	while (send(sock, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		continue;
	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	return sock;
}

/* The last to close a descriptor may have to wait: the server does not. */
static void
closing_does_not_wait(void **state)
{
	static struct test_device devs[2];
	time_t start;
	int lingering;
	int socks[2];
	int peers[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		test_device_init(&devs[i], false, NULL, 0);
	test_loop_start(&loop, devs, 2);
	for (int i = 0; i < 2; i++)
		socks[i] = wire_hello(devs[i].path);
	start = time(NULL);
	/* As memory, and as an eventfd. */
	lingering = lingering_socket(&peers[0]);
	wire_begin(&w, 1, 2, 0x10);
	wire_put32(&w, 32);
	wire_put32(&w, 3);
	wire_put64(&w, 0);
	wire_put64(&w, 0);
	wire_put64(&w, 0x1000);
	wire_put_fd(&w, lingering);
	wire_send(socks[0], &w);
	close(lingering);
	lingering = lingering_socket(&peers[1]);
	wire_begin(&w, 1, 8, 0x10);
	wire_put32(&w, 20);
	wire_put32(&w, 0x24);
	wire_put32(&w, 1);
	wire_put32(&w, 0);
	wire_put32(&w, 1);
	wire_put_fd(&w, lingering);
	wire_send(socks[0], &w);
	close(lingering);
	wire_region_info(socks[0], &w, 2, 32);
	wire_region_info(socks[1], &w, 2, 32);
	assert_in_range(time(NULL) - start, 0, TEST_WAIT_MS / 1000);
	test_loop_stop(&loop);
	for (int i = 0; i < 2; i++) {
		close(socks[i]);
		close(peers[i]);
		test_device_fini(&devs[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_requests_are_served_one_by_one),
		cmocka_unit_test(who_returns_waits_for_its_turns),
		cmocka_unit_test(a_message_of_many_writes_is_cut),
		cmocka_unit_test(mappings_are_left_to_others),
		cmocka_unit_test(closing_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
