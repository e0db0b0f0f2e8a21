/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "raw_traffic.h"

/* The device leaves the header of the format to its driver (hardware.md 10.1). */
#define HEADER 2

void
raw_fill(uint8_t *data, size_t len, unsigned seed)
{
	for (size_t i = 0; i < len; i++) {
		if (i % 7 == 0)
			seed = seed * 1103515245 + 12345;
		data[i] = (uint8_t)('a' + (seed >> 16) % 20);
	}
}

static void
compress_one(struct raw_function *function, unsigned slot, uint32_t len)
{
	uint8_t *plain = malloc(len);
	uint8_t packed[RAW_SLOT_SIZE + HEADER] = {0x78, 0x9c};
	uLongf plain_len = len;
	uint32_t sqe[32];

	assert_non_null(plain);
	raw_fill(raw_source(function, slot), len, slot + 1);
	raw_submit(function, RAW_COMPRESS, slot, len, RAW_SLOT_SIZE);
	assert_int_equal(raw_ring(function, RAW_COMPRESS), 0);
	assert_int_equal(raw_complete(function, RAW_COMPRESS, sqe), 0);
	/* Done, or done and no smaller than it was. */
	assert_true((sqe[3] & 0xff) == 0 || (sqe[3] & 0xff) == 0x0d);
	assert_int_equal(sqe[0], len);
	assert_int_equal(sqe[26], slot);
	assert_true(sqe[1] <= RAW_SLOT_SIZE);
	memcpy(packed + HEADER, raw_dest(function, slot), sqe[1]);
	assert_int_equal(uncompress(plain, &plain_len, packed, sqe[1] + HEADER), Z_OK);
	assert_int_equal(plain_len, len);
	assert_memory_equal(plain, raw_source(function, slot), len);
	free(plain);
}

static void
decompress_one(struct raw_function *function, unsigned slot, uint32_t len)
{
	uint8_t *plain = malloc(len);
	uint8_t packed[RAW_SLOT_SIZE];
	uLongf packed_len = sizeof(packed);
	uint32_t sqe[32];

	assert_non_null(plain);
	raw_fill(plain, len, slot + 99);
	assert_int_equal(compress2(packed, &packed_len, plain, len, 6), Z_OK);
	packed_len -= HEADER;
	memcpy(raw_source(function, slot), packed + HEADER, packed_len);
	raw_submit(function, RAW_DECOMPRESS, slot, (uint32_t)packed_len, len);
	assert_int_equal(raw_ring(function, RAW_DECOMPRESS), 0);
	assert_int_equal(raw_complete(function, RAW_DECOMPRESS, sqe), 0);
	assert_int_equal(sqe[3] & 0xff, 0);
	assert_int_equal(sqe[0], packed_len);
	assert_int_equal(sqe[1], len);
	assert_memory_equal(plain, raw_dest(function, slot), len);
	free(plain);
}

void
raw_use(struct raw_function *function, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		compress_one(function, i % RAW_SLOTS, 1 + i * 1777 % 60000);
		decompress_one(function, i % RAW_SLOTS, 1 + i * 2777 % 60000);
	}
}

void
raw_use_once(const char *path, bool chip)
{
	struct raw_function function;

	assert_int_equal(raw_open(&function, path, chip), 0);
	raw_use(&function, 2);
	raw_close(&function);
}

void
raw_submit_many(struct raw_function *function)
{
	for (unsigned slot = 0; slot < RAW_SLOTS; slot++) {
		raw_fill(raw_source(function, slot), RAW_REQUEST, slot);
		raw_submit(function, RAW_COMPRESS, slot, RAW_REQUEST, RAW_SLOT_SIZE);
	}
}

void
raw_complete_many(struct raw_function *function)
{
	uint32_t sqe[32];

	for (unsigned slot = 0; slot < RAW_SLOTS; slot++) {
		assert_int_equal(raw_complete(function, RAW_COMPRESS, sqe), 0);
		assert_int_equal(sqe[26], slot);
		assert_int_equal(sqe[0], RAW_REQUEST);
	}
}
