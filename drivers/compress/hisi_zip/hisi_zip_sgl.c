/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mbuf.h>

#include "hisi_zip_sgl.h"

/* Arena for an op of ordinary shape: two lists of 16 entries. */
#define HISI_ZIP_SGL_USUAL_SGES 16

/* Units of a list of one or two entries. */
#define HISI_ZIP_SGL_LEAST 2

/* An entry as two dwords at a time, and a list's header. */
#define HISI_ZIP_SGE_PAIRS (sizeof(struct hisi_hw_sge) / sizeof(hisi_zip_pair))
#define HISI_ZIP_SGL_PAIRS (sizeof(struct hisi_hw_sgl) / sizeof(hisi_zip_pair))

/* A place in the arena. */
struct hisi_zip_sgl_place {
	uint8_t *va;
	uint64_t shift; /* from there to the device's address */
};

/* What is left to do of a chain. */
struct hisi_zip_sgl_rest {
	const struct rte_mbuf *m;
	uint32_t offset; /* from this mbuf's data on */
	uint32_t length;
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

static __rte_always_inline uint64_t
hisi_zip_sgl_iova(const struct hisi_zip_sgl_place *place)
{
	return (uintptr_t)place->va + place->shift;
}

/* Starts a list: where its first entry goes. */
static __rte_always_inline hisi_zip_pair *
hisi_zip_sgl_begin(const struct hisi_zip_sgl_place *place)
{
	return (hisi_zip_pair *)(place->va + sizeof(struct hisi_hw_sgl));
}

/* The second pair of a list: sum in chain, sum, capacity: 16 bits each (hardware.md 9.1). */
static __rte_always_inline uint64_t
hisi_zip_sgl_counts(uint32_t chain_sum, uint64_t used)
{
	return chain_sum + used * 0x100010000;
}

/* Ends a list of "used" entries and moves the place behind it. */
static __rte_always_inline void
hisi_zip_sgl_end(struct hisi_zip_sgl_place *place, uint32_t chain_sum, uint64_t used, bool more)
{
	hisi_zip_pair *head = (hisi_zip_pair *)place->va;

	place->va += (size_t)hisi_zip_sgl_list_units(used) * HISI_ZIP_SGL_ALIGN;
	head[0] = more ? hisi_zip_sgl_iova(place) : 0;
	head[1] = hisi_zip_sgl_counts(chain_sum, used);
}

/* Writes an entry (hardware.md 9.2); returns where the next one goes. */
static __rte_always_inline hisi_zip_pair *
hisi_zip_sgl_put(hisi_zip_pair *sge, uint64_t iova, uint32_t length)
{
	hisi_zip_quad *quads = (hisi_zip_quad *)sge;

	quads[0] = (hisi_zip_quad){iova, 0};
	quads[1] = (hisi_zip_quad){length, 0};
	return sge + HISI_ZIP_SGE_PAIRS;
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

/*
 * Writes entries from "sge" on, at most up to "last", for what is left of a chain; returns where
 * the next one goes. Entries start inside a segment rather than with the SQE's offsets, of which it
 * is not stated whether they may cross the first entry.
 */
static __rte_always_inline hisi_zip_pair *
hisi_zip_sgl_put_chain(hisi_zip_pair *sge, const hisi_zip_pair *last,
		       struct hisi_zip_sgl_rest *rest)
{
	for (; rest->m != NULL; rest->m = rest->m->next) {
		uint32_t length = rest->m->data_len;

		/* Also skips empty segments: what an empty entry means is not stated. */
		if (unlikely(rest->offset >= length)) {
			rest->offset -= length;
			continue;
		}
		if (unlikely(sge == last))
			break;
		length = RTE_MIN(length - rest->offset, rest->length);
		sge = hisi_zip_sgl_put(sge, rte_pktmbuf_iova_offset(rest->m, rest->offset), length);
		rest->offset = 0;
		rest->length -= length;
		if (rest->length == 0)
			break;
	}
	return sge;
}

/*
 * Writes lists of at most "max" entries for at most "want" bytes of a chain from "offset" on, and
 * one of "trailer_len" bytes unless the trailer's address is 0; returns how many bytes of the chain
 * they cover and moves the place behind them.
 */
static uint32_t
hisi_zip_sgl_write(struct hisi_zip_sgl_place *place, const struct rte_mbuf *m, uint32_t offset,
		   uint32_t want, uint32_t max, uint64_t trailer, uint32_t trailer_len)
{
	struct hisi_zip_sgl_rest rest = {.m = m, .offset = offset, .length = want};
	uint32_t sum = max + (trailer != 0), used;
	hisi_zip_pair *first, *sge;

	for (;;) {
		uint32_t most = RTE_MIN(max, HISI_ZIP_SGL_MAX_SGES);

		first = hisi_zip_sgl_begin(place);
		sge = hisi_zip_sgl_put_chain(first, first + most * HISI_ZIP_SGE_PAIRS, &rest);
		used = (uint32_t)(sge - first) / HISI_ZIP_SGE_PAIRS;
		max -= used;
		if (max == 0 || rest.length == 0 || rest.m == NULL)
			break;
		hisi_zip_sgl_end(place, sum, used, true);
	}
	if (trailer != 0) {
		if (used == HISI_ZIP_SGL_MAX_SGES) {
			hisi_zip_sgl_end(place, sum, used, true);
			sge = hisi_zip_sgl_begin(place);
			used = 0;
		}
		hisi_zip_sgl_put(sge, trailer, trailer_len);
		used++;
	}
	hisi_zip_sgl_end(place, sum, used, false);
	return want - rest.length;
}

/*
 * Writes the last entry of a list that is the only one of the chain that begins with "first", and
 * its header; returns the units that it takes, 0 if the chain says that it has fewer segments.
 */
static __rte_always_inline uint32_t
hisi_zip_sgl_close(hisi_zip_pair *list, hisi_zip_pair *sge, uint64_t iova, uint32_t length,
		   const struct rte_mbuf *first, uint32_t used)
{
	if (unlikely(first->nb_segs < used))
		return 0;
	hisi_zip_sgl_put(sge, iova, length);
	/* The sum in chain is that of this list. */
	*(hisi_zip_quad *)list = (hisi_zip_quad){0, hisi_zip_sgl_counts(used, used)};
	return hisi_zip_sgl_list_units(used);
}

/*
 * Writes one list, of which there are at most "units", for "want" bytes of a chain from "offset"
 * on; returns how many it takes, 0 if the chain is not as most are. One and two entries, for which
 * there is always room, are written straight.
 */
static __rte_always_inline uint32_t
hisi_zip_sgl_write_short(const struct hisi_zip_queue *queue, hisi_zip_pair *list, uint32_t units,
			 const struct rte_mbuf *first, uint32_t offset, uint32_t want)
{
	hisi_zip_pair *sge = list + HISI_ZIP_SGL_PAIRS;
	const struct rte_mbuf *m = first;
	uint32_t length, used, most;

	while (unlikely(offset >= m->data_len)) {
		offset -= m->data_len;
		m = m->next;
		if (m == NULL)
			return 0;
	}
	length = m->data_len - offset;
	if (length >= want)
		return hisi_zip_sgl_close(list, sge, rte_pktmbuf_iova_offset(m, offset), want,
					  first, 1);
	sge = hisi_zip_sgl_put(sge, rte_pktmbuf_iova_offset(m, offset), length);
	m = m->next;
	if (unlikely(m == NULL))
		return 0;
	want -= length;
	length = m->data_len;
	if (length >= want)
		return hisi_zip_sgl_close(list, sge, rte_pktmbuf_iova(m), want, first, 2);
	most = RTE_MIN(2 * (units - 1), queue->sgl_short);
	for (used = 3;; used++) {
		/* What an empty entry means is not stated. */
		if (unlikely(length == 0))
			return 0;
		sge = hisi_zip_sgl_put(sge, rte_pktmbuf_iova(m), length);
		m = m->next;
		if (unlikely(m == NULL || used > most))
			return 0;
		want -= length;
		length = m->data_len;
		if (length >= want)
			break;
	}
	return hisi_zip_sgl_close(list, sge, rte_pktmbuf_iova(m), want, first, used);
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

/* As hisi_zip_sgl_fill(), for any number of segments and any frame. */
static __rte_noinline int
hisi_zip_sgl_fill_any(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
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
	place.shift = queue->sgl_iova - (uintptr_t)queue->sgl_mem;
	buffers->source = hisi_zip_sgl_iova(&place);
	if (unlikely(hisi_zip_sgl_write(&place, src, op->src.offset, op->src.length, nb_src,
					src_trailer, HISI_ZIP_TRAILER_ZLIB) != op->src.length))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	buffers->dest = hisi_zip_sgl_iova(&place);
	buffers->room = hisi_zip_sgl_write(&place, dst, op->dst.offset, room, nb_dst, dst_trailer,
					   extra);
	if (unlikely(buffers->room == 0))
		return RTE_COMP_OP_STATUS_INVALID_ARGS;
	buffers->room += extra;
	queue->sgl_next = (uint32_t)(place.va - queue->sgl_mem) / HISI_ZIP_SGL_ALIGN;
	queue->sgl_tail += skip + queue->sgl_next - at;
	/* What lies together from here on, for the short lists of the ops that follow. */
	queue->sgl_straight = RTE_MIN(queue->sgl_size - queue->sgl_next,
				      queue->sgl_size - (queue->sgl_tail - queue->sgl_seen));
	return RTE_COMP_OP_STATUS_SUCCESS;
}

/* As hisi_zip_sgl_fill(), but 0 if the op needs hisi_zip_sgl_fill_any(), else units taken. */
static __rte_always_inline uint32_t
hisi_zip_sgl_fill_short(const struct hisi_zip_queue *queue, const struct rte_comp_op *op,
			struct hisi_zip_buffers *buffers)
{
	const uint64_t at = (uint64_t)queue->sgl_next * HISI_ZIP_SGL_ALIGN;
	uint32_t room = op->m_dst->pkt_len - op->dst.offset;
	uint32_t left = queue->sgl_straight, src, dst;
	uint8_t *list = queue->sgl_mem + at;

	if (unlikely(left < 2 * HISI_ZIP_SGL_LEAST || queue->sgl_short < 2 ||
		     room - 1 >= HISI_ZIP_MAX_BYTES))
		return 0;
	src = hisi_zip_sgl_write_short(queue, (hisi_zip_pair *)list, left - HISI_ZIP_SGL_LEAST,
				       op->m_src, op->src.offset, op->src.length);
	if (unlikely(src == 0))
		return 0;
	list += (size_t)src * HISI_ZIP_SGL_ALIGN;
	dst = hisi_zip_sgl_write_short(queue, (hisi_zip_pair *)list, left - src, op->m_dst,
				       op->dst.offset, room);
	if (unlikely(dst == 0))
		return 0;
	buffers->source = queue->sgl_iova + at;
	buffers->dest = buffers->source + (uint64_t)src * HISI_ZIP_SGL_ALIGN;
	buffers->room = room;
	return src + dst;
}

int
hisi_zip_sgl_fill(struct hisi_zip_queue *queue, const struct rte_comp_op *op,
		  enum hisi_zip_frame frame, struct hisi_zip_buffers *buffers)
{
	uint32_t units;

	/* Most ops have no frame and few segments, and the arena has just room for them. */
	if (unlikely(frame != HISI_ZIP_FRAME_NONE))
		return hisi_zip_sgl_fill_any(queue, op, frame, buffers);
	units = hisi_zip_sgl_fill_short(queue, op, buffers);
	if (unlikely(units == 0))
		return hisi_zip_sgl_fill_any(queue, op, HISI_ZIP_FRAME_NONE, buffers);
	queue->sgl_next += units;
	queue->sgl_tail += units;
	queue->sgl_straight -= units;
	return RTE_COMP_OP_STATUS_SUCCESS;
}
