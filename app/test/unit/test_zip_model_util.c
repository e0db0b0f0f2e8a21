/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <stdlib.h>
#include <sys/mman.h>

#include <zlib.h>

#include "test_zip_model_util.h"

#define SHADOW_LEN 0x20000u
#define GUARD      0x10000u /* before and behind guarded memory */

static void
count_irq(void *ctx, unsigned int vector)
{
	struct bench *bench = ctx;

	assert_true(vector < 4);
	bench->irqs[vector]++;
}

static uint64_t
read_clock(void *ctx)
{
	return ((struct bench *)ctx)->now;
}

struct zip_model_config
bench_config(void)
{
	return (struct zip_model_config){
			.hw = ZIP_MODEL_V3,
			.function = ZIP_MODEL_VF,
			.queues = 16,
			.engine = ZIP_MODEL_ENGINE_ZLIB,
			.level = 6,
	};
}

void
bench_open(struct bench *bench, const struct zip_model_config *config)
{
	memset(bench, 0, sizeof(*bench));
	bench->config = config != NULL ? *config : bench_config();
	bench->host = (struct zip_model_host){
			.ctx = bench,
			.irq = count_irq,
			.now_ns = read_clock,
	};
	bench->now = 1000000000;
	if (bench->config.shadow) {
		bench->shadow = aligned_alloc(4096, SHADOW_LEN);
		assert_non_null(bench->shadow);
		bench->config.shadow_mem = bench->shadow;
		bench->config.shadow_len = SHADOW_LEN;
	}
	bench->mem = mmap(NULL, BENCH_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	assert_true(bench->mem != MAP_FAILED);
	assert_int_equal(zip_model_create(&bench->config, &bench->host, &bench->model), 0);
	zip_model_command(bench->model, 0x0006);
	assert_int_equal(zip_model_dma_map(bench->model, BENCH_IOVA, BENCH_LEN, bench->mem, 3), 0);
}

void
bench_close(struct bench *bench)
{
	zip_model_destroy(bench->model);
	munmap(bench->mem, BENCH_LEN);
	free(bench->shadow);
}

void
bench_open_null(struct bench *bench, bool shadow)
{
	struct zip_model_config config = bench_config();

	config.engine = ZIP_MODEL_ENGINE_NULL;
	config.shadow = shadow;
	bench_open(bench, &config);
}

uint32_t
bench_read(struct bench *bench, uint64_t offset)
{
	uint32_t value = 0xdeadbeef;

	assert_int_equal(zip_model_read(bench->model, 2, offset, &value, 4), 0);
	return value;
}

void
bench_write(struct bench *bench, uint64_t offset, uint32_t value)
{
	assert_int_equal(zip_model_write(bench->model, 2, offset, &value, 4), 0);
}

void
bench_doorbell(struct bench *bench, uint64_t word)
{
	uint64_t offset = (word >> 12 & 0xf) < 2 ? 0x1000 : 0x2000;

	assert_int_equal(zip_model_write(bench->model, 2, offset, &word, 8), 0);
}

uint32_t
bench_mailbox(struct bench *bench, uint32_t word, uint64_t base)
{
	bench_write(bench, 0x300, word);
	bench_write(bench, 0x304, (uint32_t)base);
	bench_write(bench, 0x308, (uint32_t)(base >> 32));
	bench_write(bench, 0x30c, 0);
	return bench_read(bench, 0x300);
}

uint64_t
bench_answer(struct bench *bench)
{
	return bench_read(bench, 0x304) | (uint64_t)bench_read(bench, 0x308) << 32;
}

uint32_t *
bench_dw(struct bench *bench, uint32_t offset)
{
	return (uint32_t *)(void *)(bench->mem + offset);
}

void
bench_events(struct bench *bench)
{
	/* hardware.md A.2 */
	const uint32_t eqc[8] = {0, (uint32_t)(BENCH_IOVA + BENCH_EQ), 1, 0, 0, 0, 0x000107ff, 0};
	const uint32_t aeqc[8] = {0, (uint32_t)(BENCH_IOVA + BENCH_AEQ), 1, 0, 0, 0, 0x000103ff, 0};

	memset(bench->mem + BENCH_EQ, 0, 0x2000 + 0x1000);
	memcpy(bench->mem + BENCH_CTX, eqc, 32);
	memcpy(bench->mem + BENCH_CTX + 32, aeqc, 32);
	assert_int_equal(bench_mailbox(bench, 0x00002002, BENCH_IOVA + BENCH_CTX), 0x00000002);
	assert_int_equal(bench_mailbox(bench, 0x00002003, BENCH_IOVA + BENCH_CTX + 32), 0x00000003);
	bench_write(bench, 0x0c, 0);
	bench_write(bench, 0x04, 0);
}

void
bench_queue(struct bench *bench, unsigned int queue, bool decompress, uint32_t depth, uint32_t dw6)
{
	uint64_t sq = BENCH_IOVA + BENCH_SQ + (uint64_t)queue * BENCH_STRIDE;
	uint64_t cq = BENCH_IOVA + BENCH_CQ + (uint64_t)queue * BENCH_STRIDE;
	const uint32_t sqc[8] = {
			0,
			(uint32_t)sq,
			(uint32_t)(sq >> 32),
			0x7000 | (depth - 1),
			0,
			0,
			queue | (decompress ? 0x01100000u : 0x00100000u),
			0,
	};
	const uint32_t cqc[8] = {
			0,
			(uint32_t)cq,
			(uint32_t)(cq >> 32),
			0x4000 | (depth - 1),
			0,
			0,
			dw6,
			0,
	};

	memset(bench_cqe_at(bench, queue, 0), 0, depth * 16);
	memcpy(bench->mem + BENCH_CTX, sqc, 32);
	memcpy(bench->mem + BENCH_CTX + 32, cqc, 32);
	assert_int_equal(bench_mailbox(bench, 0x2000 | queue << 16, BENCH_IOVA + BENCH_CTX),
			queue << 16);
	assert_int_equal(bench_mailbox(bench, 0x2001 | queue << 16, BENCH_IOVA + BENCH_CTX + 32),
			0x1 | queue << 16);
}

uint32_t *
bench_sqe_at(struct bench *bench, unsigned int queue, uint32_t index)
{
	return bench_dw(bench, BENCH_SQ + queue * BENCH_STRIDE + index * 128);
}

uint32_t *
bench_cqe_at(struct bench *bench, unsigned int queue, uint32_t index)
{
	return bench_dw(bench, BENCH_CQ + queue * BENCH_STRIDE + index * 16);
}

struct bench_sqe
bench_flat(uint32_t request, uint32_t in_len, uint32_t out_len)
{
	const uint64_t in = BENCH_IOVA + BENCH_IN;
	const uint64_t out = BENCH_IOVA + BENCH_OUT;

	return (struct bench_sqe){.dw = {
						  [4] = in_len,
						  [7] = 0x3a000000,
						  [9] = 0x00004000 | request,
						  [14] = out_len,
						  [18] = (uint32_t)in,
						  [19] = (uint32_t)(in >> 32),
						  [20] = (uint32_t)out,
						  [21] = (uint32_t)(out >> 32),
						  [26] = 0x12345678,
						  [27] = 0x9abcdef0,
				  }};
}

void
bench_put(struct bench *bench, unsigned int queue, uint32_t index, const struct bench_sqe *sqe)
{
	memcpy(bench_sqe_at(bench, queue, index), sqe, 128);
}

void
bench_put_range(struct bench *bench, unsigned int queue, uint32_t depth, uint32_t from, uint32_t nb)
{
	uint32_t i;

	for (i = from; i < from + nb; i++) {
		struct bench_sqe sqe = bench_flat(1, i + 1, 0x10000);

		bench_put(bench, queue, i % depth, &sqe);
	}
}

unsigned int
bench_serve(struct bench *bench)
{
	unsigned int work = 0;
	unsigned int part;

	do {
		part = zip_model_service(bench->model, 0, 1, 64);
		work += part;
	} while (part > 0 && work < 100000);
	return work;
}

struct bench_sqe
bench_run(struct bench *bench, bool decompress, const struct bench_sqe *sqe)
{
	struct bench_sqe done;
	uint32_t *cqe;

	bench_queue(bench, 5, decompress, 1024, 1);
	bench_put(bench, 5, 0, sqe);
	bench_doorbell(bench, 0x0000000100000005ull);
	bench_serve(bench);
	cqe = bench_cqe_at(bench, 5, 0);
	assert_int_equal(cqe[2], 0x00050000);
	assert_int_equal(cqe[3], 0x00010000);
	memcpy(&done, bench_sqe_at(bench, 5, 0), sizeof(done));
	return done;
}

uint64_t
bench_sgl(struct bench *bench, uint32_t offset, uint64_t next, unsigned int nb,
		const uint64_t *addresses, const uint32_t *lens)
{
	uint8_t *list = bench->mem + BENCH_SGL + offset;
	uint16_t sums[3] = {999, (uint16_t)nb, 255};
	unsigned int i;

	memset(list, 0xa5, 64 + nb * 32);
	memcpy(list, &next, 8);
	memcpy(list + 8, sums, 6);
	for (i = 0; i < nb; i++) {
		memcpy(list + 64 + i * 32, &addresses[i], 8);
		memcpy(list + 64 + i * 32 + 16, &lens[i], 4);
	}
	return BENCH_IOVA + BENCH_SGL + offset;
}

void
bench_text(uint8_t *buf, size_t len)
{
	static const char *const words[] = {"queue ", "doorbell ", "mailbox ", "phase ", "ring "};
	uint32_t seed = 1;
	size_t at = 0;

	while (at < len) {
		const char *word = words[(seed >> 16) % 5];

		seed = seed * 1103515245 + 12345;
		for (; *word != '\0' && at < len; word++)
			buf[at++] = (uint8_t)*word;
		if (at < len)
			buf[at++] = (uint8_t)(seed >> 20);
	}
}

size_t
bench_zlib_deflate(const uint8_t *in, size_t len, uint8_t *out, size_t room, int window_bits)
{
	z_stream strm = {.next_in = (Bytef *)(uintptr_t)in,
			.avail_in = (uInt)len,
			.next_out = out,
			.avail_out = (uInt)room};

	assert_int_equal(deflateInit2(&strm, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY),
			Z_OK);
	assert_int_equal(deflate(&strm, Z_FINISH), Z_STREAM_END);
	deflateEnd(&strm);
	return strm.total_out;
}

bool
bench_zlib_inflate(const uint8_t *in, size_t len, const uint8_t *plain, size_t plain_len,
		int window_bits)
{
	uint8_t *out = malloc(plain_len + 1);
	z_stream strm = {.next_in = (Bytef *)(uintptr_t)in,
			.avail_in = (uInt)len,
			.next_out = out,
			.avail_out = (uInt)plain_len + 1};
	bool same;

	assert_non_null(out);
	assert_int_equal(inflateInit2(&strm, window_bits), Z_OK);
	same = inflate(&strm, Z_FINISH) == Z_STREAM_END && strm.total_out == plain_len &&
			strm.avail_in == 0 && memcmp(out, plain, plain_len) == 0;
	inflateEnd(&strm);
	free(out);
	return same;
}

struct zip_model_stats
bench_stats(struct bench *bench)
{
	struct zip_model_stats stats;

	zip_model_stats(bench->model, &stats);
	return stats;
}

struct zip_model_queue_stats
bench_queue_stats(struct bench *bench, unsigned int queue)
{
	struct zip_model_queue_stats stats;

	assert_int_equal(zip_model_queue_stats(bench->model, queue, &stats), 0);
	return stats;
}

uint32_t
bench_checksum(uint32_t request, const uint8_t *plain, size_t len)
{
	uint32_t crc, out = 0;
	unsigned int i;

	if (request == 1)
		return 0;
	if (request == 2)
		return (uint32_t)adler32(1, plain, (uInt)len);
	crc = (uint32_t)crc32(0, plain, (uInt)len);
	for (i = 0; i < 32; i++)
		out |= (crc >> i & 1) << (31 - i);
	return ~out;
}

uint8_t *
bench_guarded_new(size_t len)
{
	uint8_t *all = mmap(NULL, len + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(all != MAP_FAILED);
	assert_int_equal(mprotect(all + GUARD, len, PROT_READ | PROT_WRITE), 0);
	return all + GUARD;
}

void
bench_guarded_free(uint8_t *memory, size_t len)
{
	munmap(memory - GUARD, len + 2 * GUARD);
}
