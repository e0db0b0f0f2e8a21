/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "cf_gzip.h"
#include "cf_run.h"

/* One segment either way: buffers that lie in one piece need no copy. */
#define PIECE CF_SEG
/* More operations in a row without effect are a stream that does not go on. */
#define IDLE_MAX 4

static int
submit_piece(struct cf_run *run, struct cf_slot **slot)
{
	const uint8_t *data;
	ssize_t got = cf_input_peek(&run->input, 1, &data);
	int ret = got < 0 ? (int)got : cf_pipe_take(&run->pipe, slot);

	if (ret != 0)
		return ret;
	(*slot)->begin = run->input.done;
	(*slot)->end = run->input.done;
	(*slot)->stream = run->stream;
	(*slot)->src_len = (uint32_t)RTE_MIN(got, (ssize_t)PIECE);
	cf_chain_write(&(*slot)->src, data, (*slot)->src_len);
	cf_pipe_submit(&run->pipe, *slot, PIECE);
	return cf_pipe_drain(&run->pipe);
}

static int
take_piece(struct cf_run *run, struct cf_slot *slot, uint32_t *crc, uint64_t *plain)
{
	const struct rte_comp_op *op = slot->op;
	struct iovec iov[CF_SEGS_MAX];
	int ret;

	if (slot->refused || (op->status != RTE_COMP_OP_STATUS_SUCCESS &&
			      op->status != RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)) {
		cf_log("%s: damaged at byte %llu or behind", run->input.name,
		       (unsigned long long)slot->begin);
		return cf_op_failed(run, slot);
	}
	if (op->consumed > slot->src_len || op->produced > slot->room)
		return cf_op_failed(run, slot);
	*crc = cf_chain_crc(&slot->dst, *crc, op->produced);
	*plain += op->produced;
	cf_input_skip(&run->input, op->consumed);
	ret = cf_output_writev(&run->output, iov, cf_chain_iov(&slot->dst, op->produced, iov));
	run->plain += op->produced;
	run->in_done = run->input.done;
	cf_progress_step(&run->progress, run->in_done, run->output.done, run->plain);
	return ret;
}

/*
 * An operation that took all of its input does not tell whether the stream ended there. It did if
 * what follows is its trailer; that other bytes are the same by chance is one case in 2^64.
 */
static int
at_trailer(struct cf_run *run, uint32_t crc, uint64_t plain)
{
	uint8_t trailer[CF_GZIP_TRAILER];
	const uint8_t *data;
	ssize_t got = cf_input_peek(&run->input, sizeof(trailer), &data);

	if (got < 0)
		return (int)got;
	if (got == 0) {
		cf_log("%s: ends within a stream", run->input.name);
		return -EBADMSG;
	}
	cf_gzip_trailer(trailer, crc, (uint32_t)plain);
	return got >= (ssize_t)sizeof(trailer) && memcmp(data, trailer, sizeof(trailer)) == 0;
}

int
cf_stream(struct cf_run *run, uint32_t *crc, uint64_t *plain)
{
	unsigned int idle = 0;
	struct cf_slot *slot;
	int ret = 0;

	*crc = 0;
	*plain = 0;
	if (run->stream == NULL)
		ret = cf_device_stream(&run->device, &run->stream);
	while (ret == 0) {
		ret = submit_piece(run, &slot);
		if (ret == 0)
			ret = take_piece(run, slot, crc, plain);
		if (ret != 0)
			break;
		idle = slot->op->consumed + slot->op->produced > 0 ? 0 : idle + 1;
		if (idle > IDLE_MAX)
			return cf_op_failed(run, slot);
		if (slot->op->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)
			continue;
		if (slot->op->consumed < slot->src_len)
			return 0;
		ret = at_trailer(run, *crc, *plain);
	}
	return ret < 0 ? ret : 0;
}
