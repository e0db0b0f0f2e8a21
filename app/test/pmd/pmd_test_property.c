/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Operations made by chance, thousands in a run, each judged by zlib: what holds for all of them,
 * rather than what a case was written for.
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_case.h"

#define OPS 20000u
#define BATCH 64u
/* Where the machine is busy there are fewer, but never less than these. */
#define MOST_MS 20000u
#define LEAST_OPS 4000u
#define XFORMS 24u

/* An xform, and what it asks for. */
struct any_xform {
	void *handle;
	int window;
	enum rte_comp_checksum_type checksum;
};

/* What the job's own fields do not say. */
struct expectation {
	enum rte_comp_checksum_type checksum;
	bool short_of_room; /* the destination may be too small */
};

struct property {
	struct pmd_case *c;
	struct any_xform compress[XFORMS];
	struct any_xform decompress[XFORMS];
	struct expectation want[BATCH];
	unsigned int seen[RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE + 1];
};

static enum rte_comp_checksum_type
any_checksum(void)
{
	static const enum rte_comp_checksum_type types[] = {
		RTE_COMP_CHECKSUM_NONE, RTE_COMP_CHECKSUM_CRC32, RTE_COMP_CHECKSUM_ADLER32,
		RTE_COMP_CHECKSUM_CRC32_ADLER32,
	};

	return types[pmd_rand() % 4];
}

/* The first is one that an engine of either generation does, whatever comes by chance. */
static void
make_compress(struct any_xform *any, bool first)
{
	const bool software = pmd_env.software;
	struct rte_comp_xform xform = {
		.type = RTE_COMP_COMPRESS,
		.compress = {
			.algo = RTE_COMP_ALGO_DEFLATE,
			.deflate.huffman = pmd_rand() % 2 ? RTE_COMP_HUFFMAN_DEFAULT :
							    RTE_COMP_HUFFMAN_DYNAMIC,
			.level = (int)pmd_rand_in(software && !first ? 0 : 1, 9),
		},
	};

	if (software && !first && pmd_rand() % 4 == 0)
		xform.compress.deflate.huffman = RTE_COMP_HUFFMAN_FIXED;
	any->window = (int)pmd_rand_in(first ? pmd_dev.window.max : pmd_dev.window.min,
				       pmd_dev.window.max);
	any->checksum = any_checksum();
	xform.compress.window_size = (uint8_t)any->window;
	xform.compress.chksum = any->checksum;
	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &any->handle),
			 0);
}

static void
make_decompress(struct any_xform *any)
{
	struct rte_comp_xform xform = {
		.type = RTE_COMP_DECOMPRESS,
		.decompress = {.algo = RTE_COMP_ALGO_DEFLATE, .window_size = 15},
	};

	any->checksum = any_checksum();
	xform.decompress.chksum = any->checksum;
	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &any->handle),
			 0);
}

static uint32_t
any_length(void)
{
	const uint32_t least = pmd_env.software && pmd_rand() % 16 == 0 ? 0 : 1;

	return pmd_rand_in(least, 1u << pmd_rand_in(0, pmd_rand() % 16 ? 14 : 18));
}

/* Rebuilds the destination of a job for the room that there is. */
static void
set_room(struct property *p, struct pmd_job *job, uint32_t room)
{
	struct pmd_shape shape = pmd_shape_any(room);

	shape.tail = 0;
	pmd_chain_free(&job->dst);
	pmd_chain_build(&p->c->batch.arena, &shape, room, &job->dst);
	job->op->m_dst = job->dst.head;
	job->op->dst.offset = job->dst.offset;
}

static void
add_compress(struct property *p, struct expectation *want)
{
	const struct any_xform *any = &p->compress[pmd_rand() % XFORMS];
	uint32_t len = any_length();
	struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
	uint8_t *plain = pmd_data_new(len + 1);
	struct pmd_job *job = pmd_batch_compress(&p->c->batch, any->handle, &shapes, plain, len);

	job->owned = plain;
	job->window = any->window;
	job->op->flush_flag = pmd_rand() % 2 ? RTE_COMP_FLUSH_FULL : RTE_COMP_FLUSH_FINAL;
	want->checksum = any->checksum;
	want->short_of_room = pmd_rand() % 4 == 0;
	if (want->short_of_room)
		set_room(p, job, pmd_rand_in(1, pmd_rand() % 2 ? 64 : len + 64));
}

