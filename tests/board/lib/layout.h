/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests and their guests agree on: how a guest talks. Where things are is the
 * board's: board.h, of armv7/ or mips32/.
 *
 * A guest speaks by writing to the TEST_IO page, which is no memory, so that
 * each write is an exit to the test.  DEV_IO is a page that the test's side
 * plays as 4 KiB of byte-addressed memory.  OTHER_IO is no memory and no device: the
 * test sees a read or write event.  Used by C and assembly.
 *
 * All are addresses as a guest uses them; PHYS() makes guest physical ones of them,
 * and VIRT() the other way round.
 */
#ifndef BOARD_LAYOUT_H
#define BOARD_LAYOUT_H

#include "board.h"

#define TEST_REPORT 0x0 /* a value for the test */
#define TEST_DONE 0x4 /* the guest's function has returned */
#define TEST_FAIL 0x8 /* address of a struct guest_failure */
#define TEST_EXC 0xc /* address of what an exception left, not expected; board.h */
#define TEST_LINE 0x10 /* of the guest's source: what it checks there is not so */

#define DEV_SIZE 0x1000

/* Orders for the vcpus of g_serve: one struct guest_order for each. */
#define ORDERS (SCRATCH + 0x1000)
#define ORDER_READ 1 /* the word at addr */
#define ORDER_WRITE 2 /* value to it */
#define ORDER_FILL 3 /* count pages, with what depends on value and the page */
#define ORDER_COMPARE 4 /* the same; the first page that differs, from 1 */
#define ORDER_HAMMER 5 /* go round count pages until stopped, see serve.c */
#define ORDER_THIRD 6 /* write pages value, value + 3 ... of count */

#define MAX_VCPUS 8

/*
 * Reports that ask the test to move an interrupt line: SPI, or PPI of a vcpu; on MIPS
 * an interrupt of a vcpu;
 * 0: low, 1: high, 2: high and low again.
 */
#define CMD_LINE(irq, cpu, level) (0xa5000000u | (cpu) << 20 | (level) << 16 | (irq))
#define IS_CMD_LINE(v) ((v) >> 24 == 0xa5)

#ifndef __ASSEMBLER__
/* As it lies in guest memory: 32-bit words. */
struct guest_failure {
	unsigned int what; /* address of a string */
	unsigned int got;
	unsigned int want;
};

/* A line of the cache each; posted and done count orders. */
struct guest_order {
	unsigned int posted, done;
	unsigned int op, addr, value, count;
	unsigned int stop;
	unsigned int result;
	unsigned int pad[8];
};
#endif

#endif
