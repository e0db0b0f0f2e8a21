/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <vfio_user_client.h>

#include "raw_function.h"

#define TIMEOUT_MS 10000
#define IOVA RAW_IOVA
/* Places in the memory; rings as large as hardware.md 4.1 says by default. */
#define CONTEXT 0x0
#define EQ 0x1000
#define AEQ 0x3000
#define SQC_TABLE 0x4000
#define CQC_TABLE 0xc000
#define QUEUE(n) (0x20000 + (n) * 0x30000)
#define CQ_OF_QUEUE 0x20000
#define SOURCES 0x100000
#define DESTS (SOURCES + RAW_SLOTS * RAW_SLOT_SIZE)

_Static_assert(DESTS + RAW_SLOTS * RAW_SLOT_SIZE <= RAW_MEMORY, "memory");
_Static_assert(QUEUE(RAW_QUEUES) <= SOURCES, "queues");

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
nap(void)
{
	const struct timespec time = {.tv_nsec = 20000};

	nanosleep(&time, NULL);
}

uint8_t *
raw_source(struct raw_function *function, unsigned slot)
{
	return function->memory + SOURCES + slot * RAW_SLOT_SIZE;
}

uint8_t *
raw_dest(struct raw_function *function, unsigned slot)
{
	return function->memory + DESTS + slot * RAW_SLOT_SIZE;
}

uint32_t *
raw_sqe(struct raw_function *function, unsigned queue, unsigned index)
{
	return (uint32_t *)(void *)(function->memory + QUEUE(queue) + index * 128);
}

int
raw_read32(struct raw_function *function, uint64_t offset, uint32_t *value)
{
	return vfio_user_client_region_read(function->client, 2, offset, value, 4);
}

int
raw_mailbox(struct raw_function *function, uint32_t word0, uint64_t base)
{
	const uint32_t words[4] = {word0, (uint32_t)base, (uint32_t)(base >> 32), 0};
	uint64_t end = now_ms() + TIMEOUT_MS;
	uint32_t answer;
	int ret = vfio_user_client_region_write(function->client, 2, 0x300, words, 16, false);

	while (ret == 0) {
		ret = raw_read32(function, 0x300, &answer);
		if (ret == 0 && (answer & 0x2000) == 0)
			return (answer & 0x1e00) == 0 ? 0 : -EIO;
		if (now_ms() > end)
			return -ETIMEDOUT;
	}
	return ret;
}

/* Contexts are eight dwords (hardware.md A.2); they differ in dwords 3, 6 and 7 only. */
static int
load_context(struct raw_function *function, uint32_t word0, uint64_t base, uint32_t dw3,
	     uint32_t dw6)
{
	const uint32_t context[8] = {
		0, (uint32_t)base, (uint32_t)(base >> 32), dw3, 0, 0, dw6, 0,
	};

	memcpy(function->memory + CONTEXT, context, sizeof(context));
	return raw_mailbox(function, word0, IOVA + CONTEXT);
}

static int
start_queue(struct raw_function *function, uint32_t queue)
{
	struct raw_queue *state = &function->queues[queue];
	uint32_t type = queue % 2;
	int ret;

	*state = (struct raw_queue){.phase = 1};
	memset(function->memory + QUEUE(queue) + CQ_OF_QUEUE, 0, RAW_DEPTH * 16);
	ret = load_context(function, 0x2000 | queue << 16, IOVA + QUEUE(queue), 0x73ff,
			   0x00100000 | type << 24 | queue);
	if (ret != 0)
		return ret;
	return load_context(function, 0x2001 | queue << 16, IOVA + QUEUE(queue) + CQ_OF_QUEUE,
			    0x43ff, 3);
}

int
raw_start(struct raw_function *function)
{
	const uint16_t command = 0x6; /* memory access and bus master */
	int ret = vfio_user_client_region_write(function->client, 7, 4, &command, 2, false);

	if (ret == 0)
		ret = raw_mailbox(function, 0x6006, 0);
	if (ret == 0)
		ret = load_context(function, 0x2002, IOVA + EQ, 0, 0x107ff);
	if (ret == 0)
		ret = load_context(function, 0x2003, IOVA + AEQ, 0, 0x103ff);
	if (ret == 0)
		ret = raw_mailbox(function, 0x2004, IOVA + SQC_TABLE);
	if (ret == 0)
		ret = raw_mailbox(function, 0x2005, IOVA + CQC_TABLE);
	for (uint32_t queue = 0; ret == 0 && queue < RAW_QUEUES; queue++)
		ret = start_queue(function, queue);
	return ret;
}

