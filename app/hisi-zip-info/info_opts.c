/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "info_opts.h"

#define PATH_LEN 107 /* bytes of a socket's path, without the last */

static const struct option options[] = {
	{"file-prefix", required_argument, NULL, 'f'},
	{"instance", required_argument, NULL, 'i'},
	{"device", required_argument, NULL, 'D'},
	{"path", required_argument, NULL, 'p'},
	{"address", required_argument, NULL, 'a'},
	{"driver", required_argument, NULL, 'd'},
	{"json", no_argument, NULL, 'j'},
	{"registers", no_argument, NULL, 'r'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static void
print_help(FILE *out)
{
	fprintf(out,
		"usage: hisi-zip-info [options]\n"
		"Shows functions of the HiSilicon ZIP engine: version, capabilities, queues,\n"
		"counters and health. Those of a running application, which is not disturbed:\n"
		"  -f, --file-prefix PREFIX\n"
		"        the application's --file-prefix (rte)\n"
		"  -i, --instance N\n"
		"        its telemetry's number, where several share a prefix (0)\n"
		"  -D, --device DEVICE\n"
		"        one device only, by its id or its name\n"
		"or one that no application uses; it is opened, which resets it, and closed:\n"
		"  -p, --path SOCKET\n"
		"        the function that a model's process serves there\n"
		"  -a, --address DDDD:BB:DD.F\n"
		"        the function that is bound to vfio-pci\n"
		"  -d, --driver PLUGIN\n"
		"        the plug-in, where it is not installed\n"
		"What is shown:\n"
		"  -j, --json\n"
		"        everything, as JSON in one line\n"
		"  -r, --registers\n"
		"        registers, too\n"
		"      --help, --version\n"
		"The status is 0 if all devices shown are in good health, 1 if one is not, 2 if\n"
		"something cannot be shown.\n");
}

static int
refuse(const char *what, const char *value, const char *valid)
{
	fprintf(stderr, "hisi-zip-info: %s '%s': %s\n", what, value, valid);
	return 2;
}

static int
parse_instance(const char *value, unsigned int *instance)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 || number > UINT16_MAX)
		return refuse("--instance", value, "valid are 0 to 65535");
	*instance = (unsigned int)number;
	return -1;
}

/* Of what becomes part of a path or of an argument of EAL. */
static int
parse_text(const char *name, const char *value, const char *without, size_t len,
	   const char **text)
{
	*text = value;
	if (*value != '\0' && strlen(value) <= len && strpbrk(value, without) == NULL)
		return -1;
	fprintf(stderr, "hisi-zip-info: %s '%s': valid are 1 to %zu characters, none of \"%s\"\n",
		name, value, len, without);
	return 2;
}

/* @return -1: go on; else the status to end with */
static int
parse_option(struct info_opts *opts, int c)
{
	switch (c) {
	case 'f':
		return parse_text("--file-prefix", optarg, "/", NAME_MAX, &opts->file_prefix);
	case 'i':
		return parse_instance(optarg, &opts->instance);
	case 'D':
		return parse_text("--device", optarg, ",", 63, &opts->device);
	case 'p':
		return parse_text("--path", optarg, ",", PATH_LEN, &opts->path);
	case 'a':
		return parse_text("--address", optarg, ",/", 63, &opts->address);
	case 'd':
		opts->plugin = optarg;
		return -1;
	case 'j':
		opts->json = true;
		return -1;
	case 'r':
		opts->registers = true;
		return -1;
	case 'h':
		print_help(stdout);
		return 0;
	case 'V':
		printf("hisi-zip-info %s\n", INFO_VERSION);
		return 0;
	default:
		fprintf(stderr, "see hisi-zip-info --help\n");
		return 2;
	}
}

/* What goes with what. */
static int
check(const struct info_opts *opts)
{
	const bool idle = opts->path != NULL || opts->address != NULL;

	if (opts->path != NULL && opts->address != NULL)
		return refuse("--address", opts->address, "not together with --path");
	if (idle && opts->file_prefix != NULL)
		return refuse("--file-prefix", opts->file_prefix,
			      "not together with --path or --address");
	if (idle && opts->device != NULL)
		return refuse("--device", opts->device, "not together with --path or --address");
	if (!idle && opts->plugin != NULL)
		return refuse("--driver", opts->plugin, "only with --path or --address");
	return -1;
}

struct info_opts
info_opts_parse(int argc, char **argv)
{
	struct info_opts opts = {.done = -1};
	int c;

	while (opts.done < 0) {
		c = getopt_long(argc, argv, "f:i:D:p:a:d:jrh", options, NULL);
		if (c == -1)
			break;
		opts.done = parse_option(&opts, c);
	}
	if (opts.done < 0 && optind < argc)
		opts.done = refuse("argument", argv[optind], "there are options only, see --help");
	if (opts.done < 0)
		opts.done = check(&opts);
	if (opts.file_prefix == NULL)
		opts.file_prefix = "rte";
	return opts;
}
