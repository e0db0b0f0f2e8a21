/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_CHAIN_H
#define HISI_ZIP_CHAIN_H

/**
 * @file
 * The bytes of a chain of mbufs, counted from the first one's data on. A chain that is shorter than
 * asked for gives what it has.
 */

#include <stdint.h>

#include <rte_mbuf.h>

/** Bytes that lie together. */
struct hisi_zip_span {
	uint8_t *va;
	uint64_t iova;
	uint32_t length; /**< 0: the chain ends before */
};

/** A place in a chain. */
struct hisi_zip_cursor {
	const struct rte_mbuf *m;
	uint32_t offset; /**< from this mbuf's data on */
};

/** Takes what lies together, at most @p want bytes, of which there is at least one. */
struct hisi_zip_span hisi_zip_chain_take(struct hisi_zip_cursor *at, uint32_t want);

/**
 * Goes through what a chain has from a cursor on: each time "span" is what lies together, of the
 * bytes that are "left", which is not 0 afterwards if the chain is shorter.
 */
#define HISI_ZIP_CHAIN_FOREACH(span, at, left)                                                 \
	for (; (left) != 0 && ((span) = hisi_zip_chain_take(at, left)).length != 0;            \
	     (left) -= (span).length)

/** Bytes in all segments, whatever pkt_len says. */
uint64_t hisi_zip_chain_length(const struct rte_mbuf *m);

/** What lies together from @p offset on. */
struct hisi_zip_span hisi_zip_chain_span(const struct rte_mbuf *m, uint32_t offset);

/** Copies @p length bytes from @p offset on out of the chain. */
void hisi_zip_chain_read(const struct rte_mbuf *m, uint32_t offset, uint8_t *to, uint32_t length);

/** Copies @p length bytes into the chain, from @p offset on. */
void hisi_zip_chain_write(const struct rte_mbuf *m, uint32_t offset, const uint8_t *from,
			  uint32_t length);

#endif /* HISI_ZIP_CHAIN_H */
