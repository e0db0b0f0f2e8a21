/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Capabilities, to the bit: what a device offers it does, what it does not offer it refuses. Of
 * each generation and each way of software.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>

#include "pmd_case.h"
#include "pmd_log.h"

#define NAME "compress_hisi_zip_user7"
#define LEN 20000

/* Devices, and what they offer: RTE_COMP_FF_* as rte_comp.h numbers them. */
struct config {
	const char *args;
	uint64_t flags;
	uint8_t min_window;
	bool no_inflate; /* no API says so: xforms that decompress are refused */
};

/*
 * Streams to compress (1), lists (0x1c), checksums (0xe0), also over packets (0x100), shareable
 * (0x1000), dynamic (0x4000)
 */
#define ENGINE 0x51fd
/* Streams to decompress: of an engine that knows raw DEFLATE, or of software */
#define INFLATE_STREAMS 2
/* Stored blocks (0x800), fixed codes (0x2000), and those streams */
#define SOFTWARE 0x2802

static const struct config configs[] = {
	{"sw=off", ENGINE | INFLATE_STREAMS, 12, false},
	{"sw=on", ENGINE | SOFTWARE, 12, false},
	{"hw=v2,sw=off", ENGINE, 15, true},
	{"hw=v2,sw=off,v2_inflate=hw", ENGINE, 15, false},
	{"hw=v2,sw=on", ENGINE | SOFTWARE, 12, false},
	{"hw=v2,sw=on,v2_inflate=hw", ENGINE | SOFTWARE, 12, false},
	{"sw=only", ENGINE | SOFTWARE, 12, false},
};

/* What a case works with. */
struct caps_case {
	const struct config *config;
	struct pmd_case c;
	uint8_t *plain;
	uint64_t before; /* input_chksum of what is done next */
};

/* Refused, and the log says by whom and what would do. */
static void
refused(const struct rte_comp_xform *xform, const char *field)
{
	size_t mark = pmd_log_mark();
	void *handle = NULL;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, xform, &handle),
			 -ENOTSUP);
	assert_null(handle);
	assert_int_equal(PMD_LOG_COUNT(mark, NAME, field, "valid: "), 1);
}

/* Compresses the data; zlib checks it. Returns its first byte, and sums and length in the op. */
static uint8_t
compress(struct caps_case *caps, const struct rte_comp_xform *xform,
	 const struct pmd_shapes *shapes, struct rte_comp_op *op)
{
	void *handle = pmd_xform_new(xform);
	struct pmd_job *job = pmd_batch_compress(&caps->c.batch, handle, shapes, caps->plain, LEN);
	uint8_t first;

	job->op->input_chksum = caps->before;
	pmd_batch_run(&caps->c.batch, 0, 1);
	pmd_chain_read(&job->dst, &first, 1);
	*op = *job->op;
	pmd_batch_reset(&caps->c.batch);
	pmd_xform_free(handle);
	return first;
}

static void
decompress(struct caps_case *caps, const struct rte_comp_xform *xform,
	   const struct pmd_shapes *shapes, struct rte_comp_op *op)
{
	void *handle = pmd_xform_new(xform);
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(&pmd_zlib_usual, caps->plain, LEN, &in_len);

	pmd_batch_decompress(&caps->c.batch, handle, shapes, in, in_len, caps->plain, LEN, LEN)
		->op->input_chksum = caps->before;
	pmd_batch_run(&caps->c.batch, 0, 1);
	*op = *caps->c.batch.jobs[0].op;
	pmd_batch_reset(&caps->c.batch);
	pmd_xform_free(handle);
	free(in);
}

static void
lists(struct caps_case *caps, uint32_t src_seg, uint32_t dst_seg)
{
	const struct rte_comp_xform out = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, NONE);
	const struct rte_comp_xform in = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);
	const struct pmd_shapes shapes = {.src = {.seg_min = src_seg}, .dst = {.seg_min = dst_seg}};
	struct rte_comp_op op;

	compress(caps, &out, &shapes, &op);
	if (!caps->config->no_inflate)
		decompress(caps, &in, &shapes, &op);
}

static void
lists_to_lists(struct caps_case *caps)
{
	lists(caps, 300, 200);
}

static void
lists_to_flat(struct caps_case *caps)
{
	lists(caps, 300, 0);
}

static void
flat_to_lists(struct caps_case *caps)
{
	lists(caps, 0, 200);
}

static void
sums(struct caps_case *caps, enum rte_comp_checksum_type type)
{
	struct rte_comp_xform out = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, NONE);
	struct rte_comp_xform in = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);
	uint64_t want = pmd_zlib_checksum(type, caps->plain, LEN);
	struct rte_comp_op op;

	out.compress.chksum = type;
	in.decompress.chksum = type;
	compress(caps, &out, &pmd_shapes_plain, &op);
	assert_true(op.output_chksum == want);
	if (caps->config->no_inflate)
		return;
	decompress(caps, &in, &pmd_shapes_plain, &op);
	assert_true(op.output_chksum == want);
}

