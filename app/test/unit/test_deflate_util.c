/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>

#include "test_deflate_util.h"

#define GAP_BYTE 0xa5

struct test_guarded
test_guarded_new(size_t len, bool at_end)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t inner = (len + page) / page * page;
	struct test_guarded g = { .len = len, .map_len = inner + 2 * page };

	g.map = mmap(NULL, g.map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(g.map != MAP_FAILED);
	assert_int_equal(mprotect(g.map + page, inner, PROT_READ | PROT_WRITE), 0);
	g.base = at_end ? g.map + page + inner - len : g.map + page;
	return g;
}

void
test_guarded_free(struct test_guarded *g)
{
	assert_int_equal(munmap(g->map, g->map_len), 0);
}

uint32_t
test_random(struct test_random *r)
{
	/* splitmix64 */
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z >> 32;
}

size_t
test_random_below(struct test_random *r, size_t below)
{
	return below == 0 ? 0 : test_random(r) % below;
}

static void
fill_words(struct test_random *r, uint8_t *data, size_t len)
{
	static const char *const words[] = {
		"queue", "doorbell", " the ", "of ", "compress", "\n", "window", "0x1f8b", "ring ",
	};
	const char *word;
	size_t i, n;

	for (i = 0; i < len; i += n) {
		word = words[test_random_below(r, sizeof(words) / sizeof(words[0]))];
		n = strlen(word) < len - i ? strlen(word) : len - i;
		memcpy(data + i, word, n);
	}
}

static void
fill_copies(struct test_random *r, uint8_t *data, size_t len)
{
	size_t i, n, back;

	for (i = 0; i < len; i += n) {
		n = 1 + test_random_below(r, 300);
		if (n > len - i)
			n = len - i;
		back = 1 + test_random_below(r, i < 40000 ? i : 40000);
		if (i == 0 || test_random_below(r, 3) == 0) {
			test_fill(r, 1, data + i, n);
			continue;
		}
		for (size_t j = 0; j < n; j++)
			data[i + j] = data[i + j - (back <= i ? back : i)];
	}
}

void
test_fill(struct test_random *r, unsigned int shape, uint8_t *data, size_t len)
{
	size_t i;

	switch (shape) {
	case 2:
		fill_words(r, data, len);
		return;
	case 3:
		fill_copies(r, data, len);
		return;
	default:
		break;
	}
	for (i = 0; i < len; i++) {
		if (shape == 0)
			data[i] = 0;
		else if (shape == 1)
			data[i] = test_random(r);
		else if (shape == 4)
			data[i] = "ACGT"[test_random(r) & 3];
		else
			data[i] = i < len / 2 ? 0xff : i * 7;
	}
}

static void
shuffle(struct test_random *r, size_t *order, size_t nb)
{
	size_t i, j, tmp;

	for (i = 0; i < nb; i++)
		order[i] = i;
	for (i = nb; i > 1; i--) {
		j = test_random_below(r, i);
		tmp = order[j];
		order[j] = order[i - 1];
		order[i - 1] = tmp;
	}
}

static size_t
cut(struct test_random *r, struct deflate_seg *seg, size_t len, size_t longest)
{
	size_t nb = 0, n;

	while (len > 0) {
		n = test_random_below(r, longest + 1);
		if (n > len)
			n = len;
		/* Empty ones now and then, not always. */
		if (n == 0 && test_random_below(r, 4) != 0)
			n = 1;
		seg[nb++].len = n;
		len -= n;
	}
	seg[nb++].len = 0;
	return nb;
}

struct test_scatter
test_scatter_new(struct test_random *r, size_t len, size_t longest)
{
	struct test_scatter s = { 0 };
	size_t *order, i, at = 0;

	/* One in four draws of zero stays empty: never more than that many. */
	s.seg = calloc(2 * len + 64, sizeof(*s.seg));
	s.nb = cut(r, s.seg, len, longest);
	assert_true(s.nb < 2 * len + 64);
	s.mem_len = len + 8 * (s.nb + 1);
	s.mem = malloc(s.mem_len);
	s.gap = malloc(s.mem_len);
	order = calloc(s.nb, sizeof(*order));
	assert_true(s.mem != NULL && s.gap != NULL && order != NULL);
	memset(s.mem, GAP_BYTE, s.mem_len);
	memset(s.gap, 1, s.mem_len);
	shuffle(r, order, s.nb);
	for (i = 0; i < s.nb; i++) {
		at += 1 + test_random_below(r, 8);
		s.seg[order[i]].base = s.mem + at;
		memset(s.gap + at, 0, s.seg[order[i]].len);
		at += s.seg[order[i]].len;
	}
	free(order);
	return s;
}

void
test_scatter_widen(struct test_scatter *s)
{
	/* deflate_priv.h: 256 KiB. The last segment is an empty one. */
	s->more = malloc(300000);
	assert_non_null(s->more);
	s->seg[s->nb - 1] = (struct deflate_seg){ s->more, 300000 };
}

