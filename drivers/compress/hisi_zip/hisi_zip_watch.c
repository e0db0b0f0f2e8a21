/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <rte_alarm.h>
#include <rte_cycles.h>

#include "hisi_zip_mp.h"
#include "hisi_zip_watch.h"

static void
hisi_zip_watch_look(void *arg)
{
	struct hisi_zip_watch *watch = arg;

	/* Acquire pairs with the release in hisi_zip_watch_begin(). */
	while (!__atomic_load_n(&watch->over, __ATOMIC_ACQUIRE)) {
		if (!hisi_zip_proc_alive(&watch->proc)) {
			watch->gone(watch->arg);
			return;
		}
		if (rte_eal_alarm_set(HISI_ZIP_MP_WATCH_US, hisi_zip_watch_look, watch) == 0)
			return;
		/* Nobody else would look. */
		rte_delay_us_sleep(HISI_ZIP_MP_WATCH_US);
	}
}

int
hisi_zip_watch_begin(struct hisi_zip_watch *watch)
{
	/* Release: who looks sees whom to look for. */
	__atomic_store_n(&watch->over, false, __ATOMIC_RELEASE);
	return rte_eal_alarm_set(HISI_ZIP_MP_WATCH_US, hisi_zip_watch_look, watch);
}

void
hisi_zip_watch_end(struct hisi_zip_watch *watch)
{
	__atomic_store_n(&watch->over, true, __ATOMIC_RELAXED);
	rte_eal_alarm_cancel(hisi_zip_watch_look, watch);
}
