/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_SECONDARY_H
#define HISI_ZIP_SECONDARY_H

/**
 * @file
 * A device in a secondary process: hisi_zip_mp.h. How it comes and goes is in hisi_zip_secondary.c,
 * what its ops do in hisi_zip_secondary_ops.c.
 */

#include <pthread.h>

#include "hisi_zip_mp.h"
#include "hisi_zip_watch.h"

/** What this process has of a device, besides the view in shared memory. */
struct hisi_zip_secondary {
	struct hisi_zip_client *client;
	struct rte_compressdev *cdev;
	struct hisi_zip_proc self;
	struct hisi_zip_watch watch; /**< of the primary */
	uint8_t *range; /**< the doorbells; NULL: they have the primary's addresses */
	size_t range_len;
	uint64_t generation; /**< of "range" */
	bool unstopped; /**< a stop failed: what is in flight is still the device's */
	/** Over "pairs", which the watch looks at: the library's array comes and goes. */
	pthread_mutex_t lock;
	struct hisi_zip_qp *pairs[HISI_ZIP_MAX_QUEUE_PAIRS];
	/** Its release was asked for, unanswered: it is freed by now, or later, or not at all. */
	bool unsure[HISI_ZIP_MAX_QUEUE_PAIRS];
};

/** Whether the primary has removed the device, whose queues it left dead. */
static inline bool
hisi_zip_secondary_is_abandoned(const struct hisi_zip_secondary *secondary)
{
	return __atomic_load_n(&secondary->client->abandoned, __ATOMIC_ACQUIRE) != 0;
}

/** hisi_zip_ops, but for what concerns hardware queues: those ask the primary. */
struct rte_compressdev_ops *hisi_zip_secondary_ops(void);

/**
 * Attaches to the device, or fetches its doorbells once more.
 *
 * @return 0; -errno: what there was of the doorbells stays
 */
int hisi_zip_secondary_attach(struct hisi_zip_secondary *secondary, const char *name);

/** Undoes it; the process has no queue pairs any more. @return 0 or -errno */
int hisi_zip_secondary_detach(struct hisi_zip_secondary *secondary);

/**
 * Ends all queues of this process, since nobody keeps the function any more.
 *
 * @param noisy it may still write to memory: hisi_qm_dev.noisy
 */
void hisi_zip_secondary_bury(struct hisi_zip_secondary *secondary, bool noisy);

#endif /* HISI_ZIP_SECONDARY_H */
