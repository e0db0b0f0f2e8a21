/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

/*
 * Registers that only the PF has: hardware.md 2.2, 2.4, Appendix B. Each word of a block is
 * storage that reads 0 after a reset, but for the rows of model_pf_regs.
 */

struct model_pf_block {
	uint32_t start;
	uint32_t end;
};

static const struct model_pf_block model_pf_blocks[] = {
	{0x100000, 0x100300}, /* QM */
	{0x104000, 0x104910}, /* QM: counters, shutdown select */
	{0x300000, 0x300190}, /* AXI master */
	{0x301000, 0x3012c0}, /* engine */
};

#define MODEL_PF_NB_BLOCKS (sizeof(model_pf_blocks) / sizeof(model_pf_blocks[0]))
#define MODEL_PF_WORDS     (0xc0 + 0x244 + 0x64 + 0xb0)

/* Counters of the cores, all 0: hardware.md 2.4.1. */
#define MODEL_PF_CORES     0x302000
#define MODEL_PF_CORES_END 0x30a000

/* What else a bulk read meets: hardware.md 2.2.6. */
#define MODEL_PF_OWN_END   0x310

#define MODEL_PF_AM_SHUT   0x1u
#define MODEL_PF_ALL_BACK  0x3u
#define MODEL_PF_VFT_READ  0x1u
#define MODEL_PF_NUMBER    0x3fu
#define MODEL_PF_TYPE      6 /* shift of the shaper's algorithm type */

enum model_pf_kind {
	MODEL_PF_CONST,   /* writes do nothing */
	MODEL_PF_STORE,   /* reads what was written */
	MODEL_PF_KEEP,    /* as STORE, and survives a function level reset: hardware.md 7.2 */
	MODEL_PF_SPECIAL, /* see zip_model_pf_get() and zip_model_pf_set() */
};

struct model_pf_reg {
	uint32_t offset;
	enum model_pf_kind kind;
	uint32_t reset;
};

static const struct model_pf_reg model_pf_regs[] = {
	{HISI_QM_ABNORMAL_INT_SOURCE, MODEL_PF_SPECIAL, 0},
	{HISI_QM_ABNORMAL_INT_MASK, MODEL_PF_SPECIAL, UINT32_MAX},
	{HISI_QM_ABNORMAL_INT_STATUS, MODEL_PF_SPECIAL, 0},
	{HISI_QM_ABNORMAL_INT_SET, MODEL_PF_SPECIAL, 0},
	{HISI_QM_ABNORMAL_INFO_0, MODEL_PF_CONST, 0},
	{HISI_QM_ABNORMAL_INFO_1, MODEL_PF_CONST, 0},
	{HISI_QM_ABNORMAL_INFO_2, MODEL_PF_CONST, 0},
	{HISI_QM_MEM_INIT_START, MODEL_PF_SPECIAL, 0},
	{HISI_QM_MEM_INIT_DONE, MODEL_PF_SPECIAL, 0},
	{HISI_QM_VFT_OP_ENABLE, MODEL_PF_SPECIAL, 0},
	{HISI_QM_VFT_READY, MODEL_PF_STORE, 1},
	{HISI_QM_DB_TIMEOUT, MODEL_PF_KEEP, 0},
	{HISI_QM_PEH_VENDOR_ID, MODEL_PF_STORE, HISI_PCI_VENDOR},
	{HISI_QM_PEH_DFX_INFO0, MODEL_PF_CONST, 0},
	{HISI_QM_PEH_DFX_INFO1, MODEL_PF_CONST, 0},
	{HISI_QM_IFC_READY_STATUS, MODEL_PF_SPECIAL, 0},
	{HISI_QM_IFC_READY_STATUS + 4, MODEL_PF_SPECIAL, 0},
	{HISI_QM_IFC_INT_SET_PF, MODEL_PF_SPECIAL, 0},
	{HISI_QM_IFC_INT_SOURCE_PF, MODEL_PF_SPECIAL, 0},
	{HISI_QM_IFC_INT_SOURCE_PF + 4, MODEL_PF_SPECIAL, 0},
	{HISI_QM_PM_CTRL, MODEL_PF_KEEP, 0},
	{HISI_QM_QUEUE_ISOLATION, MODEL_PF_SPECIAL, 0},
	{HISI_QM_QUEUE_COUNTS, MODEL_PF_SPECIAL, 0},
	{HISI_QM_IDLE_STATE, MODEL_PF_CONST, 1},
	{HISI_QM_AM_CTRL, MODEL_PF_SPECIAL, 0},
	{HISI_QM_AM_ROB_ECC, MODEL_PF_CONST, 0},
	{HISI_QM_AM_RETURNED, MODEL_PF_SPECIAL, 0},
	{HISI_ZIP_CLOCK_GATE, MODEL_PF_SPECIAL, 0},
	{HISI_ZIP_INT_SOURCE, MODEL_PF_SPECIAL, 0},
	{HISI_ZIP_INT_MASK, MODEL_PF_SPECIAL, UINT32_MAX},
	{HISI_ZIP_INT_SET, MODEL_PF_SPECIAL, 0},
	{HISI_ZIP_INT_STATUS, MODEL_PF_SPECIAL, 0},
	{HISI_ZIP_SVA_STATUS, MODEL_PF_CONST, 0},
};

