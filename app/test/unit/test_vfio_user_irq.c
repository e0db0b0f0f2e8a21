/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Interrupts from device to client. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static struct test_pair p;

static atomic_bool raising;

static void
interrupts_obey_enable_and_mask(void **state)
{
	int fds[4];

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	assert_int_equal(vfio_user_client_irq_count(p.client, 1), 4);
	assert_int_equal(vfio_user_client_irq_count(p.client, 2), 0);
	for (int i = 0; i < 4; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 0, 4, fds), 0);
	assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 1, 4, fds), -EINVAL);
	vfio_user_server_irq(p.dev.server, 1);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 0);
	test_set_config(p.client, 0x52, 1, 2);
	vfio_user_server_irq(p.dev.server, 1);
	vfio_user_server_irq(p.dev.server, 7);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 1);
	test_set_config(p.client, 0x60, 0x2, 4);
	vfio_user_server_irq(p.dev.server, 1);
	vfio_user_server_irq(p.dev.server, 1);
	vfio_user_server_irq(p.dev.server, 2);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 0);
	assert_int_equal(test_eventfd_wait(fds[2], 0), 1);
	assert_int_equal(test_get_config(p.client, 0x64), 0x2);
	test_set_config(p.client, 0x60, 0, 4);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 1);
	assert_int_equal(test_get_config(p.client, 0x64), 0);
	/* Without a descriptor it waits for one. */
	assert_int_equal(vfio_user_client_disable_irqs(p.client, 1), 0);
	vfio_user_server_irq(p.dev.server, 3);
	assert_int_equal(test_eventfd_wait(fds[3], 0), 0);
	assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 3, 1, &fds[3]), 0);
	assert_int_equal(test_eventfd_wait(fds[3], 0), 1);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	test_pair_stop(&p);
}

static atomic_bool raising;

static void *
raise_always(void *arg)
{
	unsigned int vector = 0;

	(void)arg;
	while (atomic_load(&raising))
		vfio_user_server_irq(p.dev.server, vector++ % 4);
	return NULL;
}

static void *
raise_once(void *arg)
{
	vfio_user_server_irq(p.dev.server, 0);
	return arg;
}

/* A client shares its eventfd with the server, also the flag that says whether writing waits. */
static void
a_full_eventfd_keeps_nobody(void **state)
{
	const uint64_t full = UINT64_MAX - 1;
	struct timespec end;
	pthread_t thread;
	int late;
	int fd;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 0, 1, &fd), 0);
	test_set_config(p.client, 0x52, 1, 2);
	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
	assert_int_equal(write(fd, &full, sizeof(full)), sizeof(full));
	assert_int_equal(pthread_create(&thread, NULL, raise_once, NULL), 0);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += TEST_WAIT_MS / 1000;
	late = pthread_timedjoin_np(thread, NULL, &end);
	/* Whoever waits may go on. */
	assert_true(test_eventfd_wait(fd, 0) == full);
	if (late)
		pthread_join(thread, NULL);
	assert_int_equal(late, 0);
	/* It was told by what it had not read yet; the next one is a new one. */
	vfio_user_server_irq(p.dev.server, 0);
	assert_int_equal(test_eventfd_wait(fd, 0), 1);
	close(fd);
	test_pair_stop(&p);
}

/* What is like an eventfd, or has its name: writing to it, or polling it, may wait. */
static void
only_eventfds_are_taken(void **state)
{
	static const char name[] = "anon_inode:[eventfd]";
	int others[6];
	int event = eventfd(0, EFD_CLOEXEC);
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	others[0] = epoll_create1(EPOLL_CLOEXEC);
	others[1] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	others[2] = inotify_init1(IN_CLOEXEC);
	others[3] = memfd_create(name, MFD_CLOEXEC);
	others[4] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	others[5] = fds[1];
	test_pair_start(&p, false, NULL, 0);
	for (int i = 0; i < 6; i++) {
		assert_true(others[i] >= 0);
		if (vfio_user_client_set_irqs(p.client, 1, 0, 1, &others[i]) != -EINVAL)
			fail_msg("descriptor %d was taken", i);
		assert_int_equal(fcntl(others[i], F_GETFL) & O_NONBLOCK, 0);
		close(others[i]);
	}
	assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 0, 1, &event), 0);
	assert_int_equal(fcntl(event, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	close(event);
	close(fds[0]);
	test_pair_stop(&p);
}

/* Workers raise interrupts while the client changes its descriptors and goes away. */
static void
interrupts_come_from_any_thread(void **state)
{
	pthread_t threads[2];
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int fds[4] = { fd, fd, fd, fd };

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	atomic_store(&raising, true);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, raise_always, NULL), 0);
	for (int i = 0; i < 50; i++) {
		test_set_config(p.client, 0x52, 1, 2);
		assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 0, 4, fds), 0);
		assert_true(test_eventfd_wait(fd, TEST_WAIT_MS) > 0);
		test_set_config(p.client, 0x60, i & 1 ? 0xf : 0, 4);
		assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 0, 2, NULL), 0);
		if (i % 10 == 9) {
			vfio_user_client_close(p.client);
			assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS,
								  &p.client), 0);
		} else if (i & 1) {
			assert_int_equal(vfio_user_client_reset(p.client), 0);
		}
	}
	atomic_store(&raising, false);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	close(fd);
	test_pair_stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupts_obey_enable_and_mask),
		cmocka_unit_test(a_full_eventfd_keeps_nobody),
		cmocka_unit_test(only_eventfds_are_taken),
		cmocka_unit_test(interrupts_come_from_any_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
