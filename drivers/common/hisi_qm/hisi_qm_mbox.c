/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_io.h>

#include "hisi_qm_priv.h"

/* hardware.md 3.3. */
#define HISI_QM_MB_READY_US 1000
#define HISI_QM_MB_DONE_US 1000000
#define HISI_QM_MB_DRAIN_US 5000000
/* Between two looks; longer and longer, since a look disturbs a model at work. */
#define HISI_QM_MB_POLL_US 10
#define HISI_QM_MB_POLL_MAX_US 1000

static int
hisi_qm_mb_read(struct hisi_qm_dev *dev, struct hisi_hw_mailbox *mb)
{
	int ret = dev->ops->read(dev, HISI_QM_MB, mb, sizeof(*mb));

	if (ret != 0)
		return ret;
	/* A function that is gone reads as ones, and its status would seem busy (7.8). */
	if (mb->w0 == UINT16_MAX && mb->queue == UINT16_MAX)
		return -ENODEV;
	return 0;
}

/* The time is looked at before the register, so that a late look still counts. */
static int
hisi_qm_mb_wait(struct hisi_qm_dev *dev, struct hisi_hw_mailbox *mb, uint64_t bound_us)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / US_PER_S * bound_us;
	unsigned int pause_us = HISI_QM_MB_POLL_US;
	bool late = false;
	int ret;

	for (;;) {
		ret = hisi_qm_mb_read(dev, mb);
		if (ret != 0 || (mb->w0 & HISI_QM_MB_W0_BUSY) == 0)
			return ret;
		if (late)
			return -ETIMEDOUT;
		rte_delay_us_sleep(pause_us);
		pause_us = RTE_MIN(2 * pause_us, (unsigned int)HISI_QM_MB_POLL_MAX_US);
		late = rte_get_timer_cycles() >= end;
	}
}

static uint64_t
hisi_qm_mb_bound_us(enum hisi_hw_mb_cmd cmd)
{
	return cmd == HISI_QM_MB_STOP_QP || cmd == HISI_QM_MB_FLUSH_QM ? HISI_QM_MB_DRAIN_US :
									HISI_QM_MB_DONE_US;
}

/* One command; "mb" holds it, and the answer afterwards. "mb_lock" is held. */
static int
hisi_qm_mb_run(struct hisi_qm_dev *dev, struct hisi_hw_mailbox *mb)
{
	enum hisi_hw_mb_cmd cmd = (enum hisi_hw_mb_cmd)HISI_HW_GET(HISI_QM_MB_W0_CMD, mb->w0);
	struct hisi_hw_mailbox answer;
	uint16_t queue = mb->queue;
	uint16_t status;
	int ret;

	ret = hisi_qm_mb_wait(dev, &answer, HISI_QM_MB_READY_US);
	if (ret != 0)
		return ret;
	/* What the command points at is in memory before the device is told (15.1, 1). */
	rte_io_wmb();
	ret = dev->ops->mb_write(dev, mb);
	if (ret == 0)
		ret = hisi_qm_mb_wait(dev, mb, hisi_qm_mb_bound_us(cmd));
	if (ret != 0)
		return ret;
	/* The command is over before its result in memory is read. */
	rte_io_rmb();
	status = HISI_HW_GET(HISI_QM_MB_W0_STATUS, mb->w0);
	if (status != 0) {
		HISI_QM_LOG(ERR, dev, "mailbox command 0x%x of queue %u: status %u", cmd, queue,
			    status);
		return -EIO;
	}
	return 0;
}

static struct hisi_hw_mailbox
hisi_qm_mb_message(enum hisi_hw_mb_cmd cmd, unsigned int op, uint16_t queue, uint64_t base)
{
	return (struct hisi_hw_mailbox){
		.w0 = HISI_HW_PREP(HISI_QM_MB_W0_CMD, cmd) | HISI_HW_PREP(HISI_QM_MB_W0_OP, op) |
		      HISI_QM_MB_W0_BUSY,
		.queue = queue,
		.base_l = (uint32_t)base,
		.base_h = base >> 32,
	};
}

/* A mailbox that hangs is one of the signs of a dead function (7.8). No lock is held. */
static int
hisi_qm_mb_verdict(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, uint16_t queue, int ret)
{
	if (ret == -ETIMEDOUT) {
		HISI_QM_LOG(DEBUG, dev, "mailbox command 0x%x of queue %u: no answer", cmd, queue);
		hisi_qm_dev_lost(dev, "the mailbox does not answer");
	} else if (ret == -ENODEV) {
		hisi_qm_dev_lost(dev, "it does not answer");
	}
	return ret;
}

int
hisi_qm_mb(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, unsigned int op, uint16_t queue,
	   uint64_t base, uint64_t *result)
{
	struct hisi_hw_mailbox mb = hisi_qm_mb_message(cmd, op, queue, base);
	int ret;

	pthread_mutex_lock(&dev->mb_lock);
	ret = hisi_qm_mb_run(dev, &mb);
	pthread_mutex_unlock(&dev->mb_lock);
	if (ret == 0 && result != NULL)
		*result = (uint64_t)mb.base_h << 32 | mb.base_l;
	return hisi_qm_mb_verdict(dev, cmd, queue, ret);
}

/* A context goes through the buffer of its kind, which stays until the command is over. */
static int
hisi_qm_mb_context(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, unsigned int op,
		   uint16_t queue, const void *in, void *out)
{
	static const uint8_t slots[] = {
		[HISI_QM_MB_EQC] = 0,
		[HISI_QM_MB_AEQC] = 1,
		[HISI_QM_MB_SQC] = 2,
		[HISI_QM_MB_CQC] = 3,
	};
	size_t offset = (size_t)slots[cmd] * HISI_QM_CONTEXT_SIZE;
	struct hisi_hw_mailbox mb = hisi_qm_mb_message(cmd, op, queue,
						       dev->mb_buffers_iova + offset);
	void *buffer = (uint8_t *)dev->mb_buffers + offset;
	int ret;

	pthread_mutex_lock(&dev->mb_lock);
	if (in != NULL)
		memcpy(buffer, in, HISI_QM_CONTEXT_SIZE);
	ret = hisi_qm_mb_run(dev, &mb);
	if (ret == 0 && out != NULL)
		memcpy(out, buffer, HISI_QM_CONTEXT_SIZE);
	pthread_mutex_unlock(&dev->mb_lock);
	return hisi_qm_mb_verdict(dev, cmd, queue, ret);
}

int
hisi_qm_mb_load(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, uint16_t queue,
		const void *context)
{
	return hisi_qm_mb_context(dev, cmd, 0, queue, context, NULL);
}

int
hisi_qm_mb_dump(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, uint16_t queue, void *context)
{
	return hisi_qm_mb_context(dev, cmd, 1, queue, NULL, context);
}
