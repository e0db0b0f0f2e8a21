/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef ZIP_WORKER_H
#define ZIP_WORKER_H

/**
 * @file
 * Threads that step models (zip_model.h), and the control section of each model.
 *
 * Worker w of n serves share w of n of every attached model. Doorbells are polled: a worker spins
 * for a moment, then sleeps more and more deeply, at most 1 ms, at most 5 ms after half a second
 * without work. After a tenth of a second the first worker alone looks after all shares, and the
 * others sleep until it finds work: idling costs the same whatever their number.
 */

#include <pthread.h>
#include <sched.h>

#include "zip_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A set of workers with their models; opaque. */
struct zip_worker_pool;

/** The most models of a pool. */
#define ZIP_WORKER_MAX_MODELS 256

/** How to make a pool. */
struct zip_worker_config {
	/** Threads, 1 to ZIP_MODEL_MAX_SHARES. */
	unsigned int workers;
	/**
	 * Start a joinable thread that runs fn(arg), and return 0 or -errno. NULL:
	 * pthread_create(). Signals are blocked in the thread either way, but for those of its own
	 * faults, such as SIGBUS.
	 */
	int (*thread_start)(void *ctx, unsigned int worker, void *(*fn)(void *), void *arg,
			pthread_t *thread);
	void *ctx; /**< first argument of thread_start */
	/** Where the workers may run; NULL: as thread_start left them. Copied. */
	const cpu_set_t *cpus;
};

/**
 * Start the workers.
 *
 * @return
 *   0; -EINVAL; -ENOMEM; or what thread_start gave. On failure no thread is left.
 */
int zip_worker_pool_create(const struct zip_worker_config *config, struct zip_worker_pool **pool);

/** Stop and join the workers; NULL is fine. Models still attached are detached, not destroyed. */
void zip_worker_pool_destroy(struct zip_worker_pool *pool);

/**
 * Let the workers serve a model. Any thread.
 *
 * @return
 *   0; -EEXIST it is attached; -ENOSPC too many models.
 */
int zip_worker_attach(struct zip_worker_pool *pool, struct zip_model *model);

/**
 * Take a model back: on return no worker is in it, and none will enter. The caller holds no
 * control section of it. Any thread; no effect if it is not attached.
 */
void zip_worker_detach(struct zip_worker_pool *pool, struct zip_model *model);

/**
 * Enter the control section of a model: on return no worker is in it. Not recursive, and to be
 * left soon: the model is not served meanwhile. A model that is not attached is its caller's alone:
 * no effect.
 *
 * Waits for other threads in the section, and for the SQE that each worker is at. An SQE is not
 * interrupted: of 8 MiB, the most there is, it takes ISA-L tens of milliseconds, and zlib at its
 * highest level half a second; of 64 KiB a hundredth of that.
 */
void zip_worker_pause(struct zip_worker_pool *pool, struct zip_model *model);

/** Leave the control section, on the thread that entered it. */
void zip_worker_resume(struct zip_worker_pool *pool, struct zip_model *model);

#ifdef __cplusplus
}
#endif

#endif /* ZIP_WORKER_H */
