/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PMD_CAPS_H
#define PMD_CAPS_H

/**
 * @file
 * Each capability flag: what shows that it works, and that it is refused where it is not offered.
 */

#include "pmd_case.h"

#define PMD_CAPS_NAME "compress_hisi_zip_user7"
#define PMD_CAPS_LEN  20000

/** A device, and what it offers: RTE_COMP_FF_* as rte_comp.h numbers them. */
struct pmd_caps_config {
	const char *args;
	uint64_t flags;
	uint8_t min_window;
	bool no_inflate; /**< no API says so: xforms that decompress are refused */
};

/** What a case works with. */
struct pmd_caps_case {
	const struct pmd_caps_config *config;
	struct pmd_case c;
	uint8_t *plain;  /**< PMD_CAPS_LEN bytes */
	uint64_t before; /**< input_chksum of what is done next */
};

/** A flag. One without a way to ask for it is only looked at. */
struct pmd_caps_flag {
	uint64_t flag;
	const char *name;
	void (*offered)(struct pmd_caps_case *caps);
	void (*not_offered)(struct pmd_caps_case *caps);
};

extern const struct pmd_caps_flag pmd_caps_flags[];
extern const size_t pmd_caps_nb_flags;

/** Asserts that an xform is refused, and that the log says by whom and what would do. */
void pmd_caps_refused(const struct rte_comp_xform *xform, const char *field);

#endif /* PMD_CAPS_H */
