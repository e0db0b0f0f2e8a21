/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_MSG_H
#define HISI_QM_MSG_H

/**
 * @file
 * Messages between PF and VFs (hardware.md 7.5). Functions without them: nothing happens.
 *
 * A VF whose PF announces a reset is lost: it answers, and when its owner starts it again the PF
 * may be ready. A PF answers what VFs ask.
 */

#include "hisi_qm.h"

/** Whether messages may come to the function. */
bool hisi_qm_msg_expected(const struct hisi_qm_dev *dev);

/** Forgets what came before the function started, and lets messages interrupt. Control thread. */
int hisi_qm_msg_unmask(struct hisi_qm_dev *dev);

/** Takes what came. EAL's interrupt thread, without any lock. */
void hisi_qm_msg_poll(struct hisi_qm_dev *dev);

/** PF: lets VFs stop, and waits for those that answer, 0.6 s at most. Any thread. */
void hisi_qm_msg_before_reset(struct hisi_qm_dev *dev);

/** PF: lets VFs start. Control thread. */
void hisi_qm_msg_after_reset(struct hisi_qm_dev *dev);

#endif /* HISI_QM_MSG_H */
