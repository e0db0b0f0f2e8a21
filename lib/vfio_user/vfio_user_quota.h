/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_QUOTA_H
#define VFIO_USER_QUOTA_H

/**
 * @file
 * Internal: what one client may take of the process's mappings and of its address space.
 *
 * The kernel limits both for the process as a whole. At the limit not even the memory of a client
 * that has truncated its file can be replaced (vfio_user_sigbus.h), and the process would die.
 * So some is kept back, and each client may take three quarters of what the others leave.
 */

#include <stdint.h>

/** What a client has. Zeroed to start with. */
struct vfio_user_quota {
	uint64_t bytes;
	uint64_t mappings;
};

/** Take one mapping. Any thread. @return 0, or -ENOSPC: it has its part already. */
int vfio_user_quota_take(struct vfio_user_quota *own, uint64_t bytes);

/** Give it back. */
void vfio_user_quota_give(struct vfio_user_quota *own, uint64_t bytes);

#endif /* VFIO_USER_QUOTA_H */
