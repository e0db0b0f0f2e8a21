/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_SERVE_H
#define HISI_ZIP_SERVE_H

/**
 * @file
 * The thread of a primary that answers other processes, and notices when one is gone.
 *
 * It is neither EAL's thread for messages, on which memory cannot be allocated, since that asks
 * other processes, nor its interrupt thread, which control functions of the QM layer wait for.
 * It exists from the first request on, until there is no device any more.
 */

#include <stdbool.h>

#include "hisi_zip_mp.h"

/** Takes requests from here on; once for each device. @return 0 or -errno */
int hisi_zip_serve_open(void);

/** Once for each open; without the control lock. After the last one there is no thread. */
void hisi_zip_serve_close(void);

/**
 * Fulfils a request and turns it into its answer.
 *
 * @param peer the socket that it came from: EAL's of the process, whose pid its name tells
 * @param fd receives a file that goes with it, which the caller closes; else left alone
 */
void hisi_zip_primary_answer(struct hisi_zip_mp_msg *msg, const char *peer, int *fd);

/** Cleans up behind processes that are gone. @return whether some live */
bool hisi_zip_primary_reap(void);

/* What requests do; hisi_zip_primary_lock() is held. */

/** The device of that name that other processes may use, or NULL. */
struct hisi_zip_dev *hisi_zip_primary_find(const char *name);

/** Whether the function is lost. */
static inline bool
hisi_zip_is_lost(const struct hisi_zip_dev *dev)
{
	return __atomic_load_n(&dev->qm.dead, __ATOMIC_ACQUIRE) != 0;
}

/** The next queue pair of a process from @p id on, which moves behind it; NULL: no more. */
struct hisi_zip_qp *hisi_zip_owned_next(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc,
					uint16_t *id);

/** A step towards a process's queues that are quiet. @return 0; -EINPROGRESS not yet */
int hisi_zip_owned_stop(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc);

/** Starts the queues of a process, none of them on failure. @return as stop, or -errno */
int hisi_zip_owned_start(struct hisi_zip_dev *dev, const struct hisi_zip_proc *proc);

/** Whether a process other than the primary and @p except needs the function to run. */
bool hisi_zip_clients_run(const struct hisi_zip_dev *dev, const struct hisi_zip_client *except);

/** Cleans up behind the dead. @return whether one is still there: its queues are not done yet */
bool hisi_zip_clients_reap(struct hisi_zip_dev *dev);

/** A process on a device, or NULL. */
struct hisi_zip_client *hisi_zip_client_find(struct hisi_zip_dev *dev,
					     const struct hisi_zip_proc *proc);

/**
 * Takes an id for a process. What that had there, or a dead one left, is given back.
 *
 * @return 0; -EINPROGRESS a queue there is not done yet; -EBUSY it is another process's, logged
 */
int hisi_zip_primary_claim(struct hisi_zip_dev *dev, uint16_t id, const struct hisi_zip_proc *proc);

/** Starts its queue pairs, and the function if need be. @return as a stop, or -errno */
int hisi_zip_client_start(struct hisi_zip_dev *dev, struct hisi_zip_client *client);

/** Stops its queue pairs, and the function if nobody needs it. @return 0; -EINPROGRESS not yet */
int hisi_zip_client_stop(struct hisi_zip_dev *dev, struct hisi_zip_client *client);

/** Gives everything back that it has, whether it lives or not. @return 0; -EINPROGRESS not yet */
int hisi_zip_client_free(struct hisi_zip_dev *dev, struct hisi_zip_client *client);

#endif /* HISI_ZIP_SERVE_H */
