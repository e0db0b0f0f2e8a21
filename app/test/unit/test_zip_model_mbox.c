/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The mailbox: how it is written and read, its commands, and what they answer. */

#include "test_zip_model_util.h"

#define CTX (BENCH_IOVA + BENCH_CTX)

/* Status field of the word at 0x300: hardware.md 3.1. */
static uint32_t
status_of(uint32_t word)
{
	assert_int_equal(word & 0x2000, 0);
	return word >> 9 & 0xf;
}

static void
vft_and_widths(void **state)
{
	/* w0 with busy, op 1, command 6; hardware.md A.1 */
	const uint64_t low = 0x00006006, high = 0;
	struct zip_model_config config = bench_config();
	const uint64_t both[2] = {low, high};
	struct bench bench;
	uint64_t words[2];

	(void)state;
	config.queues = 30;
	config.queue_base = 64;
	bench_open(&bench, &config);
	/* Four dwords; hardware.md A.5 has the answer. */
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00004006);
	assert_int_equal(bench_answer(&bench), 0x0003b00400000000ull);
	/* Two halves, as stp does it, low first. */
	assert_int_equal(zip_model_write(bench.model, 2, 0x300, &low, 8), 0);
	assert_int_equal(bench_stats(&bench).mailbox_commands, 1);
	assert_int_equal(zip_model_write(bench.model, 2, 0x308, &high, 8), 0);
	assert_int_equal(bench_stats(&bench).mailbox_commands, 2);
	/* At once. */
	assert_int_equal(zip_model_write(bench.model, 2, 0x300, both, 16), 0);
	assert_int_equal(bench_stats(&bench).mailbox_commands, 3);
	assert_int_equal(zip_model_read(bench.model, 2, 0x300, words, 16), 0);
	assert_int_equal(words[0], 0x0000000000004006ull);
	assert_int_equal(words[1], 0x000000000003b004ull);
	assert_int_equal(zip_model_read(bench.model, 2, 0x308, words, 8), 0);
	assert_int_equal(words[0], 0x000000000003b004ull);
	assert_int_equal(bench_stats(&bench).mailbox_failures, 0);
	bench_close(&bench);
}

static void
partial_writes(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	/* Without busy nothing runs. */
	bench_mailbox(&bench, 0x00004006, 0);
	assert_int_equal(bench_stats(&bench).mailbox_commands, 0);
	/* The last dword is what starts it, and it starts it once. */
	bench_write(&bench, 0x300, 0x00006006);
	bench_write(&bench, 0x304, 0);
	bench_write(&bench, 0x308, 0);
	assert_int_equal(bench_read(&bench, 0x300), 0);
	assert_int_equal(bench_stats(&bench).mailbox_commands, 0);
	bench_write(&bench, 0x30c, 0);
	assert_int_equal(bench_read(&bench, 0x300), 0x00004006);
	bench_write(&bench, 0x30c, 0);
	bench_write(&bench, 0x30c, 0);
	assert_int_equal(bench_stats(&bench).mailbox_commands, 1);
	bench_close(&bench);
}

/* Load an SQC or CQC with one dword changed, and say what came of it. */
static uint32_t
load(struct bench *bench, uint32_t word, const uint32_t *image, unsigned int dword, uint32_t value)
{
	memcpy(bench->mem + BENCH_CTX, image, 32);
	*bench_dw(bench, BENCH_CTX + dword * 4) = value;
	return status_of(bench_mailbox(bench, word, CTX));
}

