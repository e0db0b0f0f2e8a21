/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <endian.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <rte_log.h>

#include "test_hisi_qm_eal.h"
#include "test_hisi_qm_traffic.h"

static struct {
	FILE *file;
	char *text;
	size_t size;
	size_t seen;
} traffic_logged;

int
traffic_eal_start(void **state)
{
	(void)state;
	traffic_logged.file = open_memstream(&traffic_logged.text, &traffic_logged.size);
	if (traffic_logged.file == NULL)
		return -1;
	if (test_eal_start("256", "--log-level=pmd.common.hisi_qm:info") != 0)
		return -1;
	return rte_openlog_stream(traffic_logged.file);
}

int
traffic_eal_end(void **state)
{
	int ret;

	(void)state;
	ret = test_eal_end();
	rte_openlog_stream(NULL);
	fclose(traffic_logged.file);
	free(traffic_logged.text);
	return ret;
}

const char *
traffic_log(void)
{
	const char *news;

	fflush(traffic_logged.file);
	news = traffic_logged.text + traffic_logged.seen;
	traffic_logged.seen = traffic_logged.size;
	return news;
}

unsigned int
traffic_count(const char *log, const char *text)
{
	unsigned int n = 0;

	for (; (log = strstr(log, text)) != NULL; log += strlen(text))
		n++;
	return n;
}

void
traffic_init(struct traffic *traffic)
{
	memset(traffic, 0, sizeof(*traffic));
	traffic->mz = rte_memzone_reserve_aligned("traffic", 2 * TRAFFIC_SLOTS * TRAFFIC_SLOT, -1,
						  RTE_MEMZONE_IOVA_CONTIG, 4096);
	assert_non_null(traffic->mz);
}

void
traffic_free(struct traffic *traffic)
{
	rte_memzone_free(traffic->mz);
}

static uint8_t *
traffic_source(const struct traffic *traffic, unsigned int request)
{
	return (uint8_t *)traffic->mz->addr + request % TRAFFIC_SLOTS * TRAFFIC_SLOT;
}

static uint8_t *
traffic_dest(const struct traffic *traffic, unsigned int request)
{
	return traffic_source(traffic, request) + TRAFFIC_SLOTS * TRAFFIC_SLOT;
}

void
traffic_put(struct traffic *traffic, struct hisi_qm_qp *qp, uint32_t length)
{
	uint64_t source = (uintptr_t)traffic_source(traffic, traffic->sent);
	uint64_t dest = (uintptr_t)traffic_dest(traffic, traffic->sent);
	uint32_t *sqe = (uint32_t *)hisi_qm_sq_next(qp);

	memset(sqe, 0, 128);
	sqe[4] = length;
	if (qp->dev->hw == 0x21) {
		sqe[9] = 0x00000002; /* type 0, flat, zlib */
	} else {
		sqe[7] = 0x30000000; /* type 3 */
		sqe[9] = 0x00004001; /* 32 K window, flat, deflate */
	}
	sqe[14] = TRAFFIC_SLOT;
	sqe[18] = (uint32_t)source;
	sqe[19] = source >> 32;
	sqe[20] = (uint32_t)dest;
	sqe[21] = dest >> 32;
	hisi_qm_sq_advance(qp);
	traffic->sent++;
}

static uint64_t
traffic_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

void
traffic_take(struct traffic *traffic, struct hisi_qm_qp *qp, uint32_t sqe[32])
{
	uint64_t end = traffic_now_ms() + 10000;
	uint16_t index;

	while (!hisi_qm_cq_peek(qp, &index)) {
		assert_true(traffic_now_ms() < end);
		usleep(1);
	}
	assert_int_equal(index, qp->cq_head);
	memcpy(sqe, &qp->sq[index], 128);
	hisi_qm_cq_consume(qp);
	hisi_qm_cq_ack(qp, 1);
	traffic->done++;
}

/* Text of a sort, of @p length bytes, that differs from request to request. */
static void
traffic_text(uint8_t *out, uint32_t length, unsigned int request)
{
	uint32_t seed = request * 2654435761u + 1;

	for (uint32_t i = 0; i < length; i++) {
		seed = seed * 1664525u + 1013904223u;
		out[i] = "etaoin shrdlu\n"[(seed >> 24) % 14];
	}
}

static uint32_t
traffic_length(unsigned int request)
{
	return 1 + request * 7919u % (TRAFFIC_SLOT / 2);
}

/* Raw DEFLATE in one call, either way; the length of the result. */
static uint32_t
traffic_zlib(bool compress, const uint8_t *in, uint32_t in_length, uint8_t *out)
{
	z_stream stream = {
		.next_in = (uint8_t *)(uintptr_t)in,
		.avail_in = in_length,
		.next_out = out,
		.avail_out = TRAFFIC_SLOT,
	};

	if (compress) {
		assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY),
				 Z_OK);
		assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
		deflateEnd(&stream);
	} else {
		assert_int_equal(inflateInit2(&stream, -15), Z_OK);
		assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
		inflateEnd(&stream);
	}
	return stream.total_out;
}

/* Bytes behind the body: V2 does zlib, whose header is software's (hardware.md 10.1). */
static uint32_t
traffic_trailer(const struct hisi_qm_qp *qp)
{
	return qp->dev->hw == 0x21 ? 4 : 0;
}

static uint32_t
traffic_add_trailer(const struct hisi_qm_qp *qp, const uint8_t *text, uint32_t length,
		    uint8_t *trailer)
{
	uint32_t sum = htobe32(adler32(1, text, length));

	memcpy(trailer, &sum, traffic_trailer(qp));
	return traffic_trailer(qp);
}

