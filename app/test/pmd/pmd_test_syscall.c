/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pmd_case.h"

#define BURST 32
#define WARM_UP 10000
#define COUNTED 1000000

/* System calls of the bursting thread, which the kernel hands us instead of running them. */
static volatile sig_atomic_t nb_calls;
static volatile sig_atomic_t last_call;

static void
on_sigsys(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	nb_calls++;
	last_call = info->si_syscall;
}

/* From here on every system call of this thread but its end raises SIGSYS. */
static int
trap_system_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};
	const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 ? -errno : 0;
}

struct burster {
	struct pmd_batch *batch;
	uint64_t accepted;
	uint64_t done;
	uint64_t bad;
	int filter;        /**< result of trap_system_calls() */
	int control;       /**< calls seen when there was one */
	int between_marks; /**< calls seen when there must be none */
	int number;        /**< of the last one */
};

/* Enqueues free ops and dequeues done ones, round and round, until so many are done. */
static void
burst_until(struct burster *b, uint64_t target)
{
	struct rte_comp_op *free_ops[PMD_CASE_DEPTH];
	unsigned int nb_free = 0;

	for (unsigned int i = 0; i < b->batch->nb; i++)
		free_ops[nb_free++] = b->batch->jobs[i].op;
	while (b->done < target || b->accepted > b->done) {
		struct rte_comp_op **ops = free_ops + nb_free;
		uint16_t n = 0;

		if (b->done < target) {
			uint16_t want = nb_free < BURST ? (uint16_t)nb_free : BURST;

			n = rte_compressdev_enqueue_burst(pmd_dev.id, 0, ops - want, want);
			/* Accepted ones are at the front of what was offered. */
			for (uint16_t i = n; i < want; i++)
				ops[i - n - want] = ops[i - want];
			nb_free -= n;
			b->accepted += n;
		}
		n = rte_compressdev_dequeue_burst(pmd_dev.id, 0, free_ops + nb_free, BURST);
		for (uint16_t i = 0; i < n; i++)
			b->bad += free_ops[nb_free + i]->status != RTE_COMP_OP_STATUS_SUCCESS;
		nb_free += n;
		b->done += n;
	}
}

static void *
run_burster(void *arg)
{
	struct burster *b = arg;

	burst_until(b, WARM_UP);
	b->filter = trap_system_calls();
	if (b->filter == 0) {
		/* Proof that a call would be seen. */
		syscall(SYS_getppid);
		b->control = nb_calls;
		nb_calls = 0;
		burst_until(b, WARM_UP + COUNTED);
		b->between_marks = nb_calls;
		b->number = last_call;
	}
	/* What ends a thread in the C library makes calls that are not let through. */
	syscall(SYS_exit, 0);
	return NULL;
}

/* The null engine reads no data: the ops need not be valid streams. */
static void
no_system_call(void **state)
{
	const struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
	struct pmd_case *c = *state;
	struct burster b = {.batch = &c->batch};
	uint8_t plain[64] = {0};
	pthread_t thread;

	const struct pmd_shapes chains = {.src = {.seg_min = 16}, .dst = {.seg_min = 100}};
	for (unsigned int i = 0; i < 300; i++) {
		const struct pmd_shapes *shapes = i % 3 == 0 ? &chains : &pmd_shapes_plain;

		if (i % 2 == 0)
			pmd_batch_compress(&c->batch, c->compress, shapes, plain, 64);
		else
			pmd_batch_decompress(&c->batch, c->decompress, shapes, plain, 64, plain,
					     64, 64);
	}
	assert_int_equal(sigaction(SIGSYS, &action, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, run_burster, &b), 0);
	pthread_join(thread, NULL);
	pmd_dev.accepted += b.accepted;
	pmd_dev.done += b.done;
	if (b.filter != 0)
		print_error("no seccomp filter here: %d\n", b.filter);
	assert_int_equal(b.filter, 0);
	assert_int_equal(b.control, 1);
	if (b.between_marks != 0)
		print_error("%d system calls, the last is number %d\n", b.between_marks, b.number);
	assert_int_equal(b.between_marks, 0);
	assert_int_equal(b.bad, 0);
	assert_true(b.done >= WARM_UP + COUNTED);
	print_message("  %llu ops between the marks, no system call\n",
		      (unsigned long long)(b.done - WARM_UP));
}

static const struct CMUnitTest tests[] = {PMD_CASE(no_system_call)};

const struct pmd_group pmd_group_syscall = {
	.name = "syscall",
	.tests = tests,
	.nb_tests = sizeof(tests) / sizeof(tests[0]),
	.no_tsan = true,
	.devargs = "engine=null",
	.model_args = "--engine null",
};
