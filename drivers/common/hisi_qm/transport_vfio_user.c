/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A function that another process serves over vfio-user. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_interrupts.h>

#include "hisi_qm_log.h"
#include "hisi_qm_mem.h"
#include "vfio_user.h"

/** For each answer of the peer, ms: unmapping waits there for the SQEs under way. */
#define VFIO_USER_TIMEOUT_MS 5000

/* Config space, PCI Local Bus and PCI Express base specifications. */
#define PCI_ID 0x00
#define PCI_COMMAND 0x04
#define PCI_COMMAND_MEMORY_MASTER 0x0006
#define PCI_STATUS_CAPS 0x00100000u /* in the dword at PCI_COMMAND */
#define PCI_REVISION 0x08
#define PCI_CAPS 0x34
#define PCI_CAP_MSI 0x05
#define PCI_MAX_CAPS 48
#define PCI_MSI_CONTROL 2
#define PCI_MSI_ENABLE_4 0x0021 /* enabled, 4 vectors */
#define PCI_MSI_MASK 0x10       /* of a 64-bit, maskable capability */

struct transport_vfio_user {
	struct hisi_qm_dev *dev;
	struct vfio_user_client *client;
	struct rte_intr_handle *watch; /**< of the socket; NULL: not watched */
	uint8_t *shadow;               /**< mapped BAR 0 range, NULL: none */
	struct hisi_hw_shadow_cap cap;
	uint8_t msi;    /**< offset of the MSI capability, 0: none */
	uint32_t armed; /**< vectors with an eventfd */
};

static int
vu_config_read(struct transport_vfio_user *vu, uint64_t offset, void *buf, size_t len)
{
	return vfio_user_client_region_read(vu->client, VFIO_USER_REGION_CONFIG, offset, buf, len);
}

static int
vu_config_write(struct transport_vfio_user *vu, uint64_t offset, const void *buf, size_t len)
{
	return vfio_user_client_region_write(vu->client, VFIO_USER_REGION_CONFIG, offset, buf, len,
					     false);
}

/* Nothing can be done about a peer that hangs up but to say so: the driver above stops and
 * starts. Unregistered at once, since a hung-up descriptor is ready for ever.
 */
