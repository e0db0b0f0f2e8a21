/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Messages between PF and VFs, as V3 does them: hardware.md 7.5. They come by their own interrupt
 * vector; the slow poll looks for them as well, and is the only one where there is no interrupt.
 */

#include <rte_cycles.h>

#include "hisi_qm_msg.h"
#include "hisi_qm_pf.h"
#include "hisi_qm_priv.h"

#define HISI_QM_MSG_BIT 0x1u
/* What a VF asks for: no limit of its rate, and no isolation. */
#define HISI_QM_MSG_QOS 100000

/* How long VFs have for a step of their own before the PF is reset. */
#define HISI_QM_MSG_WAIT_US 300000
#define HISI_QM_MSG_POLL_US 5000
/* Looks at what VFs sent, one after the other. */
#define HISI_QM_MSG_ROUNDS 4

static uint64_t
hisi_qm_msg_word(enum hisi_hw_msg command, uint32_t data)
{
	return HISI_HW_PREP(HISI_QM_MSG_CMD, (uint64_t)command) |
	       HISI_HW_PREP(HISI_QM_MSG_DATA, (uint64_t)data);
}

/* V4 and later have registers for it, which are not driven. */
static bool
hisi_qm_msg_has(const struct hisi_qm_dev *dev)
{
	return (dev->caps & HISI_QM_CAP_MESSAGES) != 0 && dev->hw == HISI_QM_HW_V3;
}

bool
hisi_qm_msg_expected(const struct hisi_qm_dev *dev)
{
	return hisi_qm_msg_has(dev) && (!hisi_qm_dev_is_pf(dev) || dev->nb_vfs != 0);
}

/*
 * hardware.md 6.1, 17, and 6.5, 5; but what VFs sent to a PF is not acknowledged unread, it is
 * taken by the slow poll.
 */
int
hisi_qm_msg_unmask(struct hisi_qm_dev *dev)
{
	int ret;

	if (!dev->msg_irq)
		return 0;
	ret = hisi_qm_pf_update32(dev, HISI_QM_IFC_INT_SOURCE, 0, HISI_QM_MSG_BIT);
	return ret != 0 ? ret : hisi_qm_pf_update32(dev, HISI_QM_IFC_INT_MASK, HISI_QM_MSG_BIT, 0);
}

static int
hisi_qm_msg_read64(struct hisi_qm_dev *dev, uint32_t offset, uint64_t *value)
{
	uint32_t low, high;
	int ret = hisi_qm_read32(dev, offset, &low);

	if (ret == 0)
		ret = hisi_qm_read32(dev, offset + 4, &high);
	if (ret == 0)
		*value = (uint64_t)high << 32 | low;
	return ret;
}

/* Fetches the message that a VF sent, or that the PF sent to this VF. */
static int
hisi_qm_msg_fetch(struct hisi_qm_dev *dev, uint16_t function, uint64_t *message)
{
	return hisi_qm_mb(dev, HISI_QM_MB_DST, 1, function, 0, message);
}

/* A VF's answer; the PF takes it in its own time. */
static void
hisi_qm_msg_answer(struct hisi_qm_dev *dev, enum hisi_hw_msg command)
{
	if (hisi_qm_mb(dev, HISI_QM_MB_SRC, 0, 0, hisi_qm_msg_word(command, 0), NULL) == 0)
		hisi_qm_write32(dev, HISI_QM_IFC_INT_SET, HISI_QM_MSG_BIT);
}

static void
hisi_qm_msg_take_vf(struct hisi_qm_dev *dev, enum hisi_hw_msg command)
{
	switch (command) {
	case HISI_QM_MSG_PF_FLR_PREPARE:
	case HISI_QM_MSG_PF_SRST_PREPARE:
		dev->pf_resets = true;
		hisi_qm_dev_lost(dev, "its PF is about to be reset");
		hisi_qm_msg_answer(dev, HISI_QM_MSG_VF_PREPARE_DONE);
		break;
	case HISI_QM_MSG_PF_RESET_DONE:
		/* Its owner starts it again when it likes; the PF need not wait for that. */
		if (dev->pf_resets)
			hisi_qm_msg_answer(dev, HISI_QM_MSG_VF_START_DONE);
		dev->pf_resets = false;
		break;
	case HISI_QM_MSG_FUNCTION_RESET:
		hisi_qm_dev_lost(dev, "its PF wants it to be reset");
		break;
	default:
		break;
	}
}

static void
hisi_qm_msg_poll_vf(struct hisi_qm_dev *dev)
{
	uint32_t source;
	uint64_t message;

	if (hisi_qm_read32(dev, HISI_QM_IFC_INT_SOURCE, &source) != 0 || source != HISI_QM_MSG_BIT)
		return;
	if (hisi_qm_msg_fetch(dev, 0, &message) != 0 ||
	    hisi_qm_write32(dev, HISI_QM_IFC_INT_SOURCE, HISI_QM_MSG_BIT) != 0)
		return;
	hisi_qm_msg_take_vf(dev, (enum hisi_hw_msg)HISI_HW_GET(HISI_QM_MSG_CMD, message));
}

