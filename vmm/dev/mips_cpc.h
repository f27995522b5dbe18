/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cluster power controller of a MIPS Coherent Processing System: it starts and
 * stops cores (MIPS interAptiv and P5600 software user's manuals, "Cluster Power
 * Controller"; Linux, <asm/mips-cpc.h>).
 *
 * A core is coherently running or has no power; there is nothing in between.
 */
#ifndef EMBER_MIPS_CPC_H
#define EMBER_MIPS_CPC_H

#include <stdbool.h>
#include <stdint.h>

#include "device.h"

#define MIPS_CPC_SIZE 0x8000

struct mips_cpc_config {
	unsigned int cores; /* at most MIPS_CORES_MAX */
	/* Which core makes the access; valid while one is made. */
	const unsigned int *core;
	/*
	 * @core begins anew, at its reset vector, or stops.  Called from an access,
	 * with the device lock held; maybe by the core itself.
	 */
	void (*power)(void *opaque, unsigned int core, bool on);
	void *opaque;
};

/* Core 0 has power.  The coherence manager says where the window is.  NULL: errno. */
struct device *mips_cpc_create(const struct mips_cpc_config *cfg);

#endif
