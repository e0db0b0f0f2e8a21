/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * The hardware stated a second time: each offset, mask and encoded value of lib/hisi_hw against
 * a literal copied from hardware.md, whose section stands beside it.
 */

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "hisi_hw_pci.h"
#include "hisi_hw_qm_queue.h"
#include "hisi_hw_qm_regs.h"
#include "hisi_hw_zip.h"

/** A value of the headers beside what it has to be. */
struct fact {
	const char *name;
	uint64_t actual;
	uint64_t expected;
};

#define FACT(expression, literal) {#expression, (expression), (literal)}
#define AT(type, member, literal) {#type "." #member, offsetof(struct type, member), (literal)}

#define CHECK(facts) check(facts, sizeof(facts) / sizeof((facts)[0]))

static void
check(const struct fact *facts, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		if (facts[i].actual == facts[i].expected)
			continue;
		print_error("%s is 0x%llx, not 0x%llx\n", facts[i].name,
			    (unsigned long long)facts[i].actual,
			    (unsigned long long)facts[i].expected);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
test_identity(void **state)
{
	static const struct fact facts[] = {
		/* 1.1, 1.2 */
		FACT(HISI_PCI_VENDOR, 0x19e5),
		FACT(HISI_PCI_DEVICE_ZIP_PF, 0xa250),
		FACT(HISI_PCI_DEVICE_ZIP_VF, 0xa251),
		FACT(HISI_PCI_CLASS_ACCELERATOR, 0x120000),
		FACT(HISI_QM_HW_V1, 0x20),
		FACT(HISI_QM_HW_V2, 0x21),
		FACT(HISI_QM_HW_V3, 0x30),
		FACT(HISI_QM_HW_V4, 0x50),
		FACT(HISI_QM_HW_V5, 0x51),
		/* 1.3, 1.5 */
		FACT(HISI_PCI_BAR_REGS, 2),
		FACT(HISI_PCI_BAR_DOORBELLS, 4),
		FACT(HISI_PCI_BAR2_SIZE_PF, 4 << 20),
		FACT(HISI_PCI_BAR2_SIZE_VF, 64 << 10),
		FACT(HISI_PCI_VECTOR_EQ, 0),
		FACT(HISI_PCI_VECTOR_AEQ, 1),
		FACT(HISI_PCI_VECTOR_MSG, 2),
		FACT(HISI_PCI_VECTOR_ABNORMAL, 3),
		FACT(HISI_PCI_NB_VECTORS, 4),
	};

	(void)state;
	CHECK(facts);
}

/* The model's own capability: a vendor-specific one (PCI id 9), "HZDB" as its first word. */
static void
test_shadow_capability(void **state)
{
	static const uint8_t image[24] = {
		0x09, 0x00, 0x18, 0x01, 'H', 'Z', 'D', 'B', 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00,
	};
	const struct hisi_hw_shadow_cap cap = {
		.id = HISI_SHADOW_CAP_ID,
		.length = HISI_SHADOW_CAP_LENGTH,
		.version = HISI_SHADOW_CAP_VERSION,
		.signature = HISI_SHADOW_CAP_SIGNATURE,
		.bar = HISI_SHADOW_BAR,
		.offset = 0,
		.stride = HISI_SHADOW_STRIDE,
		.range = 2 * HISI_SHADOW_GRANULE,
	};
	static const struct fact facts[] = {
		FACT(sizeof(struct hisi_hw_shadow_cap), 24),
		FACT(HISI_SHADOW_SQ, 0),
		FACT(HISI_SHADOW_CQ, 64),
		FACT(HISI_SHADOW_GRANULE, 64 << 10),
	};

	(void)state;
	assert_memory_equal(&cap, image, sizeof(image));
	CHECK(facts);
}

static void
test_function_registers(void **state)
{
	static const struct fact facts[] = {
		/* 2.1 */
		FACT(HISI_QM_AEQ_INT_SOURCE, 0x0000), FACT(HISI_QM_AEQ_INT_MASK, 0x0004),
		FACT(HISI_QM_EQ_INT_SOURCE, 0x0008), FACT(HISI_QM_EQ_INT_MASK, 0x000c),
		FACT(HISI_QM_IFC_INT_SOURCE, 0x0020), FACT(HISI_QM_IFC_INT_MASK, 0x0024),
		FACT(HISI_QM_IFC_INT_STATUS, 0x0028), FACT(HISI_QM_IFC_INT_SET, 0x002c),
		FACT(HISI_QM_DB_ISOLATION, 0x0030), FACT(HISI_QM_DB_ISOLATION_ON, 1),
		FACT(HISI_QM_PAGE_SIZE, 0x0034), FACT(HISI_QM_VF_STATE, 0x0060),
		FACT(HISI_QM_VF_STATE_READY, 0), FACT(HISI_QM_VF_STATE_NOT_READY, 1),
		FACT(HISI_QM_FUNC_ACTIVE, 0x0200), FACT(HISI_QM_CACHE_WB_START, 0x0204),
		FACT(HISI_QM_CACHE_WB_DONE, 0x0208), FACT(HISI_QM_SUB_VERSION, 0x0210),
		FACT(HISI_QM_MB, 0x0300), FACT(HISI_QM_MB_BASE_L, 0x0304),
		FACT(HISI_QM_MB_BASE_H, 0x0308), FACT(HISI_QM_MB_LAST, 0x030c),
		FACT(HISI_QM_DB_SQ_CQ, 0x1000), FACT(HISI_QM_DB_EQ_AEQ, 0x2000),
		FACT(HISI_QM_DB_WINDOW, 0x10000),
	};

	(void)state;
	CHECK(facts);
}

static void
test_pf_registers(void **state)
{
	static const struct fact facts[] = {
		/* 2.2.1 */
		FACT(HISI_QM_ABNORMAL_INT_SOURCE, 0x100000),
		FACT(HISI_QM_ABNORMAL_INT_MASK, 0x100004),
		FACT(HISI_QM_ABNORMAL_INT_STATUS, 0x100008),
		FACT(HISI_QM_ABNORMAL_INT_SET, 0x10000c),
		FACT(HISI_QM_RAS_CE_ENABLE, 0x1000ec), FACT(HISI_QM_RAS_FE_ENABLE, 0x1000f0),
		FACT(HISI_QM_RAS_NFE_ENABLE, 0x1000f4), FACT(HISI_QM_RAS_CE_THRESHOLD, 0x1000f8),
		FACT(HISI_QM_OOO_SHUTDOWN_SEL, 0x1040f8),
		/* 2.2.2 */
		FACT(HISI_QM_MEM_INIT_START, 0x100040), FACT(HISI_QM_MEM_INIT_DONE, 0x100044),
		FACT(HISI_QM_CACHE_CTRL, 0x100050), FACT(HISI_QM_DB_TIMEOUT, 0x100074),
		FACT(HISI_QM_PM_CTRL, 0x100148), FACT(HISI_QM_QUEUE_COUNTS, 0x100158),
		/* bits 10:0 and 21:11 */
		FACT(HISI_QM_QUEUE_COUNTS_TOTAL, 0x000007ff),
		FACT(HISI_QM_QUEUE_COUNTS_FUNC, 0x003ff800),
		/* 2.2.3 */
		FACT(HISI_QM_VFT_OP_ENABLE, 0x100054), FACT(HISI_QM_VFT_OP, 0x100058),
		FACT(HISI_QM_VFT_TYPE, 0x10005c), FACT(HISI_QM_VFT_INDEX, 0x100060),
		FACT(HISI_QM_VFT_DATA_L, 0x100064), FACT(HISI_QM_VFT_DATA_H, 0x100068),
		FACT(HISI_QM_VFT_READY, 0x10006c), FACT(HISI_QM_SHAPER_CFG, 0x100164),
		/* 2.2.4 */
		FACT(HISI_QM_ARUSER_CFG, 0x100088), FACT(HISI_QM_ARUSER_ENABLE, 0x100090),
		FACT(HISI_QM_AWUSER_CFG, 0x100098), FACT(HISI_QM_AWUSER_ENABLE, 0x1000a0),
		FACT(HISI_QM_WUSER_ENABLE, 0x1000a8), FACT(HISI_QM_AXI_CFG, 0x1000ac),
		FACT(HISI_QM_AXI_ENABLE, 0x1000b0), FACT(HISI_QM_PEH_AXUSER_CFG, 0x1000cc),
		FACT(HISI_QM_PEH_AXUSER_ENABLE, 0x1000d0),
		/* 2.2.5 to 2.2.7 */
		FACT(HISI_QM_PEH_VENDOR_ID, 0x1000d8), FACT(HISI_QM_PEH_DFX_INFO0, 0x1000fc),
		FACT(HISI_QM_PEH_DFX_INFO1, 0x100100), FACT(HISI_QM_CNT_CLR_CE, 0x100118),
		FACT(HISI_QM_IFC_READY_STATUS, 0x100128), FACT(HISI_QM_IFC_INT_SET_PF, 0x100130),
		FACT(HISI_QM_IFC_INT_CFG, 0x100134), FACT(HISI_QM_IFC_INT_SOURCE_PF, 0x100138),
		FACT(HISI_QM_IDLE_STATE, 0x1040e4), FACT(HISI_QM_AM_CTRL, 0x300000),
		FACT(HISI_QM_AM_RETURNED, 0x300150),
	};

	(void)state;
	CHECK(facts);
}

static void
test_capability_registers(void **state)
{
	static const struct fact facts[] = {
		/* 2.3 */
		FACT(HISI_QM_CAP, 0x3100), FACT(HISI_QM_CAP_XEQ_DEPTH, 0x3104),
		FACT(HISI_QM_CAP_QP_DEPTH, 0x3108), FACT(HISI_QM_CAP_EQ_IRQ, 0x310c),
		FACT(HISI_QM_CAP_AEQ_IRQ, 0x3110), FACT(HISI_QM_CAP_ABNORMAL_IRQ, 0x3114),
		FACT(HISI_QM_CAP_MSG_IRQ, 0x3118), FACT(HISI_QM_CAP_NB_IRQS, 0x311c),
		FACT(HISI_QM_CAP_EXT_BAR, 0x3120), FACT(HISI_QM_CAP_QM_NFE, 0x3124),
		FACT(HISI_QM_CAP_QM_RESET, 0x3128), FACT(HISI_QM_CAP_QM_CE, 0x312c),
		FACT(HISI_ZIP_CAP_NFE, 0x3130), FACT(HISI_ZIP_CAP_RESET, 0x3134),
		FACT(HISI_ZIP_CAP_CE, 0x3138), FACT(HISI_ZIP_CAP_CORE_INFO, 0x313c),
		FACT(HISI_ZIP_CAP_CORE_ENABLE, 0x3140), FACT(HISI_ZIP_CAP_DRV_ALGS, 0x3144),
		FACT(HISI_ZIP_CAP_DEV_ALGS, 0x3148), FACT(HISI_ZIP_CAP_CORE_ALGS, 0x314c),
		/* 2.3: the constants of 0x3104 and 0x3108 are 0x04000800 and 0x04000400 */
		FACT(HISI_HW_GET(HISI_QM_CAP_LOW, 0x04000800u), 0x800),
		FACT(HISI_HW_GET(HISI_QM_CAP_HIGH, 0x04000800u), 0x400),
		FACT(HISI_QM_DEFAULT_EQ_DEPTH, 0x800), FACT(HISI_QM_DEFAULT_AEQ_DEPTH, 0x400),
		FACT(HISI_QM_DEFAULT_DEPTH, 0x400), FACT(HISI_QM_MAX_DEPTH, 4096),
		FACT(HISI_QM_MAX_QUEUES, 1024),
		/* 2.3.1: the constant is 0x6f01 */
		FACT(HISI_QM_CAP_VERSION, 0xff),
		FACT(HISI_QM_CAP_FUNC_QOS | HISI_QM_CAP_STOP_QP | HISI_QM_CAP_STOP_FUNC |
		     HISI_QM_CAP_MESSAGES | HISI_QM_CAP_PF_RPM | HISI_QM_CAP_SVA_PREFETCH, 0x6f00),
		FACT(HISI_QM_CAP_STOP_QP, 0x200), FACT(HISI_QM_CAP_STOP_FUNC, 0x400),
		FACT(HISI_QM_CAP_MESSAGES, 0x800), FACT(HISI_QM_CAP_VF_RPM, 0x1000),
		FACT(HISI_QM_CAP_DAE, 0x8000),
		/* 2.3.2 */
		FACT(HISI_ZIP_ALG_ZLIB, 0x003), FACT(HISI_ZIP_ALG_GZIP, 0x00c),
		FACT(HISI_ZIP_ALG_DEFLATE, 0x030), FACT(HISI_ZIP_ALG_LZ77, 0x0c0),
		FACT(HISI_ZIP_ALG_LZ4, 0x300),
	};

	(void)state;
	CHECK(facts);
}

/* 3.1 and A.1: the first dword of a command, w0 below the queue. */
static uint32_t
mailbox_word(uint16_t cmd, uint16_t op, uint16_t queue)
{
	const struct hisi_hw_mailbox mb = {
		.w0 = HISI_HW_PREP(HISI_QM_MB_W0_CMD, cmd) | HISI_HW_PREP(HISI_QM_MB_W0_OP, op) |
		      HISI_QM_MB_W0_BUSY,
		.queue = queue,
	};
	uint32_t word;

	memcpy(&word, &mb, sizeof(word));
	return word;
}

static void
test_mailbox(void **state)
{
	const struct fact facts[] = {
		FACT(sizeof(struct hisi_hw_mailbox), 16), AT(hisi_hw_mailbox, queue, 2),
		AT(hisi_hw_mailbox, base_l, 4), AT(hisi_hw_mailbox, base_h, 8),
		FACT(mailbox_word(HISI_QM_MB_EQC, 0, 0), 0x00002002),
		FACT(mailbox_word(HISI_QM_MB_AEQC, 0, 0), 0x00002003),
		FACT(mailbox_word(HISI_QM_MB_SQC_BT, 0, 0), 0x00002004),
		FACT(mailbox_word(HISI_QM_MB_CQC_BT, 0, 0), 0x00002005),
		FACT(mailbox_word(HISI_QM_MB_SQC_VFT, 1, 0), 0x00006006),
		FACT(mailbox_word(HISI_QM_MB_SQC, 0, 5), 0x00052000),
		FACT(mailbox_word(HISI_QM_MB_SQC, 1, 5), 0x00056000),
		FACT(mailbox_word(HISI_QM_MB_CQC, 0, 5), 0x00052001),
		FACT(mailbox_word(HISI_QM_MB_STOP_QP, 0, 5), 0x00052008),
		FACT(mailbox_word(HISI_QM_MB_FLUSH_QM, 0, 0), 0x00002009),
		FACT(mailbox_word(HISI_QM_MB_SRC, 0, 3), 0x0003200c),
		FACT(mailbox_word(HISI_QM_MB_SRC, 0, 0xffff), 0xffff200c),
		FACT(mailbox_word(HISI_QM_MB_DST, 1, 3), 0x0003600d),
		FACT(mailbox_word(HISI_QM_MB_PAUSE_QM, 0, 0), 0x0000200e),
		/* 3.1: bit 8; bits 12:9 */
		FACT(HISI_QM_MB_W0_EVENT, 0x0100), FACT(HISI_QM_MB_W0_STATUS, 0x1e00),
		/* 3.5 and A.5: base 0, 64 queues; base 64, 30 queues */
		FACT(HISI_QM_VFT_VALID | HISI_HW_PREP(HISI_QM_VFT_NUM_MINUS_1, 63ull),
		     0x0007f00000000000),
		FACT(HISI_HW_GET(HISI_QM_VFT_BASE, 0x0003b00400000000ull), 64),
		FACT(HISI_HW_GET(HISI_QM_VFT_NUM_MINUS_1, 0x0003b00400000000ull), 29),
	};

	(void)state;
	CHECK(facts);
}

static uint64_t
doorbell(uint64_t cmd, uint64_t queue, uint64_t index)
{
	return HISI_HW_PREP(HISI_QM_DB_CMD, cmd) | HISI_HW_PREP(HISI_QM_DB_QUEUE, queue) |
	       HISI_HW_PREP(HISI_QM_DB_INDEX, index);
}

/* 5.1 and A.3. */
static void
test_doorbells(void **state)
{
	const struct fact facts[] = {
		FACT(doorbell(HISI_QM_DB_CMD_SQ, 5, 9), 0x0000000900000005),
		FACT(doorbell(HISI_QM_DB_CMD_CQ, 5, 3), 0x0000000300001005),
		FACT(doorbell(HISI_QM_DB_CMD_CQ, 5, 3) | HISI_QM_DB_ARM, 0x0001000300001005),
		FACT(doorbell(HISI_QM_DB_CMD_EQ, 0, 7), 0x0000000700002000),
		FACT(doorbell(HISI_QM_DB_CMD_AEQ, 0, 1), 0x0000000100003000),
		FACT(doorbell(HISI_QM_DB_CMD_SQ, 5, 0) | HISI_QM_DB_ARM, 0x0001000000000005),
		FACT(HISI_QM_DB_TAG, 0x00000000ffff0000), FACT(HISI_QM_DB_PRIORITY, 0xffull << 48),
	};

	(void)state;
	CHECK(facts);
}

/* A.2: context images of queue 5. */
static void
test_contexts(void **state)
{
	static const uint32_t sqc_image[8] = {0x00000000, 0x23450000, 0x00000001, 0x000073ff,
					      0x00000000, 0x00000000, 0x01100005, 0x00000000};
	static const uint32_t cqc_image[8] = {0x00000000, 0x23470000, 0x00000001, 0x000043ff,
					      0x00000000, 0x00000000, 0x00000003, 0x00000000};
	static const uint32_t eqc_image[7] = {0, 0x23490000, 1, 0, 0, 0, 0x000107ff};
	const struct hisi_hw_sqc sqc = {
		.base_l = 0x23450000,
		.base_h = 1,
		.dw3 = HISI_HW_PREP(HISI_QM_XQC_DW3_ENTRY_LOG2, HISI_QM_SQE_LOG2) |
		       HISI_HW_PREP(HISI_QM_XQC_DW3_DEPTH_MINUS_1, 1023),
		.cq_num = 5,
		.w13 = HISI_HW_PREP(HISI_QM_SQC_W13_ORDERS, 1) |
		       HISI_HW_PREP(HISI_QM_SQC_W13_TYPE, HISI_QM_SQ_DECOMPRESS),
	};
	const struct hisi_hw_cqc cqc = {
		.base_l = 0x23470000,
		.base_h = 1,
		.dw3 = HISI_HW_PREP(HISI_QM_XQC_DW3_ENTRY_LOG2, HISI_QM_CQE_LOG2) |
		       HISI_HW_PREP(HISI_QM_XQC_DW3_DEPTH_MINUS_1, 1023),
		.dw6 = HISI_QM_CQC_DW6_PHASE | HISI_QM_CQC_DW6_ARMED,
	};
	const struct hisi_hw_eqc eqc = {
		.base_l = 0x23490000,
		.base_h = 1,
		.dw6 = HISI_HW_PREP(HISI_QM_EQC_DW6_DEPTH_MINUS_1, 2047) | HISI_QM_EQC_DW6_PHASE,
	};
	static const struct fact facts[] = {
		/* 4.2, 4.3 */
		AT(hisi_hw_sqc, tail, 2), AT(hisi_hw_sqc, w8, 16), AT(hisi_hw_sqc, pasid, 20),
		AT(hisi_hw_sqc, w11, 22), AT(hisi_hw_sqc, cq_num, 24),
		AT(hisi_hw_cqc, tail, 2), AT(hisi_hw_cqc, w8, 16), AT(hisi_hw_cqc, pasid, 20),
		AT(hisi_hw_cqc, w11, 22), AT(hisi_hw_eqc, tail, 2),
		FACT(HISI_QM_SQC_W13_PRIORITY, 0x000f), FACT(HISI_QM_SQC_W13_DISABLE, 0x0040),
		FACT(HISI_QM_XQC_W11_WRAP, 0x0040), FACT(HISI_QM_SQC_W11_PASID, 0x0080),
		FACT(HISI_QM_SQ_COMPRESS, 0), FACT(HISI_QM_SQ_DECOMPRESS, 1),
		FACT(sizeof(struct hisi_hw_eqc), 32), FACT(HISI_QM_CONTEXT_SIZE, 32),
	};

	(void)state;
	assert_memory_equal(&sqc, sqc_image, sizeof(sqc_image));
	assert_memory_equal(&cqc, cqc_image, sizeof(cqc_image));
	assert_memory_equal(&eqc, eqc_image, sizeof(eqc_image));
	CHECK(facts);
}

/* 4.5 and A.4. */
static void
test_entries(void **state)
{
	const struct hisi_hw_cqe cqe = {
		.sq_head = 8,
		.sq_num = 5,
		.w7 = HISI_QM_CQE_W7_PHASE,
	};
	static const uint8_t image[16] = {[8] = 0x08, [10] = 0x05, [14] = 0x01};
	uint64_t high;

	(void)state;
	assert_memory_equal(&cqe, image, sizeof(image));
	memcpy(&high, (const uint8_t *)&cqe + 8, sizeof(high));
	const struct fact facts[] = {
		FACT(HISI_HW_GET(HISI_QM_CQE_HI_SQ_HEAD, high), 8),
		FACT(HISI_HW_GET(HISI_QM_CQE_HI_SQ_NUM, high), 5),
		FACT(HISI_HW_GET(HISI_QM_CQE_HI_PHASE, high), 1),
		FACT(HISI_QM_SQE_SIZE, 128), FACT(HISI_QM_CQE_SIZE, 16), FACT(HISI_QM_EQE_SIZE, 4),
		/* EQE of queue 5; AEQEs CQ overflow and CQE error of queue 5, EQ overflow */
		FACT(HISI_QM_EQE_PHASE | HISI_HW_PREP(HISI_QM_EQE_CQN, 5u), 0x00010005),
		FACT(HISI_HW_GET(HISI_QM_AEQE_TYPE, 0x00010005u), HISI_QM_AEQE_CQ_OVERFLOW),
		FACT(HISI_HW_GET(HISI_QM_AEQE_TYPE, 0x00030000u), HISI_QM_AEQE_EQ_OVERFLOW),
		FACT(HISI_HW_GET(HISI_QM_AEQE_TYPE, 0x00050005u), HISI_QM_AEQE_CQE_ERROR),
		FACT(HISI_QM_AEQE_CQ_OVERFLOW, 0), FACT(HISI_QM_AEQE_EQ_OVERFLOW, 1),
		FACT(HISI_QM_AEQE_CQE_ERROR, 2),
	};
	CHECK(facts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_shadow_capability),
		cmocka_unit_test(test_function_registers),
		cmocka_unit_test(test_pf_registers),
		cmocka_unit_test(test_capability_registers),
		cmocka_unit_test(test_mailbox),
		cmocka_unit_test(test_doorbells),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
