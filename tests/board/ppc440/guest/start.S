/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests' vectors, IVOR n at 0x100 + 0x40 * n, and their start.
 *
 * An interrupt fills in struct exc, saves all registers on a stack of its own and
 * calls on_exception(exc, regs), which says where to go on.  SPRG0 to SPRG2 are its own.
 */
#include "layout.h"

#define SRR0 26
#define CSRR0 58
#define MCSRR0 570
#define DEAR 61
#define ESR 62
#define SPRG(n) (272 + (n))
#define IVOR(n) (400 + (n))
#define IVPR 63
#define LAST_TLB_ENTRY 63

	.section .text.start, "ax"
	.org	0x100

	.macro	vector, n, srr
	.org	0x100 + 0x40 * \n
	mtspr	SPRG(0), 31
	mtspr	SPRG(1), 30
	lis	31, exc@ha
	addi	31, 31, exc@l
	li	30, \n
	stw	30, EXC_IVOR(31)
	mfspr	30, \srr
	stw	30, EXC_SRR0(31)
	mfspr	30, \srr + 1
	stw	30, EXC_SRR1(31)
	b	exception_\srr
	.endm

	vector	0, CSRR0
	vector	1, MCSRR0
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	vector	\n, SRR0
	.endr
	vector	12, CSRR0
	vector	13, SRR0
	vector	14, SRR0
	vector	15, CSRR0

	.macro	handler, srr, return:vararg
exception_\srr:
	mfspr	30, DEAR
	stw	30, EXC_DEAR(31)
	mfspr	30, ESR
	stw	30, EXC_ESR(31)
	lis	31, (EXC_STACK - 256)@ha
	addi	31, 31, (EXC_STACK - 256)@l
	stmw	0, 64(31)
	mfspr	30, SPRG(1)
	stw	30, 64 + 120(31)
	mfspr	30, SPRG(0)
	stw	30, 64 + 124(31)
	mfcr	30
	stw	30, 64 + 128(31)
	mflr	30
	stw	30, 64 + 132(31)
	mfctr	30
	stw	30, 64 + 136(31)
	mfxer	30
	stw	30, 64 + 140(31)
	mr	1, 31
	lis	3, exc@ha
	addi	3, 3, exc@l
	addi	4, 1, 64
	li	0, 0
	stw	0, 0(1)
	bl	on_exception
	mtspr	\srr, 3
	lwz	0, 64 + 128(1)
	mtcr	0
	lwz	0, 64 + 132(1)
	mtlr	0
	lwz	0, 64 + 136(1)
	mtctr	0
	lwz	0, 64 + 140(1)
	mtxer	0
	lwz	0, 64(1)
	lmw	2, 64 + 8(1)
	lwz	1, 64 + 4(1)
	\return
	.endm

	handler	SRR0, rfi
	handler	CSRR0, rfci
	/* rfmci, which this assembler may not know */
	handler	MCSRR0, .long 0x4c00004c

/* CTR: the function; r3, r4: its arguments. */
	.globl	_start
_start:
	li	0, 0
	mtspr	IVPR, 0
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	li	0, 0x100 + 0x40 * \n
	mtspr	IVOR(\n), 0
	.endr
	lis	0, GPA@h
	li	5, LAST_TLB_ENTRY
	tlbwe	0, 5, 1			/* the page */
	ori	0, 0, 0x290		/* V, 256 MiB */
	tlbwe	0, 5, 0
	li	0, 0x3f			/* all rights */
	tlbwe	0, 5, 2
	isync
	bctrl
	lis	4, TEST_IO@h
	stw	3, TEST_DONE(4)
1:	b	1b

/*
 * uint32_t call_user(fn, arg): user mode; an sc ends it with r3 as it is.
 * call_user_msr(fn, arg, msr) likewise, with these bits of MSR.
 */
	.text
	.globl call_user
	.globl call_user_msr
call_user:
	mfmsr	5
call_user_msr:
	mflr	0
	stwu	1, -96(1)
	stw	0, 100(1)
	stmw	13, 16(1)
	lis	6, kernel_sp@ha
	stw	1, kernel_sp@l(6)
	mtspr	SRR0, 3
	ori	5, 5, 0x4000		/* PR */
	mtspr	SRR0 + 1, 5
	lis	7, user_exit@ha
	addi	7, 7, user_exit@l
	mtlr	7
	mr	3, 4
	rfi
user_exit:
	sc
1:	b	1b
	.globl	user_returned
user_returned:
	lis	5, kernel_sp@ha
	lwz	1, kernel_sp@l(5)
	lmw	13, 16(1)
	lwz	0, 100(1)
	addi	1, 1, 96
	mtlr	0
	blr

/* ---- interrupts on purpose: each fn(arg) at the address of its name --------------- */

	.macro	case, name, insn:vararg
	.globl	\name
\name:
	\insn
	blr
	.endm

	case	do_sc, sc
	case	do_trap, trap
	case	do_illegal, .long 0
	case	do_load, lwz 3, 0(3)
	case	do_store, stw 4, 0(3)
	case	do_store_1, stw 3, 0(3)
	case	do_mfmsr, mfmsr 3
	case	do_fpu, fmr 1, 1
	case	do_mfdcr, .long 0x7c603286	/* mfdcr r3, 0x0c0 */
	case	do_rfi, rfi
	case	do_tlbwe, .long 0x7c6307a4	/* tlbwe r3, r3, 0 */
	.globl	do_jump
do_jump:
	mtctr	3
	bctr

	.bss
	.balign	4
	.globl	exc
exc:	.space	32
kernel_sp: .space 4
