/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The parser alone: JSON, region descriptions, and random bytes. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test_vfio_user_util.h"
#include "vfio_user_parse.h"

struct caps_case {
	const char *text;
	int ret;
	uint64_t max_fds;
	uint64_t max_xfer;
	bool write_multi;
};

static const struct caps_case caps_cases[] = {
	{ "{}", 0, 1, 0x100000, false },
	{ " { } ", 0, 1, 0x100000, false },
	{ "{\"capabilities\":{}}", 0, 1, 0x100000, false },
	{ "{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":4096,"
	  "\"write_multiple\":true}}", 0, 16, 4096, true },
	{ "{\"other\":{\"max_msg_fds\":9},\"capabilities\":{\"max_msg_fds\":7}}", 0, 7, 0x100000,
	  false },
	{ "{\"max_msg_fds\":9}", 0, 1, 0x100000, false },
	{ "{\"capabilities\":{\"migration\":{\"max_msg_fds\":9},\"x\":[1,-2.5e3,\"\\\"}\",null]}}",
	  0, 1, 0x100000, false },
	{ "{\"capabilities\":{\"max_msg_fds\":\"16\",\"write_multiple\":1}}", 0, 1, 0x100000,
	  false },
	{ "{\"capabilities\":{\"max_msg_fds\":-1}}", 0, 0, 0x100000, false },
	{ "{\"capabilities\":{\"max_msg_fds\":99999999999999999999999}}", 0, UINT64_MAX, 0x100000,
	  false },
	{ "", -EINVAL, 0, 0, false },
	{ "[]", -EINVAL, 0, 0, false },
	{ "{", -EINVAL, 0, 0, false },
	{ "{\"a\"}", -EINVAL, 0, 0, false },
	{ "{\"a\":}", -EINVAL, 0, 0, false },
	{ "{\"a\":1,}", -EINVAL, 0, 0, false },
	{ "{\"a\":1}}", -EINVAL, 0, 0, false },
	{ "{\"a\":[1 2]}", -EINVAL, 0, 0, false },
	{ "{\"a\":tru}", -EINVAL, 0, 0, false },
	{ "{\"a\":-}", -EINVAL, 0, 0, false },
	{ "{\"a", -EINVAL, 0, 0, false },
	{ "{\"a\\", -EINVAL, 0, 0, false },
	{ "{\"a\n\":1}", -EINVAL, 0, 0, false },
	{ "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", -EINVAL, 0, 0, false },
};

static void
capabilities_are_read(void **state)
{
	struct vfio_user_caps caps;

	(void)state;
	for (size_t i = 0; i < sizeof(caps_cases) / sizeof(caps_cases[0]); i++) {
		const struct caps_case *c = &caps_cases[i];
		int ret = vfio_user_parse_caps((const uint8_t *)c->text, strlen(c->text) + 1,
					       &caps);

		if (ret != c->ret)
			fail_msg("%s: %d", c->text, ret);
		if (ret)
			continue;
		assert_true(caps.max_fds == c->max_fds);
		assert_true(caps.max_xfer == c->max_xfer);
		assert_int_equal(caps.write_multi, c->write_multi);
	}
	assert_int_equal(vfio_user_parse_caps(NULL, 0, &caps), 0);
	assert_int_equal(caps.max_fds, 1);
}

/* Every way to cut a text short, in memory that ends where the text does. */
static void
cut_texts_are_refused(void **state)
{
	static const char text[] = "{\"capabilities\":{\"max_msg_fds\":16,\"a\":[true,{\"b\":\"c\"}"
				   "],\"write_multiple\":false}}";
	struct vfio_user_caps caps;

	(void)state;
	for (size_t len = 1; len < sizeof(text) - 1; len++) {
		uint8_t *cut = malloc(len);

		assert_non_null(cut);
		memcpy(cut, text, len);
		assert_int_equal(vfio_user_parse_caps(cut, len, &caps), -EINVAL);
		free(cut);
	}
}

struct info_bytes {
	uint8_t bytes[0x800];
	size_t len;
};

static void
put(struct info_bytes *b, uint64_t value, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++)
		b->bytes[b->len++] = (uint8_t)(value >> 8 * i);
}

