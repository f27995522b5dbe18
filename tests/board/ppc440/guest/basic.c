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

/* ---- the TLB ------------------------------------------------------------------------------ */

#define AT 0x40000000

/* All sizes, each over one place in memory, each written and read through and by 0. */
u32 g_tlb_sizes(u32 arg)
{
	static const u32 sizes[] = { 0, 1, 2, 3, 4, 5, 7 };
	u32 i, size;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size = 1024u << 2 * sizes[i];
		/* 16 MiB is all of memory */
		tlb_set(5, 0, AT | TLB_VALID | TLB_SIZE(sizes[i]), size > SCRATCH ? 0 : SCRATCH,
			TLB_SW | TLB_SR);
		IO32(AT + (size > SCRATCH ? SCRATCH : 0) + size / 4) = i + 100;
		check(IO32(SCRATCH + size / 4) == i + 100);
		/* QEMU takes all of 4 KiB for one that is in part there */
		if (size >= 4096 && size <= 0x100000) {
			IO32(SCRATCH + size - 4) = i + 200;
			check(IO32(AT + size - 4) == i + 200);
			exc_hook = exc_skip;
			exc_count = 0;
			do_load(AT + size);
			check_exc(exc_count == 1 && exc.ivor == 13 && exc.dear == AT + size);
			exc_hook = 0;
		}
		tlb_clear(5);
	}
	exc_hook = exc_skip;
	do_load(AT);
	check_exc(exc.ivor == 13);
	exc_hook = 0;
	return 0;
}

/* Kilobytes beside and within each other: no two entries of the host's may match. */
u32 g_tlb_overlap(u32 rounds)
{
	u32 i, k, at;

	for (i = 0; i < 4; i++)
		IO32(SCRATCH + 1024 * i) = 0x1000 + i;
	for (k = 0; k < rounds; k++) {
		tlb_set(5, 0, (AT + 1024 * (k % 4)) | TLB_VALID | TLB_SIZE(0),
			SCRATCH + 1024 * (k % 4), TLB_SR);
		check(IO32(AT + 1024 * (k % 4)) == 0x1000 + k % 4);
		tlb_set(6, 0, AT | TLB_VALID | TLB_SIZE(1), SCRATCH, TLB_SR);
		for (i = 0; i < 4; i++)
			check(IO32(AT + 1024 * i) == 0x1000 + i);
		tlb_clear(6);
		tlb_clear(5);
		for (at = 0; at < 60; at++)
			(void)IO32(SCRATCH + 4096 * at);
	}
	return 0;
}

/* PIDs: what is of one is not of another, what is of none is of all. */
u32 g_tlb_pids(u32 arg)
{
	u32 pid, i;

	for (pid = 1; pid < 20; pid++)
		tlb_set(10 + pid, pid, AT | TLB_VALID | TLB_SIZE(1), SCRATCH + 4096 * pid,
			TLB_SR | TLB_SW);
	for (i = 0; i < 3; i++) {
		for (pid = 1; pid < 20; pid++) {
			mtspr(SPR_PID, pid);
			asm volatile("isync");
			if (!i)
				IO32(AT) = pid * 3;
			check(IO32(AT) == pid * 3);
		}
	}
	mtspr(SPR_PID, 99);
	asm volatile("isync");
	exc_hook = exc_skip;
	exc_count = 0;
	do_load(AT);
	check_exc(exc_count == 1 && exc.ivor == 13);
	exc_hook = 0;
	mtspr(SPR_PID, 0);
	asm volatile("isync");
	for (pid = 1; pid < 20; pid++)
		check(IO32(SCRATCH + 4096 * pid) == pid * 3);
	return 0;
}

/* Rights of the kernel's: a store where there is none is a DSI, a fetch an ISI. */
u32 g_tlb_rights(u32 arg)
{
	tlb_set(5, 0, AT | TLB_VALID | TLB_SIZE(1), SCRATCH, TLB_SR | TLB_U);
	exc_hook = exc_skip;
	exc_count = 0;
	(void)IO32(AT);
	check(!exc_count);
	do_store(AT, 1);
	check_exc(exc_count == 1 && exc.ivor == 2 && exc.dear == AT && exc.esr == ESR_ST);
	exc_hook = back_to_caller;
	do_jump(AT);
	check_exc(exc_count == 2 && exc.ivor == 3 && exc.srr0 == AT);
	exc_hook = 0;
	return 0;
}

