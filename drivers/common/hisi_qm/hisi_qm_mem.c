/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_eal_memconfig.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "hisi_qm_log.h"
#include "hisi_qm_mem.h"

/** Neighbours on their way to one map. */
struct mem_run {
	struct hisi_qm_dev *dev;
	uint8_t *va;
	uint64_t iova;
	size_t len;
};

static int
mem_map(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	int ret = dev->ops->dma_map(dev, va, iova, len);

	/* An event and the walk may both see new memory; what was mapped first stands. */
	if (ret == -EEXIST)
		return 0;
	if (ret == -ENOTSUP) {
		HISI_QM_LOG(WARNING, dev, "%zu bytes at %p: no descriptor, not for DMA", len, va);
		return 0;
	}
	return ret;
}

static int
mem_run_map(struct mem_run *run)
{
	size_t len = run->len;

	run->len = 0;
	return len == 0 ? 0 : mem_map(run->dev, run->va, run->iova, len);
}

/* Pages of 4 KiB (--no-huge) come as one piece and never go; larger ones may be given back one
 * by one, and a map can only be taken away whole.
 */
static int
mem_walk_one(const struct rte_memseg_list *msl, const struct rte_memseg *ms, void *arg)
{
	struct mem_run *run = arg;
	int ret;

	/* Memory of the application: it maps what the device shall see by rte_dev_dma_map(). */
	if (msl->external && !msl->heap)
		return 0;
	if (run->len != 0 && msl->page_sz == RTE_PGSIZE_4K && run->va + run->len == ms->addr &&
	    run->iova + run->len == ms->iova) {
		run->len += ms->len;
		return 0;
	}
	ret = mem_run_map(run);
	run->va = ms->addr;
	run->iova = ms->iova;
	run->len = ms->len;
	return ret;
}

/* EAL holds the lock of its memory map for writing here: only calls that do not take it. */
static void
mem_event(enum rte_mem_event type, const void *addr, size_t len, void *arg)
{
	struct hisi_qm_dev *dev = arg;
	struct rte_memseg_list *msl = rte_mem_virt2memseg_list(addr);
	const uint8_t *va = addr, *end = va + len;
	int ret = 0;

	while (msl != NULL && va < end) {
		struct rte_memseg *ms = rte_mem_virt2memseg(va, msl);

		if (ms == NULL)
			break;
		if (type == RTE_MEM_EVENT_ALLOC)
			ret = mem_map(dev, ms->addr, ms->iova, ms->len);
		else
			ret = dev->ops->dma_unmap(dev, ms->addr, ms->iova, ms->len);
		if (ret != 0 && ret != -ENODEV)
			HISI_QM_LOG(ERR, dev, "cannot %s %zu bytes at IOVA 0x%" PRIx64 ": %s",
				    type == RTE_MEM_EVENT_ALLOC ? "map" : "unmap", ms->len,
				    ms->iova, rte_strerror(-ret));
		va += ms->len;
	}
}

static void
mem_event_name(const struct hisi_qm_dev *dev, char name[RTE_MEM_EVENT_CALLBACK_NAME_LEN])
{
	snprintf(name, RTE_MEM_EVENT_CALLBACK_NAME_LEN, "hisi_qm_%p", (const void *)dev);
}

int
hisi_qm_mem_attach(struct hisi_qm_dev *dev)
{
	char name[RTE_MEM_EVENT_CALLBACK_NAME_LEN];
	struct mem_run run = {.dev = dev};
	int ret;

	/* First the events, then the walk: nothing is missed between the two. Where memory never
	 * changes there are no events: ENOTSUP (--no-huge, --legacy-mem).
	 */
	mem_event_name(dev, name);
	if (rte_mem_event_callback_register(name, mem_event, dev) != 0 && rte_errno != ENOTSUP)
		return -rte_errno;
	rte_mcfg_mem_read_lock();
	ret = rte_memseg_walk_thread_unsafe(mem_walk_one, &run);
	if (ret == 0)
		ret = mem_run_map(&run);
	rte_mcfg_mem_read_unlock();
	if (ret != 0) {
		HISI_QM_LOG(ERR, dev, "cannot map memory for DMA at IOVA 0x%" PRIx64 ": %s",
			    run.iova, rte_strerror(-ret));
		hisi_qm_mem_detach(dev);
	}
	return ret;
}

void
hisi_qm_mem_detach(struct hisi_qm_dev *dev)
{
	char name[RTE_MEM_EVENT_CALLBACK_NAME_LEN];

	mem_event_name(dev, name);
	rte_mem_event_callback_unregister(name, dev);
}

/* One page: what of it follows @p va, and where that is. */
static int
mem_page_fd(const void *va, uint64_t *offset, size_t *len)
{
	struct rte_memseg_list *msl = rte_mem_virt2memseg_list(va);
	struct rte_memseg *ms = msl == NULL ? NULL : rte_mem_virt2memseg(va, msl);
	size_t start, skip;
	int fd;

	if (ms == NULL)
		return -ENOTSUP;
	fd = rte_memseg_get_fd_thread_unsafe(ms);
	if (fd < 0 || rte_memseg_get_fd_offset_thread_unsafe(ms, &start) != 0)
		return -ENOTSUP;
	skip = RTE_PTR_DIFF(va, ms->addr);
	*offset = start + skip;
	*len = ms->len - skip;
	return fd;
}

int
hisi_qm_mem_fd(const void *va, uint64_t *offset, size_t *len)
{
	size_t done, next_len;
	uint64_t next;
	int fd = mem_page_fd(va, offset, &done);

	if (fd < 0)
		return fd;
	while (done < *len && mem_page_fd(RTE_PTR_ADD(va, done), &next, &next_len) == fd &&
	       next == *offset + done)
		done += next_len;
	*len = RTE_MIN(*len, done);
	return fd;
}
