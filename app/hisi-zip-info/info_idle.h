/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef INFO_IDLE_H
#define INFO_IDLE_H

/**
 * @file
 * A function that no application uses: this process becomes its application, with telemetry.
 */

#include "info_opts.h"

/**
 * Starts EAL with the function that the options name; it is opened, not started. EAL's files are in
 * a folder of our own.
 *
 * @return the socket of telemetry, to be freed; NULL after a message
 */
char *info_idle_open(const struct info_opts *opts);

/** Closes the function, and removes what EAL left. */
void info_idle_close(void);

#endif /* INFO_IDLE_H */
