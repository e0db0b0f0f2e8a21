/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PERF_RUN_H
#define PERF_RUN_H

/**
 * @file
 * Measures cases in turns: a slice of each, again and again, so that what disturbs the machine
 * disturbs all of them alike. Of the rounds medians are taken, of figures and of ratios.
 */

#include <stdint.h>

/** Something that is measured. */
struct perf_case {
	const char *name;
	/** Does it @p n times. */
	void (*run)(void *arg, unsigned int n);
	void *arg;
	unsigned int ops; /**< ops each time: figures are per op */
	int less;         /**< case whose figure is subtracted, or -1 */
	int ref;          /**< case that it is compared with, or -1 */

	unsigned int turns; /**< of a slice */
	double *figures;    /**< cycles per op, by round */
};

struct perf_limits {
	unsigned int rounds;
	unsigned int seconds; /**< no further round begins after so many */
};

/**
 * Measures, and prints a line for each case.
 *
 * @param cases their turns and figures are set here
 * @return 0; -ENOMEM
 */
int perf_run(struct perf_case *cases, unsigned int nb_cases, const struct perf_limits *limits);

#endif /* PERF_RUN_H */
