/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef RAW_TRAFFIC_H
#define RAW_TRAFFIC_H

/**
 * @file
 * Requests over a function, their results checked by zlib. A failure fails the test.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "raw_function.h"

/* Queues, by what they do. */
#define RAW_COMPRESS 2
#define RAW_DECOMPRESS 1

/** Text of a kind: words that repeat, different for each seed. */
void raw_fill(uint8_t *data, size_t len, unsigned seed);

/** Compress and decompress, two requests a round, of different sizes. */
void raw_use(struct raw_function *function, unsigned rounds);

/** Open a function, use it for two rounds, and close it. */
void raw_use_once(const char *path, bool chip);

/** Put RAW_SLOTS requests to compress, of RAW_REQUEST bytes each, without a doorbell. */
void raw_submit_many(struct raw_function *function);

#define RAW_REQUEST 5000

/** Wait for them. */
void raw_complete_many(struct raw_function *function);

#endif /* RAW_TRAFFIC_H */
