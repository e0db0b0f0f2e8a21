/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The client against the server, in two threads: regions and the life of a client. */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static struct test_pair p;

static void
bars_are_read_and_written(void **state)
{
	uint8_t big[TEST_BAR2_SIZE];
	uint8_t back[TEST_BAR2_SIZE];
	uint64_t word = 0x1122334455667788;
	uint64_t got = 0;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	assert_int_equal(vfio_user_client_region_write(p.client, 2, 0x300, &word, 8, false), 0);
	assert_int_equal(p.dev.bar2[0x300], 0x88);
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0x300, &got, 8), 0);
	assert_true(got == word);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7);
	assert_int_equal(vfio_user_client_region_write(p.client, 2, 0, big, sizeof(big), true), 0);
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0, back, sizeof(back)), 0);
	assert_memory_equal(big, back, sizeof(big));
	/* Errors of the device come back, and the client lives on. */
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0xfffc, &got, 8), -EINVAL);
	assert_int_equal(vfio_user_client_region_read(p.client, 1, 0, &got, 4), -EINVAL);
	assert_false(vfio_user_client_dead(p.client));
	test_pair_stop(&p);
}

static void
posted_writes_keep_their_order(void **state)
{
	uint32_t got;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	for (uint32_t i = 1; i <= 5000; i++)
		assert_int_equal(vfio_user_client_region_write(p.client, 2, 0x10, &i, 4, true), 0);
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0x10, &got, 4), 0);
	assert_int_equal(got, 5000);
	assert_int_equal(atomic_load(&p.dev.writes), 5000);
	test_pair_stop(&p);
}

static void
a_region_is_shared_by_mapping(void **state)
{
	struct vfio_user_client_region info;
	volatile uint8_t *mem;

	(void)state;
	test_pair_start(&p, true, NULL, 0);
	assert_int_equal(vfio_user_client_region_info(p.client, 0, &info), 0);
	assert_int_equal(info.size, TEST_BAR0_SIZE);
	assert_int_equal(info.flags, 7);
	assert_true(info.sealed);
	assert_int_equal(info.nb_areas, 1);
	assert_int_equal(info.areas[0].offset, 0);
	assert_int_equal(info.areas[0].size, TEST_BAR0_SIZE);
	mem = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, info.fd, 0);
	assert_true(mem != MAP_FAILED);
	mem[0x123] = 0x5a;
	assert_int_equal(((volatile uint8_t *)p.dev.bar0)[0x123], 0x5a);
	p.dev.bar0[0x1ffff] = 0xa5;
	assert_int_equal(mem[0x1ffff], 0xa5);
	/* Nobody can shrink it under the other. */
	assert_int_equal(ftruncate(info.fd, 0), -1);
	munmap((void *)(uintptr_t)mem, info.size);
	close(info.fd);
	assert_int_equal(vfio_user_client_region_info(p.client, 2, &info), 0);
	assert_int_equal(info.fd, -1);
	assert_int_equal(info.flags, 3);
	assert_int_equal(info.size, TEST_BAR2_SIZE);
	assert_int_equal(vfio_user_client_region_info(p.client, 6, &info), 0);
	assert_int_equal(info.size, 0);
	assert_int_equal(vfio_user_client_region_info(p.client, 9, &info), -EINVAL);
	test_pair_stop(&p);
}

static void
a_region_is_mapped_in_parts(void **state)
{
	static const struct vfio_user_sparse_area areas[2] = { { 0x1000, 0x2000 },
							       { 0x10000, 0x10000 } };
	struct vfio_user_client_region info;

	(void)state;
	test_pair_start(&p, true, areas, 2);
	assert_int_equal(vfio_user_client_region_info(p.client, 0, &info), 0);
	assert_int_equal(info.nb_areas, 2);
	assert_int_equal(info.areas[0].offset, 0x1000);
	assert_int_equal(info.areas[0].size, 0x2000);
	assert_int_equal(info.areas[1].offset, 0x10000);
	assert_int_equal(info.areas[1].size, 0x10000);
	assert_true(info.fd >= 0);
	close(info.fd);
	test_pair_stop(&p);
}

