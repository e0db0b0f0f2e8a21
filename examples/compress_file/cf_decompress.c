/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <string.h>

#include "cf_gzip.h"
#include "cf_run.h"

static int
check_trailer(const struct cf_run *run, uint64_t begin, const uint8_t *trailer, uint32_t crc,
	      uint64_t plain)
{
	const char *wrong = NULL;
	uint32_t want_crc, want_plain;

	cf_gzip_parse_trailer(trailer, &want_crc, &want_plain);
	if (want_crc != crc)
		wrong = "checksum";
	else if (want_plain != (uint32_t)plain)
		wrong = "length";
	if (wrong == NULL)
		return 0;
	cf_log("%s: the %s of the member at byte %llu is wrong", run->input.name, wrong,
	       (unsigned long long)begin);
	return -EBADMSG;
}

/* A member that was an operation; of a stream the one who submitted it looks himself. */
static int
finish(void *context, struct cf_slot *slot)
{
	struct cf_run *run = context;
	const struct rte_comp_op *op = slot->op;
	struct iovec iov[CF_SEGS_MAX];
	uint8_t trailer[CF_GZIP_TRAILER];
	uint32_t crc;
	int ret;

	if (slot->stream != NULL)
		return 0;
	if (slot->refused || op->status != RTE_COMP_OP_STATUS_SUCCESS ||
	    op->consumed != slot->src_len || op->produced != slot->room) {
		cf_log("%s: the member at byte %llu is damaged, or not what its header says",
		       run->input.name, (unsigned long long)slot->begin);
		return cf_op_failed(run, slot);
	}
	crc = cf_device_has_crc(&run->device) ? (uint32_t)op->output_chksum :
		cf_chain_crc(&slot->dst, 0, op->produced);
	cf_chain_read(&slot->src, slot->src_len, trailer, sizeof(trailer));
	ret = check_trailer(run, slot->begin, trailer, crc, op->produced);
	if (ret == 0)
		ret = cf_output_writev(&run->output, iov,
				       cf_chain_iov(&slot->dst, op->produced, iov));
	run->in_done = slot->end;
	run->plain += op->produced;
	cf_progress_step(&run->progress, run->in_done, run->output.done, run->plain);
	return ret;
}

static int
read_all(struct cf_run *run, struct iovec *iov, int nb, uint32_t len)
{
	ssize_t got = cf_input_readv(&run->input, iov, nb);

	if (got >= 0 && (uint32_t)got < len) {
		cf_log("%s: ends within a member", run->input.name);
		return -EBADMSG;
	}
	return got < 0 ? (int)got : 0;
}

static bool
is_operation(const struct cf_run *run, const struct cf_gzip_member *member)
{
	const uint64_t most = cf_chain_bytes(run->device.max_segs);

	return member->length > member->header + CF_GZIP_TRAILER &&
	       member->length - member->header <= most && member->plain > 0 &&
	       member->plain <= most;
}

static int
submit_member(struct cf_run *run, const struct cf_gzip_member *member)
{
	const uint32_t rest = member->length - member->header;
	struct iovec iov[CF_SEGS_MAX];
	struct cf_slot *slot;
	int ret = cf_pipe_take(&run->pipe, &slot);

	if (ret != 0)
		return ret;
	ret = read_all(run, iov, cf_chain_iov(&slot->src, rest, iov), rest);
	if (ret != 0)
		return ret;
	slot->begin = member->begin;
	slot->end = run->input.done;
	slot->src_len = rest - CF_GZIP_TRAILER;
	slot->stream = NULL;
	cf_pipe_submit(&run->pipe, slot, member->plain);
	return 0;
}

/* Any other member: all before it has to be written first. */
static int
stream_member(struct cf_run *run, const struct cf_gzip_member *member)
{
	uint8_t trailer[CF_GZIP_TRAILER];
	struct iovec iov = {.iov_base = trailer, .iov_len = sizeof(trailer)};
	uint64_t plain = 0;
	uint32_t crc = 0;
	int ret = cf_pipe_drain(&run->pipe);

	if (ret == 0)
		ret = run->device.has_streams ? cf_stream(run, &crc, &plain) :
			cf_inflate(run, &crc, &plain);
	if (ret == 0)
		ret = read_all(run, &iov, 1, sizeof(trailer));
	return ret == 0 ? check_trailer(run, member->begin, trailer, crc, plain) : ret;
}

int
cf_decompress(struct cf_run *run)
{
	struct cf_gzip_member member;
	int ret, next = 1;

	run->pipe.finish = finish;
	run->pipe.context = run;
	ret = cf_pipe_open(&run->pipe, run->device.max_segs);
	while (ret == 0) {
		next = cf_gzip_read_header(&run->input, &member);
		if (next <= 0)
			break;
		ret = is_operation(run, &member) ? submit_member(run, &member) :
			stream_member(run, &member);
	}
	if (ret == 0 && next == 0)
		ret = cf_pipe_drain(&run->pipe);
	return next < 0 ? next : ret;
}
