/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_eal.h>

#include "pmd_data.h"
#include "pmd_dev.h"
#include "pmd_env.h"
#include "pmd_job.h"
#include "pmd_log.h"

/* Not an API in name, but what cmocka's macro calls, and stable. */
static int
run_cases(const struct pmd_group *group)
{
	if (pmd_env.filter != NULL)
		cmocka_set_test_filter(pmd_env.filter);
	return _cmocka_run_group_tests(group->name, group->tests, group->nb_tests, NULL, NULL);
}

static int
run_group(const struct pmd_group *group)
{
	int failed;

	if (pmd_env_start_eal(group) != 0) {
		fprintf(stderr, "EAL does not start\n");
		return 1;
	}
	if (pmd_log_open() != 0 || pmd_dev_probe(group) != 0)
		return 1;
	pmd_job_open();
	pmd_buf_open();
	failed = run_cases(group);
	fflush(stdout);
	failed += pmd_dev_finish(group);
	/* Buffers that a failed case still holds say nothing new. */
	if (failed == 0) {
		pmd_job_close();
		pmd_buf_close();
	}
	pmd_blobs_free();
	/* It cancels threads, which this sanitizer takes for a fault where it looks away. */
	if (!PMD_UNDER_TSAN)
		rte_eal_cleanup();
	return failed != 0;
}

static const char *
reason_to_skip(const struct pmd_group *group)
{
	if (group->only_process && pmd_env.transport != PMD_PROCESS)
		return "needs a model process";
	if (group->only_embedded && pmd_env.transport != PMD_EMBEDDED)
		return "needs the embedded model";
	if (group->no_tsan && PMD_UNDER_TSAN)
		return "the thread sanitizer makes system calls of its own";
	return NULL;
}

static volatile pid_t child;

static void
pass_on(int signal)
{
	if (child > 0)
		kill(child, signal == SIGINT ? SIGTERM : signal);
}

/* Watches over the process that runs the tests, and tidies up whatever becomes of it. */
static int
watch(const struct pmd_group *group)
{
	int status = 0;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		status = run_group(group);
		fflush(NULL);
		exit(status);
	}
	while (waitpid(child, &status, 0) != child)
		;
	if (WIFSIGNALED(status))
		fprintf(stderr, "[  FAILED  ] %s: %s\n", group->name, strsignal(WTERMSIG(status)));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int
main(int argc, char **argv)
{
	const struct pmd_group *group;
	const char *reason;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	group = pmd_env_parse(argc, argv);
	if (group == NULL)
		return 2;
	reason = reason_to_skip(group);
	if (reason != NULL) {
		printf("skipped: %s\n", reason);
		return PMD_SKIP;
	}
	signal(SIGTERM, pass_on);
	signal(SIGINT, pass_on);
	ret = pmd_env_prepare();
	if (ret == 0)
		ret = watch(group);
	pmd_env_cleanup();
	return ret;
}
