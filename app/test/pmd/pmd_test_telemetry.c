/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_bus_vdev.h>

#include "pmd_case.h"
#include "pmd_telemetry.h"

/* Of the last answer. */
static int64_t
number(const char *part, const char *name)
{
	return pmd_telemetry_number(&pmd_telemetry, part, name);
}

static void
list_and_info(void **state)
{
	struct rte_compressdev_info info;
	const char *answer;
	char text[128];

	(void)state;
	rte_compressdev_info_get(pmd_dev.id, &info);
	snprintf(text, sizeof(text), "{\"/hisi_zip/list\":{\"%u\":\"%s\"}}", pmd_dev.id,
		 pmd_dev.name);
	assert_string_equal(pmd_telemetry_ask(&pmd_telemetry, "/hisi_zip/list"), text);

	answer = pmd_telemetry_ask_device("info", NULL);
	assert_non_null(answer);
	/* hardware.md 1.1, 1.2: device ids, and revision 0x30 of a V3. */
	assert_non_null(strstr(answer, pmd_env.pf ? "\"device_id\":\"0xa250\"" :
						    "\"device_id\":\"0xa251\""));
	assert_non_null(strstr(answer, pmd_env.pf ? "\"function\":\"pf\"" :
						    "\"function\":\"vf\""));
	assert_non_null(strstr(answer, "\"generation\":\"V3\""));
	assert_non_null(strstr(answer, "\"revision\":\"0x30\""));
	assert_non_null(strstr(answer, "\"state\":\"started\""));
	assert_non_null(strstr(answer, "\"HUFFMAN_DYNAMIC\""));
	assert_int_equal(number(NULL, "max_queue_pairs"), info.max_nb_queue_pairs);
	assert_int_equal(number(NULL, "queue_pairs"), 1);
	assert_int_equal(number(NULL, "hw_queues") / 2, info.max_nb_queue_pairs);
	assert_int_equal(number(NULL, "depth"), 1024);
	assert_int_equal(number(NULL, "window_min"), 12);
	assert_int_equal(number(NULL, "window_max"), 15);
	assert_non_null(strstr(answer, pmd_env.transport == PMD_PROCESS ?
						"\"transport\":\"process\"" :
						"\"transport\":\"embedded\""));
	assert_non_null(strstr(answer, "\"sw\":\"on\""));
	assert_non_null(strstr(answer, "\"db_isolation\":\"off\""));
	/* hardware.md 2.3.1: a V3 stops queue pairs, and has no data analysis engine. */
	assert_non_null(strstr(answer, "\"stop_qp\""));
	assert_null(strstr(answer, "\"dae\""));

	snprintf(text, sizeof(text), "/hisi_zip/info,%s", pmd_dev.name);
	assert_non_null(strstr(pmd_telemetry_ask(&pmd_telemetry, text), "\"generation\":\"V3\""));
	assert_int_equal(number(NULL, "id"), pmd_dev.id);
}

/* What the ops of a batch say of themselves. */
struct sums {
	int64_t ops[2]; /* by pmd_job.compress */
	int64_t in[2];
	int64_t out[2];
	int64_t failed;
};

static struct sums
add_up(const struct pmd_batch *batch)
{
	struct sums sums = {0};

	for (unsigned int i = 0; i < batch->nb; i++) {
		const struct pmd_job *job = &batch->jobs[i];

		sums.ops[job->compress]++;
		sums.in[job->compress] += job->op->consumed;
		sums.out[job->compress] += job->op->produced;
		sums.failed += job->op->status != RTE_COMP_OP_STATUS_SUCCESS;
	}
	return sums;
}

