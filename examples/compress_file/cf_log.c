/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cf_log.h"

#define DRAW_EVERY_NS 200000000u

/* Whether a line of progress stands on the terminal. */
static bool line_open;

void
cf_log(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%scompress_file: ", line_open ? "\n" : "");
	line_open = false;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

uint64_t
cf_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void
cf_progress_start(struct cf_progress *progress, uint64_t total, bool quiet)
{
	progress->enabled = !quiet && isatty(STDERR_FILENO) == 1;
	progress->total = total;
	progress->begin_ns = cf_now_ns();
	progress->drawn_ns = 0;
}

static void
draw(const struct cf_progress *progress, uint64_t now, uint64_t in, uint64_t out, uint64_t plain)
{
	double seconds = (double)(now - progress->begin_ns) / 1e9;
	uint64_t packed = plain == in ? out : in;

	fprintf(stderr, "\r%.1f MB, %.0f MB/s, ratio %.2f", (double)plain / 1e6,
		seconds > 0 ? (double)plain / 1e6 / seconds : 0,
		packed > 0 ? (double)plain / (double)packed : 0);
	line_open = true;
}

void
cf_progress_step(struct cf_progress *progress, uint64_t in, uint64_t out, uint64_t plain)
{
	uint64_t now;
	double left;

	if (!progress->enabled)
		return;
	now = cf_now_ns();
	if (now - progress->begin_ns < DRAW_EVERY_NS || now - progress->drawn_ns < DRAW_EVERY_NS)
		return;
	progress->drawn_ns = now;
	draw(progress, now, in, out, plain);
	if (progress->total > in && in > 0) {
		left = (double)(now - progress->begin_ns) / 1e9 *
		       ((double)progress->total / (double)in - 1);
		fprintf(stderr, ", %.0f %%, %.0f s left ", 100.0 * (double)in /
			(double)progress->total, left);
	}
	/* Clears what a longer line before left. */
	fputs("\033[K", stderr);
	fflush(stderr);
}

void
cf_progress_end(struct cf_progress *progress, uint64_t in, uint64_t out, uint64_t plain)
{
	if (!progress->enabled)
		return;
	draw(progress, cf_now_ns(), in, out, plain);
	fputs("\033[K\n", stderr);
	line_open = false;
}
