/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_HW_QM_QUEUE_H
#define HISI_HW_QM_QUEUE_H

/**
 * @file
 * Contexts and entries of the Queue Manager's rings, V2 and later: hardware.md 4.
 */

#include "hisi_hw_bits.h"

/** Submission queue context, hardware.md 4.2. */
struct hisi_hw_sqc {
	uint16_t head;
	uint16_t tail;
	uint32_t base_l;
	uint32_t base_h;
	uint32_t dw3; /**< HISI_QM_XQC_DW3_* */
	uint16_t w8;  /**< random tag; doorbells must carry the same */
	uint16_t reserved0;
	uint16_t pasid;
	uint16_t w11; /**< HISI_QM_XQC_W11_WRAP, HISI_QM_SQC_W11_PASID */
	uint16_t cq_num;
	uint16_t w13; /**< HISI_QM_SQC_W13_* */
	uint32_t reserved1;
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_sqc, 32);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqc, dw3, 12);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqc, w11, 22);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqc, w13, 26);

/** Completion queue context, hardware.md 4.3. */
struct hisi_hw_cqc {
	uint16_t head;
	uint16_t tail;
	uint32_t base_l;
	uint32_t base_h;
	uint32_t dw3; /**< HISI_QM_XQC_DW3_* */
	uint16_t w8;
	uint16_t reserved0;
	uint16_t pasid;
	uint16_t w11; /**< HISI_QM_XQC_W11_WRAP */
	uint32_t dw6; /**< HISI_QM_CQC_DW6_* */
	uint32_t reserved1;
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_cqc, 32);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_cqc, dw3, 12);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_cqc, dw6, 24);

/** Event queue and asynchronous event queue context, hardware.md 4.4: 28 bytes used. */
struct hisi_hw_eqc {
	uint16_t head;
	uint16_t tail;
	uint32_t base_l;
	uint32_t base_h;
	uint32_t dw3;
	uint32_t reserved0[2];
	uint32_t dw6; /**< HISI_QM_EQC_DW6_* */
	uint32_t reserved1;
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_eqc, 32);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_eqc, dw6, 24);

#define HISI_QM_XQC_DW3_DEPTH_MINUS_1 0x0fffu
#define HISI_QM_XQC_DW3_ENTRY_LOG2 0xf000u
#define HISI_QM_XQC_W11_WRAP 0x0040u
#define HISI_QM_SQC_W11_PASID 0x0080u
#define HISI_QM_SQC_W13_PRIORITY 0x000fu
#define HISI_QM_SQC_W13_ORDERS 0x00f0u
#define HISI_QM_SQC_W13_DISABLE 0x0040u
#define HISI_QM_SQC_W13_TYPE 0x0f00u
#define HISI_QM_CQC_DW6_PHASE 0x1u
#define HISI_QM_CQC_DW6_ARMED 0x2u
#define HISI_QM_EQC_DW6_DEPTH_MINUS_1 0xffffu
#define HISI_QM_EQC_DW6_PHASE 0x10000u

#define HISI_QM_SQE_LOG2 7
#define HISI_QM_CQE_LOG2 4
#define HISI_QM_SQE_SIZE 128
#define HISI_QM_CQE_SIZE 16
#define HISI_QM_EQE_SIZE 4
#define HISI_QM_CONTEXT_SIZE 32

/** What a queue does: a property of its SQC, not of the SQE (hardware.md 4.2). */
enum hisi_hw_sq_type {
	HISI_QM_SQ_COMPRESS = 0,
	HISI_QM_SQ_DECOMPRESS = 1,
};

/** Completion queue entry, hardware.md 4.5. */
struct hisi_hw_cqe {
	uint32_t reserved0;
	uint16_t cmd_id;
	uint16_t reserved1;
	uint16_t sq_head; /**< index of the SQE that completed */
	uint16_t sq_num;
	uint16_t reserved2;
	uint16_t w7; /**< HISI_QM_CQE_W7_PHASE */
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_cqe, 16);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_cqe, sq_head, 8);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_cqe, w7, 14);

#define HISI_QM_CQE_W7_PHASE 0x0001u
/** The second half of a CQE read as one 64-bit word: sq_head and w7 in one access. */
#define HISI_QM_CQE_HI_SQ_HEAD 0x000000000000ffffull
#define HISI_QM_CQE_HI_SQ_NUM 0x00000000ffff0000ull
#define HISI_QM_CQE_HI_PHASE 0x0001000000000000ull

/* Event queue entries, one 32-bit word, hardware.md 4.5. */
#define HISI_QM_EQE_CQN 0x0000ffffu
#define HISI_QM_EQE_PHASE 0x00010000u
#define HISI_QM_AEQE_TYPE 0x001e0000u

enum hisi_hw_aeqe_type {
	HISI_QM_AEQE_CQ_OVERFLOW = 0,
	HISI_QM_AEQE_EQ_OVERFLOW = 1,
	HISI_QM_AEQE_CQE_ERROR = 2,
};

#endif /* HISI_HW_QM_QUEUE_H */
