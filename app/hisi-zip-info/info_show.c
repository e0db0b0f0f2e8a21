/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "info_show.h"

#define MAX_DEVICES 64
#define MAX_QUEUE_PAIRS 512
#define MAX_DEPTH 8
#define NAME_COLUMNS 24
#define HEALTH_LEN 128

/* What telemetry says of a device; each a copy, NULL where there is none. */
struct device {
	char *info;
	char *stats;
	char *registers;
	char *queue_pairs[MAX_QUEUE_PAIRS];
	unsigned int nb_queue_pairs;
	char health[HEALTH_LEN];
};

static struct info_text
text_of(const char *copy)
{
	return (struct info_text){copy, copy == NULL ? 0 : strlen(copy)};
}

/* Asks and keeps the answer; NULL for none. */
static int
fetch(struct info_ask *ask, const char *what, const char *device, int queue_pair, char **copy)
{
	struct info_text value;
	int ret = info_ask(ask, what, device, queue_pair, &value);

	*copy = NULL;
	if (ret != 0 || info_text_is(value, "null"))
		return ret;
	*copy = strndup(value.at, value.len);
	return *copy == NULL ? -ENOMEM : 0;
}

/* Those that exist, of as many as there may be. */
static int
fetch_queue_pairs(struct info_ask *ask, const char *name, struct device *device)
{
	struct info_text info = text_of(device->info);
	uint64_t nb = info_text_number(info_json_get(info, "queue_pairs"));
	uint64_t max = info_text_number(info_json_get(info, "max_queue_pairs"));
	int ret = 0;

	for (unsigned int i = 0; i < max && i < MAX_QUEUE_PAIRS && device->nb_queue_pairs < nb;
	     i++) {
		ret = fetch(ask, "qp", name, (int)i, &device->queue_pairs[device->nb_queue_pairs]);
		if (ret != 0)
			break;
		device->nb_queue_pairs += device->queue_pairs[device->nb_queue_pairs] != NULL;
	}
	return ret;
}

/* hardware.md 2.2.1, 2.4: words that are not 0 when the device is broken. */
static void
judge_registers(struct device *device)
{
	static const char *const words[] = {"abnormal_int_status", "zip_int_status"};
	struct info_text registers = text_of(device->registers);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct info_text word = info_json_get(registers, words[i]);
		uint64_t value = word.at == NULL ? 0 : info_text_number(word);

		if (value != 0)
			snprintf(device->health, sizeof(device->health),
				 "error of the %s: 0x%" PRIx64, i == 0 ? "queue manager" : "engine",
				 value);
	}
}

static void
judge(struct device *device)
{
	struct info_text state = info_json_get(text_of(device->info), "state");

	snprintf(device->health, sizeof(device->health), "ok");
	if (info_text_is(state, "lost")) {
		snprintf(device->health, sizeof(device->health), "lost");
		return;
	}
	if (device->registers == NULL)
		snprintf(device->health, sizeof(device->health), "registers cannot be read");
	for (unsigned int i = 0; i < device->nb_queue_pairs; i++) {
		struct info_text qp = text_of(device->queue_pairs[i]);

		if (info_text_is(info_json_get(qp, "state"), "failed"))
			snprintf(device->health, sizeof(device->health),
				 "queue pair %" PRIu64 " has failed",
				 info_text_number(info_json_get(qp, "id")));
	}
	judge_registers(device);
}

static void
free_device(struct device *device)
{
	free(device->info);
	free(device->stats);
	free(device->registers);
	for (unsigned int i = 0; i < device->nb_queue_pairs; i++)
		free(device->queue_pairs[i]);
}

/* @return 0; -ENODEV there is no such device; as info_ask() */
static int
fetch_device(struct info_ask *ask, const char *name, struct device *device)
{
	int ret = fetch(ask, "info", name, -1, &device->info);

	if (ret == 0 && device->info == NULL)
		return -ENODEV;
	if (ret == 0)
		ret = fetch(ask, "stats", name, -1, &device->stats);
	if (ret == 0)
		ret = fetch_queue_pairs(ask, name, device);
	if (ret == 0)
		ret = fetch(ask, "regs", name, -1, &device->registers);
	judge(device);
	return ret;
}

