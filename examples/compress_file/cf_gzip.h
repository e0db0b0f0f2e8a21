/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_GZIP_H
#define CF_GZIP_H

/**
 * @file
 * The frame of a gzip file (RFC 1952). A file is one or more members; each is a header, a DEFLATE
 * stream, and the CRC-32 and length of the plain data.
 *
 * The members that this program writes have an extra field with the identifier "HZ": 4 bytes with
 * the length of the whole member and 4 with that of the plain data, little endian. By these the
 * members of a file can be found, and decompressed in parallel, without decoding them.
 */

#include <stdint.h>
#include <sys/uio.h>

#include "cf_io.h"

/** Bytes of the header that cf_gzip_header() writes. */
#define CF_GZIP_HEADER 24
/** Bytes behind the stream. */
#define CF_GZIP_TRAILER 8
/** Bytes of the header of a stored block that begins on a byte. */
#define CF_GZIP_STORED 5

/** A header that was read. */
struct cf_gzip_member {
	uint64_t begin;   /**< of the member, in the input */
	uint32_t header;  /**< bytes of the header, if @p length is not 0 */
	uint32_t length;  /**< bytes of the whole member as its field says, 0: no such field */
	uint32_t plain;   /**< bytes of its plain data as its field says */
};

/** Writes a header; a @p member length of 0 leaves the field out. @return its bytes */
uint32_t cf_gzip_header(uint8_t to[CF_GZIP_HEADER], uint32_t member, uint32_t plain);

/** Writes a trailer. @param plain length, modulo 2^32 */
void cf_gzip_trailer(uint8_t to[CF_GZIP_TRAILER], uint32_t crc, uint32_t plain);

/** Takes a trailer apart. */
void cf_gzip_parse_trailer(const uint8_t from[CF_GZIP_TRAILER], uint32_t *crc, uint32_t *plain);

/** Writes the header of a stored block. @param len 0 to 65535 bytes */
void cf_gzip_stored(uint8_t to[CF_GZIP_STORED], uint16_t len, bool last);

/**
 * Reads the header of the next member. Zero bytes behind a member, to the end, are padding.
 *
 * @return 1, 0 when the input is at its end, or -errno after a message: -EBADMSG for a file that
 * is not gzip or is damaged
 */
int cf_gzip_read_header(struct cf_input *input, struct cf_gzip_member *member);

#endif /* CF_GZIP_H */
