/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The client against the server, in two threads. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

/* Config space: COMMAND, and the MSI capability at 0x50 (control, mask). */
#define CONFIG 7

static struct test_device dev;
static struct test_loop loop;
static struct vfio_user_client *client;

static void
start(bool with_bar0, const struct vfio_user_sparse_area *areas, unsigned int nb_areas)
{
	test_device_init(&dev, with_bar0, areas, nb_areas);
	test_loop_start(&loop, &dev, 1);
	assert_int_equal(vfio_user_client_connect(dev.path, TEST_WAIT_MS, &client), 0);
}

static void
stop(void)
{
	vfio_user_client_close(client);
	test_loop_stop(&loop);
	test_device_fini(&dev);
}

static void
bars_are_read_and_written(void **state)
{
	uint8_t big[TEST_BAR2_SIZE];
	uint8_t back[TEST_BAR2_SIZE];
	uint64_t word = 0x1122334455667788;
	uint64_t got = 0;

	(void)state;
	start(false, NULL, 0);
	assert_int_equal(vfio_user_client_region_write(client, 2, 0x300, &word, 8, false), 0);
	assert_int_equal(dev.bar2[0x300], 0x88);
	assert_int_equal(vfio_user_client_region_read(client, 2, 0x300, &got, 8), 0);
	assert_true(got == word);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7);
	assert_int_equal(vfio_user_client_region_write(client, 2, 0, big, sizeof(big), true), 0);
	assert_int_equal(vfio_user_client_region_read(client, 2, 0, back, sizeof(back)), 0);
	assert_memory_equal(big, back, sizeof(big));
	/* Errors of the device come back, and the client lives on. */
	assert_int_equal(vfio_user_client_region_read(client, 2, 0xfffc, &got, 8), -EINVAL);
	assert_int_equal(vfio_user_client_region_read(client, 1, 0, &got, 4), -EINVAL);
	assert_false(vfio_user_client_dead(client));
	stop();
}

static void
posted_writes_keep_their_order(void **state)
{
	uint32_t got;

	(void)state;
	start(false, NULL, 0);
	for (uint32_t i = 1; i <= 5000; i++)
		assert_int_equal(vfio_user_client_region_write(client, 2, 0x10, &i, 4, true), 0);
	assert_int_equal(vfio_user_client_region_read(client, 2, 0x10, &got, 4), 0);
	assert_int_equal(got, 5000);
	assert_int_equal(atomic_load(&dev.writes), 5000);
	stop();
}

static void
a_region_is_shared_by_mapping(void **state)
{
	struct vfio_user_client_region info;
	volatile uint8_t *mem;

	(void)state;
	start(true, NULL, 0);
	assert_int_equal(vfio_user_client_region_info(client, 0, &info), 0);
	assert_int_equal(info.size, TEST_BAR0_SIZE);
	assert_int_equal(info.flags, 7);
	assert_true(info.sealed);
	assert_int_equal(info.nb_areas, 1);
	assert_int_equal(info.areas[0].offset, 0);
	assert_int_equal(info.areas[0].size, TEST_BAR0_SIZE);
	mem = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, info.fd, 0);
	assert_true(mem != MAP_FAILED);
	mem[0x123] = 0x5a;
	assert_int_equal(((volatile uint8_t *)dev.bar0)[0x123], 0x5a);
	dev.bar0[0x1ffff] = 0xa5;
	assert_int_equal(mem[0x1ffff], 0xa5);
	/* Nobody can shrink it under the other. */
	assert_int_equal(ftruncate(info.fd, 0), -1);
	munmap((void *)(uintptr_t)mem, info.size);
	close(info.fd);
	assert_int_equal(vfio_user_client_region_info(client, 2, &info), 0);
	assert_int_equal(info.fd, -1);
	assert_int_equal(info.flags, 3);
	assert_int_equal(info.size, TEST_BAR2_SIZE);
	assert_int_equal(vfio_user_client_region_info(client, 6, &info), 0);
	assert_int_equal(info.size, 0);
	assert_int_equal(vfio_user_client_region_info(client, 9, &info), -EINVAL);
	stop();
}

