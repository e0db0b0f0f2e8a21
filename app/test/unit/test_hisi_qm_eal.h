/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef TEST_HISI_QM_EAL_H
#define TEST_HISI_QM_EAL_H

/**
 * @file
 * EAL for a test: no huge pages, no devices, a folder that goes with it.
 */

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>

/**
 * Starts EAL.
 *
 * @param megabytes of memory, as a number in text
 * @param log_level one more --log-level=...
 * @return 0 or -1
 */
static inline int
test_eal_start(const char *megabytes, const char *log_level)
{
	static char prefix[32];
	const char *const args[] = {
		"test", "--no-huge", "-m", megabytes, "--no-pci", "--no-telemetry", "--no-shconf",
		"--iova-mode=va", "-l", "0", "--log-level=lib.*:error", log_level,
		"--file-prefix", prefix, NULL,
	};

	snprintf(prefix, sizeof(prefix), "hisi_qm_%d", (int)getpid());
	return rte_eal_init(RTE_DIM(args) - 1, (char **)(uintptr_t)args) < 0 ? -1 : 0;
}

/** Ends EAL, and removes the folder that it leaves behind. @return as rte_eal_cleanup() */
static inline int
test_eal_end(void)
{
	char folder[PATH_MAX];
	int ret;

	snprintf(folder, sizeof(folder), "%s", rte_eal_get_runtime_dir());
	ret = rte_eal_cleanup();
	rmdir(folder);
	return ret;
}

#endif /* TEST_HISI_QM_EAL_H */
