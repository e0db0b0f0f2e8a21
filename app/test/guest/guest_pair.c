/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "guest_pair.h"

#define JOBS 4
#define TRY_US 10000
#define ROUND_TRIPS 50
#define TRIES (GUEST_PAIR_SECONDS * 1000000 / TRY_US)

static int
tell(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return guest_fail("%s cannot be made", path);
	close(fd);
	return 0;
}

static int
await(const char *path)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		if (access(path, F_OK) == 0)
			return 0;
		rte_delay_us_sleep(TRY_US);
	}
	return guest_fail("%s did not come", path);
}

int
guest_pair_pf(struct guest_dev *dev)
{
	int ret = guest_dev_round_trip(dev, JOBS);

	if (ret == 0)
		ret = tell("/tmp/pf-ready");
	if (ret == 0)
		ret = await("/tmp/vf-works");
	if (ret == 0)
		ret = guest_dev_restart(dev, GUEST_PAIR_SECONDS);
	if (ret == 0)
		ret = tell("/tmp/pf-again");
	if (ret == 0)
		ret = guest_dev_round_trip(dev, JOBS);
	/* The VF's queues are this function's to give: they go when it is closed. */
	return ret == 0 ? await("/tmp/vf-done") : ret;
}

/* Until an operation is refused, or comes back, with an error. */
static int
await_loss(struct guest_dev *dev)
{
	uint8_t *data = rte_zmalloc(NULL, (size_t)2 * GUEST_DATA_LEN, 0);
	struct guest_job job = {
		.compress = true, .src = data, .src_len = GUEST_DATA_LEN,
	};
	int ret = data == NULL ? guest_fail("no memory") : 0;

	job.dst = data + GUEST_DATA_LEN;
	for (unsigned int i = 0; ret == 0 && i < TRIES; i++) {
		if (guest_dev_run(dev, &job, 1) != 0 ||
		    job.status != RTE_COMP_OP_STATUS_SUCCESS)
			break;
		rte_delay_us_sleep(TRY_US);
	}
	if (ret == 0 && job.status != RTE_COMP_OP_STATUS_ERROR)
		ret = guest_fail("the function was not lost, status %u", job.status);
	rte_free(data);
	return ret;
}

int
guest_pair_vf(struct guest_dev *dev)
{
	int ret = guest_dev_round_trip(dev, JOBS);

	if (ret == 0)
		ret = tell("/tmp/vf-works");
	if (ret == 0)
		ret = await_loss(dev);
	if (ret == 0)
		ret = await("/tmp/pf-again");
	if (ret == 0)
		ret = guest_dev_restart(dev, GUEST_PAIR_SECONDS);
	if (ret == 0)
		ret = guest_dev_round_trip(dev, JOBS);
	return ret == 0 ? tell("/tmp/vf-done") : ret;
}

int
guest_pair_primary(struct guest_dev *dev)
{
	uint64_t end = rte_get_timer_cycles() + GUEST_PAIR_SECONDS * rte_get_timer_hz();
	unsigned int n = 0;
	int ret = tell("/tmp/primary-ready");

	if (ret == 0)
		ret = await("/tmp/secondary-works");
	while (ret == 0 && access("/tmp/secondary-ended", F_OK) != 0) {
		ret = guest_dev_round_trip(dev, JOBS);
		n++;
		if (ret == 0 && rte_get_timer_cycles() > end)
			ret = guest_fail("the secondary did not end");
	}
	if (ret != 0)
		return ret;
	printf("guest: %u round trips in the primary before the secondary ended\n", n);
	return n == 0 ? guest_fail("not at once") : guest_dev_round_trip(dev, JOBS);
}

int
guest_pair_secondary(struct guest_dev *dev)
{
	int ret = rte_eal_process_type() == RTE_PROC_SECONDARY ? tell("/tmp/secondary-works")
							       : guest_fail("no secondary");

	for (unsigned int i = 0; ret == 0 && i < ROUND_TRIPS; i++)
		ret = guest_dev_round_trip(dev, JOBS);
	return ret;
}
