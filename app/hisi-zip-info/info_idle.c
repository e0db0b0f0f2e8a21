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

/*
 * The path of an attribute of a PCI function, by its address with or without a domain.
 * @return false: there is none
 */
static bool
find_attribute(const char *address, const char *name, char *path, size_t len)
{
	static const char *const domains[] = {"", "0000:"};

	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		snprintf(path, len, "/sys/bus/pci/devices/%s%s/%s", domains[i], address, name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* A number that the kernel tells about a PCI function; 0 if it tells none. */
static unsigned int
read_attribute(const char *address, const char *name)
{
	unsigned int value = 0;
	char path[256];
	FILE *file;

	if (!find_attribute(address, name, path, sizeof(path)))
		return 0;
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%i", (int *)&value) != 1)
		value = 0;
	fclose(file);
	return value;
}

static bool
is_bound_to_vfio(const char *address)
{
	char path[256], driver[256];
	ssize_t len;

	if (!find_attribute(address, "driver", path, sizeof(path)))
		return false;
	len = readlink(path, driver, sizeof(driver) - 1);
	if (len < 0)
		return false;
	driver[len] = '\0';
	return strstr(driver, "/vfio-pci") != NULL;
}

/* EAL would give a function that is another's to a driver of that kind. */
static bool
check_function(const char *address)
{
	const unsigned int vendor = read_attribute(address, "vendor");
	const unsigned int device = read_attribute(address, "device");
	const unsigned int vfs = read_attribute(address, "sriov_numvfs");

	if (vendor == 0)
		fprintf(stderr, "hisi-zip-info: %s: there is no such PCI function\n", address);
	else if (vendor != 0x19e5 || (device != 0xa250 && device != 0xa251))
		fprintf(stderr, "hisi-zip-info: %s: is %04x:%04x, valid are 19e5:a250 and "
			"19e5:a251\n", address, vendor, device);
	else if (!is_bound_to_vfio(address))
		fprintf(stderr, "hisi-zip-info: %s: is not bound to vfio-pci\n", address);
	else if (vfs != 0)
		fprintf(stderr, "hisi-zip-info: %s: has %u virtual functions, whose users would "
			"suffer from its reset\n", address, vfs);
	else
		return true;
	return false;
}

static char *
open_function(const struct info_opts *opts)
{
	const char *name = opts->path != NULL ? opts->path : opts->address;

	if (opts->address != NULL && !check_function(opts->address))
		return NULL;
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
