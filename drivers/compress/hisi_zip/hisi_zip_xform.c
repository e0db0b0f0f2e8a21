/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "hisi_zip.h"

/* Windows by log2, hardware.md 8.2. */
#define HISI_ZIP_MIN_WINDOW 12
#define HISI_ZIP_MAX_WINDOW 15

static int
hisi_zip_window_code(unsigned int log2)
{
	static const uint8_t codes[] = {
		[12 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_4K,
		[13 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_8K,
		[14 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_16K,
		[15 - HISI_ZIP_MIN_WINDOW] = HISI_ZIP_WIN_32K,
	};

	if (log2 < HISI_ZIP_MIN_WINDOW || log2 > HISI_ZIP_MAX_WINDOW)
		return -ENOTSUP;
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
hisi_zip_set_common(struct hisi_zip_xform *xform, enum rte_comp_algorithm algo,
		    enum rte_comp_checksum_type chksum, enum rte_comp_hash_algorithm hash)
{
	int checksums = hisi_zip_checksums(chksum);

	if (algo != RTE_COMP_ALGO_DEFLATE || hash != RTE_COMP_HASH_ALGO_NONE)
		return -ENOTSUP;
	if (checksums < 0)
		return checksums;
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
hisi_zip_set_huffman(struct hisi_zip_xform *xform, enum rte_comp_huffman huffman, int level)
{
	switch (huffman) {
	case RTE_COMP_HUFFMAN_DEFAULT:
	case RTE_COMP_HUFFMAN_DYNAMIC:
		break;
	case RTE_COMP_HUFFMAN_FIXED:
		xform->path = HISI_ZIP_SOFTWARE;
		xform->params.huffman = DEFLATE_HUFFMAN_FIXED;
		break;
	default:
		return -EINVAL;
	}
	if (level == RTE_COMP_LEVEL_NONE) {
		xform->path = HISI_ZIP_SOFTWARE;
		xform->params.engine = DEFLATE_ENGINE_ZLIB;
		xform->params.level = 0;
	}
	return 0;
}

/* Returns the window's code; other levels have no meaning for the engine (hardware.md 8.3). */
static int
hisi_zip_set_compress(struct hisi_zip_xform *xform,
		      const struct rte_comp_compress_xform *compress)
{
	/* A smaller window than asked for is a valid choice, a larger one is not. */
	uint8_t window = RTE_MIN(compress->window_size, HISI_ZIP_MAX_WINDOW);
	int ret;

	if (compress->level < RTE_COMP_LEVEL_PMD_DEFAULT || compress->level > RTE_COMP_LEVEL_MAX)
		return -EINVAL;
	xform->compress = true;
	xform->path = HISI_ZIP_COMPRESS;
	ret = hisi_zip_set_common(xform, compress->algo, compress->chksum, compress->hash_algo);
	if (ret == 0)
		ret = hisi_zip_set_huffman(xform, compress->deflate.huffman, compress->level);
	xform->params.window_log2 = window;
	return ret != 0 ? ret : hisi_zip_window_code(window);
}

static int
hisi_zip_set_decompress(struct hisi_zip_xform *xform,
			const struct rte_comp_decompress_xform *decompress)
{
	int ret = hisi_zip_set_common(xform, decompress->algo, decompress->chksum,
				      decompress->hash_algo);

	xform->path = HISI_ZIP_DECOMPRESS;
	xform->params.window_log2 = decompress->window_size;
	return ret != 0 ? ret : hisi_zip_window_code(decompress->window_size);
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
		xform->frame = HISI_ZIP_FRAME_COMPRESS;
	} else {
		if (!dev->args.v2_inflate_hw)
			xform->path = HISI_ZIP_SOFTWARE;
		xform->frame = HISI_ZIP_FRAME_DECOMPRESS;
		xform->trailer = HISI_ZIP_TRAILER;
	}
	xform->dw7 = HISI_HW_PREP(HISI_ZIP_DW7_SQE_TYPE, (uint32_t)HISI_ZIP_SQE_TYPE_0) |
		     HISI_ZIP_DW7_STREAM_NEW | HISI_ZIP_DW7_FINISH;
	xform->dw9 = HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, (uint32_t)HISI_ZIP_REQ_ZLIB);
}

int
hisi_zip_xform_set(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
		   const struct rte_comp_xform *from)
{
	int window;

	if (from->type == RTE_COMP_COMPRESS)
		window = hisi_zip_set_compress(xform, &from->compress);
	else if (from->type == RTE_COMP_DECOMPRESS)
		window = hisi_zip_set_decompress(xform, &from->decompress);
	else
		window = -EINVAL;
	if (window < 0)
		return window;
	if (hisi_zip_is_v2(dev))
		hisi_zip_set_sqe_v2(dev, xform);
	else
		hisi_zip_set_sqe_v3(xform, window);
	if (xform->path == HISI_ZIP_SOFTWARE && dev->args.sw == HISI_ZIP_SW_OFF)
		return -ENOTSUP;
	if (xform->checksums != 0 || xform->frame != HISI_ZIP_FRAME_NONE)
		xform->post = xform;
	return 0;
}

/* Counts a new xform and links it; -ENOMEM when the device has as many as configured. */
static int
hisi_zip_xform_link(struct hisi_zip_dev *dev, struct hisi_zip_xform *xform)
{
	int ret = -ENOMEM;

	rte_spinlock_lock(&dev->xform_lock);
	if (dev->nb_xforms < dev->max_xforms) {
		LIST_INSERT_HEAD(&dev->xforms, xform, next);
		dev->nb_xforms++;
		ret = 0;
	}
	rte_spinlock_unlock(&dev->xform_lock);
	return ret;
}

int
hisi_zip_xform_create(struct rte_compressdev *cdev, const struct rte_comp_xform *xform,
		      void **private_xform)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;
	struct hisi_zip_xform *new;
	int ret;

	if (xform == NULL || private_xform == NULL)
		return -EINVAL;
	new = rte_zmalloc_socket("hisi_zip_xform", sizeof(*new), RTE_CACHE_LINE_SIZE,
				 cdev->data->socket_id);
	if (new == NULL)
		return -ENOMEM;
	ret = hisi_zip_xform_set(dev, new, xform);
	if (ret != 0) {
		rte_free(new);
		return ret;
	}
	ret = hisi_zip_xform_link(dev, new);
	if (ret != 0) {
		HISI_ZIP_LOG(ERR, "all %u private xforms are in use (max_nb_priv_xforms)",
			     dev->qm.name, dev->max_xforms);
		rte_free(new);
		return ret;
	}
	*private_xform = new;
	return 0;
}

int
hisi_zip_xform_free(struct rte_compressdev *cdev, void *private_xform)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;
	struct hisi_zip_xform *xform;

	rte_spinlock_lock(&dev->xform_lock);
	LIST_FOREACH(xform, &dev->xforms, next)
		if (xform == private_xform)
			break;
	if (xform != NULL) {
		LIST_REMOVE(xform, next);
		dev->nb_xforms--;
	}
	rte_spinlock_unlock(&dev->xform_lock);
	if (xform == NULL)
		return -EINVAL;
	rte_free(xform);
	return 0;
}

void
hisi_zip_xform_free_all(struct hisi_zip_dev *dev)
{
	struct hisi_zip_xform *xform;

	while ((xform = LIST_FIRST(&dev->xforms)) != NULL) {
		LIST_REMOVE(xform, next);
		rte_free(xform);
	}
	dev->nb_xforms = 0;
}
