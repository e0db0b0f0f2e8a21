/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Watching another process, also while there is no memory for an alarm. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <rte_alarm.h>

#include "hisi_zip_watch.h"

static struct {
	rte_eal_alarm_callback look; /**< of the alarm that is set, or NULL */
	void *arg;
	unsigned int failures; /**< alarms that find no memory from here on */
	void (*then)(void);    /**< with the last of those */
	unsigned int gone;
	struct hisi_zip_watch watch;
} test;

int __wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg);
int __wrap_rte_eal_alarm_cancel(rte_eal_alarm_callback callback, void *arg);

int
__wrap_rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback callback, void *arg)
{
	assert_int_equal(us, 100000);
	assert_null(test.look);
	if (test.failures != 0) {
		if (--test.failures == 0 && test.then != NULL)
			test.then();
		return -ENOMEM;
	}
	test.look = callback;
	test.arg = arg;
	return 0;
}

int
__wrap_rte_eal_alarm_cancel(rte_eal_alarm_callback callback, void *arg)
{
	if (test.look != NULL) {
		assert_ptr_equal(callback, test.look);
		assert_ptr_equal(arg, test.arg);
	}
	test.look = NULL;
	return 0;
}

static void
note_gone(void *arg)
{
	assert_ptr_equal(arg, &test);
	test.gone++;
}

/* The alarm comes. */
static void
look(void)
{
	rte_eal_alarm_callback callback = test.look;

	assert_non_null(callback);
	test.look = NULL;
	callback(test.arg);
}

static void
kill_it(void)
{
	assert_int_equal(kill((pid_t)test.watch.proc.pid, SIGKILL), 0);
	assert_true(waitpid((pid_t)test.watch.proc.pid, NULL, 0) > 0);
	test.watch.proc.pid = 0;
}

static void
end_watch(void)
{
	hisi_zip_watch_end(&test.watch);
}

/* A process that does nothing, and who it is. */
static struct hisi_zip_proc
start_process(void)
{
	struct hisi_zip_proc proc;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		proc = hisi_zip_proc_self();
		if (write(fds[1], &proc, sizeof(proc)) == sizeof(proc))
			for (;;)
				pause();
		_exit(1);
	}
	assert_int_equal(read(fds[0], &proc, sizeof(proc)), sizeof(proc));
	assert_int_equal(proc.pid, pid);
	close(fds[0]);
	close(fds[1]);
	return proc;
}

static int
setup(void **state)
{
	(void)state;
	test.look = NULL;
	test.failures = 0;
	test.then = NULL;
	test.gone = 0;
	test.watch = (struct hisi_zip_watch){
		.proc = start_process(), .gone = note_gone, .arg = &test,
	};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (test.watch.proc.pid != 0)
		kill_it();
	return 0;
}

static void
test_death(void **state)
{
	const struct hisi_zip_proc proc = test.watch.proc;

	(void)state;
	assert_int_equal(hisi_zip_watch_begin(&test.watch), 0);
	for (unsigned int i = 0; i < 3; i++)
		look();
	assert_int_equal(test.gone, 0);
	kill_it();
	test.watch.proc = proc;
	look();
	test.watch.proc.pid = 0;
	assert_int_equal(test.gone, 1);
	assert_null(test.look);
	end_watch();
}

static void
test_no_beginning(void **state)
{
	(void)state;
	test.failures = 1;
	assert_int_equal(hisi_zip_watch_begin(&test.watch), -ENOMEM);
	assert_null(test.look);
}

/* It dies while there is no memory for the next alarm. */
static void
test_death_without_memory(void **state)
{
	(void)state;
	assert_int_equal(hisi_zip_watch_begin(&test.watch), 0);
	test.failures = 3;
	test.then = kill_it;
	look();
	assert_int_equal(test.failures, 0);
	assert_int_equal(test.gone, 1);
	assert_null(test.look);
	end_watch();
}

static void
test_memory_again(void **state)
{
	(void)state;
	assert_int_equal(hisi_zip_watch_begin(&test.watch), 0);
	test.failures = 2;
	look();
	assert_non_null(test.look);
	look();
	assert_int_equal(test.gone, 0);
	end_watch();
	assert_null(test.look);
}

/* Whoever ends the watch need not wait for memory. */
static void
test_end_without_memory(void **state)
{
	(void)state;
	assert_int_equal(hisi_zip_watch_begin(&test.watch), 0);
	test.failures = 3;
	test.then = end_watch;
	look();
	assert_int_equal(test.failures, 0);
	assert_int_equal(test.gone, 0);
	assert_null(test.look);
	/* And begins once more, as if nothing had been. */
	assert_int_equal(hisi_zip_watch_begin(&test.watch), 0);
	look();
	assert_non_null(test.look);
	end_watch();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_death),        TEST(test_no_beginning),
		TEST(test_memory_again), TEST(test_death_without_memory),
		TEST(test_end_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
