/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * What a queue was given is its owner's again, "dead" being 1, only when the device is done with
 * it: drained or reset (hardware.md 4.8, 7.1, 15.1). The fake transport has no STOP_QP, as V2, but
 * where a test says so.
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <rte_memzone.h>

#include "hisi_qm_priv.h"
#include "test_hisi_qm_fake.h"

#define ALIVE 0
#define DEAD 1
#define DYING 2

/* Command 8, busy. */
#define STOP_QP "mb 00002008"

/* A V2 VF, as far as stops go: neither bit 9 nor bit 10 of 0x3100. */
static struct fake *
started(void **state, struct hisi_qm_qp **qp, unsigned int nb)
{
	struct fake *fake = *state;

	fake->caps[0] = 0x00006801;
	fake->map_doorbells = true;
	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	for (unsigned int i = 0; i < nb; i++)
		assert_int_equal(hisi_qm_qp_create(&fake->dev, i, HISI_QM_SQ_COMPRESS, 100, -1,
						   &qp[i]), 0);
	fake->nb_trace = 0;
	return fake;
}

static uint8_t
end_of(const struct hisi_qm_qp *qp)
{
	return __atomic_load_n(&qp->dead, __ATOMIC_ACQUIRE);
}

static unsigned int
count(const struct fake *fake, const char *line)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < fake->nb_trace; i++)
		n += strcmp(fake->trace[i], line) == 0;
	return n;
}

/* "CQE error, queue 0" */
static void
post_error(struct fake *fake)
{
	__atomic_store_n((uint32_t *)(uintptr_t)&fake->dev.aeq.entries[0], 0x00050000,
			 __ATOMIC_RELEASE);
	hisi_qm_dev_poll_events(&fake->dev);
}

/* A broken queue is dying as long as dumps tell of work, and takes nothing. */
static void
test_broken_queue(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	pthread_mutex_lock(&fake->dev.lock);
	fake->undrained = 10;
	post_error(fake);
	for (unsigned int left = 10; left > 1; left--) {
		assert_int_equal(end_of(qp), DYING);
		assert_int_equal(fake->undrained, left);
		hisi_qm_dev_look_at_queues(&fake->dev);
	}
	/* The same tail, in another lap. */
	assert_int_equal(end_of(qp), DYING);
	hisi_qm_dev_look_at_queues(&fake->dev);
	assert_int_equal(end_of(qp), DYING);
	hisi_qm_dev_look_at_queues(&fake->dev);
	assert_int_equal(end_of(qp), DEAD);
	assert_int_equal(fake->dev.dead, 0);
	assert_int_equal(fake->losses, 1);
	pthread_mutex_unlock(&fake->dev.lock);
	assert_int_equal(hisi_qm_qp_start(qp), 0);
	assert_int_equal(end_of(qp), ALIVE);
}

/* So is one whose consumer cannot make sense of its completions; the slow poll finds it. */
static void
test_nonsense(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	__atomic_store_n(&qp->dead, DYING, __ATOMIC_RELEASE);
	for (int i = 0; i < 5000 && end_of(qp) != DEAD; i++)
		usleep(1000);
	assert_int_equal(end_of(qp), DEAD);
	assert_false(qp->started);
	assert_int_equal(fake->dev.dead, 0);
	assert_int_equal(hisi_qm_qp_start(qp), 0);
}

/* One that never drains: after 50 looks the function is reset, and only then it is dead. */
static void
test_never_drains(void **state)
{
	struct hisi_qm_qp *qp[2];
	struct fake *fake = started(state, qp, 2);
	unsigned int looks = 0;

	fake->watched = &qp[0]->dead;
	pthread_mutex_lock(&fake->dev.lock);
	fake->undrained = UINT32_MAX;
	post_error(fake);
	while (end_of(qp[0]) != DEAD) {
		assert_int_equal(end_of(qp[0]), DYING);
		assert_int_equal(end_of(qp[1]), ALIVE);
		assert_true(looks++ < 100);
		hisi_qm_dev_look_at_queues(&fake->dev);
	}
	pthread_mutex_unlock(&fake->dev.lock);
	/* The first saw the tail. */
	assert_int_equal(looks, 51);
	assert_int_equal(fake->seen, DYING);
	assert_int_equal(end_of(qp[1]), DEAD);
	assert_int_equal(fake->dev.dead, 1);
}

/* The same by a stop of the queue, and by its release. */
static void
test_stop_times_out(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	fake->undrained = 1500;
	assert_int_equal(hisi_qm_qp_stop(qp), -ETIMEDOUT);
	assert_int_equal(end_of(qp), DYING);
	assert_int_equal(hisi_qm_qp_stop(qp), 0);
	hisi_qm_qp_stop_quiet(qp);
	assert_int_equal(end_of(qp), DEAD);
	assert_int_equal(fake->undrained, 0);
	assert_int_equal(fake->dev.dead, 0);
}

