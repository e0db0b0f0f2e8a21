/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef INFO_OPTS_H
#define INFO_OPTS_H

/**
 * @file
 * The command line.
 */

#include <stdbool.h>

struct info_opts {
	const char *file_prefix; /**< of the running application */
	unsigned int instance;   /**< of its telemetry */
	const char *device;      /**< id or name; NULL: all */
	const char *path;        /**< of an idle model's socket, or NULL */
	const char *address;     /**< of an idle PCI function, or NULL */
	const char *plugin;      /**< to load for those, or NULL: the installed one */
	bool json;
	bool registers;
	/** Everything is said: the program ends with this, unless negative. */
	int done;
};

/** Reads the command line; says what is wrong with it. */
struct info_opts info_opts_parse(int argc, char **argv);

#endif /* INFO_OPTS_H */
