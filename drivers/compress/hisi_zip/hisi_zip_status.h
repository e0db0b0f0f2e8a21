/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_STATUS_H
#define HISI_ZIP_STATUS_H

/**
 * @file
 * From the device's result words to the status of an op (hardware.md 8.5).
 *
 * rte_comp_op.debug_status holds dw3 of the SQE as the device wrote it in its low 32 bits, and
 * in the high ones the driver's own reason for an ERROR, 0 if it is the device's.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_comp.h>

#include "hisi_hw_zip.h"

/** The driver's reasons. */
enum hisi_zip_reason {
	HISI_ZIP_REASON_DEVICE = 0,
	HISI_ZIP_REASON_LENGTHS = 1, /**< consumed or produced beyond the buffers */
	HISI_ZIP_REASON_LOST = 2,    /**< a later op completed, this one did not */
	HISI_ZIP_REASON_DEAD = 3,    /**< queue or device lost or stopped */
	/** done in software, without success; the low half is an enum deflate_status */
	HISI_ZIP_REASON_SOFTWARE = 4,
	HISI_ZIP_REASON_TRUNCATED = 5, /**< the last op of a stream that does not end there */
};

/**
 * Status of an op whose device status is not 0x00, or whose lengths are out of bounds. Sets
 * status, consumed, produced and debug_status.
 *
 * @param op consumed and produced as the device gave them
 * @param compress direction
 * @param dw3 as read once from the SQE
 * @param room bytes of destination that the device was offered
 * @return whether the op failed
 */
bool hisi_zip_status_settle(struct rte_comp_op *op, bool compress, uint32_t dw3, uint32_t room);

/** Whether an op that came back failed: what is recoverable is no error (rte_comp.h). */
static inline bool
hisi_zip_status_is_failure(uint8_t status)
{
	return status != RTE_COMP_OP_STATUS_SUCCESS &&
	       status != RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE;
}

/** Makes an op one that ended in ERROR without a result. */
void hisi_zip_status_fail(struct rte_comp_op *op, enum hisi_zip_reason reason, uint32_t dw3);

#endif /* HISI_ZIP_STATUS_H */
