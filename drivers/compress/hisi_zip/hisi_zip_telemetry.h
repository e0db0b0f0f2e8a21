/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_TELEMETRY_H
#define HISI_ZIP_TELEMETRY_H

/**
 * @file
 * The commands /hisi_zip/... of EAL's telemetry. They run on threads of its own at any time: with
 * the list of devices held, so that none goes away, and with the lock of its QM, so that no queue
 * pair does and no register is out of reach.
 */

#include <rte_telemetry.h>

struct hisi_zip_dev;
struct hisi_zip_qp;

/** Shows a device that is open. */
void hisi_zip_telemetry_add(struct hisi_zip_dev *dev);

/** Hides a device: on return no command looks at it, nor will one. Without locks held. */
void hisi_zip_telemetry_remove(struct hisi_zip_dev *dev);

/**
 * Fills the answers of commands; qm.lock is held.
 *
 * @param qp of /hisi_zip/qp, else NULL
 * @return 0; -errno: the command fails
 */
typedef int (*hisi_zip_tel_fn)(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp,
			       struct rte_tel_data *d);

/** /hisi_zip/info: what the device is. */
int hisi_zip_tel_info(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp,
		      struct rte_tel_data *d);

/** /hisi_zip/stats: what was counted since the device was probed. */
int hisi_zip_tel_stats(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp,
		       struct rte_tel_data *d);

/** /hisi_zip/qp: what a queue pair counted since it was set up. */
int hisi_zip_tel_qp(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp,
		    struct rte_tel_data *d);

/** /hisi_zip/regs: registers that tell the state of the function. */
int hisi_zip_tel_regs(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp,
		      struct rte_tel_data *d);

#endif /* HISI_ZIP_TELEMETRY_H */
