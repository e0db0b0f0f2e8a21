/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Preset dictionaries, which the API has since DPDK 25.11, against zlib's. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_case.h"

#define DICT_MAX 65535

static uint8_t dict[DICT_MAX];

static const uint16_t dict_lens[] = {1, 2, 300, 4096, 32767, 32768, 32769, DICT_MAX};

static struct rte_comp_xform
xform_of(enum rte_comp_xform_type type, uint8_t *where, uint16_t len)
{
	struct rte_comp_xform xform = {.type = type};

	if (type == RTE_COMP_COMPRESS) {
		xform.compress.algo = RTE_COMP_ALGO_DEFLATE;
		xform.compress.level = RTE_COMP_LEVEL_PMD_DEFAULT;
		xform.compress.window_size = 15;
		xform.compress.deflate.dictionary = where;
		xform.compress.deflate.dictionary_len = len;
	} else {
		xform.decompress.algo = RTE_COMP_ALGO_DEFLATE;
		xform.decompress.window_size = 15;
		xform.decompress.inflate.dictionary = where;
		xform.decompress.inflate.dictionary_len = len;
	}
	return xform;
}

/* The driver has to have a copy: where the dictionary was is something else afterwards. */
static void *
create(enum rte_comp_xform_type type, uint16_t len)
{
	uint8_t *where = malloc(len);
	struct rte_comp_xform xform = xform_of(type, where, len);
	void *handle = NULL;

	assert_non_null(where);
	memcpy(where, dict, len);
	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &handle), 0);
	memset(where, 0xee, len);
	free(where);
	return handle;
}

/* Pieces of the dictionary. */
static uint8_t *
new_plain(uint16_t dict_len, uint32_t len)
{
	uint8_t *plain = malloc(len);

	assert_non_null(plain);
	for (uint32_t at = 0, n; at < len; at += n) {
		n = RTE_MIN(pmd_rand_in(1, 300), RTE_MIN(len - at, (uint32_t)dict_len));
		memcpy(plain + at, dict + pmd_rand_in(0, dict_len - n), n);
	}
	return plain;
}

static void
check_with_zlib(uint16_t dict_len, uint8_t *in, uint32_t in_len, const uint8_t *plain,
		uint32_t plain_len)
{
	uint8_t *out = malloc(plain_len + 1);
	z_stream z = {.next_in = in, .avail_in = in_len, .next_out = out,
		      .avail_out = plain_len + 1};

	assert_non_null(out);
	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	assert_int_equal(inflateSetDictionary(&z, dict, dict_len), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	assert_int_equal(z.total_out, plain_len);
	assert_memory_equal(out, plain, plain_len);
	inflateEnd(&z);
	free(out);
}

/* Compresses, has zlib decode it, and decompresses it again. */
static void
there_and_back(struct pmd_case *c, void *compress, void *decompress, uint16_t dict_len,
	       uint32_t len)
{
	uint8_t *plain = new_plain(dict_len, len), *out;
	struct pmd_shapes shapes;
	uint32_t produced;

	out = pmd_case_compress_new(c, compress, plain, len, &produced);
	check_with_zlib(dict_len, out, produced, plain, len);
	shapes = pmd_shapes_any(produced, len);
	pmd_batch_decompress(&c->batch, decompress, &shapes, out, produced, plain, len, len);
	pmd_batch_run_reset(&c->batch, 0, 1);
	free(out);
	free(plain);
}

static void
dictionaries_of_all_lengths(void **state)
{
	for (size_t i = 0; i < RTE_DIM(dict_lens); i++) {
		void *compress = create(RTE_COMP_COMPRESS, dict_lens[i]);
		void *decompress = create(RTE_COMP_DECOMPRESS, dict_lens[i]);

		for (unsigned int n = 0; n < 20; n++)
			there_and_back(*state, compress, decompress, dict_lens[i],
				       pmd_rand_in(1, n % 5 == 0 ? 200000 : 3000));
		pmd_xform_free(compress);
		pmd_xform_free(decompress);
	}
}

/* The rest of the data would be compressed with the dictionary again: no part is of use. */
static void
out_of_space_is_final(void **state)
{
	void *compress = create(RTE_COMP_COMPRESS, 1000);

	pmd_case_out_of_space(*state, compress);
	pmd_xform_free(compress);
}

/* Without a length there is none, whatever the pointer. */
static void
no_dictionary_is_the_engines(void **state)
{
	struct rte_comp_xform xform = xform_of(RTE_COMP_COMPRESS, dict, 0);
	struct pmd_case *c = *state;
	uint8_t plain[100] = {0};
	void *handle = NULL;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &handle), 0);
	pmd_batch_compress(&c->batch, handle, &pmd_shapes_plain, plain, sizeof(plain));
	pmd_batch_run_reset(&c->batch, 0, 1);
	pmd_xform_free(handle);
}

