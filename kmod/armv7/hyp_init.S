/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking Hyp mode and giving it back; the calls from the host's SVC mode.
 *
 * Read after hyp.h and before switch.S.  What stands in .ember.hyp.text is
 * copied and runs in Hyp mode; what stands in .text runs in the host kernel.
 */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include "hyp.h"
#include "hyp-offsets.h"

	.arch	armv7-a
	.arch_extension virt
	.arch_extension sec
	.arm

/* ---- in the host kernel ------------------------------------------------- */

	.text

/*
 * u32 armv7_hyp_probe(void): what does HVC do here?  Interrupts are off.
 *
 * Vectors of our own catch an undefined HVC: the kernel's would take it for a
 * bug.  SCTLR.V is clear meanwhile so that VBAR counts (B1.8.1), SCTLR.TE so
 * that they run in ARM state.
 */
ENTRY(armv7_hyp_probe)
	mrc	p15, 0, r1, c1, c0, 0		@ SCTLR
	mrc	p15, 0, r3, c12, c0, 0		@ VBAR
	bic	r2, r1, #(1 << 13)
	bic	r2, r2, #(1 << 30)
	adr	ip, probe_vectors
	mcr	p15, 0, ip, c12, c0, 0
	mcr	p15, 0, r2, c1, c0, 0
	isb
	mvn	r0, #0				@ a call that no stub knows
	hvc	#0
	mcr	p15, 0, r1, c1, c0, 0
	mcr	p15, 0, r3, c12, c0, 0
	isb
	bx	lr
ENDPROC(armv7_hyp_probe)

	.align	5
probe_vectors:
	b	.
	b	probe_undef
	b	.
	b	.
	b	.
	b	.
	b	.
	b	.

probe_undef:
	ldr	r0, =HYP_PROBE_UNDEF
	movs	pc, lr				@ behind the HVC

	.ltorg

/*
 * int armv7_hyp_install(u32 init_pa, const struct armv7_hyp_init *init)
 *
 * The stub goes to r1 in Hyp mode with the MMU off and r2-r12 as they are;
 * hyp_init returns here by ERET with r0 = 0.
 */
ENTRY(armv7_hyp_install)
	push	{r4-r8, lr}
	mov	ip, r0
	ldm	r1, {r2-r6}
	mov	r0, #HYP_SOFT_RESTART
	mov	r1, ip
	hvc	#0
	pop	{r4-r8, pc}
ENDPROC(armv7_hyp_install)

/* u32 armv7_hyp_call(u32 fn, u32 arg1, u32 arg2, u32 arg3) */
ENTRY(armv7_hyp_call)
	hvc	#0
	bx	lr
ENDPROC(armv7_hyp_call)

/* ---- in Hyp mode ---------------------------------------------------------- */

	.pushsection .ember.hyp.text, "ax", %progbits
	.align	5

ENTRY(armv7_hyp_text_start)

/*
 * Hyp mode, MMU off, at the physical address.  r2-r6: struct armv7_hyp_init.
 * The MMU is turned on with the boot tables, which map this page twice: at
 * its physical address, so that the next instruction is there, and at
 * HYP_TEXT_VA.  The working tables hold only the latter, so a physical
 * address of the text may collide with anything (B3.2.3, enabling an MMU).
 */
ENTRY(armv7_hyp_entry)
	mrc	p15, 4, r7, c12, c0, 0		@ HVBAR, the stub's
	mrc	p15, 4, r8, c1, c0, 0		@ HSCTLR, the stub's
	ldr	r0, =HYP_HTCR
	mcr	p15, 4, r0, c2, c0, 2		@ HTCR
	ldr	r0, =HYP_HMAIR0
	mcr	p15, 4, r0, c10, c2, 0		@ HMAIR0
	ldr	r0, =HYP_VTCR
	mcr	p15, 4, r0, c2, c1, 2		@ VTCR
	mov	r0, #0
	mcr	p15, 4, r0, c10, c2, 1		@ HMAIR1
	mcrr	p15, 4, r2, r0, c2		@ HTTBR
	mcr	p15, 4, r0, c8, c7, 0		@ TLBIALLH
	/* Out of coherency this CPU may have missed what others invalidated. */
	mcr	p15, 4, r0, c8, c7, 4		@ TLBIALLNSNH: every VMID
	mcr	p15, 0, r0, c7, c5, 0		@ ICIALLU
	dsb
	isb
	ldr	r0, =HYP_HSCTLR
	mcr	p15, 4, r0, c1, c0, 0
	isb
	bx	r6
ENDPROC(armv7_hyp_entry)

	.ltorg

/* The same page at HYP_TEXT_VA, translation on. */
ENTRY(armv7_hyp_entry_high)
	mov	r0, #0
	mcrr	p15, 4, r3, r0, c2		@ HTTBR, the working tables
	isb
	mcr	p15, 4, r0, c8, c7, 0		@ TLBIALLH
	dsb
	isb
	mcr	p15, 4, r5, c12, c0, 0		@ HVBAR, ours
	mcr	p15, 4, r4, c13, c0, 2		@ HTPIDR
	mov	sp, r4
	str	r5, [sp, #HOST_VECTORS]
	str	r7, [sp, #HOST_STUB_HVBAR]
	str	r8, [sp, #HOST_STUB_HSCTLR]
	mrc	p15, 4, r7, c1, c1, 1		@ HDCR: none but us changes it
	mrc	p15, 0, r8, c0, c0, 0		@ MIDR
	mrc	p15, 0, r3, c0, c0, 5		@ MPIDR
	str	r7, [sp, #HOST_HDCR]
	str	r8, [sp, #HOST_MIDR]
	str	r3, [sp, #HOST_MPIDR]
	eret
ENDPROC(armv7_hyp_entry_high)

/*
 * The way back, at HYP_TEXT_VA.  r0: HYP_SOFT_RESTART with r1 = where to go,
 * or HYP_CALL_TEARDOWN: return to the host.  The boot tables do not map the
 * stack, so what is needed later goes into r0-r3, ip, the registers that a
 * call may spoil, and HTPIDR.
 */
ENTRY(armv7_hyp_teardown)
	cmp	r0, #HYP_SOFT_RESTART
	movne	r1, #0
	ldr	r2, [sp, #HOST_STUB_HVBAR]
	mcr	p15, 4, r2, c13, c0, 2		@ HTPIDR
	ldr	r0, [sp, #HOST_STUB_HSCTLR]
	ldr	ip, [sp, #HOST_TEARDOWN_PA]
	ldr	r2, [sp, #HOST_BOOT_PGD]
	mov	r3, #0
	mcrr	p15, 4, r2, r3, c2		@ HTTBR
	isb
	mcr	p15, 4, r3, c8, c7, 0		@ TLBIALLH
	dsb
	isb
	bx	ip
ENDPROC(armv7_hyp_teardown)

/* The same at its physical address: translation can go. */
ENTRY(armv7_hyp_teardown_low)
	mcr	p15, 4, r0, c1, c0, 0		@ HSCTLR, the stub's: MMU off
	isb
	mcr	p15, 4, r3, c8, c7, 0		@ TLBIALLH
	dsb
	mrc	p15, 4, r2, c13, c0, 2		@ HTPIDR
	mcr	p15, 4, r2, c12, c0, 0		@ HVBAR, the stub's
	mcr	p15, 4, r3, c13, c0, 2		@ HTPIDR
	isb
	cmp	r1, #0
	bxne	r1
	mov	r0, #0
	eret
ENDPROC(armv7_hyp_teardown_low)

	.popsection
