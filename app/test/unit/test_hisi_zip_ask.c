/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Requests of a secondary, whose answers come late or not at all: there is no primary here. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "hisi_zip_ask.h"

static const struct hisi_zip_proc self = {.start = 77, .pid = 4711};

static struct {
	unsigned int late;   /**< answers to other requests that come before the right one */
	unsigned int silent; /**< then so many times there is none */
	unsigned int sent;
} primary;

int __wrap_rte_mp_request_sync(struct rte_mp_msg *request, struct rte_mp_reply *reply,
			       const struct timespec *wait);

int
__wrap_rte_mp_request_sync(struct rte_mp_msg *request, struct rte_mp_reply *reply,
			   const struct timespec *wait)
{
	struct hisi_zip_mp_msg msg;

	assert_int_equal(wait->tv_sec, 5);
	assert_string_equal(request->name, "hisi_zip_mp");
	assert_int_equal(request->len_param, sizeof(msg));
	*reply = (struct rte_mp_reply){.nb_sent = 1};
	primary.sent++;
	if (primary.late == 0 && primary.silent != 0) {
		primary.silent--;
		rte_errno = ETIMEDOUT;
		return -1;
	}
	memcpy(&msg, request->param, sizeof(msg));
	assert_int_equal(msg.from.pid, 4711);
	msg.result = -EBUSY;
	if (primary.late != 0) {
		primary.late--;
		msg.sequence--;
		msg.result = 0;
	}
	reply->msgs = calloc(1, sizeof(*reply->msgs));
	assert_non_null(reply->msgs);
	reply->nb_received = 1;
	*reply->msgs = *request;
	memcpy(reply->msgs->param, &msg, sizeof(msg));
	return 0;
}

static int
ask(unsigned int late, unsigned int silent)
{
	struct hisi_zip_mp_msg msg = {0};
	int fd, ret;

	primary.late = late;
	primary.silent = silent;
	primary.sent = 0;
	ret = hisi_zip_ask("device", &self, HISI_ZIP_MP_STOP, &msg, &fd);
	assert_int_equal(fd, -1);
	return ret;
}

static void
test_answer(void **state)
{
	(void)state;
	assert_int_equal(ask(0, 0), -EBUSY);
	assert_int_equal(primary.sent, 1);
}

/* A request that was lost is sent again, six times in all. */
static void
test_silence(void **state)
{
	(void)state;
	assert_int_equal(ask(0, 5), -EBUSY);
	assert_int_equal(primary.sent, 6);
	assert_int_equal(ask(0, 6), -ETIMEDOUT);
	assert_int_equal(primary.sent, 6);
}

/* A primary that stood still answers all that it was asked meanwhile, which may be much. */
static void
test_late_answers(void **state)
{
	(void)state;
	assert_int_equal(ask(1, 0), -EBUSY);
	assert_int_equal(ask(6, 0), -EBUSY);
	assert_int_equal(ask(1024, 0), -EBUSY);
	assert_int_equal(primary.sent, 1025);
	assert_int_equal(ask(100, 5), -EBUSY);
	assert_int_equal(ask(100, 6), -ETIMEDOUT);
}

/* Who answers for ever, but never this, is no primary. */
static void
test_never_this(void **state)
{
	(void)state;
	assert_int_equal(ask(UINT32_MAX, 0), -ETIMEDOUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_late_answers),
		cmocka_unit_test(test_never_this),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
