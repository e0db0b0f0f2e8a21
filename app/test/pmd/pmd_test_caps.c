/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Capabilities, to the bit: what a device offers it does, what it does not offer it refuses. Of
 * each generation and each way of software.
 */

#include <stdlib.h>

#include <rte_bus_vdev.h>

#include "pmd_caps.h"

/*
 * Streams to compress (1), lists (0x1c), checksums (0xe0), also over packets (0x100), shareable
 * (0x1000), dynamic (0x4000)
 */
#define ENGINE 0x51fd
/* Streams to decompress: of an engine that knows raw DEFLATE, or of software */
#define INFLATE_STREAMS 2
/* Stored blocks (0x800), fixed codes (0x2000), and those streams */
#define SOFTWARE 0x2802

static const struct pmd_caps_config configs[] = {
	{"sw=off", ENGINE | INFLATE_STREAMS, 12, false},
	{"sw=on", ENGINE | SOFTWARE, 12, false},
	{"hw=v2,sw=off", ENGINE, 15, true},
	{"hw=v2,sw=off,v2_inflate=hw", ENGINE, 15, false},
	{"hw=v2,sw=on", ENGINE | SOFTWARE, 12, false},
	{"hw=v2,sw=on,v2_inflate=hw", ENGINE | SOFTWARE, 12, false},
	{"sw=only", ENGINE | SOFTWARE, 12, false},
};

/* Windows that are offered, and those next to them; a larger one to compress is lowered. */
static void
windows(struct pmd_caps_case *caps)
{
	struct rte_comp_xform out = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, NONE);
	struct rte_comp_xform in = PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE);
	uint8_t min = caps->config->min_window;

	assert_int_equal(pmd_dev.window.min, min);
	assert_int_equal(pmd_dev.window.max, 15);
	assert_int_equal(pmd_dev.window.increment, 1);
	for (uint8_t window = min - 1; window <= 16; window++) {
		out.compress.window_size = window;
		in.decompress.window_size = window;
		if (window < min)
			pmd_caps_refused(&out, "window_size");
		else
			pmd_xform_free(pmd_xform_new(&out));
		if (window < min || window > 15)
			pmd_caps_refused(&in, "window_size");
		else if (caps->config->no_inflate)
			pmd_caps_refused(&in, "type");
		else
			pmd_xform_free(pmd_xform_new(&in));
	}
}

static void
one_config(const struct pmd_caps_config *config)
{
	struct pmd_caps_case caps = {.config = config, .plain = malloc(PMD_CAPS_LEN)};

	print_message("  %s: %#llx, windows %u to 15\n", config->args,
		      (unsigned long long)config->flags, config->min_window);
	assert_non_null(caps.plain);
	pmd_data_fill(PMD_TEXT, caps.plain, PMD_CAPS_LEN);
	assert_int_equal(rte_vdev_init(PMD_CAPS_NAME, config->args), 0);
	pmd_dev_learn(PMD_CAPS_NAME);
	assert_int_equal(pmd_dev.features, config->flags);
	pmd_dev_start(1, 128);
	pmd_batch_open(&caps.c.batch, 128, PMD_CASE_MEMORY);
	windows(&caps);
	for (size_t i = 0; i < pmd_caps_nb_flags; i++) {
		const struct pmd_caps_flag *flag = &pmd_caps_flags[i];
		bool offered = (config->flags & flag->flag) != 0;

		print_message("    %s: %s\n", flag->name, offered ? "works" : "refused");
		if (offered)
			flag->offered(&caps);
		else
			flag->not_offered(&caps);
	}
	pmd_batch_close(&caps.c.batch);
	pmd_dev_stop();
	assert_int_equal(rte_vdev_uninit(PMD_CAPS_NAME), 0);
	free(caps.plain);
}

static void
each_flag(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		one_config(&configs[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(each_flag),
};

const struct pmd_group pmd_group_caps = {
	.name = "caps",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.only_embedded = true,
	.no_device = true,
};
