/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_case.h"

#define OUT_OF_SPACE RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED

/* In a chain or in one piece, so that every edge of the input is one of a segment too. */
static struct pmd_shapes
shapes_for_errors(uint32_t in_len)
{
	struct pmd_shapes shapes = pmd_shapes_plain;

	if (pmd_env.transport != PMD_FOREIGN && pmd_rand() % 2) {
		shapes.src.seg_min = pmd_rand_in(in_len / 50 + 1, in_len + 1);
		shapes.dst.seg_min = pmd_rand_in(300, 2000);
	}
	shapes.dst.offset = pmd_rand_in(0, 1) * pmd_rand_in(1, 100);
	return shapes;
}

/* Every truncation of a stream is an error, whatever bytes lie behind it. */
static void
run_truncations(struct pmd_case *c, const struct pmd_zlib_how *how, uint32_t len)
{
	uint8_t *plain = malloc(len);
	uint32_t in_len;
	uint8_t *in;

	assert_non_null(plain);
	pmd_data_fill(PMD_TEXT, plain, len);
	in = pmd_zlib_deflate_new(how, plain, len, &in_len);
	for (uint32_t cut = 1; cut < in_len; cut++) {
		struct pmd_shapes shapes = shapes_for_errors(cut);
		struct pmd_job *job;

		if (pmd_env.scale > 1 && cut > 40 && cut + 40 < in_len &&
		    pmd_rand() % pmd_env.scale != 0)
			continue;
		job = pmd_batch_decompress(&c->batch, c->decompress, &shapes, in, cut, plain, len,
					   len + pmd_rand_in(0, 1) * 300);
		job->want = RTE_COMP_OP_STATUS_ERROR;
		if (c->batch.nb == 500)
			pmd_batch_run_reset(&c->batch, 0, 64);
	}
	pmd_batch_run_reset(&c->batch, 0, 64);
	free(plain);
	free(in);
}

static void
truncated_fixed(void **state)
{
	const struct pmd_zlib_how how = {6, 15, 8, Z_FIXED};

	run_truncations(*state, &how, 3000);
}

static void
truncated_dynamic(void **state)
{
	const struct pmd_zlib_how how = {9, 15, 8, Z_DEFAULT_STRATEGY};

	run_truncations(*state, &how, 6000);
}

static void
truncated_stored(void **state)
{
	const struct pmd_zlib_how how = {0, 15, 8, Z_DEFAULT_STRATEGY};

	run_truncations(*state, &how, 700);
}

/* No engine takes an op without input: it is refused, or an error of software. */
static void
truncated_to_nothing(void **state)
{
	struct pmd_case *c = *state;
	uint8_t plain[10] = {0}, in = 0;
	struct pmd_job *job = pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, &in,
						   0, plain, sizeof(plain), sizeof(plain));
	struct rte_comp_op *op = job->op;

	if (rte_compressdev_enqueue_burst(pmd_dev.id, 0, &op, 1) == 0) {
		assert_int_equal(op->status, RTE_COMP_OP_STATUS_INVALID_ARGS);
	} else {
		pmd_dev.accepted++;
		pmd_dev.by_software++;
		assert_int_equal(pmd_batch_dequeue(&c->batch, 0, 1), 0);
		assert_int_equal(op->status, RTE_COMP_OP_STATUS_ERROR);
	}
	pmd_batch_reset(&c->batch);
}

/* What zlib says of the bytes is what the device must say. */
static void
add_judged(struct pmd_case *c, uint8_t *in, uint32_t in_len, uint32_t room)
{
	struct pmd_shapes shapes = shapes_for_errors(in_len);
	uint8_t *plain = malloc(room);
	uint32_t consumed;
	struct pmd_job *job;
	uint32_t len;
	enum pmd_zlib_verdict verdict;

	assert_non_null(plain);
	verdict = pmd_zlib_inflate(in, in_len, plain, room, &len, &consumed);
	job = pmd_batch_decompress(&c->batch, c->decompress, &shapes, in, in_len, plain, len,
				   room);
	job->owned = plain;
	job->slack = in_len - consumed;
	job->any_result = verdict == PMD_ZLIB_INCOMPLETE_CODE;
	if (verdict != PMD_ZLIB_WHOLE && verdict != PMD_ZLIB_FULL)
		job->want = RTE_COMP_OP_STATUS_ERROR;
	else if (verdict == PMD_ZLIB_FULL)
		job->want = OUT_OF_SPACE;
}

static void
run_judged(struct pmd_case *c)
{
	assert_int_equal(pmd_batch_turns(&c->batch, 0, 64), 0);
	for (unsigned int i = 0; i < c->batch.nb; i++) {
		struct pmd_job *job = &c->batch.jobs[i];

		/* With the room used up, an error behind it may be seen first. */
		if (job->want == OUT_OF_SPACE && job->op->status == RTE_COMP_OP_STATUS_ERROR)
			job->want = RTE_COMP_OP_STATUS_ERROR;
		if (job->any_result)
			job->want = job->op->status;
	}
	pmd_batch_check(&c->batch);
	pmd_batch_reset(&c->batch);
}

