/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_PROCESS_H
#define MODEL_PROCESS_H

/**
 * @file
 * A running hisi-zip-model, for tests in C. Its sockets lie in a folder of its own.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct model_process {
	pid_t pid;
	int output; /**< its standard output */
	char folder[64];
	char sockets[2][80];
	bool pf; /**< the first function is a physical one, the second one of its VFs */
};

/**
 * Start the program with two functions, and `--stats` besides @p options; returns when it is
 * ready. Fails the test if it cannot.
 *
 * @param options
 *   Ends with NULL.
 */
void model_process_start(struct model_process *process, const char *program,
			 const char *const *options);

/** The same with a PF and a VF. */
void model_process_start_pf(struct model_process *process, const char *program,
			    const char *const *options);

/** End it by SIGKILL; its sockets stay. */
void model_process_kill(struct model_process *process);

/** Start the program again at the sockets of one that was killed. */
void model_process_restart(struct model_process *process, const char *program,
			   const char *const *options);

/** Ask for the counters; the one of that key. Fails the test if there is none. */
uint64_t model_process_counter(struct model_process *process, const char *key);

/** End it by SIGTERM; fails the test unless it ends with 0 and leaves no socket behind. */
void model_process_stop(struct model_process *process);

#endif /* MODEL_PROCESS_H */
