/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include <rte_malloc.h>

#include "hisi_zip_compat.h"
#include "hisi_zip_stream.h"

static void
hisi_zip_stream_release(struct hisi_zip_stream *stream)
{
	if (!stream->noisy)
		rte_free(stream->memory);
	rte_free(stream);
}

/* The memory that the engine works in. */
static int
hisi_zip_stream_alloc(const struct hisi_zip_dev *dev, struct hisi_zip_stream *stream, int socket)
{
	stream->memory = rte_zmalloc_socket("hisi_zip_stream", HISI_ZIP_STREAM_BYTES,
					    HISI_ZIP_STREAM_BYTES, socket);
	if (stream->memory != NULL) {
		stream->iova = rte_malloc_virt2iova(stream->memory);
		if (stream->iova != RTE_BAD_IOVA)
			return 0;
	}
	HISI_ZIP_LOG(ERR, "no memory with an IO address for a stream: %u bytes", dev->qm.name,
		     HISI_ZIP_STREAM_BYTES);
	return -ENOMEM;
}

static int
hisi_zip_stream_set(const struct hisi_zip_dev *dev, struct hisi_zip_stream *stream,
		    const struct rte_comp_xform *from)
{
	struct hisi_zip_xform *xform = &stream->xform;
	int ret = hisi_zip_xform_set(dev, xform, from);
	const uint8_t *dict;

	if (ret != 0)
		return ret;
	if (xform->lz4) {
		HISI_ZIP_LOG(ERR, "stream of LZ4, valid: DEFLATE", dev->qm.name);
		return -ENOTSUP;
	}
	if (hisi_zip_compat_dict(from, &dict) != 0) {
		HISI_ZIP_LOG(ERR, "stream with a dictionary, valid: none", dev->qm.name);
		return -ENOTSUP;
	}
	/* A V2 engine would take for a trailer what follows the stream. */
	if (xform->frame == HISI_ZIP_FRAME_DECOMPRESS) {
		if (dev->args.sw == HISI_ZIP_SW_OFF) {
			HISI_ZIP_LOG(ERR, "stream with type %d, valid: COMPRESS on V2 with sw=off",
				     dev->qm.name, from->type);
			return -ENOTSUP;
		}
		xform->path = HISI_ZIP_SOFTWARE;
	}
	stream->path = xform->path;
	xform->path = HISI_ZIP_STREAM;
	xform->stateful = true;
	stream->adler = 1;
	xform->post = xform;
	return 0;
}

/* Counts a new stream and links it; -ENOMEM when the device has as many as configured. */
static int
hisi_zip_stream_link(struct hisi_zip_dev *dev, struct hisi_zip_stream *stream)
{
	int ret = -ENOMEM;

	rte_spinlock_lock(&dev->xform_lock);
	if (dev->nb_streams < dev->max_streams) {
		LIST_INSERT_HEAD(&dev->streams, stream, next);
		dev->nb_streams++;
		ret = 0;
	}
	rte_spinlock_unlock(&dev->xform_lock);
	if (ret != 0)
		HISI_ZIP_LOG(ERR, "all %u streams are in use (max_nb_streams)", dev->qm.name,
			     dev->max_streams);
	return ret;
}

int
hisi_zip_stream_create(struct rte_compressdev *cdev, const struct rte_comp_xform *xform,
		       void **stream)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;
	struct hisi_zip_stream *new;
	int ret;

	if (xform == NULL || stream == NULL)
		return -EINVAL;
	new = rte_zmalloc_socket("hisi_zip_stream", sizeof(*new), RTE_CACHE_LINE_SIZE,
				 cdev->data->socket_id);
	if (new == NULL) {
		HISI_ZIP_LOG(ERR, "no memory for a stream", dev->qm.name);
		return -ENOMEM;
	}
	ret = hisi_zip_stream_set(dev, new, xform);
	if (ret == 0)
		ret = hisi_zip_stream_alloc(dev, new, cdev->data->socket_id);
	if (ret == 0)
		ret = hisi_zip_stream_link(dev, new);
	if (ret != 0) {
		hisi_zip_stream_release(new);
		return ret;
	}
	*stream = new;
	return 0;
}

int
hisi_zip_stream_free(struct rte_compressdev *cdev, void *stream)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;
	struct hisi_zip_stream *found;
	int ret = 0;

	rte_spinlock_lock(&dev->xform_lock);
	LIST_FOREACH(found, &dev->streams, next)
		if (found == stream)
			break;
	if (found == NULL)
		ret = -EINVAL;
	else if (__atomic_load_n(&found->busy, __ATOMIC_ACQUIRE))
		ret = -EBUSY;
	if (ret == 0) {
		LIST_REMOVE(found, next);
		dev->nb_streams--;
	}
	rte_spinlock_unlock(&dev->xform_lock);
	if (ret == 0)
		hisi_zip_stream_release(found);
	else
		HISI_ZIP_LOG(ERR, "stream not freed: %s", dev->qm.name,
			     ret == -EBUSY ? "an op of it is in flight" : "not of this device");
	return ret;
}

void
hisi_zip_stream_free_all(struct hisi_zip_dev *dev)
{
	struct hisi_zip_stream *stream;

	while ((stream = LIST_FIRST(&dev->streams)) != NULL) {
		LIST_REMOVE(stream, next);
		stream->noisy |= stream->busy && hisi_qm_dev_is_noisy(&dev->qm);
		hisi_zip_stream_release(stream);
	}
	dev->nb_streams = 0;
}
