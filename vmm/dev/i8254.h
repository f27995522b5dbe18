/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 8254 programmable interval timer (Intel 8254 data sheet, 231164-005): three
 * counters at 1193182 Hz, which here is CLOCK_MONOTONIC.  Counter 0's output
 * is @irq; gates 0 and 1 are high; gate 2 is a bit of the NMI status and
 * control register (NMISC; Intel 82371AB data sheet, 290562-001), here a register
 * of this device.
 */
#ifndef EMBER_I8254_H
#define EMBER_I8254_H

#include <stdint.h>

struct device;
struct irqline;
struct loop;

#define I8254_SIZE 4 /* ports 0x40 to 0x43 */
#define I8254_PORT61 4 /* offset of port 0x61, for window.h */
#define I8254_HZ 1193182

/* NULL with errno set on failure. */
struct device *i8254_create(uint64_t base, struct irqline *irq, struct loop *loop);

#endif
