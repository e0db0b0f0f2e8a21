/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What a V2 function does otherwise: hardware.md 1.2, 1.5, 8.1, 8.10, 14. */

#include <errno.h>

#include "test_zip_model_pf_util.h"

static void
v2_open(struct bench *bench, enum zip_model_function function)
{
	struct zip_model_config config = bench_config();

	config.hw = ZIP_MODEL_V2;
	config.function = function;
	bench_open(bench, &config);
}

static void
identity(void **state)
{
	struct zip_model_identity id;
	struct bench bench;

	(void)state;
	v2_open(&bench, ZIP_MODEL_VF);
	zip_model_identity(bench.model, &id);
	assert_int_equal(id.device, 0xa251);
	assert_int_equal(id.revision, 0x21);
	assert_int_equal(id.nb_vectors, 2);
	assert_int_equal(id.bar_size[4], 0);
	bench_close(&bench);
	v2_open(&bench, ZIP_MODEL_PF);
	zip_model_identity(bench.model, &id);
	assert_int_equal(id.device, 0xa250);
	assert_int_equal(id.revision, 0x21);
	assert_int_equal(id.nb_vectors, 4);
	assert_int_equal(bench_read(&bench, 0x100158), 0);
	bench_close(&bench);
}

/* Neither capabilities nor messages nor isolation: zeros, and an access that is not legal. */
static void
absent(void **state)
{
	static const uint32_t regs[] = {0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x60, 0x3100, 0x3104,
			0x3108, 0x3124, 0x3144, 0x315c};
	struct bench bench;
	size_t i;

	(void)state;
	v2_open(&bench, ZIP_MODEL_VF);
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		uint32_t value = 1;

		assert_int_equal(zip_model_read(bench.model, 2, regs[i], &value, 4), -EINVAL);
		assert_int_equal(value, 0);
	}
	bench_write(&bench, 0x204, 1);
	assert_int_equal(bench_read(&bench, 0x208), 1);
	bench_close(&bench);
}

static void
mailbox(void **state)
{
	static const uint32_t absent_commands[] = {0x00052008, 0x00002009, 0x0000200c, 0x0000600d};
	struct bench bench;
	size_t i;

	(void)state;
	v2_open(&bench, ZIP_MODEL_VF);
	bench_mailbox(&bench, 0x00006006, 0);
	assert_true(bench_answer(&bench) == (15ull << 45 | 1ull << 44));
	for (i = 0; i < sizeof(absent_commands) / sizeof(absent_commands[0]); i++)
		assert_int_equal(bench_mailbox(&bench, absent_commands[i], 0) >> 9 & 0xf, 1);
	bench_close(&bench);
}

/*
 * No command ends a queue. Linux waits for some time and then loads the contexts of the next owner:
 * what is left of the last one is forgotten, and nothing of it completes in the new rings.
 */
static void
new_owner(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench bench;

	(void)state;
	config.hw = ZIP_MODEL_V2;
	config.engine = ZIP_MODEL_ENGINE_NULL;
	bench_open(&bench, &config);
	bench_queue(&bench, 5, false, 8, 1);
	bench_put_range(&bench, 5, 8, 0, 3);
	bench_doorbell(&bench, 0x0000000300000005ull);
	/* The dump shows that the queue has taken them. */
	bench_mailbox(&bench, 0x00056000, BENCH_IOVA + BENCH_CTX);
	assert_int_equal(*bench_dw(&bench, BENCH_CTX), 0x00030000);
	bench_queue(&bench, 5, false, 8, 1);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	assert_int_equal(bench_cqe_at(&bench, 5, 0)[3], 0);
	bench_put_range(&bench, 5, 8, 0, 2);
	bench_doorbell(&bench, 0x0000000200000005ull);
	bench_serve(&bench);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 2);
	assert_int_equal(bench_cqe_at(&bench, 5, 1)[2], 0x00050001);
	assert_int_equal(bench_cqe_at(&bench, 5, 1)[3], 0x00010000);
	assert_int_equal(bench_cqe_at(&bench, 5, 2)[3], 0);
	bench_close(&bench);
}

/* Type 0: the tag is dword 13, and dwords 26 and 27 are a key; the window does not count. */
static struct bench_sqe
type_0(uint32_t request, uint32_t in_len, uint32_t out_len)
{
	struct bench_sqe sqe = bench_flat(request, in_len, out_len);

	sqe.dw[7] = 0x0a000000;
	sqe.dw[9] = 0x0000f000 | request;
	sqe.dw[13] = 0xcafe0001;
	sqe.dw[26] = 0;
	sqe.dw[27] = 0;
	return sqe;
}

static void
engine(void **state)
{
	struct bench_sqe sqe = type_0(2, 100000, 100000);
	struct bench_sqe done;
	struct bench bench;

	(void)state;
	v2_open(&bench, ZIP_MODEL_VF);
	bench_text(bench.mem + BENCH_IN, 100000);
	done = bench_run(&bench, false, &sqe);
	assert_int_equal(done.dw[3] & 0xff, 0);
	assert_int_equal(done.dw[13], 0xcafe0001);
	assert_int_equal(done.dw[0], 100000);
	assert_true(bench_zlib_inflate(bench.mem + BENCH_OUT, done.dw[1] - 4,
			bench.mem + BENCH_IN, 100000, -15));
	/* Raw DEFLATE came with V3, and so did type 3. */
	sqe = type_0(1, 4096, 8192);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3] & 0xff, 0x04);
	assert_int_equal(bench_run(&bench, true, &sqe).dw[3] & 0xff, 0x04);
	sqe = bench_flat(2, 4096, 8192);
	assert_int_equal(bench_run(&bench, false, &sqe).dw[3] & 0xff, 0x04);
	bench_close(&bench);
}

/* hardware.md 6.2 #15: two cores compress, six decompress. */
static void
physical(void **state)
{
	struct bench_sqe sqe = type_0(3, 4096, 8192);
	struct bench pf;

	(void)state;
	v2_open(&pf, ZIP_MODEL_PF);
	bench_write(&pf, 0x100040, 1);
	pf_assign(&pf, 0, 0, 16);
	bench_write(&pf, 0x301004, 0x000100fc);
	bench_queue(&pf, 5, false, 1024, 1);
	bench_put(&pf, 5, 0, &sqe);
	bench_doorbell(&pf, 0x0000000100000005ull);
	bench_serve(&pf);
	assert_int_equal(bench_stats(&pf).queues.sqes, 0);
	bench_write(&pf, 0x301004, 0x000100ff);
	bench_serve(&pf);
	assert_int_equal(bench_stats(&pf).queues.sqes, 1);
	assert_int_equal(bench_stats(&pf).queues.errors, 0);
	bench_close(&pf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(identity),
			cmocka_unit_test(absent),
			cmocka_unit_test(mailbox),
			cmocka_unit_test(new_owner),
			cmocka_unit_test(engine),
			cmocka_unit_test(physical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
