/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The global interrupt controller of a MIPS Coherent Processing System (MIPS
 * interAptiv and P5600 software user's manuals, "Global Interrupt Controller"; Linux,
 * <asm/mips-gic.h>): interrupts that any core may take, which also serve as the
 * cores' interrupts to each other; those of a core alone, of which there is one, the
 * timer that compares with the common counter.
 *
 * As the 8259A it is entered from any thread: its inputs are driven with or without
 * the device lock.  It has a lock of its own, inside the device lock and inside
 * those of devices that drive its inputs; outputs are driven with it held.
 */
#ifndef EMBER_MIPS_GIC_H
#define EMBER_MIPS_GIC_H

#include <stdint.h>

struct device;
struct irqline;
struct loop;

#define MIPS_GIC_SIZE 0x20000
#define MIPS_GIC_SHARED 32 /* interrupts that any core may take */
#define MIPS_GIC_PINS 6 /* outputs to each core */
#define MIPS_GIC_TICK_NS 200 /* of the counter: 5 MHz */

struct mips_gic_config {
	unsigned int cores; /* at most MIPS_CORES_MAX */
	/* Which core makes the access; valid while one is made. */
	const unsigned int *core;
	/* Pin @pin of core @core is number @core * MIPS_GIC_PINS + @pin; NULL: none. */
	struct irqline *const *out;
	struct loop *loop;
};

/* The coherence manager says where the window is.  NULL with errno set on failure. */
struct device *mips_gic_create(const struct mips_gic_config *cfg);

/* Shared interrupt @nr, which lives as long as the device. */
struct irqline *mips_gic_source(struct device *gic, unsigned int nr);

#endif
