/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef TEST_DEFLATE_STREAMS_H
#define TEST_DEFLATE_STREAMS_H

/**
 * @file
 * Streams of all kinds, and what zlib makes of them.
 */

#include "test_deflate_util.h"

/** No stream has more bytes of body or of plain data. */
#define TEST_STREAM_ROOM 400000
#define TEST_STREAMS 10

/** A body, its trailers, and what zlib makes of it. */
struct test_stream {
	const char *name;
	uint8_t *body;
	size_t len;
	uint8_t *plain;
	size_t plain_len;
	uint32_t adler32;
	uint32_t crc32;
};

extern struct test_stream test_streams[TEST_STREAMS];

/** Makes them, as the random numbers say. They stay. */
void test_streams_make(struct test_random *rnd);

/** What zlib makes of any bytes: the status that we should have, and its output. */
enum deflate_status test_stream_oracle(const uint8_t *in, size_t len, uint8_t *out,
				       size_t *produced);

#endif /* TEST_DEFLATE_STREAMS_H */
