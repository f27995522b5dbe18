/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Character devices of the host: the far end of a serial port or a console.
 *
 * A chardev belongs to the process, not to a machine: it stays open while the
 * guest is reset, and the new machine's device attaches itself again.  All
 * calls are made with the device lock of loop.h held (or before the loop
 * runs), and the client's callbacks come from the loop, with it held too.
 *
 * Output never blocks: chardev_write() takes what fits into its buffer and the
 * client holds the rest until writable().  A pty that nobody has opened keeps
 * the newest output for whoever comes and never makes a guest wait.
 * Input is pulled only as fast as the client has room for it.
 */
#ifndef EMBER_CHARDEV_H
#define EMBER_CHARDEV_H

#include <stddef.h>
#include <stdint.h>

#include "../loop.h"

#define CHARDEV_BUFFER 65536 /* bytes of output that wait for the host */
#define CHARDEV_ESCAPE 0x1d /* Ctrl-], on stdio when it is a terminal */

struct chardev;
struct err;

struct chardev_client {
	/* How many bytes input() would take now; 0 stops the input. */
	size_t (*room)(void *opaque);
	/* @len is at least 1 and at most what room() said. */
	void (*input)(void *opaque, const uint8_t *buf, size_t len);
	/* There is room again after chardev_write() took less than it was given. */
	void (*writable)(void *opaque); /* may be NULL */
};

/*
 * Open what @spec says:
 *   "stdio"  standard input and output; a terminal is put into raw mode and
 *            the escape key calls @escape(@opaque)
 *   "pty"    a new pseudo-terminal, whose name goes to stderr as
 *            "ember: @what is on /dev/pts/N"
 *   "none"   swallows output, gives no input
 *   else     a file: regular ones are created or truncated and take output
 *            only; fifos and character devices give input too
 * NULL with @e (EXIT_USAGE) on failure.
 */
struct chardev *chardev_open(struct loop *loop, const char *what, const char *spec,
			     void (*escape)(void *opaque), void *opaque, struct err *e);

/* Flush what can be flushed within a second, restore the terminal, close. NULL is fine. */
void chardev_close(struct chardev *cd);

/*
 * Become the one client of @cd (@client must outlive that), or leave with
 * @client NULL.  Input that arrives without a client waits in the host.
 */
void chardev_attach(struct chardev *cd, const struct chardev_client *client, void *opaque);

/* Queue @len bytes; returns how many were taken, 0..@len. */
size_t chardev_write(struct chardev *cd, const void *buf, size_t len);

/* The client has room again after room() returned 0. */
void chardev_input_ready(struct chardev *cd);

#endif
