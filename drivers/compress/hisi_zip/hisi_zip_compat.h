/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_COMPAT_H
#define HISI_ZIP_COMPAT_H

/**
 * @file
 * What the compressdev API has in some of the DPDK releases that this driver is built for; EAL's
 * differences are in hisi_qm_compat.h.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_comp.h>
#include <rte_common.h>
#include <rte_version.h>

#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
#define HISI_ZIP_COMPAT_LZ4 RTE_COMP_ALGO_LZ4
#define HISI_ZIP_COMPAT_FF_LZ4 RTE_COMP_FF_LZ4_BLOCK_INDEPENDENCE
#else
/** LZ4, where the API does not know it: it ends a list of capabilities. */
#define HISI_ZIP_COMPAT_LZ4 RTE_COMP_ALGO_UNSPECIFIED
#define HISI_ZIP_COMPAT_FF_LZ4 0
#endif

/** Whether all that an xform of LZ4 asks for is one block that stands alone. */
static inline bool
hisi_zip_compat_lz4_is_block(const struct rte_comp_compress_xform *compress)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
	return (compress->lz4.flags & ~RTE_COMP_LZ4_FLAG_BLOCK_INDEPENDENCE) == 0;
#else
	RTE_SET_USED(compress);
	return false;
#endif
}

/** @return the flags of LZ4, for messages; 0 where there is no LZ4 */
static inline int
hisi_zip_compat_lz4_flags(const struct rte_comp_compress_xform *compress)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
	return compress->lz4.flags;
#else
	RTE_SET_USED(compress);
	return 0;
#endif
}

/**
 * The preset dictionary of an xform, which there is since 25.11.
 *
 * @param dict receives where it is
 * @return bytes of it, 0 if there is none
 */
static inline size_t
hisi_zip_compat_dict(const struct rte_comp_xform *xform, const uint8_t **dict)
{
	size_t len = 0;

	*dict = NULL;
#if RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0)
	if (xform->type == RTE_COMP_COMPRESS && xform->compress.algo == RTE_COMP_ALGO_DEFLATE) {
		*dict = xform->compress.deflate.dictionary;
		len = xform->compress.deflate.dictionary_len;
	} else if (xform->type == RTE_COMP_DECOMPRESS &&
		   xform->decompress.algo == RTE_COMP_ALGO_DEFLATE) {
		*dict = xform->decompress.inflate.dictionary;
		len = xform->decompress.inflate.dictionary_len;
	}
#else
	RTE_SET_USED(xform);
#endif
	return *dict == NULL ? 0 : len;
}

#endif /* HISI_ZIP_COMPAT_H */
