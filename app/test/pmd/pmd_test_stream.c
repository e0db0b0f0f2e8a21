/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_stream.h"

/* Of rte_comp_op.debug_status, high half: the guide. */
#define REASON_TRUNCATED 5

/* CRC-32 low, Adler-32 high (compressdev.md 1.8). */
static uint64_t
sums_of(const uint8_t *data, uint32_t length)
{
	return (uint64_t)adler32(1, data, length) << 32 | crc32(0, data, length);
}

static uint32_t
room_of(uint32_t length, const struct pmd_cut *cut)
{
	/* Each op may end a block. */
	return pmd_zlib_bound(length) + 16 * (length + 1) + 4096 + cut->in_max;
}

/* Compresses all of it, in one flow. */
static void
compress_all(struct pmd_case *c, struct pmd_flow *flow, const struct pmd_cut *cut)
{
	pmd_flow_run(c, flow, cut, flow->in_length, RTE_COMP_FLUSH_FINAL);
	assert_int_equal(flow->status, RTE_COMP_OP_STATUS_SUCCESS);
	assert_int_equal(flow->taken, flow->in_length);
	assert_true(flow->ended);
}

static void
compress_and_check(struct pmd_case *c, void *stream, uint32_t length, const struct pmd_cut *cut)
{
	uint8_t *plain = pmd_data_new(length + 1);
	struct pmd_flow flow = {.stream = stream, .in = plain, .in_length = length};

	flow.room = room_of(length, cut);
	flow.out = malloc(flow.room);
	assert_non_null(flow.out);
	compress_all(c, &flow, cut);
	assert_null(pmd_zlib_check(15, flow.out, flow.given, plain, length));
	if (flow.fulls == 0)
		assert_true(flow.chksum == sums_of(plain, length));
	free(flow.out);
	free(plain);
}

static void
decompress_and_check(struct pmd_case *c, void *stream, uint32_t length, const struct pmd_cut *cut,
		     uint32_t slack)
{
	struct pmd_zlib_how how = pmd_zlib_usual;
	uint8_t *plain = pmd_data_new(length + 1), *in;
	struct pmd_flow flow = {.stream = stream, .room = length + cut->out_max + 300};
	uint32_t in_length;

	how.level = (int)pmd_rand_in(0, 9);
	in = pmd_zlib_deflate_new(&how, plain, length, &in_length);
	in = realloc(in, in_length + slack);
	flow.out = malloc(flow.room);
	assert_non_null(in);
	assert_non_null(flow.out);
	pmd_data_fill(PMD_RANDOM, in + in_length, slack);
	flow.in = in;
	flow.in_length = in_length + slack;
	flow.slack = slack;
	pmd_flow_run(c, &flow, cut, flow.in_length, RTE_COMP_FLUSH_FINAL);
	assert_int_equal(flow.status, RTE_COMP_OP_STATUS_SUCCESS);
	assert_int_equal(flow.given, length);
	assert_memory_equal(flow.out, plain, length);
	assert_int_equal(flow.taken, in_length);
	assert_true(flow.chksum == sums_of(plain, length));
	free(flow.out);
	free(in);
	free(plain);
}

/* Lengths that make a few hundred ops of such pieces. */
static uint32_t
length_for(const struct pmd_cut *cut)
{
	uint32_t step = cut->in_max < cut->out_max ? cut->in_max : cut->out_max;
	uint32_t most = step < 20000 ? 100 * step : 2000000;

	return pmd_rand_in(0, most);
}

static const struct pmd_cut cuts[] = {
	{.in_max = 1, .out_max = 1},
	{.in_max = 1, .out_max = 100000, .shapes = true},
	{.in_max = 100000, .out_max = 5},
	{.in_max = 50, .out_max = 50, .shapes = true},
	{.in_max = 300, .out_max = 300, .shapes = true, .full = true},
	{.in_max = 3000, .out_max = 3000},
	{.in_max = 3000, .out_max = 3000, .shapes = true},
	{.in_max = 65000, .out_max = 65000, .shapes = true, .full = true},
	{.in_max = 300000, .out_max = 300000},
	{.in_max = 1048576, .out_max = 1048576, .shapes = true},
	{.in_max = 1048576, .out_max = 70000, .shapes = true},
	{.in_max = 40000, .out_max = 1048576},
};

