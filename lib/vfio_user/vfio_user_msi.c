/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vfio_user_msg.h"
#include "vfio_user_msi.h"

void
vfio_user_msi_init(struct vfio_user_msi *msi, unsigned int nb_vectors)
{
	pthread_mutex_init(&msi->lock, NULL);
	msi->nb_vectors = nb_vectors;
	msi->enabled = false;
	msi->mask = 0;
	msi->pending = 0;
	for (unsigned int i = 0; i < VFIO_USER_MSI_MAX; i++)
		msi->fd[i] = -1;
}

void
vfio_user_msi_fini(struct vfio_user_msi *msi)
{
	for (unsigned int i = 0; i < msi->nb_vectors; i++)
		vfio_user_msi_set_eventfd(msi, i, -1);
	pthread_mutex_destroy(&msi->lock);
}

/*
 * Whether writing waits is a flag that the client shares, and may have cleared: so it is asked
 * first whether there is room, which leaves the moment in between. What is full wakes its reader
 * just as well.
 */
static bool
has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

/* Any failure is the client's own doing: there is nothing left to deliver either way. */
static void
deliver(struct vfio_user_msi *msi)
{
	uint32_t ready = msi->enabled ? msi->pending & ~msi->mask : 0;

	for (unsigned int i = 0; ready; i++, ready >>= 1) {
		uint64_t one = 1;

		if (!(ready & 1) || msi->fd[i] < 0)
			continue;
		msi->pending &= ~(UINT32_C(1) << i);
		if (!has_room(msi->fd[i]) || write(msi->fd[i], &one, sizeof(one)) < 0)
			continue;
	}
}

void
vfio_user_msi_raise(struct vfio_user_msi *msi, unsigned int vector)
{
	if (vector >= msi->nb_vectors)
		return;
	pthread_mutex_lock(&msi->lock);
	if (msi->enabled) {
		msi->pending |= UINT32_C(1) << vector;
		deliver(msi);
	}
	pthread_mutex_unlock(&msi->lock);
}

/*
 * Anything else might block us. So might the question what it is, asked of its file system (fstat()
 * on FUSE); its name is the kernel's own, which no file can have: theirs start with a slash.
 */
static bool
is_eventfd(int fd)
{
	static const char eventfd_name[] = "anon_inode:[eventfd]";
	char path[sizeof("/proc/self/fd/") + 10];
	char name[sizeof(eventfd_name)];
	int flags = fcntl(fd, F_GETFL);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (flags < 0 ||
	    readlink(path, name, sizeof(name)) != (ssize_t)(sizeof(eventfd_name) - 1) ||
	    memcmp(name, eventfd_name, sizeof(eventfd_name) - 1) != 0)
		return false;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

int
vfio_user_msi_set_eventfd(struct vfio_user_msi *msi, unsigned int vector, int fd)
{
	int old;

	if (vector >= msi->nb_vectors || (fd >= 0 && !is_eventfd(fd))) {
		if (fd >= 0)
			vfio_user_close_received(fd);
		return -EINVAL;
	}
	pthread_mutex_lock(&msi->lock);
	old = msi->fd[vector];
	msi->fd[vector] = fd;
	deliver(msi);
	pthread_mutex_unlock(&msi->lock);
	if (old >= 0)
		close(old);
	return 0;
}

void
vfio_user_msi_update(struct vfio_user_msi *msi, bool enabled, uint32_t mask)
{
	pthread_mutex_lock(&msi->lock);
	msi->enabled = enabled;
	msi->mask = mask;
	if (!enabled)
		msi->pending = 0;
	deliver(msi);
	pthread_mutex_unlock(&msi->lock);
}

uint32_t
vfio_user_msi_pending(struct vfio_user_msi *msi)
{
	uint32_t pending;

	pthread_mutex_lock(&msi->lock);
	pending = msi->pending & msi->mask;
	pthread_mutex_unlock(&msi->lock);
	return pending;
}
