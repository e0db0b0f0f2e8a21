/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>

#include "perf_run.h"

/* A slice is short enough to fit between two interrupts of the clock more often than not. */
#define PERF_SLICE_US 50
/* The spin that tells whether the core is ours, and by how much it may be off its best. */
#define PERF_SPIN 5000
#define PERF_SPIN_OFF 1.1
#define PERF_SPIN_TRIES 50

struct perf_spin {
	uint64_t best;
	unsigned int off; /* spins that were too slow */
};

/* A chain of multiplications, each needing the one before. */
static uint64_t
perf_spin_once(void)
{
	volatile uint64_t sink;
	uint64_t start = rte_rdtsc(), x = start;

	for (unsigned int i = 0; i < PERF_SPIN; i++)
		x = x * 6364136223846793005 + 1442695040888963407;
	sink = x;
	(void)sink;
	return rte_rdtsc() - start;
}

/* Waits for a moment in which the core is as fast as it was at its best, within bounds. */
static void
perf_spin_wait(struct perf_spin *spin)
{
	for (unsigned int i = 0; i < PERF_SPIN_TRIES; i++) {
		uint64_t cycles = perf_spin_once();

		if (spin->best == 0 || cycles < spin->best)
			spin->best = cycles;
		if ((double)cycles <= PERF_SPIN_OFF * (double)spin->best)
			return;
		spin->off++;
	}
}

static uint64_t
perf_slice(const struct perf_case *c)
{
	uint64_t start = rte_rdtsc();

	c->run(c->arg, c->turns);
	return rte_rdtsc() - start;
}

/* As many turns as make a slice, also when it is not interrupted: twice is not by chance. */
static void
perf_calibrate(struct perf_case *c)
{
	uint64_t slice = rte_get_tsc_hz() / US_PER_S * PERF_SLICE_US;

	for (c->turns = 1; perf_slice(c) < slice || perf_slice(c) < slice; c->turns *= 2)
		;
}

static int
perf_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Prints a median and where it lies with 95 % (order statistics); sorts. */
static void
perf_print_median(double *values, unsigned int n, const char *format)
{
	unsigned int off = (unsigned int)(0.98 * sqrt(n)) + 1;
	unsigned int low = n / 2 > off ? n / 2 - off : 0;
	unsigned int high = n / 2 + off < n ? n / 2 + off : n - 1;

	qsort(values, n, sizeof(*values), perf_compare);
	printf(format, values[n / 2], values[low], values[high]);
}

static double
perf_net(const struct perf_case *cases, const struct perf_case *c, unsigned int round)
{
	return c->figures[round] - (c->less < 0 ? 0 : cases[c->less].figures[round]);
}

static void
perf_print(const struct perf_case *cases, unsigned int nb_cases, unsigned int rounds,
	   double *values)
{
	printf("%-40s %-26s %s\n", "", "TSC cycles/op (95 %)", "ratio (95 %)");
	for (unsigned int i = 0; i < nb_cases; i++) {
		const struct perf_case *c = &cases[i];

		for (unsigned int r = 0; r < rounds; r++)
			values[r] = perf_net(cases, c, r);
		printf("%-40s", c->name);
		perf_print_median(values, rounds, "%9.1f (%.1f-%.1f)");
		if (c->ref >= 0) {
			for (unsigned int r = 0; r < rounds; r++)
				values[r] = perf_net(cases, c, r) /
					    perf_net(cases, &cases[c->ref], r);
			perf_print_median(values, rounds, "   %.2f (%.2f-%.2f)");
			printf(" of '%s'", cases[c->ref].name);
		}
		printf("\n");
	}
}

static unsigned int
perf_measure(struct perf_case *cases, unsigned int nb_cases, const struct perf_limits *limits)
{
	uint64_t end = rte_rdtsc() + rte_get_tsc_hz() * limits->seconds;
	struct perf_spin spin = {0};
	unsigned int r;

	for (unsigned int i = 0; i < nb_cases; i++)
		perf_calibrate(&cases[i]);
	for (r = 0; r < limits->rounds && (r == 0 || rte_rdtsc() < end); r++) {
		for (unsigned int i = 0; i < nb_cases; i++) {
			struct perf_case *c = &cases[i];

			perf_spin_wait(&spin);
			c->figures[r] = (double)perf_slice(c) / c->turns / c->ops;
		}
	}
	printf("%u rounds; %u times the core was too slow, and was waited for\n", r, spin.off);
	return r;
}

int
perf_run(struct perf_case *cases, unsigned int nb_cases, const struct perf_limits *limits)
{
	double *values = calloc((size_t)limits->rounds * (nb_cases + 1), sizeof(*values));

	if (values == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < nb_cases; i++)
		cases[i].figures = values + (size_t)limits->rounds * (i + 1);
	perf_print(cases, nb_cases, perf_measure(cases, nb_cases, limits), values);
	free(values);
	return 0;
}
