/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "model_parse.h"

int
model_parse_choice(const struct model_choice *choices, size_t nb, const char *text,
		   unsigned *value)
{
	for (size_t i = 0; i < nb; i++) {
		if (strcmp(choices[i].name, text) == 0) {
			*value = choices[i].value;
			return 0;
		}
	}
	return -EINVAL;
}

int
model_parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t number = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || number > max)
			return -EINVAL;
		number = number * 10 + (uint64_t)(*text - '0');
	}
	if (number < min || number > max)
		return -EINVAL;
	*value = number;
	return 0;
}

int
model_parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *value)
{
	uint64_t number;
	int ret = model_parse_number(text, min, max, &number);

	if (ret == 0)
		*value = (unsigned)number;
	return ret;
}

int
model_parse_switch(const char *text, bool *value)
{
	static const struct model_choice switches[] = {{"off", 0}, {"on", 1}};
	unsigned number;
	int ret = model_parse_choice(switches, MODEL_ARRAY_LEN(switches), text, &number);

	if (ret == 0)
		*value = number != 0;
	return ret;
}