static void
contexts(void **state)
{
	/* hardware.md A.2 */
	static const uint32_t sqc[8] = {0, 0x23450000, 1, 0x000073ff, 0, 0, 0x00100005, 0};
	static const uint32_t cqc[8] = {0, 0x23470000, 1, 0x000043ff, 0, 0, 0x00000003, 0};
	static const uint32_t eqc[8] = {0, 0x23480000, 1, 0, 0, 0, 0x000107ff, 0};
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	assert_int_equal(load(&bench, 0x00052000, sqc, 7, 0), 0);
	assert_int_equal(load(&bench, 0x00052000, sqc, 6, 0x01100005), 0); /* decompress */
	assert_int_equal(load(&bench, 0x00052000, sqc, 3, 0x00007fff), 0); /* depth 4096 */
	assert_int_equal(load(&bench, 0x00052000, sqc, 3, 0x00007001), 0); /* depth 2 */
	assert_int_equal(load(&bench, 0x00052000, sqc, 3, 0x00007000), 3); /* depth 1 */
	assert_int_equal(load(&bench, 0x00052000, sqc, 3, 0x000063ff), 3); /* 64-byte entries */
	assert_int_equal(load(&bench, 0x00052000, sqc, 6, 0x00100006), 3); /* another's CQ */
	assert_int_equal(load(&bench, 0x00052000, sqc, 6, 0x02100005), 3); /* type 2 */
	assert_int_equal(load(&bench, 0x00052000, sqc, 1, 0x23450040), 3); /* not aligned */
	assert_int_equal(load(&bench, 0x00052000, sqc, 0, 0x00000400), 3); /* head 1024 of 1024 */
	assert_int_equal(load(&bench, 0x00052000, sqc, 0, 0x04000000), 3); /* tail */
	assert_int_equal(load(&bench, 0x00102000, sqc, 6, 0x00100010), 2); /* queue 16 of 16 */
	assert_int_equal(load(&bench, 0xffff2000, sqc, 7, 0), 2);
	assert_int_equal(load(&bench, 0x00052001, cqc, 7, 0), 0);
	assert_int_equal(load(&bench, 0x00052001, cqc, 3, 0x000053ff), 3);
	assert_int_equal(load(&bench, 0x00052001, cqc, 1, 0x23470008), 3);
	assert_int_equal(load(&bench, 0x00102001, cqc, 7, 0), 2);
	assert_int_equal(load(&bench, 0x00002002, eqc, 7, 0), 0);
	assert_int_equal(load(&bench, 0x00002003, eqc, 6, 0x000103ff), 0);
	assert_int_equal(load(&bench, 0x00002002, eqc, 6, 0x00010000), 3); /* depth 1 */
	assert_int_equal(load(&bench, 0x00002002, eqc, 0, 0x00000800), 3);
	assert_int_equal(load(&bench, 0x00002002, eqc, 1, 0x23480002), 3);
	assert_int_equal(bench_stats(&bench).mailbox_failures, 15);
	bench_close(&bench);
}

/* hardware.md 4.2 to 4.4: what no driver writes; and a dword that it may write. */
static void
reserved_fields(void **state)
{
	static const uint32_t sqc[8] = {0, 0x23450000, 1, 0x000073ff, 0, 0, 0x00100005, 0};
	static const uint32_t cqc[8] = {0, 0x23470000, 1, 0x000043ff, 0, 0, 0x00000003, 0};
	static const uint32_t eqc[8] = {0, 0x23480000, 1, 0, 0, 0, 0x000107ff, 0};
	static const struct {
		const uint32_t *image;
		uint32_t word;
		unsigned int dword;
		uint32_t value;
		uint32_t status;
	} cases[] = {
			{sqc, 0x00052000, 3, 0x000173ff, 3}, /* dw3 has 16 bits */
			{sqc, 0x00052000, 4, 0x00010000, 3}, /* reserved */
			{sqc, 0x00052000, 4, 0x0000aaaa, 0}, /* a tag */
			{sqc, 0x00052000, 5, 0x00000001, 3}, /* a PASID */
			{sqc, 0x00052000, 5, 0x00800000, 3}, /* which is enabled */
			{sqc, 0x00052000, 5, 0x00400000, 0}, /* a wrap flag, as dumped */
			{sqc, 0x00052000, 6, 0x00000005, 3}, /* no "orders" */
			{sqc, 0x00052000, 6, 0x00200005, 3}, /* others */
			{sqc, 0x00052000, 6, 0x00110005, 3}, /* a priority */
			{sqc, 0x00052000, 6, 0x10100005, 3}, /* reserved */
			{sqc, 0x00052000, 6, 0x00400005, 0}, /* invalidated */
			{sqc, 0x00052000, 7, 0x00000001, 3},
			{sqc, 0x00052000, 2, 0xffffffff, 0},
			{cqc, 0x00052001, 3, 0x800043ff, 3},
			{cqc, 0x00052001, 5, 0x00010000, 3}, /* the PASID of a CQ is enabled here */
			{cqc, 0x00052001, 6, 0x00000007, 3},
			{cqc, 0x00052001, 7, 0x80000000, 3},
			{eqc, 0x00002002, 3, 0x00002000, 3}, /* as V1 has it */
			{eqc, 0x00002002, 4, 0x00000001, 3},
			{eqc, 0x00002002, 5, 0x00000001, 3},
			{eqc, 0x00002002, 6, 0x000307ff, 3},
			{eqc, 0x00002002, 7, 0xcccccccc, 0}, /* behind the 28 bytes of it */
			{eqc, 0x00002003, 7, 0x00000001, 0},
	};
	/* Rings that go round the end of the address space. */
	uint32_t high[8] = {0, 0xfffe0080, 0xffffffff, 0x000073ff, 0, 0, 0x00100005, 0};
	struct bench bench;
	size_t i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (load(&bench, cases[i].word, cases[i].image, cases[i].dword, cases[i].value) !=
				cases[i].status)
			fail_msg("case %zu", i);
	}
	assert_int_equal(load(&bench, 0x00052000, high, 7, 0), 3);
	assert_int_equal(load(&bench, 0x00052000, high, 1, 0xfffe0000), 0);
	bench_close(&bench);
}

