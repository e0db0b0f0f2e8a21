/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/*
 * hisi-zip-model: serves modelled functions over vfio-user sockets. This thread serves all
 * sockets; the workers do the engines' work.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "model_device.h"
#include "model_opts.h"
#include "model_stats.h"

#define EXIT_USAGE 2
#define MAX_EVENTS 16

struct program {
	struct model_opts opts;
	struct zip_worker_pool *pool;
	struct model_device *devices[MODEL_MAX_SOCKETS];
	unsigned nb_devices; /**< places in it; NULL until a device is made */
	struct zip_model_card *card; /**< NULL: each function is a device of its own */
	struct model_stats stats;
	int signals;
	int epoll;
	bool end;
};

/* Before any thread starts, so that all inherit the mask and signals come to the loop only. */
static int
open_signals(void)
{
	sigset_t set;

	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -errno;
	int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* NULL as @p device stands for the signals. */
static int
watch(const struct program *program, int fd, struct model_device *device)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = device};

	return epoll_ctl(program->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static int
add_device(struct program *program, unsigned place, unsigned number)
{
	const struct model_opts_socket *socket = &program->opts.sockets[place];
	struct model_device *device;
	char err[256] = "";
	int ret = model_device_create(&program->opts, socket, program->card, number, program->pool,
				      &device, err, sizeof(err));

	if (ret == 0) {
		program->devices[place] = device;
		ret = watch(program, model_device_fd(device), device);
		snprintf(err, sizeof(err), "cannot watch it: %s", strerror(-ret));
	}
	if (ret != 0)
		fprintf(stderr, "hisi-zip-model: %s: %s\n", socket->path, err);
	return ret;
}

/* The physical function first: the virtual ones, numbered from 1, are functions of its card. */
static int
add_devices(struct program *program)
{
	const struct model_opts *opts = &program->opts;
	const struct model_opts_socket *pf = model_opts_pf(opts);
	unsigned number = 1;
	int ret = 0;

	if (pf != NULL) {
		ret = zip_model_card_create(true, &program->card);
		if (ret == 0)
			ret = add_device(program, (unsigned)(pf - opts->sockets), 0);
	}
	for (unsigned i = 0; ret == 0 && i < opts->nb_sockets; i++) {
		if (!opts->sockets[i].pf)
			ret = add_device(program, i, number++);
	}
	return ret;
}

/*
 * The default limit of descriptors is for programs of few. A socket takes 5, its client up to 21
 * more; what the administrator allows is the limit.
 */
static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int
start_loop(struct program *program)
{
	raise_limit();
	program->signals = open_signals();
	if (program->signals < 0)
		return program->signals;
	program->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (program->epoll < 0)
		return -errno;
	return watch(program, program->signals, NULL);
}

static int
start(struct program *program)
{
	const struct zip_worker_config config = {.workers = program->opts.workers};
	int ret = start_loop(program);

	if (ret == 0)
		ret = zip_worker_pool_create(&config, &program->pool);
	if (ret != 0)
		fprintf(stderr, "hisi-zip-model: cannot start: %s\n", strerror(-ret));
	program->nb_devices = program->opts.nb_sockets;
	return ret == 0 ? add_devices(program) : ret;
}

static void
finish(struct program *program)
{
	while (program->nb_devices > 0)
		model_device_destroy(program->devices[--program->nb_devices]);
	zip_model_card_destroy(program->card);
	zip_worker_pool_destroy(program->pool);
	if (program->epoll >= 0)
		close(program->epoll);
	if (program->signals >= 0)
		close(program->signals);
}

static void
say_ready(const struct program *program)
{
	printf("ready:");
	for (unsigned i = 0; i < program->nb_devices; i++)
		printf(" %s", model_device_path(program->devices[i]));
	printf("\n");
	fflush(stdout);
}

static void
print_stats(struct program *program)
{
	if (program->opts.stats)
		model_stats_print(&program->stats, program->opts.stats_file, program->devices,
				  program->nb_devices);
}

static void
take_signals(struct program *program)
{
	struct signalfd_siginfo info;

	while (read(program->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			print_stats(program);
		else
			program->end = true;
	}
}

static int
serve(struct program *program)
{
	struct epoll_event events[MAX_EVENTS];

	while (!program->end) {
		int nb = epoll_wait(program->epoll, events, MAX_EVENTS, -1);

		if (nb < 0 && errno != EINTR) {
			fprintf(stderr, "hisi-zip-model: cannot wait: %s\n", strerror(errno));
			return -errno;
		}
		for (int i = 0; i < nb; i++) {
			if (events[i].data.ptr == NULL)
				take_signals(program);
			else
				model_device_process(events[i].data.ptr);
		}
	}
	return 0;
}

static int
run(struct program *program)
{
	const char *file = program->opts.stats_file;
	int ret = file == NULL ? 0 : model_stats_check(file);

	if (ret == 0)
		ret = start(program);
	if (ret == 0) {
		say_ready(program);
		ret = serve(program);
		print_stats(program);
	}
	finish(program);
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	static struct program program = {.signals = -1, .epoll = -1};
	char err[512] = "";

	if (model_opts_parse(&program.opts, argc, argv, err, sizeof(err)) != 0) {
		fprintf(stderr, "hisi-zip-model: %s\n--help lists the options\n", err);
		return EXIT_USAGE;
	}
	if (program.opts.help) {
		model_opts_usage(stdout);
		return EXIT_SUCCESS;
	}
	if (program.opts.version) {
		printf("hisi-zip-model %s\n", MODEL_VERSION);
		return EXIT_SUCCESS;
	}
	return run(&program);
}
