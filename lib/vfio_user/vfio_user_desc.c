/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfio_user_server_priv.h"

static void
region_fini(struct vfio_user_region *region)
{
	if (!region->mmap)
		return;
	close(region->fd);
	free((void *)(uintptr_t)region->areas);
}

/* Keep copies of our own of what the description points to. */
static int
region_init(struct vfio_user_region *region, const struct vfio_user_region *from, uint64_t size)
{
	struct vfio_user_sparse_area *areas = NULL;

	memset(region, 0, sizeof(*region));
	if (!from->mmap)
		return 0;
	if (!size || from->nb_areas > VFIO_USER_MAX_AREAS || (from->nb_areas && !from->areas))
		return -EINVAL;
	*region = *from;
	if (from->nb_areas) {
		areas = calloc(from->nb_areas, sizeof(*areas));
		if (!areas)
			goto fail;
		memcpy(areas, from->areas, from->nb_areas * sizeof(*areas));
	}
	region->areas = areas;
	region->fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
	if (region->fd >= 0)
		return 0;
	free(areas);
fail:
	memset(region, 0, sizeof(*region));
	return errno ? -errno : -ENOMEM;
}

void
vfio_user_desc_fini(struct vfio_user_device_desc *desc)
{
	for (unsigned int i = 0; i < VFIO_USER_NUM_BARS; i++)
		region_fini(&desc->regions[i]);
}

int
vfio_user_desc_init(struct vfio_user_device_desc *desc, const struct vfio_user_device_desc *from)
{
	desc->pci = from->pci;
	desc->pci.vendor_cap = NULL;
	for (unsigned int i = 0; i < VFIO_USER_NUM_BARS; i++) {
		int ret = region_init(&desc->regions[i], &from->regions[i],
				      from->pci.bars[i].size);

		if (ret) {
			vfio_user_desc_fini(desc);
			return ret;
		}
	}
	return 0;
}

int
vfio_user_server_region_fd(struct vfio_user_server *server, unsigned int bar, int fd)
{
	if (bar >= VFIO_USER_NUM_BARS || !server->desc.regions[bar].mmap)
		return -EINVAL;
	return dup3(fd, server->desc.regions[bar].fd, O_CLOEXEC) < 0 ? -errno : 0;
}

int
vfio_user_server_memfd(const char *name, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}
