/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_COMPAT_H
#define HISI_QM_COMPAT_H

/**
 * @file
 * What differs in EAL between the DPDK releases that this driver is built for, 22.11 to 25.11; of
 * the compressdev API hisi_zip_compat.h says it.
 */

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include <rte_lcore.h>
#include <rte_thread.h>
#include <rte_version.h>

#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
/** What a control thread runs. */
struct hisi_qm_compat_thread {
	void *(*fn)(void *);
	void *arg;
};

static inline uint32_t
hisi_qm_compat_thread_run(void *arg)
{
	struct hisi_qm_compat_thread thread = *(struct hisi_qm_compat_thread *)arg;

	free(arg);
	thread.fn(thread.arg);
	return 0;
}
#endif

/**
 * Starts a joinable control thread of EAL that runs fn(arg): on the CPUs that no lcore has. What
 * @p fn returns is lost.
 *
 * @param name of the thread, at most 15 characters
 * @return 0 or -errno
 */
static inline int
hisi_qm_compat_thread_create(pthread_t *thread, const char *name, void *(*fn)(void *), void *arg)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 7, 0, 0)
	struct hisi_qm_compat_thread *what = malloc(sizeof(*what));
	rte_thread_t id;
	int ret;

	if (what == NULL)
		return -ENOMEM;
	what->fn = fn;
	what->arg = arg;
	ret = rte_thread_create_control(&id, name, hisi_qm_compat_thread_run, what);
	if (ret != 0) {
		free(what);
		return ret;
	}
	/* On Linux that is what the number is. */
	*thread = (pthread_t)id.opaque_id;
	return 0;
#else
	return rte_ctrl_thread_create(thread, name, NULL, fn, arg);
#endif
}

#endif /* HISI_QM_COMPAT_H */
