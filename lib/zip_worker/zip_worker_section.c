/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include <errno.h>

#include "worker_priv.h"

/* A control section waits this long for a worker that the one before kept out. */
#define WORKER_FAIR_NS 100000
/* Looks at a worker in an SQE before the control section sleeps between them. */
#define WORKER_PAUSE_SPINS    200
#define WORKER_PAUSE_SLEEP_NS 20000

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
