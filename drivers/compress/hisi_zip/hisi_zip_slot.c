/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_memzone.h>

#include "hisi_zip.h"
#include "hisi_zip_slot.h"

#define HISI_ZIP_SLOTS_NAME "hisi_zip_slots"

/* A process that is stopped, as by a debugger, keeps the lock. */
#define HISI_ZIP_SLOTS_TIMEOUT_S 2
#define HISI_ZIP_SLOTS_POLL_US 200

/* In shared memory, made by the primary and never freed: somebody may wait for the lock. */
struct hisi_zip_slots {
	pthread_mutex_t lock; /* robust: who is killed with it leaves it to the next */
	uint8_t writing;      /* the zone of "id" is overwritten, and was as follows */
	uint8_t id;
	uint8_t started;
	int socket;
	char name[RTE_COMPRESSDEV_NAME_MAX_LEN];
};

static void
hisi_zip_slots_init(struct hisi_zip_slots *slots)
{
	pthread_mutexattr_t attr;

	memset(slots, 0, sizeof(*slots));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&slots->lock, &attr);
	pthread_mutexattr_destroy(&attr);
}

static struct hisi_zip_slots *
hisi_zip_slots_find(void)
{
	const struct rte_memzone *mz = rte_memzone_lookup(HISI_ZIP_SLOTS_NAME);

	return mz == NULL ? NULL : mz->addr;
}

/* Primary: there are such for whoever attaches. */
static int
hisi_zip_slots_open(void)
{
	const struct rte_memzone *mz = rte_memzone_lookup(HISI_ZIP_SLOTS_NAME);

	if (mz != NULL)
		return 0;
	mz = rte_memzone_reserve(HISI_ZIP_SLOTS_NAME, sizeof(struct hisi_zip_slots), SOCKET_ID_ANY,
				 0);
	if (mz == NULL)
		return -ENOMEM;
	hisi_zip_slots_init(mz->addr);
	return 0;
}

static const struct rte_memzone *
hisi_zip_slot_zone(uint8_t id)
{
	char name[RTE_MEMZONE_NAMESIZE];

	snprintf(name, sizeof(name), "rte_compressdev_data_%u", id);
	return rte_memzone_lookup(name);
}

/* Under the lock: what the zone of a device says is what its process knows. */
static void
hisi_zip_slot_put_back(struct hisi_zip_slots *slots)
{
	const struct rte_memzone *mz = slots->writing ? hisi_zip_slot_zone(slots->id) : NULL;

	if (mz != NULL) {
		struct rte_compressdev_data *data = mz->addr;

		memcpy(data->name, slots->name, sizeof(data->name));
		data->socket_id = slots->socket;
		/* Started meanwhile, it stays so. */
		if (slots->started)
			data->dev_started = 1;
	}
	__atomic_store_n(&slots->writing, 0, __ATOMIC_RELEASE);
}

/* Under the lock: notes what the library overwrites next. */
static void
hisi_zip_slot_save(struct hisi_zip_slots *slots, uint8_t id)
{
	const struct rte_memzone *mz = hisi_zip_slot_zone(id);
	const struct rte_compressdev_data *data;

	if (mz == NULL)
		return;
	data = mz->addr;
	slots->id = id;
	slots->started = data->dev_started;
	slots->socket = data->socket_id;
	memcpy(slots->name, data->name, sizeof(slots->name));
	/* Release: who finds this set finds the rest. */
	__atomic_store_n(&slots->writing, 1, __ATOMIC_RELEASE);
}

/* Also puts back what its last owner did not, having been killed. */
static int
hisi_zip_slots_trylock(struct hisi_zip_slots *slots)
{
	int ret = pthread_mutex_trylock(&slots->lock);

	if (ret != EOWNERDEAD)
		return -ret;
	hisi_zip_slot_put_back(slots);
	pthread_mutex_consistent(&slots->lock);
	return 0;
}

static int
hisi_zip_slots_lock(struct hisi_zip_slots *slots)
{
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() * HISI_ZIP_SLOTS_TIMEOUT_S;
	int ret;

	while ((ret = hisi_zip_slots_trylock(slots)) == -EBUSY && rte_get_timer_cycles() < end)
		rte_delay_us_sleep(HISI_ZIP_SLOTS_POLL_US);
	return ret;
}

