/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include <hisi_hw_qm_regs.h>

#include "model_opts.h"
#include "model_parse.h"

#define DEFAULT_QUEUES HISI_QM_MAX_QUEUES
#define DEFAULT_LEVEL 1
#define MAX_LEVEL 9
#define MAX_LEVEL_ISAL 3
#define MAX_PACE UINT32_MAX
/** Above every character: none of the options has a short form. */
#define LONG_ONLY 256

/** Where a parser puts its message. */
struct message {
	char *text;
	size_t len;
};

struct option_spec {
	const char *name;
	int has_arg;
	const char *values; /**< what is valid, for the list and for messages */
	const char *help;
	int (*parse)(struct model_opts *opts, const char *value, const struct message *err);
};

static int
parse_socket_key(struct model_opts_socket *socket, char *key)
{
	static const struct model_choice functions[] = {{"pf", 1}, {"vf", 0}};
	char *value = strchr(key, '=');
	unsigned pf;

	if (value == NULL)
		return -EINVAL;
	*value++ = '\0';
	if (strcmp(key, "queues") == 0)
		return model_parse_unsigned(value, 1, HISI_QM_MAX_QUEUES, &socket->queues);
	if (strcmp(key, "function") == 0 &&
	    model_parse_choice(functions, MODEL_ARRAY_LEN(functions), value, &pf) == 0) {
		socket->pf = pf != 0;
		return 0;
	}
	return -EINVAL;
}

static int
parse_socket(struct model_opts *opts, const char *value, const struct message *err)
{
	struct model_opts_socket *socket = &opts->sockets[opts->nb_sockets];
	char *keys = NULL;
	char *key;

	if (opts->nb_sockets == MODEL_MAX_SOCKETS) {
		snprintf(err->text, err->len, "at most %u sockets", MODEL_MAX_SOCKETS);
		return -E2BIG;
	}
	if (snprintf(socket->path, sizeof(socket->path), "%s", value) >=
	    (int)sizeof(socket->path))
		return -EINVAL;
	socket->queues = DEFAULT_QUEUES;
	socket->pf = false;
	strtok_r(socket->path, ",", &keys);
	if (value[0] == '\0' || value[0] == ',')
		return -EINVAL;
	while ((key = strtok_r(NULL, ",", &keys)) != NULL) {
		if (parse_socket_key(socket, key) != 0)
			return -EINVAL;
	}
	for (unsigned i = 0; i < opts->nb_sockets; i++) {
		if (opts->sockets[i].pf && socket->pf) {
			snprintf(err->text, err->len, "a device has one function=pf only");
			return -EEXIST;
		}
		if (strcmp(opts->sockets[i].path, socket->path) == 0) {
			snprintf(err->text, err->len, "socket %s is given twice", socket->path);
			return -EEXIST;
		}
	}
	opts->nb_sockets++;
	return 0;
}

static int
parse_hw(struct model_opts *opts, const char *value, const struct message *err)
{
	static const struct model_choice versions[] = {{"v2", ZIP_MODEL_V2}, {"v3", ZIP_MODEL_V3}};
	unsigned hw;
	int ret = model_parse_choice(versions, MODEL_ARRAY_LEN(versions), value, &hw);

	(void)err;
	if (ret == 0)
		opts->hw = (enum zip_model_hw)hw;
	return ret;
}

static int
parse_engine(struct model_opts *opts, const char *value, const struct message *err)
{
	static const struct model_choice engines[] = {
		{"isal", ZIP_MODEL_ENGINE_ISAL},
		{"zlib", ZIP_MODEL_ENGINE_ZLIB},
		{"null", ZIP_MODEL_ENGINE_NULL},
	};
	unsigned engine;
	int ret = model_parse_choice(engines, MODEL_ARRAY_LEN(engines), value, &engine);

	(void)err;
	if (ret == 0)
		opts->engine = (enum zip_model_engine)engine;
	return ret;
}

static int
parse_level(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_unsigned(value, 0, MAX_LEVEL, &opts->level);
}

static int
parse_workers(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_unsigned(value, 1, MODEL_MAX_WORKERS, &opts->workers);
}

static int
parse_shadow(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_switch(value, &opts->shadow);
}

