/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_STATS_H
#define MODEL_STATS_H

/**
 * @file
 * The counters as text: lines of `key value`, between `stats.begin N` and `stats.end N`, where N
 * counts the printings. Keys of the function on the K-th socket begin with `socket.K.`, of its
 * queue Q with `socket.K.queue.Q.` (queues that were used only), and the sums with `total.`.
 * Errors are also counted by status, as `errors.0x10`, where there are any.
 */

#include <stdio.h>

#include <zip_model.h>

/** Values of a status, the low byte of dword 3 of an SQE. */
#define MODEL_STATS_STATUSES 256

struct model_device;

/** What is counted for a function. */
struct model_counters {
	struct zip_model_stats model;
	uint64_t errors[MODEL_STATS_STATUSES]; /**< SQEs by status; 0 where that is no error */
	uint64_t clients; /**< that negotiated a version, from the first to the one there now */
};

/** What outlives a printing. */
struct model_stats {
	unsigned long printed;
	bool failed; /**< said once */
};

/**
 * Print the counters of all devices.
 *
 * @param file
 *   Replaced as a whole, so that a reader never sees half of it; NULL for standard output.
 */
void model_stats_print(struct model_stats *stats, const char *file,
		       struct model_device *const *devices, unsigned nb_devices);

/** Whether counters can be written to @p file; nothing is. @return 0 or -errno, reported */
int model_stats_check(const char *file);

/** Print a function's counters, each line with @p prefix. */
void model_stats_function(FILE *out, const char *prefix, const struct model_counters *counters);

/** Print a queue's counters, each line with @p prefix, a dot and the queue's number. */
void model_stats_queue(FILE *out, const char *prefix, unsigned queue,
		       const struct zip_model_queue_stats *counters);

/** Add @p counters to @p total. */
void model_stats_add(struct model_counters *total, const struct model_counters *counters);

#endif /* MODEL_STATS_H */
