/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host kernel's vhost: devices under /dev that serve a guest's rings in a
 * thread of the kernel.  Here is how they are opened; what is done with them is
 * virtio/vhost.h.
 */
#ifndef EMBER_HOST_VHOST_H
#define EMBER_HOST_VHOST_H

#include <stdint.h>

struct err;

/*
 * Open @path, which the kernel's @module supplies, for this process.  @what begins
 * the message: a descriptor, or -1 with @e, EXIT_HOST.
 */
int vhost_open(const char *path, const char *module, const char *what, struct err *e);

/*
 * vhost-vsock for a guest with context ID @cid (3 and up; the host is 2): a
 * descriptor, or -1 with @e.
 */
int vhost_open_vsock(uint64_t cid, struct err *e);

#endif
