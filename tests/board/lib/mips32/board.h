/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things are in a MIPS guest, and how it keeps exceptions: guests' own addresses
 * are those of their kseg0.
 */
#ifndef MIPS32_BOARD_H
#define MIPS32_BOARD_H

/* Physical 0 is at the start of the guest's kseg0. */
#define KSEG0 0x40000000
#define PHYS(addr) ((addr)&0x1fffffff)
#define VIRT(gpa) ((gpa) | KSEG0)

#define RAM_BASE 0
#define RAM_SIZE 0x01000000
#define EXC_STACK 0x40100000
#define STACK 0x40120000 /* of the first vcpu, the others' below */
#define STACK_SIZE 0x4000
/* Free for the tests, from here to the end of RAM. */
#define SCRATCH 0x40200000
/* Where mem.h's tests put their memory. */
#define GPA 0x10000000

/* Where g_witness counts ticks of its clock. */
#define WITNESS_TICKS SCRATCH

#define TEST_IO 0x5f000000
#define OTHER_IO 0x5e000000
#define DEV_IO 0x5d000000

/* struct exc, as the vectors fill it in. */
#define EXC_VECTOR 0
#define EXC_CAUSE 4
#define EXC_EPC 8
#define EXC_BADVADDR 12
#define EXC_STATUS 16
#define EXC_ENTRYHI 20
#define EXC_CONTEXT 24

#ifndef __ASSEMBLER__
#include <stdint.h>

struct exc {
	uint32_t vector; /* offset from EBase */
	uint32_t cause, epc, badvaddr, status, entryhi, context;
};

#endif
#endif