static int
parse_db_isolation(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_switch(value, &opts->db_isolation);
}

static int
parse_lz4(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_switch(value, &opts->lz4);
}

static int
parse_pace_ns(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_number(value, 0, MAX_PACE, &opts->pace_ns);
}

static int
parse_pace_mbps(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	return model_parse_number(value, 0, MAX_PACE, &opts->pace_mbps);
}

static int
parse_fault(struct model_opts *opts, const char *value, const struct message *err)
{
	if (opts->nb_faults == MODEL_MAX_FAULTS) {
		snprintf(err->text, err->len, "at most %u faults", MODEL_MAX_FAULTS);
		return -E2BIG;
	}
	if (zip_model_fault_parse(value, &opts->faults[opts->nb_faults], err->text, err->len) != 0)
		return -EINVAL;
	opts->nb_faults++;
	return 0;
}

static int
parse_stats(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)err;
	if (value != NULL && *value == '\0')
		return -EINVAL;
	opts->stats = true;
	opts->stats_file = value;
	return 0;
}

static int
parse_help(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)value;
	(void)err;
	opts->help = true;
	return 0;
}

static int
parse_version(struct model_opts *opts, const char *value, const struct message *err)
{
	(void)value;
	(void)err;
	opts->version = true;
	return 0;
}

static const struct option_spec specs[] = {
	{"socket", required_argument, "PATH[,function=pf|vf][,queues=1-1024]",
	 "serve a function (vf), of 1024 queues unless said, on this socket; repeatable: with a\n"
	 "        pf the others are virtual functions of its device, without queues until its\n"
	 "        driver assigns some",
	 parse_socket},
	{"hw", required_argument, "v2|v3", "hardware version (v3)", parse_hw},
	{"engine", required_argument, "isal|zlib|null",
	 "what does the work; null does none and completes at once (isal)", parse_engine},
	{"level", required_argument, "0-9", "compression level of the engine; isal: 0-3 (1)",
	 parse_level},
	{"workers", required_argument, "1-64", "engine threads, for all functions (1)",
	 parse_workers},
	{"shadow", required_argument, "on|off", "offer shadow doorbells (on)", parse_shadow},
	{"db-isolation", required_argument, "on|off",
	 "a doorbell window for each queue; not with --hw v2 (off)", parse_db_isolation},
	{"lz4", required_argument, "on|off",
	 "offer compression into LZ4; not with --hw v2 (off)", parse_lz4},
	{"pace-ns", required_argument, "0-4294967295", "least time of a request, nanoseconds (0)",
	 parse_pace_ns},
	{"pace-mbps", required_argument, "0-4294967295",
	 "most input through the engine of a queue, MB/s; 0: no limit (0)", parse_pace_mbps},
	{"fault", required_argument, "KIND[:queue=N][:nth=N][:value=N]",
	 "what goes wrong, by default with the first request or command; repeatable", parse_fault},
	{"stats", optional_argument, "FILE", "counters at the end and on SIGUSR1", parse_stats},
	{"help", no_argument, "", "this list", parse_help},
	{"version", no_argument, "", "the version", parse_version},
};

static void
set_defaults(struct model_opts *opts)
{
	memset(opts, 0, sizeof(*opts));
	opts->hw = ZIP_MODEL_V3;
	opts->engine = ZIP_MODEL_ENGINE_ISAL;
	opts->level = DEFAULT_LEVEL;
	opts->workers = 1;
	opts->shadow = true;
}

static int
apply(struct model_opts *opts, const struct option_spec *spec, const char *value, char *err,
      size_t errlen)
{
	const struct message message = {err, errlen};
	int ret;

	err[0] = '\0';
	ret = spec->parse(opts, value, &message);
	if (ret != 0 && err[0] == '\0')
		snprintf(err, errlen, "--%s %s is not valid; valid: %s", spec->name,
			 value == NULL ? "" : value, spec->values);
	return ret;
}

/* In getopt's form; the value is the place in specs. */
static void
list_options(struct option *list)
{
	for (size_t i = 0; i < MODEL_ARRAY_LEN(specs); i++) {
		list[i] = (struct option){
			.name = specs[i].name,
			.has_arg = specs[i].has_arg,
			.val = LONG_ONLY + (int)i,
		};
	}
}

