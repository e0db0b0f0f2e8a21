/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pmd_case.h"
#include "pmd_log.h"
#include "pmd_model.h"

#define IN_FLIGHT 400
#define PACED "--pace-ns 2000000000"

#define ROUNDS 3
/* What must take less than a second does so in one of the rounds, however busy the machine is. */
#define LATE_MS 30000

/* Sanitizers are slow. */
static uint64_t
one_second(void)
{
	return pmd_env.scale > 1 ? 5000 : 1000;
}

/* Starts a copy of this program that keeps our model busy, and waits until it does. */
static pid_t
start_client(FILE **out, pid_t *busy)
{
	char line[256];
	int fds[2];
	pid_t pid;
	int got = 0;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execl(pmd_env.self, pmd_env.self, "--group", "traffic", "--transport", "process",
		      "--socket", pmd_model.socket, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	*out = fdopen(fds[0], "r");
	assert_non_null(*out);
	while (got == 0 && fgets(line, sizeof(line), *out) != NULL)
		got = sscanf(line, "traffic: pid %d", busy) == 1;
	if (got == 0)
		kill(pid, SIGTERM);
	assert_int_equal(got, 1);
	return pid;
}

static void
kill_a_client(void)
{
	FILE *out = NULL;
	pid_t busy = 0;
	pid_t pid = start_client(&out, &busy);

	usleep(pmd_rand_in(0, 30000));
	kill(busy, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fclose(out);
}

/* Some work by ourselves on the device that is there. */
static void
work(struct pmd_case *c)
{
	uint8_t *plain = pmd_data_new(20000);

	for (int i = 0; i < 20; i++) {
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 20000);
		pmd_case_inflate(c, &pmd_zlib_usual, plain, 20000);
	}
	for (uint16_t qp = 0; qp < pmd_dev.nb_queues; qp++) {
		assert_int_equal(pmd_batch_turns(&c->batch, qp, 16), 0);
		pmd_batch_check(&c->batch);
		for (unsigned int i = 0; i < c->batch.nb; i++)
			c->batch.jobs[i].back = 0;
	}
	pmd_batch_reset(&c->batch);
	free(plain);
}

static void
killed_clients(void **state)
{
	void *c = NULL;

	(void)state;
	assert_int_equal(pmd_model_start(NULL, 0), 0);
	for (unsigned int round = 0; round < (pmd_env.scale > 1 ? 1 : 4); round++) {
		kill_a_client();
		assert_int_equal(pmd_dev_attach(NULL), 0);
		pmd_case_open(&c);
		work(c);
		pmd_case_close(&c);
		assert_int_equal(pmd_dev_detach(), 0);
	}
	assert_int_equal(pmd_model_stop(), 0);
}

static void
fill(struct pmd_case *c, unsigned int nb)
{
	uint8_t *plain = pmd_data_new(2000);

	for (unsigned int i = 0; i < nb; i++) {
		struct pmd_job *job = i % 4 == 3 ?
			pmd_case_inflate(c, &pmd_zlib_usual, plain, 2000) :
			pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 2000);

		job->want = RTE_COMP_OP_STATUS_ERROR;
	}
	c->batch.jobs[0].owned = plain;
}

/*
 * The model dies with ops in flight; every op comes back as an error, and someone is told. Returns
 * after how many ms.
 */
static uint64_t
lose_model(struct pmd_case *c, unsigned int nb)
{
	uint64_t killed, took;
	size_t mark;
	struct rte_comp_op *op;

	fill(c, nb);
	assert_int_equal(pmd_batch_enqueue(&c->batch, 1, 64), (int)nb);
	mark = pmd_log_mark();
	pmd_model_kill();
	killed = pmd_now_ms();
	assert_int_equal(pmd_batch_dequeue(&c->batch, 1, 32), 0);
	took = pmd_now_ms() - killed;
	assert_true(took < LATE_MS);
	pmd_batch_check(&c->batch);
	/* A dead device takes nothing. */
	op = c->batch.jobs[0].op;
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 1, &op, 1), 0);
	assert_int_equal(op->status, RTE_COMP_OP_STATUS_ERROR);
	pmd_batch_reset(&c->batch);
	usleep(300000);
	assert_int_equal(PMD_LOG_COUNT(mark, pmd_dev.name), 1);
	return took;
}

/* Returns after how many ms it came. */
static uint64_t
wait_for_line(size_t mark)
{
	uint64_t begin = pmd_now_ms();

	while (PMD_LOG_COUNT(mark, pmd_dev.name) == 0 && pmd_now_ms() - begin < LATE_MS)
		usleep(1000);
	assert_int_equal(PMD_LOG_COUNT(mark, pmd_dev.name), 1);
	return pmd_now_ms() - begin;
}

static void
killed_models(void **state)
{
	uint64_t busy = LATE_MS, idle = LATE_MS;
	void *opened = NULL;
	struct pmd_case *c;
	size_t mark;

	(void)state;
	assert_int_equal(pmd_model_start(PACED, 0), 0);
	assert_int_equal(pmd_dev_attach(NULL), 0);
	pmd_case_open_queues(&opened);
	c = opened;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		busy = RTE_MIN(busy, lose_model(c, IN_FLIGHT));
		rte_compressdev_stop(pmd_dev.id);
		/* Nothing to start on yet. */
		assert_true(rte_compressdev_start(pmd_dev.id) < 0);
		assert_int_equal(pmd_model_start(NULL, 0), 0);
		assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
		work(c);
		/* Killed while idle, and at once a paced one for the next round. */
		mark = pmd_log_mark();
		pmd_model_kill();
		idle = RTE_MIN(idle, wait_for_line(mark));
		rte_compressdev_stop(pmd_dev.id);
		assert_int_equal(pmd_model_start(PACED, 0), 0);
		assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	}
	assert_true(busy < one_second() && idle < one_second());
	pmd_case_close(&opened);
	assert_int_equal(pmd_dev_detach(), 0);
	pmd_model_kill();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(killed_clients),
	cmocka_unit_test(killed_models),
};

const struct pmd_group pmd_group_death = {
	.name = "death",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.only_process = true,
	.no_device = true,
	.no_model = true,
};
