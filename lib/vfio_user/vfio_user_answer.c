/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vfio_user_parse.h"
#include "vfio_user_server_priv.h"

/* Of a handler: the same request is to be given to it again. */
#define UNFINISHED 1

/* What goes back: `len` bytes of the payload reserved in the connection, and a descriptor. */
struct answer {
	size_t len;
	int fd;
};

static void *
reserve(struct vfio_user_server *server, struct answer *answer, size_t len)
{
	answer->len = len;
	return vfio_user_conn_reserve(&server->conn, len);
}

static int
answer_copy(struct vfio_user_server *server, struct answer *answer, const void *from, size_t len)
{
	void *to = reserve(server, answer, len);

	if (!to)
		return -ENOMEM;
	memcpy(to, from, len);
	return 0;
}

static int
on_version(struct vfio_user_server *server, const struct vfio_user_request *req,
	   struct answer *answer)
{
	struct vfio_user_version version = { VFIO_USER_MAJOR, VFIO_USER_MINOR };
	struct vfio_user_caps caps;
	char text[256];
	uint8_t *to;
	int len;

	if (server->negotiated || req->version.major != VFIO_USER_MAJOR ||
	    vfio_user_parse_caps(req->data, req->data_len, &caps))
		return -EINVAL;
	len = snprintf(text, sizeof(text),
		       "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%d,"
		       "\"max_dma_maps\":%d,\"pgsizes\":%d,\"write_multiple\":%s}}",
		       VFIO_USER_MAX_FDS, VFIO_USER_MAX_XFER, VFIO_USER_MAX_DMA_MAPS,
		       VFIO_USER_PAGE_SIZE, caps.write_multi ? "true" : "false");
	to = reserve(server, answer, sizeof(version) + (size_t)len + 1);
	if (!to)
		return -ENOMEM;
	memcpy(to, &version, sizeof(version));
	memcpy(to + sizeof(version), text, (size_t)len + 1);
	server->client_max_fds = caps.max_fds;
	server->write_multi = caps.write_multi;
	server->negotiated = true;
	vfio_user_server_log(server, VFIO_USER_LOG_INFO, "a client connected");
	return 0;
}

static int
on_dma_map(struct vfio_user_server *server, const struct vfio_user_request *req,
	   struct answer *answer)
{
	(void)answer;
	return vfio_user_dma_add(&server->dma, &req->map,
				 server->conn.nb_fds ? server->conn.fds[0] : -1);
}

static int
on_dma_unmap(struct vfio_user_server *server, const struct vfio_user_request *req,
	     struct answer *answer)
{
	int ret = 0;

	if (req->unmap.flags & VFIO_USER_UNMAP_F_ALL)
		vfio_user_dma_clear(&server->dma);
	else
		ret = vfio_user_dma_remove(&server->dma, req->unmap.iova, req->unmap.size);
	return ret ? ret : answer_copy(server, answer, &req->unmap, sizeof(req->unmap));
}

static int
on_info(struct vfio_user_server *server, const struct vfio_user_request *req,
	struct answer *answer)
{
	const struct vfio_user_info info = {
		.argsz = sizeof(info),
		.flags = VFIO_USER_INFO_F_RESET | VFIO_USER_INFO_F_PCI,
		.num_regions = VFIO_USER_NUM_REGIONS,
		.num_irqs = VFIO_USER_NUM_IRQS,
	};

	(void)req;
	return answer_copy(server, answer, &info, sizeof(info));
}

static uint64_t
region_size(const struct vfio_user_server *server, uint32_t index)
{
	if (index < VFIO_USER_NUM_BARS)
		return server->desc.pci.bars[index].size;
	return index == VFIO_USER_REGION_CONFIG ? VFIO_USER_CONFIG_SIZE : 0;
}

/* The capability lies behind the fixed part of the answer, and the areas behind its head. */
static void
put_sparse_cap(uint8_t *at, const struct vfio_user_region *region)
{
	struct vfio_user_sparse_cap cap = {
		.id = VFIO_USER_CAP_SPARSE_MMAP,
		.version = 1,
		.nr_areas = region->nb_areas,
	};

	memcpy(at, &cap, sizeof(cap));
	memcpy(at + sizeof(cap), region->areas, region->nb_areas * sizeof(*region->areas));
}

/*
 * Never more than the client has room for: it gets the fixed part then, which says how much
 * room the whole needs, and asks again. The descriptor goes with the whole only.
 */
static int
on_region_info(struct vfio_user_server *server, const struct vfio_user_request *req,
	       struct answer *answer)
{
	uint32_t index = req->region.index;
	struct vfio_user_region_reply reply = {
		.argsz = sizeof(reply),
		.index = index,
		.size = region_size(server, index),
	};
	const struct vfio_user_region *region = NULL;
	bool whole;
	uint8_t *to;

