/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_PCI_H
#define VFIO_USER_PCI_H

/**
 * @file
 * Config space of a PCIe endpoint: header, power management, MSI (64-bit, maskable), PCIe with
 * function level reset and a vendor-specific capability. No socket: the server uses it, and so
 * may a device embedded in a process.
 *
 * Thread rules: read, write, reset and destroy belong to one thread (or the caller's lock);
 * vfio_user_pci_irq() and vfio_user_pci_set_eventfd() may be called by any thread at any time
 * between create and destroy.
 */

#include <stddef.h>
#include <stdint.h>

#include "vfio_user_proto.h"

/** Where the capabilities lie; software must still walk the list. */
#define VFIO_USER_PCI_CAP_PM 0x40
#define VFIO_USER_PCI_CAP_MSI 0x50
#define VFIO_USER_PCI_CAP_EXP 0x70
#define VFIO_USER_PCI_CAP_VENDOR 0xb0

#define VFIO_USER_PCI_MAX_VECTORS 32
#define VFIO_USER_PCI_MAX_VENDOR_CAP (0x100 - VFIO_USER_PCI_CAP_VENDOR)

/** Bits of the COMMAND register that a device cares for. */
#define VFIO_USER_PCI_COMMAND_MEMORY 0x2
#define VFIO_USER_PCI_COMMAND_MASTER 0x4

#define VFIO_USER_BAR_64BIT 0x1 /**< takes the next BAR's place too */
#define VFIO_USER_BAR_PREFETCH 0x2

/** A memory BAR. */
struct vfio_user_bar {
	uint64_t size; /**< bytes, 0 (absent) or a power of two from 4096 */
	uint32_t flags; /**< VFIO_USER_BAR_* */
};

/** What the function shows. */
struct vfio_user_pci_desc {
	uint16_t vendor_id;
	uint16_t device_id;
	uint16_t subsystem_vendor_id;
	uint16_t subsystem_id;
	uint32_t class_code; /**< 24 bits: base class, sub-class, interface */
	uint8_t revision;
	uint8_t msi_vectors; /**< 0 (no MSI) or a power of two up to 32 */
	struct vfio_user_bar bars[VFIO_USER_NUM_BARS];
	/**
	 * Vendor-specific capability, id byte 0x09, next byte (overwritten) and length byte
	 * first; NULL for none. Copied.
	 */
	const uint8_t *vendor_cap;
	size_t vendor_cap_len; /**< bytes, 4 to VFIO_USER_PCI_MAX_VENDOR_CAP */
};

/** What config space tells the device; each may be NULL. Called from within a write. */
struct vfio_user_pci_ops {
	/** Function level reset; config space is at its power-on values already. */
	void (*flr)(void *ctx);
	/** COMMAND has a new value (VFIO_USER_PCI_COMMAND_*). Not called for a reset to 0. */
	void (*command)(void *ctx, uint16_t command);
	/** Power state has a new value: 0 (D0) or 3 (D3hot). Not called for a reset to D0. */
	void (*power)(void *ctx, unsigned int state);
};

struct vfio_user_pci;

/**
 * Make a config space with power-on values.
 *
 * @param desc
 *   Copied.
 * @param ops
 *   Must outlive the object.
 * @param ctx
 *   First argument of the callbacks.
 * @return
 *   0, -EINVAL if the description breaks a rule above, -ENOMEM.
 */
int vfio_user_pci_create(const struct vfio_user_pci_desc *desc,
			 const struct vfio_user_pci_ops *ops, void *ctx,
			 struct vfio_user_pci **out);

/** Close all eventfds and free; NULL is allowed. */
void vfio_user_pci_destroy(struct vfio_user_pci *pci);

/**
 * Read config space, any alignment.
 *
 * @param offset, len
 *   Bytes, within VFIO_USER_CONFIG_SIZE.
 * @return
 *   0, -EINVAL outside of it.
 */
int vfio_user_pci_read(struct vfio_user_pci *pci, uint64_t offset, void *buf, size_t len);

/**
 * Write config space, any alignment: writable bits change, others keep their value, callbacks
 * are made. MSI vectors that become unmasked while pending are delivered.
 *
 * @return
 *   0, -EINVAL outside of VFIO_USER_CONFIG_SIZE.
 */
int vfio_user_pci_write(struct vfio_user_pci *pci, uint64_t offset, const void *buf, size_t len);

/** Set power-on values, MSI off and nothing pending; eventfds stay; no callbacks. */
void vfio_user_pci_reset(struct vfio_user_pci *pci);

/**
 * Raise an MSI vector: its eventfd is written. Ignored if MSI is disabled or the vector does
 * not exist; kept as pending (one event, however often raised) if the vector is masked or has
 * no eventfd now. Any thread. Never blocks but for a short lock.
 */
void vfio_user_pci_irq(struct vfio_user_pci *pci, unsigned int vector);

/**
 * Give a vector its eventfd; a pending event is delivered at once. Any thread.
 *
 * @param fd
 *   Owned by `pci` from here on, also on failure; must be an eventfd (it is made non-blocking),
 *   which /proc says. -1 takes the old one away.
 * @return
 *   0, -EINVAL (no such vector, not an eventfd).
 */
int vfio_user_pci_set_eventfd(struct vfio_user_pci *pci, unsigned int vector, int fd);

#endif /* VFIO_USER_PCI_H */
