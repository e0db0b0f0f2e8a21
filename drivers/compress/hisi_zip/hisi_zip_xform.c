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

static int
hisi_zip_check_common(enum rte_comp_algorithm algo, enum rte_comp_checksum_type chksum,
		      enum rte_comp_hash_algorithm hash)
{
	if (algo != RTE_COMP_ALGO_DEFLATE || chksum != RTE_COMP_CHECKSUM_NONE ||
	    hash != RTE_COMP_HASH_ALGO_NONE)
		return -ENOTSUP;
	return 0;
}

/* Returns the window's code; the level has no meaning for the engine (hardware.md 8.3). */
static int
hisi_zip_check_compress(const struct rte_comp_compress_xform *compress)
{
	int ret = hisi_zip_check_common(compress->algo, compress->chksum, compress->hash_algo);

	if (ret != 0)
		return ret;
	switch (compress->deflate.huffman) {
	case RTE_COMP_HUFFMAN_DEFAULT:
	case RTE_COMP_HUFFMAN_DYNAMIC:
		break;
	case RTE_COMP_HUFFMAN_FIXED:
		return -ENOTSUP;
	default:
		return -EINVAL;
	}
	if (compress->level < RTE_COMP_LEVEL_PMD_DEFAULT || compress->level > RTE_COMP_LEVEL_MAX)
		return -EINVAL;
	if (compress->level == RTE_COMP_LEVEL_NONE)
		return -ENOTSUP;
	/* A smaller window than asked for is a valid choice, a larger one is not. */
	return hisi_zip_window_code(RTE_MIN(compress->window_size, HISI_ZIP_MAX_WINDOW));
}

static int
hisi_zip_check_decompress(const struct rte_comp_decompress_xform *decompress)
{
	int ret = hisi_zip_check_common(decompress->algo, decompress->chksum,
					decompress->hash_algo);

	return ret != 0 ? ret : hisi_zip_window_code(decompress->window_size);
}

/*
 * What is the same in all SQEs of stateless ops. Finish and new are set as the vendor's library
 * does; the kernel sets neither, to the same effect (hardware.md 8.2).
 */
static void
hisi_zip_xform_prepare(struct hisi_zip_xform *xform, uint8_t direction, uint32_t window)
{
	xform->direction = direction;
	xform->dw7 = HISI_HW_PREP(HISI_ZIP_DW7_SQE_TYPE, (uint32_t)HISI_ZIP_SQE_TYPE_3) |
		     HISI_ZIP_DW7_STREAM_NEW | HISI_ZIP_DW7_FINISH;
	xform->dw9 = HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, (uint32_t)HISI_ZIP_REQ_DEFLATE) |
		     HISI_HW_PREP(HISI_ZIP_DW9_BUFFER, (uint32_t)HISI_ZIP_BUF_FLAT) |
		     HISI_HW_PREP(HISI_ZIP_DW9_WINDOW, window);
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
	int window, ret;

	if (xform == NULL || private_xform == NULL)
		return -EINVAL;
	if (xform->type == RTE_COMP_COMPRESS)
		window = hisi_zip_check_compress(&xform->compress);
	else if (xform->type == RTE_COMP_DECOMPRESS)
		window = hisi_zip_check_decompress(&xform->decompress);
	else
		window = -EINVAL;
	if (window < 0)
		return window;

	new = rte_zmalloc_socket("hisi_zip_xform", sizeof(*new), RTE_CACHE_LINE_SIZE,
				 cdev->data->socket_id);
	if (new == NULL)
		return -ENOMEM;
	hisi_zip_xform_prepare(new, xform->type == RTE_COMP_COMPRESS ? HISI_ZIP_COMPRESS :
								       HISI_ZIP_DECOMPRESS,
			       window);
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
