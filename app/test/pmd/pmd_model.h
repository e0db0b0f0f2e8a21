/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_MODEL_H
#define PMD_MODEL_H

/**
 * @file
 * The model as a process: started, asked for its counters, ended by its pid. Should this
 * process die first, the kernel ends the model.
 */

#include <stdint.h>
#include <sys/types.h>

#include "pmd_env.h"

#define PMD_MODEL_ARGS 16

struct pmd_model {
	pid_t pid; /**< 0: not running */
	char socket[PMD_PATH_MAX + 32];
	char stats[PMD_PATH_MAX + 32];
};

/** The model of this run, with the process transport. */
extern struct pmd_model pmd_model;

/**
 * Starts a model on the socket in our private folder and waits until it is ready.
 *
 * @param args more arguments, blank-separated, or NULL
 * @param queues of the function; 0: the default
 * @return 0 or -errno after a message
 */
int pmd_model_start(const char *args, unsigned int queues);

/** Ends the model and waits for it. @return its exit code, or -1 if it did not end by itself */
int pmd_model_stop(void);

/** Kills the model as kill -9 does, and waits for it. */
void pmd_model_kill(void);

/** @return a counter of the whole model, from the file that it left when it ended; -1: none */
int64_t pmd_model_stat(const char *name);

#endif /* PMD_MODEL_H */
