/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_PROTO_H
#define VFIO_USER_PROTO_H

/**
 * @file
 * vfio-user on the wire: commands, flags and payloads. Little-endian, natural alignment, no
 * padding; the code of this folder runs on little-endian machines only and asserts it.
 *
 * Each payload follows the header directly. Where a payload ends in variable data, the struct
 * holds the fixed part.
 */

#include <assert.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "vfio-user structures are little-endian"
#endif

#define VFIO_USER_MAJOR 0
#define VFIO_USER_MINOR 0

/* Limits we offer; the peer's own limits are honoured where they are lower. */
#define VFIO_USER_MAX_FDS 16
#define VFIO_USER_MAX_XFER 0x100000 /* data bytes of one region access */
#define VFIO_USER_MAX_DMA_MAPS 65535
#define VFIO_USER_PAGE_SIZE 4096

enum vfio_user_command {
	VFIO_USER_VERSION = 1,
	VFIO_USER_DMA_MAP = 2,
	VFIO_USER_DMA_UNMAP = 3,
	VFIO_USER_GET_INFO = 4,
	VFIO_USER_GET_REGION_INFO = 5,
	VFIO_USER_GET_REGION_IO_FDS = 6,
	VFIO_USER_GET_IRQ_INFO = 7,
	VFIO_USER_SET_IRQS = 8,
	VFIO_USER_REGION_READ = 9,
	VFIO_USER_REGION_WRITE = 10,
	VFIO_USER_DMA_READ = 11,
	VFIO_USER_DMA_WRITE = 12,
	VFIO_USER_DEVICE_RESET = 13,
	VFIO_USER_DIRTY_PAGES = 14,
	VFIO_USER_REGION_WRITE_MULTI = 15,
};

/** Message header; `size` counts the header. */
struct vfio_user_hdr {
	uint16_t id;
	uint16_t command;
	uint32_t size;
	uint32_t flags;
	uint32_t error; /**< positive errno, with VFIO_USER_F_ERROR */
};

#define VFIO_USER_F_TYPE_MASK 0xf
#define VFIO_USER_F_TYPE_COMMAND 0x0
#define VFIO_USER_F_TYPE_REPLY 0x1
#define VFIO_USER_F_NO_REPLY 0x10
#define VFIO_USER_F_ERROR 0x20

/** VERSION; a NUL-terminated JSON text follows. */
struct vfio_user_version {
	uint16_t major;
	uint16_t minor;
};

/** DMA_MAP; the reply has no payload. */
struct vfio_user_dma_map {
	uint32_t argsz;
	uint32_t flags; /**< VFIO_USER_DMA_F_* */
	uint64_t offset; /**< in the descriptor, bytes */
	uint64_t iova;
	uint64_t size;
};

#define VFIO_USER_DMA_F_READ 0x1
#define VFIO_USER_DMA_F_WRITE 0x2

/** DMA_UNMAP, and its reply. */
struct vfio_user_dma_unmap {
	uint32_t argsz;
	uint32_t flags; /**< VFIO_USER_UNMAP_F_* */
	uint64_t iova;
	uint64_t size;
};

#define VFIO_USER_UNMAP_F_DIRTY 0x1
#define VFIO_USER_UNMAP_F_ALL 0x2

/** GET_INFO, and its reply. */
struct vfio_user_info {
	uint32_t argsz;
	uint32_t flags; /**< VFIO_USER_INFO_F_* */
	uint32_t num_regions;
	uint32_t num_irqs;
};

#define VFIO_USER_INFO_F_RESET 0x1
#define VFIO_USER_INFO_F_PCI 0x2

/** Regions of a PCI device, as Linux's vfio-pci numbers them. */
enum vfio_user_region_index {
	VFIO_USER_REGION_BAR0 = 0,
	VFIO_USER_REGION_BAR5 = 5,
	VFIO_USER_REGION_ROM = 6,
	VFIO_USER_REGION_CONFIG = 7,
	VFIO_USER_REGION_VGA = 8,
	VFIO_USER_NUM_REGIONS = 9,
};

#define VFIO_USER_NUM_BARS 6
#define VFIO_USER_CONFIG_SIZE 0x1000

