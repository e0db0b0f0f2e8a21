/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The QM layer on the embedded model: work, restarts, doorbells, faults. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hisi_qm_cpus.h"
#include "hisi_qm_transport.h"
#include "test_hisi_qm_traffic.h"

struct emu {
	struct hisi_qm_dev dev;
	struct hisi_qm_emu_args args;
	unsigned int losses;
};

static void
on_loss(struct hisi_qm_dev *dev, struct hisi_qm_qp *qp)
{
	struct emu *emu = dev->owner;

	(void)qp;
	emu->losses++;
}

static int
setup(void **state)
{
	struct emu *emu = calloc(1, sizeof(*emu));

	if (emu == NULL)
		return -1;
	emu->args = (struct hisi_qm_emu_args){
		.hw = 0x30,
		.queues = 8,
		.engine = HISI_QM_EMU_ISAL,
		.level = 1,
		.workers = 1,
		.shadow = true,
	};
	snprintf(emu->dev.name, sizeof(emu->dev.name), "embedded");
	emu->dev.ops = &hisi_qm_transport_emu;
	emu->dev.args = &emu->args;
	emu->dev.numa_node = -1;
	emu->dev.owner = emu;
	emu->dev.on_loss = on_loss;
	*state = emu;
	traffic_log();
	return 0;
}

static int
teardown(void **state)
{
	struct emu *emu = *state;

	hisi_qm_dev_close(&emu->dev);
	free(emu);
	return 0;
}

/* The counter behind @p key in the line that is logged at the end. */
static uint64_t
counter(const char *log, const char *key)
{
	const char *line = strstr(log, "embedded: embedded model: ");
	const char *at = line == NULL ? NULL : strstr(line, key);

	if (at == NULL) {
		fail_msg("no counter '%s' in: %s", key, log);
		return 0;
	}
	return strtoull(at + strlen(key), NULL, 10);
}

/* 3 lives of 4 runs; all went through the model, by the doorbells asked for. */
static void
test_life(void **state)
{
	struct emu *emu = *state;
	const char *log;

	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(emu->dev.nb_queues, 8);
	traffic_life(&emu->dev, 200);
	hisi_qm_dev_close(&emu->dev);
	log = traffic_log();
	assert_int_equal(counter(log, "sqes "), 3 * 4 * 200);
	assert_int_equal(counter(log, "errors "), 0);
	assert_int_equal(counter(log, "sq chip doorbells "), 0);
	assert_true(counter(log, "sq shadow doorbells ") > 0);
	assert_int_equal(emu->losses, 0);
}

static void
test_life_chip_doorbells(void **state)
{
	struct emu *emu = *state;
	const char *log;

	emu->args.shadow = false;
	emu->args.workers = 3;
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	traffic_life(&emu->dev, 200);
	hisi_qm_dev_close(&emu->dev);
	log = traffic_log();
	assert_int_equal(counter(log, "sqes "), 3 * 4 * 200);
	assert_int_equal(counter(log, "sq shadow doorbells "), 0);
	assert_true(counter(log, "sq chip doorbells ") > 0);
}

/* Laps at the limits that matter for the pace of the CQ doorbell; an overflow would be a loss. */
static void
flood(struct emu *emu)
{
	static const uint16_t limits[] = {1, 767, 768, 1023};
	struct traffic traffic;

	emu->args.engine = HISI_QM_EMU_NULL;
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_init(&traffic);
	for (unsigned int i = 0; i < RTE_DIM(limits); i++) {
		struct hisi_qm_qp *qp;

		assert_int_equal(hisi_qm_qp_create(&emu->dev, 2 * i, HISI_QM_SQ_COMPRESS,
						   limits[i], -1, &qp), 0);
		traffic_flood(&traffic, qp, limits[i] == 1 ? 1500 : 5000);
		hisi_qm_dev_poll_events(&emu->dev);
		assert_int_equal(qp->dead, 0);
		hisi_qm_qp_release(qp);
	}
	traffic_free(&traffic);
	hisi_qm_dev_close(&emu->dev);
	assert_int_equal(counter(traffic_log(), "sqes "), 16500);
	assert_int_equal(emu->losses, 0);
}

static void
test_flood(void **state)
{
	flood(*state);
}

static void
test_flood_chip_doorbells(void **state)
{
	struct emu *emu = *state;

	emu->args.shadow = false;
	flood(emu);
}

static void
test_all_queues(void **state)
{
	struct emu *emu = *state;

	emu->args.queues = 1024;
	emu->args.engine = HISI_QM_EMU_NULL;
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	traffic_all_queues(&emu->dev);
	assert_int_equal(emu->losses, 0);
}

