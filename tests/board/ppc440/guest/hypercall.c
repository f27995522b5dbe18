// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../hypercall.c: hypercalls, and the magic page as a guest sees it that has
 * asked for it.  The test has put the instructions of a hypercall at SCRATCH.
 */
#include "lib.h"

#define EV_SUCCESS 0
#define EV_UNIMPLEMENTED 12
#define EV_IDLE 0x10010
#define KVM_FEATURES 0x2a0003
#define KVM_MAP_MAGIC 0x2a0004
#define HAS_MAGIC 2u
#define HAS_SPRG4_TO_7 2u
#define MAGIC_R0 0x4b564d21

/* Words of the page (struct kvm_vcpu_arch_shared). */
#define AT_END 0xfffff000u
#define SCRATCH1 0x04
#define CRITICAL 0x1c
#define SPRG(n) (0x24 + 8 * (n))
#define SRR0 0x44
#define SRR1 0x4c
#define DEAR 0x54
#define MSR 0x5c
#define PENDING 0x64
#define ESR 0xc8
#define PIR 0xcc
#define SPRG4 0xd4

#define BLR 0x4e800020

#define TSR_DIS 0x08000000u
#define TCR_DIE 0x04000000u

/* In memory of which the guest's one TLB entry maps all. */
#define OVER 0x00800000u

static u32 hcall(u32 token, u32 a, u32 b, u32 *value)
{
	register u32 r11 asm("r11") = token;
	register u32 r3 asm("r3") = a;
	register u32 r4 asm("r4") = b;
	register u32 at asm("r12") = SCRATCH;

	asm volatile("mtctr %3\n\tbctrl"
		     : "+r"(r3), "+r"(r4), "+r"(r11), "+r"(at)
		     :
		     : "r0", "r5", "r6", "r7", "r8", "r9", "r10", "ctr", "lr", "memory");
	if (value)
		*value = r4;
	return r3;
}

static void begin(void)
{
	IO32(SCRATCH + 16) = BLR;
	asm volatile("dcbst 0, %0\n\tmsync\n\ticbi 0, %0\n\tmsync\n\tisync"
		     :
		     : "r"(SCRATCH + 16)
		     : "memory");
}

static u32 map(u32 ea)
{
	u32 value;

	check(hcall(KVM_MAP_MAGIC, ea & ~0xfffu, ea, &value) == EV_SUCCESS);
	check(value == HAS_SPRG4_TO_7);
	return ea & ~0xfffu;
}

static u32 faults(u32 (*fn)(u32), u32 arg)
{
	exc_hook = exc_skip;
	exc.ivor = ~0u;
	fn(arg);
	exc_hook = 0;
	return exc.ivor;
}

/* ---- calls ----------------------------------------------------------------------------- */

static u32 other_sc(u32 arg)
{
	asm volatile("li 0, 1\n\tsc" : : : "r0", "memory");
	return 0;
}

u32 g_hcalls(u32 arg)
{
	u32 value;

	begin();
	check(hcall(KVM_FEATURES, 0, 0, &value) == EV_SUCCESS && value == HAS_MAGIC);
	check(hcall(0x2a0005, 1, 2, &value) == EV_UNIMPLEMENTED && !value);
	check(hcall(0, 0, 0, &value) == EV_UNIMPLEMENTED);
	check(hcall(0x10001, 0, 0, &value) == EV_UNIMPLEMENTED);
	/* any other sc is the guest's own */
	check(faults(other_sc, 0) == 8);
	return 0;
}

static u32 user_hcall(u32 arg)
{
	return hcall(KVM_MAP_MAGIC, AT_END, AT_END, 0);
}

static u32 leave_user(struct exc *e, u32 *regs)
{
	mtspr(SPR_SRR1, e->srr1 & ~MSR_PR);
	return (u32)user_returned;
}

static u32 leave_user_hcall(struct exc *e, u32 *regs)
{
	check(regs[0] == MAGIC_R0 && regs[11] == KVM_MAP_MAGIC && regs[3] == AT_END);
	return leave_user(e, regs);
}