/* A device may change the memory behind a region: those who ask later get the new one. */
static void
a_region_gets_other_memory(void **state)
{
	struct vfio_user_client_region info[2];
	int fd = vfio_user_server_memfd("other", TEST_BAR0_SIZE);
	struct stat st[2];

	(void)state;
	test_pair_start(&p, true, NULL, 0);
	assert_int_equal(vfio_user_client_region_info(p.client, 0, &info[0]), 0);
	test_loop_stop(&p.loop);
	assert_int_equal(vfio_user_server_region_fd(p.dev.server, 2, fd), -EINVAL);
	assert_int_equal(vfio_user_server_region_fd(p.dev.server, 6, fd), -EINVAL);
	assert_int_equal(vfio_user_server_region_fd(p.dev.server, 0, -1), -EBADF);
	assert_int_equal(vfio_user_server_region_fd(p.dev.server, 0, fd), 0);
	assert_int_equal(fstat(fd, &st[0]), 0);
	close(fd);
	test_loop_start(&p.loop, &p.dev, 1);
	assert_int_equal(vfio_user_client_region_info(p.client, 0, &info[1]), 0);
	assert_int_equal(info[1].size, TEST_BAR0_SIZE);
	assert_true(info[1].sealed);
	assert_int_equal(fstat(info[1].fd, &st[1]), 0);
	assert_int_equal(st[0].st_ino, st[1].st_ino);
	assert_int_equal(fstat(info[0].fd, &st[1]), 0);
	assert_int_not_equal(st[0].st_ino, st[1].st_ino);
	close(info[0].fd);
	close(info[1].fd);
	test_pair_stop(&p);
}

static void *
write_always(void *arg)
{
	uint64_t offset = 0x100 * (uint64_t)(uintptr_t)arg;
	uint32_t got;

	for (uint32_t i = 0; i < 500; i++) {
		if (vfio_user_client_region_write(p.client, 2, offset, &i, 4, i & 1) ||
		    vfio_user_client_region_read(p.client, 2, offset, &got, 4) || got != i)
			return arg;
	}
	return NULL;
}

static void
calls_come_from_any_thread(void **state)
{
	pthread_t threads[3];

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	for (uintptr_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_always, (void *)(i + 1)),
				 0);
	for (int i = 0; i < 3; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	test_pair_stop(&p);
}

static void
resets_are_told_apart(void **state)
{
	(void)state;
	test_pair_start(&p, false, NULL, 0);
	test_set_config(p.client, 4, 6, 2);
	assert_int_equal(atomic_load(&p.dev.command), 6);
	assert_int_equal(vfio_user_client_reset(p.client), 0);
	assert_int_equal(atomic_load(&p.dev.resets[0]), 1);
	assert_int_equal(test_get_config(p.client, 4) & 0xffff, 0);
	test_set_config(p.client, 4, 6, 2);
	test_set_config(p.client, 0x78, 0x8000, 2);
	assert_int_equal(atomic_load(&p.dev.resets[1]), 1);
	assert_int_equal(test_get_config(p.client, 4) & 0xffff, 0);
	test_set_config(p.client, 0x44, 3, 2);
	assert_int_equal(atomic_load(&p.dev.power), 3);
	vfio_user_client_close(p.client);
	test_wait_for(&p.dev.resets[2], 1);
	assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS, &p.client), 0);
	test_pair_stop(&p);
}

