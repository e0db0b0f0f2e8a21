/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

/* The file of the server's socket: whose it is, who may use it, when it goes. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "test_vfio_user_util.h"

static int
try_create(const char *path, struct vfio_user_server **server)
{
	static const struct vfio_user_device_ops none;
	const struct vfio_user_device_desc desc = { .pci = { .vendor_id = 1 } };

	return vfio_user_server_create(path, &desc, &none, NULL, NULL, server);
}

static void
the_socket_file_is_ours(void **state)
{
	struct vfio_user_server *server;
	struct vfio_user_server *second;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char path[100];
	char longer[120];
	struct stat st;
	int sock;

	(void)state;
	test_path_make(path, sizeof(path), "socket");
	/* A file that is no socket is left alone. */
	sock = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(try_create(path, &server), -EEXIST);
	close(sock);
	assert_int_equal(unlink(path), 0);
	/* A socket that nobody listens on is replaced. */
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	assert_int_equal(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(sock);
	assert_int_equal(try_create(path, &server), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* A live one is not. */
	assert_int_equal(try_create(path, &second), -EADDRINUSE);
	assert_int_equal(lstat(path, &st), 0);
	vfio_user_server_destroy(server);
	assert_int_equal(lstat(path, &st), -1);
	/* Nor is the file removed once it is somebody else's. */
	assert_int_equal(try_create(path, &server), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(try_create(path, &second), 0);
	vfio_user_server_destroy(server);
	assert_int_equal(lstat(path, &st), 0);
	vfio_user_server_destroy(second);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = 0;
	assert_int_equal(try_create(longer, &server), -ENAMETOOLONG);
	assert_int_equal(try_create("/nonexistent/socket", &server), -ENOENT);
	test_path_remove(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_socket_file_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
