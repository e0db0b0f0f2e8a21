/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_lcore.h>

#include "cf_run.h"

#define EXIT_USAGE 2

/* Index of the "--" that ends EAL's arguments, or argc. */
static int
find_own(int argc, char **argv)
{
	int i = 1;

	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	return i;
}

/*
 * Fills the places of standard streams that are closed, which files of ours would get otherwise.
 * What is opened the wrong way round refuses data with EBADF, as a closed descriptor does.
 */
static int
fill_standard(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return -errno;
	}
	return 0;
}

/* Whether data can be written there. */
static bool
is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/*
 * Keeps the standard output for data: what libraries print there goes to standard error.
 * @return the descriptor for data, or -1
 */
static int
keep_stdout(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (fd >= 0)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	return fd;
}

static int
start_eal(int argc, char **argv)
{
	/* Its threads leave the signals to this one. */
	cf_signals_block();
	if (rte_eal_init(argc, argv) < 0) {
		cf_log("EAL does not start with these arguments, for the reason above; a device "
		       "that it cannot parse has a driver that is not installed, nor named by -d");
		return -ENODEV;
	}
	cf_signals_unblock();
	return 0;
}

static int
open_and_do(struct cf_run *run, int fd_stdout)
{
	const struct cf_options *options = &run->options;
	unsigned int workers = rte_lcore_count() - 1;
	int ret = cf_device_open(&run->device, options, (uint16_t)RTE_MAX(workers, 1u));

	if (ret == 0 && !options->decompress && strcmp(options->output, "-") == 0 &&
	    isatty(fd_stdout) == 1) {
		cf_log("compressed data is not for a terminal");
		ret = -EINVAL;
	}
	if (ret == 0)
		ret = cf_output_open(&run->output, options->output, options->force, fd_stdout,
				     run->input.mode);
	if (ret != 0)
		return ret;
	cf_progress_start(&run->progress, run->input.size, options->quiet);
	ret = options->decompress ? cf_decompress(run) : cf_compress(run);
	if (ret == 0 && cf_stopped())
		ret = -EINTR;
	if (ret == 0)
		ret = cf_output_keep(&run->output);
	if (ret == 0)
		cf_progress_end(&run->progress, run->in_done, run->output.done, run->plain);
	return ret;
}

static int
run_file(struct cf_run *run, int argc, char **argv)
{
	int fd_stdout, ret = cf_input_open(&run->input, run->options.input);

	if (ret != 0)
		return ret;
	fd_stdout = keep_stdout();
	if (fd_stdout < 0 || (strcmp(run->options.output, "-") == 0 && !is_writable(fd_stdout))) {
		cf_log("standard output: %s", strerror(fd_stdout < 0 ? errno : EBADF));
		return -EBADF;
	}
	ret = start_eal(argc, argv);
	if (ret != 0)
		return ret;
	run->pipe.device = &run->device;
	run->pipe.options = &run->options;
	ret = open_and_do(run, fd_stdout);
	if (ret == -EINTR)
		cf_log("stopped by a signal");
	cf_output_drop(&run->output);
	cf_pipe_stop(&run->pipe);
	if (run->stream != NULL)
		rte_compressdev_stream_free(run->device.id, run->stream);
	cf_device_close(&run->device);
	cf_pipe_close(&run->pipe);
	rte_eal_cleanup();
	return ret;
}

int
main(int argc, char **argv)
{
	static struct cf_run run;
	int own = find_own(argc, argv);
	int ret;

	if (fill_standard() != 0)
		return EXIT_FAILURE;
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		cf_options_help();
		return EXIT_SUCCESS;
	}
	/* getopt's messages begin with what stands before the options. */
	if (own < argc)
		argv[own] = argv[0];
	if (cf_options_parse(&run.options, own < argc ? argc - own : 1, argv + RTE_MIN(own,
			     argc - 1)) != 0)
		return EXIT_USAGE;
	if (run.options.help) {
		cf_options_help();
		return EXIT_SUCCESS;
	}
	ret = run_file(&run, own, argv);
	cf_input_close(&run.input);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
