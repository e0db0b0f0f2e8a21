/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <string.h>

#include "model_priv.h"

enum model_reg_kind {
	MODEL_REG_CONST,   /* reads its reset value, writes do nothing */
	MODEL_REG_STORE,   /* reads what was written */
	MODEL_REG_SPECIAL, /* see model_reg_get() and model_reg_set() */
};

/* One register of 32 bits. */
struct model_reg {
	uint32_t offset;
	enum model_reg_kind kind;
	uint32_t reset;
	uint32_t writable;
	bool since_v3;
};

/* Of each function, V3: hardware.md 2.1, 2.3, Appendix B. By offset; values of 14.1. */
static const struct model_reg model_regs[] = {
	{HISI_QM_AEQ_INT_SOURCE, MODEL_REG_SPECIAL, 0, 0, false},
	{HISI_QM_AEQ_INT_MASK, MODEL_REG_SPECIAL, 1, 0x1, false},
	{HISI_QM_EQ_INT_SOURCE, MODEL_REG_SPECIAL, 0, 0, false},
	{HISI_QM_EQ_INT_MASK, MODEL_REG_SPECIAL, 1, 0x1, false},
	{HISI_QM_IFC_INT_SOURCE, MODEL_REG_SPECIAL, 0, 0, true},
	{HISI_QM_IFC_INT_MASK, MODEL_REG_SPECIAL, 1, 0x1, true},
	{HISI_QM_IFC_INT_STATUS, MODEL_REG_SPECIAL, 0, 0, true},
	{HISI_QM_IFC_INT_SET, MODEL_REG_SPECIAL, 0, 0, true},
	{HISI_QM_DB_ISOLATION, MODEL_REG_SPECIAL, 0, 0, true},
	{HISI_QM_PAGE_SIZE, MODEL_REG_STORE, 0, 0x3, true},
	{HISI_QM_VF_STATE, MODEL_REG_STORE, HISI_QM_VF_STATE_NOT_READY, 0x1, true},
	{HISI_QM_FUNC_ACTIVE, MODEL_REG_CONST, 0, 0, false},
	{HISI_QM_CACHE_WB_START, MODEL_REG_SPECIAL, 0, 0x1, false},
	{HISI_QM_CACHE_WB_DONE, MODEL_REG_STORE, 0, 0, false},
	{HISI_QM_SUB_VERSION, MODEL_REG_CONST, 0, 0, false},
	{HISI_QM_MB, MODEL_REG_SPECIAL, 0, UINT32_MAX, false},
	{HISI_QM_MB_BASE_L, MODEL_REG_SPECIAL, 0, UINT32_MAX, false},
	{HISI_QM_MB_BASE_H, MODEL_REG_SPECIAL, 0, UINT32_MAX, false},
	{HISI_QM_MB_LAST, MODEL_REG_SPECIAL, 0, UINT32_MAX, false},
	{HISI_QM_CAP, MODEL_REG_CONST, 0x00006f01, 0, true},
	{HISI_QM_CAP_XEQ_DEPTH, MODEL_REG_CONST, 0x04000800, 0, true},
	{HISI_QM_CAP_QP_DEPTH, MODEL_REG_CONST, 0x04000400, 0, true},
	{HISI_QM_CAP_EQ_IRQ, MODEL_REG_CONST, 0x00010000, 0, true},
	{HISI_QM_CAP_AEQ_IRQ, MODEL_REG_CONST, 0x00010001, 0, true},
	{HISI_QM_CAP_ABNORMAL_IRQ, MODEL_REG_CONST, 0x00010003, 0, true},
	{HISI_QM_CAP_MSG_IRQ, MODEL_REG_CONST, 0x00010002, 0, true},
	{HISI_QM_CAP_NB_IRQS, MODEL_REG_CONST, 0x00040003, 0, true},
	{HISI_QM_CAP_EXT_BAR, MODEL_REG_CONST, 0x00000014, 0, true},
	{HISI_QM_CAP_QM_NFE, MODEL_REG_CONST, 0x00007c77, 0, true},
	{HISI_QM_CAP_QM_RESET, MODEL_REG_CONST, 0x00006c77, 0, true},
	{HISI_QM_CAP_QM_CE, MODEL_REG_CONST, 0x00000008, 0, true},
	{HISI_ZIP_CAP_NFE, MODEL_REG_CONST, 0x00001ffe, 0, true},
	{HISI_ZIP_CAP_RESET, MODEL_REG_CONST, 0x000007fe, 0, true},
	{HISI_ZIP_CAP_CE, MODEL_REG_CONST, 0x00000001, 0, true},
	{HISI_ZIP_CAP_CORE_INFO, MODEL_REG_CONST, 0x12050203, 0, true},
	{HISI_ZIP_CAP_CORE_ENABLE, MODEL_REG_CONST, 0x001c0003, 0, true},
	{HISI_ZIP_CAP_DRV_ALGS, MODEL_REG_CONST, 0x00000030, 0, true},
	{HISI_ZIP_CAP_DEV_ALGS, MODEL_REG_CONST, 0x0000003f, 0, true},
	{HISI_ZIP_CAP_CORE_ALGS, MODEL_REG_CONST, 0x000000d5, 0, true},
	{HISI_ZIP_CAP_CORE_ALGS + 4, MODEL_REG_CONST, 0x000000d5, 0, true},
	{HISI_ZIP_CAP_CORE_ALGS + 8, MODEL_REG_CONST, 0x0000002a, 0, true},
	{HISI_ZIP_CAP_CORE_ALGS + 12, MODEL_REG_CONST, 0x0000002a, 0, true},
	{HISI_ZIP_CAP_CORE_ALGS + 16, MODEL_REG_CONST, 0x0000002a, 0, true},
};