/* A queue that has work to do is stopped first: hardware.md 4.8. */
static void
contexts_of_a_busy_queue(void **state)
{
	static const uint32_t sqc[8] = {0, 0x23450000, 1, 0x000073ff, 0, 0, 0x00100005, 0};
	static const uint32_t cqc[8] = {0, 0x23470000, 1, 0x000043ff, 0, 0, 0x00000001, 0};
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	bench_queue(&bench, 5, false, 8, 1);
	bench_put_range(&bench, 5, 8, 0, 7);
	bench_doorbell(&bench, 0x0000000700000005ull);
	bench_serve(&bench);
	bench_put_range(&bench, 5, 8, 7, 1);
	bench_doorbell(&bench, 0x0000000000000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 7);
	assert_int_equal(load(&bench, 0x00052000, sqc, 7, 0), 3);
	assert_int_equal(load(&bench, 0x00052001, cqc, 7, 0), 3);
	bench_doorbell(&bench, 0x0000000700001005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 8);
	assert_int_equal(load(&bench, 0x00052000, sqc, 7, 0), 0);
	assert_int_equal(load(&bench, 0x00052001, cqc, 7, 0), 0);
	bench_close(&bench);
}

/* Bits of the first dword that are reserved or the device's; a queue where there is none. */
static void
reserved_bits(void **state)
{
	static const uint32_t words[] = {0x0000e006, 0x00006106, 0x00006206, 0x00007006,
			0x00056006, 0x00012002, 0x00012003, 0x00012004, 0x00012005, 0x00012009};
	struct bench bench;
	size_t i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(status_of(bench_mailbox(&bench, words[i], CTX)), 1);
	bench_write(&bench, 0x300, 0x00006006);
	bench_write(&bench, 0x30c, 1);
	assert_int_equal(status_of(bench_read(&bench, 0x300)), 1);
	assert_int_equal(bench_stats(&bench).mailbox_failures, i + 1);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00006006, 0)), 0);
	bench_close(&bench);
}

static void
refused(void **state)
{
	static const uint32_t unknown[] = {
			0x2007, 0x200a, 0x200b, 0x200f, 0x20ff, 0x2006, 0x200e};
	struct bench bench;
	size_t i;

	(void)state;
	bench_open(&bench, NULL);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(status_of(bench_mailbox(&bench, unknown[i], 0)), 1);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00102008, 0)), 2);
	/* A context outside the map, at its end, and across it. */
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00052000, 0)), 4);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00052000, BENCH_IOVA + BENCH_LEN)), 4);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00052000, BENCH_IOVA + BENCH_LEN - 16)),
			4);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00056000, 0xfffffffffffffff0ull)), 4);
	assert_int_equal(bench_stats(&bench).dma_read_faults, 3);
	assert_int_equal(bench_stats(&bench).dma_write_faults, 1);
	/* Without bus master there is no memory at all. */
	zip_model_command(bench.model, 0x0002);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00052000, CTX)), 4);
	assert_int_equal(status_of(bench_mailbox(&bench, 0x00006006, 0)), 0);
	bench_close(&bench);
}

static void
dumps(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench_sqe sqe = bench_flat(1, 100, 200);
	struct bench bench;
	uint32_t *ctx;
	uint32_t i;

	(void)state;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(&bench, &config);
	ctx = bench_dw(&bench, BENCH_CTX + 0x100);
	bench_queue(&bench, 5, false, 4, 3);
	for (i = 0; i < 4; i++)
		bench_put(&bench, 5, i, &sqe);
	bench_doorbell(&bench, 0x0000000300000005ull);
	/* The tail follows the doorbell, run or not. */
	assert_int_equal(bench_mailbox(&bench, 0x00056000, CTX + 0x100), 0x00054000);
	assert_int_equal(ctx[0], 0x00030000);
	assert_int_equal(ctx[1], 0x23450000);
	assert_int_equal(ctx[3], 0x00007003);
	assert_int_equal(ctx[5], 0);
	assert_int_equal(ctx[6], 0x00100005);
	bench_serve(&bench);
	assert_int_equal(bench_mailbox(&bench, 0x00056001, CTX + 0x100), 0x00054001);
	assert_int_equal(ctx[0], 0x00030000);
	assert_int_equal(ctx[5], 0);
	bench_doorbell(&bench, 0x0000000300001005ull);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_serve(&bench);
	/* Both have wrapped: tail 1, bit 6 of w11 (dw5 high half), the CQ's phase is 0 now. */
	assert_int_equal(bench_mailbox(&bench, 0x00056000, CTX + 0x100), 0x00054000);
	assert_int_equal(ctx[0], 0x00010001);
	assert_int_equal(ctx[5], 0x00400000);
	assert_int_equal(bench_mailbox(&bench, 0x00056001, CTX + 0x100), 0x00054001);
	assert_int_equal(ctx[0], 0x00010003);
	assert_int_equal(ctx[5], 0x00400000);
	assert_int_equal(ctx[6] & 1, 0);
	bench_events(&bench);
	assert_int_equal(bench_mailbox(&bench, 0x00006002, CTX + 0x100), 0x00004002);
	assert_int_equal(ctx[6], 0x000107ff);
	bench_close(&bench);
}

