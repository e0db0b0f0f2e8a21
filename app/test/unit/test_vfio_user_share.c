/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * One thread serves many clients: whatever one of them asks for, the others get their turn, and
 * their part of what the process has.
 */

#include <stdio.h>
#include <string.h>
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_requests_are_served_one_by_one),
		cmocka_unit_test(a_message_of_many_writes_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
