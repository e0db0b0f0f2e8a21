/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_HW_PCI_H
#define HISI_HW_PCI_H

/**
 * @file
 * What the function shows on PCI (hardware.md 1), and the model's shadow doorbell capability.
 */

#include "hisi_hw_bits.h"

/* Identity, hardware.md 1.1. */
#define HISI_PCI_VENDOR 0x19e5
#define HISI_PCI_DEVICE_ZIP_PF 0xa250
#define HISI_PCI_DEVICE_ZIP_VF 0xa251
#define HISI_PCI_CLASS_ACCELERATOR 0x120000

/* Hardware version = PCI revision, refined by HISI_QM_SUB_VERSION (hardware.md 1.2). */
#define HISI_QM_HW_V1 0x20
#define HISI_QM_HW_V2 0x21
#define HISI_QM_HW_V3 0x30
#define HISI_QM_HW_V4 0x50
#define HISI_QM_HW_V5 0x51

/* BARs, hardware.md 1.3. */
#define HISI_PCI_BAR_REGS 2
#define HISI_PCI_BAR_DOORBELLS 4
#define HISI_PCI_BAR2_SIZE_PF 0x400000
#define HISI_PCI_BAR2_SIZE_VF 0x10000

/* MSI vectors (not MSI-X) of V3, hardware.md 1.5. */
#define HISI_PCI_VECTOR_EQ 0
#define HISI_PCI_VECTOR_AEQ 1
#define HISI_PCI_VECTOR_MSG 2
#define HISI_PCI_VECTOR_ABNORMAL 3
#define HISI_PCI_NB_VECTORS 4
#define HISI_PCI_NB_VECTORS_VF_V2 2

/**
 * Shadow doorbells: an extension of the software model, not of the chip.
 *
 * The model offers memory in BAR 0, which the chip leaves empty, that holds the last doorbell
 * word of each queue: one cache line for the SQ and one for the CQ. A vendor-specific PCI
 * capability announces it; a driver ignores the capability if any field is not as expected.
 * The words are those of the chip's doorbells; an event is a change of the word, and the model
 * zeroes a queue's lines before it acknowledges an SQC load, STOP_QP, FLR or disconnect.
 */
struct hisi_hw_shadow_cap {
	uint8_t id;         /**< HISI_SHADOW_CAP_ID */
	uint8_t next;       /**< offset of the next capability */
	uint8_t length;     /**< HISI_SHADOW_CAP_LENGTH */
	uint8_t version;    /**< HISI_SHADOW_CAP_VERSION */
	uint32_t signature; /**< HISI_SHADOW_CAP_SIGNATURE */
	uint32_t bar;       /**< HISI_SHADOW_BAR */
	uint32_t offset;    /**< of the range in the BAR, bytes */
	uint32_t stride;    /**< bytes from queue to queue, HISI_SHADOW_STRIDE */
	uint32_t range;     /**< bytes of the whole range, a multiple of HISI_SHADOW_GRANULE */
};

#define HISI_SHADOW_CAP_ID 0x09
#define HISI_SHADOW_CAP_LENGTH 24
#define HISI_SHADOW_CAP_VERSION 1
#define HISI_SHADOW_CAP_SIGNATURE 0x42445a48 /* "HZDB" in memory */
#define HISI_SHADOW_BAR 0
#define HISI_SHADOW_STRIDE 128
#define HISI_SHADOW_SQ 0
#define HISI_SHADOW_CQ 64
#define HISI_SHADOW_GRANULE 0x10000

HISI_HW_ASSERT_SIZE(struct hisi_hw_shadow_cap, 24);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_shadow_cap, signature, 4);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_shadow_cap, range, 20);

#endif /* HISI_HW_PCI_H */
