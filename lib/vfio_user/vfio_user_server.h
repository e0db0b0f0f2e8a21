/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_SERVER_H
#define VFIO_USER_SERVER_H

/**
 * @file
 * Serve a PCI device to one client at a time over a socket in the file system.
 *
 * A server owns no thread. Watch vfio_user_server_fd() (an epoll descriptor; it polls readable)
 * and call vfio_user_server_process() when it is; one thread can run many servers. All device
 * callbacks are made from within vfio_user_server_process() and vfio_user_server_destroy().
 *
 * Life of a client: connect, VERSION, requests, disconnect (or drop). On disconnect the device
 * sees reset(DISCONNECT), then dma_unmap() of everything; eventfds are closed, config space
 * returns to power-on values, and the next client may connect. A second client is accepted and
 * closed at once while there is a first.
 *
 * A client that truncates a file behind its memory raises SIGBUS in whoever touches it. While
 * any server exists the process has a SIGBUS handler: the memory becomes private zero pages, the
 * touching thread goes on, and the client is dropped. A SIGBUS elsewhere goes to the handler
 * that was installed before. Install handlers of your own before the first server is created, and
 * do not block SIGBUS in threads that touch the memory: blocked, it kills the process.
 *
 * Descriptors that a client sends are used only if they are memory (by their seals) or an eventfd
 * (by their name in /proc), and no file system of its own is asked about them. It is asked when
 * they are closed, though, as the kernel does for every file (FLUSH of FUSE): such a client can
 * keep the thread waiting.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user_pci.h"
#include "vfio_user_proto.h"

enum vfio_user_reset_kind {
	VFIO_USER_RESET_DEVICE, /**< message DEVICE_RESET: guest reboot, bus reset */
	VFIO_USER_RESET_FLR, /**< function level reset, by config space */
	VFIO_USER_RESET_DISCONNECT, /**< the client is gone */
};

enum vfio_user_log_level {
	VFIO_USER_LOG_ERR,
	VFIO_USER_LOG_WARNING,
	VFIO_USER_LOG_INFO, /**< clients that come and go */
};

/** Where messages go; `fn` may be NULL. Any thread that calls into the server may log. */
struct vfio_user_log {
	/** @param text  one line without a line feed */
	void (*fn)(void *ctx, enum vfio_user_log_level level, const char *text);
	void *ctx;
};

/** How a client reaches a BAR beyond reading and writing by messages. */
struct vfio_user_region {
	bool mmap; /**< the client may map it; the fields below count */
	int fd; /**< see vfio_user_server_memfd(); stays the caller's, duplicated on create */
	uint64_t fd_offset; /**< of the BAR's first byte, bytes */
	/** Parts that may be mapped; NULL for the whole BAR. Copied. */
	const struct vfio_user_sparse_area *areas;
	unsigned int nb_areas; /**< at most VFIO_USER_MAX_AREAS */
};

#define VFIO_USER_MAX_AREAS 64

/** The device as its client sees it. */
struct vfio_user_device_desc {
	struct vfio_user_pci_desc pci;
	struct vfio_user_region regions[VFIO_USER_NUM_BARS];
};

