/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef MODEL_CARD_H
#define MODEL_CARD_H

/**
 * @file
 * The card inside, and what model_card.c, model_ifc.c and model_pf.c offer. But for the words
 * marked atomic all of it belongs to the thread that holds a control section of the card.
 */

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "zip_model.h"

#define MODEL_VFT_TYPES 4 /**< SQC, CQC, shaper of algorithm type 0 and 1 */

enum model_vft_type {
	MODEL_VFT_SQC,
	MODEL_VFT_CQC,
	MODEL_VFT_SHAPER,
};

struct zip_model_card {
	bool with_pf;
	bool own;               /**< goes with its only function */
	unsigned int nb_queues; /**< of the device */
	struct zip_model *functions[ZIP_MODEL_MAX_FUNCTIONS];
	uint64_t vft[MODEL_VFT_TYPES][ZIP_MODEL_MAX_FUNCTIONS];
	uint64_t to_vf[ZIP_MODEL_MAX_FUNCTIONS];
	uint64_t from_vf[ZIP_MODEL_MAX_FUNCTIONS];
	uint64_t unread;      /**< VFs that have not acknowledged: 0x100128 */
	uint64_t sent;        /**< VFs that have sent: 0x100138 */
	atomic_bool closed;   /**< the AXI master: 0x300000 */
	_Atomic uint32_t cores; /**< enabled: 0x301004 */
};

/** Messages of one function: 0x20 to 0x2c. */
struct model_ifc {
	bool source;
	bool masked;
	bool ringing; /**< of a VF: the PF has not acknowledged */
};

/* Card: model_card.c. */

/** Add a function: 0, -EINVAL, -EEXIST, -ENOMEM (a card of its own). */
int zip_model_card_join(struct zip_model *model, const struct zip_model_config *config);
void zip_model_card_leave(struct zip_model *model);
/** A function is reset: the PF takes its card with it. */
void zip_model_card_reset(struct zip_model *model, enum zip_model_reset_kind kind);
/** Forget the queues that another function's control section took: first thing in each own one. */
void zip_model_card_sync(struct zip_model *model);
/** Write an entry of the VFT. */
void zip_model_card_assign(struct zip_model_card *card, unsigned int type, unsigned int number,
		uint64_t word);
/** Clear the VFT. */
void zip_model_card_clear(struct zip_model_card *card);
/** Close or open the AXI master. */
void zip_model_card_close(struct zip_model_card *card, bool closed);
/**
 * Begin to serve a function, unless bus master or the PF says no; end it. Between the two the
 * function is not quiet.
 */
bool zip_model_card_begin(struct zip_model *model);
void zip_model_card_end(struct zip_model *model);
/** Whether no service of any function is at work: with a closed master, no DMA is outstanding. */
bool zip_model_card_quiet(const struct zip_model_card *card);

/* Messages: model_ifc.c. */

void zip_model_ifc_reset(struct zip_model *model);
uint32_t zip_model_ifc_get(const struct zip_model *model, uint32_t offset);
void zip_model_ifc_set(struct zip_model *model, uint32_t offset, uint32_t value);
/** Mailbox commands SRC and DST: enum zip_model_mb_status. */
unsigned int zip_model_ifc_send(struct zip_model *model, unsigned int queue, uint64_t message);
unsigned int zip_model_ifc_fetch(
		const struct zip_model *model, unsigned int queue, uint64_t *message);
/** PF: ring the VFs that 0x100134 names, and take what 0x100138 acknowledges. */
void zip_model_ifc_ring(struct zip_model *model, uint32_t target);
void zip_model_ifc_acknowledge(struct zip_model *model, uint64_t functions);
/** Deliver what waited for bus master, or for the PF. */
void zip_model_ifc_kick(struct zip_model *model);

/* Registers of the PF: model_pf.c. */

struct model_pf;

int zip_model_pf_create(struct zip_model *model);
void zip_model_pf_reset(struct zip_model *model, enum zip_model_reset_kind kind);
/** Whether the PF has a register there; the two below may be called then. */
bool zip_model_pf_has(const struct zip_model *model, uint64_t offset);
uint32_t zip_model_pf_get(struct zip_model *model, uint32_t offset);
void zip_model_pf_set(struct zip_model *model, uint32_t offset, uint32_t value);
/** Errors of the QM and of the engine occur, as if injected. */
void zip_model_pf_error(struct zip_model *model, uint32_t qm, uint32_t zip);

#endif /* MODEL_CARD_H */
