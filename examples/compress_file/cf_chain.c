/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include <zlib.h>

#include "cf_chain.h"

int
cf_chain_alloc(struct cf_chain *chain, struct rte_mempool *pool, uint16_t nb)
{
	for (chain->nb = 0; chain->nb < nb; chain->nb++) {
		chain->segs[chain->nb] = rte_pktmbuf_alloc(pool);
		if (chain->segs[chain->nb] == NULL)
			return -ENOMEM;
	}
	return 0;
}

void
cf_chain_free(struct cf_chain *chain)
{
	while (chain->nb > 0) {
		struct rte_mbuf *seg = chain->segs[--chain->nb];

		seg->next = NULL;
		seg->nb_segs = 1;
		rte_pktmbuf_free_seg(seg);
	}
}

struct rte_mbuf *
cf_chain_set(struct cf_chain *chain, uint32_t len)
{
	struct rte_mbuf *head = chain->segs[0];
	uint16_t i = 0;

	head->pkt_len = len;
	do {
		struct rte_mbuf *seg = chain->segs[i++];

		seg->data_len = (uint16_t)RTE_MIN(len, CF_SEG);
		len -= seg->data_len;
		seg->next = len > 0 ? chain->segs[i] : NULL;
	} while (len > 0);
	head->nb_segs = i;
	return head;
}

int
cf_chain_iov(const struct cf_chain *chain, uint32_t len, struct iovec *iov)
{
	int nb = 0;

	while (len > 0) {
		iov[nb].iov_base = rte_pktmbuf_mtod(chain->segs[nb], void *);
		iov[nb].iov_len = RTE_MIN(len, CF_SEG);
		len -= (uint32_t)iov[nb++].iov_len;
	}
	return nb;
}

void
cf_chain_read(const struct cf_chain *chain, uint32_t from, void *to, uint32_t len)
{
	uint8_t *at = to;

	while (len > 0) {
		uint32_t offset = from % CF_SEG;
		uint32_t here = RTE_MIN(len, CF_SEG - offset);

		memcpy(at, rte_pktmbuf_mtod_offset(chain->segs[from / CF_SEG], void *, offset),
		       here);
		from += here;
		at += here;
		len -= here;
	}
}

void
cf_chain_write(struct cf_chain *chain, const void *from, uint32_t len)
{
	const uint8_t *at = from;

	for (uint16_t i = 0; len > 0; i++) {
		uint32_t here = RTE_MIN(len, CF_SEG);

		memcpy(rte_pktmbuf_mtod(chain->segs[i], void *), at, here);
		at += here;
		len -= here;
	}
}

uint32_t
cf_chain_crc(const struct cf_chain *chain, uint32_t crc, uint32_t len)
{
	for (uint16_t i = 0; len > 0; i++) {
		uint32_t here = RTE_MIN(len, CF_SEG);

		crc = (uint32_t)crc32(crc, rte_pktmbuf_mtod(chain->segs[i], const uint8_t *),
				      here);
		len -= here;
	}
	return crc;
}