/** The device. Only region_read and region_write are mandatory. */
struct vfio_user_device_ops {
	/**
	 * Read a BAR by message. Offset and length lie within the BAR; any alignment may come,
	 * and any length from 1 to VFIO_USER_MAX_XFER bytes.
	 *
	 * @return  0, or a negative errno that the client gets
	 */
	int (*region_read)(void *dev, unsigned int bar, uint64_t offset, void *buf, size_t len);
	int (*region_write)(void *dev, unsigned int bar, uint64_t offset, const void *buf,
			    size_t len);
	/**
	 * Memory of the client appears at [iova, iova + len). No overlap with other maps; iova
	 * and len are multiples of VFIO_USER_PAGE_SIZE; iova + len may be 2^64.
	 *
	 * @param vaddr
	 *   The memory, mapped until dma_unmap() has returned. It is hostile: it may change at
	 *   any moment. It may be mapped with more permissions than `prot` allows: check `prot`.
	 * @param prot
	 *   VFIO_USER_DMA_F_READ, VFIO_USER_DMA_F_WRITE: what the *device* may do.
	 * @return
	 *   0, or a negative errno that the client gets (the map then does not exist).
	 */
	int (*dma_map)(void *dev, uint64_t iova, uint64_t len, void *vaddr, unsigned int prot);
	/**
	 * All maps within [iova, iova + len) go: one or many, each lies within the range as a
	 * whole; (0, UINT64_MAX) means all there are. Must return only when nothing touches
	 * them any more: the memory is unmapped then.
	 */
	void (*dma_unmap)(void *dev, uint64_t iova, uint64_t len);
	/**
	 * Reset. COMMAND is 0 and the power state D0 from here on, without further calls.
	 * Maps stay for DEVICE and FLR.
	 */
	void (*reset)(void *dev, enum vfio_user_reset_kind kind);
	/** COMMAND has a new value: memory enable, bus master (VFIO_USER_PCI_COMMAND_*). */
	void (*command)(void *dev, uint16_t command);
	/** Power state has a new value: 0 (D0) or 3 (D3hot). */
	void (*power)(void *dev, unsigned int state);
};

struct vfio_user_server;

/**
 * Listen on a socket of mode 0600.
 *
 * @param path
 *   At most 107 bytes. A socket file there that nobody listens on is replaced.
 * @param desc
 *   Copied.
 * @param ops
 *   Must outlive the server.
 * @param dev
 *   First argument of the callbacks.
 * @param log
 *   Copied; NULL for silence.
 * @return
 *   0; -EADDRINUSE if a server listens at `path`; -EEXIST if something else than a socket is
 *   there; -ENAMETOOLONG; -EINVAL for a bad description; -ENOMEM; what bind() says.
 */
int vfio_user_server_create(const char *path, const struct vfio_user_device_desc *desc,
			    const struct vfio_user_device_ops *ops, void *dev,
			    const struct vfio_user_log *log, struct vfio_user_server **out);

/** Drop the client, remove the socket file if it is still ours, free; NULL is allowed. */
void vfio_user_server_destroy(struct vfio_user_server *server);

/** A descriptor that polls readable when vfio_user_server_process() has work; not to be read. */
int vfio_user_server_fd(const struct vfio_user_server *server);

/**
 * Do what is there to do: accept, answer a bounded number of requests, drop. Never blocks on
 * the socket (a callback may take its time). One thread at a time.
 *
 * @return
 *   Number of requests handled, 0 if there was nothing.
 */
int vfio_user_server_process(struct vfio_user_server *server);

/**
 * Other memory for a BAR that may be mapped: what a client maps from now on. Same thread as
 * process, also from within reset().
 *
 * @param bar
 *   One that the description says may be mapped.
 * @param fd
 *   As in struct vfio_user_region, of the same layout; stays the caller's.
 * @return
 *   0; -EINVAL for any other BAR; what dup3() says: all is as before then.
 */
int vfio_user_server_region_fd(struct vfio_user_server *server, unsigned int bar, int fd);

/**
 * Raise an MSI vector to the client, see vfio_user_pci_irq(). Any thread, at any time between
 * create and destroy, also while the client changes its eventfds.
 */
void vfio_user_server_irq(struct vfio_user_server *server, unsigned int vector);

/**
 * Have the client dropped by the next vfio_user_server_process(), or after the request in work
 * if called from a callback. Any thread.
 */
void vfio_user_server_drop_client(struct vfio_user_server *server);

/** True while a client is there that has negotiated a version. Same thread as process. */
bool vfio_user_server_connected(const struct vfio_user_server *server);

/**
 * Make memory for an mmap-able BAR: zeroed, and sealed so that no client can resize it (a
 * client that could shrink it would raise SIGBUS in the device).
 *
 * @param size
 *   Bytes, a multiple of the page size.
 * @return
 *   A descriptor owned by the caller, or a negative errno.
 */
int vfio_user_server_memfd(const char *name, size_t size);

#endif /* VFIO_USER_SERVER_H */
