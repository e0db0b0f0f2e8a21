/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_version.h>

#include "pmd_env.h"

#define HUGE_COUNT "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
#define HUGE_PAGES 256
/* The kernel may have to move others' memory for them, and not have done so at once. */
#define HUGE_TRIES 10
#define NO_HUGE_MIB "448"

struct pmd_env pmd_env = {.shadow = true, .scale = 1};

static const struct pmd_group *const groups[] = {
#if RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0)
	&pmd_group_dict,
#endif
#ifdef PMD_HAS_LZ4
	&pmd_group_lz4,
#endif
	&pmd_group_oracle,  &pmd_group_layout,  &pmd_group_queues,  &pmd_group_errors,
	&pmd_group_limits,  &pmd_group_life,    &pmd_group_objects, &pmd_group_devargs,
	&pmd_group_death,   &pmd_group_traffic, &pmd_group_syscall, &pmd_group_faults,
	&pmd_group_stream,  &pmd_group_telemetry, &pmd_group_property, &pmd_group_property_sw,
	&pmd_group_stream_life, &pmd_group_stream_death, &pmd_group_caps, &pmd_group_software,
	&pmd_group_property_stream, &pmd_group_telemetry_life, &pmd_group_quiet,
};

static long more_huge_pages;
static bool huge_mounted;

static const struct pmd_group *
find_group(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (strcmp(groups[i]->name, name) == 0)
			return groups[i];
	}
	return NULL;
}

static void
print_usage(void)
{
	fprintf(stderr, "usage: hisi-zip-test-pmd --group GROUP [--transport embedded|process]\n"
			"  [--model PROGRAM] [--v2 sw|hw] [--sw-only] [--pf] [--shadow on|off]\n"
			"  [--huge] [--corpus DIR]\n"
			"  [--fault FAULT] [--filter CASE] [--devargs K=V,...] [--socket PATH]\n"
			"  [--foreign VDEV]\ngroups:");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		fprintf(stderr, " %s", groups[i]->name);
	fprintf(stderr, "\n");
}

static int
parse_transport(const char *value)
{
	if (strcmp(value, "embedded") == 0)
		pmd_env.transport = PMD_EMBEDDED;
	else if (strcmp(value, "process") == 0)
		pmd_env.transport = PMD_PROCESS;
	else
		return -EINVAL;
	return 0;
}

static int
parse_v2(const char *value)
{
	if (strcmp(value, "sw") == 0)
		pmd_env.generation = PMD_V2_SW;
	else if (strcmp(value, "hw") == 0)
		pmd_env.generation = PMD_V2_HW;
	else
		return -EINVAL;
	return 0;
}

static int
parse_option(int c)
{
	switch (c) {
	case 't':
		return parse_transport(optarg);
	case 'g':
		pmd_env.group = optarg;
		return 0;
	case 'm':
		pmd_env.model = optarg;
		return 0;
	case 's':
		pmd_env.shadow = strcmp(optarg, "off") != 0;
		return 0;
	case '2':
		return parse_v2(optarg);
	case 'o':
		pmd_env.generation = PMD_SW_ONLY;
		return 0;
	case 'P':
		pmd_env.pf = true;
		return 0;
	case 'H':
		pmd_env.huge = true;
		return 0;
	case 'c':
		pmd_env.corpus = optarg;
		return 0;
	case 'f':
		pmd_env.fault = optarg;
		return 0;
	case 'F':
		pmd_env.filter = optarg;
		return 0;
	case 'd':
		pmd_env.devargs = optarg;
		return 0;
	case 'S':
		pmd_env.socket = optarg;
		return 0;
	case 'x':
		pmd_env.transport = PMD_FOREIGN;
		pmd_env.foreign = optarg;
		return 0;
	default:
		return -EINVAL;
	}
}

static void
read_environment(void)
{
	const char *scale = getenv("HISI_ZIP_TEST_SCALE");
	const char *seed = getenv("HISI_ZIP_TEST_SEED");
	const char *corpus = getenv("HISI_ZIP_CORPUS");

	if (scale != NULL && atoi(scale) > 0)
		pmd_env.scale = (unsigned int)atoi(scale);
	pmd_env.seed = (uint64_t)time(NULL) << 20 | (uint64_t)getpid();
	if (seed != NULL)
		pmd_env.seed = strtoull(seed, NULL, 0);
	pmd_env.first_seed = pmd_env.seed;
	if (corpus != NULL)
		pmd_env.corpus = corpus;
	printf("seed %#llx, scale 1/%u\n", (unsigned long long)pmd_env.seed, pmd_env.scale);
}

const struct pmd_group *
pmd_env_parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"transport", required_argument, NULL, 't'},
		{"group", required_argument, NULL, 'g'},
		{"model", required_argument, NULL, 'm'},
		{"shadow", required_argument, NULL, 's'},
		{"v2", required_argument, NULL, '2'},
		{"sw-only", no_argument, NULL, 'o'},
		{"pf", no_argument, NULL, 'P'},
		{"huge", no_argument, NULL, 'H'},
		{"corpus", required_argument, NULL, 'c'},
		{"fault", required_argument, NULL, 'f'},
		{"filter", required_argument, NULL, 'F'},
		{"devargs", required_argument, NULL, 'd'},
		{"socket", required_argument, NULL, 'S'},
		{"foreign", required_argument, NULL, 'x'},
		{NULL, 0, NULL, 0},
	};
	const struct pmd_group *group = NULL;
	int c;

	pmd_env.self = argv[0];
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (parse_option(c) != 0) {
			print_usage();
			return NULL;
		}
	}
	group = find_group(pmd_env.group);
	if (group == NULL || optind < argc) {
		print_usage();
		return NULL;
	}
	read_environment();
	return group;
}

