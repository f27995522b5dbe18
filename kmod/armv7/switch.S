/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vectors of Hyp mode and the world switch.
 *
 * Read after hyp_init.S.  But for armv7_hyp_save_host() and armv7_hyp_enter()
 * everything here runs in Hyp mode at HYP_TEXT_VA.
 *
 * HVBAR tells the worlds apart: each has its own vectors, and sp, which Hyp mode
 * has to itself, points to what that world needs first: the guest's struct
 * armv7_ctxt, or this CPU's struct armv7_hyp_cpu.  There is no stack.  HTPIDR is
 * the latter always.  Hyp mode has no lr of its own: it is the LR_usr of
 * whoever runs (B1.3.2).
 *
 * What is switched, and why not the rest:
 *
 *			guest		host
 *	r0-r12, USR	in and out	the caller's frame; user space's stand in
 *					its pt_regs
 *	pc, cpsr	in and out	in and out
 *	SVC		in and out	sp; lr is in the caller's frame, and SPSR
 *					means something in entry code only
 *	ABT, UND, IRQ	in and out	sp, once an entry; lr and SPSR are
 *					written by the next exception
 *	FIQ		in and out	in and out: a FIQ handler keeps its state
 *					there, and no mask stops it
 *	CP15, two groups in and out	once an entry (armv7_hyp_save_host()), out
 *	CP15, faults	in and out	no: dead once the handler has read them;
 *					CSSELR and PAR are written before each
 *					use, with interrupts off
 *	VFP		when it uses it	then, and FPEXC always
 *	ThumbEE		since it did	then: HSTR.TTEE traps the first access
 *	FCSEIDR		cleared		cleared; see host_return
 *	CNTV		in and out	off: the host has another timer
 *	the monitor	cleared		no: no LDREX is under way at its HVC
 *
 * "Once an entry" is before the first of several turns that are made with
 * interrupts off and in the same thread; nothing changes these meanwhile.
 * What stays behind of the guest is never more than a value in a register that
 * the host writes before it reads it, or of an LR that no code returns by.
 *
 * Order of the switch: stage 2 (VTTBR, HCR) comes before the guest's
 * translation registers and goes after them.  A speculative walk in between
 * may mix one world's tables with the other's, but only under stage 2 and the
 * guest's VMID: nothing that a guest wrote is ever walked as the host's.
 * ERET is a context synchronization operation (A3.8.3).
 *
 * lazy.S, at the end, has what is switched for guests that use it only.
 */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include "hyp.h"
#include "hyp-offsets.h"

	.arch	armv7-a
	.arch_extension virt
	.arch_extension sec
	.fpu	neon
	.arm

