/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests' ELF file as it was linked; GUEST_IMAGE is its path.
 */
	.section .rodata
	.balign	8
	.globl	guest_image
guest_image:
	.incbin	GUEST_IMAGE
	.section .note.GNU-stack, "", %progbits
