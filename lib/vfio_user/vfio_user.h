/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef VFIO_USER_H
#define VFIO_USER_H

/**
 * @file
 * A PCI device over a local socket: everything a user of this folder needs.
 *
 * - vfio_user_server.h serves a device: its registers are callbacks, its memory accesses go to
 *   memory the client handed over, its interrupts are eventfds.
 * - vfio_user_client.h uses such a device.
 * - vfio_user_pci.h is the device's config space, also without any socket.
 *
 * All functions return 0 (or a count) on success and a negative errno otherwise, unless they
 * say so. The peer is never trusted, on either side.
 */

#include "vfio_user_client.h"
#include "vfio_user_pci.h"
#include "vfio_user_proto.h"
#include "vfio_user_server.h"

#endif /* VFIO_USER_H */
