/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Streams made by chance, in both directions, side by side, in pieces by chance, some of them
 * damaged. Between two requests the device is stopped and started, and the model's process killed
 * and started again; the streams go on.
 */

#include "pmd_any.h"
#include "pmd_model.h"

#define OPS 12000u
/* Where the machine is busy there are fewer, but never less than these. */
#define MOST_MS 20000u
#define LEAST_OPS 3000u
#define STREAMS 8u
/* Requests between two starts of the device, on average. */
#define OPS_PER_STOP 300u
/* More in a row without any effect is a stream that does not go on. */
#define IDLE_OPS 3u
/* The longest pieces, and the shortest, which the first streams have for sure. */
#define LONGEST (1u << 20)

/* Pairs are of streams that are decompressed, and compressed. */
struct tally {
	unsigned int ops;
	unsigned int ended[2];
	unsigned int refused; /* bad ones */
	unsigned int stops;
	unsigned int kills;
	unsigned int cut[2];  /* that were in the middle when the device was stopped */
	uint32_t in_least;
	uint32_t in_most;
	uint32_t room_least;
	uint32_t room_most;
};

static void
begin(struct pmd_any *any)
{
	/* The others are good. */
	static const enum pmd_damage damages[8] = {PMD_CUT_OFF, PMD_BITS};
	uint32_t least;

	any->cut = (struct pmd_cut){
		.in_max = 1u << pmd_rand_in(0, 20),
		.out_max = 1u << pmd_rand_in(0, 20),
		.shapes = pmd_rand() % 2,
		.full = pmd_rand() % 4 == 0,
	};
	least = any->cut.in_max < any->cut.out_max ? any->cut.in_max : any->cut.out_max;
	pmd_any_begin(any, pmd_rand_in(0, least < 10000 ? 60 * least : 600000 + least),
		      damages[pmd_rand() % 8]);
}

/* The first ones have the longest pieces and the shortest, and not all of them are good. */
static void
begin_first(struct pmd_any *any, bool longest)
{
	const uint32_t most = longest ? LONGEST : 1;

	any->cut = (struct pmd_cut){.in_max = most, .out_max = most};
	pmd_any_begin(any, longest ? 3 * LONGEST : 6, longest ? PMD_GOOD : PMD_CUT_OFF);
}

/* Chooses the next piece. By chance the end comes with the last byte, or with nothing. */
static void
choose_piece(struct pmd_any *any)
{
	const uint32_t left = any->flow.in_length - any->flow.taken;

	any->busy = true;
	any->idle = 0;
	any->piece = any->flow.ops == 0 ? any->cut.in_max : pmd_rand_in(0, any->cut.in_max);
	any->flush = (enum rte_comp_flush_flag)pmd_rand_in(RTE_COMP_FLUSH_NONE, any->cut.full ?
							   RTE_COMP_FLUSH_FULL :
							   RTE_COMP_FLUSH_SYNC);
	if (any->piece < left)
		return;
	any->piece = left;
	if (left == 0 || pmd_rand() % 2)
		any->flush = RTE_COMP_FLUSH_FINAL;
}

/* One request. @return whether the stream is at its end, which may be an error */
static bool
step(struct pmd_case *c, struct pmd_any *any)
{
	struct pmd_flow *flow = &any->flow;
	uint32_t taken = flow->taken, given = flow->given;
	struct pmd_cut cut = any->cut;

	if (!any->busy)
		choose_piece(any);
	/* As the first piece has the most input, it has the most room. */
	if (flow->ops == 0)
		cut.out_min = cut.out_max;
	flow->qp = (uint16_t)(pmd_rand() % pmd_dev.nb_queues);
	pmd_flow_op(c, flow, &cut, any->piece, any->flush);
	if (flow->status == RTE_COMP_OP_STATUS_ERROR)
		return true;
	any->piece -= flow->taken - taken;
	any->idle = taken == flow->taken && given == flow->given ? any->idle + 1 : 0;
	assert_true(any->idle <= IDLE_OPS);
	if (flow->status == RTE_COMP_OP_STATUS_OUT_OF_SPACE_RECOVERABLE)
		return false;
	assert_int_equal(flow->status, RTE_COMP_OP_STATUS_SUCCESS);
	any->busy = false;
	flow->fulls += any->compress && any->flush == RTE_COMP_FLUSH_FULL;
	/* What is behind the end is not asked for. */
	return any->flush == RTE_COMP_FLUSH_FINAL ||
	       (!any->bad && any->end < flow->in_length && flow->taken == any->end);
}

static void
note_size(uint32_t size, uint32_t *least, uint32_t *most)
{
	if (size > 0 && size < *least)
		*least = size;
	if (size > *most)
		*most = size;
}

