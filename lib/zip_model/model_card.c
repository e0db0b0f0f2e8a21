/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

int
zip_model_card_create(bool with_pf, struct zip_model_card **out)
{
	struct zip_model_card *card = calloc(1, sizeof(*card));

	if (card == NULL)
		return -ENOMEM;
	card->with_pf = with_pf;
	atomic_store_explicit(&card->cores, with_pf ? 0 : UINT32_MAX, memory_order_relaxed);
	*out = card;
	return 0;
}

void
zip_model_card_destroy(struct zip_model_card *card)
{
	free(card);
}

/* Queues that an entry assigns, from the first on; 0 if it is not valid. */
static unsigned int
model_card_queues(const struct zip_model_card *card, unsigned int number, unsigned int *base)
{
	uint64_t sqc = card->vft[MODEL_VFT_SQC][number];

	*base = (unsigned int)HISI_HW_GET(HISI_QM_VFT_BASE, sqc);
	if (!(sqc & HISI_QM_VFT_VALID) ||
			!(card->vft[MODEL_VFT_CQC][number] & HISI_QM_VFT_CQC_VALID))
		return 0;
	return (unsigned int)HISI_HW_GET(HISI_QM_VFT_NUM_MINUS_1, sqc) + 1;
}

/* The same of an entry that keeps to the rules of hardware.md 12.3. */
static unsigned int
model_card_granted(struct zip_model_card *card, unsigned int number)
{
	unsigned int base;
	unsigned int nb = model_card_queues(card, number, &base);
	struct zip_model *pf = card->functions[0];
	unsigned int other;

	if (base + nb > card->nb_queues) {
		zip_model_log(pf, ZIP_MODEL_LOG_WARNING,
				"function %u: queues %u to %u, but the device has %u", number, base,
				base + nb - 1, card->nb_queues);
		return 0;
	}
	for (other = 0; nb > 0 && other < ZIP_MODEL_MAX_FUNCTIONS; other++) {
		unsigned int start;
		unsigned int its = model_card_queues(card, other, &start);

		if (other != number && base < start + its && start < base + nb) {
			zip_model_log(pf, ZIP_MODEL_LOG_WARNING,
					"functions %u and %u: both have queue %u", number, other,
					base > start ? base : start);
			return 0;
		}
	}
	return nb;
}

/* Take all queues of a function out of service, and give it new ones. */
static void
model_card_grant(struct zip_model_card *card, unsigned int number)
{
	struct zip_model *model = card->functions[number];
	unsigned int nb;

	if (model == NULL)
		return;
	nb = model_card_granted(card, number);
	model->nb_active = nb < model->nb_queues ? nb : model->nb_queues;
	/* Its services may be at work: the next ones stop here, the rest waits for its section. */
	atomic_store_explicit(&model->revoked, true, memory_order_relaxed);
}

void
zip_model_card_sync(struct zip_model *model)
{
	unsigned int q;

	if (!atomic_load_explicit(&model->revoked, memory_order_relaxed))
		return;
	for (q = 0; q < model->nb_queues; q++)
		zip_model_queue_forget(model, &model->queues[q]);
	atomic_store_explicit(&model->revoked, false, memory_order_relaxed);
}

void
zip_model_card_assign(struct zip_model_card *card, unsigned int type, unsigned int number,
		uint64_t word)
{
	bool changed = card->vft[type][number] != word;

	card->vft[type][number] = word;
	if (changed && type < MODEL_VFT_SHAPER)
		model_card_grant(card, number);
}

void
zip_model_card_clear(struct zip_model_card *card)
{
	unsigned int number;

	memset(card->vft, 0, sizeof(card->vft));
	for (number = 0; number < ZIP_MODEL_MAX_FUNCTIONS; number++)
		model_card_grant(card, number);
}

void
zip_model_card_close(struct zip_model_card *card, bool closed)
{
	unsigned int number;

	/* Either zip_model_card_begin() sees this, or zip_model_card_quiet() sees its service. */
	atomic_store_explicit(&card->closed, closed, memory_order_seq_cst);
	if (closed)
		return;
	for (number = 0; number < ZIP_MODEL_MAX_FUNCTIONS; number++) {
		struct zip_model *model = card->functions[number];

		if (model != NULL) {
			zip_model_event_kick(model);
			zip_model_ifc_kick(model);
		}
	}
}

