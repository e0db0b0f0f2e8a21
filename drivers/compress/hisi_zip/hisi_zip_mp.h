/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_MP_H
#define HISI_ZIP_MP_H

/**
 * @file
 * Several processes on one function.
 *
 * The primary has the function: it alone talks to its registers, and makes, starts, stops and
 * frees the hardware queues of all processes, on request of their owners by rte_mp. Queue pairs
 * lie in shared memory; only the owner is in their bursts, and rings their doorbells by itself.
 *
 * A secondary's rte device has data of its own (struct hisi_zip_client), not those that the
 * library shares: configure, stop and close there cannot touch queue pairs of others.
 */

#include "hisi_zip.h"

/** Of the request and its answer. */
#define HISI_ZIP_MP_NAME "hisi_zip_mp"

/** Of the name of a socket, with its end. */
#define HISI_ZIP_MP_PEER_LEN 108

/** How often processes look whether the others still live. */
#define HISI_ZIP_MP_WATCH_US 100000

/** What a secondary asks for. */
enum hisi_zip_mp_type {
	HISI_ZIP_MP_ATTACH,     /**< answer: client; again: where the doorbells are now */
	HISI_ZIP_MP_DETACH,
	HISI_ZIP_MP_QP_SETUP,   /**< answer: qp */
	HISI_ZIP_MP_QP_RELEASE,
	HISI_ZIP_MP_START,      /**< all queue pairs of the sender */
	HISI_ZIP_MP_STOP,
};

struct hisi_zip_client;

/** Request and answer. */
struct hisi_zip_mp_msg {
	uint32_t type;   /**< enum hisi_zip_mp_type */
	int32_t result;  /**< 0 or -errno; -EINPROGRESS: ask again, a queue is not done yet */
	uint64_t layout; /**< hisi_zip_mp_layout() */
	struct hisi_zip_proc from;
	uint32_t sequence; /**< of the requests of a process, from 1; the answer has it, too */
	char device[RTE_COMPRESSDEV_NAME_MAX_LEN];
	uint16_t qp_id;
	uint32_t limit;
	int32_t socket;
	/* Answers. */
	struct hisi_zip_client *client;
	struct hisi_zip_qp *qp;
	uint64_t generation; /**< of the doorbells */
	uint64_t fd_offset;  /**< of the file with them, which comes along */
	uint64_t fd_len;
};

/**
 * A process on a device, in shared memory; made and freed by the primary. "view" is the
 * process's, until it is dead.
 */
struct hisi_zip_client {
	LIST_ENTRY(hisi_zip_client) next;
	struct hisi_zip_proc proc;
	char peer[HISI_ZIP_MP_PEER_LEN]; /**< where it sends from */
	bool started;
	bool gone; /**< dead, which was said; its queues are being stopped */
	/**
	 * The primary has removed the device. Stored with release, loaded with acquire: who sees
	 * it finds the queues as the primary left them.
	 */
	volatile uint8_t abandoned;
	struct hisi_zip_mp_msg answer; /**< the last one: a repeated request gets it again */
	struct hisi_zip_dev view; /**< its data, and what does not change, and xforms */
};

static_assert(sizeof(struct hisi_zip_mp_msg) <= RTE_MP_MAX_PARAM_LEN, "fits a message");

/** Differs between builds that do not understand each other's shared memory. */
static inline uint64_t
hisi_zip_mp_layout(void)
{
	return (uint64_t)sizeof(struct hisi_zip_client) << 32 | sizeof(struct hisi_zip_qp) << 16 |
	       sizeof(struct hisi_zip_xform);
}

/** Over what follows and the control ops of a primary; recursive. */
void hisi_zip_primary_lock(void);
void hisi_zip_primary_unlock(void);

/** Primary: other processes may attach to the device from here on. @return 0 or -errno */
int hisi_zip_primary_offer(struct hisi_zip_dev *dev);

/** Primary: no more of that. @return whether processes are attached still */
bool hisi_zip_primary_withdraw(struct hisi_zip_dev *dev);

/** Primary: after that, as hisi_qm_dev_abandon(), and tells the processes that are attached. */
void hisi_zip_primary_abandon(struct hisi_zip_dev *dev);

/* What a primary does with queue pairs of its own; others are served while one drains. */

/** Starts the function and its queues. @return as hisi_qm_dev_start() */
int hisi_zip_primary_start(struct hisi_zip_dev *dev);

/** Stops its queues, and the function unless another process needs it. */
void hisi_zip_primary_stop(struct hisi_zip_dev *dev);

/** As hisi_zip_qp_create(). @return also -EBUSY: it belongs to another process, which is logged */
int hisi_zip_primary_setup(struct hisi_zip_dev *dev, uint16_t id, uint32_t limit, int socket,
			   struct hisi_zip_qp **qp);

/** Stops and frees a queue pair. */
void hisi_zip_primary_release(struct hisi_zip_dev *dev, struct hisi_zip_qp *qp);

/** The probe of a secondary: as hisi_zip_create(). */
int hisi_zip_secondary_create(struct rte_device *device, const char *name);

/** The remove of a secondary. @return 0 or -ENODEV */
int hisi_zip_secondary_remove(const char *name);

#endif /* HISI_ZIP_MP_H */
