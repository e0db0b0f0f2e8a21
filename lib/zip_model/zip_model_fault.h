/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef ZIP_MODEL_FAULT_H
#define ZIP_MODEL_FAULT_H

/**
 * @file
 * Faults as text, for command lines and device arguments: `KIND[:queue=N][:nth=N][:value=N]`, for
 * instance `wrong-phase:queue=3:nth=10`. Several are joined by ';' or '+'. Numbers are decimal or
 * hexadecimal with 0x. What is left out: each queue, the first SQE or command, value 0. The text
 * holds no ',', so that it can stand among EAL's device arguments.
 */

#include "zip_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Read one fault.
 *
 * @param text
 *   The fault.
 * @param fault
 *   Filled on success.
 * @param err
 *   On failure: what is wrong and what would be right; one line, no line end.
 * @param errlen
 *   Room there, bytes with the terminator.
 * @return
 *   0, or -EINVAL.
 */
int zip_model_fault_parse(const char *text, struct zip_model_fault *fault, char *err,
			  size_t errlen);

/**
 * Read several faults.
 *
 * @param faults
 *   Room for @p max.
 * @return
 *   How many there are, at least 1; -EINVAL; -E2BIG for more than @p max.
 */
int zip_model_fault_parse_list(const char *text, struct zip_model_fault *faults, size_t max,
			       char *err, size_t errlen);

/** The kinds, comma-separated, for a usage text. Static storage. */
const char *zip_model_fault_kinds(void);

#ifdef __cplusplus
}
#endif

#endif /* ZIP_MODEL_FAULT_H */
