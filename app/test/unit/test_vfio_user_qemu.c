/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * The server against what QEMU sends, in the order it sends it and byte by byte: none of the
 * library's structures or constants is used here.
 */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static struct test_device dev;
static struct test_loop loop;
static struct wire w;

static int
start(bool with_bar0, const struct vfio_user_sparse_area *areas, unsigned int nb_areas)
{
	test_device_init(&dev, with_bar0, areas, nb_areas);
	test_loop_start(&loop, &dev, 1);
	return wire_hello(dev.path);
}

static void
stop_server(int sock)
{
	close(sock);
	test_loop_stop(&loop);
	test_device_fini(&dev);
}

static void
check_region(int sock, uint32_t index, uint32_t flags, uint64_t size)
{
	assert_int_equal(wire_region_info(sock, &w, index, 32), 0);
	assert_int_equal(w.len, 16 + 32);
	assert_int_equal(wire_get32(&w, 16), 32);
	assert_int_equal(wire_get32(&w, 20), flags);
	assert_int_equal(wire_get32(&w, 24), index);
	assert_int_equal(wire_get64(&w, 32), size);
}

/* Steps 1 to 4 and the order of vfio-user.md, "What a server must do". */
static void
qemu_starts(void **state)
{
	uint8_t *ram;
	int fd = test_memfd(0x200000, &ram);
	int fds[4];
	int sock;

	(void)state;
	sock = start(false, NULL, 0);
	assert_int_equal(wire_dma_map(sock, &w, 3, 0, 0, 0xa0000, fd), 0);
	assert_int_equal(w.len, 16);
	assert_int_equal(wire_dma_map(sock, &w, 1, 0, 0xc0000, 0x20000, -1), 0);
	assert_int_equal(wire_dma_map(sock, &w, 3, 0x100000, 0x100000, 0x100000, fd), 0);
	wire_begin(&w, 0x100, 4, 0);
	wire_put32(&w, 16);
	wire_put32(&w, 0);
	wire_put64(&w, 0);
	assert_int_equal(wire_call(sock, &w), 0);
	assert_int_equal(w.len, 32);
	assert_int_equal(wire_get32(&w, 16), 16);
	assert_int_equal(wire_get32(&w, 20), 3);
	assert_int_equal(wire_get32(&w, 24), 9);
	assert_int_equal(wire_get32(&w, 28), 5);
	for (uint32_t i = 0; i < 6; i++)
		check_region(sock, i, i == 2 ? 3 : 0, i == 2 ? 0x10000 : 0);
	check_region(sock, 7, 3, 0x1000);
	assert_int_equal(wire_irq_info(sock, &w, 3), 0);
	assert_int_equal(wire_get32(&w, 28), 0);
	wire_put_access(&w, 9, 0, 7, 0, 0x1000);
	assert_int_equal(wire_call(sock, &w), 0);
	assert_int_equal(w.len, 32 + 0x1000);
	assert_int_equal(wire_get32(&w, 32), 0x56781234);
	assert_int_equal(wire_get32(&w, 32 + 8), 0x12000030);
	/* BAR 2: 64-bit, prefetchable, 64 KiB. */
	wire_region_write(sock, &w, 7, 0x18, 0xffffffff, 4);
	assert_int_equal(wire_region_read(sock, &w, 7, 0x18, 4), 0xffff000c);
	wire_region_write(sock, &w, 7, 0x1c, 0xffffffff, 4);
	assert_int_equal(wire_region_read(sock, &w, 7, 0x1c, 4), 0xffffffff);
	assert_int_equal(wire_irq_info(sock, &w, 2), 0);
	assert_int_equal(wire_get32(&w, 28), 0);
	assert_int_equal(wire_irq_info(sock, &w, 1), 0);
	assert_int_equal(wire_get32(&w, 20), 9);
	assert_int_equal(wire_get32(&w, 28), 4);
	for (int i = 0; i < 4; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 0, 4, fds), 0);
	wire_begin(&w, 0x100, 13, 0);
	assert_int_equal(wire_call(sock, &w), 0);
	assert_int_equal(w.len, 16);
	assert_int_equal(atomic_load(&dev.resets[0]), 1);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	munmap(ram, 0x200000);
	close(fd);
	stop_server(sock);
}

