/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#ifndef WORKER_PRIV_H
#define WORKER_PRIV_H

/**
 * @file
 * The workers inside: places of models, threads, clock.
 */

#include <stdatomic.h>
#include <time.h>

#include "zip_worker.h"

#define WORKER_CACHE_LINE 64

/* A place for a model. */
struct worker_slot {
	_Alignas(WORKER_CACHE_LINE) _Atomic(struct zip_model *) model;
	atomic_uint paused;   /* control sections wanted or entered */
	atomic_bool kept_out; /* a worker came by meanwhile */
	pthread_mutex_t section;
};

struct worker {
	/* The slot that it is in, or NULL. */
	_Alignas(WORKER_CACHE_LINE) _Atomic(struct worker_slot *) current;
	struct zip_worker_pool *pool;
	unsigned int index;
	atomic_bool parked; /* its share is the first worker's */
	pthread_t thread;
};

struct zip_worker_pool {
	unsigned int nb_workers;
	atomic_uint nb_slots; /* used so far */
	atomic_bool stop;
	pthread_mutex_t lock; /* of attach and detach */
	atomic_uint nb_parked;
	pthread_mutex_t park_lock;
	pthread_cond_t unparked;
	struct worker_slot slots[ZIP_WORKER_MAX_MODELS];
	struct worker workers[];
};

static inline uint64_t
worker_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static inline void
worker_sleep(uint64_t ns)
{
	struct timespec ts = {.tv_nsec = (long)ns};

	nanosleep(&ts, NULL);
}

#endif /* WORKER_PRIV_H */
