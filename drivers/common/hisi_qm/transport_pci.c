/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A PCI function bound to vfio-pci, mapped by EAL. */

#include <errno.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <bus_pci_driver.h>
#include <dev_driver.h>
#include <rte_bus_pci.h>
#include <rte_interrupts.h>
#include <rte_io.h>
#include <rte_vfio.h>

#include "hisi_qm_log.h"
#include "hisi_qm_pci.h"
#include "hisi_qm_transport.h"

/** Bytes that all queues' doorbells without isolation lie in. */
#define PCI_MIN_BAR_REGS (HISI_QM_DB_EQ_AEQ + 8)

struct transport_pci {
	struct rte_pci_device *pci;
	struct hisi_qm_pci_caps caps;
	bool shadow; /**< use the capability, where there is one */
	unsigned int nb_vectors; /**< that the function has and we know */
	int eventfds[HISI_PCI_NB_VECTORS];
};

static struct rte_pci_device *
pci_of(const struct hisi_qm_dev *dev)
{
	const struct hisi_qm_pci_args *args = dev->args;

	return args->pci;
}

static int
pci_config_read(struct hisi_qm_dev *dev, uint32_t offset, void *buf, size_t len)
{
	return rte_pci_read_config(pci_of(dev), buf, len, offset) == (int)len ? 0 : -ENODEV;
}

static int
pci_config_write(struct hisi_qm_dev *dev, uint32_t offset, const void *buf, size_t len)
{
	return rte_pci_write_config(pci_of(dev), buf, len, offset) == (int)len ? 0 : -ENODEV;
}

static const struct hisi_qm_pci_config pci_config = {
	.read = pci_config_read,
	.write = pci_config_write,
};

/** The address of @p size bytes in a BAR, or NULL. */
static uint8_t *
pci_bar(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, uint64_t size)
{
	const struct rte_mem_resource *res = &pci_of(dev)->mem_resource[bar];

	if (res->addr == NULL || size > res->len || offset > res->len - size)
		return NULL;
	return (uint8_t *)res->addr + offset;
}

/* A VF of V2 has two, and vfio refuses to be told of more (hardware.md 1.5). */
static int
pci_count_vectors(struct transport_pci *tp)
{
	struct vfio_irq_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_MSI_IRQ_INDEX,
	};

	if (ioctl(rte_intr_dev_fd_get(tp->pci->intr_handle), VFIO_DEVICE_GET_IRQ_INFO, &info) != 0)
		return -errno;
	tp->nb_vectors = RTE_MIN(info.count, (uint32_t)HISI_PCI_NB_VECTORS);
	return 0;
}

static unsigned int
pci_nb_armed(const struct transport_pci *tp)
{
	unsigned int armed = 0;

	for (unsigned int i = 0; i < tp->nb_vectors; i++)
		armed += tp->eventfds[i] >= 0;
	return armed;
}

static void
pci_disarm(struct transport_pci *tp)
{
	for (unsigned int i = 0; i < HISI_PCI_NB_VECTORS; i++)
		tp->eventfds[i] = -1;
}

/* EAL 22.11 gives the chip's MSI one vector only; it has more (hardware.md 1.5). */
static int
pci_set_vectors(const struct transport_pci *tp)
{
	uint8_t buf[sizeof(struct vfio_irq_set) + sizeof(tp->eventfds)] __rte_aligned(8);
	struct vfio_irq_set *set = (struct vfio_irq_set *)buf;

	set->index = VFIO_PCI_MSI_IRQ_INDEX;
	set->start = 0;
	if (pci_nb_armed(tp) == 0) {
		set->argsz = sizeof(*set);
		set->flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER;
		set->count = 0;
	} else {
		set->argsz = sizeof(*set) + tp->nb_vectors * sizeof(tp->eventfds[0]);
		set->flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
		set->count = tp->nb_vectors;
		memcpy(set->data, tp->eventfds, tp->nb_vectors * sizeof(tp->eventfds[0]));
	}
	if (ioctl(rte_intr_dev_fd_get(tp->pci->intr_handle), VFIO_DEVICE_SET_IRQS, set) != 0)
		return -errno;
	return 0;
}

