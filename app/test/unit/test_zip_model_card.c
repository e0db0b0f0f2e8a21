/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* A physical function with two virtual ones: queues, messages (hardware.md 7.5), resets. */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "test_zip_model_pf_util.h"

struct card {
	struct zip_model_card *card;
	struct bench pf;
	struct bench vf[2]; /* functions 1 and 2 */
};

static void
card_open(struct card *card)
{
	struct zip_model_config config = bench_config();
	unsigned int i;

	assert_int_equal(zip_model_card_create(true, &card->card), 0);
	config.card = card->card;
	config.function = ZIP_MODEL_PF;
	config.queues = 1024;
	bench_open(&card->pf, &config);
	config.function = ZIP_MODEL_VF;
	config.queues = 16;
	for (i = 0; i < 2; i++) {
		config.number = i + 1;
		bench_open(&card->vf[i], &config);
	}
}

/* A card whose PF is up and has given the first VF eight queues. */
static void
card_open_shared(struct card *card)
{
	card_open(card);
	pf_bring_up(&card->pf, 64);
	pf_assign(&card->pf, 1, 64, 8);
}

static void
card_close(struct card *card)
{
	bench_close(&card->vf[1]);
	bench_close(&card->vf[0]);
	bench_close(&card->pf);
	zip_model_card_destroy(card->card);
}

static void
joining(void **state)
{
	const struct zip_model_host host = {0};
	struct zip_model_config config = bench_config();
	struct zip_model *model = NULL;
	struct card card;

	(void)state;
	card_open(&card);
	config.card = card.card;
	config.number = 2;
	assert_int_equal(zip_model_create(&config, &host, &model), -EEXIST);
	config.number = 0;
	assert_int_equal(zip_model_create(&config, &host, &model), -EINVAL);
	config.number = 64;
	assert_int_equal(zip_model_create(&config, &host, &model), -EINVAL);
	config.number = 63;
	assert_int_equal(zip_model_create(&config, &host, &model), 0);
	zip_model_destroy(model);
	config.number = 3;
	config.function = ZIP_MODEL_PF;
	assert_int_equal(zip_model_create(&config, &host, &model), -EINVAL);
	card_close(&card);

	assert_int_equal(zip_model_card_create(true, &card.card), 0);
	config.card = card.card;
	config.number = 1;
	config.function = ZIP_MODEL_VF;
	assert_int_equal(zip_model_create(&config, &host, &model), -EINVAL); /* no PF yet */
	zip_model_card_destroy(card.card);
	assert_int_equal(zip_model_card_create(false, &card.card), 0);
	config.card = card.card;
	config.number = 0;
	config.function = ZIP_MODEL_PF;
	assert_int_equal(zip_model_create(&config, &host, &model), -EINVAL);
	config.number = 1;
	config.function = ZIP_MODEL_VF;
	assert_int_equal(zip_model_create(&config, &host, &model), 0);
	zip_model_destroy(model);
	zip_model_card_destroy(card.card);
}

