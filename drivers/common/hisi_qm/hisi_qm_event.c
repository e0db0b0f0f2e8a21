/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_io.h>

#include "hisi_qm_msg.h"
#include "hisi_qm_pf.h"
#include "hisi_qm_priv.h"

/* The slow poll: the only way where there is no interrupt, and the fall-back otherwise. */
#define HISI_QM_EVENT_POLL_US 100000

/* hardware.md 4.4. The ring was zeroed, so the first pass is told by phase 1. */
static int
hisi_qm_event_load_ring(struct hisi_qm_dev *dev, struct hisi_qm_event_ring *ring,
			enum hisi_hw_mb_cmd cmd)
{
	const struct hisi_hw_eqc context = {
		.base_l = (uint32_t)ring->iova,
		.base_h = ring->iova >> 32,
		.dw6 = HISI_HW_PREP(HISI_QM_EQC_DW6_DEPTH_MINUS_1, ring->depth - 1u) |
		       HISI_QM_EQC_DW6_PHASE,
	};

	ring->head = 0;
	ring->phase = true;
	memset((void *)(uintptr_t)ring->entries, 0, (size_t)ring->depth * HISI_QM_EQE_SIZE);
	return hisi_qm_mb_load(dev, cmd, 0, &context);
}

int
hisi_qm_event_load(struct hisi_qm_dev *dev)
{
	int ret;

	pthread_mutex_lock(&dev->lock);
	ret = hisi_qm_event_load_ring(dev, &dev->eq, HISI_QM_MB_EQC);
	if (ret == 0)
		ret = hisi_qm_event_load_ring(dev, &dev->aeq, HISI_QM_MB_AEQC);
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

/* Gives the entries before "head" back (hardware.md 5.1). */
static int
hisi_qm_event_ack(struct hisi_qm_dev *dev, enum hisi_hw_db_cmd cmd, uint16_t head)
{
	uint64_t word = hisi_qm_db_word(cmd, 0, head);

	return dev->ops->write(dev, HISI_PCI_BAR_REGS, HISI_QM_DB_EQ_AEQ, &word, sizeof(word));
}

/* Takes the next entry; whether there is one. */
static bool
hisi_qm_event_take(struct hisi_qm_event_ring *ring, uint32_t *entry)
{
	/* Acquire: what the event is about was written before it, by a model. */
	uint32_t word = __atomic_load_n(&ring->entries[ring->head], __ATOMIC_ACQUIRE);

	if (HISI_HW_GET(HISI_QM_EQE_PHASE, word) != ring->phase)
		return false;
	/* The same for a chip, whose writes are ordered outside of the CPUs' domain. */
	rte_io_rmb();
	if (++ring->head == ring->depth) {
		ring->head = 0;
		ring->phase = !ring->phase;
	}
	*entry = word;
	return true;
}

static void
hisi_qm_event_handle(struct hisi_qm_dev *dev, uint32_t aeqe)
{
	uint16_t queue = HISI_HW_GET(HISI_QM_EQE_CQN, aeqe);
	uint32_t type = HISI_HW_GET(HISI_QM_AEQE_TYPE, aeqe);

	if (type == HISI_QM_AEQE_EQ_OVERFLOW) {
		hisi_qm_dev_lost(dev, "its event queue overflowed");
		return;
	}
	if ((type != HISI_QM_AEQE_CQ_OVERFLOW && type != HISI_QM_AEQE_CQE_ERROR) ||
	    queue >= dev->nb_queues || dev->queues[queue] == NULL) {
		HISI_QM_LOG(WARNING, dev, "event of type %u, queue %u: not known", type, queue);
		return;
	}
	hisi_qm_qp_fail(dev->queues[queue], type == HISI_QM_AEQE_CQ_OVERFLOW ?
						    "its completion queue overflowed" :
						    "a completion went wrong");
}

static void
hisi_qm_event_drain_aeq(struct hisi_qm_dev *dev)
{
	uint32_t aeqe;
	unsigned int n;

	/* Entries that come while these are handled are for the next look. */
	for (n = 0; n < dev->aeq.depth && !hisi_qm_dev_is_dead(dev); n++) {
		if (!hisi_qm_event_take(&dev->aeq, &aeqe))
			break;
		hisi_qm_event_handle(dev, aeqe);
	}
	if (n != 0 && !hisi_qm_dev_is_dead(dev))
		hisi_qm_event_ack(dev, HISI_QM_DB_CMD_AEQ, dev->aeq.head);
}

/* An EQE says "look at that CQ", which its owner does anyway: they are only given back. */
static void
hisi_qm_event_drain_eq(struct hisi_qm_dev *dev)
{
	uint32_t eqe;
	unsigned int n = 0;

	while (n < dev->eq.depth && hisi_qm_event_take(&dev->eq, &eqe))
		n++;
	if (n != 0)
		hisi_qm_event_ack(dev, HISI_QM_DB_CMD_EQ, dev->eq.head);
}

void
hisi_qm_dev_poll_events(struct hisi_qm_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	if (!hisi_qm_dev_is_dead(dev)) {
		hisi_qm_event_drain_aeq(dev);
		if (!hisi_qm_dev_is_dead(dev))
			hisi_qm_event_drain_eq(dev);
	}
	pthread_mutex_unlock(&dev->lock);
}

void
hisi_qm_event_fence(void)
{
	static pthread_mutex_t fence = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&fence);
	pthread_mutex_unlock(&fence);
}

