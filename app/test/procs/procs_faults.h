/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PROCS_FAULTS_H
#define PROCS_FAULTS_H

/**
 * @file
 * Commands about what a process of the suite has, and how it runs short of it.
 *
 * With a variable in its environment (procs_faults.c) the process sleeps so many milliseconds at a
 * place that takes no time as a rule, and says on standard error that it does: what happens
 * meanwhile to it and in other processes is no matter of chance.
 */

#include <stddef.h>

/** A command: its words, the first being its name; an answer of its own or none. */
struct procs_command {
	const char *name;
	int nb_words;
	int (*run)(char **words, char *answer, size_t len);
};

/** Those commands: procs_faults.c says what each does. */
extern const struct procs_command procs_faults[];
extern const size_t procs_nb_faults;

#endif /* PROCS_FAULTS_H */
