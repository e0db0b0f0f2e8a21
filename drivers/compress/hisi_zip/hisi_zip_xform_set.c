/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What xforms may ask for, and the words of an SQE that it comes to. */

#include <errno.h>

#include "hisi_zip.h"
#include "hisi_zip_compat.h"

/* What an xform asks for that there is not, and what there is. */
static int
hisi_zip_xform_refuse(const struct hisi_zip_dev *dev, int error, const char *field, int value,
		      const char *valid)
{
	HISI_ZIP_LOG(ERR, "xform with %s %d, valid: %s", dev->qm.name, field, value, valid);
	return error;
}

/* The smallest window that xforms may ask for, log2. */
static uint8_t
hisi_zip_min_window(const struct hisi_zip_dev *dev)
{
	/* V2 has one window (hardware.md 8.10); the others are software's. */
	if (hisi_zip_is_v2(dev) && dev->args.sw == HISI_ZIP_SW_OFF)
		return HISI_ZIP_MAX_WINDOW;
	return HISI_ZIP_MIN_WINDOW;
}

static int
hisi_zip_window_code(const struct hisi_zip_dev *dev, unsigned int log2)
{
	static const uint8_t codes[] = {
		[12 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_4K,
		[13 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_8K,
		[14 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_16K,
		[15 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_32K,
	};

	if (log2 < hisi_zip_min_window(dev) || log2 > HISI_ZIP_MAX_WINDOW)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "window_size", log2,
					     hisi_zip_min_window(dev) == HISI_ZIP_MAX_WINDOW ?
						     "15" : "12 to 15");
	return codes[log2 - HISI_ZIP_MIN_WINDOW];
}

/* Checksums by their name in the API: DEFLATE_CHECKSUM_* bits, or -ENOTSUP. */
static int
hisi_zip_checksums(enum rte_comp_checksum_type chksum)
{
	switch (chksum) {
	case RTE_COMP_CHECKSUM_NONE:
		return 0;
	case RTE_COMP_CHECKSUM_CRC32:
		return DEFLATE_CHECKSUM_CRC32;
	case RTE_COMP_CHECKSUM_ADLER32:
		return DEFLATE_CHECKSUM_ADLER32;
	case RTE_COMP_CHECKSUM_CRC32_ADLER32:
		return DEFLATE_CHECKSUM_CRC32 | DEFLATE_CHECKSUM_ADLER32;
	default:
		return -ENOTSUP;
	}
}

/* Of both directions: what software needs, and the checksums. */
static int
hisi_zip_set_common(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		    enum rte_comp_algorithm algo, enum rte_comp_checksum_type chksum,
		    enum rte_comp_hash_algorithm hash)
{
	int checksums = hisi_zip_checksums(chksum);

	if (algo != RTE_COMP_ALGO_DEFLATE)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "algo", algo, "DEFLATE");
	if (hash != RTE_COMP_HASH_ALGO_NONE)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "hash_algo", hash, "NONE");
	if (checksums < 0)
		return hisi_zip_xform_refuse(dev, checksums, "chksum", chksum,
					     "NONE, CRC32, ADLER32, CRC32_ADLER32");
	xform->checksums = checksums;
	xform->params = (struct deflate_params){
		.engine = DEFLATE_ENGINE_ISAL,
		.format = DEFLATE_FORMAT_RAW,
		.level = 1,
		.checksums = checksums,
	};
	return 0;
}

/* What the engine has no field for goes to software (hardware.md 8.3), where there is any. */
static int
hisi_zip_set_huffman(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		     enum rte_comp_huffman huffman)
{
	const bool off = dev->args.sw == HISI_ZIP_SW_OFF;
	const char *valid = off ? "DEFAULT, DYNAMIC with sw=off" : "DEFAULT, FIXED, DYNAMIC";

	switch (huffman) {
	case RTE_COMP_HUFFMAN_DEFAULT:
	case RTE_COMP_HUFFMAN_DYNAMIC:
		return 0;
	case RTE_COMP_HUFFMAN_FIXED:
		if (off)
			return hisi_zip_xform_refuse(dev, -ENOTSUP, "huffman", huffman, valid);
		xform->path = HISI_ZIP_SOFTWARE;
		xform->params.huffman = DEFLATE_HUFFMAN_FIXED;
		return 0;
	default:
		return hisi_zip_xform_refuse(dev, -EINVAL, "huffman", huffman, valid);
	}
}

/* Levels but 0 have no meaning for the engine (hardware.md 8.3). */
static int
hisi_zip_set_level(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform, int level)
{
	if (level < RTE_COMP_LEVEL_PMD_DEFAULT || level > RTE_COMP_LEVEL_MAX)
		return hisi_zip_xform_refuse(dev, -EINVAL, "level", level, "-1 to 9");
	if (level != RTE_COMP_LEVEL_NONE)
		return 0;
	if (dev->args.sw == HISI_ZIP_SW_OFF)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "level", level,
					     "-1, 1 to 9 with sw=off");
	xform->path = HISI_ZIP_SOFTWARE;
	xform->params.engine = DEFLATE_ENGINE_ZLIB;
	xform->params.level = 0;
	return 0;
}

