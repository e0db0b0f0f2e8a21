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

	return pmd_xform_new(&xform);
}

static void
one_block(struct pmd_case *c, void *xform, uint32_t len)
{
	uint8_t *plain = pmd_data_new(len), *out, *back = malloc(len);
	uint32_t produced;

	assert_non_null(back);
	out = pmd_case_compress_new(c, xform, plain, len, &produced);
	assert_int_equal(LZ4_decompress_safe((const char *)out, (char *)back, (int)produced,
					     (int)len), len);
	assert_memory_equal(back, plain, len);
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
	void *xform = create();

	pmd_case_out_of_space(*state, xform);
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
	.devargs = "lz4=on",
};