	if (reply.size)
		reply.flags = VFIO_USER_REGION_F_READ | VFIO_USER_REGION_F_WRITE;
	if (index < VFIO_USER_NUM_BARS && server->desc.regions[index].mmap)
		region = &server->desc.regions[index];
	if (region && server->client_max_fds) {
		reply.flags |= VFIO_USER_REGION_F_MMAP;
		reply.offset = region->fd_offset;
		if (region->nb_areas) {
			reply.flags |= VFIO_USER_REGION_F_CAPS;
			reply.cap_offset = sizeof(reply);
			reply.argsz += sizeof(struct vfio_user_sparse_cap) +
				       region->nb_areas * sizeof(*region->areas);
		}
	}
	whole = reply.argsz <= req->region.argsz;
	to = reserve(server, answer, whole ? reply.argsz : sizeof(reply));
	if (!to)
		return -ENOMEM;
	memcpy(to, &reply, sizeof(reply));
	if (whole && (reply.flags & VFIO_USER_REGION_F_CAPS))
		put_sparse_cap(to + sizeof(reply), region);
	if (whole && (reply.flags & VFIO_USER_REGION_F_MMAP))
		answer->fd = region->fd;
	return 0;
}

static uint32_t
irq_count(const struct vfio_user_server *server, uint32_t index)
{
	return index == VFIO_USER_IRQ_MSI ? server->desc.pci.msi_vectors : 0;
}

static int
on_irq_info(struct vfio_user_server *server, const struct vfio_user_request *req,
	    struct answer *answer)
{
	struct vfio_user_irq_info info = {
		.argsz = sizeof(info),
		.index = req->irq.index,
		.count = irq_count(server, req->irq.index),
	};

	if (info.count)
		info.flags = VFIO_USER_IRQ_F_EVENTFD | VFIO_USER_IRQ_F_NORESIZE;
	return answer_copy(server, answer, &info, sizeof(info));
}

static int
set_eventfds(struct vfio_user_server *server, uint32_t start, uint32_t count)
{
	int ret = 0;

	for (uint32_t i = 0; i < count && !ret; i++)
		ret = vfio_user_pci_set_eventfd(server->pci, start + i,
						vfio_user_conn_take_fd(&server->conn, i));
	return ret;
}

static int
on_set_irqs(struct vfio_user_server *server, const struct vfio_user_request *req,
	    struct answer *answer)
{
	const struct vfio_user_set_irqs *irqs = &req->irqs;
	uint32_t vectors = irq_count(server, irqs->index);

	(void)answer;
	if (irqs->index >= VFIO_USER_NUM_IRQS || irqs->start + irqs->count > vectors ||
	    !(irqs->flags & VFIO_USER_SET_IRQS_F_TRIGGER))
		return -EINVAL;
	if (irqs->flags & VFIO_USER_SET_IRQS_F_DATA_EVENTFD)
		return set_eventfds(server, irqs->start, irqs->count);
	if ((irqs->flags & VFIO_USER_SET_IRQS_F_DATA_NONE) && irqs->count == 0)
		return set_eventfds(server, 0, vectors);
	/* What is left is a self-test: raise these vectors now. */
	for (uint32_t i = 0; i < irqs->count; i++) {
		if (!(irqs->flags & VFIO_USER_SET_IRQS_F_DATA_BOOL) || req->data[i])
			vfio_user_pci_irq(server->pci, irqs->start + i);
	}
	return 0;
}

static bool
beyond(const struct vfio_user_server *server, uint32_t index, uint64_t offset, uint64_t len)
{
	uint64_t size = index < VFIO_USER_NUM_REGIONS ? region_size(server, index) : 0;

	return offset > size || len > size - offset;
}

static int
on_region_read(struct vfio_user_server *server, const struct vfio_user_request *req,
	       struct answer *answer)
{
	const struct vfio_user_region_access *access = &req->access;
	uint8_t *to;

	if (beyond(server, access->region, access->offset, access->count))
		return -EINVAL;
	to = reserve(server, answer, sizeof(*access) + access->count);
	if (!to)
		return -ENOMEM;
	memcpy(to, access, sizeof(*access));
	to += sizeof(*access);
	if (access->region == VFIO_USER_REGION_CONFIG)
		return vfio_user_pci_read(server->pci, access->offset, to, access->count);
	return server->ops->region_read(server->dev, access->region, access->offset, to,
					access->count);
}

