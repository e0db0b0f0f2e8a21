/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A function that another process serves over vfio-user. */

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_interrupts.h>

#include "hisi_qm_mem.h"
#include "hisi_qm_pci.h"
#include "hisi_qm_priv.h"
#include "hisi_qm_transport.h"
#include "vfio_user.h"

/** For each answer of the peer, ms: unmapping waits there for the SQEs under way. */
#define VFIO_USER_TIMEOUT_MS 5000
/** For the answer of a model that we hung up on. */
#define VFIO_USER_PARTED_MS 1000
#define VFIO_USER_KNOCK_US 10000

#define PCI_MSI_CONTROL 2
#define PCI_MSI_ENABLE_4 0x0021 /* enabled, 4 vectors */
#define PCI_MSI_MASK 0x10       /* of a 64-bit, maskable capability */

struct transport_vfio_user {
	struct hisi_qm_dev *dev;
	struct vfio_user_client *client;
	struct rte_intr_handle *watch; /**< of watch_fd; NULL: the socket is not watched */
	bool left;                     /**< the model hung up, which it does when it is quiet */
	int watch_fd;                  /**< ready when the socket is hung up, and only then */
	uint8_t *shadow;               /**< mapped BAR 0 range, NULL: none */
	int shadow_fd;                 /**< -1: none; for other processes to map it */
	uint64_t shadow_offset;        /**< in the file */
	struct hisi_qm_pci_caps caps;
	uint32_t armed; /**< vectors with an eventfd; control threads and who finds it lost */
};

/* What kills the client differs, what it means does not. */
static int
vu_result(const struct transport_vfio_user *vu, int ret)
{
	return ret != 0 && vfio_user_client_dead(vu->client) ? -ENODEV : ret;
}

static int
vu_config_read(struct hisi_qm_dev *dev, uint32_t offset, void *buf, size_t len)
{
	struct transport_vfio_user *vu = dev->transport;

	return vu_result(vu, vfio_user_client_region_read(vu->client, VFIO_USER_REGION_CONFIG,
							  offset, buf, len));
}

static int
vu_config_write(struct hisi_qm_dev *dev, uint32_t offset, const void *buf, size_t len)
{
	struct transport_vfio_user *vu = dev->transport;

	return vu_result(vu, vfio_user_client_region_write(vu->client, VFIO_USER_REGION_CONFIG,
							   offset, buf, len, false));
}

static const struct hisi_qm_pci_config vu_config = {
	.read = vu_config_read,
	.write = vu_config_write,
};

/* Nothing can be done about a peer that hangs up but to say so: the driver above stops and
 * starts. Taken off the watch at once, since a hung-up socket is ready for ever.
 */
static void
vu_hangup(void *arg)
{
	struct transport_vfio_user *vu = arg;

	hisi_qm_event_fence();
	if (!vfio_user_client_dead(vu->client))
		__atomic_store_n(&vu->left, true, __ATOMIC_RELAXED);
	epoll_ctl(vu->watch_fd, EPOLL_CTL_DEL, vfio_user_client_fd(vu->client), NULL);
	vfio_user_client_shutdown(vu->client);
	hisi_qm_dev_lost(vu->dev, "the model hung up");
	hisi_qm_event_fence();
}

static void
vu_unwatch(struct transport_vfio_user *vu)
{
	if (vu->watch == NULL)
		return;
	rte_intr_callback_unregister_sync(vu->watch, vu_hangup, vu);
	hisi_qm_event_fence();
	rte_intr_instance_free(vu->watch);
	close(vu->watch_fd);
	vu->watch = NULL;
}

/* EAL's interrupt thread also wakes up for bytes to read, which are the business of the thread
 * that waits for them. An epoll descriptor of its own asks for the end only.
 */
