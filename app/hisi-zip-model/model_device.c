/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hisi_hw_qm_regs.h>

#include "model_device.h"
#include "model_log.h"
#include "model_shadow.h"

#define NS_PER_S 1000000000ull

static_assert(VFIO_USER_DMA_F_READ == ZIP_MODEL_DMA_READ, "rights of DMA maps");
static_assert(VFIO_USER_DMA_F_WRITE == ZIP_MODEL_DMA_WRITE, "rights of DMA maps");

struct model_device {
	struct zip_worker_pool *pool;
	struct zip_model *model;
	struct vfio_user_server *server;
	struct zip_model_identity identity;
	const char *path;
	unsigned queues;
	struct model_shadow shadow;
	uint16_t command;
	bool asleep; /**< power state D3hot */
	uint64_t gone;    /**< clients that hung up or were dropped */
	struct model_log log;
};

static uint64_t
now_ns(void *ctx)
{
	struct timespec now;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void
on_model_log(void *ctx, int level, const char *text)
{
	if (level <= ZIP_MODEL_LOG_WARNING)
		model_log_say(&((struct model_device *)ctx)->log, text);
}

static void
on_server_log(void *ctx, enum vfio_user_log_level level, const char *text)
{
	if (level <= VFIO_USER_LOG_WARNING)
		model_log_say(&((struct model_device *)ctx)->log, text);
}

static void
on_irq(void *ctx, unsigned int vector)
{
	struct model_device *device = ctx;

	vfio_user_server_irq(device->server, vector);
}

static int
on_read(void *dev, unsigned int bar, uint64_t offset, void *buf, size_t len)
{
	struct model_device *device = dev;

	zip_worker_pause(device->pool, device->model);
	/* What is illegal for the model is answered as a bus would, so its verdict is not ours. */
	zip_model_read(device->model, bar, offset, buf, len);
	zip_worker_resume(device->pool, device->model);
	return 0;
}

static int
on_write(void *dev, unsigned int bar, uint64_t offset, const void *buf, size_t len)
{
	struct model_device *device = dev;
	bool doorbell = zip_model_is_doorbell(bar, offset);

	if (!doorbell)
		zip_worker_pause(device->pool, device->model);
	zip_model_write(device->model, bar, offset, buf, len);
	if (!doorbell)
		zip_worker_resume(device->pool, device->model);
	return 0;
}

static int
on_dma_map(void *dev, uint64_t iova, uint64_t len, void *vaddr, unsigned int prot)
{
	struct model_device *device = dev;

	return zip_model_dma_map(device->model, iova, len, vaddr, prot);
}

static void
on_dma_unmap(void *dev, uint64_t iova, uint64_t len)
{
	struct model_device *device = dev;
	int ret = 0;

	zip_worker_pause(device->pool, device->model);
	if (iova == 0 && len == UINT64_MAX)
		zip_model_dma_unmap_all(device->model);
	else
		ret = zip_model_dma_unmap(device->model, iova, len);
	/* The memory goes whether or not the model could shrink its map: do not leave it there. */
	if (ret == -ENOMEM)
		zip_model_dma_unmap_all(device->model);
	zip_worker_resume(device->pool, device->model);
	if (ret == -ENOMEM)
		model_log_say(&device->log, "no memory for the DMA map: all maps dropped");
}

/* In D3hot a function answers to config space only and masters no bus. */
static void
tell_command(struct model_device *device)
{
	zip_worker_pause(device->pool, device->model);
	zip_model_command(device->model, device->asleep ? 0 : device->command);
	zip_worker_resume(device->pool, device->model);
}

/* Before the reset, after which all lines are as they are in new memory. */
static void
renew_shadow(struct model_device *device)
{
	int ret = model_shadow_renew(&device->shadow, device->server, HISI_SHADOW_BAR);

	if (ret != 0)
		model_log_say(&device->log, "no new memory for doorbells: the client that is gone "
					    "may still ring those of the next");
}

static void
on_reset(void *dev, enum vfio_user_reset_kind kind)
{
	static const enum zip_model_reset_kind kinds[] = {
		[VFIO_USER_RESET_DEVICE] = ZIP_MODEL_RESET_DEVICE,
		[VFIO_USER_RESET_FLR] = ZIP_MODEL_RESET_FLR,
		[VFIO_USER_RESET_DISCONNECT] = ZIP_MODEL_RESET_DISCONNECT,
	};
	struct model_device *device = dev;

	device->command = 0;
	device->asleep = false;
	zip_worker_pause(device->pool, device->model);
	if (kind == VFIO_USER_RESET_DISCONNECT)
		renew_shadow(device);
	zip_model_reset(device->model, kinds[kind]);
	zip_model_command(device->model, 0);
	zip_worker_resume(device->pool, device->model);
	if (kind == VFIO_USER_RESET_DISCONNECT)
		device->gone++;
}

static void
on_command(void *dev, uint16_t command)
{
	struct model_device *device = dev;

	device->command = command;
	tell_command(device);
}

static void
on_power(void *dev, unsigned int state)
{
	struct model_device *device = dev;

	bool wakes = device->asleep && state == 0;

	device->asleep = state != 0;
	if (wakes) {
		zip_worker_pause(device->pool, device->model);
		zip_model_wake(device->model);
		zip_worker_resume(device->pool, device->model);
	}
	tell_command(device);
}

static const struct vfio_user_device_ops device_ops = {
	.region_read = on_read,
	.region_write = on_write,
	.dma_map = on_dma_map,
	.dma_unmap = on_dma_unmap,
	.reset = on_reset,
	.command = on_command,
	.power = on_power,
};

__attribute__((format(printf, 4, 5))) static int
fail(char *err, size_t errlen, int ret, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err, errlen, format, args);
	va_end(args);
	return ret;
}

