/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pmd_model.h"

#define READY_MS 10000
#define STOP_MS 10000

struct pmd_model pmd_model;

static void
run_model(int out, char *const *argv)
{
	pid_t parent = getppid();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	dup2(out, STDOUT_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

/* Reads the model's output up to a line that begins with "ready:". */
static int
wait_ready(int in)
{
	uint64_t end = pmd_now_ms() + READY_MS;
	char text[512];
	size_t len = 0;

	while (pmd_now_ms() < end && len + 1 < sizeof(text)) {
		struct pollfd poll_in = {.fd = in, .events = POLLIN};
		ssize_t n;

		if (poll(&poll_in, 1, 100) <= 0)
			continue;
		n = read(in, text + len, sizeof(text) - len - 1);
		if (n <= 0)
			return -EIO;
		len += (size_t)n;
		text[len] = '\0';
		if (strncmp(text, "ready:", 6) == 0 || strstr(text, "\nready:") != NULL)
			return 0;
	}
	return -ETIMEDOUT;
}

/* Appends the blank-separated words of text, which is cut up. */
static int
add_words(char **argv, int nb, char *text)
{
	char *rest = NULL;

	for (char *word = strtok_r(text, " ", &rest); word != NULL && nb < PMD_MODEL_ARGS - 1;
	     word = strtok_r(NULL, " ", &rest))
		argv[nb++] = word;
	argv[nb] = NULL;
	return nb;
}

static int
spawn_model(char *const *argv)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC) != 0)
		return -errno;
	fflush(NULL);
	pmd_model.pid = fork();
	if (pmd_model.pid == 0)
		run_model(out[1], argv);
	close(out[1]);
	if (pmd_model.pid < 0 || wait_ready(out[0]) != 0) {
		fprintf(stderr, "%s does not get ready\n", argv[0]);
		close(out[0]);
		pmd_model_kill();
		return -EIO;
	}
	/* The model keeps its end: what it prints later would kill it, were ours closed. */
	fcntl(out[0], F_SETFD, FD_CLOEXEC);
	return 0;
}

int
pmd_model_start(const char *args, unsigned int queues)
{
	char socket[sizeof(pmd_model.socket) + 32];
	char stats[sizeof(pmd_model.stats) + 16];
	char *argv[PMD_MODEL_ARGS];
	char *words = strdup(args != NULL ? args : "");
	int nb = 0;
	int ret;

	snprintf(pmd_model.socket, sizeof(pmd_model.socket), "%s/model.sock", pmd_env.dir);
	snprintf(pmd_model.stats, sizeof(pmd_model.stats), "%s/model.stats", pmd_env.dir);
	snprintf(socket, sizeof(socket), queues > 0 ? "%s%s,queues=%u" : "%s%s", pmd_model.socket,
		 pmd_env.pf ? ",function=pf" : "", queues);
	snprintf(stats, sizeof(stats), "--stats=%s", pmd_model.stats);
	argv[nb++] = (char *)(uintptr_t)pmd_env.model;
	argv[nb++] = (char *)(uintptr_t)"--socket";
	argv[nb++] = socket;
	argv[nb++] = stats;
	argv[nb++] = (char *)(uintptr_t)"--hw";
	argv[nb++] = (char *)(uintptr_t)(pmd_env.generation == PMD_V3 ? "v3" : "v2");
	if (pmd_env.fault != NULL) {
		argv[nb++] = (char *)(uintptr_t)"--fault";
		argv[nb++] = (char *)(uintptr_t)pmd_env.fault;
	}
	if (words == NULL || pmd_env.model == NULL) {
		fprintf(stderr, "no --model PROGRAM\n");
		free(words);
		return -EINVAL;
	}
	add_words(argv, nb, words);
	unlink(pmd_model.stats);
	ret = spawn_model(argv);
	free(words);
	return ret;
}

static int
wait_exit(pid_t pid)
{
	uint64_t end = pmd_now_ms() + STOP_MS;
	int status;

	while (pmd_now_ms() < end) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		usleep(2000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

int
pmd_model_stop(void)
{
	int code;

	if (pmd_model.pid <= 0)
		return 0;
	kill(pmd_model.pid, SIGTERM);
	code = wait_exit(pmd_model.pid);
	pmd_model.pid = 0;
	return code;
}

void
pmd_model_kill(void)
{
	if (pmd_model.pid <= 0)
		return;
	kill(pmd_model.pid, SIGKILL);
	waitpid(pmd_model.pid, NULL, 0);
	pmd_model.pid = 0;
}

int64_t
pmd_model_stat(const char *name)
{
	FILE *file = fopen(pmd_model.stats, "r");
	char key[128];
	char total[128];
	long long value;
	int64_t found = -1;
	char line[512];

	if (file == NULL)
		return -1;
	snprintf(total, sizeof(total), "total.%s", name);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%127s %lld", key, &value) == 2 && strcmp(key, total) == 0)
			found = value;
	}
	fclose(file);
	return found;
}