/* Returns the window's code. */
static int
hisi_zip_set_compress(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		      const struct rte_comp_compress_xform *compress)
{
	/* A smaller window than asked for is a valid choice, a larger one is not. */
	uint8_t window = RTE_MIN(compress->window_size, HISI_ZIP_MAX_WINDOW);
	int ret;

	xform->compress = true;
	xform->path = HISI_ZIP_COMPRESS;
	ret = hisi_zip_set_common(dev, xform, compress->algo, compress->chksum,
				  compress->hash_algo);
	if (ret == 0)
		ret = hisi_zip_set_huffman(dev, xform, compress->deflate.huffman);
	if (ret == 0)
		ret = hisi_zip_set_level(dev, xform, compress->level);
	xform->params.window_log2 = window;
	return ret != 0 ? ret : hisi_zip_window_code(dev, window);
}

static int
hisi_zip_set_decompress(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
			const struct rte_comp_decompress_xform *decompress)
{
	int ret = hisi_zip_set_common(dev, xform, decompress->algo, decompress->chksum,
				      decompress->hash_algo);

	xform->path = HISI_ZIP_DECOMPRESS;
	xform->params.window_log2 = decompress->window_size;
	return ret != 0 ? ret : hisi_zip_window_code(dev, decompress->window_size);
}

/*
 * What is the same in all SQEs of stateless ops. Finish and new are set as the vendor's library
 * does; the kernel sets neither, to the same effect (hardware.md 8.2).
 */
static void
hisi_zip_set_sqe_v3(struct hisi_zip_xform *xform, uint32_t window)
{
	xform->dw7 = HISI_HW_PREP(HISI_ZIP_DW7_SQE_TYPE, (uint32_t)HISI_ZIP_SQE_TYPE_3) |
		     HISI_ZIP_DW7_STREAM_NEW | HISI_ZIP_DW7_FINISH;
	xform->dw9 = HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, (uint32_t)HISI_ZIP_REQ_DEFLATE) |
		     HISI_HW_PREP(HISI_ZIP_DW9_BUFFER, (uint32_t)HISI_ZIP_BUF_FLAT) |
		     HISI_HW_PREP(HISI_ZIP_DW9_WINDOW, window);
}

/*
 * V2: type 0, and zlib with lists, which the trailer is part of. The engine has one window, and
 * nothing says that it takes raw DEFLATE without a trailer; so by default software decompresses.
 */
