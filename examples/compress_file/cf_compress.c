/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cf_gzip.h"
#include "cf_run.h"

/* A header, each segment with the header of a stored block, and a trailer. */
#define MEMBER_IOV (2 + 2 * CF_SEGS_MAX)

/* What one member is made of. */
struct member {
	uint8_t header[CF_GZIP_HEADER];
	uint8_t trailer[CF_GZIP_TRAILER];
	uint8_t stored[CF_SEGS_MAX][CF_GZIP_STORED];
	struct iovec iov[MEMBER_IOV];
};

static const char *
status_name(uint8_t status)
{
	static const char *const names[] = {
		[RTE_COMP_OP_STATUS_SUCCESS] = "SUCCESS",
		[RTE_COMP_OP_STATUS_NOT_PROCESSED] = "NOT_PROCESSED",
		[RTE_COMP_OP_STATUS_INVALID_ARGS] = "INVALID_ARGS",
		[RTE_COMP_OP_STATUS_ERROR] = "ERROR",
		[RTE_COMP_OP_STATUS_INVALID_STATE] = "INVALID_STATE",
		[RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED] = "OUT_OF_SPACE_TERMINATED",
		[RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE] = "OUT_OF_SPACE_RECOVERABLE",
	};

	return status < RTE_DIM(names) ? names[status] : "unknown";
}

int
cf_op_failed(const struct cf_run *run, const struct cf_slot *slot)
{
	const struct rte_comp_op *op = slot->op;

	cf_log("%s: %s at byte %llu of %s: status %s, debug_status 0x%llx; "
	       "consumed %u of %u, produced %u",
	       run->device.name, slot->refused ? "refuses the operation" : "operation failed",
	       (unsigned long long)slot->begin, run->input.name, status_name(op->status),
	       (unsigned long long)op->debug_status, op->consumed, slot->src_len, op->produced);
	return -EIO;
}

static uint32_t
stored_bytes(uint32_t len)
{
	return len + (len + CF_SEG - 1) / CF_SEG * CF_GZIP_STORED;
}

/* A block for each segment, of the input itself. @return entries */
static int
store(const struct cf_slot *slot, struct member *member, struct iovec *iov)
{
	struct iovec segs[CF_SEGS_MAX];
	int nb = cf_chain_iov(&slot->src, slot->src_len, segs);

	for (int i = 0; i < nb; i++) {
		cf_gzip_stored(member->stored[i], (uint16_t)segs[i].iov_len, i == nb - 1);
		iov[2 * i] = (struct iovec){member->stored[i], CF_GZIP_STORED};
		iov[2 * i + 1] = segs[i];
	}
	return 2 * nb;
}

static int
write_member(struct cf_run *run, const struct cf_slot *slot, uint32_t body, bool stored)
{
	const struct rte_comp_op *op = slot->op;
	struct member member;
	const uint32_t length = CF_GZIP_HEADER + body + CF_GZIP_TRAILER;
	const uint32_t crc = cf_device_has_crc(&run->device) &&
		op->status == RTE_COMP_OP_STATUS_SUCCESS ? (uint32_t)op->output_chksum :
		cf_chain_crc(&slot->src, 0, slot->src_len);
	int nb;

	cf_gzip_header(member.header, length, slot->src_len);
	cf_gzip_trailer(member.trailer, crc, slot->src_len);
	member.iov[0] = (struct iovec){member.header, sizeof(member.header)};
	nb = 1 + (stored ? store(slot, &member, member.iov + 1) :
		  cf_chain_iov(&slot->dst, body, member.iov + 1));
	member.iov[nb++] = (struct iovec){member.trailer, sizeof(member.trailer)};
	return cf_output_writev(&run->output, member.iov, nb);
}

/* What does not fit into the room of its plain data is stored. */
static int
finish(void *context, struct cf_slot *slot)
{
	struct cf_run *run = context;
	const struct rte_comp_op *op = slot->op;
	const uint32_t limit = stored_bytes(slot->src_len);
	const bool full = op->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED ||
			  op->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE;
	bool stored = full;
	int ret;

	if (slot->refused || (!full && op->status != RTE_COMP_OP_STATUS_SUCCESS))
		return cf_op_failed(run, slot);
	if (!full && (op->consumed != slot->src_len || op->produced == 0 ||
		      op->produced > slot->room))
		return cf_op_failed(run, slot);
	if (!full && op->produced >= limit)
		stored = true;
	ret = write_member(run, slot, stored ? limit : op->produced, stored);
	run->in_done = slot->end;
	run->plain = slot->end;
	cf_progress_step(&run->progress, run->in_done, run->output.done, run->plain);
	return ret;
}

/* The member of a file without bytes: an empty block. */
static int
write_empty(struct cf_run *run)
{
	uint8_t member[CF_GZIP_HEADER + 2 + CF_GZIP_TRAILER];
	uint32_t len = cf_gzip_header(member, 0, 0);
	struct iovec iov = {.iov_base = member};

	member[len++] = 0x03;
	member[len++] = 0x00;
	cf_gzip_trailer(member + len, 0, 0);
	iov.iov_len = len + CF_GZIP_TRAILER;
	return cf_output_writev(&run->output, &iov, 1);
}

static int
choose_chunk(const struct cf_run *run, uint32_t *chunk)
{
	const uint32_t most = RTE_MIN(cf_chain_bytes(run->device.max_segs), CF_CHUNK_MAX);

	*chunk = run->options.chunk;
	if (*chunk == 0)
		*chunk = RTE_MIN(most, CF_CHUNK_DEFAULT);
	if (*chunk <= most)
		return 0;
	cf_log("--chunk %u: %s has no chains of mbufs, so it is at most %u", *chunk,
	       run->device.name, most);
	return -EINVAL;
}

int
cf_compress(struct cf_run *run)
{
	struct cf_pipe *pipe = &run->pipe;
	struct iovec iov[CF_SEGS_MAX];
	struct cf_slot *slot;
	uint32_t chunk, room;
	ssize_t got = 1;
	int ret = choose_chunk(run, &chunk);

	room = (chunk + CF_SEG - 1) / CF_SEG * CF_SEG;
	pipe->finish = finish;
	pipe->context = run;
	if (ret == 0)
		ret = cf_pipe_open(pipe, (uint16_t)(room / CF_SEG));
	while (ret == 0 && got > 0) {
		ret = cf_pipe_take(pipe, &slot);
		if (ret != 0)
			break;
		slot->begin = run->input.done;
		got = cf_input_readv(&run->input, iov, cf_chain_iov(&slot->src, chunk, iov));
		slot->end = run->input.done;
		slot->src_len = got > 0 ? (uint32_t)got : 0;
		if (got > 0)
			cf_pipe_submit(pipe, slot, room);
		else
			ret = (int)got;
	}
	if (ret == 0)
		ret = cf_pipe_drain(pipe);
	if (ret == 0 && run->input.done == 0)
		ret = write_empty(run);
	return ret;
}
