/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hisi_zip.h"
#include "hisi_zip_arg.h"
#include "hisi_zip_compat.h"

#define HISI_ZIP_DEFAULT_QUEUES 128
#define HISI_ZIP_DEFAULT_MAX_SGE 1024

static const struct hisi_zip_arg *
hisi_zip_find_arg(const char *key)
{
	for (unsigned int i = 0; i < hisi_zip_nb_args; i++)
		if (strcmp(key, hisi_zip_args[i].key) == 0)
			return &hisi_zip_args[i];
	return NULL;
}

static bool
hisi_zip_arg_on(const struct hisi_zip_arg *arg, enum hisi_zip_bus bus)
{
	return bus == HISI_ZIP_BUS_VDEV || arg->scope <= HISI_ZIP_ARG_ALL;
}

static int
hisi_zip_unknown_arg(const char *name, const char *key, enum hisi_zip_bus bus)
{
	char keys[256] = "";

	for (unsigned int i = 0; i < hisi_zip_nb_args; i++)
		if (hisi_zip_arg_on(&hisi_zip_args[i], bus))
			hisi_zip_arg_list(keys, sizeof(keys), hisi_zip_args[i].key);
	HISI_ZIP_LOG(ERR, "unknown argument '%s', valid are: %s", name, key, keys);
	return -EINVAL;
}

/* An argument in the mask of those that are given. */
static uint32_t
hisi_zip_arg_bit(const struct hisi_zip_arg *arg)
{
	return 1u << (arg - hisi_zip_args);
}

static int
hisi_zip_parse_arg(const char *name, const char *key, const char *value, enum hisi_zip_bus bus,
		   uint32_t *given, struct hisi_zip_devargs *args)
{
	const struct hisi_zip_arg *arg = hisi_zip_find_arg(key);
	char valid[128];

	if (arg == NULL || !hisi_zip_arg_on(arg, bus))
		return hisi_zip_unknown_arg(name, key, bus);
	if (*given & hisi_zip_arg_bit(arg)) {
		HISI_ZIP_LOG(ERR, "argument '%s' is given twice, valid is once", name, key);
		return -EINVAL;
	}
	*given |= hisi_zip_arg_bit(arg);
	if (hisi_zip_arg_parse(arg, value, args) != 0) {
		hisi_zip_arg_print_valid(arg, valid, sizeof(valid));
		HISI_ZIP_LOG(ERR, "argument '%s=%s': valid is %s", name, key,
			     value == NULL ? "" : value, valid);
		return -EINVAL;
	}
	return 0;
}

/*
 * Splits at commas, and each part at its first '='. Not by librte_kvargs: it takes the last '=',
 * and faults have some of their own.
 */
static int
hisi_zip_parse_args(const char *name, char *text, enum hisi_zip_bus bus, uint32_t *given,
		    struct hisi_zip_devargs *args)
{
	char *rest = text, *key;
	int ret = 0;

	while (ret == 0 && (key = strsep(&rest, ",")) != NULL) {
		char *value = strchr(key, '=');

		if (value != NULL)
			*value++ = '\0';
		ret = hisi_zip_parse_arg(name, key, value, bus, given, args);
	}
	return ret;
}

/* An argument given that is not valid all over a scope, or NULL. */
static const struct hisi_zip_arg *
hisi_zip_find_beyond(uint32_t given, enum hisi_zip_arg_scope scope)
{
	for (unsigned int i = 0; i < hisi_zip_nb_args; i++)
		if (hisi_zip_args[i].scope > scope &&
		    (given & hisi_zip_arg_bit(&hisi_zip_args[i])) != 0)
			return &hisi_zip_args[i];
	return NULL;
}

/* Arguments of the embedded model that are right alone, but not together, or not here. */
static int
hisi_zip_check_model(const char *name, const struct hisi_zip_devargs *args)
{
	if (args->engine == HISI_QM_EMU_ISAL && args->level > 3) {
		HISI_ZIP_LOG(ERR, "argument 'level=%u': valid with engine=isal is 0 to 3", name,
			     args->level);
		return -EINVAL;
	}
	if (args->lz4 && args->hw != HISI_QM_HW_V3) {
		HISI_ZIP_LOG(ERR, "argument 'lz4=on': valid with hw=v2 is off", name);
		return -EINVAL;
	}
	/* An engine's capability that no application could ask for would be of no use. */
	if (args->lz4 && HISI_ZIP_COMPAT_LZ4 == RTE_COMP_ALGO_UNSPECIFIED) {
		HISI_ZIP_LOG(ERR, "argument 'lz4=on': valid is off with this DPDK, whose API has "
			     "LZ4 since 23.03", name);
		return -EINVAL;
	}
	return 0;
}

/* Arguments that are right alone, but not together, or not on this bus. */
static int
hisi_zip_check_args(const char *name, uint32_t given, enum hisi_zip_bus bus,
		    const struct hisi_zip_devargs *args)
{
	const struct hisi_zip_arg *arg;

	if (args->sw == HISI_ZIP_SW_ONLY && bus != HISI_ZIP_BUS_VDEV) {
		HISI_ZIP_LOG(ERR, "argument 'sw=only': valid is on, off", name);
		return -EINVAL;
	}
	arg = hisi_zip_find_beyond(given, HISI_ZIP_ARG_ALWAYS);
	if (args->sw == HISI_ZIP_SW_ONLY && arg != NULL) {
		HISI_ZIP_LOG(ERR, "argument '%s' is of a function, valid without sw=only", name,
			     arg->key);
		return -EINVAL;
	}
	arg = hisi_zip_find_beyond(given, HISI_ZIP_ARG_VDEV);
	if (args->path[0] != '\0' && arg != NULL) {
		HISI_ZIP_LOG(ERR, "argument '%s' is of the embedded model, valid without path=",
			     name, arg->key);
		return -EINVAL;
	}
	return hisi_zip_check_model(name, args);
}

int
hisi_zip_devargs_parse(const char *name, const char *text, enum hisi_zip_bus bus,
		       struct hisi_zip_devargs *args)
{
	uint32_t given = 0;
	char *copy;
	int ret;

	*args = (struct hisi_zip_devargs){
		.hw = HISI_QM_HW_V3,
		.max_sge = HISI_ZIP_DEFAULT_MAX_SGE,
		.shadow = true,
		.sw = HISI_ZIP_SW_ON,
		.queues = HISI_ZIP_DEFAULT_QUEUES,
		.engine = HISI_QM_EMU_ISAL,
		.level = 1,
		.workers = 1,
	};
	if (text == NULL || text[0] == '\0')
		return 0;
	copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	ret = hisi_zip_parse_args(name, copy, bus, &given, args);
	args->hw_given = (given & hisi_zip_arg_bit(hisi_zip_find_arg("hw"))) != 0;
	free(copy);
	return ret != 0 ? ret : hisi_zip_check_args(name, given, bus, args);
}
