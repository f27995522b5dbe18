/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vector page: the way into a guest and out of it, and what is answered
 * without leaving it.
 *
 * Read after context.h.  While a guest runs, EBase points to a copy of this code,
 * one for each vcpu: the module's own text is in kseg2, where a refill would
 * find these vectors instead of the host's.  Everything is position independent;
 * the vcpu's context lies MIPS32_BLOCK_CODE behind the base.
 *
 * The guest runs in user mode, with host interrupts enabled.  At a vector all
 * registers are its own.  ErrorEPC holds k1, k0 goes to the context.  The CPU itself
 * writes ErrorEPC at a reset, an NMI and a cache error only (PRA 6.2.1): Linux dies of
 * each of these, so none comes back to find k1 gone; and it uses ErrorEPC for nothing
 * else.  DESAVE would do as well, but belongs to whoever debugs with an EJTAG probe.
 *
 * The manual is the MIPS32 PRA, MD00090 vol. III: 6.2.4 exception vectors, 8.1
 * hazards, 9.33 EBase (written with Status.BEV set only).
 */
#include <linux/linkage.h>
#include <asm/addrspace.h>
#include <asm/asm.h>
#include <asm/mipsregs.h>
#include <asm/regdef.h>
#include "comm.h"
#include "context.h"
#include "large.h"
#include "ctxt-offsets.h"

/* In `.set fp=64` it is the FPU. */
#undef fp

#define CTXT		MIPS32_BLOCK_CODE
#define USERLOCAL	(MIPS32_BLOCK_COMM + MIPS32_COMM_USERLOCAL)
#define COMM_VIE	(MIPS32_BLOCK_COMM + MIPS32_COMM_VIE)
#define COMM_EPC	(MIPS32_BLOCK_COMM + MIPS32_COMM_EPC)
#define COMM_CAUSE	(MIPS32_BLOCK_COMM + MIPS32_COMM_CAUSE)
#define STATUS		(CTXT + CTXT_CP0_STATUS)
#define CAUSE		(CTXT + CTXT_CP0_CAUSE)
#define EXCCODE_SYS	8
#define GPR(n)		(CTXT + CTXT_GPR + 4 * (n))
/* Of enter_guest's own: s0-s7, gp, fp, ra; the first words are the callee's. */
#define FRAME		64
#define FRAME_REG(n)	(16 + 4 * (n))

	.set	push
	.set	noreorder
	.set	noat
	.set	mips32r2

	/* base: the block.  EBase has the CPU's number in its lowest bits. */
	.macro	block_base, reg
	mfc0	\reg, CP0_EBASE
	ins	\reg, zero, 0, 12
	.endm

	.macro	vector_begin
	mtc0	k1, CP0_ERROREPC
	block_base k1
	sw	k0, GPR(26)(k1)
	.endm

	.macro	vector_at, offset
	.org	\offset
	.endm

	.macro	each_gpr, insn, base
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, \
		   18, 19, 20, 21, 22, 23, 24, 25, 28, 29, 30, 31
	\insn	$\n, GPR(\n)(\base)
	.endr
	.endm

	.macro	each_saved, insn
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23
	\insn	$\n, FRAME_REG(\n - 16)(sp)
	.endr
	\insn	gp, FRAME_REG(8)(sp)
	\insn	$30, FRAME_REG(9)(sp)
	\insn	ra, FRAME_REG(10)(sp)
	.endm

	.section .rodata
	.balign	16
	.globl	mips32_block_start
mips32_block_start:

/*
 * TLB refill: copy a pair from the shadow table.  A pair without anything in it
 * goes out, so that no invalid entry is left in the TLB for it.
 */
	vector_begin
	mfc0	k0, CP0_BADVADDR
	lw	k1, CTXT + CTXT_PGD(k1)
	ext	k0, k0, 22, 9
	ins	k1, k0, 2, 9
	lw	k1, 0(k1)
	mfc0	k0, CP0_BADVADDR
	ext	k0, k0, 13, 9
	ins	k1, k0, 3, 9
	lw	k0, 0(k1)
	lw	k1, 4(k1)
	mtc0	k0, CP0_ENTRYLO0
	bltz	k0, refill_large
	 mtc0	k1, CP0_ENTRYLO1
	or	k0, k0, k1
	beqz	k0, refill_none
	 ehb				/* mtc0 EntryLo before tlbwr */
	tlbwr
	block_base k1
	lw	k0, GPR(26)(k1)
	mfc0	k1, CP0_ERROREPC
	eret
