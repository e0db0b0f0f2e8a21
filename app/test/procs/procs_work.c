/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <rte_comp.h>
#include <rte_compressdev.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mbuf.h>

#include "procs_work.h"

#define PROCS_ROOM 16384
#define PROCS_MBUFS (3 * PROCS_DEPTH)
#define PROCS_TURN_MS 20000

struct procs_counts procs_counts;

static struct {
	uint8_t dev;
	uint32_t length;
	void *compress;
	void *decompress;
	struct rte_mempool *ops;
	struct rte_mempool *mbufs;
	struct rte_comp_op *op[PROCS_DEPTH];
	struct rte_mbuf *plain[PROCS_DEPTH];
	struct rte_mbuf *packed[PROCS_DEPTH];
	struct rte_mbuf *back[PROCS_DEPTH];
	unsigned int in_flight;
	uint32_t seed;
} work;

static void
procs_name(char *text, size_t len, const char *name, const char *what)
{
	snprintf(text, len, "%s_%s", name, what);
}

int
procs_pools_create(const char *name)
{
	char text[RTE_MEMPOOL_NAMESIZE];

	procs_name(text, sizeof(text), name, "ops");
	if (rte_comp_op_pool_create(text, PROCS_DEPTH, 0, 0, SOCKET_ID_ANY) == NULL)
		return -rte_errno;
	procs_name(text, sizeof(text), name, "mbufs");
	if (rte_pktmbuf_pool_create(text, PROCS_MBUFS, 0, 0, PROCS_ROOM, SOCKET_ID_ANY) == NULL)
		return -rte_errno;
	return 0;
}

int
procs_pools_free(const char *name)
{
	char text[RTE_MEMPOOL_NAMESIZE];

	procs_name(text, sizeof(text), name, "ops");
	rte_mempool_free(rte_mempool_lookup(text));
	procs_name(text, sizeof(text), name, "mbufs");
	rte_mempool_free(rte_mempool_lookup(text));
	return 0;
}

int
procs_pools_use(const char *name)
{
	char text[RTE_MEMPOOL_NAMESIZE];

	procs_name(text, sizeof(text), name, "ops");
	work.ops = rte_mempool_lookup(text);
	procs_name(text, sizeof(text), name, "mbufs");
	work.mbufs = rte_mempool_lookup(text);
	return work.ops == NULL || work.mbufs == NULL ? -ENOENT : 0;
}

/* Words that differ from op to op, so that each result says whose it is. */
static void
procs_fill_plain(struct rte_mbuf *m, uint32_t length)
{
	char *data = rte_pktmbuf_mtod(m, char *);
	uint32_t at = 0;

	while (at + 24 < length) {
		work.seed = work.seed * 1664525 + 1013904223;
		at += (uint32_t)sprintf(data + at, "%s %u ", work.seed & 1 << 20 ? "cloud" : "tree",
					work.seed >> 22);
	}
	memset(data + at, '.', length - at);
	rte_pktmbuf_data_len(m) = length;
	rte_pktmbuf_pkt_len(m) = length;
}

static int
procs_xforms(void)
{
	const struct rte_comp_xform compress = {
		.type = RTE_COMP_COMPRESS,
		.compress = {
			.algo = RTE_COMP_ALGO_DEFLATE,
			.deflate.huffman = RTE_COMP_HUFFMAN_DYNAMIC,
			.level = RTE_COMP_LEVEL_PMD_DEFAULT,
			.window_size = 15,
			.chksum = RTE_COMP_CHECKSUM_NONE,
			.hash_algo = RTE_COMP_HASH_ALGO_NONE,
		},
	};
	const struct rte_comp_xform decompress = {
		.type = RTE_COMP_DECOMPRESS,
		.decompress = {
			.algo = RTE_COMP_ALGO_DEFLATE,
			.chksum = RTE_COMP_CHECKSUM_NONE,
			.window_size = 15,
			.hash_algo = RTE_COMP_HASH_ALGO_NONE,
		},
	};
	int ret = rte_compressdev_private_xform_create(work.dev, &compress, &work.compress);

	return ret != 0 ? ret : rte_compressdev_private_xform_create(work.dev, &decompress,
								     &work.decompress);
}

int
procs_work_open(uint8_t dev, uint32_t length)
{
	int ret;

	work.dev = dev;
	work.length = RTE_MIN(length, (uint32_t)PROCS_ROOM / 2);
	work.seed = (uint32_t)rte_rdtsc();
	ret = procs_xforms();
	if (ret != 0)
		return ret;
	if (rte_comp_op_bulk_alloc(work.ops, work.op, PROCS_DEPTH) != PROCS_DEPTH ||
	    rte_pktmbuf_alloc_bulk(work.mbufs, work.plain, PROCS_DEPTH) != 0 ||
	    rte_pktmbuf_alloc_bulk(work.mbufs, work.packed, PROCS_DEPTH) != 0 ||
	    rte_pktmbuf_alloc_bulk(work.mbufs, work.back, PROCS_DEPTH) != 0)
		return -ENOMEM;
	for (unsigned int i = 0; i < PROCS_DEPTH; i++)
		procs_fill_plain(work.plain[i], work.length);
	return 0;
}

void
procs_work_close(void)
{
	for (unsigned int i = 0; i < PROCS_DEPTH; i++) {
		rte_comp_op_free(work.op[i]);
		rte_pktmbuf_free(work.plain[i]);
		rte_pktmbuf_free(work.packed[i]);
		rte_pktmbuf_free(work.back[i]);
	}
	rte_compressdev_private_xform_free(work.dev, work.compress);
	rte_compressdev_private_xform_free(work.dev, work.decompress);
}

