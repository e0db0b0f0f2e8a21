/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * A client that writes whatever it likes wherever it can, and changes its memory while the engine
 * reads it. The model's program must serve the client after it as if nothing had been.
 */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <vfio_user_client.h>

#include "model_process.h"
#include "raw_function.h"

#define ROUNDS 12
#define STEPS 3000

static const char *program;
static const char *workers;
static uint64_t seed;

static uint32_t
pick(uint32_t below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % below;
}

static uint32_t
pick_word(void)
{
	return pick(0x10000) << 16 | pick(0x10000);
}

static uint64_t
pick_address(void)
{
	if (pick(20) == 0)
		return (uint64_t)pick_word() << 32 | pick_word();
	/* Mostly inside, sometimes across the end. */
	return RAW_IOVA + (pick(RAW_MEMORY) & ~(pick(2) * 63));
}

static uint32_t
pick_length(void)
{
	static const uint32_t edges[] = {0, 1, 0x800000, 0x800001, UINT32_MAX, 0x7fffffff};

	return pick(50) == 0 ? edges[pick(6)] : 1 + pick(0x4000);
}

static void
put_sqe(uint32_t *sqe)
{
	uint64_t source = pick_address();
	uint64_t dest = pick_address();

	for (unsigned i = 0; i < 32; i++)
		sqe[i] = pick(4) == 0 ? pick_word() : 0;
	sqe[4] = pick_length();
	sqe[7] = pick(10) == 0 ? pick_word() : 0x30000000 | pick(64);
	sqe[9] = pick(10) == 0 ? pick_word() : pick(5) << 12 | pick(2) << 8 | (1 + pick(3));
	sqe[14] = pick_length();
	sqe[18] = (uint32_t)source;
	sqe[19] = (uint32_t)(source >> 32);
	sqe[20] = (uint32_t)dest;
	sqe[21] = (uint32_t)(dest >> 32);
}

/* Lists where SQEs find them now and then: every list of one page is a list. */
static void
put_lists(struct raw_function *function)
{
	uint8_t *page = function->memory + pick(RAW_MEMORY / 4096) * 4096;

	for (unsigned i = 0; i < 4096; i += 64) {
		uint64_t address = pick(3) == 0 ? 0 : pick_address();
		uint64_t counts = (uint64_t)pick(300) << 16 | pick(600);
		uint64_t length = pick_length();

		memcpy(page + i, &address, 8);
		memcpy(page + i + 8, &counts, 8);
		memcpy(page + i + 16, &length, 8);
	}
}

static void
ring(struct raw_function *function)
{
	unsigned queue = pick(RAW_QUEUES);
	uint64_t word = (uint64_t)pick(RAW_DEPTH) << 32 | pick(2) << 12 | queue;

	if (pick(8) == 0)
		word = (uint64_t)pick_word() << 32 | pick_word();
	if (pick(4) == 0)
		vfio_user_client_region_write(function->client, 2, 0x1000, &word, 8, true);
	else
		function->shadow[(queue * 2 + (word >> 12 & 1)) * 8] = word;
}

static void
scribble_shadow(struct raw_function *function)
{
	for (size_t i = 0; i < function->shadow_len / 8; i += 1 + pick(64))
		function->shadow[i] = (uint64_t)pick_word() << 32 | pick_word();
}

static void
access_registers(struct raw_function *function)
{
	uint8_t data[64];
	unsigned bar = pick(8);
	uint64_t offset = pick(4) == 0 ? pick(0x10000) : pick(0x400) & ~7u;
	size_t len = pick(4) == 0 ? 1 + pick(sizeof(data)) : 4u << pick(3);

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)pick(256);
	if (pick(2) == 0)
		vfio_user_client_region_read(function->client, bar, offset, data, len);
	else
		vfio_user_client_region_write(function->client, bar, offset, data, len,
					      pick(2) == 0);
}

/* Not through raw_mailbox(), which waits for the end of what may never end. */
static void
command(struct raw_function *function)
{
	uint64_t base = pick_address();
	uint32_t words[4] = {
		0x2000 | pick(16) | pick(2) << 14 | pick(RAW_QUEUES + 1) << 16,
		(uint32_t)base, (uint32_t)(base >> 32), 0,
	};

	vfio_user_client_region_write(function->client, 2, 0x300, words, 16, false);
}

static void
change_maps(struct raw_function *function)
{
	uint64_t iova = RAW_IOVA + RAW_MEMORY + pick(64) * 0x1000;
	uint64_t len = (1 + pick(8)) * 0x1000;

	if (pick(2) == 0)
		vfio_user_client_dma_map(function->client, function->memory_fd, pick(64) * 0x1000,
					 iova, len, pick(4));
	else
		vfio_user_client_dma_unmap(function->client, iova, len);
}

