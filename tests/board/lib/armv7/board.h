/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things are in an ARM guest, and what is ARM's in how it talks.
 */
#ifndef ARMV7_BOARD_H
#define ARMV7_BOARD_H

#define RAM_BASE 0x40000000
#define RAM_SIZE 0x00400000
/* Free for the tests, from here to the end of RAM. */
#define SCRATCH 0x40200000

/* As on QEMU's virt board. */
#define GICD_BASE 0x08000000
#define GICC_BASE 0x08010000

#define TEST_IO 0x0a000000
#define DEV_IO 0x0b000000
#define OTHER_IO 0x0c000000

/* No MMU, or the identity map. */
#define PHYS(addr) (addr)
#define VIRT(gpa) (gpa)
/* Where mem.h's tests put their memory. */
#define GPA 0x50000000

/* Kinds of exceptions, in the order of the vectors. */
#define EXC_UNDEF 1
#define EXC_SVC 2
#define EXC_PABT 3
#define EXC_DABT 4
#define EXC_IRQ 6
#define EXC_FIQ 7
#define EXC_NR 8

#ifndef __ASSEMBLER__
/* As it lies in guest memory: 32-bit words. */
struct guest_exception {
	unsigned int r[13];
	unsigned int lr;
	unsigned int kind;
	unsigned int pad;
	unsigned int pc; /* raw: not corrected for the kind */
	unsigned int spsr;
};
#endif

#endif
