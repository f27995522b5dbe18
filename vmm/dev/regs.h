/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device registers as rows of a table.
 *
 * One row says where a register is, what backs it, which bits a guest can
 * change, and what else happens.  A register that no row has reads as 0,
 * ignores writes and counts in dev->unknown.
 */
#ifndef EMBER_REGS_H
#define EMBER_REGS_H

#include <stddef.h>
#include <stdint.h>

#include "device.h"

struct reg {
	const char *name;
	uint32_t off; /* within the window */
	uint32_t member; /* offset of a uint32_t in the device's struct, 0: none */
	uint32_t mask; /* bits of it that a write changes */
	uint32_t (*read)(struct device *dev); /* NULL: the member, or 0 */
	/* After the member was changed; @val as the guest wrote it. */
	void (*wrote)(struct device *dev, uint32_t val);
};

/* 32-bit registers; the table ends with @name NULL. */
struct reg_bank {
	const struct reg *reg;
	/* The last 8 words of a 4 KiB PrimeCell: peripheral and cell identification. */
	const uint8_t *primecell_id;
};

#define PRIMECELL_SIZE 0x1000u
#define PRIMECELL_ID 0xfe0u

/* Accesses of any width to the lowest byte of a register reach all of it. */
uint32_t regs_read(const struct reg_bank *bank, struct device *dev, uint64_t off);
void regs_write(const struct reg_bank *bank, struct device *dev, uint64_t off, uint32_t val);

#endif
