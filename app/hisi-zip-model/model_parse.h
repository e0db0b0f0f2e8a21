/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_PARSE_H
#define MODEL_PARSE_H

/**
 * @file
 * Values of options. Each returns 0 or -EINVAL, and leaves the result alone then.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct model_choice {
	const char *name;
	unsigned value;
};

/** One of @p nb names. */
int model_parse_choice(const struct model_choice *choices, size_t nb, const char *text,
		       unsigned *value);

/** A decimal number from @p min to @p max, which is less than 2^60. */
int model_parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/** As model_parse_number(). */
int model_parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *value);

/** "on" or "off". */
int model_parse_switch(const char *text, bool *value);

#endif /* MODEL_PARSE_H */
