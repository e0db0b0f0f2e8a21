/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_compressdev.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include "guest_dev.h"

#define WINDOW 15
#define WAIT_SECONDS 20

int
guest_fail(const char *format, ...)
{
	va_list args;

	printf("guest: failed: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	return -1;
}

static int
create_xforms(struct guest_dev *dev)
{
	const struct rte_comp_xform compress = {
		.type = RTE_COMP_COMPRESS,
		.compress = {.algo = RTE_COMP_ALGO_DEFLATE,
			     .deflate.huffman = RTE_COMP_HUFFMAN_DYNAMIC,
			     .level = RTE_COMP_LEVEL_PMD_DEFAULT,
			     .chksum = RTE_COMP_CHECKSUM_NONE,
			     .window_size = WINDOW,
			     .hash_algo = RTE_COMP_HASH_ALGO_NONE},
	};
	const struct rte_comp_xform decompress = {
		.type = RTE_COMP_DECOMPRESS,
		.decompress = {.algo = RTE_COMP_ALGO_DEFLATE,
			       .chksum = RTE_COMP_CHECKSUM_NONE,
			       .window_size = WINDOW,
			       .hash_algo = RTE_COMP_HASH_ALGO_NONE},
	};

	if (rte_compressdev_private_xform_create(dev->id, &compress, &dev->compress) != 0 ||
	    rte_compressdev_private_xform_create(dev->id, &decompress, &dev->decompress) != 0)
		return guest_fail("no xforms");
	return 0;
}

static int
start(struct guest_dev *dev)
{
	struct rte_compressdev_config config = {
		.socket_id = (int)rte_socket_id(),
		.nb_queue_pairs = dev->qp + 1,
		.max_nb_priv_xforms = 2,
	};

	if (rte_compressdev_configure(dev->id, &config) != 0 ||
	    rte_compressdev_queue_pair_setup(dev->id, dev->qp, GUEST_MAX_JOBS,
					     config.socket_id) != 0)
		return guest_fail("%s: cannot be configured", dev->name);
	if (rte_compressdev_start(dev->id) != 0)
		return guest_fail("%s: does not start", dev->name);
	return create_xforms(dev);
}

/* Of each job one at each side; what they hold is elsewhere. Processes share the names. */
static int
create_pools(struct guest_dev *dev)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "guest_mbufs%u", dev->qp);
	dev->mbufs = rte_pktmbuf_pool_create(name, 4 * GUEST_MAX_JOBS - 1, 0, 0, 0,
					     SOCKET_ID_ANY);
	snprintf(name, sizeof(name), "guest_ops%u", dev->qp);
	dev->ops = rte_comp_op_pool_create(name, 2 * GUEST_MAX_JOBS - 1, 0,
					   sizeof(struct guest_job *), SOCKET_ID_ANY);
	return dev->mbufs != NULL && dev->ops != NULL ? 0 : guest_fail("no memory for pools");
}

int
guest_dev_open(struct guest_dev *dev)
{
	uint8_t ids[1];

	memset(dev, 0, sizeof(*dev));
	if (rte_eal_iova_mode() != RTE_IOVA_VA)
		return guest_fail("addresses are not virtual: is there an IOMMU?");
	if (rte_compressdev_devices_get("compress_hisi_zip", ids, RTE_DIM(ids)) != 1)
		return guest_fail("no device");
	dev->id = ids[0];
	dev->name = rte_compressdev_name_get(dev->id);
	dev->qp = rte_eal_process_type() == RTE_PROC_SECONDARY ? 1 : 0;
	return create_pools(dev) != 0 ? -1 : start(dev);
}

void
guest_dev_close(struct guest_dev *dev)
{
	rte_compressdev_private_xform_free(dev->id, dev->compress);
	rte_compressdev_private_xform_free(dev->id, dev->decompress);
	rte_compressdev_stop(dev->id);
	rte_compressdev_close(dev->id);
	rte_mempool_free(dev->ops);
	rte_mempool_free(dev->mbufs);
}

int
guest_dev_restart(struct guest_dev *dev, unsigned int seconds)
{
	uint64_t end = rte_get_timer_cycles() + seconds * rte_get_timer_hz();

	do {
		rte_compressdev_stop(dev->id);
		if (rte_compressdev_start(dev->id) == 0)
			return 0;
		rte_delay_us_sleep(100000);
	} while (rte_get_timer_cycles() < end);
	return guest_fail("%s: does not start again", dev->name);
}

static void
forget_buffer(void *addr, void *arg)
{
	RTE_SET_USED(addr);
	rte_free(arg);
}

/* IOVA is the virtual address, also of memory that EAL does not know. */
static struct rte_mbuf *
wrap(struct guest_dev *dev, void *data, uint16_t len)
{
	struct rte_mbuf_ext_shared_info *info = rte_zmalloc(NULL, sizeof(*info), 0);
	struct rte_mbuf *mbuf = rte_pktmbuf_alloc(dev->mbufs);

	if (info == NULL || mbuf == NULL) {
		rte_free(info);
		rte_pktmbuf_free(mbuf);
		return NULL;
	}
	info->free_cb = forget_buffer;
	info->fcb_opaque = info;
	rte_mbuf_ext_refcnt_set(info, 1);
	rte_pktmbuf_attach_extbuf(mbuf, data, (uintptr_t)data, GUEST_DATA_LEN, info);
	mbuf->data_len = len;
	mbuf->pkt_len = len;
	return mbuf;
}