static int
map_memory(struct raw_function *function)
{
	function->memory_fd = memfd_create("hisi-zip-test", MFD_CLOEXEC);
	if (function->memory_fd < 0 || ftruncate(function->memory_fd, RAW_MEMORY) != 0)
		return -errno;
	function->memory = mmap(NULL, RAW_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED,
				function->memory_fd, 0);
	if (function->memory == MAP_FAILED) {
		function->memory = NULL;
		return -errno;
	}
	return vfio_user_client_dma_map(function->client, function->memory_fd, 0, IOVA, RAW_MEMORY,
					3);
}

static int
map_shadow(struct raw_function *function)
{
	struct vfio_user_client_region region;
	void *shadow;
	int ret = vfio_user_client_region_info(function->client, 0, &region);

	if (ret != 0 || region.size == 0)
		return ret;
	shadow = mmap(NULL, region.size, PROT_READ | PROT_WRITE, MAP_SHARED, region.fd,
		      (off_t)region.fd_offset);
	close(region.fd);
	if (shadow == MAP_FAILED)
		return -errno;
	function->shadow = shadow;
	function->shadow_len = region.size;
	return 0;
}

int
raw_open(struct raw_function *function, const char *path, bool chip)
{
	int ret;

	memset(function, 0, sizeof(*function));
	function->memory_fd = -1;
	function->chip = chip;
	ret = vfio_user_client_connect(path, TIMEOUT_MS, &function->client);
	if (ret == 0)
		ret = map_memory(function);
	if (ret == 0)
		ret = map_shadow(function);
	if (ret == 0)
		ret = raw_start(function);
	if (ret != 0)
		raw_close(function);
	return ret;
}

void
raw_close(struct raw_function *function)
{
	vfio_user_client_close(function->client);
	if (function->shadow != NULL)
		munmap((void *)(uintptr_t)function->shadow, function->shadow_len);
	if (function->memory != NULL)
		munmap(function->memory, RAW_MEMORY);
	if (function->memory_fd >= 0)
		close(function->memory_fd);
	memset(function, 0, sizeof(*function));
	function->memory_fd = -1;
}

void
raw_submit(struct raw_function *function, unsigned queue, unsigned slot, uint32_t source_len,
	   uint32_t dest_len)
{
	struct raw_queue *state = &function->queues[queue];
	uint64_t source = IOVA + SOURCES + (uint64_t)slot * RAW_SLOT_SIZE;
	uint64_t dest = IOVA + DESTS + (uint64_t)slot * RAW_SLOT_SIZE;
	uint32_t sqe[32] = {0};

	sqe[4] = source_len;
	sqe[7] = 0x3a000000; /* type 3, new, finish: hardware.md A.6 */
	sqe[9] = 0x00004002; /* zlib, flat, 32 KiB window */
	sqe[14] = dest_len;
	sqe[18] = (uint32_t)source;
	sqe[19] = (uint32_t)(source >> 32);
	sqe[20] = (uint32_t)dest;
	sqe[21] = (uint32_t)(dest >> 32);
	sqe[26] = slot;
	memcpy(raw_sqe(function, queue, state->tail), sqe, sizeof(sqe));
	state->tail = (state->tail + 1) % RAW_DEPTH;
}

/* The shadow lines: 128 bytes a queue, the SQ's line first (hisi_hw_pci.h). */
static int
doorbell(struct raw_function *function, unsigned queue, unsigned line, uint64_t value)
{
	if (function->shadow == NULL || function->chip)
		return vfio_user_client_region_write(function->client, 2, 0x1000, &value, 8, true);
	/* Whoever sees the doorbell sees the entries before it. */
	__atomic_store_n(&function->shadow[queue * 16 + line * 8], value, __ATOMIC_RELEASE);
	return 0;
}

int
raw_ring(struct raw_function *function, unsigned queue)
{
	uint64_t tail = function->queues[queue].tail;

	return doorbell(function, queue, 0, tail << 32 | queue);
}

static int
wait_cqe(const struct raw_queue *state, const uint8_t *cqe)
{
	const uint16_t *w7 = (const uint16_t *)(cqe + 14);
	uint64_t end = now_ms() + TIMEOUT_MS;

	while ((__atomic_load_n(w7, __ATOMIC_ACQUIRE) & 1) != state->phase) {
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
	return 0;
}

int
raw_complete(struct raw_function *function, unsigned queue, uint32_t sqe[32])
{
	struct raw_queue *state = &function->queues[queue];
	const uint8_t *cqe = function->memory + QUEUE(queue) + CQ_OF_QUEUE + state->head * 16;
	uint16_t sq_head;
	int ret = wait_cqe(state, cqe);

	if (ret != 0)
		return ret;
	memcpy(&sq_head, cqe + 8, 2);
	if (sq_head != state->head)
		return -EPROTO;
	memcpy(sqe, raw_sqe(function, queue, sq_head), 128);
	state->head = (state->head + 1) % RAW_DEPTH;
	if (state->head == 0)
		state->phase ^= 1;
	return doorbell(function, queue, 1, (uint64_t)state->head << 32 | 0x1000 | queue);
}