static void
tables_and_write_back(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	bench_queue(&bench, 5, true, 1024, 3);
	assert_int_equal(bench_mailbox(&bench, 0x00002004, CTX + 0x1000), 0x00000004);
	assert_int_equal(bench_mailbox(&bench, 0x00002005, CTX + 0x2000), 0x00000005);
	assert_int_equal(bench_mailbox(&bench, 0x00006004, 0), 0x00004004);
	assert_int_equal(bench_answer(&bench), CTX + 0x1000);
	assert_int_equal(bench_read(&bench, 0x208), 0);
	bench_write(&bench, 0x204, 1);
	assert_int_equal(bench_read(&bench, 0x208), 1);
	assert_int_equal(*bench_dw(&bench, BENCH_CTX + 0x1000 + 5 * 32 + 24), 0x01100005);
	assert_int_equal(*bench_dw(&bench, BENCH_CTX + 0x2000 + 5 * 32 + 4), 0x23470000);
	bench_close(&bench);
}

static void
stop_waits(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 100, 200);
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_put(&bench, 5, 0, &sqe);
	bench_put(&bench, 5, 1, &sqe);
	bench_doorbell(&bench, 0x0000000100000005ull);
	assert_int_equal(bench_mailbox(&bench, 0x00052008, 0), 0x00052008);
	/* Busy: other commands are not taken, and late doorbells neither. */
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00052008);
	assert_int_equal(bench_stats(&bench).mailbox_ignored, 1);
	bench_doorbell(&bench, 0x0000000200000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, 1);
	assert_int_equal(bench_read(&bench, 0x300), 0x00050008);
	/* Stopped: doorbells are dropped until both contexts are loaded again. */
	bench_doorbell(&bench, 0x0000000200000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	assert_int_equal(bench_queue_stats(&bench, 5).dropped, 2);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	/* Nothing to wait for; a queue that never was. */
	assert_int_equal(bench_mailbox(&bench, 0x00052008, 0), 0x00050008);
	assert_int_equal(bench_mailbox(&bench, 0x00072008, 0), 0x00070008);
	bench_close(&bench);
}

static void
flush_waits_for_all(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 100, 200);
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL);
	bench_queue(&bench, 5, false, 1024, 1);
	bench_queue(&bench, 6, false, 1024, 1);
	bench_put(&bench, 5, 0, &sqe);
	bench_put(&bench, 6, 0, &sqe);
	bench_doorbell(&bench, 0x0000000100000005ull);
	bench_doorbell(&bench, 0x0000000100000006ull);
	assert_int_equal(bench_mailbox(&bench, 0x00002009, 0), 0x00002009);
	assert_int_equal(zip_model_service(bench.model, 0, 1, 1), 1);
	assert_int_equal(bench_read(&bench, 0x300), 0x00002009);
	bench_serve(&bench);
	assert_int_equal(bench_read(&bench, 0x300), 0x00000009);
	assert_int_equal(bench_stats(&bench).queues.sqes, 2);
	/* A reset ends what would never end. */
	bench_queue(&bench, 5, false, 1024, 1);
	bench_doorbell(&bench, 0x0000000100000005ull);
	assert_int_equal(bench_mailbox(&bench, 0x00002009, 0), 0x00002009);
	zip_model_reset(bench.model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(bench_read(&bench, 0x300), 0);
	assert_int_equal(bench_serve(&bench), 0);
	assert_int_equal(bench_mailbox(&bench, 0x00006006, 0), 0x00004006);
	bench_close(&bench);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(vft_and_widths),
			cmocka_unit_test(partial_writes),
			cmocka_unit_test(contexts),
			cmocka_unit_test(reserved_fields),
			cmocka_unit_test(contexts_of_a_busy_queue),
			cmocka_unit_test(reserved_bits),
			cmocka_unit_test(refused),
			cmocka_unit_test(dumps),
			cmocka_unit_test(tables_and_write_back),
			cmocka_unit_test(stop_waits),
			cmocka_unit_test(flush_waits_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
