/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* What the commands of telemetry answer. An entry that finds no room is left out. */

#include <errno.h>
#include <stdio.h>

#include <rte_version.h>

#include "hisi_qm_pf.h"
#include "hisi_zip.h"
#include "hisi_zip_sw.h"
#include "hisi_zip_telemetry.h"

#define HISI_ZIP_TEL_TEXT_LEN 32

/* What is counted of a queue pair, and what is in it at this moment. */
struct hisi_zip_tel_counts {
	struct hisi_zip_totals totals;
	uint32_t in_flight[HISI_ZIP_NB_DIRECTIONS];
	uint32_t sw_waiting; /* done in software, not dequeued */
};

struct hisi_zip_tel_name {
	const char *name;
	uint32_t value;
};

static const char *const hisi_zip_tel_directions[] = {
	[HISI_ZIP_COMPRESS] = "compress",
	[HISI_ZIP_DECOMPRESS] = "decompress",
};

static const char *const hisi_zip_tel_software[] = {
	[HISI_ZIP_SW_OFF] = "off",
	[HISI_ZIP_SW_ON] = "on",
	[HISI_ZIP_SW_ONLY] = "only",
};

static const struct hisi_zip_tel_name hisi_zip_tel_statuses[] = {
	{"invalid_args", RTE_COMP_OP_STATUS_INVALID_ARGS},
	{"error", RTE_COMP_OP_STATUS_ERROR},
	{"invalid_state", RTE_COMP_OP_STATUS_INVALID_STATE},
	{"out_of_space_terminated", RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED},
	{"out_of_space_recoverable", RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE},
};

static const struct hisi_zip_tel_name hisi_zip_tel_reasons[] = {
	{"engine", HISI_ZIP_REASON_DEVICE},
	{"lengths", HISI_ZIP_REASON_LENGTHS},
	{"completion_lost", HISI_ZIP_REASON_LOST},
	{"queue_dead", HISI_ZIP_REASON_DEAD},
	{"software", HISI_ZIP_REASON_SOFTWARE},
	{"stream_truncated", HISI_ZIP_REASON_TRUNCATED},
};

static const struct hisi_zip_tel_name hisi_zip_tel_caps[] = {
	{"function_qos", HISI_QM_CAP_FUNC_QOS},
	{"stop_qp", HISI_QM_CAP_STOP_QP},
	{"stop_function", HISI_QM_CAP_STOP_FUNC},
	{"messages", HISI_QM_CAP_MESSAGES},
	{"vf_rpm", HISI_QM_CAP_VF_RPM},
	{"pf_rpm", HISI_QM_CAP_PF_RPM},
	{"sva_prefetch", HISI_QM_CAP_SVA_PREFETCH},
	{"dae", HISI_QM_CAP_DAE},
};

/* Of the engine, none that reading changes (hardware.md 2.4). */
static const struct hisi_qm_reg hisi_zip_tel_engine[] = {
	{"zip_cap_core_info", HISI_ZIP_CAP_CORE_INFO, HISI_QM_REG_CAP},
	{"zip_cap_core_enable", HISI_ZIP_CAP_CORE_ENABLE, HISI_QM_REG_CAP},
	{"zip_cap_dev_algs", HISI_ZIP_CAP_DEV_ALGS, HISI_QM_REG_CAP},
	{"zip_clock_gate", HISI_ZIP_CLOCK_GATE, HISI_QM_REG_PF},
	{"zip_control", HISI_ZIP_CONTROL, HISI_QM_REG_PF},
	{"zip_int_source", HISI_ZIP_INT_SOURCE, HISI_QM_REG_PF},
	{"zip_int_mask", HISI_ZIP_INT_MASK, HISI_QM_REG_PF},
	{"zip_int_status", HISI_ZIP_INT_STATUS, HISI_QM_REG_PF},
	{"zip_ras_ce_enable", HISI_ZIP_RAS_CE_ENABLE, HISI_QM_REG_PF},
	{"zip_ras_nfe_enable", HISI_ZIP_RAS_NFE_ENABLE, HISI_QM_REG_PF},
	{"zip_ras_fe_enable", HISI_ZIP_RAS_FE_ENABLE, HISI_QM_REG_PF},
	{"zip_high_perf", HISI_ZIP_HIGH_PERF, HISI_QM_REG_PF},
};

static void
hisi_zip_tel_uint(struct rte_tel_data *d, const char *name, uint64_t value)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 3, 0, 0)
	rte_tel_data_add_dict_uint(d, name, value);
#else
	rte_tel_data_add_dict_u64(d, name, value);
#endif
}

static void
hisi_zip_tel_hex(struct rte_tel_data *d, const char *name, uint32_t value, int digits)
{
	char text[HISI_ZIP_TEL_TEXT_LEN];

	snprintf(text, sizeof(text), "0x%0*x", digits, value);
	rte_tel_data_add_dict_string(d, name, text);
}

