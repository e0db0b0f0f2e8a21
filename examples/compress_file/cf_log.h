/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_LOG_H
#define CF_LOG_H

/**
 * @file
 * What the user is told, on standard error; standard output belongs to data.
 */

#include <stdbool.h>
#include <stdint.h>

/** Writes "compress_file: ..." as a line of its own. Main lcore only. */
void cf_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** How far a run is; the line on the terminal is drawn at most five times a second. */
struct cf_progress {
	bool enabled;        /**< standard error is a terminal, and nobody asked for silence */
	uint64_t total;      /**< bytes of input, 0 if unknown */
	uint64_t begin_ns;
	uint64_t drawn_ns;   /**< when the line was drawn last, 0: never */
};

/** Starts the clock. @param total bytes of input, 0 if unknown */
void cf_progress_start(struct cf_progress *progress, uint64_t total, bool quiet);

/**
 * Draws rate, ratio and time left if the last time is long enough ago.
 *
 * @param in bytes of input done
 * @param out bytes of output written
 * @param plain the larger side: of these the rate is made, bytes
 */
void cf_progress_step(struct cf_progress *progress, uint64_t in, uint64_t out, uint64_t plain);

/** Ends the line, with the figures of the whole run. */
void cf_progress_end(struct cf_progress *progress, uint64_t in, uint64_t out, uint64_t plain);

/** @return monotonic time, ns */
uint64_t cf_now_ns(void);

#endif /* CF_LOG_H */