static void
a_region_is_mapped_in_parts(void **state)
{
	static const struct vfio_user_sparse_area areas[2] = { { 0x1000, 0x2000 },
							       { 0x10000, 0x10000 } };
	struct vfio_user_client_region info;

	(void)state;
	start(true, areas, 2);
	assert_int_equal(vfio_user_client_region_info(client, 0, &info), 0);
	assert_int_equal(info.nb_areas, 2);
	assert_int_equal(info.areas[0].offset, 0x1000);
	assert_int_equal(info.areas[0].size, 0x2000);
	assert_int_equal(info.areas[1].offset, 0x10000);
	assert_int_equal(info.areas[1].size, 0x10000);
	assert_true(info.fd >= 0);
	close(info.fd);
	stop();
}

static void
memory_is_shared_by_dma_maps(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x4000, &mem);

	(void)state;
	start(false, NULL, 0);
	mem[0x1234] = 0x77;
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0x1000, 0xffffffff0000, 0x2000, 3),
			 0);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0, 0x10000, 0x1000, 1), 0);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0, 0xffffffff1000, 0x1000, 1),
			 -EEXIST);
	/* Beyond the end of the file; not page aligned; nothing; around the end of addresses. */
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0x3000, 0x20000, 0x2000, 1), -EINVAL);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0x10, 0x20000, 0x1000, 1), -EINVAL);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0, 0x20000, 0, 1), -EINVAL);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0, 0xfffffffffffff000, 0x2000, 1),
			 -EINVAL);
	test_loop_stop(&loop);
	assert_int_equal(dev.nb_maps, 2);
	assert_int_equal(dev.maps[0].prot, 3);
	assert_int_equal(dev.maps[1].prot, 1);
	assert_int_equal(test_device_at(&dev, 0xffffffff0234, 1)[0], 0x77);
	test_device_at(&dev, 0xffffffff1fff, 1)[0] = 0x99;
	assert_int_equal(mem[0x2fff], 0x99);
	test_loop_start(&loop, &dev, 1);
	/* Half of a map cannot go; a range with nothing in it can. */
	assert_int_equal(vfio_user_client_dma_unmap(client, 0xffffffff0000, 0x1000), -EINVAL);
	assert_int_equal(vfio_user_client_dma_unmap(client, 0x8000000000000000,
						    0x8000000000000000), 0);
	assert_int_equal(atomic_load(&dev.unmap_calls), 0);
	assert_int_equal(vfio_user_client_dma_unmap(client, 0xffffffff0000, 0x2000), 0);
	assert_int_equal(dev.nb_maps, 1);
	assert_int_equal(vfio_user_client_dma_unmap_all(client), 0);
	assert_int_equal(dev.nb_maps, 0);
	munmap(mem, 0x4000);
	close(fd);
	stop();
}

static long
resident_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static unsigned int
count_mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned int lines = 0;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	return lines;
}

/* A guest sends its memory page by page, highest address first: 64 MiB are 16384 maps. */
static void
a_burst_of_maps_is_one_mapping(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x4000000, &mem);
	unsigned int mappings;
	long resident;

	(void)state;
	start(false, NULL, 0);
	resident = resident_kib();
	mappings = count_mappings();
	for (uint64_t i = 0; i < 0x4000; i++)
		assert_int_equal(vfio_user_client_dma_map(client, fd, (0x3fff - i) << 12,
							  0xfff00000000 - (i << 12), 0x1000, 3),
				 0);
	assert_int_equal(atomic_load(&dev.maps_made), 0x4000);
	assert_in_range(count_mappings(), mappings, mappings + 100);
	assert_in_range(resident_kib() - resident, 0, 64 * 1024);
	test_loop_stop(&loop);
	test_device_at(&dev, 0xfff00000000 - 0x3fff000, 1)[5] = 0x42;
	assert_int_equal(mem[5], 0x42);
	test_loop_start(&loop, &dev, 1);
	for (uint64_t i = 0; i < 0x4000; i += 2)
		assert_int_equal(vfio_user_client_dma_unmap(client, 0xfff00000000 - (i << 12),
							    0x1000), 0);
	assert_int_equal(dev.nb_maps, 0x2000);
	munmap(mem, 0x4000000);
	close(fd);
	stop();
}

