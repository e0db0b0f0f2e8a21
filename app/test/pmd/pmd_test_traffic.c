/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <unistd.h>

#include "pmd_case.h"

#define FOREVER_MS 60000

/* What another process is, to be killed: traffic without end, and says so. */
static void
forever(void **state)
{
	struct pmd_case *c = *state;
	uint64_t end = pmd_now_ms() + FOREVER_MS;
	bool said = false;

	while (pmd_now_ms() < end) {
		uint32_t len = pmd_rand_in(1, 30000);
		uint8_t *plain = pmd_data_new(len);

		for (int i = 0; i < 100; i++)
			pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, len);
		pmd_case_inflate(c, &pmd_zlib_usual, plain, len);
		pmd_batch_run_reset(&c->batch, 0, 64);
		free(plain);
		if (!said) {
			printf("traffic: pid %d\n", (int)getpid());
			fflush(stdout);
		}
		said = true;
	}
}

static const struct CMUnitTest tests[] = {PMD_CASE(forever)};

const struct pmd_group pmd_group_traffic = {
	.name = "traffic",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.only_process = true,
	.no_count = true,
};
