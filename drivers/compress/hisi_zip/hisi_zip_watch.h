/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_WATCH_H
#define HISI_ZIP_WATCH_H

/**
 * @file
 * Looks now and then whether another process still lives.
 */

#include "hisi_zip_proc.h"

/** A process that is watched. */
struct hisi_zip_watch {
	struct hisi_zip_proc proc;
	void (*gone)(void *arg); /**< called once when it is dead, on EAL's interrupt thread */
	void *arg;
	bool over; /**< nobody wants to know any more */
};

/**
 * Begins to look every HISI_ZIP_MP_WATCH_US, with what "proc", "gone" and "arg" say.
 *
 * @return 0, or as rte_eal_alarm_set(). Once it has begun it does not fail: without memory for the
 *         next alarm EAL's interrupt thread stays with it until there is some.
 */
int hisi_zip_watch_begin(struct hisi_zip_watch *watch);

/** Ends that: "gone" is not called any more. Any thread, but not from within "gone". */
void hisi_zip_watch_end(struct hisi_zip_watch *watch);

#endif /* HISI_ZIP_WATCH_H */