static void
compressed_in_pieces(void **state)
{
	struct rte_comp_xform xform = pmd_stream_compress();
	void *stream = pmd_stream_new(&xform);

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		for (unsigned int n = 0; n < pmd_scaled(2); n++)
			compress_and_check(*state, stream, length_for(&cuts[i]), &cuts[i]);
	pmd_stream_free(stream);
}

static void
decompressed_in_pieces(void **state)
{
	struct rte_comp_xform xform = pmd_stream_decompress();
	void *stream;

	if (!pmd_stream_has_decompression())
		skip();
	stream = pmd_stream_new(&xform);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		for (unsigned int n = 0; n < pmd_scaled(2); n++)
			decompress_and_check(*state, stream, length_for(&cuts[i]), &cuts[i],
					     n % 2 == 0 ? 0 : pmd_rand_in(1, 20));
	pmd_stream_free(stream);
}

/* Without input, and with a single byte of it. */
static void
smallest_streams(void **state)
{
	static const struct pmd_cut cut = {.in_max = 1, .out_max = 3};
	struct rte_comp_xform xform = pmd_stream_compress();
	void *stream = pmd_stream_new(&xform);

	for (uint32_t length = 0; length < 4; length++)
		for (unsigned int n = 0; n < 8; n++)
			compress_and_check(*state, stream, length, &cut);
	pmd_stream_free(stream);
	if (!pmd_stream_has_decompression())
		return;
	xform = pmd_stream_decompress();
	stream = pmd_stream_new(&xform);
	for (uint32_t length = 0; length < 4; length++)
		for (unsigned int n = 0; n < 8; n++)
			decompress_and_check(*state, stream, length, &cut, n);
	pmd_stream_free(stream);
}

/*
 * What comes after FULL can be decompressed without what was before, which SYNC does not give; and
 * a little without a flush waits.
 */
static void
flush_kinds(void **state)
{
	static const struct pmd_cut cut = {.in_max = 10000, .out_max = 100000};
	struct rte_comp_xform xform = pmd_stream_compress();
	uint8_t *plain = malloc(20000);
	struct pmd_flow flow = {.in = plain, .in_length = 20000, .room = 65536};

	assert_non_null(plain);
	pmd_data_fill(PMD_RANDOM, plain, 10000);
	memcpy(plain + 10000, plain, 10000);
	flow.out = malloc(flow.room);
	assert_non_null(flow.out);
	flow.stream = pmd_stream_new(&xform);
	for (int flush = RTE_COMP_FLUSH_NONE; flush <= RTE_COMP_FLUSH_FULL; flush++) {
		uint32_t first;

		flow.taken = 0;
		flow.given = 0;
		while (flow.taken < 10000)
			pmd_flow_op(*state, &flow, &cut, 10000 - flow.taken,
				    (enum rte_comp_flush_flag)flush);
		first = flow.given;
		while (flow.taken < 20000)
			pmd_flow_op(*state, &flow, &cut, 20000 - flow.taken, RTE_COMP_FLUSH_FINAL);
		assert_int_equal(flow.status, RTE_COMP_OP_STATUS_SUCCESS);
		assert_null(pmd_zlib_check(15, flow.out, flow.given, plain, 20000));
		/* The second half is the first once more. */
		if (flush == RTE_COMP_FLUSH_FULL)
			assert_null(pmd_zlib_check(15, flow.out + first, flow.given - first,
						   plain + 10000, 10000));
		else if (flush == RTE_COMP_FLUSH_SYNC)
			assert_true(flow.given - first < 1000);
		else
			assert_int_equal(first, 0);
	}
	pmd_stream_free(flow.stream);
	free(flow.out);
	free(plain);
}

