/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_LOG_H
#define MODEL_LOG_H

/**
 * @file
 * A function's messages on standard error: a few in a second, as a client can provoke them.
 */

#include <pthread.h>
#include <stdint.h>

struct model_log {
	const char *name; /**< begins each line */
	pthread_mutex_t lock;
	uint64_t second; /**< of CLOCK_MONOTONIC, in which the last message came */
	unsigned lines;  /**< written in that second */
	unsigned muted;  /**< left out in that second */
};

/** @param name  Must outlive the log. */
void model_log_init(struct model_log *log, const char *name);

void model_log_destroy(struct model_log *log);

/** Write a line, or leave it out. Any thread. */
void model_log_say(struct model_log *log, const char *text);

#endif /* MODEL_LOG_H */
