/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Telemetry of devices that come and go, and questions that have no answer. */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_bus_vdev.h>

#include "pmd_case.h"
#include "pmd_model.h"
#include "pmd_stream.h"
#include "pmd_telemetry.h"

#define OTHER "compress_hisi_zip_user7"

static bool
is_in_state(const char *wanted)
{
	char text[64];

	snprintf(text, sizeof(text), "\"state\":\"%s\"", wanted);
	assert_non_null(pmd_telemetry_ask_device("info", NULL));
	return strstr(pmd_telemetry.answer, text) != NULL;
}

static void
await_loss(void)
{
	uint64_t end = pmd_now_ms() + 10000;

	while (!is_in_state("lost") && pmd_now_ms() < end)
		usleep(10000);
	assert_true(is_in_state("lost"));
}

/* Ops that a dead model never saw: what becomes of them is the driver's own verdict. */
static void
lose_ops(struct pmd_case *c, unsigned int nb)
{
	uint8_t plain[100] = {0};
	int status;

	for (unsigned int i = 0; i < nb; i++)
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 100)->want =
			RTE_COMP_OP_STATUS_ERROR;
	/* All of its threads, and not before that is so. */
	assert_int_equal(kill(pmd_model.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pmd_model.pid, &status, WUNTRACED), pmd_model.pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(pmd_batch_enqueue(&c->batch, 0, nb), nb);
	pmd_model_kill();
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, nb), 0);
	pmd_batch_check(&c->batch);
	pmd_batch_reset(&c->batch);
}

/* A function that is lost has counters, and no registers; when it comes back it has both. */
static void
lost_function(void **state)
{
	if (pmd_env.transport != PMD_PROCESS)
		skip();
	lose_ops(*state, 7);
	await_loss();
	assert_non_null(strstr(pmd_telemetry_ask_device("regs", NULL), ":null}"));
	assert_non_null(strstr(pmd_telemetry_ask_device("qp", "0"), "\"state\":\"failed\""));
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "reason", "queue_dead"), 7);
	assert_non_null(pmd_telemetry_ask_device("stats", NULL));
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, NULL, "queue_pairs"), 1);
	assert_int_equal(pmd_model_start(NULL, 0), 0);
	rte_compressdev_stop(pmd_dev.id);
	assert_true(is_in_state("lost"));
	assert_non_null(strstr(pmd_telemetry_ask_device("qp", "0"), "\"state\":\"stopped\""));
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	assert_true(is_in_state("started"));
	assert_null(strstr(pmd_telemetry_ask_device("regs", NULL), ":null}"));
	assert_non_null(strstr(pmd_telemetry_ask_device("qp", "0"), "\"state\":\"started\""));
}

static void
change_model(const char *args)
{
	pmd_model_kill();
	await_loss();
	assert_int_equal(pmd_model_start(args, 0), 0);
	rte_compressdev_stop(pmd_dev.id);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
}

/* What an engine does that lies, and one that forgets. */
static void
reasons(void **state)
{
	struct pmd_case *c = *state;
	uint8_t plain[100] = {0};
	uint32_t len;
	uint8_t *in;

	if (pmd_env.transport != PMD_PROCESS)
		skip();
	in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, 100, &len);
	change_model("--fault produced:queue=1:nth=1 --fault lost-completion:queue=1:nth=3");
	for (unsigned int i = 0; i < 4; i++)
		pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, in, len, plain,
				     100, 100);
	/* One byte more than there was room for; and one that its successor overtakes. */
	c->batch.jobs[0].want = RTE_COMP_OP_STATUS_ERROR;
	c->batch.jobs[2].want = RTE_COMP_OP_STATUS_ERROR;
	pmd_batch_run_reset(&c->batch, 0, 4);
	free(in);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, NULL, "errors"), 2);
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "status", "error"), 2);
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "reason", "lengths"), 1);
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "reason", "completion_lost"), 1);
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "reason", "engine"), -1);
	assert_non_null(strstr(pmd_telemetry.answer, "\"engine_status\":{}"));
	change_model(NULL);
}

static struct pmd_job *
stream_job(struct pmd_case *c, void *stream, const uint8_t *in, uint32_t len)
{
	struct pmd_job *job = pmd_batch_decompress(&c->batch, stream, &pmd_shapes_plain, in, len,
						   NULL, 0, 10000);

	job->op->op_type = RTE_COMP_OP_STATEFUL;
	job->op->stream = stream;
	job->op->flush_flag = RTE_COMP_FLUSH_FINAL;
	job->want = RTE_COMP_OP_STATUS_ERROR;
	return job;
}

/* A stream that is cut off, and a second op of it at the same time. */
static void
stream_reasons(void **state)
{
	const struct rte_comp_xform xform = pmd_stream_decompress();
	void *stream = pmd_stream_new(&xform);
	struct pmd_case *c = *state;
	struct rte_comp_op *second;
	uint8_t plain[5000];
	uint32_t len;
	uint8_t *in;

	pmd_data_fill(PMD_TEXT, plain, sizeof(plain));
	in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, sizeof(plain), &len);
	stream_job(c, stream, in, len / 2);
	second = stream_job(c, stream, in, len / 2)->op;
	c->batch.nb = 1;
	assert_int_equal(pmd_batch_enqueue(&c->batch, 0, 1), 1);
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &second, 1), 0);
	assert_int_equal(second->status, RTE_COMP_OP_STATUS_INVALID_STATE);
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 1), 0);
	pmd_batch_check(&c->batch);
	c->batch.nb = 2;
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "refused", "invalid_state"), 1);
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, "reason", "stream_truncated"), 1);
	assert_int_equal(pmd_telemetry_number(&pmd_telemetry, NULL, "enqueued"), 1);
	pmd_batch_reset(&c->batch);
	pmd_stream_free(stream);
	free(in);
}