/* A stream that was cut off ends with an error, and one that is corrupt; the next one is good. */
static void
bad_streams(void **state)
{
	static const struct pmd_cut cut = {.in_max = 4000, .out_max = 4000, .shapes = true};
	struct rte_comp_xform xform = pmd_stream_decompress();
	struct pmd_flow flow = {.room = 200000};
	uint8_t *plain, *in, *out;
	uint32_t in_length;

	if (!pmd_stream_has_decompression())
		skip();
	flow.stream = pmd_stream_new(&xform);
	out = malloc(flow.room);
	assert_non_null(out);
	flow.out = out;
	for (unsigned int n = 0; n < pmd_scaled(30); n++) {
		plain = pmd_data_new(100000);
		in = pmd_zlib_deflate_new(&pmd_zlib_usual, plain, 100000, &in_length);
		flow.in = in;
		flow.in_length = in_length - pmd_rand_in(1, n % 2 == 0 ? 5 : in_length - 1);
		flow.taken = flow.given = 0;
		flow.ended = false;
		pmd_flow_run(*state, &flow, &cut, in_length, RTE_COMP_FLUSH_FINAL);
		assert_int_equal(flow.status, RTE_COMP_OP_STATUS_ERROR);
		assert_int_equal(flow.reason, REASON_TRUNCATED);
		assert_memory_equal(out, plain, flow.given);
		/* A block of a type that there is not, RFC 1951 3.2.3. */
		in[0] |= 6;
		flow.in_length = in_length;
		flow.taken = flow.given = 0;
		pmd_flow_run(*state, &flow, &cut, in_length, RTE_COMP_FLUSH_FINAL);
		assert_int_equal(flow.status, RTE_COMP_OP_STATUS_ERROR);
		assert_int_not_equal(flow.reason, REASON_TRUNCATED);
		free(in);
		free(plain);
		decompress_and_check(*state, flow.stream, 20000, &cut, 0);
	}
	pmd_stream_free(flow.stream);
	free(out);
}

/* On another queue pair each time. */
static void
any_queue_pair(void **state)
{
	static const struct pmd_cut cut = {.in_max = 5000, .out_max = 8000};
	struct rte_comp_xform xform = pmd_stream_compress();
	uint8_t *plain = pmd_data_new(200000);
	struct pmd_flow flow = {.in = plain, .in_length = 200000};

	flow.room = room_of(flow.in_length, &cut);
	flow.out = malloc(flow.room);
	assert_non_null(flow.out);
	flow.stream = pmd_stream_new(&xform);
	while (!flow.ended) {
		pmd_flow_run(*state, &flow, &cut, 5000, RTE_COMP_FLUSH_FINAL);
		assert_int_equal(flow.status, RTE_COMP_OP_STATUS_SUCCESS);
		flow.qp = (flow.qp + 1) % pmd_dev.nb_queues;
	}
	assert_null(pmd_zlib_check(15, flow.out, flow.given, plain, 200000));
	pmd_stream_free(flow.stream);
	free(flow.out);
	free(plain);
}

/* What the driver does in software: fixed codes, and stored blocks. */
static void
software_streams(void **state)
{
	struct rte_comp_xform xform = pmd_stream_compress();
	void *stream;

	for (int level = 0; level < 2; level++) {
		xform.compress.level = level;
		xform.compress.deflate.huffman = RTE_COMP_HUFFMAN_FIXED;
		if (!(pmd_dev.features & RTE_COMP_FF_HUFFMAN_FIXED)) {
			assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &xform, &stream),
					 -ENOTSUP);
			continue;
		}
		stream = pmd_stream_new(&xform);
		for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
			compress_and_check(*state, stream, length_for(&cuts[i]), &cuts[i]);
		pmd_stream_free(stream);
	}
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(compressed_in_pieces), PMD_CASE(decompressed_in_pieces),
	PMD_CASE(smallest_streams),     PMD_CASE(flush_kinds),
	PMD_CASE(bad_streams),          PMD_CASE_MANY(any_queue_pair),
	PMD_CASE(software_streams),
};

const struct pmd_group pmd_group_stream = {
	.name = "stream",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.no_engine = true,
};