/* What another process wrote does nothing to a terminal. */
static void
print_text(struct info_text text)
{
	for (size_t i = 0; i < text.len; i++)
		putchar((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f ? '?' : text.at[i]);
}

/* A name, and blanks up to the column where values begin. */
static void
print_name(struct info_text name, unsigned int indent, size_t column)
{
	size_t end = indent + name.len;

	printf("%*s", (int)indent, "");
	print_text(name);
	printf("%*s", end < column ? (int)(column - end) : 0, "");
}

static void print_members(struct info_text json, unsigned int depth);

/* A line "name value", or a heading with lines below it; what is empty is left out. */
static void
print_member(struct info_text name, struct info_text value, unsigned int depth)
{
	struct info_walk walk = info_json_walk(value);
	struct info_text key, element = value;
	bool container = info_json_is_container(value);

	if (container && !info_json_next(&walk, &key, &element))
		return;
	if (container && walk.object) {
		print_name(name, 2 * depth, 0);
		printf("\n");
		print_members(value, depth + 1);
		return;
	}
	print_name(name, 2 * depth, NAME_COLUMNS);
	do {
		printf(" ");
		print_text(element);
	} while (container && info_json_next(&walk, &key, &element));
	printf("\n");
}

static void
print_members(struct info_text json, unsigned int depth)
{
	struct info_walk walk = info_json_walk(json);
	struct info_text name, value;

	while (depth < MAX_DEPTH && info_json_next(&walk, &name, &value))
		if (walk.object)
			print_member(name, value, depth);
}

static void
print_part(const char *heading, const char *json)
{
	printf("  %s\n", heading);
	if (json == NULL)
		printf("    none\n");
	else
		print_members(text_of(json), 2);
}

static void
print_device(const struct device *device, const struct info_opts *opts)
{
	struct info_text name = info_json_get(text_of(device->info), "name");
	char heading[40];

	print_text(name);
	printf(": %s\n", device->health);
	print_members(text_of(device->info), 1);
	print_part("counters", device->stats);
	for (unsigned int i = 0; i < device->nb_queue_pairs; i++) {
		struct info_text id = info_json_get(text_of(device->queue_pairs[i]), "id");

		snprintf(heading, sizeof(heading), "queue pair %" PRIu64, info_text_number(id));
		print_part(heading, device->queue_pairs[i]);
	}
	if (opts->registers)
		print_part("registers", device->registers);
}

static void
print_json(const struct device *device)
{
	printf("{\"health\":\"%s\",\"info\":%s,\"stats\":%s,\"queue_pairs\":[", device->health,
	       device->info, device->stats == NULL ? "null" : device->stats);
	for (unsigned int i = 0; i < device->nb_queue_pairs; i++)
		printf("%s%s", i > 0 ? "," : "", device->queue_pairs[i]);
	printf("],\"registers\":%s}", device->registers == NULL ? "null" : device->registers);
}

/* Shows a device behind those that were; @return status of the program */
static int
show_device(struct info_ask *ask, const struct info_opts *opts, const char *name,
	    unsigned int *shown)
{
	struct device device = {0};
	int ret = fetch_device(ask, name, &device);

	if (ret != 0) {
		fprintf(stderr, "hisi-zip-info: device '%s': %s\n", name,
			ret == -ENODEV ? "the application has no such device" : strerror(-ret));
		free_device(&device);
		return 2;
	}
	if ((*shown)++ > 0)
		printf("%s", opts->json ? "," : "\n");
	if (opts->json)
		print_json(&device);
	else
		print_device(&device, opts);
	ret = strcmp(device.health, "ok") != 0;
	free_device(&device);
	return ret;
}

/* The devices to be shown, by id or name; @return how many, or -errno */
static int
list_devices(struct info_ask *ask, const struct info_opts *opts, char *names[MAX_DEVICES])
{
	struct info_text list, id, name;
	struct info_walk walk;
	int nb = 0;
	int ret;

	if (opts->device != NULL) {
		names[0] = strdup(opts->device);
		return names[0] == NULL ? -ENOMEM : 1;
	}
	ret = info_ask(ask, "list", NULL, -1, &list);
	if (ret != 0)
		return ret;
	walk = info_json_walk(list);
	while (nb < MAX_DEVICES && info_json_next(&walk, &id, &name)) {
		names[nb] = walk.object ? strndup(id.at, id.len) : NULL;
		if (names[nb] == NULL)
			break;
		nb++;
	}
	return nb;
}

int
info_show(struct info_ask *ask, const struct info_opts *opts)
{
	char *names[MAX_DEVICES] = {NULL};
	int nb = list_devices(ask, opts, names);
	unsigned int shown = 0;
	int worst = 0;

	if (nb <= 0) {
		fprintf(stderr, "hisi-zip-info: %s\n",
			nb == 0 ? "the application has no devices of this driver" : strerror(-nb));
		return 2;
	}
	/* A device that goes away meanwhile is no reason to show no others. */
	if (opts->json)
		printf("{\"devices\":[");
	for (int i = 0; i < nb; i++) {
		int status = show_device(ask, opts, names[i], &shown);

		worst = status > worst ? status : worst;
		free(names[i]);
	}
	if (opts->json)
		printf("]}\n");
	return worst;
}