/* The stop waits for what is under way, and leaves it to be dequeued. */
static void
test_stop_in_flight(void **state)
{
	struct emu *emu = *state;
	struct traffic traffic;
	struct hisi_qm_qp *qp;
	uint32_t sqe[32];

	emu->args.engine = HISI_QM_EMU_NULL;
	emu->args.pace_ns = 5000000;
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_init(&traffic);
	assert_int_equal(hisi_qm_qp_create(&emu->dev, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	for (int i = 0; i < 50; i++)
		traffic_put(&traffic, qp, 100);
	hisi_qm_sq_ring(qp, 50);
	hisi_qm_dev_stop(&emu->dev);
	assert_int_equal(qp->dead, 1);
	for (int i = 0; i < 50; i++)
		traffic_take(&traffic, qp, sqe);
	traffic_free(&traffic);
}

/* A mailbox that hangs at the first command, or at any later one: bounded, and no way on. */
static void
test_stuck_mailbox(void **state)
{
	struct emu *emu = *state;
	struct hisi_qm_qp *qp;

	emu->args.faults = "stuck-mailbox:nth=1";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), -ETIMEDOUT);
	assert_int_equal(emu->losses, 0);
	emu->args.faults = "stuck-mailbox:nth=3";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), -ETIMEDOUT);
	assert_int_equal(emu->losses, 1);
	assert_int_equal(traffic_count(traffic_log(), "embedded: the device is lost"), 1);
	hisi_qm_dev_close(&emu->dev);
	/* VFT, EQC, AEQC, two tables, then SQC of the queue */
	emu->args.faults = "stuck-mailbox:nth=6";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	assert_int_equal(hisi_qm_qp_create(&emu->dev, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp),
			 -ETIMEDOUT);
	assert_int_equal(emu->dev.dead, 1);
}

static void
await_dead(const volatile uint8_t *dead)
{
	for (int i = 0; i < 5000 && __atomic_load_n(dead, __ATOMIC_ACQUIRE) != 1; i++)
		usleep(1000);
	assert_int_equal(*dead, 1);
}

