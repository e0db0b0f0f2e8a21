/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pmd_job.h"
#include "pmd_zlib.h"

#define POOL_OPS 4095
#define DEQUEUE_MS 60000

static struct rte_mempool *pool;

void
pmd_job_open(void)
{
	pool = rte_comp_op_pool_create("pmd_ops", POOL_OPS, 0, sizeof(struct pmd_job *),
				       SOCKET_ID_ANY);
	assert_non_null(pool);
}

void
pmd_job_close(void)
{
	if (pool == NULL)
		return;
	assert_int_equal(rte_mempool_avail_count(pool), POOL_OPS);
	rte_mempool_free(pool);
	pool = NULL;
}

static struct pmd_job **
job_of(struct rte_comp_op *op)
{
	return (struct pmd_job **)(void *)(op + 1);
}

void
pmd_batch_open(struct pmd_batch *batch, unsigned int cap, size_t memory)
{
	memset(batch, 0, sizeof(*batch));
	pmd_arena_open(&batch->arena, memory);
	batch->jobs = calloc(cap, sizeof(*batch->jobs));
	assert_non_null(batch->jobs);
	batch->cap = cap;
}

void
pmd_batch_reset(struct pmd_batch *batch)
{
	for (unsigned int i = 0; i < batch->nb; i++) {
		struct pmd_job *job = &batch->jobs[i];

		pmd_chain_free(&job->src);
		pmd_chain_free(&job->dst);
		rte_comp_op_free(job->op);
		free(job->owned);
		memset(job, 0, sizeof(*job));
	}
	batch->nb = 0;
	batch->arena.used = 0;
}

void
pmd_batch_close(struct pmd_batch *batch)
{
	pmd_batch_reset(batch);
	pmd_arena_close(&batch->arena);
	free(batch->jobs);
	batch->jobs = NULL;
}

static struct pmd_job *
add_job(struct pmd_batch *batch, void *xform, const struct pmd_shapes *shapes, const uint8_t *in,
	uint32_t in_len, uint32_t room)
{
	struct pmd_job *job = &batch->jobs[batch->nb];
	struct rte_comp_op *op = rte_comp_op_alloc(pool);

	assert_true(batch->nb < batch->cap);
	assert_non_null(op);
	batch->nb++;
	pmd_chain_build(&batch->arena, &shapes->src, in_len, &job->src);
	pmd_chain_build(&batch->arena, &shapes->dst, room, &job->dst);
	pmd_chain_write(&job->src, in, in_len);
	/* The tail of the destination is no room: it ends where the room ends. */
	op->op_type = RTE_COMP_OP_STATELESS;
	op->private_xform = xform;
	op->m_src = job->src.head;
	op->m_dst = job->dst.head;
	op->src.offset = job->src.offset;
	op->src.length = in_len;
	op->dst.offset = job->dst.offset;
	op->flush_flag = RTE_COMP_FLUSH_FINAL;
	op->status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
	*job_of(op) = job;
	job->op = op;
	job->in = in;
	job->in_len = in_len;
	job->window = 15;
	job->want = RTE_COMP_OP_STATUS_SUCCESS;
	job->back = 0;
	return job;
}

struct pmd_job *
pmd_batch_compress(struct pmd_batch *batch, void *xform, const struct pmd_shapes *shapes,
		   const uint8_t *plain, uint32_t len)
{
	struct pmd_shapes cut = *shapes;
	struct pmd_job *job;

	cut.dst.tail = 0;
	job = add_job(batch, xform, &cut, plain, len, pmd_zlib_bound(len));
	job->compress = true;
	job->plain = plain;
	job->plain_len = len;
	return job;
}

struct pmd_job *
pmd_batch_decompress(struct pmd_batch *batch, void *xform, const struct pmd_shapes *shapes,
		     const uint8_t *in, uint32_t in_len, const uint8_t *plain, uint32_t len,
		     uint32_t room)
{
	struct pmd_shapes cut = *shapes;
	struct pmd_job *job;

	cut.dst.tail = 0;
	job = add_job(batch, xform, &cut, in, in_len, room);
	job->plain = plain;
	job->plain_len = len;
	return job;
}