static void
adler32_sums(struct caps_case *caps)
{
	sums(caps, RTE_COMP_CHECKSUM_ADLER32);
}

static void
crc32_sums(struct caps_case *caps)
{
	sums(caps, RTE_COMP_CHECKSUM_CRC32);
}

static void
both_sums(struct caps_case *caps)
{
	sums(caps, RTE_COMP_CHECKSUM_CRC32_ADLER32);
}

/* A packet behind others: the sum goes on where theirs ended. Without a sum nothing goes on. */
static void
sums_over_packets(struct caps_case *caps)
{
	static const enum rte_comp_checksum_type types[] = {
		RTE_COMP_CHECKSUM_CRC32, RTE_COMP_CHECKSUM_ADLER32, RTE_COMP_CHECKSUM_CRC32_ADLER32,
	};
	struct rte_comp_xform out = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, NONE);
	struct rte_comp_xform in = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);
	uint8_t *all = malloc(3 * LEN);
	struct rte_comp_op op;

	assert_non_null(all);
	for (unsigned int i = 0; i < 3; i++)
		memcpy(all + i * LEN, caps->plain, LEN);
	for (unsigned int i = 0; i < RTE_DIM(types); i++) {
		out.compress.chksum = types[i];
		in.decompress.chksum = types[i];
		compress(caps, &out, &pmd_shapes_plain, &op);
		caps->before = op.output_chksum;
		compress(caps, &out, &pmd_shapes_plain, &op);
		assert_true(op.output_chksum == pmd_zlib_checksum(types[i], all, 2 * LEN));
		caps->before = op.output_chksum;
		if (!caps->config->no_inflate) {
			decompress(caps, &in, &pmd_shapes_plain, &op);
			assert_true(op.output_chksum == pmd_zlib_checksum(types[i], all, 3 * LEN));
		}
		out.compress.chksum = RTE_COMP_CHECKSUM_NONE;
		compress(caps, &out, &pmd_shapes_plain, &op);
		assert_true(op.output_chksum == 0);
		caps->before = 0;
	}
	free(all);
}

/* RFC 1951 3.2.3: bits 2:1 of the first byte are the type of the block. */
static void
block_type(struct caps_case *caps, const struct rte_comp_xform *xform, uint8_t type)
{
	struct rte_comp_op op;

	assert_int_equal(compress(caps, xform, &pmd_shapes_plain, &op) >> 1 & 3, type);
	if (type == 0)
		assert_int_equal(op.produced, LEN + 5);
}

static const struct rte_comp_xform stored = PMD_COMPRESS(DEFLATE, DEFAULT, 0, 15, NONE, NONE);
static const struct rte_comp_xform fixed = PMD_COMPRESS(DEFLATE, FIXED, 1, 15, NONE, NONE);
static const struct rte_comp_xform dynamic = PMD_COMPRESS(DEFLATE, DYNAMIC, 1, 15, NONE, NONE);

static void
stored_blocks(struct caps_case *caps)
{
	block_type(caps, &stored, 0);
}

static void
no_stored_blocks(struct caps_case *caps)
{
	(void)caps;
	refused(&stored, "level");
}

static void
fixed_codes(struct caps_case *caps)
{
	block_type(caps, &fixed, 1);
}

static void
no_fixed_codes(struct caps_case *caps)
{
	(void)caps;
	refused(&fixed, "huffman");
}

static void
dynamic_codes(struct caps_case *caps)
{
	block_type(caps, &dynamic, 2);
}

static void
shared_xform(struct caps_case *caps)
{
	void *handle = pmd_xform_new(&dynamic);

	for (unsigned int i = 0; i < 100; i++)
		pmd_batch_compress(&caps->c.batch, handle, &pmd_shapes_plain, caps->plain, LEN);
	pmd_batch_run_reset(&caps->c.batch, 0, 100);
	pmd_xform_free(handle);
}

/* A stream of one op. */
static void
stream_of(struct caps_case *caps, const struct rte_comp_xform *xform, struct pmd_job *job)
{
	void *stream = NULL;

	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, xform, &stream), 0);
	job->op->op_type = RTE_COMP_OP_STATEFUL;
	job->op->stream = stream;
	pmd_batch_run_reset(&caps->c.batch, 0, 1);
	assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, stream), 0);
}

static void
compress_stream(struct caps_case *caps)
{
	stream_of(caps, &dynamic, pmd_batch_compress(&caps->c.batch, NULL, &pmd_shapes_plain,
						     caps->plain, LEN));
}