static void
traffic_send(struct traffic *traffic, struct hisi_qm_qp *qp)
{
	uint32_t length = traffic_length(traffic->sent);
	uint8_t text[TRAFFIC_SLOT / 2];
	uint8_t *source = traffic_source(traffic, traffic->sent);

	traffic_text(text, length, traffic->sent);
	memset(traffic_dest(traffic, traffic->sent), 0xee, TRAFFIC_SLOT);
	if (qp->type == 0) {
		memcpy(source, text, length);
	} else {
		uint32_t body = traffic_zlib(true, text, length, source);

		length = body + traffic_add_trailer(qp, text, length, source + body);
	}
	traffic_put(traffic, qp, length);
}

static void
traffic_check(const struct traffic *traffic, const struct hisi_qm_qp *qp, unsigned int request,
	      const uint32_t sqe[32])
{
	uint32_t length = traffic_length(request);
	uint8_t text[TRAFFIC_SLOT / 2], got[TRAFFIC_SLOT];
	const uint8_t *dest = traffic_dest(traffic, request);

	traffic_text(text, length, request);
	assert_int_equal(sqe[0], sqe[4]);
	/* 0x0d: output not smaller than input, and valid (hardware.md 8.5) */
	if (qp->type == 0) {
		assert_true((sqe[3] & 0xff) == 0 || (sqe[3] & 0xff) == 0x0d);
		assert_int_equal(traffic_zlib(false, dest, sqe[1] - traffic_trailer(qp), got),
				 length);
		dest = got;
	} else {
		assert_int_equal(sqe[3] & 0xff, 0);
		assert_int_equal(sqe[1], length);
	}
	assert_memory_equal(dest, text, length);
}

void
traffic_run(struct traffic *traffic, struct hisi_qm_qp *qp, unsigned int n)
{
	unsigned int end = traffic->sent + n;
	uint32_t sqe[32];

	assert_int_equal(traffic->sent, traffic->done);
	while (traffic->done < end) {
		uint16_t burst = 0;

		while (traffic->sent < end && traffic->sent - traffic->done < TRAFFIC_SLOTS &&
		       burst < 16 && burst < hisi_qm_sq_space(qp)) {
			traffic_send(traffic, qp);
			burst++;
		}
		if (burst != 0)
			hisi_qm_sq_ring(qp, burst);
		traffic_take(traffic, qp, sqe);
		traffic_check(traffic, qp, traffic->done - 1, sqe);
	}
}

void
traffic_flood(struct traffic *traffic, struct hisi_qm_qp *qp, unsigned int n)
{
	unsigned int end = traffic->sent + n;
	uint32_t sqe[32];

	while (traffic->done < end) {
		uint16_t space = RTE_MIN(hisi_qm_sq_space(qp), end - traffic->sent);

		for (uint16_t i = 0; i < space; i++)
			traffic_put(traffic, qp, 100 + traffic->sent % 1000);
		if (space != 0)
			hisi_qm_sq_ring(qp, space);
		traffic_take(traffic, qp, sqe);
		assert_int_equal(sqe[4], 100 + (traffic->done - 1) % 1000);
		assert_int_equal(sqe[0], sqe[4]);
		assert_int_equal(sqe[3] & 0xff, 0);
	}
}

void
traffic_life(struct hisi_qm_dev *dev, unsigned int requests)
{
	struct hisi_qm_qp *qp[3];
	struct traffic traffic;

	traffic_init(&traffic);
	assert_int_equal(hisi_qm_qp_create(dev, 0, HISI_QM_SQ_COMPRESS, 100, -1, &qp[0]), 0);
	assert_int_equal(hisi_qm_qp_create(dev, 1, HISI_QM_SQ_DECOMPRESS, 1023, -1, &qp[1]), 0);
	for (int life = 0; life < 3; life++) {
		assert_int_equal(hisi_qm_dev_start(dev), 0);
		assert_int_equal(hisi_qm_qp_create(dev, 3, HISI_QM_SQ_DECOMPRESS, 1, -1, &qp[2]),
				 0);
		for (int i = 0; i < 3; i++)
			traffic_run(&traffic, qp[i], requests);
		assert_int_equal(hisi_qm_qp_stop(qp[0]), 0);
		assert_int_equal(hisi_qm_qp_start(qp[0]), 0);
		traffic_run(&traffic, qp[0], requests);
		hisi_qm_qp_release(qp[2]);
		hisi_qm_dev_stop(dev);
		assert_int_equal(dev->dead, 0);
	}
	hisi_qm_qp_release(qp[0]);
	hisi_qm_qp_release(qp[1]);
	traffic_free(&traffic);
}

void
traffic_all_queues(struct hisi_qm_dev *dev)
{
	struct hisi_qm_qp *qp[HISI_QM_MAX_QUEUES];
	struct traffic traffic;
	uint32_t sqe[32];

	assert_int_equal(dev->nb_queues, 1024);
	traffic_init(&traffic);
	for (unsigned int i = 0; i < 1024; i++)
		assert_int_equal(hisi_qm_qp_create(dev, i, HISI_QM_SQ_COMPRESS, 64, -1, &qp[i]),
				 0);
	for (int life = 0; life < 2; life++) {
		assert_int_equal(hisi_qm_dev_start(dev), 0);
		for (unsigned int i = 0; i < 1024; i++) {
			traffic_put(&traffic, qp[i], 100);
			hisi_qm_sq_ring(qp[i], 1);
			traffic_take(&traffic, qp[i], sqe);
			assert_int_equal(sqe[0], 100);
		}
		hisi_qm_dev_stop(dev);
	}
	for (unsigned int i = 0; i < 1024; i++)
		hisi_qm_qp_release(qp[i]);
	traffic_free(&traffic);
}
