/* SPDX-License-Identifier: GPL-2.0 */
/* Between chardev.c (data moves) and chardev_kinds.c (how each kind is opened). */
#ifndef EMBER_CHARDEV_KINDS_H
#define EMBER_CHARDEV_KINDS_H

#include <stdbool.h>

struct err;

/* What opening one yields. */
struct chardev_ends {
	int in; /* -1: gives no input */
	int out; /* -1: swallows output; never the same descriptor as @in */
	int restore_fl[2]; /* file status flags of fds 0 and 1 to put back, or -1 */
	bool terminal; /* look for the escape key */
	bool pty; /* the other side may come and go */
};

/* Open @spec for @what; 0, or -1 with @e. */
int chardev_ends_open(struct chardev_ends *ends, const char *what, const char *spec, struct err *e);
void chardev_ends_close(struct chardev_ends *ends);

#endif
