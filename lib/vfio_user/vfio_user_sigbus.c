/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vfio_user_sigbus.h"

#define CHUNK_SLOTS 256

/*
 * `seq` is odd while the fields change. The fields are written with release and read with
 * acquire order, which keeps them between the two looks at `seq` on both sides.
 */
struct vfio_user_sigbus_slot {
	atomic_uint seq;
	_Atomic uintptr_t start;
	_Atomic size_t len;
	_Atomic(struct vfio_user_sigbus_owner *) owner;
	struct vfio_user_sigbus_slot *next_free;
};

/* Chunks are never freed, so that the handler may walk them at any time. */
struct chunk {
	struct vfio_user_sigbus_slot slots[CHUNK_SLOTS];
	struct chunk *next;
};

static _Atomic(struct chunk *) chunks;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct vfio_user_sigbus_slot *free_slots;
static unsigned int users;
static struct sigaction previous;

static bool
slot_read(struct vfio_user_sigbus_slot *slot, uintptr_t *start, size_t *len,
	  struct vfio_user_sigbus_owner **owner)
{
	unsigned int seq = atomic_load_explicit(&slot->seq, memory_order_acquire);

	*start = atomic_load_explicit(&slot->start, memory_order_acquire);
	*len = atomic_load_explicit(&slot->len, memory_order_acquire);
	*owner = atomic_load_explicit(&slot->owner, memory_order_acquire);
	return !(seq & 1) && seq == atomic_load_explicit(&slot->seq, memory_order_relaxed);
}

static void
slot_write(struct vfio_user_sigbus_slot *slot, void *start, size_t len,
	   struct vfio_user_sigbus_owner *owner)
{
	unsigned int seq = atomic_load_explicit(&slot->seq, memory_order_relaxed);

	atomic_store_explicit(&slot->seq, seq + 1, memory_order_relaxed);
	atomic_store_explicit(&slot->start, (uintptr_t)start, memory_order_release);
	atomic_store_explicit(&slot->len, len, memory_order_release);
	atomic_store_explicit(&slot->owner, owner, memory_order_release);
	atomic_store_explicit(&slot->seq, seq + 2, memory_order_release);
}

/* A system call of our own: mmap() need not be safe in a signal handler. */
static bool
map_zero_pages(uintptr_t start, size_t len)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;

	return syscall(SYS_mmap, start, len, PROT_READ | PROT_WRITE, flags, -1, 0) == (long)start;
}

/*
 * A slot that changes under our eyes cannot be the one we look for: the range that is being
 * touched is neither added nor removed at this moment.
 */
static bool
replace_range(uintptr_t addr)
{
	struct chunk *c = atomic_load_explicit(&chunks, memory_order_acquire);

	for (; c; c = c->next) {
		for (unsigned int i = 0; i < CHUNK_SLOTS; i++) {
			struct vfio_user_sigbus_owner *owner;
			uint64_t one = 1;
			uintptr_t start;
			size_t len;

			if (!slot_read(&c->slots[i], &start, &len, &owner) || !owner ||
			    addr < start || addr - start >= len)
				continue;
			if (!map_zero_pages(start, len))
				return false;
			atomic_store(&owner->hit, true);
			return write(owner->wake_fd, &one, sizeof(one)) >= 0 || errno == EAGAIN;
		}
	}
	return false;
}

/*
 * The default action is death: with it in place, a fault comes again on return, and a signal
 * that somebody sent is sent once more (it stays blocked until then).
 */
static void
chain(int sig, siginfo_t *info, void *context)
{
	if (previous.sa_flags & SA_SIGINFO) {
		previous.sa_sigaction(sig, info, context);
	} else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
		if (previous.sa_handler == SIG_IGN && info->si_code <= 0)
			return;
		signal(sig, SIG_DFL);
		if (info->si_code <= 0)
			raise(sig);
	} else {
		previous.sa_handler(sig);
	}
}

static void
on_sigbus(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	/* Only the kernel's own faults carry an address. */
	if (info->si_code <= 0 || !replace_range((uintptr_t)info->si_addr))
		chain(sig, info, context);
	errno = saved;
}

int
vfio_user_sigbus_get(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };
	int ret = 0;

	sigemptyset(&action.sa_mask);
	pthread_mutex_lock(&lock);
	/* `previous` must be complete before the handler can run. */
	if (users == 0 &&
	    (sigaction(SIGBUS, NULL, &previous) || sigaction(SIGBUS, &action, NULL)))
		ret = -errno;
	else
		users++;
	pthread_mutex_unlock(&lock);
	return ret;
}

void
vfio_user_sigbus_put(void)
{
	struct sigaction current;

	pthread_mutex_lock(&lock);
	if (--users == 0 && !sigaction(SIGBUS, NULL, &current) &&
	    (current.sa_flags & SA_SIGINFO) && current.sa_sigaction == on_sigbus)
		sigaction(SIGBUS, &previous, NULL);
	pthread_mutex_unlock(&lock);
}

static void
add_chunk(void)
{
	struct chunk *c = calloc(1, sizeof(*c));

	if (!c)
		return;
	for (unsigned int i = 0; i < CHUNK_SLOTS; i++) {
		c->slots[i].next_free = free_slots;
		free_slots = &c->slots[i];
	}
	c->next = atomic_load_explicit(&chunks, memory_order_relaxed);
	atomic_store_explicit(&chunks, c, memory_order_release);
}

struct vfio_user_sigbus_slot *
vfio_user_sigbus_add(void *start, size_t len, struct vfio_user_sigbus_owner *owner)
{
	struct vfio_user_sigbus_slot *slot;

	pthread_mutex_lock(&lock);
	if (!free_slots)
		add_chunk();
	slot = free_slots;
	if (slot) {
		free_slots = slot->next_free;
		slot_write(slot, start, len, owner);
	}
	pthread_mutex_unlock(&lock);
	return slot;
}

void
vfio_user_sigbus_remove(struct vfio_user_sigbus_slot *slot)
{
	pthread_mutex_lock(&lock);
	slot_write(slot, NULL, 0, NULL);
	slot->next_free = free_slots;
	free_slots = slot;
	pthread_mutex_unlock(&lock);
}
