/* SPDX-License-Identifier: GPL-2.0 */
/* The registers of the GT-64120 that only keep what they are given. */
#ifndef EMBER_GT64120_REGS_H
#define EMBER_GT64120_REGS_H

#include <stdint.h>

/* Those with a meaning of their own; see gt64120.c. */
enum {
	GT_CPU = 0x000,
	GT_PCI0IOLD = 0x048,
	GT_PCI0IOHD = 0x050,
	GT_PCI0M0LD = 0x058,
	GT_PCI0M0HD = 0x060,
	GT_ISD = 0x068,
	GT_PCI0M1LD = 0x080,
	GT_PCI0M1HD = 0x088,
	GT_PCI1IOLD = 0x090,
	GT_PCI1M0LD = 0x0a0,
	GT_PCI1M1LD = 0x0b0,
	GT_PCI0IOREMAP = 0x0f0,
	GT_PCI0M0REMAP = 0x0f8,
	GT_PCI0M1REMAP = 0x100,
	GT_PCI1IOREMAP = 0x108,
	GT_PCI1M0REMAP = 0x110,
	GT_PCI1M1REMAP = 0x118,
	GT_PCI0_CMD = 0xc00,
	GT_INTRCAUSE = 0xc18,
	GT_PCI0_IACK = 0xc34,
	GT_PCI0_CFGADDR = 0xcf8,
	GT_PCI0_CFGDATA = 0xcfc,
};

#define GT_CPU_LITTLE_ENDIAN (1u << 12)
#define GT_PCI0_CMD_MBYTESWAP (1u << 0) /* set: no swapping */
#define GT_INTRCAUSE_SUM (1u << 0)
#define GT_INTRCAUSE_MASABORT0 (1u << 18)

struct gt_reg {
	const char *name;
	uint32_t off;
	uint32_t reset;
	uint32_t mask; /* bits of it that a write changes */
};

/* All there are, by offset; a row with @name NULL ends the table. */
extern const struct gt_reg gt_regs[];

#endif
