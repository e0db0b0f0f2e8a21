/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "vfio_user_msg.h"
#include "vfio_user_parse.h"

int
vfio_user_parse_hdr(const struct vfio_user_hdr *hdr)
{
	uint32_t type = hdr->flags & VFIO_USER_F_TYPE_MASK;

	if (hdr->size < sizeof(*hdr) || hdr->size > VFIO_USER_MAX_MSG)
		return -EPROTO;
	if (type != VFIO_USER_F_TYPE_COMMAND && type != VFIO_USER_F_TYPE_REPLY)
		return -EPROTO;
	return 0;
}

static bool
unaligned(uint64_t x)
{
	return x % VFIO_USER_PAGE_SIZE != 0;
}

/* An end of exactly 2^64 is fine: the last byte counts. */
static bool
wraps(uint64_t start, uint64_t size)
{
	return size == 0 || start + (size - 1) < start;
}

static int
parse_dma_map(const struct vfio_user_dma_map *map)
{
	if (map->argsz < sizeof(*map) || wraps(map->iova, map->size) ||
	    wraps(map->offset, map->size))
		return -EINVAL;
	if (unaligned(map->iova) || unaligned(map->size) || unaligned(map->offset))
		return -EINVAL;
	return map->flags & ~(uint32_t)(VFIO_USER_DMA_F_READ | VFIO_USER_DMA_F_WRITE) ? -ENOTSUP
										      : 0;
}

static int
parse_dma_unmap(const struct vfio_user_dma_unmap *unmap)
{
	if (unmap->argsz < sizeof(*unmap))
		return -EINVAL;
	if (unmap->flags == VFIO_USER_UNMAP_F_ALL)
		return unmap->iova || unmap->size ? -EINVAL : 0;
	if (unmap->flags)
		return -ENOTSUP;
	return wraps(unmap->iova, unmap->size) ? -EINVAL : 0;
}

static int
parse_set_irqs(const struct vfio_user_request *req, unsigned int nb_fds)
{
	const struct vfio_user_set_irqs *irqs = &req->irqs;
	uint32_t data = irqs->flags & VFIO_USER_SET_IRQS_F_DATA_MASK;
	uint32_t action = irqs->flags & VFIO_USER_SET_IRQS_F_ACTION_MASK;

	if (irqs->argsz < sizeof(*irqs) || irqs->flags != (data | action))
		return -EINVAL;
	if (!data || (data & (data - 1)) || !action || (action & (action - 1)))
		return -EINVAL;
	if (irqs->start > UINT16_MAX || irqs->count > UINT16_MAX)
		return -EINVAL;
	if (data == VFIO_USER_SET_IRQS_F_DATA_BOOL && req->data_len < irqs->count)
		return -EINVAL;
	if (data == VFIO_USER_SET_IRQS_F_DATA_EVENTFD)
		return nb_fds == 0 || nb_fds == irqs->count ? 0 : -EINVAL;
	return nb_fds ? -EINVAL : 0;
}

static int
parse_access(const struct vfio_user_request *req)
{
	const struct vfio_user_region_access *access = &req->access;

	if (access->count > VFIO_USER_MAX_XFER || wraps(access->offset, access->count))
		return -EINVAL;
	if (req->command == VFIO_USER_REGION_WRITE && req->data_len != access->count)
		return -EINVAL;
	return 0;
}

static int
parse_version(const struct vfio_user_request *req)
{
	return req->data_len && req->data[req->data_len - 1] != 0 ? -EINVAL : 0;
}

static int
parse_multi_count(const struct vfio_user_request *req)
{
	return req->nb_writes > req->data_len / sizeof(struct vfio_user_multi_write) ? -EINVAL : 0;
}

/* Bytes of the fixed part of a command's payload, -1 for one that is not served. */
static int
fixed_len(uint16_t command)
{
	switch (command) {
	case VFIO_USER_VERSION:
		return sizeof(struct vfio_user_version);
	case VFIO_USER_DMA_MAP:
		return sizeof(struct vfio_user_dma_map);
	case VFIO_USER_DMA_UNMAP:
		return sizeof(struct vfio_user_dma_unmap);
	case VFIO_USER_GET_INFO:
		return sizeof(struct vfio_user_info);
	case VFIO_USER_GET_REGION_INFO:
		return sizeof(struct vfio_user_region_reply);
	case VFIO_USER_GET_IRQ_INFO:
		return sizeof(struct vfio_user_irq_info);
	case VFIO_USER_SET_IRQS:
		return sizeof(struct vfio_user_set_irqs);
	case VFIO_USER_REGION_READ:
	case VFIO_USER_REGION_WRITE:
		return sizeof(struct vfio_user_region_access);
	case VFIO_USER_DEVICE_RESET:
		return 0;
	case VFIO_USER_REGION_WRITE_MULTI:
		return sizeof(uint64_t);
	default:
		return -1;
	}
}

