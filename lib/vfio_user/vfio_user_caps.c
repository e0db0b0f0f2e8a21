/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "vfio_user_parse.h"

/* Deeper than any peer nests, shallow enough for any stack. */
#define MAX_DEPTH 8

struct json {
	const char *at;
	const char *end;
	struct vfio_user_caps *caps;
};

struct span {
	const char *text;
	size_t len;
};

enum json_kind { JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_OTHER };

struct json_scalar {
	enum json_kind kind;
	uint64_t number; /* saturated; 0 if negative; the part before a point or exponent */
};

static void
skip_space(struct json *j)
{
	while (j->at < j->end && memchr(" \t\r\n", *j->at, 4))
		j->at++;
}

/* The next character after space, 0 at the end. */
static char
peek(struct json *j)
{
	skip_space(j);
	return j->at < j->end ? *j->at : 0;
}

static bool
take(struct json *j, char c)
{
	if (peek(j) != c || !c)
		return false;
	j->at++;
	return true;
}

/* Escapes are skipped, not decoded: no name we look for has one. */
static int
parse_string(struct json *j, struct span *s)
{
	if (!take(j, '"'))
		return -EINVAL;
	s->text = j->at;
	while (j->at < j->end && *j->at != '"') {
		if ((unsigned char)*j->at < 0x20)
			return -EINVAL;
		if (*j->at == '\\')
			j->at++;
		if (j->at < j->end)
			j->at++;
	}
	if (j->at == j->end)
		return -EINVAL;
	s->len = (size_t)(j->at - s->text);
	j->at++;
	return 0;
}

static bool
digit(const struct json *j)
{
	return j->at < j->end && *j->at >= '0' && *j->at <= '9';
}

static int
parse_number(struct json *j, struct json_scalar *value)
{
	bool negative = take(j, '-');
	uint64_t x = 0;

	if (!digit(j))
		return -EINVAL;
	for (; digit(j); j->at++) {
		unsigned int d = (unsigned int)(*j->at - '0');

		x = x > (UINT64_MAX - d) / 10 ? UINT64_MAX : x * 10 + d;
	}
	while (digit(j) || (j->at < j->end && memchr(".eE+-", *j->at, 5)))
		j->at++;
	value->kind = JSON_NUMBER;
	value->number = negative ? 0 : x;
	return 0;
}

static int
parse_word(struct json *j, struct json_scalar *value)
{
	static const struct {
		const char *text;
		size_t len;
		enum json_kind kind;
	} words[] = { { "true", 4, JSON_TRUE },
		      { "false", 5, JSON_FALSE },
		      { "null", 4, JSON_OTHER } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((size_t)(j->end - j->at) >= words[i].len &&
		    !memcmp(j->at, words[i].text, words[i].len)) {
			j->at += words[i].len;
			value->kind = words[i].kind;
			return 0;
		}
	}
	return parse_number(j, value);
}

static bool
named(const struct span *s, const char *name)
{
	return s->len == strlen(name) && !memcmp(s->text, name, s->len);
}

static void
store(struct vfio_user_caps *caps, const struct span *name, const struct json_scalar *value)
{
	if (value->kind == JSON_NUMBER && named(name, "max_msg_fds"))
		caps->max_fds = value->number;
	else if (value->kind == JSON_NUMBER && named(name, "max_data_xfer_size"))
		caps->max_xfer = value->number;
	else if (named(name, "write_multiple"))
		caps->write_multi = value->kind == JSON_TRUE;
}

static int parse_value(struct json *j, unsigned int depth, bool in_caps,
		       struct json_scalar *value);

/* The names we store are those of the object "capabilities" of the outermost object. */
static int
parse_member(struct json *j, unsigned int depth, bool in_caps)
{
	struct json_scalar value = { .kind = JSON_OTHER };
	struct span name;
	int ret = parse_string(j, &name);

	if (ret || !take(j, ':'))
		return -EINVAL;
	ret = parse_value(j, depth + 1, depth == 0 && named(&name, "capabilities"), &value);
	if (!ret && in_caps)
		store(j->caps, &name, &value);
	return ret;
}

/* What follows an opening bracket or brace. */
static int
parse_list(struct json *j, unsigned int depth, bool in_caps, char close)
{
	struct json_scalar ignored;
	int ret;

	if (take(j, close))
		return 0;
	do {
		ret = close == '}' ? parse_member(j, depth, in_caps)
				   : parse_value(j, depth + 1, false, &ignored);
	} while (!ret && take(j, ','));
	return !ret && take(j, close) ? 0 : -EINVAL;
}

static int
parse_value(struct json *j, unsigned int depth, bool in_caps, struct json_scalar *value)
{
	struct span ignored;

	if (depth > MAX_DEPTH)
		return -EINVAL;
	value->kind = JSON_OTHER;
	switch (peek(j)) {
	case '{':
		j->at++;
		return parse_list(j, depth, in_caps, '}');
	case '[':
		j->at++;
		return parse_list(j, depth, in_caps, ']');
	case '"':
		return parse_string(j, &ignored);
	default:
		return parse_word(j, value);
	}
}

int
vfio_user_parse_caps(const uint8_t *text, size_t len, struct vfio_user_caps *caps)
{
	struct json j = { .at = (const char *)text, .caps = caps };
	struct json_scalar ignored;

	caps->max_fds = 1;
	caps->max_xfer = 0x100000;
	caps->write_multi = false;
	if (len == 0)
		return 0;
	j.end = j.at + strnlen(j.at, len);
	if (peek(&j) != '{')
		return -EINVAL;
	return parse_value(&j, 0, false, &ignored) || peek(&j) ? -EINVAL : 0;
}
