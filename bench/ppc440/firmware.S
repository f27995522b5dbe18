/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An ELF file that holds the kernel, KERNEL (as it lies at address 0), and enters it from
 * behind: it prints the time base at its entry on the serial port, in hexadecimal, and goes
 * on into the kernel as if it had not been there: r3 to r9, which are the boot protocol's
 * (ePAPR 1.1, 5.4), stay.  Works under any monitor, and natively.
 */
#define UART 0xef600300
#define THR 0
#define LSR 5
#define MMUCR 946
/* A slot of the TLB that the kernel finds used, and clears. */
#define SLOT 62

	.text
kernel:
	.incbin	KERNEL

	.balign	4
	.globl	_start
_start:
	mftbu	20
	mftb	21
	mftbu	22
	cmpw	20, 22
	bne	_start
	li	22, 0
	mtspr	MMUCR, 22
	lis	22, UART@h
	ori	23, 22, 0x210			/* valid, 4 KiB */
	li	24, SLOT
	tlbwe	23, 24, 0
	tlbwe	22, 24, 1
	li	23, 0x503			/* not cached, guarded, the kernel's */
	tlbwe	23, 24, 2
	isync
	ori	22, 22, UART@l
	lis	23, text@ha
	addi	23, 23, text@l
	bl	say
	mr	24, 20
	bl	hex
	mr	24, 21
	bl	hex
	lis	23, newline@ha
	addi	23, 23, newline@l
	bl	say
	li	22, 0
	mtctr	22
	bctr

say:	mflr	28
1:	lbz	25, 0(23)
	addi	23, 23, 1
	cmpwi	25, 0
	beq	2f
	bl	put
	b	1b
2:	mtlr	28
	blr

hex:	mflr	28
	li	26, 8
1:	rlwinm	24, 24, 4, 0, 31
	andi.	25, 24, 15
	cmpwi	25, 10
	addi	25, 25, '0'
	blt	2f
	addi	25, 25, 'a' - '0' - 10
2:	bl	put
	addic.	26, 26, -1
	bne	1b
	mtlr	28
	blr

/* r25, when there is room. */
put:	lbz	27, LSR(22)
	andi.	27, 27, 0x20
	beq	put
	stb	25, THR(22)
	blr

text:	.asciz	"bench-entry "
newline: .asciz "\r\n"

/* Where the kernel has its own, which no memory image tells the size of. */
	.bss
	.space	0x400000
