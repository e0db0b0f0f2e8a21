/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "cf_device.h"
#include "cf_log.h"

#define DECOMPRESS_WINDOW 15

static const struct rte_compressdev_capabilities *
deflate_of(uint8_t id)
{
	return rte_compressdev_capability_get(id, RTE_COMP_ALGO_DEFLATE);
}

static int
choose(struct cf_device *device, const char *name)
{
	const struct rte_compressdev_capabilities *deflate = NULL;
	int id = 0;

	if (name != NULL) {
		id = rte_compressdev_get_dev_id(name);
		if (id < 0) {
			cf_log("--device %s: there is no such compression device", name);
			return -ENODEV;
		}
		deflate = deflate_of((uint8_t)id);
	} else {
		for (id = 0; id < rte_compressdev_count(); id++) {
			deflate = deflate_of((uint8_t)id);
			if (deflate != NULL)
				break;
		}
	}
	if (deflate == NULL) {
		if (name != NULL)
			cf_log("%s does not do DEFLATE", name);
		else
			cf_log("there is no compression device%s; EAL gets them by -a and --vdev",
			       rte_compressdev_count() == 0 ? "" : " that does DEFLATE");
		return -ENODEV;
	}
	device->id = (uint8_t)id;
	device->name = rte_compressdev_name_get(device->id);
	device->features = deflate->comp_feature_flags;
	device->window = deflate->window_size.max;
	device->has_streams = (device->features & RTE_COMP_FF_STATEFUL_DECOMPRESSION) != 0;
	/* Without chains an operation is what one mbuf holds. */
	device->max_segs = (device->features & RTE_COMP_FF_OOP_SGL_IN_SGL_OUT) != 0 ?
		CF_SEGS_MAX : 1;
	return 0;
}

static int
configure(struct cf_device *device, const struct cf_options *options)
{
	struct rte_compressdev_config config = {
		.socket_id = SOCKET_ID_ANY,
		.nb_queue_pairs = device->nb_queues,
		.max_nb_priv_xforms = (uint16_t)(device->nb_queues * CF_DEPTH),
		.max_nb_streams = options->decompress && device->has_streams,
	};
	int ret = rte_compressdev_configure(device->id, &config);

	for (uint16_t i = 0; ret == 0 && i < device->nb_queues; i++)
		ret = rte_compressdev_queue_pair_setup(device->id, i, CF_DEPTH, SOCKET_ID_ANY);
	return ret == 0 ? rte_compressdev_start(device->id) : ret;
}

int
cf_device_open(struct cf_device *device, const struct cf_options *options, uint16_t queues)
{
	struct rte_compressdev_info info;
	int ret = choose(device, options->device);

	if (ret != 0)
		return ret;
	rte_compressdev_info_get(device->id, &info);
	/* 0 is "any number" in the API. */
	device->nb_queues = info.max_nb_queue_pairs == 0 ? queues :
		RTE_MIN(queues, info.max_nb_queue_pairs);
	ret = configure(device, options);
	if (ret != 0)
		cf_log("%s: cannot be configured with %u queue pairs and started: %s",
		       device->name, device->nb_queues, strerror(-ret));
	device->started = ret == 0;
	return ret;
}

void
cf_device_close(struct cf_device *device)
{
	if (!device->started)
		return;
	device->started = false;
	rte_compressdev_stop(device->id);
	rte_compressdev_close(device->id);
}

static void
set_decompress(struct rte_comp_xform *how, enum rte_comp_checksum_type checksum)
{
	how->type = RTE_COMP_DECOMPRESS;
	how->decompress.algo = RTE_COMP_ALGO_DEFLATE;
	how->decompress.chksum = checksum;
	how->decompress.window_size = DECOMPRESS_WINDOW;
}

int
cf_device_stream(const struct cf_device *device, void **stream)
{
	struct rte_comp_xform how = {0};
	int ret;

	set_decompress(&how, RTE_COMP_CHECKSUM_NONE);
	ret = rte_compressdev_stream_create(device->id, &how, stream);
	if (ret != 0)
		cf_log("%s: gives no stream: %s", device->name, strerror(-ret));
	return ret;
}

int
cf_device_xform(const struct cf_device *device, const struct cf_options *options, void **xform)
{
	const enum rte_comp_checksum_type checksum = cf_device_has_crc(device) ?
		RTE_COMP_CHECKSUM_CRC32 : RTE_COMP_CHECKSUM_NONE;
	struct rte_comp_xform how = {.type = RTE_COMP_COMPRESS};
	int ret;

	if (options->decompress) {
		set_decompress(&how, checksum);
	} else {
		how.compress.algo = RTE_COMP_ALGO_DEFLATE;
		how.compress.deflate.huffman = RTE_COMP_HUFFMAN_DEFAULT;
		how.compress.level = options->level < 0 ? RTE_COMP_LEVEL_PMD_DEFAULT :
			options->level;
		how.compress.window_size = device->window;
		how.compress.chksum = checksum;
	}
	ret = rte_compressdev_private_xform_create(device->id, &how, xform);
	if (ret != 0)
		cf_log("%s: takes no xform to %scompress at level %d: %s", device->name,
		       options->decompress ? "de" : "", options->level, strerror(-ret));
	return ret;
}
