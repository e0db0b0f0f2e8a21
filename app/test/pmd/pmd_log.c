/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <rte_log.h>

#include "pmd_log.h"

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char *log_text;
static size_t log_len;
static size_t log_cap;

static ssize_t
log_write(void *cookie, const char *text, size_t len)
{
	ssize_t ignored = write(STDERR_FILENO, text, len);

	(void)cookie;
	(void)ignored;
	pthread_mutex_lock(&log_lock);
	if (log_len + len + 1 > log_cap) {
		char *more = realloc(log_text, 2 * (log_cap + len + 1));

		if (more == NULL)
			goto out;
		log_text = more;
		log_cap = 2 * (log_cap + len + 1);
	}
	memcpy(log_text + log_len, text, len);
	log_len += len;
	log_text[log_len] = '\0';
out:
	pthread_mutex_unlock(&log_lock);
	return (ssize_t)len;
}

int
pmd_log_open(void)
{
	static const cookie_io_functions_t functions = {.write = log_write};
	FILE *stream = fopencookie(NULL, "w", functions);

	if (stream == NULL)
		return -ENOMEM;
	setvbuf(stream, NULL, _IOLBF, BUFSIZ);
	return rte_openlog_stream(stream);
}

size_t
pmd_log_mark(void)
{
	size_t len;

	pthread_mutex_lock(&log_lock);
	len = log_len;
	pthread_mutex_unlock(&log_lock);
	return len;
}

static int
has_all(const char *line, size_t len, const char *const *what)
{
	for (; *what != NULL; what++) {
		if (memmem(line, len, *what, strlen(*what)) == NULL)
			return 0;
	}
	return 1;
}

/* The first fitting line at or behind *at, which moves behind it; NULL at the end. */
static const char *
next_line(size_t *at, const char *const *what, size_t *len)
{
	while (*at < log_len) {
		const char *line = log_text + *at;
		const char *end = memchr(line, '\n', log_len - *at);

		if (end == NULL)
			return NULL;
		*len = (size_t)(end - line);
		*at += *len + 1;
		if (has_all(line, *len, what))
			return line;
	}
	return NULL;
}

unsigned int
pmd_log_count(size_t from, const char *const *what)
{
	unsigned int count = 0;
	size_t len;

	pthread_mutex_lock(&log_lock);
	while (next_line(&from, what, &len) != NULL)
		count++;
	pthread_mutex_unlock(&log_lock);
	return count;
}

int
pmd_log_find(size_t from, const char *const *what, char *line, size_t len)
{
	const char *found;
	size_t found_len;

	pthread_mutex_lock(&log_lock);
	found = next_line(&from, what, &found_len);
	if (found != NULL)
		snprintf(line, len, "%.*s", (int)found_len, found);
	pthread_mutex_unlock(&log_lock);
	return found != NULL ? 0 : -ENOENT;
}
