/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef INFO_ASK_H
#define INFO_ASK_H

/**
 * @file
 * A client of EAL's telemetry.
 */

#include "info_json.h"

struct info_ask {
	int fd;
	char *answer; /**< the last one */
	size_t size;
};

/** @return the socket of an application's telemetry, to be freed; NULL: no memory */
char *info_ask_path(const char *file_prefix, unsigned int instance);

/** Connects. @return 0 or -errno */
int info_ask_open(struct info_ask *ask, const char *path);

void info_ask_close(struct info_ask *ask);

/**
 * Asks "/hisi_zip/WHAT", with ",DEVICE" unless NULL and ",QUEUE_PAIR" unless negative, and waits
 * 10 s for the answer.
 *
 * @param value what the application answers; valid until the next question; "null" is an answer
 * @return 0; -ETIMEDOUT; -EPROTO what came is no answer; -errno
 */
int info_ask(struct info_ask *ask, const char *what, const char *device, int queue_pair,
	     struct info_text *value);

#endif /* INFO_ASK_H */
