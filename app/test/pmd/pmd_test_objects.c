/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <rte_compressdev_pmd.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "pmd_case.h"

#define EXTERNAL_LEN ((size_t)8 << 20)

/* An xform, and what creating it returns. */
struct xform_case {
	const char *what;
	struct rte_comp_xform xform;
	int want;
};

#define RTE_COMP_HUFFMAN_UNKNOWN ((enum rte_comp_huffman)77)

static const struct xform_case xform_cases[] = {
	{"compress", PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, NONE, NONE), 0},
	{"level 9", PMD_COMPRESS(DEFLATE, DEFAULT, 9, 15, NONE, NONE), 0},
	{"default level", PMD_COMPRESS(DEFLATE, DEFAULT, -1, 15, NONE, NONE), 0},
	{"dynamic", PMD_COMPRESS(DEFLATE, DYNAMIC, 1, 12, NONE, NONE), 0},
	{"decompress", PMD_DECOMPRESS(DEFLATE, 15, NONE, NONE), 0},
	{"LZS", PMD_COMPRESS(LZS, DEFAULT, 6, 15, NONE, NONE), -ENOTSUP},
	{"no algorithm", PMD_COMPRESS(NULL, DEFAULT, 6, 15, NONE, NONE), -ENOTSUP},
	{"fixed", PMD_COMPRESS(DEFLATE, FIXED, 6, 15, NONE, NONE), -ENOTSUP},
	{"Huffman type 77", PMD_COMPRESS(DEFLATE, UNKNOWN, 6, 15, NONE, NONE), -EINVAL},
	{"level 0", PMD_COMPRESS(DEFLATE, DEFAULT, 0, 15, NONE, NONE), -ENOTSUP},
	{"level 10", PMD_COMPRESS(DEFLATE, DEFAULT, 10, 15, NONE, NONE), -EINVAL},
	{"level -2", PMD_COMPRESS(DEFLATE, DEFAULT, -2, 15, NONE, NONE), -EINVAL},
	{"window 11", PMD_COMPRESS(DEFLATE, DEFAULT, 6, 11, NONE, NONE), -ENOTSUP},
	{"CRC-32", PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, CRC32, NONE), 0},
	{"Adler-32", PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, ADLER32, NONE), 0},
	{"both", PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, CRC32_ADLER32, NONE), 0},
	{"SHA-1", PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, NONE, SHA1), -ENOTSUP},
	{"inflate LZS", PMD_DECOMPRESS(LZS, 15, NONE, NONE), -ENOTSUP},
	{"inflate window 11", PMD_DECOMPRESS(DEFLATE, 11, NONE, NONE), -ENOTSUP},
	{"inflate window 16", PMD_DECOMPRESS(DEFLATE, 16, NONE, NONE), -ENOTSUP},
	{"inflate CRC-32", PMD_DECOMPRESS(DEFLATE, 15, CRC32, NONE), 0},
	{"inflate SHA-256", PMD_DECOMPRESS(DEFLATE, 15, NONE, SHA2_256), -ENOTSUP},
	{"type 9", {.type = (enum rte_comp_xform_type)9}, -EINVAL},
};

/* For cases that only need one that is good. */
static const struct rte_comp_xform good_xform = PMD_COMPRESS(DEFLATE, DEFAULT, 1, 15, NONE, NONE);

static void
xforms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(xform_cases) / sizeof(xform_cases[0]); i++) {
		const struct xform_case *x = &xform_cases[i];
		void *handle = NULL;
		int want = x->want;

		/* V2 has no window but 15. */
		if (want == 0 && x->xform.type == RTE_COMP_COMPRESS &&
		    x->xform.compress.window_size < pmd_dev.window.min)
			want = -ENOTSUP;
		print_message("  %s\n", x->what);
		assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &x->xform,
								      &handle), want);
		if (want == 0)
			pmd_xform_free(handle);
		else
			assert_null(handle);
	}
}

static void
check_sums(struct pmd_case *c, const struct rte_comp_xform *xform, enum rte_comp_checksum_type type)
{
	const bool compress = xform->type == RTE_COMP_COMPRESS;
	void *handle = NULL;
	void *usual = c->decompress;
	uint64_t before = 0;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, xform, &handle), 0);
	c->decompress = compress ? usual : handle;
	for (unsigned int i = 0; i < 30; i++) {
		uint32_t len = pmd_rand_in(1, i % 10 == 0 ? 200000 : 5000);
		uint8_t *plain = pmd_data_new(len);
		struct pmd_shapes shapes = pmd_shapes_any(len, pmd_zlib_bound(len));

		if (compress)
			pmd_batch_compress(&c->batch, handle, &shapes, plain, len);
		else
			pmd_case_inflate(c, &pmd_zlib_usual, plain, len);
		/* Of this data alone, or behind what was before it. */
		before = i % 5 == 0 ? 0 : before;
		c->batch.jobs[0].op->input_chksum = before;
		pmd_batch_run(&c->batch, 0, 1);
		before = pmd_zlib_checksum_on(type, before, plain, len);
		assert_true(c->batch.jobs[0].op->output_chksum == before);
		pmd_batch_reset(&c->batch);
		free(plain);
	}
	c->decompress = usual;
	pmd_xform_free(handle);
}

static void
checksums(void **state)
{
	static const struct rte_comp_xform xforms_with[] = {
		PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, CRC32, NONE),
		PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, ADLER32, NONE),
		PMD_COMPRESS(DEFLATE, DEFAULT, 6, 15, CRC32_ADLER32, NONE),
		PMD_DECOMPRESS(DEFLATE, 15, CRC32, NONE),
		PMD_DECOMPRESS(DEFLATE, 15, ADLER32, NONE),
		PMD_DECOMPRESS(DEFLATE, 15, CRC32_ADLER32, NONE),
	};

	for (size_t i = 0; i < 6; i++)
		check_sums(*state, &xforms_with[i], i < 3 ? xforms_with[i].compress.chksum :
							    xforms_with[i].decompress.chksum);
}

