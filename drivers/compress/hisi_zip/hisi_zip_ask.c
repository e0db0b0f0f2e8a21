/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "hisi_zip_ask.h"

/* For each answer, and then the request is sent again: it, or its answer, may have been lost. */
#define HISI_ZIP_ASK_TRY_S 5
#define HISI_ZIP_ASK_TRIES 6
/* Answers to requests that nobody waits for any more: beyond those that a primary keeps. */
#define HISI_ZIP_ASK_LATE 2000
/* A queue drains or is lost within 60 s; of those of a process several may take that long. */
#define HISI_ZIP_ASK_DRAIN_S 120
#define HISI_ZIP_ASK_DRAIN_US 1000

/* One request of this name at a time: EAL refuses a second one. */
static pthread_mutex_t hisi_zip_request_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t hisi_zip_sequence; /* of the last request, under the lock */

/* Whether an answer is to this request, which it replaces then; else it goes with its files. */
static bool
hisi_zip_take_answer(const struct rte_mp_msg *answer, struct hisi_zip_mp_msg *msg, int *fd)
{
	struct hisi_zip_mp_msg taken = {0};

	if (answer->len_param == sizeof(taken))
		memcpy(&taken, answer->param, sizeof(taken));
	if (taken.sequence != msg->sequence || answer->num_fds > 1) {
		for (int i = 0; i < answer->num_fds; i++)
			close(answer->fds[i]);
		return false;
	}
	*msg = taken;
	*fd = answer->num_fds == 1 ? answer->fds[0] : -1;
	return true;
}

/*
 * EAL knows answers by their sender only: one that came too late for its request is taken for the
 * answer to this one, which is sent again then. The primary acts on it once.
 */
static int
hisi_zip_exchange(struct rte_mp_msg *request, struct hisi_zip_mp_msg *msg, int *fd)
{
	const struct timespec wait = {.tv_sec = HISI_ZIP_ASK_TRY_S};
	unsigned int silent = 0, late = 0;

	while (silent < HISI_ZIP_ASK_TRIES && late < HISI_ZIP_ASK_LATE) {
		struct rte_mp_reply reply = {0};
		int ret = rte_mp_request_sync(request, &reply, &wait);
		bool taken = ret == 0 && reply.nb_received == 1 &&
			     hisi_zip_take_answer(&reply.msgs[0], msg, fd);
		bool answered = reply.nb_received == 1;

		free(reply.msgs);
		if (taken)
			return msg->result;
		if (ret == 0 && !answered)
			return -ENODEV;
		if (ret != 0 && rte_errno != ETIMEDOUT)
			return rte_errno == ENOMEM ? -ENOMEM : -ENODEV;
		if (answered)
			late++;
		else if (silent++ == 0)
			HISI_ZIP_LOG(WARNING, "no answer of the primary process for %u s",
				     msg->device, HISI_ZIP_ASK_TRY_S);
	}
	return -ETIMEDOUT;
}

static int
hisi_zip_ask_once(struct hisi_zip_mp_msg *msg, int *fd)
{
	struct rte_mp_msg request = {.len_param = sizeof(*msg)};
	int ret;

	strlcpy(request.name, HISI_ZIP_MP_NAME, sizeof(request.name));
	pthread_mutex_lock(&hisi_zip_request_lock);
	msg->sequence = ++hisi_zip_sequence;
	memcpy(request.param, msg, sizeof(*msg));
	ret = hisi_zip_exchange(&request, msg, fd);
	pthread_mutex_unlock(&hisi_zip_request_lock);
	return ret;
}

/* A file for which there is no descriptor ends EAL's thread for messages: nothing comes then. */
static int
hisi_zip_ask_room(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int
hisi_zip_ask(const char *device, const struct hisi_zip_proc *self, enum hisi_zip_mp_type type,
	     struct hisi_zip_mp_msg *msg, int *fd)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() * HISI_ZIP_ASK_DRAIN_S;
	struct hisi_zip_mp_msg request;
	int ret = type == HISI_ZIP_MP_ATTACH ? hisi_zip_ask_room() : 0;

	*fd = -1;
	if (ret != 0)
		return ret;
	msg->type = type;
	msg->layout = hisi_zip_mp_layout();
	msg->from = *self;
	strlcpy(msg->device, device, sizeof(msg->device));
	request = *msg;
	while ((ret = hisi_zip_ask_once(msg, fd)) == -EINPROGRESS) {
		if (rte_get_timer_cycles() > end)
			return -ETIMEDOUT;
		rte_delay_us_sleep(HISI_ZIP_ASK_DRAIN_US);
		*msg = request;
	}
	return ret;
}
