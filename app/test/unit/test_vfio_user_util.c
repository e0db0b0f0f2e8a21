/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

void
test_path_make(char *path, size_t room, const char *name)
{
	const char *base = getenv("TMPDIR");
	char folder[80];

	snprintf(folder, sizeof(folder), "%s/vfio-user-XXXXXX",
		 base && strlen(base) < 50 ? base : "/tmp");
	assert_non_null(mkdtemp(folder));
	assert_true((size_t)snprintf(path, room, "%s/%s", folder, name) < room);
}

void
test_path_remove(const char *path)
{
	char folder[108];

	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = 0;
	assert_int_equal(rmdir(folder), 0);
}

static int
dev_read(void *ctx, unsigned int bar, uint64_t offset, void *buf, size_t len)
{
	struct test_device *dev = ctx;

	assert_true(bar == 0 || bar == 2);
	if (dev->fail)
		return dev->fail;
	memcpy(buf, (bar ? dev->bar2 : dev->bar0) + offset, len);
	return 0;
}

static int
dev_write(void *ctx, unsigned int bar, uint64_t offset, const void *buf, size_t len)
{
	struct test_device *dev = ctx;

	assert_true(bar == 0 || bar == 2);
	if (dev->fail)
		return dev->fail;
	memcpy((bar ? dev->bar2 : dev->bar0) + offset, buf, len);
	if (dev->write_us)
		usleep(dev->write_us);
	atomic_fetch_add(&dev->writes, 1);
	return 0;
}

static int
dev_map(void *ctx, uint64_t iova, uint64_t len, void *vaddr, unsigned int prot)
{
	struct test_device *dev = ctx;

	struct test_map map = { iova, len, vaddr, prot };

	if (atomic_fetch_add(&dev->maps_made, 1) == 0)
		dev->first_map = map;
	if (dev->forgets_maps)
		return 0;
	if (dev->nb_maps == TEST_MAX_MAPS)
		return -ENOSPC;
	dev->maps[dev->nb_maps++] = map;
	return 0;
}

static void
dev_unmap(void *ctx, uint64_t iova, uint64_t len)
{
	struct test_device *dev = ctx;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < dev->nb_maps; i++) {
		struct test_map *map = &dev->maps[i];

		if (map->iova < iova || map->iova - iova >= len)
			dev->maps[kept++] = *map;
	}
	dev->nb_maps = kept;
	atomic_fetch_add(&dev->unmap_calls, 1);
}

static void
dev_reset(void *ctx, enum vfio_user_reset_kind kind)
{
	struct test_device *dev = ctx;

	atomic_fetch_add(&dev->resets[kind], 1);
}

static void
dev_command(void *ctx, uint16_t command)
{
	struct test_device *dev = ctx;

	atomic_store(&dev->command, command);
}

static void
dev_power(void *ctx, unsigned int state)
{
	struct test_device *dev = ctx;

	atomic_store(&dev->power, state);
}

static const struct vfio_user_device_ops dev_ops = {
	.region_read = dev_read,
	.region_write = dev_write,
	.dma_map = dev_map,
	.dma_unmap = dev_unmap,
	.reset = dev_reset,
	.command = dev_command,
	.power = dev_power,
};

static void
dev_log(void *ctx, enum vfio_user_log_level level, const char *text)
{
	struct test_device *dev = ctx;

	if (level == VFIO_USER_LOG_ERR)
		atomic_fetch_add(&dev->logged_errors, 1);
	fprintf(stderr, "server: %s\n", text);
}

void
test_device_init(struct test_device *dev, bool with_bar0,
		 const struct vfio_user_sparse_area *areas, unsigned int nb_areas)
{
	static const uint8_t vendor_cap[8] = { 0x09, 0, 8, 1, 0xde, 0xad, 0xbe, 0xef };
	struct vfio_user_device_desc desc = {
		.pci = {
			.vendor_id = 0x1234,
			.device_id = 0x5678,
			.subsystem_vendor_id = 0x9abc,
			.subsystem_id = 0xdef0,
			.class_code = 0x120000,
			.revision = 0x30,
			.msi_vectors = 4,
			.bars = { [2] = { TEST_BAR2_SIZE,
					  VFIO_USER_BAR_64BIT | VFIO_USER_BAR_PREFETCH } },
			.vendor_cap = vendor_cap,
			.vendor_cap_len = sizeof(vendor_cap),
		},
	};
	struct vfio_user_log log = { .fn = dev_log, .ctx = dev };

	memset(dev, 0, sizeof(*dev));
	dev->bar0_fd = -1;
	dev->maps = calloc(TEST_MAX_MAPS, sizeof(*dev->maps));
	assert_non_null(dev->maps);
	if (with_bar0) {
		dev->bar0_fd = vfio_user_server_memfd("bar0", TEST_BAR0_SIZE);
		assert_true(dev->bar0_fd >= 0);
		dev->bar0 = mmap(NULL, TEST_BAR0_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
				 dev->bar0_fd, 0);
		assert_true(dev->bar0 != MAP_FAILED);
		desc.pci.bars[0].size = TEST_BAR0_SIZE;
		desc.regions[0] = (struct vfio_user_region){
			.mmap = true, .fd = dev->bar0_fd, .areas = areas, .nb_areas = nb_areas
		};
	}
	test_path_make(dev->path, sizeof(dev->path), "dev");
	assert_int_equal(
		vfio_user_server_create(dev->path, &desc, &dev_ops, dev, &log, &dev->server), 0);
}