/* What dpdk-test-compress-perf gives where it is told of none; other compressors make use of it. */
static void
zeros(void **state)
{
	struct pmd_case *c = *state;
	uint8_t plain[5000] = {0}, packed[100];
	void *compress, *decompress;
	z_stream z = {.next_in = plain, .avail_in = sizeof(plain), .next_out = packed,
		      .avail_out = sizeof(packed)};

	memset(dict, 0, sizeof(dict));
	compress = create(RTE_COMP_COMPRESS, 32768);
	decompress = create(RTE_COMP_DECOMPRESS, 32768);
	/* A stream that zlib decodes without a dictionary. */
	pmd_batch_compress(&c->batch, compress, &pmd_shapes_plain, plain, sizeof(plain));
	pmd_batch_run_reset(&c->batch, 0, 1);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflateSetDictionary(&z, dict, 32768), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	pmd_batch_decompress(&c->batch, decompress, &pmd_shapes_plain, packed, z.total_out, plain,
			     sizeof(plain), sizeof(plain));
	pmd_batch_run_reset(&c->batch, 0, 1);
	pmd_xform_free(compress);
	pmd_xform_free(decompress);
}

static void
no_streams(void **state)
{
	struct rte_comp_xform xform = xform_of(RTE_COMP_COMPRESS, dict, 10);
	void *stream = NULL;

	(void)state;
	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &xform, &stream), -ENOTSUP);
	xform = xform_of(RTE_COMP_DECOMPRESS, dict, 10);
	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &xform, &stream), -ENOTSUP);
	assert_null(stream);
}

static void
refused_without_software(void **state)
{
	struct rte_comp_xform xform = xform_of(RTE_COMP_COMPRESS, dict, 10);
	void *handle = NULL;

	(void)state;
	dict[5] = 1;
	assert_int_equal(pmd_dev_detach(), 0);
	assert_int_equal(pmd_dev_attach("sw=off"), 0);
	pmd_dev_start(1, 64);
	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &handle),
			 -ENOTSUP);
	xform = xform_of(RTE_COMP_DECOMPRESS, dict, 10);
	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &xform, &handle),
			 -ENOTSUP);
	assert_null(handle);
	memset(dict, 0, sizeof(dict));
	pmd_xform_free(create(RTE_COMP_COMPRESS, 32768));
	pmd_xform_free(create(RTE_COMP_DECOMPRESS, 32768));
	pmd_dev_stop();
}

static int
fill_dict(void **state)
{
	for (size_t i = 0; i < sizeof(dict); i++)
		dict[i] = pmd_rand_in(0, 255);
	return pmd_case_open(state);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(dictionaries_of_all_lengths, fill_dict, pmd_case_close),
	cmocka_unit_test_setup_teardown(out_of_space_is_final, fill_dict, pmd_case_close),
	PMD_CASE(no_dictionary_is_the_engines),
	PMD_CASE(zeros),
	PMD_CASE(no_streams),
	cmocka_unit_test(refused_without_software),
};

const struct pmd_group pmd_group_dict = {
	.name = "dict",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.software = true,
	.no_count = true,
};
