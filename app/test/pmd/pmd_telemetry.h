/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_TELEMETRY_H
#define PMD_TELEMETRY_H

/**
 * @file
 * A client of this process's own telemetry, over its socket as every other. Any thread, with a
 * client of its own.
 */

#include <stdint.h>

#define PMD_TELEMETRY_MAX 16384

struct pmd_telemetry {
	int fd;
	char answer[PMD_TELEMETRY_MAX + 1]; /**< the last one: JSON in one line */
};

/** Connects. @return 0 or -errno */
int pmd_telemetry_open(struct pmd_telemetry *t);

void pmd_telemetry_close(struct pmd_telemetry *t);

/** Sends a command and waits 30 s for the answer. @return it, or NULL */
const char *pmd_telemetry_ask(struct pmd_telemetry *t, const char *command);

/**
 * A number of the last answer.
 *
 * @param part name of the object that it is in, or NULL: anywhere
 * @return it, or -1 if there is none
 */
int64_t pmd_telemetry_number(const struct pmd_telemetry *t, const char *part, const char *name);

/** Of the main thread. */
extern struct pmd_telemetry pmd_telemetry;

/** Set-up and teardown that connect it. */
int pmd_telemetry_connect(void **state);
int pmd_telemetry_disconnect(void **state);

/** Likewise, with a device of one queue pair, as PMD_CASE. */
int pmd_telemetry_case_open(void **state);
int pmd_telemetry_case_close(void **state);

#define PMD_TELEMETRY_CASE(test) \
	cmocka_unit_test_setup_teardown(test, pmd_telemetry_case_open, pmd_telemetry_case_close)

/** Asks pmd_telemetry "/hisi_zip/WHAT,DEVICE[,REST]" of the device under test. */
const char *pmd_telemetry_ask_device(const char *what, const char *rest);

#endif /* PMD_TELEMETRY_H */
