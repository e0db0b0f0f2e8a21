/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <string.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include "deflate.h"

#ifdef __aarch64__
/* ISA-L's loop for this machine works on blocks of so many bytes, and reads one more than it is
 * given (2.30): the last one and what is behind it are a copy.
 */
#define ADLER32_BLOCK 32

uint32_t
deflate_adler32(uint32_t sum, const void *data, size_t len)
{
	size_t blocks = len / ADLER32_BLOCK, ahead = blocks > 1 ? (blocks - 1) * ADLER32_BLOCK : 0;
	uint8_t rest[3 * ADLER32_BLOCK] = {0};

	if (ahead > 0)
		sum = isal_adler32(sum, data, ahead);
	memcpy(rest, (const uint8_t *)data + ahead, len - ahead);
	return isal_adler32(sum, rest, len - ahead);
}
#else
uint32_t
deflate_adler32(uint32_t sum, const void *data, size_t len)
{
	return isal_adler32(sum, data, len);
}
#endif

uint32_t
deflate_crc32(uint32_t sum, const void *data, size_t len)
{
	return crc32_gzip_refl(sum, data, len);
}

uint32_t
deflate_adler32_append(uint32_t sum, uint32_t next, uint32_t len)
{
	return adler32_combine(sum, next, len);
}

uint32_t
deflate_crc32_append(uint32_t sum, uint32_t next, uint32_t len)
{
	return crc32_combine(sum, next, len);
}
