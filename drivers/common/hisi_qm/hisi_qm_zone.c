/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What a function has in EAL's memory: event rings, context tables, buffers of the mailbox. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include "hisi_qm_priv.h"

/* Of the parts of the memory. */
#define HISI_QM_PART_ALIGN 128
#define HISI_QM_NB_MB_BUFFERS 4

/* Lays a part of the memory out; offset grows. */
static void *
hisi_qm_zone_carve(const struct rte_memzone *mz, size_t *offset, size_t size, uint64_t *iova)
{
	void *part = RTE_PTR_ADD(mz->addr, *offset);

	*iova = mz->iova + *offset;
	*offset += RTE_ALIGN_CEIL(size, HISI_QM_PART_ALIGN);
	return part;
}

static size_t
hisi_qm_zone_size(const struct hisi_qm_shape *shape)
{
	size_t table = RTE_ALIGN_CEIL((size_t)shape->nb_queues * HISI_QM_CONTEXT_SIZE,
				      HISI_QM_PART_ALIGN);

	return RTE_ALIGN_CEIL(HISI_QM_NB_MB_BUFFERS * HISI_QM_CONTEXT_SIZE, HISI_QM_PART_ALIGN) +
	       RTE_ALIGN_CEIL((size_t)shape->eq_depth * HISI_QM_EQE_SIZE, HISI_QM_PART_ALIGN) +
	       RTE_ALIGN_CEIL((size_t)shape->aeq_depth * HISI_QM_EQE_SIZE, HISI_QM_PART_ALIGN) +
	       2 * table;
}

int
hisi_qm_dev_alloc(struct hisi_qm_dev *dev, const struct hisi_qm_shape *shape)
{
	size_t table = (size_t)shape->nb_queues * HISI_QM_CONTEXT_SIZE;
	size_t size = hisi_qm_zone_size(shape);
	char name[RTE_MEMZONE_NAMESIZE];
	size_t offset = 0;

	dev->queues = rte_calloc_socket("hisi_qm_queues", shape->nb_queues, sizeof(*dev->queues),
					0, dev->numa_node);
	if (dev->queues == NULL)
		return -ENOMEM;
	/* Not the name and no number: those of a killed process may still be there. */
	dev->zone_id = rte_rdtsc();
	snprintf(name, sizeof(name), "hqm%016" PRIx64 "_dev", dev->zone_id);
	dev->mz = rte_memzone_reserve_aligned(name, size, dev->numa_node, RTE_MEMZONE_IOVA_CONTIG,
					      RTE_MAX(HISI_QM_PART_ALIGN, RTE_CACHE_LINE_SIZE));
	if (dev->mz == NULL) {
		HISI_QM_LOG(ERR, dev, "no memory for its rings and tables, %zu bytes: %s", size,
			    rte_strerror(rte_errno));
		rte_free(dev->queues);
		dev->queues = NULL;
		return -ENOMEM;
	}
	dev->nb_queues = shape->nb_queues;
	dev->sq_depth = shape->depth;
	dev->cq_depth = shape->depth;
	dev->eq.depth = shape->eq_depth;
	dev->aeq.depth = shape->aeq_depth;
	dev->mb_buffers = hisi_qm_zone_carve(dev->mz, &offset,
					     HISI_QM_NB_MB_BUFFERS * HISI_QM_CONTEXT_SIZE,
					     &dev->mb_buffers_iova);
	dev->eq.entries = hisi_qm_zone_carve(dev->mz, &offset,
					     (size_t)dev->eq.depth * HISI_QM_EQE_SIZE,
					     &dev->eq.iova);
	dev->aeq.entries = hisi_qm_zone_carve(dev->mz, &offset,
					      (size_t)dev->aeq.depth * HISI_QM_EQE_SIZE,
					      &dev->aeq.iova);
	hisi_qm_zone_carve(dev->mz, &offset, table, &dev->sqc_table_iova);
	hisi_qm_zone_carve(dev->mz, &offset, table, &dev->cqc_table_iova);
	return 0;
}
