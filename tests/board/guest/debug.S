/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk through every kind of instruction that moves the pc, for single step.
 *
 * `s INSN` is an instruction of the path: step_path lists their addresses in the
 * order in which they are executed, which is the order they stand in.  Whatever
 * is not marked must never be reached.  `p LABEL` adds an address that stands
 * elsewhere: a vector.
 */
#include "../lib/layout.h"

	.syntax unified
	.arch	armv7ve
	.arch_extension virt

	.macro	s insn:vararg
1000:	\insn
	.pushsection .rodata.step_path, "a"
	.word	1000b
	.popsection
	.endm

	.macro	p label
	.pushsection .rodata.step_path, "a"
	.word	\label
	.popsection
	.endm

	.pushsection .rodata.step_path, "a"
	.balign	4
	.globl	step_path
step_path:
	.popsection

	.text
	.arm
	.balign	32
step_vectors:
	b	.
v_undef: movs	pc, lr
v_svc:	movs	pc, lr
	b	.
v_dabt:	subs	pc, lr, #4
	b	.
v_irq:	b	.
	b	.

	.globl	g_step_path
g_step_path:
	s	ldr r8, =stack_end
	s	mov sp, r8
	s	ldr r0, =step_vectors
	s	mcr p15, 0, r0, c12, c0, 0	@ VBAR
	s	isb
	/* nothing special */
	s	mov r0, #1
	s	mrc p15, 0, r1, c0, c0, 5
	s	nop
	s	cmp r0, #1
	/* branches */
	s	bne 9f
	s	beq 1f
9:	udf	#0
1:	s	blne 9b
	s	bl 1f
	udf	#0
1:	s	adr lr, 1f
	s	bx lr
	udf	#0
1:	s	adr r1, 1f
	s	blx r1
	udf	#0
1:	s	bxne r1
	/* the pc as a result */
	s	add pc, pc, #0
	udf	#0
	s	mov r2, #4
	s	add pc, pc, r2
	udf	#0
	udf	#0
	s	sub pc, pc, #4
	s	adr r1, 1f
	s	mov pc, r1
	udf	#0
1:	s	adr r1, 1f - 16
	s	add pc, r1, r2, lsl #2
	udf	#0
1:	s	adr r1, 1f
	s	mvn r1, r1
	s	mvn pc, r1
	udf	#0
1:	s	movne pc, r0
	/* the pc from memory */
	s	adr r1, 1f
	s	push {r1}
	s	pop {pc}
	udf	#0
1:	s	adr r1, 1f
	s	stmdb sp!, {r0, r1}
	s	pop {r3, pc}
	udf	#0
1:	s	adr r1, 1f
	s	stm sp, {r0, r1}
	s	ldm sp, {r3, pc}
	udf	#0
1:	s	adr r1, 1f
	s	stmdb sp, {r0, r1}
	s	ldmdb sp, {r3, pc}
	udf	#0