refill_none:
	block_base k1
	b	leave_guest
	 li	k0, MIPS32_CODE_REFILL

/* 0x100: cache error.  The host's own goes here, see backend.c. */

	vector_at 0x180
	vector_begin
	mfc0	k0, CP0_CAUSE
	andi	k0, k0, CAUSEF_EXCCODE
	addu	k0, k0, k1
	lw	k0, CTXT + CTXT_DISPATCH(k0)
	ehb				/* mtc0 ErrorEPC before mfc0, here and behind */
	jr	k0
	 mfc0	k0, CP0_ERROREPC	/* the guest's k1 */
	.globl	mips32_block_general
mips32_block_general:
leave_general:
	b	leave_guest
	 li	k0, MIPS32_CODE_GENERAL

/* Interrupts: one vector, or eight where the host has them vectored. */
	.macro	irq_vector, n
	vector_at 0x200 + 0x100 * \n
	vector_begin
	b	leave_guest
	 li	k0, MIPS32_CODE_IRQ
	.endm

	irq_vector 0
	irq_vector 1
	irq_vector 2
	irq_vector 3
	irq_vector 4
	irq_vector 5
	irq_vector 6
	irq_vector 7

	vector_at 0xa00
/*
 * One entry for a group of PTEs (large.c).  k0: one of them.  The host's own entries
 * are of 4 KiB, and so is PageMask but for a moment here (PRA 9.12).
 */
	.macro	entrylo_large, reg, cp0
	ext	k0, \reg, MIPS32_PTE_ALL_D, 1
	ins	\reg, k0, 2, 1		/* D */
	ins	\reg, zero, MIPS32_PTE_BITS, 32 - MIPS32_PTE_BITS
	mtc0	\reg, \cp0
	.endm

refill_large:
	block_base k1
	sw	v0, GPR(2)(k1)
	sw	v1, GPR(3)(k1)
	lw	v0, CTXT + CTXT_PGD(k1)
	ext	k0, k0, MIPS32_PTE_SHIFT, MIPS32_PTE_SHIFT_BITS
	mfc0	k1, CP0_BADVADDR
	ext	v1, k1, 22, 9
	ins	v0, v1, 2, 9
	lw	v0, 0(v0)
	srl	v1, k1, 13
	srlv	v1, v1, k0		/* which group */
	sllv	v1, v1, k0
	sll	v1, v1, 3
	ins	v0, v1, 0, 12		/* its first PTE */
	lw	v1, 0(v0)
	li	k1, 4
	sllv	k1, k1, k0		/* bytes of PTEs of each half */
	addu	v0, v0, k1
	lw	v0, 0(v0)
	sll	k1, k1, 11
	addiu	k1, k1, -0x2000
	mtc0	k1, CP0_PAGEMASK
	entrylo_large v1, CP0_ENTRYLO0
	entrylo_large v0, CP0_ENTRYLO1
	ehb				/* mtc0 before tlbwr */
	tlbwr
	mtc0	zero, CP0_PAGEMASK
	block_base k1
	lw	v0, GPR(2)(k1)
	lw	v1, GPR(3)(k1)
	lw	k0, GPR(26)(k1)
	mfc0	k1, CP0_ERROREPC
	eret

/*
 * The instruction at EPC, to k1; in a delay slot that is the branch, which nobody
 * takes for its own.  The guest's page may miss the TLB: that comes
 * to the general vector, with EPC as it was (Status.EXL); k0 is the guest's then,
 * and k1 saved.
 */
	.macro	probe_insn
	sw	k0, GPR(27)(k1)
	sw	k1, CTXT + CTXT_PROBING(k1)
	lw	k0, GPR(26)(k1)
	mfc0	k1, CP0_EPC
	lw	k1, 0(k1)
	.endm

/*
 * Reserved instruction: `rdhwr v1, $29`, the thread pointer, where the guest may
 * read it.
 */
	.globl	mips32_block_rdhwr