/* tlbre and tlbsx say what tlbwe said. */
u32 g_tlb_reads(u32 arg)
{
	u32 w0, w1, w2, idx, cr;

	tlb_set(33, 7, AT | TLB_VALID | TLB_SIZE(3), 0x00300000, TLB_SR | TLB_UX);
	mtspr(SPR_MMUCR, 0);
	asm volatile("tlbre %0, %3, 0\n\ttlbre %1, %3, 1\n\ttlbre %2, %3, 2"
		     : "=&r"(w0), "=&r"(w1), "=&r"(w2)
		     : "r"(33));
	check(w0 == (AT | TLB_VALID | TLB_SIZE(3)) && w1 == 0x00300000);
	check(w2 == (TLB_SR | TLB_UX) && (mfspr(SPR_MMUCR) & 0xff) == 7);
	asm volatile("tlbsx. %0, 0, %2\n\tmfcr %1"
		     : "=r"(idx), "=r"(cr)
		     : "r"(AT + 0x8000)
		     : "cr0");
	check(idx == 33 && cr & 0x20000000);
	mtspr(SPR_MMUCR, 8);
	asm volatile("tlbsx. %0, 0, %2\n\tmfcr %1"
		     : "=r"(idx), "=r"(cr)
		     : "r"(AT + 0x8000)
		     : "cr0");
	check(!(cr & 0x20000000));
	return 0;
}

/* A device whose bytes are the other way round; QEMU's TLB has no such memory. */
u32 g_little_endian(u32 at)
{
	tlb_set(6, 0, (AT + 0x1000) | TLB_VALID | TLB_SIZE(1), at, TLB_SR | TLB_SW | TLB_E);
	IO32(AT + 0x1000) = 0x12345678;
	report(IO32(AT + 0x1000));
	return 0;
}

static void many_entry(u32 i, u32 page)
{
	tlb_set(1 + i % 60, 0, (AT + i * 4096) | TLB_VALID | TLB_SIZE(1), SCRATCH + page * 4096,
		TLB_SR | TLB_SW);
}

/* More pages than the TLB has entries, by as many as it has; then others at the addresses. */
u32 g_tlb_many(u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		many_entry(i, i);
		IO32(AT + i * 4096) = i;
	}
	for (i = 0; i < n; i++)
		check(IO32(SCRATCH + i * 4096) == i);
	for (i = 0; i < n; i++) {
		many_entry(i, n - 1 - i);
		check(IO32(AT + i * 4096) == n - 1 - i);
	}
	for (i = n - 60; i < n; i++) {
		many_entry(i, i);
		check(IO32(AT + i * 4096) == i);
	}
	return n;
}

/* Pages that the owner throws away in between, or logs. */
u32 g_pages(u32 at, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		IO32(at + i * 4096) = i + 1;
	report(1);
	for (i = 0; i < n; i++)
		check(IO32(at + i * 4096) == i + 1);
	report(2);
	for (i = 0; i < n; i++)
		check(!IO32(at + i * 4096));
	IO32(at + 3 * 4096) = 1;
	return 0;
}

/* ---- interrupts from outside ------------------------------------------------------------------- */

static volatile u32 irq_seen;

#define UIC_SR 0xc0
#define UIC_ER 0xc2
#define UIC_CR 0xc3
#define UIC_PR 0xc4
#define UIC_TR 0xc5
#define UIC_MSR 0xc6

/* The sleep that it ends is not gone on with. */
static void wake_up(struct exc *e)
{
	if (e->ivor == 0 || e->ivor == 12)
		mtspr(SPR_CSRR0 + 1, e->srr1 & ~MSR_WE);
	else
		mtspr(SPR_SRR1, e->srr1 & ~MSR_WE);
}

static u32 irq_hook(struct exc *e, u32 *regs)
{
	u32 bits = mfdcr(UIC_MSR);

	check_exc(e->ivor == 4 || e->ivor == 0);
	irq_seen |= bits;
	mtdcr(UIC_ER, mfdcr(UIC_ER) & ~bits);
	mtdcr(UIC_SR, bits);
	wake_up(e);
	return e->srr0;
}

