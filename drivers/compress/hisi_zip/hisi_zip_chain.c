/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include "hisi_zip_chain.h"

struct hisi_zip_span
hisi_zip_chain_take(struct hisi_zip_cursor *at, uint32_t want)
{
	struct hisi_zip_span span = {0};

	while (at->m != NULL && at->offset >= at->m->data_len) {
		at->offset -= at->m->data_len;
		at->m = at->m->next;
	}
	if (at->m == NULL)
		return span;
	span.va = rte_pktmbuf_mtod_offset(at->m, uint8_t *, at->offset);
	span.iova = rte_pktmbuf_iova_offset(at->m, at->offset);
	span.length = RTE_MIN(at->m->data_len - at->offset, want);
	at->offset += span.length;
	return span;
}

uint64_t
hisi_zip_chain_length(const struct rte_mbuf *m)
{
	uint64_t length = 0;

	for (; m != NULL; m = m->next)
		length += m->data_len;
	return length;
}

struct hisi_zip_span
hisi_zip_chain_span(const struct rte_mbuf *m, uint32_t offset)
{
	struct hisi_zip_cursor at = {.m = m, .offset = offset};

	return hisi_zip_chain_take(&at, UINT32_MAX);
}

void
hisi_zip_chain_read(const struct rte_mbuf *m, uint32_t offset, uint8_t *to, uint32_t length)
{
	struct hisi_zip_cursor at = {.m = m, .offset = offset};
	struct hisi_zip_span span;

	HISI_ZIP_CHAIN_FOREACH(span, &at, length) {
		memcpy(to, span.va, span.length);
		to += span.length;
	}
}

void
hisi_zip_chain_write(const struct rte_mbuf *m, uint32_t offset, const uint8_t *from,
		     uint32_t length)
{
	struct hisi_zip_cursor at = {.m = m, .offset = offset};
	struct hisi_zip_span span;

	HISI_ZIP_CHAIN_FOREACH(span, &at, length) {
		memcpy(span.va, from, span.length);
		from += span.length;
	}
}