static void
hisi_zip_slots_unlock(struct hisi_zip_slots *slots)
{
	pthread_mutex_unlock(&slots->lock);
}

/* The number that the library gives next in this process. */
static uint8_t
hisi_zip_slot_next(void)
{
	uint8_t ids[RTE_COMPRESS_MAX_DEVS], id = 0;
	uint8_t nb = rte_compressdev_devices_get("", ids, RTE_DIM(ids));

	for (uint8_t i = 0; i < nb;) {
		if (ids[i] != id) {
			i++;
			continue;
		}
		id++;
		i = 0;
	}
	return id;
}

struct rte_compressdev *
hisi_zip_slot_create(struct rte_device *device, const char *name, int socket)
{
	struct rte_compressdev_pmd_init_params params = {.socket_id = socket};
	struct rte_compressdev_data *data;
	struct rte_compressdev *cdev;
	struct hisi_zip_dev *dev;

	if (hisi_zip_slots_open() != 0) {
		HISI_ZIP_LOG(ERR, "no memory to share it with other processes", name);
		return NULL;
	}
	cdev = rte_compressdev_pmd_create(name, device, sizeof(struct hisi_zip_dev), &params);
	if (cdev == NULL)
		return NULL;
	/* Nothing is taken from the zone that another process may be writing to. */
	dev = cdev->data->dev_private;
	data = &dev->data;
	data->dev_id = cdev->data->dev_id;
	data->socket_id = socket;
	memcpy(data->name, name, strnlen(name, sizeof(data->name) - 1));
	data->dev_private = dev;
	cdev->data = data;
	return cdev;
}

int
hisi_zip_slot_destroy(struct rte_compressdev *cdev)
{
	struct hisi_zip_slots *slots = hisi_zip_slots_find();
	uint8_t id = cdev->data->dev_id;
	int ret = rte_compressdev_pmd_destroy(cdev);

	if (ret != 0)
		return ret;
	/* Who is stopped while it writes there keeps the zone, and its number. */
	if (slots != NULL && hisi_zip_slots_lock(slots) == 0) {
		rte_memzone_free(hisi_zip_slot_zone(id));
		hisi_zip_slots_unlock(slots);
	}
	return 0;
}

bool
hisi_zip_slot_known(void)
{
	return hisi_zip_slots_find() != NULL;
}

/*
 * Under the lock. The library writes what it is told: the name and the socket that the zone has, so
 * that others who look find those all the time.
 */
static struct rte_compressdev *
hisi_zip_slot_attach(const struct hisi_zip_slots *slots, struct rte_device *device,
		     const struct rte_compressdev_data *data)
{
	struct rte_compressdev_pmd_init_params params = {.socket_id = data->socket_id};
	const char *name = data->name;

	if (slots->writing && rte_compressdev_pmd_get_named_dev(slots->name) == NULL) {
		name = slots->name;
		params.socket_id = slots->socket;
	}
	return rte_compressdev_pmd_create(name, device, 0, &params);
}

int
hisi_zip_slot_take(struct rte_device *device, struct rte_compressdev_data *data,
		   struct rte_compressdev **cdev)
{
	struct hisi_zip_slots *slots = hisi_zip_slots_find();
	int ret = slots == NULL ? -ENODEV : hisi_zip_slots_lock(slots);

	if (ret != 0)
		return ret;
	hisi_zip_slot_save(slots, hisi_zip_slot_next());
	*cdev = hisi_zip_slot_attach(slots, device, data);
	if (*cdev != NULL) {
		data->dev_id = (*cdev)->data->dev_id;
		(*cdev)->data = data;
	}
	hisi_zip_slot_put_back(slots);
	hisi_zip_slots_unlock(slots);
	return *cdev == NULL ? -ENODEV : 0;
}

void
hisi_zip_slot_mend(void)
{
	struct hisi_zip_slots *slots = hisi_zip_slots_find();

	if (slots != NULL && hisi_zip_slots_trylock(slots) == 0)
		hisi_zip_slots_unlock(slots);
}