void
test_scatter_put(const struct test_scatter *s, const uint8_t *data, size_t len)
{
	size_t i, n;

	for (i = 0; i < s->nb && len > 0; i++) {
		n = s->seg[i].len < len ? s->seg[i].len : len;
		memcpy(s->seg[i].base, data, n);
		data += n;
		len -= n;
	}
	assert_int_equal(len, 0);
}

void
test_scatter_get(const struct test_scatter *s, uint8_t *data, size_t len)
{
	size_t i, n;

	for (i = 0; i < s->nb && len > 0; i++) {
		n = s->seg[i].len < len ? s->seg[i].len : len;
		memcpy(data, s->seg[i].base, n);
		data += n;
		len -= n;
	}
	assert_int_equal(len, 0);
}

void
test_scatter_check(const struct test_scatter *s)
{
	size_t i;

	for (i = 0; i < s->mem_len; i++)
		if (s->gap[i])
			assert_int_equal(s->mem[i], GAP_BYTE);
}

void
test_scatter_free(struct test_scatter *s)
{
	free(s->seg);
	free(s->mem);
	free(s->gap);
	free(s->more);
}

size_t
test_oracle_deflate(const struct test_oracle *how, const uint8_t *plain, size_t len, uint8_t *out,
		    size_t room)
{
	z_stream strm = { 0 };
	size_t produced;

	assert_int_equal(deflateInit2(&strm, how->level, Z_DEFLATED, -how->window_log2,
				      how->mem_level, how->strategy), Z_OK);
	strm.next_in = (uint8_t *)(uintptr_t)plain;
	strm.avail_in = len;
	strm.next_out = out;
	strm.avail_out = room;
	assert_int_equal(deflate(&strm, Z_FINISH), Z_STREAM_END);
	produced = room - strm.avail_out;
	assert_int_equal(deflateEnd(&strm), Z_OK);
	return produced;
}

void
test_oracle_check(const uint8_t *stream, size_t len, int window_log2, const uint8_t *plain,
		  size_t plain_len)
{
	z_stream strm = { 0 };
	uint8_t piece[16];
	size_t done = 0, n;
	int said;

	assert_int_equal(inflateInit2(&strm, -window_log2), Z_OK);
	strm.next_in = (uint8_t *)(uintptr_t)stream;
	strm.avail_in = len;
	/* In small pieces: a match into the piece itself is not held against the window. */
	do {
		strm.next_out = piece;
		strm.avail_out = sizeof(piece);
		said = inflate(&strm, Z_NO_FLUSH);
		assert_true(said == Z_OK || said == Z_STREAM_END);
		n = sizeof(piece) - strm.avail_out;
		assert_true(n <= plain_len - done);
		assert_memory_equal(piece, plain + done, n);
		done += n;
	} while (said != Z_STREAM_END);
	assert_int_equal(done, plain_len);
	assert_int_equal(strm.avail_in, 0);
	assert_int_equal(inflateEnd(&strm), Z_OK);
}

size_t
test_oracle_trailer(enum deflate_format format, const uint8_t *plain, size_t len,
		    uint8_t trailer[8])
{
	uint32_t sum;

	if (format == DEFLATE_FORMAT_RAW)
		return 0;
	if (format == DEFLATE_FORMAT_ZLIB) {
		sum = adler32(1, plain, len);
		trailer[0] = sum >> 24;
		trailer[1] = sum >> 16;
		trailer[2] = sum >> 8;
		trailer[3] = sum;
		return 4;
	}
	sum = crc32(0, plain, len);
	memcpy(trailer, &(uint32_t[]){ sum, len }, 8);
	return 8;
}

struct deflate_result
test_compress(struct deflate_ctx *ctx, const struct deflate_params *params, const uint8_t *in,
	      size_t in_len, uint8_t *out, size_t room)
{
	struct deflate_seg from = { (uint8_t *)(uintptr_t)in, in_len }, to = { out, room };
	struct deflate_result result;

	assert_int_equal(deflate_compress(ctx, params, &from, 1, &to, 1, &result), 0);
	return result;
}

struct deflate_result
test_decompress(struct deflate_ctx *ctx, const struct deflate_params *params, const uint8_t *in,
		size_t in_len, uint8_t *out, size_t room)
{
	struct deflate_seg from = { (uint8_t *)(uintptr_t)in, in_len }, to = { out, room };
	struct deflate_result result;

	assert_int_equal(deflate_decompress(ctx, params, &from, 1, &to, 1, &result), 0);
	return result;
}

int
test_deflate_setup(void **state)
{
	struct deflate_ctx *ctx;

	if (deflate_ctx_create(&ctx) != 0)
		return -1;
	*state = ctx;
	return 0;
}

int
test_deflate_teardown(void **state)
{
	deflate_ctx_destroy(*state);
	return 0;
}
