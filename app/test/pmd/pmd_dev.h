/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_DEV_H
#define PMD_DEV_H

/**
 * @file
 * The device under test: probed once per process, configured per case.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_compressdev.h>

#include "pmd_env.h"

/** The device under test. */
struct pmd_dev {
	uint8_t id;
	char name[64];
	uint64_t features;         /**< RTE_COMP_FF_* */
	struct rte_param_log2_range window;
	uint16_t nb_queues;        /**< of the current configuration */
	uint64_t accepted;         /**< ops accepted since the probe */
	uint64_t by_software;      /**< of these, ops with windows that a V2 engine has not */
	uint64_t done;             /**< ops dequeued since the probe */
	uint64_t accepted_before;  /**< at the last start */
	uint64_t done_before;
};

extern struct pmd_dev pmd_dev;

/** Starts the model and probes the device of this group. @return 0 or -errno after a message */
int pmd_dev_probe(const struct pmd_group *group);

/** Probes the device under test. @param more devargs, or NULL. @return 0 or -errno */
int pmd_dev_attach(const char *more);

/** Makes a device that has been probed the one under test. @return 0 or -ENODEV */
int pmd_dev_learn(const char *name);

/** Closes and removes it. @return 0 or -errno */
int pmd_dev_detach(void);

/** Joins the devargs that every device of this run needs with @p more (or NULL). */
void pmd_dev_args(const char *more, char *args, size_t len);

/** Configures, sets up @p queues queue pairs of @p depth and starts; the test fails if not. */
void pmd_dev_start(uint16_t queues, uint32_t depth);

/** Stops, and asserts that what went in came out, by our count and the device's. */
void pmd_dev_stop(void);

/** An xform, as an initializer. */
#define PMD_COMPRESS(algorithm, codes, how, window, sum, hash) \
	{.type = RTE_COMP_COMPRESS, \
	 .compress = {.algo = RTE_COMP_ALGO_##algorithm, \
		      .deflate.huffman = RTE_COMP_HUFFMAN_##codes, \
		      .level = (how), \
		      .window_size = (window), \
		      .chksum = RTE_COMP_CHECKSUM_##sum, \
		      .hash_algo = RTE_COMP_HASH_ALGO_##hash}}
#define PMD_DECOMPRESS(algorithm, window, sum, hash) \
	{.type = RTE_COMP_DECOMPRESS, \
	 .decompress = {.algo = RTE_COMP_ALGO_##algorithm, \
			.window_size = (window), \
			.chksum = RTE_COMP_CHECKSUM_##sum, \
			.hash_algo = RTE_COMP_HASH_ALGO_##hash}}

/** @return a handle of @p xform; the test fails if there is none */
void *pmd_xform_new(const struct rte_comp_xform *xform);

/** @return a compress xform; the test fails if there is none */
void *pmd_xform_compress(int level, int window, enum rte_comp_huffman huffman);

/** @return a decompress xform; the test fails if there is none */
void *pmd_xform_decompress(int window);

/** Frees either. */
void pmd_xform_free(void *xform);

/** What the driver says when a device is closed: sums since its probe. */
struct pmd_totals {
	unsigned long long hw; /**< ops done by the hardware */
	unsigned long long sw; /**< ops done by software */
	unsigned long long sq_doorbells;
	unsigned long long cq_doorbells;
};

/** Closes the device, which was configured, and reads what it says. @return 0 or -errno */
int pmd_dev_close(struct pmd_totals *totals);

/**
 * Closes the device, ends the model and compares its count with ours: all ops were done by the
 * hardware.
 *
 * @return 0, or 1 after a message
 */
int pmd_dev_finish(const struct pmd_group *group);

#endif /* PMD_DEV_H */