/* Plain bytes for each compressed one, whichever way. */
static void
check_ratio(const char *part, int64_t in, int64_t out)
{
	bool compress = strcmp(part, "compress") == 0;
	double ratio = compress ? (double)in / (double)out : (double)out / (double)in;
	char text[32];
	const char *at;

	/* The name of one is the end of the other's: with its quotes. */
	snprintf(text, sizeof(text), "\"%s\":{", part);
	at = strstr(pmd_telemetry.answer, text);
	assert_non_null(at);
	at = strstr(at, "\"ratio\":\"");
	assert_non_null(at);
	snprintf(text, sizeof(text), "\"ratio\":\"%.3f\"", ratio);
	assert_int_equal(strncmp(at, text, strlen(text)), 0);
}

static void
check_sums(const struct sums *sums)
{
	static const char *const part[] = {"decompress", "compress"};

	for (int i = 0; i < 2; i++) {
		assert_int_equal(number(part[i], "hw_ops"), sums->ops[i]);
		assert_int_equal(number(part[i], "bytes_in"), sums->in[i]);
		assert_int_equal(number(part[i], "bytes_out"), sums->out[i]);
		assert_int_equal(number(part[i], "in_flight"), 0);
		check_ratio(part[i], sums->in[i], sums->out[i]);
	}
	assert_int_equal(number(NULL, "enqueued"), sums->ops[0] + sums->ops[1]);
	assert_int_equal(number(NULL, "dequeued"), sums->ops[0] + sums->ops[1]);
	assert_int_equal(number(NULL, "errors"), sums->failed);
}

/* Good ops, 3 that are corrupt, 2 without room, and one that is refused. */
static void
counters(void **state)
{
	uint8_t bad[] = {0x07, 0x00, 0xff}; /* block type 3 does not exist (RFC 1951, 3.2.3) */
	struct pmd_case *c = *state;
	uint8_t *plain = malloc(5000);
	struct rte_comp_op *op;
	struct sums sums;
	struct pmd_job *job;
	uint8_t *in;
	uint32_t len;

	assert_non_null(plain);
	pmd_data_fill(PMD_TEXT, plain, 5000);
	in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, 5000, &len);
	for (unsigned int i = 0; i < 40; i++) {
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 4000);
		pmd_case_inflate(c, &pmd_zlib_usual, plain, 3000 + i);
	}
	for (unsigned int i = 0; i < 3; i++) {
		job = pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, bad, 3,
					   plain, 100, 100);
		job->want = RTE_COMP_OP_STATUS_ERROR;
	}
	for (unsigned int i = 0; i < 2; i++) {
		job = pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, in, len,
					   plain, 5000, 1000);
		job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	}
	pmd_batch_run(&c->batch, 0, 16);
	op = c->batch.jobs[0].op;
	sums = add_up(&c->batch);
	op->src.offset = 0x100000; /* beyond its data */
	assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0, &op, 1), 0);

	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	check_sums(&sums);
	assert_int_equal(number(NULL, "owner"), getpid());
	assert_int_equal(number(NULL, "limit"), PMD_CASE_DEPTH);
	assert_int_equal(number(NULL, "sw_ops"), 0);
	assert_int_equal(number("refused", "invalid_args"), 1);
	assert_int_equal(number("status", "error"), 3);
	assert_int_equal(number("status", "out_of_space_terminated"), 2);
	assert_int_equal(number("reason", "engine"), 5);
	/* hardware.md 8.5: 0x0e output full, 0x10 corrupt. */
	assert_int_equal(number("engine_status", "0x0e"), 2);
	assert_int_equal(number("engine_status", "0x10"), 3);
	pmd_batch_reset(&c->batch);
	free(in);
	free(plain);
}

