/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "vfio_user_server_priv.h"

/* Somebody listens if we can connect; a full backlog (EAGAIN) means the same. */
static int
remove_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int ret = -EADDRINUSE;
	int sock;

	if (lstat(addr->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (connect(sock, (const struct sockaddr *)addr, sizeof(*addr)) && errno == ECONNREFUSED)
		ret = unlink(addr->sun_path) ? -errno : 0;
	close(sock);
	return ret;
}

/* The mode of the socket before bind() is that of the file, less the umask. */
static int
bind_owner_only(int sock, const struct sockaddr_un *addr)
{
	if (fchmod(sock, 0600) || bind(sock, (const struct sockaddr *)addr, sizeof(*addr)))
		return -errno;
	if (listen(sock, 4)) {
		int ret = -errno;

		unlink(addr->sun_path);
		return ret;
	}
	return 0;
}

/*
 * Two servers that find the same stale file must not each remove what the other just made, so
 * the folder is locked meanwhile. Without the right to read the folder we go without.
 */
static int
lock_folder(const char *path)
{
	char *copy = strdup(path);
	int fd = -1;

	if (copy)
		fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	for (int i = 0; i < 100 && fd >= 0 && flock(fd, LOCK_EX | LOCK_NB); i++)
		usleep(10000);
	return fd;
}

static int
listener_bind(struct vfio_user_listener *listener)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	int folder;
	int ret;

	memcpy(addr.sun_path, listener->path, strlen(listener->path));
	folder = lock_folder(listener->path);
	ret = remove_stale(&addr);
	if (!ret)
		ret = bind_owner_only(listener->sock, &addr);
	if (!ret && !lstat(listener->path, &st)) {
		listener->dev = st.st_dev;
		listener->ino = st.st_ino;
	}
	if (folder >= 0)
		close(folder);
	return ret;
}

int
vfio_user_listener_open(struct vfio_user_listener *listener, const char *path)
{
	int ret;

	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return -ENAMETOOLONG;
	listener->path = strdup(path);
	if (!listener->path)
		return -ENOMEM;
	listener->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->sock < 0) {
		ret = -errno;
		goto free_path;
	}
	ret = listener_bind(listener);
	if (ret)
		goto close_sock;
	return 0;

close_sock:
	close(listener->sock);
free_path:
	free(listener->path);
	return ret;
}

void
vfio_user_listener_close(struct vfio_user_listener *listener)
{
	struct stat st;

	if (!lstat(listener->path, &st) && st.st_dev == listener->dev &&
	    st.st_ino == listener->ino)
		unlink(listener->path);
	close(listener->sock);
	free(listener->path);
}
