/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PL011 serial port (ARM DDI 0183G, revision r1p3: 16-byte FIFOs), the
 * machine's console.
 */
#ifndef EMBER_PL011_H
#define EMBER_PL011_H

#include <stdint.h>

struct chardev;
struct device;
struct irqline;

#define PL011_SIZE 0x1000

/*
 * @chr NULL: what is sent is lost, nothing is received.  Attaches itself to
 * @chr and leaves it when destroyed.  NULL with errno set on failure.
 */
struct device *pl011_create(uint64_t base, struct irqline *irq, struct chardev *chr);

#endif
