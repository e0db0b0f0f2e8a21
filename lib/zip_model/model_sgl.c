/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */
#include "model_priv.h"

#define MODEL_SGL_FIRST UINT32_MAX

/* A buffer on its way from addresses to segments. */
struct model_sgl_walk {
	struct model_share *share;
	unsigned int prot;
	struct deflate_seg *segs;
	size_t nb;
	uint64_t skip; /* bytes to leave out first */
	uint64_t left; /* bytes still to find */
	unsigned int chain; /* entries that the first list says are in all, from here on */
};

/* A range of addresses: as many segments as it has pieces in the map. */
static uint32_t
model_sgl_add(struct model_sgl_walk *walk, uint64_t address, uint64_t len)
{
	struct model_share *share = walk->share;

	while (len > 0) {
		uint64_t part;
		uint8_t *at = zip_model_dma_part(
				share->model, &share->hit_data, address, len, walk->prot, &part);

		if (at == NULL)
			return ZIP_MODEL_STATUS_DMA;
		if (walk->nb == MODEL_MAX_SEGS)
			return ZIP_MODEL_STATUS_SGL;
		walk->segs[walk->nb++] = (struct deflate_seg){.base = at, .len = part};
		address += part;
		len -= part;
	}
	return HISI_ZIP_OK;
}

uint32_t
zip_model_sgl_flat(struct model_share *share, uint64_t address, uint64_t len, unsigned int prot,
		struct deflate_seg *segs, size_t *nb)
{
	struct model_sgl_walk walk = {.share = share, .prot = prot, .segs = segs};
	uint32_t status = model_sgl_add(&walk, address, len);

	*nb = walk.nb;
	return status;
}

static uint32_t
model_sgl_entry(struct model_sgl_walk *walk, uint64_t entry)
{
	struct model_share *share = walk->share;
	const _Atomic uint64_t *words = (const void *)zip_model_dma_range(share->model,
			&share->hit_list, entry, sizeof(struct hisi_hw_sge), sizeof(uint64_t),
			ZIP_MODEL_DMA_READ);
	uint64_t address;
	uint64_t len;

	/* What is read of lists is data of the visit, too: it may be more than the other. */
	share->visited += sizeof(struct hisi_hw_sge);
	if (words == NULL)
		return ZIP_MODEL_STATUS_DMA;
	address = atomic_load_explicit(&words[0], memory_order_relaxed);
	len = (uint32_t)atomic_load_explicit(&words[2], memory_order_relaxed);
	/* hardware.md 9.3: what an empty entry does is not stated, and no driver writes one. */
	if (len == 0 || len > HISI_ZIP_MAX_BYTES || walk->chain == 0)
		return ZIP_MODEL_STATUS_SGL;
	walk->chain--;
	if (walk->skip >= len) {
		walk->skip -= len;
		return HISI_ZIP_OK;
	}
	address += walk->skip;
	len -= walk->skip;
	walk->skip = 0;
	if (len > walk->left)
		len = walk->left;
	walk->left -= len;
	return model_sgl_add(walk, address, len);
}

/*
 * One list of a chain. The device goes by "next" and "sum"; "sum in chain" of the first list and
 * the capacity are bounds that a right list keeps to, and nothing else is looked at: hardware.md
 * 9.1.
 */
static uint32_t
model_sgl_one(struct model_sgl_walk *walk, uint64_t address, uint64_t *next)
{
	struct model_share *share = walk->share;
	const _Atomic uint64_t *words;
	uint32_t status = HISI_ZIP_OK;
	uint64_t sums;
	unsigned int sum;
	unsigned int i;

	if (address % HISI_ZIP_SGL_ALIGN != 0)
		return ZIP_MODEL_STATUS_SGL;
	words = (const void *)zip_model_dma_range(share->model, &share->hit_list, address,
			sizeof(struct hisi_hw_sgl), sizeof(uint64_t), ZIP_MODEL_DMA_READ);
	if (words == NULL)
		return ZIP_MODEL_STATUS_DMA;
	*next = atomic_load_explicit(&words[0], memory_order_relaxed);
	sums = atomic_load_explicit(&words[1], memory_order_relaxed);
	sum = sums >> 16 & 0xffff;
	if (sum > HISI_ZIP_SGL_MAX_SGES || sum > (sums >> 32 & 0xffff))
		return ZIP_MODEL_STATUS_SGL;
	if (walk->chain == MODEL_SGL_FIRST)
		walk->chain = sums & 0xffff;
	address += sizeof(struct hisi_hw_sgl);
	for (i = 0; i < sum && walk->left > 0 && status == HISI_ZIP_OK; i++)
		status = model_sgl_entry(walk, address + i * sizeof(struct hisi_hw_sge));
	return status;
}

uint32_t
zip_model_sgl_list(struct model_share *share, uint64_t address, uint32_t offset, uint64_t len,
		unsigned int prot, struct deflate_seg *segs, size_t *nb)
{
	struct model_sgl_walk walk = {
			.share = share,
			.prot = prot,
			.segs = segs,
			.skip = offset,
			.left = len,
			.chain = MODEL_SGL_FIRST,
	};
	uint32_t status = HISI_ZIP_OK;
	unsigned int lists;

	for (lists = 0; walk.left > 0 && status == HISI_ZIP_OK; lists++) {
		/* A chain may end, or run in a circle, before all is found. */
		if ((lists > 0 && address == 0) || lists == HISI_ZIP_SGL_MAX_CHAIN)
			status = ZIP_MODEL_STATUS_SGL;
		else
			status = model_sgl_one(&walk, address, &address);
	}
	*nb = walk.nb;
	return status;
}
