/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The driver's completion path on a device that writes what it likes: into CQEs, SQEs and at any
 * time. Each op that was taken comes back once, and what it says lies within its buffers.
 */

#include <stdlib.h>

#include <rte_log.h>

#include "fuzz.h"
#include "test_hisi_zip_util.h"

enum { GOOD, BAD, FULL, REFUSED, DEAD };

struct fuzz_reached fuzz_reached[] = {
	[GOOD] = {"good", 0},       [BAD] = {"errors", 0}, [FULL] = {"full", 0},
	[REFUSED] = {"refused", 0}, [DEAD] = {"dead", 0},  {NULL, 0},
};

/* What an input does, a byte each; those that need more take it from the input. */
enum action {
	ENQUEUE, ENQUEUE_MANY, COMPLETE, COMPLETE_LATER, RESULT, CQE, CQE_RAW, SQE_RAW, DEQUEUE,
	DEQUEUE_ALL, ACTIONS,
};

struct play {
	struct test_pair *pair;
	bool out[TEST_MAX_OPS];  /* in flight, as we know */
	uint16_t oldest[2];      /* SQE that the device would complete next */
	uint16_t sent[2];        /* SQE that comes next */
	unsigned int next;
};

static void
hold(int promise)
{
	if (!promise)
		abort();
}

static void
enqueue(struct play *play, unsigned int nb)
{
	for (; nb > 0; nb--) {
		unsigned int i = play->next % TEST_MAX_OPS;
		struct rte_comp_op *op = &play->pair->ops[i];
		unsigned int direction = op->private_xform == &play->pair->xform[1];

		if (play->out[i])
			return;
		op->status = RTE_COMP_OP_STATUS_NOT_PROCESSED;
		if (hisi_zip_enqueue_burst(&play->pair->qp, &op, 1) == 0) {
			fuzz_reached[op->status == RTE_COMP_OP_STATUS_NOT_PROCESSED ? REFUSED :
				     DEAD].count++;
			return;
		}
		play->out[i] = true;
		play->sent[direction] = (uint16_t)((play->sent[direction] + 1) % TEST_DEPTH);
		play->next++;
	}
}

static void
check_op(struct play *play, struct rte_comp_op *op)
{
	size_t i = (size_t)(op - play->pair->ops);

	hold(op >= play->pair->ops && i < TEST_MAX_OPS && play->out[i]);
	play->out[i] = false;
	hold(op->consumed <= 1000 && op->produced <= 2000);
	switch (op->status) {
	case RTE_COMP_OP_STATUS_SUCCESS:
		fuzz_reached[GOOD].count++;
		break;
	case RTE_COMP_OP_STATUS_OUT_OF_SPACE_TERMINATED:
		hold(op->consumed == 0);
		fuzz_reached[FULL].count++;
		break;
	default:
		hold(op->status == RTE_COMP_OP_STATUS_ERROR);
		fuzz_reached[BAD].count++;
		break;
	}
}

static void
dequeue(struct play *play, uint16_t nb)
{
	struct rte_comp_op *back[TEST_MAX_OPS];
	uint16_t got = hisi_zip_dequeue_burst(&play->pair->qp, back, nb);

	hold(got <= nb);
	for (uint16_t i = 0; i < got; i++)
		check_op(play, back[i]);
}

static void
write_raw(struct play *play, unsigned int direction, struct fuzz_input *input, bool sqe)
{
	uint8_t *ring = sqe ? (uint8_t *)test_sqe(play->pair, direction, 0) :
		(uint8_t *)(uintptr_t)play->pair->hw[direction].cq;
	uint32_t bytes = TEST_DEPTH * (sqe ? 128 : 16);
	uint32_t at = fuzz_take32(input) % (bytes / 4), value = fuzz_take32(input);

	memcpy(ring + at * 4, &value, sizeof(value));
}

static void
complete(struct play *play, unsigned int direction, uint16_t skip)
{
	uint16_t index = (uint16_t)((play->oldest[direction] + skip) % TEST_DEPTH);

	if (play->oldest[direction] == play->sent[direction])
		return;
	test_complete(play->pair, direction, index, 1);
	play->oldest[direction] = (uint16_t)((index + 1) % TEST_DEPTH);
}

static void
act(struct play *play, struct fuzz_input *input)
{
	uint8_t byte = fuzz_take8(input);
	unsigned int direction = byte >> 7;
	uint32_t words[3];

	switch ((byte & 0x7f) % ACTIONS) {
	case ENQUEUE:
		enqueue(play, 1);
		break;
	case ENQUEUE_MANY:
		enqueue(play, fuzz_take8(input) % (2 * TEST_LIMIT));
		break;
	case COMPLETE:
		complete(play, direction, 0);
		break;
	case COMPLETE_LATER:
		complete(play, direction, fuzz_take8(input) % TEST_DEPTH);
		break;
	case RESULT:
		fuzz_take(input, words, sizeof(words));
		test_result(play->pair, direction, play->oldest[direction], words[0], words[1],
			    words[2]);
		test_cqe(play->pair, direction, play->oldest[direction]);
		play->oldest[direction] = (uint16_t)((play->oldest[direction] + 1) % TEST_DEPTH);
		break;
	case CQE:
		test_cqe(play->pair, direction, (uint16_t)fuzz_take32(input));
		break;
	case CQE_RAW:
	case SQE_RAW:
		write_raw(play, direction, input, (byte & 0x7f) % ACTIONS == SQE_RAW);
		break;
	case DEQUEUE:
		dequeue(play, fuzz_take8(input) % TEST_MAX_OPS);
		break;
	default:
		dequeue(play, TEST_MAX_OPS);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	struct play play = {0};
	void *state = NULL;

	/* Each lie of the device is a line. */
	rte_log_set_global_level(RTE_LOG_EMERG);
	test_pair_open(&state);
	play.pair = state;
	for (unsigned int i = 0; i < TEST_MAX_OPS; i += 3)
		test_op_decompress(play.pair, i);
	while (input.left > 0)
		act(&play, &input);
	/* The device is lost: what is in flight comes back, once. */
	play.pair->hw[0].dead = 1;
	play.pair->hw[1].dead = 1;
	for (int i = 0; i < 8; i++)
		dequeue(&play, TEST_MAX_OPS);
	for (unsigned int i = 0; i < TEST_MAX_OPS; i++)
		hold(!play.out[i]);
	test_pair_close(&state);
	return 0;
}

size_t
fuzz_sample(unsigned int which, uint8_t *data)
{
	static const uint8_t statuses[] = {0x00, 0x0d, 0x13, 0x0e, 0x10, 0xff};
	size_t at = 0;

	if (which >= 18)
		return 0;
	for (unsigned int i = 0; i < 12; i++) {
		const uint8_t direction = (which + i) % 2 ? 0x80 : 0;

		data[at++] = ENQUEUE_MANY;
		data[at++] = (uint8_t)(which + 3);
		if (i % 3 == which % 3) {
			data[at++] = RESULT | direction;
			memcpy(data + at, (uint32_t[3]){1000, 300 + i, statuses[which % 6]}, 12);
			at += 12;
		}
		data[at++] = COMPLETE | direction;
		data[at++] = (which > 12 ? COMPLETE_LATER : COMPLETE) | (direction ^ 0x80);
		if (which > 12)
			data[at++] = (uint8_t)(which % 4);
		data[at++] = i % 2 ? DEQUEUE_ALL : DEQUEUE;
		if (i % 2 == 0)
			data[at++] = 5;
	}
	return at;
}
