/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world switch, and the code behind the vectors while a guest runs.
 *
 * Read after context.h.  Between ppc440_block_start and _end is what host.c copies into
 * a block of lowmem, PPC440_BLOCK_CODE bytes into it: lowmem is mapped by entries of the
 * TLB that are never replaced, the module's text is not.  All of it is position
 * independent.  The block's vectors are made by host.c, at the offsets that the host's
 * IVORs have; each saves two registers and comes to leave_guest with
 *
 *	r31: the upper half of the block's address	SPRG0: the guest's r31
 *	r30: the number of the IVOR			SPRG1: the guest's r30
 *
 * The guest runs with MSR[CE] and [DE] clear, and so does everything between enter_guest
 * and its return; so of the interrupts that are no guest's business only a machine
 * check can come while IVPR is not the host's.
 *
 * The manual is the PPC440x5 CPU Core User's Manual: 6.4 interrupts, 6.5.1 IVPR, 2.8
 * synchronization, 5.9 TLB instructions.
 */
#include <linux/linkage.h>
#include <asm/ppc_asm.h>
#include <asm/reg.h>
#include "context.h"
#include "ctxt-offsets.h"

/* enter_guest's own: a word for the callee's LR, then CR, r2, r13-r31. */
#define FRAME		96
#define FRAME_CR	8
#define FRAME_R2	12
#define FRAME_R13	16

	.section .rodata
	.balign	4
	.globl	ppc440_block_start
ppc440_block_start:

/* void enter_guest(struct ppc440_ctxt *ctxt); interrupts, MSR[CE] and [DE] off */
	.globl	ppc440_block_enter
ppc440_block_enter:
	mflr	r0
	stwu	r1, -FRAME(r1)
	mfcr	r4
	stw	r0, FRAME + 4(r1)
	stw	r4, FRAME_CR(r1)
	stw	r2, FRAME_R2(r1)
	stmw	r13, FRAME_R13(r1)
	stw	r1, CTXT_HOST_SP(r3)
	lwz	r4, CTXT_GUEST_IVPR(r3)
	mtspr	SPRN_IVPR, r4
	isync				/* before an interrupt may need it (2.8.1) */
	lmw	r19, CTXT_PC(r3)	/* to r31: pc cr lr ctr xer - - - sprg4-7 msr */
	mtspr	SPRN_SRR0, r19
	mtcr	r20
	mtlr	r21
	mtctr	r22
	mtxer	r23
	mtspr	SPRN_SPRG4W, r27
	mtspr	SPRN_SPRG5W, r28
	mtspr	SPRN_SPRG6W, r29
	mtspr	SPRN_SPRG7W, r30
	mtspr	SPRN_SRR1, r31
	mr	r1, r3
	lwz	r0, CTXT_GPR(r1)
	lmw	r2, CTXT_GPR + 8(r1)
	lwz	r1, CTXT_GPR + 4(r1)
	rfi

	.globl	ppc440_block_leave
ppc440_block_leave:
	lwz	r31, PPC440_BLOCK_DATA + BLOCK_CTXT - 0x10000(r31)
	stmw	r0, CTXT_GPR(r31)
	mr	r3, r31
	mr	r31, r30		/* the code */
	mfspr	r22, SPRN_SPRG1
	mfspr	r23, SPRN_SPRG0
	mfspr	r24, SPRN_SRR0
	mfcr	r25
	mflr	r26
	mfctr	r27
	mfxer	r28
	mfspr	r29, SPRN_ESR
	mfspr	r30, SPRN_DEAR
	stmw	r22, CTXT_GPR + 30 * 4(r3)	/* r30 r31 pc cr lr ctr xer esr dear code */
	lwz	r4, CTXT_HOST_IVPR(r3)
	mtspr	SPRN_IVPR, r4
	isync				/* as above */
	lwz	r1, CTXT_HOST_SP(r3)
	lwz	r4, FRAME_CR(r1)
	lwz	r0, FRAME + 4(r1)
	lwz	r2, FRAME_R2(r1)
	mtcr	r4
	mtlr	r0
	lmw	r13, FRAME_R13(r1)
	addi	r1, r1, FRAME
	blr

/*
 * TLB misses: from the table of shadow.c, or else an exit.  Both tables are arrays of 16
 * bytes.  r31 as above; SPRG0, SPRG1: the guest's r31, r30.
 */
#define DATA(offset)	PPC440_BLOCK_DATA + (offset) - 0x10000

	.macro	refill, ea, ivor, counter
	stw	r29, DATA(BLOCK_MISS_SAVE)(r31)
	stw	r28, DATA(BLOCK_MISS_SAVE + 4)(r31)
	stw	r27, DATA(BLOCK_MISS_SAVE + 8)(r31)
	mfcr	r27
	stw	r27, DATA(BLOCK_MISS_SAVE + 12)(r31)
	mfspr	r29, \ea
	lwz	r28, DATA(BLOCK_TAG)(r31)
	rlwimi	r28, r29, 0, 0, 19
	lwz	r30, DATA(BLOCK_SOFT)(r31)
	rlwinm	r29, r29, 24, 28 - PPC440_SOFT_BITS, 27
	add	r30, r30, r29
	lwz	r29, SOFT_TAG(r30)
	cmpw	r29, r28
	bne	1f
	lwz	r29, DATA(BLOCK_NEXT)(r31)
	mfspr	r27, SPRN_MMUCR
	rlwimi	r27, r28, 0, 24, 31
	mtspr	SPRN_MMUCR, r27
	isync				/* mtspr MMUCR before tlbwe (2.8.1) */
	slwi	r27, r29, 4
	add	r27, r27, r31
	stw	r28, DATA(BLOCK_SLOT + SLOT_TAG)(r27)
	lwz	r28, SOFT_XLAT(r30)
	tlbwe	r28, r29, 1
	stw	r28, DATA(BLOCK_SLOT + SLOT_XLAT)(r27)
	lwz	r28, SOFT_ATTRIB(r30)
	tlbwe	r28, r29, 2
	lwz	r28, SOFT_PAGEID(r30)
	tlbwe	r28, r29, 0
	stw	r28, DATA(BLOCK_SLOT + SLOT_PAGEID)(r27)
	lwz	r28, DATA(BLOCK_LAST)(r31)
	cmpw	r29, r28
	addi	r29, r29, 1
	blt	2f
	lwz	r29, DATA(BLOCK_FIRST)(r31)
