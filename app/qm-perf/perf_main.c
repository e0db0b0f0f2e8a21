/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What each micro-operation of the driver costs, without a chip. */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_eal.h>

#include "perf_device.h"
#include "perf_run.h"
#include "perf_stub.h"

#define PERF_MAX_ROUNDS 100000
#define PERF_MAX_SECONDS 3600

struct perf_opts {
	struct perf_limits limits;
	const char *socket;
};

enum {
	ALONE_32,
	ALONE_8,
	ALONE_1,
	FLAT_32,
	FLAT_8,
	FLAT_1,
	CHAINED_32,
	CHAINED_8,
	CHAINED_1,
	NB_BURSTS,
	MAILBOX = NB_BURSTS,
	CHIP,
	SHADOW,
	NB_CASES,
};

static const struct option options[] = {
	{"rounds", required_argument, NULL, 'r'},
	{"seconds", required_argument, NULL, 's'},
	{"socket", required_argument, NULL, 'p'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static void
print_help(FILE *out)
{
	fprintf(out,
		"usage: qm-perf [options]\n"
		"Prints what bursts, mailbox and doorbells cost, as medians over rounds in which\n"
		"each is measured once. Bursts run on rings that a stub in the same thread\n"
		"completes, whose own cost at that burst is subtracted; the rest runs on a model,\n"
		"which is embedded unless a process serves it.\n"
		"  -r, --rounds N    1 to %u (101)\n"
		"  -s, --seconds N   no further round after so long, 1 to %u (60)\n"
		"  -p, --socket PATH of a model's process\n"
		"  -h, --help\n",
		PERF_MAX_ROUNDS, PERF_MAX_SECONDS);
}

static int
parse_number(const char *name, unsigned int most, unsigned int *number)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(optarg, &end, 10);
	if (*optarg < '0' || *optarg > '9' || *end != '\0' || errno != 0 || value == 0 ||
	    value > most) {
		fprintf(stderr, "qm-perf: %s '%s': valid are 1 to %u\n", name, optarg, most);
		return 2;
	}
	*number = (unsigned int)value;
	return -1;
}

/* @return -1: go on; else the status to end with */
static int
parse(int argc, char **argv, struct perf_opts *opts)
{
	int c, status = -1;

	while (status < 0 && (c = getopt_long(argc, argv, "r:s:p:h", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			status = parse_number("--rounds", PERF_MAX_ROUNDS, &opts->limits.rounds);
			break;
		case 's':
			status = parse_number("--seconds", PERF_MAX_SECONDS, &opts->limits.seconds);
			break;
		case 'p':
			opts->socket = optarg;
			break;
		case 'h':
			print_help(stdout);
			status = 0;
			break;
		default:
			print_help(stderr);
			status = 2;
		}
	}
	if (status >= 0 || optind == argc)
		return status;
	fprintf(stderr, "qm-perf: '%s': there are options only\n", argv[optind]);
	return 2;
}

/* On one core, the first that is allowed: the rest is for a model. */
static int
start_eal(void)
{
	static char prefix[32], core[16];
	const char *const args[] = {
		"qm-perf", "--no-huge", "-m", "64", "--no-pci", "--no-telemetry", "--no-shconf",
		"--iova-mode=va", "--log-level=lib.*:error", "--log-level=*hisi*:error", "-l", core,
		"--file-prefix", prefix, NULL,
	};
	int first = 0;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		while (first < CPU_SETSIZE - 1 && !CPU_ISSET(first, &set))
			first++;
	snprintf(core, sizeof(core), "%d", first);
	snprintf(prefix, sizeof(prefix), "qm_perf_%d", (int)getpid());
	return rte_eal_init(RTE_DIM(args) - 1, (char **)(uintptr_t)args) < 0 ? -1 : 0;
}

static void
end_eal(void)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	/* EAL leaves its folder behind. */
	rmdir(folder);
}

/* Makes what bursts run on; whether there was memory. */
static bool
make_stubs(struct perf_case *cases)
{
	bool good = true;

	for (unsigned int i = 0; i < NB_BURSTS; i++) {
		cases[i].arg = perf_stub_new(cases[i].ops, i >= CHAINED_32);
		good = good && cases[i].arg != NULL;
	}
	return good;
}

static int
measure(struct perf_case *cases, const struct perf_opts *opts)
{
	struct perf_device *device = perf_device_new(opts->socket);
	int status = 1;

	if (device == NULL)
		return 1;
	for (unsigned int i = MAILBOX; i < NB_CASES; i++)
		cases[i].arg = device;
	if (make_stubs(cases))
		status = perf_run(cases, perf_device_has_shadow(device) ? NB_CASES : SHADOW,
				  &opts->limits) != 0;
	if (status != 0)
		fprintf(stderr, "qm-perf: out of memory\n");
	for (unsigned int i = 0; i < NB_BURSTS; i++) {
		if (status == 0 && !perf_stub_is_good(cases[i].arg)) {
			fprintf(stderr, "qm-perf: '%s' lost ops\n", cases[i].name);
			status = 1;
		}
		perf_stub_free(cases[i].arg);
	}
	perf_device_free(device);
	return status;
}

int
main(int argc, char **argv)
{
	struct perf_case cases[NB_CASES] = {
		[ALONE_32] = {"stub alone, burst 32", perf_stub_alone, NULL, 32, -1, -1},
		[ALONE_8] = {"stub alone, burst 8", perf_stub_alone, NULL, 8, -1, -1},
		[ALONE_1] = {"stub alone, burst 1", perf_stub_alone, NULL, 1, -1, -1},
		[FLAT_32] = {"burst 32, flat", perf_stub_bursts, NULL, 32, ALONE_32, -1},
		[FLAT_8] = {"burst 8, flat", perf_stub_bursts, NULL, 8, ALONE_8, FLAT_32},
		[FLAT_1] = {"burst 1, flat", perf_stub_bursts, NULL, 1, ALONE_1, FLAT_32},
		[CHAINED_32] = {"burst 32, 2 + 2 segments", perf_stub_bursts, NULL, 32, ALONE_32,
				FLAT_32},
		[CHAINED_8] = {"burst 8, 2 + 2 segments", perf_stub_bursts, NULL, 8, ALONE_8,
			       FLAT_8},
		[CHAINED_1] = {"burst 1, 2 + 2 segments", perf_stub_bursts, NULL, 1, ALONE_1,
			       FLAT_1},
		[MAILBOX] = {"mailbox command", perf_device_mailbox, NULL, 1, -1, -1},
		[CHIP] = {"doorbell, chip's address", perf_device_chip, NULL, 1, -1, -1},
		[SHADOW] = {"doorbell, shadow", perf_device_shadow, NULL, 1, -1, CHIP},
	};
	struct perf_opts opts = {.limits = {.rounds = 101, .seconds = 60}};
	int status = parse(argc, argv, &opts);

	if (status >= 0)
		return status;
	if (start_eal() != 0) {
		fprintf(stderr, "qm-perf: EAL does not start\n");
		return 1;
	}
	status = measure(cases, &opts);
	end_eal();
	return status;
}
