/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The server against clients that break rules. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static struct test_device dev;
static struct test_loop loop;
static struct wire w;

static void
start(void)
{
	test_device_init(&dev, false, NULL, 0);
	test_loop_start(&loop, &dev, 1);
}

static void
stop_server(void)
{
	test_loop_stop(&loop);
	test_device_fini(&dev);
}

static void
check_alive(int sock)
{
	wire_begin(&w, 0x7777, 4, 0);
	wire_put32(&w, 16);
	wire_put32(&w, 0);
	wire_put64(&w, 0);
	assert_int_equal(wire_call(sock, &w), 0);
}

/* Command, payload as hex, and the error that must come back on a connection that lives on. */
static const struct {
	uint16_t command;
	const char *payload;
	uint32_t error;
} malformed[] = {
	{ 0, "", ENOTSUP },
	{ 6, "20000000 00000000 00000000 00000000", ENOTSUP },
	{ 11, "00000000 00000000 00000000 00000000", ENOTSUP },
	{ 14, "", ENOTSUP },
	{ 16, "", ENOTSUP },
	{ 0xffff, "", ENOTSUP },
	/* VERSION again, too short. */
	{ 1, "0000", EINVAL },
	/* DMA_MAP: short, argsz, empty, wrapping, unaligned, unknown flag. */
	{ 2, "20000000 03000000 00000000 00000000", EINVAL },
	{ 2, "10000000 03000000 0000000000000000 0000000000000000 0010000000000000", EINVAL },
	{ 2, "20000000 03000000 0000000000000000 0000000000000000 0000000000000000", EINVAL },
	{ 2, "20000000 03000000 0000000000000000 00f0ffffffffffff 0020000000000000", EINVAL },
	{ 2, "20000000 03000000 00f0ffffffffffff 0000000000000000 0020000000000000", EINVAL },
	{ 2, "20000000 03000000 0000000000000000 0100000000000000 0010000000000000", EINVAL },
	{ 2, "20000000 03000000 0000000000000000 0000000000000000 ffffffffffffffff", EINVAL },
	{ 2, "20000000 83000000 0000000000000000 0000000000000000 0010000000000000", ENOTSUP },
	/* DMA_UNMAP: short, empty, wrapping, all with a range, dirty bitmap. */
	{ 3, "18000000 00000000", EINVAL },
	{ 3, "18000000 00000000 0000000000000000 0000000000000000", EINVAL },
	{ 3, "18000000 00000000 00f0ffffffffffff 0020000000000000", EINVAL },
	{ 3, "18000000 02000000 0000000000000000 0010000000000000", EINVAL },
	{ 3, "18000000 01000000 0000000000000000 0010000000000000", ENOTSUP },
	/* GET_INFO, GET_REGION_INFO, GET_IRQ_INFO: short, argsz, index. */
	{ 4, "10000000", EINVAL },
	{ 4, "0f000000 00000000 00000000 00000000", EINVAL },
	{ 5, "20000000 00000000 00000000 00000000", EINVAL },
	{ 5, "1f000000 00000000 00000000 00000000 0000000000000000 0000000000000000", EINVAL },
	{ 5, "20000000 00000000 09000000 00000000 0000000000000000 0000000000000000", EINVAL },
	{ 7, "10000000 00000000", EINVAL },
	{ 7, "10000000 00000000 05000000 00000000", EINVAL },
	/* SET_IRQS: short, no data kind, two, no action, two, index, count, bool without data. */
	{ 8, "14000000 21000000 01000000 00000000", EINVAL },
	{ 8, "14000000 20000000 01000000 00000000 01000000", EINVAL },
	{ 8, "14000000 23000000 01000000 00000000 01000000", EINVAL },
	{ 8, "14000000 01000000 01000000 00000000 01000000", EINVAL },
	{ 8, "14000000 31000000 01000000 00000000 01000000", EINVAL },
	{ 8, "14000000 61000000 01000000 00000000 01000000", EINVAL },
	{ 8, "14000000 09000000 01000000 00000000 01000000", EINVAL },
	{ 8, "14000000 21000000 05000000 00000000 00000000", EINVAL },
	{ 8, "14000000 21000000 ffffffff 00000000 00000000", EINVAL },
	{ 8, "14000000 21000000 01000000 00000000 05000000", EINVAL },
	{ 8, "14000000 21000000 01000000 ffffffff 02000000", EINVAL },
	{ 8, "14000000 22000000 01000000 00000000 04000000 010101", EINVAL },
	/* REGION_READ: short, empty, beyond, wrapping, absent regions, too long. */
	{ 9, "0000000000000000 02000000", EINVAL },
	{ 9, "0000000000000000 02000000 00000000", EINVAL },
	{ 9, "fcff000000000000 02000000 08000000", EINVAL },
	{ 9, "fcffffffffffffff 02000000 08000000", EINVAL },
	{ 9, "0000000000000000 00000000 04000000", EINVAL },
	{ 9, "0000000000000000 06000000 04000000", EINVAL },
	{ 9, "0000000000000000 08000000 04000000", EINVAL },
	{ 9, "0000000000000000 ffffffff 04000000", EINVAL },
	{ 9, "0000000000000000 02000000 01001000", EINVAL },
	{ 9, "fd0f000000000000 07000000 04000000", EINVAL },
	/* REGION_WRITE: less data than it says, more, beyond. */
	{ 10, "0000000000000000 02000000 08000000 01020304", EINVAL },
	{ 10, "0000000000000000 02000000 04000000 0102030405060708", EINVAL },
	{ 10, "0000010000000000 02000000 04000000 01020304", EINVAL },
	{ 10, "0010000000000000 07000000 04000000 01020304", EINVAL },
	/* REGION_WRITE_MULTI: short, lying count, long and empty writes. */
	{ 15, "01000000", EINVAL },
	{ 15, "0100000000000000 0000000000000000 02000000 04000000", EINVAL },
	{ 15, "ffffffffffffffff 0000000000000000 02000000 04000000 0102030405060708", EINVAL },
	{ 15, "0100000000000000 0000000000000000 02000000 09000000 0102030405060708", EINVAL },
	{ 15, "0100000000000000 0000000000000000 02000000 00000000 0102030405060708", EINVAL },
};