/* All that a client had is gone before the next one comes. */
static void
clients_come_and_go(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x1000, &mem);
	int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct vfio_user_client *second;

	(void)state;
	test_pair_start(&p, true, NULL, 0);
	for (unsigned int i = 1; i <= 20; i++) {
		test_set_config(p.client, 0x52, 1, 2);
		assert_int_equal(vfio_user_client_set_irqs(p.client, 1, 0, 1, &event), 0);
		assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0x1000, 0x1000, 3), 0);
		assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS, &second),
				 -EBUSY);
		vfio_user_client_close(p.client);
		test_wait_for(&p.dev.unmap_calls, i);
		vfio_user_server_irq(p.dev.server, 0);
		assert_int_equal(test_eventfd_wait(event, 0), 0);
		assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS, &p.client), 0);
		assert_int_equal(test_get_config(p.client, 0x50) >> 16 & 1, 0);
		assert_int_equal(p.dev.nb_maps, 0);
	}
	close(event);
	munmap(mem, 0x1000);
	close(fd);
	test_pair_stop(&p);
}

/* Close and connect at once, with work still in the old socket: never refused as a second one. */
static void
a_client_may_return_at_once(void **state)
{
	uint32_t value;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	for (uint32_t i = 0; i < 300; i++) {
		for (uint32_t k = 0; k < i; k++)
			assert_int_equal(vfio_user_client_region_write(p.client, 2, 0, &i, 4, true),
					 0);
		vfio_user_client_close(p.client);
		assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS, &p.client), 0);
		assert_int_equal(vfio_user_client_region_read(p.client, 2, 0, &value, 4), 0);
		assert_int_equal(value, i);
	}
	assert_int_equal(atomic_load(&p.dev.resets[2]), 300);
	test_pair_stop(&p);
}

static void
a_dead_server_is_noticed(void **state)
{
	uint32_t got;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	vfio_user_server_drop_client(p.dev.server);
	test_wait_for(&p.dev.resets[2], 1);
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0, &got, 4), -ENOTCONN);
	assert_true(vfio_user_client_dead(p.client));
	assert_int_equal(vfio_user_client_region_read(p.client, 2, 0, &got, 4), -ENODEV);
	assert_int_equal(vfio_user_client_dma_unmap_all(p.client), -ENODEV);
	vfio_user_client_close(p.client);
	assert_int_equal(vfio_user_client_connect(p.dev.path, TEST_WAIT_MS, &p.client), 0);
	test_pair_stop(&p);
}

static void
one_thread_serves_two_devices(void **state)
{
	static struct test_device two[2];
	struct vfio_user_client *clients[2];
	uint32_t value;

	(void)state;
	for (int i = 0; i < 2; i++)
		test_device_init(&two[i], i == 0, NULL, 0);
	test_loop_start(&p.loop, two, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(vfio_user_client_connect(two[i].path, TEST_WAIT_MS, &clients[i]),
				 0);
	for (uint32_t round = 0; round < 100; round++) {
		for (uint32_t i = 0; i < 2; i++) {
			value = round * 2 + i;
			assert_int_equal(vfio_user_client_region_write(clients[i], 2, 0, &value, 4,
								       true), 0);
		}
		for (uint32_t i = 0; i < 2; i++) {
			assert_int_equal(vfio_user_client_region_read(clients[i], 2, 0, &value, 4),
					 0);
			assert_int_equal(value, round * 2 + i);
		}
	}
	vfio_user_client_close(clients[0]);
	assert_int_equal(vfio_user_client_region_read(clients[1], 2, 0, &value, 4), 0);
	vfio_user_client_close(clients[1]);
	test_loop_stop(&p.loop);
	for (int i = 0; i < 2; i++)
		test_device_fini(&two[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_are_read_and_written),
		cmocka_unit_test(posted_writes_keep_their_order),
		cmocka_unit_test(a_region_is_shared_by_mapping),
		cmocka_unit_test(a_region_is_mapped_in_parts),
		cmocka_unit_test(a_region_gets_other_memory),
		cmocka_unit_test(calls_come_from_any_thread),
		cmocka_unit_test(resets_are_told_apart),
		cmocka_unit_test(clients_come_and_go),
		cmocka_unit_test(a_client_may_return_at_once),
		cmocka_unit_test(a_dead_server_is_noticed),
		cmocka_unit_test(one_thread_serves_two_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
