/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * How queues stop (hardware.md 4.8, 7.1, 15.1). What a queue was given belongs to its owner again
 * when the device is done with it, which is what "dead" says: the queue drained, or the function
 * was reset. Until then a queue that is to stop is "dying": it takes and gives nothing.
 */

#include <errno.h>

#include <rte_cycles.h>

#include "hisi_qm_priv.h"

/* Between two dumps. */
#define HISI_QM_DRAIN_US 150
/* Dumps of a step. */
#define HISI_QM_STEP_TRIES 100
/* Answers of the mailbox that are no answer, until nobody waits for a better one. */
#define HISI_QM_STEP_REFUSALS 10
/* So long without progress before STOP_QP is to say what dumps do not. */
#define HISI_QM_DRAIN_PATIENCE_S 2
/* So long without progress, and in all, before memory is taken away. */
#define HISI_QM_DRAIN_IDLE_S 5
#define HISI_QM_DRAIN_MOST_S 60
/* Looks of the slow poll at a queue that does not get on: 5 s, as STOP_QP has. */
#define HISI_QM_DRAIN_LOOKS 50

/* Release: what the device completed is there for who sees this (hisi_qm.h). */
static void
hisi_qm_qp_set_dead(struct hisi_qm_qp *qp, enum hisi_qm_end end)
{
	__atomic_store_n(&qp->dead, end, __ATOMIC_RELEASE);
}

/* Waits until what the SQ took has all come to the CQ: tails and wrap flags agree (4.8). */
static int
hisi_qm_qp_drain_by_dumps(struct hisi_qm_qp *qp, unsigned int tries)
{
	struct hisi_hw_sqc sqc;
	struct hisi_hw_cqc cqc;
	int ret;

	for (unsigned int i = 0; i < tries; i++) {
		if (i != 0)
			rte_delay_us_sleep(HISI_QM_DRAIN_US);
		ret = hisi_qm_mb_dump(qp->dev, HISI_QM_MB_SQC, qp->queue, &sqc);
		if (ret == 0)
			ret = hisi_qm_mb_dump(qp->dev, HISI_QM_MB_CQC, qp->queue, &cqc);
		if (ret != 0)
			return ret;
		qp->drained = cqc.tail;
		if (sqc.tail == cqc.tail && ((sqc.w11 ^ cqc.w11) & HISI_QM_XQC_W11_WRAP) == 0)
			return 0;
	}
	return -ETIMEDOUT;
}

static int
hisi_qm_qp_drain(struct hisi_qm_qp *qp, unsigned int tries)
{
	if (hisi_qm_dev_is_dead(qp->dev))
		return -ENODEV;
	if (qp->dev->caps & HISI_QM_CAP_STOP_QP)
		return hisi_qm_mb(qp->dev, HISI_QM_MB_STOP_QP, 0, qp->queue, 0, NULL);
	return hisi_qm_qp_drain_by_dumps(qp, tries);
}

void
hisi_qm_qp_ended(struct hisi_qm_qp *qp)
{
	qp->undrained = false;
	hisi_qm_qp_set_dead(qp, HISI_QM_DEAD);
}

int
hisi_qm_qp_drain_rest(struct hisi_qm_qp *qp, unsigned int tries)
{
	int ret = qp->undrained ? hisi_qm_qp_drain(qp, tries) : 0;

	/* A function that is lost was reset. */
	if (qp->undrained && (ret == 0 || hisi_qm_dev_is_dead(qp->dev)))
		hisi_qm_qp_ended(qp);
	return ret;
}

/* It takes nothing more from here on; "lock" is held. */
static void
hisi_qm_qp_close(struct hisi_qm_qp *qp)
{
	qp->started = false;
	qp->undrained = true;
	qp->looks = 0;
	qp->stopped_at = rte_get_timer_cycles();
	qp->moved_at = qp->stopped_at;
	qp->refusals = 0;
	/* First, so that nothing is added while it drains. A lost function has dead queues only. */
	if (!hisi_qm_dev_is_dead(qp->dev))
		hisi_qm_qp_set_dead(qp, HISI_QM_DYING);
}

/* "lock" is held. */
static int
hisi_qm_qp_stop_locked(struct hisi_qm_qp *qp, unsigned int tries)
{
	if (!qp->started)
		return 0;
	hisi_qm_qp_close(qp);
	return hisi_qm_qp_drain_rest(qp, tries);
}

int
hisi_qm_qp_stop_within(struct hisi_qm_qp *qp, unsigned int tries)
{
	int ret;

	pthread_mutex_lock(&qp->dev->lock);
	ret = hisi_qm_qp_stop_locked(qp, tries);
	pthread_mutex_unlock(&qp->dev->lock);
	return ret;
}

