/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The PCI driver: a function bound to vfio-pci. */

#include <errno.h>
#include <stdio.h>

#include <bus_pci_driver.h>
#include <dev_driver.h>
#include <rte_bus_pci.h>
#include <rte_devargs.h>

#include "hisi_zip.h"

static const struct rte_pci_id hisi_zip_pci_ids[] = {
	{RTE_PCI_DEVICE(HISI_PCI_VENDOR, HISI_PCI_DEVICE_ZIP_PF)},
	{RTE_PCI_DEVICE(HISI_PCI_VENDOR, HISI_PCI_DEVICE_ZIP_VF)},
	{.vendor_id = 0},
};

static uint64_t
hisi_zip_choose_pci(struct hisi_zip_dev *dev, struct rte_device *device)
{
	dev->qm.ops = &hisi_qm_transport_pci;
	dev->transport.pci = (struct hisi_qm_pci_args){
		.pci = RTE_DEV_TO_PCI(device),
		.shadow = dev->args.shadow,
	};
	return RTE_COMPDEV_FF_HW_ACCELERATED;
}

static int
hisi_zip_pci_probe(struct rte_pci_driver *driver, struct rte_pci_device *pci)
{
	const struct rte_devargs *devargs = pci->device.devargs;
	char name[RTE_COMPRESSDEV_NAME_MAX_LEN];
	struct hisi_zip_devargs args;
	int ret;

	RTE_SET_USED(driver);
	rte_pci_device_name(&pci->addr, name, sizeof(name));
	ret = hisi_zip_devargs_parse(name, devargs == NULL ? NULL : devargs->args,
				     HISI_ZIP_BUS_PCI, &args);
	if (ret != 0)
		return ret;
	return hisi_zip_create(&pci->device, name, pci->device.numa_node, &args,
			       hisi_zip_choose_pci);
}

static int
hisi_zip_pci_remove(struct rte_pci_device *pci)
{
	char name[RTE_COMPRESSDEV_NAME_MAX_LEN];

	rte_pci_device_name(&pci->addr, name, sizeof(name));
	return hisi_zip_remove(name);
}

static struct rte_pci_driver hisi_zip_pci_driver = {
	.id_table = hisi_zip_pci_ids,
	.drv_flags = RTE_PCI_DRV_NEED_MAPPING,
	.probe = hisi_zip_pci_probe,
	.remove = hisi_zip_pci_remove,
};

RTE_PMD_REGISTER_PCI(compress_hisi_zip, hisi_zip_pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(compress_hisi_zip, hisi_zip_pci_ids);
RTE_PMD_REGISTER_KMOD_DEP(compress_hisi_zip, "* vfio-pci");
RTE_PMD_REGISTER_PARAM_STRING(compress_hisi_zip, HISI_ZIP_PCI_DEVARGS_TEXT);
