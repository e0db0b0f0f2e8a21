/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_SIGBUS_H
#define VFIO_USER_SIGBUS_H

/**
 * @file
 * Internal: survive a peer that truncates a file which is mapped here.
 *
 * One handler and one table of ranges for the process. The handler runs in any thread that
 * touches a range, takes no lock, and replaces the range by private zero pages as a whole: the
 * file's huge pages cannot be replaced in part, and its peer is about to be dropped anyway.
 */

#include <stdatomic.h>
#include <stddef.h>

/** Who is told about a fault in its ranges. Must live as long as they do. */
struct vfio_user_sigbus_owner {
	atomic_bool hit;
	int wake_fd; /**< eventfd written after `hit` was set */
};

struct vfio_user_sigbus_slot;

/** Install the handler, once for all callers. @return 0 or a negative errno. */
int vfio_user_sigbus_get(void);

/** Undo one vfio_user_sigbus_get(); the last one puts the previous handler back. */
void vfio_user_sigbus_put(void);

/**
 * Protect a mapping. Any thread.
 *
 * @param start, len
 *   The whole of one mmap().
 * @return
 *   To be given to vfio_user_sigbus_remove(), or NULL without memory.
 */
struct vfio_user_sigbus_slot *vfio_user_sigbus_add(void *start, size_t len,
						   struct vfio_user_sigbus_owner *owner);

/** Protect it no more: before munmap(), when nothing touches it any longer. */
void vfio_user_sigbus_remove(struct vfio_user_sigbus_slot *slot);

#endif /* VFIO_USER_SIGBUS_H */
