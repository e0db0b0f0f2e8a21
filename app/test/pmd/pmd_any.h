/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_ANY_H
#define PMD_ANY_H

/**
 * @file
 * Streams made by chance, and what is to come of them: zlib says it. Main thread only.
 */

#include "pmd_stream.h"

/** A stream, and what it is busy with. */
struct pmd_any {
	struct pmd_flow flow;
	struct pmd_cut cut;
	uint8_t *in;
	uint8_t *plain;
	uint32_t plain_len;
	uint32_t end;           /**< of the stream in the input, which may have more */
	uint32_t piece;         /**< of the input, still to do */
	enum rte_comp_flush_flag flush;
	enum rte_comp_checksum_type checksum;
	int window;
	unsigned int idle;      /**< requests in a row without any effect */
	bool compress;
	bool busy;              /**< with the piece */
	bool bad;               /**< zlib does not decode it to an end */
};

/** What is done to compressed data before it is offered. */
enum pmd_damage {
	PMD_GOOD,
	PMD_CUT_OFF, /**< less than the whole */
	PMD_BITS,    /**< a few are turned over */
};

/** Creates the stream, of an xform by chance. */
void pmd_any_make(struct pmd_any *any, bool compress);

/** Gives a stream, whose cut is set, so many plain bytes to do. */
void pmd_any_begin(struct pmd_any *any, uint32_t length, enum pmd_damage damage);

/** Frees what it had to do, not the stream. */
void pmd_any_drop(struct pmd_any *any);

/** What came of it is zlib's: of one that ended, or of a bad one that was refused. */
void pmd_any_check_end(const struct pmd_any *any);
void pmd_any_check_refused(const struct pmd_any *any);

#endif /* PMD_ANY_H */
