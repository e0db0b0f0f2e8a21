/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_string_fns.h>

#include "hisi_qm_cpus.h"
#include "hisi_zip.h"
#include "hisi_zip_devargs.h"
#include "hisi_zip_sgl.h"

#define HISI_ZIP_DEFAULT_QUEUES 128
#define HISI_ZIP_DEFAULT_MAX_SGE 1024
#define HISI_ZIP_MAX_PACE_NS 1000000000

/* Where an argument is valid. */
enum hisi_zip_arg_scope {
	HISI_ZIP_ARG_ALWAYS, /* also with sw=only */
	HISI_ZIP_ARG_ALL,    /* wherever there is a function */
	HISI_ZIP_ARG_VDEV,
	HISI_ZIP_ARG_EMBEDDED, /* vdev without path= */
};

/* An argument: parse() returns 0 or -EINVAL. */
struct hisi_zip_arg {
	const char *key;
	const char *valid; /* for messages */
	int (*parse)(const char *value, struct hisi_zip_devargs *args);
	enum hisi_zip_arg_scope scope;
};

/* A name and the number it stands for. */
struct hisi_zip_word {
	const char *word;
	int number;
};

static int
hisi_zip_parse_number(const char *value, unsigned long min, unsigned long max)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)value[0]))
		return -EINVAL;
	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno != 0 || *end != '\0' || number < min || number > max)
		return -EINVAL;
	return number;
}

static int
hisi_zip_parse_word(const char *value, const struct hisi_zip_word *words)
{
	for (; words->word != NULL; words++)
		if (strcmp(value, words->word) == 0)
			return words->number;
	return -EINVAL;
}

static int
hisi_zip_parse_text(const char *value, char *text, size_t size)
{
	size_t length = strlen(value);

	if (length == 0 || length >= size)
		return -EINVAL;
	memcpy(text, value, length + 1);
	return 0;
}

static int
hisi_zip_parse_path(const char *value, struct hisi_zip_devargs *args)
{
	return hisi_zip_parse_text(value, args->path, sizeof(args->path));
}

