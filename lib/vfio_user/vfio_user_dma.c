/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "vfio_user_dma.h"

/* Files up to this size are mapped as a whole. */
#define MAX_WHOLE ((uint64_t)4 << 40)

/* A mapping of a file. A file that has grown since gets a second one beside it. */
struct vfio_user_dma_file {
	struct vfio_user_dma_file *next;
	struct vfio_user_dma_file **link; /* what points to this one */
	struct vfio_user_dma *dma;
	struct vfio_user_sigbus_slot *slot;
	dev_t dev;
	ino_t ino;
	int prot;
	uint8_t *base;
	uint64_t offset;
	uint64_t len;
	unsigned int refs;
};

/* Bounds are inclusive: a range may end at 2^64. */
struct vfio_user_dma_entry {
	uint64_t first;
	uint64_t last;
	struct vfio_user_dma_file *file; /* NULL: not accessible */
};

void
vfio_user_dma_init(struct vfio_user_dma *dma, const struct vfio_user_device_ops *ops, void *dev,
		   struct vfio_user_sigbus_owner *owner)
{
	memset(dma, 0, sizeof(*dma));
	dma->ops = ops;
	dma->dev = dev;
	dma->owner = owner;
}

/* Ranges that overlap compare equal; those in the tree never do. */
static int
compare(const void *left, const void *right)
{
	const struct vfio_user_dma_entry *a = left;
	const struct vfio_user_dma_entry *b = right;

	if (a->last < b->first)
		return -1;
	return a->first > b->last;
}

static struct vfio_user_dma_entry *
find(const struct vfio_user_dma *dma, uint64_t first, uint64_t last)
{
	struct vfio_user_dma_entry key = { .first = first, .last = last };
	struct vfio_user_dma_entry **node = tfind(&key, &dma->maps, compare);

	return node ? *node : NULL;
}

static struct vfio_user_dma_file **
bucket(struct vfio_user_dma *dma, const struct stat *st)
{
	uint64_t hash = ((uint64_t)st->st_ino ^ (uint64_t)st->st_dev << 32) * 0x9e3779b97f4a7c15;

	return &dma->files[hash >> 32 & (VFIO_USER_DMA_BUCKETS - 1)];
}

static struct vfio_user_dma_file *
file_find(struct vfio_user_dma *dma, const struct stat *st, int prot, uint64_t offset,
	  uint64_t size)
{
	struct vfio_user_dma_file *f;

	for (f = *bucket(dma, st); f; f = f->next) {
		if (f->ino == st->st_ino && f->dev == st->st_dev && f->prot == prot &&
		    offset >= f->offset && offset - f->offset < f->len &&
		    size <= f->len - (offset - f->offset))
			return f;
	}
	return NULL;
}

static int
file_map(struct vfio_user_dma_file *f, int fd, uint64_t offset, uint64_t len)
{
	void *base;
	int ret = vfio_user_quota_take(&f->dma->quota, len);

	if (ret)
		return ret;
	base = mmap(NULL, len, f->prot, MAP_SHARED | MAP_NORESERVE, fd, (off_t)offset);
	if (base == MAP_FAILED) {
		ret = -errno;
		goto give_quota;
	}
	f->slot = vfio_user_sigbus_add(base, len, f->dma->owner);
	if (!f->slot) {
		ret = -ENOMEM;
		goto unmap;
	}
	f->base = base;
	f->offset = offset;
	f->len = len;
	return 0;

unmap:
	munmap(base, len);
give_quota:
	vfio_user_quota_give(&f->dma->quota, len);
	return ret;
}

static int
file_add(struct vfio_user_dma *dma, const struct stat *st, int prot, int fd, uint64_t offset,
	 uint64_t size, struct vfio_user_dma_file **out)
{
	struct vfio_user_dma_file *f = calloc(1, sizeof(*f));
	struct vfio_user_dma_file **head = bucket(dma, st);
	uint64_t whole = ((uint64_t)st->st_size + VFIO_USER_PAGE_SIZE - 1) &
			 ~(uint64_t)(VFIO_USER_PAGE_SIZE - 1);
	int ret = -ENOMEM;

	if (!f)
		return -ENOMEM;
	f->dma = dma;
	f->dev = st->st_dev;
	f->ino = st->st_ino;
	f->prot = prot;
	if (whole <= MAX_WHOLE)
		ret = file_map(f, fd, 0, whole);
	if (ret)
		ret = file_map(f, fd, offset, size);
	if (ret) {
		free(f);
		return ret;
	}
	f->next = *head;
	f->link = head;
	if (f->next)
		f->next->link = &f->next;
	*head = f;
	*out = f;
	return 0;
}

