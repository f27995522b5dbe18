/* SPDX-License-Identifier: GPL-2.0 */
/* PL031 real-time clock (ARM DDI 0224B): the host's wall clock plus an offset. */
#ifndef EMBER_PL031_H
#define EMBER_PL031_H

#include <stdint.h>

struct device;
struct irqline;
struct loop;

#define PL031_SIZE 0x1000

/* NULL with errno set on failure. */
struct device *pl031_create(uint64_t base, struct irqline *irq, struct loop *loop);

#endif
