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

#include <rte_eal.h>

#include "pmd_case.h"
#include "pmd_telemetry.h"

#define ANSWER_SECONDS 30

struct pmd_telemetry pmd_telemetry;

static int
receive(struct pmd_telemetry *t)
{
	ssize_t n = recv(t->fd, t->answer, PMD_TELEMETRY_MAX, 0);

	t->answer[n > 0 ? n : 0] = '\0';
	return n > 0 ? 0 : n == 0 ? -EPIPE : -errno;
}

int
pmd_telemetry_open(struct pmd_telemetry *t)
{
	const struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int ret;

	if (snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/dpdk_telemetry.v2",
		     rte_eal_get_runtime_dir()) >= (int)sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	t->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return -errno;
	setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	/* It greets with its version. */
	ret = connect(t->fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ? -errno : receive(t);
	if (ret != 0)
		close(t->fd);
	return ret;
}

void
pmd_telemetry_close(struct pmd_telemetry *t)
{
	close(t->fd);
}

const char *
pmd_telemetry_ask(struct pmd_telemetry *t, const char *command)
{
	if (send(t->fd, command, strlen(command), MSG_NOSIGNAL) != (ssize_t)strlen(command))
		return NULL;
	return receive(t) == 0 ? t->answer : NULL;
}

/* What follows "name": in the text, or NULL. */
static const char *
behind(const char *text, const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = text == NULL ? NULL : strstr(text, key);
	return at == NULL ? NULL : at + strlen(key);
}

int64_t
pmd_telemetry_number(const struct pmd_telemetry *t, const char *part, const char *name)
{
	const char *text = part == NULL ? t->answer : behind(t->answer, part);
	const char *end = part == NULL || text == NULL ? NULL : strchr(text, '}');
	const char *at = behind(text, name);

	return at == NULL || (end != NULL && at > end) ? -1 : strtoll(at, NULL, 10);
}

int
pmd_telemetry_connect(void **state)
{
	(void)state;
	return pmd_telemetry_open(&pmd_telemetry);
}

int
pmd_telemetry_disconnect(void **state)
{
	(void)state;
	pmd_telemetry_close(&pmd_telemetry);
	return 0;
}

int
pmd_telemetry_case_open(void **state)
{
	return pmd_telemetry_connect(state) != 0 ? -1 : pmd_case_open(state);
}

int
pmd_telemetry_case_close(void **state)
{
	pmd_telemetry_disconnect(state);
	return pmd_case_close(state);
}

const char *
pmd_telemetry_ask_device(const char *what, const char *rest)
{
	char command[128];

	snprintf(command, sizeof(command), "/hisi_zip/%s,%u%s%s", what, pmd_dev.id,
		 rest == NULL ? "" : ",", rest == NULL ? "" : rest);
	return pmd_telemetry_ask(&pmd_telemetry, command);
}
