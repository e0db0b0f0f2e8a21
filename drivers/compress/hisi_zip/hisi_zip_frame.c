/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Raw DEFLATE inside of zlib and gzip: V2 knows nothing else, and with a trailer the engine gives
 * the checksum of it. Header and trailer are not the body's: software has the header (hardware.md
 * 10.1), so that only the trailer is in the way. To decompress it is zlib's: no Adler-32 is
 * 0xffffffff, as each half of it is below 65521.
 */

#include <rte_byteorder.h>

#include "hisi_zip.h"
#include "hisi_zip_status.h"

/* The trailer lies behind the body, in the destination or in scratch memory behind that. */
static bool
hisi_zip_frame_settle_compress(struct rte_comp_op *op, uint32_t dw3, uint32_t room,
			       uint32_t trailer)
{
	if (hisi_zip_status_settle(op, true, dw3, room))
		return true;
	if (op->produced < trailer) {
		hisi_zip_status_fail(op, HISI_ZIP_REASON_LENGTHS, dw3);
		return true;
	}
	op->produced -= trailer;
	return false;
}

/*
 * The trailer behind the body is wrong by design, and a checksum error is what a good body ends
 * with. It is also what a bad one ends with, so only this counts: the last block was seen, and all
 * was consumed, with the trailer. Without it is not enough: four bytes that do not belong to the
 * stream may have been taken for the trailer.
 */
static bool
hisi_zip_frame_settle_decompress(struct rte_comp_op *op, uint32_t dw3, uint32_t room)
{
	if (HISI_HW_GET(HISI_ZIP_DW3_STATUS, dw3) != HISI_ZIP_CHECKSUM_ERROR ||
	    (dw3 & HISI_ZIP_DW3_LSTBLK) == 0 || op->produced > room ||
	    op->consumed != op->src.length + HISI_ZIP_TRAILER_ZLIB) {
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
hisi_zip_frame_settle(struct rte_comp_op *op, enum hisi_zip_frame frame, uint32_t dw3,
		      uint32_t room)
{
	if (frame == HISI_ZIP_FRAME_DECOMPRESS)
		return hisi_zip_frame_settle_decompress(op, dw3, room);
	return hisi_zip_frame_settle_compress(op, dw3, room, hisi_zip_frame_extra(frame));
}

static uint32_t
hisi_zip_reversed(uint32_t word)
{
	word = (word & 0x55555555) << 1 | (word >> 1 & 0x55555555);
	word = (word & 0x33333333) << 2 | (word >> 2 & 0x33333333);
	word = (word & 0x0f0f0f0f) << 4 | (word >> 4 & 0x0f0f0f0f);
	return rte_bswap32(word);
}

bool
hisi_zip_frame_sum(const struct hisi_zip_xform *xform, uint32_t word, uint32_t *adler,
		   uint32_t *crc)
{
	if (xform->frame == HISI_ZIP_FRAME_ZLIB && xform->checksums == DEFLATE_CHECKSUM_ADLER32)
		*adler = word;
	else if (xform->frame == HISI_ZIP_FRAME_GZIP && xform->checksums == DEFLATE_CHECKSUM_CRC32)
		*crc = hisi_zip_reversed(~word);
	else
		return false;
	return true;
}

bool
hisi_zip_frame_redo(const struct rte_comp_op *op, enum hisi_zip_frame frame)
{
	return frame == HISI_ZIP_FRAME_DECOMPRESS && op->status != RTE_COMP_OP_STATUS_SUCCESS;
}
