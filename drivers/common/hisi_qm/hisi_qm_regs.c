/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include "hisi_qm_pf.h"
#include "hisi_qm_priv.h"

/* Not the counters at 0x104000: reading may clear those (hardware.md 2.2.6). */
const struct hisi_qm_reg hisi_qm_regs[] = {
	{"aeq_int_source", HISI_QM_AEQ_INT_SOURCE, 0},
	{"aeq_int_mask", HISI_QM_AEQ_INT_MASK, 0},
	{"eq_int_source", HISI_QM_EQ_INT_SOURCE, 0},
	{"eq_int_mask", HISI_QM_EQ_INT_MASK, 0},
	{"ifc_int_source", HISI_QM_IFC_INT_SOURCE, HISI_QM_REG_V3},
	{"ifc_int_mask", HISI_QM_IFC_INT_MASK, HISI_QM_REG_V3},
	{"ifc_int_status", HISI_QM_IFC_INT_STATUS, HISI_QM_REG_V3},
	{"db_isolation", HISI_QM_DB_ISOLATION, HISI_QM_REG_V3},
	{"func_active", HISI_QM_FUNC_ACTIVE, 0},
	{"sub_version", HISI_QM_SUB_VERSION, 0},
	{"mailbox", HISI_QM_MB, 0},
	{"cap", HISI_QM_CAP, HISI_QM_REG_V3},
	{"cap_xeq_depth", HISI_QM_CAP_XEQ_DEPTH, HISI_QM_REG_CAP},
	{"cap_qp_depth", HISI_QM_CAP_QP_DEPTH, HISI_QM_REG_CAP},
	{"cap_nb_irqs", HISI_QM_CAP_NB_IRQS, HISI_QM_REG_CAP},
	{"cap_qm_nfe", HISI_QM_CAP_QM_NFE, HISI_QM_REG_CAP},
	{"cap_qm_reset", HISI_QM_CAP_QM_RESET, HISI_QM_REG_CAP},
	{"cap_qm_ce", HISI_QM_CAP_QM_CE, HISI_QM_REG_CAP},
	{"abnormal_int_source", HISI_QM_ABNORMAL_INT_SOURCE, HISI_QM_REG_PF},
	{"abnormal_int_mask", HISI_QM_ABNORMAL_INT_MASK, HISI_QM_REG_PF},
	{"abnormal_int_status", HISI_QM_ABNORMAL_INT_STATUS, HISI_QM_REG_PF},
	{"abnormal_info_0", HISI_QM_ABNORMAL_INFO_0, HISI_QM_REG_PF},
	{"abnormal_info_1", HISI_QM_ABNORMAL_INFO_1, HISI_QM_REG_PF},
	{"abnormal_info_2", HISI_QM_ABNORMAL_INFO_2, HISI_QM_REG_PF},
	{"mem_init_done", HISI_QM_MEM_INIT_DONE, HISI_QM_REG_PF},
	{"cache_ctrl", HISI_QM_CACHE_CTRL, HISI_QM_REG_PF},
	{"vft_ready", HISI_QM_VFT_READY, HISI_QM_REG_PF},
	{"db_timeout", HISI_QM_DB_TIMEOUT, HISI_QM_REG_PF},
	{"ras_ce_enable", HISI_QM_RAS_CE_ENABLE, HISI_QM_REG_PF},
	{"ras_fe_enable", HISI_QM_RAS_FE_ENABLE, HISI_QM_REG_PF},
	{"ras_nfe_enable", HISI_QM_RAS_NFE_ENABLE, HISI_QM_REG_PF},
	{"ras_ce_threshold", HISI_QM_RAS_CE_THRESHOLD, HISI_QM_REG_PF},
	{"peh_dfx_info0", HISI_QM_PEH_DFX_INFO0, HISI_QM_REG_PF},
	{"peh_dfx_info1", HISI_QM_PEH_DFX_INFO1, HISI_QM_REG_PF | HISI_QM_REG_V3},
	{"pm_ctrl", HISI_QM_PM_CTRL, HISI_QM_REG_PF | HISI_QM_REG_V3},
	{"queue_counts", HISI_QM_QUEUE_COUNTS, HISI_QM_REG_PF | HISI_QM_REG_V3},
	{"shaper_cfg", HISI_QM_SHAPER_CFG, HISI_QM_REG_PF | HISI_QM_REG_V3},
	{"ooo_shutdown_sel", HISI_QM_OOO_SHUTDOWN_SEL, HISI_QM_REG_PF | HISI_QM_REG_V3},
	{"idle_state", HISI_QM_IDLE_STATE, HISI_QM_REG_PF},
	{"am_ctrl", HISI_QM_AM_CTRL, HISI_QM_REG_PF},
	{"am_returned", HISI_QM_AM_RETURNED, HISI_QM_REG_PF},
};

const unsigned int hisi_qm_nb_regs = RTE_DIM(hisi_qm_regs);

int
hisi_qm_reg_look(struct hisi_qm_dev *dev, const struct hisi_qm_reg *reg, uint32_t *value)
{
	bool v3 = dev->hw >= HISI_QM_HW_V3;

	if (((reg->has & HISI_QM_REG_PF) && !hisi_qm_dev_is_pf(dev)) ||
	    ((reg->has & HISI_QM_REG_V3) && !v3) ||
	    ((reg->has & HISI_QM_REG_CAP) && (!v3 || (dev->caps & HISI_QM_CAP_VERSION) == 0)))
		return -ENOENT;
	if (hisi_qm_dev_is_dead(dev))
		return -ENODEV;
	/* Not hisi_qm_read32(): who only looks does not declare the function lost. */
	return dev->ops->read(dev, reg->offset, value, sizeof(*value));
}
