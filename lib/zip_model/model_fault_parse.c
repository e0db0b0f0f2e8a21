/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hisi_hw_qm_queue.h"
#include "hisi_hw_zip.h"
#include "zip_model_fault.h"

#define FAULT_LEN 128 /* the longest text of one fault, with its terminator */
#define MAX_STATUS HISI_HW_GET(HISI_ZIP_DW3_STATUS, UINT32_MAX)
#define MAX_AEQE_TYPE HISI_HW_GET(HISI_QM_AEQE_TYPE, UINT32_MAX)
#define MAX_RAS_BIT 31
#define SYNTAX "KIND[:queue=N][:nth=N][:value=N]"
/* One list for the parser and for people: the place of a name is its kind's number. */
#define FAULT_KINDS(X)                                                                            \
	X(WRONG_PHASE, "wrong-phase")                                                              \
	X(LOST_COMPLETION, "lost-completion")                                                      \
	X(PRODUCED, "produced")                                                                    \
	X(FLIPPED_BIT, "flipped-bit")                                                              \
	X(STATUS, "status")                                                                        \
	X(HANG_QUEUE, "hang-queue")                                                                \
	X(AEQ_EVENT, "aeq-event")                                                                  \
	X(STUCK_MAILBOX, "stuck-mailbox")                                                          \
	X(RAS, "ras")
#define FAULT_NAME(kind, name) [ZIP_MODEL_FAULT_##kind] = name,
#define FAULT_LISTED(kind, name) ", " name

static const char *const names[] = {FAULT_KINDS(FAULT_NAME)};

/* Without the separator before the first. */
static const char kinds[] = FAULT_KINDS(FAULT_LISTED);

const char *
zip_model_fault_kinds(void)
{
	return kinds + 2;
}

static int
parse_kind(const char *text, struct zip_model_fault *fault)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], text) == 0) {
			fault->kind = (enum zip_model_fault_kind)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 16;
}

static int
parse_number(const char *text, uint32_t *value)
{
	unsigned base = 10;
	uint64_t number = 0;

	if (strncmp(text, "0x", 2) == 0) {
		base = 16;
		text += 2;
	}
	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned)digit_of(*text);

		number = number * base + digit;
		if (digit >= base || number > UINT32_MAX)
			return -EINVAL;
	}
	*value = (uint32_t)number;
	return 0;
}

static int
parse_key(char *key, struct zip_model_fault *fault)
{
	char *value = strchr(key, '=');
	uint32_t number;

	if (value == NULL)
		return -EINVAL;
	*value++ = '\0';
	if (parse_number(value, &number) != 0)
		return -EINVAL;
	if (strcmp(key, "queue") == 0)
		fault->queue = number;
	else if (strcmp(key, "nth") == 0)
		fault->nth = number;
	else if (strcmp(key, "value") == 0)
		fault->value = number;
	else
		return -EINVAL;
	return 0;
}

/* Values that cannot be stored where the device would put them. */
static int
check_value(const struct zip_model_fault *fault)
{
	switch (fault->kind) {
	case ZIP_MODEL_FAULT_STATUS:
		return fault->value <= MAX_STATUS ? 0 : -EINVAL;
	case ZIP_MODEL_FAULT_AEQ_EVENT:
		return fault->value <= MAX_AEQE_TYPE ? 0 : -EINVAL;
	case ZIP_MODEL_FAULT_RAS:
		return fault->value <= MAX_RAS_BIT ? 0 : -EINVAL;
	default:
		return 0;
	}
}

static int
parse_words(char *words, struct zip_model_fault *fault, char *err, size_t errlen)
{
	char *rest = words;
	char *word = strsep(&rest, ":");

	if (parse_kind(word, fault) != 0) {
		snprintf(err, errlen, "no fault '%s'; valid: %s", word, zip_model_fault_kinds());
		return -EINVAL;
	}
	while ((word = strsep(&rest, ":")) != NULL) {
		char shown[FAULT_LEN];

		memcpy(shown, word, strlen(word) + 1);
		if (parse_key(word, fault) != 0) {
			snprintf(err, errlen, "no '%s' in a fault; valid: " SYNTAX, shown);
			return -EINVAL;
		}
	}
	if (check_value(fault) != 0) {
		snprintf(err, errlen,
			 "value=%u is too large; valid: status 0-%u, aeq-event 0-%u, ras 0-%u",
			 fault->value, MAX_STATUS, MAX_AEQE_TYPE, MAX_RAS_BIT);
		return -EINVAL;
	}
	return 0;
}

/* The fault is the first @p len bytes of @p text. */
static int
parse_part(const char *text, size_t len, struct zip_model_fault *fault, char *err, size_t errlen)
{
	char words[FAULT_LEN];
	struct zip_model_fault parsed = {.queue = ZIP_MODEL_ANY_QUEUE, .nth = 1};
	int ret;

	if (len >= sizeof(words)) {
		snprintf(err, errlen, "a fault is too long; valid: " SYNTAX);
		return -EINVAL;
	}
	memcpy(words, text, len);
	words[len] = '\0';
	ret = parse_words(words, &parsed, err, errlen);
	if (ret == 0)
		*fault = parsed;
	return ret;
}

int
zip_model_fault_parse(const char *text, struct zip_model_fault *fault, char *err, size_t errlen)
{
	return parse_part(text, strlen(text), fault, err, errlen);
}

int
zip_model_fault_parse_list(const char *text, struct zip_model_fault *faults, size_t max, char *err,
			   size_t errlen)
{
	size_t nb = 0;

	for (;; text++) {
		size_t len = strcspn(text, ";+");
		int ret;

		if (nb == max) {
			snprintf(err, errlen, "more than %zu faults", max);
			return -E2BIG;
		}
		ret = parse_part(text, len, &faults[nb++], err, errlen);
		if (ret != 0)
			return ret;
		text += len;
		if (*text == '\0')
			return (int)nb;
	}
}
