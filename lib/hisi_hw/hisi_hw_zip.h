/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_HW_ZIP_H
#define HISI_HW_ZIP_H

/**
 * @file
 * The ZIP engine behind the Queue Manager: registers (hardware.md 2.3, 2.4), submission queue
 * entry (8), scatter/gather list (9).
 */

#include "hisi_hw_bits.h"

/* Capability registers, hardware.md 2.3. */
#define HISI_ZIP_CAP_NFE 0x3130
#define HISI_ZIP_CAP_RESET 0x3134
#define HISI_ZIP_CAP_CE 0x3138
#define HISI_ZIP_CAP_CORE_INFO 0x313c
#define HISI_ZIP_CAP_CORE_ENABLE 0x3140
#define HISI_ZIP_CAP_DRV_ALGS 0x3144
#define HISI_ZIP_CAP_DEV_ALGS 0x3148
#define HISI_ZIP_CAP_CORE_ALGS 0x314c /* five words, one a core */

/* Algorithm bits, hardware.md 2.3.2: the lower of each pair compresses. */
#define HISI_ZIP_ALG_ZLIB 0x003u
#define HISI_ZIP_ALG_GZIP 0x00cu
#define HISI_ZIP_ALG_DEFLATE 0x030u
#define HISI_ZIP_ALG_LZ77 0x0c0u
#define HISI_ZIP_ALG_LZ4 0x300u
#define HISI_ZIP_ALG_LZ4_COMPRESS 0x100u

/* PF registers, hardware.md 2.4. */
#define HISI_ZIP_CNT_CLR_CE 0x301000
#define HISI_ZIP_CLOCK_GATE 0x301004
#define HISI_ZIP_CONTROL 0x30100c
#define HISI_ZIP_READ_CACHE_0 0x301040
#define HISI_ZIP_READ_CACHE_1 0x301044
#define HISI_ZIP_WRITE_CACHE_0 0x301060
#define HISI_ZIP_WRITE_CACHE_1 0x301064
#define HISI_ZIP_INT_SOURCE 0x3010a0
#define HISI_ZIP_INT_MASK 0x3010a4
#define HISI_ZIP_INT_SET 0x3010a8
#define HISI_ZIP_INT_STATUS 0x3010ac
#define HISI_ZIP_BD_RUSER 0x301110
#define HISI_ZIP_SGL_RUSER 0x30111c
#define HISI_ZIP_DATA_RUSER 0x301128
#define HISI_ZIP_DATA_WUSER 0x301134
#define HISI_ZIP_BD_WUSER 0x301140
#define HISI_ZIP_RAS_CE_ENABLE 0x301160
#define HISI_ZIP_RAS_NFE_ENABLE 0x301164
#define HISI_ZIP_RAS_FE_ENABLE 0x301168
#define HISI_ZIP_AUTO_GATE 0x3011a8
#define HISI_ZIP_SVA_PREFETCH 0x3011b0
#define HISI_ZIP_SVA_STATUS 0x3011c4
#define HISI_ZIP_LIT_LEN 0x301204
#define HISI_ZIP_HIGH_PERF 0x301208
#define HISI_ZIP_OOO_SHUTDOWN_SEL 0x30120c

/** Submission queue entry, hardware.md 8.1: input words, and results written into the slot. */
struct hisi_hw_sqe {
	uint32_t consumed;    /**< out */
	uint32_t produced;    /**< out */
	uint32_t comp_length; /**< out */
	uint32_t dw3;         /**< out: HISI_ZIP_DW3_* */
	uint32_t input_length;
	uint32_t lba_l;
	uint32_t lba_h;
	uint32_t dw7; /**< HISI_ZIP_DW7_* */
	uint32_t dw8; /**< HISI_ZIP_DW8_* */
	uint32_t dw9; /**< HISI_ZIP_DW9_* */
	uint32_t dw10;
	uint32_t dw11;
	uint32_t dw12;
	uint32_t dw13; /**< type 0: tag */
	uint32_t dest_avail;
	uint32_t ctx_dw0; /**< in, out: HISI_ZIP_CTX0_* */
	uint32_t comp_head_l;
	uint32_t comp_head_h;
	uint32_t source_l;
	uint32_t source_h;
	uint32_t dest_l;
	uint32_t dest_h;
	uint32_t stream_ctx_l;
	uint32_t stream_ctx_h;
	uint32_t cipher_l;
	uint32_t cipher_h;
	uint32_t tag_l; /**< type 3 */
	uint32_t tag_h; /**< type 3 */
	uint32_t ctx_dw1;  /**< in, out: HISI_ZIP_CTX1_* */
	uint32_t ctx_dw2;  /**< in, out: HISI_ZIP_CTX2_* */
	uint32_t isize;    /**< in, out: plain length so far, modulo 2^32 */
	uint32_t checksum; /**< in, out: hardware.md 8.7 */
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_sqe, 128);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, dw3, 0x0c);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, dw7, 0x1c);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, dw9, 0x24);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, dw13, 0x34);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, ctx_dw0, 0x3c);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, source_l, 0x48);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, tag_l, 0x68);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sqe, checksum, 0x7c);

