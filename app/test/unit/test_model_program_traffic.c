/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Clients of the model's program that work, die, and misbehave. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include <vfio_user_client.h>

#include "model_process.h"
#include "raw_function.h"

#define COMPRESS 2 /* an even queue */
#define DECOMPRESS 1
#define SIZE 5000
#define PACE "--pace-ns=2000000"
/* The device leaves the header of the format to its driver (hardware.md 10.1). */
#define HEADER 2

static const char *program;

/* Text of a kind: words that repeat, different for each seed. */
static void
fill(uint8_t *data, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++) {
		if (i % 7 == 0)
			seed = seed * 1103515245 + 12345;
		data[i] = (uint8_t)('a' + (seed >> 16) % 20);
	}
}

static void
compress_one(struct raw_function *function, unsigned slot, uint32_t len)
{
	uint8_t *plain = malloc(len);
	uint8_t packed[RAW_SLOT_SIZE + HEADER] = {0x78, 0x9c};
	uLongf plain_len = len;
	uint32_t sqe[32];

	assert_non_null(plain);
	fill(raw_source(function, slot), len, slot + 1);
	raw_submit(function, COMPRESS, slot, len, RAW_SLOT_SIZE);
	assert_int_equal(raw_ring(function, COMPRESS), 0);
	assert_int_equal(raw_complete(function, COMPRESS, sqe), 0);
	/* Done, or done and no smaller than it was. */
	assert_true((sqe[3] & 0xff) == 0 || (sqe[3] & 0xff) == 0x0d);
	assert_int_equal(sqe[0], len);
	assert_int_equal(sqe[26], slot);
	assert_true(sqe[1] <= RAW_SLOT_SIZE);
	memcpy(packed + HEADER, raw_dest(function, slot), sqe[1]);
	assert_int_equal(uncompress(plain, &plain_len, packed, sqe[1] + HEADER), Z_OK);
	assert_int_equal(plain_len, len);
	assert_memory_equal(plain, raw_source(function, slot), len);
	free(plain);
}

static void
decompress_one(struct raw_function *function, unsigned slot, uint32_t len)
{
	uint8_t *plain = malloc(len);
	uint8_t packed[RAW_SLOT_SIZE];
	uLongf packed_len = sizeof(packed);
	uint32_t sqe[32];

	assert_non_null(plain);
	fill(plain, len, slot + 99);
	assert_int_equal(compress2(packed, &packed_len, plain, len, 6), Z_OK);
	packed_len -= HEADER;
	memcpy(raw_source(function, slot), packed + HEADER, packed_len);
	raw_submit(function, DECOMPRESS, slot, (uint32_t)packed_len, len);
	assert_int_equal(raw_ring(function, DECOMPRESS), 0);
	assert_int_equal(raw_complete(function, DECOMPRESS, sqe), 0);
	assert_int_equal(sqe[3] & 0xff, 0);
	assert_int_equal(sqe[0], packed_len);
	assert_int_equal(sqe[1], len);
	assert_memory_equal(plain, raw_dest(function, slot), len);
	free(plain);
}

static void
use(struct raw_function *function, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		compress_one(function, i % RAW_SLOTS, 1 + i * 1777 % 60000);
		decompress_one(function, i % RAW_SLOTS, 1 + i * 2777 % 60000);
	}
}

static void
use_once(const char *path, bool chip)
{
	struct raw_function function;

	assert_int_equal(raw_open(&function, path, chip), 0);
	use(&function, 2);
	raw_close(&function);
}

