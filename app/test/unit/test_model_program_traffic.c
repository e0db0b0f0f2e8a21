/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Clients of the model's program that work. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <vfio_user_client.h>

#include "model_process.h"
#include "raw_function.h"
#include "raw_traffic.h"

static const char *program;

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
	raw_use(&function, 40);
	assert_int_equal(model_process_counter(&model, "socket.0.sqes"), 80);
	assert_int_equal(model_process_counter(&model, used), 80);
	assert_int_equal(model_process_counter(&model, unused), 0);
	assert_int_equal(model_process_counter(&model, "socket.0.errors"), 0);
	assert_int_equal(model_process_counter(&model, "socket.0.queue.1.sqes"), 40);
	assert_int_equal(model_process_counter(&model, "socket.0.queue.2.sqes"), 40);
	assert_int_equal(model_process_counter(&model, "socket.1.sqes"), 0);
	assert_int_equal(model_process_counter(&model, "socket.0.illegal_accesses"), 0);
	raw_close(&function);
	raw_use_once(model.sockets[0], chip);
	assert_int_equal(model_process_counter(&model, "total.sqes"), 84);
	assert_int_equal(model_process_counter(&model, "total.clients"), 2);
	assert_int_equal(model_process_counter(&model, "total.mailbox_failures"), 0);
	model_process_stop(&model);
}

/* Each error is counted by its status as well: hardware.md 8.5. */
static void
test_errors(void **state)
{
	static const char *const options[] = {NULL};
	struct model_process model;
	struct raw_function function;
	uint32_t sqe[32];

	(void)state;
	model_process_start(&model, program, options);
	assert_int_equal(raw_open(&function, model.sockets[1], false), 0);
	raw_fill(raw_source(&function, 0), RAW_REQUEST, 1);
	raw_submit(&function, RAW_COMPRESS, 0, RAW_REQUEST, 16);
	raw_submit(&function, RAW_COMPRESS, 0, RAW_REQUEST, 17);
	assert_int_equal(raw_ring(&function, RAW_COMPRESS), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(raw_complete(&function, RAW_COMPRESS, sqe), 0);
		assert_int_equal(sqe[3] & 0xff, 0x0e);
	}
	memset(raw_source(&function, 0), 0xff, RAW_REQUEST);
	raw_submit(&function, RAW_DECOMPRESS, 0, RAW_REQUEST, RAW_REQUEST);
	assert_int_equal(raw_ring(&function, RAW_DECOMPRESS), 0);
	assert_int_equal(raw_complete(&function, RAW_DECOMPRESS, sqe), 0);
	assert_int_equal(sqe[3] & 0xff, 0x10);
	assert_int_equal(model_process_counter(&model, "socket.1.errors"), 3);
	assert_int_equal(model_process_counter(&model, "socket.1.errors.0x0e"), 2);
	assert_int_equal(model_process_counter(&model, "total.errors.0x10"), 1);
	raw_close(&function);
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
	raw_use(&function, 4);
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
			raw_use(&functions[i], 1);
	}
	for (int i = 0; i < 2; i++)
		raw_close(&functions[i]);
	assert_int_equal(model_process_counter(&model, "socket.0.sqes"), 20);
	assert_int_equal(model_process_counter(&model, "socket.1.sqes"), 20);
	model_process_stop(&model);
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
		raw_submit_many(&function);
		assert_int_equal(raw_ring(&function, RAW_COMPRESS), 0);
		for (unsigned i = 0; i < 20; i++) {
			assert_int_equal(vfio_user_client_dma_map(function.client,
								  function.memory_fd, i * 0x1000,
								  other + i * 0x2000, 0x1000, 3),
					 0);
			assert_int_equal(raw_mailbox(&function, 0x00026000, RAW_IOVA), 0);
		}
		assert_int_equal(vfio_user_client_dma_unmap(function.client, other, 0x100000), 0);
		raw_complete_many(&function);
	}
	raw_close(&function);
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
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_control_beside_traffic),
	};

	if (argc != 2)
		return 2;
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