/* What the device counts outlives its queue pairs, what a queue pair counts does not. */
static void
totals_outlive_queue_pairs(void **state)
{
	struct rte_compressdev_config config = {.nb_queue_pairs = 2, .max_nb_priv_xforms = 1};
	struct pmd_case *c = *state;
	uint8_t plain[100] = {0};
	int64_t before;

	assert_non_null(pmd_telemetry_ask_device("stats", NULL));
	before = number("compress", "bytes_in");
	for (int i = 0; i < 10; i++)
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 100);
	pmd_batch_run_reset(&c->batch, 0, 10);
	pmd_dev_stop();
	assert_int_equal(rte_compressdev_configure(pmd_dev.id, &config), 0);
	assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, 0, 16, 0), 0);
	assert_int_equal(rte_compressdev_queue_pair_setup(pmd_dev.id, 1, 16, 0), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);

	assert_non_null(pmd_telemetry_ask_device("stats", NULL));
	assert_int_equal(number("compress", "bytes_in"), before + 1000);
	assert_int_equal(number(NULL, "queue_pairs"), 2);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number("compress", "bytes_in"), 0);
	/* The library counts for the queue pairs that are there. */
	pmd_dev.accepted_before = pmd_dev.accepted;
	pmd_dev.done_before = pmd_dev.done;
}

/* One event each time that a burst ends at a full queue. */
static void
full_queue(void **state)
{
	struct pmd_case *c = *state;
	uint8_t plain[100] = {0};

	for (int i = 0; i < PMD_CASE_DEPTH + 1; i++)
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 100);
	/* This comes back at the first op that is not taken. */
	for (unsigned int i = 0; i < PMD_CASE_DEPTH; i++) {
		assert_int_equal(rte_compressdev_enqueue_burst(pmd_dev.id, 0,
							       &c->batch.jobs[i].op, 1), 1);
	}
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(rte_compressdev_enqueue_burst(
			pmd_dev.id, 0, &c->batch.jobs[PMD_CASE_DEPTH].op, 1), 0);
	}
	pmd_dev.accepted += PMD_CASE_DEPTH;
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number(NULL, "full"), 3);
	assert_int_equal(number(NULL, "in_flight"), PMD_CASE_DEPTH);
	assert_int_equal(number("compress", "in_flight"), PMD_CASE_DEPTH);
	assert_int_equal(number("compress", "sq_doorbells"), PMD_CASE_DEPTH);
	assert_int_equal(number("compress", "cq_doorbells"), 0);
	c->batch.nb--;
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 1), 0);
	c->batch.nb++;
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number(NULL, "in_flight"), 0);
	assert_int_equal(number(NULL, "dequeued"), PMD_CASE_DEPTH);
	/* One for 256 entries. */
	assert_int_equal(number("compress", "cq_doorbells"), 2);
	pmd_batch_reset(&c->batch);
}

/* Level 0 is software's. */
static void
software(void **state)
{
	struct pmd_case *c = *state;
	void *stored = pmd_xform_compress(0, 15, RTE_COMP_HUFFMAN_DEFAULT);
	struct pmd_job *job;
	uint8_t plain[100] = {0};

	for (int i = 0; i < 7; i++)
		pmd_batch_compress(&c->batch, stored, &pmd_shapes_plain, plain, 100);
	pmd_batch_run_reset(&c->batch, 0, 4);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number(NULL, "hw_ops"), 0);
	assert_int_equal(number(NULL, "sw_ops"), 7);
	assert_int_equal(number("compress", "sw_ops"), 7);
	assert_int_equal(number("decompress", "sw_ops"), 0);
	assert_int_equal(number("compress", "bytes_in"), 700);
	/* RFC 1951, 3.2.4: 5 bytes before the data of a stored block. */
	assert_int_equal(number("compress", "bytes_out"), 735);
	assert_int_equal(number(NULL, "redone_in_sw"), 0);
	assert_int_equal(number(NULL, "sq_doorbells"), 0);

	/* Room for half of it: no failure, and no verdict of the engine. */
	job = pmd_batch_compress(&c->batch, stored, &pmd_shapes_plain, plain, 100);
	job->op->dst.offset = job->op->m_dst->pkt_len - 50;
	assert_int_equal(pmd_batch_turns(&c->batch, 0, 1), 0);
	assert_int_equal(job->op->status, RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number("compress", "sw_ops"), 8);
	assert_int_equal(number("compress", "bytes_in"), 700 + job->op->consumed);
	assert_int_equal(number("status", "out_of_space_recoverable"), 1);
	assert_int_equal(number(NULL, "errors"), 0);
	assert_int_equal(number("reason", "engine"), -1);
	pmd_batch_reset(&c->batch);

	/* Room for nothing: software's verdict, which waits to be dequeued. */
	job = pmd_batch_compress(&c->batch, stored, &pmd_shapes_plain, plain, 100);
	job->op->dst.offset = job->op->m_dst->pkt_len - (PMD_LEAST_PART - 1);
	job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	assert_int_equal(pmd_batch_enqueue(&c->batch, 0, 1), 1);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number(NULL, "in_flight"), 1);
	assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 1), 0);
	pmd_batch_check(&c->batch);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number(NULL, "in_flight"), 0);
	assert_int_equal(number("reason", "software"), 1);
	assert_int_equal(number("engine_status", "0x01"), -1);
	pmd_batch_reset(&c->batch);
	pmd_xform_free(stored);
}