static int
create_shadow(struct model_device *device, struct zip_model_config *config)
{
	int ret = model_shadow_create(&device->shadow, zip_model_shadow_size(config));

	config->shadow_mem = device->shadow.memory;
	config->shadow_len = device->shadow.len;
	return ret;
}

static int
create_model(struct model_device *device, const struct model_opts *opts,
	     const struct model_opts_socket *socket, struct zip_model_card *card,
	     unsigned number, char *err, size_t errlen)
{
	struct zip_model_fault faults[MODEL_MAX_FAULTS];
	struct zip_model_config config = {
		.hw = opts->hw,
		.function = socket->pf ? ZIP_MODEL_PF : ZIP_MODEL_VF,
		.card = card,
		.number = number,
		.queues = socket->queues,
		.engine = opts->engine,
		.level = (int)opts->level,
		.pace_ns_per_op = opts->pace_ns,
		.pace_bytes_per_us = opts->pace_mbps,
		.shadow = opts->shadow,
		.db_isolation = opts->db_isolation,
		.lz4 = opts->lz4,
		.faults = faults,
		.nb_faults = model_opts_faults(opts, socket, faults),
	};
	const struct zip_model_host host = {
		.ctx = device,
		.irq = on_irq,
		.log = on_model_log,
		.now_ns = now_ns,
	};
	int ret = opts->shadow ? create_shadow(device, &config) : 0;

	if (ret != 0)
		return fail(err, errlen, ret, "memory for doorbells: %s", strerror(-ret));
	ret = zip_model_create(&config, &host, &device->model);
	if (ret != 0)
		return fail(err, errlen, ret, "cannot create the model: %s", strerror(-ret));
	zip_model_identity(device->model, &device->identity);
	return 0;
}

