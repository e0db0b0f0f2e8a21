/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef TEST_ZIP_MODEL_PF_UTIL_H
#define TEST_ZIP_MODEL_PF_UTIL_H

/**
 * @file
 * What a PF's driver does, in the literals of hardware.md 6 and 12, on a bench.
 */

#include "test_zip_model_util.h"

/** Open a PF of 1024 queues on a card of its own. */
static inline void
pf_open(struct bench *pf, bool db_isolation)
{
	struct zip_model_config config = bench_config();

	config.function = ZIP_MODEL_PF;
	config.queues = 1024;
	config.db_isolation = db_isolation;
	bench_open(pf, &config);
}

/** hardware.md 12.2 */
static inline void
pf_vft_write(struct bench *pf, uint32_t type, uint32_t index, uint64_t data)
{
	assert_int_equal(bench_read(pf, 0x10006c), 1);
	bench_write(pf, 0x100058, 0);
	bench_write(pf, 0x10005c, type);
	bench_write(pf, 0x100060, index);
	bench_write(pf, 0x100064, (uint32_t)data);
	bench_write(pf, 0x100068, (uint32_t)(data >> 32));
	bench_write(pf, 0x10006c, 0);
	bench_write(pf, 0x100054, 1);
	assert_int_equal(bench_read(pf, 0x10006c), 1);
}

static inline uint64_t
pf_vft_read(struct bench *pf, uint32_t type, uint32_t index)
{
	bench_write(pf, 0x100058, 1);
	bench_write(pf, 0x10005c, type);
	bench_write(pf, 0x100060, index);
	bench_write(pf, 0x10006c, 0);
	bench_write(pf, 0x100054, 1);
	assert_int_equal(bench_read(pf, 0x10006c), 1);
	return bench_read(pf, 0x100064) | (uint64_t)bench_read(pf, 0x100068) << 32;
}

/** Give a function @p nb queues from @p base on, 0: none. */
static inline void
pf_assign(struct bench *pf, uint32_t function, uint64_t base, uint64_t nb)
{
	pf_vft_write(pf, 0, function, nb == 0 ? 0 : base << 28 | 1ull << 44 | (nb - 1) << 45);
	pf_vft_write(pf, 1, function, nb == 0 ? 0 : 0x10000000);
}

/** Memory, cores and, unless it is 0, @p queues for the PF. */
static inline void
pf_bring_up(struct bench *pf, uint64_t queues)
{
	bench_write(pf, 0x100040, 1);
	assert_int_equal(bench_read(pf, 0x100044), 1);
	bench_write(pf, 0x301004, 0x0001001f);
	pf_assign(pf, 0, 0, queues);
}

/** Load the SQC of a queue: the mailbox status. */
static inline uint32_t
pf_load_queue(struct bench *bench, uint32_t queue)
{
	const uint32_t sqc[8] = {0, 0x23450000, 1, 0x73ff, 0, 0, 0x00100000 | queue, 0};

	memcpy(bench->mem + BENCH_CTX, sqc, 32);
	return bench_mailbox(bench, 0x2000 | queue << 16, BENCH_IOVA + BENCH_CTX) >> 9 & 0xf;
}

#endif /* TEST_ZIP_MODEL_PF_UTIL_H */