2:	stw	r29, DATA(BLOCK_NEXT)(r31)
	lwz	r28, DATA(BLOCK_REFILLS + \counter)(r31)
	addi	r28, r28, 1
	stw	r28, DATA(BLOCK_REFILLS + \counter)(r31)
	lwz	r27, DATA(BLOCK_MISS_SAVE + 12)(r31)
	mtcr	r27
	lwz	r27, DATA(BLOCK_MISS_SAVE + 8)(r31)
	lwz	r28, DATA(BLOCK_MISS_SAVE + 4)(r31)
	lwz	r29, DATA(BLOCK_MISS_SAVE)(r31)
	mfspr	r30, SPRN_SPRG1
	mfspr	r31, SPRN_SPRG0
	rfi
1:	lwz	r27, DATA(BLOCK_MISS_SAVE + 12)(r31)
	mtcr	r27
	lwz	r27, DATA(BLOCK_MISS_SAVE + 8)(r31)
	lwz	r28, DATA(BLOCK_MISS_SAVE + 4)(r31)
	lwz	r29, DATA(BLOCK_MISS_SAVE)(r31)
	li	r30, \ivor
	b	ppc440_block_leave
	.endm

	.globl	ppc440_block_dtlb
ppc440_block_dtlb:
	refill	SPRN_DEAR, PPC440_IVOR_DTLB, 0

	.globl	ppc440_block_itlb
ppc440_block_itlb:
	refill	SPRN_SRR0, PPC440_IVOR_ITLB, 4

/*
 * A machine check: r31 as above, SPRG2 has what it was.  Out of the guest it is an exit,
 * after which the host gets it (backend.c); out of the switch itself it goes to the host
 * as it is, but for CTR.
 */
	.globl	ppc440_block_mcheck
ppc440_block_mcheck:
	stw	r30, PPC440_BLOCK_DATA + BLOCK_SAVE - 0x10000(r31)
	mfcr	r30
	stw	r30, PPC440_BLOCK_DATA + BLOCK_SAVE + 4 - 0x10000(r31)
	mfspr	r30, SPRN_MCSRR1
	andi.	r30, r30, MSR_PR
	beq	1f
	lwz	r30, PPC440_BLOCK_DATA + BLOCK_SAVE + 4 - 0x10000(r31)
	mtcr	r30
	lwz	r30, PPC440_BLOCK_DATA + BLOCK_SAVE - 0x10000(r31)
	mtspr	SPRN_SPRG1, r30
	mfspr	r30, SPRN_SPRG2
	mtspr	SPRN_SPRG0, r30
	li	r30, PPC440_IVOR_MCHECK
	b	ppc440_block_leave
1:	lwz	r30, PPC440_BLOCK_DATA + BLOCK_HOST_IVPR - 0x10000(r31)
	mtspr	SPRN_IVPR, r30
	lwz	r30, PPC440_BLOCK_DATA + BLOCK_HOST_MCHECK - 0x10000(r31)
	mtctr	r30
	lwz	r30, PPC440_BLOCK_DATA + BLOCK_SAVE + 4 - 0x10000(r31)
	mtcr	r30
	lwz	r30, PPC440_BLOCK_DATA + BLOCK_SAVE - 0x10000(r31)
	mfspr	r31, SPRN_SPRG2
	isync
	bctr

/*
 * void tlb_set(u32 index, u32 pageid, u32 xlat, u32 attrib, u32 tid); interrupts off.
 * Here, since a TLB miss of the host writes MMUCR[STID], too.
 */
	.globl	ppc440_block_tlb_set
ppc440_block_tlb_set:
	mfspr	r8, SPRN_MMUCR
	rlwimi	r8, r7, 0, 24, 31
	mtspr	SPRN_MMUCR, r8
	isync				/* mtspr MMUCR before tlbwe (2.8.1) */
	tlbwe	r5, r3, 1
	tlbwe	r6, r3, 2
	tlbwe	r4, r3, 0
	isync				/* or rfi, before it is used (5.9) */
	blr

	.globl	ppc440_block_end
ppc440_block_end:
	.previous

/*
 * void ppc440_host_mcheck(u32 handler); interrupts off.  As if the machine check had
 * come where this is called; the handler keeps all registers.
 */
_GLOBAL(ppc440_host_mcheck)
	mflr	r4
	mfmsr	r5
	ori	r5, r5, MSR_ME
	mtspr	SPRN_MCSRR0, r4
	mtspr	SPRN_MCSRR1, r5
	mtctr	r3
	bctr