/* A user has no hypercalls, and no magic page. */
u32 g_user_hcall(u32 arg)
{
	begin();
	tlb_set(0, 0, TLB_VALID | TLB_SIZE(9), 0, TLB_U | TLB_S);
	exc_hook = leave_user_hcall;
	call_user(user_hcall, 0);
	check_exc(exc.ivor == 8 && exc.srr1 & MSR_PR && exc.srr0 == SCRATCH + 12);
	exc_hook = 0;
	check(faults(do_load, AT_END) == 13);
	map(AT_END);
	check(IO32(AT_END + PIR) == 0);
	exc_hook = leave_user;
	call_user(do_load, AT_END);
	check_exc(exc.ivor == 13 && exc.dear == AT_END);
	exc_hook = 0;
	return 0;
}

static u32 user_sprgs(u32 which)
{
	return which ? mfspr(SPR_SPRG4R + 3) : mfspr(SPR_SPRG4R);
}

/* What the kernel has stored for its users they read, and what it has written to the registers. */
u32 g_user_sprg(u32 arg)
{
	u32 page, i;

	begin();
	tlb_set(0, 0, TLB_VALID | TLB_SIZE(9), 0, TLB_U | TLB_S);
	exc_hook = leave_user;
	mtspr(SPR_SPRG4W, 0x11);
	page = map(AT_END);
	check(IO32(page + SPRG4) == 0x11);
	for (i = 0; i < 5; i++) {
		IO32(page + SPRG4) = 0x440 + i;
		IO32(page + SPRG4 + 24) = 0x770 + i;
		check(call_user(user_sprgs, 0) == 0x440 + i);
		check(call_user(user_sprgs, 1) == 0x770 + i);
		mtspr(SPR_SPRG4W + 3, 0x990 + i);
		check(IO32(page + SPRG4 + 24) == 0x990 + i);
		check(call_user(user_sprgs, 1) == 0x990 + i);
		check(call_user(user_sprgs, 0) == 0x440 + i);
	}
	exc_hook = 0;
	return 0;
}

/* ---- the page ---------------------------------------------------------------------------- */

static void same(u32 at, u32 reg, u32 value)
{
	check(IO32(at) == value);
	check(reg == value);
}

/* Words that are registers, from both sides. */
static void registers(u32 page)
{
	IO32(page + SPRG(3)) = 0x33;
	same(page + SPRG(3), mfspr(SPR_SPRG3), 0x33);
	mtspr(SPR_SPRG3, 0x34);
	same(page + SPRG(3), mfspr(SPR_SPRG3), 0x34);
	IO32(page + SRR0) = 0x1000;
	mtspr(SPR_SRR1, 0x2000);
	same(page + SRR0, mfspr(SPR_SRR0), 0x1000);
	same(page + SRR1, mfspr(SPR_SRR1), 0x2000);
	IO32(page + DEAR) = 0x3000;
	IO32(page + ESR) = 0x4000;
	same(page + DEAR, mfspr(SPR_DEAR), 0x3000);
	same(page + ESR, mfspr(SPR_ESR), 0x4000);
	same(page + MSR, mfmsr(), mfmsr());
	/* these are read without a trap, so a store counts later: see g_user_sprg */
	IO32(page + SPRG4 + 24) = 0x77;
	mtspr(SPR_SPRG4W, 0x45);
	same(page + SPRG4, mfspr(SPR_SPRG4R), 0x45);
	same(page + SPRG4 + 24, mfspr(SPR_SPRG4R + 3), 0x77);
	IO32(page + SCRATCH1) = 0x5c;
	(void)mfspr(SPR_TSR);
	check(IO32(page + SCRATCH1) == 0x5c);
}

u32 g_magic(u32 arg)
{
	begin();
	check(faults(do_load, AT_END) == 13);
	registers(map(AT_END | 1));
	check(faults(do_load, 0x40001000) == 13);
	check(IO32(AT_END + DEAR) == 0x40001000 && IO32(AT_END + SRR0) == (u32)do_load + 4);
	return 0;
}

