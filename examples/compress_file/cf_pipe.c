/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_pause.h>

#include "cf_io.h"
#include "cf_log.h"
#include "cf_pipe.h"

#define BURST 8
/* Spins of the main lcore before it sleeps: it only reads and writes files. */
#define SPINS 1000
#define SLEEP_US 50
/* A device that gives nothing back for so long is lost. */
#define PATIENCE_NS 30000000000u

/* What one lcore does on one queue pair. */
struct cf_worker {
	struct cf_pipe *pipe;
	uint16_t queue;
	uint16_t nb_pending;
	uint32_t next;                        /* slot to look at next */
	struct rte_comp_op *pending[BURST];   /* taken, not accepted by the device yet */
} __rte_cache_aligned;

static struct cf_slot *
slot_of(const struct rte_comp_op *op)
{
	return *(struct cf_slot *const *)(op + 1);
}

static void
set_state(struct cf_slot *slot, enum cf_state state)
{
	/* Release: who sees the state sees all that was written before. */
	__atomic_store_n(&slot->state, state, __ATOMIC_RELEASE);
}

static enum cf_state
state_of(const struct cf_slot *slot)
{
	/* Acquire: pairs with the release above. */
	return __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
}

static void
collect(struct cf_worker *worker)
{
	struct cf_pipe *pipe = worker->pipe;

	while (worker->nb_pending < BURST) {
		struct cf_slot *slot = &pipe->slots[worker->next];

		if (state_of(slot) != CF_FILLED)
			return;
		set_state(slot, CF_TAKEN);
		worker->pending[worker->nb_pending++] = slot->op;
		worker->next = (worker->next + pipe->device->nb_queues) % pipe->nb_slots;
	}
}

static void
drop_pending(struct cf_worker *worker, uint16_t nb)
{
	worker->nb_pending -= nb;
	memmove(worker->pending, worker->pending + nb,
		worker->nb_pending * sizeof(worker->pending[0]));
}

static void
enqueue(struct cf_worker *worker)
{
	struct rte_comp_op *op;
	uint16_t nb;

	if (worker->nb_pending == 0)
		return;
	nb = rte_compressdev_enqueue_burst(worker->pipe->device->id, worker->queue,
					   worker->pending, worker->nb_pending);
	drop_pending(worker, nb);
	if (worker->nb_pending == 0)
		return;
	/* A full queue leaves the status alone; any other says that it will never be taken. */
	op = worker->pending[0];
	if (op->status != RTE_COMP_OP_STATUS_NOT_PROCESSED) {
		drop_pending(worker, 1);
		slot_of(op)->refused = true;
		set_state(slot_of(op), CF_DONE);
	}
}

static void
poll_queue(struct cf_worker *worker)
{
	struct rte_comp_op *done[BURST];
	uint16_t nb;

	collect(worker);
	enqueue(worker);
	nb = rte_compressdev_dequeue_burst(worker->pipe->device->id, worker->queue, done, BURST);
	for (uint16_t i = 0; i < nb; i++)
		set_state(slot_of(done[i]), CF_DONE);
}

static int
worker_main(void *arg)
{
	struct cf_worker *worker = arg;

	while (__atomic_load_n(&worker->pipe->quit, __ATOMIC_RELAXED) == 0) {
		poll_queue(worker);
		rte_pause();
	}
	return 0;
}

static int
make_slot(struct cf_pipe *pipe, struct cf_slot *slot, uint16_t segs)
{
	if (cf_chain_alloc(&slot->src, pipe->mbufs, segs) != 0 ||
	    cf_chain_alloc(&slot->dst, pipe->mbufs, segs) != 0)
		return -ENOMEM;
	slot->op = rte_comp_op_alloc(pipe->ops);
	if (slot->op == NULL)
		return -ENOMEM;
	*(struct cf_slot **)(slot->op + 1) = slot;
	return 0;
}

