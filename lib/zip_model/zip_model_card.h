/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef ZIP_MODEL_CARD_H
#define ZIP_MODEL_CARD_H

/**
 * @file
 * What the functions of one device share: the table that says which queues are whose (VFT,
 * hardware.md 12), messages between physical and virtual functions (7.5), the AXI master and the
 * enabled cores.
 *
 * A card without a physical function (PF) stands for one whose PF driver did its work: its virtual
 * functions have their queues from the start. With a PF they have none, and no cores work, until
 * the PF's driver has brought the device up and written their entries. An entry that reaches
 * beyond the device's queues or into those of another function assigns none. A change of an entry
 * takes all queues of its function out of service.
 *
 * Thread rules: calls of the third kind (zip_model.h), zip_model_dma_map() and doorbells, on all
 * functions of one card, come from one thread at a time. Only zip_model_service() may run in
 * parallel, also that of one function with the control section of another.
 */

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The most functions: a PF, which is number 0, and virtual ones 1 to 63 (hardware.md 1.4). */
#define ZIP_MODEL_MAX_FUNCTIONS 64

/** A device with its functions; opaque. */
struct zip_model_card;

/**
 * Make a device, without functions yet: zip_model_create() adds them.
 *
 * @param with_pf
 *   It has a PF, which is created before the others.
 * @param card
 *   Where to put it.
 * @return
 *   0 or -ENOMEM.
 */
int zip_model_card_create(bool with_pf, struct zip_model_card **card);

/** Free a device whose functions are all destroyed; NULL is fine. */
void zip_model_card_destroy(struct zip_model_card *card);

#ifdef __cplusplus
}
#endif

#endif /* ZIP_MODEL_CARD_H */