static long
read_number(int fd)
{
	char text[32] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? strtol(text, NULL, 10) : -1;
}

/* Under a lock that all tests take which do this: who adds and takes away is in nobody's way.
 * @return how many more the machine has then, or -1
 */
static long
change_huge_count(long by)
{
	int fd = open(HUGE_COUNT, O_RDWR | O_CLOEXEC);
	long before, after = -1;

	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX) == 0) {
		before = read_number(fd);
		if (before >= 0 && dprintf(fd, "%ld\n", before + by > 0 ? before + by : 0) > 0)
			after = read_number(fd);
	}
	close(fd);
	return after < 0 ? -1 : after - before;
}

static int
prepare_huge(void)
{
	char dir[PMD_PATH_MAX + 8];

	if (geteuid() != 0 || access(HUGE_COUNT, W_OK) != 0) {
		printf("skipped: hugepages need root and 2 MiB pages in the kernel\n");
		return PMD_SKIP;
	}
	snprintf(dir, sizeof(dir), "%s/huge", pmd_env.dir);
	if (mkdir(dir, 0700) != 0 || mount("hisi_zip", dir, "hugetlbfs", 0, "pagesize=2M") != 0) {
		printf("skipped: no hugetlbfs mount: %s\n", strerror(errno));
		return PMD_SKIP;
	}
	huge_mounted = true;
	for (int i = 0; i < HUGE_TRIES; i++) {
		long more = change_huge_count(HUGE_PAGES - more_huge_pages);

		more_huge_pages += more > 0 ? more : 0;
		if (more_huge_pages >= HUGE_PAGES)
			return 0;
		sleep(1);
	}
	printf("skipped: no %d free hugepages here\n", HUGE_PAGES);
	return PMD_SKIP;
}

int
pmd_env_prepare(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(pmd_env.dir, sizeof(pmd_env.dir), "%s/hisi-zip-pmd-XXXXXX",
		 tmp != NULL && strlen(tmp) < 80 ? tmp : "/tmp");
	if (mkdtemp(pmd_env.dir) == NULL) {
		fprintf(stderr, "no folder %s: %s\n", pmd_env.dir, strerror(errno));
		return 1;
	}
	return pmd_env.huge ? prepare_huge() : 0;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void
pmd_env_cleanup(void)
{
	char dir[PMD_PATH_MAX + 8];

	if (huge_mounted) {
		snprintf(dir, sizeof(dir), "%s/huge", pmd_env.dir);
		umount2(dir, MNT_DETACH);
	}
	if (more_huge_pages > 0)
		change_huge_count(-more_huge_pages);
	nftw(pmd_env.dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* One lcore that may run on all our CPUs: threads inherit that, and nothing is pinned. */
static void
describe_lcores(char *text, size_t len)
{
	cpu_set_t set;
	size_t at = (size_t)snprintf(text, len, "--lcores=0@(");
	const char *comma = "";

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (int cpu = 0; cpu < CPU_SETSIZE && at + 8 < len; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		at += (size_t)snprintf(text + at, len - at, "%s%d", comma, cpu);
		comma = ",";
	}
	snprintf(text + at, len - at, ")");
}

int
pmd_env_start_eal(const struct pmd_group *group)
{
	char lcores[512];
	char prefix[64];
	char huge[PMD_PATH_MAX + 32];
	char *args[16];
	int nb = 0;

	describe_lcores(lcores, sizeof(lcores));
	snprintf(prefix, sizeof(prefix), "--file-prefix=hisi-zip-%d", (int)getpid());
	snprintf(huge, sizeof(huge), "--huge-dir=%s/huge", pmd_env.dir);
	/* EAL's run-time files go to our folder too, and with it. */
	setenv("RUNTIME_DIRECTORY", pmd_env.dir, 1);
	args[nb++] = (char *)(uintptr_t)pmd_env.self;
	args[nb++] = lcores;
	args[nb++] = prefix;
	args[nb++] = (char *)(uintptr_t)"--no-pci";
	if (!group->telemetry)
		args[nb++] = (char *)(uintptr_t)"--no-telemetry";
	if (pmd_env.huge) {
		args[nb++] = huge;
		/* As root EAL takes physical addresses, unless a vdev of its own asks otherwise. */
		args[nb++] = (char *)(uintptr_t)"--iova-mode=va";
	} else {
		args[nb++] = (char *)(uintptr_t)"--no-huge";
		args[nb++] = (char *)(uintptr_t)"-m";
		args[nb++] = (char *)(uintptr_t)NO_HUGE_MIB;
	}
	args[nb++] = (char *)(uintptr_t)"--log-level=*hisi*:info";
	args[nb] = NULL;
	return rte_eal_init(nb, args) < 0 ? -1 : 0;
}

void
pmd_env_print_result(void)
{
	static const char *const transports[] = {"embedded", "process", "another driver"};
	static const char *const generations[] = {"V3", "V2", "V2 v2_inflate=hw", "sw=only"};

	printf("result: %s, %s, %s, seed %#llx: ", pmd_env.group, transports[pmd_env.transport],
	       generations[pmd_env.generation], (unsigned long long)pmd_env.first_seed);
}

unsigned int
pmd_scaled(unsigned int n)
{
	return n / pmd_env.scale > 0 ? n / pmd_env.scale : 1;
}

uint64_t
pmd_rand(void)
{
	/* SplitMix64: any seed will do, zero too. */
	uint64_t z = pmd_env.seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint32_t
pmd_rand_in(uint32_t low, uint32_t high)
{
	return low + (uint32_t)(pmd_rand() % ((uint64_t)high - low + 1));
}

uint64_t
pmd_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
