/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vfio_user_msi.h"
#include "vfio_user_pci.h"

/* Everything we show lies in the first 256 bytes; extended config space reads as zero. */
#define SPACE 0x100

/* Type 0 header, PCI 3.0, 6.1. */
#define REG_VENDOR 0x00
#define REG_DEVICE 0x02
#define REG_COMMAND 0x04
#define REG_STATUS 0x06
#define REG_REVISION 0x08
#define REG_CLASS 0x09
#define REG_CACHE_LINE 0x0c
#define REG_BAR0 0x10
#define REG_SUBSYSTEM_VENDOR 0x2c
#define REG_SUBSYSTEM 0x2e
#define REG_CAP_POINTER 0x34
#define REG_INT_LINE 0x3c

/* Memory, master, parity response, SERR, INTx disable: there are no I/O BARs. */
#define COMMAND_WRITABLE 0x0546
#define STATUS_CAP_LIST 0x0010
#define BAR_64BIT 0x4
#define BAR_PREFETCH 0x8
#define BAR_MIN 0x1000

#define CAP_ID_PM 0x01
#define CAP_ID_MSI 0x05
#define CAP_ID_VENDOR 0x09
#define CAP_ID_EXP 0x10

/* Power management 1.2, 3.2: version 3, D0 and D3hot. */
#define PM_CAPABILITIES 0x02
#define PM_CONTROL 0x04
#define PM_VERSION 0x0003
#define PM_STATE 0x0003
#define PM_NO_SOFT_RESET 0x0008
#define PM_D0 0
#define PM_D3HOT 3

/* MSI, 64-bit and per-vector mask: PCI 3.0, 6.8.1. */
#define MSI_CONTROL 0x02
#define MSI_ADDRESS 0x04
#define MSI_ADDRESS_HIGH 0x08
#define MSI_DATA 0x0c
#define MSI_MASK 0x10
#define MSI_PENDING 0x14
#define MSI_ENABLE 0x0001
#define MSI_CAPABLE_SHIFT 1
#define MSI_MULTIPLE_ENABLE 0x0070
#define MSI_64BIT 0x0080
#define MSI_PER_VECTOR_MASK 0x0100

/* PCI Express capability, version 2: PCIe 3.0, 7.8; 0x3c bytes. */
#define EXP_CAPABILITIES 0x02
#define EXP_DEVICE_CAP 0x04
#define EXP_DEVICE_CONTROL 0x08
#define EXP_LINK_CAP 0x0c
#define EXP_LINK_STATUS 0x12
#define EXP_LENGTH 0x3c
#define EXP_VERSION_2_ENDPOINT 0x0002
#define EXP_ROLE_BASED_ERRORS 0x00008000
#define EXP_FLR_CAPABLE 0x10000000
#define EXP_FLR 0x8000
#define EXP_CONTROL_WRITABLE 0x7fff
#define EXP_CONTROL_DEFAULT 0x2810 /* relaxed ordering, no snoop, reads of up to 512 bytes */
#define EXP_LINK 0x0011 /* 2.5 GT/s, one lane */

struct vfio_user_pci {
	const struct vfio_user_pci_ops *ops;
	void *ctx;
	uint8_t space[SPACE];
	uint8_t writable[SPACE];
	uint8_t initial[SPACE];
	uint8_t tail; /* link byte of the last capability */
	bool has_msi;
	struct vfio_user_msi msi;
};

static uint16_t
get16(const uint8_t *space, unsigned int reg)
{
	return (uint16_t)(space[reg] | space[reg + 1] << 8);
}

static void
put16(uint8_t *space, unsigned int reg, uint16_t value)
{
	space[reg] = (uint8_t)value;
	space[reg + 1] = (uint8_t)(value >> 8);
}

static uint32_t
get32(const uint8_t *space, unsigned int reg)
{
	return get16(space, reg) | (uint32_t)get16(space, reg + 2) << 16;
}

static void
put32(uint8_t *space, unsigned int reg, uint32_t value)
{
	put16(space, reg, (uint16_t)value);
	put16(space, reg + 2, (uint16_t)(value >> 16));
}

static void
lay_out_header(struct vfio_user_pci *pci, const struct vfio_user_pci_desc *desc)
{
	uint8_t *s = pci->initial;

	put16(s, REG_VENDOR, desc->vendor_id);
	put16(s, REG_DEVICE, desc->device_id);
	put16(s, REG_STATUS, STATUS_CAP_LIST);
	s[REG_REVISION] = desc->revision;
	s[REG_CLASS] = (uint8_t)desc->class_code;
	put16(s, REG_CLASS + 1, (uint16_t)(desc->class_code >> 8));
	put16(s, REG_SUBSYSTEM_VENDOR, desc->subsystem_vendor_id);
	put16(s, REG_SUBSYSTEM, desc->subsystem_id);
	put16(pci->writable, REG_COMMAND, COMMAND_WRITABLE);
	pci->writable[REG_CACHE_LINE] = 0xff;
	pci->writable[REG_INT_LINE] = 0xff;
	pci->tail = REG_CAP_POINTER;
}

