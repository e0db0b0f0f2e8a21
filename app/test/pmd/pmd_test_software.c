/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What the driver does in software, beside the engine or instead of it. */

#include <stdlib.h>
#include <string.h>

#include "pmd_case.h"

#define TERMINATED RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED
#define RECOVERABLE RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE

/* A final block without data (RFC 1951 3.2.6). */
static const uint8_t last_block[2] = {0x03, 0x00};

/* One op for a part of the data; its output goes behind what "out" has. */
static const struct rte_comp_op *
run_part(struct pmd_case *c, void *xform, const uint8_t *plain, uint32_t len, uint32_t room,
	 uint8_t *out, uint32_t *at)
{
	const struct pmd_shapes shapes = {.src = pmd_shape_any(len)};
	struct pmd_shape dst = pmd_shape_any(room);
	struct pmd_job *job;

	dst.tail = 0;
	pmd_batch_reset(&c->batch);
	job = pmd_batch_compress(&c->batch, xform, &shapes, plain, len);
	pmd_batch_set_room(&c->batch, job, &dst, room);
	assert_int_equal(pmd_batch_turns(&c->batch, 0, 1), 0);
	job->want = job->op->status;
	assert_null(job->want == RTE_COMP_OP_STATUS_SUCCESS ? NULL : pmd_job_verdict(job));
	assert_true(job->op->produced <= room);
	pmd_chain_read(&job->dst, out + *at, job->op->produced);
	*at += job->op->produced;
	return job->op;
}

static uint32_t
needed(struct pmd_case *c, void *xform, const uint8_t *plain, uint32_t len, uint8_t *out)
{
	uint32_t at = 0;

	return run_part(c, xform, plain, len, pmd_zlib_bound(len), out, &at)->produced;
}

/* Every room is one of three: enough, enough for a part, too small for anything. */
static void
one_room(struct pmd_case *c, void *xform, const uint8_t *plain, uint32_t len, uint32_t room,
	 uint8_t *out)
{
	uint32_t at = 0;
	const struct rte_comp_op *op = run_part(c, xform, plain, len, room, out, &at);

	if (room < PMD_LEAST_PART) {
		assert_int_equal(op->status, TERMINATED);
		assert_int_equal(op->consumed, 0);
		assert_int_equal(op->produced, 0);
		return;
	}
	/* The reason in the high half is software's, the low half says "output full". */
	assert_int_equal(op->status, RECOVERABLE);
	assert_true(op->debug_status == ((uint64_t)4 << 32 | 1));
	assert_true(op->consumed > 0 && op->consumed < len);
	assert_true(op->output_chksum ==
		    pmd_zlib_checksum(RTE_COMP_CHECKSUM_CRC32, plain, op->consumed));
	memcpy(out + at, last_block, sizeof(last_block));
	assert_null(pmd_zlib_check(15, out, at + 2, plain, op->consumed));
}

static void *
make_xform(enum rte_comp_huffman huffman, int level)
{
	struct rte_comp_xform xform = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, CRC32, NONE);

	xform.compress.deflate.huffman = huffman;
	xform.compress.level = level;
	return pmd_xform_new(&xform);
}

/* Xforms that are always software's. */
static void *
software_xform(unsigned int which)
{
	return which % 2 ? make_xform(RTE_COMP_HUFFMAN_FIXED, 1) :
			   make_xform(RTE_COMP_HUFFMAN_DEFAULT, RTE_COMP_LEVEL_NONE);
}

static void
every_room(void **state)
{
	const uint32_t len = 400;
	struct pmd_case *c = *state;
	uint8_t *plain = malloc(len), *out = malloc(2 * len + 1000);

	assert_true(plain != NULL && out != NULL);
	for (unsigned int kind = 0; kind < 2 * PMD_KINDS; kind++) {
		void *xform = software_xform(kind);
		uint32_t most;

		pmd_data_fill((enum pmd_kind)(kind / 2), plain, len);
		most = needed(c, xform, plain, len, out);
		for (uint32_t room = 1; room < most; room += room < 20 ? 1 : pmd_rand_in(1, 9))
			one_room(c, xform, plain, len, room, out);
		pmd_xform_free(xform);
	}
	free(plain);
	free(out);
}

