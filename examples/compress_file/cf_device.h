/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_DEVICE_H
#define CF_DEVICE_H

/**
 * @file
 * The compression device: any driver's.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_compressdev.h>

#include "cf_chain.h"
#include "cf_options.h"

/** Operations in flight on a queue pair. */
#define CF_DEPTH 16u

struct cf_device {
	uint8_t id;
	const char *name;
	uint64_t features;     /**< of RTE_COMP_ALGO_DEFLATE, RTE_COMP_FF_* */
	uint8_t window;        /**< the largest, log2 */
	uint16_t nb_queues;    /**< queue pairs that were set up */
	uint16_t max_segs;     /**< segments that a chain may have here */
	bool has_streams;      /**< it does stateful decompression */
	bool started;
};

/** @return whether the driver makes the CRC-32 of the plain data */
static inline bool
cf_device_has_crc(const struct cf_device *device)
{
	return (device->features & RTE_COMP_FF_CRC32_CHECKSUM) != 0;
}

/**
 * Chooses a device, configures and starts it.
 *
 * @param queues queue pairs wanted; there may be fewer
 * @return 0, or -errno after a message
 */
int cf_device_open(struct cf_device *device, const struct cf_options *options, uint16_t queues);

/** Stops and closes it. A zeroed device is closed. */
void cf_device_close(struct cf_device *device);

/** Makes the one stream that there can be. @return 0, or -errno after a message */
int cf_device_stream(const struct cf_device *device, void **stream);

/** Makes a handle for one operation at a time. @return 0, or -errno after a message */
int cf_device_xform(const struct cf_device *device, const struct cf_options *options,
		    void **xform);

#endif /* CF_DEVICE_H */
