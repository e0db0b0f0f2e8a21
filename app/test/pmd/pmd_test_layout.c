/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>

#include "pmd_case.h"

/* Adds a compress and a decompress job of len bytes in the shapes given. */
static void
add_both(struct pmd_case *c, const struct pmd_shapes *shapes, uint32_t len)
{
	uint8_t *plain = pmd_data_new(len);
	struct pmd_job *job = pmd_batch_compress(&c->batch, c->compress, shapes, plain, len);
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, len, &in_len);

	job->owned = plain;
	job = pmd_batch_decompress(&c->batch, c->decompress, shapes, in, in_len, plain, len, len);
	job->owned = in;
}

static void
every_offset(void **state)
{
	struct pmd_case *c = *state;
	struct pmd_shapes shapes = pmd_shapes_plain;

	for (uint32_t offset = 0; offset <= 130; offset++) {
		shapes.src.offset = offset;
		shapes.dst.offset = pmd_rand_in(0, 130);
		shapes.src.tail = pmd_rand_in(0, 40);
		add_both(c, &shapes, pmd_rand_in(1, 3000));
	}
	pmd_batch_run(&c->batch, 0, 32);
}

static void
run_mix(struct pmd_case *c, bool src_chain, bool dst_chain)
{
	for (unsigned int i = 0; i < pmd_scaled(100); i++) {
		struct pmd_shapes shapes = pmd_shapes_plain;
		uint32_t len = pmd_rand_in(2, 20000);
		/* At most 100 segments, of the destination of a compression too. */
		uint32_t cut = (pmd_zlib_bound(len) + 5000) / 100 + 1;

		if (src_chain) {
			shapes.src.seg_min = pmd_rand_in(cut, len + cut);
			shapes.src.kind = PMD_SEG_EITHER;
			shapes.src.offset = pmd_rand_in(0, 5000);
		}
		if (dst_chain) {
			shapes.dst.seg_min = pmd_rand_in(cut, len + cut);
			shapes.dst.kind = PMD_SEG_EITHER;
			shapes.dst.offset = pmd_rand_in(0, 5000);
		}
		add_both(c, &shapes, len);
	}
	pmd_batch_run_reset(&c->batch, 0, pmd_rand_in(1, 64));
}

static void
linear_to_linear(void **state)
{
	run_mix(*state, false, false);
}

static void
linear_to_chain(void **state)
{
	run_mix(*state, false, true);
}

static void
chain_to_linear(void **state)
{
	run_mix(*state, true, false);
}

static void
chain_to_chain(void **state)
{
	run_mix(*state, true, true);
}

/* Segments of a few bytes, so that every code and every copy crosses an edge somewhere. */
static void
tiny_segments(void **state)
{
	struct pmd_case *c = *state;

	for (uint32_t size = 1; size <= 16; size++) {
		uint32_t dst_size = size > 4 ? size : 4;
		/* The destination of a compression is the longest chain: 240 segments. */
		uint32_t most = (240 * dst_size - 256) * 7 / 8;
		struct pmd_shapes shapes = {
			.src = {.seg_min = size, .kind = PMD_SEG_EITHER},
			.dst = {.seg_min = dst_size, .kind = PMD_SEG_EITHER},
		};

		if (most > 200 * size)
			most = 200 * size;
		for (unsigned int i = 0; i < pmd_scaled(10); i++)
			add_both(c, &shapes, pmd_rand_in(1, most));
		pmd_batch_run_reset(&c->batch, 0, 16);
	}
}

static void
two_segments_cut_anywhere(void **state)
{
	struct pmd_case *c = *state;
	uint32_t len = 150;

	for (uint32_t cut = 1; cut < len; cut++) {
		struct pmd_shapes shapes = {
			.src = {.seg_min = cut},
			.dst = {.seg_min = 3 * cut},
		};

		add_both(c, &shapes, len);
		if (cut % 40 == 0)
			pmd_batch_run_reset(&c->batch, 0, 16);
	}
	pmd_batch_run(&c->batch, 0, 16);
}

static void
empty_segments(void **state)
{
	struct pmd_case *c = *state;
	struct pmd_shapes shapes = {
		.src = {.seg_min = 100, .seg_max = 900, .empties = true},
		.dst = {.seg_min = 100, .seg_max = 900, .empties = true},
	};

	for (unsigned int i = 0; i < pmd_scaled(100); i++)
		add_both(c, &shapes, pmd_rand_in(1, 8000));
	pmd_batch_run(&c->batch, 0, 16);
}

/* Room for exactly what comes out. */
static void
exact_room(void **state)
{
	struct pmd_case *c = *state;

	for (unsigned int i = 0; i < pmd_scaled(100); i++) {
		uint32_t len = pmd_rand_in(1, 20000);
		uint8_t *plain = pmd_data_new(len);
		struct pmd_job *job;
		uint32_t produced;

		pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, len);
		pmd_batch_run(&c->batch, 0, 1);
		produced = c->batch.jobs[0].op->produced;
		pmd_batch_reset(&c->batch);
		job = pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, len);
		job->dst.room = produced;
		rte_pktmbuf_trim(job->dst.head, (uint16_t)(job->dst.head->pkt_len - produced));
		pmd_batch_run_reset(&c->batch, 0, 1);
		free(plain);
	}
}

/* src.length says where the input ends, not the mbuf. */
static void
bytes_behind_the_stream(void **state)
{
	struct pmd_case *c = *state;

	for (unsigned int i = 0; i < pmd_scaled(60); i++) {
		uint32_t len = pmd_rand_in(1, 5000);
		uint8_t *plain = pmd_data_new(len);
		uint32_t room = pmd_zlib_bound(len) + 40;
		uint8_t *in = malloc(room);
		struct pmd_shapes shapes = pmd_shapes_any(len, len);
		uint32_t slack = pmd_rand_in(1, 40);
		struct pmd_job *job;
		uint32_t in_len;

		assert_non_null(in);
		pmd_data_fill(PMD_RANDOM, in, room);
		in_len = pmd_zlib_deflate(&pmd_zlib_usual, plain, len, in, room - 40);
		job = pmd_batch_decompress(&c->batch, c->decompress, &shapes, in, in_len + slack,
					   plain, len, len);
		job->slack = slack;
		pmd_batch_run_reset(&c->batch, 0, 1);
		free(plain);
		free(in);
	}
}

static void
every_burst(void **state)
{
	struct pmd_case *c = *state;

	for (unsigned int burst = 1; burst <= PMD_BURST_MAX; burst += pmd_rand_in(1, 9)) {
		while (c->batch.nb < burst && c->batch.nb + 2 < PMD_BURST_MAX) {
			uint32_t len = pmd_rand_in(1, 2000);
			struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));

			add_both(c, &shapes, len);
		}
		pmd_batch_run_reset(&c->batch, 0, burst);
	}
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(every_offset),    PMD_CASE(linear_to_linear),
	PMD_CASE(linear_to_chain), PMD_CASE(chain_to_linear),
	PMD_CASE(chain_to_chain),  PMD_CASE(tiny_segments),
	PMD_CASE(empty_segments),  PMD_CASE(two_segments_cut_anywhere),
	PMD_CASE(exact_room),      PMD_CASE(bytes_behind_the_stream),
	PMD_CASE(every_burst),
};

const struct pmd_group pmd_group_layout = {
	.name = "layout",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
};
