/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_TRANSPORT_H
#define HISI_QM_TRANSPORT_H

/**
 * @file
 * The ways to a function: each is a struct hisi_qm_transport_ops, with what its open() needs.
 */

#include "hisi_qm.h"

struct rte_pci_device;

/** The vfio-user transport; dev->args is a struct hisi_qm_vfio_user_args. */
extern const struct hisi_qm_transport_ops hisi_qm_transport_vfio_user;

/**
 * The embedded model; dev->args is a struct hisi_qm_emu_args. When the model goes, close() logs at
 * level INFO, shown by default: "NAME: embedded model: sqes N, errors N" with NAME the device's.
 * What runs a stock program on it counts by that line that no op was done elsewhere.
 */
extern const struct hisi_qm_transport_ops hisi_qm_transport_emu;

/** A function bound to vfio-pci; dev->args is a struct hisi_qm_pci_args. */
extern const struct hisi_qm_transport_ops hisi_qm_transport_pci;

struct hisi_qm_pci_args {
	struct rte_pci_device *pci; /**< mapped by EAL */
	bool shadow;                /**< use shadow doorbells where offered */
};

struct hisi_qm_vfio_user_args {
	const char *path; /**< of the model's socket */
	bool shadow;      /**< use shadow doorbells where offered */
};

/** Who does the work of the embedded model. */
enum hisi_qm_emu_engine {
	HISI_QM_EMU_ISAL,
	HISI_QM_EMU_ZLIB,
	HISI_QM_EMU_NULL, /**< looks at no data */
};

#define HISI_QM_EMU_MAX_WORKERS 64

struct hisi_qm_emu_args {
	uint8_t hw;           /**< HISI_QM_HW_V2 or _V3 */
	bool pf;              /**< a PF, with "queues" in all; else a VF */
	uint16_t queues;      /**< 2 ... HISI_QM_MAX_QUEUES */
	uint8_t engine;       /**< enum hisi_qm_emu_engine */
	int level;            /**< of the engine */
	bool lz4;             /**< V3: the engine compresses into LZ4 too */
	uint16_t workers;     /**< engine threads, 1 ... HISI_QM_EMU_MAX_WORKERS */
	bool shadow;
	/** CPUs of the workers as in "1,3-5"; NULL: those free of lcores, else the main lcore's */
	const char *cores;
	const char *faults;   /**< as the model's program takes them (zip_model_fault.h), or NULL */
	uint32_t pace_ns;     /**< time each op takes at least, 0: none */
};

#endif /* HISI_QM_TRANSPORT_H */
