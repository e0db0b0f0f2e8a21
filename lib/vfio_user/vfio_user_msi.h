/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_MSI_H
#define VFIO_USER_MSI_H

/**
 * @file
 * Internal: MSI enable, mask and pending, and the eventfds behind the vectors. Any thread.
 *
 * A lock guards all of it, and an eventfd is written under it: so a descriptor is never closed
 * between the look at it and the write.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define VFIO_USER_MSI_MAX 32

struct vfio_user_msi {
	pthread_mutex_t lock;
	unsigned int nb_vectors;
	bool enabled;
	uint32_t mask;
	uint32_t pending;
	int fd[VFIO_USER_MSI_MAX];
};

void vfio_user_msi_init(struct vfio_user_msi *msi, unsigned int nb_vectors);

/** Close the eventfds. */
void vfio_user_msi_fini(struct vfio_user_msi *msi);

/** See vfio_user_pci_irq(). */
void vfio_user_msi_raise(struct vfio_user_msi *msi, unsigned int vector);

/** See vfio_user_pci_set_eventfd(). */
int vfio_user_msi_set_eventfd(struct vfio_user_msi *msi, unsigned int vector, int fd);

/** What config space says now: deliver what became unmasked, forget all if disabled. */
void vfio_user_msi_update(struct vfio_user_msi *msi, bool enabled, uint32_t mask);

/** The pending register: vectors that wait because they are masked. */
uint32_t vfio_user_msi_pending(struct vfio_user_msi *msi);

#endif /* VFIO_USER_MSI_H */
