/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The parser of vfio-user: requests of a client, answers of a server, JSON of both. What it lets
 * through has to keep what vfio_user_parse.h promises of it.
 */

#include <stdlib.h>

#include "fuzz.h"
#include "vfio_user_parse.h"

enum { REQUESTS, MAPS, ACCESSES, MULTIS, IRQS, REGIONS, AREAS, TEXTS, HEADERS };

struct fuzz_reached fuzz_reached[] = {
	[REQUESTS] = {"requests", 0}, [MAPS] = {"maps", 0},       [ACCESSES] = {"accesses", 0},
	[MULTIS] = {"multis", 0},     [IRQS] = {"irqs", 0},       [REGIONS] = {"regions", 0},
	[AREAS] = {"areas", 0},       [TEXTS] = {"texts", 0},     [HEADERS] = {"headers", 0},
	{NULL, 0},
};

/* What kind of bytes an input has, in its first byte. */
enum kind { REQUEST, REGION, TEXT, HEADER, KINDS };

static void
hold(int promise)
{
	if (!promise)
		abort();
}

static void
check_multi(const struct vfio_user_request *req)
{
	struct vfio_user_multi_write write;

	for (uint64_t i = 0; i < req->nb_writes && i < 300; i++) {
		if (vfio_user_parse_multi(req, i, &write) == 0)
			fuzz_reached[MULTIS].count++;
	}
}

static void
check_request(const struct vfio_user_request *req, const uint8_t *payload, size_t len)
{
	hold(req->data_len == 0 ||
	     (req->data >= payload && req->data_len <= len - (size_t)(req->data - payload)));
	switch (req->command) {
	case VFIO_USER_DMA_MAP:
		fuzz_reached[MAPS].count++;
		hold(req->map.size > 0 && (req->map.iova | req->map.size) % 4096 == 0);
		hold(req->map.iova + req->map.size - 1 >= req->map.iova);
		hold(req->map.offset + req->map.size - 1 >= req->map.offset);
		break;
	case VFIO_USER_DMA_UNMAP:
		hold(req->unmap.size > 0 ? req->unmap.iova + req->unmap.size - 1 >=
			req->unmap.iova : req->unmap.flags == VFIO_USER_UNMAP_F_ALL);
		break;
	case VFIO_USER_REGION_READ:
	case VFIO_USER_REGION_WRITE:
		fuzz_reached[ACCESSES].count++;
		hold(req->access.count > 0 && req->access.count <= VFIO_USER_MAX_XFER);
		hold(req->access.offset + req->access.count - 1 >= req->access.offset);
		hold(req->command == VFIO_USER_REGION_READ || req->data_len == req->access.count);
		break;
	case VFIO_USER_SET_IRQS:
		fuzz_reached[IRQS].count++;
		/* So that their sum does not wrap. */
		hold(req->irqs.start <= 65535 && req->irqs.count <= 65535);
		break;
	case VFIO_USER_REGION_WRITE_MULTI:
		check_multi(req);
		break;
	default:
		break;
	}
}

static void
fuzz_request(struct fuzz_input *input)
{
	uint16_t command = fuzz_take8(input);
	unsigned int nb_fds = fuzz_take8(input) % 20;
	struct vfio_user_request req;

	if (vfio_user_parse_request(command, input->at, input->left, nb_fds, &req) != 0)
		return;
	fuzz_reached[REQUESTS].count++;
	hold(req.command == command);
	check_request(&req, input->at, input->left);
}

static void
fuzz_region(struct fuzz_input *input)
{
	struct vfio_user_client_region info;
	unsigned int index = fuzz_take8(input) % VFIO_USER_NUM_REGIONS;

	if (vfio_user_parse_region_info(index, input->at, input->left, &info) != 0)
		return;
	fuzz_reached[REGIONS].count++;
	hold(info.fd == -1 && info.nb_areas <= VFIO_USER_CLIENT_MAX_AREAS);
	for (unsigned int i = 0; i < info.nb_areas; i++) {
		fuzz_reached[AREAS].count++;
		hold(info.areas[i].offset <= info.size &&
		     info.areas[i].size <= info.size - info.areas[i].offset);
	}
}

