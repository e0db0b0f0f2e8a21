/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pmd_caps.h"
#include "pmd_log.h"

#define NAME PMD_CAPS_NAME
#define LEN  PMD_CAPS_LEN

void
pmd_caps_refused(const struct rte_comp_xform *xform, const char *field)
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
compress(struct pmd_caps_case *caps, const struct rte_comp_xform *xform,
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
decompress(struct pmd_caps_case *caps, const struct rte_comp_xform *xform,
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
lists(struct pmd_caps_case *caps, uint32_t src_seg, uint32_t dst_seg)
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
lists_to_lists(struct pmd_caps_case *caps)
{
	lists(caps, 300, 200);
}

static void
lists_to_flat(struct pmd_caps_case *caps)
{
	lists(caps, 300, 0);
}

static void
flat_to_lists(struct pmd_caps_case *caps)
{
	lists(caps, 0, 200);
}

static void
sums(struct pmd_caps_case *caps, enum rte_comp_checksum_type type)
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
adler32_sums(struct pmd_caps_case *caps)
{
	sums(caps, RTE_COMP_CHECKSUM_ADLER32);
}

static void
crc32_sums(struct pmd_caps_case *caps)
{
	sums(caps, RTE_COMP_CHECKSUM_CRC32);
}

static void
both_sums(struct pmd_caps_case *caps)
{
	sums(caps, RTE_COMP_CHECKSUM_CRC32_ADLER32);
}

/* A packet behind others: the sum goes on where theirs ended. Without a sum nothing goes on. */
static void
sums_over_packets(struct pmd_caps_case *caps)
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
block_type(struct pmd_caps_case *caps, const struct rte_comp_xform *xform, uint8_t type)
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
stored_blocks(struct pmd_caps_case *caps)
{
	block_type(caps, &stored, 0);
}

static void
no_stored_blocks(struct pmd_caps_case *caps)
{
	(void)caps;
	pmd_caps_refused(&stored, "level");
}

static void
fixed_codes(struct pmd_caps_case *caps)
{
	block_type(caps, &fixed, 1);
}

static void
no_fixed_codes(struct pmd_caps_case *caps)
{
	(void)caps;
	pmd_caps_refused(&fixed, "huffman");
}

static void
dynamic_codes(struct pmd_caps_case *caps)
{
	block_type(caps, &dynamic, 2);
}

static void
shared_xform(struct pmd_caps_case *caps)
{
	void *handle = pmd_xform_new(&dynamic);

	for (unsigned int i = 0; i < 100; i++)
		pmd_batch_compress(&caps->c.batch, handle, &pmd_shapes_plain, caps->plain, LEN);
	pmd_batch_run_reset(&caps->c.batch, 0, 100);
	pmd_xform_free(handle);
}

/* A stream of one op. */
static void
stream_of(struct pmd_caps_case *caps, const struct rte_comp_xform *xform, struct pmd_job *job)
{
	void *stream = NULL;

	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, xform, &stream), 0);
	job->op->op_type = RTE_COMP_OP_STATEFUL;
	job->op->stream = stream;
	pmd_batch_run_reset(&caps->c.batch, 0, 1);
	assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, stream), 0);
}

static void
compress_stream(struct pmd_caps_case *caps)
{
	stream_of(caps, &dynamic, pmd_batch_compress(&caps->c.batch, NULL, &pmd_shapes_plain,
						     caps->plain, LEN));
}

static const struct rte_comp_xform inflate = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);

static void
decompress_stream(struct pmd_caps_case *caps)
{
	uint32_t in_len;
	uint8_t *in = pmd_zlib_deflate_new(&pmd_zlib_usual, caps->plain, LEN, &in_len);

	stream_of(caps, &inflate, pmd_batch_decompress(&caps->c.batch, NULL, &pmd_shapes_plain, in,
						       in_len, caps->plain, LEN, LEN));
	free(in);
}

static void
no_decompress_stream(struct pmd_caps_case *caps)
{
	size_t mark = pmd_log_mark();
	void *stream = NULL;

	(void)caps;
	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &inflate, &stream), -ENOTSUP);
	assert_null(stream);
	assert_int_equal(PMD_LOG_COUNT(mark, NAME, "type", "valid: "), 1);
}

static void
no_sha1(struct pmd_caps_case *caps)
{
	const struct rte_comp_xform xform = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, SHA1);

	(void)caps;
	pmd_caps_refused(&xform, "hash_algo");
}

static void
no_sha2(struct pmd_caps_case *caps)
{
	const struct rte_comp_xform xform = PMD_DECOMPRESS(DEFLATE, 15, NONE, SHA2_256);

	(void)caps;
	pmd_caps_refused(&xform, "hash_algo");
}

const struct pmd_caps_flag pmd_caps_flags[] = {
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

const size_t pmd_caps_nb_flags = RTE_DIM(pmd_caps_flags);
