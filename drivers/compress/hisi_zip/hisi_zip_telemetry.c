/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_string_fns.h>

#include "hisi_zip.h"
#include "hisi_zip_telemetry.h"

/* Room for what follows a command: a device and a queue pair. */
#define HISI_ZIP_TEL_PARAMS_LEN (RTE_COMPRESSDEV_NAME_MAX_LEN + 16)

static pthread_mutex_t hisi_zip_devices_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hisi_zip_dev *hisi_zip_devices[RTE_COMPRESS_MAX_DEVS];

void
hisi_zip_telemetry_add(struct hisi_zip_dev *dev)
{
	pthread_mutex_lock(&hisi_zip_devices_lock);
	hisi_zip_devices[dev->id] = dev;
	pthread_mutex_unlock(&hisi_zip_devices_lock);
}

void
hisi_zip_telemetry_remove(struct hisi_zip_dev *dev)
{
	pthread_mutex_lock(&hisi_zip_devices_lock);
	hisi_zip_devices[dev->id] = NULL;
	pthread_mutex_unlock(&hisi_zip_devices_lock);
}

/* A decimal number of nothing but digits, below "end". */
static int
hisi_zip_tel_number(const char *text, unsigned long end, unsigned long *number)
{
	char *rest;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	*number = strtoul(text, &rest, 10);
	return errno == 0 && *rest == '\0' && *number < end ? 0 : -EINVAL;
}

/* A device by its id or its name; the list is held. */
static struct hisi_zip_dev *
hisi_zip_tel_find(const char *text)
{
	unsigned long id;

	if (hisi_zip_tel_number(text, RTE_DIM(hisi_zip_devices), &id) == 0)
		return hisi_zip_devices[id];
	for (id = 0; id < RTE_DIM(hisi_zip_devices); id++)
		if (hisi_zip_devices[id] != NULL &&
		    strcmp(hisi_zip_devices[id]->qm.name, text) == 0)
			return hisi_zip_devices[id];
	return NULL;
}

/* The list is held. */
static int
hisi_zip_tel_answer(struct hisi_zip_dev *dev, const char *queue_pair, hisi_zip_tel_fn fill,
		    struct rte_tel_data *d)
{
	const struct hisi_zip_qp *qp = NULL;
	unsigned long id;
	int ret = 0;

	if (dev == NULL)
		return -ENODEV;
	pthread_mutex_lock(&dev->qm.lock);
	if (queue_pair != NULL) {
		ret = hisi_zip_tel_number(queue_pair, RTE_DIM(dev->queue_pairs), &id);
		qp = ret == 0 ? dev->queue_pairs[id] : NULL;
	}
	ret = queue_pair != NULL && qp == NULL ? -EINVAL : fill(dev, qp, d);
	pthread_mutex_unlock(&dev->qm.lock);
	return ret;
}

/* Splits "DEV" or "DEV,QP" and answers. */
static int
hisi_zip_tel_run(const char *params, bool of_queue_pair, hisi_zip_tel_fn fill,
		 struct rte_tel_data *d)
{
	char text[HISI_ZIP_TEL_PARAMS_LEN], *queue_pair;
	int ret;

	if (params == NULL || strlcpy(text, params, sizeof(text)) >= sizeof(text))
		return -EINVAL;
	queue_pair = strchr(text, ',');
	if ((queue_pair != NULL) != of_queue_pair)
		return -EINVAL;
	if (queue_pair != NULL)
		*queue_pair++ = '\0';
	pthread_mutex_lock(&hisi_zip_devices_lock);
	ret = hisi_zip_tel_answer(hisi_zip_tel_find(text), queue_pair, fill, d);
	pthread_mutex_unlock(&hisi_zip_devices_lock);
	return ret;
}

static const struct hisi_zip_tel_command {
	const char *name;
	const char *help;
	hisi_zip_tel_fn fill;
	bool of_queue_pair;
} hisi_zip_tel_commands[] = {
	{"/hisi_zip/info", "Returns what a device is. Parameters: id or name", hisi_zip_tel_info,
	 false},
	{"/hisi_zip/stats", "Returns the counters of a device. Parameters: id or name",
	 hisi_zip_tel_stats, false},
	{"/hisi_zip/qp", "Returns the counters of a queue pair. Parameters: id or name, queue pair",
	 hisi_zip_tel_qp, true},
	{"/hisi_zip/regs", "Returns registers of a device. Parameters: id or name",
	 hisi_zip_tel_regs, false},
};

static int
hisi_zip_tel_command(const char *cmd, const char *params, struct rte_tel_data *d)
{
	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_tel_commands); i++) {
		const struct hisi_zip_tel_command *command = &hisi_zip_tel_commands[i];

		if (strcmp(command->name, cmd) == 0)
			return hisi_zip_tel_run(params, command->of_queue_pair, command->fill, d);
	}
	return -EINVAL;
}

static int
hisi_zip_tel_list(const char *cmd __rte_unused, const char *params, struct rte_tel_data *d)
{
	char id[8];

	if (params != NULL)
		return -EINVAL;
	rte_tel_data_start_dict(d);
	pthread_mutex_lock(&hisi_zip_devices_lock);
	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_devices); i++) {
		if (hisi_zip_devices[i] == NULL)
			continue;
		snprintf(id, sizeof(id), "%u", i);
		rte_tel_data_add_dict_string(d, id, hisi_zip_devices[i]->qm.name);
	}
	pthread_mutex_unlock(&hisi_zip_devices_lock);
	return 0;
}

RTE_INIT(hisi_zip_telemetry_init)
{
	rte_telemetry_register_cmd("/hisi_zip/list", hisi_zip_tel_list,
				   "Returns the devices: id and name. Takes no parameters");
	for (unsigned int i = 0; i < RTE_DIM(hisi_zip_tel_commands); i++)
		rte_telemetry_register_cmd(hisi_zip_tel_commands[i].name, hisi_zip_tel_command,
					   hisi_zip_tel_commands[i].help);
}
