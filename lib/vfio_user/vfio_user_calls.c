/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfio_user_client_priv.h"
#include "vfio_user_parse.h"

/* Room for the answer with as many areas as we keep: one question is enough. */
#define REGION_ARGSZ                                                                               \
	(sizeof(struct vfio_user_region_reply) + sizeof(struct vfio_user_sparse_cap) +             \
	 VFIO_USER_CLIENT_MAX_AREAS * sizeof(struct vfio_user_sparse_area))

/* Mapping beyond the end of the file would be a SIGBUS waiting to happen. */
static bool
covers(int fd, const struct vfio_user_client_region *info)
{
	uint64_t end = 0;
	struct stat st;

	for (unsigned int i = 0; i < info->nb_areas; i++) {
		uint64_t area_end = info->areas[i].offset + info->areas[i].size;

		end = area_end > end ? area_end : end;
	}
	return !fstat(fd, &st) && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= end &&
	       info->fd_offset <= (uint64_t)st.st_size - end;
}

/* Without a descriptor that holds what the answer promises, the region cannot be mapped. */
static int
attach_fd(struct vfio_user_client *client, struct vfio_user_client_region *info)
{
	int fd = vfio_user_conn_take_fd(&client->conn, 0);
	int seals;

	if (!(info->flags & VFIO_USER_REGION_F_MMAP) || fd < 0)
		goto no_mmap;
	if (!covers(fd, info)) {
		vfio_user_close_received(fd);
		return -EPROTO;
	}
	seals = fcntl(fd, F_GET_SEALS);
	info->fd = fd;
	info->sealed = seals >= 0 && (seals & F_SEAL_SHRINK);
	return 0;

no_mmap:
	if (fd >= 0)
		vfio_user_close_received(fd);
	info->flags &= ~(uint32_t)VFIO_USER_REGION_F_MMAP;
	info->nb_areas = 0;
	return 0;
}

int
vfio_user_client_region_info(struct vfio_user_client *client, unsigned int index,
			     struct vfio_user_client_region *info)
{
	const struct vfio_user_region_reply ask = { .argsz = REGION_ARGSZ, .index = index };
	const struct vfio_user_call call = {
		.command = VFIO_USER_GET_REGION_INFO,
		.fixed = &ask,
		.fixed_len = sizeof(ask),
		.min_reply = sizeof(ask),
	};
	int ret;

	pthread_mutex_lock(&client->lock);
	ret = vfio_user_client_call(client, &call);
	if (ret)
		goto unlock;
	ret = vfio_user_parse_region_info(index, client->conn.payload,
					  vfio_user_conn_payload_len(&client->conn), info);
	if (!ret)
		ret = attach_fd(client, info);
	if (ret == -EPROTO)
		vfio_user_client_kill(client, ret);
	vfio_user_conn_next(&client->conn);
unlock:
	pthread_mutex_unlock(&client->lock);
	return ret;
}

/* The head of the reply to an access must repeat the request's. */
static int
check_access(struct vfio_user_client *client, const struct vfio_user_region_access *asked)
{
	if (memcmp(client->conn.payload, asked, sizeof(*asked)))
		return vfio_user_client_kill(client, -EPROTO);
	return 0;
}

static int
read_part(struct vfio_user_client *client, const struct vfio_user_region_access *access, void *buf)
{
	const struct vfio_user_call call = {
		.command = VFIO_USER_REGION_READ,
		.fixed = access,
		.fixed_len = sizeof(*access),
		.min_reply = sizeof(*access) + access->count,
	};
	int ret;

	pthread_mutex_lock(&client->lock);
	ret = vfio_user_client_call(client, &call);
	if (!ret) {
		ret = check_access(client, access);
		if (!ret)
			memcpy(buf, client->conn.payload + sizeof(*access), access->count);
		vfio_user_conn_next(&client->conn);
	}
	pthread_mutex_unlock(&client->lock);
	return ret;
}

static int
write_part(struct vfio_user_client *client, const struct vfio_user_region_access *access,
	   const void *buf, bool posted)
{
	const struct vfio_user_call call = {
		.command = VFIO_USER_REGION_WRITE,
		.posted = posted,
		.fixed = access,
		.fixed_len = sizeof(*access),
		.data = buf,
		.data_len = access->count,
	};

	return vfio_user_client_do(client, &call);
}

static struct vfio_user_region_access
part_of(const struct vfio_user_client *client, unsigned int index, uint64_t offset, size_t len)
{
	return (struct vfio_user_region_access){
		.offset = offset,
		.region = index,
		.count = (uint32_t)(len < client->max_xfer ? len : client->max_xfer),
	};
}

int
vfio_user_client_region_read(struct vfio_user_client *client, unsigned int index, uint64_t offset,
			     void *buf, size_t len)
{
	uint8_t *to = buf;
	int ret = 0;

	while (len && !ret) {
		struct vfio_user_region_access part = part_of(client, index, offset, len);

		ret = read_part(client, &part, to);
		offset += part.count;
		to += part.count;
		len -= part.count;
	}
	return ret;
}