static int
check_faults(const struct model_opts *opts, char *err, size_t errlen)
{
	unsigned queues = 0;

	for (unsigned i = 0; i < opts->nb_sockets; i++) {
		if (opts->sockets[i].queues > queues)
			queues = opts->sockets[i].queues;
	}
	for (unsigned i = 0; i < opts->nb_faults; i++) {
		const struct zip_model_fault *fault = &opts->faults[i];

		if (fault->queue != ZIP_MODEL_ANY_QUEUE && fault->queue >= queues) {
			snprintf(err, errlen, "--fault with queue %u: valid: 0-%u", fault->queue,
				 queues - 1);
			return -EINVAL;
		}
		if (fault->kind == ZIP_MODEL_FAULT_RAS && model_opts_pf(opts) == NULL) {
			snprintf(err, errlen, "--fault ras needs a socket with function=pf");
			return -EINVAL;
		}
	}
	return 0;
}

static int
check_complete(const struct model_opts *opts, char *err, size_t errlen)
{
	if (opts->help || opts->version)
		return 0;
	if (opts->nb_sockets == 0) {
		snprintf(err, errlen, "no --socket PATH: nothing to serve");
		return -EINVAL;
	}
	if (opts->engine == ZIP_MODEL_ENGINE_ISAL && opts->level > MAX_LEVEL_ISAL) {
		snprintf(err, errlen, "--level %u is not valid for --engine isal; valid: 0-%u",
			 opts->level, MAX_LEVEL_ISAL);
		return -EINVAL;
	}
	if (opts->hw == ZIP_MODEL_V2 && (opts->db_isolation || opts->lz4)) {
		snprintf(err, errlen, "--%s on is not valid for --hw v2; valid: off",
			 opts->lz4 ? "lz4" : "db-isolation");
		return -EINVAL;
	}
	return check_faults(opts, err, errlen);
}

int
model_opts_parse(struct model_opts *opts, int argc, char **argv, char *err, size_t errlen)
{
	struct option list[MODEL_ARRAY_LEN(specs) + 1] = {0};
	int c;

	set_defaults(opts);
	list_options(list);
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", list, NULL)) != -1) {
		if (c == ':' || c == '?') {
			snprintf(err, errlen, "%s %s", argv[optind - 1],
				 c == ':' ? "needs a value" : "is not an option");
			return -EINVAL;
		}
		if (apply(opts, &specs[c - LONG_ONLY], optarg, err, errlen) != 0)
			return -EINVAL;
	}
	if (optind < argc) {
		snprintf(err, errlen, "%s is not an option", argv[optind]);
		return -EINVAL;
	}
	return check_complete(opts, err, errlen);
}

void
model_opts_usage(FILE *out)
{
	fprintf(out, "usage: hisi-zip-model --socket PATH [options]\n"
		"options, with their defaults in brackets:\n");
	for (size_t i = 0; i < MODEL_ARRAY_LEN(specs); i++) {
		bool optional = specs[i].has_arg == optional_argument;

		fprintf(out, "  --%s%s%s%s\n        %s\n", specs[i].name,
			optional ? "[=" : specs[i].has_arg == no_argument ? "" : " ",
			specs[i].values, optional ? "]" : "", specs[i].help);
	}
	fprintf(out, "faults: %s\n", zip_model_fault_kinds());
}

const struct model_opts_socket *
model_opts_pf(const struct model_opts *opts)
{
	for (unsigned i = 0; i < opts->nb_sockets; i++) {
		if (opts->sockets[i].pf)
			return &opts->sockets[i];
	}
	return NULL;
}

size_t
model_opts_faults(const struct model_opts *opts, const struct model_opts_socket *socket,
		  struct zip_model_fault *faults)
{
	size_t nb = 0;

	for (unsigned i = 0; i < opts->nb_faults; i++) {
		const struct zip_model_fault *fault = &opts->faults[i];

		if ((fault->queue == ZIP_MODEL_ANY_QUEUE || fault->queue < socket->queues) &&
		    (fault->kind != ZIP_MODEL_FAULT_RAS || socket->pf))
			faults[nb++] = *fault;
	}
	return nb;
}
