/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef INFO_SHOW_H
#define INFO_SHOW_H

/**
 * @file
 * Devices as telemetry describes them, for a person or as JSON:
 *
 * {"devices": [{"health": "ok", "info": {...}, "stats": {...}, "queue_pairs": [{...}, ...],
 *               "registers": {...}}, ...]}
 *
 * "health" is "ok", or says what is wrong; "registers" is null where they cannot be read.
 */

#include "info_ask.h"
#include "info_opts.h"

/**
 * Shows the devices of an application, or the one that the options name.
 *
 * @return status of the program: 0 all in good health; 1 one is not; 2 nothing to be shown, after a
 *         message
 */
int info_show(struct info_ask *ask, const struct info_opts *opts);

#endif /* INFO_SHOW_H */
