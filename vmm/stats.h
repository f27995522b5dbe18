/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What KVM counts of a VM and of a vcpu: KVM_GET_STATS_FD (Linux,
 * Documentation/virt/kvm/api.rst, 4.134).
 */
#ifndef EMBER_STATS_H
#define EMBER_STATS_H

#include <stdint.h>

/* Whoever wants them: called for each value, those of more than one word left out. */
struct stats_sink {
	void (*value)(void *opaque, const char *name, uint64_t value);
	void *opaque;
};

/*
 * All that the VM or vcpu whose descriptor is @fd has.  0 or -errno: -ENOTTY, -EINVAL
 * where KVM has no such thing, -EBADMSG for a file that is not as documented.
 */
int stats_read(int fd, const struct stats_sink *sink);

/* The same of a file that KVM_GET_STATS_FD gave. */
int stats_read_file(int file, const struct stats_sink *sink);

#endif
