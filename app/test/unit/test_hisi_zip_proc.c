/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* Who lives: what becomes of a process's queue pairs depends on it. By proc(5), stat. */

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hisi_zip_proc.h"

#define WAIT_STEPS 30000 /* of a millisecond */

/* Field 22 of what the kernel says, the name having neither blanks nor brackets. */
static struct hisi_zip_proc
process(pid_t pid)
{
	struct hisi_zip_proc proc = {.pid = (uint32_t)pid};
	unsigned long long start;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
				"%*u %*u %*d %*d %*d %*d %*d %*d %llu", &start), 1);
	fclose(file);
	proc.start = start;
	return proc;
}

/* A child that runs a function, which has to end it by itself or to wait to be killed. */
static pid_t
start_child(void (*run)(void))
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			run();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void
sleep_on(void)
{
	for (;;)
		pause();
}

static void
end_child(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
ourselves(void **state)
{
	struct hisi_zip_proc self = hisi_zip_proc_self();
	struct hisi_zip_proc said = process(getpid());
	struct hisi_zip_proc nobody = {0};

	(void)state;
	assert_int_equal(self.pid, getpid());
	assert_int_equal(self.start, said.start);
	assert_true(hisi_zip_proc_equal(&self, &said));
	assert_true(hisi_zip_proc_alive(&self));
	assert_false(hisi_zip_proc_alive(&nobody));
	/* The pid was another one's before. */
	self.start--;
	assert_false(hisi_zip_proc_equal(&self, &said));
	assert_false(hisi_zip_proc_alive(&self));
	self.start += 2;
	assert_false(hisi_zip_proc_alive(&self));
}

/* Asleep and stopped it lives; a zombie does not, nor one that is no more. */
static void
child(void **state)
{
	pid_t pid = start_child(sleep_on);
	struct hisi_zip_proc proc = process(pid);
	siginfo_t info;
	int status;

	(void)state;
	assert_true(hisi_zip_proc_alive(&proc));
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(hisi_zip_proc_alive(&proc));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_false(hisi_zip_proc_alive(&proc));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(hisi_zip_proc_alive(&proc));
}

static void
take_a_bad_name(void)
{
	prctl(PR_SET_NAME, "a) Z 1 (b");
	sleep_on();
}

/* A name that looks like the rest of the line. */
static void
bad_name(void **state)
{
	pid_t pid = start_child(take_a_bad_name);
	struct hisi_zip_proc proc = {.pid = (uint32_t)pid};
	char path[64], text[512];
	const char *rest = NULL;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; i < WAIT_STEPS && rest == NULL; i++) {
		usleep(1000);
		file = fopen(path, "r");
		assert_non_null(file);
		assert_non_null(fgets(text, sizeof(text), file));
		fclose(file);
		rest = strstr(text, "(a) Z 1 (b) ");
	}
	assert_non_null(rest);
	rest += strlen("(a) Z 1 (b) ");
	/* From field 3 on. */
	for (int field = 3; field < 22; field++)
		rest = strchr(rest, ' ') + 1;
	proc.start = strtoull(rest, NULL, 10);
	assert_true(hisi_zip_proc_alive(&proc));
	proc.start--;
	assert_false(hisi_zip_proc_alive(&proc));
	end_child(pid);
}

static void *
sleep_thread(void *arg)
{
	sleep_on();
	return arg;
}

static void
leave_a_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_thread, NULL) == 0)
		pthread_exit(NULL);
}

static bool
is_zombie(pid_t pid)
{
	char path[64], letter = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &letter) != 1)
		letter = '?';
	fclose(file);
	return letter == 'Z';
}

/* The first thread has ended, which is what the state is of; another one goes on. */
static void
without_its_first_thread(void **state)
{
	pid_t pid = start_child(leave_a_thread);
	struct hisi_zip_proc proc = process(pid);

	(void)state;
	for (int i = 0; i < WAIT_STEPS && !is_zombie(pid); i++)
		usleep(1000);
	assert_true(is_zombie(pid));
	assert_true(hisi_zip_proc_alive(&proc));
	end_child(pid);
	assert_false(hisi_zip_proc_alive(&proc));
}

/* Who cannot look takes nobody for dead. */
static void
without_descriptors(void **state)
{
	pid_t pid = start_child(sleep_on);
	struct hisi_zip_proc proc = process(pid);
	struct rlimit limit, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_true(hisi_zip_proc_alive(&proc));
	assert_int_equal(hisi_zip_proc_self().pid, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	end_child(pid);
	assert_false(hisi_zip_proc_alive(&proc));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ourselves),
		cmocka_unit_test(child),
		cmocka_unit_test(bad_name),
		cmocka_unit_test(without_its_first_thread),
		cmocka_unit_test(without_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
