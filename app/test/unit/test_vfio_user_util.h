/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef TEST_VFIO_USER_UTIL_H
#define TEST_VFIO_USER_UTIL_H

/**
 * @file
 * What the tests of lib/vfio_user share: a device that remembers what happened to it, a thread
 * that serves devices, and a wire encoder that knows nothing of the library's structures.
 */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vfio_user.h"

/** Waits of tests end after this time, in a failure. */
#define TEST_WAIT_MS 20000

#define TEST_BAR2_SIZE 0x10000
#define TEST_BAR0_SIZE 0x20000
#define TEST_MAX_MAPS 20000

struct test_map {
	uint64_t iova;
	uint64_t len;
	uint8_t *vaddr;
	unsigned int prot;
};

/** A device: BAR 2 is plain memory, BAR 0 may be mapped. */
struct test_device {
	struct vfio_user_server *server;
	char path[100];
	uint8_t bar2[TEST_BAR2_SIZE];
	int bar0_fd; /**< -1: no BAR 0 */
	uint8_t *bar0;
	struct test_map *maps;
	struct test_map first_map;
	bool forgets_maps; /**< but the first one: there may be any number */
	atomic_uint nb_maps;
	atomic_uint maps_made;
	atomic_uint unmap_calls;
	atomic_uint resets[3]; /**< by kind */
	atomic_uint writes;
	atomic_uint command;
	atomic_uint power;
	atomic_uint logged_errors;
	int fail; /**< what BAR 2 accesses answer */
	unsigned int write_us; /**< how long each write of a BAR takes */
};

/** A folder of our own and a socket path in it. */
void test_path_make(char *path, size_t room, const char *name);
/** Remove the folder, which must be empty by now. */
void test_path_remove(const char *path);

/** Create a device and its server. `areas` of BAR 0 may be NULL. */
void test_device_init(struct test_device *dev, bool with_bar0,
		      const struct vfio_user_sparse_area *areas, unsigned int nb_areas);
void test_device_fini(struct test_device *dev);
/** The memory at [iova, iova + len), which one map must hold. */
uint8_t *test_device_at(struct test_device *dev, uint64_t iova, uint64_t len);

/** A thread that serves up to four devices. */
struct test_loop {
	pthread_t thread;
	atomic_bool stop;
	struct vfio_user_server *servers[4];
	unsigned int nb_servers;
};

void test_loop_start(struct test_loop *loop, struct test_device *devs, unsigned int nb_devs);
void test_loop_stop(struct test_loop *loop);

/** A device that is served, and a client of it. */
struct test_pair {
	struct test_device dev;
	struct test_loop loop;
	struct vfio_user_client *client;
};

void test_pair_start(struct test_pair *pair, bool with_bar0,
		     const struct vfio_user_sparse_area *areas, unsigned int nb_areas);
void test_pair_stop(struct test_pair *pair);

/** Config space by messages. */
void test_set_config(struct vfio_user_client *client, uint64_t offset, uint32_t value, size_t len);
uint32_t test_get_config(struct vfio_user_client *client, uint64_t offset);

/** Wait until `*value` is at least `least`. */
void test_wait_for(atomic_uint *value, unsigned int least);

/** Wait for an eventfd. @return its count, 0 if nothing came within `ms`. */
uint64_t test_eventfd_wait(int fd, int ms);

/** A memfd with its pages mapped. */
int test_memfd(size_t size, uint8_t **mem);

/** A message under construction, and one received. */
struct wire {
	uint8_t bytes[0x110000];
	size_t len;
	int fds[64];
	unsigned int nb_fds;
};

int wire_connect(const char *path);
/** Start a message: id, command, flags; the size is filled in by wire_send(). */
void wire_begin(struct wire *w, uint16_t id, uint16_t command, uint32_t flags);
void wire_put16(struct wire *w, uint16_t value);
void wire_put32(struct wire *w, uint32_t value);
void wire_put64(struct wire *w, uint64_t value);
void wire_put(struct wire *w, const void *bytes, size_t len);
void wire_put_fd(struct wire *w, int fd);
void wire_send(int sock, struct wire *w);
/** Send as it is, whatever its size field says. */
void wire_send_raw(int sock, const struct wire *w);
/** The same; false if the peer is gone. */
bool wire_try_send(int sock, const struct wire *w);
/** @return  false at end of file; fails the test on a time-out. */
bool wire_recv(int sock, struct wire *w);
uint16_t wire_get16(const struct wire *w, size_t offset);
uint32_t wire_get32(const struct wire *w, size_t offset);
uint64_t wire_get64(const struct wire *w, size_t offset);
/** Send, receive, and check that id and command come back as a reply. @return its error. */
uint32_t wire_call(int sock, struct wire *w);
/** Connect and send VERSION as QEMU does. */
int wire_hello(const char *path);
/** True if the peer closes the connection. */
bool wire_closed(int sock);
/** Requests as QEMU makes them; those with an error return it, the others must succeed. */
uint32_t wire_dma_map(int sock, struct wire *w, uint32_t flags, uint64_t offset, uint64_t iova,
		      uint64_t size, int fd);
uint32_t wire_dma_unmap(int sock, struct wire *w, uint32_t flags, uint64_t iova, uint64_t size);
uint32_t wire_region_info(int sock, struct wire *w, uint32_t index, uint32_t argsz);
uint32_t wire_irq_info(int sock, struct wire *w, uint32_t index);
uint32_t wire_set_irqs(int sock, struct wire *w, uint32_t flags, uint32_t index,
		       uint32_t vector, uint32_t count, const int *fds);
void wire_put_access(struct wire *w, uint16_t command, uint32_t flags, uint32_t region,
		     uint64_t offset, uint32_t count);
uint64_t wire_region_read(int sock, struct wire *w, uint32_t region, uint64_t offset,
			  uint32_t count);
void wire_region_write(int sock, struct wire *w, uint32_t region, uint64_t offset,
		       uint64_t value, uint32_t count);

#endif /* TEST_VFIO_USER_UTIL_H */
