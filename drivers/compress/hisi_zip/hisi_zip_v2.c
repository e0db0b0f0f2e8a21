/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Raw DEFLATE on V2, whose engine knows it only inside of zlib and gzip. Header and trailer are
 * not the body's: software has the header (hardware.md 10.1), so that only the trailer is in the
 * way. zlib rather than gzip: no Adler-32 is 0xffffffff, as each half of it is below 65521.
 */

#include "hisi_zip.h"
#include "hisi_zip_status.h"

/* The trailer lies behind the body, in the destination or in scratch memory behind that. */
static bool
hisi_zip_v2_settle_compress(struct rte_comp_op *op, uint32_t dw3, uint32_t room)
{
	if (hisi_zip_status_settle(op, true, dw3, room))
		return true;
	if (op->produced < HISI_ZIP_TRAILER) {
		hisi_zip_status_fail(op, HISI_ZIP_REASON_LENGTHS, dw3);
		return true;
	}
	op->produced -= HISI_ZIP_TRAILER;
	return false;
}

/*
 * The trailer behind the body is wrong by design, and a checksum error is what a good body ends
 * with. It is also what a bad one ends with, so only this counts: the last block was seen, and all
 * was consumed, with the trailer. Without it is not enough: four bytes that do not belong to the
 * stream may have been taken for the trailer.
 */
static bool
hisi_zip_v2_settle_decompress(struct rte_comp_op *op, uint32_t dw3, uint32_t room)
{
	if (HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3) != HISI_ZIP_CHECKSUM_ERROR ||
	    (dw3 & HISI_ZIP_DW3_LSTBLK) == 0 || op->produced > room ||
	    op->consumed != op->src.length + HISI_ZIP_TRAILER) {
		hisi_zip_status_fail(op, HISI_ZIP_REASON_DEVICE, dw3);
		if (HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3) == HISI_ZIP_OUT_SHORT)
			op->status = RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED;
		return true;
	}
	op->consumed = op->src.length;
	op->status = RTE_COMP_OP_STATUS_SUCCESS;
	op->debug_status = dw3;
	return false;
}

bool
hisi_zip_v2_settle(struct rte_comp_op *op, enum hisi_zip_frame frame, uint32_t dw3, uint32_t room)
{
	if (frame == HISI_ZIP_FRAME_COMPRESS)
		return hisi_zip_v2_settle_compress(op, dw3, room);
	return hisi_zip_v2_settle_decompress(op, dw3, room);
}

bool
hisi_zip_v2_redo(const struct rte_comp_op *op, enum hisi_zip_frame frame)
{
	return frame == HISI_ZIP_FRAME_DECOMPRESS && op->status != RTE_COMP_OP_STATUS_SUCCESS;
}
