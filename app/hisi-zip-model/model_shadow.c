/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model_shadow.h"

/* @param at  NULL: anywhere; else what is mapped there is replaced at once. */
static void *
map(void *at, size_t len, int fd)
{
	return mmap(at, len, PROT_READ | PROT_WRITE, MAP_SHARED | (at == NULL ? 0 : MAP_FIXED), fd,
		    0);
}

int
model_shadow_create(struct model_shadow *shadow, size_t len)
{
	int fd = vfio_user_server_memfd("hisi-zip-doorbells", len);
	void *memory;
	int ret;

	if (fd < 0)
		return fd;
	memory = map(NULL, len, fd);
	if (memory == MAP_FAILED) {
		ret = -errno;
		close(fd);
		return ret;
	}
	*shadow = (struct model_shadow){.memory = memory, .len = len, .fd = fd};
	return 0;
}

int
model_shadow_renew(struct model_shadow *shadow, struct vfio_user_server *server, unsigned int bar)
{
	int fd;
	int ret;

	if (shadow->memory == NULL)
		return 0;
	fd = vfio_user_server_memfd("hisi-zip-doorbells", shadow->len);
	if (fd < 0)
		return fd;
	/* The old map may be gone even where the new one cannot be made. */
	if (map(shadow->memory, shadow->len, fd) == MAP_FAILED)
		ret = -errno;
	else
		ret = vfio_user_server_region_fd(server, bar, fd);
	if (ret != 0) {
		map(shadow->memory, shadow->len, shadow->fd);
		close(fd);
		return ret;
	}
	close(shadow->fd);
	shadow->fd = fd;
	return 0;
}

void
model_shadow_destroy(struct model_shadow *shadow)
{
	if (shadow->memory == NULL)
		return;
	munmap(shadow->memory, shadow->len);
	close(shadow->fd);
}
