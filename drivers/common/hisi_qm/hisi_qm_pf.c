/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What only the PF's driver does: hardware.md 6.1 to 6.3 and 12. */

#include <errno.h>
#include <inttypes.h>

#include <rte_cycles.h>

#include "hisi_qm_pf.h"
#include "hisi_qm_priv.h"

/* hardware.md 6.4: generic register poll. */
#define HISI_QM_PF_POLL_US 10
#define HISI_QM_PF_POLLS 100

/* Rates of the shaper and each function's share of them: hardware.md 2.2.3, 12.4. */
#define HISI_QM_PF_SHAPER_CFG 0x400232ee
#define HISI_QM_PF_SHAPER 0x00988696
#define HISI_QM_PF_SHAPER_ALGS 2

/* Errors by what is done about them: hardware.md 7.3. */
struct hisi_qm_pf_errors {
	uint32_t nfe;
	uint32_t ce;
	uint32_t reset;
	uint32_t shutdown;
};

static const struct hisi_qm_pf_errors hisi_qm_pf_errors_v2 = {0x1c57, 0x8, 0xc57, 0x4};
static const struct hisi_qm_pf_errors hisi_qm_pf_errors_v3 = {0x7c77, 0x8, 0x6c77, 0x6c77};

struct hisi_qm_pf_write {
	uint32_t offset;
	uint32_t value;
};

/* hardware.md 6.2, 1 to 9; the last two let the function survive changes of bus master. */
static const struct hisi_qm_pf_write hisi_qm_pf_user_domain[] = {
	{HISI_QM_ARUSER_CFG, HISI_QM_PF_AXUSER},
	{HISI_QM_ARUSER_ENABLE, 0xfffffffe},
	{HISI_QM_AWUSER_CFG, HISI_QM_PF_AXUSER},
	{HISI_QM_AWUSER_ENABLE, 0xfffffffe},
	{HISI_QM_WUSER_ENABLE, 0xffffffff},
	{HISI_QM_AXI_CFG, 0xffff},
	{HISI_QM_AXI_ENABLE, 0xffffffff},
	{HISI_QM_PEH_AXUSER_CFG, 0x401001},
	{HISI_QM_PEH_AXUSER_ENABLE, 0xffffffff},
};

int
hisi_qm_pf_update32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t clear, uint32_t set)
{
	uint32_t value;
	int ret = hisi_qm_read32(dev, offset, &value);

	return ret != 0 ? ret : hisi_qm_write32(dev, offset, (value & ~clear) | set);
}

int
hisi_qm_pf_wait32(struct hisi_qm_dev *dev, uint32_t offset, uint32_t mask, uint32_t wanted)
{
	uint32_t value;
	int ret;

	for (unsigned int i = 0; i < HISI_QM_PF_POLLS; i++) {
		ret = hisi_qm_read32(dev, offset, &value);
		if (ret != 0)
			return ret;
		if (value == UINT32_MAX)
			return -ENODEV;
		if ((value & mask) == wanted)
			return 0;
		rte_delay_us_sleep(HISI_QM_PF_POLL_US);
	}
	HISI_QM_LOG(ERR, dev, "register 0x%x stays 0x%x, waiting for 0x%x of 0x%x", offset, value,
		    wanted, mask);
	return -ETIMEDOUT;
}

/* hardware.md 12.1: V2 has as many as it may have, V3 says how many. */
static int
hisi_qm_pf_totals(struct hisi_qm_dev *dev, uint8_t hw, uint32_t *total, uint32_t *most)
{
	uint32_t counts;
	int ret;

	*total = HISI_QM_MAX_QUEUES;
	*most = HISI_QM_MAX_QUEUES;
	if (hw < HISI_QM_HW_V3)
		return 0;
	ret = hisi_qm_read32(dev, HISI_QM_QUEUE_COUNTS, &counts);
	if (ret != 0)
		return ret;
	if (counts == UINT32_MAX)
		return -ENODEV;
	*total = RTE_MIN(HISI_HW_GET(HISI_QM_QUEUE_COUNTS_TOTAL, counts), *total);
	*most = RTE_MIN(HISI_HW_GET(HISI_QM_QUEUE_COUNTS_FUNC, counts), *most);
	return 0;
}

