/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Workers beside control sections: nothing is lost, nothing runs in a section, all ends. */

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "test_zip_model_util.h"
#include "zip_worker.h"

#define DEPTH       64u
#define OPS         1500u
#define LEN         3000u
#define DEADLINE_NS 40000000000ull

/* Queues that an application thread keeps busy. */
#define NB_APPS 2u

struct app {
	struct bench *bench;
	unsigned int queue;
	unsigned int done;
	bool failed;
	pthread_t thread;
};

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void
ring(struct app *app, unsigned int line, uint64_t word)
{
	_Atomic uint64_t *lines = (void *)app->bench->shadow;

	atomic_store_explicit(&lines[app->queue * 16 + line * 8], word, memory_order_release);
}

/* Four SQEs and a doorbell, then their four CQEs and a doorbell. False: time is up. */
static bool
app_burst(struct app *app, uint32_t *at, uint32_t *phase, uint64_t deadline)
{
	struct bench_sqe sqe = bench_flat(2, LEN, LEN);
	uint32_t start = *at;
	unsigned int i;

	sqe.dw[20] += app->queue * 0x10000;
	for (i = 0; i < 4; i++)
		bench_put(app->bench, app->queue, (start + i) % DEPTH, &sqe);
	ring(app, 0, (uint64_t)((start + 4) % DEPTH) << 32 | app->queue);
	for (i = 0; i < 4; i++) {
		/* Index and phase in one access, as they were written. */
		_Atomic uint64_t *word = (void *)(bench_cqe_at(app->bench, app->queue, *at) + 2);

		while ((atomic_load_explicit(word, memory_order_acquire) >> 48 & 1) != *phase) {
			if (now_ns() > deadline)
				return false;
			sched_yield();
		}
		if ((bench_sqe_at(app->bench, app->queue, *at)[3] & 0xff) != 0)
			app->failed = true;
		*at = (*at + 1) % DEPTH;
		*phase ^= *at == 0;
		app->done++;
	}
	ring(app, 1, (uint64_t)*at << 32 | 0x1000 | app->queue);
	return true;
}

static void *
app_main(void *arg)
{
	struct app *app = arg;
	uint64_t deadline = now_ns() + DEADLINE_NS;
	uint32_t phase = 1;
	uint32_t at = 0;

	while (app->done < OPS && app_burst(app, &at, &phase, deadline))
		;
	return NULL;
}

static void
open_all(struct bench *bench, struct zip_worker_pool **pool, unsigned int workers,
		enum zip_model_engine engine)
{
	const struct zip_worker_config worker_config = {.workers = workers};
	struct zip_model_config config = bench_config();

	config.engine = engine;
	config.level = 1;
	config.shadow = true;
	bench_open(bench, &config);
	bench_events(bench);
	bench_text(bench->mem + BENCH_IN, LEN);
	/* Input and output in pieces of their own, so that each SQE has to look them up. */
	assert_int_equal(zip_model_dma_unmap(bench->model, BENCH_IOVA + BENCH_IN, 0x100000), 0);
	assert_int_equal(zip_model_dma_map(bench->model, BENCH_IOVA + BENCH_IN, 0x100000,
					 bench->mem + BENCH_IN, 1),
			0);
	assert_int_equal(zip_worker_pool_create(&worker_config, pool), 0);
}

/* One round of what a server does beside the traffic. */
static void
control_round(struct bench *bench, struct zip_worker_pool *pool, unsigned int round, void *page)
{
	const uint64_t iova = 0x500000000ull + (uint64_t)(round % 50) * 0x2000;
	struct zip_model_stats stats;

	/* Mapping needs no section; unmapping does. */
	assert_int_equal(zip_model_dma_map(bench->model, iova, 0x1000, page, 3), 0);
	if (round % 50 == 49) {
		zip_worker_pause(pool, bench->model);
		assert_int_equal(zip_model_dma_unmap(bench->model, 0x500000000ull, 0x200000), 0);
		zip_worker_resume(pool, bench->model);
	}
	zip_worker_pause(pool, bench->model);
	assert_int_equal(bench_mailbox(bench, 0x00006006, 0), 0x00004006);
	zip_worker_resume(pool, bench->model);
	/* A doorbell needs no section: a CQ nobody else uses, armed again and again. */
	bench_doorbell(bench, 0x0001000000001009ull);
	zip_model_stats(bench->model, &stats);
	assert_int_equal(stats.queues.errors, 0);
}