static void uic_all(u32 edges)
{
	mtdcr(UIC_PR, 0xffffffff);
	mtdcr(UIC_TR, edges);
	mtdcr(UIC_CR, 0);
	mtdcr(UIC_SR, 0xffffffff);
	mtdcr(UIC_ER, 0xffffffff);
}

/* Inputs that the test moves at each report; those of @edges count when they rise. */
static u32 watch_inputs(u32 n, u32 edges)
{
	u32 i, seen = 0;

	exc_hook = irq_hook;
	uic_all(edges);
	mtmsr(mfmsr() | MSR_EE);
	for (i = 0; i <= n; i++) {
		irq_seen = 0;
		report(seen);
		while (i < n && !irq_seen)
			;
		seen = irq_seen;
		mtdcr(UIC_ER, 0xffffffff);
	}
	mtmsr(mfmsr() & ~MSR_EE);
	exc_hook = 0;
	return seen;
}

u32 g_lines(u32 n)
{
	return watch_inputs(n, 0);
}

/* It spins until an interrupt comes. */
u32 g_spin_irq(void)
{
	irq_seen = 0;
	exc_hook = irq_hook;
	uic_all(0);
	mtmsr(mfmsr() | MSR_EE);
	while (!irq_seen)
		;
	mtmsr(mfmsr() & ~MSR_EE);
	return irq_seen;
}

/* It sleeps until an edge comes, which is critical. */
u32 g_wait_critical(void)
{
	irq_seen = 0;
	exc_hook = irq_hook;
	uic_all(0xffffffff);
	mtdcr(UIC_CR, 0xffffffff);
	report(1);
	mtmsr(mfmsr() | MSR_CE | MSR_WE);
	mtmsr(mfmsr() & ~(MSR_CE | MSR_WE));
	check_exc(exc.ivor == 0 && exc.srr1 & MSR_WE);
	return irq_seen;
}

/* ---- timers -------------------------------------------------------------------------------------- */

#define TSR_DIS 0x08000000u
#define TSR_FIS 0x04000000u
#define TSR_WIS 0x40000000u
#define TSR_ENW 0x80000000u
#define TCR_DIE 0x04000000u
#define TCR_FIE 0x00800000u
#define TCR_WIE 0x08000000u
#define TCR_ARE 0x00400000u

static volatile u32 ticks[16];

static u32 tick_hook(struct exc *e, u32 *regs)
{
	check_exc(e->ivor == 10 || e->ivor == 11 || e->ivor == 12);
	ticks[e->ivor]++;
	mtspr(SPR_TSR, e->ivor == 10 ? TSR_DIS : e->ivor == 11 ? TSR_FIS : TSR_WIS | TSR_ENW);
	wake_up(e);
	return e->srr0;
}

/* The decrementer by hand, then by itself; asleep in between. */
u32 g_timer(u32 n)
{
	u32 i, begun;

	exc_hook = tick_hook;
	mtspr(SPR_TCR, TCR_DIE);
	for (i = 0; i < n; i++) {
		begun = mftb();
		mtspr(SPR_DEC, 100000);
		mtmsr(mfmsr() | MSR_EE | MSR_WE);
		mtmsr(mfmsr() & ~(MSR_EE | MSR_WE));
		check(ticks[10] == i + 1);
		check(mftb() - begun >= 100000);
	}
	check(mfspr(SPR_DEC) == 0);
	mtspr(SPR_DECAR, 50000);
	mtspr(SPR_TCR, TCR_DIE | TCR_ARE);
	mtspr(SPR_DEC, 50000);
	mtmsr(mfmsr() | MSR_EE);
	while (ticks[10] < 2 * n)
		;
	mtmsr(mfmsr() & ~MSR_EE);
	mtspr(SPR_TCR, 0);
	return ticks[10];
}

/* The fixed-interval timer, at its shortest; then the watchdog's interrupt. */
u32 g_fit_wd(u32 n)
{
	exc_hook = tick_hook;
	mtspr(SPR_TSR, 0xffffffff);
	mtspr(SPR_TCR, TCR_FIE);
	mtmsr(mfmsr() | MSR_EE);
	while (ticks[11] < n)
		;
	mtmsr(mfmsr() & ~MSR_EE);
	mtspr(SPR_TCR, TCR_WIE);
	mtmsr(mfmsr() | MSR_CE);
	while (ticks[12] < 2)
		;
	mtmsr(mfmsr() & ~MSR_CE);
	mtspr(SPR_TCR, 0);
	check(ticks[11] >= n && !ticks[10]);
	return 0;
}

