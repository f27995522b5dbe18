/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How every guest begins, and its exception vectors.
 *
 * A vcpu starts at _start with a function's address in r0 and that function's
 * arguments in r1-r3, whether the test or PSCI CPU_ON started it.  When the
 * function returns the guest says so.  All exceptions end up in SVC mode, in
 * guest_exception(), with the interrupted registers in a struct.
 */
#include "../lib/layout.h"

	.syntax unified
	.arch	armv7ve
	.arm

	.section .text.start, "ax"
	.globl	_start
_start:
	mrc	p15, 0, r4, c0, c0, 5		@ MPIDR: which stack
	ubfx	r5, r4, #8, #1
	and	r4, r4, #7
	orr	r4, r4, r5, lsl #2
	ldr	sp, =stacks_end
	sub	sp, sp, r4, lsl #13
	ldr	r5, =vectors
	mcr	p15, 0, r5, c12, c0, 0		@ VBAR
	isb
	mov	r5, r0
	mov	r0, r1
	mov	r1, r2
	mov	r2, r3
	blx	r5
	ldr	r1, =TEST_IO
1:	str	r0, [r1, #TEST_DONE]
	b	1b

	.text
	.macro	exception kind
	srsdb	sp!, #0x13			@ pc and spsr, on SVC's stack
	cps	#0x13
	sub	sp, sp, #8
	push	{r0-r12, lr}
	mov	r1, #\kind
	b	exception_common
	.endm

	.balign	32
vectors:
	b	.				@ reset: not taken
	b	v_undef
	b	v_svc
	b	v_pabt
	b	v_dabt
	b	.
	b	v_irq
	b	v_fiq

v_undef: exception EXC_UNDEF
v_svc:	exception EXC_SVC
v_pabt:	exception EXC_PABT
v_dabt:	exception EXC_DABT
v_irq:	exception EXC_IRQ
v_fiq:	exception EXC_FIQ

exception_common:
	str	r1, [sp, #14 * 4]
	mov	r0, sp
	mov	r4, sp
	bic	sp, sp, #7
	bl	guest_exception
	mov	sp, r4
	clrex
	pop	{r0-r12, lr}
	add	sp, sp, #8
	rfeia	sp!

	.bss
	.balign	4096
	.space	8192 * MAX_VCPUS
stacks_end:
