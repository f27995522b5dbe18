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
#include "magic.h"
#include "ctxt-offsets.h"

/* enter_guest's own: a word for the callee's LR, then r2, LR, CR, r13-r31. */
#define FRAME		96
#define FRAME_R2	8
#define FRAME_R11	12

/* A word of struct ppc440_block, from the upper half of the block's address on. */
#define DATA(offset)	PPC440_BLOCK_DATA + (offset) - 0x10000

	.section .rodata
	.balign	4
	.globl	ppc440_block_start
ppc440_block_start:

/* void enter_guest(struct ppc440_ctxt *ctxt); interrupts, MSR[CE] and [DE] off */
	.globl	ppc440_block_enter
ppc440_block_enter:
	stwu	r1, -FRAME(r1)
	mflr	r11
	mfcr	r12
	stw	r2, FRAME_R2(r1)
	stmw	r11, FRAME_R11(r1)
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
	lwz	r31, DATA(BLOCK_CTXT)(r31)
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
	lwz	r2, FRAME_R2(r1)
	lmw	r11, FRAME_R11(r1)
	mtlr	r11
	mtcr	r12
	addi	r1, r1, FRAME
	blr

/*
 * What is answered here, without an exit.  r31 as above; SPRG0, SPRG1: the guest's r31,
 * r30.  All of it begins with `begin`; where the answer is not simple it gives up and
 * leaves the guest, as if it had not been here.
 */
	/* r27 to r30 are free, r26 is the guest's CR. */
	.macro	begin
	stmw	r26, DATA(BLOCK_SAVED)(r31)
	mfcr	r26
	.endm

	/* Back to the guest's, but for r30 and r31. */
	.macro	restore
	mtcr	r26
	lwz	r26, DATA(BLOCK_SAVED)(r31)
	lwz	r27, DATA(BLOCK_SAVED + 4)(r31)
	lwz	r28, DATA(BLOCK_SAVED + 8)(r31)
	lwz	r29, DATA(BLOCK_SAVED + 12)(r31)
	.endm

	.macro	return_to_guest
	restore
	mfspr	r30, SPRN_SPRG1
	mfspr	r31, SPRN_SPRG0
	rfi
	.endm

	.macro	give_up, ivor
	restore
	li	r30, \ivor
	b	ppc440_block_leave
	.endm

	/* One more of those that have not been exits. */
	.macro	count, answer, reg
	lwz	\reg, DATA(BLOCK_ANSWERED + 4 * \answer)(r31)
	addi	\reg, \reg, 1
	stw	\reg, DATA(BLOCK_ANSWERED + 4 * \answer)(r31)
	.endm

/* TLB misses: from the table of shadow.c.  Both tables are arrays of 16 bytes. */
	.macro	refill, ea, ivor, answer
	begin
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
	count	\answer, r28
	return_to_guest
1:	give_up	\ivor
	.endm

	.globl	ppc440_block_dtlb
ppc440_block_dtlb:
	refill	SPRN_DEAR, PPC440_IVOR_DTLB, PPC440_ANSWER_DTLB

	.globl	ppc440_block_itlb
ppc440_block_itlb:
	refill	SPRN_SRR0, PPC440_IVOR_ITLB, PPC440_ANSWER_ITLB

/*
 * sc, but for hypercalls: as ppc440_inject() does it (6.5.9).  It only ever clears bits
 * of MSR, so no interrupt gets through that has waited.
 */
	.globl	ppc440_block_sc
ppc440_block_sc:
	begin
	lis	r30, HCALL_R0@h
	ori	r30, r30, HCALL_R0@l
	cmpw	r0, r30
	beq	1f
	lwz	r30, DATA(BLOCK_CTXT)(r31)
	lwz	r29, VCPU_MAGIC(r30)
	lwz	r28, VCPU_MSR(r30)
	lwz	r27, PPC440_MAGIC_MSR(r29)
	rlwimi	r28, r27, 0, MSR_EE	/* EE is the page's */
	stw	r28, PPC440_MAGIC_SRR1(r29)
	mfspr	r27, SPRN_SRR0
	stw	r27, PPC440_MAGIC_SRR0(r29)
	lis	r27, PPC440_KEPT_BY_BASE@h
	ori	r27, r27, PPC440_KEPT_BY_BASE@l
	and	r28, r28, r27
	stw	r28, VCPU_MSR(r30)
	stw	r28, PPC440_MAGIC_MSR(r29)
	lwz	r27, VCPU_IVPR(r30)
	lwz	r28, VCPU_IVOR_SC(r30)
	or	r27, r27, r28
	mtspr	SPRN_SRR0, r27
	li	r28, 0
	ori	r28, r28, PPC440_HOST_MSR	/* without the FPU */
	mtspr	SPRN_SRR1, r28
	count	PPC440_ANSWER_SC, r28
	li	r27, PPC440_PID_KERNEL
	b	enter_space
1:	give_up	PPC440_IVOR_SC

/*
 * Program interrupts: rfi of the guest's kernel, as do_rfi() and the way in do it.  Not
 * where that takes more than registers: an interrupt that waits, sleep, address space 1.
 * Other instructions are handed on to ppc440_emulate(), which takes a 0 for one that was
 * not found.
 */
	.globl	ppc440_block_program
