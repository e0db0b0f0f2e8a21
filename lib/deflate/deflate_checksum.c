/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "deflate.h"

uint32_t
deflate_adler32(uint32_t sum, const void *data, size_t len)
{
	return isal_adler32(sum, data, len);
}

uint32_t
deflate_crc32(uint32_t sum, const void *data, size_t len)
{
	return crc32_gzip_refl(sum, data, len);
}
