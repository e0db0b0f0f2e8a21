/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_PF_H
#define HISI_QM_PF_H

/**
 * @file
 * The physical function: what its driver does besides, and tools for the driver of its engine.
 */

#include "hisi_qm.h"

/** What all accesses of the device to memory carry, hardware.md 2.2.4: normal, through the SMMU. */
#define HISI_QM_PF_AXUSER 0x40001070

static inline bool
hisi_qm_dev_is_pf(const struct hisi_qm_dev *dev)
{
	return dev->device == HISI_PCI_DEVICE_ZIP_PF;
}

/**
 * How many queues the PF has for itself: what the VFs' leave.
 *
 * @param hw HISI_QM_HW_*
 * @return 0; -EINVAL the VFs' do not leave any, logged; -ENODEV
 */
int hisi_qm_pf_learn(struct hisi_qm_dev *dev, uint8_t hw, uint16_t *nb_queues);

/** Makes the device work and gives functions their queues; 0 at once for a VF. Control thread. */
int hisi_qm_pf_bring_up(struct hisi_qm_dev *dev);

/** Looks for errors of the device; one that only a reset cures makes the function lost. */
void hisi_qm_pf_check(struct hisi_qm_dev *dev);

/** Clears and sets bits of a register of BAR 2. @return 0 or -errno */
int hisi_qm_pf_update32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t clear, uint32_t set);

/**
 * Waits 1 ms for bits of a register (hardware.md 6.4).
 *
 * @return 0; -ETIMEDOUT, logged; -ENODEV
 */
int hisi_qm_pf_wait32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t mask, uint32_t wanted);

#endif /* HISI_QM_PF_H */
