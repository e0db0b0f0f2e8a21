/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Registers of the engine, SQE, status, lists, a second time: hardware.md 2.4, 8, 9, A.6. */

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "hisi_hw_zip.h"

/* 2.4. */
static void
test_registers(void **state)
{
	(void)state;
	assert_int_equal(HISI_ZIP_CNT_CLR_CE, 0x301000);
	assert_int_equal(HISI_ZIP_CLOCK_GATE, 0x301004);
	assert_int_equal(HISI_ZIP_CONTROL, 0x30100c);
	assert_int_equal(HISI_ZIP_READ_CACHE_0, 0x301040);
	assert_int_equal(HISI_ZIP_READ_CACHE_1, 0x301044);
	assert_int_equal(HISI_ZIP_WRITE_CACHE_0, 0x301060);
	assert_int_equal(HISI_ZIP_WRITE_CACHE_1, 0x301064);
	assert_int_equal(HISI_ZIP_INT_SOURCE, 0x3010a0);
	assert_int_equal(HISI_ZIP_INT_MASK, 0x3010a4);
	assert_int_equal(HISI_ZIP_INT_SET, 0x3010a8);
	assert_int_equal(HISI_ZIP_INT_STATUS, 0x3010ac);
	assert_int_equal(HISI_ZIP_BD_RUSER, 0x301110);
	assert_int_equal(HISI_ZIP_SGL_RUSER, 0x30111c);
	assert_int_equal(HISI_ZIP_DATA_RUSER, 0x301128);
	assert_int_equal(HISI_ZIP_DATA_WUSER, 0x301134);
	assert_int_equal(HISI_ZIP_BD_WUSER, 0x301140);
	assert_int_equal(HISI_ZIP_SVA_PREFETCH, 0x3011b0);
	assert_int_equal(HISI_ZIP_SVA_STATUS, 0x3011c4);
	assert_int_equal(HISI_ZIP_LIT_LEN, 0x301204);
	assert_int_equal(HISI_ZIP_HIGH_PERF, 0x301208);
}

/* 8.1: where each dword stands; the value of a word is its offset. */
static void
test_dwords(void **state)
{
	const struct hisi_hw_sqe sqe = {
		.consumed = 0x00, .produced = 0x04, .comp_length = 0x08, .dw3 = 0x0c,
		.input_length = 0x10, .lba_l = 0x14, .lba_h = 0x18, .dw7 = 0x1c,
		.dw8 = 0x20, .dw9 = 0x24, .dw10 = 0x28, .dw11 = 0x2c,
		.dw12 = 0x30, .dw13 = 0x34, .dest_avail = 0x38, .ctx_dw0 = 0x3c,
		.comp_head_l = 0x40, .comp_head_h = 0x44, .source_l = 0x48, .source_h = 0x4c,
		.dest_l = 0x50, .dest_h = 0x54, .stream_ctx_l = 0x58, .stream_ctx_h = 0x5c,
		.cipher_l = 0x60, .cipher_h = 0x64, .tag_l = 0x68, .tag_h = 0x6c,
		.ctx_dw1 = 0x70, .ctx_dw2 = 0x74, .isize = 0x78, .checksum = 0x7c,
	};
	uint32_t words[32];

	(void)state;
	assert_int_equal(sizeof(sqe), 128);
	memcpy(words, &sqe, sizeof(words));
	for (uint32_t i = 0; i < 32; i++)
		assert_int_equal(words[i], 4 * i);
}