/* With bit 9 of 0x3100 as on V3: STOP_QP keeps the mailbox, so it comes when there is no work. */
static void
test_stop_qp_comes_last(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	pthread_mutex_lock(&fake->dev.lock);
	fake->dev.caps |= 0x200;
	fake->moving = true;
	fake->undrained = 250;
	for (unsigned int left = 150; left != 0; left -= left > 100 ? 100 : left) {
		assert_int_equal(hisi_qm_qp_stop_step(qp), -EINPROGRESS);
		assert_int_equal(fake->undrained, left);
		assert_int_equal(end_of(qp), DYING);
		/* The slow poll has the same patience. */
		hisi_qm_dev_look_at_queues(&fake->dev);
		fake->undrained++;
		assert_int_equal(fake->undrained, left);
		assert_int_equal(count(fake, STOP_QP), 0);
		fake->nb_trace = 0;
	}
	assert_int_equal(hisi_qm_qp_stop_step(qp), 0);
	assert_int_equal(fake->undrained, 0);
	assert_int_equal(count(fake, STOP_QP), 1);
	assert_int_equal(end_of(qp), DEAD);
	assert_int_equal(hisi_qm_qp_stop_step(qp), 0);
	assert_int_equal(count(fake, STOP_QP), 1);
	pthread_mutex_unlock(&fake->dev.lock);
	assert_int_equal(fake->dev.dead, 0);
}

/* Dumps that never agree, as a completion was lost: STOP_QP knows better. */
static void
test_stop_qp_knows_better(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	pthread_mutex_lock(&fake->dev.lock);
	fake->dev.caps |= 0x200;
	fake->undrained = UINT32_MAX;
	while (hisi_qm_qp_stop_step(qp) == -EINPROGRESS)
		fake->nb_trace = 0;
	assert_int_equal(count(fake, STOP_QP), 1);
	assert_int_equal(end_of(qp), DEAD);
	pthread_mutex_unlock(&fake->dev.lock);
	assert_int_equal(fake->dev.dead, 0);
	fake->undrained = 0;
}

/* The function's stop: dead behind the reset. One queue that hangs is waited for, not each. */
static void
stop_function(void **state, void (*end)(struct hisi_qm_dev *dev))
{
	struct hisi_qm_qp *qp[8];
	struct fake *fake = started(state, qp, 8);

	fake->undrained = UINT32_MAX;
	fake->watched = &qp[0]->dead;
	end(&fake->dev);
	assert_int_equal(fake->seen, DYING);
	assert_int_equal(UINT32_MAX - fake->undrained, 1000 + 7);
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(end_of(qp[i]), DEAD);
}

static void
test_stop(void **state)
{
	struct fake *fake = *state;

	stop_function(state, hisi_qm_dev_stop);
	fake->undrained = 0;
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_int_equal(fake->dev.queues[7]->dead, ALIVE);
}

static void
test_abandon(void **state)
{
	struct fake *fake = *state;

	stop_function(state, hisi_qm_dev_abandon);
	assert_false(fake->is_open);
	assert_non_null(fake->dev.mz);
}

/* The reset fails: tried again as a loss. -EBUSY says that it may go on writing. */
static void
fail_reset(void **state, int error, bool stays)
{
	const struct rte_memzone *rings, *tables;
	char names[2][RTE_MEMZONE_NAMESIZE];
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	snprintf(names[0], sizeof(names[0]), "%s", qp->mz->name);
	snprintf(names[1], sizeof(names[1]), "%s", fake->dev.mz->name);
	fake->reset_error = error;
	hisi_qm_dev_stop(&fake->dev);
	assert_int_equal(count(fake, "reset"), 2);
	assert_int_equal(fake->dev.dead, 1);
	assert_int_equal(fake->losses, 1);
	assert_int_equal(fake->dev.noisy, stays);
	assert_int_equal(end_of(qp), DEAD);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), error);
	hisi_qm_qp_release(qp);
	hisi_qm_dev_close(&fake->dev);
	rings = rte_memzone_lookup(names[0]);
	tables = rte_memzone_lookup(names[1]);
	assert_int_equal(rings != NULL, stays);
	assert_int_equal(tables != NULL, stays);
	rte_memzone_free(rings);
	rte_memzone_free(tables);
}

static void
test_no_reset(void **state)
{
	fail_reset(state, -EIO, false);
}

static void
test_noisy(void **state)
{
	fail_reset(state, -EBUSY, true);
}

/* Once it lets itself be reset all is as it was, with rings in other memory. */
static void
test_noisy_for_a_while(void **state)
{
	const struct rte_memzone *old;
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp, 1);

	old = qp->mz;
	fake->reset_error = -EBUSY;
	hisi_qm_dev_lost(&fake->dev, "test");
	assert_true(fake->dev.noisy);
	hisi_qm_qp_release(qp);
	hisi_qm_dev_stop(&fake->dev);
	fake->reset_error = 0;
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_false(fake->dev.noisy);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	assert_ptr_not_equal(qp->mz, old);
	assert_ptr_not_equal(qp->mz->addr, old->addr);
	rte_memzone_free(old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_broken_queue),   TEST(test_nonsense), TEST(test_never_drains),
		TEST(test_stop_times_out), TEST(test_stop),     TEST(test_abandon),
		TEST(test_stop_qp_comes_last), TEST(test_stop_qp_knows_better),
		TEST(test_no_reset),       TEST(test_noisy),    TEST(test_noisy_for_a_while),
	};

	return cmocka_run_group_tests(tests, fake_eal_start, fake_eal_end);
}