/* A compress window may be lowered silently (compressdev.md 1.9). */
static void
window_is_lowered(void **state)
{
	const struct rte_comp_xform wide = PMD_COMPRESS(DEFLATE, DEFAULT, 6, 20, NONE, NONE);
	struct pmd_case *c = *state;
	uint8_t *plain = pmd_data_new(100000);
	void *handle = NULL;

	assert_int_equal(rte_compressdev_private_xform_create(pmd_dev.id, &wide, &handle), 0);
	pmd_batch_compress(&c->batch, handle, &pmd_shapes_plain, plain, 100000);
	pmd_batch_run_reset(&c->batch, 0, 1);
	pmd_xform_free(handle);
	free(plain);
}

/* As many as configured, less the two of the case. */
static void
xforms_run_out(void **state)
{
	void *handles[128];
	unsigned int nb = 0;
	int ret = 0;

	(void)state;
	while (nb < 128 && ret == 0) {
		ret = rte_compressdev_private_xform_create(pmd_dev.id, &good_xform, &handles[nb]);
		nb += ret == 0;
	}
	assert_int_equal(ret, -ENOMEM);
	assert_int_equal(nb, 62);
	while (nb > 0)
		pmd_xform_free(handles[--nb]);
}

/* As many as configured; each can be freed once, and not as an xform. */
static void
streams_run_out(void **state)
{
	struct rte_comp_xform bad = good_xform;
	void *handles[32];
	unsigned int nb = 0;
	int ret = 0;

	(void)state;
	bad.compress.algo = RTE_COMP_ALGO_LZS;
	assert_int_equal(rte_compressdev_stream_create(pmd_dev.id, &bad, &handles[0]), -ENOTSUP);
	while (nb < 32 && ret == 0) {
		ret = rte_compressdev_stream_create(pmd_dev.id, &good_xform, &handles[nb]);
		nb += ret == 0;
	}
	assert_int_equal(ret, -ENOMEM);
	assert_int_equal(nb, 16);
	assert_int_equal(rte_compressdev_private_xform_free(pmd_dev.id, handles[0]), -EINVAL);
	for (unsigned int i = 0; i < nb; i++)
		assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, handles[i]), 0);
	assert_int_equal(rte_compressdev_stream_free(pmd_dev.id, handles[0]), -EINVAL);
}

static void
work_in(struct pmd_case *c, void *memory)
{
	const struct pmd_arena own = c->batch.arena;
	uint8_t *plain = pmd_data_new(30000);

	c->batch.arena = (struct pmd_arena){.base = memory, .size = EXTERNAL_LEN};
	for (int i = 0; i < 20; i++) {
		struct pmd_shapes shapes = {
			.src = {.seg_min = 100 * (i + 10)},
			.dst = {.seg_min = 200 * (i + 10)},
		};

		pmd_batch_compress(&c->batch, c->compress, &shapes, plain, 30000);
	}
	pmd_batch_run_reset(&c->batch, 0, 8);
	c->batch.arena = own;
	free(plain);
}

/*
 * Memory of the application: rte_dev_dma_map() shows it to the device. The embedded model reaches
 * all of this process; another process needs a descriptor, and anonymous memory has none.
 */
static void
memory_of_the_application(void **state)
{
	struct rte_device *device = rte_compressdev_pmd_get_named_dev(pmd_dev.name)->device;
	void *memory = mmap(NULL, EXTERNAL_LEN, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t iova = (uintptr_t)memory;

	assert_true(memory != MAP_FAILED);
	assert_int_equal(rte_extmem_register(memory, EXTERNAL_LEN, NULL, 0, 4096), 0);
	if (pmd_env.transport == PMD_PROCESS) {
		assert_true(rte_dev_dma_map(device, memory, iova, EXTERNAL_LEN) < 0);
		assert_int_equal(rte_errno, ENOTSUP);
	} else {
		for (int i = 0; i < 3; i++) {
			assert_int_equal(rte_dev_dma_map(device, memory, iova, EXTERNAL_LEN), 0);
			work_in(*state, memory);
			assert_int_equal(rte_dev_dma_unmap(device, memory, iova, EXTERNAL_LEN), 0);
		}
	}
	assert_int_equal(rte_extmem_unregister(memory, EXTERNAL_LEN), 0);
	munmap(memory, EXTERNAL_LEN);
}

/* What the device cannot reach is an error of the op, nothing worse. */
static void
memory_of_no_one(void **state)
{
	struct pmd_case *c = *state;
	uint8_t *plain = pmd_data_new(1000);

	for (int i = 0; i < 6; i++) {
		struct pmd_job *job;

		job = pmd_batch_compress(&c->batch, c->compress, &pmd_shapes_plain, plain, 1000);
		if (i % 3 == 2)
			continue;
		rte_mbuf_iova_set(i % 3 == 0 ? job->op->m_src : job->op->m_dst, 0x5000);
		job->want = RTE_COMP_OP_STATUS_ERROR;
	}
	pmd_batch_run_reset(&c->batch, 0, 6);
	free(plain);
}

static const struct CMUnitTest tests[] = {
	PMD_CASE(xforms),     PMD_CASE(window_is_lowered),	 PMD_CASE(xforms_run_out),
	PMD_CASE(checksums),
	PMD_CASE(streams_run_out), PMD_CASE(memory_of_the_application), PMD_CASE(memory_of_no_one),
};

const struct pmd_group pmd_group_objects = {
	.name = "objects",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.dma_faults = true,
};
