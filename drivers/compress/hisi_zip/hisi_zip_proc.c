/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hisi_zip_proc.h"

/* Reads /proc/PID/stat: state, threads and start time (proc(5)); -errno if it does not say. */
static int
hisi_zip_proc_stat(uint32_t pid, char *state, long *threads, uint64_t *start)
{
	char path[32], text[1024];
	const char *fields;
	ssize_t n;
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	ret = n < 0 ? -errno : -EPROTO;
	close(fd);
	if (n <= 0)
		return ret;
	text[n] = '\0';
	/* The name may have blanks and brackets of its own: the last one ends it. */
	fields = strrchr(text, ')');
	if (fields == NULL ||
	    sscanf(fields + 1,
		   " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld "
		   "%*d %" SCNu64,
		   state, threads, start) != 3)
		return -EPROTO;
	return 0;
}

struct hisi_zip_proc
hisi_zip_proc_self(void)
{
	struct hisi_zip_proc self = {.pid = getpid()};
	long threads;
	char state;

	if (hisi_zip_proc_stat(self.pid, &state, &threads, &self.start) != 0)
		self.pid = 0;
	return self;
}

bool
hisi_zip_proc_alive(const struct hisi_zip_proc *proc)
{
	uint64_t start;
	long threads;
	char state;
	int ret;

	if (proc->pid == 0)
		return false;
	ret = hisi_zip_proc_stat(proc->pid, &state, &threads, &start);
	/* A process without descriptors or memory cannot look: others do not end by that. */
	if (ret != 0)
		return ret != -ENOENT && ret != -ESRCH;
	if (start != proc->start)
		return false;
	/* A first thread that has ended looks like a zombie, too, while others run. */
	return (state != 'Z' && state != 'X') || threads > 1;
}