1:	s	adr r1, 2f
	s	mov r2, #1
	s	ldr pc, [r1, r2, lsl #2]
	udf	#0
2:	.word	9b, 1f
1:	s	adr r1, 1f
	s	str r1, [sp, #-8]!
	s	ldr pc, [sp], #8
	udf	#0
1:	s	ldrne pc, [r0]
	/* traps, emulated or not */
	s	mrc p15, 0, r1, c1, c0, 1	@ ACTLR
	s	ldr r0, =0x84000000
	s	hvc 0
	s	ldr r0, =0x8400000a
	s	hvc 0
	s	sev
	s	wfe
	s	ldr r1, =DEV_IO
	s	str r0, [r1]
	s	ldm r1, {r2, r3}
	/* exceptions and their ends */
	s	svc 0
	p	v_svc
	s	udf 0
	p	v_undef
	s	add r1, sp, #2
	s	ldm r1, {r2, r3}	@ not aligned
	p	v_dabt
	s	mrs r2, cpsr
	s	msr spsr_cxsf, r2
	s	adr lr, 1f
	s	movs pc, lr
	udf	#0
1:	s	mrs r2, cpsr
	s	msr spsr_cxsf, r2
	s	adr lr, 1f + 8
	s	subs pc, lr, #8
	udf	#0
1:	s	mrs r2, cpsr
	s	msr spsr_cxsf, r2
	s	adr r1, 1f
	s	push {r0, r1}
	s	ldm sp!, {r2, pc}^
	udf	#0
1:	s	mrs r2, cpsr
	s	adr r1, 1f
	s	push {r1, r2}
	s	rfeia sp!
	udf	#0
1:	s	mrs r2, cpsr
	s	adr r1, 1f
	s	stm sp, {r1, r2}
	s	add r3, sp, #4
	s	rfeda r3
	udf	#0
	/* back to itself: one step, in place */
1:	s	cmp r0, r0
	s	blx thumb_path
	.ltorg

	.thumb
	.thumb_func
thumb_path:
	s	nop
	s	movs r0, #0
	s	cbnz r0, 9f
	s	cbz r0, 1f
9:	udf	#0
1:	s	b 1f
	udf	#0
1:	s	bne 9b
	s	beq 1f
	udf	#0
1:	s	b.w 1f
	udf	#0
1:	s	bne.w 9b
	s	beq.w 1f
	.space	300
1:	s	bl 1f
	udf	#0
	/* IT: the condition is not in the instruction */
1:	s	ite eq
	s	moveq r1, #1
	s	movne r1, #2
	s	itt ne
	s	movne r1, #3
	s	bne.w 9b
	s	it eq
	s	beq.w 1f
	udf	#0
	/* registers */
1:	s	adr.w r1, 1f + 1
	s	bx r1
	udf	#0
	.balign	4
1:	s	adr.w r1, 1f + 1
	s	blx r1
	udf	#0
	.balign	4
1:	s	adr.w r1, 1f
	s	mov pc, r1
	udf	#0
	.balign	4
1:	s	movs r1, #2
	s	add pc, r1
	udf	#0
	udf	#0
	/* tables */
	s	movs r2, #1
	s	tbb [pc, r2]
2:	.byte	0, (1f - 2b) / 2
1:	s	tbh [pc, r2, lsl #1]
2:	.short	0, (1f - 2b) / 2
	/* memory */
1:	s	adr.w r1, 1f + 1
	s	push {r1}
	s	pop {pc}
	udf	#0
	.balign	4
1:	s	adr.w r1, 1f + 1
	s	push {r0, r1}
	s	ldmia.w sp!, {r3, pc}
	udf	#0
	.balign	4
1:	s	adr.w r1, 1f + 1
	s	str r1, [sp, #-8]!
	s	ldr.w pc, [sp], #8
	udf	#0
	.balign	4
	/* exceptions */
1:	s	svc 0
	p	v_svc
	s	mrs r2, cpsr
	s	orr r2, r2, #0x20	@ reads as zero
	s	msr spsr_cxsf, r2
	s	adr.w lr, 1f
	s	subs pc, lr, #0
	udf	#0
	.balign	4
1:	s	mrs r2, cpsr
	s	orr r2, r2, #0x20	@ reads as zero
	s	adr.w r1, 1f
	s	push {r1, r2}
	s	rfeia sp!
	udf	#0
	.balign	4
1:	s	mrs r2, cpsr
	s	orr r2, r2, #0x20	@ reads as zero
	s	adr.w r1, 1f
	s	strd r1, r2, [sp], #8
	s	rfedb sp!
	udf	#0
	.balign	4
	/* home */
1:	s	blx arm_end
	.arm
arm_end:
	s	nop
	.pushsection .rodata.step_path, "a"
	.globl	step_path_end
step_path_end:
	.popsection
	b	.

	/* Not under single step: what the guest makes of its own BKPT. */
	.globl	g_bkpt_arm
g_bkpt_arm:
	mov	r0, #0
	bkpt	#0x1234
	mov	r0, #7
	bx	lr

	.thumb
	.globl	g_bkpt_thumb
	.thumb_func
g_bkpt_thumb:
	movs	r0, #0
	bkpt	#0x12
	movs	r0, #7
	bx	lr
	.arm

	/* Waits for an interrupt without standing still. */
	.globl	g_irq_loop
g_irq_loop:
	cpsie	i
1:	nop
	b	1b

	.bss
	.balign	64
	.space	256
stack_end:
	.space	64