/* 8.2, and A.6: words that Linux and UADK send. */
static void
test_fields(void **state)
{
	(void)state;
	assert_int_equal(HISI_HW_PREP(HISI_ZIP_DW7_SQE_TYPE, (uint32_t)HISI_ZIP_SQE_TYPE_3),
			 0x30000000);
	assert_int_equal(HISI_ZIP_SQE_TYPE_0, 0);
	/* stateless: new and finish; stream: first of several, middle, last, only one */
	assert_int_equal(0x30000000 | HISI_ZIP_DW7_STREAM_NEW | HISI_ZIP_DW7_FINISH, 0x3a000000);
	assert_int_equal(0x30000000 | HISI_ZIP_DW7_STATEFUL | HISI_ZIP_DW7_STREAM_NEW, 0x3c000000);
	assert_int_equal(0x30000000 | HISI_ZIP_DW7_STATEFUL, 0x34000000);
	assert_int_equal(0x30000000 | HISI_ZIP_DW7_STATEFUL | HISI_ZIP_DW7_FINISH, 0x36000000);
	assert_int_equal(HISI_ZIP_DW7_IN_OFFSET, 0x00ffffff);
	assert_int_equal(HISI_ZIP_DW8_OUT_OFFSET, 0x00ffffff);
	/* dw9: 16 K window, list, deflate; 32 K window, flat, gzip */
	assert_int_equal(HISI_HW_PREP(HISI_ZIP_DW9_WINDOW, HISI_ZIP_WIN_16K) |
			 HISI_HW_PREP(HISI_ZIP_DW9_BUFFER, HISI_ZIP_BUF_SGL) |
			 HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, HISI_ZIP_REQ_DEFLATE), 0x00002101);
	assert_int_equal(HISI_HW_PREP(HISI_ZIP_DW9_WINDOW, HISI_ZIP_WIN_32K) |
			 HISI_HW_PREP(HISI_ZIP_DW9_BUFFER, HISI_ZIP_BUF_FLAT) |
			 HISI_HW_PREP(HISI_ZIP_DW9_REQUEST, HISI_ZIP_REQ_GZIP), 0x00004003);
	assert_int_equal(HISI_ZIP_WIN_4K, 0);
	assert_int_equal(HISI_ZIP_WIN_8K, 1);
	assert_int_equal(HISI_ZIP_WIN_24K, 3);
	/* 8.3 */
	assert_int_equal(HISI_ZIP_REQ_ZLIB, 0x02);
	assert_int_equal(HISI_ZIP_REQ_LZ4, 0x04);
	/* 8.4: 8 MiB */
	assert_int_equal(HISI_ZIP_MAX_BYTES, 0x800000);
	/* 8.6: bits 3:0, 7, 15:10; 18:0; 15:0 */
	assert_int_equal(HISI_ZIP_CTX0_STATE, 0x0000000f);
	assert_int_equal(HISI_ZIP_CTX0_BFINAL, 0x00000080);
	assert_int_equal(HISI_ZIP_CTX0_HEAD_BITS, 0x0000fc00);
	assert_int_equal(HISI_ZIP_CTX1_STORE, 0x0007ffff);
	assert_int_equal(HISI_ZIP_CTX2_WINDOW_LENGTH, 0x0000ffff);
}

/* 8.5. */
static void
test_status(void **state)
{
	(void)state;
	assert_int_equal(HISI_ZIP_DW3_STATUS, 0x000000ff);
	assert_int_equal(HISI_ZIP_DW3_LSTBLK, 0x00000100);
	assert_int_equal(HISI_ZIP_OK, 0x00);
	assert_int_equal(HISI_ZIP_NEGATIVE_COMP, 0x0d);
	assert_int_equal(HISI_ZIP_OUT_SHORT, 0x0e);
	assert_int_equal(HISI_ZIP_SRC_DIF_ERROR, 0x0f);
	assert_int_equal(HISI_ZIP_CHECKSUM_ERROR, 0x10);
	assert_int_equal(HISI_ZIP_DST_DIF_ERROR, 0x12);
	assert_int_equal(HISI_ZIP_DECOMP_END, 0x13);
	assert_int_equal(HISI_ZIP_STREAM_ERROR, 0x41);
}

/* 9.1 to 9.3. */
static void
test_lists(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct hisi_hw_sgl), 64);
	assert_int_equal(offsetof(struct hisi_hw_sgl, next), 0);
	assert_int_equal(offsetof(struct hisi_hw_sgl, chain_sum), 8);
	assert_int_equal(offsetof(struct hisi_hw_sgl, sum), 10);
	assert_int_equal(offsetof(struct hisi_hw_sgl, capacity), 12);
	assert_int_equal(sizeof(struct hisi_hw_sge), 32);
	assert_int_equal(offsetof(struct hisi_hw_sge, address), 0);
	assert_int_equal(offsetof(struct hisi_hw_sge, page_ctrl), 8);
	assert_int_equal(offsetof(struct hisi_hw_sge, length), 16);
	assert_int_equal(HISI_ZIP_SGL_ALIGN, 64);
	assert_int_equal(HISI_ZIP_SGL_MAX_SGES, 255);
	assert_int_equal(HISI_ZIP_SGL_MAX_CHAIN, 256);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_dwords),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