/* A file that grows is mapped again, and what was mapped before stays valid. */
static void
a_file_may_grow(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x1000, &mem);
	uint8_t *more;

	(void)state;
	start(false, NULL, 0);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0, 0x10000, 0x1000, 3), 0);
	assert_int_equal(ftruncate(fd, 0x3000), 0);
	assert_int_equal(vfio_user_client_dma_map(client, fd, 0x1000, 0x20000, 0x2000, 3), 0);
	more = mmap(NULL, 0x3000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(more != MAP_FAILED);
	test_loop_stop(&loop);
	test_device_at(&dev, 0x10000, 1)[0] = 1;
	test_device_at(&dev, 0x21fff, 1)[0] = 2;
	assert_int_equal(more[0], 1);
	assert_int_equal(more[0x2fff], 2);
	test_loop_start(&loop, &dev, 1);
	munmap(more, 0x3000);
	munmap(mem, 0x1000);
	close(fd);
	stop();
}

static void
set_config(uint64_t offset, uint32_t value, size_t len)
{
	assert_int_equal(vfio_user_client_region_write(client, CONFIG, offset, &value, len, false),
			 0);
}

static uint32_t
get_config(uint64_t offset)
{
	uint32_t value = 0;

	assert_int_equal(vfio_user_client_region_read(client, CONFIG, offset, &value, 4), 0);
	return value;
}

static void
interrupts_obey_enable_and_mask(void **state)
{
	int fds[4];

	(void)state;
	start(false, NULL, 0);
	assert_int_equal(vfio_user_client_irq_count(client, 1), 4);
	assert_int_equal(vfio_user_client_irq_count(client, 2), 0);
	for (int i = 0; i < 4; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_int_equal(vfio_user_client_set_irqs(client, 1, 0, 4, fds), 0);
	assert_int_equal(vfio_user_client_set_irqs(client, 1, 1, 4, fds), -EINVAL);
	vfio_user_server_irq(dev.server, 1);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 0);
	set_config(0x52, 1, 2);
	vfio_user_server_irq(dev.server, 1);
	vfio_user_server_irq(dev.server, 7);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 1);
	set_config(0x60, 0x2, 4);
	vfio_user_server_irq(dev.server, 1);
	vfio_user_server_irq(dev.server, 1);
	vfio_user_server_irq(dev.server, 2);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 0);
	assert_int_equal(test_eventfd_wait(fds[2], 0), 1);
	assert_int_equal(get_config(0x64), 0x2);
	set_config(0x60, 0, 4);
	assert_int_equal(test_eventfd_wait(fds[1], 0), 1);
	assert_int_equal(get_config(0x64), 0);
	/* Without a descriptor it waits for one. */
	assert_int_equal(vfio_user_client_disable_irqs(client, 1), 0);
	vfio_user_server_irq(dev.server, 3);
	assert_int_equal(test_eventfd_wait(fds[3], 0), 0);
	assert_int_equal(vfio_user_client_set_irqs(client, 1, 3, 1, &fds[3]), 0);
	assert_int_equal(test_eventfd_wait(fds[3], 0), 1);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	stop();
}

static atomic_bool raising;

static void *
raise_always(void *arg)
{
	unsigned int vector = 0;

	(void)arg;
	while (atomic_load(&raising))
		vfio_user_server_irq(dev.server, vector++ % 4);
	return NULL;
}

/* Workers raise interrupts while the client changes its descriptors and goes away. */
static void
interrupts_come_from_any_thread(void **state)
{
	pthread_t threads[2];
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int fds[4] = { fd, fd, fd, fd };

	(void)state;
	start(false, NULL, 0);
	atomic_store(&raising, true);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, raise_always, NULL), 0);
	for (int i = 0; i < 50; i++) {
		set_config(0x52, 1, 2);
		assert_int_equal(vfio_user_client_set_irqs(client, 1, 0, 4, fds), 0);
		assert_true(test_eventfd_wait(fd, TEST_WAIT_MS) > 0);
		set_config(0x60, i & 1 ? 0xf : 0, 4);
		assert_int_equal(vfio_user_client_set_irqs(client, 1, 0, 2, NULL), 0);
		if (i % 10 == 9) {
			vfio_user_client_close(client);
			assert_int_equal(vfio_user_client_connect(dev.path, TEST_WAIT_MS, &client),
					 0);
		} else if (i & 1) {
			assert_int_equal(vfio_user_client_reset(client), 0);
		}
	}
	atomic_store(&raising, false);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	close(fd);
	stop();
}

