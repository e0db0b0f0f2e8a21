/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_cycles.h>

#include "hisi_zip.h"
#include "hisi_zip_compat.h"
#include "hisi_zip_mp.h"
#include "hisi_zip_stream.h"
#include "hisi_zip_sw.h"

/* Between two looks at the ops that dev_stop waits for. */
#define HISI_ZIP_STOP_POLL_US 100

/* What the engine does, with checksums that the driver adds. */
#define HISI_ZIP_FEATURES                                                                          \
	(RTE_COMP_FF_SHAREABLE_PRIV_XFORM | RTE_COMP_FF_OOP_SGL_IN_SGL_OUT |                       \
	 RTE_COMP_FF_OOP_SGL_IN_LB_OUT | RTE_COMP_FF_OOP_LB_IN_SGL_OUT |                           \
	 RTE_COMP_FF_HUFFMAN_DYNAMIC | RTE_COMP_FF_CRC32_CHECKSUM |                                \
	 RTE_COMP_FF_ADLER32_CHECKSUM | RTE_COMP_FF_CRC32_ADLER32_CHECKSUM |                      \
	 RTE_COMP_FF_MULTI_PKT_CHECKSUM | RTE_COMP_FF_STATEFUL_COMPRESSION)
/* What needs an engine that knows raw DEFLATE. */
#define HISI_ZIP_FEATURES_RAW RTE_COMP_FF_STATEFUL_DECOMPRESSION
/* What is done in software. */
#define HISI_ZIP_FEATURES_SW                                                                       \
	(RTE_COMP_FF_HUFFMAN_FIXED | RTE_COMP_FF_NONCOMPRESSED_BLOCKS |                            \
	 RTE_COMP_FF_STATEFUL_DECOMPRESSION)

#define HISI_ZIP_CAPABILITY_DEFLATE(features, min_window)                                          \
	{                                                                                          \
		.algo = RTE_COMP_ALGO_DEFLATE, .comp_feature_flags = (features),                   \
		.window_size = {.min = (min_window), .max = 15, .increment = 1},                   \
	}

/* The first entry is what an application looks at, the last ends the list. */
#define HISI_ZIP_CAPABILITIES(features, min_window)                                                \
	{                                                                                          \
		HISI_ZIP_CAPABILITY_DEFLATE(features, min_window),                                 \
		RTE_COMP_END_OF_CAPABILITIES_LIST()                                                \
	}

/*
 * By V2 or not, and by software side or not. V2 has one window: hardware.md 8.10; the others are
 * software's. Software alone offers what V3 and software do together.
 */
static const struct rte_compressdev_capabilities hisi_zip_capabilities[2][2][2] = {
	{
		HISI_ZIP_CAPABILITIES(HISI_ZIP_FEATURES | HISI_ZIP_FEATURES_RAW, 12),
		HISI_ZIP_CAPABILITIES(HISI_ZIP_FEATURES | HISI_ZIP_FEATURES_RAW |
					      HISI_ZIP_FEATURES_SW, 12),
	}, {
		HISI_ZIP_CAPABILITIES(HISI_ZIP_FEATURES, 15),
		HISI_ZIP_CAPABILITIES(HISI_ZIP_FEATURES | HISI_ZIP_FEATURES_SW, 12),
	},
};

/* With an engine that knows LZ4, behind DEFLATE; decompression of it there is none. */
#define HISI_ZIP_FEATURES_LZ4                                                                      \
	(RTE_COMP_FF_SHAREABLE_PRIV_XFORM | RTE_COMP_FF_OOP_SGL_IN_SGL_OUT |                       \
	 RTE_COMP_FF_OOP_SGL_IN_LB_OUT | RTE_COMP_FF_OOP_LB_IN_SGL_OUT | HISI_ZIP_COMPAT_FF_LZ4)
#define HISI_ZIP_CAPABILITIES_LZ4(features)                                                        \
	{                                                                                          \
		HISI_ZIP_CAPABILITY_DEFLATE(features, 12),                                         \
		{                                                                                  \
			.algo = HISI_ZIP_COMPAT_LZ4,                                               \
			.comp_feature_flags = HISI_ZIP_FEATURES_LZ4,                               \
			.window_size = {.min = HISI_ZIP_LZ4_WINDOW, .max = HISI_ZIP_LZ4_WINDOW},   \
		},                                                                                 \
		RTE_COMP_END_OF_CAPABILITIES_LIST()                                                \
	}

