/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two 8259A interrupt controllers of a PC-like board, cascaded at the
 * master's IR2 (Intel 8259A data sheet, 231468-003), with the registers ELCR1 and
 * ELCR2 of the PIIX4 (Intel 82371AB data sheet, 290562-001).
 *
 * This device, unlike others, is entered from any thread: its inputs are
 * driven with or without the device lock.  It has a lock of its own, inside
 * the device lock; the output is driven with it held.
 */
#ifndef EMBER_I8259_H
#define EMBER_I8259_H

#include <stdint.h>

struct device;
struct irqline;

/* Registers of the device: its own window is the master's, the others need window.h. */
#define I8259_SIZE 2 /* ports 0x20 and 0x21 */
#define I8259_SLAVE 2 /* offset of ports 0xa0 and 0xa1 */
#define I8259_ELCR 4 /* offset of ports 0x4d0 and 0x4d1 */

#define I8259_LINES 16
#define I8259_SOURCES 32

/*
 * @out is the INT output.  @elcr: a bit for each line that is level triggered
 * after reset, as the board's firmware leaves the registers; lines 0, 1, 2, 8
 * and 13 are always edge triggered.  NULL with errno set on failure.
 */
struct device *i8259_create(uint64_t base, struct irqline *out, uint16_t elcr);

/*
 * One more source on interrupt line @irq (0..15, not 2); the line is high while
 * any of its sources is.  It lives as long as the device; spi is @irq, edge is
 * false.  NULL when there are I8259_SOURCES, or for a line that has no pin.
 */
struct irqline *i8259_source(struct device *pic, unsigned int irq);

/*
 * The interrupt acknowledge cycle of the CPU or the PCI bus: the vector of the
 * highest request, which is in service from then on; a spurious one is the
 * vector of input 7 and puts nothing in service (8259A, "interrupt sequence").
 */
uint8_t i8259_acknowledge(struct device *pic);

#endif
