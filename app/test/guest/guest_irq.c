/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>

#include "guest_dev.h"
#include "guest_irq.h"

#define VECTOR_AEQ 1
#define LINE_LEN 512
#define TRIES 1000
#define TRY_US 10000

/* Of the line "NUMBER: COUNT... CHIP NAME": the sum of the counts, one a processor. */
static unsigned long
sum_counts(const char *line)
{
	const char *at = strchr(line, ':');
	unsigned long sum = 0, count;
	char *end;

	while (at != NULL) {
		count = strtoul(at + 1, &end, 10);
		if (end == at + 1 || *end != ' ')
			break;
		sum += count;
		at = end;
	}
	return sum;
}

/* How often a vector of the function interrupted; -1: the kernel knows no such vector. */
static long
count_interrupts(const char *name, unsigned int vector)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char line[LINE_LEN], wanted[64];
	long count = -1;

	if (file == NULL)
		return -1;
	snprintf(wanted, sizeof(wanted), "vfio-msi[%u](%s)", vector, name);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strstr(line, wanted) != NULL)
			count = (long)sum_counts(line);
	fclose(file);
	return count;
}

/* Signals of a descriptor that nobody read; 0 if it is no eventfd. */
static uint64_t
pending(const char *fd)
{
	char path[300], line[LINE_LEN];
	uint64_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%s", fd);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "eventfd-count:", 14) == 0)
			count = strtoull(line + 14, NULL, 16);
	fclose(file);
	return count;
}

static uint64_t
all_pending(void)
{
	DIR *dir = opendir("/proc/self/fdinfo");
	struct dirent *entry;
	uint64_t sum = 0;

	if (dir == NULL)
		return UINT64_MAX;
	while ((entry = readdir(dir)) != NULL)
		sum += pending(entry->d_name);
	closedir(dir);
	return sum;
}

int
guest_irq_check(const char *name)
{
	long count = 0;
	uint64_t left = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		count = count_interrupts(name, VECTOR_AEQ);
		left = all_pending();
		if (count > 0 && left == 0)
			break;
		rte_delay_us_sleep(TRY_US);
	}
	printf("guest: vector %u interrupted %ld times, %" PRIu64 " signals were not read\n",
	       VECTOR_AEQ, count, left);
	return count > 0 && left == 0 ? 0 : guest_fail("no interrupt");
}
