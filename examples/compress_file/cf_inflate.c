/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>

#include <zlib.h>

#include "cf_run.h"

#define OUT_ROOM (256u << 10)

static int
write_plain(struct cf_run *run, uint8_t *data, uint32_t len, uint32_t *crc, uint64_t *plain)
{
	struct iovec iov = {.iov_base = data, .iov_len = len};
	int ret = cf_output_writev(&run->output, &iov, len > 0);

	*crc = (uint32_t)crc32(*crc, data, len);
	*plain += len;
	run->plain += len;
	run->in_done = run->input.done;
	cf_progress_step(&run->progress, run->in_done, run->output.done, run->plain);
	return ret;
}

static int
inflate_some(struct cf_run *run, z_stream *z, bool *ended)
{
	const uint8_t *data;
	ssize_t got = cf_input_peek(&run->input, 1, &data);
	int ret;

	if (got < 0)
		return (int)got;
	z->next_in = (uint8_t *)(uintptr_t)data;
	z->avail_in = (uInt)got;
	ret = inflate(z, Z_NO_FLUSH);
	cf_input_skip(&run->input, (uint32_t)got - z->avail_in);
	*ended = ret == Z_STREAM_END;
	/* Z_BUF_ERROR: neither input nor room was left, which is only an error at the end. */
	if (ret == Z_OK || ret == Z_STREAM_END || (ret == Z_BUF_ERROR && got > 0))
		return 0;
	cf_log("%s: %s at byte %llu", run->input.name, got == 0 ? "ends within a stream" :
	       z->msg != NULL ? z->msg : "damaged", (unsigned long long)run->input.done);
	return -EBADMSG;
}

int
cf_inflate(struct cf_run *run, uint32_t *crc, uint64_t *plain)
{
	uint8_t *out = malloc(OUT_ROOM);
	z_stream z = {0};
	bool ended = false;
	int ret = 0;

	if (out == NULL || inflateInit2(&z, -MAX_WBITS) != Z_OK) {
		cf_log("no memory for a window");
		free(out);
		return -ENOMEM;
	}
	*crc = 0;
	*plain = 0;
	while (ret == 0 && !ended) {
		z.next_out = out;
		z.avail_out = OUT_ROOM;
		ret = inflate_some(run, &z, &ended);
		if (ret == 0)
			ret = write_plain(run, out, OUT_ROOM - z.avail_out, crc, plain);
	}
	inflateEnd(&z);
	free(out);
	return ret;
}
