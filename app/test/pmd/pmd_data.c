/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "pmd_data.h"
#include "pmd_env.h"

#define MAX_BLOBS 64

static struct pmd_blob blobs[MAX_BLOBS];
static unsigned int nb_blobs;

static void
fill_random(uint8_t *data, uint32_t len)
{
	uint64_t word = 0;

	for (uint32_t i = 0; i < len; i++) {
		if (i % 8 == 0)
			word = pmd_rand();
		data[i] = (uint8_t)(word >> (i % 8 * 8));
	}
}

static void
fill_text(uint8_t *data, uint32_t len)
{
	static const char *const words[] = {
		"queue ", "the ", "of ", "engine ", "burst ", "a ",    "window ", "and\n",
		"is ",	  "in ",  "64 ", "descriptor, ", "to ", "block. ", "code ",   "with ",
	};
	uint32_t at = 0;

	while (at < len) {
		const char *word = words[pmd_rand() % (sizeof(words) / sizeof(words[0]))];

		for (; *word != '\0' && at < len; word++)
			data[at++] = (uint8_t)*word;
	}
}

static void
fill_records(uint8_t *data, uint32_t len)
{
	uint8_t record[24] = {0};

	for (uint32_t at = 0; at < len; at++) {
		uint32_t i = at % sizeof(record);

		if (i == 0) {
			record[pmd_rand() % sizeof(record)] = (uint8_t)pmd_rand();
			record[0]++;
		}
		data[at] = record[i];
	}
}

static void
fill_far(uint8_t *data, uint32_t len)
{
	uint32_t at = len < 512 ? len : 512;

	fill_random(data, at);
	while (at < len) {
		uint32_t distance = pmd_rand_in(1, at < 32768 ? at : 32768);
		uint32_t run = pmd_rand_in(3, 300);

		for (; run > 0 && at < len; run--, at++)
			data[at] = data[at - distance];
		if (at < len)
			data[at++] = (uint8_t)pmd_rand();
	}
}

static void
fill_mixed(uint8_t *data, uint32_t len)
{
	while (len > 0) {
		uint32_t slice = pmd_rand_in(1, len < 20000 ? len : 20000);

		pmd_data_fill((enum pmd_kind)pmd_rand_in(0, PMD_FAR), data, slice);
		data += slice;
		len -= slice;
	}
}

void
pmd_data_fill(enum pmd_kind kind, uint8_t *data, uint32_t len)
{
	switch (kind) {
	case PMD_RANDOM:
		fill_random(data, len);
		break;
	case PMD_TEXT:
		fill_text(data, len);
		break;
	case PMD_RECORDS:
		fill_records(data, len);
		break;
	case PMD_FAR:
		fill_far(data, len);
		break;
	case PMD_MIXED:
		fill_mixed(data, len);
		break;
	default:
		memset(data, 0, len);
		break;
	}
}

uint8_t *
pmd_data_new(uint32_t len)
{
	uint8_t *data = malloc(len);

	assert_non_null(data);
	pmd_data_fill((enum pmd_kind)pmd_rand_in(0, PMD_KINDS - 1), data, len);
	return data;
}

static int
load_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct pmd_blob *blob = &blobs[nb_blobs];
	FILE *file;

	if (type != FTW_F || st->st_size == 0 || nb_blobs == MAX_BLOBS)
		return 0;
	file = fopen(path, "rb");
	if (file == NULL)
		return 0;
	blob->len = st->st_size < PMD_MAX_INPUT ? (uint32_t)st->st_size : PMD_MAX_INPUT;
	blob->data = malloc(blob->len);
	snprintf(blob->name, sizeof(blob->name), "%s", path + ftw->base);
	if (blob->data != NULL && fread(blob->data, 1, blob->len, file) == blob->len)
		nb_blobs++;
	else
		free(blob->data);
	fclose(file);
	return 0;
}

static void
make_up_blobs(void)
{
	static const uint32_t sizes[] = {1, 100, 4096, 65536, 300000, 1048576};

	for (unsigned int kind = 0; kind < PMD_KINDS; kind++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct pmd_blob *blob = &blobs[nb_blobs++];

			snprintf(blob->name, sizeof(blob->name), "kind %u, %u bytes", kind,
				 sizes[i]);
			blob->len = sizes[i];
			blob->data = malloc(sizes[i]);
			assert_non_null(blob->data);
			pmd_data_fill((enum pmd_kind)kind, blob->data, sizes[i]);
		}
	}
}

const struct pmd_blob *
pmd_blobs(unsigned int *nb)
{
	uint64_t bytes = 0;

	if (nb_blobs == 0) {
		if (pmd_env.corpus != NULL)
			nftw(pmd_env.corpus, load_file, 8, FTW_PHYS);
		if (nb_blobs == 0)
			make_up_blobs();
		else
			printf("corpus: %s: ", pmd_env.corpus);
		for (unsigned int i = 0; i < nb_blobs; i++)
			bytes += blobs[i].len;
		printf("%u %s, %llu bytes\n", nb_blobs,
		       blobs[0].name[0] == 'k' && strchr(blobs[0].name, ',') != NULL ?
			       "made-up pieces, as there is no corpus" : "files",
		       (unsigned long long)bytes);
	}
	*nb = nb_blobs;
	return blobs;
}

void
pmd_blobs_free(void)
{
	while (nb_blobs > 0)
		free(blobs[--nb_blobs].data);
}
