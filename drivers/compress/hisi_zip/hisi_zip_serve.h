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

struct hisi_zip_mp_msg;

/** Takes requests from here on; once for each device. @return 0 or -errno */
int hisi_zip_serve_open(void);

/** Once for each open; without the control lock. After the last one there is no thread. */
void hisi_zip_serve_close(void);

/** Of hisi_zip_primary.c: fulfils a request and turns it into its answer. */
void hisi_zip_primary_answer(struct hisi_zip_mp_msg *msg, int *fd);

/** Of hisi_zip_primary.c: cleans up behind processes that are gone. @return whether some live */
bool hisi_zip_primary_reap(void);

#endif /* HISI_ZIP_SERVE_H */