/* The function itself is EAL's; one that was lost still has its vectors. */
static void
pci_close(struct hisi_qm_dev *dev)
{
	struct transport_pci *tp = dev->transport;

	if (tp == NULL)
		return;
	if (pci_nb_armed(tp) != 0) {
		pci_disarm(tp);
		pci_set_vectors(tp);
	}
	dev->transport = NULL;
	free(tp);
}

static int
pci_open(struct hisi_qm_dev *dev)
{
	const struct hisi_qm_pci_args *args = dev->args;
	struct transport_pci *tp;
	int ret;

	if (pci_bar(dev, HISI_PCI_BAR_REGS, 0, PCI_MIN_BAR_REGS) == NULL) {
		HISI_QM_LOG(ERR, dev, "BAR %d is not mapped; is the function bound to vfio-pci?",
			    HISI_PCI_BAR_REGS);
		return -ENODEV;
	}
	tp = calloc(1, sizeof(*tp));
	if (tp == NULL)
		return -ENOMEM;
	tp->pci = args->pci;
	tp->shadow = args->shadow;
	pci_disarm(tp);
	dev->transport = tp;
	ret = pci_count_vectors(tp);
	if (ret == 0)
		ret = hisi_qm_pci_identify(dev, &pci_config, &tp->caps);
	if (ret == 0)
		ret = hisi_qm_pci_enable(dev, &pci_config);
	if (ret != 0)
		pci_close(dev);
	return ret;
}

static int
pci_read(struct hisi_qm_dev *dev, uint32_t offset, void *value, size_t size)
{
	const uint8_t *addr = pci_bar(dev, HISI_PCI_BAR_REGS, offset, size);
	uint64_t words[2];

	if (addr == NULL)
		return -EINVAL;
	switch (size) {
	case 4:
		*(uint32_t *)value = rte_read32(addr);
		return 0;
	case 8:
		*(uint64_t *)value = rte_read64(addr);
		return 0;
	case 16:
#ifdef RTE_ARCH_ARM64
		/* One access, as the mailbox wants it (hardware.md 3.4). */
		asm volatile("ldp %0, %1, [%2]\n"
			     "dmb oshld"
			     : "=&r"(words[0]), "=&r"(words[1])
			     : "r"(addr)
			     : "memory");
#else
		words[0] = rte_read64(addr);
		words[1] = rte_read64(addr + 8);
#endif
		memcpy(value, words, sizeof(words));
		return 0;
	default:
		return -EINVAL;
	}
}

static int
pci_write(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, const void *value,
	  size_t size)
{
	uint8_t *addr = bar < PCI_MAX_RESOURCE ? pci_bar(dev, bar, offset, size) : NULL;

	if (addr == NULL)
		return -EINVAL;
	if (size == 4)
		rte_write32(*(const uint32_t *)value, addr);
	else if (size == 8)
		rte_write64(*(const uint64_t *)value, addr);
	else
		return -EINVAL;
	return 0;
}

static int
pci_mb_write(struct hisi_qm_dev *dev, const struct hisi_hw_mailbox *mb)
{
	uint8_t *addr = pci_bar(dev, HISI_PCI_BAR_REGS, HISI_QM_MB, sizeof(*mb));
	uint64_t words[2];

	if (addr == NULL)
		return -EINVAL;
	memcpy(words, mb, sizeof(words));
	/* A context that the command names is in memory before the command is seen. */
	rte_io_wmb();
#ifdef RTE_ARCH_ARM64
	/* One 128-bit store triggers the command (hardware.md 3.4). */
	asm volatile("stp %0, %1, [%2]" : : "r"(words[0]), "r"(words[1]), "r"(addr) : "memory");
#else
	/* No such store here, and no chip: the model acts on the second half. x86 keeps the order
	 * of stores to uncached memory; elsewhere the barrier does.
	 */
	rte_write64_relaxed(words[0], addr);
	rte_io_wmb();
	rte_write64_relaxed(words[1], addr + 8);
#endif
	return 0;
}