void
pmd_batch_set_room(struct pmd_batch *batch, struct pmd_job *job, const struct pmd_shape *shape,
		   uint32_t room)
{
	pmd_chain_free(&job->dst);
	pmd_chain_build(&batch->arena, shape, room, &job->dst);
	job->op->m_dst = job->dst.head;
	job->op->dst.offset = job->dst.offset;
}

/* One burst from batch->jobs[at] on; 0 accepted is fine if the op is untouched. */
static int
enqueue_some(struct pmd_batch *batch, uint16_t qp, unsigned int at, unsigned int burst)
{
	struct rte_comp_op *ops[PMD_BURST_MAX];
	unsigned int n = batch->nb - at < burst ? batch->nb - at : burst;
	uint64_t by_software = 0;
	uint16_t accepted;

	for (unsigned int i = 0; i < n; i++)
		ops[i] = batch->jobs[at + i].op;
	accepted = rte_compressdev_enqueue_burst(pmd_dev.id, qp, ops, (uint16_t)n);
	if (accepted > n)
		return -EPROTO;
	if (accepted < n && ops[accepted]->status != RTE_COMP_OP_STATUS_NOT_PROCESSED) {
		print_error("op %u was refused with status %u\n", at + accepted,
			    ops[accepted]->status);
		return -EINVAL;
	}
	for (unsigned int i = 0; i < accepted; i++) {
		const struct pmd_job *job = &batch->jobs[at + i];

		by_software += job->compress && job->window < 15;
	}
	if (pmd_env.generation == PMD_V2_HW)
		__atomic_fetch_add(&pmd_dev.by_software, by_software, __ATOMIC_RELAXED);
	__atomic_fetch_add(&pmd_dev.accepted, accepted, __ATOMIC_RELAXED);
	return accepted;
}

/* One burst; every op must be one of the batch. */
static int
dequeue_some(struct pmd_batch *batch, uint16_t qp, unsigned int burst)
{
	struct rte_comp_op *ops[PMD_BURST_MAX];
	uint16_t n = rte_compressdev_dequeue_burst(pmd_dev.id, qp, ops, (uint16_t)burst);

	if (n > burst)
		return -EPROTO;
	for (unsigned int i = 0; i < n; i++) {
		struct pmd_job *job = *job_of(ops[i]);

		if (job < batch->jobs || job >= batch->jobs + batch->cap || job->op != ops[i])
			return -EPROTO;
		job->back++;
	}
	__atomic_fetch_add(&pmd_dev.done, n, __ATOMIC_RELAXED);
	return n;
}

/* Between two bursts: whether it is worth to go on, as long as something moves now and then. */
static bool
keep_waiting(bool moved, uint64_t *end)
{
	uint64_t now = pmd_now_ms();

	if (moved)
		*end = now + DEQUEUE_MS;
	else
		sched_yield();
	return now <= *end;
}

/*
 * Enqueues from batch->jobs[sent] on and dequeues until all are done, by turns; what is all sent,
 * or all done, from the beginning is left to another thread.
 */
static int
exchange(struct pmd_batch *batch, uint16_t qp, unsigned int burst, unsigned int sent,
	 unsigned int done)
{
	uint64_t end = pmd_now_ms() + DEQUEUE_MS;

	while (sent < batch->nb || done < batch->nb) {
		int in = sent < batch->nb ? enqueue_some(batch, qp, sent, burst) : 0;
		int out = in >= 0 && done < batch->nb ? dequeue_some(batch, qp, burst) : 0;

		if (in < 0 || out < 0)
			return in < 0 ? in : out;
		sent += (unsigned int)in;
		done += (unsigned int)out;
		if (!keep_waiting(in > 0 || out > 0, &end))
			return -ETIMEDOUT;
	}
	return 0;
}