static void
storm(struct raw_function *function)
{
	for (unsigned i = 0; i < RAW_QUEUES * RAW_DEPTH; i++)
		put_sqe(raw_sqe(function, i % RAW_QUEUES, i / RAW_QUEUES));
	for (unsigned step = 0; step < STEPS; step++) {
		put_sqe(raw_sqe(function, pick(RAW_QUEUES), pick(RAW_DEPTH)));
		switch (pick(16)) {
		case 0:
			put_lists(function);
			break;
		case 1:
			scribble_shadow(function);
			break;
		case 2:
			access_registers(function);
			break;
		case 3:
			command(function);
			break;
		case 4:
			change_maps(function);
			break;
		case 5:
			/* Only then does no stop hold up the mailbox. */
			if (pick(8) == 0 && vfio_user_client_reset(function->client) == 0)
				raw_start(function);
			break;
		default:
			ring(function);
		}
	}
}

/* Another process that changes all data under the engine's hands. */
static pid_t
start_scribbler(struct raw_function *function)
{
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		*(volatile uint32_t *)raw_source(function, pick(RAW_SLOTS)) = pick_word();
		put_lists(function);
		usleep(pick(200));
	}
}

static void
use_once(const char *path)
{
	struct raw_function function;
	uint32_t sqe[32];

	assert_int_equal(raw_open(&function, path, false), 0);
	memset(raw_source(&function, 0), 'x', 1000);
	raw_submit(&function, 0, 0, 1000, RAW_SLOT_SIZE);
	assert_int_equal(raw_ring(&function, 0), 0);
	assert_int_equal(raw_complete(&function, 0, sqe), 0);
	assert_int_equal(sqe[3] & 0xff, 0);
	assert_int_equal(sqe[0], 1000);
	raw_close(&function);
}

static void
endure(const char *engine)
{
	const char *const options[] = {engine, workers, NULL};
	struct model_process model;
	struct raw_function function;

	model_process_start(&model, program, options);
	for (unsigned round = 0; round < ROUNDS; round++) {
		pid_t scribbler;

		seed = round * 77 + 1;
		assert_int_equal(raw_open(&function, model.sockets[0], false), 0);
		scribbler = start_scribbler(&function);
		storm(&function);
		assert_int_equal(kill(scribbler, SIGKILL), 0);
		assert_int_equal(waitpid(scribbler, NULL, 0), scribbler);
		raw_close(&function);
		use_once(model.sockets[0]);
	}
	assert_true(model_process_counter(&model, "socket.0.sqes") > ROUNDS);
	assert_true(model_process_counter(&model, "socket.0.errors") > 0);
	model_process_stop(&model);
}

static void
test_isal(void **state)
{
	(void)state;
	endure("--engine=isal");
}

static void
test_zlib(void **state)
{
	(void)state;
	endure("--engine=zlib");
}

static void
test_null(void **state)
{
	(void)state;
	endure("--engine=null");
}

/* What a client has mapped stays with it when it goes; the next one has other doorbells. */
static void
test_gone(void **state)
{
	const char *const options[] = {workers, NULL};
	struct raw_function function;
	struct vfio_user_client_region bar;
	struct model_process model;
	volatile uint64_t *kept;
	uint32_t sqe[32];

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[0], false), 0);
	assert_int_equal(vfio_user_client_region_info(function.client, 0, &bar), 0);
	kept = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED, bar.fd, 0);
	assert_true(kept != MAP_FAILED);
	close(bar.fd);
	/* Behind a doorbell, where nobody looks. */
	function.shadow[4] = 0x1234;
	assert_int_equal(kept[4], 0x1234);
	raw_close(&function);
	assert_int_equal(raw_open(&function, model.sockets[0], false), 0);
	kept[0] = 0x0000000500000000ull;
	assert_int_equal(function.shadow[0], 0);
	memset(raw_source(&function, 0), 'x', 1000);
	raw_submit(&function, 0, 0, 1000, RAW_SLOT_SIZE);
	assert_int_equal(raw_ring(&function, 0), 0);
	assert_int_equal(raw_complete(&function, 0, sqe), 0);
	assert_int_equal(sqe[3] & 0xff, 0);
	assert_int_equal(kept[0] >> 32, 5);
	assert_int_equal(munmap((void *)(uintptr_t)kept, bar.size), 0);
	raw_close(&function);
	assert_int_equal(model_process_counter(&model, "socket.0.sqes"), 1);
	model_process_stop(&model);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_isal),
		cmocka_unit_test(test_zlib),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_gone),
	};

	if (argc != 3)
		return 2;
	program = argv[1];
	workers = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
