/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_compressdev.h>
#include <rte_eal.h>
#include <rte_errno.h>

#include "info_ask.h"
#include "info_idle.h"

#define MAX_ARGS 20

static char folder[] = "/tmp/hisi-zip-info.XXXXXX";
static bool folder_made;
static bool eal_started;

/* One thread on whichever of our CPUs is free: nothing is pinned. */
static void
describe_lcores(char *text, size_t len)
{
	int at = snprintf(text, len, "0@(");
	const char *comma = "";
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (int cpu = 0; cpu < CPU_SETSIZE && (size_t)at + 8 < len; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		at += snprintf(text + at, len - (size_t)at, "%s%d", comma, cpu);
		comma = ",";
	}
	snprintf(text + at, len - (size_t)at, ")");
}

static int
start_eal(const struct info_opts *opts)
{
	const char *args[MAX_ARGS] = {
		"hisi-zip-info", "--no-huge",   "-m",       "16", "--file-prefix", "idle",
		"--log-level",   "*:error",
	};
	char device[256], lcores[1024];
	int nb = 8;

	describe_lcores(lcores, sizeof(lcores));
	args[nb++] = "--lcores";
	args[nb++] = lcores;
	if (opts->plugin != NULL) {
		args[nb++] = "-d";
		args[nb++] = opts->plugin;
	}
	if (opts->path != NULL) {
		snprintf(device, sizeof(device), "compress_hisi_zip_user0,path=%s", opts->path);
		args[nb++] = "--no-pci";
		args[nb++] = "--vdev";
		args[nb++] = device;
	} else {
		args[nb++] = "--iova-mode=va";
		args[nb++] = "-a";
		args[nb++] = opts->address;
	}
	return rte_eal_init(nb, (char **)(uintptr_t)args);
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Virtual functions of a physical one, by its address with or without a domain. */
static unsigned int
count_vfs(const char *address)
{
	static const char *const domains[] = {"", "0000:"};
	unsigned int nb = 0;

	for (size_t i = 0; nb == 0 && i < sizeof(domains) / sizeof(domains[0]); i++) {
		char path[256];
		FILE *file;

		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s%s/sriov_numvfs", domains[i],
			 address);
		file = fopen(path, "re");
		if (file == NULL)
			continue;
		if (fscanf(file, "%u", &nb) != 1)
			nb = 0;
		fclose(file);
	}
	return nb;
}

static char *
open_function(const struct info_opts *opts)
{
	const char *name = opts->path != NULL ? opts->path : opts->address;
	unsigned int vfs = opts->address != NULL ? count_vfs(opts->address) : 0;

	if (vfs != 0) {
		fprintf(stderr, "hisi-zip-info: %s: has %u virtual functions, whose users would "
				"suffer from its reset\n", name, vfs);
		return NULL;
	}
	if (mkdtemp(folder) == NULL) {
		fprintf(stderr, "hisi-zip-info: no folder %s: %s\n", folder, strerror(errno));
		return NULL;
	}
	folder_made = true;
	setenv("RUNTIME_DIRECTORY", folder, 1);
	eal_started = start_eal(opts) >= 0;
	if (!eal_started) {
		fprintf(stderr, "hisi-zip-info: %s: EAL does not start: %s%s\n", name,
			rte_strerror(rte_errno), opts->plugin != NULL ? "" :
			"; a driver that is not installed is named with --driver");
		return NULL;
	}
	if (rte_compressdev_count() == 0) {
		fprintf(stderr,
			"hisi-zip-info: %s: cannot be opened: is it there and idle%s?\n", name,
			opts->plugin != NULL ? "" : ", and is the driver installed");
		return NULL;
	}
	return info_ask_path("idle", 0);
}

char *
info_idle_open(const struct info_opts *opts)
{
	char *path = open_function(opts);

	if (path == NULL)
		info_idle_close();
	return path;
}

void
info_idle_close(void)
{
	if (eal_started)
		rte_eal_cleanup();
	if (folder_made)
		nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	eal_started = false;
	folder_made = false;
}
