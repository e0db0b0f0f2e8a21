/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "worker_priv.h"

/* SQEs in one call of a service: enough to make the hand-shake around it cheap. */
#define WORKER_BUDGET 64

/* Idle for less than this: look again at once; then let others run; then sleep. */
#define WORKER_SPIN_NS  20000
#define WORKER_YIELD_NS 100000
/*
 * A sleep is this fraction of the idle time so far, but a millisecond at most; more only where
 * nothing was to do for half a second. (Wake-ups cost up to 40 us each on an idle machine.)
 */
#define WORKER_SLEEP_FRACTION 4
#define WORKER_MAX_SLEEP_NS   1000000
#define WORKER_LONG_IDLE_NS   500000000
#define WORKER_LONG_SLEEP_NS  5000000
/* Idle for this long: the first worker looks after all, the others sleep until it finds work. */
#define WORKER_PARK_NS  100000000

#define WORKER_NAME_LEN 16 /* the kernel's limit */

static inline void
worker_relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/*
 * Serve a share of one slot. The store to "current" and the load of "paused" are sequentially
 * consistent, as are their counterparts in zip_worker_pause(): at least one of the two sides sees
 * the other.
 */
static unsigned int
worker_serve(struct worker *self, struct worker_slot *slot, unsigned int share, unsigned int budget)
{
	struct zip_model *model;
	unsigned int work = 0;

	/* Relaxed: only to pass by; what counts is loaded again below. */
	if (atomic_load_explicit(&slot->model, memory_order_relaxed) == NULL)
		return 0;
	atomic_store(&self->current, slot);
	if (atomic_load(&slot->paused) > 0) {
		atomic_store_explicit(&self->current, NULL, memory_order_release);
		atomic_store_explicit(&slot->kept_out, true, memory_order_relaxed);
		sched_yield();
		return 1;
	}
	if (atomic_load_explicit(&slot->kept_out, memory_order_relaxed))
		atomic_store_explicit(&slot->kept_out, false, memory_order_relaxed);
	/* Acquire: the model as whoever attached it left it. */
	model = atomic_load_explicit(&slot->model, memory_order_acquire);
	if (model != NULL)
		work = zip_model_service(model, share, self->pool->nb_workers, budget);
	atomic_store_explicit(&self->current, NULL, memory_order_release);
	return work;
}

static unsigned int
worker_serve_share(struct worker *self, unsigned int share, unsigned int budget)
{
	struct zip_worker_pool *pool = self->pool;
	unsigned int nb = atomic_load_explicit(&pool->nb_slots, memory_order_acquire);
	unsigned int work = 0;
	unsigned int i;

	for (i = 0; i < nb; i++)
		work += worker_serve(self, &pool->slots[i], share, budget);
	return work;
}

static void
worker_unpark(struct zip_worker_pool *pool)
{
	unsigned int i;

	pthread_mutex_lock(&pool->park_lock);
	for (i = 0; i < pool->nb_workers; i++)
		atomic_store_explicit(&pool->workers[i].parked, false, memory_order_relaxed);
	atomic_store_explicit(&pool->nb_parked, 0, memory_order_relaxed);
	pthread_cond_broadcast(&pool->unparked);
	pthread_mutex_unlock(&pool->park_lock);
}

/* Leave the own share to the first worker; what was done to it is seen by it, and the reverse. */
static uint64_t
worker_park(struct worker *self)
{
	struct zip_worker_pool *pool = self->pool;

	pthread_mutex_lock(&pool->park_lock);
	if (!atomic_load_explicit(&pool->stop, memory_order_relaxed)) {
		atomic_fetch_add_explicit(&pool->nb_parked, 1, memory_order_relaxed);
		atomic_store_explicit(&self->parked, true, memory_order_release);
	}
	while (atomic_load_explicit(&self->parked, memory_order_relaxed))
		pthread_cond_wait(&pool->unparked, &pool->park_lock);
	pthread_mutex_unlock(&pool->park_lock);
	return worker_now();
}

static void
worker_stop(struct zip_worker_pool *pool)
{
	pthread_mutex_lock(&pool->park_lock);
	atomic_store_explicit(&pool->stop, true, memory_order_relaxed);
	pthread_mutex_unlock(&pool->park_lock);
	worker_unpark(pool);
}

/* The first worker while others are parked: a look at each share, and all are up at any work. */
static unsigned int
worker_serve_parked(struct worker *self)
{
	struct zip_worker_pool *pool = self->pool;
	unsigned int work = 0;
	unsigned int i;

	for (i = 0; i < pool->nb_workers && work == 0; i++) {
		if (i == self->index ||
				atomic_load_explicit(
						&pool->workers[i].parked, memory_order_acquire))
			work = worker_serve_share(self, i, 1);
	}
	if (work > 0)
		worker_unpark(pool);
	return work;
}

static unsigned int
worker_round(struct worker *self)
{
	if (self->index == 0 &&
			atomic_load_explicit(&self->pool->nb_parked, memory_order_relaxed) > 0)
		return worker_serve_parked(self);
	return worker_serve_share(self, self->index, WORKER_BUDGET);
}

/*
 * What a worker does with nothing to do: doorbells wake nobody, so it never sleeps for long.
 * Since when it has nothing to do, afterwards.
 */
