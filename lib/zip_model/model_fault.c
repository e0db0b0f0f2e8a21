/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define MODEL_FAULT_RAS_BITS 32

static int
model_fault_check(const struct zip_model_fault *fault, const struct zip_model_config *config)
{
	if (fault->kind == ZIP_MODEL_FAULT_RAS &&
			(config->function != ZIP_MODEL_PF || fault->value >= MODEL_FAULT_RAS_BITS))
		return -EINVAL;
	if ((unsigned int)fault->kind > ZIP_MODEL_FAULT_RAS ||
			(fault->queue >= config->queues && fault->queue != ZIP_MODEL_ANY_QUEUE))
		return -EINVAL;
	if (fault->kind == ZIP_MODEL_FAULT_STATUS && fault->value > HISI_ZIP_DW3_STATUS)
		return -EINVAL;
	if (fault->kind == ZIP_MODEL_FAULT_AEQ_EVENT &&
			fault->value > HISI_HW_GET(HISI_QM_AEQE_TYPE, UINT32_MAX))
		return -EINVAL;
	return 0;
}

int
zip_model_fault_init(struct zip_model *model, const struct zip_model_config *config)
{
	size_t i;

	if (config->nb_faults == 0)
		return 0;
	for (i = 0; i < config->nb_faults; i++) {
		int ret = model_fault_check(&config->faults[i], config);

		if (ret < 0)
			return ret;
	}
	model->faults = calloc(config->nb_faults, sizeof(*model->faults));
	if (model->faults == NULL)
		return -ENOMEM;
	memcpy(model->faults, config->faults, config->nb_faults * sizeof(*model->faults));
	model->nb_faults = config->nb_faults;
	return 0;
}

static bool
model_fault_of_queue(const struct zip_model_fault *fault, unsigned int queue)
{
	return fault->kind < ZIP_MODEL_FAULT_STUCK_MAILBOX &&
			(fault->queue == queue || fault->queue == ZIP_MODEL_ANY_QUEUE);
}

bool
zip_model_fault_concerns(const struct zip_model *model, unsigned int queue)
{
	size_t i;

	for (i = 0; i < model->nb_faults; i++) {
		if (model_fault_of_queue(&model->faults[i], queue))
			return true;
	}
	return false;
}

static bool
model_fault_is_nth(const struct zip_model_fault *fault, uint64_t nth)
{
	return fault->nth == 0 || fault->nth == nth;
}

void
zip_model_fault_sqe(struct zip_model *model, unsigned int queue, uint64_t nth,
		struct model_strike *strike)
{
	size_t i;

	for (i = 0; i < model->nb_faults; i++) {
		const struct zip_model_fault *fault = &model->faults[i];

		if (!model_fault_of_queue(fault, queue) || !model_fault_is_nth(fault, nth))
			continue;
		strike->kinds |= 1u << fault->kind;
		strike->value[fault->kind] = fault->value;
		model_count_shared(&model->strikes);
		zip_model_log(model, ZIP_MODEL_LOG_INFO, "fault %d strikes queue %u, SQE %llu",
				(int)fault->kind, queue, (unsigned long long)nth);
	}
}

bool
zip_model_fault_mailbox(struct zip_model *model, uint64_t nth)
{
	bool stuck = false;
	size_t i;

	for (i = 0; i < model->nb_faults; i++) {
		const struct zip_model_fault *fault = &model->faults[i];

		if (fault->kind < ZIP_MODEL_FAULT_STUCK_MAILBOX || !model_fault_is_nth(fault, nth))
			continue;
		model_count_shared(&model->strikes);
		zip_model_log(model, ZIP_MODEL_LOG_INFO, "fault %d strikes mailbox command %llu",
				(int)fault->kind, (unsigned long long)nth);
		if (fault->kind == ZIP_MODEL_FAULT_RAS)
			zip_model_pf_error(model, 1u << fault->value, 0);
		else
			stuck = true;
	}
	return stuck;
}

static void
model_fault_flip(struct model_share *share, uint64_t produced, uint32_t value)
{
	uint64_t bit = produced > 0 ? value % (produced * 8) : 0;
	uint64_t byte = bit / 8;
	size_t i;

	if (produced == 0)
		return;
	for (i = 0; i < share->nb_out; i++) {
		if (byte < share->out[i].len) {
			share->out[i].base[byte] ^= (uint8_t)(1u << bit % 8);
			return;
		}
		byte -= share->out[i].len;
	}
}

void
zip_model_fault_spoil(const struct model_strike *strike, struct model_share *share,
		struct model_zip_result *result)
{
	if (model_strike_has(strike, ZIP_MODEL_FAULT_FLIPPED_BIT))
		model_fault_flip(share, result->produced,
				strike->value[ZIP_MODEL_FAULT_FLIPPED_BIT]);
	if (model_strike_has(strike, ZIP_MODEL_FAULT_PRODUCED))
		result->produced++;
	if (model_strike_has(strike, ZIP_MODEL_FAULT_STATUS))
		result->dw3 = HISI_HW_SET(HISI_ZIP_DW3_STATUS, result->dw3,
				strike->value[ZIP_MODEL_FAULT_STATUS]);
}
