/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <string.h>

#include "model_priv.h"

/* The mailbox by dwords: w0 and queue, base low, base high, reserved. */
#define MODEL_MBOX_LAST      3

#define MODEL_MBOX_TABLE_SQC 0
#define MODEL_MBOX_TABLE_CQC 1

/* One command, taken from the latched words. */
struct model_mbox_cmd {
	unsigned int cmd;
	bool read; /* op 1: dump or read */
	unsigned int queue;
	uint64_t base;
};

static void
model_mbox_finish(struct zip_model *model, unsigned int status)
{
	struct model_mbox *mbox = &model->mbox;

	mbox->wait = MODEL_MBOX_IDLE;
	mbox->shown[0] &= ~(uint32_t)(HISI_QM_MB_W0_BUSY | HISI_QM_MB_W0_STATUS);
	mbox->shown[0] |= HISI_HW_PREP(HISI_QM_MB_W0_STATUS, status);
	if (status != ZIP_MODEL_MB_OK) {
		model_count(&mbox->failures, 1);
		zip_model_log(model, ZIP_MODEL_LOG_DEBUG, "mailbox word 0x%08x fails: status %u",
				(unsigned int)mbox->shown[0], status);
	}
}

static void
model_mbox_answer(struct zip_model *model, uint64_t value)
{
	model->mbox.shown[1] = (uint32_t)value;
	model->mbox.shown[2] = (uint32_t)(value >> 32);
}

static unsigned int
model_mbox_xqc(struct zip_model *model, const struct model_mbox_cmd *cmd)
{
	struct model_queue *queue;

	if (cmd->queue >= model->nb_active)
		return ZIP_MODEL_MB_QUEUE;
	queue = &model->queues[cmd->queue];
	if (cmd->cmd == HISI_QM_MB_SQC)
		return cmd->read ? zip_model_queue_dump_sqc(model, queue, cmd->base)
				 : zip_model_queue_load_sqc(model, queue, cmd->base);
	return cmd->read ? zip_model_queue_dump_cqc(model, queue, cmd->base)
			 : zip_model_queue_load_cqc(model, queue, cmd->base);
}

static unsigned int
model_mbox_eqc(struct zip_model *model, const struct model_mbox_cmd *cmd)
{
	struct model_event_queue *eq =
			cmd->cmd == HISI_QM_MB_EQC ? &model->events.eq : &model->events.aeq;

	return cmd->read ? zip_model_event_dump(model, eq, cmd->base)
			 : zip_model_event_load(model, eq, cmd->base);
}

static unsigned int
model_mbox_table(struct zip_model *model, const struct model_mbox_cmd *cmd)
{
	uint64_t *table = &model->mbox.table[cmd->cmd == HISI_QM_MB_SQC_BT ? MODEL_MBOX_TABLE_SQC
									   : MODEL_MBOX_TABLE_CQC];

	if (cmd->read)
		model_mbox_answer(model, *table);
	else
		*table = cmd->base;
	return ZIP_MODEL_MB_OK;
}

/* Stops finish when the queues have drained; model_mbox_poll() looks. */
static unsigned int
model_mbox_stop(struct zip_model *model, const struct model_mbox_cmd *cmd)
{
	unsigned int q;

	if (cmd->cmd == HISI_QM_MB_FLUSH_QM) {
		for (q = 0; q < model->nb_queues; q++)
			zip_model_queue_stop(model, &model->queues[q]);
		model->mbox.wait = MODEL_MBOX_FLUSH;
		return ZIP_MODEL_MB_OK;
	}
	if (cmd->queue >= model->nb_active)
		return ZIP_MODEL_MB_QUEUE;
	zip_model_queue_stop(model, &model->queues[cmd->queue]);
	model->mbox.queue = cmd->queue;
	model->mbox.wait = MODEL_MBOX_STOP;
	return ZIP_MODEL_MB_OK;
}

/* Commands that V2 does not have. */
static unsigned int
model_mbox_run_v3(struct zip_model *model, const struct model_mbox_cmd *cmd)
{
	uint64_t message = 0;
	unsigned int status;

	switch (cmd->cmd) {
	case HISI_QM_MB_STOP_QP:
	case HISI_QM_MB_FLUSH_QM:
		return model_mbox_stop(model, cmd);
	case HISI_QM_MB_SRC:
		return zip_model_ifc_send(model, cmd->queue, cmd->base);
	case HISI_QM_MB_DST:
		status = zip_model_ifc_fetch(model, cmd->queue, &message);
		model_mbox_answer(model, message);
		return status;
	default:
		/* Pausing belongs to migration: not modelled. */
		return ZIP_MODEL_MB_UNKNOWN;
	}
}

static unsigned int
model_mbox_run(struct zip_model *model, const struct model_mbox_cmd *cmd)
{
	switch (cmd->cmd) {
	case HISI_QM_MB_SQC:
	case HISI_QM_MB_CQC:
		return model_mbox_xqc(model, cmd);
	case HISI_QM_MB_EQC:
	case HISI_QM_MB_AEQC:
		return model_mbox_eqc(model, cmd);
	case HISI_QM_MB_SQC_BT:
	case HISI_QM_MB_CQC_BT:
		return model_mbox_table(model, cmd);
	case HISI_QM_MB_SQC_VFT:
		if (!cmd->read)
			return ZIP_MODEL_MB_UNKNOWN;
		model_mbox_answer(model, model->card->vft[MODEL_VFT_SQC][model->number]);
		return ZIP_MODEL_MB_OK;
	default:
		return model->hw < ZIP_MODEL_V3 ? ZIP_MODEL_MB_UNKNOWN
						: model_mbox_run_v3(model, cmd);
	}
}