static int
pci_map_doorbell(struct hisi_qm_dev *dev, uint16_t queue, struct hisi_qm_doorbell *db)
{
	struct transport_pci *tp = dev->transport;
	const struct hisi_hw_shadow_cap *cap = &tp->caps.shadow;
	uint8_t *addr;

	if (tp->shadow && tp->caps.has_shadow) {
		addr = pci_bar(dev, HISI_SHADOW_BAR, cap->offset, cap->range);
		hisi_qm_shadow_lines(addr, cap->range, queue, db);
		if (db->sq != NULL) {
			db->global = true;
			return 0;
		}
	}
	if (dev->db_isolation)
		addr = pci_bar(dev, HISI_PCI_BAR_DOORBELLS,
			       (uint64_t)queue * HISI_QM_DB_WINDOW + HISI_QM_DB_SQ_CQ, 8);
	else
		addr = pci_bar(dev, HISI_PCI_BAR_REGS, HISI_QM_DB_SQ_CQ, 8);
	if (addr == NULL)
		return -EINVAL;
	db->sq = (volatile uint64_t *)addr;
	db->cq = (volatile uint64_t *)addr;
	/* EAL maps the BARs at the same addresses in all its processes. */
	db->global = true;
	return 0;
}

/* EAL maps its own memory through the container; this is for what rte_dev_dma_map() names. */
static int
pci_dma_map(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	RTE_SET_USED(dev);
	return rte_vfio_container_dma_map(RTE_VFIO_DEFAULT_CONTAINER_FD, (uintptr_t)va, iova, len);
}

static int
pci_dma_unmap(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	RTE_SET_USED(dev);
	return rte_vfio_container_dma_unmap(RTE_VFIO_DEFAULT_CONTAINER_FD, (uintptr_t)va, iova,
					    len);
}

static int
pci_irq(struct hisi_qm_dev *dev, unsigned int vector, int eventfd)
{
	struct transport_pci *tp = dev->transport;
	int old, ret;

	if (vector >= tp->nb_vectors)
		return -ENOTSUP;
	old = tp->eventfds[vector];
	tp->eventfds[vector] = eventfd;
	ret = pci_set_vectors(tp);
	/* The caller closes it, and its number may be another file's when all are set again. */
	if (ret != 0 && eventfd >= 0)
		tp->eventfds[vector] = old;
	return ret;
}

static int
pci_flr(struct hisi_qm_dev *dev)
{
	if (ioctl(rte_intr_dev_fd_get(pci_of(dev)->intr_handle), VFIO_DEVICE_RESET) != 0)
		return -errno;
	return 0;
}

static int
pci_reset(struct hisi_qm_dev *dev)
{
	return hisi_qm_pci_reset(dev, &pci_config, pci_flr);
}

int
hisi_qm_pci_reset_orphan(struct rte_device *device)
{
	const struct hisi_qm_pci_args args = {.pci = RTE_DEV_TO_PCI(device)};
	struct hisi_qm_dev dev = {.args = &args};
	int ret = -EBUSY;

	/* EAL keeps the descriptor in secondaries, too. */
	rte_pci_device_name(&args.pci->addr, dev.name, sizeof(dev.name));
	if (rte_intr_dev_fd_get(args.pci->intr_handle) >= 0)
		ret = hisi_qm_pci_reset(&dev, &pci_config, pci_flr);
	return ret;
}

const struct hisi_qm_transport_ops hisi_qm_transport_pci = {
	.open = pci_open,
	.close = pci_close,
	.read = pci_read,
	.write = pci_write,
	.mb_write = pci_mb_write,
	.map_doorbell = pci_map_doorbell,
	.dma_map = pci_dma_map,
	.dma_unmap = pci_dma_unmap,
	.reset = pci_reset,
	.irq = pci_irq,
};