#define HISI_ZIP_DW3_STATUS 0x000000ffu
#define HISI_ZIP_DW3_LSTBLK 0x00000100u

#define HISI_ZIP_DW7_IN_OFFSET 0x00ffffffu
#define HISI_ZIP_DW7_FINISH 0x02000000u
#define HISI_ZIP_DW7_STATEFUL 0x04000000u
#define HISI_ZIP_DW7_STREAM_NEW 0x08000000u
#define HISI_ZIP_DW7_SQE_TYPE 0xf0000000u

#define HISI_ZIP_DW8_OUT_OFFSET 0x00ffffffu

#define HISI_ZIP_DW9_REQUEST 0x000000ffu
#define HISI_ZIP_DW9_BUFFER 0x00000f00u
#define HISI_ZIP_DW9_WINDOW 0x0000f000u

#define HISI_ZIP_CTX0_STATE 0x0000000fu
#define HISI_ZIP_CTX0_BFINAL 0x00000080u
#define HISI_ZIP_CTX0_HEAD_BITS 0x0000fc00u
#define HISI_ZIP_CTX1_STORE 0x0007ffffu
#define HISI_ZIP_CTX2_WINDOW_LENGTH 0x0000ffffu

/** SQE types, hardware.md 8.2. */
enum hisi_hw_sqe_type {
	HISI_ZIP_SQE_TYPE_0 = 0, /**< V1, V2 */
	HISI_ZIP_SQE_TYPE_3 = 3, /**< V3 and later */
};

/** Request types, hardware.md 8.3. */
enum hisi_hw_zip_request {
	HISI_ZIP_REQ_DEFLATE = 0x01,
	HISI_ZIP_REQ_ZLIB = 0x02,
	HISI_ZIP_REQ_GZIP = 0x03,
	HISI_ZIP_REQ_LZ4 = 0x04,
};

/** Buffer types, hardware.md 8.2: for source and destination together. */
enum hisi_hw_zip_buffer {
	HISI_ZIP_BUF_FLAT = 0,
	HISI_ZIP_BUF_SGL = 1,
};

/** Window sizes, hardware.md 8.2. */
enum hisi_hw_zip_window {
	HISI_ZIP_WIN_4K = 0,
	HISI_ZIP_WIN_8K = 1,
	HISI_ZIP_WIN_16K = 2,
	HISI_ZIP_WIN_24K = 3,
	HISI_ZIP_WIN_32K = 4,
};

/** Status codes, hardware.md 8.5. */
enum hisi_hw_zip_status {
	HISI_ZIP_OK = 0x00,
	HISI_ZIP_NEGATIVE_COMP = 0x0d,
	HISI_ZIP_OUT_SHORT = 0x0e,
	HISI_ZIP_SRC_DIF_ERROR = 0x0f,
	HISI_ZIP_CHECKSUM_ERROR = 0x10,
	HISI_ZIP_DST_DIF_ERROR = 0x12,
	HISI_ZIP_DECOMP_END = 0x13,
	HISI_ZIP_STREAM_ERROR = 0x41,
};

/** Bytes of a flat buffer, and of one SGE (hardware.md 8.4, 9.3). */
#define HISI_ZIP_MAX_BYTES 0x800000u

/** Scatter/gather list header, hardware.md 9.1; the entries follow it. */
struct hisi_hw_sgl {
	uint64_t next;     /**< address of the next list, 0 = last */
	uint16_t chain_sum; /**< upper bound of the entries in the chain */
	uint16_t sum;      /**< valid entries in this list */
	uint16_t capacity; /**< entries that this list has room for */
	uint16_t reserved;
	uint8_t software[48]; /**< not read by the device */
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_sgl, 64);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sgl, sum, 10);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sgl, capacity, 12);

/** Scatter/gather entry, hardware.md 9.2. */
struct hisi_hw_sge {
	uint64_t address;
	uint64_t page_ctrl;
	uint32_t length;
	uint32_t reserved0;
	uint64_t reserved1;
};
HISI_HW_ASSERT_SIZE(struct hisi_hw_sge, 32);
HISI_HW_ASSERT_OFFSET(struct hisi_hw_sge, length, 16);

#define HISI_ZIP_SGL_ALIGN 64
#define HISI_ZIP_SGL_MAX_SGES 255
#define HISI_ZIP_SGL_MAX_CHAIN 256

#endif /* HISI_HW_ZIP_H */