static int
hisi_zip_parse_hw(const char *value, struct hisi_zip_devargs *args)
{
	static const struct hisi_zip_word words[] = {
		{"v2", HISI_QM_HW_V2},
		{"v3", HISI_QM_HW_V3},
		{NULL, 0},
	};
	int ret = hisi_zip_parse_word(value, words);

	args->hw = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_max_sge(const char *value, struct hisi_zip_devargs *args)
{
	int ret = hisi_zip_parse_number(value, 1, HISI_ZIP_SGL_MAX);

	args->max_sge = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_shadow(const char *value, struct hisi_zip_devargs *args)
{
	static const struct hisi_zip_word words[] = {{"on", 1}, {"off", 0}, {NULL, 0}};
	int ret = hisi_zip_parse_word(value, words);

	args->shadow = ret == 1;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_sw(const char *value, struct hisi_zip_devargs *args)
{
	static const struct hisi_zip_word words[] = {
		{"on", HISI_ZIP_SW_ON},
		{"off", HISI_ZIP_SW_OFF},
		{"only", HISI_ZIP_SW_ONLY},
		{NULL, 0},
	};
	int ret = hisi_zip_parse_word(value, words);

	args->sw = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_v2_inflate(const char *value, struct hisi_zip_devargs *args)
{
	static const struct hisi_zip_word words[] = {{"sw", 0}, {"hw", 1}, {NULL, 0}};
	int ret = hisi_zip_parse_word(value, words);

	args->v2_inflate_hw = ret == 1;
	return RTE_MIN(ret, 0);
}

/* Two numbers, as in 4:128. */
static int
hisi_zip_parse_vf_queues(const char *value, struct hisi_zip_devargs *args)
{
	const char *colon = strchr(value, ':');
	char vfs[8] = "";
	int nb_vfs, queues;

	if (colon == NULL || colon - value >= (int)sizeof(vfs))
		return -EINVAL;
	memcpy(vfs, value, colon - value);
	nb_vfs = hisi_zip_parse_number(vfs, 1, HISI_QM_MAX_VFS);
	queues = hisi_zip_parse_number(colon + 1, 1, HISI_QM_MAX_QUEUES);
	if (nb_vfs < 0 || queues < 0)
		return -EINVAL;
	args->nb_vfs = nb_vfs;
	args->vf_queues = queues;
	return 0;
}

static int
hisi_zip_parse_queues(const char *value, struct hisi_zip_devargs *args)
{
	int ret = hisi_zip_parse_number(value, 2, HISI_QM_MAX_QUEUES);

	if (ret < 0 || ret % HISI_ZIP_NB_DIRECTIONS != 0)
		return -EINVAL;
	args->queues = ret;
	return 0;
}

static int
hisi_zip_parse_engine(const char *value, struct hisi_zip_devargs *args)
{
	static const struct hisi_zip_word words[] = {
		{"isal", HISI_QM_EMU_ISAL},
		{"zlib", HISI_QM_EMU_ZLIB},
		{"null", HISI_QM_EMU_NULL},
		{NULL, 0},
	};
	int ret = hisi_zip_parse_word(value, words);

	args->engine = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_level(const char *value, struct hisi_zip_devargs *args)
{
	int ret = hisi_zip_parse_number(value, 0, 9);

	args->level = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_workers(const char *value, struct hisi_zip_devargs *args)
{
	int ret = hisi_zip_parse_number(value, 1, HISI_QM_EMU_MAX_WORKERS);

	args->workers = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_pace(const char *value, struct hisi_zip_devargs *args)
{
	int ret = hisi_zip_parse_number(value, 0, HISI_ZIP_MAX_PACE_NS);

	args->pace_ns = ret;
	return RTE_MIN(ret, 0);
}

static int
hisi_zip_parse_cores(const char *value, struct hisi_zip_devargs *args)
{
	rte_cpuset_t cpus;
	int ret = hisi_zip_parse_text(value, args->cores, sizeof(args->cores));

	return ret != 0 ? ret : hisi_qm_cpus_parse(value, &cpus);
}

/*
 * The kinds of faults are the model's: it says what is wrong with them. Brackets around a value
 * are what librte_kvargs wants where it holds a '=': they are taken off.
 */
static int
hisi_zip_parse_faults(const char *value, struct hisi_zip_devargs *args)
{
	int ret = hisi_zip_parse_text(value + (value[0] == '['), args->faults,
				      sizeof(args->faults));

	if (ret == 0 && value[0] == '[') {
		size_t last = strlen(args->faults) - 1;

		if (args->faults[last] != ']')
			return -EINVAL;
		args->faults[last] = '\0';
	}
	return ret;
}

static const struct hisi_zip_arg hisi_zip_args[] = {
	{"path", "the path of a model's socket, at most 107 bytes",
	 hisi_zip_parse_path, HISI_ZIP_ARG_VDEV},
	{"hw", "v2, v3", hisi_zip_parse_hw, HISI_ZIP_ARG_VDEV},
	{"max_sge", "a number from 1 to 65280", hisi_zip_parse_max_sge, HISI_ZIP_ARG_ALWAYS},
	{"shadow", "on, off", hisi_zip_parse_shadow, HISI_ZIP_ARG_ALL},
	{"sw", "on, off, and of compress_hisi_zip_user only", hisi_zip_parse_sw,
	 HISI_ZIP_ARG_ALWAYS},
	{"v2_inflate", "sw, hw", hisi_zip_parse_v2_inflate, HISI_ZIP_ARG_ALL},
	{"vf_queues", "a number of VFs and one of queues each, as in 4:128",
	 hisi_zip_parse_vf_queues, HISI_ZIP_ARG_ALL},
	{"queues", "an even number from 2 to 1024", hisi_zip_parse_queues, HISI_ZIP_ARG_EMBEDDED},
	{"engine", "isal, zlib, null", hisi_zip_parse_engine, HISI_ZIP_ARG_EMBEDDED},
	{"level", "0 to 3 with engine=isal, 0 to 9 with engine=zlib",
	 hisi_zip_parse_level, HISI_ZIP_ARG_EMBEDDED},
	{"workers", "a number from 1 to 64", hisi_zip_parse_workers, HISI_ZIP_ARG_EMBEDDED},
	{"pace_ns", "a number from 0 to 1000000000", hisi_zip_parse_pace, HISI_ZIP_ARG_EMBEDDED},
	{"cores", "CPUs as in 1 or 2-3 or 1+3-5", hisi_zip_parse_cores, HISI_ZIP_ARG_EMBEDDED},
	{"faults", "faults joined by +, as in wrong-phase:nth=10",
	 hisi_zip_parse_faults, HISI_ZIP_ARG_EMBEDDED},
};

static const struct hisi_zip_arg *
hisi_zip_find_arg(const char *key)
{
	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_args); i++)
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

	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_args); i++) {
		if (!hisi_zip_arg_on(&hisi_zip_args[i], bus))
			continue;
		strlcat(keys, keys[0] == '\0' ? "" : ", ", sizeof(keys));
		strlcat(keys, hisi_zip_args[i].key, sizeof(keys));
	}
	HISI_ZIP_LOG(ERR, "unknown argument '%s', valid are: %s", name, key, keys);
	return -EINVAL;
}

/* Which of the arguments are given, as a mask. */
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

	if (arg == NULL || !hisi_zip_arg_on(arg, bus))
		return hisi_zip_unknown_arg(name, key, bus);
	if (*given & hisi_zip_arg_bit(arg)) {
		HISI_ZIP_LOG(ERR, "argument '%s' is given twice, valid is once", name, key);
		return -EINVAL;
	}
	*given |= hisi_zip_arg_bit(arg);
	if (value == NULL || arg->parse(value, args) != 0) {
		HISI_ZIP_LOG(ERR, "argument '%s=%s': valid is %s", name, key,
			     value == NULL ? "" : value, arg->valid);
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

/* An argument given that is of a wider scope than there is, or NULL. */
static const struct hisi_zip_arg *
hisi_zip_find_beyond(uint32_t given, enum hisi_zip_arg_scope scope)
{
	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_args); i++)
		if (hisi_zip_args[i].scope > scope &&
		    (given & hisi_zip_arg_bit(&hisi_zip_args[i])) != 0)
			return &hisi_zip_args[i];
	return NULL;
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
	if (args->engine == HISI_QM_EMU_ISAL && args->level > 3) {
		HISI_ZIP_LOG(ERR, "argument 'level=%u': valid with engine=isal is 0 to 3", name,
			     args->level);
		return -EINVAL;
	}
	return 0;
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
	free(copy);
	return ret != 0 ? ret : hisi_zip_check_args(name, given, bus, args);
}