static void
procs_prepare(struct rte_comp_op *op, void *xform, struct rte_mbuf *src, uint32_t length,
	      struct rte_mbuf *dst)
{
	rte_pktmbuf_data_len(dst) = PROCS_ROOM - RTE_PKTMBUF_HEADROOM;
	rte_pktmbuf_pkt_len(dst) = rte_pktmbuf_data_len(dst);
	op->op_type = RTE_COMP_OP_STATELESS;
	op->flush_flag = RTE_COMP_FLUSH_FINAL;
	op->private_xform = xform;
	op->m_src = src;
	op->src.offset = 0;
	op->src.length = length;
	op->m_dst = dst;
	op->dst.offset = 0;
	op->status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
}

static void
procs_count(struct rte_comp_op *const *ops, uint16_t nb)
{
	for (uint16_t i = 0; i < nb; i++) {
		if (ops[i]->status == RTE_COMP_OP_STATUS_SUCCESS)
			procs_counts.done++;
		else
			procs_counts.errors++;
	}
	work.in_flight -= nb;
}

unsigned int
procs_work_drain(uint16_t qp, unsigned int ms)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 1000 * ms;
	struct rte_comp_op *ops[PROCS_BURST];

	while (work.in_flight != 0 && rte_get_timer_cycles() < end) {
		uint16_t nb = rte_compressdev_dequeue_burst(work.dev, qp, ops, PROCS_BURST);

		procs_count(ops, nb);
		if (nb == 0)
			rte_delay_us_sleep(50);
	}
	return work.in_flight;
}

/* All ops of a burst there and back. */
static int
procs_turn(uint16_t qp)
{
	uint16_t nb = 0;

	for (unsigned int tries = 0; nb < PROCS_BURST && tries < 1000; tries++)
		nb += rte_compressdev_enqueue_burst(work.dev, qp, work.op + nb, PROCS_BURST - nb);
	work.in_flight += nb;
	return nb == PROCS_BURST && procs_work_drain(qp, PROCS_TURN_MS) == 0 ? 0 : -EIO;
}

static bool
procs_inflate_equal(const struct rte_comp_op *op, const struct rte_mbuf *plain)
{
	static uint8_t out[PROCS_ROOM];
	z_stream z = {
		.next_in = rte_pktmbuf_mtod(op->m_dst, uint8_t *),
		.avail_in = op->produced,
		.next_out = out,
		.avail_out = sizeof(out),
	};
	bool equal;

	if (inflateInit2(&z, -15) != Z_OK)
		return false;
	equal = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == work.length &&
		memcmp(out, rte_pktmbuf_mtod(plain, uint8_t *), work.length) == 0;
	inflateEnd(&z);
	return equal;
}

int
procs_work_round(uint16_t qp)
{
	uint64_t errors = procs_counts.errors;

	for (unsigned int i = 0; i < PROCS_BURST; i++) {
		procs_fill_plain(work.plain[i], work.length);
		procs_prepare(work.op[i], work.compress, work.plain[i], work.length,
			      work.packed[i]);
	}
	if (procs_turn(qp) != 0 || procs_counts.errors != errors)
		return -EIO;
	for (unsigned int i = 0; i < PROCS_BURST; i++) {
		procs_counts.wrong += !procs_inflate_equal(work.op[i], work.plain[i]);
		memset(rte_pktmbuf_mtod(work.back[i], void *), 0, work.length);
		procs_prepare(work.op[i], work.decompress, work.packed[i], work.op[i]->produced,
			      work.back[i]);
	}
	if (procs_turn(qp) != 0 || procs_counts.errors != errors)
		return -EIO;
	for (unsigned int i = 0; i < PROCS_BURST; i++)
		procs_counts.wrong += work.op[i]->produced != work.length ||
				      memcmp(rte_pktmbuf_mtod(work.back[i], void *),
					     rte_pktmbuf_mtod(work.plain[i], void *),
					     work.length) != 0;
	return 0;
}

unsigned int
procs_work_fill(uint16_t qp, unsigned int nb)
{
	unsigned int done = 0;
	uint16_t n;

	nb = RTE_MIN(nb, (unsigned int)PROCS_DEPTH);
	for (unsigned int i = 0; i < nb; i++)
		procs_prepare(work.op[i], work.compress, work.plain[i], work.length,
			      work.packed[i]);
	do {
		n = rte_compressdev_enqueue_burst(work.dev, qp, work.op + done, nb - done);
		done += n;
	} while (n != 0 && done < nb);
	work.in_flight += done;
	return done;
}

void
procs_work_flood(uint16_t qp)
{
	struct rte_comp_op *ops[PROCS_BURST];

	if (work.in_flight == 0)
		procs_work_fill(qp, PROCS_DEPTH);
	for (unsigned int turn = 0; turn < 64; turn++) {
		uint16_t nb = rte_compressdev_dequeue_burst(work.dev, qp, ops, PROCS_BURST);
		uint16_t sent = 0;

		procs_count(ops, nb);
		if (nb == 0) {
			rte_delay_us_sleep(20);
			return;
		}
		/* Whose status is set again; ops that do not fit now would be lost to the flood. */
		while (sent < nb) {
			uint16_t n = rte_compressdev_enqueue_burst(work.dev, qp, ops + sent,
								   nb - sent);

			if (n == 0)
				break;
			sent += n;
		}
		work.in_flight += sent;
	}
}