/* Step 1: minor 0 whatever else, at most 16 descriptors, names QEMU knows, a NUL at the end. */
static void
the_version_is_answered(void **state)
{
	const char *text = (const char *)w.bytes + 20;
	int sock;

	(void)state;
	test_device_init(&dev, false, NULL, 0);
	test_loop_start(&loop, &dev, 1);
	sock = wire_connect(dev.path);
	wire_begin(&w, 1, 1, 0);
	wire_put16(&w, 0);
	wire_put16(&w, 1);
	wire_put(&w, "{}", 3);
	assert_int_equal(wire_call(sock, &w), 0);
	assert_int_equal(wire_get32(&w, 16), 0);
	assert_int_equal(w.bytes[w.len - 1], 0);
	assert_non_null(strstr(text, "{\"capabilities\":{"));
	assert_non_null(strstr(text, "\"max_msg_fds\":16"));
	assert_non_null(strstr(text, "\"max_data_xfer_size\":1048576"));
	assert_non_null(strstr(text, "\"pgsizes\":4096"));
	assert_non_null(strstr(text, "\"write_multiple\":false"));
	/* Not negotiated, so not served. */
	wire_begin(&w, 2, 15, 0);
	wire_put64(&w, 0);
	assert_int_equal(wire_call(sock, &w), ENOTSUP);
	/* Once only. */
	wire_begin(&w, 3, 1, 0);
	wire_put32(&w, 0);
	assert_int_equal(wire_call(sock, &w), EINVAL);
	stop_server(sock);
}

/* Step 2: the short answer already has the offset and the size that is needed. */
static void
sparse_regions_take_two_questions(void **state)
{
	static const struct vfio_user_sparse_area areas[2] = { { 0x1000, 0x2000 },
							       { 0x8000, 0x4000 } };
	struct stat theirs;
	struct stat ours;
	int sock = start(true, areas, 2);

	(void)state;
	assert_int_equal(wire_region_info(sock, &w, 0, 32), 0);
	assert_int_equal(w.len, 16 + 32);
	assert_int_equal(w.nb_fds, 0);
	assert_int_equal(wire_get32(&w, 16), 32 + 16 + 32);
	assert_int_equal(wire_get32(&w, 20), 0xf);
	assert_int_equal(wire_get32(&w, 28), 32);
	assert_int_equal(wire_get64(&w, 32), 0x20000);
	assert_int_equal(wire_region_info(sock, &w, 0, 79), 0);
	assert_int_equal(w.len, 16 + 32);
	assert_int_equal(w.nb_fds, 0);
	assert_int_equal(wire_region_info(sock, &w, 0, 80), 0);
	assert_int_equal(w.len, 16 + 80);
	assert_int_equal(w.nb_fds, 1);
	assert_int_equal(wire_get16(&w, 48), 1);
	assert_int_equal(wire_get16(&w, 50), 1);
	assert_int_equal(wire_get32(&w, 52), 0);
	assert_int_equal(wire_get32(&w, 56), 2);
	assert_int_equal(wire_get64(&w, 64), 0x1000);
	assert_int_equal(wire_get64(&w, 72), 0x2000);
	assert_int_equal(wire_get64(&w, 80), 0x8000);
	assert_int_equal(wire_get64(&w, 88), 0x4000);
	assert_int_equal(fstat(w.fds[0], &theirs), 0);
	assert_int_equal(fstat(dev.bar0_fd, &ours), 0);
	assert_true(theirs.st_ino == ours.st_ino);
	close(w.fds[0]);
	stop_server(sock);
}

/* Step 3: mapped as a whole, without a capability. */
static void
whole_regions_take_one_question(void **state)
{
	int sock = start(true, NULL, 0);

	(void)state;
	check_region(sock, 0, 7, 0x20000);
	assert_int_equal(w.nb_fds, 1);
	close(w.fds[0]);
	stop_server(sock);
}

