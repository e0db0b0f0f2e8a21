/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "info_ask.h"
#include "info_idle.h"
#include "info_opts.h"
#include "info_show.h"

static int
show(const char *path, const struct info_opts *opts)
{
	struct info_ask ask;
	int ret = info_ask_open(&ask, path);

	if (ret != 0) {
		fprintf(stderr, "hisi-zip-info: no application answers at %s: %s\n", path,
			strerror(-ret));
		fprintf(stderr, "name one by --file-prefix, or an idle function by --path or "
				"--address; see --help\n");
		return 2;
	}
	ret = info_show(&ask, opts);
	info_ask_close(&ask);
	if (fflush(stdout) != 0) {
		perror("hisi-zip-info");
		ret = 2;
	}
	return ret;
}

int
main(int argc, char **argv)
{
	const struct info_opts opts = info_opts_parse(argc, argv);
	const bool idle = opts.path != NULL || opts.address != NULL;
	char *path;
	int ret;

	if (opts.done >= 0)
		return opts.done;
	path = idle ? info_idle_open(&opts) : info_ask_path(opts.file_prefix, opts.instance);
	if (path == NULL)
		return 2;
	ret = show(path, &opts);
	free(path);
	if (idle)
		info_idle_close();
	return ret;
}
