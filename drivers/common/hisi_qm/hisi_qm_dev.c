/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "hisi_qm_msg.h"
#include "hisi_qm_pf.h"
#include "hisi_qm_priv.h"

RTE_LOG_REGISTER(hisi_qm_logtype, pmd.common.hisi_qm, INFO);

static int
hisi_qm_dev_accessed(struct hisi_qm_dev *dev, int ret)
{
	if (ret == -ENODEV)
		hisi_qm_dev_lost(dev, "it does not answer");
	return ret;
}

int
hisi_qm_read32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t *value)
{
	return hisi_qm_dev_accessed(dev, dev->ops->read(dev, offset, value, sizeof(*value)));
}

int
hisi_qm_write32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t value)
{
	return hisi_qm_dev_accessed(dev, dev->ops->write(dev, HISI_PCI_BAR_REGS, offset, &value,
							 sizeof(value)));
}

/* A reset that fails may leave the device at work; then nothing that it knows of is freed. */
static int
hisi_qm_dev_reset(struct hisi_qm_dev *dev)
{
	int ret = dev->ops->reset(dev);

	if (__atomic_exchange_n(&dev->noisy, ret == -EBUSY, __ATOMIC_RELAXED) == 0 &&
	    ret == -EBUSY)
		HISI_QM_LOG(CRIT, dev, "it cannot be kept from memory: buffers of ops in flight "
			    "may still be written to");
	return ret;
}

/* Closes the transport. Doorbells that it mapped are gone with it: they go nowhere from here. */
static void
hisi_qm_dev_disconnect(struct hisi_qm_dev *dev)
{
	for (uint16_t i = 0; i < dev->nb_queues; i++) {
		if (dev->queues[i] == NULL || dev->queues[i]->remote)
			continue;
		dev->queues[i]->sq_db = NULL;
		dev->queues[i]->cq_db = NULL;
	}
	dev->ops->close(dev);
}

/* Connects, and learns what there is: hardware.md 6.5, 1 and 2. */
static int
hisi_qm_dev_connect(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape)
{
	int ret;

	ret = dev->ops->open(dev);
	if (ret != 0)
		return ret;
	ret = hisi_qm_dev_reset(dev);
	if (ret == 0)
		ret = hisi_qm_caps_learn(dev, shape);
	if (ret != 0)
		dev->ops->close(dev);
	return ret;
}

static void
hisi_qm_dev_adopt(struct hisi_qm_dev *dev, const struct hisi_qm_shape *shape)
{
	dev->hw = shape->hw;
	dev->caps = shape->caps;
	dev->db_isolation = shape->db_isolation;
}

static void
hisi_qm_dev_init_locks(struct hisi_qm_dev *dev)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&dev->mb_lock, &attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&dev->lock, &attr);
	pthread_mutexattr_destroy(&attr);
}

static void
hisi_qm_dev_destroy_locks(struct hisi_qm_dev *dev)
{
	pthread_mutex_destroy(&dev->lock);
	pthread_mutex_destroy(&dev->mb_lock);
}

int
hisi_qm_dev_open(struct hisi_qm_dev *dev)
{
	struct hisi_qm_shape shape = {0};
	int ret;

	/* A loss while it is opened is the error that open returns, and nothing more. */
	dev->dead = 1;
	hisi_qm_dev_init_locks(dev);
	ret = hisi_qm_dev_connect(dev, &shape);
	if (ret != 0)
		goto destroy_locks;
	ret = hisi_qm_dev_alloc(dev, &shape);
	if (ret != 0)
		goto disconnect;
	hisi_qm_dev_adopt(dev, &shape);
	__atomic_store_n(&dev->dead, 0, __ATOMIC_RELEASE);
	HISI_QM_LOG(DEBUG, dev, "generation 0x%02x, capabilities 0x%04x, %u queues of depth %u",
		    dev->hw, dev->caps, dev->nb_queues, dev->sq_depth);
	return 0;

disconnect:
	dev->ops->close(dev);
destroy_locks:
	hisi_qm_dev_destroy_locks(dev);
	return ret;
}

