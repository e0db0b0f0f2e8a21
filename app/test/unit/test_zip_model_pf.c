/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The physical function alone: registers, tables, cores, AXI master, errors, resets. */

#include <errno.h>

#include "test_zip_model_pf_util.h"

static void
identity(void **state)
{
	struct zip_model_identity id;
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	zip_model_identity(pf.model, &id);
	assert_int_equal(id.vendor, 0x19e5);
	assert_int_equal(id.device, 0xa250);
	assert_int_equal(id.revision, 0x30);
	assert_int_equal(id.bar_size[2], 0x400000);
	assert_int_equal(id.bar_size[4], 0);
	assert_int_equal(id.nb_vectors, 4);
	bench_close(&pf);
	pf_open(&pf, true);
	zip_model_identity(pf.model, &id);
	assert_int_equal(id.bar_size[4], 0x4000000);
	assert_int_equal(bench_read(&pf, 0x30), 1);
	assert_int_equal(bench_read(&pf, 0x100154), 1);
	bench_close(&pf);
}

/* hardware.md Appendix B, and 14.1 */
static void
values_after_creation(void **state)
{
	static const struct {
		uint32_t offset;
		uint32_t value;
	} regs[] = {
			{0x100000, 0},
			{0x100004, 0xffffffff},
			{0x100008, 0},
			{0x100044, 0},
			{0x10006c, 1},
			{0x1000d8, 0x19e5},
			{0x1000fc, 0},
			{0x100100, 0},
			{0x100128, 0},
			{0x100138, 0},
			{0x100154, 0},
			{0x100158, 0x00200400},
			{0x1040e4, 1},
			{0x300000, 0},
			{0x300150, 3},
			{0x301004, 0},
			{0x3010a0, 0},
			{0x3010a4, 0xffffffff},
			{0x3010ac, 0},
			{0x3011c4, 0},
			{0x302000, 0},
			{0x309ffc, 0},
	};
	struct bench pf;
	size_t i;

	(void)state;
	pf_open(&pf, false);
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		assert_int_equal(bench_read(&pf, regs[i].offset), regs[i].value);
	bench_close(&pf);
}

/* hardware.md 6.2 and others: plain read-back; a function level reset undoes all but two. */
static void
written_and_reset(void **state)
{
	static const uint32_t plain[] = {0x100050, 0x100088, 0x1000b0, 0x1000cc, 0x1000d0, 0x1000d8,
			0x1000ec, 0x1000f8, 0x100118, 0x100134, 0x100164, 0x104010, 0x1040f8,
			0x30001c, 0x301000, 0x30100c, 0x301040, 0x301110, 0x301160, 0x3011b0,
			0x301204, 0x301208, 0x30120c, 0x3012bc, 0x100074, 0x100148};
	const size_t nb = sizeof(plain) / sizeof(plain[0]);
	struct bench pf;
	size_t i;

	(void)state;
	pf_open(&pf, false);
	for (i = 0; i < nb; i++) {
		bench_write(&pf, plain[i], 0xa5a50000 + plain[i]);
		assert_int_equal(bench_read(&pf, plain[i]), 0xa5a50000 + plain[i]);
	}
	zip_model_reset(pf.model, ZIP_MODEL_RESET_FLR);
	for (i = 0; i < nb - 2; i++)
		assert_int_equal(bench_read(&pf, plain[i]), plain[i] == 0x1000d8 ? 0x19e5 : 0);
	assert_int_equal(bench_read(&pf, 0x100074), 0xa5b50074);
	assert_int_equal(bench_read(&pf, 0x100148), 0xa5b50148);
	zip_model_reset(pf.model, ZIP_MODEL_RESET_DEVICE);
	assert_int_equal(bench_read(&pf, 0x100074), 0);
	bench_close(&pf);
}

/* hardware.md 2.2.6: a probe reads all of these, and nothing comes of it. */
static void
bulk_reads(void **state)
{
	static const uint32_t ranges[][2] = {
			{0x0, 0x308},
			{0x100000, 0x100164},
			{0x104000, 0x1040b4},
			{0x1040c8, 0x104108},
			{0x301000, 0x3012bc},
			{0x302000, 0x30209c},
			{0x309000, 0x30909c},
	};
	struct bench pf;
	size_t i;

	(void)state;
	pf_open(&pf, false);
	pf_bring_up(&pf, 64);
	bench_events(&pf);
	bench_write(&pf, 0x100004, 0);
	bench_write(&pf, 0x10000c, 0x4);
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		uint32_t at;

		for (at = ranges[i][0]; at <= ranges[i][1]; at += 4)
			bench_read(&pf, at);
	}
	assert_int_equal(bench_stats(&pf).illegal_accesses, 0);
	assert_int_equal(bench_read(&pf, 0x100000), 0x4);
	assert_int_equal(bench_read(&pf, 0x300), 0x00000003);
	assert_int_equal(bench_stats(&pf).mailbox_commands, 2);
	bench_close(&pf);
}