/* Address bits below the size are not writable: that is all there is to sizing a BAR. */
static void
lay_out_bar(struct vfio_user_pci *pci, unsigned int i, const struct vfio_user_bar *bar)
{
	unsigned int reg = REG_BAR0 + 4 * i;
	uint64_t address = ~(bar->size - 1);

	if (!bar->size)
		return;
	if (bar->flags & VFIO_USER_BAR_64BIT) {
		pci->initial[reg] |= BAR_64BIT;
		put32(pci->writable, reg + 4, (uint32_t)(address >> 32));
	}
	if (bar->flags & VFIO_USER_BAR_PREFETCH)
		pci->initial[reg] |= BAR_PREFETCH;
	put32(pci->writable, reg, (uint32_t)address);
}

static uint8_t *
add_capability(struct vfio_user_pci *pci, uint8_t at, uint8_t id)
{
	pci->initial[pci->tail] = at;
	pci->initial[at] = id;
	pci->tail = at + 1;
	return &pci->initial[at];
}

static void
lay_out_pm(struct vfio_user_pci *pci)
{
	uint8_t *cap = add_capability(pci, VFIO_USER_PCI_CAP_PM, CAP_ID_PM);

	put16(cap, PM_CAPABILITIES, PM_VERSION);
	put16(cap, PM_CONTROL, PM_NO_SOFT_RESET);
	put16(&pci->writable[VFIO_USER_PCI_CAP_PM], PM_CONTROL, PM_STATE);
}

static void
lay_out_msi(struct vfio_user_pci *pci, unsigned int vectors)
{
	uint8_t *cap = add_capability(pci, VFIO_USER_PCI_CAP_MSI, CAP_ID_MSI);
	uint8_t *writable = &pci->writable[VFIO_USER_PCI_CAP_MSI];
	unsigned int log2 = (unsigned int)__builtin_ctz(vectors);

	put16(cap, MSI_CONTROL,
	      (uint16_t)(MSI_64BIT | MSI_PER_VECTOR_MASK | log2 << MSI_CAPABLE_SHIFT));
	put16(writable, MSI_CONTROL, MSI_ENABLE | MSI_MULTIPLE_ENABLE);
	put32(writable, MSI_ADDRESS, 0xfffffffc);
	put32(writable, MSI_ADDRESS_HIGH, 0xffffffff);
	put16(writable, MSI_DATA, 0xffff);
	put32(writable, MSI_MASK, (uint32_t)((UINT64_C(1) << vectors) - 1));
	pci->has_msi = true;
}

static void
lay_out_express(struct vfio_user_pci *pci)
{
	uint8_t *cap = add_capability(pci, VFIO_USER_PCI_CAP_EXP, CAP_ID_EXP);

	static_assert(VFIO_USER_PCI_CAP_EXP + EXP_LENGTH <= VFIO_USER_PCI_CAP_VENDOR,
		      "nothing may lie over the capability");
	put16(cap, EXP_CAPABILITIES, EXP_VERSION_2_ENDPOINT);
	put32(cap, EXP_DEVICE_CAP, EXP_ROLE_BASED_ERRORS | EXP_FLR_CAPABLE);
	put16(cap, EXP_DEVICE_CONTROL, EXP_CONTROL_DEFAULT);
	put32(cap, EXP_LINK_CAP, EXP_LINK);
	put16(cap, EXP_LINK_STATUS, EXP_LINK);
	put16(&pci->writable[VFIO_USER_PCI_CAP_EXP], EXP_DEVICE_CONTROL, EXP_CONTROL_WRITABLE);
}

static void
lay_out_vendor(struct vfio_user_pci *pci, const uint8_t *from, size_t len)
{
	uint8_t *cap = add_capability(pci, VFIO_USER_PCI_CAP_VENDOR, CAP_ID_VENDOR);

	memcpy(cap + 2, from + 2, len - 2);
}

static bool
bar_valid(const struct vfio_user_bar *bars, unsigned int i)
{
	const struct vfio_user_bar *bar = &bars[i];
	bool wide = bar->flags & VFIO_USER_BAR_64BIT;

	if (!bar->size)
		return true;
	if (bar->size < BAR_MIN || (bar->size & (bar->size - 1)))
		return false;
	if (wide)
		return i + 1 < VFIO_USER_NUM_BARS && !bars[i + 1].size;
	return bar->size <= UINT32_C(1) << 31;
}

static bool
desc_valid(const struct vfio_user_pci_desc *desc)
{
	unsigned int vectors = desc->msi_vectors;

	for (unsigned int i = 0; i < VFIO_USER_NUM_BARS; i++) {
		if (!bar_valid(desc->bars, i))
			return false;
	}
	if (vectors > VFIO_USER_PCI_MAX_VECTORS || (vectors & (vectors - 1)))
		return false;
	if (!desc->vendor_cap)
		return true;
	return desc->vendor_cap_len >= 4 &&
	       desc->vendor_cap_len <= VFIO_USER_PCI_MAX_VENDOR_CAP &&
	       desc->vendor_cap[0] == CAP_ID_VENDOR && desc->vendor_cap[2] == desc->vendor_cap_len;
}

