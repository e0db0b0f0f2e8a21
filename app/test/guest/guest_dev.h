/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef GUEST_DEV_H
#define GUEST_DEV_H

/**
 * @file
 * One device with one queue pair of this process, and single operations on any memory. What fails
 * is said on standard output.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_comp.h>
#include <rte_mempool.h>

/** Bytes of plain data in one operation; what it makes fits in as many. */
#define GUEST_DATA_LEN 16384

/** The most operations in flight. */
#define GUEST_MAX_JOBS 32

struct guest_dev {
	uint8_t id;
	uint16_t qp;      /**< 0, and 1 in a secondary process */
	const char *name;    /**< of the device: a PCI address */
	struct rte_mempool *mbufs;
	struct rte_mempool *ops;
	void *compress; /**< private xforms */
	void *decompress;
};

/** One operation. The memory is GUEST_DATA_LEN bytes on each side, of whatever kind. */
struct guest_job {
	bool compress;
	void *src;
	uint32_t src_len;
	void *dst;
	/* Set when it comes back. */
	bool done;
	uint8_t status; /**< enum rte_comp_op_status */
	uint64_t debug_status;
	uint32_t produced;
};

/** Opens and starts the first device of the driver. 0 or -1. */
int guest_dev_open(struct guest_dev *dev);

/** Stops and closes it. */
void guest_dev_close(struct guest_dev *dev);

/** Stops and starts it, several times if need be, within @p seconds. 0 or -1. */
int guest_dev_restart(struct guest_dev *dev, unsigned int seconds);

/** Gives all jobs in one burst to the device. 0 or -1. */
int guest_dev_send(struct guest_dev *dev, struct guest_job *jobs, unsigned int nb);

/** Waits for that many jobs, @p seconds at most. 0 or -1. */
int guest_dev_receive(struct guest_dev *dev, unsigned int nb, unsigned int seconds);

/** Both. */
int guest_dev_run(struct guest_dev *dev, struct guest_job *jobs, unsigned int nb);

/** Fills memory with data that shrinks, different for each @p seed. */
void guest_fill(void *data, unsigned int seed);

/** Compresses and decompresses @p nb jobs in memory of EAL, and compares. 0 or -1. */
int guest_dev_round_trip(struct guest_dev *dev, unsigned int nb);

/** Whether a job that compressed guest_fill(seed) did so: by decompressing it. */
bool guest_dev_verify(struct guest_dev *dev, const struct guest_job *job, unsigned int seed);

/** Says on standard output what is wrong; always -1. */
int guest_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* GUEST_DEV_H */
