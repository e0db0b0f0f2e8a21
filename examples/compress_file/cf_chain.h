/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_CHAIN_H
#define CF_CHAIN_H

/**
 * @file
 * Buffers of operations: chains of mbufs, as one mbuf holds less than 64 KiB.
 */

#include <stdint.h>
#include <sys/uio.h>

#include <rte_mbuf.h>

/** Bytes of a segment, of 65535 that an mbuf can count. */
#define CF_SEG 61440u

/** The largest chunk, plain bytes of an operation. */
#define CF_CHUNK_MAX (1u << 20)
/** The default. */
#define CF_CHUNK_DEFAULT (256u << 10)

/** The most segments: a chunk stored in blocks of a segment each, or compressed by another. */
#define CF_SEGS_MAX ((CF_CHUNK_MAX + CF_SEG - 1) / CF_SEG + 1)

struct cf_chain {
	struct rte_mbuf *segs[CF_SEGS_MAX];
	uint16_t nb;     /**< segments that there are */
};

/** @return bytes that a chain of @p nb segments holds */
static inline uint32_t
cf_chain_bytes(uint16_t nb)
{
	return nb * CF_SEG;
}

/** Takes @p nb segments from the pool. @return 0 or -ENOMEM */
int cf_chain_alloc(struct cf_chain *chain, struct rte_mempool *pool, uint16_t nb);

/** Gives them back. */
void cf_chain_free(struct cf_chain *chain);

/**
 * Links as many segments as @p len bytes take, at least one.
 *
 * @param len at most cf_chain_bytes()
 * @return the first
 */
struct rte_mbuf *cf_chain_set(struct cf_chain *chain, uint32_t len);

/**
 * Fills @p iov with the first @p len bytes.
 *
 * @param iov room for CF_SEGS_MAX
 * @return entries
 */
int cf_chain_iov(const struct cf_chain *chain, uint32_t len, struct iovec *iov);

/** Copies @p len bytes from the chain, from its byte @p from on. */
void cf_chain_read(const struct cf_chain *chain, uint32_t from, void *to, uint32_t len);

/** Copies @p len bytes to the beginning of the chain. */
void cf_chain_write(struct cf_chain *chain, const void *from, uint32_t len);

/** @return @p crc, which is 0 or that of what comes before, with the first @p len bytes added */
uint32_t cf_chain_crc(const struct cf_chain *chain, uint32_t crc, uint32_t len);

#endif /* CF_CHAIN_H */