static void
bad_arguments(void **state)
{
	static const char *const commands[] = {
		"list,0", "info", "info,", "info,64", "info,-1", "info,0x0", "info,0 ", "info,+0",
		"info,99999999999999999999", "info,nobody", "info,0,0", "stats", "stats,63",
		"stats,,", "qp", "qp,0", "qp,0,", "qp,0,1", "qp,0,512", "qp,0,-1", "qp,0,0,0",
		"qp,0,x", "qp,,0", "regs", "regs,17", "regs,0,0",
	};
	char longest[900] = "info,";
	char command[1000];

	(void)state;
	assert_int_equal(pmd_dev.id, 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const char *answer;

		snprintf(command, sizeof(command), "/hisi_zip/%s", commands[i]);
		answer = pmd_telemetry_ask(&pmd_telemetry, command);
		assert_non_null(answer);
		assert_non_null(strstr(answer, ":null}"));
	}
	memset(longest + strlen(longest), 'a', sizeof(longest) - strlen(longest) - 1);
	snprintf(command, sizeof(command), "/hisi_zip/%s", longest);
	assert_non_null(strstr(pmd_telemetry_ask(&pmd_telemetry, command), ":null}"));
}

static bool done;
static unsigned int asked;

static bool
still_few(void)
{
	return __atomic_load_n(&asked, __ATOMIC_RELAXED) < 10;
}

static void *
ask_all_the_time(void *arg)
{
	static const char *const what[] = {"list", "info,0", "stats,0", "qp,0,0", "qp,0,3",
					   "regs,0"};
	struct pmd_telemetry *t = arg;

	for (unsigned int i = 0; !__atomic_load_n(&done, __ATOMIC_RELAXED); i++) {
		char command[64];

		snprintf(command, sizeof(command), "/hisi_zip/%s",
			 what[i % (sizeof(what) / sizeof(what[0]))]);
		if (pmd_telemetry_ask(t, command) == NULL)
			return t;
		__atomic_store_n(&asked, i + 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Commands that come while queue pairs and the device itself come and go. */
static void
while_reconfigured(void **state)
{
	pthread_t thread;
	void *failed;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, ask_all_the_time, &pmd_telemetry), 0);
	for (unsigned int round = 0; round < pmd_scaled(30) + 2 || still_few(); round++) {
		pmd_dev_start((uint16_t)(1 + round % 4), 64);
		rte_compressdev_stop(pmd_dev.id);
		if (round % 3 == 2) {
			assert_int_equal(pmd_dev_detach(), 0);
			assert_int_equal(pmd_dev_attach(NULL), 0);
		}
	}
	__atomic_store_n(&done, true, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
}

/* The library takes no id that is not below the number of devices. */
static void
smaller_id_removed(void **state)
{
	static const char *const commands[] = {"info,1", ("info," OTHER), "stats,1",
					       "regs,1"};

	(void)state;
	assert_int_equal(pmd_dev.id, 0);
	assert_int_equal(rte_vdev_init(OTHER, "sw=only"), 0);
	assert_int_equal(rte_compressdev_get_dev_id(OTHER), 1);
	assert_int_equal(pmd_dev_detach(), 0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char command[64];

		snprintf(command, sizeof(command), "/hisi_zip/%s", commands[i]);
		assert_non_null(pmd_telemetry_ask(&pmd_telemetry, command));
		assert_null(strstr(pmd_telemetry.answer, ":null}"));
		if (strncmp(commands[i], "info", 4) == 0) {
			assert_non_null(strstr(pmd_telemetry.answer, "\"name\":\"" OTHER "\""));
			assert_non_null(strstr(pmd_telemetry.answer,
					       "\"driver\":\"compress_hisi_zip_user\""));
		}
	}
	assert_int_equal(pmd_dev_attach(NULL), 0);
	assert_int_equal(rte_vdev_uninit(OTHER), 0);
}

static const struct CMUnitTest tests[] = {
	PMD_TELEMETRY_CASE(lost_function),
	PMD_TELEMETRY_CASE(reasons),
	PMD_TELEMETRY_CASE(stream_reasons),
	PMD_TELEMETRY_CASE(bad_arguments),
	cmocka_unit_test_setup_teardown(while_reconfigured, pmd_telemetry_connect,
					pmd_telemetry_disconnect),
	cmocka_unit_test_setup_teardown(smaller_id_removed, pmd_telemetry_connect,
					pmd_telemetry_disconnect),
};

const struct pmd_group pmd_group_telemetry_life = {
	.name = "telemetry-life",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.software = true,
	.telemetry = true,
	.no_count = true,
};