static const struct rte_compressdev_capabilities hisi_zip_lz4_capabilities[2][3] = {
	HISI_ZIP_CAPABILITIES_LZ4(HISI_ZIP_FEATURES | HISI_ZIP_FEATURES_RAW),
	HISI_ZIP_CAPABILITIES_LZ4(HISI_ZIP_FEATURES | HISI_ZIP_FEATURES_RAW |
				  HISI_ZIP_FEATURES_SW),
};

uint16_t
hisi_zip_max_queue_pairs(const struct hisi_zip_dev *dev)
{
	if (hisi_zip_is_software(dev))
		return HISI_ZIP_MAX_QUEUE_PAIRS;
	return RTE_MIN(dev->qm.nb_queues / HISI_ZIP_NB_DIRECTIONS, HISI_ZIP_MAX_QUEUE_PAIRS);
}

static int
hisi_zip_dev_configure(struct rte_compressdev *cdev, struct rte_compressdev_config *config)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;

	if (config->nb_queue_pairs > hisi_zip_max_queue_pairs(dev)) {
		HISI_ZIP_LOG(ERR, "%u queue pairs, valid are 1 to %u", dev->qm.name,
			     config->nb_queue_pairs, hisi_zip_max_queue_pairs(dev));
		return -EINVAL;
	}
	dev->max_xforms = config->max_nb_priv_xforms;
	dev->max_streams = config->max_nb_streams;
	dev->configured = true;
	return 0;
}

static int
hisi_zip_dev_start(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;

	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			hisi_zip_qp_restart(cdev->data->queue_pairs[i]);
	return hisi_zip_primary_start(dev);
}

/* Takes what completes for a while; whether nothing is in flight any more. */
static bool
hisi_zip_settle_all(struct rte_compressdev *cdev)
{
	uint32_t in_flight = 0;

	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++) {
		struct hisi_zip_qp *qp = cdev->data->queue_pairs[i];

		for (unsigned int d = 0; qp != NULL && d < HISI_ZIP_NB_DIRECTIONS; d++)
			in_flight += hisi_zip_queue_settle(&qp->queue[d]);
	}
	return in_flight == 0;
}

void
hisi_zip_settle_for(struct rte_compressdev *cdev, unsigned int ms)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / MS_PER_S * ms;

	while (!hisi_zip_settle_all(cdev) && rte_get_timer_cycles() < end)
		rte_delay_us_sleep(HISI_ZIP_STOP_POLL_US);
}

static void
hisi_zip_dev_stop(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;

	/* Software does an op while it is enqueued: none is in flight. */
	if (!hisi_zip_is_software(dev))
		hisi_zip_settle_for(cdev, HISI_ZIP_STOP_TIMEOUT_MS);
	hisi_zip_primary_stop(dev);
	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++)
		if (cdev->data->queue_pairs[i] != NULL)
			hisi_zip_qp_shut(cdev->data->queue_pairs[i]);
}

/* The library has released the queue pairs. */
static int
hisi_zip_dev_close(struct rte_compressdev *cdev)
{
	struct hisi_zip_dev *dev = cdev->data->dev_private;
	struct hisi_zip_totals totals;
	const struct hisi_zip_totals *t = &totals;

	hisi_zip_xform_free_all(dev);
	hisi_zip_stream_free_all(dev);
	if (!dev->configured)
		return 0;
	dev->configured = false;
	/* Other processes' queue pairs may be freed at this moment. */
	pthread_mutex_lock(&dev->qm.lock);
	totals = dev->totals;
	pthread_mutex_unlock(&dev->qm.lock);
	HISI_ZIP_LOG(INFO,
		     "ops hw %" PRIu64 ", sw %" PRIu64 ", compress %" PRIu64
		     ", decompress %" PRIu64 ", errors %" PRIu64 ", sq doorbells %" PRIu64
		     ", cq doorbells %" PRIu64 ", redone in sw %" PRIu64,
		     dev->qm.name, hisi_zip_both(t->hw), hisi_zip_both(t->sw),
		     t->hw[HISI_ZIP_COMPRESS], t->hw[HISI_ZIP_DECOMPRESS], t->errors,
		     hisi_zip_both(t->sq_rings), hisi_zip_both(t->cq_rings), t->redone);
	return 0;
}

void
hisi_zip_learn(const struct hisi_zip_dev *dev, struct rte_compressdev_info *info)
{
	info->feature_flags = dev->feature_flags;
	info->capabilities =
		hisi_zip_capabilities[hisi_zip_is_v2(dev)][dev->args.sw != HISI_ZIP_SW_OFF];
	if (dev->lz4)
		info->capabilities =
			hisi_zip_lz4_capabilities[dev->args.sw != HISI_ZIP_SW_OFF];
	info->max_nb_queue_pairs = hisi_zip_max_queue_pairs(dev);
}