/* argsz, flags, index 2, cap_offset, size, offset */
static void
put_info(struct info_bytes *b, uint32_t flags, uint32_t cap_offset, uint64_t size, uint64_t offset)
{
	b->len = 0;
	put(b, 0x20, 4);
	put(b, flags, 4);
	put(b, 2, 4);
	put(b, cap_offset, 4);
	put(b, size, 8);
	put(b, offset, 8);
}

static void
put_cap(struct info_bytes *b, uint16_t id, uint16_t version, uint32_t next)
{
	put(b, id, 2);
	put(b, version, 2);
	put(b, next, 4);
}

static int
parse(const struct info_bytes *b, struct vfio_user_client_region *info)
{
	uint8_t *exact = malloc(b->len);
	int ret;

	assert_non_null(exact);
	memcpy(exact, b->bytes, b->len);
	ret = vfio_user_parse_region_info(2, exact, b->len, info);
	free(exact);
	return ret;
}

static void
region_capabilities_are_walked(void **state)
{
	struct vfio_user_client_region info;
	struct info_bytes b;

	(void)state;
	put_info(&b, 0xf, 32, 0x10000, 0x1000);
	put_cap(&b, 77, 9, 44);
	put(&b, 0, 4);
	put_cap(&b, 1, 1, 0);
	put(&b, 1, 4);
	put(&b, 0, 4);
	put(&b, 0x4000, 8);
	put(&b, 0xc000, 8);
	assert_int_equal(parse(&b, &info), 0);
	assert_int_equal(info.nb_areas, 1);
	assert_int_equal(info.areas[0].offset, 0x4000);
	assert_int_equal(info.areas[0].size, 0xc000);
	assert_int_equal(info.fd_offset, 0x1000);
	assert_int_equal(info.flags, 7);
	/* One byte short. */
	b.len--;
	assert_int_equal(parse(&b, &info), -EPROTO);
	/* Absent and unmappable regions have no areas. */
	put_info(&b, 0x7, 0, 0, 0);
	assert_int_equal(parse(&b, &info), 0);
	assert_int_equal(info.nb_areas, 0);
	assert_int_equal(info.flags, 3);
	put_info(&b, 0x1, 0, 0x1000, 0x10);
	assert_int_equal(parse(&b, &info), 0);
	assert_int_equal(info.flags, 1);
}

static int
parse_one_area(uint32_t cap_offset, uint32_t next, uint32_t nr, uint64_t offset, uint64_t size)
{
	struct vfio_user_client_region info;
	struct info_bytes b;

	put_info(&b, 0xf, cap_offset, 0x10000, 0);
	put_cap(&b, next ? 5 : 1, 1, next);
	put(&b, nr, 4);
	put(&b, 0, 4);
	put(&b, offset, 8);
	put(&b, size, 8);
	return parse(&b, &info);
}