static uint64_t
worker_idle(struct worker *self, uint64_t since)
{
	uint64_t idle = worker_now() - since;
	uint64_t most = idle < WORKER_LONG_IDLE_NS ? WORKER_MAX_SLEEP_NS : WORKER_LONG_SLEEP_NS;
	uint64_t sleep = idle / WORKER_SLEEP_FRACTION;

	if (idle < WORKER_SPIN_NS)
		worker_relax();
	else if (idle < WORKER_YIELD_NS)
		sched_yield();
	else if (idle < WORKER_PARK_NS || self->index == 0)
		worker_sleep(sleep < most ? sleep : most);
	else
		return worker_park(self);
	return since;
}

/*
 * Signals are for other threads, but for those of faults: the kernel ends a process that blocks
 * one that it causes itself. Who serves memory of others handles SIGBUS.
 */
static void
worker_signals(sigset_t *set)
{
	sigfillset(set);
	sigdelset(set, SIGBUS);
	sigdelset(set, SIGSEGV);
	sigdelset(set, SIGILL);
	sigdelset(set, SIGFPE);
	sigdelset(set, SIGTRAP);
}

static void *
worker_main(void *arg)
{
	struct worker *self = arg;
	struct zip_worker_pool *pool = self->pool;
	char name[WORKER_NAME_LEN];
	uint64_t idle_since = 0;
	sigset_t blocked;

	worker_signals(&blocked);
	pthread_sigmask(SIG_SETMASK, &blocked, NULL);
	snprintf(name, sizeof(name), "zip-worker-%u", self->index % ZIP_MODEL_MAX_SHARES);
	pthread_setname_np(pthread_self(), name);
	while (!atomic_load_explicit(&pool->stop, memory_order_relaxed)) {
		if (worker_round(self) > 0) {
			idle_since = 0;
			continue;
		}
		if (idle_since == 0)
			idle_since = worker_now();
		idle_since = worker_idle(self, idle_since);
	}
	return NULL;
}

static int
worker_start(struct worker *self, const struct zip_worker_config *config)
{
	int ret;

	if (config->thread_start != NULL)
		ret = config->thread_start(
				config->ctx, self->index, worker_main, self, &self->thread);
	else
		ret = -pthread_create(&self->thread, NULL, worker_main, self);
	if (ret != 0 || config->cpus == NULL)
		return ret;
	ret = -pthread_setaffinity_np(self->thread, sizeof(*config->cpus), config->cpus);
	if (ret != 0) {
		worker_stop(self->pool);
		pthread_join(self->thread, NULL);
	}
	return ret;
}

static void
worker_join(struct zip_worker_pool *pool, unsigned int started)
{
	unsigned int i;

	worker_stop(pool);
	for (i = 0; i < started; i++)
		pthread_join(pool->workers[i].thread, NULL);
}

static void
worker_free(struct zip_worker_pool *pool)
{
	unsigned int i;

	for (i = 0; i < ZIP_WORKER_MAX_MODELS; i++)
		pthread_mutex_destroy(&pool->slots[i].section);
	pthread_mutex_destroy(&pool->lock);
	pthread_mutex_destroy(&pool->park_lock);
	pthread_cond_destroy(&pool->unparked);
	free(pool);
}

static struct zip_worker_pool *
worker_alloc(unsigned int workers)
{
	size_t size = sizeof(struct zip_worker_pool) + workers * sizeof(struct worker);
	struct zip_worker_pool *pool = aligned_alloc(WORKER_CACHE_LINE, size);
	unsigned int i;

	if (pool == NULL)
		return NULL;
	memset(pool, 0, size);
	pool->nb_workers = workers;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_mutex_init(&pool->park_lock, NULL);
	pthread_cond_init(&pool->unparked, NULL);
	for (i = 0; i < ZIP_WORKER_MAX_MODELS; i++)
		pthread_mutex_init(&pool->slots[i].section, NULL);
	for (i = 0; i < workers; i++) {
		pool->workers[i].pool = pool;
		pool->workers[i].index = i;
	}
	return pool;
}

int
zip_worker_pool_create(const struct zip_worker_config *config, struct zip_worker_pool **out)
{
	struct zip_worker_pool *pool;
	unsigned int started;
	sigset_t blocked;
	sigset_t old;
	int ret = 0;

	if (config->workers < 1 || config->workers > ZIP_MODEL_MAX_SHARES)
		return -EINVAL;
	pool = worker_alloc(config->workers);
	if (pool == NULL)
		return -ENOMEM;
	/* A thread inherits the mask: no signal reaches it before it has blocked them itself. */
	worker_signals(&blocked);
	pthread_sigmask(SIG_SETMASK, &blocked, &old);
	for (started = 0; started < config->workers; started++) {
		ret = worker_start(&pool->workers[started], config);
		if (ret != 0)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (ret != 0) {
		worker_join(pool, started);
		worker_free(pool);
		return ret;
	}
	*out = pool;
	return 0;
}

void
zip_worker_pool_destroy(struct zip_worker_pool *pool)
{
	if (pool == NULL)
		return;
	worker_join(pool, pool->nb_workers);
	worker_free(pool);
}
