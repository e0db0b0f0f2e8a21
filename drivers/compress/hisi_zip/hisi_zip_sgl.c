/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mbuf.h>

#include "hisi_zip_sgl.h"

/* Arena for an op of ordinary shape: two lists of 16 entries. */
#define HISI_ZIP_SGL_USUAL_SGES 16

/* A place in the arena, as the driver and as the device see it. */
struct hisi_zip_sgl_place {
	uint8_t *va;
	uint64_t iova;
};

static inline uint32_t
hisi_zip_sgl_list_units(uint32_t nb_sges)
{
	return 1 + (nb_sges + 1) / 2;
}

uint32_t
hisi_zip_sgl_units(uint32_t nb_sges)
{
	uint32_t full, rest;

	if (likely(nb_sges <= HISI_ZIP_SGL_MAX_SGES))
		return hisi_zip_sgl_list_units(nb_sges);
	full = nb_sges / HISI_ZIP_SGL_MAX_SGES;
	rest = nb_sges % HISI_ZIP_SGL_MAX_SGES;
	return full * hisi_zip_sgl_list_units(HISI_ZIP_SGL_MAX_SGES) +
	       (rest == 0 ? 0 : hisi_zip_sgl_list_units(rest));
}

uint32_t
hisi_zip_sgl_arena_units(uint32_t limit, uint16_t max_sge)
{
	uint32_t usual = 2 * hisi_zip_sgl_units(RTE_MIN(max_sge, HISI_ZIP_SGL_USUAL_SGES));
	uint32_t worst = 2 * hisi_zip_sgl_units(max_sge + 1u); /* one for a trailer */

	/* Twice the worst: a run that does not fit before the end starts again at the front. */
	return RTE_MAX(limit * usual, 2 * worst);
}

/* Ends a list of "used" entries and moves the place behind it. */
static inline void
hisi_zip_sgl_end(struct hisi_zip_sgl_place *place, uint64_t chain_sum, uint32_t used, bool more)
{
	hisi_zip_quad *head = (hisi_zip_quad *)place->va;
	uint32_t bytes = hisi_zip_sgl_list_units(used) * HISI_ZIP_SGL_ALIGN;

	place->va += bytes;
	place->iova += bytes;
	/* Next list; sum in chain, sum, capacity: 16 bits each (hardware.md 9.1). */
	head[0] = (hisi_zip_quad){more ? place->iova : 0,
				  chain_sum | (uint64_t)used << 16 | (uint64_t)used << 32};
}

/*
 * The most entries that "want" bytes of a chain from "offset" on may take; they are counted only
 * where the chain is long, as much of it may lie before the offset.
 */
static inline uint32_t
hisi_zip_sgl_bound(const struct rte_mbuf *m, uint32_t offset, uint32_t want, uint32_t max_sge)
{
	uint32_t nb_sges = 0;

	if (likely(m->nb_segs <= max_sge))
		return m->nb_segs;
	for (; m != NULL && want != 0 && nb_sges <= max_sge; m = m->next) {
		uint32_t skipped = RTE_MIN(offset, m->data_len);
		uint32_t length = RTE_MIN(m->data_len - skipped, want);

		offset -= skipped;
		want -= length;
		nb_sges += length != 0;
	}
	return nb_sges;
}

/* Starts a list: where its first entry goes. */
static inline hisi_zip_quad *
hisi_zip_sgl_begin(const struct hisi_zip_sgl_place *place)
{
	return (hisi_zip_quad *)(place->va + sizeof(struct hisi_hw_sgl));
}

/*
 * Writes lists of at most "max" entries for at most "want" bytes of a chain from "offset" on, and
 * one of "trailer_len" bytes unless the trailer's address is 0; returns how many bytes of the chain
 * they cover and moves the place behind them. Entries start inside a segment rather than with the
 * SQE's offsets, of which it is not stated whether they may cross the first entry.
 */
