/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Queues on the fake transport: contexts, doorbells, rings, stop (hardware.md 4, 5, A.2, A.3). */

#include <errno.h>
#include <string.h>

#include "hisi_qm_ring.h"
#include "test_hisi_qm_fake.h"

static struct fake *
started(void **state)
{
	struct fake *fake = *state;

	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
	fake->nb_trace = 0;
	return fake;
}

/* What the device does: completion number n of the queue, from 0. */
static void
complete(struct hisi_qm_qp *qp, unsigned int n)
{
	volatile uint16_t *cqe = (volatile uint16_t *)&qp->cq[n % qp->depth];

	cqe[4] = n % qp->depth;
	cqe[5] = qp->queue;
	cqe[7] = n / qp->depth % 2 == 0 ? 1 : 0;
}

/* A.2, with the addresses of this queue. */
static void
test_contexts(void **state)
{
	struct fake *fake = started(state);
	struct hisi_qm_qp *qp[2];
	uint32_t sqc[8] = {0, 0, 0, 0x000073ff, 0, 0, 0x00100005, 0};
	uint32_t cqc[8] = {0, 0, 0, 0x000043ff, 0, 0, 0x00000003, 0};
	static const char *const lines[] = {"mb 00052000", "mb 00052001", "mb 00062000"};

	assert_int_equal(hisi_qm_qp_create(&fake->dev, 5, HISI_QM_SQ_COMPRESS, 1000, -1, &qp[0]),
			 0);
	assert_true(qp[0]->started);
	assert_int_equal(qp[0]->dead, 0);
	assert_int_equal(qp[0]->sq_iova % 4096, 0);
	assert_int_equal(qp[0]->cq_iova % 4096, 0);
	sqc[1] = (uint32_t)qp[0]->sq_iova;
	sqc[2] = qp[0]->sq_iova >> 32;
	cqc[1] = (uint32_t)qp[0]->cq_iova;
	cqc[2] = qp[0]->cq_iova >> 32;
	assert_memory_equal(fake->contexts[0], sqc, sizeof(sqc));
	assert_memory_equal(fake->contexts[1], cqc, sizeof(cqc));
	fake->failed_command = 1;
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 6, HISI_QM_SQ_DECOMPRESS, 1, -1, &qp[1]),
			 -EIO);
	assert_int_equal(fake->contexts[0][6], 0x01100006);
	for (unsigned int i = 0; i < RTE_DIM(lines); i++)
		assert_string_equal(fake->trace[i], lines[i]);
	hisi_qm_qp_release(qp[0]);
}

/* A depth that is no power of two: 500 is 0x1f4. */
static void
test_odd_depth(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;

	fake->caps[2] = 0x01f401f4;
	fake->map_doorbells = true;
	fake = started(state);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 0, HISI_QM_SQ_COMPRESS, 500, -1, &qp),
			 -EINVAL);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 0, HISI_QM_SQ_COMPRESS, 499, -1, &qp), 0);
	assert_int_equal(fake->contexts[0][3], 0x000071f3);
	assert_int_equal(fake->contexts[1][3], 0x000041f3);
	for (unsigned int i = 0; i < 499; i++)
		hisi_qm_sq_advance(qp);
	hisi_qm_sq_ring(qp, 499);
	assert_int_equal(fake->doorbells[0][0], 0x000001f300000000);
	hisi_qm_sq_advance(qp);
	hisi_qm_sq_ring(qp, 1);
	assert_int_equal(fake->doorbells[0][0], 0);
}

static void
test_create_errors(void **state)
{
	struct fake *fake = started(state);
	struct hisi_qm_dev *dev = &fake->dev;
	struct hisi_qm_qp *qp, *other;

	assert_int_equal(hisi_qm_qp_create(dev, 8, HISI_QM_SQ_COMPRESS, 1, -1, &qp), -EINVAL);
	assert_int_equal(hisi_qm_qp_create(dev, 7, HISI_QM_SQ_COMPRESS, 0, -1, &qp), -EINVAL);
	assert_int_equal(hisi_qm_qp_create(dev, 7, HISI_QM_SQ_COMPRESS, 1024, -1, &qp), -EINVAL);
	assert_int_equal(fake->nb_trace, 0);
	assert_int_equal(hisi_qm_qp_create(dev, 7, HISI_QM_SQ_COMPRESS, 1023, -1, &qp), 0);
	assert_int_equal(hisi_qm_qp_create(dev, 7, HISI_QM_SQ_COMPRESS, 1, -1, &other), -EBUSY);
	hisi_qm_qp_release(qp);
	assert_int_equal(hisi_qm_qp_create(dev, 7, HISI_QM_SQ_COMPRESS, 1, -1, &qp), 0);
	hisi_qm_qp_release(NULL);
}

