/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef RAW_FUNCTION_H
#define RAW_FUNCTION_H

/**
 * @file
 * A virtual function used the bare way: over the vfio-user client, by the numbers of hardware.md
 * and none of the project's own definitions of the hardware. Calls return 0 or a negative errno,
 * and wait 10 s at most, so that a forked child can use them too.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vfio_user_client;

#define RAW_QUEUES 4
#define RAW_DEPTH 1024

struct raw_queue {
	unsigned tail; /**< of the SQ */
	unsigned head; /**< of the CQ */
	unsigned phase;
};

struct raw_function {
	struct vfio_user_client *client;
	int memory_fd;
	uint8_t *memory;
	volatile uint64_t *shadow; /**< BAR 0; NULL if there is none */
	size_t shadow_len;
	bool chip; /**< doorbells at the chip's address although there are shadow ones */
	struct raw_queue queues[RAW_QUEUES];
};

/** Where request @p slot of a queue has its data. */
uint8_t *raw_source(struct raw_function *function, unsigned slot);
uint8_t *raw_dest(struct raw_function *function, unsigned slot);

/** An SQ's slot. */
uint32_t *raw_sqe(struct raw_function *function, unsigned queue, unsigned index);

/** Memory that the function can reach, from this address on. */
#define RAW_IOVA 0x123450000ull
#define RAW_MEMORY 0x1200000

#define RAW_SLOTS 64
#define RAW_SLOT_SIZE 0x20000 /* source and destination each */

/** Connect and bring the function up with its queues: even ones compress, odd ones decompress. */
int raw_open(struct raw_function *function, const char *path, bool chip);

/** Bring the function up again, after a reset. */
int raw_start(struct raw_function *function);

/** Hang up and free. */
void raw_close(struct raw_function *function);

/** Read a 32-bit register of BAR 2. */
int raw_read32(struct raw_function *function, uint64_t offset, uint32_t *value);

/** Run a mailbox command; @p word0 as in hardware.md A.1, @p base is what 0x304 gets. */
int raw_mailbox(struct raw_function *function, uint32_t word0, uint64_t base);

/** Put a zlib request into the SQ without a doorbell; its data are at @p slot. */
void raw_submit(struct raw_function *function, unsigned queue, unsigned slot, uint32_t source_len,
		uint32_t dest_len);

/** Tell the device all that was submitted. */
int raw_ring(struct raw_function *function, unsigned queue);

/**
 * Wait for the next completion of a queue and give it back.
 *
 * @param sqe
 *   Gets the 32 dwords of the SQE.
 */
int raw_complete(struct raw_function *function, unsigned queue, uint32_t sqe[32]);

#endif /* RAW_FUNCTION_H */