/* ---- state that both worlds have; r12 walks the memory, r2-r11 are used ---- */

	/* enum armv7_c15, up to C15_HOST */
	.macro	c15_translation op, op64
	\op	p15, 0, r2, c1, c0, 0		@ SCTLR
	\op	p15, 0, r3, c1, c0, 2		@ CPACR
	\op	p15, 0, r4, c2, c0, 2		@ TTBCR
	\op64	p15, 0, r5, r6, c2		@ TTBR0
	\op64	p15, 1, r7, r8, c2		@ TTBR1
	\op	p15, 0, r9, c3, c0, 0		@ DACR
	.endm

	.macro	c15_rest op
	\op	p15, 0, r2, c10, c2, 0		@ PRRR
	\op	p15, 0, r3, c10, c2, 1		@ NMRR
	\op	p15, 0, r4, c10, c3, 0		@ AMAIR0
	\op	p15, 0, r5, c10, c3, 1		@ AMAIR1
	\op	p15, 0, r6, c12, c0, 0		@ VBAR
	\op	p15, 0, r7, c13, c0, 1		@ CONTEXTIDR
	\op	p15, 0, r8, c13, c0, 2		@ TPIDRURW
	\op	p15, 0, r9, c13, c0, 3		@ TPIDRURO
	\op	p15, 0, r10, c13, c0, 4		@ TPIDRPRW
	\op	p15, 0, r11, c14, c1, 0		@ CNTKCTL
	.endm

	/* and from there to C15_SWITCHED */
	.macro	c15_faults op, op64
	\op	p15, 0, r2, c5, c0, 0		@ DFSR
	\op	p15, 0, r3, c5, c0, 1		@ IFSR
	\op	p15, 0, r4, c5, c1, 0		@ ADFSR
	\op	p15, 0, r5, c5, c1, 1		@ AIFSR
	\op	p15, 0, r6, c6, c0, 0		@ DFAR
	\op	p15, 0, r7, c6, c0, 2		@ IFAR
	\op	p15, 2, r8, c0, c0, 0		@ CSSELR
	\op64	p15, 0, r9, r10, c7		@ PAR
	.endm

	.macro	save_host_c15
	c15_translation mrc, mrrc
	stm	r12!, {r2-r9}
	c15_rest mrc
	stm	r12!, {r2-r11}
	.endm

	.macro	load_host_c15
	ldm	r12!, {r2-r9}
	c15_translation mcr, mcrr
	ldm	r12!, {r2-r11}
	c15_rest mcr
	.endm

	/* struct armv7_ctxt from r[13] to spsr of FIQ */
	.macro	save_banks
	mrs	r2, SP_usr
	mov	r3, lr
	mrs	r4, ELR_hyp
	mrs	r5, SPSR
	mrs	r6, SP_svc
	mrs	r7, LR_svc
	mrs	r8, SPSR_svc
	stm	r12!, {r2-r8}
	mrs	r2, SP_abt
	mrs	r3, LR_abt
	mrs	r4, SPSR_abt
	mrs	r5, SP_und
	mrs	r6, LR_und
	mrs	r7, SPSR_und
	mrs	r8, SP_irq
	mrs	r9, LR_irq
	mrs	r10, SPSR_irq
	stm	r12!, {r2-r10}
	mrs	r2, R8_fiq
	mrs	r3, R9_fiq
	mrs	r4, R10_fiq
	mrs	r5, R11_fiq
	mrs	r6, R12_fiq
	mrs	r7, SP_fiq
	mrs	r8, LR_fiq
	mrs	r9, SPSR_fiq
	stm	r12!, {r2-r9}
	.endm

	.macro	load_banks
	ldm	r12!, {r2-r8}
	msr	SP_usr, r2
	mov	lr, r3
	msr	ELR_hyp, r4
	msr	SPSR_cxsf, r5
	msr	SP_svc, r6
	msr	LR_svc, r7
	msr	SPSR_svc, r8
	ldm	r12!, {r2-r10}
	msr	SP_abt, r2
	msr	LR_abt, r3
	msr	SPSR_abt, r4
	msr	SP_und, r5
	msr	LR_und, r6
	msr	SPSR_und, r7
	msr	SP_irq, r8
	msr	LR_irq, r9
	msr	SPSR_irq, r10
	ldm	r12!, {r2-r9}
	msr	R8_fiq, r2
	msr	R9_fiq, r3
	msr	R10_fiq, r4
	msr	R11_fiq, r5
	msr	R12_fiq, r6
	msr	SP_fiq, r7
	msr	LR_fiq, r8
	msr	SPSR_fiq, r9
	.endm

	/* struct armv7_hyp_cpu, from its start to spsr of FIQ */
	.macro	save_host_banks
	mrs	r2, ELR_hyp
	mrs	r3, SPSR
	mrs	r4, SP_svc
	mrs	r5, R8_fiq
	mrs	r6, R9_fiq
	mrs	r7, R10_fiq
	mrs	r8, R11_fiq
	mrs	r9, R12_fiq
	mrs	r10, SP_fiq
	mrs	r11, LR_fiq
	mrs	r12, SPSR_fiq
	stm	sp, {r2-r12}
	.endm

	.macro	load_host_banks
	ldm	sp, {r2-r12}
	msr	ELR_hyp, r2
	msr	SPSR_cxsf, r3
	msr	SP_svc, r4
	msr	R8_fiq, r5
	msr	R9_fiq, r6
	msr	R10_fiq, r7
	msr	R11_fiq, r8
	msr	R12_fiq, r9
	msr	SP_fiq, r10
	msr	LR_fiq, r11
	msr	SPSR_fiq, r12
	.endm

/* ---- in the host kernel ------------------------------------------------------ */

	.text