static void
file_put(struct vfio_user_dma_file *f)
{
	if (--f->refs)
		return;
	*f->link = f->next;
	if (f->next)
		f->next->link = f->link;
	vfio_user_sigbus_remove(f->slot);
	munmap(f->base, f->len);
	vfio_user_quota_give(&f->dma->quota, f->len);
	free(f);
}

/*
 * Only files in memory, which is what has seals: a page fault on any other may wait for somebody
 * else's will (FUSE), as may the question what it is, and a device is no memory at all.
 */
static int
file_check(int fd, const struct vfio_user_dma_map *map, struct stat *st, int *prot)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_GET_SEALS) < 0 || fstat(fd, st))
		return -errno;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	if (map->offset > (uint64_t)st->st_size ||
	    map->size > (uint64_t)st->st_size - map->offset)
		return -EINVAL;
	*prot = PROT_READ | ((flags & O_ACCMODE) == O_RDWR ? PROT_WRITE : 0);
	if ((flags & O_ACCMODE) == O_WRONLY ||
	    ((map->flags & VFIO_USER_DMA_F_WRITE) && !(*prot & PROT_WRITE)))
		return -EACCES;
	return 0;
}

static int
file_get(struct vfio_user_dma *dma, const struct vfio_user_dma_map *map, int fd,
	 struct vfio_user_dma_file **out)
{
	struct vfio_user_dma_file *f;
	struct stat st;
	int prot = 0;
	int ret = file_check(fd, map, &st, &prot);

	if (ret)
		return ret;
	f = file_find(dma, &st, prot, map->offset, map->size);
	if (!f) {
		ret = file_add(dma, &st, prot, fd, map->offset, map->size, &f);
		if (ret)
			return ret;
	}
	f->refs++;
	*out = f;
	return 0;
}

static int
tell_map(struct vfio_user_dma *dma, const struct vfio_user_dma_map *map,
	 const struct vfio_user_dma_file *f)
{
	if (!f || !dma->ops->dma_map)
		return 0;
	return dma->ops->dma_map(dma->dev, map->iova, map->size,
				 f->base + (map->offset - f->offset), map->flags);
}

static void
entry_free(void *p)
{
	struct vfio_user_dma_entry *entry = p;

	if (entry->file)
		file_put(entry->file);
	free(entry);
}

int
vfio_user_dma_add(struct vfio_user_dma *dma, const struct vfio_user_dma_map *map, int fd)
{
	struct vfio_user_dma_entry *entry;
	int ret;

	if (find(dma, map->iova, map->iova + (map->size - 1)))
		return -EEXIST;
	if (dma->nb_maps >= VFIO_USER_MAX_DMA_MAPS)
		return -ENOSPC;
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	entry->first = map->iova;
	entry->last = map->iova + (map->size - 1);
	ret = fd >= 0 ? file_get(dma, map, fd, &entry->file) : 0;
	if (ret)
		goto free_entry;
	if (!tsearch(entry, &dma->maps, compare)) {
		ret = -ENOMEM;
		goto free_entry;
	}
	ret = tell_map(dma, map, entry->file);
	if (ret)
		goto delete_entry;
	dma->nb_maps++;
	return 0;

delete_entry:
	tdelete(entry, &dma->maps, compare);
free_entry:
	entry_free(entry);
	return ret;
}

int
vfio_user_dma_remove(struct vfio_user_dma *dma, uint64_t iova, uint64_t size)
{
	uint64_t last = iova + (size - 1);
	struct vfio_user_dma_entry *entry = find(dma, iova, iova);

	if (entry && entry->first < iova)
		return -EINVAL;
	entry = find(dma, last, last);
	if (entry && entry->last > last)
		return -EINVAL;
	entry = find(dma, iova, last);
	if (!entry)
		return 0;
	if (dma->ops->dma_unmap)
		dma->ops->dma_unmap(dma->dev, iova, size);
	for (; entry; entry = find(dma, iova, last)) {
		tdelete(entry, &dma->maps, compare);
		entry_free(entry);
		dma->nb_maps--;
	}
	return 0;
}

void
vfio_user_dma_clear(struct vfio_user_dma *dma)
{
	if (!dma->maps)
		return;
	if (dma->ops->dma_unmap)
		dma->ops->dma_unmap(dma->dev, 0, UINT64_MAX);
	tdestroy(dma->maps, entry_free);
	dma->maps = NULL;
	dma->nb_maps = 0;
}
