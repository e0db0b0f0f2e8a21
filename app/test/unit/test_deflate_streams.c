/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "test_deflate_streams.h"

#define ROOM TEST_STREAM_ROOM

struct test_stream test_streams[TEST_STREAMS];

enum deflate_status
test_stream_oracle(const uint8_t *in, size_t len, uint8_t *out, size_t *produced)
{
	z_stream strm = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = len, .next_out = out,
			  .avail_out = ROOM };
	int said;

	assert_int_equal(inflateInit2(&strm, -15), Z_OK);
	said = inflate(&strm, Z_SYNC_FLUSH);
	*produced = strm.total_out;
	inflateEnd(&strm);
	if (said == Z_STREAM_END)
		return DEFLATE_DONE;
	return said == Z_OK || said == Z_BUF_ERROR ? DEFLATE_IN_TRUNCATED : DEFLATE_CORRUPT;
}

static void
add_stream(unsigned int i, const char *name, const uint8_t *body, size_t len)
{
	static uint8_t plain[ROOM];
	struct test_stream *s = &test_streams[i];

	s->name = name;
	s->len = len;
	s->body = malloc(len);
	assert_non_null(s->body);
	memcpy(s->body, body, len);
	assert_int_equal(test_stream_oracle(body, len, plain, &s->plain_len), DEFLATE_DONE);
	s->plain = malloc(s->plain_len + 1);
	assert_non_null(s->plain);
	memcpy(s->plain, plain, s->plain_len);
	s->adler32 = adler32(1, plain, s->plain_len);
	s->crc32 = crc32(0, plain, s->plain_len);
}

static void
add_oracle(struct test_random *rnd, unsigned int i, const char *name, unsigned int shape,
	   size_t len, int level, int strategy)
{
	static uint8_t plain[ROOM], body[ROOM];
	const struct test_oracle how = { level, strategy, 15, 9 };

	test_fill(rnd, shape, plain, len);
	add_stream(i, name, body, test_oracle_deflate(&how, plain, len, body, sizeof(body)));
}

/* All kinds of blocks in one, of less than "most" bytes, with flushes of all kinds between. */
static void
add_mixed(struct test_random *rnd, unsigned int i, const char *name, uint32_t most)
{
	static const int strategies[] = { Z_FIXED, Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE };
	static const int flushes[] = { Z_PARTIAL_FLUSH, Z_BLOCK, Z_SYNC_FLUSH, Z_FULL_FLUSH };
	static uint8_t plain[20000], body[ROOM];
	z_stream strm = { .next_out = body, .avail_out = sizeof(body) };
	unsigned int n;

	assert_int_equal(deflateInit2(&strm, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	for (n = 0; n < 24; n++) {
		test_fill(rnd, n % TEST_SHAPES, plain, sizeof(plain));
		strm.next_in = plain;
		strm.avail_in = n % 5 == 0 ? 0 : test_random_below(rnd, most);
		deflateParams(&strm, n % 7 == 6 ? 0 : 6, strategies[n % 4]);
		deflate(&strm, flushes[n / 4 % 4]);
	}
	assert_int_equal(deflate(&strm, Z_FINISH), Z_STREAM_END);
	add_stream(i, name, body, strm.total_out);
	deflateEnd(&strm);
}

/* Appends to zeros, the low bit first. */
static void
put_bits(uint8_t *body, size_t *at, uint32_t value, unsigned int nb)
{
	for (; nb > 0; nb--, value >>= 1, (*at)++)
		body[*at / 8] |= (value & 1) << *at % 8;
}

/*
 * Matches of the longest distance, 32768, which zlib does not make: 32 KiB that are stored, and a
 * block of fixed codes (RFC 1951, 3.2.5 and 3.2.6; codes have their bits reversed).
 */
static void
add_far(struct test_random *rnd, unsigned int i)
{
	static uint8_t body[5 + 32768 + 100] = { 0x00, 0x00, 0x80, 0xff, 0x7f };
	size_t at = 8 * (5 + 32768);
	unsigned int n;

	test_fill(rnd, 1, body + 5, 32768);
	put_bits(body, &at, 0x3, 3);
	for (n = 0; n < 12; n++) {
		/* 258 bytes from 24577 and 8191 more back. */
		put_bits(body, &at, 0xa3, 8);
		put_bits(body, &at, 0x17, 5);
		put_bits(body, &at, 0x1fff, 13);
	}
	put_bits(body, &at, 0, 7);
	add_stream(i, "far", body, (at + 7) / 8);
	assert_int_equal(test_streams[i].plain_len, 32768 + 12 * 258);
	assert_memory_equal(test_streams[i].plain + 32768, test_streams[i].plain, 12 * 258);
}

void
test_streams_make(struct test_random *rnd)
{
	static const uint8_t empty_blocks[] = {
		0x00, 0x00, 0x00, 0xff, 0xff, 0x02, 0x00, 0x00, 0x00, 0xff, 0xff, 0x03, 0x00,
	};

	add_oracle(rnd, 0, "fixed", 2, 3000, 6, Z_FIXED);
	add_oracle(rnd, 1, "stored", 1, 3000, 0, Z_DEFAULT_STRATEGY);
	add_oracle(rnd, 2, "dynamic", 2, 3900, 9, Z_DEFAULT_STRATEGY);
	add_oracle(rnd, 3, "copies", 3, 300000, 6, Z_DEFAULT_STRATEGY);
	add_oracle(rnd, 4, "zeros", 0, 300000, 9, Z_DEFAULT_STRATEGY);
	add_oracle(rnd, 5, "huffman", 5, 3900, 6, Z_HUFFMAN_ONLY);
	add_mixed(rnd, 6, "mixed", 700);
	add_far(rnd, 7);
	add_stream(8, "empty blocks", empty_blocks, sizeof(empty_blocks));
	add_mixed(rnd, 9, "mixed, short", 120);
}
