/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef TEST_ZIP_MODEL_UTIL_H
#define TEST_ZIP_MODEL_UTIL_H

/**
 * @file
 * A model on a bench: 32 MiB of memory, registers and doorbells by hand. The words are literals
 * of hardware.md Appendix A, and the memory lies so that queue 5's rings are where A.2 has them:
 * 0x1_2345_0000 and 0x1_2347_0000.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "zip_model.h"

/** Where races are the point of a test, a thread sanitizer has no way to know. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BENCH_RACES_REPORTED 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define BENCH_RACES_REPORTED 1
#endif
#ifndef BENCH_RACES_REPORTED
#define BENCH_RACES_REPORTED 0
#endif

/* What lies where in the memory. */
#define BENCH_IOVA   0x12339c000ull
#define BENCH_LEN    0x2000000u
#define BENCH_SQ     0x0u /* of queue q: + q * BENCH_STRIDE */
#define BENCH_CQ     0x20000u
#define BENCH_STRIDE 0x24000u
#define BENCH_CTX    0x300000u
#define BENCH_EQ     0x310000u
#define BENCH_AEQ    0x318000u
#define BENCH_SGL    0x320000u
#define BENCH_IN     0x400000u
#define BENCH_OUT    0x1200000u

struct bench {
	struct zip_model *model;
	struct zip_model_config config;
	struct zip_model_host host;
	uint8_t *mem;
	uint64_t *shadow;
	atomic_uint irqs[4];
	uint64_t now;
};

/** One SQE by its dwords. */
struct bench_sqe {
	uint32_t dw[32];
};

/** A configuration to start from: V3, VF, 16 queues, zlib level 6. */
struct zip_model_config bench_config(void);
/**
 * Make a model, with memory access, bus master and the memory mapped.
 *
 * @param config NULL: bench_config()
 */
void bench_open(struct bench *bench, const struct zip_model_config *config);
/** The same with the null engine. */
void bench_open_null(struct bench *bench, bool shadow);
void bench_close(struct bench *bench);

uint32_t bench_read(struct bench *bench, uint64_t offset);
void bench_write(struct bench *bench, uint64_t offset, uint32_t value);
/** A doorbell of SQ or CQ (0x1000), or of EQ or AEQ (0x2000). */
void bench_doorbell(struct bench *bench, uint64_t word);
/** One mailbox command; the dword at 0x300 afterwards. */
uint32_t bench_mailbox(struct bench *bench, uint32_t word, uint64_t base);
/** The immediate answer. */
uint64_t bench_answer(struct bench *bench);

/** A dword of the memory. */
uint32_t *bench_dw(struct bench *bench, uint32_t offset);
/** Load EQC and AEQC, depths 2048 and 1024, and unmask both. */
void bench_events(struct bench *bench);
/** Load SQC and CQC of a queue; @p dw6 is that of the CQC. Zeroes its CQ. */
void bench_queue(struct bench *bench, unsigned int queue, bool decompress, uint32_t depth,
		uint32_t dw6);
/** The 32-bit words of a queue's SQE and CQE slots. */
uint32_t *bench_sqe_at(struct bench *bench, unsigned int queue, uint32_t index);
uint32_t *bench_cqe_at(struct bench *bench, unsigned int queue, uint32_t index);
/** A flat request: raw DEFLATE 1, zlib 2, gzip 3. */
struct bench_sqe bench_flat(uint32_t request, uint32_t in_len, uint32_t out_len);
/** Put an SQE into a slot. */
void bench_put(struct bench *bench, unsigned int queue, uint32_t index,
		const struct bench_sqe *sqe);
/** Put @p nb SQEs from index @p from on; SQE n has the length n + 1, to be told from others. */
void bench_put_range(struct bench *bench, unsigned int queue, uint32_t depth, uint32_t from,
		uint32_t nb);
/** Serve until nothing is left to do. The SQEs and doorbells served. */
unsigned int bench_serve(struct bench *bench);
/** Put an SQE into slot 0 of a fresh queue 5, run it and give its words back. */
struct bench_sqe bench_run(struct bench *bench, bool decompress, const struct bench_sqe *sqe);
/** A list of 64-byte aligned entries at BENCH_SGL + @p offset; its address. */
uint64_t bench_sgl(struct bench *bench, uint32_t offset, uint64_t next, unsigned int nb,
		const uint64_t *addresses, const uint32_t *lens);

/** Fill with something that compresses. */
void bench_text(uint8_t *buf, size_t len);
/** What zlib makes of it: @p window_bits as for deflateInit2. The length. */
size_t bench_zlib_deflate(
		const uint8_t *in, size_t len, uint8_t *out, size_t room, int window_bits);
/** Whether zlib turns all of the bytes into the plain text. */
bool bench_zlib_inflate(const uint8_t *in, size_t len, const uint8_t *plain, size_t plain_len,
		int window_bits);
/** Dword 31 of a request that did @p plain, by zlib: hardware.md 8.7. */
uint32_t bench_checksum(uint32_t request, const uint8_t *plain, size_t len);

/** Memory of whole pages of 4 KiB, between pages that nobody may touch. */
uint8_t *bench_guarded_new(size_t len);
void bench_guarded_free(uint8_t *memory, size_t len);

struct zip_model_stats bench_stats(struct bench *bench);
struct zip_model_queue_stats bench_queue_stats(struct bench *bench, unsigned int queue);

#endif /* TEST_ZIP_MODEL_UTIL_H */
