/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Galileo GT-64120 system controller (data sheet revision 1.4): the registers
 * between a MIPS CPU, its memory and PCI bus 0.
 *
 * There is no memory controller behind the registers: they keep what they are
 * given.  The guest may move the register window (Internal Space Decode) and
 * configures the PCI bus through it; the windows of PCI I/O and memory are where
 * the machine has put them, whatever the registers say.
 */
#ifndef EMBER_GT64120_H
#define EMBER_GT64120_H

#include <stdint.h>

#include "device.h"

struct pci_bus;

#define GT64120_SIZE 0x1000
#define GT64120_BASE_RESET 0x14000000 /* where the window is after reset */
#define GT64120_BASE_MALTA 0x1be00000 /* and where malta's firmware leaves it */

struct gt64120_config {
	/* It puts itself there as function 0.0. */
	struct pci_bus *pci;
	/* What a read of PCI 0 interrupt acknowledge gets: see i8259_acknowledge(). */
	uint8_t (*acknowledge)(struct device *pic);
	struct device *pic;
	struct remap remap;
};

/*
 * At GT64120_BASE_RESET, where the machine adds it to the bus; from then on
 * cfg.remap moves it.  NULL with errno set on failure.
 */
struct device *gt64120_create(const struct gt64120_config *cfg);

/*
 * What malta's boot monitor has done before a kernel starts: the window at
 * GT64120_BASE_MALTA, PCI I/O at 0x18000000 (2 MiB), PCI memory at 0x10000000
 * (128 MiB) and 0x18200000 (60 MiB).  To be called with the device on the bus.
 */
void gt64120_firmware(struct device *gt);

#endif