#define MODEL_NB_KNOWN_REGS (sizeof(model_regs) / sizeof(model_regs[0]))

static_assert(MODEL_NB_KNOWN_REGS <= MODEL_NB_REGS, "room for the values");

static const struct model_reg *
model_reg_find(uint64_t offset)
{
	size_t low = 0;
	size_t high = MODEL_NB_KNOWN_REGS;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (model_regs[mid].offset == offset)
			return &model_regs[mid];
		if (model_regs[mid].offset < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The row of a register that the function has. */
static const struct model_reg *
model_reg_of(const struct zip_model *model, uint64_t offset)
{
	const struct model_reg *reg = model_reg_find(offset);

	return reg != NULL && reg->since_v3 && model->hw < ZIP_MODEL_V3 ? NULL : reg;
}

static uint32_t *
model_reg_value(struct zip_model *model, const struct model_reg *reg)
{
	return &model->regs[reg - model_regs];
}

/* Those that name LZ4: the driver's, the device's, and the compression cores'. */
static void
model_regs_add_lz4(struct zip_model *model)
{
	static const uint16_t offsets[] = {
			HISI_ZIP_CAP_DRV_ALGS,
			HISI_ZIP_CAP_DEV_ALGS,
			HISI_ZIP_CAP_CORE_ALGS,
			HISI_ZIP_CAP_CORE_ALGS + 4,
	};
	size_t i;

	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		*model_reg_value(model, model_reg_find(offsets[i])) |= HISI_ZIP_ALG_LZ4_COMPRESS;
}

void
zip_model_regs_reset(struct zip_model *model)
{
	size_t i;

	for (i = 0; i < MODEL_NB_KNOWN_REGS; i++)
		model->regs[i] = model_regs[i].reset;
	if (model->takes.lz4)
		model_regs_add_lz4(model);
	*model_reg_value(model, model_reg_find(HISI_QM_DB_ISOLATION)) =
			model->db_isolation ? HISI_QM_DB_ISOLATION_ON : 0;
}

static uint32_t
model_reg_get(struct zip_model *model, const struct model_reg *reg)
{
	switch (reg->offset) {
	case HISI_QM_AEQ_INT_SOURCE:
		return zip_model_event_source(model, &model->events.aeq);
	case HISI_QM_AEQ_INT_MASK:
		return model->events.aeq.masked;
	case HISI_QM_EQ_INT_SOURCE:
		return zip_model_event_source(model, &model->events.eq);
	case HISI_QM_EQ_INT_MASK:
		return model->events.eq.masked;
	case HISI_QM_IFC_INT_SOURCE:
	case HISI_QM_IFC_INT_MASK:
	case HISI_QM_IFC_INT_STATUS:
	case HISI_QM_IFC_INT_SET:
		return zip_model_ifc_get(model, reg->offset);
	case HISI_QM_MB:
	case HISI_QM_MB_BASE_L:
	case HISI_QM_MB_BASE_H:
	case HISI_QM_MB_LAST:
		return zip_model_mbox_read(model, (reg->offset - HISI_QM_MB) / sizeof(uint32_t));
	default:
		return *model_reg_value(model, reg);
	}
}

static void
model_reg_special(struct zip_model *model, const struct model_reg *reg, uint32_t value)
{
	switch (reg->offset) {
	case HISI_QM_AEQ_INT_MASK:
		zip_model_event_mask(model, &model->events.aeq, value & 1);
		break;
	case HISI_QM_EQ_INT_MASK:
		zip_model_event_mask(model, &model->events.eq, value & 1);
		break;
	case HISI_QM_CACHE_WB_START:
		if (value & 1) {
			zip_model_mbox_write_back(model);
			*model_reg_value(model, model_reg_find(HISI_QM_CACHE_WB_DONE)) = 1;
		}
		break;
	case HISI_QM_IFC_INT_SOURCE:
	case HISI_QM_IFC_INT_MASK:
	case HISI_QM_IFC_INT_SET:
		zip_model_ifc_set(model, reg->offset, value);
		break;
	case HISI_QM_MB:
	case HISI_QM_MB_BASE_L:
	case HISI_QM_MB_BASE_H:
	case HISI_QM_MB_LAST:
		zip_model_mbox_write(model, (reg->offset - HISI_QM_MB) / sizeof(uint32_t), value);
		break;
	default:
		break;
	}
}

static void
model_reg_set(struct zip_model *model, const struct model_reg *reg, uint32_t value)
{
	if (reg->kind == MODEL_REG_SPECIAL)
		model_reg_special(model, reg, value);
	else if (reg->kind == MODEL_REG_STORE)
		*model_reg_value(model, reg) = value & reg->writable;
}

/* Registers may be accessed by pairs and fours: the mailbox is, hardware.md 3.3. */
static bool
model_regs_fit(uint64_t offset, size_t size)
{
	return (size == 4 || size == 8 || size == 16) && offset % size == 0;
}

static int
model_regs_read(struct zip_model *model, uint64_t offset, uint8_t *buf, size_t size)
{
	size_t i;

	if (!model_regs_fit(offset, size))
		return -EINVAL;
	if (size == 8 && zip_model_is_doorbell(HISI_PCI_BAR_REGS, offset))
		return 0;
	for (i = 0; i < size; i += sizeof(uint32_t)) {
		const struct model_reg *reg = model_reg_of(model, offset + i);
		uint32_t value;

		if (reg != NULL)
			value = model_reg_get(model, reg);
		else if (zip_model_pf_has(model, offset + i))
			value = zip_model_pf_get(model, (uint32_t)(offset + i));
		else
			return -EINVAL;
		memcpy(buf + i, &value, sizeof(value));
	}
	return 0;
}

static void
model_regs_doorbell(struct zip_model *model, unsigned int bar, uint64_t offset, uint64_t word)
{
	bool of_queue = HISI_HW_GET(HISI_QM_DB_CMD, word) <= HISI_QM_DB_CMD_CQ;
	bool of_event = !of_queue && HISI_HW_GET(HISI_QM_DB_CMD, word) <= HISI_QM_DB_CMD_AEQ;

	if (bar == HISI_PCI_BAR_DOORBELLS && of_queue)
		zip_model_doorbell_chip(model, word, (int)(offset / HISI_QM_DB_WINDOW));
	else if (bar == HISI_PCI_BAR_REGS && offset == HISI_QM_DB_SQ_CQ && of_queue)
		zip_model_doorbell_chip(model, word, -1);
	else if (bar == HISI_PCI_BAR_REGS && offset == HISI_QM_DB_EQ_AEQ && of_event)
		zip_model_event_doorbell(model, word);
	else
		model_count(&model->dropped, 1);
}

static int
model_regs_write(struct zip_model *model, uint64_t offset, const uint8_t *buf, size_t size)
{
	size_t i;

	if (!model_regs_fit(offset, size))
		return -EINVAL;
	for (i = 0; i < size; i += sizeof(uint32_t)) {
		if (model_reg_of(model, offset + i) == NULL && !zip_model_pf_has(model, offset + i))
			return -EINVAL;
	}
	for (i = 0; i < size; i += sizeof(uint32_t)) {
		const struct model_reg *reg = model_reg_of(model, offset + i);
		uint32_t value;

		memcpy(&value, buf + i, sizeof(value));
		if (reg != NULL)
			model_reg_set(model, reg, value);
		else
			zip_model_pf_set(model, (uint32_t)(offset + i), value);
	}
	return 0;
}

/* BAR 0, for clients that do not map it. A doorbell word goes in and out as one. */
static uint8_t *
model_shadow_at(const struct zip_model *model, uint64_t offset, size_t size)
{
	if (model->shadow == NULL || size == 0 || size > 16 || offset > model->shadow_len ||
			size > model->shadow_len - offset)
		return NULL;
	return model->shadow + offset;
}

static int
model_shadow_read(const struct zip_model *model, uint64_t offset, uint8_t *buf, size_t size)
{
	const uint8_t *at = model_shadow_at(model, offset, size);
	uint64_t word;
	size_t i;

	if (at == NULL)
		return -EINVAL;
	if (size == sizeof(word) && offset % sizeof(word) == 0) {
		word = atomic_load_explicit(
				(const _Atomic uint64_t *)(const void *)at, memory_order_acquire);
		memcpy(buf, &word, sizeof(word));
		return 0;
	}
	for (i = 0; i < size; i++)
		buf[i] = atomic_load_explicit(
				(const _Atomic uint8_t *)at + i, memory_order_relaxed);
	return 0;
}

static int
model_shadow_write(const struct zip_model *model, uint64_t offset, const uint8_t *buf, size_t size)
{
	uint8_t *at = model_shadow_at(model, offset, size);
	uint64_t word;
	size_t i;

	if (at == NULL)
		return -EINVAL;
	if (size == sizeof(word) && offset % sizeof(word) == 0) {
		memcpy(&word, buf, sizeof(word));
		atomic_store_explicit((_Atomic uint64_t *)(void *)at, word, memory_order_release);
		return 0;
	}
	for (i = 0; i < size; i++)
		atomic_store_explicit((_Atomic uint8_t *)at + i, buf[i], memory_order_relaxed);
	return 0;
}

bool
zip_model_is_doorbell(unsigned int bar, uint64_t offset)
{
	if (bar == HISI_PCI_BAR_REGS)
		return offset == HISI_QM_DB_SQ_CQ || offset == HISI_QM_DB_EQ_AEQ;
	return bar == HISI_PCI_BAR_DOORBELLS && offset % HISI_QM_DB_WINDOW == HISI_QM_DB_SQ_CQ;
}

/* Whether an address lies in a BAR that the function has, apart from its meaning there. */
static bool
model_bar_has(const struct zip_model *model, unsigned int bar, uint64_t offset)
{
	struct zip_model_identity identity;

	zip_model_identity(model, &identity);
	return bar < sizeof(identity.bar_size) / sizeof(identity.bar_size[0]) &&
			offset < identity.bar_size[bar];
}

int
zip_model_read(struct zip_model *model, unsigned int bar, uint64_t offset, void *buf, size_t size)
{
	int ret = -EINVAL;

	zip_model_card_sync(model);
	if (!(model->command & MODEL_PCI_MEMORY)) {
		memset(buf, 0xff, size);
		return 0;
	}
	memset(buf, 0, size);
	if (bar == HISI_SHADOW_BAR)
		ret = model_shadow_read(model, offset, buf, size);
	else if (bar == HISI_PCI_BAR_REGS)
		ret = model_regs_read(model, offset, buf, size);
	else if (zip_model_is_doorbell(bar, offset) && model_bar_has(model, bar, offset))
		ret = size == sizeof(uint64_t) ? 0 : -EINVAL;
	if (ret < 0) {
		memset(buf, 0, size);
		model_count(&model->illegal, 1);
	}
	return ret;
}

int
zip_model_write(struct zip_model *model, unsigned int bar, uint64_t offset, const void *buf,
		size_t size)
{
	int ret = -EINVAL;

	if (!(model->command & MODEL_PCI_MEMORY))
		return 0;
	if (bar == HISI_SHADOW_BAR) {
		ret = model_shadow_write(model, offset, buf, size);
	} else if (zip_model_is_doorbell(bar, offset) && model_bar_has(model, bar, offset)) {
		uint64_t word;

		if (size == sizeof(word)) {
			memcpy(&word, buf, sizeof(word));
			model_regs_doorbell(model, bar, offset, word);
			ret = 0;
		}
	} else if (bar == HISI_PCI_BAR_REGS) {
		zip_model_card_sync(model);
		ret = model_regs_write(model, offset, buf, size);
	}
	if (ret < 0)
		model_count(&model->illegal, 1);
	return ret;
}