mips32_block_rdhwr:
	probe_insn
	lui	k0, 0x7c03
	ori	k0, k0, 0xe83b
	bne	k0, k1, probed_other
	 mfc0	k0, CP0_EPC
	block_base k1
	addiu	k0, k0, 4
	mtc0	k0, CP0_EPC
	lw	v1, USERLOCAL(k1)
	lw	k0, CTXT + CTXT_QUICK_RDHWR(k1)
	sw	zero, CTXT + CTXT_PROBING(k1)
	addiu	k0, k0, 1
	sw	k0, CTXT + CTXT_QUICK_RDHWR(k1)
	lw	k0, GPR(26)(k1)
	lw	k1, GPR(27)(k1)
	ehb				/* mtc0 EPC before eret */
	eret
probed_other:
	block_base k1
	sw	zero, CTXT + CTXT_PROBING(k1)
	b	leave_guest
	 li	k0, MIPS32_CODE_GENERAL

/* Coprocessor unusable, in the guest's kernel: C gets the instruction, too. */
	.globl	mips32_block_unusable
mips32_block_unusable:
	probe_insn
	block_base k0
	sw	k1, CTXT + CTXT_INSN(k0)
	move	k1, k0
	b	leave_guest
	 li	k0, MIPS32_CODE_COP0

/* ---- the guest's kernel: Status and eret as translate.c has them --------------------- */

/*
 * BadVAddr is \first + n, n below 1 << \bits, or it is none of ours.  Its lower bits,
 * times 1 << \shift, are where in the block the nth way begins (MIPS32_TRAP_LOADS): k1
 * points there, k0 is EPC.
 */
	.macro	trap_way, first, bits, shift
	mfc0	k0, CP0_BADVADDR
	sra	k0, k0, \bits
	addiu	k0, k0, -(\first) >> \bits
	bnez	k0, leave_general
	 mfc0	k0, CP0_BADVADDR
	ins	k1, k0, \shift, 12 + MIPS32_BLOCK_ORDER - \shift
	jr	k1
	 mfc0	k0, CP0_EPC
	.endm

	.globl	mips32_block_load
mips32_block_load:
	trap_way MIPS32_TRAP_LOADS, 5, MIPS32_TRAP_LOAD_SHIFT

	.globl	mips32_block_store
mips32_block_store:
	trap_way MIPS32_TRAP_STORES, 6, MIPS32_TRAP_STORE_SHIFT

	/* To the block's start from anywhere in it: it is as large as it is aligned. */
	.macro	back_to_start, reg
	ins	\reg, zero, 0, 12 + MIPS32_BLOCK_ORDER
	.endm

	/*
	 * mfc0 \reg, Status; way: where k1 points, from the block's start.  No guest's code
	 * is that high: then it is a fetch, of a guest that has jumped there.
	 */
	.macro	status_read, reg
	bltz	k0, not_ours
	 addiu	k0, k0, 4
	mtc0	k0, CP0_EPC
	lw	\reg, STATUS - way(k1)
	lw	k0, COMM_VIE - way(k1)
	sltu	k0, zero, k0
	ins	\reg, k0, 0, 1
	lw	k0, GPR(26) - way(k1)
	mfc0	k1, CP0_ERROREPC
	ehb				/* mtc0 EPC before eret */
	eret
	.endm

	.macro	status_read_k0
	bltz	k0, not_ours
	 addiu	k0, k0, 4
	mtc0	k0, CP0_EPC
	lw	k0, STATUS - way(k1)
	lw	k1, COMM_VIE - way(k1)
	sltu	k1, zero, k1
	ins	k0, k1, 0, 1
	mfc0	k1, CP0_ERROREPC
	ehb				/* mtc0 EPC before eret */
	eret
	.endm

	.macro	status_read_k1
	bltz	k0, not_ours
	 addiu	k0, k0, 4
	mtc0	k0, CP0_EPC
	lw	k0, COMM_VIE - way(k1)
	lw	k1, STATUS - way(k1)
	sltu	k0, zero, k0
	ins	k1, k0, 0, 1
	block_base k0
	lw	k0, GPR(26)(k0)
	ehb				/* mtc0 EPC before eret */
	eret
	.endm

	.org	MIPS32_BLOCK_LOADS
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
		   19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.set	way, MIPS32_BLOCK_LOADS + (\n << MIPS32_TRAP_LOAD_SHIFT)
	.org	way
	.if	\n == 26
	status_read_k0
	.elseif	\n == 27
	status_read_k1
	.else
	status_read $\n
	.endif
	.endr

	/* With the value to write in k0; the last half is not for mtc0. */
	.org	MIPS32_BLOCK_STORES
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
		   19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.if	\n == 26
	b	status_write_k0
	 nop
	.elseif	\n == 27
	b	status_write
	 mfc0	k0, CP0_ERROREPC
	.else
	b	status_write
	 move	k0, $\n
	.endif
	.endr
	b	quick_eret
	 nop
	.rept	31
	b	not_ours
	 nop
	.endr

