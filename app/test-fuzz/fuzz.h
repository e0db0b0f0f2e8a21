/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef FUZZ_H
#define FUZZ_H

/**
 * @file
 * A fuzzer is a function of bytes, with the name that libFuzzer calls. It is linked with
 * fuzz_main.c, which makes the bytes by chance, or by clang with -fsanitize=fuzzer in its place.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The most bytes of an input. */
#define FUZZ_MAX 4096u

/** The fuzzer. What it finds it says by abort(). @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * A good input to start from, for fuzz_main.c.
 *
 * @param which from 0
 * @param data FUZZ_MAX bytes
 * @return its bytes; 0: there are no more
 */
size_t fuzz_sample(unsigned int which, uint8_t *data);

/** How often something was reached; fuzz_main.c fails if one of them stays 0. */
struct fuzz_reached {
	const char *name;
	uint64_t count;
};

/** Ended by an entry without name. */
extern struct fuzz_reached fuzz_reached[];

/** What is left of an input; at its end there are zeros. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/** Takes bytes. @return how many there were */
static inline size_t
fuzz_take(struct fuzz_input *input, void *to, size_t len)
{
	size_t here = len < input->left ? len : input->left;

	memset(to, 0, len);
	if (here > 0)
		memcpy(to, input->at, here);
	input->at += here;
	input->left -= here;
	return here;
}

/** Takes a byte. */
static inline uint8_t
fuzz_take8(struct fuzz_input *input)
{
	uint8_t value;

	fuzz_take(input, &value, sizeof(value));
	return value;
}

/** Takes 32 bits. */
static inline uint32_t
fuzz_take32(struct fuzz_input *input)
{
	uint32_t value;

	fuzz_take(input, &value, sizeof(value));
	return value;
}

#endif /* FUZZ_H */
