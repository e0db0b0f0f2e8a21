/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Streams made by chance, in both directions, side by side, in pieces by chance. Between two
 * requests the device is stopped and started, and the model's process killed and started again; the
 * streams go on.
 */

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "pmd_model.h"
#include "pmd_stream.h"

#define OPS 12000u
/* Where the machine is busy there are fewer. */
#define MOST_MS 20000u
#define STREAMS 8u
/* Requests between two starts of the device, on average. */
#define OPS_PER_STOP 300u
/* Requests before the first one, so that there is one in each run. */
#define OPS_TO_STOP 20u
/* More in a row without any effect is a stream that does not go on. */
#define IDLE_OPS 3u

/* A stream, and what it is busy with. */
struct any_stream {
	struct pmd_flow flow;
	struct pmd_cut cut;
	uint8_t *in;
	uint8_t *plain;
	uint32_t plain_len;
	uint32_t piece;         /* of the input, still to do */
	enum rte_comp_flush_flag flush;
	enum rte_comp_checksum_type checksum;
	int window;
	unsigned int idle;
	bool compress;
	bool busy;              /* with the piece */
};

struct tally {
	unsigned int ops;
	unsigned int ended[2];  /* decompressed, compressed */
	unsigned int stops;
	unsigned int kills;
};

static bool
may(uint64_t feature)
{
	return (pmd_dev.features & feature) != 0;
}

static void
make_stream(struct any_stream *any, bool compress)
{
	struct rte_comp_xform xform = compress ? pmd_stream_compress() : pmd_stream_decompress();

	any->compress = compress;
	any->window = 15;
	any->checksum = pmd_rand() % 2 ? RTE_COMP_CHECKSUM_CRC32 : RTE_COMP_CHECKSUM_CRC32_ADLER32;
	if (compress) {
		any->window = (int)pmd_rand_in(pmd_dev.window.min, pmd_dev.window.max);
		xform.compress.window_size = (uint8_t)any->window;
		xform.compress.chksum = any->checksum;
		xform.compress.level = (int)pmd_rand_in(1, 9);
	} else {
		xform.decompress.chksum = any->checksum;
	}
	any->flow.stream = pmd_stream_new(&xform);
}

/* Gives a stream something else to do. */
static void
begin(struct any_stream *any)
{
	struct pmd_zlib_how how = pmd_zlib_usual;
	void *stream = any->flow.stream;
	uint32_t least, most;

	any->cut = (struct pmd_cut){
		.in_max = 1u << pmd_rand_in(0, 20),
		.out_max = 1u << pmd_rand_in(0, 20),
		.shapes = pmd_rand() % 2,
		.full = pmd_rand() % 4 == 0,
	};
	least = any->cut.in_max < any->cut.out_max ? any->cut.in_max : any->cut.out_max;
	most = least < 10000 ? 60 * least : 600000;
	any->plain_len = pmd_rand_in(0, most);
	any->plain = pmd_data_new(any->plain_len + 1);
	any->busy = false;
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
	any->flow.in = any->in;
	any->flow.out = malloc(any->flow.room);
	assert_non_null(any->flow.out);
}

static void
drop(struct any_stream *any)
{
	free(any->flow.out);
	if (any->in != any->plain)
		free(any->in);
	free(any->plain);
}

static void
check_end(const struct any_stream *any)
{
	const struct pmd_flow *flow = &any->flow;

	assert_int_equal(flow->taken, flow->in_length);
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

/* Chooses the next piece. By chance the end comes with the last byte, or with nothing. */
static void
choose_piece(struct any_stream *any)
{
	const uint32_t left = any->flow.in_length - any->flow.taken;

	any->busy = true;
	any->idle = 0;
	any->piece = pmd_rand_in(0, any->cut.in_max);
	any->flush = (enum rte_comp_flush_flag)pmd_rand_in(RTE_COMP_FLUSH_NONE, any->cut.full ?
							   RTE_COMP_FLUSH_FULL :
							   RTE_COMP_FLUSH_SYNC);
	if (any->piece < left)
		return;
	any->piece = left;
	if (left == 0 || pmd_rand() % 2)
		any->flush = RTE_COMP_FLUSH_FINAL;
}

/* One request. @return whether the stream is at its end */
static bool
step(struct pmd_case *c, struct any_stream *any)
{
	struct pmd_flow *flow = &any->flow;
	uint32_t taken = flow->taken, given = flow->given;

	if (!any->busy)
		choose_piece(any);
	flow->qp = (uint16_t)(pmd_rand() % pmd_dev.nb_queues);
	pmd_flow_op(c, flow, &any->cut, any->piece, any->flush);
	any->piece -= flow->taken - taken;
	any->idle = taken == flow->taken && given == flow->given ? any->idle + 1 : 0;
	assert_true(any->idle <= IDLE_OPS);
	if (flow->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)
		return false;
	assert_int_equal(flow->status, RTE_COMP_OP_STATUS_SUCCESS);
	any->busy = false;
	flow->fulls += any->flush == RTE_COMP_FLUSH_FULL;
	return any->flush == RTE_COMP_FLUSH_FINAL;
}

static void
restart(struct tally *tally)
{
	const bool kill = pmd_env.transport == PMD_PROCESS &&
			  (tally->kills == 0 || pmd_rand() % 2);

	if (kill)
		pmd_model_kill();
	rte_compressdev_stop(pmd_dev.id);
	if (kill)
		assert_int_equal(pmd_model_start(NULL, 0), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	tally->stops++;
	tally->kills += kill;
}

static void
run_streams(struct pmd_case *c, struct any_stream *all, unsigned int nb, struct tally *tally)
{
	const uint64_t start = pmd_now_ms();

	while (tally->ops < pmd_scaled(OPS) && pmd_now_ms() - start < MOST_MS) {
		struct any_stream *any = &all[pmd_rand() % nb];

		tally->ops++;
		if (tally->ops == OPS_TO_STOP || pmd_rand() % OPS_PER_STOP == 0)
			restart(tally);
		if (!step(c, any))
			continue;
		check_end(any);
		drop(any);
		tally->ended[any->compress]++;
		if (pmd_rand() % 8 == 0) {
			pmd_stream_free(any->flow.stream);
			make_stream(any, any->compress);
		}
		begin(any);
	}
}

static void
stateful(void **state)
{
	struct any_stream all[STREAMS] = {0};
	struct tally tally = {0};
	unsigned int nb = 0;

	for (unsigned int i = 0; i < STREAMS; i++) {
		const bool compress = i % 2;

		if (!may(compress ? RTE_COMP_FF_STATEFUL_COMPRESSION :
			 RTE_COMP_FF_STATEFUL_DECOMPRESSION))
			continue;
		make_stream(&all[nb], compress);
		begin(&all[nb++]);
	}
	assert_true(nb > 0);
	run_streams(*state, all, nb, &tally);
	for (unsigned int i = 0; i < nb; i++) {
		pmd_stream_free(all[i].flow.stream);
		drop(&all[i]);
	}
	printf("result: %s: %u requests of streams by chance, %u compressed, %u decompressed; "
	       "%u stops and starts, with %u models killed\n", pmd_dev.name, tally.ops,
	       tally.ended[1], tally.ended[0], tally.stops, tally.kills);
	assert_true(tally.ended[0] + tally.ended[1] > 0);
	assert_true(tally.stops > 0);
	assert_true(tally.kills > 0 || pmd_env.transport != PMD_PROCESS);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE_MANY(stateful),
};

const struct pmd_group pmd_group_property_stream = {
	.name = "property-stream",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	/* Models that were killed took their counts along. */
	.no_count = true,
};
