/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests and their guests agree on.  Used by C and assembly.
 */
#ifndef MIPS32_GUEST_H
#define MIPS32_GUEST_H

/* Physical 0 is at the start of the guest's kseg0. */
#define KSEG0 0x40000000
#define RAM_SIZE 0x01000000
#define EXC_STACK 0x40100000
#define STACK 0x40120000
/* Free for the tests, from here to the end of RAM. */
#define SCRATCH 0x40200000

#define TEST_IO 0x5f000000
#define TEST_REPORT 0x0
#define TEST_DONE 0x4
#define TEST_FAIL 0x8 /* line number in the guest's source */
#define TEST_EXC 0xc /* address of a struct exc that nobody expected */
/* No memory and no device: the test sees a read or write event. */
#define OTHER_IO 0x5e000000

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
