/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf_chain.h"
#include "cf_log.h"
#include "cf_options.h"

#define CHUNK_MIN 4096u

void
cf_options_help(void)
{
	printf("usage: compress_file [EAL option...] -- [option...] INPUT OUTPUT\n\n"
	       "Compresses INPUT to the gzip file OUTPUT on a compression device of DPDK, or back\n"
	       "with -d; \"-\" is standard input or output. The main lcore reads and writes, each\n"
	       "other lcore polls a queue pair; with one lcore it does both.\n\n"
	       "  -d, --decompress   of any gzip file\n"
	       "  -f, --force        replace OUTPUT if it is there\n"
	       "  -c, --chunk BYTES  plain bytes of an operation, %u to %u, with suffix K or M;\n"
	       "                     default %u, or what fits an mbuf of a device without chains\n"
	       "  -l, --level N      0 to 9; default: the driver's\n"
	       "  -D, --device NAME  default: the first device that does DEFLATE\n"
	       "  -q, --quiet        no progress, which only a terminal gets anyway\n"
	       "  -h, --help\n\n"
	       "OUTPUT is a gzip file of many members, one for each chunk. The way back does\n"
	       "these in parallel. Another gzip file is one stream: the device decompresses it\n"
	       "if it has stateful operations, otherwise zlib does, on the main lcore.\n",
	       CHUNK_MIN, CF_CHUNK_MAX, CF_CHUNK_DEFAULT);
}

static int
parse_number(const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (end != text && (*end == 'K' || *end == 'k' || *end == 'M' || *end == 'm')) {
		if (*value > UINT64_MAX >> 20)
			errno = ERANGE;
		*value <<= *end == 'K' || *end == 'k' ? 10 : 20;
		end++;
	}
	if (errno == 0 && end != text && *end == '\0' && text[0] >= '0' && text[0] <= '9' &&
	    *value >= low && *value <= high)
		return 0;
	cf_log("%s %s: not a number from %llu to %llu", option, text, (unsigned long long)low,
	       (unsigned long long)high);
	return -EINVAL;
}

static int
parse_option(struct cf_options *options, int c)
{
	uint64_t value;

	switch (c) {
	case 'd':
		options->decompress = true;
		return 0;
	case 'f':
		options->force = true;
		return 0;
	case 'q':
		options->quiet = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'D':
		options->device = optarg;
		return 0;
	case 'c':
		if (parse_number("--chunk", optarg, CHUNK_MIN, CF_CHUNK_MAX, &value) != 0)
			return -EINVAL;
		options->chunk = (uint32_t)value;
		return 0;
	case 'l':
		if (parse_number("--level", optarg, 0, 9, &value) != 0)
			return -EINVAL;
		options->level = (int)value;
		return 0;
	default:
		cf_log("--help lists the options");
		return -EINVAL;
	}
}

int
cf_options_parse(struct cf_options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{"decompress", no_argument, NULL, 'd'},
		{"force", no_argument, NULL, 'f'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{"device", required_argument, NULL, 'D'},
		{"chunk", required_argument, NULL, 'c'},
		{"level", required_argument, NULL, 'l'},
		{NULL, 0, NULL, 0},
	};
	int c;

	*options = (struct cf_options){.level = -1};
	/* EAL uses getopt too, later. */
	optind = 1;
	while ((c = getopt_long(argc, argv, "dfqhD:c:l:", longs, NULL)) != -1) {
		if (parse_option(options, c) != 0)
			return -EINVAL;
	}
	if (options->help)
		return 0;
	if (argc - optind != 2) {
		cf_log("INPUT and OUTPUT are needed behind \"--\", \"-\" for standard input and "
		       "output; --help tells more");
		return -EINVAL;
	}
	options->input = argv[optind];
	options->output = argv[optind + 1];
	return 0;
}
