/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "hisi_zip.h"
#include "hisi_zip_sgl.h"
#include "hisi_zip_sw.h"

/* Memory of the arenas of a queue pair: one memzone, of which there is a limited number. */
static int
hisi_zip_qp_alloc_arenas(struct hisi_zip_dev *dev, struct hisi_zip_qp *qp, uint16_t id, int socket)
{
	uint32_t units = hisi_zip_sgl_arena_units(qp->limit, dev->args.max_sge);
	size_t scratch = (size_t)units * HISI_ZIP_SGL_ALIGN;
	size_t bytes = scratch + HISI_ZIP_SGL_ALIGN;
	char name[RTE_MEMZONE_NAMESIZE];

	/* Not by the device's id: a removed one may have left its memory to other processes. */
	snprintf(name, sizeof(name), "hzip%016" PRIx64 "_%u_%x", dev->qm.zone_id, id,
		 dev->qm.nb_zones++);
	qp->mz = rte_memzone_reserve_aligned(name, HISI_ZIP_NB_DIRECTIONS * bytes, socket,
					     RTE_MEMZONE_IOVA_CONTIG, HISI_ZIP_SGL_ALIGN);
	if (qp->mz == NULL) {
		HISI_ZIP_LOG(ERR, "queue pair %u: no memory for lists, %zu bytes: %s", dev->qm.name,
			     id, HISI_ZIP_NB_DIRECTIONS * bytes, rte_strerror(rte_errno));
		return -ENOMEM;
	}
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		qp->queue[d].sgl_mem = (uint8_t *)qp->mz->addr + d * bytes;
		qp->queue[d].sgl_iova = qp->mz->iova + d * bytes;
		qp->queue[d].sgl_size = units;
		qp->queue[d].scratch_iova = qp->queue[d].sgl_iova + scratch;
		/* With zeros for a trailer a cut stream may decode to the end: hisi_zip_frame.c. */
		memset(qp->queue[d].sgl_mem + scratch, 0xff, HISI_ZIP_TRAILER_ZLIB);
	}
	return 0;
}

static int
hisi_zip_queue_create(struct hisi_zip_dev *dev, struct hisi_zip_queue *queue, uint16_t number,
		      uint32_t limit, int socket, bool remote)
{
	enum hisi_hw_sq_type type = (enum hisi_hw_sq_type)(number % HISI_ZIP_NB_DIRECTIONS);
	uint32_t slots = rte_align32pow2(limit);
	int ret;

	queue->direction = type;
	queue->max_sge = dev->args.max_sge;
	queue->sgl_short = RTE_MIN(queue->max_sge, HISI_ZIP_SGL_MAX_SGES);
	queue->slots = rte_zmalloc_socket("hisi_zip_slots", slots * sizeof(*queue->slots),
					  RTE_CACHE_LINE_SIZE, socket);
	if (queue->slots == NULL)
		return -ENOMEM;
	queue->slot_mask = slots - 1;
	if (remote)
		ret = hisi_qm_qp_create_remote(&dev->qm, number, type, limit, socket, &queue->hw);
	else
		ret = hisi_qm_qp_create(&dev->qm, number, type, limit, socket, &queue->hw);
	if (ret == 0)
		queue->depth = queue->hw->depth;
	return ret;
}

int
hisi_zip_qp_create(struct hisi_zip_dev *dev, uint16_t id, uint32_t limit, int socket,
		   const struct hisi_zip_proc *owner, struct hisi_zip_qp **qp)
{
	const bool software = hisi_zip_is_software(dev);
	uint32_t most = software ? UINT16_MAX : dev->qm.sq_depth - 1u;
	bool remote = !hisi_zip_proc_equal(owner, &dev->primary);
	struct hisi_zip_qp *new;
	int ret;

	if (limit == 0 || limit > most) {
		HISI_ZIP_LOG(ERR, "queue pair %u: max_inflight_ops %u, valid are 1 to %u",
			     dev->qm.name, id, limit, most);
		return -EINVAL;
	}
	new = rte_zmalloc_socket("hisi_zip_qp", sizeof(*new), RTE_CACHE_LINE_SIZE, socket);
	if (new == NULL)
		return -ENOMEM;
	new->limit = limit;
	new->id = id;
	new->owner = *owner;
	ret = software ? 0 : hisi_zip_qp_alloc_arenas(dev, new, id, socket);
	if (ret == 0)
		ret = hisi_zip_sw_create(limit, dev->args.max_sge, socket, &new->sw);
	for (unsigned int d = 0; ret == 0 && d < HISI_ZIP_NB_DIRECTIONS; d++) {
		new->queue[d].sw = dev->args.sw == HISI_ZIP_SW_OFF ? NULL : new->sw;
		if (software)
			continue;
		ret = hisi_zip_queue_create(dev, &new->queue[d], HISI_ZIP_NB_DIRECTIONS * id + d,
					    limit, socket, remote);
	}
	if (ret != 0) {
		hisi_zip_qp_free(dev, new);
		return ret;
	}
	new->started = !remote && (software ? dev->started : dev->qm.started);
	pthread_mutex_lock(&dev->qm.lock);
	dev->queue_pairs[id] = new;
	pthread_mutex_unlock(&dev->qm.lock);
	*qp = new;
	return 0;
}