static void
check_doorbells(bool chip)
{
	static const char *const options[] = {"--workers=2", NULL};
	const char *used = chip ? "socket.0.sq_chip_doorbells" : "socket.0.sq_shadow_doorbells";
	const char *unused = chip ? "socket.0.sq_shadow_doorbells" : "socket.0.sq_chip_doorbells";
	struct model_process model;
	struct raw_function function;

	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[0], chip), 0);
	assert_int_equal(function.shadow != NULL, 1);
	use(&function, 40);
	assert_int_equal(model_process_counter(&model, "socket.0.sqes"), 80);
	assert_int_equal(model_process_counter(&model, used), 80);
	assert_int_equal(model_process_counter(&model, unused), 0);
	assert_int_equal(model_process_counter(&model, "socket.0.errors"), 0);
	assert_int_equal(model_process_counter(&model, "socket.0.queue.1.sqes"), 40);
	assert_int_equal(model_process_counter(&model, "socket.0.queue.2.sqes"), 40);
	assert_int_equal(model_process_counter(&model, "socket.1.sqes"), 0);
	assert_int_equal(model_process_counter(&model, "socket.0.illegal_accesses"), 0);
	raw_close(&function);
	use_once(model.sockets[0], chip);
	assert_int_equal(model_process_counter(&model, "total.sqes"), 84);
	assert_int_equal(model_process_counter(&model, "total.clients"), 2);
	assert_int_equal(model_process_counter(&model, "total.mailbox_failures"), 0);
	model_process_stop(&model);
}

static void
test_shadow_doorbells(void **state)
{
	(void)state;
	check_doorbells(false);
}

static void
test_chip_doorbells(void **state)
{
	(void)state;
	check_doorbells(true);
}

static void
test_without_shadow(void **state)
{
	static const char *const options[] = {"--shadow=off", NULL};
	struct model_process model;
	struct raw_function function;

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[1], false), 0);
	assert_null((void *)(uintptr_t)function.shadow);
	use(&function, 4);
	raw_close(&function);
	model_process_stop(&model);
}

static void
test_two_functions(void **state)
{
	static const char *const options[] = {"--workers=3", NULL};
	struct model_process model;
	struct raw_function functions[2];

	(void)state;
	model_process_start(&model, program, options);
	for (int i = 0; i < 2; i++)
		assert_int_equal(raw_open(&functions[i], model.sockets[i], i == 1), 0);
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 2; i++)
			use(&functions[i], 1);
	}
	for (int i = 0; i < 2; i++)
		raw_close(&functions[i]);
	assert_int_equal(model_process_counter(&model, "socket.0.sqes"), 20);
	assert_int_equal(model_process_counter(&model, "socket.1.sqes"), 20);
	model_process_stop(&model);
}

static void
submit_many(struct raw_function *function)
{
	for (unsigned slot = 0; slot < RAW_SLOTS; slot++) {
		fill(raw_source(function, slot), SIZE, slot);
		raw_submit(function, COMPRESS, slot, SIZE, RAW_SLOT_SIZE);
	}
}

static void
complete_many(struct raw_function *function)
{
	uint32_t sqe[32];

	for (unsigned slot = 0; slot < RAW_SLOTS; slot++) {
		assert_int_equal(raw_complete(function, COMPRESS, sqe), 0);
		assert_int_equal(sqe[26], slot);
		assert_int_equal(sqe[0], SIZE);
	}
}

/* Maps come and go, and contexts are dumped, while engines work. */
static void
test_control_beside_traffic(void **state)
{
	static const char *const options[] = {"--workers=2", "--pace-ns=200000", NULL};
	const uint64_t other = 0x700000000ull;
	struct model_process model;
	struct raw_function function;

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[0], false), 0);
	for (unsigned round = 0; round < 5; round++) {
		submit_many(&function);
		assert_int_equal(raw_ring(&function, COMPRESS), 0);
		for (unsigned i = 0; i < 20; i++) {
			assert_int_equal(vfio_user_client_dma_map(function.client,
								  function.memory_fd, i * 0x1000,
								  other + i * 0x2000, 0x1000, 3),
					 0);
			assert_int_equal(raw_mailbox(&function, 0x00026000, RAW_IOVA), 0);
		}
		assert_int_equal(vfio_user_client_dma_unmap(function.client, other, 0x100000), 0);
		complete_many(&function);
	}
	raw_close(&function);
	model_process_stop(&model);
}

