/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Each line of the fault table does what it says, once, where it says. */

#include "test_zip_model_util.h"

#define LEN 2000u

static void
open_with(struct bench *bench, enum zip_model_fault_kind kind, uint32_t queue, uint64_t nth,
		uint32_t value)
{
	const struct zip_model_fault fault = {
			.kind = kind, .queue = queue, .nth = nth, .value = value};
	struct zip_model_config config = bench_config();

	config.faults = &fault;
	config.nb_faults = 1;
	bench_open(bench, &config);
	bench_events(bench);
	bench_text(bench->mem + BENCH_IN, LEN);
	bench_queue(bench, 5, false, 16, 1);
	bench_queue(bench, 6, false, 16, 1);
}

/* Three SQEs on a queue, whose outputs lie apart. */
static void
run_three(struct bench *bench, unsigned int queue)
{
	uint32_t i;

	for (i = 0; i < 3; i++) {
		struct bench_sqe sqe = bench_flat(1, LEN, LEN);

		sqe.dw[20] += (queue * 4 + i) * 0x1000;
		bench_put(bench, queue, i, &sqe);
	}
	bench_doorbell(bench, 0x0000000300000000ull | queue);
	bench_serve(bench);
}

static bool
is_good(struct bench *bench, unsigned int queue, uint32_t index)
{
	const uint32_t *sqe = bench_sqe_at(bench, queue, index);

	return bench_cqe_at(bench, queue, index)[3] == 0x00010000 && (sqe[3] & 0xff) == 0 &&
			bench_zlib_inflate(bench->mem + BENCH_OUT + (queue * 4 + index) * 0x1000,
					sqe[1], bench->mem + BENCH_IN, LEN, -15);
}

static void
wrong_phase(void **state)
{
	struct bench bench;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_WRONG_PHASE, 5, 2, 0);
	run_three(&bench, 5);
	run_three(&bench, 6);
	assert_true(is_good(&bench, 5, 0));
	assert_int_equal(bench_cqe_at(&bench, 5, 1)[2], 0x00050001);
	assert_int_equal(bench_cqe_at(&bench, 5, 1)[3], 0);
	assert_true(is_good(&bench, 5, 2));
	assert_true(is_good(&bench, 6, 1));
	assert_int_equal(bench_stats(&bench).faults, 1);
	bench_close(&bench);
}

static void
lost_completion(void **state)
{
	struct bench bench;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_LOST_COMPLETION, ZIP_MODEL_ANY_QUEUE, 2, 0);
	run_three(&bench, 5);
	run_three(&bench, 6);
	assert_int_equal(bench_cqe_at(&bench, 5, 0)[2], 0x00050000);
	assert_int_equal(bench_cqe_at(&bench, 5, 1)[2], 0x00050002);
	assert_int_equal(bench_cqe_at(&bench, 5, 2)[3], 0);
	assert_int_equal(bench_cqe_at(&bench, 6, 1)[2], 0x00060002);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 3);
	assert_int_equal(bench_stats(&bench).faults, 2);
	bench_close(&bench);
}

static void
produced_plus_one(void **state)
{
	struct bench bench;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_PRODUCED, 5, 1, 0);
	run_three(&bench, 5);
	assert_int_equal(bench_sqe_at(&bench, 5, 0)[1], bench_sqe_at(&bench, 5, 1)[1] + 1);
	assert_true(is_good(&bench, 5, 1));
	bench_close(&bench);
}

static void
flipped_bit(void **state)
{
	const uint8_t *bad, *good;
	struct bench bench;
	uint32_t len, i;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_FLIPPED_BIT, 5, 3, 83);
	run_three(&bench, 5);
	good = bench.mem + BENCH_OUT + 21 * 0x1000;
	bad = bench.mem + BENCH_OUT + 22 * 0x1000;
	len = bench_sqe_at(&bench, 5, 1)[1];
	assert_int_equal(bench_sqe_at(&bench, 5, 2)[1], len);
	for (i = 0; i < len; i++)
		assert_int_equal(good[i] ^ bad[i], i == 10 ? 0x08 : 0);
	bench_close(&bench);
}

static void
corrupt_status(void **state)
{
	struct bench bench;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_STATUS, 5, 0, 0x77);
	run_three(&bench, 5);
	assert_int_equal(bench_sqe_at(&bench, 5, 0)[3] & 0xff, 0x77);
	assert_int_equal(bench_sqe_at(&bench, 5, 2)[3] & 0xff, 0x77);
	assert_int_equal(bench_stats(&bench).faults, 3);
	assert_int_equal(bench_queue_stats(&bench, 5).errors, 3);
	bench_close(&bench);
}

static void
hung_queue(void **state)
{
	struct bench bench;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_HANG_QUEUE, 5, 2, 0);
	run_three(&bench, 5);
	run_three(&bench, 6);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	assert_int_equal(bench_queue_stats(&bench, 6).sqes, 3);
	/* It never drains; a reset helps, and the fault is spent. */
	assert_int_equal(bench_mailbox(&bench, 0x00052008, 0), 0x00052008);
	bench_serve(&bench);
	assert_int_equal(bench_read(&bench, 0x300), 0x00052008);
	zip_model_reset(bench.model, ZIP_MODEL_RESET_FLR);
	bench_queue(&bench, 5, false, 16, 1);
	run_three(&bench, 5);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 4);
	bench_close(&bench);
}

static void
aeq_event(void **state)
{
	struct bench bench;

	(void)state;
	open_with(&bench, ZIP_MODEL_FAULT_AEQ_EVENT, 5, 2, 0);
	run_three(&bench, 5);
	assert_int_equal(*bench_dw(&bench, BENCH_AEQ), 0x00010005); /* A.4: CQ overflow, queue 5 */
	assert_int_equal(bench.irqs[1], 1);
	assert_true(is_good(&bench, 5, 1));
	assert_int_equal(bench_stats(&bench).aeqes, 1);
	bench_close(&bench);
}

static void
stuck_mailbox(void **state)
{
	struct bench bench;

	(void)state;
	/* Opening takes six commands: EQC, AEQC and twice SQC and CQC. */
	open_with(&bench, ZIP_MODEL_FAULT_STUCK_MAILBOX, ZIP_MODEL_ANY_QUEUE, 8, 0);
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00004006);
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00006006);
	assert_int_equal(bench_read(&bench, 0x300), 0x00006006);
	assert_int_equal(bench_mailbox(&bench, 0x00052008, 0), 0x00006006);
	assert_int_equal(bench_stats(&bench).mailbox_ignored, 1);
	run_three(&bench, 5);
	assert_true(is_good(&bench, 5, 2));
	zip_model_reset(bench.model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00004006);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(wrong_phase),
			cmocka_unit_test(lost_completion),
			cmocka_unit_test(produced_plus_one),
			cmocka_unit_test(flipped_bit),
			cmocka_unit_test(corrupt_status),
			cmocka_unit_test(hung_queue),
			cmocka_unit_test(aeq_event),
			cmocka_unit_test(stuck_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
