/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_DEVICE_H
#define MODEL_DEVICE_H

/**
 * @file
 * A modelled function behind a socket: joins lib/zip_model, lib/zip_worker and lib/vfio_user.
 *
 * All calls belong to the server thread.
 */

#include <vfio_user_server.h>
#include <zip_worker.h>

#include "model_opts.h"
#include "model_stats.h"

struct model_device;

/**
 * Make a function and listen on its socket.
 *
 * @param card, number
 *   What it is a function of (zip_model_card.h), and which; NULL: of a device of its own.
 * @param pool
 *   The workers that step it; must outlive the device.
 * @param err
 *   On failure: the reason; no line end.
 * @return
 *   0 or a negative errno.
 */
int model_device_create(const struct model_opts *opts, const struct model_opts_socket *socket,
			struct zip_model_card *card, unsigned number,
			struct zip_worker_pool *pool, struct model_device **out, char *err,
			size_t errlen);

/** Drop the client, remove the socket, free; NULL is allowed. */
void model_device_destroy(struct model_device *device);

/** Where the device is served. */
const char *model_device_path(const struct model_device *device);

/** A descriptor that polls readable when model_device_process() has work. */
int model_device_fd(const struct model_device *device);

/** Do what the client wants; never blocks on the client. */
void model_device_process(struct model_device *device);

/** Write the device's counters, one `prefix.key value` a line, and add them to @p total. */
void model_device_print(struct model_device *device, FILE *out, const char *prefix,
			struct model_counters *total);

#endif /* MODEL_DEVICE_H */
