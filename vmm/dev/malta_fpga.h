/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The malta board's own registers, in an FPGA on its CBUS, and the board's
 * revision word (MIPS Malta User's Manual, MD00048, "Board registers").
 */
#ifndef EMBER_MALTA_FPGA_H
#define EMBER_MALTA_FPGA_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* The CBUS serial port is between the two parts: ns16550 with stride 8 at 0x900. */
#define MALTA_FPGA_SIZE 0x900
#define MALTA_FPGA_UART 0x900
#define MALTA_FPGA_HIGH 0xa00 /* offset of the second part, for window.h */
#define MALTA_FPGA_HIGH_SIZE 0x600

struct malta_fpga_config {
	uint64_t base;
	/* The guest has written the magic number: reset the board.  Device lock held. */
	void (*reset)(void *opaque);
	void *opaque;
	bool trace; /* say what the display and the LEDs show */
};

/* NULL with errno set on failure. */
struct device *malta_fpga_create(const struct malta_fpga_config *cfg);

/* The first words of the boot ROM at 0x1fc00000: all zeros but the revision word. */
#define MALTA_ROM_SIZE 0x1000
#define MALTA_ROM_REVISION 0x10

struct device *malta_rom_create(uint64_t base);

#endif