/* More output than the engine is offered room for: its op, done by software in the end. */
static void
redone(void **state)
{
	const uint32_t len = 8388608 + 1;
	struct pmd_case *c = *state;
	uint8_t *plain = calloc(1, len);
	uint32_t in_len;
	uint8_t *in;

	assert_non_null(plain);
	in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, len, &in_len);
	pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, in, in_len, plain, len,
			     len);
	pmd_batch_run_reset(&c->batch, 0, 1);
	assert_non_null(pmd_telemetry_ask_device("qp", "0"));
	assert_int_equal(number(NULL, "redone_in_sw"), 1);
	assert_int_equal(number(NULL, "hw_ops"), 1);
	assert_int_equal(number(NULL, "sw_ops"), 0);
	assert_int_equal(number(NULL, "errors"), 0);
	assert_int_equal(number("decompress", "bytes_in"), in_len);
	assert_int_equal(number("decompress", "bytes_out"), len);
	free(in);
	free(plain);
}

/* To look changes nothing, and is no illegal access for the model. */
static void
registers(void **state)
{
	char *first;

	(void)state;
	assert_non_null(pmd_telemetry_ask_device("regs", NULL));
	first = strdup(pmd_telemetry.answer);
	assert_non_null(first);
	/* hardware.md 2.3.1: V3 has a version of capabilities; 2.1: interrupts on, of the AEQ. */
	assert_null(strstr(first, "\"cap\":\"0x00000000\""));
	assert_non_null(strstr(first, "\"eq_int_mask\":\"0x00000001\""));
	if (pmd_env.pf) {
		/* hardware.md 7.3: no errors; 2.2.2: what ZIP writes. */
		assert_non_null(strstr(first, "\"abnormal_int_status\":\"0x00000000\""));
		assert_non_null(strstr(first, "\"zip_int_status\":\"0x00000000\""));
		assert_non_null(strstr(first, "\"cache_ctrl\":\"0x00001833\""));
	} else {
		assert_null(strstr(first, "abnormal"));
	}
	for (int i = 0; i < 10; i++)
		assert_string_equal(pmd_telemetry_ask_device("regs", NULL), first);
	free(first);
}

static const struct CMUnitTest tests[] = {
	PMD_TELEMETRY_CASE(list_and_info),
	PMD_TELEMETRY_CASE(counters),
	PMD_TELEMETRY_CASE(totals_outlive_queue_pairs),
	PMD_TELEMETRY_CASE(full_queue),
	PMD_TELEMETRY_CASE(software),
	PMD_TELEMETRY_CASE(redone),
	PMD_TELEMETRY_CASE(registers),
};

const struct pmd_group pmd_group_telemetry = {
	.name = "telemetry",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.software = true,
	.telemetry = true,
	.no_count = true,
};
