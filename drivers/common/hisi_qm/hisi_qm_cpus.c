/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_lcore.h>

#include "hisi_qm_cpus.h"

/* One number, or a range; *text moves past it. */
static int
cpus_parse_item(const char **text, rte_cpuset_t *cpus)
{
	unsigned long first, last;
	char *end;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	first = strtoul(*text, &end, 10);
	last = first;
	if (*end == '-') {
		if (end[1] < '0' || end[1] > '9')
			return -EINVAL;
		last = strtoul(end + 1, &end, 10);
	}
	if (first > last || last >= CPU_SETSIZE)
		return -EINVAL;
	for (; first <= last; first++)
		CPU_SET(first, cpus);
	*text = end;
	return 0;
}

int
hisi_qm_cpus_parse(const char *text, rte_cpuset_t *cpus)
{
	int ret;

	CPU_ZERO(cpus);
	for (;;) {
		ret = cpus_parse_item(&text, cpus);
		if (ret != 0 || *text == '\0')
			return ret;
		if (*text != '+' && *text != ',')
			return -EINVAL;
		text++;
	}
}

static void
cpus_of_lcores(rte_cpuset_t *cpus)
{
	unsigned int lcore;

	CPU_ZERO(cpus);
	RTE_LCORE_FOREACH(lcore) {
		rte_cpuset_t one = rte_lcore_cpuset(lcore);

		CPU_OR(cpus, cpus, &one);
	}
}

bool
hisi_qm_cpus_have_lcore(const rte_cpuset_t *cpus)
{
	rte_cpuset_t lcores, both;

	cpus_of_lcores(&lcores);
	CPU_AND(&both, cpus, &lcores);
	return CPU_COUNT(&both) != 0;
}

/* This thread's own affinity is an lcore's; that of the process before EAL started is EAL's
 * secret. The CPUs that are online are its upper bound: a warning may be missing, never wrong.
 */
bool
hisi_qm_cpus_free(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	rte_cpuset_t lcores;

	cpus_of_lcores(&lcores);
	return online > CPU_COUNT(&lcores);
}
