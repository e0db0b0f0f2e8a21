/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define MODEL_MAX_ISAL_LEVEL 3
#define MODEL_MAX_ZLIB_LEVEL 9
#define MODEL_MAX_QUEUE_BASE 0xffff

/* Longer is a mistake, and sums of times cannot overflow: an hour. */
#define MODEL_MAX_PACE_NS 3600000000000ull

#define MODEL_LOG_LEN     160

void
zip_model_log(struct zip_model *model, int level, const char *format, ...)
{
	char text[MODEL_LOG_LEN];
	va_list args;

	if (model->host.log == NULL)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	model->host.log(model->host.ctx, level, text);
}

static uint64_t
model_power_of_two(uint64_t size, uint64_t granule)
{
	uint64_t power = granule;

	while (power < size)
		power *= 2;
	return power;
}

size_t
zip_model_shadow_size(const struct zip_model_config *config)
{
	return model_power_of_two(
			(uint64_t)config->queues * HISI_SHADOW_STRIDE, HISI_SHADOW_GRANULE);
}

static int
model_check_engine(const struct zip_model_config *config)
{
	switch (config->engine) {
	case ZIP_MODEL_ENGINE_ISAL:
		return config->level < 0 || config->level > MODEL_MAX_ISAL_LEVEL ? -EINVAL : 0;
	case ZIP_MODEL_ENGINE_ZLIB:
		return config->level < 0 || config->level > MODEL_MAX_ZLIB_LEVEL ? -EINVAL : 0;
	case ZIP_MODEL_ENGINE_NULL:
		return 0;
	}
	return -EINVAL;
}

static int
model_check(const struct zip_model_config *config)
{
	if (config->queues < 1 || config->queues > HISI_QM_MAX_QUEUES ||
			config->queue_base > MODEL_MAX_QUEUE_BASE ||
			config->pace_ns_per_op > MODEL_MAX_PACE_NS)
		return -EINVAL;
	if (config->shadow &&
			(config->shadow_mem == NULL ||
					(uintptr_t)config->shadow_mem % MODEL_CACHE_LINE != 0 ||
					config->shadow_len < zip_model_shadow_size(config)))
		return -EINVAL;
	if ((config->hw != ZIP_MODEL_V3 && config->hw != ZIP_MODEL_V2) ||
			(config->function != ZIP_MODEL_VF && config->function != ZIP_MODEL_PF) ||
			(config->hw == ZIP_MODEL_V2 && (config->db_isolation || config->lz4)))
		return -EINVAL;
	return model_check_engine(config);
}

/* The cores are those of registers 0x3140 and, on V2, of its constant: hardware.md 2.3. */
static const struct model_engine model_takes[] = {
		[ZIP_MODEL_V2] = {HISI_ZIP_SQE_TYPE_0, HISI_ZIP_REQ_ZLIB, false, {0x03, 0xfc}},
		[ZIP_MODEL_V3] = {HISI_ZIP_SQE_TYPE_3, HISI_ZIP_REQ_DEFLATE, true, {0x03, 0x1c}},
};

static void
model_configure(struct zip_model *model, const struct zip_model_config *config,
		const struct zip_model_host *host)
{
	model->host = *host;
	model->hw = config->hw;
	model->function = config->function;
	model->engine = config->engine;
	model->level = config->level;
	model->nb_queues = config->queues;
	model->takes = model_takes[config->hw];
	model->takes.lz4 = config->lz4;
	model->pace_ns = config->pace_ns_per_op;
	model->pace_bytes_per_us = config->pace_bytes_per_us;
	model->db_isolation = config->db_isolation;
	if (config->shadow) {
		model->shadow = config->shadow_mem;
		model->shadow_len = zip_model_shadow_size(config);
		memset(model->shadow, 0, model->shadow_len);
	}
}

int
zip_model_create(const struct zip_model_config *config, const struct zip_model_host *host,
		struct zip_model **out)
{
	struct zip_model *model;
	unsigned int q;
	int ret;

	ret = model_check(config);
	if (ret < 0)
		return ret;
	model = calloc(1, sizeof(*model));
	if (model == NULL)
		return -ENOMEM;
	model_configure(model, config, host);
	ret = zip_model_card_join(model, config);
	if (ret < 0)
		goto free_model;
	ret = zip_model_fault_init(model, config);
	if (ret < 0)
		goto free_model;
	ret = zip_model_dma_init(&model->dma);
	if (ret < 0)
		goto free_model;
	model->queues = aligned_alloc(MODEL_CACHE_LINE, config->queues * sizeof(*model->queues));
	if (model->queues == NULL) {
		ret = -ENOMEM;
		goto free_model;
	}
	memset(model->queues, 0, config->queues * sizeof(*model->queues));
	for (q = 0; q < config->queues; q++)
		zip_model_queue_init(model, q);
	zip_model_event_init(model);
	zip_model_ifc_reset(model);
	zip_model_regs_reset(model);
	*out = model;
	return 0;

free_model:
	zip_model_destroy(model);
	return ret;
}

void
zip_model_destroy(struct zip_model *model)
{
	unsigned int i;

	if (model == NULL)
		return;
	for (i = 0; i < ZIP_MODEL_MAX_SHARES; i++)
		zip_model_share_free(model->shares[i]);
	zip_model_card_leave(model);
	zip_model_dma_free(&model->dma);
	free(model->pf);
	free(model->queues);
	free(model->faults);
	free(model);
}

