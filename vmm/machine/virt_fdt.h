/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device tree a guest is given: written for the machine, or the user's own
 * with only /chosen and /memory made to fit.
 */
#ifndef EMBER_VIRT_FDT_H
#define EMBER_VIRT_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct boot;
struct bus;
struct err;

struct virt_fdt {
	unsigned int cpus;
	const uint32_t *mpidr; /* of each vcpu, affinity fields only */
	const char *cpu; /* compatible: "arm,cortex-a15" */
	uint64_t ram, ram_size;
	const char *append; /* NULL: no bootargs */
	const struct boot *boot;
	const struct bus *bus; /* every device on it writes its node */
	bool seed; /* random bytes for the guest's generator */
};

/* Write the machine's tree into @buf.  0, or -1 with @e. */
int virt_fdt_write(void *buf, size_t size, const struct virt_fdt *cfg, struct err *e);

/*
 * Check the user's tree (@len bytes, hostile) and copy it to @buf with RAM,
 * initrd and, if given, command line set.  0, or -1 with @e (EXIT_USAGE).
 */
int user_fdt_write(void *buf, size_t size, const void *user, size_t len, const struct virt_fdt *cfg,
		   struct err *e);

#endif
