/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * Work for the queues of Linux's hisi_qm on a V2 function, for which hisi_zip has no algorithm: all
 * but the requests, which are this module's, is the driver's own. Two queues, one compresses and
 * one decompresses. A number written to the parameter "run" is a number of rounds, each of which
 * takes all slots there and back and has the kernel's zlib look at what lies between; it fails if
 * anything is not right. Read, it says how many requests have completed.
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/hisi_acc_qm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vmalloc.h>
#include <linux/zlib.h>

#define NB_SLOTS      32
#define ROOM          8192
#define MAX_PLAIN     4096
#define LIMIT_SECONDS 60

/* hardware.md 1.1, and 8.1 to 8.3 for an SQE of type 0. */
#define VENDOR        0x19e5
#define DEVICE_PF     0xa250
#define SQE_DWORDS    32
#define DW_PRODUCED   1
#define DW_STATUS     3
#define DW_INPUT      4
#define DW_REQUEST    9
#define DW_TAG        13
#define DW_AVAIL      14
#define DW_SOURCE     18
#define DW_DEST       20
#define STATUS        0xff
#define STATUS_LARGER 0x0d /* good, but the result is larger: hardware.md 8.5 */
#define REQUEST_ZLIB  0x02

/* The header of zlib is software's: hardware.md 10.1. */
static const u8 header[] = {0x78, 0x9c};

enum place { PLAIN, PACKED, BACK, NB_PLACES };
enum direction { COMPRESS, DECOMPRESS, NB_DIRECTIONS };

static struct {
	struct pci_dev *pdev;
	struct hisi_qp *qps[NB_DIRECTIONS];
	u8 *area; /* rooms, by place and slot */
	dma_addr_t area_dma;
	void *workspace;
	u32 len[NB_PLACES][NB_SLOTS];
	u32 status[NB_SLOTS];
	atomic_t left;
	atomic_t completed;
	struct completion done;
} work;

/* Offset of what the device sees of a room: the stream behind its header, or all. */
static size_t
room(enum place place, unsigned int slot)
{
	size_t offset = ((size_t)place * NB_SLOTS + slot) * ROOM;

	return place == PACKED ? offset + sizeof(header) : offset;
}

static void
completed(struct hisi_qp *qp, void *data)
{
	const __le32 *sqe = data;
	u32 slot = le32_to_cpu(sqe[DW_TAG]);

	if (slot >= NB_SLOTS)
		return;
	work.status[slot] = le32_to_cpu(sqe[DW_STATUS]) & STATUS;
	work.len[qp == work.qps[COMPRESS] ? PACKED : BACK][slot] = le32_to_cpu(sqe[DW_PRODUCED]);
	atomic_inc(&work.completed);
	if (atomic_dec_and_test(&work.left))
		complete(&work.done);
}

static void
put_address(__le32 *sqe, unsigned int dword, dma_addr_t address)
{
	sqe[dword] = cpu_to_le32(lower_32_bits(address));
	sqe[dword + 1] = cpu_to_le32(upper_32_bits(address));
}

/* While a function is reset, and while a queue is full, it is tried again. */
static int
send(enum direction direction, unsigned int slot)
{
	enum place from = direction == COMPRESS ? PLAIN : PACKED;
	unsigned long end = jiffies + LIMIT_SECONDS * HZ;
	__le32 sqe[SQE_DWORDS] = {0};
	int ret;

	sqe[DW_INPUT] = cpu_to_le32(work.len[from][slot]);
	sqe[DW_REQUEST] = cpu_to_le32(REQUEST_ZLIB);
	sqe[DW_TAG] = cpu_to_le32(slot);
	sqe[DW_AVAIL] = cpu_to_le32(ROOM - sizeof(header));
	put_address(sqe, DW_SOURCE, work.area_dma + room(from, slot));
	put_address(sqe, DW_DEST, work.area_dma + room(from + 1, slot));
	while ((ret = hisi_qp_send(work.qps[direction], sqe)) == -EAGAIN || ret == -EBUSY) {
		if (time_after(jiffies, end))
			break;
		msleep(1);
	}
	return ret;
}

/* All slots through one of the queues. */
static int
pass(enum direction direction)
{
	unsigned int slot;
	int ret;

	reinit_completion(&work.done);
	atomic_set(&work.left, NB_SLOTS);
	for (slot = 0; slot < NB_SLOTS; slot++) {
		work.status[slot] = STATUS;
		ret = send(direction, slot);
		if (ret != 0)
			return ret;
	}
	if (wait_for_completion_timeout(&work.done, LIMIT_SECONDS * HZ) == 0)
		return -ETIMEDOUT;
	for (slot = 0; slot < NB_SLOTS; slot++) {
		if (work.status[slot] != 0 &&
				(direction != COMPRESS || work.status[slot] != STATUS_LARGER)) {
			pr_err("queue_work: status %u\n", work.status[slot]);
			return -EIO;
		}
	}
	return 0;
}

