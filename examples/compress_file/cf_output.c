/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cf_io.h"
#include "cf_log.h"

static volatile sig_atomic_t stopped;
/* What a second signal has to remove. */
static const char *volatile unfinished;

static void
handle_signal(int number)
{
	if (stopped && number != SIGALRM) {
		if (unfinished != NULL)
			unlink(unfinished);
		_exit(128 + number);
	}
	stopped = 1;
	/* Wakes the main lcore from a read or write that began after it looked at the flag. */
	alarm(1);
}

static void
ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGALRM);
}

void
cf_signals_block(void)
{
	/* Without SA_RESTART: a wait for a file ends. */
	const struct sigaction action = {.sa_handler = handle_signal};
	sigset_t set;

	ending_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	for (int number = 1; number < SIGRTMIN; number++) {
		if (sigismember(&set, number) == 1)
			sigaction(number, &action, NULL);
	}
	/* These come as errors of a write instead. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void
cf_signals_unblock(void)
{
	sigset_t set;

	ending_signals(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool
cf_stopped(void)
{
	return stopped != 0;
}

static int
open_temporary(struct cf_output *output, mode_t mode)
{
	size_t len = strlen(output->path) + sizeof(".XXXXXX");

	output->temporary = malloc(len);
	if (output->temporary == NULL)
		return -ENOMEM;
	snprintf(output->temporary, len, "%s.XXXXXX", output->path);
	output->fd = mkostemp(output->temporary, O_CLOEXEC);
	if (output->fd < 0) {
		int ret = -errno;

		free(output->temporary);
		output->temporary = NULL;
		return ret;
	}
	unfinished = output->temporary;
	/* Not all file systems have permissions; those of a temporary file are narrow enough. */
	if (fchmod(output->fd, mode) == 0 || errno == EPERM || errno == EOPNOTSUPP ||
	    errno == ENOSYS)
		return 0;
	return -errno;
}

static int
open_path(struct cf_output *output, mode_t mode)
{
	struct stat st;

	if (stat(output->path, &st) != 0)
		return errno == ENOENT ? open_temporary(output, mode) : -errno;
	if (S_ISREG(st.st_mode))
		return output->force ? open_temporary(output, mode) : -EEXIST;
	output->fd = open(output->path, O_WRONLY | O_CLOEXEC);
	return output->fd >= 0 ? 0 : -errno;
}

int
cf_output_open(struct cf_output *output, const char *path, bool force, int fd_stdout,
	       mode_t mode)
{
	int ret = 0;

	*output = (struct cf_output){.path = path, .force = force, .fd = fd_stdout};
	if (strcmp(path, "-") == 0)
		output->path = "standard output";
	else
		ret = open_path(output, mode);
	if (ret != 0) {
		cf_log("%s: %s%s", path, strerror(-ret),
		       ret == -EEXIST ? "; --force replaces it" : "");
		cf_output_drop(output);
	}
	return ret;
}

void
cf_io_wait(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};

	/* What goes wrong here is seen by the read or write that follows. */
	poll(&one, 1, -1);
}

int
cf_output_writev(struct cf_output *output, struct iovec *iov, int nb)
{
	cf_iov_skip(&iov, &nb, 0);
	while (nb > 0) {
		ssize_t put = writev(output->fd, iov, nb);
		int ret = put < 0 ? -errno : 0;

		if (cf_stopped())
			return -EINTR;
		if (ret == -EAGAIN)
			cf_io_wait(output->fd, POLLOUT);
		if (ret == -EINTR || ret == -EAGAIN)
			continue;
		if (ret != 0) {
			cf_log("%s: %s", output->path, strerror(-ret));
			return ret;
		}
		output->done += (uint64_t)put;
		cf_iov_skip(&iov, &nb, (size_t)put);
	}
	return 0;
}

/* Where another file got the name meanwhile, it stays. */
static int
give_name(const struct cf_output *output)
{
	if (output->force)
		return rename(output->temporary, output->path) == 0 ? 0 : -errno;
	if (link(output->temporary, output->path) == 0)
		return unlink(output->temporary) == 0 ? 0 : -errno;
	if (errno == EEXIST || access(output->path, F_OK) == 0)
		return -EEXIST;
	/* Not all file systems have links. */
	return rename(output->temporary, output->path) == 0 ? 0 : -errno;
}

int
cf_output_keep(struct cf_output *output)
{
	int ret = close(output->fd) == 0 ? 0 : -errno;

	output->fd = -1;
	if (ret == 0 && output->temporary != NULL)
		ret = give_name(output);
	if (ret != 0) {
		cf_log("%s: %s", output->path, strerror(-ret));
		return ret;
	}
	unfinished = NULL;
	free(output->temporary);
	output->temporary = NULL;
	return 0;
}

void
cf_output_drop(struct cf_output *output)
{
	if (output->fd > STDERR_FILENO)
		close(output->fd);
	output->fd = -1;
	if (output->temporary != NULL)
		unlink(output->temporary);
	unfinished = NULL;
	free(output->temporary);
	output->temporary = NULL;
}
