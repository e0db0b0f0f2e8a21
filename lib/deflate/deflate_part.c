/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>

#include "deflate_priv.h"

/* A part that leaves a sixteenth of what is too much is good enough. */
#define CLOSE_ENOUGH 16
/* A sync flush ends with an empty stored block. */
#define FLUSH_LEN 5

static const struct deflate_link whole = { .sync = false };
static const struct deflate_link part = { .sync = true };

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Whether the first "len" bytes of the input fit. */
static bool
try_part(struct deflate_ctx *ctx, const struct deflate_params *params,
	 const struct deflate_list *in, size_t len, const struct deflate_list *out,
	 struct deflate_result *result)
{
	size_t most = min_size(out->len, deflate_stored_len(len) + FLUSH_LEN);
	struct deflate_list from = deflate_list_first(in, len);
	struct deflate_list to = deflate_list_first(out, most);

	*result = (struct deflate_result){ .status = DEFLATE_OUT_FULL };
	deflate_compress_body(ctx, params, &part, &from, &to, result);
	return result->status == DEFLATE_DONE;
}

/* Find a part longer than "least" bytes, which are known to fit, and shorter than "most", which do
 * not. Whether there is one; the room then has it.
 */
static bool
find_part(struct deflate_ctx *ctx, const struct deflate_params *params,
	  const struct deflate_list *in, size_t least, size_t most,
	  const struct deflate_list *out, struct deflate_result *result)
{
	size_t fits = least, len, step = 1 + most / CLOSE_ENOUGH;
	bool there = false;

	/* From the top in growing steps, for often little is missing; then by halves. */
	while (fits + 1 + most / CLOSE_ENOUGH < most) {
		len = most - min_size(step, (most - fits + 1) / 2);
		there = try_part(ctx, params, in, len, out, result);
		if (there)
			fits = len;
		else
			most = len;
		step *= 2;
	}
	return there || (fits > least && try_part(ctx, params, in, fits, out, result));
}

static void
fill_room(struct deflate_ctx *ctx, const struct deflate_params *params,
	  const struct deflate_list *in, const struct deflate_list *out,
	  struct deflate_result *result)
{
	bool stored_only = params->engine == DEFLATE_ENGINE_ZLIB && params->level == 0;
	size_t stored = deflate_stored_part(out->len);
	/* The engine's output for what it took did not fit. */
	size_t most = min_size(result->consumed + 1, in->len);
	struct deflate_list from;

	if (stored_only || !find_part(ctx, params, in, stored, most, out, result)) {
		from = deflate_list_first(in, stored);
		deflate_store(&part, &from, out, result);
	}
	result->status = DEFLATE_OUT_FULL;
}

int
deflate_compress_part(struct deflate_ctx *ctx, const struct deflate_params *params,
		      const struct deflate_seg *in, size_t nb_in, const struct deflate_seg *out,
		      size_t nb_out, struct deflate_result *result)
{
	struct deflate_list from, to;

	if (deflate_compress_check(params) != 0 || params->format != DEFLATE_FORMAT_RAW ||
	    params->dict_len != 0)
		return -EINVAL;
	from = deflate_list_of(in, nb_in);
	to = deflate_list_of(out, nb_out);
	to.len = min_size(to.len, deflate_stored_len(from.len));
	*result = (struct deflate_result){ .status = DEFLATE_OUT_FULL };
	deflate_compress_body(ctx, params, &whole, &from, &to, result);
	if (result->status != DEFLATE_DONE)
		fill_room(ctx, params, &from, &to, result);
	deflate_checksums(params, &from, result->consumed, result);
	return 0;
}
