/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_ARG_H
#define HISI_ZIP_ARG_H

/**
 * @file
 * Each device argument for itself: its key, where it is valid, its values.
 */

#include <stddef.h>

#include "hisi_zip_devargs.h"

/** Where an argument is valid, from everywhere to one place. */
enum hisi_zip_arg_scope {
	HISI_ZIP_ARG_ALWAYS, /**< also with sw=only */
	HISI_ZIP_ARG_ALL,    /**< wherever there is a function */
	HISI_ZIP_ARG_VDEV,
	HISI_ZIP_ARG_EMBEDDED, /**< vdev without path= */
};

/** A name and the number it stands for; a list of them ends with a name that is NULL. */
struct hisi_zip_word {
	const char *word;
	int number;
};

/**
 * An argument. It is parsed by parse(), which returns 0 or -EINVAL; without one it is one of the
 * words, or else a number, for the field that lies at "offset".
 */
struct hisi_zip_arg {
	const char *key;
	const char *valid; /**< for messages, where words or bounds do not say all; or NULL */
	int (*parse)(const char *value, struct hisi_zip_devargs *args);
	const struct hisi_zip_word *words;
	int min;
	int max;
	size_t offset;
	size_t size; /**< of an unsigned integer or a bool */
	enum hisi_zip_arg_scope scope;
};

/** All arguments. */
extern const struct hisi_zip_arg hisi_zip_args[];
extern const unsigned int hisi_zip_nb_args; /**< at most 32 */

/**
 * Sets what an argument is about.
 *
 * @param value NULL: none was given
 * @return 0, -EINVAL
 */
int hisi_zip_arg_parse(const struct hisi_zip_arg *arg, const char *value,
		       struct hisi_zip_devargs *args);

/** Writes which values are valid, for a message. */
void hisi_zip_arg_print_valid(const struct hisi_zip_arg *arg, char *text, size_t size);

/** Adds a word to a list of them for a message. */
void hisi_zip_arg_list(char *list, size_t size, const char *word);

#endif /* HISI_ZIP_ARG_H */
