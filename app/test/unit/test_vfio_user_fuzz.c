/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Random messages with random descriptors to a live server, which must serve the next client. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

#define CLIENTS 60
#define MESSAGES 300

static struct test_device dev;
static struct test_loop loop;
static struct wire w;
static uint64_t seed;

static uint32_t
next_random(void)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33);
}

/* Numbers near the bounds that checks are made of. */
static uint64_t
edge(void)
{
	static const uint64_t edges[] = {
		0, 1, 2, 3, 4, 8, 16, 24, 32, 0x21, 0x24, 0x100, 0x1000, 0x2000, 0x10000, 0x100000,
		1ull << 31, 1ull << 32, 1ull << 63, UINT64_MAX, UINT64_MAX - 0xfff,
	};
	uint64_t value = edges[next_random() % (sizeof(edges) / sizeof(edges[0]))];

	return next_random() % 8 ? value : value + next_random() % 3 - 1;
}

/* Length of the fixed part in words of 32 bits, by command; 64-bit fields come in pairs. */
static const uint8_t words[18] = { 0, 1, 8, 6, 4, 8, 4, 4, 5, 4, 4, 4, 4, 0, 4, 8, 2, 4 };

static void
make_message(const int *fds)
{
	uint16_t command = (uint16_t)(next_random() % 18);
	unsigned int n = words[command];

	wire_begin(&w, (uint16_t)next_random(), command, next_random() % 4 ? 0x10 : 0);
	if (next_random() % 8 == 0)
		n = next_random() % 12;
	for (unsigned int i = 0; i < n; i++)
		wire_put32(&w, i == 0 && next_random() % 4 ? 32 : (uint32_t)edge());
	if (command == 10 || next_random() % 8 == 0)
		for (uint32_t len = next_random() % 64; len; len--)
			wire_put(&w, "x", 1);
	for (uint32_t n_fds = next_random() % 4 ? 0 : next_random() % 5; n_fds; n_fds--)
		wire_put_fd(&w, fds[next_random() % 4]);
}

/* @return  false once the server has had enough. */
static bool
send_message(int sock)
{
	static uint8_t drain[0x10000];
	ssize_t n;

	w.bytes[4] = (uint8_t)w.len;
	w.bytes[5] = (uint8_t)(w.len >> 8);
	/* Now and then a size that lies. */
	if (next_random() % 512 == 0)
		w.bytes[4 + next_random() % 4] = (uint8_t)next_random();
	if (!wire_try_send(sock, &w))
		return false;
	do {
		n = recv(sock, drain, sizeof(drain), MSG_DONTWAIT);
	} while (n > 0);
	return n < 0;
}

static void
random_clients_are_survived(void **state)
{
	uint8_t *mem;
	int fds[4];
	int pipes[2];

	(void)state;
	fds[0] = test_memfd(0x10000, &mem);
	fds[1] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	fds[2] = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	fds[3] = pipes[1];
	test_device_init(&dev, true, NULL, 0);
	test_loop_start(&loop, &dev, 1);
	for (unsigned int i = 0; i < CLIENTS; i++) {
		int sock = wire_hello(dev.path);

		for (unsigned int k = 0; k < MESSAGES; k++) {
			make_message(fds);
			if (!send_message(sock))
				break;
			if (k % 16 == 0)
				vfio_user_server_irq(dev.server, k / 16 % 4);
		}
		close(sock);
		test_wait_for(&dev.resets[2], i + 1);
	}
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	close(pipes[0]);
	munmap(mem, 0x10000);
	test_loop_stop(&loop);
	test_device_fini(&dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_clients_are_survived),
	};
	const char *given = getenv("TEST_SEED");

	seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
	printf("TEST_SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
