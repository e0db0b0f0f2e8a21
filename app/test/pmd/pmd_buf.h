/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_BUF_H
#define PMD_BUF_H

/**
 * @file
 * Chains of mbufs, cut at will, with guard bytes around every segment. Main thread only, but
 * for pmd_chain_intact() and pmd_chain_read().
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

/** The most bytes of one segment: 16 bits less the guards. */
#define PMD_SEG_MAX 65407u

/** Memory that segments are cut from, given back all at once. */
struct pmd_arena {
	uint8_t *base;
	size_t size;
	size_t used;
};

enum pmd_seg_kind {
	PMD_SEG_EXTERNAL, /**< external buffers (compressdev.md 1.7) */
	PMD_SEG_DIRECT,   /**< the mbuf's own, of at most 2 KiB */
	PMD_SEG_EITHER,   /**< by chance */
};

/** How a chain is cut. Zeroed: no offset, as few external segments as possible. */
struct pmd_shape {
	uint32_t seg_min; /**< bytes of a segment, at least; 0: PMD_SEG_MAX */
	uint32_t seg_max; /**< at most; 0: seg_min */
	uint32_t offset;  /**< bytes of the chain before the data */
	uint32_t tail;    /**< bytes behind */
	enum pmd_seg_kind kind;
	bool empties;     /**< with segments of no bytes among the others */
};

/** A chain with room for data. */
struct pmd_chain {
	struct rte_mbuf *head;
	uint32_t offset; /**< of the data in the chain */
	uint32_t room;   /**< bytes from there on, without the tail */
};

/** Takes memory for an arena. */
void pmd_arena_open(struct pmd_arena *arena, size_t size);
/** Gives it back. */
void pmd_arena_close(struct pmd_arena *arena);

/** Makes the mbuf pool that all chains share; the test fails if it cannot. */
void pmd_buf_open(void);
/** Asserts that all mbufs came back, and frees the pool. */
void pmd_buf_close(void);

/** Builds a chain with @p room bytes of data; guards and data are filled with 0xa5. */
void pmd_chain_build(struct pmd_arena *arena, const struct pmd_shape *shape, uint32_t room,
		     struct pmd_chain *chain);

/** Puts data into the chain, from its offset on. */
void pmd_chain_write(const struct pmd_chain *chain, const uint8_t *data, uint32_t len);

/** Takes data out of the chain, from its offset on. */
void pmd_chain_read(const struct pmd_chain *chain, uint8_t *data, uint32_t len);

/** @return whether everything outside the data of the chain is still as it was built */
bool pmd_chain_intact(const struct pmd_chain *chain);

/** Frees the mbufs. */
void pmd_chain_free(struct pmd_chain *chain);

/** @return a shape by chance for @p len bytes: linear or cut, with or without offset and tail */
struct pmd_shape pmd_shape_any(uint32_t len);

#endif /* PMD_BUF_H */