static void
traffic_beside_control(void **state)
{
	struct app apps[NB_APPS] = {{.queue = 0}, {.queue = 2}};
	uint64_t deadline = now_ns() + DEADLINE_NS;
	struct zip_worker_pool *pool;
	static uint8_t page[0x1000];
	unsigned int round = 0;
	struct bench bench;
	unsigned int i;

	(void)state;
	open_all(&bench, &pool, 2, ZIP_MODEL_ENGINE_ISAL);
	bench_queue(&bench, 0, false, DEPTH, 3);
	bench_queue(&bench, 2, false, DEPTH, 3);
	bench_queue(&bench, 9, false, DEPTH, 3);
	assert_int_equal(zip_worker_attach(pool, bench.model), 0);
	assert_int_equal(zip_worker_attach(pool, bench.model), -EEXIST);
	for (i = 0; i < NB_APPS; i++) {
		apps[i].bench = &bench;
		assert_int_equal(pthread_create(&apps[i].thread, NULL, app_main, &apps[i]), 0);
	}
	while (bench_stats(&bench).queues.sqes < NB_APPS * OPS && now_ns() < deadline)
		control_round(&bench, pool, round++, page);
	for (i = 0; i < NB_APPS; i++) {
		pthread_join(apps[i].thread, NULL);
		assert_true(apps[i].done >= OPS);
		assert_false(apps[i].failed);
	}
	zip_worker_detach(pool, bench.model);
	assert_int_equal(bench_queue_stats(&bench, 0).sqes, apps[0].done);
	assert_int_equal(bench_queue_stats(&bench, 2).sqes, apps[1].done);
	zip_worker_pool_destroy(pool);
	bench_close(&bench);
}

/* In a section a doorbell stays unanswered; after it the SQE runs. */
static void
section_is_quiet(void **state)
{
	struct bench_sqe sqe = bench_flat(2, LEN, LEN);
	uint64_t deadline = now_ns() + DEADLINE_NS;
	struct zip_worker_pool *pool;
	struct bench bench;

	(void)state;
	open_all(&bench, &pool, 1, ZIP_MODEL_ENGINE_ZLIB);
	bench_queue(&bench, 5, false, DEPTH, 1);
	bench_put(&bench, 5, 0, &sqe);
	assert_int_equal(zip_worker_attach(pool, bench.model), 0);
	zip_worker_pause(pool, bench.model);
	bench_doorbell(&bench, 0x0000000100000005ull);
	nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 0);
	zip_worker_resume(pool, bench.model);
	while (bench_queue_stats(&bench, 5).sqes == 0 && now_ns() < deadline)
		sched_yield();
	assert_int_equal(bench_queue_stats(&bench, 5).sqes, 1);
	/* Stopping drains beside the section's reads. */
	zip_worker_pause(pool, bench.model);
	bench_mailbox(&bench, 0x00052008, 0);
	zip_worker_resume(pool, bench.model);
	zip_worker_pause(pool, bench.model);
	assert_int_equal(bench_read(&bench, 0x300), 0x00050008);
	zip_worker_resume(pool, bench.model);
	zip_worker_pool_destroy(pool);
	bench_close(&bench);
}

/* After idling, work on any share is found, and the pool ends whoever sleeps. */
static void
work_after_idling(void **state)
{
	struct zip_worker_pool *pool;
	struct bench bench;
	unsigned int round;

	(void)state;
	open_all(&bench, &pool, 3, ZIP_MODEL_ENGINE_ISAL);
	assert_int_equal(zip_worker_attach(pool, bench.model), 0);
	for (round = 0; round < 4; round++) {
		/* The third share, then the second, the first, the third; and all awake again. */
		struct app apps[2] = {{.queue = (round * 4 + 4) % 6}, {.queue = (round * 2) % 6}};
		uint32_t phase[2] = {1, 1};
		uint32_t at[2] = {0, 0};
		unsigned int i;

		nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
		for (i = 0; i < 2; i++) {
			apps[i].bench = &bench;
			zip_worker_pause(pool, bench.model);
			bench_queue(&bench, apps[i].queue, false, DEPTH, 1);
			zip_worker_resume(pool, bench.model);
			assert_true(app_burst(&apps[i], &at[i], &phase[i], now_ns() + DEADLINE_NS));
			assert_false(apps[i].failed);
		}
	}
	nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
	assert_int_equal(bench_stats(&bench).queues.sqes, 4 * 2 * 4);
	zip_worker_pool_destroy(pool);
	bench_close(&bench);
}