static int
vu_watch_socket(const struct transport_vfio_user *vu)
{
	struct epoll_event event = {.events = EPOLLRDHUP};
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (epoll_ctl(fd, EPOLL_CTL_ADD, vfio_user_client_fd(vu->client), &event) != 0) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

static int
vu_watch(struct transport_vfio_user *vu)
{
	int ret;

	vu->watch_fd = vu_watch_socket(vu);
	if (vu->watch_fd < 0)
		return vu->watch_fd;
	vu->watch = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (vu->watch == NULL) {
		close(vu->watch_fd);
		return -ENOMEM;
	}
	rte_intr_type_set(vu->watch, RTE_INTR_HANDLE_EXT);
	rte_intr_fd_set(vu->watch, vu->watch_fd);
	hisi_qm_event_fence();
	ret = rte_intr_callback_register(vu->watch, vu_hangup, vu);
	if (ret < 0) {
		rte_intr_instance_free(vu->watch);
		close(vu->watch_fd);
		vu->watch = NULL;
	}
	return ret;
}

static int
vu_map_shadow(struct transport_vfio_user *vu)
{
	const struct hisi_hw_shadow_cap *cap = &vu->caps.shadow;
	struct vfio_user_client_region bar;
	void *map = MAP_FAILED;
	int ret;

	ret = vfio_user_client_region_info(vu->client, HISI_SHADOW_BAR, &bar);
	if (ret != 0)
		return vu_result(vu, ret);
	/* Sealed: a peer that could cut the file short could kill us by SIGBUS. */
	if (bar.fd >= 0 && bar.sealed && bar.nb_areas == 1 && bar.areas[0].offset == 0 &&
	    bar.areas[0].size >= (uint64_t)cap->offset + cap->range)
		map = mmap(NULL, cap->range, PROT_READ | PROT_WRITE, MAP_SHARED, bar.fd,
			   bar.fd_offset + cap->offset);
	if (map != MAP_FAILED) {
		vu->shadow = map;
		vu->shadow_fd = bar.fd;
		vu->shadow_offset = bar.fd_offset + cap->offset;
		return 0;
	}
	if (bar.fd >= 0)
		close(bar.fd);
	HISI_QM_LOG(NOTICE, vu->dev, "unexpected shadow doorbells: not used");
	return 0;
}

/* What a reset clears: COMMAND, and the MSI capability's enable and masks. */
static int
vu_enable(struct transport_vfio_user *vu)
{
	uint32_t armed = __atomic_load_n(&vu->armed, __ATOMIC_RELAXED);
	uint32_t mask = ~armed & ((1u << HISI_PCI_NB_VECTORS) - 1);
	uint16_t control = PCI_MSI_ENABLE_4;
	uint8_t msi = vu->caps.msi;
	int ret;

	ret = hisi_qm_pci_enable(vu->dev, &vu_config);
	if (ret != 0 || msi == 0 || armed == 0)
		return ret;
	ret = vu_config_write(vu->dev, msi + PCI_MSI_MASK, &mask, sizeof(mask));
	if (ret == 0)
		ret = vu_config_write(vu->dev, msi + PCI_MSI_CONTROL, &control, sizeof(control));
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
	if (vu->shadow != NULL) {
		munmap(vu->shadow, vu->caps.shadow.range);
		close(vu->shadow_fd);
	}
	dev->transport = NULL;
	free(vu);
}

/* What a user looks at when there is no connection. */
static const char *
vu_connect_hint(int error)
{
	switch (error) {
	case -ENOENT:
	case -ECONNREFUSED:
		return "; does the model run?";
	case -EBUSY:
		return "; another application has the function";
	case -EACCES:
		return "; the model has to run as the same user";
	case -ETIMEDOUT:
		return "; is a model there, and not stopped?";
	default:
		return "";
	}
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
			    vu_connect_hint(ret));
		goto fail;
	}
	ret = hisi_qm_pci_identify(dev, &vu_config, &vu->caps);
	if (ret == 0 && vu->caps.has_shadow && args->shadow)
		ret = vu_map_shadow(vu);
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

	return vu_result(vu, vfio_user_client_region_read(vu->client, HISI_PCI_BAR_REGS, offset,
							  value, size));
}

static int
vu_write(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, const void *value,
	 size_t size)
{
	struct transport_vfio_user *vu = dev->transport;

	/* Registers of 64 bits are doorbells: nobody waits for those. */
	return vu_result(vu, vfio_user_client_region_write(vu->client, bar, offset, value, size,
							   size == sizeof(uint64_t)));
}

static int
vu_mb_write(struct hisi_qm_dev *dev, const struct hisi_hw_mailbox *mb)
{
	struct transport_vfio_user *vu = dev->transport;

	return vu_result(vu, vfio_user_client_region_write(vu->client, HISI_PCI_BAR_REGS,
							   HISI_QM_MB, mb, sizeof(*mb), false));
}

