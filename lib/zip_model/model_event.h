/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

/**
 * @file
 * EQ and AEQ: events and their interrupts.
 */

#include "hisi_hw_qm_queue.h"
#include "model_dma.h"

/** EQ or AEQ. Everything but the mask's reset happens under the lock of the events. */
struct model_event_queue {
	struct model_ring ring;
	bool loaded;
	bool phase;
	bool overflow; /**< said so already */
	bool source;   /**< register 0x8 or 0x0 */
	bool masked;   /**< register 0xc or 0x4 */
	uint32_t head;
	uint32_t tail;
	unsigned int vector;
	struct hisi_hw_eqc image;
	struct model_counter posted;
	struct model_counter lost;
};

struct model_events {
	atomic_flag lock;
	struct model_event_queue eq;
	struct model_event_queue aeq;
};

void zip_model_event_init(struct zip_model *model);
void zip_model_event_reset(struct zip_model *model);
/** Load or dump EQC and AEQC. enum zip_model_mb_status. */
unsigned int zip_model_event_load(
		struct zip_model *model, struct model_event_queue *eq, uint64_t address);
unsigned int zip_model_event_dump(
		struct zip_model *model, struct model_event_queue *eq, uint64_t address);
/** Write an EQE for a queue: false if there is no EQ, so that the queue stays armed. */
bool zip_model_event_eqe(struct zip_model *model, unsigned int queue);
void zip_model_event_aeqe(struct zip_model *model, unsigned int type, unsigned int queue);
void zip_model_event_doorbell(struct zip_model *model, uint64_t word);
void zip_model_event_mask(struct zip_model *model, struct model_event_queue *eq, bool masked);
bool zip_model_event_source(struct zip_model *model, struct model_event_queue *eq);
/** Deliver what waited for bus master. */
void zip_model_event_kick(struct zip_model *model);

#endif /* MODEL_EVENT_H */