void
hisi_qm_dev_close(struct hisi_qm_dev *dev)
{
	if (dev->mz == NULL)
		return;
	hisi_qm_dev_stop(dev);
	for (uint16_t i = 0; i < dev->nb_queues; i++)
		hisi_qm_qp_release(dev->queues[i]);
	__atomic_store_n(&dev->dead, 1, __ATOMIC_RELEASE);
	dev->ops->close(dev);
	/* Only now: the device knew of this memory until it was closed (hardware.md 15.1, 7). */
	if (!hisi_qm_dev_is_noisy(dev))
		rte_memzone_free(dev->mz);
	dev->mz = NULL;
	rte_free(dev->queues);
	dev->queues = NULL;
	hisi_qm_dev_destroy_locks(dev);
}

void
hisi_qm_dev_abandon(struct hisi_qm_dev *dev)
{
	hisi_qm_dev_stop(dev);
	__atomic_store_n(&dev->dead, 1, __ATOMIC_RELEASE);
	dev->ops->close(dev);
}

/* A lost function comes back, perhaps as a new model, and has to fit what was made for the old. */
static int
hisi_qm_dev_reconnect(struct hisi_qm_dev *dev)
{
	struct hisi_qm_shape shape = {0};
	int ret;

	hisi_qm_dev_disconnect(dev);
	ret = hisi_qm_dev_connect(dev, &shape);
	if (ret != 0)
		return ret;
	if (shape.nb_queues < dev->nb_queues || shape.depth != dev->sq_depth ||
	    shape.eq_depth != dev->eq.depth || shape.aeq_depth != dev->aeq.depth) {
		HISI_QM_LOG(ERR, dev, "it came back with %u queues of depth %u, not %u of %u",
			    shape.nb_queues, shape.depth, dev->nb_queues, dev->sq_depth);
		dev->ops->close(dev);
		return -ENODEV;
	}
	/* From here on who holds "lock" may use the transport again. */
	pthread_mutex_lock(&dev->lock);
	hisi_qm_dev_adopt(dev, &shape);
	dev->connects++;
	__atomic_store_n(&dev->dead, 0, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&dev->lock);
	return 0;
}

/* hardware.md 4.6: tables zeroed, and told to the function after the event rings. */
static int
hisi_qm_dev_load_tables(struct hisi_qm_dev *dev)
{
	size_t table = (size_t)dev->nb_queues * HISI_QM_CONTEXT_SIZE;
	int ret;

	memset(RTE_PTR_ADD(dev->mz->addr, dev->sqc_table_iova - dev->mz->iova), 0, table);
	memset(RTE_PTR_ADD(dev->mz->addr, dev->cqc_table_iova - dev->mz->iova), 0, table);
	ret = hisi_qm_event_load(dev);
	if (ret == 0)
		ret = hisi_qm_mb(dev, HISI_QM_MB_SQC_BT, 0, 0, dev->sqc_table_iova, NULL);
	if (ret == 0)
		ret = hisi_qm_mb(dev, HISI_QM_MB_CQC_BT, 0, 0, dev->cqc_table_iova, NULL);
	return ret;
}

/* The page size of what shares addresses with it (hardware.md 2.1, 0x34). */
static int
hisi_qm_dev_tell_page_size(struct hisi_qm_dev *dev)
{
	long page = sysconf(_SC_PAGESIZE);

	if ((dev->caps & HISI_QM_CAP_SVA_PREFETCH) == 0)
		return 0;
	return hisi_qm_write32(dev, HISI_QM_PAGE_SIZE,
			       page == 64 << 10 ? 2 : page == 16 << 10 ? 1 : 0);
}

/* hardware.md 2.1, 0x60: for whoever migrates a VF. */
static int
hisi_qm_dev_tell_state(struct hisi_qm_dev *dev, uint32_t state)
{
	if (hisi_qm_dev_is_pf(dev) || dev->hw < HISI_QM_HW_V3)
		return 0;
	return hisi_qm_write32(dev, HISI_QM_VF_STATE, state);
}

/* hardware.md 6.5, 7 to 9, behind what a PF does first. */
static int
hisi_qm_dev_bring_up(struct hisi_qm_dev *dev, bool queues)
{
	int ret;

	ret = hisi_qm_pf_bring_up(dev);
	if (ret == 0)
		ret = hisi_qm_dev_load_tables(dev);
	if (ret == 0)
		ret = hisi_qm_dev_tell_page_size(dev);
	if (ret == 0)
		ret = hisi_qm_event_enable(dev);
	if (ret == 0)
		ret = hisi_qm_dev_tell_state(dev, HISI_QM_VF_STATE_READY);
	for (uint16_t i = 0; ret == 0 && queues && i < dev->nb_queues; i++)
		if (dev->queues[i] != NULL && !dev->queues[i]->remote)
			ret = hisi_qm_qp_start(dev->queues[i]);
	/* It may have been lost on another thread, which no call above needs to have met. */
	if (ret == 0 && hisi_qm_dev_is_dead(dev))
		ret = -ENODEV;
	if (ret == 0)
		hisi_qm_msg_after_reset(dev);
	return ret;
}

