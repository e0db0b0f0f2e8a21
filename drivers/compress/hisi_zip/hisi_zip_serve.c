/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "hisi_qm_compat.h"
#include "hisi_zip_serve.h"

/* Requests that wait; each process has one at a time on a device. */
#define HISI_ZIP_SERVE_MAX 1024

struct hisi_zip_request {
	STAILQ_ENTRY(hisi_zip_request) next;
	struct hisi_zip_mp_msg msg;
	char peer[HISI_ZIP_MP_PEER_LEN];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	STAILQ_HEAD(, hisi_zip_request) requests;
	unsigned int nb_requests;
	unsigned int users; /**< devices */
	bool registered;
	pthread_mutex_t turn; /**< over opening and closing: no thread ends while one begins */
	bool running;       /**< there is a thread */
	pthread_t thread;
} serve = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.turn = PTHREAD_MUTEX_INITIALIZER,
	.requests = STAILQ_HEAD_INITIALIZER(serve.requests),
};

/* Before any device: times of day jump, and nobody would look around for as long. */
RTE_INIT(hisi_zip_serve_init)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&serve.wake, &attr);
	pthread_condattr_destroy(&attr);
}

static void
hisi_zip_serve_reply(const struct hisi_zip_request *request, int fd)
{
	struct rte_mp_msg reply = {.len_param = sizeof(request->msg)};

	strlcpy(reply.name, HISI_ZIP_MP_NAME, sizeof(reply.name));
	memcpy(reply.param, &request->msg, sizeof(request->msg));
	if (fd >= 0) {
		reply.num_fds = 1;
		reply.fds[0] = fd;
	}
	/* Who has died meanwhile is noticed elsewhere. */
	rte_mp_reply(&reply, request->peer);
}

/* The next request; NULL when it is time to look around, or to end. "lock" is held. */
static struct hisi_zip_request *
hisi_zip_serve_wait(void)
{
	struct hisi_zip_request *request;
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += HISI_ZIP_MP_WATCH_US * 1000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	if (STAILQ_EMPTY(&serve.requests) && serve.users != 0)
		pthread_cond_timedwait(&serve.wake, &serve.lock, &end);
	request = STAILQ_FIRST(&serve.requests);
	if (request != NULL) {
		STAILQ_REMOVE_HEAD(&serve.requests, next);
		serve.nb_requests--;
	}
	return request;
}

static void
hisi_zip_serve_fulfil(struct hisi_zip_request *request)
{
	int fd = -1;

	hisi_zip_primary_answer(&request->msg, request->peer, &fd);
	hisi_zip_serve_reply(request, fd);
	if (fd >= 0)
		close(fd);
	free(request);
}

static void *
hisi_zip_serve_main(void *arg)
{
	const uint64_t turn = rte_get_timer_hz() * HISI_ZIP_MP_WATCH_US / US_PER_S;
	uint64_t looked = 0;

	RTE_SET_USED(arg);
	pthread_mutex_lock(&serve.lock);
	while (serve.users != 0) {
		struct hisi_zip_request *request = hisi_zip_serve_wait();

		pthread_mutex_unlock(&serve.lock);
		if (request != NULL)
			hisi_zip_serve_fulfil(request);
		/* Also between requests: who waits for a queue to drain asks all the time. */
		if (request == NULL || rte_get_timer_cycles() - looked > turn) {
			hisi_zip_primary_reap();
			looked = rte_get_timer_cycles();
		}
		pthread_mutex_lock(&serve.lock);
	}
	pthread_mutex_unlock(&serve.lock);
	return NULL;
}

/* "lock" is held. */
static int
hisi_zip_serve_add(struct hisi_zip_request *request)
{
	int ret;

	if (serve.users == 0)
		return -ENODEV;
	if (serve.nb_requests == HISI_ZIP_SERVE_MAX)
		return -EBUSY;
	if (!serve.running) {
		ret = hisi_qm_compat_thread_create(&serve.thread, "hisi-zip-mp",
						   hisi_zip_serve_main, NULL);
		if (ret != 0)
			return -abs(ret);
		serve.running = true;
	}
	STAILQ_INSERT_TAIL(&serve.requests, request, next);
	serve.nb_requests++;
	pthread_cond_signal(&serve.wake);
	return 0;
}

/* On EAL's thread for messages. */
static int
hisi_zip_serve_action(const struct rte_mp_msg *msg, const void *peer)
{
	struct hisi_zip_request *request;
	int ret;

	for (int i = 0; i < msg->num_fds; i++)
		close(msg->fds[i]);
	if (msg->len_param != sizeof(request->msg))
		return -EINVAL;
	request = calloc(1, sizeof(*request));
	if (request == NULL)
		return -ENOMEM;
	memcpy(&request->msg, msg->param, sizeof(request->msg));
	strlcpy(request->peer, peer, sizeof(request->peer));
	pthread_mutex_lock(&serve.lock);
	ret = hisi_zip_serve_add(request);
	pthread_mutex_unlock(&serve.lock);
	if (ret != 0) {
		request->msg.result = ret;
		hisi_zip_serve_reply(request, -1);
		free(request);
	}
	return 0;
}

/* Stays: for who asks when there is no device any more, to be told so. */
static int
hisi_zip_serve_register(void)
{
	if (serve.registered)
		return 0;
	if (rte_mp_action_register(HISI_ZIP_MP_NAME, hisi_zip_serve_action) != 0)
		/* A process that shares nothing (--no-shconf, --in-memory) has no requests. */
		return rte_errno == ENOTSUP ? 0 : -rte_errno;
	serve.registered = true;
	return 0;
}

int
hisi_zip_serve_open(void)
{
	int ret;

	pthread_mutex_lock(&serve.turn);
	ret = hisi_zip_serve_register();
	pthread_mutex_lock(&serve.lock);
	if (ret == 0)
		serve.users++;
	pthread_mutex_unlock(&serve.lock);
	pthread_mutex_unlock(&serve.turn);
	return ret;
}

/* The thread ends; what it left is answered. Nothing is added any more. */
static void
hisi_zip_serve_end(void)
{
	struct hisi_zip_request *request;

	pthread_join(serve.thread, NULL);
	while ((request = STAILQ_FIRST(&serve.requests)) != NULL) {
		STAILQ_REMOVE_HEAD(&serve.requests, next);
		hisi_zip_serve_fulfil(request);
	}
	pthread_mutex_lock(&serve.lock);
	serve.running = false;
	serve.nb_requests = 0;
	pthread_mutex_unlock(&serve.lock);
}

void
hisi_zip_serve_close(void)
{
	bool last;

	pthread_mutex_lock(&serve.turn);
	pthread_mutex_lock(&serve.lock);
	serve.users--;
	last = serve.users == 0 && serve.running;
	pthread_cond_signal(&serve.wake);
	pthread_mutex_unlock(&serve.lock);
	if (last)
		hisi_zip_serve_end();
	pthread_mutex_unlock(&serve.turn);
}
