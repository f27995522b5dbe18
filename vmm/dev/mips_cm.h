/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The coherence manager of a MIPS Coherent Processing System, version 2.5, as its
 * registers show it: how many cores there are, where each begins after a reset, where
 * the other two parts of the system are (MIPS interAptiv and P5600 software user's
 * manuals, "Coherence Manager"; Linux, <asm/mips-cm.h>).
 *
 * One virtual processor a core.  What the guest's caches do is the host's business:
 * coherence is a bit that the register keeps.
 */
#ifndef EMBER_MIPS_CM_H
#define EMBER_MIPS_CM_H

#include <stdint.h>

#include "device.h"

#define MIPS_CM_SIZE 0x8000
#define MIPS_CORES_MAX 8

struct mips_cm_config {
	uint64_t base; /* fixed; the processors' CMGCRBase has it, too */
	unsigned int cores;
	/* Which core makes the access; valid while one is made. */
	const unsigned int *core;
	/* Windows that the guest moves and switches on, with remap. */
	struct device *gic, *cpc;
	struct remap remap;
};

/* NULL with errno set on failure. */
struct device *mips_cm_create(const struct mips_cm_config *cfg);

/* Where the guest wants @core to begin: the register, an address of its own. */
uint32_t mips_cm_reset_base(const struct device *cm, unsigned int core);

#endif
