/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_ASK_H
#define HISI_ZIP_ASK_H

/**
 * @file
 * Requests of a secondary to the primary: hisi_zip_mp.h.
 */

#include "hisi_zip_mp.h"

/**
 * Asks the primary, again while it says -EINPROGRESS: the device is not done with a queue that
 * stops, and others are served meanwhile. Any thread; one request of the process at a time.
 *
 * @param device its name
 * @param self this process
 * @param msg what the type needs; the answer afterwards
 * @param fd receives a file that comes with it, to be closed by the caller, or -1
 * @return the primary's result; -ENODEV there is no primary; -ETIMEDOUT it does not answer for
 *         30 s, or a queue is not done within two minutes; -EMFILE no descriptor for a file
 */
int hisi_zip_ask(const char *device, const struct hisi_zip_proc *self, enum hisi_zip_mp_type type,
		 struct hisi_zip_mp_msg *msg, int *fd);

#endif /* HISI_ZIP_ASK_H */