static const struct rte_comp_xform inflate = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);

static void
decompress_stream(struct caps_case *caps)
{
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(&pmd_zlib_usual, caps->plain, LEN, &in_len);

	stream_of(caps, &inflate, pmd_batch_decompress(&caps->c.batch, NULL, &pmd_shapes_plain, in,
						       in_len, caps->plain, LEN, LEN));
	free(in);
}

static void
no_decompress_stream(struct caps_case *caps)
{
	size_t mark = pmd_log_mark();
	void *stream = NULL;

	(void)caps;
	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &inflate, &stream), -ENOTSUP);
	assert_null(stream);
	assert_int_equal(PMD_LOG_COUNT(mark, NAME, "type", "valid: "), 1);
}

static void
no_sha1(struct caps_case *caps)
{
	const struct rte_comp_xform xform = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, SHA1);

	(void)caps;
	refused(&xform, "hash_algo");
}

static void
no_sha2(struct caps_case *caps)
{
	const struct rte_comp_xform xform = PMD_DECOMPRESS(DEFLATE, 15, NONE, SHA2_256);

	(void)caps;
	refused(&xform, "hash_algo");
}

/* A flag without a way to ask for it is only looked at. */
struct flag {
	uint64_t flag;
	const char *name;
	void (*offered)(struct caps_case *caps);
	void (*not_offered)(struct caps_case *caps);
};

static const struct flag flags[] = {
	{0x0001, "streams to compress", compress_stream, NULL},
	{0x0002, "streams to decompress", decompress_stream, no_decompress_stream},
	{0x0004, "SGL in, SGL out", lists_to_lists, NULL},
	{0x0008, "SGL in, flat out", lists_to_flat, NULL},
	{0x0010, "flat in, SGL out", flat_to_lists, NULL},
	{0x0020, "Adler-32", adler32_sums, NULL},
	{0x0040, "CRC-32", crc32_sums, NULL},
	{0x0080, "CRC-32 and Adler-32", both_sums, NULL},
	{0x0100, "checksums over packets", sums_over_packets, NULL},
	{0x0200, "SHA-1", NULL, no_sha1},
	{0x0400, "SHA-256", NULL, no_sha2},
	{0x0800, "stored blocks", stored_blocks, no_stored_blocks},
	{0x1000, "shareable xforms", shared_xform, NULL},
	{0x2000, "fixed codes", fixed_codes, no_fixed_codes},
	{0x4000, "dynamic codes", dynamic_codes, NULL},
};

/* Windows that are offered, and those next to them; a larger one to compress is lowered. */
static void
windows(struct caps_case *caps)
{
	struct rte_comp_xform out = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, NONE);
	struct rte_comp_xform in = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);
	uint8_t min = caps->config->min_window;

	assert_int_equal(pmd_dev.window.min, min);
	assert_int_equal(pmd_dev.window.max, 15);
	assert_int_equal(pmd_dev.window.increment, 1);
	for (uint8_t window = min - 1; window <= 16; window++) {
		out.compress.window_size = window;
		in.decompress.window_size = window;
		if (window < min)
			refused(&out, "window_size");
		else
			pmd_xform_free(pmd_xform_new(&out));
		if (window < min || window > 15)
			refused(&in, "window_size");
		else if (caps->config->no_inflate)
			refused(&in, "type");
		else
			pmd_xform_free(pmd_xform_new(&in));
	}
}

static void
one_config(const struct config *config)
{
	struct caps_case caps = {.config = config, .plain = malloc(LEN)};

	print_message("  %s: %#llx, windows %u to 15\n", config->args,
		      (unsigned long long)config->flags, config->min_window);
	assert_non_null(caps.plain);
	pmd_data_fill(PMD_TEXT, caps.plain, LEN);
	assert_int_equal(rte_vdev_init(NAME, config->args), 0);
	pmd_dev_learn(NAME);
	assert_int_equal(pmd_dev.features, config->flags);
	pmd_dev_start(1, 128);
	pmd_batch_open(&caps.c.batch, 128, PMD_CASE_MEMORY);
	windows(&caps);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		bool offered = (config->flags & flags[i].flag) != 0;

		print_message("    %s: %s\n", flags[i].name, offered ? "works" : "refused");
		if (offered)
			flags[i].offered(&caps);
		else
			flags[i].not_offered(&caps);
	}
	pmd_batch_close(&caps.c.batch);
	pmd_dev_stop();
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	free(caps.plain);
}

static void
each_flag(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		one_config(&configs[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_flag),
};

const struct pmd_group pmd_group_caps = {
	.name = "caps",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.only_embedded = true,
	.no_device = true,
};
