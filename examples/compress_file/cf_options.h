/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_OPTIONS_H
#define CF_OPTIONS_H

/**
 * @file
 * The program's own arguments, those behind "--".
 */

#include <stdbool.h>
#include <stdint.h>

struct cf_options {
	const char *input;   /**< path, or "-" */
	const char *output;  /**< path, or "-" */
	const char *device;  /**< name of the compressdev, NULL: the first that does DEFLATE */
	uint32_t chunk;      /**< plain bytes of an op when compressing; 0: the largest default */
	int level;           /**< -1 for the driver's default, or 0 to 9 */
	bool decompress;
	bool force;          /**< replace the output if it is there */
	bool quiet;
	bool help;
};

/**
 * Parses argv from the program's own arguments on.
 *
 * @param argc count of @p argv, whose first is skipped
 * @return 0, or -EINVAL after a message
 */
int cf_options_parse(struct cf_options *options, int argc, char **argv);

/** Prints the help to standard output. */
void cf_options_help(void);

#endif /* CF_OPTIONS_H */
