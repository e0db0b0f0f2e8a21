/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Clients of the model's program that lose what is in flight: they reset it, or die. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <vfio_user_client.h>

#include "model_process.h"
#include "raw_function.h"
#include "raw_traffic.h"

#define PACE "--pace-ns=2000000"

static const char *program;

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

		raw_submit_many(&function);
		assert_int_equal(raw_ring(&function, RAW_COMPRESS), 0);
		if (round % 2 == 0)
			assert_int_equal(vfio_user_client_reset(function.client), 0);
		else
			assert_int_equal(vfio_user_client_region_write(function.client, 7, 0x78,
								       &flr, 2, false),
					 0);
		assert_int_equal(raw_start(&function), 0);
		raw_use(&function, 1);
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
	raw_submit_many(&function);
	if (raw_ring(&function, RAW_COMPRESS) != 0 ||
	    raw_complete(&function, RAW_COMPRESS, sqe) != 0)
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
	/* Slow enough that most are still in flight, however late the client is killed. */
	static const char *const options[] = {"--pace-ns=20000000", NULL};
	struct model_process model;

	(void)state;
	model_process_start(&model, program, options);
	for (unsigned round = 0; round < 6; round++) {
		live_and_die(model.sockets[0], round % 2 != 0);
		raw_use_once(model.sockets[0], round % 2 == 0);
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
		raw_submit_many(&function);
		assert_int_equal(raw_ring(&function, RAW_COMPRESS), 0);
		assert_int_equal(ftruncate(function.memory_fd, 0), 0);
		/* On a busy machine all may be done by now: one entry more, which is not there. */
		function.queues[RAW_COMPRESS].tail++;
		raw_ring(&function, RAW_COMPRESS);
		for (unsigned i = 0; i < 10000 && ret == 0; i++) {
			ret = raw_read32(&function, 0x3100, &value);
			usleep(1000);
		}
		assert_int_not_equal(ret, 0);
		ret = 0;
		raw_close(&function);
		raw_use_once(model.sockets[0], round % 2 == 0);
		raw_use(&other, 1);
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
	raw_use_once(model.sockets[0], false);
	model_process_stop(&model);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
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