void
test_device_fini(struct test_device *dev)
{
	vfio_user_server_destroy(dev->server);
	assert_int_equal(dev->nb_maps, 0);
	test_path_remove(dev->path);
	if (dev->bar0_fd >= 0) {
		munmap(dev->bar0, TEST_BAR0_SIZE);
		close(dev->bar0_fd);
	}
	free(dev->maps);
}

uint8_t *
test_device_at(struct test_device *dev, uint64_t iova, uint64_t len)
{
	for (unsigned int i = 0; i < dev->nb_maps; i++) {
		const struct test_map *map = &dev->maps[i];

		if (iova >= map->iova && iova - map->iova < map->len &&
		    len <= map->len - (iova - map->iova))
			return map->vaddr + (iova - map->iova);
	}
	return NULL;
}

static void *
loop_main(void *arg)
{
	struct test_loop *loop = arg;

	while (!atomic_load(&loop->stop)) {
		struct pollfd p[4];

		for (unsigned int i = 0; i < loop->nb_servers; i++)
			p[i] = (struct pollfd){ vfio_user_server_fd(loop->servers[i]), POLLIN, 0 };
		if (poll(p, loop->nb_servers, 10) <= 0)
			continue;
		for (unsigned int i = 0; i < loop->nb_servers; i++) {
			if (p[i].revents)
				vfio_user_server_process(loop->servers[i]);
		}
	}
	return NULL;
}

void
test_loop_start(struct test_loop *loop, struct test_device *devs, unsigned int nb_devs)
{
	atomic_init(&loop->stop, false);
	loop->nb_servers = nb_devs;
	for (unsigned int i = 0; i < nb_devs; i++)
		loop->servers[i] = devs[i].server;
	assert_int_equal(pthread_create(&loop->thread, NULL, loop_main, loop), 0);
}

void
test_loop_stop(struct test_loop *loop)
{
	atomic_store(&loop->stop, true);
	pthread_join(loop->thread, NULL);
}

void
test_wait_for(atomic_uint *value, unsigned int least)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	for (unsigned int i = 0; i < TEST_WAIT_MS && atomic_load(value) < least; i++)
		nanosleep(&ms, NULL);
	assert_true(atomic_load(value) >= least);
}

uint64_t
test_eventfd_wait(int fd, int ms)
{
	struct pollfd p = { fd, POLLIN, 0 };
	uint64_t count = 0;

	if (poll(&p, 1, ms) == 1)
		assert_int_equal(read(fd, &count, sizeof(count)), sizeof(count));
	return count;
}

int
test_memfd(size_t size, uint8_t **mem)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	*mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(*mem != MAP_FAILED);
	return fd;
}

void
test_pair_start(struct test_pair *pair, bool with_bar0,
		const struct vfio_user_sparse_area *areas, unsigned int nb_areas)
{
	test_device_init(&pair->dev, with_bar0, areas, nb_areas);
	test_loop_start(&pair->loop, &pair->dev, 1);
	assert_int_equal(vfio_user_client_connect(pair->dev.path, TEST_WAIT_MS, &pair->client), 0);
}

void
test_pair_stop(struct test_pair *pair)
{
	vfio_user_client_close(pair->client);
	test_loop_stop(&pair->loop);
	test_device_fini(&pair->dev);
}

void
test_set_config(struct vfio_user_client *client, uint64_t offset, uint32_t value, size_t len)
{
	assert_int_equal(vfio_user_client_region_write(client, 7, offset, &value, len, false), 0);
}

uint32_t
test_get_config(struct vfio_user_client *client, uint64_t offset)
{
	uint32_t value = 0;

	assert_int_equal(vfio_user_client_region_read(client, 7, offset, &value, 4), 0);
	return value;
}
