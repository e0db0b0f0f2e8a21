/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

int
wire_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = TEST_WAIT_MS / 1000 };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(sock >= 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(connect(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	assert_int_equal(setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)), 0);
	return sock;
}

void
wire_put(struct wire *w, const void *bytes, size_t len)
{
	assert_true(w->len + len <= sizeof(w->bytes));
	memcpy(w->bytes + w->len, bytes, len);
	w->len += len;
}

static void
put_le(struct wire *w, uint64_t value, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * i);

		wire_put(w, &byte, 1);
	}
}

void
wire_put16(struct wire *w, uint16_t value)
{
	put_le(w, value, 2);
}

void
wire_put32(struct wire *w, uint32_t value)
{
	put_le(w, value, 4);
}

void
wire_put64(struct wire *w, uint64_t value)
{
	put_le(w, value, 8);
}

void
wire_put_fd(struct wire *w, int fd)
{
	w->fds[w->nb_fds++] = fd;
}

void
wire_begin(struct wire *w, uint16_t id, uint16_t command, uint32_t flags)
{
	w->len = 0;
	w->nb_fds = 0;
	wire_put16(w, id);
	wire_put16(w, command);
	wire_put32(w, 0);
	wire_put32(w, flags);
	wire_put32(w, 0);
}

static uint64_t
get_le(const struct wire *w, size_t offset, unsigned int len)
{
	uint64_t value = 0;

	assert_true(offset + len <= w->len);
	for (unsigned int i = 0; i < len; i++)
		value |= (uint64_t)w->bytes[offset + i] << 8 * i;
	return value;
}

uint16_t
wire_get16(const struct wire *w, size_t offset)
{
	return (uint16_t)get_le(w, offset, 2);
}

uint32_t
wire_get32(const struct wire *w, size_t offset)
{
	return (uint32_t)get_le(w, offset, 4);
}

uint64_t
wire_get64(const struct wire *w, size_t offset)
{
	return get_le(w, offset, 8);
}

