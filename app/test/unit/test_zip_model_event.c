/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Events and interrupts: hardware.md 5.5, rule by rule. */

#include "test_zip_model_util.h"

static void
open_armed(struct bench *bench, const struct zip_model_config *change)
{
	struct zip_model_config config = bench_config();

	if (change != NULL)
		config = *change;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(bench, &config);
	bench_events(bench);
	bench_queue(bench, 5, false, 1024, 3);
	bench_queue(bench, 6, false, 1024, 3);
}

static void
run_to(struct bench *bench, unsigned int queue, uint32_t tail)
{
	const struct bench_sqe sqe = bench_flat(1, 10, 10);
	uint32_t i;

	for (i = 0; i < tail; i++)
		bench_put(bench, queue, i, &sqe);
	bench_doorbell(bench, (uint64_t)tail << 32 | queue);
	bench_serve(bench);
}

static uint32_t
eqe(struct bench *bench, uint32_t index)
{
	return *bench_dw(bench, BENCH_EQ + index * 4);
}

static uint32_t
aeqe(struct bench *bench, uint32_t index)
{
	return *bench_dw(bench, BENCH_AEQ + index * 4);
}

static void
rule1_one_event_per_arming(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	run_to(&bench, 5, 1);
	assert_int_equal(eqe(&bench, 0), 0x00010005); /* A.4 */
	run_to(&bench, 5, 4);
	assert_int_equal(eqe(&bench, 1), 0);
	assert_int_equal(bench_stats(&bench).eqes, 1);
	/* Not armed: nothing. */
	bench_doorbell(&bench, 0x0000000400001005ull);
	run_to(&bench, 5, 6);
	assert_int_equal(bench_stats(&bench).eqes, 1);
	/* Armed with nothing there: the next CQE. */
	bench_doorbell(&bench, 0x0001000600001005ull);
	bench_serve(&bench);
	assert_int_equal(bench_stats(&bench).eqes, 1);
	run_to(&bench, 5, 8);
	assert_int_equal(bench_stats(&bench).eqes, 2);
	assert_int_equal(eqe(&bench, 1), 0x00010005);
	/* Taken back before anything came. */
	bench_doorbell(&bench, 0x0001000800001005ull);
	bench_serve(&bench);
	bench_doorbell(&bench, 0x0000000800001005ull);
	run_to(&bench, 5, 9);
	assert_int_equal(bench_stats(&bench).eqes, 2);
	bench_close(&bench);
}

static void
rule2_arming_looks_back(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	run_to(&bench, 5, 3);
	assert_int_equal(bench_stats(&bench).eqes, 1);
	bench_doorbell(&bench, 0x0001000200001005ull);
	bench_serve(&bench);
	assert_int_equal(eqe(&bench, 1), 0x00010005);
	assert_int_equal(bench_stats(&bench).eqes, 2);
	run_to(&bench, 5, 4);
	assert_int_equal(bench_stats(&bench).eqes, 2);
	bench_close(&bench);
}

static void
rule3_source_and_interrupt(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	assert_int_equal(bench_read(&bench, 0x08), 0);
	run_to(&bench, 5, 1);
	assert_int_equal(bench_read(&bench, 0x08), 1);
	assert_int_equal(bench.irqs[0], 1);
	/* While the source is set an interrupt is on its way already. */
	run_to(&bench, 6, 1);
	assert_int_equal(bench_stats(&bench).eqes, 2);
	assert_int_equal(bench.irqs[0], 1);
	assert_int_equal(bench.irqs[1] + bench.irqs[2] + bench.irqs[3], 0);
	assert_int_equal(bench_stats(&bench).irqs, 1);
	bench_close(&bench);
}

static void
rule4_doorbell_clears_and_fires_again(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	run_to(&bench, 5, 1);
	run_to(&bench, 6, 1);
	assert_int_equal(bench.irqs[0], 1);
	bench_doorbell(&bench, 0x0000000100002000ull);
	assert_int_equal(bench.irqs[0], 2);
	assert_int_equal(bench_read(&bench, 0x08), 1);
	bench_doorbell(&bench, 0x0000000200002000ull);
	assert_int_equal(bench.irqs[0], 2);
	assert_int_equal(bench_read(&bench, 0x08), 0);
	bench_close(&bench);
}

static void
rule5_spurious_doorbell(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	bench_doorbell(&bench, 0x0000000000002000ull);
	bench_doorbell(&bench, 0x0000000000003000ull);
	assert_int_equal(bench.irqs[0] + bench.irqs[1], 0);
	/* Beyond the ring: dropped. */
	bench_doorbell(&bench, 0x0000080000002000ull);
	bench_doorbell(&bench, 0x0000040000003000ull);
	assert_int_equal(bench_stats(&bench).dropped_doorbells, 2);
	bench_close(&bench);
}