/* Nobody looks after the watchdog, and it is to reset. */
u32 g_watchdog_bites(void)
{
	mtspr(SPR_TCR, 0x30000000);
	for (;;)
		;
}

u32 g_reset(void)
{
	mtspr(SPR_DBCR0, 0x30000000);
	return 1;
}

/* ---- registers -------------------------------------------------------------------------------------- */

/* What users may read and write without the kernel. */
static u32 user_sprgs(u32 arg)
{
	u32 v = mfspr(SPR_SPRG4R) ^ mfspr(SPR_USPRG0);

	mtspr(SPR_USPRG0, arg);
	return v;
}

u32 g_sprs(u32 arg)
{
	u32 i;

	mtspr(SPR_SPRG4W, 0x12340000);
	mtspr(SPR_USPRG0, 0x00005678);
	tlb_set(0, 0, TLB_VALID | TLB_SIZE(9), 0, TLB_U | TLB_S);
	exc_hook = leave_user;
	check(call_user(user_sprgs, 77) == 0x12345678);
	exc_hook = 0;
	check(mfspr(SPR_USPRG0) == 77);
	report(5); /* out to the test and back */
	check(mfspr(SPR_SPRG4R) == 0x12340000 && mfspr(SPR_USPRG0) == 77);
	/* each often enough to be translated */
	for (i = 0; i < 100; i++) {
		mtspr(SPR_SPRG3, i);
		mtspr(SPR_CSRR0, 4 * i);
		mtspr(SPR_DEAR, i + 7);
		mtspr(SPR_ESR, i + 9);
		check(mfspr(SPR_SPRG3) == i && mfspr(SPR_CSRR0) == 4 * i);
		check(mfspr(SPR_DEAR) == i + 7 && mfspr(SPR_ESR) == i + 9);
		check(mfspr(SPR_PVR) == arg);
	}
	return 0;
}

/* ---- the FPU -------------------------------------------------------------------------------------------- */

u32 g_fpu(u32 n)
{
	double a = 1.5, b = 0, c;
	u32 i, words[2];

	mtmsr(mfmsr() | MSR_FP);
	asm volatile("lfd 1, 0(%0)\n\tlfd 2, 0(%1)" : : "b"(&a), "b"(&b) : "memory");
	for (i = 0; i < n; i++) {
		asm volatile("fadd 2, 2, 1");
		if (i % 8 == 0)
			report(i);
	}
	asm volatile("stfd 2, 0(%0)" : : "b"(&c) : "memory");
	mtmsr(mfmsr() & ~MSR_FP);
	__builtin_memcpy(words, &c, sizeof(words));
	/* 1.5 * 64 */
	check(words[0] == 0x40580000 && words[1] == 0);
	return 0;
}

/* ---- translation -------------------------------------------------------------------------------------------- */

/* An instruction that has been translated reads, and is replaced, as the guest wrote it. */
static u32 translated(u32 n)
{
	volatile u32 *code = (volatile u32 *)(HIGH + SCRATCH + 0x40);
	u32 (*fn)(u32) = (u32(*)(u32))code;
	u32 i, round;

	for (round = 0; round < 8; round++) {
		code[0] = round & 1 ? 0x7c7142a6 : 0x7c6000a6; /* mfsprg r3, 1; mfmsr r3 */
		code[1] = 0x7c000146; /* wrteei 0 */
		code[2] = 0x7c008146; /* wrteei 1 */
		code[3] = 0x7c000146; /* wrteei 0 */
		code[4] = 0x4e800020; /* blr */
		asm volatile("dcbst 0, %0\n\tmsync\n\ticbi 0, %0\n\tmsync\n\tisync"
			     :
			     : "r"(code)
			     : "memory");
		mtspr(273, 0x55 + round);
		for (i = 0; i < n; i++)
			check(fn(0) == (round & 1 ? 0x55 + round : mfmsr()));
		check(code[0] == (round & 1 ? 0x7c7142a6 : 0x7c6000a6));
		check(code[1] == 0x7c000146 && code[2] == 0x7c008146);
		check(!(mfmsr() & MSR_EE));
	}
	return 0;
}

