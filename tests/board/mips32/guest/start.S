/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests' vectors, where EBase is 0x40000000, and their start.
 *
 * An exception fills in struct exc, saves all registers on a stack of its own and
 * calls on_exception(exc, regs), which says where to go on.
 */
#include "layout.h"

	.set	noreorder
	.set	noat
	.section .text.start, "ax"

	.macro	vector, offset
	.org	\offset
	b	exception
	 li	$27, \offset
	.endm

	vector	0x000
	vector	0x180
	vector	0x200

	.org	0x280
exception:
	lui	$26, %hi(exc)
	addiu	$26, %lo(exc)
	sw	$27, EXC_VECTOR($26)
	mfc0	$27, $13
	sw	$27, EXC_CAUSE($26)
	mfc0	$27, $14
	sw	$27, EXC_EPC($26)
	mfc0	$27, $8
	sw	$27, EXC_BADVADDR($26)
	mfc0	$27, $12
	sw	$27, EXC_STATUS($26)
	mfc0	$27, $10
	sw	$27, EXC_ENTRYHI($26)
	mfc0	$27, $4
	sw	$27, EXC_CONTEXT($26)
	lui	$27, %hi(EXC_STACK - 256)
	addiu	$27, %lo(EXC_STACK - 256)
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		   20, 21, 22, 23, 24, 25, 28, 29, 30, 31
	sw	$\n, 64 + 4 * \n($27)
	.endr
	mfhi	$2
	sw	$2, 64 + 128($27)
	mflo	$2
	sw	$2, 64 + 132($27)
	move	$29, $27
	move	$4, $26
	jal	on_exception
	 addiu	$5, $27, 64
	mtc0	$2, $14
	move	$27, $29
	lw	$2, 64 + 128($27)
	mthi	$2
	lw	$2, 64 + 132($27)
	mtlo	$2
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		   20, 21, 22, 23, 24, 25, 28, 29, 30, 31
	lw	$\n, 64 + 4 * \n($27)
	.endr
	ehb
	eret

/* v0: the function; a0, a1: its arguments. */
	.globl	_start
_start:
	lui	$8, 0x1000		/* CU0, and neither BEV nor ERL */
	mtc0	$8, $12
	ehb
	jalr	$2
	 nop
	lui	$8, %hi(TEST_IO)
	sw	$2, TEST_DONE($8)
1:	b	1b
	 nop

/* uint32_t call_user(fn, arg): user mode; a syscall ends it with v0 as it is. */
	.text
	.globl	call_user
call_user:
	addiu	$29, -8
	sw	$31, 4($29)
	lui	$8, %hi(kernel_sp)
	sw	$29, %lo(kernel_sp)($8)
	mtc0	$4, $14
	move	$4, $5
	lui	$8, 0x0000
	ori	$8, 0x0012		/* UM, EXL */
	mtc0	$8, $12
	ehb
	eret
	.globl	user_returned
user_returned:
	lui	$8, %hi(kernel_sp)
	lw	$29, %lo(kernel_sp)($8)
	lui	$8, 0x1000
	mtc0	$8, $12
	ehb
	lw	$31, 4($29)
	jr	$31
	 addiu	$29, 8

/* ---- exceptions on purpose: each fn(arg) at a known address --------------------- */

	.macro	case, name
	.globl	\name
\name:
	.endm

	case	do_syscall
	jr	$31
	 syscall			/* in the delay slot */
	case	do_syscall_plain
	syscall
	jr	$31
	 nop
	case	do_break
	break
	jr	$31
	 nop
	case	do_trap
	teq	$0, $0
	jr	$31
	 nop
	case	do_overflow
	lui	$8, 0x7fff
	addi	$8, $8, 0x7fff
	add	$8, $8, $8
	jr	$31
	 nop
	case	do_reserved
	.word	0x0000003d
	jr	$31
	 nop
	case	do_msa
	.word	0x7b000007		/* ldi.b w0, 0 */
	jr	$31
	 nop
	case	do_load
	lw	$2, 0($4)
	jr	$31
	 nop
	case	do_load_in_slot
	jr	$31
	 lw	$2, 0($4)
	case	do_store
	sw	$5, 0($4)
	jr	$31
	 nop
	case	do_jump
	jr	$4
	 nop
	case	do_mfc0
	mfc0	$2, $12
	jr	$31
	 nop
	case	do_mfc0_in_slot
	jr	$31
	 mfc0	$2, $15
	case	do_cop1
	mtc1	$0, $f0
	jr	$31
	 nop
	case	do_store_in_slot
	jr	$31
	 sw	$5, 0($4)
	case	do_store_in_taken
	li	$2, 1
	bnez	$2, 1f
	 sw	$5, 0($4)
	li	$2, 2
1:	jr	$31
	 nop
	case	do_store_in_untaken
	li	$2, 1
	beqz	$2, 1f
	 sw	$5, 0($4)
	li	$2, 2
1:	jr	$31
	 nop
	case	do_rdhwr
	.set	push
	.set	mips32r2
	rdhwr	$3, $29
	.set	pop
	jr	$31
	 move	$2, $3
	case	do_rdhwr_slot
	.set	push
	.set	mips32r2
	jr	$31
	 rdhwr	$2, $29
	.set	pop

	.bss
	.balign	4
	.globl	exc
exc:	.space	32
kernel_sp: .space 4
