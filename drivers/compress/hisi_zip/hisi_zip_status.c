/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include "hisi_zip_status.h"

void
hisi_zip_status_fail(struct rte_comp_op *op, enum hisi_zip_reason reason, uint32_t dw3)
{
	op->status = RTE_COMP_OP_STATUS_ERROR;
	op->consumed = 0;
	op->produced = 0;
	op->debug_status = (uint64_t)reason << 32 | dw3;
}

bool
hisi_zip_status_settle(struct rte_comp_op *op, bool compress, uint32_t dw3, uint32_t room)
{
	uint8_t status = HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3);
	/* Larger than its input, yet valid; and an end of stream that only streams should tell. */
	bool success = status == HISI_ZIP_OK || (status == HISI_ZIP_NEGATIVE_COMP && compress) ||
		       (status == HISI_ZIP_DECOMP_END && !compress);

	/* What is compressed without all of its input would lose the rest without a word. */
	if (success && (op->consumed > op->src.length || op->produced > room ||
			(compress && op->consumed != op->src.length))) {
		hisi_zip_status_fail(op, HISI_ZIP_REASON_LENGTHS, dw3);
		return true;
	}
	if (!success) {
		hisi_zip_status_fail(op, HISI_ZIP_REASON_DEVICE, dw3);
		if (status == HISI_ZIP_OUT_SHORT)
			op->status = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
		return true;
	}
	op->status = RTE_COMP_OP_STATUS_SUCCESS;
	op->debug_status = dw3;
	return false;
}
