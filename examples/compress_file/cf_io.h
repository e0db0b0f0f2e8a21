/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The hisi_zip PMD authors
 */

#ifndef CF_IO_H
#define CF_IO_H

/**
 * @file
 * Input and output files. Main lcore only; signals that end the program interrupt every wait
 * here, which then returns -EINTR.
 *
 * The output is written under a temporary name beside its own, which it gets when all is well.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define CF_INPUT_ROOM (256u << 10)

struct cf_input {
	int fd;
	const char *name;   /**< for messages */
	uint64_t size;      /**< bytes of a regular file, else 0 */
	uint64_t done;      /**< bytes that were given out */
	mode_t mode;        /**< permissions of a regular file, else 0666 less the umask */
	uint8_t *buffer;
	uint32_t at;        /**< first byte of the buffer that was not given out */
	uint32_t end;
};

struct cf_output {
	int fd;
	const char *path;
	bool force;
	char *temporary;    /**< name until cf_output_keep(), NULL: written in place */
	uint64_t done;      /**< bytes written */
};

/**
 * Waits until a file that does not block is ready, or a signal comes.
 *
 * @param events POLLIN or POLLOUT
 */
void cf_io_wait(int fd, short events);

/** Drops the first @p len bytes of a list, and the empty entries that then begin it. */
void cf_iov_skip(struct iovec **iov, int *nb, size_t len);

/** Blocks the signals that end the program: threads to come inherit that. */
void cf_signals_block(void);

/** Lets them through, in the calling thread only. A second one ends the program at once. */
void cf_signals_unblock(void);

/** @return whether one came */
bool cf_stopped(void);

/** Opens @p path or standard input ("-"). @return 0, or -errno after a message */
int cf_input_open(struct cf_input *input, const char *path);

/** Closes it. A zeroed input is closed. */
void cf_input_close(struct cf_input *input);

/**
 * Reads until @p iov is full or the input ends.
 *
 * @param iov is changed
 * @return bytes, or -errno after a message
 */
ssize_t cf_input_readv(struct cf_input *input, struct iovec *iov, int nb);

/**
 * Makes what the buffer holds visible, after reading more if that is less than wanted.
 *
 * @param least bytes wanted, 1 to CF_INPUT_ROOM; there are fewer at the end of the input only
 * @param data receives its address; cf_input_skip() gives out what was used
 * @return bytes, 0 at the end of the input, or -errno after a message
 */
ssize_t cf_input_peek(struct cf_input *input, uint32_t least, const uint8_t **data);

/** Gives @p len bytes out, of those that were made visible. */
void cf_input_skip(struct cf_input *input, uint32_t len);

/**
 * Opens the output.
 *
 * @param fd_stdout the standard output, as descriptor 1 is where libraries may write
 * @param mode permissions of a new file
 * @return 0, or -errno after a message
 */
int cf_output_open(struct cf_output *output, const char *path, bool force, int fd_stdout,
		   mode_t mode);

/** Writes all of @p iov, which is changed. @return 0, or -errno after a message */
int cf_output_writev(struct cf_output *output, struct iovec *iov, int nb);

/** Closes the output and gives it its name. @return 0, or -errno after a message */
int cf_output_keep(struct cf_output *output);

/** Closes and removes it, if it was not kept. A zeroed output is closed. */
void cf_output_drop(struct cf_output *output);

#endif /* CF_IO_H */
