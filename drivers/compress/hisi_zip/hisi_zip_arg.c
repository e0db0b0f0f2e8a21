/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_string_fns.h>

#include "hisi_qm_cpus.h"
#include "hisi_qm_transport.h"
#include "hisi_zip_arg.h"
#include "hisi_zip_sgl.h"

#define HISI_ZIP_MAX_PACE_NS 1000000000

#define HISI_ZIP_ARG_FIELD(field)                                                                  \
	.offset = offsetof(struct hisi_zip_devargs, field),                                        \
	.size = sizeof(((struct hisi_zip_devargs *)0)->field)

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

/* Sets the field of an argument that is a word or a number. */
static int
hisi_zip_parse_field(const struct hisi_zip_arg *arg, const char *value,
		     struct hisi_zip_devargs *args)
{
	void *field = (uint8_t *)args + arg->offset;
	int number = arg->words != NULL ? hisi_zip_parse_word(value, arg->words) :
					  hisi_zip_parse_number(value, arg->min, arg->max);

	if (number < 0)
		return number;
	if (arg->size == sizeof(uint8_t))
		*(uint8_t *)field = number;
	else if (arg->size == sizeof(uint16_t))
		*(uint16_t *)field = number;
	else
		*(uint32_t *)field = number;
	return 0;
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

static const struct hisi_zip_word hisi_zip_switch[] = {{"on", 1}, {"off", 0}, {NULL, 0}};

static const struct hisi_zip_word hisi_zip_generations[] = {
	{"v2", HISI_QM_HW_V2},
	{"v3", HISI_QM_HW_V3},
	{NULL, 0},
};

static const struct hisi_zip_word hisi_zip_softwares[] = {
	{"on", HISI_ZIP_SW_ON},
	{"off", HISI_ZIP_SW_OFF},
	{"only", HISI_ZIP_SW_ONLY},
	{NULL, 0},
};

static const struct hisi_zip_word hisi_zip_inflaters[] = {{"sw", 0}, {"hw", 1}, {NULL, 0}};

static const struct hisi_zip_word hisi_zip_engines[] = {
	{"isal", HISI_QM_EMU_ISAL},
	{"zlib", HISI_QM_EMU_ZLIB},
	{"null", HISI_QM_EMU_NULL},
	{NULL, 0},
};

const struct hisi_zip_arg hisi_zip_args[] = {
	{.key = "path", .scope = HISI_ZIP_ARG_VDEV, .parse = hisi_zip_parse_path,
	 .valid = "the path of a model's socket, at most 107 bytes"},
	{.key = "hw", .scope = HISI_ZIP_ARG_VDEV, .words = hisi_zip_generations,
	 HISI_ZIP_ARG_FIELD(hw)},
	{.key = "max_sge", .scope = HISI_ZIP_ARG_ALWAYS, .min = 1, .max = HISI_ZIP_SGL_MAX,
	 HISI_ZIP_ARG_FIELD(max_sge)},
	{.key = "shadow", .scope = HISI_ZIP_ARG_ALL, .words = hisi_zip_switch,
	 HISI_ZIP_ARG_FIELD(shadow)},
	{.key = "sw", .scope = HISI_ZIP_ARG_ALWAYS, .words = hisi_zip_softwares,
	 .valid = "on, off, and of compress_hisi_zip_user only", HISI_ZIP_ARG_FIELD(sw)},
	{.key = "v2_inflate", .scope = HISI_ZIP_ARG_ALL, .words = hisi_zip_inflaters,
	 HISI_ZIP_ARG_FIELD(v2_inflate_hw)},
	{.key = "vf_queues", .scope = HISI_ZIP_ARG_ALL, .parse = hisi_zip_parse_vf_queues,
	 .valid = "a number of VFs and one of queues each, as in 4:128"},
	{.key = "queues", .scope = HISI_ZIP_ARG_EMBEDDED, .parse = hisi_zip_parse_queues,
	 .valid = "an even number from 2 to 1024"},
	{.key = "engine", .scope = HISI_ZIP_ARG_EMBEDDED, .words = hisi_zip_engines,
	 HISI_ZIP_ARG_FIELD(engine)},
	{.key = "level", .scope = HISI_ZIP_ARG_EMBEDDED, .max = 9, HISI_ZIP_ARG_FIELD(level),
	 .valid = "0 to 3 with engine=isal, 0 to 9 with engine=zlib"},
	{.key = "lz4", .scope = HISI_ZIP_ARG_EMBEDDED, .words = hisi_zip_switch,
	 HISI_ZIP_ARG_FIELD(lz4)},
	{.key = "workers", .scope = HISI_ZIP_ARG_EMBEDDED, .min = 1,
	 .max = HISI_QM_EMU_MAX_WORKERS, HISI_ZIP_ARG_FIELD(workers)},
	{.key = "pace_ns", .scope = HISI_ZIP_ARG_EMBEDDED, .max = HISI_ZIP_MAX_PACE_NS,
	 HISI_ZIP_ARG_FIELD(pace_ns)},
	{.key = "cores", .scope = HISI_ZIP_ARG_EMBEDDED, .parse = hisi_zip_parse_cores,
	 .valid = "CPUs as in 1 or 2-3 or 1+3-5"},
	{.key = "faults", .scope = HISI_ZIP_ARG_EMBEDDED, .parse = hisi_zip_parse_faults,
	 .valid = "faults joined by +, as in wrong-phase:nth=10"},
};

const unsigned int hisi_zip_nb_args = RTE_DIM(hisi_zip_args);

int
hisi_zip_arg_parse(const struct hisi_zip_arg *arg, const char *value,
		   struct hisi_zip_devargs *args)
{
	if (value == NULL)
		return -EINVAL;
	return arg->parse != NULL ? arg->parse(value, args) :
				    hisi_zip_parse_field(arg, value, args);
}

void
hisi_zip_arg_list(char *list, size_t size, const char *word)
{
	strlcat(list, list[0] == '\0' ? "" : ", ", size);
	strlcat(list, word, size);
}

void
hisi_zip_arg_print_valid(const struct hisi_zip_arg *arg, char *text, size_t size)
{
	text[0] = '\0';
	if (arg->valid != NULL)
		strlcpy(text, arg->valid, size);
	else if (arg->words == NULL)
		snprintf(text, size, "a number from %d to %d", arg->min, arg->max);
	else
		for (const struct hisi_zip_word *word = arg->words; word->word != NULL; word++)
			hisi_zip_arg_list(text, size, word->word);
}