/*
 * Whether the words are as every driver writes them (hardware.md 3.1, 3.2): what is reserved or the
 * device's is 0, and so is the queue of commands that are for none.
 */
static bool
model_mbox_well_formed(const uint32_t *latch)
{
	const uint32_t used = HISI_QM_MB_W0_CMD | HISI_QM_MB_W0_BUSY | HISI_QM_MB_W0_OP |
			0xffff0000u;

	if ((latch[0] & ~used) != 0 || latch[MODEL_MBOX_LAST] != 0)
		return false;
	switch (HISI_HW_GET(HISI_QM_MB_W0_CMD, latch[0])) {
	case HISI_QM_MB_EQC:
	case HISI_QM_MB_AEQC:
	case HISI_QM_MB_SQC_BT:
	case HISI_QM_MB_CQC_BT:
	case HISI_QM_MB_SQC_VFT:
	case HISI_QM_MB_FLUSH_QM:
		return latch[0] >> 16 == 0;
	default:
		return true;
	}
}

static void
model_mbox_execute(struct zip_model *model)
{
	struct model_mbox *mbox = &model->mbox;
	struct model_mbox_cmd cmd = {
			.cmd = HISI_HW_GET(HISI_QM_MB_W0_CMD, mbox->latch[0]),
			.read = mbox->latch[0] & HISI_QM_MB_W0_OP,
			.queue = mbox->latch[0] >> 16,
			.base = model_address(mbox->latch[1], mbox->latch[2]),
	};
	unsigned int status;

	memcpy(mbox->shown, mbox->latch, sizeof(mbox->shown));
	model_count(&mbox->commands, 1);
	if (zip_model_fault_mailbox(model, model_counted(&mbox->commands))) {
		mbox->wait = MODEL_MBOX_STUCK;
		return;
	}
	status = model_mbox_well_formed(mbox->latch) ? model_mbox_run(model, &cmd)
						     : ZIP_MODEL_MB_UNKNOWN;
	if (mbox->wait == MODEL_MBOX_IDLE)
		model_mbox_finish(model, status);
}

static bool
model_mbox_drained(const struct zip_model *model)
{
	unsigned int q;

	if (model->mbox.wait == MODEL_MBOX_STOP)
		return zip_model_queue_drained(&model->queues[model->mbox.queue]);
	for (q = 0; q < model->nb_queues; q++) {
		if (!zip_model_queue_drained(&model->queues[q]))
			return false;
	}
	return true;
}

/* Finish a stop whose queues have drained: their lines are cleared before it is acknowledged. */
static void
model_mbox_poll(struct zip_model *model)
{
	struct model_mbox *mbox = &model->mbox;
	unsigned int q;

	if ((mbox->wait != MODEL_MBOX_STOP && mbox->wait != MODEL_MBOX_FLUSH) ||
			!model_mbox_drained(model))
		return;
	if (mbox->wait == MODEL_MBOX_STOP) {
		zip_model_queue_quiesce(model, &model->queues[mbox->queue]);
	} else {
		for (q = 0; q < model->nb_queues; q++)
			zip_model_queue_quiesce(model, &model->queues[q]);
	}
	model_mbox_finish(model, ZIP_MODEL_MB_OK);
}

uint32_t
zip_model_mbox_read(struct zip_model *model, unsigned int dword)
{
	model_mbox_poll(model);
	return model->mbox.shown[dword];
}

void
zip_model_mbox_write(struct zip_model *model, unsigned int dword, uint32_t value)
{
	struct model_mbox *mbox = &model->mbox;

	model_mbox_poll(model);
	if (mbox->wait != MODEL_MBOX_IDLE) {
		if (dword == MODEL_MBOX_LAST)
			model_count(&mbox->ignored, 1);
		return;
	}
	mbox->latch[dword] = value;
	if (dword == MODEL_MBOX_LAST && (mbox->latch[0] & HISI_QM_MB_W0_BUSY) != 0) {
		model_mbox_execute(model);
		/* A word is used up: the last dword alone does not run the command again. */
		mbox->latch[0] = 0;
	}
}

void
zip_model_mbox_write_back(struct zip_model *model)
{
	unsigned int q;

	for (q = 0; q < model->nb_queues; q++) {
		struct model_queue *queue = &model->queues[q];
		uint64_t offset = (uint64_t)q * HISI_QM_CONTEXT_SIZE;

		if (!model_queue_running(queue))
			continue;
		zip_model_queue_dump_sqc(
				model, queue, model->mbox.table[MODEL_MBOX_TABLE_SQC] + offset);
		zip_model_queue_dump_cqc(
				model, queue, model->mbox.table[MODEL_MBOX_TABLE_CQC] + offset);
	}
}

void
zip_model_mbox_reset(struct zip_model *model)
{
	struct model_mbox *mbox = &model->mbox;

	memset(mbox->latch, 0, sizeof(mbox->latch));
	memset(mbox->shown, 0, sizeof(mbox->shown));
	memset(mbox->table, 0, sizeof(mbox->table));
	mbox->wait = MODEL_MBOX_IDLE;
}
