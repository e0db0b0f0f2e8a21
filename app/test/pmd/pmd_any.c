/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_any.h"

void
pmd_any_make(struct pmd_any *any, bool compress)
{
	struct rte_comp_xform xform = compress ? pmd_stream_compress() : pmd_stream_decompress();

	any->compress = compress;
	any->window = 15;
	any->checksum = pmd_rand() % 2 ? RTE_COMP_CHECKSUM_CRC32 : RTE_COMP_CHECKSUM_CRC32_ADLER32;
	if (compress) {
		/* The largest is the only one that V2's engine has. */
		if (pmd_rand() % 2)
			any->window = (int)pmd_rand_in(pmd_dev.window.min, pmd_dev.window.max);
		xform.compress.window_size = (uint8_t)any->window;
		xform.compress.chksum = any->checksum;
		xform.compress.level = (int)pmd_rand_in(1, 9);
	} else {
		xform.decompress.chksum = any->checksum;
	}
	any->flow.stream = pmd_stream_new(&xform);
}

/* Cuts the end off, or turns bits over: what zlib makes of that is what is to come of it. */
static void
spoil(struct pmd_any *any, enum pmd_damage damage)
{
	uint32_t room = any->flow.room - 100, len = any->flow.in_length, bit, out_len, end;
	uint8_t *in = malloc(len), *plain = malloc(room);
	enum pmd_zlib_verdict verdict;

	assert_non_null(in);
	assert_non_null(plain);
	memcpy(in, any->in, len);
	if (damage == PMD_CUT_OFF) {
		len = pmd_rand_in(1, len - 1);
	} else {
		for (uint32_t n = pmd_rand_in(1, 3); n > 0; n--) {
			bit = pmd_rand_in(0, 8 * len - 1);
			in[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
	verdict = pmd_zlib_inflate(in, len, plain, room, &out_len, &end);
	if (verdict == PMD_ZLIB_FULL) {
		/* There is no room for what it has become. */
		free(in);
		free(plain);
		return;
	}
	free(any->in);
	free(any->plain);
	any->bad = verdict != PMD_ZLIB_WHOLE;
	any->in = in;
	any->end = end;
	any->plain = plain;
	any->plain_len = out_len;
	any->flow.in_length = len;
}

void
pmd_any_begin(struct pmd_any *any, uint32_t length, enum pmd_damage damage)
{
	struct pmd_zlib_how how = pmd_zlib_usual;
	void *stream = any->flow.stream;

	any->plain_len = length;
	any->plain = pmd_data_new(any->plain_len + 1);
	any->busy = false;
	any->bad = false;
	any->flow = (struct pmd_flow){.stream = stream, .in_length = any->plain_len};
	/* Each request may end a block. */
	any->flow.room = pmd_zlib_bound(any->plain_len) + 16 * (any->plain_len + 1) + 4096 +
			 any->cut.in_max;
	if (any->compress) {
		any->in = any->plain;
	} else {
		how.level = (int)pmd_rand_in(0, 9);
		how.strategy = (int)pmd_rand_in(Z_DEFAULT_STRATEGY, Z_FIXED);
		any->in = pmd_zlib_deflate_new(&how, any->plain, any->plain_len,
					       &any->flow.in_length);
		any->flow.room = any->plain_len + any->cut.out_max + 300;
	}
	any->end = any->flow.in_length;
	if (!any->compress && damage != PMD_GOOD)
		spoil(any, damage);
	any->flow.in = any->in;
	any->flow.out = malloc(any->flow.room);
	assert_non_null(any->flow.out);
}

void
pmd_any_drop(struct pmd_any *any)
{
	free(any->flow.out);
	if (any->in != any->plain)
		free(any->in);
	free(any->plain);
}

/* What came of a bad one before its error is right. */
void
pmd_any_check_refused(const struct pmd_any *any)
{
	const struct pmd_flow *flow = &any->flow;
	const uint32_t len = flow->given < any->plain_len ? flow->given : any->plain_len;

	assert_true(any->bad);
	assert_int_equal(flow->status, RTE_COMP_OP_STATUS_ERROR);
	assert_memory_equal(flow->out, any->plain, len);
}

void
pmd_any_check_end(const struct pmd_any *any)
{
	const struct pmd_flow *flow = &any->flow;

	assert_false(any->bad);
	assert_int_equal(flow->taken, any->end);
	if (any->compress) {
		assert_null(pmd_zlib_check(any->window, flow->out, flow->given, any->plain,
					   any->plain_len));
	} else {
		assert_int_equal(flow->given, any->plain_len);
		assert_memory_equal(flow->out, any->plain, any->plain_len);
	}
	/* What FULL ends has checksums of its own. */
	if (flow->fulls == 0)
		assert_true(flow->chksum == pmd_zlib_checksum(any->checksum, any->plain,
							      any->plain_len));
}