static void
put_hex(const char *hex)
{
	for (; *hex; hex++) {
		unsigned int value;
		uint8_t byte;

		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &value), 1);
		byte = (uint8_t)value;
		wire_put(&w, &byte, 1);
		hex++;
	}
}

static void
malformed_requests_are_refused(void **state)
{
	int sock;

	(void)state;
	start();
	sock = wire_hello(dev.path);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		uint32_t error;

		wire_begin(&w, (uint16_t)i, malformed[i].command, 0);
		put_hex(malformed[i].payload);
		error = wire_call(sock, &w);
		if (error != malformed[i].error)
			fail_msg("row %zu, command %u: error %u", i, malformed[i].command, error);
		assert_int_equal(w.len, 16);
	}
	check_alive(sock);
	assert_int_equal(dev.nb_maps, 0);
	assert_int_equal(atomic_load(&dev.writes), 0);
	close(sock);
	stop_server();
}

static void
nothing_is_served_before_version(void **state)
{
	static const char *const bad[] = { "", "{", "[]", "{\"capabilities\":", "{} x", "none" };
	int sock;

	(void)state;
	start();
	sock = wire_connect(dev.path);
	wire_begin(&w, 1, 4, 0);
	wire_put32(&w, 16);
	wire_put32(&w, 0);
	wire_put64(&w, 0);
	assert_int_equal(wire_call(sock, &w), EINVAL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		wire_begin(&w, 2, 1, 0);
		wire_put32(&w, 0);
		wire_put(&w, bad[i], strlen(bad[i]) + 1);
		assert_int_equal(wire_call(sock, &w), EINVAL);
	}
	/* Another major version; a text without its end. */
	wire_begin(&w, 3, 1, 0);
	wire_put32(&w, 1);
	assert_int_equal(wire_call(sock, &w), EINVAL);
	wire_begin(&w, 4, 1, 0);
	wire_put32(&w, 0);
	wire_put(&w, "{}", 2);
	assert_int_equal(wire_call(sock, &w), EINVAL);
	assert_int_equal(atomic_load(&dev.resets[2]), 0);
	/* No text at all is fine. */
	wire_begin(&w, 5, 1, 0);
	wire_put32(&w, 0);
	assert_int_equal(wire_call(sock, &w), 0);
	check_alive(sock);
	close(sock);
	stop_server();
}

