/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "hisi_qm_priv.h"

/* Of SQ and CQ; what the hardware needs is not stated, all drivers give a page (4.7). */
#define HISI_QM_RING_ALIGN 4096

static int
hisi_qm_qp_alloc_rings(struct hisi_qm_qp *qp, int socket)
{
	size_t sq_size = RTE_ALIGN_CEIL((size_t)qp->depth * HISI_QM_SQE_SIZE, HISI_QM_RING_ALIGN);
	size_t cq_size = RTE_ALIGN_CEIL((size_t)qp->depth * HISI_QM_CQE_SIZE, HISI_QM_RING_ALIGN);
	char name[RTE_MEMZONE_NAMESIZE];

	/* Rings of before a loss may still have their names: see "noisy". */
	snprintf(name, sizeof(name), "hqm%016" PRIx64 "_%u_%u", qp->dev->zone_id, qp->queue,
		 qp->dev->nb_zones++);
	qp->mz = rte_memzone_reserve_aligned(name, sq_size + cq_size, socket,
					     RTE_MEMZONE_IOVA_CONTIG, HISI_QM_RING_ALIGN);
	if (qp->mz == NULL) {
		HISI_QM_LOG(ERR, qp->dev, "queue %u: no memory for its rings, %zu bytes: %s",
			    qp->queue, sq_size + cq_size, rte_strerror(rte_errno));
		return -ENOMEM;
	}
	qp->sq = qp->mz->addr;
	qp->sq_iova = qp->mz->iova;
	qp->cq = RTE_PTR_ADD(qp->mz->addr, sq_size);
	qp->cq_iova = qp->mz->iova + sq_size;
	return 0;
}

static void
hisi_qm_qp_free(struct hisi_qm_qp *qp)
{
	if (!hisi_qm_dev_is_noisy(qp->dev))
		rte_memzone_free(qp->mz);
	rte_free(qp);
}

/* A queue that the function does not know yet, "dead" as all that are not started. */
static int
hisi_qm_qp_alloc(struct hisi_qm_dev *dev, uint16_t queue, enum hisi_hw_sq_type type,
		 uint16_t limit, int socket, struct hisi_qm_qp **out)
{
	struct hisi_qm_qp *qp;
	int ret;

	if (queue >= dev->nb_queues || limit == 0 || limit >= dev->sq_depth)
		return -EINVAL;
	if (dev->queues[queue] != NULL)
		return -EBUSY;
	qp = rte_zmalloc_socket("hisi_qm_qp", sizeof(*qp), RTE_CACHE_LINE_SIZE, socket);
	if (qp == NULL)
		return -ENOMEM;
	qp->dev = dev;
	qp->queue = queue;
	qp->type = type;
	qp->limit = limit;
	qp->depth = dev->sq_depth;
	qp->cq_depth = dev->sq_depth;
	/* In flight and not yet given back stay below the depth (hardware.md 15.2, 19). */
	qp->cq_pace = RTE_MIN(qp->depth - limit, HISI_QM_ACK_PACE);
	qp->sq_db_word = hisi_qm_db_word(HISI_QM_DB_CMD_SQ, queue, 0);
	qp->cq_db_word = hisi_qm_db_word(HISI_QM_DB_CMD_CQ, queue, 0);
	qp->dead = HISI_QM_DEAD;
	ret = hisi_qm_qp_alloc_rings(qp, socket);
	if (ret != 0) {
		rte_free(qp);
		return ret;
	}
	*out = qp;
	return 0;
}

/* Events, losses and starts meet it from here on. */
static void
hisi_qm_qp_publish(struct hisi_qm_qp *qp)
{
	pthread_mutex_lock(&qp->dev->lock);
	qp->dev->queues[qp->queue] = qp;
	pthread_mutex_unlock(&qp->dev->lock);
}

int
hisi_qm_qp_create(struct hisi_qm_dev *dev, uint16_t queue, enum hisi_hw_sq_type type,
		  uint16_t limit, int socket, struct hisi_qm_qp **out)
{
	struct hisi_qm_qp *qp;
	int ret = hisi_qm_qp_alloc(dev, queue, type, limit, socket, &qp);

	if (ret != 0)
		return ret;
	hisi_qm_qp_publish(qp);
	ret = dev->started ? hisi_qm_qp_start(qp) : 0;
	if (ret != 0) {
		hisi_qm_qp_release(qp);
		return ret;
	}
	*out = qp;
	return 0;
}

int
hisi_qm_qp_create_remote(struct hisi_qm_dev *dev, uint16_t queue, enum hisi_hw_sq_type type,
			 uint16_t limit, int socket, struct hisi_qm_qp **out)
{
	struct hisi_qm_doorbell db = {.fd = -1};
	struct hisi_qm_qp *qp;
	int ret;

	if (hisi_qm_dev_is_dead(dev))
		return -ENODEV;
	ret = dev->ops->map_doorbell(dev, queue, &db);
	if (ret == 0 && !db.global && db.fd < 0)
		ret = -ENOTSUP;
	if (ret == 0)
		ret = hisi_qm_qp_alloc(dev, queue, type, limit, socket, &qp);
	if (ret != 0)
		return ret;
	qp->remote = true;
	qp->sq_db = db.global ? db.sq : NULL;
	qp->cq_db = db.global ? db.cq : NULL;
	hisi_qm_qp_publish(qp);
	*out = qp;
	return 0;
}

