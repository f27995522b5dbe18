// SPDX-License-Identifier: GPL-2.0
/*
 * The register map of the GT-64120: offsets, values after reset as malta straps
 * the chip (little-endian), and what can be written.
 */
#include <stddef.h>

#include "gt64120_regs.h"

#define LD 0x7fff /* low decode: address bits 35..21 */
#define HD 0x7f /* high decode: address bits 27..21 */
#define REMAP 0x7ff
#define ALL 0xffffffff

/* clang-format off */
const struct gt_reg gt_regs[] = {
	/* CPU address decode */
	{ "CPU", GT_CPU, GT_CPU_LITTLE_ENDIAN, ALL },
	{ "SCS10LD", 0x008, 0x000, LD },	{ "SCS10HD", 0x010, 0x07, HD },
	{ "SCS32LD", 0x018, 0x008, LD },	{ "SCS32HD", 0x020, 0x0f, HD },
	{ "CS20LD", 0x028, 0x0e0, LD },		{ "CS20HD", 0x030, 0x70, HD },
	{ "CS3BOOTLD", 0x038, 0x0f8, LD },	{ "CS3BOOTHD", 0x040, 0x7f, HD },
	{ "PCI0IOLD", GT_PCI0IOLD, 0x080, LD },	{ "PCI0IOHD", GT_PCI0IOHD, 0x0f, HD },
	{ "PCI0M0LD", GT_PCI0M0LD, 0x090, LD },	{ "PCI0M0HD", GT_PCI0M0HD, 0x1f, HD },
	{ "ISD", GT_ISD, 0x0a0, LD },
	{ "CPUERR_ADDRLO", 0x070, 0, 0 },	{ "CPUERR_ADDRHI", 0x078, 0, 0 },
	{ "PCI0M1LD", GT_PCI0M1LD, 0x790, LD },	{ "PCI0M1HD", GT_PCI0M1HD, 0x1f, HD },
	{ "PCI1IOLD", GT_PCI1IOLD, 0x100, LD },	{ "PCI1IOHD", 0x098, 0x0f, HD },
	{ "PCI1M0LD", GT_PCI1M0LD, 0x110, LD },	{ "PCI1M0HD", 0x0a8, 0x1f, HD },
	{ "PCI1M1LD", GT_PCI1M1LD, 0x120, LD },	{ "PCI1M1HD", 0x0b8, 0x2f, HD },
	{ "PCI0SYNC", 0x0c0, 0, 0 },		{ "PCI1SYNC", 0x0c8, 0, 0 },
	{ "SCS10AR", 0x0d0, 0x000, REMAP },	{ "SCS32AR", 0x0d8, 0x008, REMAP },
	{ "CS20R", 0x0e0, 0x0e0, REMAP },	{ "CS3BOOTR", 0x0e8, 0x0f8, REMAP },
	{ "PCI0IOREMAP", GT_PCI0IOREMAP, 0x080, REMAP },
	{ "PCI0M0REMAP", GT_PCI0M0REMAP, 0x090, REMAP },
	{ "PCI0M1REMAP", GT_PCI0M1REMAP, 0x790, REMAP },
	{ "PCI1IOREMAP", GT_PCI1IOREMAP, 0x100, REMAP },
	{ "PCI1M0REMAP", GT_PCI1M0REMAP, 0x110, REMAP },
	{ "PCI1M1REMAP", GT_PCI1M1REMAP, 0x120, REMAP },
	{ "MULTI", 0x120, 0x3, 0 },
	{ "CPUERR_DATALO", 0x128, ALL, 0 },	{ "CPUERR_DATAHI", 0x130, ALL, 0 },
	{ "CPUERR_PARITY", 0x138, 0xff, 0 },
	/* SDRAM and device address decode */
	{ "SCS0LD", 0x400, 0x00, 0xff },	{ "SCS0HD", 0x404, 0x07, 0xff },
	{ "SCS1LD", 0x408, 0x08, 0xff },	{ "SCS1HD", 0x40c, 0x0f, 0xff },
	{ "SCS2LD", 0x410, 0x10, 0xff },	{ "SCS2HD", 0x414, 0x17, 0xff },
	{ "SCS3LD", 0x418, 0x18, 0xff },	{ "SCS3HD", 0x41c, 0x1f, 0xff },
	{ "CS0LD", 0x420, 0xc0, 0xff },		{ "CS0HD", 0x424, 0xc7, 0xff },
	{ "CS1LD", 0x428, 0xc8, 0xff },		{ "CS1HD", 0x42c, 0xcf, 0xff },
	{ "CS2LD", 0x430, 0xd0, 0xff },		{ "CS2HD", 0x434, 0xdf, 0xff },
	{ "CS3LD", 0x438, 0xf0, 0xff },		{ "CS3HD", 0x43c, 0xfb, 0xff },
	{ "BOOTLD", 0x440, 0xfc, 0xff },	{ "BOOTHD", 0x444, 0xff, 0xff },
	/* SDRAM and device parameters */
	{ "SDRAM_CFG", 0x448, 0x200, ALL },
	{ "SDRAM_B0", 0x44c, 0x5, ALL },	{ "SDRAM_B1", 0x450, 0x5, ALL },
	{ "SDRAM_B2", 0x454, 0x5, ALL },	{ "SDRAM_B3", 0x458, 0x5, ALL },
	{ "DEV_B0", 0x45c, 0x386fffff, ALL },	{ "DEV_B1", 0x460, 0x386fffff, ALL },
	{ "DEV_B2", 0x464, 0x386fffff, ALL },	{ "DEV_B3", 0x468, 0x386fffff, ALL },
	{ "DEV_BOOT", 0x46c, 0x146fffff, ALL },
	{ "ADERR", 0x470, ALL, ALL },
	{ "SDRAM_OPMODE", 0x474, 0, ALL },	{ "SDRAM_BM", 0x478, 0x7, ALL },
	{ "SDRAM_ADDRDECODE", 0x47c, 0x2, ALL },
	{ "ECC_ERRDATALO", 0x480, 0, 0 },	{ "ECC_ERRDATAHI", 0x484, 0, 0 },
	{ "ECC_MEM", 0x488, 0, 0 },		{ "ECC_CALC", 0x48c, 0, 0 },
	{ "ECC_ERRADDR", 0x490, 0, 0 },
	/* DMA and timers. NOT DONE: neither does anything. */
	{ "DMA0_CNT", 0x800, 0, ALL },		{ "DMA1_CNT", 0x804, 0, ALL },
	{ "DMA2_CNT", 0x808, 0, ALL },		{ "DMA3_CNT", 0x80c, 0, ALL },
	{ "DMA0_SA", 0x810, 0, ALL },		{ "DMA1_SA", 0x814, 0, ALL },
	{ "DMA2_SA", 0x818, 0, ALL },		{ "DMA3_SA", 0x81c, 0, ALL },
	{ "DMA0_DA", 0x820, 0, ALL },		{ "DMA1_DA", 0x824, 0, ALL },
	{ "DMA2_DA", 0x828, 0, ALL },		{ "DMA3_DA", 0x82c, 0, ALL },
	{ "DMA0_NEXT", 0x830, 0, ALL },		{ "DMA1_NEXT", 0x834, 0, ALL },
	{ "DMA2_NEXT", 0x838, 0, ALL },		{ "DMA3_NEXT", 0x83c, 0, ALL },
	{ "DMA0_CTRL", 0x840, 0, ALL },		{ "DMA1_CTRL", 0x844, 0, ALL },
	{ "DMA2_CTRL", 0x848, 0, ALL },		{ "DMA3_CTRL", 0x84c, 0, ALL },
	{ "TC0", 0x850, ALL, ALL },		{ "TC1", 0x854, 0xffffff, 0xffffff },
	{ "TC2", 0x858, 0xffffff, 0xffffff },	{ "TC3", 0x85c, 0xffffff, 0xffffff },
	{ "DMA_ARB", 0x860, 0, ALL },		{ "TC_CONTROL", 0x864, 0, 0xff },
	{ "DMA0_CUR", 0x870, 0, 0 },		{ "DMA1_CUR", 0x874, 0, 0 },
	{ "DMA2_CUR", 0x878, 0, 0 },		{ "DMA3_CUR", 0x87c, 0, 0 },
	/* PCI internal; bus 1 is not connected */
	{ "PCI0_CMD", GT_PCI0_CMD, 0x00010001, 0x0401fc0f },
	{ "PCI0_TOR", 0xc04, 0x70f, ALL },
	{ "PCI0_BS_SCS10", 0xc08, 0x00fff000, ALL },	{ "PCI0_BS_SCS32", 0xc0c, 0x00fff000, ALL },
	{ "PCI0_BS_CS20", 0xc10, 0x01fff000, ALL },	{ "PCI0_BS_CS3BT", 0xc14, 0x00fff000, ALL },
	{ "INTRCAUSE", GT_INTRCAUSE, 0, 0 },		{ "INTRMASK", 0xc1c, 0, 0x3c3ffffe },
	{ "PCI0_ICMASK", 0xc24, 0, 0x03fffffe },	{ "PCI0_SERR0MASK", 0xc28, 0, 0x3f },
	{ "PCI1_IACK", 0xc30, 0, 0 },			{ "PCI0_IACK", GT_PCI0_IACK, 0, 0 },
	{ "PCI0_BARE", 0xc3c, 0x0f, ALL },		{ "PCI0_PREFMBR", 0xc40, 0x40, ALL },
	{ "PCI0_SCS10_BAR", 0xc48, 0, ALL },		{ "PCI0_SCS32_BAR", 0xc4c, 0x01000000, ALL },
	{ "PCI0_CS20_BAR", 0xc50, 0x1c000000, ALL },	{ "PCI0_CS3BT_BAR", 0xc54, 0x1f000000, ALL },
	{ "PCI0_SSCS10_BAR", 0xc58, 0, ALL },		{ "PCI0_SSCS32_BAR", 0xc5c, 0x01000000, ALL },
	{ "PCI0_SCS3BT_BAR", 0xc64, 0x1f000000, ALL },
	{ "CPU_INTSEL", 0xc70, 0, 0 },			{ "PCI0_INTSEL", 0xc74, 0, 0 },
	{ "PCI1_CMD", 0xc80, 0x00010001, 0x0401fc0f },	{ "PCI1_TOR", 0xc84, 0x70f, ALL },
	{ "PCI1_BS_SCS10", 0xc88, 0x00fff000, ALL },	{ "PCI1_BS_SCS32", 0xc8c, 0x00fff000, ALL },
	{ "PCI1_BS_CS20", 0xc90, 0x01fff000, ALL },	{ "PCI1_BS_CS3BT", 0xc94, 0x00fff000, ALL },
	{ "HINTRCAUSE", 0xc98, 0, 0 },			{ "HINTRMASK", 0xc9c, 0, 0 },
	{ "PCI0_HICMASK", 0xca4, 0, 0 },		{ "PCI1_SERR1MASK", 0xca8, 0, 0 },
	{ "PCI1_BARE", 0xcbc, 0x0f, ALL },		{ "PCI1_PREFMBR", 0xcc0, 0x40, ALL },
	{ "PCI1_SCS10_BAR", 0xcc8, 0, ALL },		{ "PCI1_SCS32_BAR", 0xccc, 0x01000000, ALL },
	{ "PCI1_CS20_BAR", 0xcd0, 0x1c000000, ALL },	{ "PCI1_CS3BT_BAR", 0xcd4, 0x1f000000, ALL },
	{ "PCI1_SSCS10_BAR", 0xcd8, 0, ALL },		{ "PCI1_SSCS32_BAR", 0xcdc, 0x01000000, ALL },
	{ "PCI1_SCS3BT_BAR", 0xce4, 0x1f000000, ALL },
	{ "PCI1_CFGADDR", 0xcf0, 0, 0 },		{ "PCI1_CFGDATA", 0xcf4, 0, 0 },
	{ "PCI0_CFGADDR", GT_PCI0_CFGADDR, 0, 0x80fffffc },
	{ "PCI0_CFGDATA", GT_PCI0_CFGDATA, 0, 0 },
	{ NULL, 0, 0, 0 },
};