/* Headers that leave no way to find the next message. */
static void
hopeless_headers_drop_the_client(void **state)
{
	/* Size field and flags. */
	static const uint32_t bad[][2] = { { 0, 0 },	  { 15, 0 }, { 0x100021, 0 },
					   { 0xffffffff, 0 }, { 16, 2 }, { 16, 15 },
					   { 16, 1 } };

	(void)state;
	start();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int sock = wire_hello(dev.path);

		wire_begin(&w, 1, 4, bad[i][1]);
		w.len = 4;
		wire_put32(&w, bad[i][0]);
		w.len = 16;
		wire_send_raw(sock, &w);
		assert_true(wire_closed(sock));
		close(sock);
		test_wait_for(&dev.resets[2], (unsigned int)i + 1);
	}
	stop_server();
}

static void
too_many_descriptors_drop_the_client(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x1000, &mem);
	int sock;

	(void)state;
	start();
	sock = wire_hello(dev.path);
	wire_begin(&w, 1, 8, 0);
	wire_put32(&w, 20);
	wire_put32(&w, 0x24);
	wire_put32(&w, 1);
	wire_put32(&w, 0);
	wire_put32(&w, 17);
	for (int i = 0; i < 17; i++)
		wire_put_fd(&w, fd);
	wire_send(sock, &w);
	assert_true(wire_closed(sock));
	close(sock);
	munmap(mem, 0x1000);
	close(fd);
	stop_server();
}

/* Byte by byte, and with an end in the middle: never a stall, never a loss. */
static void
messages_come_in_pieces(void **state)
{
	int sock;
	int other;

	(void)state;
	start();
	sock = wire_hello(dev.path);
	wire_begin(&w, 9, 10, 0);
	wire_put64(&w, 0x40);
	wire_put32(&w, 2);
	wire_put32(&w, 4);
	wire_put32(&w, 0xcafebabe);
	w.bytes[4] = 36;
	for (size_t i = 0; i < w.len; i++)
		assert_int_equal(send(sock, &w.bytes[i], 1, 0), 1);
	assert_true(wire_recv(sock, &w));
	assert_int_equal(wire_get32(&w, 8), 1);
	assert_int_equal(dev.bar2[0x43], 0xca);
	/* Half a message and then nothing keeps no other from being served. */
	wire_begin(&w, 10, 9, 0);
	w.bytes[4] = 32;
	wire_send_raw(sock, &w);
	other = wire_connect(dev.path);
	assert_true(wire_closed(other));
	close(other);
	close(sock);
	test_wait_for(&dev.resets[2], 1);
	sock = wire_hello(dev.path);
	check_alive(sock);
	close(sock);
	stop_server();
}

/* Whoever does not read his answers is not read either, and costs bounded memory. */
static void
unread_answers_stop_the_requests(void **state)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int sock;
	int sent = 0;
	int answered = 0;
	int idle = 0;

	(void)state;
	start();
	sock = wire_hello(dev.path);
	wire_begin(&w, 1, 9, 0);
	wire_put64(&w, 0);
	wire_put32(&w, 2);
	wire_put32(&w, 0x10000);
	w.bytes[4] = 32;
	while (idle < 10 && sent < 100000) {
		if (send(sock, w.bytes, 32, MSG_DONTWAIT) == 32) {
			sent++;
			idle = 0;
		} else {
			nanosleep(&pause, NULL);
			idle++;
		}
	}
	assert_in_range(sent, 2, 99999);
	for (; answered < sent; answered++) {
		assert_true(wire_recv(sock, &w));
		assert_int_equal(w.len, 32 + 0x10000);
	}
	check_alive(sock);
	close(sock);
	stop_server();
}