int
vfio_user_pci_create(const struct vfio_user_pci_desc *desc, const struct vfio_user_pci_ops *ops,
		     void *ctx, struct vfio_user_pci **out)
{
	struct vfio_user_pci *pci;

	if (!desc_valid(desc))
		return -EINVAL;
	pci = calloc(1, sizeof(*pci));
	if (!pci)
		return -ENOMEM;
	pci->ops = ops;
	pci->ctx = ctx;
	lay_out_header(pci, desc);
	for (unsigned int i = 0; i < VFIO_USER_NUM_BARS; i++)
		lay_out_bar(pci, i, &desc->bars[i]);
	lay_out_pm(pci);
	if (desc->msi_vectors)
		lay_out_msi(pci, desc->msi_vectors);
	lay_out_express(pci);
	if (desc->vendor_cap)
		lay_out_vendor(pci, desc->vendor_cap, desc->vendor_cap_len);
	vfio_user_msi_init(&pci->msi, desc->msi_vectors);
	memcpy(pci->space, pci->initial, SPACE);
	*out = pci;
	return 0;
}

void
vfio_user_pci_destroy(struct vfio_user_pci *pci)
{
	if (!pci)
		return;
	vfio_user_msi_fini(&pci->msi);
	free(pci);
}

static bool
outside(uint64_t offset, size_t len)
{
	return offset > VFIO_USER_CONFIG_SIZE || len > VFIO_USER_CONFIG_SIZE - offset;
}

int
vfio_user_pci_read(struct vfio_user_pci *pci, uint64_t offset, void *buf, size_t len)
{
	size_t known = 0;

	if (outside(offset, len))
		return -EINVAL;
	if (pci->has_msi)
		put32(&pci->space[VFIO_USER_PCI_CAP_MSI], MSI_PENDING,
		      vfio_user_msi_pending(&pci->msi));
	if (offset < SPACE) {
		known = SPACE - offset < len ? SPACE - offset : len;
		memcpy(buf, &pci->space[offset], known);
	}
	memset((uint8_t *)buf + known, 0, len - known);
	return 0;
}

static void
power_written(struct vfio_user_pci *pci, const uint8_t *old)
{
	const unsigned int reg = VFIO_USER_PCI_CAP_PM + PM_CONTROL;
	unsigned int before = old[reg] & PM_STATE;
	unsigned int now = pci->space[reg] & PM_STATE;

	if (now == before)
		return;
	/* A state we do not have: the write is ignored, PM 1.2, 3.2.4. */
	if (now != PM_D0 && now != PM_D3HOT) {
		pci->space[reg] = old[reg];
		return;
	}
	if (pci->ops->power)
		pci->ops->power(pci->ctx, now);
}

static void
msi_written(struct vfio_user_pci *pci)
{
	const uint8_t *cap = &pci->space[VFIO_USER_PCI_CAP_MSI];

	vfio_user_msi_update(&pci->msi, get16(cap, MSI_CONTROL) & MSI_ENABLE,
			     get32(cap, MSI_MASK));
}

static void
command_written(struct vfio_user_pci *pci, const uint8_t *old)
{
	uint16_t command = get16(pci->space, REG_COMMAND);

	if (command != get16(old, REG_COMMAND) && pci->ops->command)
		pci->ops->command(pci->ctx, command);
}

/* Which bits the client asked to set in a register, written or not. */
static uint16_t
bits_written(uint64_t offset, const uint8_t *buf, size_t len, unsigned int reg)
{
	uint16_t bits = 0;

	for (unsigned int i = 0; i < 2; i++) {
		if (reg + i >= offset && reg + i - offset < len)
			bits |= (uint16_t)(buf[reg + i - offset] << 8 * i);
	}
	return bits;
}

int
vfio_user_pci_write(struct vfio_user_pci *pci, uint64_t offset, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	uint8_t old[SPACE];

	if (outside(offset, len))
		return -EINVAL;
	if (bits_written(offset, from, len, VFIO_USER_PCI_CAP_EXP + EXP_DEVICE_CONTROL) & EXP_FLR) {
		vfio_user_pci_reset(pci);
		if (pci->ops->flr)
			pci->ops->flr(pci->ctx);
		return 0;
	}
	memcpy(old, pci->space, SPACE);
	for (size_t i = 0; i < len && offset + i < SPACE; i++) {
		uint8_t mask = pci->writable[offset + i];

		pci->space[offset + i] = (uint8_t)((old[offset + i] & ~mask) | (from[i] & mask));
	}
	power_written(pci, old);
	command_written(pci, old);
	if (pci->has_msi)
		msi_written(pci);
	return 0;
}

void
vfio_user_pci_reset(struct vfio_user_pci *pci)
{
	memcpy(pci->space, pci->initial, SPACE);
	if (pci->has_msi)
		msi_written(pci);
}

void
vfio_user_pci_irq(struct vfio_user_pci *pci, unsigned int vector)
{
	vfio_user_msi_raise(&pci->msi, vector);
}

int
vfio_user_pci_set_eventfd(struct vfio_user_pci *pci, unsigned int vector, int fd)
{
	return vfio_user_msi_set_eventfd(&pci->msi, vector, fd);
}
