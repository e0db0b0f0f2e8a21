/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A function of the software model in this process, stepped by threads of its own. */

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include "hisi_qm_compat.h"
#include "hisi_qm_cpus.h"
#include "hisi_qm_log.h"
#include "hisi_qm_mem.h"
#include "hisi_qm_pci.h"
#include "hisi_qm_transport.h"
#include "zip_model.h"
#include "zip_model_fault.h"
#include "zip_worker.h"

#define EMU_MAX_FAULTS 16

static_assert((int)HISI_QM_EMU_ISAL == (int)ZIP_MODEL_ENGINE_ISAL &&
		      (int)HISI_QM_EMU_ZLIB == (int)ZIP_MODEL_ENGINE_ZLIB &&
		      (int)HISI_QM_EMU_NULL == (int)ZIP_MODEL_ENGINE_NULL,
	      "drivers name the model's engines by the model's numbers");
static_assert(HISI_QM_EMU_MAX_WORKERS == ZIP_MODEL_MAX_SHARES, "a share for each worker");

struct transport_emu {
	struct hisi_qm_dev *dev;
	struct zip_model *model;
	struct zip_worker_pool *pool;
	void *shadow;
	size_t shadow_len;
	int shadow_fd; /**< of a file, so that other processes of EAL can map it */
	pthread_mutex_t lock; /**< control calls of the model: one thread at a time */
	int eventfds[HISI_PCI_NB_VECTORS];
};

static void
emu_host_irq(void *ctx, unsigned int vector)
{
	struct transport_emu *emu = ctx;
	uint64_t one = 1;
	int fd = vector < HISI_PCI_NB_VECTORS ?
			 __atomic_load_n(&emu->eventfds[vector], __ATOMIC_RELAXED) : -1;

	/* A full counter is signalled already: nothing is lost. */
	if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
		return;
}

static void
emu_host_log(void *ctx, int level, const char *text)
{
	struct transport_emu *emu = ctx;

	/* Levels of syslog(3) are those of rte_log() minus one. */
	rte_log(level + 1, hisi_qm_logtype, "%s: embedded model: %s\n", emu->dev->name, text);
}