static int
hisi_qm_dev_start_with(struct hisi_qm_dev *dev, bool queues)
{
	int ret = 0;

	if (dev->started)
		hisi_qm_dev_stop(dev);
	dev->pf_resets = false;
	if (hisi_qm_dev_is_dead(dev))
		ret = hisi_qm_dev_reconnect(dev);
	if (ret == 0) {
		/* From here on there is something to stop. */
		dev->started = true;
		ret = hisi_qm_dev_bring_up(dev, queues);
	}
	if (ret != 0) {
		HISI_QM_LOG(ERR, dev, "cannot start: %s", rte_strerror(-ret));
		hisi_qm_dev_stop(dev);
	}
	return ret;
}

int
hisi_qm_dev_start(struct hisi_qm_dev *dev)
{
	return hisi_qm_dev_start_with(dev, true);
}

int
hisi_qm_dev_start_bare(struct hisi_qm_dev *dev)
{
	return hisi_qm_dev_start_with(dev, false);
}

/* All queues are over with the function. */
static void
hisi_qm_dev_end_queues(struct hisi_qm_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	for (uint16_t i = 0; i < dev->nb_queues; i++)
		if (dev->queues[i] != NULL)
			hisi_qm_qp_ended(dev->queues[i]);
	pthread_mutex_unlock(&dev->lock);
}

/* After the queues: hardware.md 7.1; the reset does the rest of what it lists. */
static void
hisi_qm_dev_quiet(struct hisi_qm_dev *dev)
{
	int ret = 0;

	hisi_qm_msg_before_reset(dev);
	if (dev->caps & HISI_QM_CAP_STOP_FUNC)
		ret = hisi_qm_mb(dev, HISI_QM_MB_FLUSH_QM, 0, 0, 0, NULL);
	if (ret == 0)
		ret = hisi_qm_event_mask(dev);
	if (ret == 0)
		ret = hisi_qm_dev_tell_state(dev, HISI_QM_VF_STATE_NOT_READY);
	if (hisi_qm_dev_is_dead(dev))
		return;
	ret = hisi_qm_dev_reset(dev);
	if (ret != 0)
		hisi_qm_dev_lost(dev, "it cannot be reset");
}

void
hisi_qm_dev_stop(struct hisi_qm_dev *dev)
{
	unsigned int tries = HISI_QM_DRAIN_TRIES;

	if (!dev->started)
		return;
	hisi_qm_event_disable(dev);
	/* One that does not drain is reason enough to leave the rest to the reset. */
	for (uint16_t i = 0; i < dev->nb_queues; i++)
		if (dev->queues[i] != NULL && hisi_qm_qp_stop_within(dev->queues[i], tries) != 0)
			tries = 1;
	if (!hisi_qm_dev_is_dead(dev))
		hisi_qm_dev_quiet(dev);
	/* It was reset, now or when it was lost. */
	hisi_qm_dev_end_queues(dev);
	dev->started = false;
}

void
hisi_qm_dev_lost(struct hisi_qm_dev *dev, const char *why)
{
	pthread_mutex_lock(&dev->lock);
	if (__atomic_exchange_n(&dev->dead, 1, __ATOMIC_ACQ_REL) != 0) {
		pthread_mutex_unlock(&dev->lock);
		return;
	}
	/* The reset of a PF is one of its VFs, too, which do not notice by themselves. */
	hisi_qm_msg_before_reset(dev);
	/* Nothing may reach memory that its owner takes back; that it fails is no news. */
	hisi_qm_dev_reset(dev);
	hisi_qm_dev_end_queues(dev);
	HISI_QM_LOG(ERR, dev, "the device is lost: %s", why);
	if (dev->on_loss != NULL)
		dev->on_loss(dev, NULL);
	pthread_mutex_unlock(&dev->lock);
}
