/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_OPTS_H
#define MODEL_OPTS_H

/**
 * @file
 * The command line of hisi-zip-model.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <zip_model_fault.h>

#define MODEL_MAX_SOCKETS 64
#define MODEL_MAX_WORKERS 64
#define MODEL_MAX_FAULTS 64
#define MODEL_PATH_LEN 256

/** One function on one socket. */
struct model_opts_socket {
	char path[MODEL_PATH_LEN];
	bool pf;         /**< physical function; false: a virtual one */
	unsigned queues; /**< hardware queues of the function */
};

struct model_opts {
	struct model_opts_socket sockets[MODEL_MAX_SOCKETS];
	unsigned nb_sockets;
	enum zip_model_hw hw;
	enum zip_model_engine engine;
	unsigned level;
	unsigned workers;
	bool shadow;
	bool db_isolation;
	bool lz4;
	uint64_t pace_ns;   /**< the least time of a request, 0 = none */
	uint64_t pace_mbps; /**< the engine's rate, plain MB/s, 0 = not limited */
	struct zip_model_fault faults[MODEL_MAX_FAULTS];
	unsigned nb_faults;
	bool stats;
	const char *stats_file; /**< NULL: standard output */
	bool help;
	bool version;
};

/**
 * Reads the command line.
 *
 * @param opts
 *   Filled with defaults, then with what the options say. Strings point into @p argv.
 * @param err
 *   On failure: what is wrong and what would be right; no line end.
 * @return
 *   0, or -EINVAL.
 */
int model_opts_parse(struct model_opts *opts, int argc, char **argv, char *err, size_t errlen);

/** The socket of the physical function, or NULL. */
const struct model_opts_socket *model_opts_pf(const struct model_opts *opts);

/**
 * Faults for a function: one of a queue that only other functions have is none of this one's, nor
 * is one of a physical function for a virtual one.
 *
 * @param faults
 *   Room for MODEL_MAX_FAULTS.
 * @return
 *   How many there are.
 */
size_t model_opts_faults(const struct model_opts *opts, const struct model_opts_socket *socket,
			 struct zip_model_fault *faults);

/** Writes the list of options. */
void model_opts_usage(FILE *out);

#endif /* MODEL_OPTS_H */