u32 g_translated(u32 n)
{
	return run_high(translated, n);
}

/* An interrupt that waits comes when it is let through, by a translated instruction, too. */
/* In a page of its own: what handles the interrupt runs at other addresses. */
static u32 __attribute__((section(".text.high"), aligned(4096))) pending(u32 n)
{
	u32 i;

	exc_hook = tick_hook;
	mtspr(SPR_TCR, TCR_DIE);
	for (i = 0; i < n; i++) {
		mtspr(SPR_DEC, 1);
		while (!(mfspr(SPR_TSR) & TSR_DIS))
			;
		check(ticks[10] == i);
		asm volatile("wrteei 1" : : : "memory");
		asm volatile("wrteei 0" : : : "memory");
		check(ticks[10] == i + 1);
	}
	mtspr(SPR_TCR, 0);
	return 0;
}

u32 g_pending(u32 n)
{
	return run_high(pending, n);
}

/* Memory of the guest's own where translated code would have that of the hypervisor's. */
static void map_own(u32 offset)
{
	tlb_set(20, 0, 0xfffff000 | TLB_VALID | TLB_SIZE(1), SCRATCH + offset, TLB_SW | TLB_SR);
	tlb_set(21, 0, 0xbec00000 | TLB_VALID | TLB_SIZE(1), SCRATCH + offset + 0x1000,
		TLB_SW | TLB_SR);
}

static u32 __attribute__((section(".text.high"), aligned(4096))) hot(u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		mtspr(SPR_SPRG3, i);
		check(mfspr(SPR_SPRG3) == i);
		asm volatile("wrteei 0" : : : "memory");
	}
	return mfmsr();
}

static void use_own(u32 offset)
{
	u32 i;

	for (i = 0; i < 0x1000; i += 4) {
		IO32(0xfffff000 + i) = i + 1;
		IO32(0xbec00000 + i) = i + 2;
	}
	run_high(hot, 100);
	for (i = 0; i < 0x1000; i += 4) {
		check(IO32(SCRATCH + offset + i) == i + 1);
		check(IO32(SCRATCH + offset + 0x1000 + i) == i + 2);
		check(IO32(0xfffff000 + i) == i + 1);
		check(IO32(0xbec00000 + i) == i + 2);
	}
}

/* @first: before anything is translated, or when it has been. */
u32 g_own_memory(u32 first)
{
	if (!first)
		run_high(hot, 100);
	map_own(0);
	use_own(0);
	tlb_clear(20);
	tlb_clear(21);
	run_high(hot, 100);
	map_own(0x2000);
	use_own(0x2000);
	return 0;
}

#define write_and_read(n)                 \
	do {                              \
		mtdcr(n, 0x12340000 + n); \
		report(mfdcr(n));         \
	} while (0)

/* Those of the UIC, and around them what the test is asked for. */
u32 g_dcrs(u32 rounds)
{
	u32 i;

	for (i = 0; i < rounds; i++) {
		mtdcr(UIC_ER, ~i);
		write_and_read(0);
		write_and_read(0xbf);
		write_and_read(0xc9);
		write_and_read(0x3ff);
		check(mfdcr(UIC_ER) == ~i);
	}
	return 0;
}

u32 g_edges(u32 n)
{
	watch_inputs(n, 0xffffffff);
	return 0;
}

static volatile u32 externals;

static u32 external_hook(struct exc *e, u32 *regs)
{
	check_exc(e->ivor == 4);
	externals++;
	/* a level comes again and again: twice is enough */
	if (externals == 2)
		mtspr(SPR_SRR1, e->srr1 & ~MSR_EE);
	return e->srr0;
}

/* External inputs without a UIC: how many interrupts come of each. */
u32 g_external(u32 n)
{
	u32 i;

	exc_hook = external_hook;
	for (i = 0; i < n; i++) {
		externals = 0;
		mtmsr(mfmsr() | MSR_EE);
		mtmsr(mfmsr() & ~MSR_EE);
		report(externals);
	}
	externals = 0;
	mtmsr(mfmsr() | MSR_EE);
	mtmsr(mfmsr() & ~MSR_EE);
	exc_hook = 0;
	return externals;
}