static void
hisi_zip_set_sqe_v2(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform)
{
	if (xform->compress) {
		if (xform->params.window_log2 < HISI_ZIP_MAX_WINDOW)
			xform->path = HISI_ZIP_SOFTWARE;
		xform->frame = HISI_ZIP_FRAME_ZLIB;
	} else {
		if (!dev->args.v2_inflate_hw)
			xform->path = HISI_ZIP_SOFTWARE;
		xform->frame = HISI_ZIP_FRAME_DECOMPRESS;
		xform->trailer = HISI_ZIP_TRAILER_ZLIB;
	}
	xform->dw7 = HISI_HW_PREP(HISI_ZIP_DW7_SQE_TYPE, (uint32_t)HISI_ZIP_SQE_TYPE_0) |
		     HISI_ZIP_DW7_STREAM_NEW | HISI_ZIP_DW7_FINISH;
	xform->dw9 = HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, (uint32_t)HISI_ZIP_REQ_ZLIB);
}

/* One block, by the engine alone; software has no part in it but for ops without input. */
static int
hisi_zip_set_lz4(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		 const struct rte_comp_compress_xform *compress)
{
	if (!hisi_zip_compat_lz4_is_block(compress))
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "lz4.flags",
					     hisi_zip_compat_lz4_flags(compress),
					     "0, BLOCK_INDEPENDENCE");
	if (compress->level < RTE_COMP_LEVEL_PMD_DEFAULT || compress->level > RTE_COMP_LEVEL_MAX)
		return hisi_zip_xform_refuse(dev, -EINVAL, "level", compress->level, "-1 to 9");
	if (compress->level == RTE_COMP_LEVEL_NONE)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "level", 0, "-1, 1 to 9");
	if (compress->window_size < HISI_ZIP_LZ4_WINDOW)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "window_size", compress->window_size,
					     "16");
	if (compress->hash_algo != RTE_COMP_HASH_ALGO_NONE)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "hash_algo", compress->hash_algo,
					     "NONE");
	if (compress->chksum != RTE_COMP_CHECKSUM_NONE)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "chksum", compress->chksum, "NONE");
	xform->compress = true;
	xform->lz4 = true;
	xform->path = HISI_ZIP_COMPRESS;
	hisi_zip_set_sqe_v3(xform, HISI_ZIP_WIN_32K);
	xform->dw9 &= ~HISI_ZIP_DW9_REQUEST;
	xform->dw9 |= HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, (uint32_t)HISI_ZIP_REQ_LZ4);
	return 0;
}

int
hisi_zip_xform_set(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		   const struct rte_comp_xform *from)
{
	int window;

	if (dev->lz4 && from->type == RTE_COMP_COMPRESS &&
	    from->compress.algo == HISI_ZIP_COMPAT_LZ4)
		return hisi_zip_set_lz4(dev, xform, &from->compress);
	if (from->type == RTE_COMP_COMPRESS)
		window = hisi_zip_set_compress(dev, xform, &from->compress);
	else if (from->type == RTE_COMP_DECOMPRESS)
		window = hisi_zip_set_decompress(dev, xform, &from->decompress);
	else
		window = hisi_zip_xform_refuse(dev, -EINVAL, "type", from->type,
					       "COMPRESS, DECOMPRESS");
	if (window < 0)
		return window;
	if (hisi_zip_is_v2(dev))
		hisi_zip_set_sqe_v2(dev, xform);
	else
		hisi_zip_set_sqe_v3(xform, window);
	if (hisi_zip_is_software(dev))
		xform->path = HISI_ZIP_SOFTWARE;
	/* All that is left here is V2's decompression. */
	if (xform->path == HISI_ZIP_SOFTWARE && dev->args.sw == HISI_ZIP_SW_OFF)
		return hisi_zip_xform_refuse(dev, -ENOTSUP, "type", from->type,
					     "COMPRESS on V2 with sw=off and v2_inflate=sw");
	if (xform->checksums != 0 || xform->frame != HISI_ZIP_FRAME_NONE)
		xform->post = xform;
	return 0;
}