/*
 * Over memory of the guest's, which is there again when the page is elsewhere.  The other pages
 * of the four at @arg come first: if they are neighbours in the host's memory, too, all four may
 * be mapped as one.
 */
u32 g_magic_over(u32 arg)
{
	u32 page = arg + 4096, i, round;

	begin();
	for (i = arg; i < arg + 4 * 4096; i += 4096)
		IO32(i + SPRG(3)) = i;
	for (round = 0; round < 3; round++) {
		map(page);
		for (i = arg; i < arg + 4 * 4096; i += 4096)
			check(i == page || IO32(i + SPRG(3)) == i);
		registers(page);
		map(AT_END);
		for (i = arg; i < arg + 4 * 4096; i += 4096)
			check(IO32(i + SPRG(3)) == i);
	}
	return 0;
}

static u32 back_to_caller(struct exc *e, u32 *regs)
{
	return regs[33]; /* LR */
}

/* It is no code, whatever it is over. */
u32 g_magic_run(u32 arg)
{
	begin();
	IO32(OVER) = BLR;
	map(OVER);
	IO32(OVER) = BLR;
	exc_hook = back_to_caller;
	do_jump(OVER);
	exc_hook = 0;
	check_exc(exc.ivor == 3 && exc.srr0 == OVER);
	return 0;
}

/* Together with translation, which has the page at the end: mfmsr traps so often. */
u32 g_magic_translated(u32 n)
{
	u32 i, page;

	begin();
	page = map(OVER);
	for (i = 0; i < n; i++) {
		IO32(page + MSR) ^= MSR_EE;
		check(mfmsr() == IO32(page + MSR));
		mtspr(SPR_SPRG3, i);
		check(IO32(page + SPRG(3)) == i);
	}
	map(AT_END);
	for (i = 0; i < n; i++) {
		IO32(AT_END + MSR) ^= MSR_EE;
		check(mfmsr() == IO32(AT_END + MSR));
	}
	return 0;
}

#define STUBS 0xbec00000u

static void toggle(u32 page, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		asm volatile("wrteei 1" : : : "memory");
		check(!page || IO32(page + MSR) & MSR_EE);
		asm volatile("wrteei 0" : : : "memory");
		check(!page || !(IO32(page + MSR) & MSR_EE));
	}
}

static u32 over_stubs(u32 n)
{
	u32 at;

	begin();
	for (at = STUBS; at < STUBS + 0x10000; at += 4096) {
		toggle(0, n);
		registers(map(at));
		toggle(at, n);
	}
	return 0;
}

