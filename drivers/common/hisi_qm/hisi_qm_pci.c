/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "hisi_qm_log.h"
#include "hisi_qm_pci.h"

#define PCI_STATUS_CAPS 0x00100000u /* in the dword at HISI_QM_PCI_COMMAND */
#define PCI_CAPS 0x34
#define PCI_FIRST_CAP 0x40
#define PCI_CAP_MSI 0x05
#define PCI_CAP_MSI_LENGTH 24 /* 64-bit addresses and masks */
#define PCI_CAP_POINTER 0xfc  /* the other bits of a pointer are reserved */
#define PCI_MAX_CAPS 48

/* Who else holds the function gives it back soon. */
#define PCI_RESET_TRIES 50
#define PCI_RESET_US 10000

static bool
pci_shadow_valid(const struct hisi_hw_shadow_cap *cap)
{
	return cap->length == HISI_SHADOW_CAP_LENGTH && cap->version == HISI_SHADOW_CAP_VERSION &&
	       cap->signature == HISI_SHADOW_CAP_SIGNATURE && cap->bar == HISI_SHADOW_BAR &&
	       cap->offset % HISI_SHADOW_GRANULE == 0 && cap->stride == HISI_SHADOW_STRIDE &&
	       cap->range != 0 && cap->range % HISI_SHADOW_GRANULE == 0;
}

/* 22.11 has no search for standard capabilities. Bounded: the list may be a loop. */
static int
pci_find_caps(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config,
	      struct hisi_qm_pci_caps *caps)
{
	struct hisi_hw_shadow_cap cap;
	uint8_t offset = 0;
	unsigned int i;
	int ret;

	ret = config->read(dev, PCI_CAPS, &offset, sizeof(offset));
	offset &= PCI_CAP_POINTER;
	for (i = 0; ret == 0 && i < PCI_MAX_CAPS && offset >= PCI_FIRST_CAP; i++) {
		/* The head first: a capability may be shorter and end with config space. */
		ret = config->read(dev, offset, &cap, offsetof(struct hisi_hw_shadow_cap, length));
		if (ret != 0)
			break;
		if (cap.id == PCI_CAP_MSI && offset <= 0x100 - PCI_CAP_MSI_LENGTH)
			caps->msi = offset;
		if (cap.id == HISI_SHADOW_CAP_ID && offset <= 0x100 - sizeof(cap)) {
			ret = config->read(dev, offset, &cap, sizeof(cap));
			if (ret == 0 && pci_shadow_valid(&cap)) {
				caps->has_shadow = true;
				caps->shadow = cap;
			}
		}
		offset = cap.next & PCI_CAP_POINTER;
	}
	return ret;
}

int
hisi_qm_pci_identify(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config,
		     struct hisi_qm_pci_caps *caps)
{
	uint32_t id, command, revision;
	int ret;

	*caps = (struct hisi_qm_pci_caps){0};
	ret = config->read(dev, HISI_QM_PCI_ID, &id, sizeof(id));
	if (ret == 0)
		ret = config->read(dev, HISI_QM_PCI_COMMAND, &command, sizeof(command));
	if (ret == 0)
		ret = config->read(dev, HISI_QM_PCI_REVISION, &revision, sizeof(revision));
	if (ret != 0)
		return ret;
	if ((id & 0xffff) != HISI_PCI_VENDOR) {
		HISI_QM_LOG(ERR, dev, "PCI vendor is 0x%04x, not 0x%04x", id & 0xffff,
			    HISI_PCI_VENDOR);
		return -ENODEV;
	}
	dev->device = id >> 16;
	dev->revision = revision & 0xff;
	return (command & PCI_STATUS_CAPS) ? pci_find_caps(dev, config, caps) : 0;
}

int
hisi_qm_pci_enable(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config)
{
	uint16_t command;
	int ret;

	ret = config->read(dev, HISI_QM_PCI_COMMAND, &command, sizeof(command));
	if (ret != 0 || (command & HISI_QM_PCI_COMMAND_ON) == HISI_QM_PCI_COMMAND_ON)
		return ret;
	command |= HISI_QM_PCI_COMMAND_ON;
	return config->write(dev, HISI_QM_PCI_COMMAND, &command, sizeof(command));
}

int
hisi_qm_pci_disable(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config)
{
	uint16_t command;
	int ret;

	ret = config->read(dev, HISI_QM_PCI_COMMAND, &command, sizeof(command));
	if (ret != 0)
		return ret;
	command &= ~HISI_QM_PCI_COMMAND_MASTER;
	ret = config->write(dev, HISI_QM_PCI_COMMAND, &command, sizeof(command));
	/* What comes back has pushed the writes to memory before it out of the function. */
	if (ret == 0)
		ret = config->read(dev, HISI_QM_PCI_COMMAND, &command, sizeof(command));
	/* All ones: there is no function any more. */
	if (ret == 0 && command != UINT16_MAX && (command & HISI_QM_PCI_COMMAND_MASTER) != 0)
		ret = -EIO;
	return ret;
}

int
hisi_qm_pci_reset(struct hisi_qm_dev *dev, const struct hisi_qm_pci_config *config,
		  int (*flr)(struct hisi_qm_dev *dev))
{
	int ret = flr(dev);

	for (unsigned int i = 1; ret == -EAGAIN && i < PCI_RESET_TRIES; i++) {
		rte_delay_us_sleep(PCI_RESET_US);
		ret = flr(dev);
	}
	if (ret == 0)
		return hisi_qm_pci_enable(dev, config);
	if (hisi_qm_pci_disable(dev, config) != 0)
		return -EBUSY;
	HISI_QM_LOG(ERR, dev, "no reset: %s; bus master is off instead", rte_strerror(-ret));
	/* -EBUSY has a meaning of its own to those above; -EAGAIN was tried long enough. */
	return ret == -EBUSY || ret == -EAGAIN ? -EIO : ret;
}

void
hisi_qm_shadow_lines(uint8_t *range, size_t len, uint16_t queue, struct hisi_qm_doorbell *db)
{
	size_t offset = (size_t)queue * HISI_SHADOW_STRIDE;

	db->sq = NULL;
	db->cq = NULL;
	if (range == NULL || offset + HISI_SHADOW_STRIDE > len)
		return;
	db->sq = (volatile uint64_t *)(range + offset + HISI_SHADOW_SQ);
	db->cq = (volatile uint64_t *)(range + offset + HISI_SHADOW_CQ);
}
