/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_SLOT_H
#define HISI_ZIP_SLOT_H

/**
 * @file
 * Devices as the compressdev library has them: a slot in each process, by a number, and data in a
 * memory zone of that number, which it takes for those of one device in all processes.
 *
 * A process that attaches takes its next free slot, whichever device that number is elsewhere, and
 * writes to the zone: name, socket, and that the device is not started. So no device of this
 * driver lives in such a zone: in each process its slot points to data of the process's own. Zones
 * of other drivers' devices do hold their data: what is overwritten there is put back, by one
 * process at a time, and if that is killed by the next. For that moment such a device looks as if
 * it were stopped.
 */

#include <rte_compressdev.h>
#include <rte_compressdev_pmd.h>

struct hisi_zip_dev;

/**
 * Primary: creates an rte device, with data of its own and a struct hisi_zip_dev of zeros in
 * data->dev_private.
 *
 * @param socket NUMA node of its memory, or SOCKET_ID_ANY
 * @return NULL: no slot or no memory, logged
 */
struct rte_compressdev *hisi_zip_slot_create(struct rte_device *device, const char *name,
					     int socket);

/**
 * Primary: destroys an rte device and the zone of its number, which the library forgets, so that no
 * device could take the number again. Frees what dev_private points to.
 *
 * @return 0, or as its close
 */
int hisi_zip_slot_destroy(struct rte_compressdev *cdev);

/** Secondary: whether the primary has ever had a device of this driver. */
bool hisi_zip_slot_known(void);

/**
 * Secondary: takes a slot for a device of the primary.
 *
 * @param data of the process, filled but for dev_id; kept until the device is destroyed
 * @return 0; -ENODEV no slot; -EBUSY another process is at it for 2 s
 */
int hisi_zip_slot_take(struct rte_device *device, struct rte_compressdev_data *data,
		       struct rte_compressdev **cdev);

/** Primary: puts back what a process overwrote that was killed; waits for no other. */
void hisi_zip_slot_mend(void);

#endif /* HISI_ZIP_SLOT_H */
