/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Faults as text. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <zip_model_fault.h>

static void
test_right(void **state)
{
	static const struct {
		const char *text;
		struct zip_model_fault fault;
	} cases[] = {
		{"wrong-phase", {ZIP_MODEL_FAULT_WRONG_PHASE, UINT32_MAX, 1, 0}},
		{"lost-completion", {ZIP_MODEL_FAULT_LOST_COMPLETION, UINT32_MAX, 1, 0}},
		{"produced", {ZIP_MODEL_FAULT_PRODUCED, UINT32_MAX, 1, 0}},
		{"flipped-bit", {ZIP_MODEL_FAULT_FLIPPED_BIT, UINT32_MAX, 1, 0}},
		{"status:value=0x0e", {ZIP_MODEL_FAULT_STATUS, UINT32_MAX, 1, 14}},
		{"hang-queue", {ZIP_MODEL_FAULT_HANG_QUEUE, UINT32_MAX, 1, 0}},
		{"aeq-event", {ZIP_MODEL_FAULT_AEQ_EVENT, UINT32_MAX, 1, 0}},
		{"stuck-mailbox:nth=0", {ZIP_MODEL_FAULT_STUCK_MAILBOX, UINT32_MAX, 0, 0}},
		{"ras:value=31", {ZIP_MODEL_FAULT_RAS, UINT32_MAX, 1, 31}},
		{"wrong-phase:queue=3:nth=10", {ZIP_MODEL_FAULT_WRONG_PHASE, 3, 10, 0}},
		{"status:nth=4294967295:value=1:queue=0",
		 {ZIP_MODEL_FAULT_STATUS, 0, 4294967295, 1}},
	};
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct zip_model_fault fault;

		assert_int_equal(zip_model_fault_parse(cases[i].text, &fault, err, sizeof(err)), 0);
		assert_int_equal(fault.kind, cases[i].fault.kind);
		assert_int_equal(fault.queue, cases[i].fault.queue);
		assert_int_equal(fault.nth, cases[i].fault.nth);
		assert_int_equal(fault.value, cases[i].fault.value);
		assert_non_null(strstr(zip_model_fault_kinds(),
				       strtok(strdupa(cases[i].text), ":")));
	}
}

static void
test_wrong(void **state)
{
	static const struct {
		const char *text;
		const char *named;
	} cases[] = {
		{"", "wrong-phase"},
		{"raz", "wrong-phase"},
		{"Wrong-phase", "wrong-phase"},
		{"wrong-phase,queue=1", "wrong-phase"},
		{":queue=1", "wrong-phase"},
		{"status:", "queue=N"},
		{"status:queue", "'queue'"},
		{"status:queue=", "'queue='"},
		{"status:queue=-1", "'queue=-1'"},
		{"status:queue=1x", "'queue=1x'"},
		{"status:value=0x", "'value=0x'"},
		{"status:value=0xG", "'value=0xG'"},
		{"status:value=4294967296", "'value=4294967296'"},
		{"status:value=99999999999999999999999", "'value="},
		{"status:value=256", "0-255"},
		{"aeq-event:value=16", "0-15"},
		{"ras:value=32", "0-31"},
		{"status:colour=1", "'colour=1'"},
		{"status:nth=1;status", "'nth=1;status'"},
		{"status:value=00000000000000000000000000000000000000000000000000000000000000"
		 "000000000000000000000000000000000000000000000000000000000001",
		 "too long"},
	};
	struct zip_model_fault fault = {.nth = 77};
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err[0] = '\0';
		assert_int_equal(zip_model_fault_parse(cases[i].text, &fault, err, sizeof(err)),
				 -EINVAL);
		if (strstr(err, cases[i].named) == NULL)
			fail_msg("%s: %s", cases[i].text, err);
	}
	assert_int_equal(fault.nth, 77);
}

static void
test_list(void **state)
{
	struct zip_model_fault faults[3];
	char err[256];

	(void)state;
	assert_int_equal(zip_model_fault_parse_list("produced", faults, 3, err, sizeof(err)), 1);
	assert_int_equal(zip_model_fault_parse_list("produced:nth=2+status:value=1;hang-queue",
						    faults, 3, err, sizeof(err)), 3);
	assert_int_equal(faults[0].nth, 2);
	assert_int_equal(faults[1].value, 1);
	assert_int_equal(faults[2].kind, ZIP_MODEL_FAULT_HANG_QUEUE);
	assert_int_equal(zip_model_fault_parse_list("status+status+status+status", faults, 3, err,
						    sizeof(err)), -E2BIG);
	assert_int_equal(zip_model_fault_parse_list("status+", faults, 3, err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(zip_model_fault_parse_list("", faults, 3, err, sizeof(err)), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