static int
parse_checked(const struct vfio_user_request *req, unsigned int nb_fds)
{
	switch (req->command) {
	case VFIO_USER_VERSION:
		return parse_version(req);
	case VFIO_USER_DMA_MAP:
		return parse_dma_map(&req->map);
	case VFIO_USER_DMA_UNMAP:
		return parse_dma_unmap(&req->unmap);
	case VFIO_USER_GET_INFO:
		return req->info.argsz < sizeof(req->info) ? -EINVAL : 0;
	case VFIO_USER_GET_REGION_INFO:
		return req->region.argsz < sizeof(req->region) ||
				       req->region.index >= VFIO_USER_NUM_REGIONS
			       ? -EINVAL
			       : 0;
	case VFIO_USER_GET_IRQ_INFO:
		return req->irq.argsz < sizeof(req->irq) || req->irq.index >= VFIO_USER_NUM_IRQS
			       ? -EINVAL
			       : 0;
	case VFIO_USER_SET_IRQS:
		return parse_set_irqs(req, nb_fds);
	case VFIO_USER_REGION_WRITE_MULTI:
		return parse_multi_count(req);
	case VFIO_USER_REGION_READ:
	case VFIO_USER_REGION_WRITE:
		return parse_access(req);
	default:
		return 0;
	}
}

static_assert(sizeof(struct vfio_user_dma_map) <= sizeof(((struct vfio_user_request *)0)->fixed),
	      "the longest fixed part");

static unsigned int
max_fds(uint16_t command)
{
	if (command == VFIO_USER_SET_IRQS)
		return VFIO_USER_MAX_FDS;
	return command == VFIO_USER_DMA_MAP ? 1 : 0;
}

int
vfio_user_parse_request(uint16_t command, const uint8_t *payload, size_t len, unsigned int nb_fds,
			struct vfio_user_request *req)
{
	int fixed = fixed_len(command);

	memset(req, 0, sizeof(*req));
	req->command = command;
	if (fixed < 0)
		return -ENOTSUP;
	if (len < (size_t)fixed || nb_fds > max_fds(command))
		return -EINVAL;
	if (fixed)
		memcpy(req->fixed, payload, (size_t)fixed);
	req->data_len = len - (size_t)fixed;
	req->data = req->data_len ? payload + fixed : NULL;
	return parse_checked(req, nb_fds);
}

int
vfio_user_parse_multi(const struct vfio_user_request *req, uint64_t i,
		      struct vfio_user_multi_write *write)
{
	if (i >= req->nb_writes)
		return -EINVAL;
	memcpy(write, req->data + i * sizeof(*write), sizeof(*write));
	if (write->count > sizeof(write->data) || wraps(write->offset, write->count))
		return -EINVAL;
	return 0;
}

/* Copy `want` bytes at `offset` of the payload, if it has them. */
static int
pick(const uint8_t *payload, size_t len, size_t offset, void *to, size_t want)
{
	if (offset > len || want > len - offset)
		return -EPROTO;
	memcpy(to, payload + offset, want);
	return 0;
}

static int
parse_areas(const uint8_t *payload, size_t len, size_t offset, uint32_t nr_areas,
	    struct vfio_user_client_region *info)
{
	if (nr_areas > VFIO_USER_CLIENT_MAX_AREAS)
		return -E2BIG;
	for (uint32_t i = 0; i < nr_areas; i++) {
		struct vfio_user_sparse_area *area = &info->areas[i];

		if (pick(payload, len, offset + i * sizeof(*area), area, sizeof(*area)))
			return -EPROTO;
		if (wraps(area->offset, area->size) || unaligned(area->offset) ||
		    unaligned(area->size) || area->offset > info->size ||
		    area->size > info->size - area->offset)
			return -EPROTO;
	}
	info->nb_areas = nr_areas;
	return 0;
}

/* The list must go forward, so that it ends. */
static int
parse_region_caps(const uint8_t *payload, size_t len, uint32_t offset,
		  struct vfio_user_client_region *info)
{
	while (offset) {
		struct vfio_user_sparse_cap cap;
		const size_t head = offsetof(struct vfio_user_sparse_cap, nr_areas);

		if (offset < sizeof(struct vfio_user_region_reply) ||
		    pick(payload, len, offset, &cap, head))
			return -EPROTO;
		if (cap.id == VFIO_USER_CAP_SPARSE_MMAP) {
			if (cap.version != 1 || pick(payload, len, offset, &cap, sizeof(cap)))
				return -EPROTO;
			return parse_areas(payload, len, offset + sizeof(cap), cap.nr_areas, info);
		}
		if (cap.next && cap.next <= offset)
			return -EPROTO;
		offset = cap.next;
	}
	return 0;
}

int
vfio_user_parse_region_info(unsigned int index, const uint8_t *payload, size_t len,
			    struct vfio_user_client_region *info)
{
	struct vfio_user_region_reply reply;
	int ret;

	memset(info, 0, sizeof(*info));
	info->fd = -1;
	if (pick(payload, len, 0, &reply, sizeof(reply)) || reply.index != index)
		return -EPROTO;
	info->size = reply.size;
	info->flags = reply.flags & (VFIO_USER_REGION_F_READ | VFIO_USER_REGION_F_WRITE);
	if (!(reply.flags & VFIO_USER_REGION_F_MMAP) || !reply.size)
		return 0;
	if (reply.argsz > len)
		return -E2BIG;
	info->fd_offset = reply.offset;
	if (wraps(reply.offset, reply.size) || unaligned(reply.offset))
		return -EPROTO;
	if (reply.flags & VFIO_USER_REGION_F_CAPS) {
		ret = parse_region_caps(payload, len, reply.cap_offset, info);
		if (ret)
			return ret;
	}
	if (!info->nb_areas) {
		info->areas[0].size = reply.size;
		info->nb_areas = 1;
	}
	info->flags |= VFIO_USER_REGION_F_MMAP;
	return 0;
}
