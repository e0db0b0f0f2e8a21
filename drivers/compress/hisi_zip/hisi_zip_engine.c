/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The engine behind a PF's queue manager: hardware.md 2.4, 6.2, 6.3. */

#include <errno.h>

#include "hisi_qm_pf.h"
#include "hisi_zip.h"

/* Of HISI_ZIP_CLOCK_GATE, beside the bitmaps of the cores. */
#define HISI_ZIP_GATE_CHECK (1u << 16)
#define HISI_ZIP_GATE_AUTO 0x2000ff00u
/* Bitmaps of the cores where no register tells: compress 15:0, decompress 31:16 (2.3). */
#define HISI_ZIP_CORES_V2 0x00fc0003u
#define HISI_ZIP_CORES_V3 0x001c0003u

#define HISI_ZIP_AXI_SHUTDOWN (1u << 14) /* of HISI_ZIP_CONTROL */
#define HISI_ZIP_LIT_LEN_OFF (1u << 4)
#define HISI_ZIP_PREFETCH_OFF 0x04020001u
#define HISI_ZIP_PREFETCH_BUSY (1u << 26)
#define HISI_ZIP_SVA_NOT_READY 0x00070000u
#define HISI_ZIP_SVA_LOOKS 3 /* ready is what is seen so often in a row: 16.1, 9 */

struct hisi_zip_engine_write {
	uint32_t offset;
	uint32_t value;
};

/* hardware.md 6.2, 10 to 12 */
static const struct hisi_zip_engine_write hisi_zip_engine_user_domain[] = {
	{HISI_ZIP_READ_CACHE_0, UINT32_MAX},
	{HISI_ZIP_READ_CACHE_1, UINT32_MAX},
	{HISI_ZIP_WRITE_CACHE_0, UINT32_MAX},
	{HISI_ZIP_WRITE_CACHE_1, UINT32_MAX},
	{HISI_ZIP_BD_RUSER, HISI_QM_PF_AXUSER},
	{HISI_ZIP_BD_WUSER, HISI_QM_PF_AXUSER},
	{HISI_ZIP_DATA_RUSER, HISI_QM_PF_AXUSER},
	{HISI_ZIP_DATA_WUSER, HISI_QM_PF_AXUSER},
	{HISI_ZIP_SGL_RUSER, HISI_QM_PF_AXUSER},
};

/* Errors: hardware.md 7.3. The reset mask is the same in all generations. */
#define HISI_ZIP_ERRORS_CE 0x1
#define HISI_ZIP_ERRORS_NFE_V2 0x7fe
#define HISI_ZIP_ERRORS_NFE_V3 0x1ffe
#define HISI_ZIP_ERRORS_RESET 0x7fe

static int
hisi_zip_engine_write_all(struct hisi_qm_dev *qm, const struct hisi_zip_engine_write *writes,
			  size_t nb)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < nb; i++)
		ret = hisi_qm_write32(qm, writes[i].offset, writes[i].value);
	return ret;
}

/* hardware.md 6.2, 13 and 14. */
static int
hisi_zip_engine_open_prefetch(struct hisi_qm_dev *qm)
{
	int ret;

	if ((qm->caps & HISI_QM_CAP_SVA_PREFETCH) == 0)
		return 0;
	ret = hisi_qm_pf_update32(qm, HISI_ZIP_SVA_PREFETCH, HISI_ZIP_PREFETCH_OFF, 0);
	if (ret == 0)
		ret = hisi_qm_pf_wait32(qm, HISI_ZIP_SVA_PREFETCH, HISI_ZIP_PREFETCH_BUSY, 0);
	for (unsigned int i = 0; ret == 0 && i < HISI_ZIP_SVA_LOOKS; i++)
		ret = hisi_qm_pf_wait32(qm, HISI_ZIP_SVA_STATUS, HISI_ZIP_SVA_NOT_READY, 0);
	return ret;
}

