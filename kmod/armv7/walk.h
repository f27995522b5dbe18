/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's own translation tables, walked in software.  Pure C.
 *
 * It finds the instruction that has just trapped, so permissions are not
 * looked at: the guest was executing it.  Short descriptors: B3.5, long
 * descriptors: B3.6 of ARM DDI 0406C.
 */
#ifndef EMBER_ARMV7_WALK_H
#define EMBER_ARMV7_WALK_H

#include "../lib/pure.h"

/* The guest's registers that say where its tables are. */
struct armv7_walk {
	u32 sctlr;
	u32 ttbcr;
	u64 ttbr0;
	u64 ttbr1;
	/* Read @len bytes at the guest's physical @ipa; 0 or -errno. */
	int (*read)(void *arg, u64 ipa, void *data, unsigned int len);
	void *arg;
};

/*
 * The intermediate physical address of @va.  0, -EFAULT if it is not mapped,
 * or what read() said.
 */
int armv7_walk(const struct armv7_walk *walk, u32 va, u64 *ipa);

#endif