int
hisi_qm_pf_learn(struct hisi_qm_dev *dev, uint8_t hw, uint16_t *nb_queues)
{
	uint32_t total, most;
	uint32_t of_vfs = (uint32_t)dev->nb_vfs * dev->vf_queues;
	int ret = hisi_qm_pf_totals(dev, hw, &total, &most);

	if (ret != 0)
		return ret;
	if (dev->nb_vfs > HISI_QM_MAX_VFS || dev->vf_queues > most || of_vfs >= total) {
		HISI_QM_LOG(ERR, dev,
			    "argument 'vf_queues=%u:%u': valid are up to %u VFs with up to %u "
			    "queues each, fewer than %u together", dev->nb_vfs, dev->vf_queues,
			    HISI_QM_MAX_VFS, most, total);
		return -EINVAL;
	}
	*nb_queues = RTE_MIN(total - of_vfs, most);
	return 0;
}

static int
hisi_qm_pf_write_all(struct hisi_qm_dev *dev, const struct hisi_qm_pf_write *writes, size_t nb)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < nb; i++)
		ret = hisi_qm_write32(dev, writes[i].offset, writes[i].value);
	return ret;
}

/* hardware.md 12.2 */
static int
hisi_qm_pf_vft_write(struct hisi_qm_dev *dev, uint32_t type, uint32_t index, uint64_t data)
{
	const struct hisi_qm_pf_write writes[] = {
		{HISI_QM_VFT_OP, 0},
		{HISI_QM_VFT_TYPE, type},
		{HISI_QM_VFT_INDEX, index},
		{HISI_QM_VFT_DATA_L, (uint32_t)data},
		{HISI_QM_VFT_DATA_H, data >> 32},
		{HISI_QM_VFT_READY, 0},
		{HISI_QM_VFT_OP_ENABLE, 1},
	};
	int ret = hisi_qm_pf_wait32(dev, HISI_QM_VFT_READY, 1, 1);

	if (ret == 0)
		ret = hisi_qm_pf_write_all(dev, writes, RTE_DIM(writes));
	return ret != 0 ? ret : hisi_qm_pf_wait32(dev, HISI_QM_VFT_READY, 1, 1);
}

static int
hisi_qm_pf_shape(struct hisi_qm_dev *dev, uint32_t function)
{
	int ret = hisi_qm_write32(dev, HISI_QM_SHAPER_CFG, HISI_QM_PF_SHAPER_CFG);

	for (uint32_t alg = 0; ret == 0 && alg < HISI_QM_PF_SHAPER_ALGS; alg++)
		ret = hisi_qm_pf_vft_write(dev, HISI_QM_VFT_TYPE_SHAPER,
					   function | HISI_HW_PREP(HISI_QM_VFT_INDEX_ALG, alg),
					   HISI_QM_PF_SHAPER);
	return ret;
}

static int
hisi_qm_pf_assign(struct hisi_qm_dev *dev, uint32_t function, uint32_t base, uint32_t number)
{
	uint64_t sqc = HISI_HW_PREP(HISI_QM_VFT_BASE, (uint64_t)base) | HISI_QM_VFT_VALID |
		       HISI_HW_PREP(HISI_QM_VFT_NUM_MINUS_1, (uint64_t)number - 1);
	int ret;

	ret = hisi_qm_pf_vft_write(dev, HISI_QM_VFT_TYPE_SQC, function, sqc);
	if (ret == 0)
		ret = hisi_qm_pf_vft_write(dev, HISI_QM_VFT_TYPE_CQC, function,
					   HISI_QM_VFT_CQC_VALID);
	if (ret == 0 && (dev->caps & HISI_QM_CAP_FUNC_QOS) != 0)
		ret = hisi_qm_pf_shape(dev, function);
	return ret;
}

/* hardware.md 12.3: the VFs' queues lie behind the PF's, those of the last VF first. */
static int
hisi_qm_pf_distribute(struct hisi_qm_dev *dev)
{
	uint32_t base = dev->nb_queues;
	int ret = hisi_qm_pf_assign(dev, 0, 0, dev->nb_queues);

	for (uint32_t vf = dev->vf_queues == 0 ? 0 : dev->nb_vfs; ret == 0 && vf > 0; vf--) {
		ret = hisi_qm_pf_assign(dev, vf, base, dev->vf_queues);
		base += dev->vf_queues;
	}
	return ret;
}