static __rte_always_inline uint32_t
hisi_zip_sgl_write(struct hisi_zip_sgl_place *place, const struct rte_mbuf *m, uint32_t offset,
		   uint32_t want, uint32_t max, uint64_t trailer, uint32_t trailer_len)
{
	uint32_t sum = max + (trailer != 0), left = want, used = 0;
	hisi_zip_quad *sge = hisi_zip_sgl_begin(place);

	for (; m != NULL && max != 0; m = m->next) {
		uint32_t length = m->data_len;

		/* Also skips empty segments: what an empty entry means is not stated. */
		if (unlikely(offset >= length)) {
			offset -= length;
			continue;
		}
		if (unlikely(used == HISI_ZIP_SGL_MAX_SGES)) {
			hisi_zip_sgl_end(place, sum, used, true);
			sge = hisi_zip_sgl_begin(place);
			used = 0;
		}
		length = RTE_MIN(length - offset, left);
		sge[0] = (hisi_zip_quad){rte_pktmbuf_iova_offset(m, offset), 0};
		sge[1] = (hisi_zip_quad){length, 0};
		sge += 2;
		used++;
		max--;
		offset = 0;
		left -= length;
		if (left == 0)
			break;
	}
	if (unlikely(trailer != 0)) {
		if (used == HISI_ZIP_SGL_MAX_SGES) {
			hisi_zip_sgl_end(place, sum, used, true);
			sge = hisi_zip_sgl_begin(place);
			used = 0;
		}
		sge[0] = (hisi_zip_quad){trailer, 0};
		sge[1] = (hisi_zip_quad){trailer_len, 0};
		used++;
	}
	hisi_zip_sgl_end(place, sum, used, false);
	return want - left;
}

/* Whether "units" can be taken from the arena. */
static inline bool
hisi_zip_sgl_has_room(struct hisi_zip_queue *queue, uint32_t units)
{
	if (likely(queue->sgl_size - (queue->sgl_tail - queue->sgl_seen) >= units))
		return true;
	/* Acquire pairs with the consumer's release: the device is done with what comes free. */
	queue->sgl_seen = __atomic_load_n(&queue->sgl_freed, __ATOMIC_ACQUIRE);
	return queue->sgl_size - (queue->sgl_tail - queue->sgl_seen) >= units;
}

int
hisi_zip_sgl_fill(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
		  enum hisi_zip_frame frame, struct hisi_zip_buffers *buffers)
{
	uint64_t src_trailer = frame == HISI_ZIP_FRAME_DECOMPRESS ? queue->scratch_iova : 0;
	uint32_t extra = hisi_zip_frame_extra(frame);
	uint64_t dst_trailer = extra != 0 ? queue->scratch_iova : 0;
	uint32_t at = queue->sgl_next, skip = 0, units, nb_src, nb_dst;
	uint32_t room = RTE_MIN(hisi_zip_op_room(op), HISI_ZIP_MAX_BYTES - extra);
	uint32_t most = HISI_ZIP_MAX_BYTES - (src_trailer != 0 ? HISI_ZIP_TRAILER_ZLIB : 0);
	const struct rte_mbuf *src = op->m_src, *dst = op->m_dst;
	struct hisi_zip_sgl_place place;

	if (unlikely(room == 0 || op->src.length > most))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	nb_src = hisi_zip_sgl_bound(src, op->src.offset, op->src.length, queue->max_sge);
	nb_dst = hisi_zip_sgl_bound(dst, op->dst.offset, room, queue->max_sge);
	if (unlikely(nb_src > queue->max_sge || nb_dst > queue->max_sge))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	units = hisi_zip_sgl_units(nb_src + (src_trailer != 0)) +
		hisi_zip_sgl_units(nb_dst + (dst_trailer != 0));
	if (unlikely(at + units > queue->sgl_size)) {
		skip = queue->sgl_size - at;
		at = 0;
	}
	if (unlikely(!hisi_zip_sgl_has_room(queue, skip + units)))
		return RTE_COMP_OP_STATUS_NOT_PROCESSED;

	place.va = queue->sgl_mem + (size_t)at * HISI_ZIP_SGL_ALIGN;
	place.iova = queue->sgl_iova + (uint64_t)at * HISI_ZIP_SGL_ALIGN;
	buffers->source = place.iova;
	if (unlikely(hisi_zip_sgl_write(&place, src, op->src.offset, op->src.length, nb_src,
					src_trailer, HISI_ZIP_TRAILER_ZLIB) != op->src.length))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	buffers->dest = place.iova;
	buffers->room = hisi_zip_sgl_write(&place, dst, op->dst.offset, room, nb_dst, dst_trailer,
					   extra);
	if (unlikely(buffers->room == 0))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	buffers->room += extra;

	queue->sgl_next = (place.iova - queue->sgl_iova) / HISI_ZIP_SGL_ALIGN;
	queue->sgl_tail += skip + queue->sgl_next - at;
	return RTE_COMP_OP_STATUS_SUCCESS;
}
