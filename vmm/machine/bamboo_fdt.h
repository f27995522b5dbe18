/* SPDX-License-Identifier: GPL-2.0 */
/* The device tree that is written for the machine "bamboo". */
#ifndef EMBER_BAMBOO_FDT_H
#define EMBER_BAMBOO_FDT_H

#include <stddef.h>
#include <stdint.h>

#include "../arch.h"
#include "fdt.h"

struct bus;
struct err;

struct bamboo_fdt {
	/*
	 * Hz.  The guest reads the host's time base: it has to be told that one's
	 * frequency.
	 */
	uint32_t clock, timebase;
	/* Of a hypercall; hcalls: how many, 0 where the guest is to know of none. */
	uint32_t hcall[ARCH_HCALL_MAX];
	unsigned int hcalls;
	const struct bus *bus; /* every device on it writes its node */
	struct fdt_guest guest;
};

/* Write the machine's tree into @buf.  0, or -1 with @e. */
int bamboo_fdt_write(void *buf, size_t size, const struct bamboo_fdt *cfg, struct err *e);

/* Set the frequencies in a user's tree in @buf, which may grow to @size; 0, or -1 with @e. */
int bamboo_fdt_clocks(void *buf, size_t size, const struct bamboo_fdt *cfg, struct err *e);

#endif
