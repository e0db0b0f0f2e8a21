/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * What goes wrong, on the fake transport: mailbox (hardware.md 3.3), events (4.5), a function
 * that is gone (7.8).
 */

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hisi_qm_ring.h"
#include "test_hisi_qm_fake.h"

static struct fake *
started(void **state, struct hisi_qm_qp **qp)
{
	struct fake *fake = *state;

	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 5, HISI_QM_SQ_COMPRESS, 100, -1, qp), 0);
	fake->nb_trace = 0;
	return fake;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* Waits up to 5 s for the other thread. */
static void
await(const volatile uint8_t *flag)
{
	for (int i = 0; i < 5000 && __atomic_load_n(flag, __ATOMIC_ACQUIRE) != 1; i++)
		usleep(1000);
	assert_int_equal(__atomic_load_n(flag, __ATOMIC_ACQUIRE), 1);
}

/* 3.3: 1 s for a command; a mailbox that hangs is a dead function, which is reset. */
static void
test_stuck_mailbox(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);
	double begin = now(), took;
	uint64_t value;

	fake->stuck_command = 6;
	assert_int_equal(hisi_qm_mb(&fake->dev, HISI_QM_MB_SQC_VFT, 1, 0, 0, &value), -ETIMEDOUT);
	took = now() - begin;
	assert_true(took >= 0.9 && took < 30);
	assert_string_equal(fake->trace[fake->nb_trace - 1], "reset");
	assert_int_equal(fake->dev.dead, 1);
	assert_int_equal(qp->dead, 1);
	assert_int_equal(fake->losses, 1);
	fake->stuck_command = -1;
	hisi_qm_dev_stop(&fake->dev);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_int_equal(qp->dead, 0);
	assert_true(qp->started);
}

/* 3.3, 4: a mailbox that is busy before is not written to, and given up after a moment. */
static void
test_busy_mailbox(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);

	fake->regs[0x300 / 4] = 0x2000;
	assert_int_equal(hisi_qm_mb(&fake->dev, HISI_QM_MB_FLUSH_QM, 0, 0, 0, NULL), -ETIMEDOUT);
	assert_int_equal(fake_find(fake, "mb 00002009"), -1);
	assert_int_equal(fake->dev.dead, 1);
}

/* 7.8: an all-ones mailbox is a function that is gone, and found so at once. */
static void
test_all_ones(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);

	memset(&fake->regs[0x300 / 4], 0xff, 16);
	assert_int_equal(hisi_qm_mb(&fake->dev, HISI_QM_MB_FLUSH_QM, 0, 0, 0, NULL), -ENODEV);
	assert_int_equal(fake->dev.dead, 1);
}

/* 3.1: any status that is not 0 is a failure of the command, not of the function. */
static void
test_mailbox_status(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);
	uint64_t value = 0;

	fake->failed_command = 6;
	assert_int_equal(hisi_qm_mb(&fake->dev, HISI_QM_MB_SQC_VFT, 1, 0, 0, &value), -EIO);
	assert_int_equal(value, 0);
	assert_int_equal(fake->dev.dead, 0);
	fake->failed_command = -1;
	assert_int_equal(hisi_qm_mb(&fake->dev, HISI_QM_MB_SQC_VFT, 1, 0, 0, &value), 0);
	assert_int_equal(value, fake->vft);
}

static void
post_aeqe(struct fake *fake, unsigned int index, uint32_t word)
{
	__atomic_store_n((uint32_t *)(uintptr_t)&fake->dev.aeq.entries[index], word,
			 __ATOMIC_RELEASE);
}

