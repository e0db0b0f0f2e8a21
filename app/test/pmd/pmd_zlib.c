/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_env.h"
#include "pmd_zlib.h"

uint32_t
pmd_zlib_bound(uint32_t len)
{
	/* Fixed codes of 9 bits a byte, or stored blocks of a few bytes each, and their headers. */
	return len + len / 7 + 256;
}

uint32_t
pmd_zlib_deflate(const struct pmd_zlib_how *how, const uint8_t *in, uint32_t len, uint8_t *out,
		 uint32_t room)
{
	z_stream z = {0};
	int ret;

	ret = deflateInit2(&z, how->level, Z_DEFLATED, -how->window, how->memory, how->strategy);
	assert_int_equal(ret, Z_OK);
	z.next_in = (uint8_t *)(uintptr_t)in;
	z.avail_in = len;
	z.next_out = out;
	z.avail_out = room;
	ret = deflate(&z, Z_FINISH);
	deflateEnd(&z);
	assert_int_equal(ret, Z_STREAM_END);
	return (uint32_t)z.total_out;
}

uint8_t *
pmd_zlib_deflate_new(const struct pmd_zlib_how *how, const uint8_t *in, uint32_t len,
		     uint32_t *out_len)
{
	uint32_t room = pmd_zlib_bound(len);
	uint8_t *out = malloc(room);

	assert_non_null(out);
	*out_len = pmd_zlib_deflate(how, in, len, out, room);
	return out;
}

static int
inflate_all(int window, const uint8_t *in, uint32_t len, uint8_t *out, uint32_t room, z_stream *z)
{
	int ret;

	memset(z, 0, sizeof(*z));
	ret = inflateInit2(z, -window);
	if (ret != Z_OK)
		return ret;
	z->next_in = (uint8_t *)(uintptr_t)in;
	z->avail_in = len;
	z->next_out = out;
	z->avail_out = room;
	ret = inflate(z, Z_FINISH);
	inflateEnd(z);
	return ret;
}

const char *
pmd_zlib_check(int window, const uint8_t *in, uint32_t len, const uint8_t *plain,
	       uint32_t plain_len)
{
	uint8_t *out = malloc((size_t)plain_len + 1);
	const char *wrong = NULL;
	z_stream z;

	if (out == NULL)
		return "no memory for zlib";
	if (inflate_all(window, in, len, out, plain_len + 1, &z) != Z_STREAM_END)
		wrong = "zlib cannot decode it";
	else if (z.avail_in != 0)
		wrong = "bytes follow the stream";
	else if (z.total_out != plain_len)
		wrong = "zlib decodes another length";
	else if (memcmp(out, plain, plain_len) != 0)
		wrong = "zlib decodes other data";
	free(out);
	return wrong;
}

/* The messages of zlib's inflate() for sets of code lengths; these are static strings. */
static bool
is_incomplete_code(const char *message)
{
	return strcmp(message, "invalid code lengths set") == 0 ||
	       strcmp(message, "invalid literal/lengths set") == 0 ||
	       strcmp(message, "invalid distances set") == 0;
}

enum pmd_zlib_verdict
pmd_zlib_inflate(const uint8_t *in, uint32_t len, uint8_t *out, uint32_t room, uint32_t *out_len,
		 uint32_t *consumed)
{
	z_stream z;
	int ret = inflate_all(15, in, len, out, room, &z);

	*out_len = (uint32_t)z.total_out;
	*consumed = (uint32_t)z.total_in;
	if (ret == Z_STREAM_END)
		return PMD_ZLIB_WHOLE;
	if (ret == Z_DATA_ERROR && z.msg != NULL && is_incomplete_code(z.msg))
		return PMD_ZLIB_INCOMPLETE_CODE;
	if (ret == Z_DATA_ERROR)
		return PMD_ZLIB_CORRUPT;
	return z.avail_out == 0 ? PMD_ZLIB_FULL : PMD_ZLIB_TRUNCATED;
}

uint64_t
pmd_zlib_checksum(enum rte_comp_checksum_type type, const uint8_t *data, uint32_t len)
{
	return pmd_zlib_checksum_on(type, 0, data, len);
}

uint64_t
pmd_zlib_checksum_on(enum rte_comp_checksum_type type, uint64_t before, const uint8_t *data,
		     uint32_t len)
{
	bool both = type == RTE_COMP_CHECKSUM_CRC32_ADLER32;
	uint64_t crc = crc32((uint32_t)before, data, len);
	uint64_t adler = adler32(before == 0 ? 1 : (uint32_t)(both ? before >> 32 : before), data,
				 len);

	if (both)
		return adler << 32 | crc;
	return type == RTE_COMP_CHECKSUM_CRC32 ? crc : adler;
}