/* The AEQ's interrupt finds a queue that went wrong; the other one works on. */
static void
test_queue_event(void **state)
{
	struct emu *emu = *state;
	struct hisi_qm_qp *qp, *other;
	struct traffic traffic;
	uint32_t sqe[32];

	emu->args.faults = "aeq-event:queue=2:nth=5:value=2";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_init(&traffic);
	assert_int_equal(hisi_qm_qp_create(&emu->dev, 2, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	assert_int_equal(hisi_qm_qp_create(&emu->dev, 4, HISI_QM_SQ_COMPRESS, 100, -1, &other), 0);
	for (int i = 0; i < 5; i++)
		traffic_put(&traffic, qp, 100);
	hisi_qm_sq_ring(qp, 5);
	await_dead(&qp->dead);
	for (int i = 0; i < 5; i++)
		traffic_take(&traffic, qp, sqe);
	traffic_run(&traffic, other, 100);
	assert_int_equal(emu->dev.dead, 0);
	/* Behind what the interrupt thread still does. */
	hisi_qm_dev_poll_events(&emu->dev);
	assert_int_equal(traffic_count(traffic_log(), "embedded: queue 2 is dead"), 1);
	hisi_qm_dev_stop(&emu->dev);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_run(&traffic, qp, 100);
	traffic_free(&traffic);
}

/* "EQ overflow" loses the function; stop and start make a new one, with the same queues. */
static void
test_function_event(void **state)
{
	struct emu *emu = *state;
	struct traffic traffic;
	struct hisi_qm_qp *qp;
	uint32_t sqe[32];

	emu->args.faults = "aeq-event:nth=1:value=1";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_init(&traffic);
	assert_int_equal(hisi_qm_qp_create(&emu->dev, 2, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	traffic_put(&traffic, qp, 100);
	hisi_qm_sq_ring(qp, 1);
	await_dead(&qp->dead);
	assert_int_equal(emu->dev.dead, 1);
	traffic_take(&traffic, qp, sqe);
	hisi_qm_dev_stop(&emu->dev);
	emu->args.faults = NULL;
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_run(&traffic, qp, 100);
	traffic_free(&traffic);
	assert_int_equal(emu->losses, 1);
}

/* Opens and starts the function, and gives its queue 0 something to do. */
static struct hisi_qm_qp *
send_one(struct emu *emu, struct traffic *traffic)
{
	struct hisi_qm_qp *qp;

	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&emu->dev), 0);
	traffic_init(traffic);
	assert_int_equal(hisi_qm_qp_create(&emu->dev, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	traffic_put(traffic, qp, 100);
	hisi_qm_sq_ring(qp, 1);
	return qp;
}

/* A queue that hangs: 5 s, then the function is lost and quiet, and its memory can go. */
static void
test_hung_queue(void **state)
{
	struct emu *emu = *state;
	struct traffic traffic;
	struct hisi_qm_qp *qp;

	emu->args.faults = "hang-queue:queue=0:nth=1";
	qp = send_one(emu, &traffic);
	assert_int_equal(hisi_qm_qp_stop(qp), -ETIMEDOUT);
	assert_int_equal(emu->dev.dead, 1);
	hisi_qm_qp_release(qp);
	traffic_free(&traffic);
}

/*
 * V2 has no STOP_QP: an engine slower than the stop is waited for by the slow poll. "Dead" means
 * that what it did is there, not that nobody waits any more.
 */
static void
test_slow_engine(void **state)
{
	struct emu *emu = *state;
	struct traffic traffic;
	struct hisi_qm_qp *qp;
	uint32_t sqe[32];
	uint16_t head;

	emu->args.hw = 0x21;
	emu->args.pace_ns = 2000000000;
	qp = send_one(emu, &traffic);
	if (hisi_qm_qp_stop(qp) == -ETIMEDOUT)
		assert_int_not_equal(__atomic_load_n(&qp->dead, __ATOMIC_ACQUIRE), 0);
	await_dead(&qp->dead);
	assert_true(hisi_qm_cq_peek(qp, &head));
	traffic_take(&traffic, qp, sqe);
	assert_int_equal(emu->dev.dead, 0);
	assert_int_equal(emu->losses, 0);
	traffic_free(&traffic);
}

/* One that hangs for good: V2 resets the function, and what hung writes nothing any more. */
static void
test_hung_engine(void **state)
{
	struct emu *emu = *state;
	struct traffic traffic;
	struct hisi_qm_qp *qp;
	uint16_t head;

	emu->args.hw = 0x21;
	emu->args.faults = "hang-queue:queue=0:nth=1";
	qp = send_one(emu, &traffic);
	/* As its consumer would that sees a completion of nothing. */
	__atomic_store_n(&qp->dead, 2, __ATOMIC_RELEASE);
	for (int i = 0; i < 30 && __atomic_load_n(&qp->dead, __ATOMIC_ACQUIRE) != 1; i++)
		usleep(1000000);
	assert_int_equal(qp->dead, 1);
	assert_int_equal(emu->dev.dead, 1);
	assert_false(hisi_qm_cq_peek(qp, &head));
	assert_int_equal(traffic_count(traffic_log(), "a queue does not drain"), 1);
	hisi_qm_dev_stop(&emu->dev);
	traffic_free(&traffic);
}

/* What the transport cannot make is refused, and named. */
static void
test_bad_arguments(void **state)
{
	struct emu *emu = *state;

	emu->args.faults = "no-such-fault";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), -EINVAL);
	assert_int_equal(traffic_count(traffic_log(), "no-such-fault"), 2);
	emu->args.faults = NULL;
	emu->args.cores = "1,x";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), -EINVAL);
	assert_int_equal(traffic_count(traffic_log(), "cores=1,x"), 1);
	emu->args.cores = "0";
	assert_int_equal(hisi_qm_dev_open(&emu->dev), 0);
	assert_int_equal(traffic_count(traffic_log(), "share a core with an lcore"), 1);
}

static void
test_cpu_lists(void **state)
{
	static const char *const bad[] = {"", "-1", "1-", "3-1", "1,", "1++2", "a", "1 2", "99999"};
	rte_cpuset_t cpus;

	(void)state;
	assert_int_equal(hisi_qm_cpus_parse("2-3+5,7", &cpus), 0);
	assert_int_equal(CPU_COUNT(&cpus), 4);
	assert_true(CPU_ISSET(2, &cpus) && CPU_ISSET(3, &cpus) && CPU_ISSET(5, &cpus) &&
		    CPU_ISSET(7, &cpus));
	for (unsigned int i = 0; i < RTE_DIM(bad); i++)
		assert_int_equal(hisi_qm_cpus_parse(bad[i], &cpus), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),          TEST(test_life_chip_doorbells),
		TEST(test_flood),         TEST(test_flood_chip_doorbells),
		TEST(test_stop_in_flight), TEST(test_stuck_mailbox),
		TEST(test_queue_event),   TEST(test_function_event),
		TEST(test_hung_queue),    TEST(test_bad_arguments),
		TEST(test_cpu_lists),     TEST(test_all_queues),
		TEST(test_slow_engine),   TEST(test_hung_engine),
	};

	return cmocka_run_group_tests(tests, traffic_eal_start, traffic_eal_end);
}