/* Step 3: posted writes, and several in one message; neither is answered if that is not wanted. */
static void
writes_are_posted(void **state)
{
	static const uint8_t one[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	int sock = start(false, NULL, 0);

	(void)state;
	wire_put_access(&w, 10, 0x10, 2, 0x340, 8);
	wire_put64(&w, 0x1122334455667788);
	wire_send(sock, &w);
	/* Also if it fails. */
	wire_put_access(&w, 10, 0x10, 2, 0x10000, 8);
	wire_put64(&w, 0);
	wire_send(sock, &w);
	assert_true(wire_region_read(sock, &w, 2, 0x340, 8) == 0x1122334455667788);
	for (uint32_t posted = 0; posted < 2; posted++) {
		wire_begin(&w, 0x100, 15, posted ? 0x10 : 0);
		wire_put64(&w, 2);
		for (uint64_t i = 0; i < 2; i++) {
			wire_put64(&w, 0x100 + 0x10 * i + 0x40 * posted);
			wire_put32(&w, 2);
			wire_put32(&w, i ? 4 : 8);
			wire_put(&w, one, 8);
		}
		/* QEMU sends its whole table, however little of it counts. */
		for (int i = 0; i < 198; i++)
			wire_put(&w, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
				     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 24);
		if (posted) {
			wire_send(sock, &w);
		} else {
			assert_int_equal(wire_call(sock, &w), 0);
			assert_int_equal(w.len, 24);
			assert_int_equal(wire_get64(&w, 16), 2);
		}
		assert_true(wire_region_read(sock, &w, 2, 0x100 + 0x40 * posted, 8) ==
			    0x0807060504030201);
		assert_true(wire_region_read(sock, &w, 2, 0x110 + 0x40 * posted, 8) == 0x04030201);
	}
	stop_server(sock);
}

static unsigned int
walk_to(int sock, unsigned int id)
{
	uint64_t at = wire_region_read(sock, &w, 7, 0x34, 2) & 0xff;

	for (int i = 0; i < 48 && at; i++) {
		uint64_t head = wire_region_read(sock, &w, 7, at, 2);

		if ((head & 0xff) == id)
			return (unsigned int)at;
		at = head >> 8;
	}
	fail_msg("no capability %#x", id);
	return 0;
}

/* Step 4: nothing lies over the 0x3c bytes of the PCIe capability. */
static void
capabilities_keep_apart(void **state)
{
	static const struct {
		unsigned int id;
		unsigned int len;
	} caps[] = { { 0x01, 8 }, { 0x05, 0x18 }, { 0x10, 0x3c }, { 0x09, 8 } };
	uint8_t used[256] = { 0 };
	int sock = start(false, NULL, 0);
	unsigned int at;

	(void)state;
	memset(used, 1, 0x40);
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		at = walk_to(sock, caps[i].id);
		for (unsigned int k = at; k < at + caps[i].len; k++) {
			assert_in_range(k, 0x40, 0xff);
			assert_int_equal(used[k], 0);
			used[k] = 1;
		}
	}
	/* MSI: 64-bit, maskable, 4 vectors; PCIe: version 2 endpoint with FLR. */
	at = walk_to(sock, 0x05);
	assert_int_equal(wire_region_read(sock, &w, 7, at + 2, 2), 0x184);
	at = walk_to(sock, 0x10);
	assert_int_equal(wire_region_read(sock, &w, 7, at + 2, 2), 0x2);
	assert_int_equal(wire_region_read(sock, &w, 7, at + 4, 4) >> 28, 1);
	at = walk_to(sock, 0x09);
	assert_true(wire_region_read(sock, &w, 7, at, 8) == 0xefbeadde01080009);
	stop_server(sock);
}

