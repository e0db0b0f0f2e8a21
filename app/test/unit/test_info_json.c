/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "info_json.h"

/* Nothing is read behind the text: a copy without an end, for the address sanitizer. */
static struct info_text
copy(const char *text, size_t len)
{
	char *bytes = malloc(len > 0 ? len : 1);

	assert_non_null(bytes);
	memcpy(bytes, text, len);
	return (struct info_text){bytes, len};
}

static void
members(void **state)
{
	static const char text[] = " { \"a\" : 1,\"b\":\"x\\\"}\",\"c\":{\"d\":[1,{\"e\":2}]} , "
				   "\"f\":\"0x1f\",\"g\":{} }";
	struct info_text json = copy(text, sizeof(text) - 1);
	struct info_text name, value;
	struct info_walk walk;
	unsigned int nb = 0;

	(void)state;
	assert_int_equal(info_text_number(info_json_get(json, "a")), 1);
	assert_true(info_text_is(info_json_get(json, "b"), "x\\\"}"));
	assert_int_equal(info_text_number(info_json_get(json, "f")), 31);
	assert_null(info_json_get(json, "d").at);
	assert_null(info_json_get(json, "").at);
	assert_true(info_text_is(info_json_get(info_json_get(json, "c"), "d"), "[1,{\"e\":2}]"));
	walk = info_json_walk(json);
	while (info_json_next(&walk, &name, &value))
		nb++;
	assert_int_equal(nb, 5);
	walk = info_json_walk(info_json_get(json, "g"));
	assert_false(info_json_next(&walk, &name, &value));
	walk = info_json_walk(info_json_get(info_json_get(json, "c"), "d"));
	assert_true(info_json_next(&walk, &name, &value));
	assert_false(walk.object);
	assert_null(name.at);
	assert_true(info_text_is(value, "1"));
	assert_true(info_json_next(&walk, &name, &value));
	assert_int_equal(info_text_number(info_json_get(value, "e")), 2);
	assert_false(info_json_next(&walk, &name, &value));
	free((void *)(uintptr_t)json.at);
}

static void
numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t number;
	} cases[] = {
		{"0", 0}, {"18446744073709551614", UINT64_MAX - 1}, {"0x00000010", 16},
		{"", UINT64_MAX}, {"-1", UINT64_MAX}, {"+1", UINT64_MAX}, {" 1", UINT64_MAX},
		{"1x", UINT64_MAX}, {"x", UINT64_MAX}, {"99999999999999999999", UINT64_MAX},
		{"1111111111111111111111111111111111", UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct info_text text = copy(cases[i].text, strlen(cases[i].text));

		assert_int_equal(info_text_number(text), cases[i].number);
		free((void *)(uintptr_t)text.at);
	}
	assert_int_equal(info_text_number((struct info_text){NULL, 0}), UINT64_MAX);
}

/* Walks through all that there is; it has to end. */
static unsigned int
walk_all(struct info_text json, unsigned int depth)
{
	struct info_walk walk = info_json_walk(json);
	struct info_text name, value;
	unsigned int nb = 0;

	while (depth < 20 && info_json_next(&walk, &name, &value))
		nb += 1 + walk_all(value, depth + 1);
	return nb;
}

/* Cut anywhere, and with any byte changed, it is walked through without a step outside. */
static void
hostile(void **state)
{
	static const char text[] = "{\"a\":[1,\"\\\\\\\"\",{\"b\":null}],\"c\":{\"d\":\"e\"}}";
	static const char odd[] = "{}[]\",:\\ 0\0\xff";
	const size_t len = sizeof(text) - 1;

	(void)state;
	assert_int_equal(walk_all((struct info_text){text, len}, 0), 7);
	for (size_t cut = 0; cut <= len; cut++) {
		struct info_text json = copy(text, cut);

		walk_all(json, 0);
		for (size_t i = 0; i < cut; i++) {
			for (size_t k = 0; k < sizeof(odd); k++) {
				((char *)(uintptr_t)json.at)[i] = odd[k];
				walk_all(json, 0);
			}
			((char *)(uintptr_t)json.at)[i] = text[i];
		}
		free((void *)(uintptr_t)json.at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(numbers),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