#define MODEL_PF_NB_REGS (sizeof(model_pf_regs) / sizeof(model_pf_regs[0]))

struct model_pf {
	uint32_t words[MODEL_PF_WORDS];
	uint32_t qm_source;  /* errors */
	uint32_t zip_source;
	bool memory_ready;
};

/* Where a register's word is, or MODEL_PF_WORDS. */
static size_t
model_pf_index(uint64_t offset)
{
	size_t index = 0;
	size_t i;

	for (i = 0; i < MODEL_PF_NB_BLOCKS; i++) {
		const struct model_pf_block *block = &model_pf_blocks[i];

		if (offset >= block->start && offset < block->end)
			return index + (offset - block->start) / sizeof(uint32_t);
		index += (block->end - block->start) / sizeof(uint32_t);
	}
	return MODEL_PF_WORDS;
}

static uint32_t *
model_pf_word(struct zip_model *model, uint32_t offset)
{
	return &model->pf->words[model_pf_index(offset)];
}

static enum model_pf_kind
model_pf_kind(uint32_t offset)
{
	size_t i;

	for (i = 0; i < MODEL_PF_NB_REGS; i++) {
		if (model_pf_regs[i].offset == offset)
			return model_pf_regs[i].kind;
	}
	return MODEL_PF_STORE;
}

bool
zip_model_pf_has(const struct zip_model *model, uint64_t offset)
{
	return model->pf != NULL &&
			(model_pf_index(offset) < MODEL_PF_WORDS || offset < MODEL_PF_OWN_END ||
					(offset >= MODEL_PF_CORES && offset < MODEL_PF_CORES_END));
}

int
zip_model_pf_create(struct zip_model *model)
{
	model->pf = calloc(1, sizeof(*model->pf));
	if (model->pf == NULL)
		return -ENOMEM;
	zip_model_pf_reset(model, ZIP_MODEL_RESET_DEVICE);
	return 0;
}

void
zip_model_pf_reset(struct zip_model *model, enum zip_model_reset_kind kind)
{
	struct model_pf *pf = model->pf;
	struct model_pf old = *pf;
	size_t i;

	memset(pf, 0, sizeof(*pf));
	for (i = 0; i < MODEL_PF_NB_REGS; i++) {
		const struct model_pf_reg *reg = &model_pf_regs[i];
		size_t index = model_pf_index(reg->offset);
		bool keep = reg->kind == MODEL_PF_KEEP && kind == ZIP_MODEL_RESET_FLR;

		pf->words[index] = keep ? old.words[index] : reg->reset;
	}
	/* No driver repeats the initialisation after a function level reset: hardware.md 7.2. */
	pf->memory_ready = kind == ZIP_MODEL_RESET_FLR && old.memory_ready;
	atomic_store_explicit(&model->card->cores, 0, memory_order_relaxed);
}