void
hisi_zip_qp_free(struct hisi_zip_dev *dev, struct hisi_zip_qp *qp)
{
	if (qp == NULL)
		return;
	pthread_mutex_lock(&dev->qm.lock);
	hisi_zip_qp_add_totals(qp, &dev->totals);
	if (dev->queue_pairs[qp->id] == qp)
		dev->queue_pairs[qp->id] = NULL;
	pthread_mutex_unlock(&dev->qm.lock);
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		hisi_qm_qp_release(qp->queue[d].hw);
		rte_free(qp->queue[d].slots);
	}
	hisi_zip_sw_free(qp->sw);
	if (!hisi_qm_dev_is_noisy(&dev->qm))
		rte_memzone_free(qp->mz);
	rte_free(qp);
}

int
hisi_zip_qp_start(struct hisi_zip_qp *qp)
{
	int ret = 0;

	for (unsigned int d = 0; ret == 0 && d < HISI_ZIP_NB_DIRECTIONS; d++)
		if (qp->queue[d].hw != NULL)
			ret = hisi_qm_qp_start(qp->queue[d].hw);
	__atomic_store_n(&qp->started, ret == 0, __ATOMIC_RELAXED);
	return ret;
}

int
hisi_zip_qp_stop_step(struct hisi_zip_qp *qp)
{
	int ret = 0;

	__atomic_store_n(&qp->started, false, __ATOMIC_RELAXED);
	for (unsigned int d = 0; ret == 0 && d < HISI_ZIP_NB_DIRECTIONS; d++)
		if (qp->queue[d].hw != NULL)
			ret = hisi_qm_qp_stop_step(qp->queue[d].hw);
	return ret;
}

void
hisi_zip_qp_restart(struct hisi_zip_qp *qp)
{
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		qp->queue[d].index = 0;
		qp->queue[d].pending = 0;
		qp->queue[d].fill_straight = 0;
		qp->queue[d].take_straight = 0;
		qp->queue[d].gap_logged = false;
	}
}

void
hisi_zip_qp_shut(struct hisi_zip_qp *qp)
{
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		if (qp->queue[d].hw == NULL)
			continue;
		/* A queue that has stopped is dead: what it did not complete, it never will. */
		__atomic_store_n(&qp->queue[d].hw->dead, HISI_QM_DEAD, __ATOMIC_RELEASE);
		hisi_zip_queue_settle(&qp->queue[d]);
	}
}

static void
hisi_zip_add(uint64_t *sums, const uint64_t *counters, unsigned int nb)
{
	for (unsigned int i = 0; i < nb; i++)
		sums[i] += hisi_zip_counted(&counters[i]);
}

static void
hisi_zip_add_bytes(struct hisi_zip_bytes *sum, const struct hisi_zip_bytes *bytes)
{
	sum->in += hisi_zip_counted(&bytes->in);
	sum->out += hisi_zip_counted(&bytes->out);
}

static void
hisi_zip_add_dequeue(struct hisi_zip_totals *totals, const struct hisi_zip_counters *dequeue,
		     const struct hisi_zip_failures *failures)
{
	totals->dequeued += hisi_zip_counted(&dequeue->done);
	totals->errors += hisi_zip_counted(&dequeue->failed);
	hisi_zip_add(totals->failures.status, failures->status, HISI_ZIP_NB_STATUSES);
	hisi_zip_add(totals->failures.reason, failures->reason, HISI_ZIP_NB_REASONS);
	hisi_zip_add(totals->failures.engine, failures->engine, HISI_ZIP_NB_ENGINE_STATUSES);
}

/* What consumers count. */
static void
hisi_zip_add_consumed(struct hisi_zip_totals *totals, const struct hisi_zip_qp *qp)
{
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		const struct hisi_zip_queue *queue = &qp->queue[d];

		hisi_zip_add_dequeue(totals, &queue->dequeue, &queue->failures);
		hisi_zip_add_bytes(&totals->bytes[d], &queue->bytes);
		if (queue->hw != NULL)
			hisi_zip_add(&totals->cq_rings[d], &queue->hw->cq_rings, 1);
	}
	if (qp->sw != NULL) {
		hisi_zip_add_dequeue(totals, &qp->sw->dequeue, &qp->sw->failures);
		hisi_zip_add(&totals->redone, &qp->sw->redone, 1);
	}
}

/* What producers count. */
static void
hisi_zip_add_produced(struct hisi_zip_totals *totals, const struct hisi_zip_qp *qp)
{
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		const struct hisi_zip_queue *queue = &qp->queue[d];

		hisi_zip_add(&totals->hw[d], &queue->enqueue.done, 1);
		hisi_zip_add(totals->refused, queue->refused, HISI_ZIP_NB_STATUSES);
		if (queue->hw != NULL)
			hisi_zip_add(&totals->sq_rings[d], &queue->hw->sq_rings, 1);
		if (qp->sw != NULL)
			hisi_zip_add_bytes(&totals->bytes[d], &qp->sw->bytes[d]);
	}
	if (qp->sw != NULL)
		hisi_zip_add(totals->sw, qp->sw->ops, HISI_ZIP_NB_DIRECTIONS);
}

void
hisi_zip_qp_add_totals(const struct hisi_zip_qp *qp, struct hisi_zip_totals *totals)
{
	/* In this order: ops that go through meanwhile do not come out before they went in. */
	hisi_zip_add_consumed(totals, qp);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	hisi_zip_add_produced(totals, qp);
}
