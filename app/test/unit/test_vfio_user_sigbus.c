/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A client that truncates the file behind its memory hurts nobody but itself. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static struct test_pair p;

struct touch {
	volatile uint8_t *at;
	size_t len;
	atomic_uint rounds;
	atomic_bool stop;
};

/* A worker of the device: reads and writes the client's memory all the time. */
static void *
touch_always(void *arg)
{
	struct touch *touch = arg;

	while (!atomic_load(&touch->stop)) {
		for (size_t i = 0; i < touch->len; i += 0x1000)
			touch->at[i] = (uint8_t)(touch->at[i] + 1);
		atomic_fetch_add(&touch->rounds, 1);
	}
	return NULL;
}

static void
a_truncated_file_drops_its_client(void **state)
{
	struct touch touch[2];
	pthread_t threads[2];
	uint8_t *mem;
	int fd = test_memfd(0x10000, &mem);
	uint8_t back;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	for (uint64_t i = 0; i < 16; i++)
		assert_int_equal(vfio_user_client_dma_map(p.client, fd, i << 12, i << 12, 0x1000,
							  3), 0);
	for (int i = 0; i < 2; i++) {
		touch[i].at = test_device_at(&p.dev, (uint64_t)i << 15, 0x1000);
		touch[i].len = 0x8000;
		atomic_init(&touch[i].rounds, 0);
		atomic_init(&touch[i].stop, false);
		assert_int_equal(pthread_create(&threads[i], NULL, touch_always, &touch[i]), 0);
	}
	test_wait_for(&touch[0].rounds, 10);
	test_wait_for(&touch[1].rounds, 10);
	test_loop_stop(&p.loop);
	assert_int_equal(ftruncate(fd, 0x1000), 0);
	for (int i = 0; i < 2; i++)
		test_wait_for(&touch[i].rounds, atomic_load(&touch[i].rounds) + 10);
	/* The device may unmap only once its workers are done. */
	for (int i = 0; i < 2; i++) {
		atomic_store(&touch[i].stop, true);
		pthread_join(threads[i], NULL);
	}
	assert_true(vfio_user_server_connected(p.dev.server));
	test_loop_start(&p.loop, &p.dev, 1);
	test_wait_for(&p.dev.unmap_calls, 1);
	assert_int_equal(p.dev.nb_maps, 0);
	assert_int_equal(atomic_load(&p.dev.resets[2]), 1);
	assert_int_equal(atomic_load(&p.dev.logged_errors), 1);
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0, &back, 1), -ENOTCONN);
	vfio_user_client_close(p.client);
	/* The next client is served. */
	assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS, &p.client), 0);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0, 0x1000, 3), 0);
	assert_int_equal(test_device_at(&p.dev, 0, 1)[0], mem[0]);
	munmap(mem, 0x10000);
	close(fd);
	test_pair_stop(&p);
}

/* Of two devices in one process, the other one's client stays. */
static void
the_other_client_stays(void **state)
{
	static struct test_device two[2];
	struct vfio_user_client *clients[2];
	struct test_loop loop;
	uint8_t *mem[2];
	uint8_t back;
	int fds[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		test_device_init(&two[i], false, NULL, 0);
		fds[i] = test_memfd(0x2000, &mem[i]);
	}
	test_loop_start(&loop, two, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(vfio_user_client_connect(two[i].path, TEST_WAIT_MS, &clients[i]),
				 0);
		assert_int_equal(vfio_user_client_dma_map(clients[i], fds[i], 0, 0, 0x2000, 3), 0);
	}
	test_loop_stop(&loop);
	assert_int_equal(ftruncate(fds[0], 0), 0);
	test_device_at(&two[0], 0x1000, 1)[0] = 1;
	test_device_at(&two[1], 0x1000, 1)[0] = 2;
	assert_int_equal(mem[1][0x1000], 2);
	test_loop_start(&loop, two, 2);
	test_wait_for(&two[0].resets[2], 1);
	assert_int_equal(vfio_user_client_region_read(clients[1], 2, 0, &back, 1), 0);
	for (int i = 0; i < 2; i++) {
		vfio_user_client_close(clients[i]);
		munmap(mem[i], 0x2000);
		close(fds[i]);
	}
	test_loop_stop(&loop);
	for (int i = 0; i < 2; i++)
		test_device_fini(&two[i]);
}

static sigjmp_buf escape;

static void
on_other_sigbus(int sig)
{
	(void)sig;
	siglongjmp(escape, 1);
}

static uint8_t *
lost_page(void)
{
	uint8_t *mem;
	int fd = test_memfd(0x1000, &mem);

	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	return mem;
}

/* A fault elsewhere goes to the handler that was there before. */
static void
other_faults_go_to_their_handler(void **state)
{
	struct sigaction ours = { .sa_handler = on_other_sigbus };
	struct sigaction before;
	struct sigaction after;
	volatile uint8_t *mem = lost_page();
	volatile bool caught = false;

	(void)state;
	assert_int_equal(sigaction(SIGBUS, &ours, &before), 0);
	test_device_init(&p.dev, false, NULL, 0);
	if (sigsetjmp(escape, 1) == 0)
		mem[0] = 1;
	else
		caught = true;
	assert_true(caught);
	test_device_fini(&p.dev);
	/* And it is back when the last server is gone. */
	assert_int_equal(sigaction(SIGBUS, &before, &after), 0);
	assert_ptr_equal(after.sa_handler, on_other_sigbus);
	munmap((void *)(uintptr_t)mem, 0x1000);
}

/* Without one, the process dies as it would have: of the fault, or of a signal sent. */
static void
other_faults_kill_by_default(void **state)
{
	volatile uint8_t *mem = lost_page();
	struct sigaction before;
	struct sigaction dfl = { .sa_handler = SIG_DFL };

	(void)state;
	assert_int_equal(sigaction(SIGBUS, &dfl, &before), 0);
	test_device_init(&p.dev, false, NULL, 0);
	for (int sent = 0; sent < 2; sent++) {
		int status = 0;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			if (sent)
				raise(SIGBUS);
			else
				mem[0] = 1;
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGBUS);
	}
	test_device_fini(&p.dev);
	sigaction(SIGBUS, &before, NULL);
	munmap((void *)(uintptr_t)mem, 0x1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_truncated_file_drops_its_client),
		cmocka_unit_test(the_other_client_stays),
		cmocka_unit_test(other_faults_go_to_their_handler),
		cmocka_unit_test(other_faults_kill_by_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
