/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Compression into LZ4, which the API has since DPDK 23.03, decoded by liblz4. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <lz4.h>

#include "pmd_case.h"

static struct rte_comp_xform
xform_of(void)
{
	return (struct rte_comp_xform){
		.type = RTE_COMP_COMPRESS,
		.compress = {.algo = RTE_COMP_ALGO_LZ4, .level = 1, .window_size = 16},
	};
}

static void *
create(void)
{
	const struct rte_comp_xform xform = xform_of();
	void *handle = NULL;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &handle), 0);
	return handle;
}

static void
one_block(struct pmd_case *c, void *xform, uint32_t len)
{
	struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
	uint8_t *plain = pmd_data_new(len), *out, *back = malloc(len);
	struct pmd_job *job = pmd_batch_compress(&c->batch, xform, &shapes, plain, len);
	uint32_t produced;

	assert_non_null(back);
	job->any_result = true;
	pmd_batch_run(&c->batch, 0, 1);
	produced = job->op->produced;
	assert_int_equal(job->op->consumed, len);
	out = malloc(produced);
	assert_non_null(out);
	pmd_chain_read(&job->dst, out, produced);
	assert_int_equal(LZ4_decompress_safe((const char *)out, (char *)back, (int)produced,
					     (int)len), len);
	assert_memory_equal(back, plain, len);
	pmd_batch_reset(&c->batch);
	free(out);
	free(back);
	free(plain);
}

static void
blocks(void **state)
{
	void *xform = create();

	for (unsigned int i = 0; i < 200; i++)
		one_block(*state, xform, pmd_rand_in(1, i % 10 == 0 ? 300000 : 5000));
	pmd_xform_free(xform);
}

/* LZ4 and DEFLATE share a queue. */
static void
beside_deflate(void **state)
{
	struct pmd_case *c = *state;
	uint8_t plain[2000] = {0};
	void *xform = create();

	for (unsigned int i = 0; i < 100; i++) {
		struct pmd_job *job = pmd_batch_compress(&c->batch, i % 2 ? xform : c->compress,
							 &pmd_shapes_plain, plain, sizeof(plain));

		job->any_result = i % 2;
	}
	pmd_batch_run_reset(&c->batch, 0, 32);
	pmd_xform_free(xform);
}

static void
out_of_space(void **state)
{
	const struct pmd_shapes shapes = {.dst = {.offset = 50}};
	struct pmd_case *c = *state;
	void *xform = create();
	struct pmd_job *job;
	uint8_t plain[4000];

	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = pmd_rand_in(0, 255);
	job = pmd_batch_compress(&c->batch, xform, &shapes, plain, sizeof(plain));
	job->op->dst.offset = job->op->m_dst->pkt_len - 1000;
	job->want = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
	pmd_batch_run_reset(&c->batch, 0, 1);
	pmd_xform_free(xform);
}

static void
capabilities(void **state)
{
	const struct rte_compressdev_capabilities *lz4 =
		rte_compressdev_capability_get(pmd_dev.id, RTE_COMP_ALGO_LZ4);
	struct rte_compressdev_info info;

	(void)state;
	assert_non_null(lz4);
	assert_int_equal(lz4->window_size.min, 16);
	assert_int_equal(lz4->window_size.max, 16);
	/* LB to SGL, SGL to LB, SGL to SGL, shareable; block independence. */
	assert_true((lz4->comp_feature_flags & RTE_COMP_FF_LZ4_BLOCK_INDEPENDENCE) != 0);
	assert_true((lz4->comp_feature_flags & RTE_COMP_FF_STATEFUL_COMPRESSION) == 0);
	rte_compressdev_info_get(pmd_dev.id, &info);
	assert_int_equal(info.capabilities[0].algo, RTE_COMP_ALGO_DEFLATE);
	assert_int_equal(info.capabilities[2].algo, RTE_COMP_ALGO_UNSPECIFIED);
}

static void
refused(const struct rte_comp_xform *xform, int want)
{
	void *handle = NULL;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, xform, &handle), want);
	assert_null(handle);
}

static void
what_it_is_not(void **state)
{
	struct rte_comp_xform xform = xform_of();
	void *stream = NULL;

	(void)state;
	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &xform, &stream), -ENOTSUP);
	xform.compress.lz4.flags = RTE_COMP_LZ4_FLAG_BLOCK_CHECKSUM;
	refused(&xform, -ENOTSUP);
	xform = xform_of();
	xform.compress.window_size = 15;
	refused(&xform, -ENOTSUP);
	xform = xform_of();
	xform.compress.chksum = RTE_COMP_CHECKSUM_CRC32;
	refused(&xform, -ENOTSUP);
	xform = xform_of();
	xform.compress.level = 10;
	refused(&xform, -EINVAL);
	xform = (struct rte_comp_xform){
		.type = RTE_COMP_DECOMPRESS,
		.decompress = {.algo = RTE_COMP_ALGO_LZ4, .window_size = 16},
	};
	refused(&xform, -ENOTSUP);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(blocks),	PMD_CASE(beside_deflate), PMD_CASE(out_of_space),
	PMD_CASE(capabilities), PMD_CASE(what_it_is_not),
};

const struct pmd_group pmd_group_lz4 = {
	.name = "lz4",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.model_args = "--lz4 on",
	.only_process = true,
};