/* Sends to a VF, or to all; returns who has not read it, as far as they are there. */
static uint64_t
hisi_qm_msg_send(struct hisi_qm_dev *dev, uint16_t function, uint64_t message)
{
	uint32_t target = function == HISI_QM_MB_ALL_VFS ? HISI_QM_IFC_ALL_VFS : function;
	uint64_t unread = 0;

	int ret = hisi_qm_mb(dev, HISI_QM_MB_SRC, 0, function, message, NULL);

	if (ret == 0)
		ret = hisi_qm_pf_update32(dev, HISI_QM_IFC_INT_CFG, HISI_QM_IFC_INT_CFG_TARGET,
					  target);
	if (ret == 0)
		ret = hisi_qm_pf_update32(dev, HISI_QM_IFC_INT_SET_PF, 0, HISI_QM_MSG_BIT);
	if (ret == 0)
		ret = hisi_qm_msg_read64(dev, HISI_QM_IFC_READY_STATUS, &unread);
	return ret == 0 ? unread : 0;
}

/* One message of a VF. A VF that has not read the last one gets no answer. */
static void
hisi_qm_msg_take_pf(struct hisi_qm_dev *dev, uint16_t vf)
{
	uint64_t message, unread;

	if (hisi_qm_msg_fetch(dev, vf, &message) != 0)
		return;
	hisi_qm_write32(dev, HISI_QM_IFC_INT_SOURCE_PF + vf / 32 * 4, 1u << vf % 32);
	hisi_qm_write32(dev, HISI_QM_IFC_INT_SOURCE, HISI_QM_MSG_BIT);
	if (hisi_qm_msg_read64(dev, HISI_QM_IFC_READY_STATUS, &unread) != 0 ||
	    (unread >> vf & 1) != 0)
		return;
	switch (HISI_HW_GET(HISI_QM_MSG_CMD, message)) {
	case HISI_QM_MSG_VF_GET_QOS:
		hisi_qm_msg_send(dev, vf, hisi_qm_msg_word(HISI_QM_MSG_PF_SET_QOS,
							   HISI_QM_MSG_QOS));
		break;
	case HISI_QM_MSG_VF_GET_ISOLATE:
		hisi_qm_msg_send(dev, vf, hisi_qm_msg_word(HISI_QM_MSG_PF_SET_ISOLATE, 0));
		break;
	default:
		break;
	}
}

static void
hisi_qm_msg_poll_pf(struct hisi_qm_dev *dev)
{
	uint64_t sent;

	/* Again: who sends while one is taken finds the source set, which is cleared then. */
	for (unsigned int i = 0; i < HISI_QM_MSG_ROUNDS; i++) {
		if (hisi_qm_msg_read64(dev, HISI_QM_IFC_INT_SOURCE_PF, &sent) != 0 || sent == 0)
			return;
		for (uint16_t vf = 1; vf <= HISI_QM_MAX_VFS && !hisi_qm_dev_is_dead(dev); vf++)
			if ((sent >> vf & 1) != 0)
				hisi_qm_msg_take_pf(dev, vf);
	}
}

void
hisi_qm_msg_poll(struct hisi_qm_dev *dev)
{
	if (!hisi_qm_msg_expected(dev) || (hisi_qm_dev_is_dead(dev) && !dev->pf_resets))
		return;
	if (hisi_qm_dev_is_pf(dev))
		hisi_qm_msg_poll_pf(dev);
	else
		hisi_qm_msg_poll_vf(dev);
}

/* Waits until all bits of a mask have the wanted value in a register of 64 bits, not for long. */
static uint64_t
hisi_qm_msg_wait(struct hisi_qm_dev *dev, uint32_t offset, uint64_t mask, bool set)
{
	uint64_t value = 0;

	for (unsigned int us = 0; us < HISI_QM_MSG_WAIT_US; us += HISI_QM_MSG_POLL_US) {
		if (hisi_qm_msg_read64(dev, offset, &value) != 0)
			return 0;
		if ((value & mask) == (set ? mask : 0))
			break;
		rte_delay_us_sleep(HISI_QM_MSG_POLL_US);
	}
	return value;
}

void
hisi_qm_msg_before_reset(struct hisi_qm_dev *dev)
{
	uint64_t asked, unread;

	if (!hisi_qm_msg_expected(dev) || !hisi_qm_dev_is_pf(dev))
		return;
	asked = hisi_qm_msg_send(dev, HISI_QM_MB_ALL_VFS,
				 hisi_qm_msg_word(HISI_QM_MSG_PF_FLR_PREPARE, 0));
	/* VFs without a driver never answer; the others have to read it first. */
	unread = hisi_qm_msg_wait(dev, HISI_QM_IFC_READY_STATUS, asked, false);
	hisi_qm_msg_wait(dev, HISI_QM_IFC_INT_SOURCE_PF, asked & ~unread, true);
}

void
hisi_qm_msg_after_reset(struct hisi_qm_dev *dev)
{
	if (hisi_qm_msg_expected(dev) && hisi_qm_dev_is_pf(dev))
		hisi_qm_msg_send(dev, HISI_QM_MB_ALL_VFS,
				 hisi_qm_msg_word(HISI_QM_MSG_PF_RESET_DONE, 0));
}
