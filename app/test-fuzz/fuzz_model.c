/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The model on the SQEs, lists, contexts and data of a hostile client: each SQE that was rung for
 * is completed, with a status, and nothing is written where the client may only have it read.
 */

#include <stdlib.h>

#include "fuzz.h"
#include "test_zip_model_util.h"

#define QUEUE 5u
#define DEPTH 16u
#define MOST_SQES 4u
/* What an input has besides SQEs: lists, and data to read. */
#define LIST_LEN 512u
#define DATA_LEN 1200u
/* Only the device's to read. */
#define READ_ONLY BENCH_IN
#define READ_ONLY_LEN 0x10000u
#define CANARY 0x5a

enum { GOOD, REFUSED, DMA, LIST, SPACE, DATA, STREAM, COMMANDS };

struct fuzz_reached fuzz_reached[] = {
	[GOOD] = {"good", 0},     [REFUSED] = {"refused", 0},   [DMA] = {"dma", 0},
	[LIST] = {"lists", 0},    [SPACE] = {"full", 0},        [DATA] = {"corrupt", 0},
	[STREAM] = {"streams", 0}, [COMMANDS] = {"commands", 0}, {NULL, 0},
};

static void
hold(int promise)
{
	if (!promise)
		abort();
}

/* Status bytes: hardware.md 8.5 and zip_model.h. */
static void
count_status(uint32_t dw3)
{
	switch (dw3 & 0xff) {
	case 0x00:
	case 0x0d:
	case 0x13:
		fuzz_reached[GOOD].count++;
		break;
	case 0x06:
		fuzz_reached[DMA].count++;
		break;
	case 0x07:
		fuzz_reached[LIST].count++;
		break;
	case 0x0e:
		fuzz_reached[SPACE].count++;
		break;
	case 0x10:
		fuzz_reached[DATA].count++;
		break;
	case 0x41:
		fuzz_reached[STREAM].count++;
		break;
	default:
		fuzz_reached[REFUSED].count++;
		break;
	}
}

/* A mailbox command and a doorbell that nobody expects. */
static void
disturb(struct bench *bench, struct fuzz_input *input)
{
	uint32_t word = fuzz_take32(input), base = fuzz_take32(input);
	uint64_t doorbell, offset;

	fuzz_take(input, &doorbell, sizeof(doorbell));
	offset = fuzz_take32(input) & 0x3ffffc;
	if (word == 0)
		return;
	fuzz_reached[COMMANDS].count++;
	bench_write(bench, 0x300, word);
	bench_write(bench, 0x304, base);
	bench_write(bench, 0x308, 1);
	bench_write(bench, 0x30c, 0);
	zip_model_write(bench->model, 2, offset, &doorbell, 8);
	bench_serve(bench);
}

static void
run_sqes(struct bench *bench, struct fuzz_input *input, unsigned int nb)
{
	struct zip_model_queue_stats before = bench_queue_stats(bench, QUEUE), after;

	for (unsigned int i = 0; i < nb; i++) {
		struct bench_sqe sqe;

		fuzz_take(input, &sqe, sizeof(sqe));
		bench_put(bench, QUEUE, i, &sqe);
	}
	bench_doorbell(bench, (uint64_t)nb << 32 | QUEUE);
	bench_serve(bench);
	after = bench_queue_stats(bench, QUEUE);
	hold(after.sqes - before.sqes == nb);
	for (unsigned int i = 0; i < nb; i++)
		count_status(bench_sqe_at(bench, QUEUE, i)[3]);
}

/* Engine, direction and generation; then lists, data and SQEs of the input. */
static void
open_bench(struct bench *bench, uint8_t how)
{
	struct zip_model_config config = bench_config();

	config.engine = how & 1 ? ZIP_MODEL_ENGINE_ISAL : ZIP_MODEL_ENGINE_ZLIB;
	config.level = 1;
	config.hw = how & 4 ? ZIP_MODEL_V2 : ZIP_MODEL_V3;
	bench_open(bench, &config);
	bench_queue(bench, QUEUE, (how & 2) != 0, DEPTH, 1);
	/* The input may only be read, and what is behind the output is nobody's. */
	hold(zip_model_dma_unmap(bench->model, BENCH_IOVA + READ_ONLY, BENCH_LEN - READ_ONLY) ==
	     0);
	hold(zip_model_dma_map(bench->model, BENCH_IOVA + READ_ONLY, READ_ONLY_LEN,
			       bench->mem + READ_ONLY, 1) == 0);
	hold(zip_model_dma_map(bench->model, BENCH_IOVA + BENCH_OUT, READ_ONLY_LEN,
			       bench->mem + BENCH_OUT, 3) == 0);
	memset(bench->mem + READ_ONLY, CANARY, READ_ONLY_LEN);
	memset(bench->mem + BENCH_OUT + READ_ONLY_LEN, CANARY, 4096);
}

