/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the command line asks for.  Strings point into argv.
 */
#ifndef EMBER_CONFIG_H
#define EMBER_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_DISKS 16
#define CONFIG_NETS 4

/* Option arguments that may be given more than once. */
struct config_list {
	unsigned int nr, max;
	const char **item;
};

struct machine_type;

struct config {
	const struct machine_type *machine;
	const char *name;
	bool named; /* by the command line */
	const char *control; /* path of the control socket; NULL: as the name has it */
	bool balloon;
	unsigned int cpus;
	uint64_t mem; /* bytes */
	bool mem_prealloc;
	const char *kernel, *initrd, *dtb, *dumpdtb, *append;
	const char *bios, *pflash; /* for flash_open_firmware() and flash_open_variables() */
	const char *console, *virtio_console; /* for chardev_open(); the latter may be NULL */
	struct config_list disks; /* for disk_open() */
	struct config_list nets; /* for net_open(); "none" is not among them */
	uint64_t vsock_cid; /* 0: no vsock */
	bool no_net, no_reboot, no_rng, no_hypervisor, trace_mmio;
	bool help; /* nothing else was looked at */
	const char *disk_spec[CONFIG_DISKS], *net_spec[CONFIG_NETS];
};

#endif