/* A VF has what the PF's driver writes. */
static void
queues(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct card card;

	(void)state;
	card_open(&card);
	assert_int_equal(bench_mailbox(&card.vf[0], 0x00006006, 0), 0x00004006);
	assert_int_equal(bench_answer(&card.vf[0]), 0);
	assert_int_equal(pf_load_queue(&card.vf[0], 0), 2);
	pf_bring_up(&card.pf, 64);
	pf_assign(&card.pf, 1, 64, 8);
	/* hardware.md A.5 */
	bench_mailbox(&card.vf[0], 0x00006006, 0);
	assert_true(bench_answer(&card.vf[0]) == (7ull << 45 | 1ull << 44 | 64ull << 28));
	assert_int_equal(bench_run(&card.vf[0], false, &sqe).dw[3] & 0xff, 0);
	assert_int_equal(pf_load_queue(&card.vf[0], 8), 2);
	assert_int_equal(pf_load_queue(&card.vf[1], 0), 2);
	/* Its reset leaves the entry alone. */
	zip_model_reset(card.vf[0].model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(pf_load_queue(&card.vf[0], 7), 0);
	/* More than it has room for. */
	pf_assign(&card.pf, 2, 72, 100);
	assert_int_equal(pf_load_queue(&card.vf[1], 15), 0);
	assert_int_equal(pf_load_queue(&card.vf[1], 16), 2);
	/* Queues of another function. */
	pf_assign(&card.pf, 2, 71, 8);
	assert_int_equal(pf_load_queue(&card.vf[1], 0), 2);
	pf_assign(&card.pf, 2, 72, 8);
	assert_int_equal(pf_load_queue(&card.vf[1], 0), 0);
	card_close(&card);
}

/* What the PF takes away stops at once, though the VF's own section comes later. */
static void
taken_away(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct card card;

	(void)state;
	card_open_shared(&card);
	assert_int_equal(bench_run(&card.vf[0], false, &sqe).dw[3] & 0xff, 0);
	bench_put(&card.vf[0], 5, 1, &sqe);
	bench_doorbell(&card.vf[0], 0x0000000200000005ull);
	pf_assign(&card.pf, 1, 64, 4);
	pf_assign(&card.pf, 1, 64, 8);
	assert_int_equal(bench_serve(&card.vf[0]), 0);
	bench_doorbell(&card.vf[0], 0x0000000200000005ull);
	assert_int_equal(bench_queue_stats(&card.vf[0], 5).dropped, 1);
	bench_read(&card.vf[0], 0x60);
	assert_int_equal(bench_serve(&card.vf[0]), 0);
	assert_int_equal(bench_run(&card.vf[0], false, &sqe).dw[3] & 0xff, 0);
	card_close(&card);
}

/* The PF's reset, its memory initialisation and its AXI master concern all. */
static void
pf_stops_all(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 4096, 8192);
	struct card card;

	(void)state;
	card_open_shared(&card);
	bench_queue(&card.vf[0], 5, false, 1024, 1);
	bench_put(&card.vf[0], 5, 0, &sqe);
	bench_write(&card.pf, 0x300000, 1);
	bench_doorbell(&card.vf[0], 0x0000000100000005ull);
	assert_int_equal(bench_serve(&card.vf[0]), 0);
	bench_write(&card.pf, 0x300000, 0);
	assert_true(bench_serve(&card.vf[0]) > 0);
	assert_int_equal(bench_stats(&card.vf[0]).queues.sqes, 1);
	bench_write(&card.pf, 0x100040, 1);
	assert_int_equal(pf_load_queue(&card.vf[0], 0), 2);
	pf_assign(&card.pf, 1, 64, 8);
	assert_int_equal(pf_load_queue(&card.vf[0], 0), 0);
	zip_model_reset(card.pf.model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(pf_load_queue(&card.vf[0], 0), 2);
	card_close(&card);
}

static uint64_t
read64(struct bench *bench, uint64_t offset)
{
	uint64_t value = 0;

	assert_int_equal(zip_model_read(bench->model, 2, offset, &value, 8), 0);
	return value;
}

static void
write64(struct bench *bench, uint64_t offset, uint64_t value)
{
	assert_int_equal(zip_model_write(bench->model, 2, offset, &value, 8), 0);
}

struct service {
	struct zip_model *model;
	atomic_bool stop;
};

static void *
service_main(void *arg)
{
	struct service *service = arg;

	while (!atomic_load(&service->stop)) {
		zip_model_service(service->model, 0, 1, 64);
		sched_yield();
	}
	return NULL;
}

/* An event queue entry, and the interrupt that tells of it. */
static void
wait_event(struct bench *bench, uint32_t index, unsigned int irqs)
{
	const _Atomic uint32_t *entry = (void *)bench_dw(bench, BENCH_EQ + index * 4);
	time_t start = time(NULL);

	while (atomic_load(entry) != 0x00010001 || bench->irqs[0] == irqs) {
		assert_in_range(time(NULL) - start, 0, 20);
		sched_yield();
	}
}

/* While the PF stops all, a VF's service may be in the midst of an event: none may get lost. */
static void
pf_stops_beside_events(void **state)
{
	struct bench_sqe sqe = bench_flat(1, 100, 200);
	struct service service = {0};
	pthread_t thread;
	struct card card;
	struct bench *vf = &card.vf[0];
	uint32_t i;

	(void)state;
	card_open_shared(&card);
	bench_events(vf);
	bench_queue(vf, 1, false, 256, 3);
	service.model = vf->model;
	assert_int_equal(pthread_create(&thread, NULL, service_main, &service), 0);
	for (i = 0; i < 100; i++) {
		unsigned int irqs = vf->irqs[0];

		bench_put(vf, 1, i, &sqe);
		bench_doorbell(vf, (uint64_t)(i + 1) << 32 | 0x0000000000000001ull);
		bench_write(&card.pf, 0x300000, 1);
		bench_write(&card.pf, 0x300000, 0);
		wait_event(vf, i, irqs);
		bench_doorbell(vf, (uint64_t)(i + 1) << 32 | 0x0001000000001001ull);
		bench_doorbell(vf, (uint64_t)(i + 1) << 32 | 0x0000000000002000ull);
	}
	atomic_store(&service.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(bench_stats(vf).eqes, 100);
	assert_int_equal(bench_stats(vf).queues.dropped + bench_stats(vf).dropped_doorbells, 0);
	card_close(&card);
}

static void
pf_to_one(void **state)
{
	struct card card;

	(void)state;
	card_open(&card);
	bench_write(&card.vf[1], 0x24, 0);
	assert_int_equal(bench_mailbox(&card.pf, 0x0002200c, 0x1234567800000008ull), 0x0002000c);
	bench_write(&card.pf, 0x100134, 2);
	bench_write(&card.pf, 0x100130, 1);
	assert_int_equal(bench_read(&card.pf, 0x100130), 0);
	assert_int_equal(read64(&card.pf, 0x100128), 0x4);
	assert_int_equal(card.vf[1].irqs[2], 1);
	assert_int_equal(bench_read(&card.vf[1], 0x28), 1);
	assert_int_equal(bench_read(&card.vf[0], 0x20), 0);
	bench_mailbox(&card.vf[1], 0x0000600d, 0);
	assert_true(bench_answer(&card.vf[1]) == 0x1234567800000008ull);
	bench_mailbox(&card.vf[1], 0x0000200d, 0);
	assert_true(bench_answer(&card.vf[1]) == 0x1234567800000008ull);
	bench_write(&card.vf[1], 0x20, 1);
	assert_int_equal(bench_read(&card.vf[1], 0x28), 0);
	assert_int_equal(read64(&card.pf, 0x100128), 0);
	assert_int_equal(bench_mailbox(&card.pf, 0x0000200c, 1) >> 9 & 0xf, 2);
	assert_int_equal(bench_mailbox(&card.pf, 0x0040200c, 1) >> 9 & 0xf, 2);
	card_close(&card);
}

static void
pf_to_all(void **state)
{
	struct card card;

	(void)state;
	card_open(&card);
	bench_mailbox(&card.pf, 0xffff200c, 0x3);
	bench_write(&card.pf, 0x100134, 0x7f);
	bench_write(&card.pf, 0x100130, 1);
	/* Those that are there. */
	assert_int_equal(read64(&card.pf, 0x100128), 0x6);
	assert_int_equal(card.vf[0].irqs[2], 0); /* masked after creation */
	assert_int_equal(bench_read(&card.vf[0], 0x20), 1);
	assert_int_equal(bench_read(&card.vf[0], 0x28), 0);
	bench_write(&card.vf[0], 0x24, 0);
	assert_int_equal(card.vf[0].irqs[2], 1);
	bench_mailbox(&card.vf[0], 0x0000600d, 0);
	assert_int_equal(bench_answer(&card.vf[0]), 3);
	/* A reset answers for a VF that does not. */
	zip_model_reset(card.vf[0].model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(read64(&card.pf, 0x100128), 0x4);
	card_close(&card);
}

static void
vf_to_pf(void **state)
{
	struct card card;

	(void)state;
	card_open(&card);
	write64(&card.pf, 0x100138, 0xffffffffffffffffull);
	bench_write(&card.pf, 0x24, 0);
	assert_int_equal(bench_mailbox(&card.vf[1], 0x0000200c, 0xb), 0x0000000c);
	bench_write(&card.vf[1], 0x2c, 1);
	assert_int_equal(bench_read(&card.vf[1], 0x2c), 1);
	assert_int_equal(bench_read(&card.vf[0], 0x2c), 0);
	assert_int_equal(card.pf.irqs[2], 1);
	assert_int_equal(bench_read(&card.pf, 0x28), 1);
	assert_int_equal(read64(&card.pf, 0x100138), 0x4);
	bench_mailbox(&card.pf, 0x0002600d, 0);
	assert_int_equal(bench_answer(&card.pf), 0xb);
	write64(&card.pf, 0x100138, 0x4);
	assert_int_equal(read64(&card.pf, 0x100138), 0);
	assert_int_equal(bench_read(&card.vf[1], 0x2c), 0);
	bench_write(&card.pf, 0x20, 1);
	assert_int_equal(bench_read(&card.pf, 0x28), 0);
	/* No interrupt leaves a device whose AXI master is closed, but none is lost either. */
	bench_write(&card.pf, 0x300000, 1);
	bench_write(&card.vf[1], 0x2c, 1);
	assert_int_equal(card.pf.irqs[2], 1);
	assert_int_equal(bench_read(&card.pf, 0x28), 1);
	bench_write(&card.pf, 0x300000, 0);
	assert_int_equal(card.pf.irqs[2], 2);
	bench_write(&card.pf, 0x20, 1);
	write64(&card.pf, 0x100138, 0x4);
	/* The PF's reset acknowledges what it will never read. */
	bench_write(&card.vf[0], 0x2c, 1);
	zip_model_reset(card.pf.model, ZIP_MODEL_RESET_FLR);
	assert_int_equal(bench_read(&card.vf[0], 0x2c), 0);
	assert_int_equal(read64(&card.pf, 0x100138), 0);
	card_close(&card);
}

/* A VF of a card without PF waits for nobody. */
static void
vf_alone(void **state)
{
	struct bench vf;

	(void)state;
	bench_open(&vf, NULL);
	assert_int_equal(bench_mailbox(&vf, 0x0000200c, 0xb), 0x0000000c);
	bench_write(&vf, 0x2c, 1);
	assert_int_equal(bench_read(&vf, 0x2c), 0);
	assert_int_equal(bench_read(&vf, 0x20), 0);
	bench_close(&vf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(joining),
			cmocka_unit_test(queues),
			cmocka_unit_test(taken_away),
			cmocka_unit_test(pf_stops_all),
			cmocka_unit_test(pf_stops_beside_events),
			cmocka_unit_test(pf_to_one),
			cmocka_unit_test(pf_to_all),
			cmocka_unit_test(vf_to_pf),
			cmocka_unit_test(vf_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
