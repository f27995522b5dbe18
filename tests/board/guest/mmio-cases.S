/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One routine for each form of load and store that can hit a device.
 *
 * A routine gets the base address in r0 and a place for nine words in r1.  It
 * runs its instruction with base r10 and data registers r2-r9 and stores
 * r2-r10.  guest/mmio.c runs each on memory and on a device and compares.
 * Most forms have no valid syndrome (DDI 0406C.d B3.13.6): writeback, pairs,
 * multiples.
 */
	.syntax unified
	.arch	armv7ve

	.macro	begin
	push	{r4-r11, lr}
	push	{r1}
	mov	r10, r0
	ldr	r2, =0x22222222
	ldr	r3, =0x83838383
	ldr	r4, =0x44444444
	ldr	r5, =0x95959595
	ldr	r6, =0x66666666
	mov	r7, #8
	ldr	r8, =0x88888888
	mov	r9, #2
	movs	r0, #1				@ NZCV: not Z, not N
	.endm

	.macro	end
	pop	{r1}
	stm	r1, {r2-r10}
	pop	{r4-r11, pc}
	.ltorg
	.endm

	.macro	entry set, text
	.pushsection .rodata.text\set
9999:	.asciz	"\text"
	.popsection
	.pushsection .rodata.\set
	.word	9998f, 9999b
	.popsection
	.balign	4
9998:
	.endm

	/* A: an ARM form; T: a Thumb-2 form; both: AT */
	.macro	A text
	.arm
	entry	arm, "\text"
	begin
	\text
	end
	.endm

	.macro	T text
	.thumb
	.pushsection .rodata.textthumb
9999:	.asciz	"\text"
	.popsection
	.pushsection .rodata.thumb
	.word	9998f + 1, 9999b
	.popsection
	.balign	4
