/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model_log.h"

#define LINES_PER_SECOND 10

void
model_log_init(struct model_log *log, const char *name)
{
	memset(log, 0, sizeof(*log));
	log->name = name;
	pthread_mutex_init(&log->lock, NULL);
}

void
model_log_destroy(struct model_log *log)
{
	pthread_mutex_destroy(&log->lock);
}

void
model_log_say(struct model_log *log, const char *text)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&log->lock);
	if ((uint64_t)now.tv_sec != log->second) {
		if (log->muted != 0)
			fprintf(stderr, "hisi-zip-model: %s: %u more messages\n", log->name,
				log->muted);
		log->second = (uint64_t)now.tv_sec;
		log->lines = 0;
		log->muted = 0;
	}
	if (log->lines < LINES_PER_SECOND) {
		log->lines++;
		fprintf(stderr, "hisi-zip-model: %s: %s\n", log->name, text);
	} else {
		log->muted++;
	}
	pthread_mutex_unlock(&log->lock);
}