/* 15.2, 19: what is in flight and what was not given back stay below the depth together. */
static void
test_pace(void **state)
{
	static const uint16_t cases[][2] = {{1, 256}, {767, 256}, {768, 256}, {769, 255},
					    {1000, 24}, {1022, 2}, {1023, 1}};
	struct fake *fake = started(state);

	for (unsigned int i = 0; i < RTE_DIM(cases); i++) {
		struct hisi_qm_qp *qp;

		assert_int_equal(hisi_qm_qp_create(&fake->dev, 0, HISI_QM_SQ_COMPRESS,
						   cases[i][0], -1, &qp), 0);
		assert_int_equal(qp->cq_pace, cases[i][1]);
		assert_true(qp->limit + qp->cq_pace - 1 <= 1023);
		hisi_qm_qp_release(qp);
	}
}

/* A.3: queue 5, tail 9 and head 3, at mapped addresses and as writes. */
static void
test_doorbells(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;

	fake->map_doorbells = true;
	started(state);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 5, HISI_QM_SQ_COMPRESS, 1023, -1, &qp), 0);
	for (int i = 0; i < 9; i++)
		hisi_qm_sq_advance(qp);
	hisi_qm_sq_ring(qp, 9);
	assert_int_equal(fake->doorbells[5][0], 0x0000000900000005);
	for (int i = 0; i < 3; i++) {
		hisi_qm_cq_consume(qp);
		hisi_qm_cq_ack(qp, 1);
	}
	assert_int_equal(fake->doorbells[5][1], 0x0000000300001005);
	assert_int_equal(qp->sq_rings, 1);
	assert_int_equal(qp->cq_rings, 3);

	qp->sq_db = NULL;
	qp->cq_db = NULL;
	fake->nb_trace = 0;
	hisi_qm_sq_ring(qp, 0);
	fake->dev.db_isolation = true;
	hisi_qm_cq_ack(qp, 1);
	/* 5.2: BAR 2 + 0x1000; isolated BAR 4 + 5 * 0x10000 + 0x1000 */
	assert_string_equal(fake->trace[0], "db 2 01000 0000000900000005");
	assert_string_equal(fake->trace[1], "db 4 51000 0000000300001005");
}

/* Several laps of both rings at a limit; the CQ doorbell never comes late, nor too often. */
static void
run_laps(void **state, uint16_t limit)
{
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;
	unsigned int sent = 0, done = 0, rung = 0;
	uint16_t head;

	fake->map_doorbells = true;
	started(state);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 3, HISI_QM_SQ_COMPRESS, limit, -1, &qp), 0);
	while (done < 5000) {
		uint16_t space = hisi_qm_sq_space(qp);

		assert_int_equal(space, limit);
		for (uint16_t i = 0; i < space; i++) {
			assert_ptr_equal(hisi_qm_sq_next(qp), &qp->sq[sent % 1024]);
			hisi_qm_sq_advance(qp);
			sent++;
		}
		hisi_qm_sq_ring(qp, space);
		assert_int_equal(hisi_qm_sq_space(qp), 0);
		assert_int_equal(fake->doorbells[3][0] >> 32, sent % 1024);
		assert_int_equal(fake->doorbells[3][0] & 0xffffffff, 3);
		assert_false(hisi_qm_cq_peek(qp, &head));
		while (done < sent) {
			complete(qp, done);
			assert_true(hisi_qm_cq_peek(qp, &head));
			assert_int_equal(head, done % 1024);
			hisi_qm_cq_consume(qp);
			hisi_qm_cq_ack(qp, 1);
			done++;
			if (fake->doorbells[3][1] == (0x1003 | (uint64_t)(done % 1024) << 32))
				rung = done;
			/* Outstanding and not given back. */
			assert_true(sent - rung <= 1023);
		}
	}
	assert_int_equal(qp->cq_rings, done / qp->cq_pace);
}