static void *
pause_often(void *arg)
{
	struct {
		struct zip_worker_pool *pool;
		struct zip_model *model;
		atomic_bool stop;
	} *job = arg;

	while (!atomic_load(&job->stop)) {
		zip_worker_pause(job->pool, job->model);
		zip_worker_resume(job->pool, job->model);
	}
	return NULL;
}

/* Two threads that do nothing but pause do not starve the work. */
static void
sections_are_fair(void **state)
{
	struct {
		struct zip_worker_pool *pool;
		struct zip_model *model;
		atomic_bool stop;
	} job = {0};
	struct app app = {.queue = 0};
	pthread_t threads[2];
	struct bench bench;
	unsigned int i;

	(void)state;
	open_all(&bench, &job.pool, 1, ZIP_MODEL_ENGINE_NULL);
	bench_queue(&bench, 0, false, DEPTH, 1);
	assert_int_equal(zip_worker_attach(job.pool, bench.model), 0);
	job.model = bench.model;
	app.bench = &bench;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, pause_often, &job), 0);
	app_main(&app);
	atomic_store(&job.stop, true);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_true(app.done >= OPS);
	zip_worker_pool_destroy(job.pool);
	bench_close(&bench);
}

static void
models_come_and_go(void **state)
{
	const struct zip_worker_config config = {.workers = 2};
	struct zip_worker_pool *pool;
	unsigned int round;

	(void)state;
	assert_int_equal(zip_worker_pool_create(&config, &pool), 0);
	for (round = 0; round < 50; round++) {
		struct bench_sqe sqe = bench_flat(1, LEN, LEN);
		struct zip_model_config model_config = bench_config();
		struct bench bench;

		model_config.engine = ZIP_MODEL_ENGINE_NULL;
		bench_open(&bench, &model_config);
		bench_queue(&bench, 3, false, DEPTH, 1);
		bench_put(&bench, 3, 0, &sqe);
		assert_int_equal(zip_worker_attach(pool, bench.model), 0);
		bench_doorbell(&bench, 0x0000000100000003ull);
		if (round % 2 == 0)
			sched_yield();
		zip_worker_detach(pool, bench.model);
		zip_worker_detach(pool, bench.model);
		bench_close(&bench);
	}
	zip_worker_pool_destroy(pool);
}

static int
refuse_second(void *ctx, unsigned int worker, void *(*fn)(void *), void *arg, pthread_t *thread)
{
	(*(unsigned int *)ctx)++;
	return worker == 1 ? -EAGAIN : -pthread_create(thread, NULL, fn, arg);
}

static void
bad_pools(void **state)
{
	struct zip_worker_config config = {.workers = 0};
	struct zip_worker_pool *pool = NULL;
	unsigned int calls = 0;

	(void)state;
	assert_int_equal(zip_worker_pool_create(&config, &pool), -EINVAL);
	config.workers = 65;
	assert_int_equal(zip_worker_pool_create(&config, &pool), -EINVAL);
	config.workers = 3;
	config.thread_start = refuse_second;
	config.ctx = &calls;
	assert_int_equal(zip_worker_pool_create(&config, &pool), -EAGAIN);
	assert_int_equal(calls, 2);
	assert_null(pool);
	zip_worker_pool_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(traffic_beside_control),
			cmocka_unit_test(section_is_quiet),
			cmocka_unit_test(work_after_idling),
			cmocka_unit_test(sections_are_fair),
			cmocka_unit_test(models_come_and_go),
			cmocka_unit_test(bad_pools),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