bool
wire_try_send(int sock, const struct wire *w)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(w->fds))];
	struct iovec iov = { (void *)(uintptr_t)w->bytes, w->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t fds_len = w->nb_fds * sizeof(int);

	if (fds_len) {
		struct cmsghdr *cmsg = (struct cmsghdr *)control;

		memset(control, 0, sizeof(control));
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(fds_len);
		memcpy(CMSG_DATA(cmsg), w->fds, fds_len);
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(fds_len);
	}
	while (iov.iov_len) {
		ssize_t n = sendmsg(sock, &msg, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		iov.iov_base = (char *)iov.iov_base + n;
		iov.iov_len -= (size_t)n;
		msg.msg_controllen = 0;
	}
	return true;
}

void
wire_send_raw(int sock, const struct wire *w)
{
	assert_true(wire_try_send(sock, w));
}

void
wire_send(int sock, struct wire *w)
{
	size_t len = w->len;

	w->len = 4;
	wire_put32(w, (uint32_t)len);
	w->len = len;
	wire_send_raw(sock, w);
}

/* Exactly `len` more bytes, as QEMU reads: the header first, then the rest. */
static bool
recv_more(int sock, struct wire *w, size_t len)
{
	while (len) {
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(w->fds))];
		struct iovec iov = { w->bytes + w->len, len };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
				      .msg_control = control, .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		struct cmsghdr *cmsg;

		if (n < 0 && (errno == ECONNRESET || errno == EPIPE))
			return false;
		assert_true(n >= 0);
		if (n == 0)
			return false;
		cmsg = CMSG_FIRSTHDR(&msg);
		if (cmsg) {
			assert_int_equal(w->len, 0);
			w->nb_fds = (unsigned int)((cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(w->fds, CMSG_DATA(cmsg), w->nb_fds * sizeof(int));
		}
		w->len += (size_t)n;
		len -= (size_t)n;
	}
	return true;
}

bool
wire_recv(int sock, struct wire *w)
{
	w->len = 0;
	w->nb_fds = 0;
	if (!recv_more(sock, w, 16))
		return false;
	assert_in_range(wire_get32(w, 4), 16, sizeof(w->bytes));
	return recv_more(sock, w, wire_get32(w, 4) - 16);
}

uint32_t
wire_call(int sock, struct wire *w)
{
	uint16_t id = wire_get16(w, 0);
	uint16_t command = wire_get16(w, 2);

	wire_send(sock, w);
	assert_true(wire_recv(sock, w));
	assert_int_equal(wire_get16(w, 0), id);
	assert_int_equal(wire_get16(w, 2), command);
	if (wire_get32(w, 8) == 0x21) {
		assert_int_not_equal(wire_get32(w, 12), 0);
		return wire_get32(w, 12);
	}
	assert_int_equal(wire_get32(w, 8), 1);
	assert_int_equal(wire_get32(w, 12), 0);
	return 0;
}

int
wire_hello(const char *path)
{
	static const char text[] =
		"{\"capabilities\":{\"pgsizes\":4096,\"max_msg_fds\":16,\"max_dma_maps\":65535,"
		"\"max_data_xfer_size\":1048576,\"migration\":{\"pgsize\":4096,"
		"\"max_bitmap_size\":268435456},\"write_multiple\":true}}";
	struct wire *w = malloc(sizeof(*w));
	int sock = wire_connect(path);

	assert_non_null(w);
	wire_begin(w, 0x1234, 1, 0);
	wire_put16(w, 0);
	wire_put16(w, 0);
	wire_put(w, text, sizeof(text));
	assert_int_equal(wire_call(sock, w), 0);
	free(w);
	return sock;
}

bool
wire_closed(int sock)
{
	char byte;
	ssize_t n = recv(sock, &byte, 1, 0);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}

uint32_t
wire_dma_map(int sock, struct wire *w, uint32_t flags, uint64_t offset, uint64_t iova,
	     uint64_t size, int fd)
{
	wire_begin(w, 0x4321, 2, 0);
	wire_put32(w, 32);
	wire_put32(w, flags);
	wire_put64(w, offset);
	wire_put64(w, iova);
	wire_put64(w, size);
	if (fd >= 0)
		wire_put_fd(w, fd);
	return wire_call(sock, w);
}

uint32_t
wire_dma_unmap(int sock, struct wire *w, uint32_t flags, uint64_t iova, uint64_t size)
{
	wire_begin(w, 0x4321, 3, 0);
	wire_put32(w, 24);
	wire_put32(w, flags);
	wire_put64(w, iova);
	wire_put64(w, size);
	return wire_call(sock, w);
}

uint32_t
wire_region_info(int sock, struct wire *w, uint32_t index, uint32_t argsz)
{
	wire_begin(w, 0x4321, 5, 0);
	wire_put32(w, argsz);
	wire_put32(w, 0);
	wire_put32(w, index);
	wire_put32(w, 0);
	wire_put64(w, 0);
	wire_put64(w, 0);
	return wire_call(sock, w);
}

uint32_t
wire_irq_info(int sock, struct wire *w, uint32_t index)
{
	wire_begin(w, 0x4321, 7, 0);
	wire_put32(w, 16);
	wire_put32(w, 0);
	wire_put32(w, index);
	wire_put32(w, 0);
	return wire_call(sock, w);
}

uint32_t
wire_set_irqs(int sock, struct wire *w, uint32_t flags, uint32_t index, uint32_t vector,
	      uint32_t count, const int *fds)
{
	wire_begin(w, 0x4321, 8, 0);
	wire_put32(w, 20);
	wire_put32(w, flags);
	wire_put32(w, index);
	wire_put32(w, vector);
	wire_put32(w, count);
	for (uint32_t i = 0; fds && i < count; i++)
		wire_put_fd(w, fds[i]);
	return wire_call(sock, w);
}

void
wire_put_access(struct wire *w, uint16_t command, uint32_t flags, uint32_t region,
		uint64_t offset, uint32_t count)
{
	wire_begin(w, 0x4321, command, flags);
	wire_put64(w, offset);
	wire_put32(w, region);
	wire_put32(w, count);
}

uint64_t
wire_region_read(int sock, struct wire *w, uint32_t region, uint64_t offset, uint32_t count)
{
	wire_put_access(w, 9, 0, region, offset, count);
	assert_int_equal(wire_call(sock, w), 0);
	assert_int_equal(w->len, 32 + count);
	assert_int_equal(wire_get64(w, 16), offset);
	assert_int_equal(wire_get32(w, 24), region);
	assert_int_equal(wire_get32(w, 28), count);
	if (count == 8)
		return wire_get64(w, 32);
	return count == 4 ? wire_get32(w, 32) : wire_get16(w, 32);
}

void
wire_region_write(int sock, struct wire *w, uint32_t region, uint64_t offset, uint64_t value,
		  uint32_t count)
{
	wire_put_access(w, 10, 0, region, offset, count);
	wire_put(w, &value, count);
	assert_int_equal(wire_call(sock, w), 0);
	assert_int_equal(w->len, 32);
	assert_int_equal(wire_get32(w, 28), count);
}