int
pmd_batch_enqueue(struct pmd_batch *batch, uint16_t qp, unsigned int burst)
{
	int ret = exchange(batch, qp, burst, 0, batch->nb);

	return ret < 0 ? ret : (int)batch->nb;
}

int
pmd_batch_dequeue(struct pmd_batch *batch, uint16_t qp, unsigned int burst)
{
	return exchange(batch, qp, burst, batch->nb, 0);
}

int
pmd_batch_turns(struct pmd_batch *batch, uint16_t qp, unsigned int burst)
{
	return exchange(batch, qp, burst, 0, 0);
}

static const char *
compressed_verdict(const struct pmd_job *job, const uint8_t *out)
{
	if (job->op->consumed != job->plain_len && pmd_env.transport != PMD_FOREIGN)
		return "consumed is not the input's length";
	return pmd_zlib_check(job->window, out, job->op->produced, job->plain, job->plain_len);
}

static const char *
plain_verdict(const struct pmd_job *job, const uint8_t *out)
{
	if (job->op->produced != job->plain_len)
		return "produced is not the plain length";
	if (job->op->consumed != job->in_len - job->slack &&
	    pmd_env.transport != PMD_FOREIGN)
		return "consumed is not the stream's length";
	return memcmp(out, job->plain, job->plain_len) != 0 ? "other data" : NULL;
}

const char *
pmd_job_verdict(const struct pmd_job *job)
{
	const char *wrong;
	uint8_t *out;

	if (job->back != 1)
		return job->back == 0 ? "it did not come back" : "it came back twice";
	if (!pmd_chain_intact(&job->dst))
		return "bytes outside the destination were written";
	if (!pmd_chain_intact(&job->src))
		return "bytes around the source were written";
	if (job->op->status != job->want)
		return "wrong status";
	if (job->want == RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED && job->op->consumed != 0)
		return "out of space, but consumed is not 0";
	if (job->want != RTE_COMP_OP_STATUS_SUCCESS)
		return NULL;
	if (job->op->produced > job->dst.room)
		return "produced is more than the room";
	if (job->any_result)
		return NULL;
	out = malloc((size_t)job->op->produced + 1);
	if (out == NULL)
		return "no memory";
	pmd_chain_read(&job->dst, out, job->op->produced);
	wrong = job->compress ? compressed_verdict(job, out) : plain_verdict(job, out);
	free(out);
	return wrong;
}

void
pmd_batch_check(const struct pmd_batch *batch)
{
	for (unsigned int i = 0; i < batch->nb; i++) {
		const struct pmd_job *job = &batch->jobs[i];
		const char *wrong = pmd_job_verdict(job);

		if (wrong == NULL)
			continue;
		print_error("op %u of %u (%s): %s\n", i, batch->nb,
			    job->compress ? "compress" : "decompress", wrong);
		print_error("in %u bytes, %u segments, offset %u; out %u bytes, %u segments, "
			    "offset %u; status %u (want %u), debug %#llx, consumed %u, "
			    "produced %u, plain %u\n",
			    job->in_len, job->src.head->nb_segs, job->src.offset, job->dst.room,
			    job->dst.head->nb_segs, job->dst.offset, job->op->status, job->want,
			    (unsigned long long)job->op->debug_status, job->op->consumed,
			    job->op->produced, job->plain_len);
		fail_msg("%s", wrong);
	}
}

void
pmd_batch_run(struct pmd_batch *batch, uint16_t qp, unsigned int burst)
{
	int ret = pmd_batch_turns(batch, qp, burst);

	if (ret != 0)
		print_error("burst of %u on queue pair %u: %s\n", burst, qp, strerror(-ret));
	pmd_batch_check(batch);
	assert_int_equal(ret, 0);
}

void
pmd_batch_run_reset(struct pmd_batch *batch, uint16_t qp, unsigned int burst)
{
	pmd_batch_run(batch, qp, burst);
	pmd_batch_reset(batch);
}
