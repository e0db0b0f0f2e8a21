/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Runs a fuzzer for a bounded time on samples that were changed by chance. Each input follows from
 * its own seed, so that one can be run again without those before it.
 */

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define SAMPLES 32u
/* Inputs, among which there must be some that get everywhere. */
#define FUZZ_MANY 5000u

struct sample {
	uint8_t data[FUZZ_MAX];
	size_t len;
};

static struct sample samples[SAMPLES];
static unsigned int nb_samples;
static uint64_t random_state;
static volatile uint64_t current_seed;

static uint64_t
next_random(void)
{
	/* SplitMix64: neighbouring seeds give unlike numbers. */
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t
below(size_t limit)
{
	return limit > 0 ? (size_t)(next_random() % limit) : 0;
}

/* Numbers at the bounds that checks are made of. */
static uint64_t
edge(void)
{
	uint64_t value = 1ull << below(64);

	switch (below(4)) {
	case 0:
		return value - 1;
	case 1:
		return value + 1;
	case 2:
		return below(2) ? 0 : UINT64_MAX;
	default:
		return value;
	}
}

static void
put_number(uint8_t *data, size_t len)
{
	static const size_t widths[] = {1, 2, 4, 8};
	size_t width = widths[below(4)], at;
	uint64_t value = below(4) ? edge() : next_random();

	if (len < width)
		return;
	at = below(len - width + 1);
	if (below(2))
		at -= at % width;
	memcpy(data + at, &value, width);
}

static void
copy_within(uint8_t *data, size_t len)
{
	size_t from = below(len), to = below(len), run = 1 + below(64);

	if (run > len - from)
		run = len - from;
	if (run > len - to)
		run = len - to;
	memmove(data + to, data + from, run);
}

static size_t
mutate(uint8_t *data, size_t len)
{
	for (size_t hits = 1 + below(6); hits > 0 && len > 0; hits--) {
		const struct sample *other = &samples[below(nb_samples)];
		size_t at = below(len);

		switch (below(8)) {
		case 0:
		case 1:
			data[at] ^= (uint8_t)(1u << below(8));
			break;
		case 2:
			data[at] = (uint8_t)next_random();
			break;
		case 3:
			copy_within(data, len);
			break;
		case 4:
			len = below(8) ? len : below(len + 1);
			break;
		case 5:
			/* The other's end behind our beginning. */
			if (at < other->len && below(4) == 0) {
				memcpy(data + at, other->data + at, other->len - at);
				len = other->len;
			}
			break;
		default:
			put_number(data, len);
			break;
		}
	}
	return len;
}

static void
run_one(uint64_t seed)
{
	struct sample input;
	uint8_t *exact;

	current_seed = seed;
	random_state = seed;
	input = samples[below(nb_samples)];
	input.len = mutate(input.data, input.len);
	/* Memory that ends where the input does. */
	exact = malloc(input.len + (input.len == 0));
	if (exact == NULL)
		abort();
	memcpy(exact, input.data, input.len);
	LLVMFuzzerTestOneInput(exact, input.len);
	free(exact);
}

/* Says which input it was, with calls that a handler may make, and lets the signal take its way. */
static void
tell_seed(int number)
{
	static const char before[] = "fuzz: again: --runs 1 --seed ";
	char text[sizeof(before) + 24];
	uint64_t seed = current_seed;
	size_t at = sizeof(text);

	text[--at] = '\n';
	do {
		text[--at] = (char)('0' + seed % 10);
		seed /= 10;
	} while (seed > 0);
	at -= sizeof(before) - 1;
	memcpy(text + at, before, sizeof(before) - 1);
	if (write(STDERR_FILENO, text + at, sizeof(text) - at) < 0)
		_exit(1);
	signal(number, SIG_DFL);
	raise(number);
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool
reached_all(void)
{
	for (const struct fuzz_reached *reached = fuzz_reached; reached->name != NULL; reached++)
		if (reached->count == 0)
			return false;
	return true;
}

static int
report(uint64_t runs)
{
	printf("%llu inputs;", (unsigned long long)runs);
	for (const struct fuzz_reached *reached = fuzz_reached; reached->name != NULL; reached++)
		printf(" %s %llu", reached->name, (unsigned long long)reached->count);
	printf("\n");
	/* What is rare is not among few inputs, by chance. */
	if (reached_all() || runs < FUZZ_MANY)
		return 0;
	fprintf(stderr, "fuzz: something was never reached: this shows little\n");
	return 1;
}

struct fuzz_options {
	uint64_t runs, seconds, seed;
};

static int
parse_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	if (errno == 0 && isdigit((unsigned char)text[0]) && *end == '\0')
		return 0;
	fprintf(stderr, "fuzz: '%s' is no number\n", text);
	return 2;
}

/* @return -1, or the status to end with */
static int
parse_options(int argc, char **argv, struct fuzz_options *opts)
{
	static const struct option options[] = {
		{"runs", required_argument, NULL, 'r'},
		{"seconds", required_argument, NULL, 's'},
		{"seed", required_argument, NULL, 'S'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c, ret = 0;

	while (ret == 0 && (c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'r')
			ret = parse_number(optarg, &opts->runs);
		else if (c == 's')
			ret = parse_number(optarg, &opts->seconds);
		else if (c == 'S')
			ret = parse_number(optarg, &opts->seed);
		else
			ret = c == 'h' ? 1 : 2;
	}
	if (ret == 0 && optind == argc)
		return -1;
	fprintf(ret == 1 ? stdout : stderr, "usage: %s [--seconds N (3)] [--runs N (no limit)] "
		"[--seed N (the time)]\n", argv[0]);
	return ret == 1 ? 0 : 2;
}

int
main(int argc, char **argv)
{
	struct fuzz_options opts = {UINT64_MAX, 3, (uint64_t)time(NULL) << 24};
	uint64_t seed, runs, end, last, done;
	int ret = parse_options(argc, argv, &opts);

	if (ret >= 0)
		return ret;
	seed = opts.seed;
	runs = opts.runs;
	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	signal(SIGABRT, tell_seed);
	signal(SIGSEGV, tell_seed);
	signal(SIGBUS, tell_seed);
	signal(SIGALRM, tell_seed);
	for (; nb_samples < SAMPLES; nb_samples++) {
		samples[nb_samples].len = fuzz_sample(nb_samples, samples[nb_samples].data);
		if (samples[nb_samples].len == 0)
			break;
		LLVMFuzzerTestOneInput(samples[nb_samples].data, samples[nb_samples].len);
	}
	end = now_ms() + opts.seconds * 1000;
	last = end + opts.seconds * 4000;
	/* Where all is slow it takes longer to get everywhere. */
	for (done = 0; done < runs && now_ms() < (reached_all() ? end : last); done++) {
		/* An input that does not end is found too. */
		alarm(30);
		run_one(seed + done);
	}
	return report(done);
}
