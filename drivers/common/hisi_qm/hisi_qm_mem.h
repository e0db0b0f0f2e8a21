/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_QM_MEM_H
#define HISI_QM_MEM_H

/**
 * @file
 * What of EAL's memory a device that is not behind vfio-pci sees: a transport attaches, and its
 * dma_map() and dma_unmap() are called for all there is and for all that comes and goes.
 */

#include "hisi_qm.h"

/**
 * Maps all memory of EAL at its IOVAs and follows memory events (where EAL has them).
 * Control thread; the device's ops->dma_map must work already.
 *
 * @return 0, or what ops->dma_map gave; then nothing is left mapped that unmapping could not
 *         reach: the transport drops its map as a whole.
 */
int hisi_qm_mem_attach(struct hisi_qm_dev *dev);

/** Follows memory events no longer; what is mapped stays. No effect if not attached. */
void hisi_qm_mem_detach(struct hisi_qm_dev *dev);

/**
 * The descriptor behind memory of EAL.
 *
 * @param offset of @p va in the descriptor, bytes
 * @param len bytes wanted, 1 at least; cut to those that lie in the descriptor one after another
 * @return descriptor, EAL's; -ENOTSUP for memory without one. The memory must not be given back
 *         meanwhile.
 */
int hisi_qm_mem_fd(const void *va, uint64_t *offset, size_t *len);

#endif /* HISI_QM_MEM_H */