static void
corrupted(void **state)
{
	static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE};
	struct pmd_case *c = *state;

	for (unsigned int round = 0; round < pmd_scaled(40); round++) {
		struct pmd_zlib_how how = pmd_zlib_usual;
		uint32_t len = pmd_rand_in(1, 3000);
		uint8_t *plain = pmd_data_new(len);
		uint8_t *bad[100];
		uint32_t in_len;
		uint8_t *in;

		how.strategy = strategies[round % 4];
		how.level = (int)pmd_rand_in(0, 9);
		in = pmd_zlib_deflate_new(&how, plain, len, &in_len);
		for (unsigned int i = 0; i < 100; i++) {
			/* Half of them in the header, where the code lengths are. */
			uint32_t most = i % 2 && in_len > 80 ? 80 : in_len;

			bad[i] = malloc(in_len);
			assert_non_null(bad[i]);
			memcpy(bad[i], in, in_len);
			for (uint32_t n = pmd_rand_in(1, 3); n > 0; n--) {
				uint32_t bit = pmd_rand_in(0, 8 * most - 1);

				bad[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
			}
			add_judged(c, bad[i], in_len, len + pmd_rand_in(0, 400));
		}
		run_judged(c);
		for (unsigned int i = 0; i < 100; i++)
			free(bad[i]);
		free(in);
		free(plain);
	}
}

static void
garbage(void **state)
{
	struct pmd_case *c = *state;
	uint8_t *in = malloc(500 * 64);

	assert_non_null(in);
	for (unsigned int round = 0; round < pmd_scaled(10); round++) {
		pmd_data_fill(PMD_RANDOM, in, 500 * 64);
		for (uint32_t i = 0; i < 500; i++)
			add_judged(c, in + i * 64, pmd_rand_in(1, 64), pmd_rand_in(1, 3000));
		run_judged(c);
	}
	free(in);
}

/* Every destination that is too small, down to one byte. */
static void
inflate_out_of_space(void **state)
{
	struct pmd_case *c = *state;
	const uint32_t len = 400;
	uint8_t *plain = malloc(len);
	uint32_t in_len;
	uint8_t *in;

	assert_non_null(plain);
	pmd_data_fill(PMD_TEXT, plain, len);
	in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, len, &in_len);
	for (uint32_t room = 1; room < len; room++) {
		struct pmd_shapes shapes = shapes_for_errors(in_len);
		struct pmd_job *job = pmd_batch_decompress(&c->batch, c->decompress, &shapes, in,
							   in_len, plain, len, room);

		job->want = OUT_OF_SPACE;
	}
	pmd_batch_run_reset(&c->batch, 0, 64);
	free(plain);
	free(in);
}

static void
deflate_out_of_space(void **state)
{
	struct pmd_case *c = *state;
	const uint32_t len = 900;
	uint8_t *plain = malloc(len);
	uint32_t needed;

	assert_non_null(plain);
	for (int kind = 0; kind < PMD_KINDS; kind++) {
		pmd_data_fill((enum pmd_kind)kind, plain, len);
		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, len);
		pmd_batch_run(&c->batch, 0, 1);
		needed = c->batch.jobs[0].op->produced;
		pmd_batch_reset(&c->batch);
		for (uint32_t room = 1; room < needed; room += room < 50 ? 1 : pmd_rand_in(1, 20)) {
			struct pmd_shapes shapes = shapes_for_errors(len);
			struct pmd_job *job = pmd_batch_compress(&c->batch, c->compress, &shapes,
								 plain, len);

			pmd_batch_set_room(&c->batch, job, &shapes.dst, room);
			job->want = pmd_env.generation == PMD_SW_ONLY && room >= PMD_LEAST_PART ?
					    RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE :
					    OUT_OF_SPACE;
		}
		assert_int_equal(pmd_batch_turns(&c->batch, 0, 64), 0);
		/* A better code for the room there is would do too. */
		for (unsigned int i = 0; i < c->batch.nb; i++) {
			if (c->batch.jobs[i].op->status == RTE_COMP_OP_STATUS_SUCCESS)
				c->batch.jobs[i].want = RTE_COMP_OP_STATUS_SUCCESS;
		}
		pmd_batch_check(&c->batch);
		pmd_batch_reset(&c->batch);
	}
	free(plain);
}

/* After errors of all kinds a queue works as before. */
static void
good_after_bad(void **state)
{
	struct pmd_case *c = *state;
	uint8_t bad[] = {0x07, 0x00, 0xff}; /* block type 3 does not exist (RFC 1951, 3.2.3) */
	uint32_t len = 2000;
	uint8_t *plain = pmd_data_new(len);

	for (unsigned int i = 0; i < 200; i++) {
		struct pmd_job *job;

		if (i % 3 != 0) {
			pmd_case_inflate(c, &pmd_zlib_usual, plain, len);
			continue;
		}
		job = pmd_batch_decompress(&c->batch, c->decompress, &pmd_shapes_plain, bad,
					   sizeof(bad), plain, len, len);
		job->want = RTE_COMP_OP_STATUS_ERROR;
	}
	pmd_batch_run_reset(&c->batch, 0, 32);
	free(plain);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(truncated_fixed),      PMD_CASE(truncated_dynamic),
	PMD_CASE(truncated_stored),     PMD_CASE(truncated_to_nothing),
	PMD_CASE(corrupted),            PMD_CASE(garbage),
	PMD_CASE(inflate_out_of_space), PMD_CASE(deflate_out_of_space),
	PMD_CASE(good_after_bad),
};

const struct pmd_group pmd_group_errors = {
	.name = "errors",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};