static void *
write_always(void *arg)
{
	uint64_t offset = 0x100 * (uint64_t)(uintptr_t)arg;
	uint32_t got;

	for (uint32_t i = 0; i < 500; i++) {
		if (vfio_user_client_region_write(client, 2, offset, &i, 4, i & 1) ||
		    vfio_user_client_region_read(client, 2, offset, &got, 4) || got != i)
			return arg;
	}
	return NULL;
}

static void
calls_come_from_any_thread(void **state)
{
	pthread_t threads[3];

	(void)state;
	start(false, NULL, 0);
	for (uintptr_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_always, (void *)(i + 1)),
				 0);
	for (int i = 0; i < 3; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	stop();
}

static void
resets_are_told_apart(void **state)
{
	(void)state;
	start(false, NULL, 0);
	set_config(4, 6, 2);
	assert_int_equal(atomic_load(&dev.command), 6);
	assert_int_equal(vfio_user_client_reset(client), 0);
	assert_int_equal(atomic_load(&dev.resets[0]), 1);
	assert_int_equal(get_config(4) & 0xffff, 0);
	set_config(4, 6, 2);
	set_config(0x78, 0x8000, 2);
	assert_int_equal(atomic_load(&dev.resets[1]), 1);
	assert_int_equal(get_config(4) & 0xffff, 0);
	set_config(0x44, 3, 2);
	assert_int_equal(atomic_load(&dev.power), 3);
	vfio_user_client_close(client);
	test_wait_for(&dev.resets[2], 1);
	assert_int_equal(vfio_user_client_connect(dev.path, TEST_WAIT_MS, &client), 0);
	stop();
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
	start(true, NULL, 0);
	for (unsigned int i = 1; i <= 20; i++) {
		set_config(0x52, 1, 2);
		assert_int_equal(vfio_user_client_set_irqs(client, 1, 0, 1, &event), 0);
		assert_int_equal(vfio_user_client_dma_map(client, fd, 0, 0x1000, 0x1000, 3), 0);
		assert_int_equal(vfio_user_client_connect(dev.path, TEST_WAIT_MS, &second), -EBUSY);
		vfio_user_client_close(client);
		test_wait_for(&dev.unmap_calls, i);
		vfio_user_server_irq(dev.server, 0);
		assert_int_equal(test_eventfd_wait(event, 0), 0);
		assert_int_equal(vfio_user_client_connect(dev.path, TEST_WAIT_MS, &client), 0);
		assert_int_equal(get_config(0x50) >> 16 & 1, 0);
		assert_int_equal(dev.nb_maps, 0);
	}
	close(event);
	munmap(mem, 0x1000);
	close(fd);
	stop();
}

static void
a_dead_server_is_noticed(void **state)
{
	uint32_t got;

	(void)state;
	start(false, NULL, 0);
	vfio_user_server_drop_client(dev.server);
	test_wait_for(&dev.resets[2], 1);
	assert_int_equal(vfio_user_client_region_read(client, 2, 0, &got, 4), -ENOTCONN);
	assert_true(vfio_user_client_dead(client));
	assert_int_equal(vfio_user_client_region_read(client, 2, 0, &got, 4), -ENODEV);
	assert_int_equal(vfio_user_client_dma_unmap_all(client), -ENODEV);
	vfio_user_client_close(client);
	assert_int_equal(vfio_user_client_connect(dev.path, TEST_WAIT_MS, &client), 0);
	stop();
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
	test_loop_start(&loop, two, 2);
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
	test_loop_stop(&loop);
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
		cmocka_unit_test(memory_is_shared_by_dma_maps),
		cmocka_unit_test(a_burst_of_maps_is_one_mapping),
		cmocka_unit_test(a_file_may_grow),
		cmocka_unit_test(interrupts_obey_enable_and_mask),
		cmocka_unit_test(interrupts_come_from_any_thread),
		cmocka_unit_test(calls_come_from_any_thread),
		cmocka_unit_test(resets_are_told_apart),
		cmocka_unit_test(clients_come_and_go),
		cmocka_unit_test(a_dead_server_is_noticed),
		cmocka_unit_test(one_thread_serves_two_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