static void
check_canaries(const struct bench *bench)
{
	for (uint32_t i = DATA_LEN; i < READ_ONLY_LEN; i++)
		hold(bench->mem[READ_ONLY + i] == CANARY);
	for (uint32_t i = 0; i < 4096; i++)
		hold(bench->mem[BENCH_OUT + READ_ONLY_LEN + i] == CANARY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	uint8_t how = fuzz_take8(&input);
	unsigned int nb = 1 + fuzz_take8(&input) % MOST_SQES;
	struct bench bench;

	open_bench(&bench, how);
	fuzz_take(&input, bench.mem + BENCH_IN, DATA_LEN);
	fuzz_take(&input, bench.mem + BENCH_SGL, LIST_LEN);
	run_sqes(&bench, &input, nb);
	check_canaries(&bench);
	disturb(&bench, &input);
	check_canaries(&bench);
	bench_close(&bench);
	return 0;
}

/* A list of two entries each for input and output, as bench_sgl() writes it. */
static void
make_lists(uint8_t *to)
{
	const uint64_t addresses[4] = {BENCH_IOVA + BENCH_IN, BENCH_IOVA + BENCH_IN + 500,
				       BENCH_IOVA + BENCH_OUT, BENCH_IOVA + BENCH_OUT + 9000};
	const uint32_t lens[4] = {500, 500, 700, 2000};
	const uint16_t sums[3] = {2, 2, 2};

	memset(to, 0, LIST_LEN);
	for (int i = 0; i < 4; i++) {
		uint8_t *list = to + i / 2 * 256;

		memcpy(list + 8, sums, sizeof(sums));
		memcpy(list + 64 + i % 2 * 32, &addresses[i], 8);
		memcpy(list + 64 + i % 2 * 32 + 16, &lens[i], 4);
	}
}

static struct bench_sqe
make_sqe(unsigned int which, uint32_t in_len)
{
	/* Raw DEFLATE, zlib, gzip: hardware.md 8.3. */
	struct bench_sqe sqe = bench_flat(1 + which / 4 % 3, in_len, which % 5 == 0 ? 250 : 3000);
	const uint64_t list = BENCH_IOVA + BENCH_SGL, ctx = BENCH_IOVA + BENCH_OUT + 0x4000;

	if (which % 3 == 1) {
		/* Lists on both sides. */
		sqe.dw[9] |= 0x100;
		sqe.dw[18] = (uint32_t)list;
		sqe.dw[20] = (uint32_t)list + 256;
	} else if (which % 3 == 2) {
		/* Stateful, and every other new: hardware.md 8.6. */
		sqe.dw[7] = which % 2 ? 0x34000000 : 0x3c000000;
		sqe.dw[22] = (uint32_t)ctx;
		sqe.dw[23] = (uint32_t)(ctx >> 32);
	}
	return sqe;
}

size_t
fuzz_sample(unsigned int which, uint8_t *data)
{
	static const int formats[] = {-15, 15, 31};
	uint8_t plain[900];
	size_t at = 2, in_len = sizeof(plain);
	struct bench_sqe sqe;

	if (which >= 24)
		return 0;
	bench_text(plain, sizeof(plain));
	data[0] = (uint8_t)(which % 4);
	data[1] = 1;
	memset(data + at, 0, DATA_LEN);
	if (which & 2)
		in_len = bench_zlib_deflate(plain, sizeof(plain), data + at, DATA_LEN,
					    formats[which / 4 % 3]);
	else
		memcpy(data + at, plain, sizeof(plain));
	at += DATA_LEN;
	make_lists(data + at);
	at += LIST_LEN;
	for (int i = 0; i < 2; i++, at += sizeof(sqe)) {
		sqe = make_sqe(which + (unsigned int)i, (uint32_t)in_len);
		memcpy(data + at, &sqe, sizeof(sqe));
	}
	/* Stop the queue, with a doorbell of another: hardware.md 3.2. */
	memcpy(data + at, (uint32_t[5]){0x2000 | (which % 12) | QUEUE << 16, 0x2369c000, 3, 1,
					0x1000}, 20);
	return at + 20;
}
