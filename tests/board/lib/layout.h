/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests and their guests agree on: addresses, and how a guest talks.
 *
 * A guest speaks by writing to the TEST_IO page, which is no memory, so that
 * each write is an exit to the test.  DEV_IO is a page that the test's side
 * plays as 4 KiB of byte-addressed memory.  Used by C and assembly.
 */
#ifndef BOARD_LAYOUT_H
#define BOARD_LAYOUT_H

#define RAM_BASE 0x40000000
#define RAM_SIZE 0x00400000
#define IMAGE_BASE 0x40008000
/* Free for the tests, from here to the end of RAM. */
#define SCRATCH 0x40200000

/* As on QEMU's virt board. */
#define GICD_BASE 0x08000000
#define GICC_BASE 0x08010000

#define TEST_IO 0x0a000000
#define TEST_REPORT 0x0 /* a value for the test */
#define TEST_DONE 0x4 /* the guest's function has returned */
#define TEST_FAIL 0x8 /* address of a struct guest_failure */
#define TEST_EXC 0xc /* address of a struct guest_exception: not expected */

#define DEV_IO 0x0b000000
#define DEV_SIZE 0x1000

/* No memory and no device: the test sees a read or write event. */
#define OTHER_IO 0x0c000000

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
 * Reports that ask the test to move an interrupt line: SPI, or PPI of a vcpu;
 * 0: low, 1: high, 2: high and low again.
 */
#define CMD_LINE(irq, cpu, level) (0xa5000000u | (cpu) << 20 | (level) << 16 | (irq))
#define IS_CMD_LINE(v) ((v) >> 24 == 0xa5)

/* Kinds of exceptions, in the order of the vectors. */
#define EXC_UNDEF 1
#define EXC_SVC 2
#define EXC_PABT 3
#define EXC_DABT 4
#define EXC_IRQ 6
#define EXC_FIQ 7
#define EXC_NR 8

#ifndef __ASSEMBLER__
/* Both as they lie in guest memory: 32-bit words. */
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
