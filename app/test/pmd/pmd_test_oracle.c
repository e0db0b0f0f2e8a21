/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>

#include <zlib.h>

#include "pmd_case.h"

static void
corpus_compressed(void **state)
{
	static const int levels[] = {RTE_COMP_LEVEL_PMD_DEFAULT, 1, 9};
	struct pmd_case *c = *state;
	unsigned int nb;
	const struct pmd_blob *blobs = pmd_blobs(&nb);

	for (size_t l = 0; l < sizeof(levels) / sizeof(levels[0]); l++) {
		void *xform = pmd_xform_compress(levels[l], 15, RTE_COMP_HUFFMAN_DYNAMIC);

		for (unsigned int i = 0; i < nb; i++) {
			struct pmd_shapes shapes =
				pmd_shapes_any(blobs[i].len, pmd_zlib_bound(blobs[i].len));

			pmd_batch_compress(&c->batch, xform, &shapes, blobs[i].data,
					   blobs[i].len);
			pmd_batch_run_reset(&c->batch, 0, 1);
		}
		pmd_xform_free(xform);
	}
}

static void
corpus_decompressed(void **state)
{
	struct pmd_case *c = *state;
	struct pmd_zlib_how how = pmd_zlib_usual;
	unsigned int nb;
	const struct pmd_blob *blobs = pmd_blobs(&nb);

	for (how.level = 0; how.level <= 9; how.level++) {
		for (unsigned int i = 0; i < nb; i++) {
			pmd_case_inflate(c, &how, blobs[i].data, blobs[i].len);
			pmd_batch_run_reset(&c->batch, 0, 1);
		}
	}
}

/* The corpus as a storage system would have it: blocks of a few KiB, many in flight. */
static void
corpus_in_blocks(void **state)
{
	struct pmd_case *c = *state;
	unsigned int nb;
	const struct pmd_blob *blobs = pmd_blobs(&nb);
	uint32_t block = 4096 * pmd_rand_in(1, 4);

	for (unsigned int i = 0; i < nb; i++) {
		for (uint32_t at = 0; at < blobs[i].len; at += block) {
			uint32_t len = blobs[i].len - at < block ? blobs[i].len - at : block;

			if (pmd_rand() % pmd_env.scale != 0)
				continue;
			pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain,
					   blobs[i].data + at, len);
			pmd_case_inflate(c, &pmd_zlib_usual, blobs[i].data + at, len);
			if (c->batch.nb >= 500)
				pmd_batch_run_reset(&c->batch, 0, 32);
		}
	}
	pmd_batch_run_reset(&c->batch, 0, 32);
}

static void
all_of_zlib(void **state)
{
	static const int memories[] = {1, 8, 9};
	struct pmd_case *c = *state;
	struct pmd_zlib_how how;

	for (unsigned int i = 0; i < 5 * 10 * 7 * 3; i++) {
		uint32_t len = pmd_rand_in(1, i % 10 == 0 ? 150000 : 9000);
		uint8_t *plain;

		how.strategy = Z_DEFAULT_STRATEGY + (int)(i % 5);
		how.level = (int)(i / 5 % 10);
		how.window = 9 + (int)(i / 50 % 7);
		how.memory = memories[i / 350];
		if (i % 7 != 0 && pmd_rand() % pmd_env.scale != 0)
			continue;
		plain = pmd_data_new(len);
		pmd_case_inflate(c, &how, plain, len);
		pmd_batch_run_reset(&c->batch, 0, 1);
		free(plain);
	}
}

static void
every_level_and_window(void **state)
{
	struct pmd_case *c = *state;

	for (int level = RTE_COMP_LEVEL_PMD_DEFAULT; level <= RTE_COMP_LEVEL_MAX; level++) {
		if (level == RTE_COMP_LEVEL_NONE)
			continue;
		for (int window = pmd_dev.window.min; window <= pmd_dev.window.max; window++) {
			enum rte_comp_huffman huffman = pmd_rand() % 2 ? RTE_COMP_HUFFMAN_DEFAULT :
									 RTE_COMP_HUFFMAN_DYNAMIC;
			void *xform = pmd_xform_compress(level, window, huffman);

			for (int kind = 0; kind < PMD_KINDS; kind++) {
				uint32_t len = pmd_rand_in(1, 100000);
				uint8_t *plain = malloc(len);
				struct pmd_shapes shapes =
					pmd_shapes_any(len, pmd_zlib_bound(len));
				struct pmd_job *job;

				assert_non_null(plain);
				pmd_data_fill((enum pmd_kind)kind, plain, len);
				job = pmd_batch_compress(&c->batch, xform, &shapes, plain, len);
				job->owned = plain;
				job->window = window;
			}
			pmd_batch_run_reset(&c->batch, 0, 8);
			pmd_xform_free(xform);
		}
	}
}

static void
add_pair(struct pmd_case *c, uint32_t len)
{
	uint8_t *plain = pmd_data_new(len);
	struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));
	struct pmd_zlib_how how = pmd_zlib_usual;
	struct pmd_job *job;

	/* What does not compress gets longer, and no longer fits the limit of the output. */
	if (len > PMD_MAX_INPUT - 16384)
		pmd_data_fill(PMD_TEXT, plain, len);
	job = pmd_batch_compress(&c->batch, c->compress, &shapes, plain, len);
	how.level = (int)pmd_rand_in(0, 9);
	/* A stream of data that does not compress is longer than the data, and limited too. */
	pmd_case_inflate(c, &how, plain, len < PMD_MAX_INPUT - 16384 ? len : PMD_MAX_INPUT - 16384);
	job->owned = plain;
}

static void
sizes_small(void **state)
{
	struct pmd_case *c = *state;

	for (uint32_t len = 1; len <= 300; len++)
		add_pair(c, len);
	pmd_batch_run_reset(&c->batch, 0, 64);
}

static void
sizes_medium(void **state)
{
	struct pmd_case *c = *state;

	for (unsigned int i = 0; i < pmd_scaled(300); i++) {
		add_pair(c, pmd_rand_in(1, 1u << pmd_rand_in(9, 17)));
		if (c->batch.nb == 60)
			pmd_batch_run_reset(&c->batch, 0, pmd_rand_in(1, 64));
	}
	pmd_batch_run_reset(&c->batch, 0, 16);
}

static void
sizes_large(void **state)
{
	static const uint32_t sizes[] = {65535, 65536, 65537, 131072, 1048576, PMD_MAX_INPUT};
	struct pmd_case *c = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		add_pair(c, sizes[i]);
		pmd_batch_run_reset(&c->batch, 0, 2);
	}
	for (unsigned int i = 0; i < pmd_scaled(6); i++) {
		add_pair(c, pmd_rand_in(131072, PMD_MAX_INPUT));
		pmd_batch_run_reset(&c->batch, 0, 2);
	}
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(corpus_compressed), PMD_CASE(corpus_decompressed),
	PMD_CASE(corpus_in_blocks),  PMD_CASE(all_of_zlib),
	PMD_CASE(every_level_and_window), PMD_CASE(sizes_small),
	PMD_CASE(sizes_medium),      PMD_CASE(sizes_large),
};

const struct pmd_group pmd_group_oracle = {
	.name = "oracle",
	/* 8 MiB that do not shrink need more output than the engine takes. */
	.software = true,
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};
