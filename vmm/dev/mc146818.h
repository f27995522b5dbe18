/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MC146818 real-time clock (Motorola data sheet MC146818/D) with the 256 bytes
 * of the PIIX4 (Intel 82371AB data sheet, 290562-001): index and data at ports 0x70 and 0x71,
 * those of the upper 128 bytes at 0x72 and 0x73.
 *
 * The time is the host's CLOCK_REALTIME in UTC plus what the guest has added by
 * setting it.  The century is in byte 0x32, as PC firmware has it.
 */
#ifndef EMBER_MC146818_H
#define EMBER_MC146818_H

#include <stdint.h>

struct device;
struct irqline;
struct loop;

#define MC146818_SIZE 4

/* NULL with errno set on failure. */
struct device *mc146818_create(uint64_t base, struct irqline *irq, struct loop *loop);

#endif