static void
free_op(struct rte_comp_op *op)
{
	rte_pktmbuf_free(op->m_src);
	rte_pktmbuf_free(op->m_dst);
	rte_comp_op_free(op);
}

/* It lies behind the operation. */
static struct guest_job **
job_of(struct rte_comp_op *op)
{
	return (struct guest_job **)(op + 1);
}

static struct rte_comp_op *
make_op(struct guest_dev *dev, struct guest_job *job)
{
	struct rte_comp_op *op = rte_comp_op_alloc(dev->ops);

	if (op == NULL)
		return NULL;
	op->m_src = wrap(dev, job->src, (uint16_t)job->src_len);
	op->m_dst = wrap(dev, job->dst, GUEST_DATA_LEN);
	if (op->m_src == NULL || op->m_dst == NULL) {
		free_op(op);
		return NULL;
	}
	op->op_type = RTE_COMP_OP_STATELESS;
	op->private_xform = job->compress ? dev->compress : dev->decompress;
	op->flush_flag = RTE_COMP_FLUSH_FINAL;
	op->src.offset = 0;
	op->src.length = job->src_len;
	op->dst.offset = 0;
	*job_of(op) = job;
	job->done = false;
	return op;
}

int
guest_dev_send(struct guest_dev *dev, struct guest_job *jobs, unsigned int nb)
{
	struct rte_comp_op *ops[GUEST_MAX_JOBS];
	unsigned int i;

	for (i = 0; i < nb; i++) {
		ops[i] = make_op(dev, &jobs[i]);
		if (ops[i] == NULL)
			return guest_fail("no memory for operations");
	}
	i = rte_compressdev_enqueue_burst(dev->id, dev->qp, ops, (uint16_t)nb);
	if (i == nb)
		return 0;
	jobs[i].status = ops[i]->status;
	for (unsigned int left = i; left < nb; left++)
		free_op(ops[left]);
	return guest_fail("%u of %u operations were taken, status %u", i, nb, jobs[i].status);
}

static void
finish(struct rte_comp_op *op)
{
	struct guest_job *job = *job_of(op);

	job->done = true;
	job->status = op->status;
	job->debug_status = op->debug_status;
	job->produced = op->produced;
	free_op(op);
}

int
guest_dev_receive(struct guest_dev *dev, unsigned int nb, unsigned int seconds)
{
	uint64_t end = rte_get_timer_cycles() + seconds * rte_get_timer_hz();
	struct rte_comp_op *op;

	while (nb > 0) {
		if (rte_compressdev_dequeue_burst(dev->id, dev->qp, &op, 1) == 1) {
			finish(op);
			nb--;
		} else if (rte_get_timer_cycles() > end) {
			return guest_fail("%u operations did not come back", nb);
		} else {
			rte_delay_us_sleep(100);
		}
	}
	return 0;
}

int
guest_dev_run(struct guest_dev *dev, struct guest_job *jobs, unsigned int nb)
{
	int ret = guest_dev_send(dev, jobs, nb);

	return ret != 0 ? ret : guest_dev_receive(dev, nb, WAIT_SECONDS);
}

void
guest_fill(void *data, unsigned int seed)
{
	char *text = data;

	for (unsigned int i = 0; i < GUEST_DATA_LEN; i++)
		text[i] = (char)('a' + (i * i / 7 + i / 64 + seed) % 23);
}

bool
guest_dev_verify(struct guest_dev *dev, const struct guest_job *job, unsigned int seed)
{
	uint8_t *wanted = rte_malloc(NULL, 2 * GUEST_DATA_LEN, 0);
	struct guest_job back = {.src = job->dst, .src_len = job->produced};
	bool good;

	if (wanted == NULL)
		return false;
	back.dst = wanted + GUEST_DATA_LEN;
	guest_fill(wanted, seed);
	good = job->status == RTE_COMP_OP_STATUS_SUCCESS && job->produced > 0 &&
	       guest_dev_run(dev, &back, 1) == 0 && back.status == RTE_COMP_OP_STATUS_SUCCESS &&
	       back.produced == GUEST_DATA_LEN && memcmp(wanted, back.dst, GUEST_DATA_LEN) == 0;
	if (!good)
		guest_fail("a result is not right: status %u, produced %u", job->status,
			   job->produced);
	rte_free(wanted);
	return good;
}

int
guest_dev_round_trip(struct guest_dev *dev, unsigned int nb)
{
	uint8_t *data = rte_malloc(NULL, (size_t)2 * nb * GUEST_DATA_LEN, 0);
	struct guest_job jobs[GUEST_MAX_JOBS] = {0};
	int ret;

	if (data == NULL)
		return guest_fail("no memory for data");
	for (unsigned int i = 0; i < nb; i++) {
		jobs[i].compress = true;
		jobs[i].src = data + (size_t)2 * i * GUEST_DATA_LEN;
		jobs[i].src_len = GUEST_DATA_LEN;
		jobs[i].dst = (uint8_t *)jobs[i].src + GUEST_DATA_LEN;
		guest_fill(jobs[i].src, i);
	}
	ret = guest_dev_run(dev, jobs, nb);
	for (unsigned int i = 0; ret == 0 && i < nb; i++)
		ret = guest_dev_verify(dev, &jobs[i], i) ? 0 : -1;
	rte_free(data);
	return ret;
}
