/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
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
	atomic_fetch_add(&dev->writes, 1);
	return 0;
}

static int
dev_map(void *ctx, uint64_t iova, uint64_t len, void *vaddr, unsigned int prot)
{
	struct test_device *dev = ctx;

	if (dev->nb_maps == TEST_MAX_MAPS)
		return -ENOSPC;
	dev->maps[dev->nb_maps++] = (struct test_map){ iova, len, vaddr, prot };
	atomic_fetch_add(&dev->maps_made, 1);
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

int
wire_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = TEST_WAIT_MS / 1000 };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(sock >= 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(connect(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)), 0);
	return sock;
}

void
wire_put(struct wire *w, const void *bytes, size_t len)
{
	assert_true(w->len + len <= sizeof(w->bytes));
	memcpy(w->bytes + w->len, bytes, len);
	w->len += len;
}

static void
put_le(struct wire *w, uint64_t value, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * i);

		wire_put(w, &byte, 1);
	}
}

void
wire_put16(struct wire *w, uint16_t value)
{
	put_le(w, value, 2);
}

void
wire_put32(struct wire *w, uint32_t value)
{
	put_le(w, value, 4);
}

void
wire_put64(struct wire *w, uint64_t value)
{
	put_le(w, value, 8);
}

void
wire_put_fd(struct wire *w, int fd)
{
	w->fds[w->nb_fds++] = fd;
}

void
wire_begin(struct wire *w, uint16_t id, uint16_t command, uint32_t flags)
{
	w->len = 0;
	w->nb_fds = 0;
	wire_put16(w, id);
	wire_put16(w, command);
	wire_put32(w, 0);
	wire_put32(w, flags);
	wire_put32(w, 0);
}

static uint64_t
get_le(const struct wire *w, size_t offset, unsigned int len)
{
	uint64_t value = 0;

	assert_true(offset + len <= w->len);
	for (unsigned int i = 0; i < len; i++)
		value |= (uint64_t)w->bytes[offset + i] << 8 * i;
	return value;
}

uint16_t
wire_get16(const struct wire *w, size_t offset)
{
	return (uint16_t)get_le(w, offset, 2);
}

uint32_t
wire_get32(const struct wire *w, size_t offset)
{
	return (uint32_t)get_le(w, offset, 4);
}

uint64_t
wire_get64(const struct wire *w, size_t offset)
{
	return get_le(w, offset, 8);
}

void
wire_send_raw(int sock, const struct wire *w)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(w->fds))];
	struct iovec iov = { (void *)(uintptr_t)w->bytes, w->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t fds_len = w->nb_fds * sizeof(int);

	if (fds_len) {
		struct cmsghdr *cmsg = (struct cmsghdr *)control;

		memset(control, 0, sizeof(control));
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(fds_len);
		memcpy(CMSG_DATA(cmsg), w->fds, fds_len);
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(fds_len);
	}
	while (iov.iov_len) {
		ssize_t n = sendmsg(sock, &msg, MSG_NOSIGNAL);

		assert_true(n > 0);
		iov.iov_base = (char *)iov.iov_base + n;
		iov.iov_len -= (size_t)n;
		msg.msg_controllen = 0;
	}
}

void
wire_send(int sock, struct wire *w)
{
	size_t len = w->len;

	w->len = 4;
	wire_put32(w, (uint32_t)len);
	w->len = len;
	wire_send_raw(sock, w);
}

/* Exactly `len` more bytes, as QEMU reads: the header first, then the rest. */
static bool
recv_more(int sock, struct wire *w, size_t len)
{
	while (len) {
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(w->fds))];
		struct iovec iov = { w->bytes + w->len, len };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
				      .msg_control = control, .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		struct cmsghdr *cmsg;

		if (n < 0 && (errno == ECONNRESET || errno == EPIPE))
			return false;
		assert_true(n >= 0);
		if (n == 0)
			return false;
		cmsg = CMSG_FIRSTHDR(&msg);
		if (cmsg) {
			assert_int_equal(w->len, 0);
			w->nb_fds = (unsigned int)((cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(w->fds, CMSG_DATA(cmsg), w->nb_fds * sizeof(int));
		}
		w->len += (size_t)n;
		len -= (size_t)n;
	}
	return true;
}

bool
wire_recv(int sock, struct wire *w)
{
	w->len = 0;
	w->nb_fds = 0;
	if (!recv_more(sock, w, 16))
		return false;
	assert_in_range(wire_get32(w, 4), 16, sizeof(w->bytes));
	return recv_more(sock, w, wire_get32(w, 4) - 16);
}

uint32_t
wire_call(int sock, struct wire *w)
{
	uint16_t id = wire_get16(w, 0);
	uint16_t command = wire_get16(w, 2);

	wire_send(sock, w);
	assert_true(wire_recv(sock, w));
	assert_int_equal(wire_get16(w, 0), id);
	assert_int_equal(wire_get16(w, 2), command);
	if (wire_get32(w, 8) == 0x21) {
		assert_int_not_equal(wire_get32(w, 12), 0);
		return wire_get32(w, 12);
	}
	assert_int_equal(wire_get32(w, 8), 1);
	assert_int_equal(wire_get32(w, 12), 0);
	return 0;
}

int
wire_hello(const char *path)
{
	static const char text[] =
		"{\"capabilities\":{\"pgsizes\":4096,\"max_msg_fds\":16,\"max_dma_maps\":65535,"
		"\"max_data_xfer_size\":1048576,\"migration\":{\"pgsize\":4096,"
		"\"max_bitmap_size\":268435456},\"write_multiple\":true}}";
	struct wire *w = malloc(sizeof(*w));
	int sock = wire_connect(path);

	assert_non_null(w);
	wire_begin(w, 0x1234, 1, 0);
	wire_put16(w, 0);
	wire_put16(w, 0);
	wire_put(w, text, sizeof(text));
	assert_int_equal(wire_call(sock, w), 0);
	free(w);
	return sock;
}

bool
wire_closed(int sock)
{
	char byte;
	ssize_t n = recv(sock, &byte, 1, 0);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}