static void
fill(unsigned int round)
{
	unsigned int slot;
	u32 len;

	for (slot = 0; slot < NB_SLOTS; slot++) {
		char *text = work.area + room(PLAIN, slot);
		u32 wanted = 1 + (round * 1009 + slot * 127) % (MAX_PLAIN - 64);

		for (len = 0; len < wanted;)
			len += scnprintf(text + len, MAX_PLAIN - len, "%u: line %u of slot %u\n",
					round, len * 2654435761u, slot);
		work.len[PLAIN][slot] = wanted;
	}
}

/* Whether the kernel's zlib makes of what the device made what it was made of. */
static bool
judge(unsigned int slot)
{
	u8 *in = work.area + room(PACKED, slot) - sizeof(header);
	u8 *out = work.area + room(BACK, slot);
	struct z_stream_s stream = {
			.workspace = work.workspace,
			.next_in = in,
			.avail_in = sizeof(header) + work.len[PACKED][slot],
			.next_out = out,
			.avail_out = ROOM,
	};
	bool same;

	memcpy(in, header, sizeof(header));
	same = work.len[PACKED][slot] <= ROOM - sizeof(header) &&
			zlib_inflateInit(&stream) == Z_OK &&
			zlib_inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 &&
			stream.total_out == work.len[PLAIN][slot] &&
			memcmp(out, work.area + room(PLAIN, slot), stream.total_out) == 0;
	memset(out, 0, ROOM);
	return same;
}

static bool
came_back(unsigned int slot)
{
	return work.len[BACK][slot] == work.len[PLAIN][slot] &&
			memcmp(work.area + room(BACK, slot), work.area + room(PLAIN, slot),
					work.len[PLAIN][slot]) == 0;
}

static int
run_round(unsigned int round)
{
	unsigned int slot;
	int ret;

	fill(round);
	ret = pass(COMPRESS);
	for (slot = 0; ret == 0 && slot < NB_SLOTS; slot++) {
		if (!judge(slot))
			ret = -EBADMSG;
	}
	if (ret == 0)
		ret = pass(DECOMPRESS);
	for (slot = 0; ret == 0 && slot < NB_SLOTS; slot++) {
		if (!came_back(slot))
			ret = -EILSEQ;
	}
	return ret;
}

static int
run_set(const char *value, const struct kernel_param *kp)
{
	unsigned int rounds;
	unsigned int round;
	int ret = kstrtouint(value, 10, &rounds);

	/* There are no queues yet when it is an argument of insmod. */
	if (ret == 0 && work.qps[COMPRESS] == NULL)
		ret = -ENODEV;
	for (round = 0; ret == 0 && round < rounds; round++) {
		ret = run_round(round);
		if (ret != 0)
			pr_err("queue_work: round %u: %d\n", round, ret);
	}
	return ret;
}

static int
run_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&work.completed));
}

static const struct kernel_param_ops run_ops = {.set = run_set, .get = run_get};
module_param_cb(run, &run_ops, NULL, 0600);

static void
release(void)
{
	vfree(work.workspace);
	if (work.area != NULL)
		dma_free_coherent(&work.pdev->dev, NB_PLACES * NB_SLOTS * ROOM, work.area,
				work.area_dma);
	pci_dev_put(work.pdev);
}

static int __init
queue_work_init(void)
{
	u8 types[NB_DIRECTIONS] = {COMPRESS, DECOMPRESS};
	struct hisi_qm *qm;
	int ret = -ENODEV;

	init_completion(&work.done);
	work.pdev = pci_get_device(VENDOR, DEVICE_PF, NULL);
	qm = work.pdev == NULL ? NULL : pci_get_drvdata(work.pdev);
	if (qm == NULL)
		goto fail;
	ret = -ENOMEM;
	work.workspace = vmalloc(zlib_inflate_workspacesize());
	work.area = dma_alloc_coherent(
			&work.pdev->dev, NB_PLACES * NB_SLOTS * ROOM, &work.area_dma, GFP_KERNEL);
	if (work.workspace == NULL || work.area == NULL)
		goto fail;
	ret = hisi_qm_alloc_qps_node(qm->qm_list, NB_DIRECTIONS, types, 0, work.qps);
	if (ret != 0)
		goto fail;
	work.qps[COMPRESS]->req_cb = completed;
	work.qps[DECOMPRESS]->req_cb = completed;
	return 0;

fail:
	release();
	return ret;
}

static void __exit
queue_work_exit(void)
{
	hisi_qm_free_qps(work.qps, NB_DIRECTIONS);
	release();
}

module_init(queue_work_init);
module_exit(queue_work_exit);
MODULE_DESCRIPTION("Work for the queues of hisi_qm on V2");
MODULE_LICENSE("Dual BSD/GPL");
