/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* DMA maps from client to device. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static struct test_pair p;

static void
memory_is_shared_by_dma_maps(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x4000, &mem);

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	mem[0x1234] = 0x77;
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0x1000, 0xffffffff0000, 0x2000, 3),
			 0);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0x10000, 0x1000, 1), 0);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0xffffffff1000, 0x1000, 1),
			 -EEXIST);
	/* Beyond the end of the file; not page aligned; nothing; around the end of addresses. */
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0x3000, 0x20000, 0x2000, 1),
			 -EINVAL);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0x10, 0x20000, 0x1000, 1), -EINVAL);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0x20000, 0, 1), -EINVAL);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0xfffffffffffff000, 0x2000, 1),
			 -EINVAL);
	test_loop_stop(&p.loop);
	assert_int_equal(p.dev.nb_maps, 2);
	assert_int_equal(p.dev.maps[0].prot, 3);
	assert_int_equal(p.dev.maps[1].prot, 1);
	assert_int_equal(test_device_at(&p.dev, 0xffffffff0234, 1)[0], 0x77);
	test_device_at(&p.dev, 0xffffffff1fff, 1)[0] = 0x99;
	assert_int_equal(mem[0x2fff], 0x99);
	test_loop_start(&p.loop, &p.dev, 1);
	/* Half of a map cannot go; a range with nothing in it can. */
	assert_int_equal(vfio_user_client_dma_unmap(p.client, 0xffffffff0000, 0x1000), -EINVAL);
	assert_int_equal(vfio_user_client_dma_unmap(p.client, 0x8000000000000000,
						    0x8000000000000000), 0);
	assert_int_equal(atomic_load(&p.dev.unmap_calls), 0);
	assert_int_equal(vfio_user_client_dma_unmap(p.client, 0xffffffff0000, 0x2000), 0);
	assert_int_equal(p.dev.nb_maps, 1);
	assert_int_equal(vfio_user_client_dma_unmap_all(p.client), 0);
	assert_int_equal(p.dev.nb_maps, 0);
	munmap(mem, 0x4000);
	close(fd);
	test_pair_stop(&p);
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
	test_pair_start(&p, false, NULL, 0);
	resident = resident_kib();
	mappings = count_mappings();
	for (uint64_t i = 0; i < 0x4000; i++)
		assert_int_equal(vfio_user_client_dma_map(p.client, fd, (0x3fff - i) << 12,
							  0xfff00000000 - (i << 12), 0x1000, 3),
				 0);
	assert_int_equal(atomic_load(&p.dev.maps_made), 0x4000);
	assert_in_range(count_mappings(), mappings, mappings + 100);
	assert_in_range(resident_kib() - resident, 0, 64 * 1024);
	test_loop_stop(&p.loop);
	test_device_at(&p.dev, 0xfff00000000 - 0x3fff000, 1)[5] = 0x42;
	assert_int_equal(mem[5], 0x42);
	test_loop_start(&p.loop, &p.dev, 1);
	for (uint64_t i = 0; i < 0x4000; i += 2)
		assert_int_equal(vfio_user_client_dma_unmap(p.client, 0xfff00000000 - (i << 12),
							    0x1000), 0);
	assert_int_equal(p.dev.nb_maps, 0x2000);
	munmap(mem, 0x4000000);
	close(fd);
	test_pair_stop(&p);
}

/* A file that grows is mapped again, and what was mapped before stays valid. */
static void
a_file_may_grow(void **state)
{
	uint8_t *mem;
	int fd = test_memfd(0x1000, &mem);
	uint8_t *more;

	(void)state;
	test_pair_start(&p, false, NULL, 0);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0, 0x10000, 0x1000, 3), 0);
	assert_int_equal(ftruncate(fd, 0x3000), 0);
	assert_int_equal(vfio_user_client_dma_map(p.client, fd, 0x1000, 0x20000, 0x2000, 3), 0);
	more = mmap(NULL, 0x3000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(more != MAP_FAILED);
	test_loop_stop(&p.loop);
	test_device_at(&p.dev, 0x10000, 1)[0] = 1;
	test_device_at(&p.dev, 0x21fff, 1)[0] = 2;
	assert_int_equal(more[0], 1);
	assert_int_equal(more[0x2fff], 2);
	test_loop_start(&p.loop, &p.dev, 1);
	munmap(more, 0x3000);
	munmap(mem, 0x1000);
	close(fd);
	test_pair_stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_shared_by_dma_maps),
		cmocka_unit_test(a_burst_of_maps_is_one_mapping),
		cmocka_unit_test(a_file_may_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