static void
test_laps_1(void **state)
{
	run_laps(state, 1);
}

static void
test_laps_767(void **state)
{
	run_laps(state, 767);
}

static void
test_laps_1023(void **state)
{
	run_laps(state, 1023);
}

/* Stop is STOP_QP; start begins anew from index 0 and with a zeroed CQ. */
static void
test_stop_and_start(void **state)
{
	static const char *const lines[] = {"mb 00022008", "mb 00022000", "mb 00022001"};
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;
	uint16_t head;

	fake->map_doorbells = true;
	started(state);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 2, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	for (int i = 0; i < 20; i++)
		hisi_qm_sq_advance(qp);
	hisi_qm_sq_ring(qp, 20);
	complete(qp, 0);
	hisi_qm_cq_consume(qp);
	hisi_qm_cq_ack(qp, 1);
	complete(qp, 1);
	fake->nb_trace = 0;
	assert_int_equal(hisi_qm_qp_stop(qp), 0);
	assert_int_equal(qp->dead, 1);
	/* What was complete is still to be had. */
	assert_true(hisi_qm_cq_peek(qp, &head));
	assert_int_equal(hisi_qm_qp_stop(qp), 0);
	assert_int_equal(hisi_qm_qp_start(qp), 0);
	assert_int_equal(hisi_qm_qp_start(qp), -EALREADY);
	fake_assert_trace(fake, lines, RTE_DIM(lines));
	assert_int_equal(qp->dead, 0);
	assert_int_equal(qp->sq_tail, 0);
	assert_int_equal(hisi_qm_sq_space(qp), 100);
	assert_false(hisi_qm_cq_peek(qp, &head));
}

/* 4.8: without bit 9 the contexts are dumped until tails and wrap flags agree. */
static void
test_stop_by_dumps(void **state)
{
	struct fake *fake = started(state);
	struct hisi_qm_qp *qp;
	unsigned int dumps = 0;

	fake->dev.caps &= ~0x200u;
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 5, HISI_QM_SQ_COMPRESS, 100, -1, &qp), 0);
	fake->nb_trace = 0;
	fake->undrained = 3;
	assert_int_equal(hisi_qm_qp_stop(qp), 0);
	for (unsigned int i = 0; i < fake->nb_trace; i++)
		dumps += strcmp(fake->trace[i], "mb 00056000") == 0;
	assert_int_equal(dumps, 4);
	assert_string_equal(fake->trace[fake->nb_trace - 1], "mb 00056001");
}

/* Queues that exist are started and stopped with the function. */
static void
test_with_function(void **state)
{
	struct fake *fake = *state;
	struct hisi_qm_qp *qp;

	assert_int_equal(hisi_qm_dev_open(&fake->dev), 0);
	assert_int_equal(hisi_qm_qp_create(&fake->dev, 1, HISI_QM_SQ_COMPRESS, 10, -1, &qp), 0);
	assert_false(qp->started);
	assert_int_equal(qp->dead, 1);
	fake->nb_trace = 0;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hisi_qm_dev_start(&fake->dev), 0);
		assert_true(qp->started);
		assert_int_equal(qp->dead, 0);
		assert_string_equal(fake->trace[fake->nb_trace - 1], "mb 00012001");
		hisi_qm_dev_stop(&fake->dev);
		assert_false(qp->started);
		assert_int_equal(qp->dead, 1);
		/* 7.1: queue, flush, reset */
		assert_true(fake_find(fake, "mb 00012008") < fake_find(fake, "mb 00002009"));
		assert_string_equal(fake->trace[fake->nb_trace - 1], "reset");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_contexts),     TEST(test_odd_depth),      TEST(test_create_errors),
		TEST(test_pace),         TEST(test_doorbells),      TEST(test_laps_1),
		TEST(test_laps_767),     TEST(test_laps_1023),      TEST(test_stop_and_start),
		TEST(test_stop_by_dumps), TEST(test_with_function),
	};

	return cmocka_run_group_tests(tests, fake_eal_start, fake_eal_end);
}
