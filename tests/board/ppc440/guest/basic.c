// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../basic.c: exits, interrupts, the TLB, timers, and what must not be reached.
 */
#include "lib.h"

u32 g_args(u32 a, u32 b)
{
	report(a);
	report(b);
	return a + b;
}

/* ---- MMIO --------------------------------------------------------------------------- */

/* Each width and order, stored and loaded. */
u32 g_mmio(u32 at)
{
	store("stbx", at, 0x12345678);
	store("sthx", at, 0x12345678);
	store("stwx", at, 0x12345678);
	store("sthbrx", at, 0x12345678);
	store("stwbrx", at, 0x12345678);
	report(load("lbzx", at));
	report(load("lhzx", at));
	report(load("lhax", at));
	report(load("lwzx", at));
	report(load("lhbrx", at));
	report(load("lwbrx", at));
	return 0;
}

/* Several registers, with and without an update; strings. */
u32 g_mmio_many(u32 at)
{
	u32 a, b, c, ea = at - 4;

	asm volatile("li 30, 1\n\tli 31, 2\n\tstmw 30, 0(%0)\n\tlmw 30, 8(%0)\n\t"
		     "mr %1, 30\n\tmr %2, 31"
		     : "+b"(at), "=&r"(a), "=r"(b)
		     :
		     : "r30", "r31", "memory");
	report(a);
	report(b);
	asm volatile("lwzu %0, 4(%1)" : "=r"(c), "+b"(ea) : : "memory");
	report(c);
	check(ea == at);
	asm volatile("lis 30, 0x4142\n\tori 30, 30, 0x4344\n\tlis 31, 0x4546\n\tstswi 30, %0, 6\n\t"
		     "lswi 30, %0, 6\n\tmr %1, 30\n\tmr %2, 31"
		     : "+b"(at), "=&r"(a), "=r"(b)
		     :
		     : "r30", "r31", "memory");
	report(a);
	report(b);
	return 0;
}

/* ---- interrupts ----------------------------------------------------------------------- */

static void raises(u32 (*fn)(u32), u32 arg, u32 ivor, u32 offset)
{
	u32 count = exc_count, msr = mfmsr();

	exc_hook = exc_skip;
	fn(arg);
	exc_hook = 0;
	check_exc(exc_count == count + 1);
	check_exc(exc.ivor == ivor);
	check(exc.srr0 == (u32)fn + offset);
	check(exc.srr1 == msr);
}

u32 g_exceptions(u32 nowhere)
{
	raises(do_sc, 0, 8, 4);
	raises(do_trap, 0, 6, 0);
	check(exc.esr == ESR_PTR);
	raises(do_illegal, 0, 6, 0);
	check(exc.esr == ESR_PIL);
	raises(do_load, nowhere, 13, 0);
	check(exc.dear == nowhere && !(exc.esr & ESR_ST));
	raises(do_store_1, nowhere, 13, 0);
	check(exc.dear == nowhere && exc.esr == ESR_ST);
	raises(do_fpu, 0, 7, 0);
	return 0;
}

static u32 back_to_caller(struct exc *e, u32 *regs)
{
	return regs[33]; /* LR */
}

/* An instruction from nowhere: SRR0 is where. */
u32 g_jump(u32 nowhere)
{
	exc_hook = back_to_caller;
	do_jump(nowhere);
	exc_hook = 0;
	check_exc(exc.ivor == 14 && exc.srr0 == nowhere);
	return 0;
}

/* ---- user mode ------------------------------------------------------------------------- */

static u32 user_add(u32 a)
{
	return a + 1;
}

static u32 user_privileged(u32 what)
{
	switch (what) {
	case 0:
		return do_mfmsr(0);
	case 1:
		return do_mfdcr(0);
	case 2:
		return do_rfi(0);
	case 3:
		return do_tlbwe(0);
	default:
		return do_load(what);
	}
}

static u32 user_hook(struct exc *e, u32 *regs)
{
	regs[3 + 0] = regs[3];
	return (u32)user_returned;
}

static u32 leave_user(struct exc *e, u32 *regs)
{
	/* back in the kernel, with r3 as it is: SRR1 is the hook's to set */
	mtspr(SPR_SRR1, e->srr1 & ~MSR_PR);
	return user_hook(e, regs);
}

u32 g_user(u32 arg)
{
	u32 i;

	/* this image is for users, too: one entry for both */
	tlb_set(1, 0, 0x10000000 | TLB_VALID | TLB_SIZE(5), 0, TLB_S);
	exc_hook = leave_user;
	/* the kernel's page has no rights for users: ISI */
	call_user(user_add, 5);
	check_exc(exc.ivor == 3 && exc.srr0 == (u32)user_add && exc.srr1 & MSR_PR);
	tlb_set(0, 0, TLB_VALID | TLB_SIZE(9), 0, TLB_U | TLB_S);
	check(call_user(user_add, 5) == 6);
	check_exc(exc.ivor == 8 && exc.srr1 & MSR_PR);
	for (i = 0; i < 4; i++) {
		call_user(user_privileged, i);
		check_exc(exc.ivor == 6 && exc.esr == ESR_PPR && exc.srr1 & MSR_PR);
	}
	/* what the kernel has in its TLB, and has just touched, is not the user's */
	(void)IO32(0x10000000 + SCRATCH % 0x100000);
	call_user(user_privileged, 0x10000000 + SCRATCH % 0x100000);
	check_exc(exc.ivor == 2 && exc.dear == 0x10000000 + SCRATCH % 0x100000);
	exc_hook = 0;
	return 0;
}