static const struct hisi_qm_pf_errors *
hisi_qm_pf_errors_of(const struct hisi_qm_dev *dev)
{
	return dev->hw < HISI_QM_HW_V3 ? &hisi_qm_pf_errors_v2 : &hisi_qm_pf_errors_v3;
}

/*
 * hardware.md 6.3, but all sources stay masked: the slow poll looks at them, so that no
 * interrupt comes that nobody takes.
 */
static int
hisi_qm_pf_init_errors(struct hisi_qm_dev *dev)
{
	const struct hisi_qm_pf_errors *errors = hisi_qm_pf_errors_of(dev);
	const struct hisi_qm_pf_write writes[] = {
		{HISI_QM_ABNORMAL_INT_MASK, UINT32_MAX},
		{HISI_QM_ABNORMAL_INT_SOURCE, UINT32_MAX},
		{HISI_QM_RAS_CE_ENABLE, errors->ce},
		{HISI_QM_RAS_CE_THRESHOLD, 1},
		{HISI_QM_RAS_NFE_ENABLE, errors->nfe},
		{HISI_QM_RAS_FE_ENABLE, 0},
	};
	int ret = hisi_qm_pf_write_all(dev, writes, RTE_DIM(writes));

	if (ret == 0 && dev->hw >= HISI_QM_HW_V3)
		ret = hisi_qm_write32(dev, HISI_QM_OOO_SHUTDOWN_SEL, errors->shutdown);
	return ret;
}

/* hardware.md 6.1, 13 to 15 */
static int
hisi_qm_pf_init_memory(struct hisi_qm_dev *dev)
{
	int ret = hisi_qm_write32(dev, HISI_QM_DB_TIMEOUT, HISI_QM_DB_TIMEOUT_NS);

	if (ret == 0 && dev->hw >= HISI_QM_HW_V3)
		ret = hisi_qm_pf_update32(dev, HISI_QM_PM_CTRL, 0, HISI_QM_PM_CTRL_NO_IDLE);
	if (ret == 0)
		ret = hisi_qm_write32(dev, HISI_QM_MEM_INIT_START, 1);
	return ret != 0 ? ret : hisi_qm_pf_wait32(dev, HISI_QM_MEM_INIT_DONE, 1, 1);
}

/*
 * hardware.md 6.1, 13 to 24. Skipped: 11, the reset by an ACPI method, which user space does not
 * have; 18, migration; 22, 23, 29, which read counters for people.
 */
int
hisi_qm_pf_bring_up(struct hisi_qm_dev *dev)
{
	int ret;

	if (!hisi_qm_dev_is_pf(dev))
		return 0;
	ret = hisi_qm_pf_init_memory(dev);
	if (ret == 0)
		ret = hisi_qm_pf_write_all(dev, hisi_qm_pf_user_domain,
					   RTE_DIM(hisi_qm_pf_user_domain));
	if (ret == 0 && dev->engine_init != NULL)
		ret = dev->engine_init(dev);
	if (ret == 0)
		ret = hisi_qm_write32(dev, HISI_QM_CACHE_CTRL, HISI_QM_CACHE_CTRL_ON);
	if (ret == 0)
		ret = hisi_qm_pf_init_errors(dev);
	return ret != 0 ? ret : hisi_qm_pf_distribute(dev);
}

void
hisi_qm_pf_check(struct hisi_qm_dev *dev)
{
	uint32_t source;

	if (!hisi_qm_dev_is_pf(dev) || hisi_qm_dev_is_dead(dev) ||
	    hisi_qm_read32(dev, HISI_QM_ABNORMAL_INT_SOURCE, &source) != 0)
		return;
	if (source == UINT32_MAX) {
		hisi_qm_dev_lost(dev, "it does not answer");
	} else if ((source & hisi_qm_pf_errors_of(dev)->reset) != 0) {
		HISI_QM_LOG(ERR, dev, "error of the queue manager: sources 0x%x", source);
		hisi_qm_dev_lost(dev, "its queue manager reports an error");
	} else if (dev->engine_broken != NULL && dev->engine_broken(dev)) {
		hisi_qm_dev_lost(dev, "its engine reports an error");
	}
}
