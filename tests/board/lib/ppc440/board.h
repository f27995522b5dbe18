/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things are in a PowerPC 440 guest, and how it keeps interrupts.  Its first TLB
 * entry maps 256 MiB from 0 on, its last one those after that, so addresses are those of
 * physical memory.
 */
#ifndef PPC440_BOARD_H
#define PPC440_BOARD_H

#define PHYS(addr) (addr)
#define VIRT(gpa) (gpa)

#define RAM_BASE 0
#define RAM_SIZE 0x01000000
#define EXC_STACK 0x00100000
#define STACK 0x00120000 /* of the first vcpu, the others' below */
#define STACK_SIZE 0x4000
/* Free for the tests, from here to the end of RAM. */
#define SCRATCH 0x00200000
/* Where mem.h's tests put their memory. */
#define GPA 0x10000000

/* Where g_witness counts ticks of its clock. */
#define WITNESS_TICKS SCRATCH

#define TEST_IO 0x0f000000
#define OTHER_IO 0x0e000000
#define DEV_IO 0x0d000000

/* struct exc, as the vectors fill it in. */
#define EXC_IVOR 0
#define EXC_SRR0 4
#define EXC_SRR1 8
#define EXC_DEAR 12
#define EXC_ESR 16

#ifndef __ASSEMBLER__
#include <stdint.h>

struct exc {
	uint32_t ivor; /* number */
	uint32_t srr0, srr1, dear, esr; /* or CSRR0, CSRR1, or MCSRR0, MCSRR1 */
};

#endif
#endif
