/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_DMA_H
#define VFIO_USER_DMA_H

/**
 * @file
 * Internal: the client's memory. Maps are kept in a balanced tree by IOVA; the files behind
 * them are mapped as a whole, once for all maps of a file (a guest sends its memory page by
 * page, 16384 maps for 64 MiB, all of one file). One thread at a time.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user_proto.h"
#include "vfio_user_quota.h"
#include "vfio_user_server.h"
#include "vfio_user_sigbus.h"

#define VFIO_USER_DMA_BUCKETS 1024

struct vfio_user_dma_file;

struct vfio_user_dma {
	const struct vfio_user_device_ops *ops;
	void *dev;
	struct vfio_user_sigbus_owner *owner;
	void *maps; /**< tree of struct vfio_user_dma_entry */
	unsigned int nb_maps;
	struct vfio_user_quota quota; /**< taken by files */
	struct vfio_user_dma_file *files[VFIO_USER_DMA_BUCKETS];
};

void vfio_user_dma_init(struct vfio_user_dma *dma, const struct vfio_user_device_ops *ops,
			void *dev, struct vfio_user_sigbus_owner *owner);

/**
 * Carry out DMA_MAP and tell the device.
 *
 * @param map
 *   Checked by the parser.
 * @param fd
 *   Stays the caller's, who closes it. -1 for memory that cannot be reached (a ROM): it takes
 *   its place, and the device does not hear of it.
 * @return
 *   0; -EEXIST for an overlap; -ENOSPC beyond VFIO_USER_MAX_DMA_MAPS, and for more files or
 *   address space than a client may take (vfio_user_quota.h); -EINVAL beyond the end of
 *   the file or for a file that is not in memory; -EACCES if the descriptor does not allow it;
 *   -ENOMEM; what the device says.
 */
int vfio_user_dma_add(struct vfio_user_dma *dma, const struct vfio_user_dma_map *map, int fd);

/**
 * Carry out DMA_UNMAP: the device first, then the memory.
 *
 * @return
 *   0, also if nothing was there; -EINVAL if a map lies in the range only in part.
 */
int vfio_user_dma_remove(struct vfio_user_dma *dma, uint64_t iova, uint64_t size);

/** Remove everything. */
void vfio_user_dma_clear(struct vfio_user_dma *dma);

#endif /* VFIO_USER_DMA_H */
