/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_LOG_H
#define HISI_QM_LOG_H

#include <rte_log.h>

extern int hisi_qm_logtype;

/** One line of log that begins with the device's name. */
#define HISI_QM_LOG(level, dev, fmt, ...)                                                          \
	rte_log(RTE_LOG_##level, hisi_qm_logtype, "%s: " fmt "\n", (dev)->name, ##__VA_ARGS__)

#endif /* HISI_QM_LOG_H */
