/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include "model_priv.h"

/* Messages between PF and VFs: hardware.md 7.5, as V3 does it. */

#define MODEL_IFC_BIT     0x1u
#define MODEL_IFC_TARGET  0x7fu
#define MODEL_IFC_ALL     0x7fu
#define MODEL_IFC_TO_ALL  0xffff /* queue field of SRC */

static uint64_t
model_ifc_bit(const struct zip_model *model)
{
	return 1ull << model->number;
}

static void
model_ifc_irq(struct zip_model *model, bool due)
{
	if (!due || !model_may_dma(model))
		return;
	model_count_shared(&model->irqs);
	if (model->host.irq != NULL)
		model->host.irq(model->host.ctx, HISI_PCI_VECTOR_MSG);
}

static void
model_ifc_raise(struct zip_model *model)
{
	bool due = !model->ifc.source && !model->ifc.masked;

	model->ifc.source = true;
	model_ifc_irq(model, due);
}

void
zip_model_ifc_kick(struct zip_model *model)
{
	model_ifc_irq(model, model->ifc.source && !model->ifc.masked);
}

void
zip_model_ifc_reset(struct zip_model *model)
{
	struct zip_model_card *card = model->card;
	unsigned int i;

	model->ifc = (struct model_ifc){.masked = true};
	card->unread &= ~model_ifc_bit(model);
	if (model->function != ZIP_MODEL_PF)
		return;
	/* Nobody is left to acknowledge what was sent to it, or to be told by whom. */
	card->sent = 0;
	card->unread = 0;
	for (i = 1; i < ZIP_MODEL_MAX_FUNCTIONS; i++) {
		if (card->functions[i] != NULL)
			card->functions[i]->ifc.ringing = false;
	}
}

uint32_t
zip_model_ifc_get(const struct zip_model *model, uint32_t offset)
{
	switch (offset) {
	case HISI_QM_IFC_INT_SOURCE:
		return model->ifc.source;
	case HISI_QM_IFC_INT_MASK:
		return model->ifc.masked;
	case HISI_QM_IFC_INT_STATUS:
		return model->ifc.source && !model->ifc.masked;
	default:
		return model->ifc.ringing;
	}
}

/* A VF rings; without a PF the message is acknowledged at once. */
static void
model_ifc_call(struct zip_model *model)
{
	struct zip_model *pf = model->card->functions[0];

	if (pf == NULL || model == pf)
		return;
	model->ifc.ringing = true;
	model->card->sent |= model_ifc_bit(model);
	model_ifc_raise(pf);
}

void
zip_model_ifc_set(struct zip_model *model, uint32_t offset, uint32_t value)
{
	bool bit = value & MODEL_IFC_BIT;
	bool was_masked = model->ifc.masked;

	switch (offset) {
	case HISI_QM_IFC_INT_SOURCE:
		if (bit) {
			model->ifc.source = false;
			model->card->unread &= ~model_ifc_bit(model);
		}
		break;
	case HISI_QM_IFC_INT_MASK:
		model->ifc.masked = bit;
		model_ifc_irq(model, was_masked && !bit && model->ifc.source);
		break;
	case HISI_QM_IFC_INT_SET:
		if (bit)
			model_ifc_call(model);
		break;
	default:
		break;
	}
}

unsigned int
zip_model_ifc_send(struct zip_model *model, unsigned int queue, uint64_t message)
{
	struct zip_model_card *card = model->card;
	unsigned int i;

	if (model->function != ZIP_MODEL_PF) {
		card->from_vf[model->number] = message;
		return ZIP_MODEL_MB_OK;
	}
	if (queue == MODEL_IFC_TO_ALL) {
		for (i = 1; i < ZIP_MODEL_MAX_FUNCTIONS; i++)
			card->to_vf[i] = message;
		return ZIP_MODEL_MB_OK;
	}
	if (queue == 0 || queue >= ZIP_MODEL_MAX_FUNCTIONS)
		return ZIP_MODEL_MB_QUEUE;
	card->to_vf[queue] = message;
	return ZIP_MODEL_MB_OK;
}

unsigned int
zip_model_ifc_fetch(const struct zip_model *model, unsigned int queue, uint64_t *message)
{
	const struct zip_model_card *card = model->card;

	if (model->function != ZIP_MODEL_PF) {
		*message = card->to_vf[model->number];
		return ZIP_MODEL_MB_OK;
	}
	if (queue == 0 || queue >= ZIP_MODEL_MAX_FUNCTIONS)
		return ZIP_MODEL_MB_QUEUE;
	*message = card->from_vf[queue];
	return ZIP_MODEL_MB_OK;
}

void
zip_model_ifc_ring(struct zip_model *model, uint32_t target)
{
	struct zip_model_card *card = model->card;
	uint32_t number = target & MODEL_IFC_TARGET;
	unsigned int i;

	for (i = 1; i < ZIP_MODEL_MAX_FUNCTIONS; i++) {
		if ((number != MODEL_IFC_ALL && number != i) || card->functions[i] == NULL)
			continue;
		card->unread |= 1ull << i;
		model_ifc_raise(card->functions[i]);
	}
}

void
zip_model_ifc_acknowledge(struct zip_model *model, uint64_t functions)
{
	struct zip_model_card *card = model->card;
	unsigned int i;

	card->sent &= ~functions;
	for (i = 1; i < ZIP_MODEL_MAX_FUNCTIONS; i++) {
		if ((functions >> i & 1) && card->functions[i] != NULL)
			card->functions[i]->ifc.ringing = false;
	}
}