/* Step 5: vectors are set in chunks, taken away with no descriptors, disabled and set again. */
static void
vectors_are_set_again_and_again(void **state)
{
	int sock = start(false, NULL, 0);
	int fds[4];

	(void)state;
	for (int i = 0; i < 4; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	wire_region_write(sock, &w, 7, walk_to(sock, 5) + 2, 0x21, 2);
	for (uint32_t n = 1; n <= 4; n++) {
		assert_int_equal(wire_set_irqs(sock, &w, 0x21, 1, 0, 0, NULL), 0);
		/* Raised in between: not lost. */
		vfio_user_server_irq(dev.server, 0);
		assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 0, n, fds), 0);
		assert_int_equal(test_eventfd_wait(fds[0], 0), 1);
	}
	assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 1, 2, NULL), 0);
	for (unsigned int i = 0; i < 4; i++) {
		vfio_user_server_irq(dev.server, i);
		assert_int_equal(test_eventfd_wait(fds[i], 0), i == 0 || i == 3);
	}
	/* The loopback test of VFIO: raise from the client's side. */
	assert_int_equal(wire_set_irqs(sock, &w, 0x21, 1, 3, 1, NULL), 0);
	assert_int_equal(test_eventfd_wait(fds[3], 0), 1);
	/* Other indices have no vectors, and disabling them is no error. */
	assert_int_equal(wire_set_irqs(sock, &w, 0x21, 0, 0, 0, NULL), 0);
	assert_int_equal(wire_set_irqs(sock, &w, 0x24, 2, 0, 1, fds), EINVAL);
	assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 3, 2, fds), EINVAL);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	stop_server(sock);
}

/* Step 6: an unmap that matches nothing succeeds; flags 2 with nothing else means all. */
static void
unmaps_match_or_not(void **state)
{
	uint8_t *ram;
	int fd = test_memfd(0x10000, &ram);
	int sock = start(false, NULL, 0);

	(void)state;
	for (unsigned int shift = 12; shift < 64; shift += 2)
		assert_int_equal(wire_dma_unmap(sock, &w, 0, 1ull << shift, 1ull << shift), 0);
	assert_int_equal(w.len, 16 + 24);
	assert_int_equal(wire_dma_unmap(sock, &w, 0, 0x8000000000000000, 0x8000000000000000), 0);
	assert_int_equal(atomic_load(&dev.unmap_calls), 0);
	for (uint64_t i = 0; i < 16; i++)
		assert_int_equal(wire_dma_map(sock, &w, 3, i << 12, 0x80000000 + (i << 12), 0x1000,
					      fd), 0);
	assert_int_equal(wire_dma_map(sock, &w, 1, 0, 0xfffffffffffff000, 0x1000, fd), 0);
	assert_int_equal(wire_dma_map(sock, &w, 3, 0, 0x80005000, 0x1000, fd), EEXIST);
	assert_int_equal(wire_dma_unmap(sock, &w, 0, 0x80000000, 0x8000), 0);
	assert_int_equal(dev.nb_maps, 9);
	assert_int_equal(wire_dma_unmap(sock, &w, 0, 0x80008000, 0x1000), 0);
	assert_int_equal(wire_dma_unmap(sock, &w, 0, 0x8000000000000000, 0x8000000000000000), 0);
	assert_int_equal(dev.nb_maps, 7);
	assert_int_equal(wire_dma_unmap(sock, &w, 2, 0, 0), 0);
	assert_int_equal(dev.nb_maps, 0);
	assert_int_equal(atomic_load(&dev.unmap_calls), 4);
	/* What has no descriptor takes its place all the same. */
	assert_int_equal(wire_dma_map(sock, &w, 1, 0, 0xc0000, 0x20000, -1), 0);
	assert_int_equal(wire_dma_map(sock, &w, 3, 0, 0xd0000, 0x1000, fd), EEXIST);
	assert_int_equal(wire_dma_unmap(sock, &w, 0, 0xc0000, 0x20000), 0);
	assert_int_equal(dev.nb_maps, 0);
	munmap(ram, 0x10000);
	close(fd);
	stop_server(sock);
}

static unsigned int
open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Step 7: each descriptor is closed, whatever becomes of its message. */
static void
descriptors_do_not_leak(void **state)
{
	uint8_t *ram;
	int fd = test_memfd(0x10000, &ram);
	int fds[5] = { fd, fd, fd, fd, fd };
	int sock = start(false, NULL, 0);
	unsigned int before;

	(void)state;
	assert_int_equal(wire_dma_map(sock, &w, 3, 0, 0, 0x1000, fd), 0);
	before = open_files();
	for (uint64_t i = 1; i < 10; i++) {
		assert_int_equal(wire_dma_map(sock, &w, 3, 0, i << 12, 0x1000, fd), 0);
		assert_int_equal(wire_dma_map(sock, &w, 3, 0, 0, 0x1000, fd), EEXIST);
		assert_int_equal(wire_dma_map(sock, &w, 3, 0x10000, i << 20, 0x1000, fd), EINVAL);
		assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 0, 4, fds), EINVAL);
		assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 0, 5, fds), EINVAL);
		wire_begin(&w, 0x100, 13, 0);
		wire_put_fd(&w, fd);
		assert_int_equal(wire_call(sock, &w), EINVAL);
	}
	assert_int_equal(open_files(), before);
	munmap(ram, 0x10000);
	close(fd);
	stop_server(sock);
}

