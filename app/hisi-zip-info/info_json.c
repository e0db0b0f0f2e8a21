/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "info_json.h"

#define NUMBER_LEN 24

static const struct info_text nothing = {NULL, 0};

static struct info_text
skip(struct info_text text, size_t n)
{
	return (struct info_text){text.at + n, text.len - n};
}

static struct info_text
skip_blanks(struct info_text text)
{
	while (text.len > 0 && strchr(" \t\r\n", *text.at) != NULL && *text.at != '\0')
		text = skip(text, 1);
	return text;
}

/* The length of the string that a text begins with, quotes included; 0: it has no end. */
static size_t
string_len(struct info_text text)
{
	for (size_t i = 1; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '"')
			return i + 1;
	}
	return 0;
}

/* The length of an object or array; 0: it has no end. */
static size_t
container_len(struct info_text text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '"') {
			size_t n = string_len(skip(text, i));

			if (n == 0)
				return 0;
			i += n - 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

/* The length of the value that a text begins with; 0: there is none. */
static size_t
value_len(struct info_text text)
{
	size_t n = 0;

	if (text.len == 0)
		return 0;
	if (*text.at == '"')
		return string_len(text);
	if (*text.at == '{' || *text.at == '[')
		return container_len(text);
	while (n < text.len && strchr(",}] \t\r\n", text.at[n]) == NULL)
		n++;
	return n;
}

/* Takes a value off a text; strings lose their quotes. */
static bool
take(struct info_text *text, struct info_text *value)
{
	size_t n;

	*text = skip_blanks(*text);
	n = value_len(*text);
	if (n == 0)
		return false;
	*value = (struct info_text){text->at, n};
	if (*value->at == '"')
		*value = (struct info_text){value->at + 1, n - 2};
	*text = skip_blanks(skip(*text, n));
	return true;
}

struct info_walk
info_json_walk(struct info_text json)
{
	size_t n;

	json = skip_blanks(json);
	n = info_json_is_container(json) ? container_len(json) : 0;
	if (n == 0)
		return (struct info_walk){nothing, false};
	/* Without its brackets. */
	return (struct info_walk){{json.at + 1, n - 2}, *json.at == '{'};
}

bool
info_json_next(struct info_walk *walk, struct info_text *name, struct info_text *value)
{
	struct info_text rest = walk->rest;

	*name = nothing;
	walk->rest = nothing;
	if (rest.at == NULL)
		return false;
	if (walk->object) {
		if (!take(&rest, name) || rest.len == 0 || *rest.at != ':')
			return false;
		rest = skip(rest, 1);
	}
	if (!take(&rest, value))
		return false;
	if (rest.len > 0 && *rest.at == ',')
		walk->rest = skip(rest, 1);
	return true;
}

struct info_text
info_json_get(struct info_text object, const char *name)
{
	struct info_walk walk = info_json_walk(object);
	struct info_text key, value;

	while (info_json_next(&walk, &key, &value))
		if (walk.object && info_text_is(key, name))
			return value;
	return nothing;
}

bool
info_json_is_container(struct info_text value)
{
	return value.len > 0 && (*value.at == '{' || *value.at == '[');
}

bool
info_text_is(struct info_text text, const char *what)
{
	return text.at != NULL && text.len == strlen(what) && memcmp(text.at, what, text.len) == 0;
}

uint64_t
info_text_number(struct info_text text)
{
	char digits[NUMBER_LEN];
	uint64_t number;
	char *end;

	if (text.at == NULL || text.len == 0 || text.len >= sizeof(digits) || *text.at < '0' ||
	    *text.at > '9')
		return UINT64_MAX;
	memcpy(digits, text.at, text.len);
	digits[text.len] = '\0';
	errno = 0;
	number = strtoull(digits, &end, strncmp(digits, "0x", 2) == 0 ? 16 : 10);
	return errno == 0 && *end == '\0' ? number : UINT64_MAX;
}