/* void armv7_hyp_save_host(struct armv7_hyp_cpu *hc) */
ENTRY(armv7_hyp_save_host)
	push	{r4-r11, lr}
	add	r12, r0, #HOST_C15
	save_host_c15
	mrs	r2, SP_abt
	mrs	r3, SP_und
	mrs	r4, SP_irq
	stm	r12, {r2-r4}
	ldr	r2, [r0, #HOST_VFP_REGS]
	cmp	r2, #0
	beq	1f
	vmrs	r2, fpexc
	str	r2, [r0, #HOST_FPEXC]
1:	pop	{r4-r11, pc}
ENDPROC(armv7_hyp_save_host)

/* u32 armv7_hyp_enter(struct armv7_ctxt *ctxt) */
ENTRY(armv7_hyp_enter)
	push	{r4-r11, lr}
	hvc	#0
	pop	{r4-r11, pc}
ENDPROC(armv7_hyp_enter)

	.pushsection .ember.hyp.text, "ax", %progbits

/* ---- vectors (B1.8.1) ------------------------------------------------------- */

	/* While the host runs: HVC, and nothing else (HCR is 0). */
	.align	5
ENTRY(armv7_host_vectors)
	b	.				@ not used
	b	.				@ undefined, in Hyp mode
	b	.				@ HVC from Hyp mode
	b	.				@ prefetch abort, in Hyp mode
	b	.				@ data abort, in Hyp mode
	b	host_call
	b	.				@ IRQ
	b	.				@ FIQ
ENDPROC(armv7_host_vectors)

	/* While a guest runs, or as good as. */
	.align	5
guest_vectors:
	b	hyp_fault
	b	hyp_fault
	b	hyp_fault
	b	hyp_fault
	b	hyp_fault
	b	guest_call			@ HVC, and all that traps to Hyp mode
	b	guest_irq
	b	guest_fiq

/* ---- the host calls: r0 says what, r1-r3 and r12 are free -------------------- */

host_call:
	cmp	r0, #HYP_CALL_LAST
	bhi	guest_enter
	cmp	r0, #HYP_CALL_FLUSH_VM
	beq	flush_vm
	cmp	r0, #HYP_CALL_FLUSH_VM_LOCAL
	beq	flush_vm_local
	cmp	r0, #HYP_CALL_FLUSH_HYP
	beq	flush_hyp
	cmp	r0, #HYP_CALL_TEARDOWN
	cmpne	r0, #HYP_SOFT_RESTART
	beq	armv7_hyp_teardown
	ldr	r0, =HYP_STUB_ERR
	eret

	.ltorg

/*
 * Stage 1 and 2 entries of one VMID.  Only the VMID of VTTBR counts; nothing
 * is walked while it is set, as the host executes nothing meanwhile (B3.10.5).
 */
flush_vm:
	dsb	ishst				@ the tables were changed
	mcrr	p15, 6, r2, r3, c2		@ VTTBR
	isb
	mcr	p15, 0, r0, c8, c3, 0		@ TLBIALLIS
	dsb	ish
	b	flushed

flush_vm_local:
	mcrr	p15, 6, r2, r3, c2		@ VTTBR
	isb
	mcr	p15, 0, r0, c8, c7, 0		@ TLBIALL
	dsb	nsh
flushed:
	isb
	mov	r2, #0
	mcrr	p15, 6, r2, r2, c2
	eret

flush_hyp:
	dsb	ishst
	mcr	p15, 4, r0, c8, c3, 0		@ TLBIALLHIS
	dsb	ish
	isb
	eret

/* ---- in ---------------------------------------------------------------------- */

/* r0: struct armv7_ctxt; armv7_hyp_enter() has saved r4-r11. */
guest_enter:
	save_host_banks

	/*
	 * HCPTR traps only what is not undefined already (B1.14), so FPEXC.EN
	 * must be set or a guest that has VFP enabled would see it undefined.
	 */
	ldr	r2, [sp, #HOST_VFP_REGS]
	ldr	r3, [sp, #HOST_FPEXC]
	cmp	r2, #0
	beq	1f
	orr	r3, r3, #(1 << 30)
	vmsr	fpexc, r3
1:
	adr	r2, guest_vectors
	mcr	p15, 4, r2, c12, c0, 0		@ HVBAR: from here a guest's
	mov	sp, r0

	add	r12, sp, #CTXT_MIDR
	ldm	r12!, {r2-r11}			@ r9 is for guest_hvc
	mcr	p15, 4, r2, c0, c0, 0		@ VPIDR
	mcr	p15, 4, r3, c0, c0, 5		@ VMPIDR
	mcr	p15, 4, r5, c1, c1, 2		@ HCPTR
	mcr	p15, 4, r6, c1, c1, 3		@ HSTR
	mcr	p15, 4, r7, c1, c1, 1		@ HDCR
	mcr	p15, 4, r8, c14, c1, 0		@ CNTHCTL
	mcrr	p15, 6, r10, r11, c2		@ VTTBR
	mcr	p15, 4, r4, c1, c1, 0		@ HCR
	ldm	r12, {r2-r5, r8}
	mcrr	p15, 4, r2, r3, c14		@ CNTVOFF
	mcrr	p15, 3, r4, r5, c14		@ CNTV_CVAL
	isb
	mcr	p15, 0, r8, c14, c3, 1		@ CNTV_CTL, when the rest is there
	tst	r7, #HDCR_TDE
	blne	debug_load
	tst	r6, #HSTR_TTEE
	beq	thumbee_in
thumbee_is_in:
	add	r12, sp, #CTXT_SP_USR
	load_banks
	load_host_c15				@ the guest's, which follow
	ldm	r12, {r2-r10}
	c15_faults mcr, mcrr
	clrex
	ldm	sp, {r0-r12}
	eret

/* ---- the guest traps --------------------------------------------------------- */

guest_call:
	stm	sp, {r0-r12}
	mrc	p15, 4, r3, c5, c2, 0		@ HSR
	cmp	r3, #HSR_HVC_0
	beq	guest_hvc
	lsr	r2, r3, #26			@ .EC (B3.13.6)
	cmp	r2, #0x24			@ data abort of the guest
	cmpne	r2, #0x20			@ prefetch abort of the guest
	beq	guest_abort
	cmp	r2, #0x07			@ HCPTR trap
	beq	guest_vfp
guest_trap:
	mov	r0, #ARMV7_CODE_TRAP
	b	guest_exit

guest_irq:
	stm	sp, {r0-r12}
	mov	r0, #ARMV7_CODE_IRQ
	b	guest_exit

guest_fiq:
	stm	sp, {r0-r12}
	mov	r0, #ARMV7_CODE_FIQ
	b	guest_exit

/*
 * PSCI_VERSION asks nothing of the host, and is how a guest's kernel and its
 * benchmarks measure a call.  Whoever wants this vcpu to leave has sent its CPU
 * an interrupt, which is taken after the ERET.  r1-r3 of the answer are 0 as in
 * psci.c, where all other calls are served.
 */
guest_hvc:
	cmp	r0, #PSCI_VERSION_FN
	bne	guest_trap
	ldr	r0, [sp, #CTXT_PSCI_VERSION]
	cmp	r0, #0
	beq	guest_trap
	ldr	r1, [sp, #CTXT_HYP_CALLS]
	add	r1, r1, #1
	str	r1, [sp, #CTXT_HYP_CALLS]
	mov	r1, #0
	mov	r2, #0
	mov	r3, #0
	eret

/*
 * A stage 2 abort.  HPFAR holds the address unless it was a permission fault
 * outside a stage 1 walk (B3.13.4): then stage 1 is asked again, with the
 * guest's registers still in place.  PAR is long format as HCR.VM is set
 * (B3.12.6).  If stage 1 has no answer any more the guest runs on, and
 * faults there.  r2: HSR.EC; r3: HSR.
 */
guest_abort:
	mrc	p15, 4, r4, c6, c0, 4		@ HPFAR
	and	r5, r3, #0x3c			@ .FSC without the level
	cmp	r5, #0x0c			@ permission
	bne	1f
	tst	r3, #(1 << 7)			@ .S1PTW
	bne	1f
	cmp	r2, #0x24
	mrceq	p15, 4, r4, c6, c0, 0		@ HDFAR
	mrcne	p15, 4, r4, c6, c0, 2		@ HIFAR
	mrrc	p15, 0, r6, r7, c7		@ PAR is the guest's
	mcr	p15, 0, r4, c7, c8, 0		@ ATS1CPR
	isb
	mrrc	p15, 0, r4, r5, c7
	mcrr	p15, 0, r6, r7, c7
	tst	r4, #1				@ .F
	bne	guest_again
	lsr	r4, r4, #12			@ PA[31:12]
	and	r5, r5, #0xff			@ PA[39:32]
	orr	r4, r4, r5, lsl #20
	lsl	r4, r4, #4			@ as HPFAR has it
1:	str	r4, [sp, #CTXT_HPFAR]
	b	guest_trap

guest_again:
	ldm	sp, {r0-r12}
	eret

/* ---- out ----------------------------------------------------------------------- */

/* r0: ARMV7_CODE_*; the guest's r0-r12 are saved. */
guest_exit:
	add	r12, sp, #CTXT_SP_USR
	save_banks
	save_host_c15				@ the guest's, which follow
	c15_faults mrc, mrrc
	stm	r12, {r2-r10}
	mrrc	p15, 3, r2, r3, c14		@ CNTV_CVAL
	mrc	p15, 0, r4, c14, c3, 1		@ CNTV_CTL
	mrc	p15, 4, r5, c5, c2, 0		@ HSR
	mrc	p15, 4, r6, c6, c0, 0		@ HDFAR
	mrc	p15, 4, r7, c6, c0, 2		@ HIFAR
	mrc	p15, 4, r8, c1, c1, 0		@ HCR: .VA ends when it is taken
	str	r8, [sp, #CTXT_HCR]
	add	r12, sp, #CTXT_CNTV_CVAL
	stm	r12, {r2-r7}

	mrc	p15, 4, r12, c13, c0, 2		@ HTPIDR
	ldr	r2, [r12, #HOST_VFP_OUT]
	cmp	r2, #0
	blne	vfp_out				@ lr is saved by now
guest_is_out:
	ldr	r2, [sp, #CTXT_HSTR]
	ldr	r3, [sp, #CTXT_HDCR]
	tst	r2, #HSTR_TTEE
	bleq	thumbee_out
	tst	r3, #HDCR_TDE
	blne	debug_put

/*
 * r0: what armv7_hyp_enter() returns; r12: struct armv7_hyp_cpu.  Nothing of the
 * guest is needed now.
 */
host_return:
	mov	sp, r12
	ldr	r2, [sp, #HOST_VECTORS]
	mcr	p15, 4, r2, c12, c0, 0		@ HVBAR: the host's again
	mov	r1, #0
	mcr	p15, 0, r1, c14, c3, 1		@ CNTV_CTL: no interrupt for the host
	/*
	 * Cores with the Multiprocessing Extensions have no FCSE, and this
	 * ignores writes.  QEMU's have one for every guest that asks: it moves
	 * whatever is below 32 MiB, the host's processes too.
	 */
	mcr	p15, 0, r1, c13, c0, 0		@ FCSEIDR
	mcr	p15, 4, r1, c1, c1, 3		@ HSTR
	mcr	p15, 4, r1, c1, c1, 2		@ HCPTR
	mcrr	p15, 4, r1, r1, c14		@ CNTVOFF
	mov	r2, #CNTHCTL_HOST
	mcr	p15, 4, r2, c14, c1, 0		@ CNTHCTL

	add	r12, sp, #HOST_C15
	load_host_c15
	ldm	r12, {r2-r9}
	msr	SP_abt, r2
	msr	SP_und, r3
	msr	SP_irq, r4
	mcr	p15, 4, r7, c1, c1, 1		@ HDCR
	mcr	p15, 4, r8, c0, c0, 0		@ VPIDR
	mcr	p15, 4, r9, c0, c0, 5		@ VMPIDR
	isb
	cmp	r6, #0
	beq	1f
	vmsr	fpexc, r5
1:	mcr	p15, 4, r1, c1, c1, 0		@ HCR
	mcrr	p15, 6, r1, r1, c2		@ VTTBR
	load_host_banks
	.globl	armv7_hyp_invalidate_bp		@ hyp.c has another for the A15
armv7_hyp_invalidate_bp:
	mcr	p15, 0, r2, c7, c5, 6		@ BPIALL: no target of the guest's
	eret

/*
 * A fault of this code with a guest loaded: the host can be put back, and ends
 * that VM.  Without one (the host's vectors) there is nothing to go back to.
 */
hyp_fault:
	mrs	r2, ELR_hyp
	str	r2, [sp, #CTXT_PC]
	mrc	p15, 4, r2, c5, c2, 0		@ HSR
	str	r2, [sp, #CTXT_HSR]
	mrc	p15, 4, r12, c13, c0, 2		@ HTPIDR
	ldr	r2, [r12, #HOST_VFP_OUT]
	cmp	r2, #0
	blne	vfp_host_in
	mov	r0, #ARMV7_CODE_HYP_FAULT
	b	guest_is_out

#include "lazy.S"

	.globl	armv7_hyp_text_end
armv7_hyp_text_end:

	.popsection
