/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "model_process.h"

#define MAX_OPTIONS 16
#define TIMEOUT_MS 20000

static void
run(const char *program, const struct model_process *process, const char *const *options)
{
	const char *words[MAX_OPTIONS + 8] = {program,
					      "--socket",
					      process->sockets[0],
					      "--socket",
					      process->sockets[1],
					      "--stats"};
	char pf[sizeof(process->sockets[0]) + sizeof(",function=pf")];
	unsigned nb = 6;

	snprintf(pf, sizeof(pf), "%s,function=pf", process->sockets[0]);
	if (process->pf)
		words[2] = pf;
	for (; *options != NULL && nb < MAX_OPTIONS; options++)
		words[nb++] = *options;
	/* So that a test that fails leaves no model behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(program, (char *const *)(uintptr_t)words);
	_exit(127);
}

static void
read_line(struct model_process *process, char *line, size_t len)
{
	struct pollfd input = {.fd = process->output, .events = POLLIN};
	size_t nb = 0;

	while (nb + 1 < len) {
		if (poll(&input, 1, TIMEOUT_MS) != 1 || read(input.fd, line + nb, 1) != 1)
			fail_msg("the model said nothing");
		if (line[nb] == '\n')
			break;
		nb++;
	}
	line[nb] = '\0';
}

static void
start(struct model_process *process, const char *program, const char *const *options)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(process->folder, sizeof(process->folder), "%.32s/hisi-zip-XXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(process->folder));
	for (int i = 0; i < 2; i++)
		snprintf(process->sockets[i], sizeof(process->sockets[i]), "%s/s%d",
			 process->folder, i);
	model_process_restart(process, program, options);
}

void
model_process_start(struct model_process *process, const char *program,
		    const char *const *options)
{
	process->pf = false;
	start(process, program, options);
}

void
model_process_start_pf(struct model_process *process, const char *program,
		       const char *const *options)
{
	process->pf = true;
	start(process, program, options);
}

void
model_process_restart(struct model_process *process, const char *program,
		      const char *const *options)
{
	char line[256];
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	process->pid = fork();
	assert_int_not_equal(process->pid, -1);
	if (process->pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		run(program, process, options);
	}
	close(pipes[1]);
	process->output = pipes[0];
	read_line(process, line, sizeof(line));
	assert_int_equal(strncmp(line, "ready: ", 7), 0);
}

void
model_process_kill(struct model_process *process)
{
	assert_int_equal(kill(process->pid, SIGKILL), 0);
	assert_int_equal(waitpid(process->pid, NULL, 0), process->pid);
	close(process->output);
}

uint64_t
model_process_counter(struct model_process *process, const char *key)
{
	char line[256] = "";
	uint64_t value = UINT64_MAX;
	size_t len = strlen(key);

	assert_int_equal(kill(process->pid, SIGUSR1), 0);
	while (strncmp(line, "stats.end", 9) != 0) {
		read_line(process, line, sizeof(line));
		if (strncmp(line, key, len) == 0 && line[len] == ' ')
			value = strtoull(line + len, NULL, 10);
	}
	if (value == UINT64_MAX)
		fail_msg("no counter %s", key);
	return value;
}

void
model_process_stop(struct model_process *process)
{
	char rest[4096];
	int status = -1;

	assert_int_equal(kill(process->pid, SIGTERM), 0);
	/* Its last counters may be more than a pipe holds. */
	while (read(process->output, rest, sizeof(rest)) > 0)
		;
	assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
	assert_int_equal(status, 0);
	close(process->output);
	assert_int_equal(access(process->sockets[0], F_OK), -1);
	assert_int_equal(access(process->sockets[1], F_OK), -1);
	assert_int_equal(rmdir(process->folder), 0);
}
