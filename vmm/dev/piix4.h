/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a PIIX4 (Intel 82371AB data sheet, 290562-001) is on the PCI bus: the
 * ISA bridge (function 0) and power management (function 3).  The PC devices in
 * it are models of their own; see i8259.h, i8254.h, mc146818.h.
 *
 * NOT DONE: IDE (function 1) and USB (function 2): nothing is connected there.
 * The SMBus of function 3 and its timers.
 *
 * The device is the I/O space of power management.  It is not on the bus after
 * reset, so the machine doesn't add it: the guest chooses its place and turns it
 * on through function 3 (PMBA, PMREGMISC), and cfg.remap adds it.
 */
#ifndef EMBER_PIIX4_H
#define EMBER_PIIX4_H

#include <stdint.h>

#include "device.h"

struct pci_bus;

#define PIIX4_PM_SIZE 64
#define PIIX4_SLOT_MALTA 10

struct piix4_config {
	struct pci_bus *pci;
	unsigned int slot;
	uint64_t isa; /* guest physical address of I/O port 0 */
	struct remap remap;
	/*
	 * The guest has turned the power off: soft off was enabled (PMCNTRL,
	 * SUS_EN).  Called with the device lock held.
	 */
	void (*off)(void *opaque);
	void *opaque;
};

/* NULL with errno set on failure. */
struct device *piix4_create(const struct piix4_config *cfg);

#endif
