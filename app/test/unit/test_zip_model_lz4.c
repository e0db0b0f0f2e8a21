/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Compression into LZ4 blocks, decoded by liblz4. */

#include <errno.h>
#include <string.h>

#include <lz4.h>

#include "model_lz4.h"
#include "test_deflate_util.h"
#include "test_zip_model_util.h"

#define LARGEST 300000
#define REQUEST_LZ4 4 /* hardware.md 8.3 */
#define TEXT_LEN 100000u

static uint8_t plain[LARGEST], packed[LARGEST + LARGEST / 255 + 16], back[LARGEST];

static void
check_block(const uint8_t *block, size_t len, size_t plain_len)
{
	memset(back, 0x55, sizeof(back));
	assert_int_equal(LZ4_decompress_safe((const char *)block, (char *)back, (int)len,
					     (int)plain_len), plain_len);
	assert_memory_equal(back, plain, plain_len);
}

static size_t
compress_flat(size_t len, size_t room)
{
	struct test_guarded out = test_guarded_new(room, true);
	struct deflate_seg from = {plain, len}, to = {out.base, room};
	size_t produced = 0;
	int ret = zip_model_lz4_compress(&from, 1, &to, 1, &produced);

	if (ret == 0) {
		assert_true(produced <= room);
		memcpy(packed, out.base, produced);
	} else {
		assert_int_equal(ret, -ENOSPC);
	}
	test_guarded_free(&out);
	return ret == 0 ? produced : 0;
}

static void
every_shape_and_length(void **state)
{
	static const size_t lens[] = {1,    4,    5,	 11,	12,    13,    17,    100,
				      270,  8191, 16383, 16384, 16385, 24576, 32768, 32769,
				      40000, LARGEST};
	struct test_random r = {11};
	size_t len, produced;

	(void)state;
	for (unsigned int shape = 0; shape < TEST_SHAPES; shape++) {
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]) + 40; i++) {
			len = i < sizeof(lens) / sizeof(lens[0]) ?
				      lens[i] : 1 + test_random_below(&r, 50000);
			test_fill(&r, shape, plain, len);
			produced = compress_flat(len, (size_t)LZ4_compressBound((int)len));
			assert_true(produced > 0);
			check_block(packed, produced, len);
		}
	}
}

/* Zeros nearly vanish; noise grows by a 255th. */
static void
it_compresses(void **state)
{
	struct test_random r = {12};

	(void)state;
	memset(plain, 0, LARGEST);
	assert_true(compress_flat(LARGEST, LARGEST) < LARGEST / 200);
	for (size_t i = 0; i < LARGEST; i++)
		plain[i] = (uint8_t)test_random(&r);
	assert_in_range(compress_flat(LARGEST, sizeof(packed)), LARGEST, LARGEST + LARGEST / 200);
	bench_text(plain, LARGEST);
	assert_true(compress_flat(LARGEST, LARGEST) < LARGEST / 2);
}

/* What a room that fits exactly has in the end; one byte less is too small. */
static void
exact_room(void **state)
{
	struct test_random r = {13};
	size_t produced;

	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		size_t len = 1 + test_random_below(&r, 3000);

		test_fill(&r, i % TEST_SHAPES, plain, len);
		produced = compress_flat(len, (size_t)LZ4_compressBound((int)len));
		assert_int_equal(compress_flat(len, produced), produced);
		check_block(packed, produced, len);
		assert_int_equal(compress_flat(len, produced - 1), 0);
	}
}

static void
in_pieces(void **state)
{
	struct test_random r = {14};

	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		size_t len = 1 + test_random_below(&r, 60000), flat, produced = 0;
		struct test_scatter in, out;

		test_fill(&r, i % TEST_SHAPES, plain, len);
		flat = compress_flat(len, sizeof(packed));
		in = test_scatter_new(&r, len, 1 + test_random_below(&r, 3000));
		out = test_scatter_new(&r, flat, 1 + test_random_below(&r, 3000));
		test_scatter_put(&in, plain, len);
		assert_int_equal(zip_model_lz4_compress(in.seg, in.nb, out.seg, out.nb, &produced),
				 0);
		assert_int_equal(produced, flat);
		test_scatter_get(&out, packed, flat);
		check_block(packed, flat, len);
		test_scatter_check(&out);
		test_scatter_free(&in);
		test_scatter_free(&out);
	}
}

static struct bench_sqe
run(struct zip_model_config *config, bool decompress, uint32_t dw7_bits, uint32_t room)
{
	struct bench_sqe sqe = bench_flat(REQUEST_LZ4, TEXT_LEN, room), done;
	struct bench bench;

	sqe.dw[7] |= dw7_bits;
	bench_open(&bench, config);
	bench_text(bench.mem + BENCH_IN, TEXT_LEN);
	done = bench_run(&bench, decompress, &sqe);
	bench_text(plain, TEXT_LEN);
	if ((done.dw[3] & 0xff) == 0)
		check_block(bench.mem + BENCH_OUT, done.dw[1], TEXT_LEN);
	bench_close(&bench);
	return done;
}

static void
as_a_request(void **state)
{
	struct zip_model_config config = bench_config();
	struct bench_sqe done;

	(void)state;
	config.lz4 = true;
	done = run(&config, false, 0, TEXT_LEN);
	assert_int_equal(done.dw[3] & 0xff, 0);
	assert_int_equal(done.dw[0], TEXT_LEN);
	assert_int_equal(done.dw[30], TEXT_LEN);
	/* hardware.md 8.5: no room. */
	done = run(&config, false, 0, 1000);
	assert_int_equal(done.dw[3] & 0xff, 0x0e);
	assert_int_equal(done.dw[1], 0);
	/* No decompression (15.3, line 36), no streams. */
	assert_true((run(&config, true, 0, TEXT_LEN).dw[3] & 0xff) != 0);
	assert_true((run(&config, false, 1u << 26, TEXT_LEN).dw[3] & 0xff) != 0);
	/* Nor anything of it where it is not offered. */
	config.lz4 = false;
	assert_true((run(&config, false, 0, TEXT_LEN).dw[3] & 0xff) != 0);
}

/* hardware.md 2.3.2 */
static void
registers(void **state)
{
	static const uint32_t offsets[] = {0x3144, 0x3148, 0x314c, 0x3150, 0x3154, 0x3158, 0x315c};
	static const uint32_t without[] = {0x30, 0x3f, 0xd5, 0xd5, 0x2a, 0x2a, 0x2a};
	static const uint32_t with[] = {0x130, 0x13f, 0x1d5, 0x1d5, 0x2a, 0x2a, 0x2a};
	struct zip_model_config config = bench_config();
	struct bench bench;

	(void)state;
	for (int lz4 = 0; lz4 < 2; lz4++) {
		config.lz4 = lz4;
		bench_open(&bench, &config);
		for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
			assert_int_equal(bench_read(&bench, offsets[i]),
					 lz4 ? with[i] : without[i]);
		bench_close(&bench);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_and_length), cmocka_unit_test(it_compresses),
		cmocka_unit_test(exact_room),		  cmocka_unit_test(in_pieces),
		cmocka_unit_test(as_a_request),		  cmocka_unit_test(registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
