/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef TEST_HISI_ZIP_UTIL_H
#define TEST_HISI_ZIP_UTIL_H

/**
 * @file
 * A queue pair of the driver on rings of the test: the test is the device.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_mbuf.h>

#include "hisi_zip.h"

/** Slots of a ring, and ops in flight: odd ones, so that nothing rests on powers of two. */
#define TEST_DEPTH 24
#define TEST_LIMIT 19
#define TEST_MAX_OPS 64
#define TEST_MAX_SEGS 700

struct test_device {
	uint64_t sq_db; /**< last doorbell word */
	uint64_t cq_db;
	uint16_t tail; /**< next CQE to write */
	uint8_t phase; /**< of it */
};

struct test_pair {
	struct hisi_zip_qp qp;
	struct hisi_qm_qp hw[2];
	struct hisi_qm_dev dev;
	struct test_device device[2];
	struct hisi_zip_xform xform[2];
	struct rte_comp_op ops[TEST_MAX_OPS];
	struct rte_comp_op *op[TEST_MAX_OPS]; /**< pointers to all of ops */
	struct rte_mbuf src[TEST_MAX_OPS];
	struct rte_mbuf dst[TEST_MAX_OPS];
	struct rte_mbuf segs[TEST_MAX_SEGS];
};

/** cmocka set-up: a pair, with all ops good ones that compress 1000 bytes into 2000. */
int test_pair_open(void **state);
int test_pair_close(void **state);

/** Makes an op one of the other direction. */
void test_op_decompress(struct test_pair *pair, unsigned int op);

/** The 32 dwords of an SQE. */
uint32_t *test_sqe(struct test_pair *pair, unsigned int direction, uint16_t index);

/** The device writes the result words of an SQE. */
void test_result(struct test_pair *pair, unsigned int direction, uint16_t index, uint32_t consumed,
		 uint32_t produced, uint32_t dw3);

/** The device writes the next CQE, for SQE @p index, without looking at anything. */
void test_cqe(struct test_pair *pair, unsigned int direction, uint16_t index);

/** The device completes @p n SQEs from @p index on: all consumed, 300 bytes produced. */
void test_complete(struct test_pair *pair, unsigned int direction, uint16_t index, uint16_t n);

#endif /* TEST_HISI_ZIP_UTIL_H */