int
vfio_user_client_region_write(struct vfio_user_client *client, unsigned int index, uint64_t offset,
			      const void *buf, size_t len, bool posted)
{
	const uint8_t *from = buf;
	int ret = 0;

	while (len && !ret) {
		struct vfio_user_region_access part = part_of(client, index, offset, len);

		ret = write_part(client, &part, from, posted);
		offset += part.count;
		from += part.count;
		len -= part.count;
	}
	return ret;
}

int
vfio_user_client_dma_map(struct vfio_user_client *client, int fd, uint64_t fd_offset,
			 uint64_t iova, uint64_t len, unsigned int prot)
{
	const struct vfio_user_dma_map map = {
		.argsz = sizeof(map),
		.flags = prot,
		.offset = fd_offset,
		.iova = iova,
		.size = len,
	};
	const struct vfio_user_call call = {
		.command = VFIO_USER_DMA_MAP,
		.fixed = &map,
		.fixed_len = sizeof(map),
		.fds = &fd,
		.nb_fds = 1,
	};

	return fd < 0 ? -EINVAL : vfio_user_client_do(client, &call);
}

static int
unmap(struct vfio_user_client *client, uint32_t flags, uint64_t iova, uint64_t len)
{
	const struct vfio_user_dma_unmap what = {
		.argsz = sizeof(what),
		.flags = flags,
		.iova = iova,
		.size = len,
	};
	const struct vfio_user_call call = {
		.command = VFIO_USER_DMA_UNMAP,
		.fixed = &what,
		.fixed_len = sizeof(what),
	};

	return vfio_user_client_do(client, &call);
}

int
vfio_user_client_dma_unmap(struct vfio_user_client *client, uint64_t iova, uint64_t len)
{
	return unmap(client, 0, iova, len);
}

int
vfio_user_client_dma_unmap_all(struct vfio_user_client *client)
{
	return unmap(client, VFIO_USER_UNMAP_F_ALL, 0, 0);
}

int
vfio_user_client_irq_count(struct vfio_user_client *client, unsigned int index)
{
	struct vfio_user_irq_info info = { .argsz = sizeof(info), .index = index };
	const struct vfio_user_call call = {
		.command = VFIO_USER_GET_IRQ_INFO,
		.fixed = &info,
		.fixed_len = sizeof(info),
		.min_reply = sizeof(info),
	};
	int ret;

	pthread_mutex_lock(&client->lock);
	ret = vfio_user_client_call(client, &call);
	if (!ret) {
		memcpy(&info, client->conn.payload, sizeof(info));
		vfio_user_conn_next(&client->conn);
		ret = info.count <= 4096 ? (int)info.count
					 : vfio_user_client_kill(client, -EPROTO);
	}
	pthread_mutex_unlock(&client->lock);
	return ret;
}

static int
set_irqs(struct vfio_user_client *client, const struct vfio_user_set_irqs *irqs, const int *fds)
{
	const struct vfio_user_call call = {
		.command = VFIO_USER_SET_IRQS,
		.fixed = irqs,
		.fixed_len = sizeof(*irqs),
		.fds = fds,
		.nb_fds = fds ? irqs->count : 0,
	};

	return vfio_user_client_do(client, &call);
}

int
vfio_user_client_set_irqs(struct vfio_user_client *client, unsigned int index, unsigned int start,
			  unsigned int count, const int *eventfds)
{
	uint64_t max = client->max_fds < VFIO_USER_MAX_FDS ? client->max_fds : VFIO_USER_MAX_FDS;
	struct vfio_user_set_irqs irqs = {
		.argsz = sizeof(irqs),
		.flags = VFIO_USER_SET_IRQS_F_DATA_EVENTFD | VFIO_USER_SET_IRQS_F_TRIGGER,
		.index = index,
	};
	int ret = 0;

	if (!max)
		return -ENOTSUP;
	for (unsigned int done = 0; done < count && !ret; done += irqs.count) {
		irqs.start = start + done;
		irqs.count = count - done < max ? count - done : (uint32_t)max;
		ret = set_irqs(client, &irqs, eventfds ? eventfds + done : NULL);
	}
	return ret;
}

int
vfio_user_client_disable_irqs(struct vfio_user_client *client, unsigned int index)
{
	const struct vfio_user_set_irqs irqs = {
		.argsz = sizeof(irqs),
		.flags = VFIO_USER_SET_IRQS_F_DATA_NONE | VFIO_USER_SET_IRQS_F_TRIGGER,
		.index = index,
	};

	return set_irqs(client, &irqs, NULL);
}

int
vfio_user_client_reset(struct vfio_user_client *client)
{
	const struct vfio_user_call call = { .command = VFIO_USER_DEVICE_RESET };

	return vfio_user_client_do(client, &call);
}