static void
hisi_zip_dev_infos_get(struct rte_compressdev *cdev, struct rte_compressdev_info *info)
{
	hisi_zip_learn(cdev->data->dev_private, info);
}

static struct hisi_zip_counters
hisi_zip_counters_read(const struct hisi_zip_counters *counters)
{
	return (struct hisi_zip_counters){
		.done = __atomic_load_n(&counters->done, __ATOMIC_RELAXED),
		.failed = __atomic_load_n(&counters->failed, __ATOMIC_RELAXED),
	};
}

static void
hisi_zip_stats_add(struct rte_compressdev_stats *stats, const struct hisi_zip_counters *enqueue,
		   const struct hisi_zip_counters *enqueue_base,
		   const struct hisi_zip_counters *dequeue,
		   const struct hisi_zip_counters *dequeue_base)
{
	struct hisi_zip_counters in = hisi_zip_counters_read(enqueue);
	struct hisi_zip_counters out = hisi_zip_counters_read(dequeue);

	stats->enqueued_count += in.done - enqueue_base->done;
	stats->enqueue_err_count += in.failed - enqueue_base->failed;
	stats->dequeued_count += out.done - dequeue_base->done;
	stats->dequeue_err_count += out.failed - dequeue_base->failed;
}

static void
hisi_zip_stats_get(struct rte_compressdev *cdev, struct rte_compressdev_stats *stats)
{
	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++) {
		const struct hisi_zip_qp *qp = cdev->data->queue_pairs[i];

		for (unsigned int d = 0; qp != NULL && d < HISI_ZIP_NB_DIRECTIONS; d++)
			hisi_zip_stats_add(stats, &qp->queue[d].enqueue, &qp->enqueue_base[d],
					   &qp->queue[d].dequeue, &qp->dequeue_base[d]);
		if (qp != NULL && qp->sw != NULL)
			hisi_zip_stats_add(stats, &qp->sw->enqueue, &qp->sw_enqueue_base,
					   &qp->sw->dequeue, &qp->sw_dequeue_base);
	}
}

/* The counters have one writer, the data path: a reset moves what they are compared with. */
static void
hisi_zip_stats_reset(struct rte_compressdev *cdev)
{
	for (uint16_t i = 0; i < cdev->data->nb_queue_pairs; i++) {
		struct hisi_zip_qp *qp = cdev->data->queue_pairs[i];

		for (unsigned int d = 0; qp != NULL && d < HISI_ZIP_NB_DIRECTIONS; d++) {
			qp->enqueue_base[d] = hisi_zip_counters_read(&qp->queue[d].enqueue);
			qp->dequeue_base[d] = hisi_zip_counters_read(&qp->queue[d].dequeue);
		}
		if (qp != NULL && qp->sw != NULL) {
			qp->sw_enqueue_base = hisi_zip_counters_read(&qp->sw->enqueue);
			qp->sw_dequeue_base = hisi_zip_counters_read(&qp->sw->dequeue);
		}
	}
}

/* Called by the library also for queue pairs that were never set up. */
static int
hisi_zip_queue_pair_release(struct rte_compressdev *cdev, uint16_t id)
{
	struct hisi_zip_qp *qp = cdev->data->queue_pairs[id];

	cdev->data->queue_pairs[id] = NULL;
	if (qp != NULL)
		hisi_zip_primary_release(cdev->data->dev_private, qp);
	return 0;
}

static int
hisi_zip_queue_pair_setup(struct rte_compressdev *cdev, uint16_t id, uint32_t max_inflight_ops,
			  int socket_id)
{
	struct hisi_zip_qp *qp;
	int ret;

	hisi_zip_queue_pair_release(cdev, id);
	ret = hisi_zip_primary_setup(cdev->data->dev_private, id, max_inflight_ops, socket_id, &qp);
	if (ret == 0)
		cdev->data->queue_pairs[id] = qp;
	return ret;
}

struct rte_compressdev_ops hisi_zip_ops = {
	.dev_configure = hisi_zip_dev_configure,
	.dev_start = hisi_zip_dev_start,
	.dev_stop = hisi_zip_dev_stop,
	.dev_close = hisi_zip_dev_close,
	.dev_infos_get = hisi_zip_dev_infos_get,
	.stats_get = hisi_zip_stats_get,
	.stats_reset = hisi_zip_stats_reset,
	.queue_pair_setup = hisi_zip_queue_pair_setup,
	.queue_pair_release = hisi_zip_queue_pair_release,
	.stream_create = hisi_zip_stream_create,
	.stream_free = hisi_zip_stream_free,
	.private_xform_create = hisi_zip_xform_create,
	.private_xform_free = hisi_zip_xform_free,
};
