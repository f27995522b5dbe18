/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The world switch for what few guests use, or not all the time: ThumbEE, VFP,
 * breakpoints.  Part of switch.S, which includes it.
 *
 * sp is the guest's struct armv7_ctxt, and its r0-r12 are in memory.
 */

/* ---- ThumbEE: TEECR and TEEHBR (A2.10); r12: struct armv7_hyp_cpu ------------- */

	.macro	save_thumbee base, teecr
	mrc	p14, 6, r4, c0, c0, 0
	mrc	p14, 6, r5, c1, c0, 0
	str	r4, [\base, #\teecr]
	str	r5, [\base, #(\teecr + 4)]
	.endm

	.macro	load_thumbee base, teecr
	ldr	r4, [\base, #\teecr]
	ldr	r5, [\base, #(\teecr + 4)]
	mcr	p14, 6, r4, c0, c0, 0
	mcr	p14, 6, r5, c1, c0, 0
	.endm

thumbee_in:
	mrc	p15, 4, r12, c13, c0, 2		@ HTPIDR
	save_thumbee r12, HOST_TEECR
	load_thumbee sp, CTXT_TEECR
	b	thumbee_is_in

thumbee_out:
	save_thumbee sp, CTXT_TEECR
	load_thumbee r12, HOST_TEECR
	bx	lr

/* ---- VFP: the guest's registers go in, the host's out, when it uses them ------ */

/*
 * vfp_out is set once the host's are saved, and cleared before they are loaded:
 * a fault in between neither loses them nor comes here twice.
 */
guest_vfp:
	mrc	p15, 4, r12, c13, c0, 2		@ HTPIDR
	ldr	r4, [r12, #HOST_VFP_REGS]
	cmp	r4, #0
	beq	guest_trap			@ this CPU has none
	mrc	p15, 4, r2, c1, c1, 2		@ HCPTR
	tst	r2, #HCPTR_VFP_TRAPS
	beq	guest_trap			@ another coprocessor's trap
	bic	r2, r2, #HCPTR_VFP
	mcr	p15, 4, r2, c1, c1, 2
	isb
	str	lr, [sp, #CTXT_LR_USR]
	add	r0, r12, #HOST_VFP
	bl	vfp_save
	mov	r2, #1
	str	r2, [r12, #HOST_VFP_OUT]
	add	r0, sp, #CTXT_VFP
	bl	vfp_load
	ldr	lr, [sp, #CTXT_LR_USR]
	ldm	sp, {r0-r12}
	eret

/* r12: struct armv7_hyp_cpu; r0 is kept. */
vfp_out:
	mov	r6, r0
	mov	r7, lr
	ldr	r4, [r12, #HOST_VFP_REGS]
	add	r0, sp, #CTXT_VFP
	bl	vfp_save
	mov	r0, r6
	mov	lr, r7
vfp_host_in:
	mov	r6, r0
	mov	r7, lr
	mov	r2, #0
	str	r2, [r12, #HOST_VFP_OUT]
	ldr	r4, [r12, #HOST_VFP_REGS]
	add	r0, r12, #HOST_VFP
	bl	vfp_load
	mov	r0, r6
	bx	r7

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
 * The guest's breakpoints for the host's.  Spoils r2-r5, r12.  Those of the host
 * go away first, its watchpoints too: their addresses mean something else now.
 * Breakpoints without HMC never match in Hyp mode, so there is no moment at which
 * the guest's could stop the host (C3.3).
 */
debug_load:
	mrc	p15, 4, r12, c13, c0, 2		@ HTPIDR
	mrc	p14, 0, r2, c0, c2, 2		@ DBGDSCRext
	str	r2, [r12, #HOST_DSCR]
	mov	r3, #0
	.irp	n, 0, 1, 2, 3
	mrc	p14, 0, r4, c0, c\n, 7		@ DBGWCR
	str	r4, [r12, #(HOST_DBG_WCR + 4 * \n)]
	mcr	p14, 0, r3, c0, c\n, 7
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5
	mrc	p14, 0, r4, c0, c\n, 5		@ DBGBCR
	mrc	p14, 0, r5, c0, c\n, 4		@ DBGBVR
	str	r4, [r12, #(HOST_DBG_BCR + 4 * \n)]
	str	r5, [r12, #(HOST_DBG_BVR + 4 * \n)]
	mcr	p14, 0, r3, c0, c\n, 5
	.endr
	isb					@ off before an address changes
	.irp	n, 0, 1, 2, 3, 4, 5
	ldr	r4, [sp, #(CTXT_DBG_BVR + 4 * \n)]
	ldr	r5, [sp, #(CTXT_DBG_BCR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 4
	mcr	p14, 0, r5, c0, c\n, 5
	.endr
	orr	r2, r2, #(1 << 15)		@ .MDBGen
	mcr	p14, 0, r2, c0, c2, 2
	bx	lr

/* And back; r12: struct armv7_hyp_cpu.  The ERET that follows synchronizes. */
debug_put:
	mov	r3, #0
	.irp	n, 0, 1, 2, 3, 4, 5
	mcr	p14, 0, r3, c0, c\n, 5
	.endr
	isb
	.irp	n, 0, 1, 2, 3, 4, 5
	ldr	r4, [r12, #(HOST_DBG_BVR + 4 * \n)]
	ldr	r5, [r12, #(HOST_DBG_BCR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 4
	mcr	p14, 0, r5, c0, c\n, 5
	.endr
	.irp	n, 0, 1, 2, 3
	ldr	r4, [r12, #(HOST_DBG_WCR + 4 * \n)]
	mcr	p14, 0, r4, c0, c\n, 7
	.endr
	ldr	r3, [r12, #HOST_DSCR]
	mcr	p14, 0, r3, c0, c2, 2
	bx	lr
