/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef PERF_DEVICE_H
#define PERF_DEVICE_H

/**
 * @file
 * A function, of the embedded model or of a model's process, with two queues that are idle.
 */

#include <stdbool.h>

struct perf_device;

/**
 * @param path the socket of a model's process, or NULL
 * @return NULL: there is none; logged
 */
struct perf_device *perf_device_new(const char *path);
void perf_device_free(struct perf_device *device);

/** Whether it has shadow doorbells. */
bool perf_device_has_shadow(const struct perf_device *device);

/* What is measured; @p arg is a struct perf_device. */

/** Mailbox commands, with a context as the answer. */
void perf_device_mailbox(void *arg, unsigned int n);
/** SQ doorbells in shared memory, where the device looks at them. */
void perf_device_shadow(void *arg, unsigned int n);
/** SQ doorbells at the chip's address. */
void perf_device_chip(void *arg, unsigned int n);

#endif /* PERF_DEVICE_H */