bool
zip_model_card_begin(struct zip_model *model)
{
	const struct zip_model_card *card = model->card;

	if (!(model->command & MODEL_PCI_MASTER))
		return false;
	if (!card->with_pf)
		return true;
	/* Either this sees that the master is closed, or who closed it sees this. */
	atomic_fetch_add_explicit(&model->serving, 1, memory_order_seq_cst);
	if (!atomic_load_explicit(&card->closed, memory_order_seq_cst) &&
			!atomic_load_explicit(&model->revoked, memory_order_relaxed))
		return true;
	atomic_fetch_sub_explicit(&model->serving, 1, memory_order_relaxed);
	return false;
}

void
zip_model_card_end(struct zip_model *model)
{
	/* Whoever sees that nothing is served sees all that was written. */
	if (model->card->with_pf)
		atomic_fetch_sub_explicit(&model->serving, 1, memory_order_release);
}

bool
zip_model_card_quiet(const struct zip_model_card *card)
{
	unsigned int number;

	for (number = 0; number < ZIP_MODEL_MAX_FUNCTIONS; number++) {
		const struct zip_model *model = card->functions[number];

		if (model != NULL &&
				atomic_load_explicit(&model->serving, memory_order_seq_cst) != 0)
			return false;
	}
	return true;
}

void
zip_model_card_reset(struct zip_model *model, enum zip_model_reset_kind kind)
{
	struct zip_model_card *card = model->card;

	zip_model_ifc_reset(model);
	if (model->function != ZIP_MODEL_PF)
		return;
	zip_model_card_clear(card);
	zip_model_card_close(card, false);
	zip_model_pf_reset(model, kind);
	zip_model_card_sync(model);
}

/* The entry that the PF driver of a card without PF is taken to have written. */
static void
model_card_settle(struct zip_model *model, const struct zip_model_config *config)
{
	uint64_t sqc = HISI_QM_VFT_VALID |
			HISI_HW_PREP(HISI_QM_VFT_BASE, (uint64_t)config->queue_base) |
			HISI_HW_PREP(HISI_QM_VFT_NUM_MINUS_1, (uint64_t)config->queues - 1);

	model->card->vft[MODEL_VFT_SQC][model->number] = sqc;
	model->card->vft[MODEL_VFT_CQC][model->number] = HISI_QM_VFT_CQC_VALID;
	model->nb_active = config->queues;
}

static int
model_card_check(const struct zip_model_config *config)
{
	const struct zip_model_card *card = config->card;
	bool is_pf = config->function == ZIP_MODEL_PF;

	if (card == NULL)
		return 0;
	if (config->number >= ZIP_MODEL_MAX_FUNCTIONS || is_pf != (config->number == 0) ||
			(is_pf && !card->with_pf) ||
			(!is_pf && card->with_pf && card->functions[0] == NULL))
		return -EINVAL;
	return card->functions[config->number] != NULL ? -EEXIST : 0;
}

int
zip_model_card_join(struct zip_model *model, const struct zip_model_config *config)
{
	bool is_pf = config->function == ZIP_MODEL_PF;
	int ret = model_card_check(config);

	if (ret < 0)
		return ret;
	model->card = config->card;
	model->number = config->number;
	if (model->card == NULL) {
		ret = zip_model_card_create(is_pf, &model->card);
		if (ret < 0)
			return ret;
		model->card->own = true;
		model->number = is_pf ? 0 : 1;
	}
	model->card->functions[model->number] = model;
	if (is_pf)
		model->card->nb_queues = config->queues;
	if (!model->card->with_pf)
		model_card_settle(model, config);
	return is_pf ? zip_model_pf_create(model) : 0;
}

void
zip_model_card_leave(struct zip_model *model)
{
	struct zip_model_card *card = model->card;

	if (card == NULL)
		return;
	card->functions[model->number] = NULL;
	card->unread &= ~(1ull << model->number);
	if (card->own)
		zip_model_card_destroy(card);
}