static uint64_t
emu_host_now(void *ctx)
{
	struct timespec now;

	RTE_SET_USED(ctx);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* EAL puts control threads on the cores that no lcore has, if there are any. */
static int
emu_thread_start(void *ctx, unsigned int worker, void *(*fn)(void *), void *arg,
		 pthread_t *thread)
{
	char name[16];

	RTE_SET_USED(ctx);
	snprintf(name, sizeof(name), "hisi-zip-%u", worker);
	return hisi_qm_compat_thread_create(thread, name, fn, arg);
}

/* The control section: one thread, and no worker in the model. */
static void
emu_enter(struct transport_emu *emu)
{
	pthread_mutex_lock(&emu->lock);
	zip_worker_pause(emu->pool, emu->model);
}

static void
emu_leave(struct transport_emu *emu)
{
	zip_worker_resume(emu->pool, emu->model);
	pthread_mutex_unlock(&emu->lock);
}

static void
emu_log_stats(struct transport_emu *emu)
{
	struct zip_model_stats s;

	zip_model_stats(emu->model, &s);
	HISI_QM_LOG(INFO, emu->dev,
		    "embedded model: sqes %" PRIu64 ", errors %" PRIu64
		    ", sq chip doorbells %" PRIu64 ", cq chip doorbells %" PRIu64
		    ", sq shadow doorbells %" PRIu64 ", cq shadow doorbells %" PRIu64
		    ", dma faults %" PRIu64 ", faults %" PRIu64,
		    s.queues.sqes, s.queues.errors, s.queues.sq_chip, s.queues.cq_chip,
		    s.queues.sq_shadow, s.queues.cq_shadow, s.dma_read_faults + s.dma_write_faults,
		    s.faults);
}

static void
emu_close(struct hisi_qm_dev *dev)
{
	struct transport_emu *emu = dev->transport;

	if (emu == NULL)
		return;
	hisi_qm_mem_detach(dev);
	if (emu->pool != NULL) {
		zip_worker_detach(emu->pool, emu->model);
		zip_worker_pool_destroy(emu->pool);
	}
	if (emu->model != NULL) {
		emu_log_stats(emu);
		zip_model_destroy(emu->model);
	}
	if (emu->shadow != NULL)
		munmap(emu->shadow, emu->shadow_len);
	if (emu->shadow_fd >= 0)
		close(emu->shadow_fd);
	dev->transport = NULL;
	pthread_mutex_destroy(&emu->lock);
	free(emu);
}

static int
emu_parse_faults(struct transport_emu *emu, const char *text, struct zip_model_fault *faults)
{
	char err[256];
	int n;

	if (text == NULL || text[0] == '\0')
		return 0;
	n = zip_model_fault_parse_list(text, faults, EMU_MAX_FAULTS, err, sizeof(err));
	if (n == -E2BIG)
		HISI_QM_LOG(ERR, emu->dev, "faults=%s: at most %u", text, EMU_MAX_FAULTS);
	else if (n < 0)
		HISI_QM_LOG(ERR, emu->dev, "faults=%s: %s", text, err);
	return n;
}

/* What the model's BAR 0 is: memory of a file. */
static int
emu_map_shadow(struct transport_emu *emu, size_t len)
{
	void *map = MAP_FAILED;

	emu->shadow_fd = memfd_create("hisi_zip_shadow", MFD_CLOEXEC);
	if (emu->shadow_fd >= 0 && ftruncate(emu->shadow_fd, len) == 0)
		map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, emu->shadow_fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	emu->shadow = map;
	emu->shadow_len = len;
	return 0;
}

static int
emu_create_model(struct transport_emu *emu, const struct hisi_qm_emu_args *args)
{
	struct zip_model_fault faults[EMU_MAX_FAULTS];
	struct zip_model_host host = {
		.ctx = emu,
		.irq = emu_host_irq,
		.log = emu_host_log,
		.now_ns = emu_host_now,
	};
	struct zip_model_config config = {
		.hw = args->hw == HISI_QM_HW_V3 ? ZIP_MODEL_V3 : ZIP_MODEL_V2,
		.function = args->pf ? ZIP_MODEL_PF : ZIP_MODEL_VF,
		.queues = args->queues,
		.engine = args->engine,
		.level = args->level,
		.lz4 = args->lz4,
		.pace_ns_per_op = args->pace_ns,
		.shadow = args->shadow,
		.faults = faults,
	};
	int n = emu_parse_faults(emu, args->faults, faults);
	int ret;

	if (n < 0)
		return n;
	config.nb_faults = n;
	if (args->shadow) {
		ret = emu_map_shadow(emu, zip_model_shadow_size(&config));
		if (ret != 0)
			return ret;
		config.shadow_mem = emu->shadow;
		config.shadow_len = emu->shadow_len;
	}
	return zip_model_create(&config, &host, &emu->model);
}

static int
emu_start_workers(struct transport_emu *emu, const struct hisi_qm_emu_args *args)
{
	struct zip_worker_config config = {
		.workers = args->workers,
		.thread_start = emu_thread_start,
	};
	rte_cpuset_t cpus;
	int ret;

	if (args->cores != NULL && args->cores[0] != '\0') {
		ret = hisi_qm_cpus_parse(args->cores, &cpus);
		if (ret != 0) {
			HISI_QM_LOG(ERR, emu->dev, "cores=%s: not a list of CPUs such as 2-3+5",
				    args->cores);
			return ret;
		}
		config.cpus = &cpus;
	}
	if (config.cpus != NULL ? hisi_qm_cpus_have_lcore(&cpus) : !hisi_qm_cpus_free())
		HISI_QM_LOG(WARNING, emu->dev,
			    "engine threads share a core with an lcore; cores= chooses others");
	ret = zip_worker_pool_create(&config, &emu->pool);
	if (ret == -EINVAL && config.cpus != NULL)
		HISI_QM_LOG(ERR, emu->dev,
			    "argument 'cores=%s': valid are CPUs that this process may use",
			    args->cores);
	return ret != 0 ? ret : zip_worker_attach(emu->pool, emu->model);
}

static int
emu_open(struct hisi_qm_dev *dev)
{
	const struct hisi_qm_emu_args *args = dev->args;
	struct zip_model_identity identity;
	struct transport_emu *emu;
	unsigned int i;
	int ret;

	emu = calloc(1, sizeof(*emu));
	if (emu == NULL)
		return -ENOMEM;
	emu->dev = dev;
	emu->shadow_fd = -1;
	pthread_mutex_init(&emu->lock, NULL);
	for (i = 0; i < HISI_PCI_NB_VECTORS; i++)
		emu->eventfds[i] = -1;
	dev->transport = emu;
	ret = emu_create_model(emu, args);
	if (ret == 0)
		ret = emu_start_workers(emu, args);
	if (ret == 0)
		ret = hisi_qm_mem_attach(dev);
	if (ret != 0) {
		HISI_QM_LOG(ERR, dev, "cannot create the embedded model: %s", rte_strerror(-ret));
		emu_close(dev);
		return ret;
	}
	zip_model_identity(emu->model, &identity);
	dev->device = identity.device;
	dev->revision = identity.revision;
	emu_enter(emu);
	zip_model_command(emu->model, HISI_QM_PCI_COMMAND_ON);
	emu_leave(emu);
	return 0;
}

static int
emu_read(struct hisi_qm_dev *dev, uint32_t offset, void *value, size_t size)
{
	struct transport_emu *emu = dev->transport;
	int ret;

	emu_enter(emu);
	ret = zip_model_read(emu->model, HISI_PCI_BAR_REGS, offset, value, size);
	emu_leave(emu);
	return ret;
}

static int
emu_write(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, const void *value,
	  size_t size)
{
	struct transport_emu *emu = dev->transport;
	int ret;

	if (zip_model_is_doorbell(bar, offset)) {
		pthread_mutex_lock(&emu->lock);
		ret = zip_model_write(emu->model, bar, offset, value, size);
		pthread_mutex_unlock(&emu->lock);
		return ret;
	}
	emu_enter(emu);
	ret = zip_model_write(emu->model, bar, offset, value, size);
	emu_leave(emu);
	return ret;
}

static int
emu_mb_write(struct hisi_qm_dev *dev, const struct hisi_hw_mailbox *mb)
{
	return emu_write(dev, HISI_PCI_BAR_REGS, HISI_QM_MB, mb, sizeof(*mb));
}

static int
emu_map_doorbell(struct hisi_qm_dev *dev, uint16_t queue, struct hisi_qm_doorbell *db)
{
	struct transport_emu *emu = dev->transport;

	hisi_qm_shadow_lines(emu->shadow, emu->shadow_len, queue, db);
	if (db->sq != NULL) {
		db->fd = emu->shadow_fd;
		db->fd_len = emu->shadow_len;
	}
	return 0;
}

static int
emu_dma_map(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	struct transport_emu *emu = dev->transport;
	int ret;

	pthread_mutex_lock(&emu->lock);
	ret = zip_model_dma_map(emu->model, iova, len, va,
				ZIP_MODEL_DMA_READ | ZIP_MODEL_DMA_WRITE);
	pthread_mutex_unlock(&emu->lock);
	return ret;
}

static int
emu_dma_unmap(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	struct transport_emu *emu = dev->transport;
	int ret;

	RTE_SET_USED(va);
	emu_enter(emu);
	ret = zip_model_dma_unmap(emu->model, iova, len);
	emu_leave(emu);
	return ret;
}

static int
emu_reset(struct hisi_qm_dev *dev)
{
	struct transport_emu *emu = dev->transport;

	emu_enter(emu);
	zip_model_reset(emu->model, ZIP_MODEL_RESET_FLR);
	zip_model_command(emu->model, HISI_QM_PCI_COMMAND_ON);
	emu_leave(emu);
	return 0;
}

static int
emu_irq(struct hisi_qm_dev *dev, unsigned int vector, int eventfd)
{
	struct transport_emu *emu = dev->transport;

	if (vector >= HISI_PCI_NB_VECTORS)
		return -EINVAL;
	/* Under the control section: afterwards no worker writes to the descriptor before. */
	emu_enter(emu);
	__atomic_store_n(&emu->eventfds[vector], eventfd, __ATOMIC_RELAXED);
	emu_leave(emu);
	return 0;
}

const struct hisi_qm_transport_ops hisi_qm_transport_emu = {
	.open = emu_open,
	.close = emu_close,
	.read = emu_read,
	.write = emu_write,
	.mb_write = emu_mb_write,
	.map_doorbell = emu_map_doorbell,
	.dma_map = emu_dma_map,
	.dma_unmap = emu_dma_unmap,
	.reset = emu_reset,
	.irq = emu_irq,
};