static void
hisi_qm_event_interrupt(void *arg)
{
	struct hisi_qm_dev *dev = arg;
	uint64_t count;

	hisi_qm_event_fence();
	/* Empty when it was woken for an event that is taken already. */
	if (read(rte_intr_fd_get(dev->intr), &count, sizeof(count)) > 0) {
		hisi_qm_dev_poll_events(dev);
		hisi_qm_msg_poll(dev);
	}
	hisi_qm_event_fence();
}

static void
hisi_qm_event_poll(void *arg)
{
	struct hisi_qm_dev *dev = arg;

	hisi_qm_event_fence();
	hisi_qm_dev_poll_events(dev);
	hisi_qm_dev_look_at_queues(dev);
	hisi_qm_pf_check(dev);
	hisi_qm_msg_poll(dev);
	/* Without it nobody would end the queues that are dying. */
	if ((!hisi_qm_dev_is_dead(dev) || dev->pf_resets) &&
	    rte_eal_alarm_set(HISI_QM_EVENT_POLL_US, hisi_qm_event_poll, dev) != 0)
		hisi_qm_dev_lost(dev, "there is no memory to look at it again");
	hisi_qm_event_fence();
}

static void
hisi_qm_event_free_intr(struct hisi_qm_dev *dev)
{
	close(rte_intr_fd_get(dev->intr));
	rte_intr_instance_free(dev->intr);
	dev->intr = NULL;
}

static int
hisi_qm_event_alloc_intr(struct hisi_qm_dev *dev)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	dev->intr = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (dev->intr == NULL) {
		close(fd);
		return -ENOMEM;
	}
	rte_intr_type_set(dev->intr, RTE_INTR_HANDLE_EXT);
	rte_intr_fd_set(dev->intr, fd);
	return 0;
}

/* That of messages shares the descriptor of the AEQ's. Without it there is still the slow poll. */
static int
hisi_qm_event_connect_msg(struct hisi_qm_dev *dev)
{
	int ret;

	if (!hisi_qm_msg_expected(dev))
		return 0;
	ret = dev->ops->irq(dev, HISI_PCI_VECTOR_MSG, rte_intr_fd_get(dev->intr));
	dev->msg_irq = ret == 0;
	return ret == 0 || ret == -ENODEV ? ret : 0;
}

static void
hisi_qm_event_disconnect(struct hisi_qm_dev *dev)
{
	if (dev->msg_irq)
		dev->ops->irq(dev, HISI_PCI_VECTOR_MSG, -1);
	dev->msg_irq = false;
	dev->ops->irq(dev, HISI_PCI_VECTOR_AEQ, -1);
}

/* The interrupts. The EQ's stays masked: its entries can wait for the slow poll. */
static int
hisi_qm_event_connect(struct hisi_qm_dev *dev)
{
	int ret = hisi_qm_event_alloc_intr(dev);

	if (ret != 0)
		return ret;
	hisi_qm_event_fence();
	ret = rte_intr_callback_register(dev->intr, hisi_qm_event_interrupt, dev);
	if (ret < 0)
		goto free_intr;
	ret = dev->ops->irq(dev, HISI_PCI_VECTOR_AEQ, rte_intr_fd_get(dev->intr));
	if (ret != 0)
		goto unregister;
	ret = hisi_qm_event_connect_msg(dev);
	if (ret == 0)
		ret = hisi_qm_write32(dev, HISI_QM_AEQ_INT_MASK, 0);
	if (ret == 0)
		ret = hisi_qm_msg_unmask(dev);
	if (ret != 0)
		goto disconnect;
	return 0;

disconnect:
	hisi_qm_event_disconnect(dev);
unregister:
	rte_intr_callback_unregister_sync(dev->intr, hisi_qm_event_interrupt, dev);
	hisi_qm_event_fence();
free_intr:
	hisi_qm_event_free_intr(dev);
	return ret;
}

int
hisi_qm_event_mask(struct hisi_qm_dev *dev)
{
	int ret = hisi_qm_write32(dev, HISI_QM_EQ_INT_MASK, 1);

	return ret != 0 ? ret : hisi_qm_write32(dev, HISI_QM_AEQ_INT_MASK, 1);
}

int
hisi_qm_event_enable(struct hisi_qm_dev *dev)
{
	int ret;

	/* The order of hardware.md 6.1, 28. */
	ret = hisi_qm_event_ack(dev, HISI_QM_DB_CMD_AEQ, 0);
	if (ret == 0)
		ret = hisi_qm_event_ack(dev, HISI_QM_DB_CMD_EQ, 0);
	if (ret == 0)
		ret = hisi_qm_event_mask(dev);
	if (ret != 0)
		return ret;
	ret = hisi_qm_event_connect(dev);
	if (ret != 0 && ret != -ENOTSUP)
		return ret;
	hisi_qm_event_fence();
	ret = rte_eal_alarm_set(HISI_QM_EVENT_POLL_US, hisi_qm_event_poll, dev);
	if (ret != 0) {
		hisi_qm_event_disable(dev);
		return ret;
	}
	dev->polling = true;
	return 0;
}

void
hisi_qm_event_disable(struct hisi_qm_dev *dev)
{
	if (dev->polling)
		rte_eal_alarm_cancel(hisi_qm_event_poll, dev);
	dev->polling = false;
	hisi_qm_event_fence();
	if (dev->intr == NULL)
		return;
	if (!hisi_qm_dev_is_dead(dev))
		hisi_qm_event_disconnect(dev);
	dev->msg_irq = false;
	rte_intr_callback_unregister_sync(dev->intr, hisi_qm_event_interrupt, dev);
	hisi_qm_event_fence();
	hisi_qm_event_free_intr(dev);
}