/* Bits turned over, bytes lost at the end, bytes of something else. @return the new length */
static uint32_t
spoil(uint8_t *in, uint32_t len)
{
	uint32_t bit;

	switch (pmd_rand() % 3) {
	case 0:
		return len > 1 ? pmd_rand_in(1, len - 1) : len;
	case 1:
		for (uint32_t n = pmd_rand_in(1, 4); n > 0; n--) {
			/* The code lengths stand at the beginning. */
			bit = pmd_rand_in(0, 8 * (pmd_rand() % 2 && len > 80 ? 80 : len) - 1);
			in[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		return len;
	default:
		bit = pmd_rand_in(0, len - 1);
		pmd_data_fill(PMD_RANDOM, in + bit, len - bit);
		return len;
	}
}

static uint8_t *
any_stream(uint32_t *in_len, uint32_t *plain_len)
{
	static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
					 Z_FIXED};
	const struct pmd_zlib_how how = {
		.level = (int)pmd_rand_in(0, 9),
		.window = (int)pmd_rand_in(9, 15),
		.memory = (int)pmd_rand_in(1, 9),
		.strategy = strategies[pmd_rand() % 5],
	};
	uint32_t len = any_length();
	uint8_t *plain = pmd_data_new(len + 1);
	uint8_t *in = pmd_zlib_deflate_new(&how, plain, len, in_len);

	free(plain);
	*plain_len = len;
	return in;
}

/* What zlib says of the bytes is what the device must say. */
static void
add_decompress(struct property *p, struct expectation *want)
{
	const struct any_xform *any = &p->decompress[pmd_rand() % XFORMS];
	uint32_t in_len, plain_len, room, out_len, consumed;
	uint8_t *in = any_stream(&in_len, &plain_len);
	enum pmd_zlib_verdict verdict;
	struct pmd_shapes shapes;
	struct pmd_job *job;
	const bool spoilt = pmd_rand() % 3 == 0;
	uint8_t *plain;

	if (spoilt)
		in_len = spoil(in, in_len);
	room = pmd_rand() % 8 == 0 ? pmd_rand_in(1, plain_len + 1) :
		plain_len + pmd_rand_in(plain_len == 0, 500);
	/* The stream is kept behind what zlib makes of it. */
	plain = malloc((size_t)room + in_len);
	assert_non_null(plain);
	verdict = pmd_zlib_inflate(in, in_len, plain, room, &out_len, &consumed);
	memcpy(plain + room, in, in_len);
	free(in);
	shapes = pmd_shapes_any(in_len, room);
	job = pmd_batch_decompress(&p->c->batch, any->handle, &shapes, plain + room, in_len, plain,
				   out_len, room);
	job->owned = plain;
	job->slack = in_len - consumed;
	job->any_result = verdict == PMD_ZLIB_INCOMPLETE_CODE;
	if (verdict != PMD_ZLIB_WHOLE)
		job->want = RTE_COMP_OP_STATUS_ERROR;
	want->checksum = any->checksum;
	want->short_of_room = verdict == PMD_ZLIB_FULL;
	/* Where it was spoilt, what follows may be wrong, too. */
	if (verdict == PMD_ZLIB_FULL && !spoilt)
		job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
}

/* What was made before the room was full is the beginning of what was asked for. */
static void
check_recoverable(const struct pmd_job *job)
{
	const struct rte_comp_op *op = job->op;
	uint8_t *out = malloc((size_t)op->produced + 1), *back = malloc((size_t)job->plain_len + 1);
	const uint8_t *plain = out;
	uint32_t len = op->produced, consumed;

	assert_non_null(out);
	assert_non_null(back);
	assert_true(op->produced <= job->dst.room && op->consumed <= job->in_len);
	pmd_chain_read(&job->dst, out, op->produced);
	if (job->compress) {
		assert_true(op->consumed < job->plain_len);
		assert_int_not_equal(pmd_zlib_inflate(out, op->produced, back, job->plain_len, &len,
						      &consumed), PMD_ZLIB_CORRUPT);
		assert_int_equal(len, op->consumed);
		plain = back;
	}
	assert_memory_equal(plain, job->plain, len);
	free(out);
	free(back);
}

/* Fits the job's expectation to what may also be right. */
static void
widen(struct pmd_job *job, const struct expectation *want)
{
	const uint8_t status = job->op->status;

	if (job->any_result)
		job->want = status;
	if (!want->short_of_room)
		return;
	if (status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED ||
	    status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)
		job->want = status;
	if (status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)
		check_recoverable(job);
}

static void
run_batch(struct property *p)
{
	struct pmd_batch *batch = &p->c->batch;

	assert_int_equal(pmd_batch_turns(batch, 0, pmd_rand_in(1, BATCH)), 0);
	for (unsigned int i = 0; i < batch->nb; i++)
		widen(&batch->jobs[i], &p->want[i]);
	pmd_batch_check(batch);
	for (unsigned int i = 0; i < batch->nb; i++) {
		const struct pmd_job *job = &batch->jobs[i];

		assert_true(job->op->status <= RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE);
		p->seen[job->op->status]++;
		if (job->op->status == RTE_COMP_OP_STATUS_SUCCESS && !job->any_result &&
		    p->want[i].checksum != RTE_COMP_CHECKSUM_NONE)
			assert_true(job->op->output_chksum ==
				    pmd_zlib_checksum(p->want[i].checksum, job->plain,
						      job->plain_len));
	}
	pmd_batch_reset(batch);
}

static void
stateless(void **state)
{
	struct property p = {.c = *state};
	uint64_t begin = pmd_now_ms();
	unsigned int done = 0;

	for (unsigned int i = 0; i < XFORMS; i++) {
		make_compress(&p.compress[i], i == 0);
		make_decompress(&p.decompress[i]);
	}
	while (done < pmd_scaled(LEAST_OPS) ||
	       (done < pmd_scaled(OPS) && pmd_now_ms() - begin < MOST_MS)) {
		for (unsigned int i = pmd_rand_in(0, BATCH - 1); i < BATCH; i++, done++) {
			struct expectation *want = &p.want[p.c->batch.nb];

			if (pmd_rand() % 2)
				add_compress(&p, want);
			else
				add_decompress(&p, want);
		}
		run_batch(&p);
	}
	for (unsigned int i = 0; i < XFORMS; i++) {
		pmd_xform_free(p.compress[i].handle);
		pmd_xform_free(p.decompress[i].handle);
	}
	pmd_env_print_result();
	printf("%u ops by chance: %u good, %u errors, %u out of space, %u recoverable, in %u ms\n",
	       done, p.seen[RTE_COMP_OP_STATUS_SUCCESS], p.seen[RTE_COMP_OP_STATUS_ERROR],
	       p.seen[RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED],
	       p.seen[RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE],
	       (unsigned int)(pmd_now_ms() - begin));
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(stateless),
};

const struct pmd_group pmd_group_property = {
	.name = "property",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};

const struct pmd_group pmd_group_property_sw = {
	.name = "property-sw",
	.software = true,
	/* Ops of both sides are mixed by chance. */
	.no_engine = true,
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};