/* A.4: "CQE error, queue 5", by interrupt: the queue is stopped and dead, the function is not. */
static void
test_queue_event(void **state)
{
	struct hisi_qm_qp *qp, *other;
	struct fake *fake = started(state, &qp);
	uint64_t one = 1;

	assert_int_equal(hisi_qm_qp_create(&fake->dev, 6, HISI_QM_SQ_COMPRESS, 100, -1, &other), 0);
	post_aeqe(fake, 0, 0x00050005);
	assert_int_equal(write(fake->aeq_fd, &one, sizeof(one)), sizeof(one));
	await(&qp->dead);
	/* Behind what the interrupt thread still does. */
	hisi_qm_dev_poll_events(&fake->dev);
	assert_true(fake_find(fake, "mb 00052008") >= 0);
	assert_true(fake_find(fake, "db 2 02000 0000000100003000") >= 0);
	assert_int_equal(fake->losses, 1);
	assert_int_equal(other->dead, 0);
	assert_int_equal(fake->dev.dead, 0);
	assert_int_equal(hisi_qm_qp_start(qp), 0);
	assert_int_equal(qp->dead, 0);
}

/* Without an interrupt the slow poll finds "CQ overflow, queue 5". */
static void
test_slow_poll(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;

	fake->irq_error = -ENOTSUP;
	started(state, &qp);
	assert_null(fake->dev.intr);
	post_aeqe(fake, 0, 0x00010005);
	await(&qp->dead);
	/* Behind what the interrupt thread still does. */
	hisi_qm_dev_poll_events(&fake->dev);
	assert_int_equal(fake->losses, 1);
}

/* 7.5: "the PF is about to be reset" comes by the vector of messages, and is answered by 4. */
static void
test_message(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);
	uint64_t one = 1;
	uint32_t rung = 0;

	assert_int_equal(fake->regs[0x24 / 4], 0);
	fake_send(fake, 1);
	assert_int_equal(write(fake->aeq_fd, &one, sizeof(one)), sizeof(one));
	await(&qp->dead);
	/* Reads of registers are ordered with the writes of the interrupt thread. */
	for (int i = 0; i < 5000 && rung == 0; i++) {
		assert_int_equal(hisi_qm_read32(&fake->dev, 0x2c, &rung), 0);
		usleep(1000);
	}
	assert_int_equal(rung, 1);
	assert_true(fake_find(fake, "mb 0000600d") < fake_find(fake, "w32 0020 00000001"));
	assert_true(fake_find(fake, "w32 0020 00000001") < fake_find(fake, "reset"));
	assert_true(fake_find(fake, "reset") < fake_find(fake, "mb 0000200c"));
	assert_true(fake_find(fake, "mb 0000200c") < fake_find(fake, "w32 002c 00000001"));
	assert_int_equal(fake->bases[12], 4);
}

/* Without that vector the slow poll finds it; a function without messages has no use for it. */
static void
test_message_by_poll(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;

	fake->nb_vectors = 2;
	started(state, &qp);
	assert_non_null(fake->dev.intr);
	assert_int_equal(fake->regs[0x24 / 4], 1);
	fake_send(fake, 10);
	await(&qp->dead);
	hisi_qm_dev_stop(&fake->dev);
	fake->caps[0] = 0x00006701;
	fake->nb_trace = 0;
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_true(fake_find(fake, "irq 1 on") >= 0);
	assert_int_equal(fake_find(fake, "irq 2 on"), -1);
}

/* "EQ overflow" is the whole function's end; its doorbell waits for the next life. */
static void
test_function_event(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);

	post_aeqe(fake, 0, 0x00030000);
	hisi_qm_dev_poll_events(&fake->dev);
	assert_int_equal(fake->dev.dead, 1);
	assert_int_equal(qp->dead, 1);
	assert_string_equal(fake->trace[fake->nb_trace - 1], "reset");
}

/* Hostile events: no such queue, no such type; the rest is taken. */
static void
test_odd_events(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);

	post_aeqe(fake, 0, 0x00010000 | 4);
	post_aeqe(fake, 1, 0x00010000 | 8);
	post_aeqe(fake, 2, 0x0005ffff);
	post_aeqe(fake, 3, 0x001f0005);
	hisi_qm_dev_poll_events(&fake->dev);
	assert_int_equal(fake->dev.dead, 0);
	assert_int_equal(qp->dead, 0);
	assert_true(fake_find(fake, "db 2 02000 0000000400003000") >= 0);
}