int
hisi_qm_qp_stop(struct hisi_qm_qp *qp)
{
	return hisi_qm_qp_stop_within(qp, HISI_QM_DRAIN_TRIES);
}

/* Whether a queue does not get on for so long; "lock" is held. */
static bool
hisi_qm_qp_is_idle(struct hisi_qm_qp *qp, unsigned int seconds)
{
	uint64_t now = rte_get_timer_cycles();

	if (qp->moved != qp->drained)
		qp->moved_at = now;
	qp->moved = qp->drained;
	return now - qp->moved_at > rte_get_timer_hz() * seconds;
}

/* Whether the device will not be done with a queue, though it had time enough; "lock" is held. */
static bool
hisi_qm_qp_is_stuck(struct hisi_qm_qp *qp)
{
	return hisi_qm_qp_is_idle(qp, HISI_QM_DRAIN_IDLE_S) ||
	       rte_get_timer_cycles() - qp->stopped_at >
		       HISI_QM_DRAIN_MOST_S * rte_get_timer_hz();
}

/*
 * STOP_QP keeps the mailbox from others until the queue is done, and what takes it more than 5 s is
 * the end of the function: so it comes last, or when dumps will never agree as a completion was
 * lost.
 */
static int
hisi_qm_qp_drain_patiently(struct hisi_qm_qp *qp, unsigned int tries)
{
	if (qp->undrained && (qp->dev->caps & HISI_QM_CAP_STOP_QP) != 0 &&
	    !hisi_qm_dev_is_dead(qp->dev) &&
	    hisi_qm_qp_drain_by_dumps(qp, tries) == -ETIMEDOUT &&
	    !hisi_qm_dev_is_dead(qp->dev) && !hisi_qm_qp_is_idle(qp, HISI_QM_DRAIN_PATIENCE_S))
		return -ETIMEDOUT;
	return hisi_qm_qp_drain_rest(qp, tries);
}

int
hisi_qm_qp_stop_step(struct hisi_qm_qp *qp)
{
	bool more;
	int ret;

	pthread_mutex_lock(&qp->dev->lock);
	if (qp->started)
		hisi_qm_qp_close(qp);
	ret = hisi_qm_qp_drain_patiently(qp, HISI_QM_STEP_TRIES);
	/* A device that refuses to say is asked again, but not for long: that leads nowhere. */
	if (ret != 0 && ret != -ETIMEDOUT)
		qp->refusals++;
	if (qp->undrained && (hisi_qm_qp_is_stuck(qp) || qp->refusals > HISI_QM_STEP_REFUSALS))
		hisi_qm_dev_lost(qp->dev, "a queue does not drain");
	/* Nor can what is lost be waited for. */
	more = qp->undrained && !hisi_qm_dev_is_dead(qp->dev);
	pthread_mutex_unlock(&qp->dev->lock);
	return more ? -EINPROGRESS : 0;
}

void
hisi_qm_qp_stop_quiet(struct hisi_qm_qp *qp)
{
	while (hisi_qm_qp_stop_step(qp) == -EINPROGRESS)
		;
}

void
hisi_qm_qp_fail(struct hisi_qm_qp *qp, const char *why)
{
	if (!qp->started)
		return;
	/* Dumps are for the slow poll: a burst may be ringing, which nothing but STOP_QP ends. */
	hisi_qm_qp_stop_locked(qp, 0);
	HISI_QM_LOG(ERR, qp->dev, "queue %u is dead: %s", qp->queue, why);
	if (qp->dev->on_loss != NULL)
		qp->dev->on_loss(qp->dev, qp);
}

/* One look at a queue that ended without being told to, or that did not drain when it was. */
static void
hisi_qm_qp_look(struct hisi_qm_qp *qp)
{
	if (qp->started && __atomic_load_n(&qp->dead, __ATOMIC_ACQUIRE) == HISI_QM_DYING)
		hisi_qm_qp_fail(qp, "its completions make no sense");
	else if (!qp->undrained || hisi_qm_qp_drain_patiently(qp, 1) == 0)
		return;
	/* Since its own last look: others who wait look, too. */
	qp->looks = qp->drained != qp->looked ? 0 : qp->looks + 1;
	qp->looked = qp->drained;
	if (qp->undrained && qp->looks >= HISI_QM_DRAIN_LOOKS)
		hisi_qm_dev_lost(qp->dev, "a queue does not drain");
}

void
hisi_qm_dev_look_at_queues(struct hisi_qm_dev *dev)
{
	pthread_mutex_lock(&dev->lock);
	for (uint16_t i = 0; i < dev->nb_queues && !hisi_qm_dev_is_dead(dev); i++)
		if (dev->queues[i] != NULL)
			hisi_qm_qp_look(dev->queues[i]);
	pthread_mutex_unlock(&dev->lock);
}