/* A part of an answer, to be filled and then put in; NULL: no memory. */
static struct rte_tel_data *
hisi_zip_tel_part(bool list)
{
	struct rte_tel_data *part = rte_tel_data_alloc();

	if (part != NULL && list)
		rte_tel_data_start_array(part, RTE_TEL_STRING_VAL);
	else if (part != NULL)
		rte_tel_data_start_dict(part);
	return part;
}

static int
hisi_zip_tel_put(struct rte_tel_data *d, const char *name, struct rte_tel_data *part)
{
	int ret = rte_tel_data_add_dict_container(d, name, part, 0);

	if (ret != 0)
		rte_tel_data_free(part);
	return ret;
}

/* Adds those of "counters" that are not 0. */
static int
hisi_zip_tel_some(struct rte_tel_data *d, const char *name, const uint64_t *counters,
		  const struct hisi_zip_tel_name *names, unsigned int nb)
{
	struct rte_tel_data *part = hisi_zip_tel_part(false);

	if (part == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < nb; i++)
		if (counters[names[i].value] != 0)
			hisi_zip_tel_uint(part, names[i].name, counters[names[i].value]);
	return hisi_zip_tel_put(d, name, part);
}

static int
hisi_zip_tel_engine_statuses(struct rte_tel_data *d, const uint64_t *counters)
{
	struct rte_tel_data *part = hisi_zip_tel_part(false);
	char name[HISI_ZIP_TEL_TEXT_LEN];

	if (part == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < HISI_ZIP_NB_ENGINE_STATUSES; i++) {
		snprintf(name, sizeof(name), "0x%02x", i);
		if (counters[i] != 0)
			hisi_zip_tel_uint(part, name, counters[i]);
	}
	return hisi_zip_tel_put(d, "engine_status", part);
}

static int
hisi_zip_tel_direction(struct rte_tel_data *d, const struct hisi_zip_tel_counts *counts,
		       enum hisi_zip_direction direction)
{
	const struct hisi_zip_totals *totals = &counts->totals;
	const struct hisi_zip_bytes *bytes = &totals->bytes[direction];
	uint64_t plain = direction == HISI_ZIP_COMPRESS ? bytes->in : bytes->out;
	uint64_t packed = direction == HISI_ZIP_COMPRESS ? bytes->out : bytes->in;
	struct rte_tel_data *part = hisi_zip_tel_part(false);
	char ratio[HISI_ZIP_TEL_TEXT_LEN];

	if (part == NULL)
		return -ENOMEM;
	snprintf(ratio, sizeof(ratio), "%.3f", packed == 0 ? 0 : (double)plain / (double)packed);
	hisi_zip_tel_uint(part, "hw_ops", totals->hw[direction]);
	hisi_zip_tel_uint(part, "sw_ops", totals->sw[direction]);
	hisi_zip_tel_uint(part, "bytes_in", bytes->in);
	hisi_zip_tel_uint(part, "bytes_out", bytes->out);
	rte_tel_data_add_dict_string(part, "ratio", ratio);
	hisi_zip_tel_uint(part, "sq_doorbells", totals->sq_rings[direction]);
	hisi_zip_tel_uint(part, "cq_doorbells", totals->cq_rings[direction]);
	hisi_zip_tel_uint(part, "in_flight", counts->in_flight[direction]);
	return hisi_zip_tel_put(d, hisi_zip_tel_directions[direction], part);
}

static int
hisi_zip_tel_add_counts(struct rte_tel_data *d, const struct hisi_zip_tel_counts *counts)
{
	const struct hisi_zip_totals *totals = &counts->totals;
	uint64_t hw = hisi_zip_both(totals->hw), sw = hisi_zip_both(totals->sw);
	int ret = 0;

	hisi_zip_tel_uint(d, "enqueued", hw + sw);
	hisi_zip_tel_uint(d, "dequeued", totals->dequeued);
	hisi_zip_tel_uint(d, "in_flight", counts->in_flight[HISI_ZIP_COMPRESS] +
						  counts->in_flight[HISI_ZIP_DECOMPRESS] +
						  counts->sw_waiting);
	hisi_zip_tel_uint(d, "hw_ops", hw);
	hisi_zip_tel_uint(d, "sw_ops", sw);
	hisi_zip_tel_uint(d, "redone_in_sw", totals->redone);
	hisi_zip_tel_uint(d, "full", totals->refused[RTE_COMP_OP_STATUS_NOT_PROCESSED]);
	hisi_zip_tel_uint(d, "errors", totals->errors);
	for (unsigned int i = 0; ret == 0 && i < HISI_ZIP_NB_DIRECTIONS; i++)
		ret = hisi_zip_tel_direction(d, counts, i);
	if (ret == 0)
		ret = hisi_zip_tel_some(d, "refused", totals->refused, hisi_zip_tel_statuses,
					RTE_DIM(hisi_zip_tel_statuses));
	if (ret == 0)
		ret = hisi_zip_tel_some(d, "status", totals->failures.status,
					hisi_zip_tel_statuses, RTE_DIM(hisi_zip_tel_statuses));
	if (ret == 0)
		ret = hisi_zip_tel_some(d, "reason", totals->failures.reason,
					hisi_zip_tel_reasons, RTE_DIM(hisi_zip_tel_reasons));
	return ret != 0 ? ret : hisi_zip_tel_engine_statuses(d, totals->failures.engine);
}