/* EQEs are given back, lap by lap: the EQ never overflows. Depth 2048, phase in bit 16. */
static void
test_event_queue(void **state)
{
	struct hisi_qm_qp *qp;
	struct fake *fake = started(state, &qp);
	char line[FAKE_LINE];

	/* The slow poll would take what is to be found here. */
	pthread_mutex_lock(&fake->dev.lock);
	for (unsigned int n = 0; n < 5000; n++) {
		uint32_t phase = n / 2048 % 2 == 0 ? 0x00010000 : 0;

		fake->dev.eq.entries[n % 2048] = phase | n % 8;
		if (n % 7 != 0)
			continue;
		fake->nb_trace = 0;
		hisi_qm_dev_poll_events(&fake->dev);
		snprintf(line, sizeof(line), "db 2 02000 %08x00002000", (n + 1) % 2048);
		assert_true(fake_find(fake, line) >= 0);
	}
	fake->nb_trace = 0;
	hisi_qm_dev_poll_events(&fake->dev);
	fake->dev.eq.entries[5000 % 2048] = 0x00010000;
	fake->nb_trace = 0;
	/* A start of a queue makes room itself. */
	hisi_qm_qp_release(qp);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 5, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	assert_true(fake_find(fake, "db 2 02000 0000038900002000") >= 0);
	pthread_mutex_unlock(&fake->dev.lock);
}

/* A function that is gone: each path ends, soon, and the queues are dead. */
static void
test_gone(void **state)
{
	struct hisi_qm_qp *qp, *other;
	struct fake *fake = started(state, &qp);
	uint32_t value;

	__atomic_store_n(&fake->gone, true, __ATOMIC_RELAXED);
	/* a doorbell that is a write is the first to notice */
	hisi_qm_sq_advance(qp);
	hisi_qm_sq_ring(qp, 1);
	assert_int_equal(qp->dead, 1);
	assert_int_equal(fake->losses, 1);
	assert_int_equal(hisi_qm_read32(&fake->dev, 0x3100, &value), -ENODEV);
	assert_int_equal(hisi_qm_write32(&fake->dev, 0x0060, 0), -ENODEV);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 6, HISI_QM_SQ_COMPRESS, 1, -1, &other),
			 -ENODEV);
	hisi_qm_dev_stop(&fake->dev);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), -ENODEV);
	__atomic_store_n(&fake->gone, false, __ATOMIC_RELAXED);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	assert_int_equal(qp->dead, 0);
	assert_int_equal(fake->losses, 1);
}

/* A consumer that finds the CQ empty once it saw "dead" has had all that was completed. */
static void *
lose(void *arg)
{
	struct hisi_qm_qp *qp = arg;

	for (unsigned int i = 0; i < 100; i++) {
		volatile uint64_t *cqe = (volatile uint64_t *)&qp->cq[i];

		/* As a device does: index and phase in one store (hardware.md 4.5). */
		__atomic_store_n(&cqe[1], 1ull << 48 | i, __ATOMIC_RELEASE);
	}
	hisi_qm_dev_lost(qp->dev, "test");
	return NULL;
}

static void
test_nothing_is_missed(void **state)
{
	struct hisi_qm_qp *qp;
	unsigned int seen = 0;
	pthread_t thread;
	uint16_t head;

	started(state, &qp);
	assert_int_equal(pthread_create(&thread, NULL, lose, qp), 0);
	for (;;) {
		bool dead = __atomic_load_n(&qp->dead, __ATOMIC_ACQUIRE);

		while (hisi_qm_cq_peek(qp, &head)) {
			hisi_qm_cq_consume(qp);
			seen++;
		}
		if (dead)
			break;
	}
	pthread_join(thread, NULL);
	assert_int_equal(seen, 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stuck_mailbox),  TEST(test_busy_mailbox), TEST(test_all_ones),
		TEST(test_mailbox_status), TEST(test_queue_event),  TEST(test_slow_poll),
		TEST(test_function_event), TEST(test_odd_events),   TEST(test_event_queue),
		TEST(test_gone),           TEST(test_nothing_is_missed),
		TEST(test_message),        TEST(test_message_by_poll),
	};

	return cmocka_run_group_tests(tests, fake_eal_start, fake_eal_end);
}
