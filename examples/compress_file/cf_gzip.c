/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <zlib.h>

#include "cf_gzip.h"
#include "cf_log.h"

/* RFC 1952, 2.3.1 */
#define FLAG_HEADER_CRC 0x02
#define FLAG_EXTRA 0x04
#define FLAG_NAME 0x08
#define FLAG_COMMENT 0x10
#define FLAGS_RESERVED 0xe0
#define METHOD_DEFLATE 8
#define OS_UNIX 3

#define FIELD_BYTES 8

static void
put16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

static void
put32(uint8_t *to, uint32_t value)
{
	put16(to, (uint16_t)value);
	put16(to + 2, (uint16_t)(value >> 16));
}

static uint16_t
get16(const uint8_t *from)
{
	return (uint16_t)(from[0] | from[1] << 8);
}

static uint32_t
get32(const uint8_t *from)
{
	return get16(from) | (uint32_t)get16(from + 2) << 16;
}

uint32_t
cf_gzip_header(uint8_t to[CF_GZIP_HEADER], uint32_t member, uint32_t plain)
{
	static const uint8_t fixed[] = {0x1f, 0x8b, METHOD_DEFLATE, 0, 0, 0, 0, 0, 0, OS_UNIX};
	static const uint8_t field[] = {'H', 'Z', FIELD_BYTES, 0};

	memcpy(to, fixed, sizeof(fixed));
	if (member == 0)
		return sizeof(fixed);
	to[3] = FLAG_EXTRA;
	put16(to + 10, sizeof(field) + FIELD_BYTES);
	memcpy(to + 12, field, sizeof(field));
	put32(to + 16, member);
	put32(to + 20, plain);
	return CF_GZIP_HEADER;
}

void
cf_gzip_trailer(uint8_t to[CF_GZIP_TRAILER], uint32_t crc, uint32_t plain)
{
	put32(to, crc);
	put32(to + 4, plain);
}

void
cf_gzip_parse_trailer(const uint8_t from[CF_GZIP_TRAILER], uint32_t *crc, uint32_t *plain)
{
	*crc = get32(from);
	*plain = get32(from + 4);
}

void
cf_gzip_stored(uint8_t to[CF_GZIP_STORED], uint16_t len, bool last)
{
	to[0] = last;
	put16(to + 1, len);
	put16(to + 3, (uint16_t)~len);
}

/* Reads a header byte by byte, and what its own checksum is made of. */
struct reader {
	struct cf_input *input;
	uint32_t crc;
};

static int
read_bytes(struct reader *reader, void *to, uint32_t len)
{
	uint8_t *at = to;
	const uint8_t *data;

	while (len > 0) {
		ssize_t got = cf_input_peek(reader->input, 1, &data);
		uint32_t here = got > 0 && got < (ssize_t)len ? (uint32_t)got : len;

		if (got < 0)
			return (int)got;
		if (got == 0) {
			cf_log("%s: ends within a header", reader->input->name);
			return -EBADMSG;
		}
		memcpy(at, data, here);
		reader->crc = (uint32_t)crc32(reader->crc, data, here);
		cf_input_skip(reader->input, here);
		at += here;
		len -= here;
	}
	return 0;
}

/* Reads up to a zero byte, and that. */
static int
skip_text(struct reader *reader)
{
	uint8_t byte;
	int ret;

	do {
		ret = read_bytes(reader, &byte, 1);
	} while (ret == 0 && byte != 0);
	return ret;
}

/* Looks for our field among those of others; what is malformed is not ours. */
static void
find_field(const uint8_t *extra, uint32_t len, struct cf_gzip_member *member)
{
	while (len >= 4) {
		uint32_t here = get16(extra + 2);

		if (here > len - 4)
			return;
		if (extra[0] == 'H' && extra[1] == 'Z' && here == FIELD_BYTES) {
			member->length = get32(extra + 4);
			member->plain = get32(extra + 8);
			return;
		}
		extra += 4 + here;
		len -= 4 + here;
	}
}

static int
read_extra(struct reader *reader, struct cf_gzip_member *member)
{
	static uint8_t extra[UINT16_MAX];
	uint8_t len[2];
	int ret = read_bytes(reader, len, sizeof(len));

	if (ret == 0)
		ret = read_bytes(reader, extra, get16(len));
	if (ret == 0)
		find_field(extra, get16(len), member);
	return ret;
}

static int
read_header_crc(struct reader *reader)
{
	uint32_t want = reader->crc & 0xffff;
	uint8_t crc[2];
	int ret = read_bytes(reader, crc, sizeof(crc));

	if (ret == 0 && get16(crc) != want) {
		cf_log("%s: the checksum of a header is wrong", reader->input->name);
		ret = -EBADMSG;
	}
	return ret;
}

/* @return 0 with the first byte of a member next, 1 at the end */
static int
skip_padding(struct cf_input *input)
{
	bool padding = false;
	const uint8_t *data;
	ssize_t got;

	while ((got = cf_input_peek(input, 1, &data)) > 0) {
		uint32_t zeros = 0;

		while (zeros < got && data[zeros] == 0)
			zeros++;
		padding |= zeros > 0;
		cf_input_skip(input, zeros);
		if (zeros == got)
			continue;
		if (padding || data[0] != 0x1f) {
			cf_log("%s: something that is not gzip follows at byte %llu", input->name,
			       (unsigned long long)input->done);
			return -EBADMSG;
		}
		return 0;
	}
	return got < 0 ? (int)got : 1;
}

static int
read_fixed(struct reader *reader, uint8_t *flags)
{
	uint8_t fixed[10];
	int ret = read_bytes(reader, fixed, 2);

	if (ret == 0 && (fixed[0] != 0x1f || fixed[1] != 0x8b)) {
		cf_log("%s: not a gzip file", reader->input->name);
		return -EBADMSG;
	}
	if (ret == 0)
		ret = read_bytes(reader, fixed + 2, sizeof(fixed) - 2);
	if (ret == 0 && (fixed[2] != METHOD_DEFLATE || (fixed[3] & FLAGS_RESERVED) != 0)) {
		cf_log("%s: method %u, flags 0x%02x: unknown to this program",
		       reader->input->name, fixed[2], fixed[3]);
		ret = -EBADMSG;
	}
	*flags = fixed[3];
	return ret;
}

int
cf_gzip_read_header(struct cf_input *input, struct cf_gzip_member *member)
{
	struct reader reader = {.input = input};
	uint8_t flags = 0;
	int ret = input->done > 0 ? skip_padding(input) : 0;

	if (ret != 0)
		return ret < 0 ? ret : 0;
	*member = (struct cf_gzip_member){.begin = input->done};
	ret = read_fixed(&reader, &flags);
	if (ret == 0 && (flags & FLAG_EXTRA) != 0)
		ret = read_extra(&reader, member);
	if (ret == 0 && (flags & FLAG_NAME) != 0)
		ret = skip_text(&reader);
	if (ret == 0 && (flags & FLAG_COMMENT) != 0)
		ret = skip_text(&reader);
	if (ret == 0 && (flags & FLAG_HEADER_CRC) != 0)
		ret = read_header_crc(&reader);
	if (ret != 0)
		return ret;
	/* A header too long for a count is not ours either. */
	if (input->done - member->begin > INT32_MAX)
		member->length = 0;
	member->header = (uint32_t)(input->done - member->begin);
	return 1;
}