static void
hisi_zip_tel_count(const struct hisi_zip_qp *qp, struct hisi_zip_tel_counts *counts)
{
	hisi_zip_qp_add_totals(qp, &counts->totals);
	for (unsigned int d = 0; d < HISI_ZIP_NB_DIRECTIONS; d++) {
		const struct hisi_qm_qp *hw = qp->queue[d].hw;
		uint32_t completed, submitted;

		if (hw == NULL)
			continue;
		/* In this order: the difference is never negative. */
		completed = __atomic_load_n(&hw->completed, __ATOMIC_ACQUIRE);
		submitted = __atomic_load_n(&hw->submitted, __ATOMIC_ACQUIRE);
		counts->in_flight[d] += RTE_MIN(submitted - completed, hw->limit);
	}
	if (qp->sw != NULL) {
		uint32_t head = __atomic_load_n(&qp->sw->head, __ATOMIC_ACQUIRE);
		uint32_t tail = __atomic_load_n(&qp->sw->tail, __ATOMIC_ACQUIRE);

		counts->sw_waiting += RTE_MIN(tail - head, qp->sw->limit);
	}
}

static const char *
hisi_zip_tel_state(const struct hisi_zip_dev *dev)
{
	if (__atomic_load_n(&dev->qm.dead, __ATOMIC_ACQUIRE))
		return "lost";
	return dev->data.dev_started ? "started" : "stopped";
}

/* There are no others: a queue pair that is not set up is not shown. */
static const char *
hisi_zip_tel_qp_state(const struct hisi_zip_qp *qp)
{
	if (!__atomic_load_n(&qp->started, __ATOMIC_RELAXED))
		return "stopped";
	for (unsigned int i = 0; i < HISI_ZIP_NB_DIRECTIONS; i++)
		if (qp->queue[i].hw != NULL &&
		    __atomic_load_n(&qp->queue[i].hw->dead, __ATOMIC_ACQUIRE) != 0)
			return "failed";
	return "started";
}

static unsigned int
hisi_zip_tel_nb_queue_pairs(const struct hisi_zip_dev *dev)
{
	unsigned int nb = 0;

	for (unsigned int i = 0; i < RTE_DIM(dev->queue_pairs); i++)
		nb += dev->queue_pairs[i] != NULL;
	return nb;
}

int
hisi_zip_tel_stats(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp, struct rte_tel_data *d)
{
	struct hisi_zip_tel_counts counts = {.totals = dev->totals};

	RTE_SET_USED(qp);
	for (unsigned int i = 0; i < RTE_DIM(dev->queue_pairs); i++)
		if (dev->queue_pairs[i] != NULL)
			hisi_zip_tel_count(dev->queue_pairs[i], &counts);
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_string(d, "name", dev->qm.name);
	rte_tel_data_add_dict_string(d, "state", hisi_zip_tel_state(dev));
	hisi_zip_tel_uint(d, "queue_pairs", hisi_zip_tel_nb_queue_pairs(dev));
	return hisi_zip_tel_add_counts(d, &counts);
}

int
hisi_zip_tel_qp(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp, struct rte_tel_data *d)
{
	struct hisi_zip_tel_counts counts = {0};

	RTE_SET_USED(dev);
	hisi_zip_tel_count(qp, &counts);
	rte_tel_data_start_dict(d);
	hisi_zip_tel_uint(d, "id", qp->id);
	hisi_zip_tel_uint(d, "owner", qp->owner.pid);
	rte_tel_data_add_dict_string(d, "state", hisi_zip_tel_qp_state(qp));
	hisi_zip_tel_uint(d, "limit", qp->limit);
	return hisi_zip_tel_add_counts(d, &counts);
}

