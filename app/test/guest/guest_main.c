/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * hisi-zip-test-guest [EAL option...] -- VERB: what stock programs do not do to a function behind
 * an IOMMU. Run in a guest by buildtools/guest/run.sh, which compares it with the model's counters.
 */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#include "guest_dev.h"
#include "guest_irq.h"
#include "guest_pair.h"

#define AREA_LEN (64u << 10)
#define ROUND_TRIP_JOBS 4
#define SECONDS 20
/* The model's status of a request whose address is not mapped: the guide, "Operation status". */
#define NOT_MAPPED 0x06

/** Memory that EAL does not know, and so the IOMMU does not either. */
static uint8_t *
map_area(void)
{
	uint8_t *area = mmap(NULL, AREA_LEN, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (area == MAP_FAILED) {
		guest_fail("no memory");
		return NULL;
	}
	return area;
}

static int
verb_basic(struct guest_dev *dev)
{
	return guest_dev_round_trip(dev, ROUND_TRIP_JOBS);
}

/* The verdict is the engine's, not the driver's, whose reasons stand in the high half. */
static bool
is_not_mapped(const struct guest_job *job)
{
	return job->status == RTE_COMP_OP_STATUS_ERROR && job->produced == 0 &&
	       job->debug_status >> 32 == 0 && (job->debug_status & 0xff) == NOT_MAPPED;
}

/* In one burst: good, bad source, bad destination, good. */
static int
send_with_unmapped(struct guest_dev *dev, uint8_t *good, uint8_t *bad)
{
	struct guest_job jobs[4] = {0};
	unsigned int i;

	for (i = 0; i < RTE_DIM(jobs); i++) {
		jobs[i].compress = true;
		jobs[i].src = good + (size_t)2 * i * GUEST_DATA_LEN;
		jobs[i].src_len = GUEST_DATA_LEN;
		jobs[i].dst = good + (size_t)(2 * i + 1) * GUEST_DATA_LEN;
		guest_fill(jobs[i].src, i);
	}
	jobs[1].src = bad;
	jobs[2].dst = bad + GUEST_DATA_LEN;
	if (guest_dev_run(dev, jobs, RTE_DIM(jobs)) != 0)
		return -1;
	for (i = 0; i < RTE_DIM(jobs); i++)
		printf("guest: operation %u: status %u, debug status 0x%" PRIx64 "\n", i,
		       jobs[i].status, jobs[i].debug_status);
	for (i = 1; i <= 2; i++)
		if (!is_not_mapped(&jobs[i]))
			return guest_fail("operation %u is no error of the engine", i);
	return guest_dev_verify(dev, &jobs[0], 0) && guest_dev_verify(dev, &jobs[3], 3) ? 0 : -1;
}

static int
verb_unmapped(struct guest_dev *dev)
{
	uint8_t *good = rte_malloc(NULL, (size_t)8 * GUEST_DATA_LEN, 0);
	uint8_t *bad = map_area();
	int ret = -1;

	if (good != NULL && bad != NULL) {
		memset(bad, 0xa5, AREA_LEN);
		ret = send_with_unmapped(dev, good, bad);
	}
	for (unsigned int i = 0; ret == 0 && i < AREA_LEN; i++)
		if (bad[i] != 0xa5)
			ret = guest_fail("memory that is not mapped was written to");
	/* The queue pair goes on. */
	if (ret == 0)
		ret = guest_dev_round_trip(dev, ROUND_TRIP_JOBS);
	rte_free(good);
	return ret;
}

static struct rte_device *
find_device(const struct guest_dev *dev)
{
	struct rte_dev_iterator iterator;
	struct rte_device *device;

	RTE_DEV_FOREACH(device, "bus=pci", &iterator)
		if (strcmp(rte_dev_name(device), dev->name) == 0)
			return device;
	guest_fail("%s: not on the bus", dev->name);
	return NULL;
}

static int
register_area(struct rte_device *device, uint8_t *area)
{
	if (rte_extmem_register(area, AREA_LEN, NULL, 0, (size_t)sysconf(_SC_PAGESIZE)) != 0 ||
	    rte_dev_dma_map(device, area, (uintptr_t)area, AREA_LEN) != 0)
		return guest_fail("memory cannot be mapped: %s", rte_strerror(rte_errno));
	return 0;
}

/* The model takes its time for an operation, so that the memory goes before it is looked at. */
static int
take_memory_away(struct guest_dev *dev, struct rte_device *device, uint8_t *area)
{
	struct guest_job job = {
		.compress = true, .src = area, .src_len = GUEST_DATA_LEN,
		.dst = area + GUEST_DATA_LEN,
	};

	guest_fill(area, 5);
	if (guest_dev_run(dev, &job, 1) != 0 || !guest_dev_verify(dev, &job, 5))
		return -1;
	if (guest_dev_send(dev, &job, 1) != 0)
		return -1;
	if (rte_dev_dma_unmap(device, area, (uintptr_t)area, AREA_LEN) != 0)
		return guest_fail("memory cannot be unmapped: %s", rte_strerror(rte_errno));
	if (job.done || guest_dev_receive(dev, 1, SECONDS) != 0)
		return -1;
	printf("guest: the late operation: status %u, debug status 0x%" PRIx64 "\n", job.status,
	       job.debug_status);
	return is_not_mapped(&job) ? 0 : guest_fail("it is no error of the engine");
}

static int
verb_late(struct guest_dev *dev)
{
	struct rte_device *device = find_device(dev);
	uint8_t *area = map_area();
	int ret;

	if (device == NULL || area == NULL || register_area(device, area) != 0)
		return -1;
	ret = take_memory_away(dev, device, area);
	rte_extmem_unregister(area, AREA_LEN);
	return ret;
}

/* The driver is told of the event by an interrupt; its slow poll would find it too. */
static int
verb_irq(struct guest_dev *dev)
{
	uint8_t *data = rte_zmalloc(NULL, (size_t)2 * GUEST_DATA_LEN, 0);
	struct guest_job job = {
		.compress = true, .src = data, .src_len = GUEST_DATA_LEN,
		.dst = data + GUEST_DATA_LEN,
	};
	struct guest_job refused = job;
	uint64_t start = rte_get_timer_cycles();
	int ret;

	if (data == NULL)
		return guest_fail("no memory");
	ret = guest_dev_run(dev, &job, 1);
	/* The event says that the queue is broken: it takes no more. */
	for (unsigned int i = 0; ret == 0 && i < SECONDS * 10; i++) {
		ret = guest_dev_run(dev, &refused, 1);
		if (ret == 0)
			rte_delay_us_sleep(1000);
	}
	if (ret == 0)
		return guest_fail("the event did not come");
	printf("guest: event seen after %" PRIu64 " us\n",
	       (rte_get_timer_cycles() - start) * 1000000 / rte_get_timer_hz());
	ret = refused.status == RTE_COMP_OP_STATUS_ERROR ? guest_irq_check(dev->name)
							 : guest_fail("not refused");
	rte_free(data);
	return ret;
}

/* Closes with operations in flight. */
static int
verb_close(struct guest_dev *dev)
{
	uint8_t *data = rte_zmalloc(NULL, (size_t)2 * GUEST_DATA_LEN, 0);
	struct guest_job jobs[GUEST_MAX_JOBS];

	if (data == NULL)
		return guest_fail("no memory");
	for (unsigned int i = 0; i < RTE_DIM(jobs); i++)
		jobs[i] = (struct guest_job){
			.compress = true, .src = data, .src_len = GUEST_DATA_LEN,
			.dst = data + GUEST_DATA_LEN,
		};
	return guest_dev_send(dev, jobs, RTE_DIM(jobs));
}

/* For a test that kills this process while the device works. */
static int
verb_killed(struct guest_dev *dev)
{
	if (verb_close(dev) != 0)
		return -1;
	printf("guest: in flight\n");
	fflush(stdout);
	sleep(SECONDS);
	return guest_fail("nobody killed it");
}

static const struct {
	const char *name;
	int (*run)(struct guest_dev *dev);
} verbs[] = {
	{"basic", verb_basic}, {"unmapped", verb_unmapped}, {"late", verb_late},
	{"irq", verb_irq},     {"close", verb_close},       {"killed", verb_killed},
	{"pf", guest_pair_pf}, {"vf", guest_pair_vf},       {"primary", guest_pair_primary},
	{"secondary", guest_pair_secondary},
};

int
main(int argc, char **argv)
{
	struct guest_dev dev;
	int args = rte_eal_init(argc, argv);
	int ret = -1;

	if (args < 0 || argc - args != 2) {
		fprintf(stderr, "usage: hisi-zip-test-guest [EAL option...] -- VERB\n");
		return 2;
	}
	if (guest_dev_open(&dev) != 0)
		return 1;
	for (unsigned int i = 0; i < RTE_DIM(verbs); i++)
		if (strcmp(argv[args + 1], verbs[i].name) == 0)
			ret = verbs[i].run(&dev);
	guest_dev_close(&dev);
	printf("guest: %s: %s\n", argv[args + 1], ret == 0 ? "good" : "bad");
	rte_eal_cleanup();
	return ret == 0 ? 0 : 1;
}
