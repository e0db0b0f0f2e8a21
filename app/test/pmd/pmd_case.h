/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_CASE_H
#define PMD_CASE_H

/**
 * @file
 * What most cases begin and end with: a started device, one xform of each kind, a batch.
 */

#include "pmd_data.h"
#include "pmd_dev.h"
#include "pmd_job.h"
#include "pmd_zlib.h"

#define PMD_CASE_DEPTH 512
/** A stored block of one byte (RFC 1951 3.2.4): the least room that software goes on from. */
#define PMD_LEAST_PART 6
#define PMD_CASE_QUEUES 8
#define PMD_CASE_MEMORY ((size_t)64 << 20)

/** The state of a case. */
struct pmd_case {
	struct pmd_batch batch;
	void *compress;   /**< level 6, window 15, default Huffman codes */
	void *decompress; /**< window 15 */
};

/** Set-up with one queue pair. */
int pmd_case_open(void **state);

/** Set-up with PMD_CASE_QUEUES queue pairs. */
int pmd_case_open_queues(void **state);

/** Drains, stops, frees; fails if an op or a count is missing. */
int pmd_case_close(void **state);

#define PMD_CASE(test) cmocka_unit_test_setup_teardown(test, pmd_case_open, pmd_case_close)
#define PMD_CASE_MANY(test) \
	cmocka_unit_test_setup_teardown(test, pmd_case_open_queues, pmd_case_close)

/** As few external segments as possible, no offset. */
extern const struct pmd_shapes pmd_shapes_plain;

/** @return shapes by chance for so many bytes in and out */
struct pmd_shapes pmd_shapes_any(uint32_t in_len, uint32_t out_len);

/** Deflates @p plain with zlib at level 6 and adds the job that inflates it, room to spare. */
struct pmd_job *pmd_case_inflate(struct pmd_case *c, const struct pmd_zlib_how *how,
				 const uint8_t *plain, uint32_t len);

/**
 * Compresses @p plain with an xform whose output zlib cannot check alone, in shapes by chance.
 *
 * @param produced receives the length of the output
 * @return the output, to be freed
 */
uint8_t *pmd_case_compress_new(struct pmd_case *c, void *xform, const uint8_t *plain, uint32_t len,
			       uint32_t *produced);

/** Asserts that 4000 bytes by chance end with OUT_OF_SPACE_TERMINATED where 1000 have room. */
void pmd_case_out_of_space(struct pmd_case *c, void *xform);

/** zlib's own defaults. */
extern const struct pmd_zlib_how pmd_zlib_usual;

#endif /* PMD_CASE_H */
