/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef TEST_HISI_QM_TRAFFIC_H
#define TEST_HISI_QM_TRAFFIC_H

/**
 * @file
 * Work for queues of a modelled function, the same over each transport. SQEs are written, and
 * their results read, by the literals of hardware.md 8; zlib makes and checks the data.
 */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <rte_memzone.h>

#include "hisi_qm_ring.h"

#define TRAFFIC_SLOT 0x4000 /* bytes of source and of destination of a request */

/** Memory of requests, in EAL's memory. */
struct traffic {
	const struct rte_memzone *mz; /**< TRAFFIC_SLOTS sources, then as many destinations */
	unsigned int sent;
	unsigned int done;
};

#define TRAFFIC_SLOTS 64

/** For cmocka: starts EAL with 256 MiB without huge pages, logs into a buffer. */
int traffic_eal_start(void **state);
int traffic_eal_end(void **state);

/** What was logged since this was called last; valid until the next call. */
const char *traffic_log(void);

/** How often @p text stands in @p log. */
unsigned int traffic_count(const char *log, const char *text);

void traffic_init(struct traffic *traffic);
void traffic_free(struct traffic *traffic);

/** Fills one slot of the SQ with @p length bytes of source, without ringing. */
void traffic_put(struct traffic *traffic, struct hisi_qm_qp *qp, uint32_t length);

/**
 * Waits up to 10 s for the completion that is next, checks that it is the right one, and gives
 * it back. Its 32 dwords are copied.
 */
void traffic_take(struct traffic *traffic, struct hisi_qm_qp *qp, uint32_t sqe[32]);

/** @p n requests of varying size with real data, checked by zlib; the queue is idle before. */
void traffic_run(struct traffic *traffic, struct hisi_qm_qp *qp, unsigned int n);

/** @p n requests for the null engine, as many in flight as the limit allows. */
void traffic_flood(struct traffic *traffic, struct hisi_qm_qp *qp, unsigned int n);

/** Start, compress, decompress, stop, start again, with queues that come and go. */
void traffic_life(struct hisi_qm_dev *dev, unsigned int requests);

/** A request on each of 1024 queues, in two lives of the function. */
void traffic_all_queues(struct hisi_qm_dev *dev);

#endif /* TEST_HISI_QM_TRAFFIC_H */
