/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 16550A serial port (National Semiconductor PC16550D data sheet, TL/C/8652).
 *
 * It receives only while the guest holds RTS up: who polls for input without
 * having set the modem control register gets none.
 */
#ifndef EMBER_NS16550_H
#define EMBER_NS16550_H

#include <stdint.h>

struct chardev;
struct device;
struct irqline;

#define NS16550_REGS 8

/*
 * Its eight registers are @stride bytes apart, 1 on an ISA bus.  @chr NULL:
 * what is sent is lost, nothing is received.  Attaches itself to @chr and
 * leaves it when destroyed.  NULL with errno set on failure.
 */
struct device *ns16550_create(uint64_t base, unsigned int stride, struct irqline *irq,
			      struct chardev *chr);

#endif
