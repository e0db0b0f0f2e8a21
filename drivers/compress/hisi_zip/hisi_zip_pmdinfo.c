/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <rte_common.h>

#include "hisi_zip_devargs.h"

/*
 * What dpdk-pmdinfo finds drivers by. DPDK's own build derives it from the RTE_PMD_REGISTER macros
 * with a tool that no package has.
 */
static const char hisi_zip_pmdinfo_user[] __rte_used =
	"PMD_INFO_STRING= {\"name\": \"compress_hisi_zip_user\", \"pci_ids\": [], "
	"\"params\": \"" HISI_ZIP_DEVARGS_TEXT "\"}";

/* Vendor, device, subsystem vendor and subsystem: 19e5:a250 and 19e5:a251, any, any. */
static const char hisi_zip_pmdinfo_pci[] __rte_used =
	"PMD_INFO_STRING= {\"name\": \"compress_hisi_zip\", \"kmod\": \"* vfio-pci\", "
	"\"pci_ids\": [[6629, 41552, 65535, 65535], [6629, 41553, 65535, 65535]], "
	"\"params\": \"" HISI_ZIP_PCI_DEVARGS_TEXT "\"}";
