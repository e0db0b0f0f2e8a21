/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "info_ask.h"

/* Longer than an application waits for a model that stands still, twice. */
#define ANSWER_SECONDS 30
#define GREETING_LEN 1024
/* Of an answer, whatever the application says. */
#define ANSWER_MIN 1024
#define ANSWER_MAX (1 << 20)

/* Where EAL has the files of a run. */
static const char *
runtime_dir(void)
{
	const char *dir = getenv("RUNTIME_DIRECTORY");

	if (dir != NULL && *dir != '\0')
		return dir;
	if (geteuid() == 0)
		return "/var/run";
	dir = getenv("XDG_RUNTIME_DIR");
	return dir != NULL ? dir : "/tmp";
}

char *
info_ask_path(const char *file_prefix, unsigned int instance)
{
	char number[16] = "";
	char *path;

	if (instance > 0)
		snprintf(number, sizeof(number), ":%u", instance);
	if (asprintf(&path, "%s/dpdk/%s/dpdk_telemetry.v2%s", runtime_dir(), file_prefix,
		     number) < 0)
		return NULL;
	return path;
}

static int
receive(struct info_ask *ask, struct info_text *text)
{
	ssize_t n = recv(ask->fd, ask->answer, ask->size, 0);

	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	*text = (struct info_text){ask->answer, (size_t)n};
	return n == 0 ? -ECONNRESET : 0;
}

/* The application says how long its answers may be. */
static int
greet(struct info_ask *ask)
{
	struct info_text greeting;
	uint64_t size;
	char *answer;
	int ret = receive(ask, &greeting);

	if (ret != 0)
		return ret;
	size = info_text_number(info_json_get(greeting, "max_output_len"));
	if (size < ANSWER_MIN || size > ANSWER_MAX)
		return -EPROTO;
	answer = realloc(ask->answer, size);
	if (answer == NULL)
		return -ENOMEM;
	ask->answer = answer;
	ask->size = size;
	return 0;
}

int
info_ask_open(struct info_ask *ask, const char *path)
{
	const struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int ret = 0;

	*ask = (struct info_ask){.fd = -1, .size = GREETING_LEN};
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	ask->answer = malloc(ask->size);
	if (ask->answer == NULL)
		return -ENOMEM;
	ask->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (ask->fd < 0 ||
	    setsockopt(ask->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
	    setsockopt(ask->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
	    connect(ask->fd, (const struct sockaddr *)&addr, sizeof(addr)) != 0)
		ret = -errno;
	if (ret == 0)
		ret = greet(ask);
	if (ret != 0)
		info_ask_close(ask);
	return ret;
}

void
info_ask_close(struct info_ask *ask)
{
	if (ask->fd >= 0)
		close(ask->fd);
	free(ask->answer);
	*ask = (struct info_ask){.fd = -1};
}

int
info_ask(struct info_ask *ask, const char *what, const char *device, int queue_pair,
	 struct info_text *value)
{
	struct info_text answer, name;
	struct info_walk walk;
	char command[256];
	char number[16] = "";
	int len, ret;

	if (queue_pair >= 0)
		snprintf(number, sizeof(number), ",%d", queue_pair);
	len = snprintf(command, sizeof(command), "/hisi_zip/%s%s%s%s", what,
		       device == NULL ? "" : ",", device == NULL ? "" : device, number);
	if (len >= (int)sizeof(command))
		return -EINVAL;
	if (send(ask->fd, command, (size_t)len, MSG_NOSIGNAL) != len)
		return -errno;
	ret = receive(ask, &answer);
	if (ret != 0)
		return ret;
	/* One member: the command, without its parameters, and the value. */
	walk = info_json_walk(answer);
	return info_json_next(&walk, &name, value) && walk.object ? 0 : -EPROTO;
}
