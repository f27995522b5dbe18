/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands before the kernel's zImage, KERNEL, and looks like one itself.
 *
 * It prints the virtual counter at its entry on the PL011 at 0x09000000, in
 * hexadecimal, and goes on into the kernel as if it had not been there: r0-r2,
 * which are the boot protocol's, stay.  Works under any monitor, and natively.
 */
#define UART 0x09000000

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
	isb
	mrrc	p15, 1, r4, r5, c14		@ CNTVCT
	ldr	r6, =UART
	adr	r7, text
	bl	say
	mov	r8, r5
	bl	hex
	mov	r8, r4
	bl	hex
	adr	r7, newline
	bl	say
	b	kernel

say:	ldrb	r9, [r7], #1
	cmp	r9, #0
	strne	r9, [r6]
	bne	say
	bx	lr

hex:	mov	r10, #8
1:	mov	r9, r8, lsr #28
	cmp	r9, #10
	addlo	r9, r9, #'0'
	addhs	r9, r9, #'a' - 10
	str	r9, [r6]
	mov	r8, r8, lsl #4
	subs	r10, r10, #1
	bne	1b
	bx	lr

text:	.asciz	"bench-entry "
newline: .asciz "\r\n"
	.ltorg

	.balign	4096
kernel:
	.incbin	KERNEL
	.balign	4
image_end:
