/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_HW_QM_REGS_H
#define HISI_HW_QM_REGS_H

/**
 * @file
 * Registers of the Queue Manager in BAR 2: hardware.md 2.1 (each function), 2.2 (PF only),
 * 2.3 (capabilities, V3 and later), 3 (mailbox) and 5 (doorbells).
 */

#include "hisi_hw_bits.h"

/* Each function, hardware.md 2.1. */
#define HISI_QM_AEQ_INT_SOURCE 0x0
#define HISI_QM_AEQ_INT_MASK 0x4
#define HISI_QM_EQ_INT_SOURCE 0x8
#define HISI_QM_EQ_INT_MASK 0xc
#define HISI_QM_IFC_INT_SOURCE 0x20
#define HISI_QM_IFC_INT_MASK 0x24
#define HISI_QM_IFC_INT_STATUS 0x28
#define HISI_QM_IFC_INT_SET 0x2c
#define HISI_QM_DB_ISOLATION 0x30
#define HISI_QM_DB_ISOLATION_ON 0x1
#define HISI_QM_PAGE_SIZE 0x34
#define HISI_QM_VF_STATE 0x60
#define HISI_QM_VF_STATE_READY 0
#define HISI_QM_VF_STATE_NOT_READY 1
#define HISI_QM_FUNC_ACTIVE 0x200
#define HISI_QM_CACHE_WB_START 0x204
#define HISI_QM_CACHE_WB_DONE 0x208
#define HISI_QM_SUB_VERSION 0x210

/* PF only, hardware.md 2.2. */
#define HISI_QM_ABNORMAL_INT_SOURCE 0x100000
#define HISI_QM_ABNORMAL_INT_MASK 0x100004
#define HISI_QM_ABNORMAL_INT_STATUS 0x100008
#define HISI_QM_ABNORMAL_INT_SET 0x10000c
#define HISI_QM_ABNORMAL_INFO_0 0x100010
#define HISI_QM_ABNORMAL_INFO_1 0x100014
#define HISI_QM_ABNORMAL_INFO_2 0x100018
#define HISI_QM_MEM_INIT_START 0x100040
#define HISI_QM_MEM_INIT_DONE 0x100044
#define HISI_QM_CACHE_CTRL 0x100050
#define HISI_QM_CACHE_CTRL_ON 0x1833 /* both caches, write-back at threshold 1 */
#define HISI_QM_VFT_OP_ENABLE 0x100054
#define HISI_QM_VFT_OP 0x100058
#define HISI_QM_VFT_TYPE 0x10005c
#define HISI_QM_VFT_TYPE_SQC 0
#define HISI_QM_VFT_TYPE_CQC 1
#define HISI_QM_VFT_TYPE_SHAPER 2
#define HISI_QM_VFT_INDEX 0x100060
#define HISI_QM_VFT_INDEX_FUNCTION 0x3f
#define HISI_QM_VFT_INDEX_ALG 0xc0 /* of the shaper */
#define HISI_QM_VFT_DATA_L 0x100064
#define HISI_QM_VFT_DATA_H 0x100068
#define HISI_QM_VFT_READY 0x10006c
#define HISI_QM_DB_TIMEOUT 0x100074
#define HISI_QM_DB_TIMEOUT_NS 0x1fffff
#define HISI_QM_ARUSER_CFG 0x100088
#define HISI_QM_ARUSER_ENABLE 0x100090
#define HISI_QM_AWUSER_CFG 0x100098
#define HISI_QM_AWUSER_ENABLE 0x1000a0
#define HISI_QM_WUSER_ENABLE 0x1000a8
#define HISI_QM_AXI_CFG 0x1000ac
#define HISI_QM_AXI_ENABLE 0x1000b0
#define HISI_QM_PEH_AXUSER_CFG 0x1000cc
#define HISI_QM_PEH_AXUSER_ENABLE 0x1000d0
#define HISI_QM_PEH_VENDOR_ID 0x1000d8
#define HISI_QM_RAS_CE_ENABLE 0x1000ec
#define HISI_QM_RAS_FE_ENABLE 0x1000f0
#define HISI_QM_RAS_NFE_ENABLE 0x1000f4
#define HISI_QM_RAS_CE_THRESHOLD 0x1000f8
#define HISI_QM_PEH_DFX_INFO0 0x1000fc
#define HISI_QM_PEH_DFX_INFO1 0x100100
#define HISI_QM_CNT_CLR_CE 0x100118
#define HISI_QM_IFC_READY_STATUS 0x100128
#define HISI_QM_IFC_INT_SET_PF 0x100130
#define HISI_QM_IFC_INT_CFG 0x100134
#define HISI_QM_IFC_INT_CFG_TARGET 0x7f
#define HISI_QM_IFC_ALL_VFS 0x7f /* of HISI_QM_IFC_INT_CFG_TARGET */
#define HISI_QM_IFC_INT_SOURCE_PF 0x100138
#define HISI_QM_PM_CTRL 0x100148
#define HISI_QM_PM_CTRL_NO_IDLE (1u << 9)
#define HISI_QM_QUEUE_ISOLATION 0x100154
#define HISI_QM_QUEUE_COUNTS 0x100158
#define HISI_QM_QUEUE_COUNTS_TOTAL 0x7ff
#define HISI_QM_QUEUE_COUNTS_FUNC 0x3ff800
#define HISI_QM_SHAPER_CFG 0x100164
#define HISI_QM_OOO_SHUTDOWN_SEL 0x1040f8
#define HISI_QM_IDLE_STATE 0x1040e4
#define HISI_QM_AM_CTRL 0x300000
#define HISI_QM_AM_ROB_ECC 0x300104
#define HISI_QM_AM_RETURNED 0x300150

/* Capability registers, hardware.md 2.3; meaningful when HISI_QM_CAP_VERSION is not 0. */
#define HISI_QM_CAP 0x3100
#define HISI_QM_CAP_VERSION 0xff
#define HISI_QM_CAP_FUNC_QOS (1u << 8)
#define HISI_QM_CAP_STOP_QP (1u << 9)
#define HISI_QM_CAP_STOP_FUNC (1u << 10)
#define HISI_QM_CAP_MESSAGES (1u << 11)
#define HISI_QM_CAP_VF_RPM (1u << 12)
#define HISI_QM_CAP_PF_RPM (1u << 13)
#define HISI_QM_CAP_SVA_PREFETCH (1u << 14)
#define HISI_QM_CAP_DAE (1u << 15)
#define HISI_QM_CAP_XEQ_DEPTH 0x3104
#define HISI_QM_CAP_QP_DEPTH 0x3108
#define HISI_QM_CAP_EQ_IRQ 0x310c
#define HISI_QM_CAP_AEQ_IRQ 0x3110
#define HISI_QM_CAP_ABNORMAL_IRQ 0x3114
#define HISI_QM_CAP_MSG_IRQ 0x3118
#define HISI_QM_CAP_NB_IRQS 0x311c
#define HISI_QM_CAP_EXT_BAR 0x3120
#define HISI_QM_CAP_QM_NFE 0x3124
#define HISI_QM_CAP_QM_RESET 0x3128
#define HISI_QM_CAP_QM_CE 0x312c
/** Two halves of XEQ_DEPTH (EQ, AEQ), QP_DEPTH (SQ, CQ), NB_IRQS (VF, PF) and *_IRQ. */
#define HISI_QM_CAP_LOW 0xffff
#define HISI_QM_CAP_HIGH 0xffff0000u

/* What a function has when it does not say (V2, or capability version 0): hardware.md 2.3. */
#define HISI_QM_DEFAULT_DEPTH 1024
#define HISI_QM_DEFAULT_EQ_DEPTH 2048
#define HISI_QM_DEFAULT_AEQ_DEPTH 1024
#define HISI_QM_MAX_DEPTH 4096
#define HISI_QM_MAX_QUEUES 1024
#define HISI_QM_MAX_VFS 63

/* Mailbox, hardware.md 3: 16 bytes written at once; base is an address or an immediate. */
#define HISI_QM_MB 0x300
#define HISI_QM_MB_BASE_L 0x304
#define HISI_QM_MB_BASE_H 0x308
#define HISI_QM_MB_LAST 0x30c

struct hisi_hw_mailbox {
	uint16_t w0; /**< HISI_QM_MB_W0_* */
	uint16_t queue;
	uint32_t base_l;
	uint32_t base_h;
	uint32_t reserved;
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_mailbox, 16);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_mailbox, base_h, 8);

#define HISI_QM_MB_W0_CMD 0x00ffu
#define HISI_QM_MB_W0_EVENT 0x0100u
#define HISI_QM_MB_W0_STATUS 0x1e00u
#define HISI_QM_MB_W0_BUSY 0x2000u
#define HISI_QM_MB_W0_OP 0x4000u

/** Commands, hardware.md 3.2; op 0 loads or sets, op 1 dumps or reads. */
enum hisi_hw_mb_cmd {
	HISI_QM_MB_SQC = 0x0,
	HISI_QM_MB_CQC = 0x1,
	HISI_QM_MB_EQC = 0x2,
	HISI_QM_MB_AEQC = 0x3,
	HISI_QM_MB_SQC_BT = 0x4,
	HISI_QM_MB_CQC_BT = 0x5,
	HISI_QM_MB_SQC_VFT = 0x6,
	HISI_QM_MB_STOP_QP = 0x8,
	HISI_QM_MB_FLUSH_QM = 0x9,
	HISI_QM_MB_SRC = 0xc,
	HISI_QM_MB_DST = 0xd,
	HISI_QM_MB_PAUSE_QM = 0xe,
};

/** Queue field of HISI_QM_MB_SRC for all VFs. */
#define HISI_QM_MB_ALL_VFS 0xffff

/** A message between PF and VF, hardware.md 7.5: command low, data high. */
#define HISI_QM_MSG_CMD 0x00000000ffffffffull
#define HISI_QM_MSG_DATA 0xffffffff00000000ull

enum hisi_hw_msg {
	HISI_QM_MSG_PF_FLR_PREPARE = 1,
	HISI_QM_MSG_PF_SRST_PREPARE = 2,
	HISI_QM_MSG_PF_RESET_DONE = 3,
	HISI_QM_MSG_VF_PREPARE_DONE = 4,
	HISI_QM_MSG_VF_PREPARE_FAIL = 5,
	HISI_QM_MSG_VF_START_DONE = 6,
	HISI_QM_MSG_VF_START_FAIL = 7,
	HISI_QM_MSG_PF_SET_QOS = 8,
	HISI_QM_MSG_VF_GET_QOS = 9,
	HISI_QM_MSG_FUNCTION_RESET = 10,
	HISI_QM_MSG_VF_GET_ISOLATE = 11,
	HISI_QM_MSG_PF_SET_ISOLATE = 12,
};

/** The 64-bit word of a function's SQC VFT entry, hardware.md 3.5 and 12.2. */
#define HISI_QM_VFT_BASE 0x00000ffff0000000ull
#define HISI_QM_VFT_VALID 0x0000100000000000ull
#define HISI_QM_VFT_NUM_MINUS_1 0x007fe00000000000ull
/** The word of its CQC VFT entry. */
#define HISI_QM_VFT_CQC_VALID 0x0000000010000000ull

/* Doorbells of V2 and later, hardware.md 5: one 64-bit store. */
#define HISI_QM_DB_SQ_CQ 0x1000
#define HISI_QM_DB_EQ_AEQ 0x2000
/** From queue to queue in HISI_PCI_BAR_DOORBELLS, when isolated. */
#define HISI_QM_DB_WINDOW 0x10000

#define HISI_QM_DB_QUEUE 0x0000000000000fffull
#define HISI_QM_DB_CMD 0x000000000000f000ull
#define HISI_QM_DB_TAG 0x00000000ffff0000ull
#define HISI_QM_DB_INDEX 0x0000ffff00000000ull
#define HISI_QM_DB_ARM 0x0001000000000000ull
#define HISI_QM_DB_PRIORITY 0x00ff000000000000ull

enum hisi_hw_db_cmd {
	HISI_QM_DB_CMD_SQ = 0,
	HISI_QM_DB_CMD_CQ = 1,
	HISI_QM_DB_CMD_EQ = 2,
	HISI_QM_DB_CMD_AEQ = 3,
};

#endif /* HISI_HW_QM_REGS_H */
