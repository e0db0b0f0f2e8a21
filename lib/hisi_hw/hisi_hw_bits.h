/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_HW_BITS_H
#define HISI_HW_BITS_H

/**
 * @file
 * Fields of words that the device reads or writes.
 *
 * A field is declared once, as a mask; getter and setter derive the shift from it, so that they
 * cannot drift apart. All words are little-endian (hardware.md 0.3), as are the CPUs supported.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the queue entries are little-endian: only little-endian CPUs are supported"
#endif

/** The lowest set bit of a mask. */
#define HISI_HW_LSB(mask) ((mask) & (~(mask) + 1))

/** The value of the field @p mask of @p word. */
#define HISI_HW_GET(mask, word) (((word) & (mask)) / HISI_HW_LSB(mask))

/** @p value placed in the field @p mask; bits that do not fit are dropped. */
#define HISI_HW_PREP(mask, value) (((value) * HISI_HW_LSB(mask)) & (mask))

/** @p word with the field @p mask replaced by @p value. */
#define HISI_HW_SET(mask, word, value) (((word) & ~(mask)) | HISI_HW_PREP(mask, value))

#define HISI_HW_ASSERT_SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type)
#define HISI_HW_ASSERT_OFFSET(type, member, bytes)                                                 \
	static_assert(offsetof(type, member) == (bytes), #type "." #member)

#endif /* HISI_HW_BITS_H */