/* hardware.md 12.2, A.5 */
static void
vft(void **state)
{
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	/* Its memory is not initialised: the operation is done, and nothing is written. */
	pf_vft_write(&pf, 0, 0, 0x0007f00000000000ull);
	assert_int_equal(bench_mailbox(&pf, 0x00006006, 0), 0x00004006);
	assert_int_equal(bench_answer(&pf), 0);
	bench_write(&pf, 0x100040, 1);
	assert_int_equal(bench_read(&pf, 0x100044), 1);

	pf_vft_write(&pf, 0, 0, 0x0007f00000000000ull);
	assert_int_equal(bench_mailbox(&pf, 0x00006006, 0), 0x00004006);
	assert_true(bench_answer(&pf) == 0x0007f00000000000ull);
	/* Queues are there with both entries. */
	assert_int_equal(pf_load_queue(&pf, 5), 2);
	pf_vft_write(&pf, 1, 0, 0x0000000010000000ull);
	assert_int_equal(pf_load_queue(&pf, 5), 0);
	assert_int_equal(pf_load_queue(&pf, 63), 0);
	assert_int_equal(pf_load_queue(&pf, 64), 2);

	pf_vft_write(&pf, 2, 0x03, 0x00988696);
	pf_vft_write(&pf, 2, 0x43, 0x00988697);
	assert_int_equal(pf_vft_read(&pf, 2, 0x03), 0x00988696);
	assert_int_equal(pf_vft_read(&pf, 2, 0x43), 0x00988697);
	assert_true(pf_vft_read(&pf, 0, 0) == 0x0007f00000000000ull);
	/* What does not exist changes nothing. */
	pf_vft_write(&pf, 3, 0, 1);
	pf_vft_write(&pf, 0, 0x40, 1);
	pf_vft_write(&pf, 2, 0x80, 1);
	assert_int_equal(pf_vft_read(&pf, 1, 0), 0x10000000);
	/* Initialising the memory again forgets all. */
	bench_write(&pf, 0x100040, 1);
	assert_int_equal(pf_vft_read(&pf, 0, 0), 0);
	assert_int_equal(pf_vft_read(&pf, 2, 3), 0);
	assert_int_equal(pf_load_queue(&pf, 5), 2);
	bench_close(&pf);
}

/* hardware.md 12.3: base + number within the total. */
static void
vft_beyond_total(void **state)
{
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	pf_bring_up(&pf, 0);
	/* 1024 queues from 0, and from 1. */
	pf_vft_write(&pf, 0, 0, 1023ull << 45 | 1ull << 44);
	pf_vft_write(&pf, 1, 0, 0x10000000);
	assert_int_equal(pf_load_queue(&pf, 15), 0);
	pf_vft_write(&pf, 0, 0, 1023ull << 45 | 1ull << 44 | 1ull << 28);
	assert_int_equal(pf_load_queue(&pf, 15), 2);
	/* Not valid. */
	pf_vft_write(&pf, 0, 0, 1023ull << 45);
	assert_int_equal(pf_load_queue(&pf, 15), 2);
	bench_close(&pf);
}

/* A queue that loses its entry is gone, though it comes back with the same one. */
static void
vft_takes_queues(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	pf_bring_up(&pf, 16);
	assert_int_equal(bench_run(&pf, false, &sqe).dw[3] & 0xff, 0);
	bench_put(&pf, 5, 1, &sqe);
	pf_assign(&pf, 0, 0, 0);
	bench_doorbell(&pf, 0x0000000200000005ull);
	assert_int_equal(bench_serve(&pf), 0);
	pf_assign(&pf, 0, 0, 16);
	bench_doorbell(&pf, 0x0000000200000005ull);
	assert_int_equal(bench_serve(&pf), 0);
	assert_int_equal(bench_stats(&pf).queues.sqes, 1);
	assert_int_equal(bench_stats(&pf).dropped_doorbells, 1);
	assert_int_equal(bench_queue_stats(&pf, 5).dropped, 1);
	bench_close(&pf);
}

/* hardware.md 6.2 #15 and 15.1 #5: without cores SQEs wait. */
static void
cores(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	pf_bring_up(&pf, 16);
	bench_write(&pf, 0x301004, 0x0001001c); /* those that decompress */
	bench_queue(&pf, 5, false, 1024, 1);
	bench_put(&pf, 5, 0, &sqe);
	bench_doorbell(&pf, 0x0000000100000005ull);
	bench_serve(&pf);
	assert_int_equal(bench_stats(&pf).queues.sqes, 0);
	bench_write(&pf, 0x301004, 0x2001ff1f);
	bench_serve(&pf);
	assert_int_equal(bench_stats(&pf).queues.sqes, 1);
	assert_int_equal(bench_cqe_at(&pf, 5, 0)[3], 0x00010000);
	bench_close(&pf);
}

