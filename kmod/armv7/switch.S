/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vectors of Hyp mode and the world switch.
 *
 * Read after hyp_init.S.  Everything here runs in Hyp mode at HYP_TEXT_VA.
 * HTPIDR holds the guest's struct armv7_ctxt, or 0 while the host runs; sp
 * points to this CPU's struct armv7_hyp_cpu whenever Hyp mode is left.  Hyp
 * mode has no lr of its own: it is the LR_usr of whoever runs (B1.3.2).
 *
 * Order of the switch: stage 2 (VTTBR, HCR) comes before the guest's
 * translation registers and goes after them.  A speculative walk in between
 * may mix one world's tables with the other's, but only under stage 2 and the
 * guest's VMID: nothing that a guest wrote is ever walked as the host's.
 * ERET is a context synchronization operation (A3.8.3).
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

	.pushsection .ember.hyp.text, "ax", %progbits

/* ---- state that both worlds have; r11 walks the memory, r2-r10 are used ---- */

	/* struct armv7_bank svc, abt, und, irq; fiq_r8_r12; struct armv7_bank fiq */
	.macro	save_bank mode
	mrs	r2, SP_\mode
	mrs	r3, LR_\mode
	mrs	r4, SPSR_\mode
	stm	r11!, {r2-r4}
	.endm

	.macro	load_bank mode
	ldm	r11!, {r2-r4}
	msr	SP_\mode, r2
	msr	LR_\mode, r3
	msr	SPSR_\mode, r4
	.endm

	.macro	save_banks
	save_bank svc
	save_bank abt
	save_bank und
	save_bank irq
	mrs	r2, R8_fiq
	mrs	r3, R9_fiq
	mrs	r4, R10_fiq
	mrs	r5, R11_fiq
	mrs	r6, R12_fiq
	stm	r11!, {r2-r6}
	save_bank fiq
	.endm

	.macro	load_banks
	load_bank svc
	load_bank abt
	load_bank und
	load_bank irq
	ldm	r11!, {r2-r6}
	msr	R8_fiq, r2
	msr	R9_fiq, r3
	msr	R10_fiq, r4
	msr	R11_fiq, r5
	msr	R12_fiq, r6
	load_bank fiq
	.endm

	/* enum armv7_c15 up to C15_SWITCHED, in three parts of nine words */
	.macro	c15_translation op, op64
	\op	p15, 0, r2, c1, c0, 0		@ SCTLR
	\op	p15, 0, r3, c1, c0, 2		@ CPACR
	\op	p15, 0, r4, c2, c0, 2		@ TTBCR
	\op64	p15, 0, r5, r6, c2		@ TTBR0
	\op64	p15, 1, r7, r8, c2		@ TTBR1
	\op	p15, 0, r9, c3, c0, 0		@ DACR
	\op	p15, 0, r10, c5, c0, 0		@ DFSR
	.endm

	.macro	c15_faults op
	\op	p15, 0, r2, c5, c0, 1		@ IFSR
	\op	p15, 0, r3, c5, c1, 0		@ ADFSR
	\op	p15, 0, r4, c5, c1, 1		@ AIFSR
	\op	p15, 0, r5, c6, c0, 0		@ DFAR
	\op	p15, 0, r6, c6, c0, 2		@ IFAR
	\op	p15, 0, r7, c10, c2, 0		@ PRRR
	\op	p15, 0, r8, c10, c2, 1		@ NMRR
	\op	p15, 0, r9, c10, c3, 0		@ AMAIR0
	\op	p15, 0, r10, c10, c3, 1		@ AMAIR1
	.endm

	.macro	c15_rest op, op64
	\op	p15, 0, r2, c12, c0, 0		@ VBAR
	\op	p15, 0, r3, c13, c0, 1		@ CONTEXTIDR
	\op	p15, 0, r4, c13, c0, 2		@ TPIDRURW
	\op	p15, 0, r5, c13, c0, 3		@ TPIDRURO
	\op	p15, 0, r6, c13, c0, 4		@ TPIDRPRW
	\op	p15, 2, r7, c0, c0, 0		@ CSSELR
	\op	p15, 0, r8, c14, c1, 0		@ CNTKCTL
	\op64	p15, 0, r9, r10, c7		@ PAR
	.endm

	.macro	save_c15
	c15_translation mrc, mrrc
	stm	r11!, {r2-r10}
	c15_faults mrc
	stm	r11!, {r2-r10}
	c15_rest mrc, mrrc
	stm	r11!, {r2-r10}
	.endm

	.macro	load_c15
	ldm	r11!, {r2-r10}
	c15_translation mcr, mcrr
	ldm	r11!, {r2-r10}
	c15_faults mcr
	ldm	r11!, {r2-r10}
	c15_rest mcr, mcrr
	.endm

	/* TEECR and TEEHBR, which a guest reaches without a trap */
	.macro	save_thumbee base, teecr, teehbr
	mrc	p14, 6, r3, c0, c0, 0
	mrc	p14, 6, r4, c1, c0, 0
	str	r3, [\base, #\teecr]
	str	r4, [\base, #\teehbr]
	.endm

	.macro	load_thumbee base, teecr, teehbr
	ldr	r3, [\base, #\teecr]
	ldr	r4, [\base, #\teehbr]
	mcr	p14, 6, r3, c0, c0, 0
	mcr	p14, 6, r4, c1, c0, 0
	.endm

/* ---- vectors (B1.8.1) ------------------------------------------------------- */

	.align	5
ENTRY(armv7_hyp_vectors)
	b	hyp_fault			@ not used
	b	hyp_fault			@ undefined, in Hyp mode
	b	hyp_fault			@ HVC from Hyp mode
	b	hyp_fault			@ prefetch abort, in Hyp mode
	b	hyp_fault			@ data abort, in Hyp mode
	b	hyp_trap			@ HVC, and all that traps to Hyp mode
	b	hyp_irq
	b	hyp_fiq
ENDPROC(armv7_hyp_vectors)

hyp_trap:
	push	{r0, r1}
	mrc	p15, 4, r1, c13, c0, 2		@ HTPIDR
	cmp	r1, #0
	beq	host_call

	mrc	p15, 4, r0, c5, c2, 0		@ HSR
	lsr	r0, r0, #26			@ .EC (B3.13.6)
	cmp	r0, #0x07			@ HCPTR trap
	beq	guest_vfp
	cmp	r0, #0x20			@ prefetch abort of the guest
	cmpne	r0, #0x24			@ data abort of the guest
	beq	guest_abort
guest_trap:
	mov	r0, #ARMV7_CODE_TRAP
	b	guest_exit

/* HCR.IMO and FMO are set in the guest only, so these came out of one. */
hyp_irq:
	push	{r0, r1}
	mrc	p15, 4, r1, c13, c0, 2		@ HTPIDR
	mov	r0, #ARMV7_CODE_IRQ
	b	guest_exit

hyp_fiq:
	push	{r0, r1}
	mrc	p15, 4, r1, c13, c0, 2		@ HTPIDR
	mov	r0, #ARMV7_CODE_FIQ
	b	guest_exit

/*
 * A fault of this code.  With a guest loaded the host can be put back, and
 * ends that VM; without one there is nothing to go back to.
 */
hyp_fault:
	mrc	p15, 4, r1, c13, c0, 2		@ HTPIDR
	cmp	r1, #0
	beq	.
	mrs	r2, ELR_hyp
	str	r2, [r1, #CTXT_PC]
	mrc	p15, 4, r2, c5, c2, 0		@ HSR
	str	r2, [r1, #CTXT_HSR]
	lsr	sp, sp, #12			@ the stack lies below, in one page
	lsl	sp, sp, #12
	ldr	r2, =HYP_CPU_OFFSET
	add	sp, sp, r2
	mov	r0, #ARMV7_CODE_HYP_FAULT
	b	host_return

	.ltorg

/* ---- the guest uses VFP: its registers go in, the host's out --------------- */

guest_vfp:
	ldr	r0, [sp, #(HOST_VFP_REGS + 8)]
	cmp	r0, #0
	beq	guest_trap			@ this CPU has none
	push	{r2, r3, r4, lr}
	mov	r4, r0
	mrc	p15, 4, r0, c1, c1, 2		@ HCPTR
	tst	r0, #HCPTR_VFP_TRAPS
	beq	1f				@ another coprocessor's trap
	bic	r0, r0, #HCPTR_VFP
	mcr	p15, 4, r0, c1, c1, 2
	isb
	add	r0, sp, #(24 + HOST_VFP)
	bl	vfp_save
	add	r0, r1, #CTXT_VFP
	bl	vfp_load
	pop	{r2, r3, r4, lr}
	pop	{r0, r1}
	clrex
	eret
1:	pop	{r2, r3, r4, lr}
	b	guest_trap

/* r0: struct armv7_vfp; r4: how many double registers; r2, r3 are free. */
vfp_save:
	vmrs	r3, fpexc
	orr	r2, r3, #(1 << 30)		@ .EN
	vmsr	fpexc, r2
	vstm	r0!, {d0-d15}
	cmp	r4, #32
	addne	r0, r0, #128
	bne	1f
	vstm	r0!, {d16-d31}
1:	vmrs	r2, fpscr
	strd	r2, r3, [r0]			@ fpscr, fpexc
	tst	r3, #(1 << 31)			@ .EX: FPINST is valid
	bxeq	lr
	vmrs	r2, fpinst
	str	r2, [r0, #8]
	tst	r3, #(1 << 28)			@ .FP2V
	bxeq	lr
	vmrs	r2, fpinst2
	str	r2, [r0, #12]
	bx	lr

vfp_load:
	mov	r2, #(1 << 30)
	vmsr	fpexc, r2
	vldm	r0!, {d0-d15}
	cmp	r4, #32
	addne	r0, r0, #128
	bne	1f
	vldm	r0!, {d16-d31}
1:	ldrd	r2, r3, [r0]			@ fpscr, fpexc
	vmsr	fpscr, r2
	tst	r3, #(1 << 31)
	beq	2f
	ldr	r2, [r0, #8]
	vmsr	fpinst, r2
	tst	r3, #(1 << 28)
	ldrne	r2, [r0, #12]
	vmsrne	fpinst2, r2
2:	vmsr	fpexc, r3
	bx	lr

/* ---- a guest under a debugger ------------------------------------------------ */

/*
 * The guest's breakpoints for the host's, r1: struct armv7_ctxt.  Spoils r2-r4.
 * Those of the host go away first, its watchpoints too: their addresses mean
 * something else now.  Breakpoints without HMC never match in Hyp mode, so
 * there is no moment at which the guest's could stop the host (C3.3).
 */
debug_load:
	mrc	p14, 0, r2, c0, c2, 2		@ DBGDSCRext
	str	r2, [sp, #HOST_DSCR]
	mov	r3, #0
	.irp	n, 0, 1, 2, 3
	mrc	p14, 0, r4, c0, c\n, 7		@ DBGWCR
	str	r4, [sp, #(HOST_DBG_WCR + 4 * \n)]
	mcr	p14, 0, r3, c0, c\n, 7
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5
	mrc	p14, 0, r4, c0, c\n, 5		@ DBGBCR
	str	r4, [sp, #(HOST_DBG_BCR + 4 * \n)]
	mcr	p14, 0, r3, c0, c\n, 5
	mrc	p14, 0, r4, c0, c\n, 4		@ DBGBVR
	str	r4, [sp, #(HOST_DBG_BVR + 4 * \n)]
	.endr
	isb					@ off before an address changes
	.irp	n, 0, 1, 2, 3, 4, 5
	ldr	r4, [r1, #(CTXT_DBG_BVR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 4
	ldr	r4, [r1, #(CTXT_DBG_BCR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 5
	.endr
	orr	r2, r2, #(1 << 15)		@ .MDBGen
	mcr	p14, 0, r2, c0, c2, 2
	bx	lr

/* And back; the ERET that follows synchronizes.  Spoils r3, r4. */
debug_put:
	mov	r3, #0
	.irp	n, 0, 1, 2, 3, 4, 5
	mcr	p14, 0, r3, c0, c\n, 5
	.endr
	isb
	.irp	n, 0, 1, 2, 3, 4, 5
	ldr	r4, [sp, #(HOST_DBG_BVR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 4
	ldr	r4, [sp, #(HOST_DBG_BCR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 5
	.endr
	.irp	n, 0, 1, 2, 3
	ldr	r4, [sp, #(HOST_DBG_WCR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 7
	.endr
	ldr	r3, [sp, #HOST_DSCR]
	mcr	p14, 0, r3, c0, c2, 2
	bx	lr

/* ---- in ---------------------------------------------------------------------- */

/* An HVC of the host.  r0: what it asks; r0, r1 are on the stack. */
host_call:
	pop	{r0, r1}
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

guest_enter:
	mov	r1, r0				@ struct armv7_ctxt
	stm	sp, {r4-r11}			@ HOST_R4
	mrs	r2, ELR_hyp
	mrs	r3, SPSR
	str	r2, [sp, #HOST_ELR]
	str	r3, [sp, #HOST_SPSR]
	add	r11, sp, #HOST_BANKS
	save_banks
	add	r11, sp, #HOST_C15
	save_c15
	mrc	p15, 4, r2, c1, c1, 1		@ HDCR
	str	r2, [sp, #HOST_HDCR]

	/*
	 * HCPTR traps only what is not undefined already (B1.14), so FPEXC.EN
	 * must be set or a guest that has VFP enabled would see it undefined.
	 */
	ldr	r3, [sp, #HOST_VFP_REGS]
	cmp	r3, #0
	beq	1f
	vmrs	r3, fpexc
	str	r3, [sp, #HOST_FPEXC]
	orr	r3, r3, #(1 << 30)
	vmsr	fpexc, r3
1:
	ldr	r3, [sp, #HOST_THUMBEE]
	cmp	r3, #0
	beq	1f
	save_thumbee sp, HOST_TEECR, HOST_TEEHBR
	load_thumbee r1, CTXT_TEECR, CTXT_TEEHBR
1:
	mcr	p15, 4, r1, c13, c0, 2		@ HTPIDR: from here a guest's
	and	r2, r2, #0x1f			@ .HPMN stays
	ldr	r3, [r1, #CTXT_HDCR]
	orr	r3, r3, r2
	mcr	p15, 4, r3, c1, c1, 1		@ HDCR
	tst	r3, #HDCR_TDE
	blne	debug_load
	ldr	r2, [r1, #CTXT_HCPTR]
	mcr	p15, 4, r2, c1, c1, 2		@ HCPTR
	ldr	r2, [r1, #CTXT_HSTR]
	mcr	p15, 4, r2, c1, c1, 3		@ HSTR
	ldr	r2, [r1, #CTXT_CNTHCTL]
	mcr	p15, 4, r2, c14, c1, 0		@ CNTHCTL
	ldr	r2, [r1, #CTXT_CNTVOFF]
	ldr	r3, [r1, #(CTXT_CNTVOFF + 4)]
	mcrr	p15, 4, r2, r3, c14		@ CNTVOFF
	ldr	r2, [r1, #CTXT_MIDR]
	mcr	p15, 4, r2, c0, c0, 0		@ VPIDR
	ldr	r2, [r1, #CTXT_MPIDR]
	mcr	p15, 4, r2, c0, c0, 5		@ VMPIDR
	ldr	r2, [r1, #CTXT_VTTBR]
	ldr	r3, [r1, #(CTXT_VTTBR + 4)]
	mcrr	p15, 6, r2, r3, c2		@ VTTBR
	ldr	r2, [r1, #CTXT_HCR]
	mcr	p15, 4, r2, c1, c1, 0		@ HCR
	isb

	add	r11, r1, #CTXT_C15
	load_c15
	add	r11, r1, #CTXT_BANKS
	load_banks
	ldr	r2, [r1, #CTXT_PC]
	ldr	r3, [r1, #CTXT_CPSR]
	msr	ELR_hyp, r2
	msr	SPSR_cxsf, r3
	ldr	r2, [r1, #(13 * 4)]
	msr	SP_usr, r2
	ldr	lr, [r1, #(14 * 4)]
	clrex
	ldm	r1, {r0-r12}			@ CTXT_R
	eret

/* ---- out ----------------------------------------------------------------------- */

/*
 * A stage 2 abort.  HPFAR holds the address unless it was a permission fault
 * outside a stage 1 walk (B3.13.4): then stage 1 is asked again, with the
 * guest's registers still in place.  PAR is long format as HCR.VM is set
 * (B3.12.6).  If stage 1 has no answer any more the guest runs on, and
 * faults there.
 */
guest_abort:
	push	{r2, r3, r4, r5}
	mrc	p15, 4, r2, c5, c2, 0		@ HSR
	mrc	p15, 4, r3, c6, c0, 4		@ HPFAR
	and	r4, r2, #0x3c			@ .FSC without the level
	cmp	r4, #0x0c			@ permission
	bne	1f
	tst	r2, #(1 << 7)			@ .S1PTW
	bne	1f
	cmp	r0, #0x24
	mrceq	p15, 4, r3, c6, c0, 0		@ HDFAR
	mrcne	p15, 4, r3, c6, c0, 2		@ HIFAR
	mrrc	p15, 0, r4, r5, c7		@ PAR is the guest's
	mcr	p15, 0, r3, c7, c8, 0		@ ATS1CPR
	isb
	mrrc	p15, 0, r2, r3, c7
	mcrr	p15, 0, r4, r5, c7
	tst	r2, #1				@ .F
	bne	guest_again
	lsr	r2, r2, #12			@ PA[31:12]
	and	r3, r3, #0xff			@ PA[39:32]
	orr	r2, r2, r3, lsl #20
	lsl	r3, r2, #4			@ as HPFAR has it
1:	str	r3, [r1, #CTXT_HPFAR]
	pop	{r2, r3, r4, r5}
	b	guest_trap

guest_again:
	pop	{r2, r3, r4, r5}
	pop	{r0, r1}
	clrex
	eret

/* r0: ARMV7_CODE_*; r1: struct armv7_ctxt; the guest's r0, r1 on the stack. */
guest_exit:
	add	r1, r1, #(2 * 4)
	stm	r1, {r2-r12}
	sub	r1, r1, #(2 * 4)
	pop	{r2, r3}
	stm	r1, {r2, r3}			@ CTXT_R
	mrs	r2, SP_usr
	str	r2, [r1, #(13 * 4)]
	str	lr, [r1, #(14 * 4)]
	mrs	r2, ELR_hyp
	mrs	r3, SPSR
	str	r2, [r1, #CTXT_PC]
	str	r3, [r1, #CTXT_CPSR]
	mrc	p15, 4, r2, c5, c2, 0		@ HSR
	mrc	p15, 4, r3, c6, c0, 0		@ HDFAR
	mrc	p15, 4, r4, c6, c0, 2		@ HIFAR
	str	r2, [r1, #CTXT_HSR]
	str	r3, [r1, #CTXT_HDFAR]
	str	r4, [r1, #CTXT_HIFAR]
	mrc	p15, 4, r2, c1, c1, 0		@ HCR: .VA ends when it is taken
	str	r2, [r1, #CTXT_HCR]

	mrc	p15, 4, r2, c1, c1, 2		@ HCPTR
	tst	r2, #HCPTR_VFP_TRAPS
	bne	1f
	mov	r5, r0
	ldr	r4, [sp, #HOST_VFP_REGS]
	add	r0, r1, #CTXT_VFP
	bl	vfp_save			@ lr is saved by now
	add	r0, sp, #HOST_VFP
	bl	vfp_load
	mov	r0, r5
1:
	add	r11, r1, #CTXT_BANKS
	save_banks
	add	r11, r1, #CTXT_C15
	save_c15
	ldr	r2, [sp, #HOST_THUMBEE]
	cmp	r2, #0
	beq	host_return
	save_thumbee r1, CTXT_TEECR, CTXT_TEEHBR

/* r0: what armv7_hyp_call() returns.  Nothing of the guest is needed now. */
host_return:
	mov	r2, #0
	mcr	p15, 4, r2, c1, c1, 3		@ HSTR
	mcr	p15, 4, r2, c1, c1, 2		@ HCPTR
	mcrr	p15, 4, r2, r2, c14		@ CNTVOFF
	mov	r3, #CNTHCTL_HOST
	mcr	p15, 4, r3, c14, c1, 0		@ CNTHCTL
	ldr	r3, [r1, #CTXT_HDCR]
	tst	r3, #HDCR_TDE
	blne	debug_put
	ldr	r3, [sp, #HOST_HDCR]
	mcr	p15, 4, r3, c1, c1, 1		@ HDCR
	mrc	p15, 0, r3, c0, c0, 0		@ MIDR
	mcr	p15, 4, r3, c0, c0, 0		@ VPIDR
	mrc	p15, 0, r3, c0, c0, 5		@ MPIDR
	mcr	p15, 4, r3, c0, c0, 5		@ VMPIDR
	mcr	p15, 4, r2, c13, c0, 2		@ HTPIDR: the host's again

	add	r11, sp, #HOST_C15
	load_c15
	isb
	ldr	r2, [sp, #HOST_VFP_REGS]
	ldr	r3, [sp, #HOST_FPEXC]
	cmp	r2, #0
	vmsrne	fpexc, r3
	ldr	r2, [sp, #HOST_THUMBEE]
	cmp	r2, #0
	beq	1f
	load_thumbee sp, HOST_TEECR, HOST_TEEHBR
1:
	mov	r2, #0
	mcr	p15, 4, r2, c1, c1, 0		@ HCR
	mcrr	p15, 6, r2, r2, c2		@ VTTBR
	add	r11, sp, #HOST_BANKS
	load_banks
	.globl	armv7_hyp_invalidate_bp		@ hyp.c has another for the A15
armv7_hyp_invalidate_bp:
	mcr	p15, 0, r2, c7, c5, 6		@ BPIALL: no target of the guest's
	ldr	r2, [sp, #HOST_ELR]
	ldr	r3, [sp, #HOST_SPSR]
	msr	ELR_hyp, r2
	msr	SPSR_cxsf, r3
	ldm	sp, {r4-r11}			@ HOST_R4
	clrex
	eret

	.globl	armv7_hyp_text_end
armv7_hyp_text_end:

	.popsection