static int
make_memory(struct cf_pipe *pipe, uint16_t segs)
{
	const uint32_t nb = pipe->nb_slots;

	pipe->mbufs = rte_pktmbuf_pool_create("cf_mbufs", 2 * nb * segs, 0, 0,
					      CF_SEG + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	pipe->ops = rte_comp_op_pool_create("cf_ops", nb, 0, sizeof(struct cf_slot *),
					    SOCKET_ID_ANY);
	pipe->slots = rte_zmalloc("cf_slots", nb * sizeof(*pipe->slots), 0);
	pipe->workers = rte_zmalloc("cf_workers", pipe->device->nb_queues *
				    sizeof(*pipe->workers), 0);
	if (pipe->mbufs == NULL || pipe->ops == NULL || pipe->slots == NULL ||
	    pipe->workers == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < nb; i++) {
		if (make_slot(pipe, &pipe->slots[i], segs) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int
start_workers(struct cf_pipe *pipe)
{
	unsigned int lcore;
	uint16_t i = 0;
	int ret = 0;

	for (uint16_t q = 0; q < pipe->device->nb_queues; q++) {
		pipe->workers[q].pipe = pipe;
		pipe->workers[q].queue = q;
		pipe->workers[q].next = q;
	}
	pipe->alone = rte_lcore_count() == 1;
	RTE_LCORE_FOREACH_WORKER(lcore) {
		if (i == pipe->device->nb_queues || ret != 0)
			break;
		ret = rte_eal_remote_launch(worker_main, &pipe->workers[i++], lcore);
	}
	return ret;
}

int
cf_pipe_open(struct cf_pipe *pipe, uint16_t segs)
{
	int ret;

	pipe->nb_slots = pipe->device->nb_queues * CF_DEPTH;
	ret = make_memory(pipe, segs);
	if (ret != 0) {
		cf_log("no memory for %u operations of %u KiB; EAL's -m gives more",
		       pipe->nb_slots, cf_chain_bytes(segs) >> 10);
		return ret;
	}
	for (uint32_t i = 0; i < pipe->nb_slots; i++) {
		ret = cf_device_xform(pipe->device, pipe->options, &pipe->slots[i].xform);
		if (ret != 0)
			return ret;
	}
	ret = start_workers(pipe);
	if (ret != 0)
		cf_log("cannot start a worker: %s", strerror(-ret));
	return ret;
}

void
cf_pipe_stop(struct cf_pipe *pipe)
{
	__atomic_store_n(&pipe->quit, 1, __ATOMIC_RELAXED);
	rte_eal_mp_wait_lcore();
}

void
cf_pipe_close(struct cf_pipe *pipe)
{
	for (uint32_t i = 0; pipe->slots != NULL && i < pipe->nb_slots; i++) {
		cf_chain_free(&pipe->slots[i].src);
		cf_chain_free(&pipe->slots[i].dst);
		rte_comp_op_free(pipe->slots[i].op);
	}
	rte_free(pipe->slots);
	rte_free(pipe->workers);
	rte_mempool_free(pipe->ops);
	rte_mempool_free(pipe->mbufs);
}

static struct cf_slot *
oldest(const struct cf_pipe *pipe)
{
	return &pipe->slots[pipe->tail % pipe->nb_slots];
}

/* What the main lcore does for the operations, where it has no worker. */
static void
help(struct cf_pipe *pipe)
{
	if (pipe->alone)
		poll_queue(&pipe->workers[0]);
}

static int
wait_for_oldest(struct cf_pipe *pipe)
{
	const uint64_t begin = cf_now_ns();

	for (uint32_t spins = 1; state_of(oldest(pipe)) != CF_DONE; spins++) {
		help(pipe);
		if (spins % SPINS != 0) {
			rte_pause();
			continue;
		}
		if (cf_stopped())
			return -EINTR;
		if (cf_now_ns() - begin > PATIENCE_NS) {
			cf_log("%s: does not answer", pipe->device->name);
			return -ETIMEDOUT;
		}
		usleep(SLEEP_US);
		spins -= SPINS / 2;
	}
	return 0;
}

static int
finish_oldest(struct cf_pipe *pipe)
{
	struct cf_slot *slot = oldest(pipe);
	int ret = pipe->finish(pipe->context, slot);

	set_state(slot, CF_FREE);
	pipe->tail++;
	return ret;
}

int
cf_pipe_take(struct cf_pipe *pipe, struct cf_slot **slot)
{
	int ret = 0;

	help(pipe);
	if (pipe->head - pipe->tail == pipe->nb_slots)
		ret = wait_for_oldest(pipe);
	while (ret == 0 && pipe->tail < pipe->head && state_of(oldest(pipe)) == CF_DONE)
		ret = finish_oldest(pipe);
	*slot = &pipe->slots[pipe->head % pipe->nb_slots];
	return ret;
}

void
cf_pipe_submit(struct cf_pipe *pipe, struct cf_slot *slot, uint32_t room)
{
	struct rte_comp_op *op = slot->op;

	slot->room = room;
	slot->refused = false;
	if (slot->stream != NULL) {
		op->op_type = RTE_COMP_OP_STATEFUL;
		op->stream = slot->stream;
		op->flush_flag = RTE_COMP_FLUSH_SYNC;
	} else {
		op->op_type = RTE_COMP_OP_STATELESS;
		op->private_xform = slot->xform;
		op->flush_flag = RTE_COMP_FLUSH_FINAL;
	}
	op->m_src = cf_chain_set(&slot->src, slot->src_len);
	op->m_dst = cf_chain_set(&slot->dst, room);
	op->src.offset = 0;
	op->src.length = slot->src_len;
	op->dst.offset = 0;
	/* Drivers that add to these would go on from the operation before. */
	op->consumed = 0;
	op->produced = 0;
	op->input_chksum = 0;
	op->output_chksum = 0;
	op->status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
	pipe->head++;
	set_state(slot, CF_FILLED);
	help(pipe);
}

int
cf_pipe_drain(struct cf_pipe *pipe)
{
	int ret = 0;

	while (ret == 0 && pipe->tail < pipe->head) {
		ret = wait_for_oldest(pipe);
		if (ret == 0)
			ret = finish_oldest(pipe);
	}
	return ret;
}