static int
region_write(struct vfio_user_server *server, uint32_t index, uint64_t offset, const void *data,
	     size_t len)
{
	if (beyond(server, index, offset, len))
		return -EINVAL;
	if (index == VFIO_USER_REGION_CONFIG)
		return vfio_user_pci_write(server->pci, offset, data, len);
	return server->ops->region_write(server->dev, index, offset, data, len);
}

static int
on_region_write(struct vfio_user_server *server, const struct vfio_user_request *req,
		struct answer *answer)
{
	const struct vfio_user_region_access *access = &req->access;
	int ret = region_write(server, access->region, access->offset, req->data, access->count);

	return ret ? ret : answer_copy(server, answer, access, sizeof(*access));
}

static int
on_write_multi(struct vfio_user_server *server, const struct vfio_user_request *req,
	       struct answer *answer)
{
	uint64_t *done = &server->writes_done;
	struct vfio_user_multi_write write;
	int ret = server->write_multi ? 0 : -ENOTSUP;

	while (*done < req->nb_writes && !ret) {
		ret = vfio_user_parse_multi(req, *done, &write);
		if (!ret)
			ret = region_write(server, write.region, write.offset, write.data,
					   write.count);
		if (!ret && ++*done < req->nb_writes && vfio_user_server_slice_over(server))
			return UNFINISHED;
	}
	*done = 0;
	return ret ? ret : answer_copy(server, answer, &req->nb_writes, sizeof(req->nb_writes));
}

static int
on_reset(struct vfio_user_server *server, const struct vfio_user_request *req,
	 struct answer *answer)
{
	(void)req;
	(void)answer;
	vfio_user_pci_reset(server->pci);
	if (server->ops->reset)
		server->ops->reset(server->dev, VFIO_USER_RESET_DEVICE);
	return 0;
}

static int (*const handlers[])(struct vfio_user_server *server,
			       const struct vfio_user_request *req, struct answer *answer) = {
	[VFIO_USER_VERSION] = on_version,
	[VFIO_USER_DMA_MAP] = on_dma_map,
	[VFIO_USER_DMA_UNMAP] = on_dma_unmap,
	[VFIO_USER_GET_INFO] = on_info,
	[VFIO_USER_GET_REGION_INFO] = on_region_info,
	[VFIO_USER_GET_IRQ_INFO] = on_irq_info,
	[VFIO_USER_SET_IRQS] = on_set_irqs,
	[VFIO_USER_REGION_READ] = on_region_read,
	[VFIO_USER_REGION_WRITE] = on_region_write,
	[VFIO_USER_DEVICE_RESET] = on_reset,
	[VFIO_USER_REGION_WRITE_MULTI] = on_write_multi,
};

/* The parser has refused every command without a handler. */
static int
carry_out(struct vfio_user_server *server, struct answer *answer)
{
	const struct vfio_user_conn *conn = &server->conn;
	struct vfio_user_request req;
	int ret = vfio_user_parse_request(conn->hdr.command, conn->payload,
					  vfio_user_conn_payload_len(conn), conn->nb_fds, &req);

	if (ret)
		return ret;
	if (!server->negotiated && req.command != VFIO_USER_VERSION)
		return -EINVAL;
	return handlers[req.command](server, &req, answer);
}

int
vfio_user_server_answer(struct vfio_user_server *server)
{
	struct vfio_user_conn *conn = &server->conn;
	struct vfio_user_hdr hdr = conn->hdr;
	struct answer answer = { .len = 0, .fd = -1 };
	int ret;

	/* We never ask, so there is nothing to reply to. */
	if ((hdr.flags & VFIO_USER_F_TYPE_MASK) != VFIO_USER_F_TYPE_COMMAND)
		return -EPROTO;
	ret = carry_out(server, &answer);
	if (ret == UNFINISHED)
		return 1;
	if (hdr.flags & VFIO_USER_F_NO_REPLY)
		return 0;
	hdr.flags = VFIO_USER_F_TYPE_REPLY;
	hdr.error = 0;
	if (ret) {
		hdr.flags |= VFIO_USER_F_ERROR;
		hdr.error = (uint32_t)-ret;
		answer = (struct answer){ .len = 0, .fd = -1 };
	}
	if (!answer.len && !vfio_user_conn_reserve(conn, 0))
		return -ENOMEM;
	vfio_user_conn_queue(conn, &hdr, answer.len, &answer.fd, answer.fd >= 0);
	return 0;
}

void
vfio_user_server_forget(struct vfio_user_server *server)
{
	set_eventfds(server, 0, server->desc.pci.msi_vectors);
	vfio_user_pci_reset(server->pci);
	if (server->negotiated && server->ops->reset)
		server->ops->reset(server->dev, VFIO_USER_RESET_DISCONNECT);
	vfio_user_dma_clear(&server->dma);
	server->negotiated = false;
	server->writes_done = 0;
}