/* Where stubs are, which only code above them reaches: there is no translation any more. */
u32 g_magic_stubs(u32 n)
{
	return run_high(over_stubs, n);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static volatile u32 ticks;

static u32 tick(struct exc *e, u32 *regs)
{
	ticks++;
	mtspr(SPR_TCR, 0);
	mtspr(SPR_TSR, TSR_DIS);
	return e->srr0;
}

/* Until one waits, as the page says. */
static void wait_for_tick(u32 page)
{
	ticks = 0;
	exc_hook = tick;
	mtspr(SPR_TCR, TCR_DIE);
	mtspr(SPR_DEC, 1000);
	while (!IO32(page + PENDING))
		;
	check(!ticks);
}

/* MSR[EE] is the page's. */
u32 g_magic_ee(u32 rounds)
{
	u32 page, i;

	begin();
	page = map(AT_END);
	for (i = 0; i < rounds; i++) {
		wait_for_tick(page);
		IO32(page + MSR) |= MSR_EE;
		(void)mfspr(SPR_TSR);
		check(ticks == 1 && !IO32(page + PENDING));
		check(mfmsr() & MSR_EE && exc.srr1 & MSR_EE);
		IO32(page + MSR) &= ~MSR_EE;
		check(!(mfmsr() & MSR_EE));
	}
	exc_hook = 0;
	return 0;
}

/* No other bit is. */
u32 g_magic_msr(u32 arg)
{
	u32 page, msr = mfmsr(), i;

	begin();
	page = map(AT_END);
	for (i = 0; i < 32; i++) {
		IO32(page + MSR) = 1u << i;
		(void)mfspr(SPR_TSR);
		check(mfmsr() == (1u << i == MSR_EE ? msr | MSR_EE : msr));
	}
	IO32(page + MSR) = ~0u;
	(void)mfspr(SPR_TSR);
	check(mfmsr() == (msr | MSR_EE));
	return 0;
}

/* Several exits; EE is on. */
#define leave_and_come_back()                 \
	do {                                  \
		u32 n_;                       \
		for (n_ = 0; n_ < 3; n_++)    \
			(void)mfspr(SPR_TSR); \
	} while (0)

/* No interrupt while r1 says that the guest is not to have any. */
u32 g_critical(u32 rounds)
{
	register u32 r1 asm("r1");
	u32 page, sp, i;

	asm volatile("mr %0, 1" : "=r"(sp) : "r"(r1));
	begin();
	page = map(AT_END);
	for (i = 0; i < rounds; i++) {
		wait_for_tick(page);
		IO32(page + CRITICAL) = sp;
		IO32(page + MSR) |= MSR_EE;
		leave_and_come_back();
		check(!ticks && IO32(page + PENDING) && IO32(page + MSR) & MSR_EE);
		IO32(page + CRITICAL) = sp + 1;
		leave_and_come_back();
		check(ticks == 1);
		IO32(page + MSR) &= ~MSR_EE;
	}
	exc_hook = 0;
	return 0;
}

/* Sleeps until something waits, enabled or not. */
u32 g_idle(u32 rounds)
{
	u32 page, i;

	begin();
	page = map(AT_END);
	exc_hook = tick;
	for (i = 0; i < rounds; i++) {
		ticks = 0;
		mtspr(SPR_TCR, TCR_DIE);
		mtspr(SPR_DEC, 100000);
		check(hcall(EV_IDLE, 0, 0, 0) == EV_SUCCESS);
		check(mfspr(SPR_TSR) & TSR_DIS && !ticks && IO32(page + PENDING));
		check(hcall(EV_IDLE, 0, 0, 0) == EV_SUCCESS);
		IO32(page + MSR) |= MSR_EE;
		(void)mfspr(SPR_TSR);
		check(ticks == 1);
		mtspr(SPR_TCR, TCR_DIE);
		mtspr(SPR_DEC, 100000);
		while (ticks == 1)
			check(hcall(EV_IDLE, 0, 0, 0) == EV_SUCCESS);
		IO32(page + MSR) &= ~MSR_EE;
	}
	exc_hook = 0;
	return 0;
}

/* ---- saved and restored ------------------------------------------------------------------------ */

/* Stopped twice: in the middle of what it does in the page, and behind it. */
u32 g_magic_saved(u32 arg)
{
	u32 page, sp, i;

	begin();
	page = map(AT_END);
	asm volatile("mr %0, 1" : "=r"(sp));
	wait_for_tick(page);
	IO32(page + CRITICAL) = sp;
	IO32(page + MSR) |= MSR_EE;
	for (i = 0; i < 7; i++)
		IO32(page + 4 * i) = 0x100 + i;
	IO32(page + SPRG4) = 0x4444;
	report(1);
	for (i = 0; i < 7; i++)
		check(IO32(page + 4 * i) == 0x100 + i);
	check(IO32(page + CRITICAL) == sp && IO32(page + MSR) & MSR_EE && !ticks);
	check(mfspr(SPR_SPRG4R) == 0x4444);
	IO32(page + CRITICAL) = 0;
	report(2);
	check(ticks == 1);
	exc_hook = 0;
	return 0;
}

u32 g_magic_gone(u32 arg)
{
	begin();
	map(AT_END);
	(void)IO32(AT_END);
	report(1);
	check(faults(do_load, AT_END) == 13);
	return 0;
}
