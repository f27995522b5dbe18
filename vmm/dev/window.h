/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A further window of a device on the bus.
 *
 * The bus knows one window a device.  A device that answers in several places
 * (a PC's interrupt controller at ports 0x20, 0xa0 and 0x4d0) numbers all its
 * registers in one space; its own window is the first part of it, and for each
 * other part the machine puts one of these on the bus.
 */
#ifndef EMBER_WINDOW_H
#define EMBER_WINDOW_H

#include <stdint.h>

struct device;

/*
 * [@base, @base + @size) reaches @owner's registers from @off on.  It has no
 * state; destroying it leaves @owner alone, and @owner must outlive its use.
 * NULL with errno set on failure.
 */
struct device *window_create(struct device *owner, uint64_t base, uint64_t size, uint64_t off);

#endif