static void
rule6_the_same_for_aeq(void **state)
{
	struct zip_model_fault fault = {
			.kind = ZIP_MODEL_FAULT_AEQ_EVENT, .queue = 5, .nth = 0, .value = 2};
	struct zip_model_config config = bench_config();
	struct bench bench;

	(void)state;
	config.faults = &fault;
	config.nb_faults = 1;
	open_armed(&bench, &config);
	run_to(&bench, 5, 2);
	assert_int_equal(aeqe(&bench, 0), 0x00050005); /* A.4: CQE error, queue 5 */
	assert_int_equal(aeqe(&bench, 1), 0x00050005);
	assert_int_equal(bench.irqs[1], 1);
	assert_int_equal(bench_read(&bench, 0x00), 1);
	bench_doorbell(&bench, 0x0000000100003000ull);
	assert_int_equal(bench.irqs[1], 2);
	bench_write(&bench, 0x04, 1);
	bench_doorbell(&bench, 0x0000000200003000ull);
	assert_int_equal(bench_read(&bench, 0x00), 0);
	run_to(&bench, 5, 3);
	assert_int_equal(bench.irqs[1], 2);
	bench_write(&bench, 0x04, 0);
	assert_int_equal(bench.irqs[1], 3);
	bench_close(&bench);
}

static void
rule7_unmasking_delivers(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	bench_write(&bench, 0x0c, 1);
	run_to(&bench, 5, 1);
	assert_int_equal(bench.irqs[0], 0);
	assert_int_equal(bench_read(&bench, 0x08), 1);
	bench_write(&bench, 0x0c, 0);
	assert_int_equal(bench.irqs[0], 1);
	bench_write(&bench, 0x0c, 0);
	assert_int_equal(bench.irqs[0], 1);
	bench_close(&bench);
}

static void
wrap_of_the_event_queue(void **state)
{
	/* EQC of depth 4 */
	const uint32_t eqc[8] = {0, (uint32_t)(BENCH_IOVA + BENCH_EQ), 1, 0, 0, 0, 0x00010003, 0};
	struct bench bench;
	uint32_t i;

	(void)state;
	open_armed(&bench, NULL);
	memcpy(bench.mem + BENCH_CTX, eqc, 32);
	assert_int_equal(bench_mailbox(&bench, 0x00002002, BENCH_IOVA + BENCH_CTX), 0x00000002);
	for (i = 0; i < 10; i++) {
		run_to(&bench, 5, i + 1);
		assert_int_equal(eqe(&bench, i % 4), 0x00000005 | (i / 4 % 2 == 0) << 16);
		bench_doorbell(&bench, (uint64_t)((i + 1) % 4) << 32 | 0x2000);
		bench_doorbell(&bench, (uint64_t)(i + 1) << 32 | 0x0001000000001005ull);
	}
	assert_int_equal(bench.irqs[0], 10);
	/* Full: three wait, the fourth is lost and said once. */
	for (i = 10; i < 15; i++) {
		run_to(&bench, 5, i + 1);
		bench_doorbell(&bench, (uint64_t)(i + 1) << 32 | 0x0001000000001005ull);
	}
	assert_int_equal(bench_stats(&bench).eqes, 13);
	assert_int_equal(bench_stats(&bench).eqes_lost, 2);
	assert_int_equal(aeqe(&bench, 0), 0x00030000); /* A.4: EQ overflow */
	assert_int_equal(aeqe(&bench, 1), 0);
	bench_close(&bench);
}

static void
no_event_queue(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench bench;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(&bench, &config);
	bench_queue(&bench, 5, false, 1024, 3);
	/* Polling needs none; the CQ stays armed until there is one. */
	run_to(&bench, 5, 2);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	assert_int_equal(bench_stats(&bench).eqes, 0);
	bench_events(&bench);
	run_to(&bench, 5, 3);
	assert_int_equal(bench_stats(&bench).eqes, 1);
	bench_close(&bench);
}

static void
waits_for_bus_master(void **state)
{
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	bench_write(&bench, 0x0c, 1);
	run_to(&bench, 5, 1);
	zip_model_command(bench.model, 0x0002);
	bench_write(&bench, 0x0c, 0);
	assert_int_equal(bench.irqs[0], 0);
	zip_model_command(bench.model, 0x0006);
	assert_int_equal(bench.irqs[0], 1);
	bench_close(&bench);
}

static void
event_ring_out_of_reach(void **state)
{
	const uint32_t eqc[8] = {0, 0x1000, 0, 0, 0, 0, 0x000107ff, 0};
	struct bench bench;

	(void)state;
	open_armed(&bench, NULL);
	memcpy(bench.mem + BENCH_CTX, eqc, 32);
	assert_int_equal(bench_mailbox(&bench, 0x00002002, BENCH_IOVA + BENCH_CTX), 0x00000002);
	run_to(&bench, 5, 1);
	assert_int_equal(bench_stats(&bench).eqes_lost, 1);
	assert_int_equal(bench_stats(&bench).dma_write_faults, 1);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(rule1_one_event_per_arming),
			cmocka_unit_test(rule2_arming_looks_back),
			cmocka_unit_test(rule3_source_and_interrupt),
			cmocka_unit_test(rule4_doorbell_clears_and_fires_again),
			cmocka_unit_test(rule5_spurious_doorbell),
			cmocka_unit_test(rule6_the_same_for_aeq),
			cmocka_unit_test(rule7_unmasking_delivers),
			cmocka_unit_test(wrap_of_the_event_queue),
			cmocka_unit_test(no_event_queue),
			cmocka_unit_test(waits_for_bus_master),
			cmocka_unit_test(event_ring_out_of_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