static uint32_t
model_pf_qm_status(struct zip_model *model)
{
	return model->pf->qm_source & ~*model_pf_word(model, HISI_QM_ABNORMAL_INT_MASK);
}

static uint32_t
model_pf_zip_status(struct zip_model *model)
{
	return model->pf->zip_source & ~*model_pf_word(model, HISI_ZIP_INT_MASK);
}

/* After a change of sources or masks: tell of what was not to be seen before. */
static void
model_pf_irq(struct zip_model *model, uint32_t old_qm, uint32_t old_zip)
{
	if (!((model_pf_qm_status(model) & ~old_qm) | (model_pf_zip_status(model) & ~old_zip)) ||
			!model_may_dma(model))
		return;
	model_count_shared(&model->irqs);
	if (model->host.irq != NULL)
		model->host.irq(model->host.ctx, HISI_PCI_VECTOR_ABNORMAL);
}

void
zip_model_pf_error(struct zip_model *model, uint32_t qm, uint32_t zip)
{
	uint32_t old_qm = model_pf_qm_status(model);
	uint32_t old_zip = model_pf_zip_status(model);

	model->pf->qm_source |= qm;
	model->pf->zip_source |= zip;
	model_pf_irq(model, old_qm, old_zip);
}

static void
model_pf_mask(struct zip_model *model, uint32_t offset, uint32_t value)
{
	uint32_t old_qm = model_pf_qm_status(model);
	uint32_t old_zip = model_pf_zip_status(model);

	*model_pf_word(model, offset) = value;
	model_pf_irq(model, old_qm, old_zip);
}

static unsigned int
model_pf_vft_type(uint32_t type, uint32_t index)
{
	if (type == MODEL_VFT_SHAPER)
		return MODEL_VFT_SHAPER + (index >> MODEL_PF_TYPE);
	return index <= MODEL_PF_NUMBER ? type : MODEL_VFT_TYPES;
}

/* One operation on the VFT: hardware.md 12.2. */
static void
model_pf_vft(struct zip_model *model)
{
	uint32_t index = *model_pf_word(model, HISI_QM_VFT_INDEX);
	unsigned int type = model_pf_vft_type(*model_pf_word(model, HISI_QM_VFT_TYPE), index);
	uint32_t *low = model_pf_word(model, HISI_QM_VFT_DATA_L);
	uint32_t *high = model_pf_word(model, HISI_QM_VFT_DATA_H);
	uint64_t word;

	*model_pf_word(model, HISI_QM_VFT_READY) = 1;
	if (!model->pf->memory_ready || type >= MODEL_VFT_TYPES) {
		zip_model_log(model, ZIP_MODEL_LOG_WARNING, "VFT: %s",
				type >= MODEL_VFT_TYPES ? "no such entry"
							: "its memory is not initialised");
		return;
	}
	index &= MODEL_PF_NUMBER;
	if (*model_pf_word(model, HISI_QM_VFT_OP) & MODEL_PF_VFT_READ) {
		word = model->card->vft[type][index];
		*low = (uint32_t)word;
		*high = (uint32_t)(word >> 32);
	} else {
		zip_model_card_assign(model->card, type, index, model_address(*low, *high));
		zip_model_card_sync(model);
	}
}

static void
model_pf_memory(struct zip_model *model)
{
	zip_model_card_clear(model->card);
	zip_model_card_sync(model);
	model->pf->memory_ready = true;
}

static uint32_t
model_pf_counts(const struct zip_model *model)
{
	if (model->hw < ZIP_MODEL_V3)
		return 0;
	return HISI_HW_PREP(HISI_QM_QUEUE_COUNTS_TOTAL, (uint32_t)model->nb_queues) |
			HISI_HW_PREP(HISI_QM_QUEUE_COUNTS_FUNC, (uint32_t)model->nb_queues);
}