ppc440_block_program:
	begin
	lwz	r30, DATA(BLOCK_CTXT)(r31)
	li	r29, 0
	stw	r29, VCPU_WORD(r30)
	lwz	r29, VCPU_MSR(r30)
	andi.	r29, r29, MSR_PR | MSR_IS
	bne	1f
	mfspr	r29, SPRN_ESR		/* one of the FPU's may come before an rfi */
	andis.	r29, r29, (ESR_PTR | ESR_FP | ESR_PUO)@h
	bne	1f
	/* ppc440_fetch() */
	mfspr	r29, SPRN_SRR0
	rlwinm	r28, r29, 23, 27, 28	/* the page's number % 4 * 8 bytes */
	add	r28, r28, r30
	lwz	r27, VCPU_CODE_EA(r28)
	rlwinm	r29, r29, 0, 0, 19
	cmpw	r27, r29
	bne	1f
	lwz	r28, VCPU_CODE_WORDS(r28)
	mfspr	r29, SPRN_SRR0
	rlwinm	r29, r29, 0, 20, 29
	lwzx	r29, r28, r29
	stw	r29, VCPU_WORD(r30)
	xoris	r29, r29, PPC440_INSN_RFI@h
	cmpwi	r29, PPC440_INSN_RFI@l
	bne	1f
	/* r29: the magic page, r28: what MSR becomes, r27 in the end: the PID */
	lwz	r29, VCPU_MAGIC(r30)
	lwz	r28, PPC440_MAGIC_SRR1(r29)
	lis	r27, PPC440_MSR_BITS@h
	ori	r27, r27, PPC440_MSR_BITS@l
	and	r28, r28, r27
	andis.	r27, r28, MSR_WE@h
	bne	1f
	andi.	r27, r28, MSR_IS | MSR_DS
	bne	1f
	lwz	r27, VCPU_IRQS(r30)
	cmpwi	r27, 0
	bne	1f
	andi.	r27, r28, MSR_PR
	li	r27, PPC440_PID_KERNEL
	beq	2f
	lwz	r27, VCPU_MAGIC_EA(r30)
	cmpwi	r27, PPC440_NO_EA
	bne	3f
4:	lwz	r27, VCPU_USER_PID(r30)
	cmpwi	r27, 0			/* not known now */
	beq	1f
2:	stw	r28, VCPU_MSR(r30)
	stw	r28, PPC440_MAGIC_MSR(r29)
	lwz	r29, PPC440_MAGIC_SRR0(r29)
	mtspr	SPRN_SRR0, r29
	lwz	r29, VCPU_FPU_MSR(r30)
	and	r28, r28, r29
	ori	r28, r28, PPC440_HOST_MSR
	mtspr	SPRN_SRR1, r28
	count	PPC440_ANSWER_RFI, r28
	b	enter_space
1:	give_up	PPC440_IVOR_PROGRAM
	/* ppc440_sprgs_from_magic() */
3:	.irp	n, 0, 1, 2, 3
	lwz	r27, PPC440_MAGIC_SPRG4 + 8 * \n(r29)
	mtspr	SPRN_SPRG4W + \n, r27
	stw	r27, CTXT_SPRG + 4 * \n(r30)
	.endr
	b	4b

/* To the guest, in the space of PID r27; as ppc440_shadow_space() does it.  r30: ctxt. */
enter_space:
	lwz	r28, VCPU_HW_PID(r30)
	cmpw	r28, r27
	beq	1f
	stw	r27, VCPU_HW_PID(r30)
	mtspr	SPRN_PID, r27		/* rfi comes before it is used (5.6) */
	lwz	r28, DATA(BLOCK_TAG)(r31)
	rlwimi	r28, r27, 0, 24, 31
	stw	r28, DATA(BLOCK_TAG)(r31)
	addi	r28, r27, -1
	stb	r28, VCPU_CUR_SPACE(r30)
1:	return_to_guest

/*
 * A machine check: r31 as above, SPRG2 has what it was.  Out of the guest it is an exit,
 * after which the host gets it (backend.c); out of the switch itself it goes to the host
 * as it is, but for CTR.
 */
	.globl	ppc440_block_mcheck
ppc440_block_mcheck:
	stw	r30, DATA(BLOCK_MCHECK_SAVED)(r31)
	mfcr	r30
	stw	r30, DATA(BLOCK_MCHECK_SAVED + 4)(r31)
	mfspr	r30, SPRN_MCSRR1
	andi.	r30, r30, MSR_PR
	beq	1f
	lwz	r30, DATA(BLOCK_MCHECK_SAVED + 4)(r31)
	mtcr	r30
	lwz	r30, DATA(BLOCK_MCHECK_SAVED)(r31)
	mtspr	SPRN_SPRG1, r30
	mfspr	r30, SPRN_SPRG2
	mtspr	SPRN_SPRG0, r30
	mfspr	r30, SPRN_MCSRR0
	mtspr	SPRN_SRR0, r30		/* where leaving looks for pc; it has nothing else now */
	li	r30, PPC440_IVOR_MCHECK
	b	ppc440_block_leave
1:	lwz	r30, DATA(BLOCK_HOST_IVPR)(r31)
	mtspr	SPRN_IVPR, r30
	lwz	r30, DATA(BLOCK_HOST_MCHECK)(r31)
	mtctr	r30
	lwz	r30, DATA(BLOCK_MCHECK_SAVED + 4)(r31)
	mtcr	r30
	lwz	r30, DATA(BLOCK_MCHECK_SAVED)(r31)
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
