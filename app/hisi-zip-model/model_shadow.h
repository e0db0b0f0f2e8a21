/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef MODEL_SHADOW_H
#define MODEL_SHADOW_H

/**
 * @file
 * Memory for the shadow doorbells of a function, which its client maps.
 */

#include <stddef.h>

#include <vfio_user_server.h>

/** Zeroed: there is none. */
struct model_shadow {
	void *memory; /**< stays where it is for the model's life */
	size_t len; /**< bytes */
	int fd;
};

/** Make it. @return 0 or a negative errno. */
int model_shadow_create(struct model_shadow *shadow, size_t len);

/**
 * Take other memory, zeroed, at the same place here: a client that is gone may keep what it has
 * mapped, and must not ring the doorbells of the next one. While nobody else uses the memory.
 *
 * @param bar
 *   Of the server, whose next clients get the new memory.
 * @return
 *   0; a negative errno if all is as before.
 */
int model_shadow_renew(struct model_shadow *shadow, struct vfio_user_server *server,
		       unsigned int bar);

void model_shadow_destroy(struct model_shadow *shadow);

#endif /* MODEL_SHADOW_H */
