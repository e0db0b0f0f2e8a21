/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_PRIV_H
#define HISI_QM_PRIV_H

/**
 * @file
 * What the files of the QM layer share; nothing above it includes this.
 */

#include "hisi_qm.h"
#include "hisi_qm_log.h"

/** What a function says of itself. */
struct hisi_qm_shape {
	uint32_t caps;
	uint16_t nb_queues;
	uint16_t depth; /**< of SQ and CQ */
	uint16_t eq_depth;
	uint16_t aeq_depth;
	uint8_t hw;
	bool db_isolation;
};

/**
 * Learns version, capabilities and number of queues (hardware.md 1.2, 2.3, 3.5). What is not
 * driven is logged.
 *
 * @return 0; -ENODEV not a device of ours, or gone; -ENOTSUP not driven; or as hisi_qm_mb()
 */
int hisi_qm_caps_learn(struct hisi_qm_dev *dev, struct hisi_qm_shape *shape);

/**
 * Allocates what a function of that shape needs, and sets where it lies: dev->mz, dev->queues, the
 * fields of the mailbox, the tables and the event rings; number and depth of queues too.
 *
 * @return 0; -ENOMEM, nothing is left behind then
 */
int hisi_qm_dev_alloc(struct hisi_qm_dev *dev, const struct hisi_qm_shape *shape);

/**
 * Loads a context of 32 bytes by mailbox (hardware.md 3.6).
 *
 * @param cmd HISI_QM_MB_EQC, _AEQC, _SQC or _CQC
 * @return as hisi_qm_mb()
 */
int hisi_qm_mb_load(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, uint16_t queue,
		    const void *context);

/** Dumps a context of 32 bytes by mailbox: as hisi_qm_mb_load(). */
int hisi_qm_mb_dump(struct hisi_qm_dev *dev, enum hisi_hw_mb_cmd cmd, uint16_t queue,
		    void *context);

/** Empties both event rings and loads their contexts (hardware.md 4.6). Control thread. */
int hisi_qm_event_load(struct hisi_qm_dev *dev);

/**
 * Lets events come: doorbells, the AEQ's interrupt where the transport has one, masks, and the
 * slow poll. Control thread.
 */
int hisi_qm_event_enable(struct hisi_qm_dev *dev);

/** Masks the interrupts of both event rings. */
int hisi_qm_event_mask(struct hisi_qm_dev *dev);

/**
 * Takes interrupt and poll away; on return neither runs. Control thread, without any lock. Safe
 * to call twice, and for a lost function.
 */
void hisi_qm_event_disable(struct hisi_qm_dev *dev);

/**
 * To be called before a callback is registered with EAL and after it was taken away, and by the
 * callback itself first and last. EAL orders these already, by locks that a thread sanitizer does
 * not see, since DPDK's libraries are not built with it.
 */
void hisi_qm_event_fence(void);

/** Dumps of the contexts of a queue that is to drain: hardware.md 4.8. */
#define HISI_QM_DRAIN_TRIES 1000

/** hisi_qm_qp_stop() with so many dumps where there is no STOP_QP. */
int hisi_qm_qp_stop_within(struct hisi_qm_qp *qp, unsigned int tries);

/**
 * Drains a queue that was stopped before it drained, and marks it dead then.
 *
 * @return 0: it drained, now or before. "lock" is held.
 */
int hisi_qm_qp_drain_rest(struct hisi_qm_qp *qp, unsigned int tries);

/** Marks a queue dead: the device is done with it, or was reset. "lock" is held. */
void hisi_qm_qp_ended(struct hisi_qm_qp *qp);

/**
 * Stops a queue that is broken. It is dying, and dead once it drained, which the slow poll finds;
 * should it not drain the function is lost. "lock" is held.
 */
void hisi_qm_qp_fail(struct hisi_qm_qp *qp, const char *why);

/** Goes on with the queues that are dying. The slow poll. */
void hisi_qm_dev_look_at_queues(struct hisi_qm_dev *dev);

/** Whether the function is lost or not open. Any thread. */
static inline bool
hisi_qm_dev_is_dead(const struct hisi_qm_dev *dev)
{
	return __atomic_load_n(&dev->dead, __ATOMIC_ACQUIRE) != 0;
}

/** The word of a doorbell (hardware.md 5.1), unarmed. */
static inline uint64_t
hisi_qm_db_word(enum hisi_hw_db_cmd cmd, uint16_t queue, uint16_t index)
{
	return HISI_HW_PREP(HISI_QM_DB_CMD, (uint64_t)cmd) |
	       HISI_HW_PREP(HISI_QM_DB_QUEUE, (uint64_t)queue) |
	       HISI_HW_PREP(HISI_QM_DB_INDEX, (uint64_t)index);
}

#endif /* HISI_QM_PRIV_H */
