/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_PARSE_H
#define VFIO_USER_PARSE_H

/**
 * @file
 * Internal: from the peer's bytes to values that keep their promises. No state, no system
 * calls: every function is total on every input and reads nothing beyond the length given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vfio_user_client.h"
#include "vfio_user_proto.h"

/** Payload of a request; which member counts follows from the command. */
struct vfio_user_request {
	uint16_t command;
	union {
		uint8_t fixed[32];
		struct vfio_user_version version;
		/** Not empty, page aligned, does not wrap; nor does the offset. */
		struct vfio_user_dma_map map;
		/** Not empty and does not wrap; or the flag ALL alone. */
		struct vfio_user_dma_unmap unmap;
		struct vfio_user_info info;
		struct vfio_user_region_reply region; /**< argsz and index count */
		struct vfio_user_irq_info irq; /**< argsz and index count */
		/** One kind of data, one action, start + count up to 2^16. */
		struct vfio_user_set_irqs irqs;
		/** 1 to VFIO_USER_MAX_XFER bytes, offset + count does not wrap. */
		struct vfio_user_region_access access;
		uint64_t nb_writes;
	};
	/** What follows the fixed part: text of VERSION, data of writes, bytes of DATA_BOOL. */
	const uint8_t *data;
	size_t data_len;
};

/** @return  0, or -EPROTO for a size or type that no message has. */
int vfio_user_parse_hdr(const struct vfio_user_hdr *hdr);

/**
 * Check a request.
 *
 * @param nb_fds
 *   Descriptors that came with it.
 * @return
 *   0; -EINVAL for a payload that does not hold what the command needs; -ENOTSUP for a command
 *   or a flag that is not served.
 */
int vfio_user_parse_request(uint16_t command, const uint8_t *payload, size_t len,
			    unsigned int nb_fds, struct vfio_user_request *req);

/** One write of REGION_WRITE_MULTI; @return 0 or -EINVAL. */
int vfio_user_parse_multi(const struct vfio_user_request *req, uint64_t i,
			  struct vfio_user_multi_write *write);

/**
 * Check the answer to GET_REGION_INFO.
 *
 * @param index
 *   What was asked for.
 * @param info
 *   Filled but for the descriptor and what depends on it: `fd` is -1; `areas` are sorted out if
 *   the flags say that the region can be mapped.
 * @return
 *   0, -EPROTO for an answer that contradicts itself, -E2BIG for too many areas.
 */
int vfio_user_parse_region_info(unsigned int index, const uint8_t *payload, size_t len,
				struct vfio_user_client_region *info);

/** What the peers tell each other in VERSION. */
struct vfio_user_caps {
	uint64_t max_fds; /**< descriptors that it takes in one message */
	uint64_t max_xfer; /**< bytes of data in one region access */
	bool write_multi;
};

/**
 * Read the capabilities of VERSION.
 *
 * @param text
 *   JSON with its NUL, or nothing (len 0).
 * @param caps
 *   What is not in the text gets the protocol's default.
 * @return
 *   0, -EINVAL if this is no JSON.
 */
int vfio_user_parse_caps(const uint8_t *text, size_t len, struct vfio_user_caps *caps);

#endif /* VFIO_USER_PARSE_H */