/** GET_REGION_INFO, and its reply; capabilities may follow at `cap_offset`. */
struct vfio_user_region_reply {
	uint32_t argsz;
	uint32_t flags; /**< VFIO_USER_REGION_F_* */
	uint32_t index;
	uint32_t cap_offset; /**< from the start of this structure */
	uint64_t size;
	uint64_t offset; /**< of the region in the descriptor */
};

#define VFIO_USER_REGION_F_READ 0x1
#define VFIO_USER_REGION_F_WRITE 0x2
#define VFIO_USER_REGION_F_MMAP 0x4
#define VFIO_USER_REGION_F_CAPS 0x8

#define VFIO_USER_CAP_SPARSE_MMAP 1

/** Sparse-mmap capability; `nr_areas` of struct vfio_user_sparse_area follow. */
struct vfio_user_sparse_cap {
	uint16_t id;
	uint16_t version;
	uint32_t next;
	uint32_t nr_areas;
	uint32_t reserved;
};

/** A part of a region that may be mapped. */
struct vfio_user_sparse_area {
	uint64_t offset; /**< in the region, bytes */
	uint64_t size;
};

/** Interrupts of a PCI device, as Linux's vfio-pci numbers them. */
enum vfio_user_irq_index {
	VFIO_USER_IRQ_INTX = 0,
	VFIO_USER_IRQ_MSI = 1,
	VFIO_USER_IRQ_MSIX = 2,
	VFIO_USER_IRQ_ERR = 3,
	VFIO_USER_IRQ_REQ = 4,
	VFIO_USER_NUM_IRQS = 5,
};

/** GET_IRQ_INFO, and its reply. */
struct vfio_user_irq_info {
	uint32_t argsz;
	uint32_t flags; /**< VFIO_USER_IRQ_F_* */
	uint32_t index;
	uint32_t count;
};

#define VFIO_USER_IRQ_F_EVENTFD 0x1
#define VFIO_USER_IRQ_F_MASKABLE 0x2
#define VFIO_USER_IRQ_F_AUTOMASKED 0x4
#define VFIO_USER_IRQ_F_NORESIZE 0x8

/** SET_IRQS; with DATA_BOOL one byte per vector follows, with DATA_EVENTFD descriptors. */
struct vfio_user_set_irqs {
	uint32_t argsz;
	uint32_t flags; /**< VFIO_USER_SET_IRQS_F_* */
	uint32_t index;
	uint32_t start;
	uint32_t count;
};

#define VFIO_USER_SET_IRQS_F_DATA_NONE 0x1
#define VFIO_USER_SET_IRQS_F_DATA_BOOL 0x2
#define VFIO_USER_SET_IRQS_F_DATA_EVENTFD 0x4
#define VFIO_USER_SET_IRQS_F_DATA_MASK 0x7
#define VFIO_USER_SET_IRQS_F_MASK 0x8
#define VFIO_USER_SET_IRQS_F_UNMASK 0x10
#define VFIO_USER_SET_IRQS_F_TRIGGER 0x20
#define VFIO_USER_SET_IRQS_F_ACTION_MASK 0x38

/** REGION_READ and REGION_WRITE, and their replies; the data follow where there are any. */
struct vfio_user_region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t count; /**< bytes */
};

/** REGION_WRITE_MULTI: a u64 count of these follows the header. */
struct vfio_user_multi_write {
	uint64_t offset;
	uint32_t region;
	uint32_t count; /**< bytes of `data` that are written, at most 8 */
	uint8_t data[8];
};

static_assert(sizeof(struct vfio_user_hdr) == 16, "header");
static_assert(sizeof(struct vfio_user_version) == 4, "version");
static_assert(sizeof(struct vfio_user_dma_map) == 32, "dma map");
static_assert(sizeof(struct vfio_user_dma_unmap) == 24, "dma unmap");
static_assert(sizeof(struct vfio_user_info) == 16, "info");
static_assert(sizeof(struct vfio_user_region_reply) == 32, "region info");
static_assert(sizeof(struct vfio_user_sparse_cap) == 16, "sparse capability");
static_assert(sizeof(struct vfio_user_sparse_area) == 16, "sparse area");
static_assert(sizeof(struct vfio_user_irq_info) == 16, "irq info");
static_assert(sizeof(struct vfio_user_set_irqs) == 20, "set irqs");
static_assert(sizeof(struct vfio_user_region_access) == 16, "region access");
static_assert(sizeof(struct vfio_user_multi_write) == 24, "multi write");

#endif /* VFIO_USER_PROTO_H */