static void
vu_hangup(void *arg)
{
	struct transport_vfio_user *vu = arg;
	struct pollfd fd = {
		.fd = vfio_user_client_fd(vu->client),
		.events = POLLRDHUP,
	};

	/* Also called for answers that another thread is about to read. */
	if (poll(&fd, 1, 0) <= 0 || (fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0)
		return;
	if (rte_intr_callback_unregister_pending(vu->watch, vu_hangup, vu, NULL) < 0)
		return;
	vfio_user_client_shutdown(vu->client);
	hisi_qm_dev_lost(vu->dev, "the model hung up");
}

static void
vu_unwatch(struct transport_vfio_user *vu)
{
	if (vu->watch == NULL)
		return;
	/* -ENOENT: the hang-up has unregistered it. */
	rte_intr_callback_unregister_sync(vu->watch, vu_hangup, vu);
	rte_intr_instance_free(vu->watch);
	vu->watch = NULL;
}

static int
vu_watch(struct transport_vfio_user *vu)
{
	int ret;

	vu->watch = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (vu->watch == NULL)
		return -ENOMEM;
	rte_intr_type_set(vu->watch, RTE_INTR_HANDLE_EXT);
	rte_intr_fd_set(vu->watch, vfio_user_client_fd(vu->client));
	ret = rte_intr_callback_register(vu->watch, vu_hangup, vu);
	if (ret < 0) {
		rte_intr_instance_free(vu->watch);
		vu->watch = NULL;
	}
	return ret;
}

static bool
vu_shadow_valid(const struct hisi_hw_shadow_cap *cap, const struct vfio_user_client_region *bar)
{
	return cap->length == HISI_SHADOW_CAP_LENGTH && cap->version == HISI_SHADOW_CAP_VERSION &&
	       cap->signature == HISI_SHADOW_CAP_SIGNATURE && cap->bar == HISI_SHADOW_BAR &&
	       cap->offset % HISI_SHADOW_GRANULE == 0 && cap->stride == HISI_SHADOW_STRIDE &&
	       cap->range != 0 && cap->range % HISI_SHADOW_GRANULE == 0 && bar->fd >= 0 &&
	       bar->size >= (uint64_t)cap->offset + cap->range && bar->nb_areas == 1 &&
	       bar->areas[0].offset == 0 && bar->areas[0].size >= bar->size;
}

static int
vu_map_shadow(struct transport_vfio_user *vu, const struct hisi_hw_shadow_cap *cap)
{
	struct vfio_user_client_region bar;
	void *map = MAP_FAILED;
	int ret;

	ret = vfio_user_client_region_info(vu->client, HISI_SHADOW_BAR, &bar);
	if (ret != 0)
		return ret;
	if (vu_shadow_valid(cap, &bar) && bar.sealed)
		map = mmap(NULL, cap->range, PROT_READ | PROT_WRITE, MAP_SHARED, bar.fd,
			   bar.fd_offset + cap->offset);
	if (bar.fd >= 0)
		close(bar.fd);
	if (map == MAP_FAILED) {
		HISI_QM_LOG(NOTICE, vu->dev, "unexpected shadow doorbells: not used");
		return 0;
	}
	vu->shadow = map;
	vu->cap = *cap;
	return 0;
}

/* Walks the capability list: bounded, since the peer may have made it a loop. */
static int
vu_find_caps(struct transport_vfio_user *vu)
{
	const struct hisi_qm_vfio_user_args *args = vu->dev->args;
	struct hisi_hw_shadow_cap cap;
	uint8_t offset = 0;
	unsigned int i;
	int ret;

	ret = vu_config_read(vu, PCI_CAPS, &offset, sizeof(offset));
	for (i = 0; ret == 0 && i < PCI_MAX_CAPS && offset >= 0x40; i++) {
		if (offset > 0x100 - sizeof(cap))
			break;
		ret = vu_config_read(vu, offset, &cap, sizeof(cap));
		if (ret == 0 && cap.id == PCI_CAP_MSI)
			vu->msi = offset;
		if (ret == 0 && cap.id == HISI_SHADOW_CAP_ID && vu->shadow == NULL && args->shadow)
			ret = vu_map_shadow(vu, &cap);
		offset = cap.next & 0xfc;
	}
	return ret;
}

static int
vu_identify(struct transport_vfio_user *vu)
{
	uint32_t id, command, revision;
	int ret;

	ret = vu_config_read(vu, PCI_ID, &id, sizeof(id));
	if (ret == 0)
		ret = vu_config_read(vu, PCI_COMMAND, &command, sizeof(command));
	if (ret == 0)
		ret = vu_config_read(vu, PCI_REVISION, &revision, sizeof(revision));
	if (ret != 0)
		return ret;
	if ((id & 0xffff) != HISI_PCI_VENDOR) {
		HISI_QM_LOG(ERR, vu->dev, "PCI vendor 0x%04x is not 0x%04x", id & 0xffff,
			    HISI_PCI_VENDOR);
		return -ENODEV;
	}
	vu->dev->device = id >> 16;
	vu->dev->revision = revision & 0xff;
	return (command & PCI_STATUS_CAPS) ? vu_find_caps(vu) : 0;
}

/* What a reset clears: COMMAND, and the MSI capability's enable and masks. */
static int
vu_enable(struct transport_vfio_user *vu)
{
	uint16_t command = PCI_COMMAND_MEMORY_MASTER, control = PCI_MSI_ENABLE_4;
	uint32_t mask = ~vu->armed & ((1u << HISI_PCI_NB_VECTORS) - 1);
	int ret;

	ret = vu_config_write(vu, PCI_COMMAND, &command, sizeof(command));
	if (ret != 0 || vu->msi == 0 || vu->armed == 0)
		return ret;
	ret = vu_config_write(vu, vu->msi + PCI_MSI_MASK, &mask, sizeof(mask));
	if (ret == 0)
		ret = vu_config_write(vu, vu->msi + PCI_MSI_CONTROL, &control, sizeof(control));
	return ret;
}

static void
vu_close(struct hisi_qm_dev *dev)
{
	struct transport_vfio_user *vu = dev->transport;

	if (vu == NULL)
		return;
	vu_unwatch(vu);
	hisi_qm_mem_detach(dev);
	if (vu->client != NULL) {
		vfio_user_client_reset(vu->client);
		vfio_user_client_dma_unmap_all(vu->client);
		vfio_user_client_close(vu->client);
	}
	if (vu->shadow != NULL)
		munmap(vu->shadow, vu->cap.range);
	dev->transport = NULL;
	free(vu);
}

static int
vu_open(struct hisi_qm_dev *dev)
{
	const struct hisi_qm_vfio_user_args *args = dev->args;
	struct transport_vfio_user *vu;
	int ret;

	vu = calloc(1, sizeof(*vu));
	if (vu == NULL)
		return -ENOMEM;
	vu->dev = dev;
	dev->transport = vu;
	ret = vfio_user_client_connect(args->path, VFIO_USER_TIMEOUT_MS, &vu->client);
	if (ret != 0) {
		HISI_QM_LOG(ERR, dev, "cannot connect to %s: %s%s", args->path, rte_strerror(-ret),
			    ret == -ENOENT || ret == -ECONNREFUSED ? "; does the model run?" : "");
		goto fail;
	}
	ret = vu_identify(vu);
	if (ret == 0)
		ret = vu_enable(vu);
	if (ret == 0)
		ret = hisi_qm_mem_attach(dev);
	if (ret == 0)
		ret = vu_watch(vu);
	if (ret == 0)
		return 0;
	HISI_QM_LOG(ERR, dev, "cannot use the model at %s: %s", args->path, rte_strerror(-ret));
fail:
	vu_close(dev);
	return ret;
}

static int
vu_read(struct hisi_qm_dev *dev, uint32_t offset, void *value, size_t size)
{
	struct transport_vfio_user *vu = dev->transport;

	return vfio_user_client_region_read(vu->client, HISI_PCI_BAR_REGS, offset, value, size);
}

static int
vu_write(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, const void *value,
	 size_t size)
{
	struct transport_vfio_user *vu = dev->transport;

	/* Registers of 64 bits are doorbells: nobody waits for those. */
	return vfio_user_client_region_write(vu->client, bar, offset, value, size,
					     size == sizeof(uint64_t));
}

static int
vu_mb_write(struct hisi_qm_dev *dev, const struct hisi_hw_mailbox *mb)
{
	struct transport_vfio_user *vu = dev->transport;

	return vfio_user_client_region_write(vu->client, HISI_PCI_BAR_REGS, HISI_QM_MB, mb,
					     sizeof(*mb), false);
}

static int
vu_map_doorbell(struct hisi_qm_dev *dev, uint16_t queue, struct hisi_qm_doorbell *db)
{
	struct transport_vfio_user *vu = dev->transport;
	uint8_t *lines;

	db->sq = NULL;
	db->cq = NULL;
	if (vu->shadow == NULL || (queue + 1u) * HISI_SHADOW_STRIDE > vu->cap.range)
		return 0;
	lines = vu->shadow + (size_t)queue * HISI_SHADOW_STRIDE;
	db->sq = (volatile uint64_t *)(lines + HISI_SHADOW_SQ);
	db->cq = (volatile uint64_t *)(lines + HISI_SHADOW_CQ);
	return 0;
}

static int
vu_dma_map(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	struct transport_vfio_user *vu = dev->transport;
	uint64_t offset;
	int fd = hisi_qm_mem_fd(va, &offset);

	if (fd < 0)
		return fd;
	return vfio_user_client_dma_map(vu->client, fd, offset, iova, len,
					VFIO_USER_DMA_F_READ | VFIO_USER_DMA_F_WRITE);
}

static int
vu_dma_unmap(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	struct transport_vfio_user *vu = dev->transport;

	RTE_SET_USED(va);
	return vfio_user_client_dma_unmap(vu->client, iova, len);
}

static int
vu_reset(struct hisi_qm_dev *dev)
{
	struct transport_vfio_user *vu = dev->transport;
	int ret = vfio_user_client_reset(vu->client);

	return ret == 0 ? vu_enable(vu) : ret;
}

static int
vu_irq(struct hisi_qm_dev *dev, unsigned int vector, int eventfd)
{
	struct transport_vfio_user *vu = dev->transport;
	int ret;

	if (vu->msi == 0)
		return -ENOTSUP;
	ret = vfio_user_client_set_irqs(vu->client, VFIO_USER_IRQ_MSI, vector, 1,
					eventfd < 0 ? NULL : &eventfd);
	if (ret != 0)
		return ret;
	vu->armed &= ~(1u << vector);
	vu->armed |= (eventfd >= 0) ? 1u << vector : 0;
	return vu_enable(vu);
}

const struct hisi_qm_transport_ops hisi_qm_transport_vfio_user = {
	.open = vu_open,
	.close = vu_close,
	.read = vu_read,
	.write = vu_write,
	.mb_write = vu_mb_write,
	.map_doorbell = vu_map_doorbell,
	.dma_map = vu_dma_map,
	.dma_unmap = vu_dma_unmap,
	.reset = vu_reset,
	.irq = vu_irq,
};