int
hisi_zip_tel_regs(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp, struct rte_tel_data *d)
{
	const unsigned int nb = hisi_qm_nb_regs + RTE_DIM(hisi_zip_tel_engine);

	RTE_SET_USED(qp);
	rte_tel_data_start_dict(d);
	for (unsigned int i = 0; i < nb && !hisi_zip_is_software(dev); i++) {
		const struct hisi_qm_reg *reg = i < hisi_qm_nb_regs ?
							&hisi_qm_regs[i] :
							&hisi_zip_tel_engine[i - hisi_qm_nb_regs];
		uint32_t value;
		int ret = hisi_qm_reg_look(&dev->qm, reg, &value);

		if (ret == -ENOENT)
			continue;
		if (ret != 0)
			return ret;
		hisi_zip_tel_hex(d, reg->name, value, 8);
	}
	return 0;
}

static int
hisi_zip_tel_add_caps(struct rte_tel_data *d, uint32_t caps)
{
	struct rte_tel_data *part = hisi_zip_tel_part(true);

	if (part == NULL)
		return -ENOMEM;
	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_tel_caps); i++)
		if (caps & hisi_zip_tel_caps[i].value)
			rte_tel_data_add_array_string(part, hisi_zip_tel_caps[i].name);
	return hisi_zip_tel_put(d, "capabilities", part);
}

/* What an application may ask for, by the names that the library has. */
static int
hisi_zip_tel_add_features(struct rte_tel_data *d, uint64_t features)
{
	struct rte_tel_data *part = hisi_zip_tel_part(true);

	if (part == NULL)
		return -ENOMEM;
	for (uint64_t bit = 1; bit != 0; bit <<= 1) {
		const char *name = features & bit ? rte_comp_get_feature_name(bit) : NULL;

		if (name != NULL)
			rte_tel_data_add_array_string(part, name);
	}
	return hisi_zip_tel_put(d, "features", part);
}

/* The function and its QM. */
static int
hisi_zip_tel_add_function(struct rte_tel_data *d, const struct hisi_zip_dev *dev)
{
	const struct hisi_qm_dev *qm = &dev->qm;

	if (hisi_zip_is_software(dev)) {
		rte_tel_data_add_dict_string(d, "transport", "none");
		return 0;
	}
	rte_tel_data_add_dict_string(d, "transport",
				     qm->ops == &hisi_qm_transport_pci ? "pci" :
				     qm->ops == &hisi_qm_transport_emu ? "embedded" : "process");
	if (dev->args.path[0] != '\0')
		rte_tel_data_add_dict_string(d, "path", dev->args.path);
	rte_tel_data_add_dict_string(d, "function", hisi_qm_dev_is_pf(qm) ? "pf" : "vf");
	hisi_zip_tel_hex(d, "device_id", qm->device, 4);
	hisi_zip_tel_hex(d, "revision", qm->revision, 2);
	rte_tel_data_add_dict_string(d, "generation", hisi_zip_is_v2(dev) ? "V2" :
				     qm->hw == HISI_QM_HW_V3 ? "V3" : "later");
	hisi_zip_tel_hex(d, "version", qm->hw, 2);
	hisi_zip_tel_uint(d, "hw_queues", qm->nb_queues);
	hisi_zip_tel_uint(d, "depth", qm->sq_depth);
	rte_tel_data_add_dict_string(d, "db_isolation", qm->db_isolation ? "on" : "off");
	rte_tel_data_add_dict_int(d, "numa_node", qm->numa_node);
	return hisi_zip_tel_add_caps(d, qm->caps);
}

int
hisi_zip_tel_info(struct hisi_zip_dev *dev, const struct hisi_zip_qp *qp, struct rte_tel_data *d)
{
	const bool pci = dev->qm.ops == &hisi_qm_transport_pci;
	struct rte_compressdev_info info;
	int ret;

	RTE_SET_USED(qp);
	hisi_zip_learn(dev, &info);
	rte_tel_data_start_dict(d);
	hisi_zip_tel_uint(d, "id", dev->id);
	rte_tel_data_add_dict_string(d, "name", dev->qm.name);
	rte_tel_data_add_dict_string(d, "driver", pci ? "compress_hisi_zip" :
							"compress_hisi_zip_user");
	rte_tel_data_add_dict_string(d, "state", hisi_zip_tel_state(dev));
	ret = hisi_zip_tel_add_function(d, dev);
	hisi_zip_tel_uint(d, "max_queue_pairs", info.max_nb_queue_pairs);
	hisi_zip_tel_uint(d, "queue_pairs", hisi_zip_tel_nb_queue_pairs(dev));
	rte_tel_data_add_dict_string(d, "sw", hisi_zip_tel_software[dev->args.sw]);
	hisi_zip_tel_uint(d, "max_sge", dev->args.max_sge);
	hisi_zip_tel_uint(d, "window_min", info.capabilities[0].window_size.min);
	hisi_zip_tel_uint(d, "window_max", info.capabilities[0].window_size.max);
	return ret != 0 ? ret :
			  hisi_zip_tel_add_features(d, info.capabilities[0].comp_feature_flags);
}
