/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hypervisor that does nothing: it keeps Hyp mode, answers every HVC with -1
 * and starts the kernel, KERNEL, in SVC mode.  Looks like a zImage itself.
 *
 * Its vectors are at 0x5f400000, above what `mem=` leaves to the kernel.
 */
#define VECTORS 0x5f400000

	.syntax unified
	.arch	armv7ve
	.arm
	.text
	.globl	_start
_start:
	b	begin
	.space	0x24 - 4
	.word	0x016f2818			@ a zImage's magic,
	.word	0				@ its start
	.word	image_end - _start		@ and its end
	.word	0x04030201			@ the order of bytes

begin:
	adr	r4, vectors
	ldr	r5, =VECTORS
	add	r6, r5, #(vectors_end - vectors)
1:	ldr	r7, [r4], #4
	str	r7, [r5], #4
	cmp	r5, r6
	blo	1b
	ldr	r5, =VECTORS
	mcr	p15, 4, r5, c12, c0, 0		@ HVBAR
	mov	r4, #0
	mcr	p15, 4, r4, c1, c1, 0		@ HCR: traps nothing
	mcrr	p15, 4, r4, r4, c14		@ CNTVOFF
	mov	r5, #3
	mcr	p15, 4, r5, c14, c1, 0		@ CNTHCTL: timers are the kernel's
	mov	r5, #0x1d3
	msr	spsr_cxsf, r5
	adr	r5, kernel_address
	ldr	r4, [r5]
	add	r4, r4, r5
	msr	elr_hyp, r4
	isb
	eret
kernel_address:
	.word	kernel - kernel_address

	.balign	32
vectors:
	b	.
	b	.
	b	.
	b	.
	b	.
	b	answer				@ HVC
	b	.
	b	.
answer:	mvn	r0, #0
	eret
vectors_end:
	.ltorg

	.balign	4096
kernel:
	.incbin	KERNEL
	.balign	4
image_end:
