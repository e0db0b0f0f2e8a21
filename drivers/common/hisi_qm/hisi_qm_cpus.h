/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_CPUS_H
#define HISI_QM_CPUS_H

/**
 * @file
 * CPUs for threads that are not lcores.
 */

#include <stdbool.h>

#include <rte_os.h>

/**
 * Parses a list of CPUs: numbers and ranges joined by '+' or ',', such as 2-3+5 (in a device
 * argument a comma needs brackets around the list).
 *
 * @return 0; -EINVAL, also for a list without a CPU.
 */
int hisi_qm_cpus_parse(const char *text, rte_cpuset_t *cpus);

/** Whether an enabled lcore may run on one of @p cpus. */
bool hisi_qm_cpus_have_lcore(const rte_cpuset_t *cpus);

/** Whether some CPU of this thread's process is free of lcores: control threads go there. */
bool hisi_qm_cpus_free(void);

#endif /* HISI_QM_CPUS_H */