/* One request of any stream, which is judged at its end, and then is given something else. */
static void
step_any(struct pmd_case *c, struct pmd_any *any, struct tally *tally)
{
	const bool at_end = step(c, any);
	const struct pmd_flow *flow = &any->flow;

	tally->ops++;
	note_size(flow->piece, &tally->in_least, &tally->in_most);
	note_size(flow->offered, &tally->room_least, &tally->room_most);
	if (!at_end)
		return;
	if (flow->status == RTE_COMP_OP_STATUS_ERROR) {
		pmd_any_check_refused(any);
		tally->refused++;
	} else {
		pmd_any_check_end(any);
		tally->ended[any->compress]++;
	}
	pmd_any_drop(any);
	if (pmd_rand() % 8 == 0) {
		pmd_stream_free(flow->stream);
		pmd_any_make(any, any->compress);
	}
	begin(any);
}

static bool
in_the_middle(const struct pmd_any *any)
{
	return any->flow.taken > 0 && any->flow.taken < any->end;
}

/* How many streams of a direction were begun and are not at their end. */
static unsigned int
count_cut(const struct pmd_any *all, unsigned int nb, bool compress)
{
	unsigned int cut = 0;

	for (unsigned int i = 0; i < nb; i++)
		cut += all[i].compress == compress && in_the_middle(&all[i]);
	return cut;
}

static void
restart(const struct pmd_any *all, unsigned int nb, struct tally *tally)
{
	const bool kill = pmd_env.transport == PMD_PROCESS &&
			  (tally->kills == 0 || pmd_rand() % 2);

	tally->cut[false] += count_cut(all, nb, false);
	tally->cut[true] += count_cut(all, nb, true);
	if (kill)
		pmd_model_kill();
	rte_compressdev_stop(pmd_dev.id);
	if (kill)
		assert_int_equal(pmd_model_start(NULL, 0), 0);
	assert_int_equal(rte_compressdev_start(pmd_dev.id), 0);
	tally->stops++;
	tally->kills += kill;
}

/* The first time as soon as a stream of each direction that there is would be hit. */
static bool
is_time_to_stop(const struct pmd_any *all, unsigned int nb, const struct tally *tally)
{
	if (tally->stops == 0)
		return count_cut(all, nb, true) > 0 &&
		       (count_cut(all, nb, false) > 0 || nb < STREAMS);
	return pmd_rand() % OPS_PER_STOP == 0;
}

static void
run_streams(struct pmd_case *c, struct pmd_any *all, unsigned int nb, struct tally *tally)
{
	const uint64_t start = pmd_now_ms();

	while (tally->ops < pmd_scaled(LEAST_OPS) ||
	       (tally->ops < pmd_scaled(OPS) && pmd_now_ms() - start < MOST_MS)) {
		if (is_time_to_stop(all, nb, tally))
			restart(all, nb, tally);
		step_any(c, &all[pmd_rand() % nb], tally);
	}
}

static void
show_and_judge(const struct tally *tally, bool both)
{
	pmd_env_print_result();
	printf("%u requests of streams by chance, input of %u to %u bytes, room for %u to %u; "
	       "%u compressed, %u decompressed, %u damaged and refused\n", tally->ops,
	       tally->in_least, tally->in_most, tally->room_least, tally->room_most,
	       tally->ended[true], tally->ended[false], tally->refused);
	pmd_env_print_result();
	printf("%u stops and starts, %u of them with the model killed, in the middle of %u streams "
	       "to compress and %u to decompress\n", tally->stops, tally->kills,
	       tally->cut[true], tally->cut[false]);
	assert_int_equal(tally->in_least, 1);
	assert_int_equal(tally->in_most, LONGEST);
	assert_int_equal(tally->room_least, 1);
	assert_true(tally->room_most > LONGEST / 2);
	assert_true(tally->ended[true] > 0 && tally->cut[true] > 0);
	assert_true(!both || (tally->ended[false] > 0 && tally->cut[false] > 0));
	assert_true(!both || tally->refused > 0);
	assert_true(tally->stops > 0);
	assert_true(tally->kills > 0 || pmd_env.transport != PMD_PROCESS);
}

static void
stateful(void **state)
{
	struct tally tally = {.in_least = UINT32_MAX, .room_least = UINT32_MAX};
	struct pmd_any all[STREAMS] = {0};
	const bool both = pmd_stream_has_decompression();
	unsigned int nb = 0;

	for (unsigned int i = 0; i < STREAMS; i++) {
		const bool compress = i % 2;

		if (!compress && !both)
			continue;
		pmd_any_make(&all[nb], compress);
		/* One for sure that V2's engine does. */
		while (i == 1 && all[nb].window != 15) {
			pmd_stream_free(all[nb].flow.stream);
			pmd_any_make(&all[nb], compress);
		}
		begin_first(&all[nb++], i < STREAMS / 2);
	}
	assert_true(nb > 0);
	run_streams(*state, all, nb, &tally);
	for (unsigned int i = 0; i < nb; i++) {
		pmd_stream_free(all[i].flow.stream);
		pmd_any_drop(&all[i]);
	}
	show_and_judge(&tally, both);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE_MANY(stateful),
};

const struct pmd_group pmd_group_property_stream = {
	.name = "property-stream",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.no_engine = true,
	.model_dies = true,
};