/* As an application recovers: the rest of the input, behind the output so far. */
static void
recovered(void **state)
{
	struct pmd_case *c = *state;

	for (unsigned int round = 0; round < pmd_scaled(40); round++) {
		uint32_t len = pmd_rand_in(1, round % 4 ? 5000 : 300000);
		uint32_t room = pmd_rand_in(PMD_LEAST_PART, len / 3 + PMD_LEAST_PART);
		uint8_t *plain = pmd_data_new(len), *out = malloc(8 * (size_t)len + 1000);
		void *xform = software_xform(round);
		uint32_t done = 0, at = 0;
		const struct rte_comp_op *op;

		assert_non_null(out);
		do {
			op = run_part(c, xform, plain + done, len - done, room, out, &at);
			assert_true(op->consumed > 0);
			done += op->consumed;
		} while (op->status == RECOVERABLE);
		assert_int_equal(op->status, RTE_COMP_OP_STATUS_SUCCESS);
		assert_null(pmd_zlib_check(15, out, at, plain, len));
		pmd_xform_free(xform);
		free(plain);
		free(out);
	}
}

/* The engine says only that it was too small; software alone has a part of it here, too. */
static void
default_codes(void **state)
{
	struct pmd_case *c = *state;
	uint8_t *plain = malloc(3000), *out = malloc(4000);
	const struct rte_comp_op *op;
	uint32_t at = 0;

	assert_true(plain != NULL && out != NULL);
	pmd_data_fill(PMD_TEXT, plain, 3000);
	op = run_part(c, c->compress, plain, 3000, 200, out, &at);
	assert_int_equal(op->status, pmd_env.generation == PMD_SW_ONLY ? RECOVERABLE : TERMINATED);
	free(plain);
	free(out);
}

/* What is recoverable is no error (rte_comp.h), what is terminated is one. */
static void
errors_are_counted(void **state)
{
	struct rte_compressdev_stats stats;
	struct pmd_case *c = *state;
	void *xform = software_xform(1);
	uint8_t plain[500], out[500];
	uint32_t at = 0;

	pmd_data_fill(PMD_TEXT, plain, sizeof(plain));
	rte_compressdev_stats_reset(pmd_dev.id);
	pmd_dev.accepted_before = pmd_dev.accepted;
	pmd_dev.done_before = pmd_dev.done;
	run_part(c, xform, plain, sizeof(plain), 100, out, &at);
	assert_int_equal(rte_compressdev_stats_get(pmd_dev.id, &stats), 0);
	assert_int_equal(stats.dequeue_err_count, 0);
	run_part(c, xform, plain, sizeof(plain), PMD_LEAST_PART - 1, out, &at);
	assert_int_equal(rte_compressdev_stats_get(pmd_dev.id, &stats), 0);
	assert_int_equal(stats.dequeue_err_count, 1);
	assert_int_equal(stats.dequeued_count, 2);
	pmd_xform_free(xform);
}

/* Of all that an xform may ask for, in one burst after the other. */
static void
side_by_side(void **state)
{
	struct pmd_case *c = *state;
	void *xforms[] = {c->compress, software_xform(0), software_xform(1)};

	for (unsigned int i = 0; i < pmd_scaled(600); i++) {
		uint32_t len = pmd_rand_in(0, i % 20 ? 3000 : 200000);
		uint8_t *plain = pmd_data_new(len + 1);
		struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
		struct pmd_job *job;

		if (i % 3 == 0 && len > 0)
			pmd_case_inflate(c, &pmd_zlib_usual, plain, len);
		job = pmd_batch_compress(&c->batch, xforms[i % 3], &shapes, plain, len);
		job->owned = plain;
		if (c->batch.nb > 150)
			pmd_batch_run_reset(&c->batch, 0, pmd_rand_in(1, 64));
	}
	pmd_batch_run_reset(&c->batch, 0, 16);
	pmd_xform_free(xforms[1]);
	pmd_xform_free(xforms[2]);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(every_room),	 PMD_CASE(recovered),	 PMD_CASE(default_codes),
	PMD_CASE(side_by_side), PMD_CASE(errors_are_counted),
};

const struct pmd_group pmd_group_software = {
	.name = "software",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.software = true,
	.no_engine = true,
};
