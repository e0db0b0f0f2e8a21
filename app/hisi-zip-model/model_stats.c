/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model_device.h"
#include "model_stats.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define QUEUE(key, member) {key, offsetof(struct zip_model_queue_stats, member)}
#define FUNCTION(key, member) {key, offsetof(struct model_counters, model.member)}

struct counter {
	const char *key;
	size_t offset; /**< of the uint64_t in its structure */
};

static const struct counter queue_counters[] = {
	QUEUE("sqes", sqes),
	QUEUE("errors", errors),
	QUEUE("bytes_in", bytes_in),
	QUEUE("bytes_out", bytes_out),
	QUEUE("sq_chip_doorbells", sq_chip),
	QUEUE("cq_chip_doorbells", cq_chip),
	QUEUE("sq_shadow_doorbells", sq_shadow),
	QUEUE("cq_shadow_doorbells", cq_shadow),
	QUEUE("dropped_doorbells", dropped),
};

/* Those of a function that are not sums over its queues. */
static const struct counter function_counters[] = {
	FUNCTION("other_dropped_doorbells", dropped_doorbells),
	FUNCTION("window_doorbells", window_doorbells),
	FUNCTION("mailbox_commands", mailbox_commands),
	FUNCTION("mailbox_failures", mailbox_failures),
	FUNCTION("mailbox_ignored", mailbox_ignored),
	FUNCTION("eqes", eqes),
	FUNCTION("eqes_lost", eqes_lost),
	FUNCTION("aeqes", aeqes),
	FUNCTION("aeqes_lost", aeqes_lost),
	FUNCTION("irqs", irqs),
	FUNCTION("dma_read_faults", dma_read_faults),
	FUNCTION("dma_write_faults", dma_write_faults),
	FUNCTION("illegal_accesses", illegal_accesses),
	FUNCTION("resets", resets),
	FUNCTION("faults", faults),
	{"clients", offsetof(struct model_counters, clients)},
};

static void
print_table(FILE *out, const char *prefix, const struct counter *table, size_t nb,
	    const void *counters)
{
	for (size_t i = 0; i < nb; i++) {
		uint64_t value;

		memcpy(&value, (const char *)counters + table[i].offset, sizeof(value));
		fprintf(out, "%s.%s %" PRIu64 "\n", prefix, table[i].key, value);
	}
}

static void
add_table(const struct counter *table, size_t nb, void *total, const void *counters)
{
	for (size_t i = 0; i < nb; i++) {
		uint64_t sum;
		uint64_t value;

		memcpy(&sum, (char *)total + table[i].offset, sizeof(sum));
		memcpy(&value, (const char *)counters + table[i].offset, sizeof(value));
		sum += value;
		memcpy((char *)total + table[i].offset, &sum, sizeof(sum));
	}
}

void
model_stats_function(FILE *out, const char *prefix, const struct model_counters *counters)
{
	print_table(out, prefix, queue_counters, ARRAY_LEN(queue_counters),
		    &counters->model.queues);
	print_table(out, prefix, function_counters, ARRAY_LEN(function_counters), counters);
	for (unsigned i = 0; i < MODEL_STATS_STATUSES; i++) {
		if (counters->errors[i] != 0)
			fprintf(out, "%s.errors.0x%02x %" PRIu64 "\n", prefix, i,
				counters->errors[i]);
	}
}

void
model_stats_queue(FILE *out, const char *prefix, unsigned queue,
		  const struct zip_model_queue_stats *counters)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.queue.%u", prefix, queue);
	print_table(out, name, queue_counters, ARRAY_LEN(queue_counters), counters);
}

void
model_stats_add(struct model_counters *total, const struct model_counters *counters)
{
	add_table(queue_counters, ARRAY_LEN(queue_counters), &total->model.queues,
		  &counters->model.queues);
	add_table(function_counters, ARRAY_LEN(function_counters), total, counters);
	for (unsigned i = 0; i < MODEL_STATS_STATUSES; i++)
		total->errors[i] += counters->errors[i];
}

static void
print_all(FILE *out, unsigned long number, struct model_device *const *devices,
	  unsigned nb_devices)
{
	struct model_counters total = {0};
	char prefix[32];

	fprintf(out, "stats.begin %lu\n", number);
	for (unsigned i = 0; i < nb_devices; i++) {
		snprintf(prefix, sizeof(prefix), "socket.%u", i);
		fprintf(out, "%s.path %s\n", prefix, model_device_path(devices[i]));
		model_device_print(devices[i], out, prefix, &total);
	}
	model_stats_function(out, "total", &total);
	fprintf(out, "stats.end %lu\n", number);
}

/* Renaming would replace a device or a pipe by a file. */
static bool
replaceable(const char *file)
{
	struct stat status;

	return lstat(file, &status) != 0 || S_ISREG(status.st_mode);
}

/* The name of the new file, or of the old one where that is written to; to be freed. */
static char *
write_name(const char *file)
{
	char *name;

	if (!replaceable(file))
		return strdup(file);
	return asprintf(&name, "%s.%ld", file, (long)getpid()) < 0 ? NULL : name;
}

/* Said in one way, whenever it shows. */
static void
report(const char *file, int error)
{
	fprintf(stderr, "hisi-zip-model: counters to %s: %s\n", file, strerror(-error));
}

int
model_stats_check(const char *file)
{
	char *name = write_name(file);
	char *slash = name == NULL ? NULL : strrchr(name, '/');
	struct stat status;
	int ret = name == NULL ? -ENOMEM : 0;

	if (stat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
		ret = -EISDIR;
	} else if (name != NULL && !replaceable(file)) {
		ret = access(file, W_OK) == 0 ? 0 : -errno;
	} else if (name != NULL) {
		/* A new file comes into the folder. */
		if (slash != NULL)
			slash[slash == name] = '\0';
		ret = access(slash == NULL ? "." : name, W_OK | X_OK) == 0 ? 0 : -errno;
	}
	free(name);
	if (ret != 0)
		report(file, ret);
	return ret;
}

static int
print_file(const char *file, unsigned long number, struct model_device *const *devices,
	   unsigned nb_devices)
{
	char *name = write_name(file);
	FILE *out = name == NULL ? NULL : fopen(name, "we");
	int ret = 0;

	if (out == NULL) {
		ret = -errno;
	} else {
		print_all(out, number, devices, nb_devices);
		if (ferror(out) != 0)
			ret = -EIO;
		if (fclose(out) != 0 && ret == 0)
			ret = -errno;
		if (ret == 0 && strcmp(name, file) != 0 && rename(name, file) != 0)
			ret = -errno;
	}
	free(name);
	return ret;
}

void
model_stats_print(struct model_stats *stats, const char *file,
		  struct model_device *const *devices, unsigned nb_devices)
{
	int ret = 0;

	stats->printed++;
	if (file != NULL) {
		ret = print_file(file, stats->printed, devices, nb_devices);
	} else {
		print_all(stdout, stats->printed, devices, nb_devices);
		if (fflush(stdout) != 0)
			ret = -errno;
	}
	if (ret != 0 && !stats->failed) {
		stats->failed = true;
		report(file == NULL ? "standard output" : file, ret);
	}
}
