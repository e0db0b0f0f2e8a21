/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "cf_io.h"
#include "cf_log.h"

int
cf_input_open(struct cf_input *input, const char *path)
{
	const bool standard = strcmp(path, "-") == 0;
	struct stat st;
	mode_t mask = umask(0);
	int ret;

	umask(mask);
	*input = (struct cf_input){
		.name = standard ? "standard input" : path,
		.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC),
		.mode = 0666 & ~mask,
	};
	if (input->fd < 0 || fstat(input->fd, &st) != 0) {
		ret = -errno;
	} else if (S_ISDIR(st.st_mode)) {
		ret = -EISDIR;
	} else {
		if (S_ISREG(st.st_mode)) {
			input->size = (uint64_t)st.st_size;
			input->mode = st.st_mode & 0777;
		}
		input->buffer = malloc(CF_INPUT_ROOM);
		ret = input->buffer != NULL ? 0 : -ENOMEM;
	}
	if (ret != 0) {
		cf_log("%s: %s", input->name, strerror(-ret));
		cf_input_close(input);
	}
	return ret;
}

void
cf_input_close(struct cf_input *input)
{
	free(input->buffer);
	input->buffer = NULL;
	if (input->fd > STDIN_FILENO)
		close(input->fd);
	input->fd = -1;
}

/* Of what is there; -EAGAIN: nothing yet, look again. */
static ssize_t
read_some(struct cf_input *input, struct iovec *iov, int nb)
{
	ssize_t got;

	if (cf_stopped())
		return -EINTR;
	got = readv(input->fd, iov, nb);
	if (got >= 0)
		return got;
	if (errno == EINTR && !cf_stopped())
		return -EAGAIN;
	got = -errno;
	if (got == -EAGAIN) {
		cf_io_wait(input->fd, POLLIN);
		return got;
	}
	if (got != -EINTR)
		cf_log("%s: %s", input->name, strerror((int)-got));
	return got;
}

void
cf_iov_skip(struct iovec **iov, int *nb, size_t len)
{
	while (*nb > 0 && len >= (*iov)->iov_len) {
		len -= (*iov)->iov_len;
		(*iov)++;
		(*nb)--;
	}
	if (*nb > 0) {
		(*iov)->iov_base = (uint8_t *)(*iov)->iov_base + len;
		(*iov)->iov_len -= len;
	}
}

ssize_t
cf_input_readv(struct cf_input *input, struct iovec *iov, int nb)
{
	ssize_t sum = 0, got;

	cf_iov_skip(&iov, &nb, 0);
	while (nb > 0) {
		if (input->at < input->end) {
			got = RTE_MIN((ssize_t)(input->end - input->at), (ssize_t)iov->iov_len);
			memcpy(iov->iov_base, input->buffer + input->at, (size_t)got);
			input->at += (uint32_t)got;
		} else {
			got = read_some(input, iov, nb);
			if (got == -EAGAIN)
				continue;
			if (got < 0)
				return got;
			if (got == 0)
				break;
		}
		sum += got;
		input->done += (uint64_t)got;
		cf_iov_skip(&iov, &nb, (size_t)got);
	}
	return sum;
}

ssize_t
cf_input_peek(struct cf_input *input, uint32_t least, const uint8_t **data)
{
	ssize_t got = 1;

	if (input->end - input->at < least) {
		memmove(input->buffer, input->buffer + input->at, input->end - input->at);
		input->end -= input->at;
		input->at = 0;
	}
	while (input->end - input->at < least && got != 0) {
		struct iovec iov = {input->buffer + input->end, CF_INPUT_ROOM - input->end};

		got = read_some(input, &iov, 1);
		if (got < 0 && got != -EAGAIN)
			return got;
		input->end += got > 0 ? (uint32_t)got : 0;
	}
	*data = input->buffer + input->at;
	return (ssize_t)(input->end - input->at);
}

void
cf_input_skip(struct cf_input *input, uint32_t len)
{
	input->at += len;
	input->done += len;
}