static int
vu_map_doorbell(struct hisi_qm_dev *dev, uint16_t queue, struct hisi_qm_doorbell *db)
{
	struct transport_vfio_user *vu = dev->transport;

	hisi_qm_shadow_lines(vu->shadow, vu->caps.shadow.range, queue, db);
	if (db->sq != NULL) {
		db->fd = vu->shadow_fd;
		db->fd_offset = vu->shadow_offset;
		db->fd_len = vu->caps.shadow.range;
	}
	return 0;
}

static int
vu_dma_unmap(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	struct transport_vfio_user *vu = dev->transport;

	RTE_SET_USED(va);
	return vu_result(vu, vfio_user_client_dma_unmap(vu->client, iova, len));
}

/* A map for each descriptor behind the range. */
static int
vu_dma_map(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	struct transport_vfio_user *vu = dev->transport;
	size_t done = 0;

	while (done < len) {
		size_t piece = len - done;
		uint64_t offset;
		int fd = hisi_qm_mem_fd(RTE_PTR_ADD(va, done), &offset, &piece);
		int ret = fd;

		if (fd >= 0)
			ret = vfio_user_client_dma_map(vu->client, fd, offset, iova + done, piece,
						       VFIO_USER_DMA_F_READ |
							       VFIO_USER_DMA_F_WRITE);
		if (ret != 0) {
			if (done != 0)
				vu_dma_unmap(dev, va, iova, done);
			return vu_result(vu, ret);
		}
		done += piece;
	}
	return 0;
}

static int
vu_flr(struct hisi_qm_dev *dev)
{
	struct transport_vfio_user *vu = dev->transport;

	return vfio_user_client_reset(vu->client);
}

/*
 * Asks the model for a connection. Before it answers it has let go of clients that hung up. 0: it
 * has none, or there is no model; -EBUSY: it has one; else it may not even have noticed.
 */
static int
vu_knock(const char *path)
{
	struct vfio_user_client *other;
	int ret = vfio_user_client_connect(path, VFIO_USER_PARTED_MS, &other);

	if (ret == 0)
		vfio_user_client_close(other);
	return ret == -ENOENT || ret == -ECONNREFUSED ? 0 : ret;
}

/* The client may live on in a child of the dead process. Who only knocks, too, is soon gone. */
int
hisi_qm_vfio_user_settle_orphan(const char *path)
{
	uint64_t end = rte_get_timer_cycles() +
		       rte_get_timer_hz() / MS_PER_S * VFIO_USER_PARTED_MS;
	int ret;

	while ((ret = vu_knock(path)) == -EBUSY && rte_get_timer_cycles() < end)
		rte_delay_us_sleep(VFIO_USER_KNOCK_US);
	return ret == 0 ? 0 : -EBUSY;
}

/*
 * Whether a model that we have no connection to any more has noticed, and is quiet. It has when it
 * serves somebody: ours is shut down for whoever has the descriptor.
 */
static bool
vu_has_left(struct transport_vfio_user *vu)
{
	const struct hisi_qm_vfio_user_args *args = vu->dev->args;
	int ret;

	if (__atomic_load_n(&vu->left, __ATOMIC_RELAXED))
		return true;
	ret = vu_knock(args->path);
	return ret == 0 || ret == -EBUSY;
}

static int
vu_reset(struct hisi_qm_dev *dev)
{
	struct transport_vfio_user *vu = dev->transport;
	int ret = hisi_qm_pci_reset(dev, &vu_config, vu_flr);

	if (ret == 0)
		return vu_enable(vu);
	if (!vfio_user_client_dead(vu->client))
		return ret;
	return vu_has_left(vu) ? -ENODEV : -EBUSY;
}

static int
vu_irq(struct hisi_qm_dev *dev, unsigned int vector, int eventfd)
{
	struct transport_vfio_user *vu = dev->transport;
	uint32_t bit = 1u << vector;
	int ret;

	if (vu->caps.msi == 0)
		return -ENOTSUP;
	ret = vfio_user_client_set_irqs(vu->client, VFIO_USER_IRQ_MSI, vector, 1,
					eventfd < 0 ? NULL : &eventfd);
	if (ret != 0)
		return vu_result(vu, ret);
	if (eventfd < 0)
		__atomic_fetch_and(&vu->armed, ~bit, __ATOMIC_RELAXED);
	else
		__atomic_fetch_or(&vu->armed, bit, __ATOMIC_RELAXED);
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