void
zip_model_identity(const struct zip_model *model, struct zip_model_identity *identity)
{
	bool is_pf = model->function == ZIP_MODEL_PF;
	bool is_v2 = model->hw == ZIP_MODEL_V2;

	*identity = (struct zip_model_identity){
			.vendor = HISI_PCI_VENDOR,
			.device = is_pf ? HISI_PCI_DEVICE_ZIP_PF : HISI_PCI_DEVICE_ZIP_VF,
			.revision = is_v2 ? HISI_QM_HW_V2 : HISI_QM_HW_V3,
			.class_code = HISI_PCI_CLASS_ACCELERATOR,
			.bar_size[HISI_PCI_BAR_REGS] =
					is_pf ? HISI_PCI_BAR2_SIZE_PF : HISI_PCI_BAR2_SIZE_VF,
			.nb_vectors = is_v2 && !is_pf ? HISI_PCI_NB_VECTORS_VF_V2
						      : HISI_PCI_NB_VECTORS,
	};
	if (model->db_isolation)
		identity->bar_size[HISI_PCI_BAR_DOORBELLS] = model_power_of_two(
				(uint64_t)model->nb_queues * HISI_QM_DB_WINDOW, HISI_QM_DB_WINDOW);
	if (model->shadow == NULL)
		return;
	identity->bar_size[HISI_SHADOW_BAR] = model->shadow_len;
	identity->has_shadow = true;
	identity->vendor_cap = (struct hisi_hw_shadow_cap){
			.id = HISI_SHADOW_CAP_ID,
			.length = HISI_SHADOW_CAP_LENGTH,
			.version = HISI_SHADOW_CAP_VERSION,
			.signature = HISI_SHADOW_CAP_SIGNATURE,
			.bar = HISI_SHADOW_BAR,
			.stride = HISI_SHADOW_STRIDE,
			.range = (uint32_t)model->shadow_len,
	};
}

void
zip_model_command(struct zip_model *model, uint16_t pci_command)
{
	bool had = model_may_dma(model);

	zip_model_card_sync(model);
	model->command = pci_command;
	if (!had && model_may_dma(model)) {
		zip_model_event_kick(model);
		zip_model_ifc_kick(model);
	}
}

void
zip_model_wake(struct zip_model *model)
{
	if (model->function == ZIP_MODEL_PF)
		zip_model_pf_set(model, HISI_QM_AM_CTRL, 0);
}

void
zip_model_reset(struct zip_model *model, enum zip_model_reset_kind kind)
{
	unsigned int q;

	zip_model_card_reset(model, kind);
	for (q = 0; q < model->nb_queues; q++)
		zip_model_queue_forget(model, &model->queues[q]);
	atomic_store_explicit(&model->revoked, false, memory_order_relaxed);
	zip_model_mbox_reset(model);
	zip_model_event_reset(model);
	zip_model_regs_reset(model);
	/* What lies between the lines goes with them: nothing of one client is left to the next. */
	if (model->shadow != NULL)
		memset(model->shadow, 0, model->shadow_len);
	if (kind == ZIP_MODEL_RESET_DISCONNECT)
		zip_model_dma_unmap_all(model);
	model_count(&model->resets, 1);
}

int
zip_model_queue_stats(
		struct zip_model *model, unsigned int number, struct zip_model_queue_stats *stats)
{
	const struct model_queue *queue;

	if (number >= model->nb_queues)
		return -EINVAL;
	queue = &model->queues[number];
	*stats = (struct zip_model_queue_stats){
			.sqes = model_counted(&queue->sqes),
			.errors = model_counted(&queue->errors),
			.bytes_in = model_counted(&queue->bytes_in),
			.bytes_out = model_counted(&queue->bytes_out),
			.sq_chip = model_counted(&queue->nb_sq_chip),
			.cq_chip = model_counted(&queue->nb_cq_chip),
			.sq_shadow = model_counted(&queue->nb_sq_shadow),
			.cq_shadow = model_counted(&queue->nb_cq_shadow),
			.dropped = model_counted(&queue->dropped_chip) +
					model_counted(&queue->dropped_service),
	};
	return 0;
}

static void
model_stats_add(struct zip_model_queue_stats *sum, const struct zip_model_queue_stats *one)
{
	sum->sqes += one->sqes;
	sum->errors += one->errors;
	sum->bytes_in += one->bytes_in;
	sum->bytes_out += one->bytes_out;
	sum->sq_chip += one->sq_chip;
	sum->cq_chip += one->cq_chip;
	sum->sq_shadow += one->sq_shadow;
	sum->cq_shadow += one->cq_shadow;
	sum->dropped += one->dropped;
}

void
zip_model_stats(struct zip_model *model, struct zip_model_stats *stats)
{
	struct zip_model_queue_stats one;
	unsigned int q;

	*stats = (struct zip_model_stats){
			.dropped_doorbells = model_counted(&model->dropped),
			.window_doorbells = model_counted(&model->windows),
			.illegal_accesses = model_counted(&model->illegal),
			.dma_read_faults = model_counted(&model->read_faults),
			.dma_write_faults = model_counted(&model->write_faults),
			.mailbox_commands = model_counted(&model->mbox.commands),
			.mailbox_failures = model_counted(&model->mbox.failures),
			.mailbox_ignored = model_counted(&model->mbox.ignored),
			.eqes = model_counted(&model->events.eq.posted),
			.eqes_lost = model_counted(&model->events.eq.lost),
			.aeqes = model_counted(&model->events.aeq.posted),
			.aeqes_lost = model_counted(&model->events.aeq.lost),
			.irqs = model_counted(&model->irqs),
			.resets = model_counted(&model->resets),
			.faults = model_counted(&model->strikes),
	};
	for (q = 0; q < model->nb_queues; q++) {
		zip_model_queue_stats(model, q, &one);
		model_stats_add(&stats->queues, &one);
	}
}

uint64_t
zip_model_errors(struct zip_model *model, unsigned int status)
{
	return status < MODEL_NB_STATUSES ? model_counted(&model->errors[status]) : 0;
}
