/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_PCI_H
#define HISI_QM_PCI_H

/**
 * @file
 * What the transports need of PCI config space, however it is reached, and of the model's shadow
 * doorbells. For transport files only.
 */

#include "hisi_qm.h"

/* Config space: PCI Local Bus and PCI Express base specifications. */
#define HISI_QM_PCI_ID 0x00
#define HISI_QM_PCI_COMMAND 0x04
#define HISI_QM_PCI_COMMAND_ON 0x0006 /* memory access, bus master */
#define HISI_QM_PCI_COMMAND_MASTER 0x0004
#define HISI_QM_PCI_REVISION 0x08

/** A way to config space. Both return 0 or -errno. */
struct rte_device;

struct hisi_qm_pci_config {
	int (*read)(struct hisi_qm_dev *dev, uint32_t offset, void *buf, size_t len);
	int (*write)(struct hisi_qm_dev *dev, uint32_t offset, const void *buf, size_t len);
};

/** Capabilities of interest. */
struct hisi_qm_pci_caps {
	uint8_t msi;                      /**< offset, 0: none */
	bool has_shadow;                  /**< shadow is as hisi_hw_pci.h says in every field */
	struct hisi_hw_shadow_cap shadow; /**< valid with has_shadow */
};

/**
 * Fills dev->device and dev->revision, and looks for capabilities. A list that loops or a
 * capability that is not as expected is passed over.
 *
 * @return 0; -ENODEV not a vendor of ours; or what the reads gave.
 */
int hisi_qm_pci_identify(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config,
			 struct hisi_qm_pci_caps *caps);

/** Turns memory access and bus master on, where they are not: a reset may have cleared them. */
int hisi_qm_pci_enable(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config);

/**
 * Turns bus master off: on success the function makes no access to memory any more, or is not
 * there.
 *
 * @return 0; -EIO it stays on; or what the accesses gave
 */
int hisi_qm_pci_disable(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config);

/**
 * Resets a function by @p flr, which is tried again for a while as long as it gives -EAGAIN, and
 * turns it on; if that fails, at least keeps it from memory.
 *
 * @return as hisi_qm_transport_ops.reset
 */
int hisi_qm_pci_reset(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config,
		      int (*flr)(struct hisi_qm_dev *dev));

/** The lines of @p queue in a range of shadow doorbells; NULLs where there is no range. */
void hisi_qm_shadow_lines(uint8_t *range, size_t len, uint16_t queue, struct hisi_qm_doorbell *db);

/**
 * Resets a function that lost the process which drove it, from another one that EAL mapped it in.
 * In-flight work never completes afterwards.
 *
 * @param device of the PCI bus
 * @return as hisi_qm_transport_ops.reset
 */
int hisi_qm_pci_reset_orphan(struct rte_device *device);

/**
 * Whether a model's process let go of a client that died, so that it makes no access to memory any
 * more: it takes another client, or there is none. Waits up to 4 s: 1 s for the other client to go,
 * and as long for each of connection, version and region. Any process.
 *
 * @param path of its socket
 * @return 0; -EBUSY it does not answer, or it has a client all the time: another one by now, or
 *         the same, as a child of the process that died keeps its connection
 */
int hisi_qm_vfio_user_settle_orphan(const char *path);

#endif /* HISI_QM_PCI_H */