int
hisi_qm_dev_doorbells(struct hisi_qm_dev *dev, struct hisi_qm_doorbell *db)
{
	*db = (struct hisi_qm_doorbell){.fd = -1};
	return hisi_qm_dev_is_dead(dev) ? -ENODEV : dev->ops->map_doorbell(dev, 0, db);
}

void
hisi_qm_qp_release(struct hisi_qm_qp *qp)
{
	struct hisi_qm_dev *dev;

	if (qp == NULL)
		return;
	dev = qp->dev;
	hisi_qm_qp_stop_quiet(qp);
	pthread_mutex_lock(&dev->lock);
	dev->queues[qp->queue] = NULL;
	pthread_mutex_unlock(&dev->lock);
	hisi_qm_qp_free(qp);
}

/* Contexts: hardware.md 4.2, 4.3. The random tag w8 stays 0, as in the doorbells. */
static int
hisi_qm_qp_load_contexts(struct hisi_qm_qp *qp)
{
	const struct hisi_hw_sqc sqc = {
		.base_l = (uint32_t)qp->sq_iova,
		.base_h = qp->sq_iova >> 32,
		.dw3 = HISI_HW_PREP(HISI_QM_XQC_DW3_ENTRY_LOG2, HISI_QM_SQE_LOG2) |
		       HISI_HW_PREP(HISI_QM_XQC_DW3_DEPTH_MINUS_1, qp->depth - 1u),
		.cq_num = qp->queue,
		.w13 = HISI_HW_PREP(HISI_QM_SQC_W13_ORDERS, 1u) |
		       HISI_HW_PREP(HISI_QM_SQC_W13_TYPE, (unsigned int)qp->type),
	};
	/* Armed, as each known driver has it: the first CQE makes an EQE (15.1, 11). */
	const struct hisi_hw_cqc cqc = {
		.base_l = (uint32_t)qp->cq_iova,
		.base_h = qp->cq_iova >> 32,
		.dw3 = HISI_HW_PREP(HISI_QM_XQC_DW3_ENTRY_LOG2, HISI_QM_CQE_LOG2) |
		       HISI_HW_PREP(HISI_QM_XQC_DW3_DEPTH_MINUS_1, qp->cq_depth - 1u),
		.dw6 = HISI_QM_CQC_DW6_PHASE | HISI_QM_CQC_DW6_ARMED,
	};
	int ret;

	ret = hisi_qm_mb_load(qp->dev, HISI_QM_MB_SQC, qp->queue, &sqc);
	if (ret == 0)
		ret = hisi_qm_mb_load(qp->dev, HISI_QM_MB_CQC, qp->queue, &cqc);
	return ret;
}

static void
hisi_qm_qp_rewind(struct hisi_qm_qp *qp)
{
	memset((void *)(uintptr_t)qp->cq, 0, (size_t)qp->cq_depth * HISI_QM_CQE_SIZE);
	qp->sq_tail = 0;
	qp->submitted = 0;
	qp->cq_head = 0;
	qp->cq_unacked = 0;
	qp->completed = 0;
	qp->phase = true;
}

static int
hisi_qm_qp_start_locked(struct hisi_qm_qp *qp)
{
	struct hisi_qm_doorbell db = {.fd = -1};
	int ret;

	if (qp->started)
		return -EALREADY;
	ret = hisi_qm_qp_drain_rest(qp, HISI_QM_DRAIN_TRIES);
	if (ret != 0)
		return ret;
	/* Each start may bring an EQE: take those of earlier ones, so that the EQ has room. */
	hisi_qm_dev_poll_events(qp->dev);
	hisi_qm_qp_rewind(qp);
	if (!qp->remote) {
		ret = qp->dev->ops->map_doorbell(qp->dev, qp->queue, &db);
		if (ret != 0)
			return ret;
		qp->sq_db = db.sq;
		qp->cq_db = db.cq;
	}
	ret = hisi_qm_qp_load_contexts(qp);
	if (ret != 0)
		return ret;
	/* Another thread may have found the function lost meanwhile; "lock" orders the two. */
	if (hisi_qm_dev_is_dead(qp->dev))
		return -ENODEV;
	qp->started = true;
	__atomic_store_n(&qp->dead, HISI_QM_ALIVE, __ATOMIC_RELEASE);
	return 0;
}

int
hisi_qm_qp_start(struct hisi_qm_qp *qp)
{
	int ret;

	pthread_mutex_lock(&qp->dev->lock);
	ret = hisi_qm_qp_start_locked(qp);
	pthread_mutex_unlock(&qp->dev->lock);
	if (ret != 0)
		HISI_QM_LOG(ERR, qp->dev, "cannot start queue %u: %s", qp->queue,
			    rte_strerror(-ret));
	return ret;
}

void
hisi_qm_db_write(struct hisi_qm_qp *qp, uint64_t word)
{
	struct hisi_qm_dev *dev = qp->dev;
	unsigned int bar = HISI_PCI_BAR_REGS;
	uint64_t offset = HISI_QM_DB_SQ_CQ;

	/* Nobody is there, and perhaps no transport either. */
	if (hisi_qm_dev_is_dead(dev))
		return;
	if (dev->db_isolation) {
		bar = HISI_PCI_BAR_DOORBELLS;
		offset += (uint64_t)qp->queue * HISI_QM_DB_WINDOW;
	}
	if (dev->ops->write(dev, bar, offset, &word, sizeof(word)) == -ENODEV)
		hisi_qm_dev_lost(dev, "it does not answer");
}