static int
hisi_zip_engine_cores(struct hisi_qm_dev *qm, uint32_t *cores)
{
	*cores = qm->hw < HISI_QM_HW_V3 ? HISI_ZIP_CORES_V2 : HISI_ZIP_CORES_V3;
	/* V3 that has capability registers has this one, too. */
	if (qm->hw >= HISI_QM_HW_V3 && (qm->caps & HISI_QM_CAP_VERSION) != 0)
		return hisi_qm_read32(qm, HISI_ZIP_CAP_CORE_ENABLE, cores);
	return 0;
}

/* hardware.md 6.2, 15, 17 to 19: better ratio rather than speed. */
static int
hisi_zip_engine_enable(struct hisi_qm_dev *qm)
{
	uint32_t cores;
	int ret = hisi_zip_engine_cores(qm, &cores);

	if (ret == 0)
		ret = hisi_qm_write32(qm, HISI_ZIP_CLOCK_GATE,
				      HISI_ZIP_GATE_CHECK | cores >> 16 | (cores & UINT16_MAX));
	if (ret == 0)
		ret = hisi_qm_pf_update32(qm, HISI_ZIP_HIGH_PERF, 1, 0);
	if (ret != 0 || qm->hw < HISI_QM_HW_V3)
		return ret;
	ret = hisi_qm_pf_update32(qm, HISI_ZIP_LIT_LEN, HISI_ZIP_LIT_LEN_OFF, 0);
	if (ret == 0)
		ret = hisi_qm_pf_update32(qm, HISI_ZIP_CLOCK_GATE, 0, HISI_ZIP_GATE_AUTO);
	return ret != 0 ? ret : hisi_qm_pf_update32(qm, HISI_ZIP_AUTO_GATE, 0, 1);
}

/* hardware.md 6.3, 4 and 5; all sources stay masked, the slow poll looks at them. */
static int
hisi_zip_engine_init_errors(struct hisi_qm_dev *qm)
{
	bool v3 = qm->hw >= HISI_QM_HW_V3;
	const struct hisi_zip_engine_write writes[] = {
		{HISI_ZIP_INT_MASK, UINT32_MAX},
		{HISI_ZIP_INT_SOURCE, UINT32_MAX},
		{HISI_ZIP_RAS_CE_ENABLE, HISI_ZIP_ERRORS_CE},
		{HISI_ZIP_RAS_FE_ENABLE, 0},
		{HISI_ZIP_RAS_NFE_ENABLE, v3 ? HISI_ZIP_ERRORS_NFE_V3 : HISI_ZIP_ERRORS_NFE_V2},
	};
	int ret = hisi_zip_engine_write_all(qm, writes, RTE_DIM(writes));

	if (ret == 0 && v3)
		ret = hisi_qm_write32(qm, HISI_ZIP_OOO_SHUTDOWN_SEL, HISI_ZIP_ERRORS_RESET);
	return ret != 0 ? ret :
			  hisi_qm_pf_update32(qm, HISI_ZIP_CONTROL, 0, HISI_ZIP_AXI_SHUTDOWN);
}

int
hisi_zip_engine_init(struct hisi_qm_dev *qm)
{
	int ret;

	ret = hisi_zip_engine_write_all(qm, hisi_zip_engine_user_domain,
					RTE_DIM(hisi_zip_engine_user_domain));
	if (ret == 0)
		ret = hisi_zip_engine_open_prefetch(qm);
	if (ret == 0)
		ret = hisi_zip_engine_enable(qm);
	return ret != 0 ? ret : hisi_zip_engine_init_errors(qm);
}

bool
hisi_zip_engine_broken(struct hisi_qm_dev *qm)
{
	uint32_t source;

	if (hisi_qm_read32(qm, HISI_ZIP_INT_SOURCE, &source) != 0 ||
	    (source & HISI_ZIP_ERRORS_RESET) == 0)
		return false;
	HISI_ZIP_LOG(ERR, "error of the engine: sources 0x%x", qm->name, source);
	return true;
}