static void
fuzz_text(struct fuzz_input *input)
{
	struct vfio_user_caps caps;

	if (vfio_user_parse_caps(input->at, input->left, &caps) == 0)
		fuzz_reached[TEXTS].count++;
}

static void
fuzz_header(struct fuzz_input *input)
{
	struct vfio_user_hdr hdr;

	fuzz_take(input, &hdr, sizeof(hdr));
	if (vfio_user_parse_hdr(&hdr) != 0)
		return;
	fuzz_reached[HEADERS].count++;
	hold(hdr.size >= 16);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};

	switch (fuzz_take8(&input) % KINDS) {
	case REQUEST:
		fuzz_request(&input);
		break;
	case REGION:
		fuzz_region(&input);
		break;
	case TEXT:
		fuzz_text(&input);
		break;
	default:
		fuzz_header(&input);
		break;
	}
	return 0;
}

/* Payloads by their words: struct vfio_user_* of vfio_user_proto.h, as literals. */
static const struct {
	uint8_t head[3]; /* kind, command or region, descriptors */
	uint8_t nb;
	uint32_t words[16];
} payloads[] = {
	{{REQUEST, 2, 1}, 8, {32, 3, 0, 0, 0x10000, 0, 0x10000, 0}},
	{{REQUEST, 3, 0}, 6, {24, 0, 0x10000, 0, 0x10000, 0}},
	{{REQUEST, 3, 0}, 6, {24, 2, 0, 0, 0, 0}},
	{{REQUEST, 4, 0}, 4, {16, 0, 0, 0}},
	{{REQUEST, 5, 0}, 8, {32, 0, 2, 0, 0, 0, 0, 0}},
	{{REQUEST, 7, 0}, 4, {16, 0, 1, 0}},
	{{REQUEST, 8, 1}, 5, {20, 0x24, 1, 0, 1}},
	{{REQUEST, 8, 0}, 6, {21, 0x22, 1, 0, 1, 1}},
	{{REQUEST, 9, 0}, 4, {0x100, 0, 2, 4}},
	{{REQUEST, 10, 0}, 5, {0x300, 0, 2, 4, 0x12345678}},
	{{REQUEST, 13, 0}, 0, {0}},
	{{REQUEST, 15, 0}, 8, {1, 0, 0x1000, 0, 2, 8, 0x11, 0x22}},
	{{REGION, 2, 0}, 8, {32, 3, 2, 0, 0x400000, 0, 0, 0}},
	{{REGION, 0, 0}, 8, {32, 7, 0, 0, 0x10000, 0, 0, 0}},
	{{REGION, 0, 0}, 16,
	 {64, 15, 0, 32, 0x20000, 0, 0, 0, 0x10001, 0, 1, 0, 0x1000, 0, 0x2000, 0}},
	{{HEADER, 0, 0}, 4, {0x00020001, 32, 0, 0}},
};

static const char *const texts[] = {
	"{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":1048576,"
	"\"write_multiple\":true,\"migration\":{\"pgsize\":4096}}}",
	"{\"capabilities\":{\"a\":[1,2,{\"b\":null}],\"c\":-1.5e3,\"d\":\"\\u0041\\n\"}}",
};

size_t
fuzz_sample(unsigned int which, uint8_t *data)
{
	const unsigned int nb = sizeof(payloads) / sizeof(payloads[0]);
	/* The region's answers have no count of descriptors, headers not even an index. */
	static const size_t heads[KINDS] = {[REQUEST] = 3, [REGION] = 2, [HEADER] = 1};
	size_t head;

	if (which < nb) {
		head = heads[payloads[which].head[0]];
		memcpy(data, payloads[which].head, head);
		memcpy(data + head, payloads[which].words, 4u * payloads[which].nb);
		return head + 4u * payloads[which].nb;
	}
	which -= nb;
	if (which >= 2 * sizeof(texts) / sizeof(texts[0]))
		return 0;
	/* As an answer's text, and in a request of VERSION behind its numbers. */
	data[0] = which % 2 ? REQUEST : TEXT;
	data[1] = 1;
	memset(data + 2, 0, 5);
	head = which % 2 ? 7 : 1;
	memcpy(data + head, texts[which / 2], strlen(texts[which / 2]) + 1);
	return head + strlen(texts[which / 2]) + 1;
}
