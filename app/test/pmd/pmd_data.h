/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_DATA_H
#define PMD_DATA_H

/**
 * @file
 * Plain data to compress: files of the corpus, and data made up.
 */

#include <stdint.h>

/** The longest input of an operation, bytes (hardware.md 8.4). */
#define PMD_MAX_INPUT 8388608u

enum pmd_kind {
	PMD_ZEROS,
	PMD_RANDOM,   /**< does not compress */
	PMD_TEXT,     /**< words of a small vocabulary */
	PMD_RECORDS,  /**< binary records that change little */
	PMD_FAR,      /**< repeats at distances up to 32 KiB */
	PMD_MIXED,    /**< slices of the others */
	PMD_KINDS,
};

/** A named piece of plain data. */
struct pmd_blob {
	char name[48];
	uint8_t *data;
	uint32_t len;
};

/** Fills @p data with @p len bytes of a kind. */
void pmd_data_fill(enum pmd_kind kind, uint8_t *data, uint32_t len);

/** @return @p len random bytes of a random kind, to be freed; never NULL */
uint8_t *pmd_data_new(uint32_t len);

/**
 * All files of the corpus, or as many pieces of made-up data when there is none; says which the
 * first time.
 *
 * @param nb receives how many there are
 */
const struct pmd_blob *pmd_blobs(unsigned int *nb);

/** Gives the memory of pmd_blobs() back. */
void pmd_blobs_free(void);

#endif /* PMD_DATA_H */
