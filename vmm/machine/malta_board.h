/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is on malta's board, and how it is wired: devices, their interrupts, the
 * ways of the guest to end the machine.
 */
#ifndef EMBER_MALTA_BOARD_H
#define EMBER_MALTA_BOARD_H

#include <stdbool.h>

#include "../dev/pci.h"
#include "malta.h"

struct bus;
struct chardev;
struct device;
struct err;
struct irqline;
struct loop;

struct malta_board_config {
	struct bus *bus; /* gets all devices */
	struct loop *loop;
	struct chardev *chr; /* of the first serial port; NULL: none */
	struct irqline *pic_out, *uart3; /* the processor's pins, where it is one */
	unsigned int cores;
	const unsigned int *core; /* which of several makes an access */
	struct irqline *const *gic_out; /* their pins, as the interrupt controller wants them */
	/* One of several begins anew, at its reset vector @at, or stops.  Device lock held. */
	void (*power)(void *opaque, unsigned int core, bool on, uint32_t at);
	/* The guest has reset the board, or turned it off.  Device lock held. */
	void (*reset)(void *opaque);
	void (*off)(void *opaque);
	void *opaque;
	bool trace;
};

struct malta_board {
	struct bus *bus;
	struct pci_bus pci;
	/*
	 * The board's own, not the bus's: sources of interrupts need the controller to
	 * the last, and the guest can take the others off the bus.
	 */
	struct device *pic, *gt, *piix4;
	/* The same, where there are several processors; the last one is the bus's. */
	struct device *gic, *cpc, *cm;
	void (*power)(void *opaque, unsigned int core, bool on, uint32_t at);
	void *opaque;
	struct irqline *virtio_irq[MALTA_VIRTIO_SLOTS]; /* of each slot */
};

/* 0, or -1 with @e.  What was made until then is for the two below to undo. */
int malta_board_init(struct malta_board *board, const struct malta_board_config *cfg,
		     struct err *e);

/* Before the devices on the bus are destroyed, and after. */
void malta_board_unplug(struct malta_board *board);
void malta_board_finish(struct malta_board *board);

#endif
