/* SPDX-License-Identifier: GPL-2.0 */
/* The device tree that is written for the machine "virt". */
#ifndef EMBER_VIRT_FDT_H
#define EMBER_VIRT_FDT_H

#include <stddef.h>
#include <stdint.h>

#include "fdt.h"

struct bus;
struct err;

struct virt_fdt {
	unsigned int cpus;
	const uint32_t *mpidr; /* of each vcpu, affinity fields only */
	const char *cpu; /* compatible: "arm,cortex-a15" */
	const struct bus *bus; /* every device on it writes its node */
	struct fdt_guest guest;
};

/* Write the machine's tree into @buf.  0, or -1 with @e. */
int virt_fdt_write(void *buf, size_t size, const struct virt_fdt *cfg, struct err *e);

#endif