static uint32_t
model_pf_special(struct zip_model *model, uint32_t offset)
{
	switch (offset) {
	case HISI_QM_ABNORMAL_INT_SOURCE:
		return model->pf->qm_source;
	case HISI_QM_ABNORMAL_INT_STATUS:
		return model_pf_qm_status(model);
	case HISI_QM_MEM_INIT_DONE:
		return model->pf->memory_ready;
	case HISI_QM_IFC_READY_STATUS:
		return (uint32_t)model->card->unread;
	case HISI_QM_IFC_READY_STATUS + 4:
		return (uint32_t)(model->card->unread >> 32);
	case HISI_QM_IFC_INT_SOURCE_PF:
		return (uint32_t)model->card->sent;
	case HISI_QM_IFC_INT_SOURCE_PF + 4:
		return (uint32_t)(model->card->sent >> 32);
	case HISI_QM_QUEUE_ISOLATION:
		return model->db_isolation;
	case HISI_QM_QUEUE_COUNTS:
		return model_pf_counts(model);
	case HISI_QM_AM_RETURNED:
		return zip_model_card_quiet(model->card) ? MODEL_PF_ALL_BACK : 0;
	case HISI_ZIP_INT_SOURCE:
		return model->pf->zip_source;
	case HISI_ZIP_INT_STATUS:
		return model_pf_zip_status(model);
	default: /* masks and controls read what was written, commands 0 */
		return *model_pf_word(model, offset);
	}
}

uint32_t
zip_model_pf_get(struct zip_model *model, uint32_t offset)
{
	if (model_pf_index(offset) == MODEL_PF_WORDS)
		return 0;
	if (model_pf_kind(offset) == MODEL_PF_SPECIAL)
		return model_pf_special(model, offset);
	return *model_pf_word(model, offset);
}

static void
model_pf_control(struct zip_model *model, uint32_t offset, uint32_t value)
{
	*model_pf_word(model, offset) = value;
	if (offset == HISI_QM_AM_CTRL)
		zip_model_card_close(model->card, value & MODEL_PF_AM_SHUT);
	else
		atomic_store_explicit(&model->card->cores, value, memory_order_relaxed);
}

static void
model_pf_command(struct zip_model *model, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case HISI_QM_ABNORMAL_INT_SET:
		zip_model_pf_error(model, value, 0);
		break;
	case HISI_ZIP_INT_SET:
		zip_model_pf_error(model, 0, value);
		break;
	case HISI_QM_MEM_INIT_START:
		if (value & 1)
			model_pf_memory(model);
		break;
	case HISI_QM_VFT_OP_ENABLE:
		if (value & 1)
			model_pf_vft(model);
		break;
	case HISI_QM_IFC_INT_SET_PF:
		if (value & 1)
			zip_model_ifc_ring(model, *model_pf_word(model, HISI_QM_IFC_INT_CFG));
		break;
	default:
		break;
	}
}

static void
model_pf_set_special(struct zip_model *model, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case HISI_QM_ABNORMAL_INT_SOURCE:
		model->pf->qm_source &= ~value;
		break;
	case HISI_ZIP_INT_SOURCE:
		model->pf->zip_source &= ~value;
		break;
	case HISI_QM_ABNORMAL_INT_MASK:
	case HISI_ZIP_INT_MASK:
		model_pf_mask(model, offset, value);
		break;
	case HISI_QM_IFC_INT_SOURCE_PF:
		zip_model_ifc_acknowledge(model, value);
		break;
	case HISI_QM_IFC_INT_SOURCE_PF + 4:
		zip_model_ifc_acknowledge(model, (uint64_t)value << 32);
		break;
	case HISI_QM_AM_CTRL:
	case HISI_ZIP_CLOCK_GATE:
		model_pf_control(model, offset, value);
		break;
	default:
		model_pf_command(model, offset, value);
		break;
	}
}

void
zip_model_pf_set(struct zip_model *model, uint32_t offset, uint32_t value)
{
	if (model_pf_index(offset) == MODEL_PF_WORDS)
		return;
	switch (model_pf_kind(offset)) {
	case MODEL_PF_CONST:
		break;
	case MODEL_PF_SPECIAL:
		model_pf_set_special(model, offset, value);
		break;
	case MODEL_PF_STORE:
	case MODEL_PF_KEEP:
		*model_pf_word(model, offset) = value;
		break;
	}
}