9998:
	begin
	\text
	end
	.endm

	.macro	AT text
	A	"\text"
	T	"\text"
	.endm

	.text

	/* one register, immediate offset */
	AT	"ldr r2, [r10]"
	AT	"ldr r2, [r10, #16]"
	AT	"ldrb r2, [r10, #5]"
	AT	"ldrh r2, [r10, #6]"
	AT	"ldrsb r2, [r10, #3]"
	AT	"ldrsh r2, [r10, #10]"
	AT	"str r3, [r10]"
	AT	"str r3, [r10, #20]"
	AT	"strb r3, [r10, #7]"
	AT	"strh r3, [r10, #18]"
	AT	"ldr r2, [r10, #-16]"
	AT	"ldrb r2, [r10, #-3]"
	AT	"ldrsh r2, [r10, #-8]"
	AT	"str r3, [r10, #-12]"
	AT	"strb r3, [r10, #-1]"
	AT	"strh r3, [r10, #-6]"

	/* register offset */
	AT	"ldr r2, [r10, r7]"
	AT	"ldr r2, [r10, r7, lsl #2]"
	AT	"str r3, [r10, r9, lsl #3]"
	AT	"ldrb r2, [r10, r9]"
	AT	"ldrsb r2, [r10, r9]"
	AT	"ldrh r2, [r10, r7]"
	AT	"strh r3, [r10, r7]"
	AT	"strb r3, [r10, r9]"
	A	"ldr r2, [r10, -r7]"
	A	"str r3, [r10, -r7, lsr #1]"
	A	"ldr r2, [r10, r7, asr #1]"
	A	"ldrh r2, [r10, -r9]"

	/* pre-indexed, with writeback */
	AT	"ldr r2, [r10, #4]!"
	AT	"ldr r2, [r10, #-8]!"
	AT	"ldrb r2, [r10, #3]!"
	AT	"ldrh r2, [r10, #2]!"
	AT	"ldrsb r2, [r10, #-5]!"
	AT	"ldrsh r2, [r10, #6]!"
	AT	"str r3, [r10, #12]!"
	AT	"strb r3, [r10, #-2]!"
	AT	"strh r3, [r10, #-4]!"
	A	"ldr r2, [r10, r7]!"
	A	"ldr r2, [r10, -r7]!"
	A	"ldr r2, [r10, r9, lsl #2]!"
	A	"str r3, [r10, r7, lsr #1]!"
	A	"ldrh r2, [r10, r9]!"
	A	"strh r3, [r10, -r9]!"
	A	"ldrsb r2, [r10, r7]!"

	/* post-indexed */
	AT	"ldr r2, [r10], #4"
	AT	"ldr r2, [r10], #-16"
	AT	"ldrb r2, [r10], #1"
	AT	"ldrh r2, [r10], #2"
	AT	"ldrsb r2, [r10], #1"
	AT	"ldrsh r2, [r10], #-2"
	AT	"str r3, [r10], #4"
	AT	"strb r3, [r10], #1"
	AT	"strh r3, [r10], #-2"
	A	"ldr r2, [r10], r7"
	A	"str r3, [r10], -r7"
	A	"str r3, [r10], r9, lsl #4"
	A	"ldrb r2, [r10], r9"
	A	"ldrsh r2, [r10], r9"
	A	"strh r3, [r10], -r9"

	/* pairs */
	AT	"ldrd r2, r3, [r10]"
	AT	"ldrd r4, r5, [r10, #8]"
	AT	"ldrd r4, r5, [r10, #-8]"
	AT	"strd r2, r3, [r10]"
	AT	"strd r4, r5, [r10, #16]"
	AT	"ldrd r2, r3, [r10, #8]!"
	AT	"strd r2, r3, [r10, #-8]!"
	AT	"ldrd r2, r3, [r10], #8"
	AT	"strd r4, r5, [r10], #-16"
	A	"ldrd r2, r3, [r10, r7]"
	A	"strd r2, r3, [r10, r7]!"
	A	"ldrd r4, r5, [r10], -r7"
	T	"ldrd r3, r6, [r10, #4]"
	T	"strd r6, r2, [r10, #12]!"

	/* multiples */
	AT	"ldm r10, {r2, r3}"
	AT	"ldm r10, {r2-r9}"
	AT	"ldm r10!, {r2-r5}"
	AT	"stm r10, {r2-r9}"
	AT	"stm r10!, {r3, r5, r8}"
	AT	"ldmdb r10, {r2-r4}"
	AT	"ldmdb r10!, {r2-r4}"
	AT	"stmdb r10, {r2-r9}"
	AT	"stmdb r10!, {r2, r9}"
	A	"ldmib r10, {r4-r6}"
	A	"ldmib r10!, {r4-r6}"
	A	"ldmda r10, {r4-r6}"
	A	"ldmda r10!, {r4-r6}"
	A	"stmib r10!, {r4-r6}"
	A	"stmda r10, {r4-r6}"
	A	"ldm r10!, {r5}"
	A	"stm r10!, {r5}"
	A	"ldm r10, {r2, r3, r10}"

	/* low registers: the 16-bit encodings */
	T	"mov r6, r10; ldr r2, [r6, #4]; mov r10, r6"
	T	"mov r6, r10; strb r3, [r6, #9]; mov r10, r6"
	T	"mov r6, r10; ldrh r2, [r6, #2]; mov r10, r6"
	T	"mov r6, r10; ldrsh r2, [r6, r7]; mov r10, r6"
	T	"mov r6, r10; ldm r6!, {r2-r4}; mov r10, r6"
	T	"mov r6, r10; stm r6!, {r2-r5}; mov r10, r6"
	T	"mov r6, r10; ldm r6, {r2, r6}"

	/* the stack pointer as the base */
	AT	"mov r11, sp; mov sp, r10; push {r2-r4}; mov r10, sp; mov sp, r11"
	AT	"mov r11, sp; mov sp, r10; pop {r2-r4}; mov r10, sp; mov sp, r11"
	AT	"mov r11, sp; mov sp, r10; str r2, [sp, #-4]!; mov r10, sp; mov sp, r11"
	AT	"mov r11, sp; mov sp, r10; ldr r2, [sp], #4; mov r10, sp; mov sp, r11"
	T	"mov r11, sp; mov sp, r10; ldr r2, [sp, #8]; mov sp, r11"

	/* as if unprivileged */
	A	"ldrt r2, [r10], #4"
	A	"strt r3, [r10], #4"
	A	"ldrbt r2, [r10], #1"
	AT	"ldrt r2, [r10]"
	T	"ldrt r2, [r10, #4]"
	T	"strbt r3, [r10, #6]"

	/* conditional; flags say NE and PL */
	A	"ldrne r2, [r10, #4]!"
	A	"ldreq r2, [r10, #4]!"
	A	"strpl r3, [r10], #4"
	A	"stmmi r10!, {r2-r4}"
	T	"it ne; ldrne r2, [r10, #4]!"
	T	"itte eq; streq r3, [r10, #4]!; moveq r4, #0; movne r4, #1"
	T	"itet ne; ldrne r2, [r10], #4; moveq r4, #0; movne r5, #1"
	T	"ittt ne; ldmne r10!, {r2, r3}; movne r4, #7; strne r4, [r10]"
	.arm