/* A map is refused if its file is not in memory, not writable where it must be, or no file. */
static void
files_are_checked(void **state)
{
	char path[120];
	uint8_t *mem;
	int memory = test_memfd(0x1000, &mem);
	int fds[5];
	static const uint32_t flags[5] = { 3, 3, 1, 3, 1 };
	static const uint32_t errors[5] = { EINVAL, EINVAL, EINVAL, EACCES, 0 };
	int pipes[2];
	int sock;

	(void)state;
	start();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	fds[0] = pipes[1];
	fds[1] = open("/dev/zero", O_RDWR | O_CLOEXEC);
	fds[2] = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	fds[3] = open(path, O_RDONLY | O_CLOEXEC);
	fds[4] = dup(fds[3]);
	sock = wire_hello(dev.path);
	for (int i = 0; i < 5; i++) {
		assert_true(fds[i] >= 0);
		wire_begin(&w, 1, 2, 0);
		wire_put32(&w, 32);
		wire_put32(&w, flags[i]);
		wire_put64(&w, 0);
		wire_put64(&w, 0x1000);
		wire_put64(&w, 0x1000);
		wire_put_fd(&w, fds[i]);
		assert_int_equal(wire_call(sock, &w), errors[i]);
		close(fds[i]);
	}
	assert_int_equal(dev.nb_maps, 1);
	close(pipes[0]);
	munmap(mem, 0x1000);
	close(memory);
	close(sock);
	stop_server();
}

static void
errors_of_the_device_are_answered(void **state)
{
	int sock;

	(void)state;
	test_device_init(&dev, false, NULL, 0);
	dev.fail = -ENXIO;
	test_loop_start(&loop, &dev, 1);
	sock = wire_hello(dev.path);
	wire_begin(&w, 1, 9, 0);
	wire_put64(&w, 0);
	wire_put32(&w, 2);
	wire_put32(&w, 4);
	assert_int_equal(wire_call(sock, &w), ENXIO);
	assert_int_equal(w.len, 16);
	close(sock);
	stop_server();
}

/* While nothing happens there is nothing to poll for, and process returns at once. */
static void
an_idle_server_sleeps(void **state)
{
	struct pollfd poll_fd;
	int sock;

	(void)state;
	start();
	sock = wire_hello(dev.path);
	check_alive(sock);
	test_loop_stop(&loop);
	poll_fd = (struct pollfd){ vfio_user_server_fd(dev.server), POLLIN, 0 };
	assert_int_equal(poll(&poll_fd, 1, 50), 0);
	assert_int_equal(vfio_user_server_process(dev.server), 0);
	assert_true(vfio_user_server_connected(dev.server));
	vfio_user_server_drop_client(dev.server);
	assert_int_equal(poll(&poll_fd, 1, TEST_WAIT_MS), 1);
	vfio_user_server_process(dev.server);
	assert_false(vfio_user_server_connected(dev.server));
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	close(sock);
	test_device_fini(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_requests_are_refused),
		cmocka_unit_test(nothing_is_served_before_version),
		cmocka_unit_test(hopeless_headers_drop_the_client),
		cmocka_unit_test(too_many_descriptors_drop_the_client),
		cmocka_unit_test(messages_come_in_pieces),
		cmocka_unit_test(unread_answers_stop_the_requests),
		cmocka_unit_test(files_are_checked),
		cmocka_unit_test(errors_of_the_device_are_answered),
		cmocka_unit_test(an_idle_server_sleeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
