/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One register by which a guest turns its machine off or resets it: Linux' syscon-poweroff
 * (Documentation/devicetree/bindings/power/reset) on a register with the values that QEMU's
 * "sifive,test" has.
 */
#ifndef EMBER_SYSCON_H
#define EMBER_SYSCON_H

#include <stdint.h>

struct device;

#define SYSCON_SIZE 4u
#define SYSCON_OFF 0x5555u
#define SYSCON_RESET 0x7777u

struct syscon_config {
	/* Device lock held. */
	void (*off)(void *opaque);
	void (*reset)(void *opaque);
	void *opaque;
};

/* NULL with errno set on failure. */
struct device *syscon_create(uint64_t base, const struct syscon_config *cfg);

#endif
