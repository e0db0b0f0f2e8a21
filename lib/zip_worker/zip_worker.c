/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "zip_worker.h"

#define WORKER_CACHE_LINE 64

/* SQEs in one call of a service: enough to make the hand-shake around it cheap. */
#define WORKER_BUDGET 64

/* Idle for less than this: look again at once; then let others run; then sleep. */
#define WORKER_SPIN_NS  20000
#define WORKER_YIELD_NS 100000
/*
 * A sleep is this fraction of the idle time so far, but a millisecond at most; more only where
 * nothing was to do for a second. (A thousand wake-ups a second are 2 % of a core.)
 */
#define WORKER_SLEEP_FRACTION 4
#define WORKER_MAX_SLEEP_NS   1000000
#define WORKER_LONG_IDLE_NS   1000000000
#define WORKER_LONG_SLEEP_NS  5000000

/* A control section waits this long for a worker that the one before kept out. */
#define WORKER_FAIR_NS 100000
/* Looks at a worker in an SQE before the control section sleeps between them. */
#define WORKER_PAUSE_SPINS    200
#define WORKER_PAUSE_SLEEP_NS 20000

#define WORKER_NAME_LEN       16 /* the kernel's limit */

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
	pthread_t thread;
};

struct zip_worker_pool {
	unsigned int nb_workers;
	atomic_uint nb_slots; /* used so far */
	atomic_bool stop;
	pthread_mutex_t lock; /* of attach and detach */
	struct worker_slot slots[ZIP_WORKER_MAX_MODELS];
	struct worker workers[];
};

static uint64_t
worker_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void
worker_sleep(uint64_t ns)
{
	struct timespec ts = {.tv_nsec = (long)ns};

	nanosleep(&ts, NULL);
}

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
 * Serve one slot. The store to "current" and the load of "paused" are sequentially consistent, as
 * are their counterparts in zip_worker_pause(): at least one of the two sides sees the other.
 */
static unsigned int
worker_serve(struct worker *self, struct worker_slot *slot)
{
	struct zip_model *model;
	unsigned int work = 0;

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
	model = atomic_load_explicit(&slot->model, memory_order_relaxed);
	if (model != NULL)
		work = zip_model_service(model, self->index, self->pool->nb_workers, WORKER_BUDGET);
	atomic_store_explicit(&self->current, NULL, memory_order_release);
	return work;
}

/* What a worker does with nothing to do: nothing wakes it, so it never sleeps for long. */
static void
worker_idle(uint64_t since)
{
	uint64_t idle = worker_now() - since;
	uint64_t most = idle < WORKER_LONG_IDLE_NS ? WORKER_MAX_SLEEP_NS : WORKER_LONG_SLEEP_NS;
	uint64_t sleep = idle / WORKER_SLEEP_FRACTION;

	if (idle < WORKER_SPIN_NS)
		worker_relax();
	else if (idle < WORKER_YIELD_NS)
		sched_yield();
	else
		worker_sleep(sleep < most ? sleep : most);
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
		unsigned int nb = atomic_load_explicit(&pool->nb_slots, memory_order_acquire);
		unsigned int work = 0;
		unsigned int i;

		for (i = 0; i < nb; i++)
			work += worker_serve(self, &pool->slots[i]);
		if (work > 0) {
			idle_since = 0;
			continue;
		}
		if (idle_since == 0)
			idle_since = worker_now();
		worker_idle(idle_since);
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
		atomic_store_explicit(&self->pool->stop, true, memory_order_relaxed);
		pthread_join(self->thread, NULL);
	}
	return ret;
}

static void
worker_join(struct zip_worker_pool *pool, unsigned int started)
{
	unsigned int i;

	atomic_store_explicit(&pool->stop, true, memory_order_relaxed);
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

static struct worker_slot *
worker_find(struct zip_worker_pool *pool, const struct zip_model *model)
{
	unsigned int nb = atomic_load_explicit(&pool->nb_slots, memory_order_acquire);
	unsigned int i;

	for (i = 0; i < nb; i++) {
		if (atomic_load_explicit(&pool->slots[i].model, memory_order_acquire) == model)
			return &pool->slots[i];
	}
	return NULL;
}

int
zip_worker_attach(struct zip_worker_pool *pool, struct zip_model *model)
{
	struct worker_slot *slot;
	unsigned int nb;
	int ret = 0;

	pthread_mutex_lock(&pool->lock);
	nb = atomic_load_explicit(&pool->nb_slots, memory_order_relaxed);
	slot = worker_find(pool, NULL);
	if (worker_find(pool, model) != NULL)
		ret = -EEXIST;
	else if (slot == NULL && nb == ZIP_WORKER_MAX_MODELS)
		ret = -ENOSPC;
	else if (slot == NULL)
		slot = &pool->slots[nb++];
	if (ret == 0) {
		/* Under the section, so that a worker sees the model as it is now. */
		pthread_mutex_lock(&slot->section);
		atomic_fetch_add(&slot->paused, 1);
		atomic_store_explicit(&slot->model, model, memory_order_release);
		atomic_store_explicit(&pool->nb_slots, nb, memory_order_release);
		atomic_fetch_sub(&slot->paused, 1);
		pthread_mutex_unlock(&slot->section);
	}
	pthread_mutex_unlock(&pool->lock);
	return ret;
}

/* Give a worker that was kept out a chance, so that it is not kept out for ever. */
static void
worker_be_fair(const struct worker_slot *slot)
{
	uint64_t start;

	if (!atomic_load_explicit(&slot->kept_out, memory_order_relaxed))
		return;
	start = worker_now();
	while (atomic_load_explicit(&slot->kept_out, memory_order_relaxed) &&
			atomic_load_explicit(&slot->paused, memory_order_relaxed) == 0 &&
			worker_now() - start < WORKER_FAIR_NS)
		sched_yield();
}

static void
worker_wait_quiet(struct zip_worker_pool *pool, const struct worker_slot *slot)
{
	unsigned int spins = 0;
	unsigned int i;

	for (i = 0; i < pool->nb_workers; i++) {
		while (atomic_load(&pool->workers[i].current) == slot) {
			if (spins++ < WORKER_PAUSE_SPINS)
				sched_yield();
			else
				worker_sleep(WORKER_PAUSE_SLEEP_NS);
		}
	}
}

void
zip_worker_pause(struct zip_worker_pool *pool, struct zip_model *model)
{
	struct worker_slot *slot = worker_find(pool, model);

	if (slot == NULL)
		return;
	worker_be_fair(slot);
	atomic_fetch_add(&slot->paused, 1);
	pthread_mutex_lock(&slot->section);
	zip_model_yield(model, true);
	worker_wait_quiet(pool, slot);
}

static void
worker_leave(struct worker_slot *slot, struct zip_model *model)
{
	zip_model_yield(model, false);
	pthread_mutex_unlock(&slot->section);
	atomic_fetch_sub(&slot->paused, 1);
}

void
zip_worker_resume(struct zip_worker_pool *pool, struct zip_model *model)
{
	struct worker_slot *slot = worker_find(pool, model);

	if (slot != NULL)
		worker_leave(slot, model);
}

void
zip_worker_detach(struct zip_worker_pool *pool, struct zip_model *model)
{
	struct worker_slot *slot;

	pthread_mutex_lock(&pool->lock);
	slot = worker_find(pool, model);
	if (slot != NULL) {
		zip_worker_pause(pool, model);
		atomic_store_explicit(&slot->model, NULL, memory_order_release);
		worker_leave(slot, model);
	}
	pthread_mutex_unlock(&pool->lock);
}
