/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_LOG_H
#define PMD_LOG_H

/**
 * @file
 * What EAL and the driver log, kept so that cases can look at it. Lines also go to standard
 * error. All of it is thread-safe.
 */

#include <stddef.h>

/** Starts to keep the log; once, after EAL has started. */
int pmd_log_open(void);

/** @return the place that the log has reached */
size_t pmd_log_mark(void);

/**
 * @param from a place of pmd_log_mark()
 * @param what up to four strings, ended by NULL
 * @return the number of complete lines behind @p from that hold every one of @p what
 */
unsigned int pmd_log_count(size_t from, const char *const *what);

/** Copies the first such line to @p line. @return 0 or -ENOENT */
int pmd_log_find(size_t from, const char *const *what, char *line, size_t len);

#define PMD_LOG_COUNT(from, ...) \
	pmd_log_count(from, (const char *const[]){__VA_ARGS__, NULL})
#define PMD_LOG_FIND(from, line, len, ...) \
	pmd_log_find(from, (const char *const[]){__VA_ARGS__, NULL}, line, len)

#endif /* PMD_LOG_H */