not_ours:
	back_to_start k1
	b	leave_guest
	 li	k0, MIPS32_CODE_GENERAL

	/* C has to see it: $1 is the guest's again. */
not_quick:
	lw	$1, GPR(1)(k1)
	b	leave_guest
	 li	k0, MIPS32_CODE_GENERAL

	/* Of $1, a change of Status: what may change here goes. */
	.macro	drop_quick_bits
	ins	$1, zero, 0, 2		/* IE, EXL */
	ins	$1, zero, 3, 2		/* KSU */
	ins	$1, zero, 8, 8		/* IM */
	ins	$1, zero, 28, 1		/* CU0 */
	.endm

	/* Interrupts that wait, and that the Status in k0 lets through but for IE, to $1. */
	.macro	unmasked
	lw	$1, COMM_CAUSE(k1)
	and	$1, $1, k0
	andi	$1, $1, ST0_IM
	.endm

	.macro	count_quick, counter
	lw	k0, CTXT + \counter(k1)
	addiu	k0, k0, 1
	sw	k0, CTXT + \counter(k1)
	.endm

	.macro	resume
	lw	$1, GPR(1)(k1)
	lw	k0, GPR(26)(k1)
	mfc0	k1, CP0_ERROREPC
	ehb				/* mtc0 EPC, EntryHi before eret */
	eret
	.endm

	/* As set_entry() in backend.c; by $1. */
	.macro	enter_mode, mode
	lw	$1, CTXT + CTXT_MODES + \mode * MODE_SIZE + MODE_ENTRYHI(k1)
	mtc0	$1, CP0_ENTRYHI
	sw	$1, CTXT + CTXT_ENTRYHI(k1)
	lw	$1, CTXT + CTXT_MODES + \mode * MODE_SIZE + MODE_PGD(k1)
	sw	$1, CTXT + CTXT_PGD(k1)
	lw	$1, CTXT + CTXT_MODES + \mode * MODE_SIZE + MODE_ADEL(k1)
	sw	$1, CTXT + CTXT_DISPATCH_ADEL(k1)
	lw	$1, CTXT + CTXT_MODES + \mode * MODE_SIZE + MODE_ADES(k1)
	sw	$1, CTXT + CTXT_DISPATCH_ADES(k1)
	lw	$1, CTXT + CTXT_MODES + \mode * MODE_SIZE + MODE_SYS(k1)
	sw	$1, CTXT + CTXT_DISPATCH_SYS(k1)
	lw	$1, CTXT + CTXT_MODES + \mode * MODE_SIZE + MODE_CPU(k1)
	sw	$1, CTXT + CTXT_DISPATCH_CPU(k1)
	.endm

/*
 * mtc0 Status, where neither the mode becomes the user's nor an interrupt can be taken
 * afterwards, and no other bits change than those that nothing else hangs on.
 */
status_write_k0:
	back_to_start k1
	lw	k0, GPR(26)(k1)
status_write:
	back_to_start k1
	sw	$1, GPR(1)(k1)
	lw	$1, STATUS(k1)
	xor	$1, $1, k0
	drop_quick_bits
	bnez	$1, not_quick
	 ext	$1, k0, 1, 4		/* KSU, ERL, EXL */
	xori	$1, $1, KSU_USER >> 1
	beqz	$1, not_quick
	 nop
	unmasked
	bnez	$1, not_quick
	 nop
	sw	k0, STATUS(k1)
	andi	k0, k0, ST0_IE
	sw	k0, COMM_VIE(k1)
	count_quick CTXT_QUICK_MTC0
	mfc0	k0, CP0_EPC
	addiu	k0, k0, 4
	mtc0	k0, CP0_EPC
	resume

/* eret to EPC, where no interrupt waits, whatever IE says: VIE' may not tell of it. */
quick_eret:
	back_to_start k1
	sw	$1, GPR(1)(k1)
	lw	k0, STATUS(k1)
	andi	$1, k0, ST0_EXL | ST0_ERL
	xori	$1, $1, ST0_EXL
	bnez	$1, not_quick
	 xori	k0, k0, ST0_EXL
	unmasked
	bnez	$1, not_quick
	 nop
	sw	k0, STATUS(k1)
	ext	$1, k0, 3, 2		/* KSU */
	xori	$1, $1, KSU_USER >> 3
	bnez	$1, 2f
	 nop
	enter_mode 0
