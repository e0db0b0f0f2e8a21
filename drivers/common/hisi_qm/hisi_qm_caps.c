/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>

#include "hisi_qm_pf.h"
#include "hisi_qm_priv.h"

/* What a V3 function can do if it does not say: hardware.md 2.3.1. */
#define HISI_QM_DEFAULT_CAPS 0x6f01u

/* hardware.md 1.2. */
static int
hisi_qm_caps_version(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape)
{
	uint32_t refined = 0;
	int ret;

	if (dev->device != HISI_PCI_DEVICE_ZIP_VF && dev->device != HISI_PCI_DEVICE_ZIP_PF) {
		HISI_QM_LOG(ERR, dev, "device 0x%04x is not driven, only 0x%04x and 0x%04x are",
			    dev->device, HISI_PCI_DEVICE_ZIP_PF, HISI_PCI_DEVICE_ZIP_VF);
		return -ENODEV;
	}
	shape->hw = dev->revision;
	if (dev->revision == HISI_QM_HW_V3) {
		ret = hisi_qm_read32(dev, HISI_QM_SUB_VERSION, &refined);
		if (ret != 0)
			return ret;
		/* All ones is how a function that is gone reads (hardware.md 7.8). */
		if (refined == UINT32_MAX)
			return -ENODEV;
		if (refined != 0)
			shape->hw = RTE_MIN(refined, (uint32_t)UINT8_MAX);
	}
	switch (shape->hw) {
	case HISI_QM_HW_V2:
	case HISI_QM_HW_V3:
		return 0;
	case HISI_QM_HW_V4:
	case HISI_QM_HW_V5:
		HISI_QM_LOG(WARNING, dev, "generation 0x%02x is driven as 0x%02x, untested",
			    shape->hw, HISI_QM_HW_V3);
		return 0;
	default:
		HISI_QM_LOG(ERR, dev, "generation 0x%02x is not driven, only 0x%02x and later are",
			    shape->hw, HISI_QM_HW_V2);
		return -ENOTSUP;
	}
}

static void
hisi_qm_caps_split(uint32_t word, uint16_t *low, uint16_t *high)
{
	*low = HISI_HW_GET(HISI_QM_CAP_LOW, word);
	*high = HISI_HW_GET(HISI_QM_CAP_HIGH, word);
}

/* hardware.md 2.3: the depths count only if the function says that it knows them. */
static int
hisi_qm_caps_depths(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape)
{
	uint16_t sq_depth = HISI_QM_DEFAULT_DEPTH, cq_depth = HISI_QM_DEFAULT_DEPTH;
	uint32_t xeq, xq;
	int ret;

	shape->eq_depth = HISI_QM_DEFAULT_EQ_DEPTH;
	shape->aeq_depth = HISI_QM_DEFAULT_AEQ_DEPTH;
	if ((shape->caps & HISI_QM_CAP_VERSION) != 0) {
		ret = hisi_qm_read32(dev, HISI_QM_CAP_XEQ_DEPTH, &xeq);
		if (ret == 0)
			ret = hisi_qm_read32(dev, HISI_QM_CAP_QP_DEPTH, &xq);
		if (ret != 0)
			return ret;
		hisi_qm_caps_split(xeq, &shape->eq_depth, &shape->aeq_depth);
		hisi_qm_caps_split(xq, &sq_depth, &cq_depth);
	}
	shape->depth = RTE_MIN(sq_depth, cq_depth);
	if (shape->depth < 2 || RTE_MAX(sq_depth, cq_depth) > HISI_QM_MAX_DEPTH ||
	    shape->eq_depth < 2 || shape->aeq_depth < 2) {
		HISI_QM_LOG(ERR, dev, "depths SQ %u, CQ %u, EQ %u, AEQ %u are out of range",
			    sq_depth, cq_depth, shape->eq_depth, shape->aeq_depth);
		return -ENOTSUP;
	}
	return 0;
}

static int
hisi_qm_caps_abilities(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape)
{
	uint32_t isolation;
	int ret;

	/* Before V3 there is nothing to ask: no ability, and the depths of all. */
	if (shape->hw < HISI_QM_HW_V3)
		return hisi_qm_caps_depths(dev, shape);
	ret = hisi_qm_read32(dev, HISI_QM_DB_ISOLATION, &isolation);
	if (ret == 0)
		ret = hisi_qm_read32(dev, HISI_QM_CAP, &shape->caps);
	if (ret != 0)
		return ret;
	if (shape->caps == UINT32_MAX)
		return -ENODEV;
	shape->db_isolation = (isolation & HISI_QM_DB_ISOLATION_ON) != 0;
	ret = hisi_qm_caps_depths(dev, shape);
	if ((shape->caps & HISI_QM_CAP_VERSION) == 0)
		shape->caps = HISI_QM_DEFAULT_CAPS;
	return ret;
}

/* hardware.md 3.5. Contexts and doorbells use 0 ... number - 1: the base is of no use. */
static int
hisi_qm_caps_queues(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape)
{
	uint64_t vft = 0;
	uint32_t number;
	int ret;

	if (hisi_qm_dev_is_pf(dev))
		return hisi_qm_pf_learn(dev, shape->hw, &shape->nb_queues);
	ret = hisi_qm_mb(dev, HISI_QM_MB_SQC_VFT, 1, 0, 0, &vft);
	if (ret != 0)
		return ret;
	number = HISI_HW_GET(HISI_QM_VFT_NUM_MINUS_1, vft) + 1;
	/* An entry that nobody wrote would read as one queue (hardware.md 3.5). */
	if ((vft & HISI_QM_VFT_VALID) == 0 || number > HISI_QM_MAX_QUEUES) {
		HISI_QM_LOG(ERR, dev,
			    "the function has no queues (VFT entry 0x%016" PRIx64 "): the driver "
			    "of its physical function has to give it some first", vft);
		return -ENODEV;
	}
	shape->nb_queues = number;
	return 0;
}

int
hisi_qm_caps_learn(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape)
{
	int ret;

	ret = hisi_qm_caps_version(dev, shape);
	if (ret == 0)
		ret = hisi_qm_caps_abilities(dev, shape);
	if (ret == 0)
		ret = hisi_qm_caps_queues(dev, shape);
	return ret;
}
