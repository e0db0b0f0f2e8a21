/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef TEST_HISI_QM_FAKE_H
#define TEST_HISI_QM_FAKE_H

/**
 * @file
 * A transport over an array of registers: it writes down what the QM layer does, and answers
 * mailbox commands as it is told to. It knows the hardware by literals only.
 */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "hisi_qm.h"

#define FAKE_QUEUES 8
#define FAKE_TRACE 512
#define FAKE_LINE 48

struct fake {
	struct hisi_qm_dev dev;
	uint32_t regs[0x4000 / 4]; /**< BAR 2 */
	uint32_t caps[3];          /**< from 0x3100 on */
	uint32_t sub_version;      /**< 0x210 */
	uint64_t vft;              /**< answer of command 6 */
	uint32_t message;          /**< of command 0xd */
	unsigned int nb_vectors;   /**< 4, less if a test says so */
	uint64_t doorbells[FAKE_QUEUES][2]; /**< SQ, CQ */

	/* How it misbehaves. */
	int stuck_command;  /**< code of the command that stays busy; -1: none */
	int failed_command; /**< code of the command that gets status 5; -1: none */
	int open_error;
	int reset_error;
	int (*strike)(void); /**< by each function but close(): what that fails with, or 0 */
	int irq_error;
	bool gone;          /**< each access fails */
	bool map_doorbells;
	uint16_t device;
	uint8_t revision;
	unsigned int undrained; /**< dumps of an SQC that tell of work left */
	bool moving;            /**< and those of a CQC of progress meanwhile */

	/* What it saw. */
	bool is_open;
	const volatile uint8_t *watched; /**< NULL, or what is looked at by each reset */
	uint8_t seen;                    /**< there, by the last one */
	int aeq_fd; /**< of AEQ and messages */
	unsigned int losses;
	char trace[FAKE_TRACE][FAKE_LINE]; /**< calls in order, but for reads of registers */
	unsigned int nb_trace;
	/* Of the last mailbox command of each code: words 0x304 and 0x308, what they point at. */
	uint64_t bases[16];
	uint32_t contexts[4][8];
};

/** For cmocka_run_group_tests(): starts EAL without huge pages, devices and shared files. */
int fake_eal_start(void **state);
int fake_eal_end(void **state);

/** For each test: *state is a struct fake of a V3 VF with 8 queues, not open. */
int fake_setup(void **state);
/** Closes the device. */
int fake_teardown(void **state);

/** Asserts that the trace is these lines, and forgets it. */
void fake_assert_trace(struct fake *fake, const char *const *lines, unsigned int n);

/** Sends a message, of this command, to the function: hardware.md 7.5. */
void fake_send(struct fake *fake, uint32_t message);

/** The number of the last such line of the trace; -1: there is none. */
int fake_find(const struct fake *fake, const char *line);

#endif /* TEST_HISI_QM_FAKE_H */
