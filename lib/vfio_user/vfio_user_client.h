/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_CLIENT_H
#define VFIO_USER_CLIENT_H

/**
 * @file
 * Use a PCI device that another process serves.
 *
 * Any thread may call at any time between connect and close: calls are serialized by a lock.
 * Each waits at most the time-out given at connect (for the peer; not for other threads'
 * calls). The first time-out, end of file or protocol violation makes the client *dead*: that
 * call returns -ETIMEDOUT, -ENOTCONN or -EPROTO, and every later one returns -ENODEV at once.
 * An errno that the server answers is returned as it is, and the client stays alive.
 *
 * Interrupts need three things, as on a real device: MSI enabled in config space (region
 * VFIO_USER_REGION_CONFIG), the vector not masked there, and an eventfd set. A reset clears the
 * first two and COMMAND, and keeps eventfds and DMA maps.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user_proto.h"

struct vfio_user_client;

#define VFIO_USER_CLIENT_MAX_AREAS 64

/** A region as the server describes it, checked. */
struct vfio_user_client_region {
	uint64_t size; /**< bytes, 0 if absent */
	uint32_t flags; /**< VFIO_USER_REGION_F_READ, _WRITE, _MMAP */
	/**
	 * To map with, owned by the caller; -1 if the region cannot be mapped. Its size covers
	 * all areas at the time of the call.
	 */
	int fd;
	bool sealed; /**< the server cannot shrink `fd` any more: mapping it cannot SIGBUS */
	uint64_t fd_offset; /**< of the region's first byte in `fd` */
	unsigned int nb_areas; /**< 1 (the region as a whole) or more if it can be mapped */
	/** Within the region, page aligned. */
	struct vfio_user_sparse_area areas[VFIO_USER_CLIENT_MAX_AREAS];
};

/**
 * Connect and agree on a version.
 *
 * @param path
 *   Socket of the server, at most 107 bytes.
 * @param timeout_ms
 *   For this and each later call, from 1.
 * @return
 *   0; -ENOENT or -ECONNREFUSED without a server; -ETIMEDOUT; -EBUSY if it serves another
 *   client (closed without an answer); -EPROTO; -ENOTSUP for another protocol version or a
 *   device that is not PCI.
 */
int vfio_user_client_connect(const char *path, unsigned int timeout_ms,
			     struct vfio_user_client **out);

/** Close and free; NULL is allowed. No other call may be under way: see shutdown. */
void vfio_user_client_close(struct vfio_user_client *client);

/** Make the client dead; calls under way return at once. Any thread. */
void vfio_user_client_shutdown(struct vfio_user_client *client);

/** True once the client is dead (see above). Does not look at the socket. Any thread. */
bool vfio_user_client_dead(const struct vfio_user_client *client);

/**
 * Socket to watch for hang-up (POLLHUP, POLLRDHUP) only: it is readable during other threads'
 * calls, and must not be read.
 */
int vfio_user_client_fd(const struct vfio_user_client *client);

/**
 * Describe a region.
 *
 * @param index
 *   enum vfio_user_region_index.
 * @param info
 *   Filled on success; `info->fd` is then the caller's to close.
 */
int vfio_user_client_region_info(struct vfio_user_client *client, unsigned int index,
				 struct vfio_user_client_region *info);

/**
 * Read from a region. Longer reads than the server takes at a time become several.
 *
 * @param offset, len
 *   Bytes, within the region.
 */
int vfio_user_client_region_read(struct vfio_user_client *client, unsigned int index,
				 uint64_t offset, void *buf, size_t len);

/**
 * Write to a region.
 *
 * @param posted
 *   Do not wait for the server to carry it out; errors of the device are not reported. Order
 *   among all calls is kept.
 */
int vfio_user_client_region_write(struct vfio_user_client *client, unsigned int index,
				  uint64_t offset, const void *buf, size_t len, bool posted);

/**
 * Hand memory to the device.
 *
 * @param fd
 *   File behind the memory (memfd, hugetlbfs, tmpfs; opened for writing if `prot` has WRITE).
 *   Stays the caller's.
 * @param fd_offset, iova, len
 *   Bytes, multiples of VFIO_USER_PAGE_SIZE.
 * @param prot
 *   VFIO_USER_DMA_F_READ, VFIO_USER_DMA_F_WRITE: what the device may do.
 * @return
 *   0; -EEXIST if it overlaps another map; -EINVAL; -EACCES; -ENOSPC for too many maps.
 */
int vfio_user_client_dma_map(struct vfio_user_client *client, int fd, uint64_t fd_offset,
			     uint64_t iova, uint64_t len, unsigned int prot);

/**
 * Take memory away; when it returns the device touches it no more. Nothing mapped there is no
 * error; a map that lies in the range only in part is -EINVAL.
 */
int vfio_user_client_dma_unmap(struct vfio_user_client *client, uint64_t iova, uint64_t len);

/** Take all memory away. */
int vfio_user_client_dma_unmap_all(struct vfio_user_client *client);

/**
 * How many vectors an interrupt index has.
 *
 * @param index
 *   enum vfio_user_irq_index.
 * @return
 *   Number of vectors, or a negative errno.
 */
int vfio_user_client_irq_count(struct vfio_user_client *client, unsigned int index);

/**
 * Set the eventfds of vectors start to start + count - 1.
 *
 * @param eventfds
 *   `count` descriptors that stay the caller's, or NULL to take those of these vectors away.
 */
int vfio_user_client_set_irqs(struct vfio_user_client *client, unsigned int index,
			      unsigned int start, unsigned int count, const int *eventfds);

/** Take the eventfds of all vectors of an index away. */
int vfio_user_client_disable_irqs(struct vfio_user_client *client, unsigned int index);

/** Reset the device (message DEVICE_RESET). */
int vfio_user_client_reset(struct vfio_user_client *client);

#endif /* VFIO_USER_CLIENT_H */