static void
region_lies_are_found(void **state)
{
	struct vfio_user_client_region info;
	struct info_bytes b;

	(void)state;
	assert_int_equal(parse_one_area(32, 0, 1, 0, 0x10000), 0);
	assert_int_equal(parse_one_area(32, 0, 1, 0, 0x11000), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 1, 0x10000, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 1, 0x20000, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 1, UINT64_MAX - 0xfff, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 1, 0x10, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 1, 0, 0x10), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 1, 0, 0), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 2, 0, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 0, 65, 0, 0x1000), -E2BIG);
	assert_int_equal(parse_one_area(32, 0, UINT32_MAX, 0, 0x1000), -E2BIG);
	/* Chains that start in the fixed part, beyond the end, or go nowhere. */
	assert_int_equal(parse_one_area(16, 0, 1, 0, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(4096, 0, 1, 0, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(UINT32_MAX, 0, 1, 0, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 32, 1, 0, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, 8, 1, 0, 0x1000), -EPROTO);
	assert_int_equal(parse_one_area(32, UINT32_MAX, 1, 0, 0x1000), -EPROTO);
	/* A size that does not fit behind the offset; an offset within a page. */
	put_info(&b, 0x7, 0, 0x10000, UINT64_MAX - 0xfff);
	assert_int_equal(parse(&b, &info), -EPROTO);
	put_info(&b, 0x7, 0, 0x10000, 0x800);
	assert_int_equal(parse(&b, &info), -EPROTO);
	/* Another index than was asked for; less than the fixed part. */
	put_info(&b, 0x7, 0, 0x10000, 0);
	b.bytes[8] = 3;
	assert_int_equal(parse(&b, &info), -EPROTO);
	b.bytes[8] = 2;
	b.len = 31;
	assert_int_equal(parse(&b, &info), -EPROTO);
}

static uint64_t seed;

static uint32_t
next_random(void)
{
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(seed >> 33);
}

/* Small values often, so that checks behind the first are reached as well. */
static void
fill_random(uint8_t *to, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = next_random() % 4 ? 0 : (uint8_t)next_random();
}

/* What the parser lets through keeps the promises of its header. */
static void
check_promises(const struct vfio_user_request *req)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < req->data_len; i++)
		sum = (uint8_t)(sum + req->data[i]);
	switch (req->command) {
	case 2:
		assert_true(req->map.size && req->map.iova + (req->map.size - 1) >= req->map.iova);
		break;
	case 5:
		assert_in_range(req->region.index, 0, 8);
		break;
	case 8:
		assert_in_range(req->irqs.start + req->irqs.count, 0, 0x1fffe);
		break;
	case 9:
	case 10:
		assert_in_range(req->access.count, 1, 0x100000);
		break;
	default:
		break;
	}
}

static void
random_requests_are_harmless(void **state)
{
	struct vfio_user_multi_write write;
	struct vfio_user_request req;
	unsigned int good = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t len = next_random() % 80;
		uint8_t *payload = malloc(len ? len : 1);
		uint16_t command = (uint16_t)(next_random() % 18);

		assert_non_null(payload);
		fill_random(payload, len);
		if (len >= 4 && next_random() % 2)
			payload[0] = 32;
		if (!vfio_user_parse_request(command, payload, len, next_random() % 3, &req)) {
			check_promises(&req);
			good++;
			for (uint64_t i = 0; command == 15 && i < req.nb_writes; i++)
				vfio_user_parse_multi(&req, i, &write);
		}
		free(payload);
	}
	assert_true(good > 1000);
}

static void
random_descriptions_are_harmless(void **state)
{
	struct vfio_user_client_region info;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		struct info_bytes b;
		size_t more = next_random() % 100;

		put_info(&b, next_random() % 16, next_random() % 64, next_random() << 12,
			 next_random() << 12);
		fill_random(b.bytes + b.len, more);
		b.len += more;
		if (parse(&b, &info))
			continue;
		assert_in_range(info.nb_areas, 0, 64);
		for (unsigned int i = 0; i < info.nb_areas; i++)
			assert_true(info.areas[i].offset + info.areas[i].size <= info.size);
	}
}

static void
random_texts_are_harmless(void **state)
{
	static const char words[][20] = { "{", "}", "[", "]", ":", ",", "\"capabilities\"", "1",
					  "\"max_msg_fds\"", "true", "null", "\\", "\"", " ",
					  "-1" };
	struct vfio_user_caps caps;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		char text[512] = "{";
		size_t n = next_random() % 20;
		size_t len;
		uint8_t *exact;

		for (size_t i = 0; i < n; i++)
			strcat(text, words[next_random() % (sizeof(words) / sizeof(words[0]))]);
		len = strlen(text);
		exact = malloc(len);
		assert_non_null(exact);
		memcpy(exact, text, len);
		vfio_user_parse_caps(exact, len, &caps);
		free(exact);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_are_read),
		cmocka_unit_test(cut_texts_are_refused),
		cmocka_unit_test(region_capabilities_are_walked),
		cmocka_unit_test(region_lies_are_found),
		cmocka_unit_test(random_requests_are_harmless),
		cmocka_unit_test(random_descriptions_are_harmless),
		cmocka_unit_test(random_texts_are_harmless),
	};
	const char *given = getenv("TEST_SEED");

	seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
	printf("TEST_SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