/* hardware.md 2.2.7 */
static void
axi_master(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	pf_bring_up(&pf, 16);
	bench_queue(&pf, 5, false, 1024, 1);
	bench_put(&pf, 5, 0, &sqe);
	bench_write(&pf, 0x300000, 1);
	assert_int_equal(bench_read(&pf, 0x300000), 1);
	assert_int_equal(bench_read(&pf, 0x300150), 3);
	bench_doorbell(&pf, 0x0000000100000005ull);
	assert_int_equal(bench_serve(&pf), 0);
	/* A context cannot be read either. */
	assert_int_equal(pf_load_queue(&pf, 6), 4);
	zip_model_wake(pf.model);
	assert_int_equal(bench_read(&pf, 0x300000), 0);
	bench_serve(&pf);
	assert_int_equal(bench_stats(&pf).queues.sqes, 1);
	bench_close(&pf);
}

/* hardware.md 2.2.1, 2.4, 7.3 */
static void
errors(void **state)
{
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	bench_write(&pf, 0x10000c, 0x4);
	assert_int_equal(bench_read(&pf, 0x100000), 0x4);
	assert_int_equal(bench_read(&pf, 0x100008), 0);
	assert_int_equal(pf.irqs[3], 0);
	bench_write(&pf, 0x100004, 0xffff8380);
	assert_int_equal(bench_read(&pf, 0x100008), 0x4);
	assert_int_equal(pf.irqs[3], 1);
	bench_write(&pf, 0x10000c, 0x100); /* masked */
	assert_int_equal(pf.irqs[3], 1);
	bench_write(&pf, 0x100000, 0x4);
	assert_int_equal(bench_read(&pf, 0x100000), 0x100);
	assert_int_equal(bench_read(&pf, 0x100008), 0);

	bench_write(&pf, 0x3010a4, 0xffffe000);
	bench_write(&pf, 0x3010a8, 0x2);
	assert_int_equal(bench_read(&pf, 0x3010ac), 0x2);
	assert_int_equal(pf.irqs[3], 2);
	bench_write(&pf, 0x3010a0, 0xffffffff);
	assert_int_equal(bench_read(&pf, 0x3010ac), 0);
	/* Neither informs of what it is not. */
	bench_write(&pf, 0x100010, 0xffffffff);
	assert_int_equal(bench_read(&pf, 0x100010), 0);
	bench_close(&pf);
}

static void
ras_fault(void **state)
{
	struct zip_model_fault fault = {
			.kind = ZIP_MODEL_FAULT_RAS,
			.queue = ZIP_MODEL_ANY_QUEUE,
			.nth = 2,
			.value = 2,
	};
	struct zip_model_config config = bench_config();
	struct bench pf;

	(void)state;
	config.function = ZIP_MODEL_PF;
	config.faults = &fault;
	config.nb_faults = 1;
	bench_open(&pf, &config);
	bench_write(&pf, 0x100004, 0xffff8380);
	bench_mailbox(&pf, 0x00006006, 0);
	assert_int_equal(bench_read(&pf, 0x100008), 0);
	bench_mailbox(&pf, 0x00006006, 0);
	assert_int_equal(bench_read(&pf, 0x100008), 0x4);
	assert_int_equal(pf.irqs[3], 1);
	assert_int_equal(bench_stats(&pf).faults, 1);
	bench_close(&pf);
}

/* hardware.md 7.2: a function level reset needs no memory initialisation afterwards. */
static void
resets(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct bench pf;

	(void)state;
	pf_open(&pf, false);
	pf_bring_up(&pf, 16);
	bench_write(&pf, 0x300000, 1);
	zip_model_reset(pf.model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(bench_read(&pf, 0x300000), 0);
	assert_int_equal(bench_read(&pf, 0x100044), 1);
	assert_int_equal(bench_read(&pf, 0x301004), 0);
	assert_int_equal(pf_vft_read(&pf, 0, 0), 0);
	bench_write(&pf, 0x301004, 0x0001001f);
	pf_assign(&pf, 0, 0, 16);
	assert_int_equal(bench_run(&pf, false, &sqe).dw[3] & 0xff, 0);
	zip_model_reset(pf.model, ZIP_MODEL_RESET_DISCONNECT);
	assert_int_equal(bench_read(&pf, 0x100044), 0);
	bench_close(&pf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(identity),
			cmocka_unit_test(values_after_creation),
			cmocka_unit_test(written_and_reset),
			cmocka_unit_test(bulk_reads),
			cmocka_unit_test(vft),
			cmocka_unit_test(vft_beyond_total),
			cmocka_unit_test(vft_takes_queues),
			cmocka_unit_test(cores),
			cmocka_unit_test(axi_master),
			cmocka_unit_test(errors),
			cmocka_unit_test(ras_fault),
			cmocka_unit_test(resets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