/* What was in flight is gone, and the function is as new. */
static void
test_reset_in_flight(void **state)
{
	static const char *const options[] = {PACE, "--workers=2", NULL};
	struct model_process model;
	struct raw_function function;

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[0], false), 0);
	for (unsigned round = 0; round < 6; round++) {
		const uint16_t flr = 0x8000; /* Device Control; the capability lies at 0x70 */

		submit_many(&function);
		assert_int_equal(raw_ring(&function, COMPRESS), 0);
		if (round % 2 == 0)
			assert_int_equal(vfio_user_client_reset(function.client), 0);
		else
			assert_int_equal(vfio_user_client_region_write(function.client, 7, 0x78,
								       &flr, 2, false),
					 0);
		assert_int_equal(raw_start(&function), 0);
		use(&function, 1);
	}
	raw_close(&function);
	model_process_stop(&model);
}

/* A client with most of its requests in flight; it says so and waits for its end. */
static void
live_and_wait(const char *path, bool chip, int output)
{
	struct raw_function function;
	uint32_t sqe[32];

	if (raw_open(&function, path, chip) != 0)
		_exit(1);
	submit_many(&function);
	if (raw_ring(&function, COMPRESS) != 0 || raw_complete(&function, COMPRESS, sqe) != 0)
		_exit(2);
	if (write(output, "x", 1) != 1)
		_exit(3);
	for (;;)
		pause();
}

static void
live_and_die(const char *path, bool chip)
{
	int pipes[2];
	int status;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		close(pipes[0]);
		live_and_wait(path, chip, pipes[1]);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

static void
test_killed_client(void **state)
{
	static const char *const options[] = {PACE, NULL};
	struct model_process model;

	(void)state;
	model_process_start(&model, program, options);
	for (unsigned round = 0; round < 6; round++) {
		live_and_die(model.sockets[0], round % 2 != 0);
		use_once(model.sockets[0], round % 2 == 0);
	}
	assert_int_equal(model_process_counter(&model, "socket.0.clients"), 12);
	assert_true(model_process_counter(&model, "socket.0.sqes") < 6 * RAW_SLOTS);
	model_process_stop(&model);
}

/* The server may have hung up already, so the calls here may fail. */
static void
test_truncated_memory(void **state)
{
	static const char *const options[] = {PACE, "--workers=2", NULL};
	struct model_process model;
	struct raw_function other;
	struct raw_function function;
	int ret = 0;

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&other, model.sockets[1], false), 0);
	for (unsigned round = 0; round < 4; round++) {
		uint32_t value;

		assert_int_equal(raw_open(&function, model.sockets[0], round % 2 != 0), 0);
		submit_many(&function);
		assert_int_equal(raw_ring(&function, COMPRESS), 0);
		assert_int_equal(ftruncate(function.memory_fd, 0), 0);
		for (unsigned i = 0; i < 1000 && ret == 0; i++) {
			ret = raw_read32(&function, 0x3100, &value);
			usleep(1000);
		}
		assert_int_not_equal(ret, 0);
		ret = 0;
		raw_close(&function);
		use_once(model.sockets[0], round % 2 == 0);
		use(&other, 1);
	}
	raw_close(&other);
	model_process_stop(&model);
}

/* A mailbox command reads the context on the server's own thread. */
static void
test_truncated_context(void **state)
{
	static const char *const options[] = {NULL};
	struct model_process model;
	struct raw_function function;

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[0], false), 0);
	assert_int_equal(ftruncate(function.memory_fd, 0), 0);
	raw_mailbox(&function, 0x2002, 0x123450000);
	raw_close(&function);
	use_once(model.sockets[0], false);
	model_process_stop(&model);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shadow_doorbells),
		cmocka_unit_test(test_chip_doorbells),
		cmocka_unit_test(test_without_shadow),
		cmocka_unit_test(test_two_functions),
		cmocka_unit_test(test_control_beside_traffic),
		cmocka_unit_test(test_reset_in_flight),
		cmocka_unit_test(test_killed_client),
		cmocka_unit_test(test_truncated_memory),
		cmocka_unit_test(test_truncated_context),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
