/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef INFO_JSON_H
#define INFO_JSON_H

/**
 * @file
 * Looks into JSON that another process wrote: nothing is copied, nothing outside the text is read,
 * and what is no JSON has no members.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A piece of a text. Strings are without their quotes, and as they were written. */
struct info_text {
	const char *at; /**< NULL: nothing */
	size_t len;
};

/** A walk through the members of an object or the elements of an array. */
struct info_walk {
	struct info_text rest;
	bool object;
};

/** Begins a walk; through what is neither object nor array it is over at once. */
struct info_walk info_json_walk(struct info_text json);

/**
 * Takes the next member.
 *
 * @param name of a member; nothing for elements
 * @return whether there is one
 */
bool info_json_next(struct info_walk *walk, struct info_text *name, struct info_text *value);

/** @return the value of a member of an object, or nothing */
struct info_text info_json_get(struct info_text object, const char *name);

/** @return whether a value is an object or an array */
bool info_json_is_container(struct info_text value);

/** @return whether a text is this */
bool info_text_is(struct info_text text, const char *what);

/** @return an unsigned decimal number, or 0x and a hexadecimal one; UINT64_MAX for what is none */
uint64_t info_text_number(struct info_text text);

#endif /* INFO_JSON_H */