static void
describe(const struct model_device *device, struct vfio_user_device_desc *desc)
{
	const struct zip_model_identity *identity = &device->identity;

	memset(desc, 0, sizeof(*desc));
	desc->pci.vendor_id = identity->vendor;
	desc->pci.device_id = identity->device;
	desc->pci.subsystem_vendor_id = identity->vendor;
	desc->pci.class_code = identity->class_code;
	desc->pci.revision = identity->revision;
	desc->pci.msi_vectors = (uint8_t)identity->nb_vectors;
	for (unsigned bar = 0; bar < VFIO_USER_NUM_BARS; bar++) {
		desc->pci.bars[bar].size = identity->bar_size[bar];
		if (identity->bar_size[bar] != 0)
			desc->pci.bars[bar].flags = VFIO_USER_BAR_64BIT | VFIO_USER_BAR_PREFETCH;
	}
	if (identity->has_shadow) {
		desc->pci.vendor_cap = (const uint8_t *)&identity->vendor_cap;
		desc->pci.vendor_cap_len = sizeof(identity->vendor_cap);
		desc->regions[HISI_SHADOW_BAR].mmap = true;
		desc->regions[HISI_SHADOW_BAR].fd = device->shadow.fd;
	}
}

static int
create_server(struct model_device *device, char *err, size_t errlen)
{
	const struct vfio_user_log log = {.fn = on_server_log, .ctx = device};
	struct vfio_user_device_desc desc;
	int ret;

	describe(device, &desc);
	ret = vfio_user_server_create(device->path, &desc, &device_ops, device, &log,
				      &device->server);
	if (ret == -EADDRINUSE)
		return fail(err, errlen, ret, "another process serves this socket");
	if (ret == -EEXIST)
		return fail(err, errlen, ret, "there is a file that is not a socket");
	if (ret != 0)
		return fail(err, errlen, ret, "cannot serve: %s", strerror(-ret));
	return 0;
}

int
model_device_create(const struct model_opts *opts, const struct model_opts_socket *socket,
		    struct zip_model_card *card, unsigned number,
		    struct zip_worker_pool *pool, struct model_device **out, char *err,
		    size_t errlen)
{
	struct model_device *device = calloc(1, sizeof(*device));
	int ret;

	if (device == NULL)
		return fail(err, errlen, -ENOMEM, "%s", strerror(ENOMEM));
	device->pool = pool;
	device->path = socket->path;
	device->queues = socket->queues;
	model_log_init(&device->log, socket->path);
	ret = create_model(device, opts, socket, card, number, err, errlen);
	if (ret == 0)
		ret = create_server(device, err, errlen);
	if (ret != 0)
		goto destroy;
	ret = zip_worker_attach(pool, device->model);
	if (ret != 0) {
		fail(err, errlen, ret, "no worker for it: %s", strerror(-ret));
		goto destroy;
	}
	*out = device;
	return 0;

destroy:
	model_device_destroy(device);
	return ret;
}

void
model_device_destroy(struct model_device *device)
{
	if (device == NULL)
		return;
	/* From here on the model is this thread's alone: no interrupt finds the server gone. */
	if (device->model != NULL)
		zip_worker_detach(device->pool, device->model);
	vfio_user_server_destroy(device->server);
	zip_model_destroy(device->model);
	model_shadow_destroy(&device->shadow);
	model_log_destroy(&device->log);
	free(device);
}

const char *
model_device_path(const struct model_device *device)
{
	return device->path;
}

int
model_device_fd(const struct model_device *device)
{
	return vfio_user_server_fd(device->server);
}

void
model_device_process(struct model_device *device)
{
	vfio_user_server_process(device->server);
}

void
model_device_print(struct model_device *device, FILE *out, const char *prefix,
		   struct model_counters *total)
{
	struct model_counters counters = {
		.clients = device->gone + (vfio_user_server_connected(device->server) ? 1 : 0),
	};

	zip_model_stats(device->model, &counters.model);
	for (unsigned status = 0; status < MODEL_STATS_STATUSES; status++)
		counters.errors[status] = zip_model_errors(device->model, status);
	model_stats_function(out, prefix, &counters);
	model_stats_add(total, &counters);
	for (unsigned queue = 0; queue < device->queues; queue++) {
		static const struct zip_model_queue_stats unused;
		struct zip_model_queue_stats stats;

		if (zip_model_queue_stats(device->model, queue, &stats) == 0 &&
		    memcmp(&stats, &unused, sizeof(stats)) != 0)
			model_stats_queue(out, prefix, queue, &stats);
	}
}
