/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: other programs ask for a virtual machine's state and change it,
 * in the framing and with the names of QEMU's machine protocol (QMP).
 *
 * Reading order: this file, qmp.h (what is said), control.c (who may say it, and
 * how much), path.c (where the socket is), ../cli/client.c (the other end).
 *
 * Locking: the device lock of loop.h, or nothing runs yet.
 */
#ifndef EMBER_CONTROL_H
#define EMBER_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

struct control;
struct err;
struct loop;
struct stats_sink;
struct virtio_dev;

/* What commands act on. */
struct control_vm {
	const char *name;
	bool (*paused)(void *opaque);
	void (*pause)(void *opaque, bool on); /* to what it is already: nothing happens */
	void (*reset)(void *opaque);
	void (*quit)(void *opaque);
	struct virtio_dev *(*balloon)(void *opaque); /* NULL: it has none */
	/* As machine_stats(). */
	int (*stats)(void *opaque, int vcpu, const struct stats_sink *sink);
	void *opaque;
};

/* Listen at @path.  NULL with @e: EXIT_USAGE if a machine listens there already. */
struct control *control_open(struct loop *loop, const char *path, const struct control_vm *vm,
			     struct err *e);
/* Ends the connections and removes the socket.  NULL is fine. */
void control_close(struct control *ctl);

/* Tell all who listen: QMP's name, and its data as json_pack() has it, or NULL.  NULL is fine. */
void control_event(struct control *ctl, const char *name, const char *fmt, ...);

#define CONTROL_PATH_MAX 108 /* what a socket's address holds */

/* Where sockets of machines are by default. */
const char *control_dir(char buf[CONTROL_PATH_MAX]);
/* The socket of machine @name, or @name itself if it has a slash.  0 or -1 with @e. */
int control_path(char buf[CONTROL_PATH_MAX], const char *name, struct err *e);
/* Make the default directory.  0 or -1 with @e. */
int control_make_dir(struct err *e);

#endif
