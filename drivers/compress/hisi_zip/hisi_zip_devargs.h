/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef HISI_ZIP_DEVARGS_H
#define HISI_ZIP_DEVARGS_H

/**
 * @file
 * Device arguments of the drivers.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

#include <rte_common.h>

#define HISI_ZIP_CORES_LEN 128
#define HISI_ZIP_FAULTS_LEN 512

/** What software does: sw=. */
enum hisi_zip_software {
	HISI_ZIP_SW_OFF, /**< nothing: what the engine cannot do is refused */
	HISI_ZIP_SW_ON,  /**< what the engine cannot do */
	HISI_ZIP_SW_ONLY, /**< everything: there is no engine */
};

/** Arguments, each with its default where it is not given. */
struct hisi_zip_devargs {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /**< empty: embedded model */
	uint8_t hw;       /**< HISI_QM_HW_* */
	bool hw_given;    /**< a model process has to be of that generation */
	uint16_t max_sge; /**< segments of one side of an op */
	bool shadow;      /**< shadow doorbells */
	uint8_t sw;       /**< enum hisi_zip_software */
	bool v2_inflate_hw; /**< V2: the engine decompresses, else software does */
	uint16_t nb_vfs;    /**< of a PF: VFs 1 to nb_vfs get queues */
	uint16_t vf_queues; /**< how many each */
	/* Of the embedded model. */
	uint16_t queues; /**< hardware queues */
	uint8_t engine;  /**< enum hisi_qm_emu_engine */
	uint8_t level;   /**< of the engine */
	bool lz4;        /**< the engine compresses into LZ4 too */
	uint16_t workers;
	uint32_t pace_ns;
	char cores[HISI_ZIP_CORES_LEN];   /**< empty: not given */
	char faults[HISI_ZIP_FAULTS_LEN]; /**< empty: none */
};

/** Buses, each with arguments of its own. */
enum hisi_zip_bus {
	HISI_ZIP_BUS_PCI,
	HISI_ZIP_BUS_VDEV,
};

/** What rte_pmdinfo and dpdk-pmdinfo.py show. */
#define HISI_ZIP_DEVARGS_TEXT                                                                      \
	"path=<socket> hw=v2|v3 max_sge=<1-65280> shadow=on|off sw=on|off|only v2_inflate=sw|hw "  \
	"vf_queues=<1-63>:<1-1024> queues=<2-1024> "                                               \
	"engine=isal|zlib|null level=<0-9> lz4=on|off workers=<1-64> cores=<list> "                \
	"pace_ns=<0-1000000000> faults=<list>"

/** The same of the PCI driver. */
#define HISI_ZIP_PCI_DEVARGS_TEXT                                                          \
	"max_sge=<1-65280> shadow=on|off sw=on|off v2_inflate=sw|hw vf_queues=<1-63>:<1-1024>"

/**
 * Parses the arguments of a device. What is wrong is logged: device, argument, what is valid.
 *
 * @param name of the device
 * @param text key=value[,...]; NULL or empty: all defaults
 * @param bus decides which arguments there are
 * @return 0, -EINVAL, -ENOMEM
 */
int hisi_zip_devargs_parse(const char *name, const char *text, enum hisi_zip_bus bus,
			   struct hisi_zip_devargs *args);

#endif /* HISI_ZIP_DEVARGS_H */