2:	count_quick CTXT_QUICK_ERET
	lw	k0, COMM_EPC(k1)
	mtc0	k0, CP0_EPC
	resume

/* syscall of the guest's user: mips32_inject() in inject.c. */
	.globl	mips32_block_syscall
mips32_block_syscall:
	mfc0	k0, CP0_CAUSE
	bltz	k0, leave_general	/* BD */
	 sw	$1, GPR(1)(k1)
	.macro	sys_cause, at
	lw	k0, \at(k1)
	li	$1, EXCCODE_SYS
	ins	k0, zero, 28, 2		/* CE */
	ins	k0, zero, 31, 1		/* BD */
	ins	k0, $1, 2, 5
	sw	k0, \at(k1)
	.endm
	sys_cause CAUSE
	sys_cause COMM_CAUSE
	lw	k0, STATUS(k1)
	ori	k0, k0, ST0_EXL
	sw	k0, STATUS(k1)
	enter_mode 1
	count_quick CTXT_QUICK_SYSCALL
	mfc0	k0, CP0_EPC
	sw	k0, COMM_EPC(k1)
	lw	k0, CTXT + CTXT_VECTOR(k1)
	mtc0	k0, CP0_EPC
	resume

/*
 * void enter_guest(struct mips32_ctxt *ctxt), interrupts off: the guest runs until
 * an exit for which ctxt->served() returns false.  The host's own registers are kept
 * here meanwhile, so that an exit which is served costs no more than the guest's.
 * The guest's ASID stays in EntryHi.
 */
	.globl	mips32_block_enter
mips32_block_enter:
	addiu	sp, sp, -FRAME
	each_saved sw
	addiu	k1, a0, -CTXT
	mfc0	t0, CP0_STATUS
	mfc0	t1, CP0_EBASE
	ins	t0, zero, 19, 3		/* NMI, SR, TS: they can only be cleared */
	lui	t2, ST0_BEV >> 16
	ori	t2, t2, ST0_EXL
	or	t2, t2, t0
	sw	sp, CTXT + CTXT_HOST_SP(k1)
	sw	t0, CTXT + CTXT_HOST_STATUS(k1)
	sw	t2, CTXT + CTXT_HOST_SWITCH(k1)
	sw	t1, CTXT + CTXT_HOST_EBASE(k1)
enter_again:
	lw	t0, CTXT + CTXT_HOST_SWITCH(k1)
	lw	t1, CTXT + CTXT_ENTRYHI(k1)
	lw	t2, CTXT + CTXT_PC(k1)
	lw	t3, CTXT + CTXT_STATUS(k1)
	mtc0	t0, CP0_STATUS
	lw	t4, CTXT + CTXT_HI(k1)
	lw	t5, CTXT + CTXT_LO(k1)
	ehb				/* BEV before EBase */
	mtc0	k1, CP0_EBASE
	mtc0	t1, CP0_ENTRYHI
	mtc0	t2, CP0_EPC
	mthi	t4
	mtlo	t5
	ehb				/* EBase before BEV */
	mtc0	t3, CP0_STATUS
	each_gpr lw, k1
	lw	$1, GPR(1)(k1)
	lw	k0, GPR(26)(k1)
	lw	k1, GPR(27)(k1)
	ehb				/* Status, EPC, EntryHi before eret */
	eret

/* k0: MIPS32_CODE_*; k1: the block; the guest's k0 is saved. */
leave_guest:
	sw	$1, GPR(1)(k1)
	each_gpr sw, k1
	lw	t0, CTXT + CTXT_PROBING(k1)
	ehb				/* mtc0 ErrorEPC before mfc0 */
	mfc0	t1, CP0_ERROREPC
	bnez	t0, 1f
	 sw	zero, CTXT + CTXT_PROBING(k1)
	sw	t1, GPR(27)(k1)
