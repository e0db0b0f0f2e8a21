/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test_hisi_qm_eal.h"
#include "test_hisi_qm_fake.h"

static struct fake *
fake_of(struct hisi_qm_dev *dev)
{
	return dev->owner;
}

/* What a function that is not open() fails with; none of them is called before that. */
static int
fake_refuses(const struct fake *fake)
{
	assert_true(fake->is_open);
	if (__atomic_load_n(&fake->gone, __ATOMIC_RELAXED))
		return -ENODEV;
	return fake->strike == NULL ? 0 : fake->strike();
}

/* Registers are read by the slow poll's thread too. */
static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;

static void __rte_format_printf(2, 3)
fake_say(struct fake *fake, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (fake->nb_trace < FAKE_TRACE)
		vsnprintf(fake->trace[fake->nb_trace++], FAKE_LINE, format, args);
	va_end(args);
}

/* hardware.md 2.1, 2.3: what reads as other than 0 after a reset. */
static void
fake_reset_regs(struct fake *fake)
{
	memset(fake->regs, 0, sizeof(fake->regs));
	fake->regs[0x0004 / 4] = 1;
	fake->regs[0x000c / 4] = 1;
	fake->regs[0x0024 / 4] = 1;
	fake->regs[0x0060 / 4] = 1;
	fake->regs[0x0210 / 4] = fake->sub_version;
	memcpy(&fake->regs[0x3100 / 4], fake->caps, sizeof(fake->caps));
}

static int
fake_open(struct hisi_qm_dev *dev)
{
	struct fake *fake = fake_of(dev);

	fake_say(fake, "open");
	if (fake->open_error != 0)
		return fake->open_error;
	assert_false(fake->is_open);
	if (fake->strike != NULL && fake->strike() != 0)
		return -ECONNREFUSED;
	fake->is_open = true;
	dev->device = fake->device;
	dev->revision = fake->revision;
	dev->numa_node = -1;
	return 0;
}

static void
fake_close(struct hisi_qm_dev *dev)
{
	fake_say(fake_of(dev), "close");
	fake_of(dev)->is_open = false;
}

static int
fake_read(struct hisi_qm_dev *dev, uint32_t offset, void *value, size_t size)
{
	struct fake *fake = fake_of(dev);
	int ret;

	assert_true(offset % 4 == 0 && offset + size <= sizeof(fake->regs));
	ret = fake_refuses(fake);
	if (ret != 0)
		return ret;
	pthread_mutex_lock(&fake_lock);
	memcpy(value, &fake->regs[offset / 4], size);
	pthread_mutex_unlock(&fake_lock);
	return 0;
}

static int
fake_write(struct hisi_qm_dev *dev, unsigned int bar, uint64_t offset, const void *value,
	   size_t size)
{
	struct fake *fake = fake_of(dev);
	uint64_t word = 0;
	int ret;

	ret = fake_refuses(fake);
	if (ret != 0)
		return ret;
	memcpy(&word, value, size);
	if (size == 8) {
		fake_say(fake, "db %u %05llx %016llx", bar, (unsigned long long)offset,
			 (unsigned long long)word);
		return 0;
	}
	assert_int_equal(size, 4);
	assert_int_equal(bar, 2);
	assert_true(offset + 4 <= sizeof(fake->regs));
	fake_say(fake, "w32 %04llx %08llx", (unsigned long long)offset, (unsigned long long)word);
	pthread_mutex_lock(&fake_lock);
	/* 2.1: the source of messages is cleared by ones. */
	fake->regs[offset / 4] = offset == 0x20 ? fake->regs[0x20 / 4] & ~word : word;
	pthread_mutex_unlock(&fake_lock);
	return 0;
}

/* A context in memory: tests run with IOVA as VA. Words: hardware.md 4.2, 4.3. */
static void
fake_contexts(struct fake *fake, uint32_t word)
{
	uint32_t *context = (uint32_t *)(uintptr_t)fake->bases[word & 0xff];

	if ((word & 0x4000) == 0) {
		memcpy(fake->contexts[word & 0xff], context, sizeof(fake->contexts[0]));
		return;
	}
	memset(context, 0, 32);
	context[0] = 0x00070000; /* tail 7 */
	if ((word & 0xff) == 1 && fake->undrained > 0 && fake->moving)
		context[0] = (16 + fake->undrained % 64) << 16;
	if ((word & 0xff) == 0 && fake->undrained > 0) {
		fake->undrained--;
		context[0] = 0x00080000;
		if (fake->undrained == 0) {
			context[0] = 0x00070000; /* the same tail, another lap: w11 bit 6 */
			context[5] = 0x00400000;
		}
	}
}

static int
fake_mb_write(struct hisi_qm_dev *dev, const struct hisi_hw_mailbox *mb)
{
	struct fake *fake = fake_of(dev);
	uint32_t *regs = &fake->regs[0x300 / 4];
	int code, ret;

	ret = fake_refuses(fake);
	if (ret != 0)
		return ret;
	pthread_mutex_lock(&fake_lock);
	/* One at a time, and only to a mailbox that is not busy (hardware.md 15.1, 1). */
	assert_int_equal(regs[0] & 0x2000, 0);
	memcpy(regs, mb, 16);
	assert_int_equal(regs[0] & 0x2000, 0x2000);
	assert_int_equal(regs[3], 0);
	fake_say(fake, "mb %08x", regs[0]);
	code = regs[0] & 0xff;
	fake->bases[code & 0xf] = (uint64_t)regs[2] << 32 | regs[1];
	if (code <= 3)
		fake_contexts(fake, regs[0]);
	if (code == 6) {
		regs[1] = (uint32_t)fake->vft;
		regs[2] = fake->vft >> 32;
	}
	if (code == 13)
		regs[1] = fake->message;
	if (code != fake->stuck_command)
		regs[0] &= ~0x2000u;
	if (code == fake->failed_command)
		regs[0] |= 5 << 9;
	pthread_mutex_unlock(&fake_lock);
	return 0;
}