/* Steps 8 and 10: COMMAND and power state are seen; FLR is not DEVICE_RESET. */
static void
config_writes_reach_the_device(void **state)
{
	int sock = start(false, NULL, 0);
	unsigned int exp = walk_to(sock, 0x10);
	unsigned int pm = walk_to(sock, 0x01);

	(void)state;
	wire_region_write(sock, &w, 7, 4, 0x507, 2);
	assert_int_equal(wire_region_read(sock, &w, 7, 4, 2), 0x506);
	assert_int_equal(atomic_load(&dev.command), 0x506);
	wire_region_write(sock, &w, 7, 4, 0x2, 2);
	assert_int_equal(atomic_load(&dev.command), 2);
	wire_region_write(sock, &w, 7, pm + 4, 3, 2);
	assert_int_equal(atomic_load(&dev.power), 3);
	wire_region_write(sock, &w, 7, pm + 4, 0, 2);
	assert_int_equal(atomic_load(&dev.power), 0);
	assert_int_equal(wire_region_read(sock, &w, 7, exp + 8, 2), 0x2810);
	wire_region_write(sock, &w, 7, exp + 8, 0xa810, 2);
	assert_int_equal(wire_region_read(sock, &w, 7, exp + 8, 2), 0x2810);
	assert_int_equal(atomic_load(&dev.resets[0]), 0);
	assert_int_equal(atomic_load(&dev.resets[1]), 1);
	assert_int_equal(wire_region_read(sock, &w, 7, 4, 2), 0);
	stop_server(sock);
}

/* Step 11: the next client finds nothing of the one before. */
static void
the_next_client_starts_afresh(void **state)
{
	uint8_t *ram;
	int fd = test_memfd(0x1000, &ram);
	int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int sock = start(false, NULL, 0);

	(void)state;
	for (unsigned int i = 1; i <= 3; i++) {
		assert_int_equal(wire_dma_map(sock, &w, 3, 0, 0, 0x1000, fd), 0);
		wire_region_write(sock, &w, 7, 4, 6, 2);
		wire_region_write(sock, &w, 7, 0x52, 1, 2);
		assert_int_equal(wire_set_irqs(sock, &w, 0x24, 1, 0, 1, &event), 0);
		close(sock);
		test_wait_for(&dev.unmap_calls, i);
		assert_int_equal(atomic_load(&dev.resets[2]), i);
		assert_int_equal(dev.nb_maps, 0);
		sock = wire_hello(dev.path);
		assert_int_equal(wire_region_read(sock, &w, 7, 4, 2), 0);
		wire_region_write(sock, &w, 7, 0x52, 1, 2);
		vfio_user_server_irq(dev.server, 0);
		assert_int_equal(test_eventfd_wait(event, 0), 0);
		/* Forget what waits for a descriptor of this client's. */
		wire_region_write(sock, &w, 7, 0x52, 0, 2);
	}
	close(event);
	munmap(ram, 0x1000);
	close(fd);
	stop_server(sock);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qemu_starts),
		cmocka_unit_test(the_version_is_answered),
		cmocka_unit_test(sparse_regions_take_two_questions),
		cmocka_unit_test(whole_regions_take_one_question),
		cmocka_unit_test(writes_are_posted),
		cmocka_unit_test(capabilities_keep_apart),
		cmocka_unit_test(vectors_are_set_again_and_again),
		cmocka_unit_test(unmaps_match_or_not),
		cmocka_unit_test(descriptors_do_not_leak),
		cmocka_unit_test(config_writes_reach_the_device),
		cmocka_unit_test(the_next_client_starts_afresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
