/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pmd_case.h"
#include "pmd_log.h"

#define OPS 64
#define BACK_MS 3000
/* Several looks at the events, which are polled every 100 ms; and where one has to be found. */
#define EVENT_MS 500
#define EVENT_MOST_MS 20000

/*
 * The named checks of buildtools/faults.sh. One run of ops, then a check for each thing that a
 * fault may spoil; without a fault all pass.
 */
static struct pmd_case *run_case;
static size_t run_mark;
static uint8_t *run_plain;

static void
set_up_run(struct pmd_case *c)
{
	const uint32_t len = 5000;

	run_case = c;
	run_plain = pmd_data_new(len);
	pmd_data_fill(PMD_TEXT, run_plain, len);
	run_mark = pmd_log_mark();
	for (unsigned int i = 0; i < OPS / 2; i++) {
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, run_plain, len);
		pmd_case_inflate(c, &pmd_zlib_usual, run_plain, len);
	}
}

/* Ops that do not come back within the time stay where they are. */
static void
run_ops(struct pmd_case *c)
{
	uint64_t end = pmd_now_ms() + BACK_MS * (pmd_env.scale > 1 ? 2 : 1);
	struct rte_comp_op *ops[OPS];
	unsigned int done = 0;

	/* In one burst: before its doorbell no fault strikes, so that all of them are accepted. */
	assert_int_equal(pmd_batch_enqueue(&c->batch, 0, OPS), OPS);
	while (done < OPS && pmd_now_ms() < end) {
		uint16_t n = rte_compressdev_dequeue_burst(pmd_dev.id, 0, ops, OPS);

		for (uint16_t i = 0; i < n; i++)
			for (unsigned int k = 0; k < OPS; k++)
				c->batch.jobs[k].back += c->batch.jobs[k].op == ops[i];
		done += n;
		pmd_dev.done += n;
		usleep(n == 0 ? 100 : 0);
	}
}

static void
device_starts(void **state)
{
	void *opened = NULL;

	(void)state;
	pmd_case_open(&opened);
	set_up_run(opened);
	run_ops(run_case);
}

/* Without a device there is nothing to check: that it did not start has been noticed. */
static void
need_run(void)
{
	if (run_case == NULL)
		skip();
}

static void
every_op_comes_back(void **state)
{
	(void)state;
	need_run();
	for (unsigned int i = 0; i < OPS; i++)
		assert_int_equal(run_case->batch.jobs[i].back, 1);
}

static void
every_op_succeeds(void **state)
{
	(void)state;
	need_run();
	for (unsigned int i = 0; i < OPS; i++) {
		const struct pmd_job *job = &run_case->batch.jobs[i];

		if (job->back == 1)
			assert_int_equal(job->op->status, RTE_COMP_OP_STATUS_SUCCESS);
	}
}

/* Of what succeeded: zlib reads it, or it is what zlib wrote; lengths and all. */
static void
every_result_is_right(void **state)
{
	(void)state;
	need_run();
	for (unsigned int i = 0; i < OPS; i++) {
		const struct pmd_job *job = &run_case->batch.jobs[i];
		const char *wrong = NULL;

		if (job->back == 1 && job->op->status == RTE_COMP_OP_STATUS_SUCCESS)
			wrong = pmd_job_verdict(job);
		if (wrong != NULL)
			fail_msg("op %u: %s", i, wrong);
	}
}

/* Lines that name the device, less what the model itself says of the fault. */
static unsigned int
complaints(void)
{
	return PMD_LOG_COUNT(run_mark, pmd_dev.name) -
	       PMD_LOG_COUNT(run_mark, pmd_dev.name, "embedded model: ");
}

static void
nothing_is_logged(void **state)
{
	const bool event = pmd_env.fault != NULL && strstr(pmd_env.fault, "aeq-event") != NULL;
	uint64_t end = pmd_now_ms() + (event ? EVENT_MOST_MS : EVENT_MS);

	(void)state;
	need_run();
	while (complaints() == 0 && pmd_now_ms() < end)
		usleep(1000);
	assert_int_equal(complaints(), 0);
}

/* Whatever happened: stop gives all ops back, and after start the same queue pairs work. */
static void
works_again_after_a_stop(void **state)
{
	struct rte_comp_op *ops[OPS];
	void *closed = run_case;

	(void)state;
	need_run();
	rte_compressdev_stop(pmd_dev.id);
	pmd_dev.done += rte_compressdev_dequeue_burst(pmd_dev.id, 0, ops, OPS);
	assert_int_equal(pmd_dev.done, pmd_dev.accepted);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	pmd_batch_reset(&run_case->batch);
	pmd_batch_compress(&run_case->batch, run_case->compress, &pmd_shapes_plain, run_plain,
			   5000);
	pmd_case_inflate(run_case, &pmd_zlib_usual, run_plain, 5000);
	pmd_batch_run(&run_case->batch, 0, 2);
	free(run_plain);
	pmd_case_close(&closed);
	run_case = NULL;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(device_starts),
	cmocka_unit_test(every_op_comes_back),
	cmocka_unit_test(every_op_succeeds),
	cmocka_unit_test(every_result_is_right),
	cmocka_unit_test(nothing_is_logged),
	cmocka_unit_test(works_again_after_a_stop),
};

const struct pmd_group pmd_group_faults = {
	.name = "faults",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.no_count = true,
};