1:	lw	t0, CTXT + CTXT_HOST_SWITCH(k1)
	lw	t1, CTXT + CTXT_HOST_EBASE(k1)
	lw	t2, CTXT + CTXT_HOST_STATUS(k1)
	mfc0	t3, CP0_EPC
	mfc0	t4, CP0_CAUSE
	mfc0	t5, CP0_BADVADDR
	mfhi	t6
	mflo	t7
	mtc0	t0, CP0_STATUS
	sw	t3, CTXT + CTXT_PC(k1)
	sw	t4, CTXT + CTXT_CAUSE(k1)
	sw	t5, CTXT + CTXT_BADVADDR(k1)
	sw	t6, CTXT + CTXT_HI(k1)
	sw	t7, CTXT + CTXT_LO(k1)
	ehb				/* BEV before EBase */
	mtc0	t1, CP0_EBASE
	lw	sp, CTXT + CTXT_HOST_SP(k1)
	lw	a0, CTXT + CTXT_OWNER(k1)
	lw	t9, CTXT + CTXT_SERVED(k1)
	lw	gp, FRAME_REG(8)(sp)
	move	a1, k0
	move	s0, k1
	ehb				/* EBase before BEV */
	mtc0	t2, CP0_STATUS
	jalr.hb	t9			/* Status before what it allows */
	 nop
	bnez	v0, enter_again
	 move	k1, s0
	each_saved lw
	jr	ra
	 addiu	sp, sp, FRAME

/*
 * The host's TLB, interrupts off and its vectors in place.  Here, since module text
 * is in kseg2: a refill for it in between would leave its own EntryHi and EntryLo.
 *
 * void tlb_set(u32 entryhi, u32 lo0, u32 lo1, bool add): the pair is so; one that is
 * not there comes in only with @add.  EntryHi stays.
 */
	.globl	mips32_block_tlb_set
mips32_block_tlb_set:
	mtc0	a0, CP0_ENTRYHI
	ehb
	tlbp				/* before tlbw: no two may match */
	ehb
	mfc0	t0, CP0_INDEX
	mtc0	a1, CP0_ENTRYLO0
	mtc0	a2, CP0_ENTRYLO1
	ehb
	bltz	t0, 1f
	 nop
	tlbwi
	jr.hb	ra
	 nop
1:	beqz	a3, 2f
	 nop
	tlbwr
2:	jr.hb	ra
	 nop

/*
 * void tlb_kill(u32 entryhi, u32 unique): it is not there.  EntryHi is as before.  What is
 * there instead is never found: unmapped, and each index its own from @unique on.
 */
	.globl	mips32_block_tlb_kill
mips32_block_tlb_kill:
	mfc0	t1, CP0_ENTRYHI
	mtc0	a0, CP0_ENTRYHI
	ehb
	tlbp
	ehb
	mfc0	t0, CP0_INDEX
	bltz	t0, 1f
	 sll	t2, t0, 13
	addu	t2, t2, a1
	mtc0	zero, CP0_ENTRYLO0
	mtc0	zero, CP0_ENTRYLO1
	mtc0	t2, CP0_ENTRYHI
	ehb
	tlbwi
	ehb
1:	mtc0	t1, CP0_ENTRYHI
	jr.hb	ra
	 nop

	.globl	mips32_block_end
mips32_block_end:

/* ---- the FPU: in the module, called with Status.CU1 set and FR the guest's ---- */

	.text
	.set	hardfloat
	.set	mips32r2

	/* The even registers hold everything with FR clear. */
	.macro	each_even, insn, base
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	\insn	$f\n, CTXT_FPR + 8 * \n(\base)
	.endr
	.endm

	.macro	each_odd, insn, base
	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
	\insn	$f\n, CTXT_FPR + 8 * \n(\base)
	.endr
	.endm

/* void mips32_fpu_save(struct mips32_ctxt *ctxt, bool fr) */
	.globl	mips32_fpu_save
	.type	mips32_fpu_save, @function
mips32_fpu_save:
	cfc1	t0, $31
	sw	t0, CTXT_FCR31(a0)
	beqz	a1, 1f
	 nop
	.set	push
	.set	fp=64
	each_odd sdc1, a0
	.set	pop
1:	each_even sdc1, a0
	jr	ra
	 nop

/* void mips32_fpu_load(struct mips32_ctxt *ctxt, bool fr) */
	.globl	mips32_fpu_load
	.type	mips32_fpu_load, @function
mips32_fpu_load:
	lw	t0, CTXT_FCR31(a0)
	beqz	a1, 1f
	 nop
	.set	push
	.set	fp=64
	each_odd ldc1, a0
	.set	pop
1:	each_even ldc1, a0
	ctc1	t0, $31
	jr	ra
	 nop

	.set	pop