static int
fake_map_doorbell(struct hisi_qm_dev *dev, uint16_t queue, struct hisi_qm_doorbell *db)
{
	struct fake *fake = fake_of(dev);
	int ret = fake_refuses(fake);

	if (ret != 0)
		return ret;
	if (fake->map_doorbells) {
		db->sq = &fake->doorbells[queue][0];
		db->cq = &fake->doorbells[queue][1];
	}
	return 0;
}

static int
fake_dma(struct hisi_qm_dev *dev, void *va, uint64_t iova, size_t len)
{
	(void)dev;
	(void)va;
	(void)iova;
	(void)len;
	return -ENOTSUP;
}

static int
fake_reset(struct hisi_qm_dev *dev)
{
	struct fake *fake = fake_of(dev);
	int ret;

	fake_say(fake, "reset");
	if (fake->watched != NULL)
		fake->seen = __atomic_load_n(fake->watched, __ATOMIC_ACQUIRE);
	ret = fake_refuses(fake);
	if (ret != 0)
		return ret;
	if (fake->reset_error != 0)
		return fake->reset_error;
	pthread_mutex_lock(&fake_lock);
	fake_reset_regs(fake);
	pthread_mutex_unlock(&fake_lock);
	return 0;
}

static int
fake_irq(struct hisi_qm_dev *dev, unsigned int vector, int eventfd)
{
	struct fake *fake = fake_of(dev);
	int ret = 0;

	assert_true(fake->is_open);
	fake_say(fake, "irq %u %s", vector, eventfd < 0 ? "off" : "on");
	if (fake->irq_error != 0)
		return fake->irq_error;
	if (eventfd >= 0 && fake->strike != NULL)
		ret = fake->strike();
	if (ret != 0)
		return ret;
	if (vector >= fake->nb_vectors)
		return -ENOTSUP;
	fake->aeq_fd = eventfd;
	return 0;
}

static const struct hisi_qm_transport_ops fake_ops = {
	.open = fake_open,
	.close = fake_close,
	.read = fake_read,
	.write = fake_write,
	.mb_write = fake_mb_write,
	.map_doorbell = fake_map_doorbell,
	.dma_map = fake_dma,
	.dma_unmap = fake_dma,
	.reset = fake_reset,
	.irq = fake_irq,
};

static void
fake_on_loss(struct hisi_qm_dev *dev, struct hisi_qm_qp *qp)
{
	(void)qp;
	fake_of(dev)->losses++;
}

int
fake_eal_start(void **state)
{
	(void)state;
	return test_eal_start("64", "--log-level=pmd.common.hisi_qm:critical");
}

int
fake_eal_end(void **state)
{
	(void)state;
	return test_eal_end();
}

int
fake_setup(void **state)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	if (fake == NULL)
		return -1;
	fake->caps[0] = 0x00006f01;
	fake->caps[1] = 0x04000800;
	fake->caps[2] = 0x04000400;
	fake_reset_regs(fake);
	/* A.5: base 64, 8 queues */
	fake->vft = 7ull << 45 | 1ull << 44 | 64ull << 28;
	fake->stuck_command = -1;
	fake->failed_command = -1;
	fake->aeq_fd = -1;
	fake->nb_vectors = 4;
	fake->device = 0xa251;
	fake->revision = 0x30;
	snprintf(fake->dev.name, sizeof(fake->dev.name), "fake");
	fake->dev.ops = &fake_ops;
	fake->dev.numa_node = -1;
	fake->dev.owner = fake;
	fake->dev.on_loss = fake_on_loss;
	*state = fake;
	return 0;
}

int
fake_teardown(void **state)
{
	struct fake *fake = *state;

	hisi_qm_dev_close(&fake->dev);
	assert_false(fake->is_open);
	free(fake);
	return 0;
}

void
fake_assert_trace(struct fake *fake, const char *const *lines, unsigned int n)
{
	for (unsigned int i = 0; i < RTE_MIN(n, fake->nb_trace); i++)
		assert_string_equal(fake->trace[i], lines[i]);
	if (n != fake->nb_trace)
		print_error("behind line %u: %s\n", n, fake->trace[RTE_MIN(n, fake->nb_trace)]);
	assert_int_equal(fake->nb_trace, n);
	fake->nb_trace = 0;
}

void
fake_send(struct fake *fake, uint32_t message)
{
	pthread_mutex_lock(&fake_lock);
	fake->message = message;
	fake->regs[0x20 / 4] = 1;
	pthread_mutex_unlock(&fake_lock);
}

int
fake_find(const struct fake *fake, const char *line)
{
	for (unsigned int i = fake->nb_trace; i > 0; i--)
		if (strcmp(fake->trace[i - 1], line) == 0)
			return i - 1;
	return -1;
}
