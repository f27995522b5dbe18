// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../vectors.c: sc and rfi often enough that they are no exits any more.
 */
#include "lib.h"

#define AT 0x40000000u
#define TSR_DIS 0x08000000u
#define TCR_DIE 0x04000000u
#define TCR_ARE 0x00400000u

/* The first time is an exit, and so may the second be. */
#define TIMES 20

/*
 * What sc may come to.  The second tells what it has found, the last one uses the FPU
 * without having it.
 */
asm("	.text\n"
    "	.balign 16\n"
    "vector_rfi: rfi\n"
    "	.balign 16\n"
    "vector_tell: mfspr 9, 26\n"
    "	mfspr 10, 27\n"
    "	mfmsr 11\n"
    "	rfi\n"
    "	.balign 16\n"
    "vector_fpu: fmr 2, 2\n"
    "	trap\n"
    "	.balign 16\n");
extern char vector_rfi[], vector_tell[], vector_fpu[];

static void sc_leads_to(const void *where)
{
	mtspr(SPR_IVPR, 0);
	mtspr(SPR_IVOR0 + 8, where);
}

static u32 leave_user(struct exc *e, u32 *regs)
{
	mtspr(SPR_SRR1, e->srr1 & ~(MSR_PR | MSR_EE));
	return (u32)user_returned;
}

static void all_for_users(void)
{
	tlb_set(0, 0, TLB_VALID | TLB_SIZE(9), 0, TLB_U | TLB_S);
}

/* ---- registers ------------------------------------------------------------------------ */

/* Every register has a value of its own, but the stack's; sc; what are they now? */
asm("	.text\n"
    "	.globl all_registers\n"
    "all_registers:\n"
    "	stwu 1, -96(1)\n"
    "	mflr 0\n"
    "	stw 0, 100(1)\n"
    "	mfcr 0\n"
    "	stw 0, 8(1)\n"
    "	stmw 13, 16(1)\n"
    "	lis 3, 0x8421\n"
    "	ori 3, 3, 0x1248\n"
    "	mtcr 3\n"
    "	lis 3, 0xa000\n"
    "	ori 3, 3, 0x55\n"
    "	mtxer 3\n"
    "	lis 3, 0x1357\n"
    "	mtlr 3\n"
    "	lis 3, 0x2468\n"
    "	mtctr 3\n"
    "	.irp n, 0,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "	lis \\n, 0x4100 + \\n\n"
    "	ori \\n, \\n, 0xbe00 + \\n\n"
    "	.endr\n"
    "	sc\n"
    "	mtspr 256, 31\n" /* USPRG0, which users have, too */
    "	lis 31, registers@ha\n"
    "	addi 31, 31, registers@l\n"
    "	stmw 0, 0(31)\n"
    "	mfspr 30, 256\n"
    "	stw 30, 124(31)\n"
    "	mfcr 30\n"
    "	stw 30, 128(31)\n"
    "	mflr 30\n"
    "	stw 30, 132(31)\n"
    "	mfctr 30\n"
    "	stw 30, 136(31)\n"
    "	mfxer 30\n"
    "	stw 30, 140(31)\n"
    "	lmw 13, 16(1)\n"
    "	lwz 0, 8(1)\n"
    "	mtcr 0\n"
    "	lwz 0, 100(1)\n"
    "	mtlr 0\n"
    "	addi 1, 1, 96\n"
    "	blr\n");
u32 all_registers(u32);
volatile u32 registers[36];

static void check_registers(void)
{
	u32 n;

	for (n = 0; n < 32; n++)
		check(n == 1 || registers[n] == ((0x4100 + n) << 16 | (0xbe00 + n)));
	check(registers[32] == 0x84211248 && registers[33] == 0x13570000);
	check(registers[34] == 0x24680000 && registers[35] == 0xa0000055);
	for (n = 0; n < 36; n++)
		registers[n] = 0;
}

/* It ends by a trap, since sc only comes back. */
static u32 user_registers(u32 arg)
{
	all_registers(0);
	do_trap(0);
	return 0;
}

u32 g_sc_registers(void)
{
	u32 i;

	sc_leads_to(vector_rfi);
	for (i = 0; i < TIMES; i++) {
		all_registers(0);
		check_registers();
	}
	all_for_users();
	exc_hook = leave_user;
	for (i = 0; i < TIMES; i++) {
		call_user(user_registers, 0);
		check_registers();
	}
	return 0;
}

/* ---- SRR0, SRR1 and MSR ---------------------------------------------------------------- */

#define KEPT (MSR_CE | MSR_ME | MSR_DE)

static void sc_tells(u32 msr)
{
	register u32 srr0 asm("r9"), srr1 asm("r10"), found asm("r11");
	u32 behind;

	mtmsr(msr);
	asm volatile("lis %3, 1f@ha\n\taddi %3, %3, 1f@l\n\tsc\n1:"
		     : "=r"(srr0), "=r"(srr1), "=r"(found), "=&b"(behind)
		     :
		     : "memory");
	check(srr0 == behind);
	check(srr1 == msr);
	check(found == (msr & KEPT));
	check(mfmsr() == msr);
}

u32 g_sc_msr(void)
{
	static const u32 bits[] = { MSR_CE,  MSR_EE, MSR_FP,  MSR_ME,
				    MSR_FE0, MSR_DE, MSR_FE1, MSR_DWE };
	u32 i, k, n = sizeof(bits) / sizeof(bits[0]), msr;

	for (i = 0; i < TIMES; i++) {
		/* wherever the vector is */
		u32 *to = (u32 *)(SCRATCH + 0x10000 * i + 0x40 * i), *from = (u32 *)vector_tell;

		for (k = 0; k < 4; k++)
			to[k] = from[k];
		asm volatile("dcbst 0, %0\n\tmsync\n\ticbi 0, %0\n\tmsync\n\tisync"
			     :
			     : "r"(to)
			     : "memory");
		mtspr(SPR_IVPR, (u32)to & 0xffff0000);
		mtspr(SPR_IVOR0 + 8, (u32)to & 0xffff);
		for (k = 0, msr = 0; k <= n; k++) {
			sc_tells(msr);
			if (k < n)
				sc_tells(bits[k]);
			msr |= k < n ? bits[k] : 0;
		}
		mtmsr(0);
	}
	return 0;
}

/* Where stubs are in reach: MSR[EE] changes without an exit. */
#define LINUX 0xc0000000u

static __attribute__((noinline)) void sc_after_wrteei(void)
{
	register u32 srr0 asm("r9"), srr1 asm("r10"), found asm("r11");
	u32 i;

	for (i = 0; i < 100; i++) {
		asm volatile("wrteei 1\n\tsc" : "=r"(srr0), "=r"(srr1), "=r"(found) : : "memory");
		check(srr1 == MSR_EE && !found && mfmsr() == MSR_EE);
		asm volatile("wrteei 0\n\tsc" : "=r"(srr0), "=r"(srr1), "=r"(found) : : "memory");
		check(!srr1 && !found && !mfmsr());
	}
}

u32 g_sc_ee(void)
{
	void (*volatile there)(void) = (void *)(LINUX + (u32)sc_after_wrteei);

	tlb_set(1, 0, LINUX | TLB_VALID | TLB_SIZE(9), 0, TLB_S);
	sc_leads_to(vector_tell);
	there();
	return 0;
}

/* rfi_with(msr): to the instruction behind it.  bare_rfi() is just that. */
asm("	.text\n"
    "	.globl rfi_with\n"
    "rfi_with:\n"
    "	lis 4, rfi_target@ha\n"
    "	addi 4, 4, rfi_target@l\n"
    "	mtspr 26, 4\n"
    "	mtspr 27, 3\n"
    "	.globl bare_rfi\n"
    "bare_rfi:\n"
    "	rfi\n"
    "	.globl rfi_target\n"
    "rfi_target:\n"
    "	blr\n");
void rfi_with(u32 msr);
u32 bare_rfi(u32);
extern char rfi_target[];

/* Address space 1 is another one: what is at AT, and what is run there, is not the same. */
#define CODE (AT + 0x10000)

static void put_code(u32 at, const char *from)
{
	u32 i;

	for (i = 0; i < 4; i++)
		IO32(at + 4 * i) = ((const u32 *)from)[i];
	asm volatile("dcbst 0, %0\n\tmsync\n\ticbi 0, %0\n\tmsync\n\tisync" : : "r"(at) : "memory");
}

asm("	.text\n"
    "	.balign 16\n"
    "code_0: rfi\n"
    "	.balign 16\n"
    "code_1: mfmsr 12\n"
    "	mtspr 26, 10\n"
    "	mtspr 27, 11\n"
    "	rfi\n");
extern char code_0[], code_1[];

static u32 run_code_at(u32 at, u32 msr)
{
	register u32 found asm("r12");

	asm volatile("lis 10, 1f@ha\n\taddi 10, 10, 1f@l\n\tli 11, 0\n\tli 12, 0\n"
		     "	cmpwi %1, 0\n"
		     "	beq 2f\n"
		     /* to address space 1, and from there here */
		     "	mtspr 26, %2\n\tmtspr 27, %1\n\trfi\n"
		     /* in this one, and here */
		     "2:	mtspr 26, 10\n\tmtspr 27, 11\n\tmtctr %2\n\tbctr\n"
		     "1:"
		     : "=&r"(found)
		     : "r"(msr), "r"(at)
		     : "r10", "r11", "ctr", "cr0", "memory");
	return found;
}

u32 g_address_spaces(void)
{
	register u32 found asm("r12");
	u32 i, k;

	IO32(SCRATCH) = 0x10;
	IO32(SCRATCH + 0x1000) = 0x11;
	tlb_set(1, 0, AT | TLB_VALID | TLB_SIZE(1), SCRATCH, TLB_SR);
	tlb_set(2, 0, AT | TLB_VALID | TLB_SIZE(1) | TLB_TS, SCRATCH + 0x1000, TLB_SR);
	tlb_set(3, 0, TLB_VALID | TLB_SIZE(9) | TLB_TS, 0, TLB_S);
	put_code(SCRATCH + 0x10000, code_0);
	put_code(SCRATCH + 0x20000, code_1);
	tlb_set(4, 0, CODE | TLB_VALID | TLB_SIZE(1), SCRATCH + 0x10000, TLB_S);
	tlb_set(5, 0, CODE | TLB_VALID | TLB_SIZE(1) | TLB_TS, SCRATCH + 0x20000, TLB_S);
	for (i = 0; i < TIMES; i++) {
		for (k = 0; k < 3; k++)
			check(run_code_at(CODE, 0) == 0);
		check(run_code_at(CODE, MSR_IS | MSR_DS) == (MSR_IS | MSR_DS));
		mtspr(SPR_SRR1, MSR_IS | MSR_DS);
		asm volatile("lis 9, 1f@ha\n\taddi 9, 9, 1f@l\n\tmtspr 26, 9\n\trfi\n"
			     "1:	lwz %0, 0(%1)\n"
			     "	lis 9, 2f@ha\n\taddi 9, 9, 2f@l\n\tmtspr 26, 9\n"
			     "	li 9, 0\n\tmtspr 27, 9\n\trfi\n"
			     "2:"
			     : "=&r"(found)
			     : "b"(AT)
			     : "r9", "memory");
		check(found == 0x11 && IO32(AT) == 0x10);
	}
	return 0;
}

/* Where rfi has been run often something else is mapped. */
u32 g_code_moves(void)
{
	u32 i, k, at;

	put_code(SCRATCH + 0x10000, code_0);
	put_code(SCRATCH + 0x20000, code_1);
	for (i = 0; i < 8; i++) {
		at = CODE + 0x1000 * i;
		tlb_set(4, 0, at | TLB_VALID | TLB_SIZE(1), SCRATCH + 0x10000, TLB_S);
		for (k = 0; k < 5; k++)
			check(run_code_at(at, 0) == 0);
		mtmsr(MSR_CE);
		tlb_set(4, 0, at | TLB_VALID | TLB_SIZE(1), SCRATCH + 0x20000, TLB_S);
		check(run_code_at(at, 0) == MSR_CE);
	}
	return 0;
}

/* Address spaces of which data's is another than instructions'. */
u32 g_split(u32 by_rfi)
{
	tlb_set(2, 0, TLB_VALID | TLB_SIZE(9) | TLB_TS, 0, TLB_S);
	report(1);
	if (by_rfi)
		rfi_with(MSR_DS);
	else
		mtmsr(MSR_DS);
	report(2);
	return 0;
}

/* ---- interrupts ------------------------------------------------------------------------ */

static volatile u32 ticks;

static void tick(struct exc *e)
{
	check_exc(e->ivor == 10);
	ticks++;
	mtspr(SPR_TSR, TSR_DIS);
}

/* Those of the kernel: sleep is over. */
static u32 tick_hook(struct exc *e, u32 *regs)
{
	tick(e);
	mtspr(SPR_SRR1, e->srr1 & ~MSR_WE);
	return e->srr0;
}

static u32 tick_ends_user(struct exc *e, u32 *regs)
{
	tick(e);
	return leave_user(e, regs);
}

static void tick_is_due(void)
{
	mtspr(SPR_DEC, 1);
	while (!(mfspr(SPR_TSR) & TSR_DIS))
		;
}

static u32 user_nothing(u32 arg)
{
	return arg;
}

/* Users may not, be it an instruction that has just been the kernel's; nor do other bits count. */
u32 g_rfi_denied(void)
{
	const u32 none = ~(MSR_WE | MSR_IS | MSR_DS | MSR_PR | MSR_EE);
	const u32 all = MSR_CE | MSR_FP | MSR_ME | MSR_FE0 | MSR_DWE | MSR_DE | MSR_FE1;
	u32 i, k;

	all_for_users();
	for (i = 0; i < TIMES; i++) {
		for (k = 0; k < 3; k++) {
			rfi_with(none);
			check(mfmsr() == all);
			rfi_with(0);
			check(mfmsr() == 0);
		}
		exc_hook = leave_user;
		call_user(bare_rfi, 0);
		check_exc(exc.ivor == 6 && exc.esr == ESR_PPR && exc.srr0 == (u32)bare_rfi);
		check(exc.srr1 == MSR_PR);
	}
	return 0;
}

/* What waits comes before the first instruction where rfi leads. */
u32 g_rfi_interrupts(void)
{
	u32 i, k;

	all_for_users();
	mtspr(SPR_TCR, TCR_DIE);
	for (i = 0; i < TIMES; i++) {
		exc_hook = tick_hook;
		for (k = 0; k < 3; k++)
			rfi_with(0);
		tick_is_due();
		rfi_with(MSR_CE);
		check(ticks == 2 * i);
		rfi_with(MSR_EE);
		check(ticks == 2 * i + 1);
		check_exc(exc.srr0 == (u32)rfi_target && exc.srr1 == MSR_EE);
		mtmsr(0);
		exc_hook = leave_user;
		for (k = 0; k < 3; k++)
			call_user(user_nothing, 0);
		exc_hook = tick_ends_user;
		tick_is_due();
		call_user_msr(user_nothing, 0, MSR_EE);
		check(ticks == 2 * i + 2);
		check_exc(exc.srr0 == (u32)user_nothing && exc.srr1 == (MSR_EE | MSR_PR));
		mtmsr(0);
	}
	return 0;
}

/* rfi to sleep: the instruction where it leads is not run before the interrupt. */
u32 g_rfi_sleeps(void)
{
	u32 i, k;

	exc_hook = tick_hook;
	mtspr(SPR_TCR, TCR_DIE);
	for (i = 0; i < 5; i++) {
		for (k = 0; k < TIMES; k++)
			rfi_with(0);
		mtspr(SPR_DEC, 1000000);
		rfi_with(MSR_EE | MSR_WE);
		check(ticks == i + 1);
		check_exc(exc.srr0 == (u32)rfi_target && exc.srr1 == (MSR_EE | MSR_WE));
		mtmsr(0);
	}
	return 0;
}

/* Only users let them through here. */
static u32 tick_of_user(struct exc *e, u32 *regs)
{
	if (e->ivor != 10)
		return leave_user(e, regs);
	check_exc(e->srr1 == (MSR_EE | MSR_PR));
	tick(e);
	return e->srr0;
}

static u32 user_calls(u32 n)
{
	u32 i, sum = 0;

	for (i = 0; i < n; i++) {
		asm volatile("sc" : : : "memory");
		sum += i;
	}
	check(sum == n * (n - 1) / 2);
	do_trap(0);
	return 0;
}

/* Ticks all the time, @n times with so many calls that some come. */
u32 g_calls_and_ticks(u32 n)
{
	u32 i;

	all_for_users();
	sc_leads_to(vector_rfi);
	exc_hook = tick_of_user;
	mtspr(SPR_DECAR, 100000);
	mtspr(SPR_TCR, TCR_DIE | TCR_ARE);
	mtspr(SPR_DEC, 100000);
	for (i = 0; i < n || ticks < n; i++)
		call_user_msr(user_calls, 200, MSR_EE);
	mtspr(SPR_TCR, 0);
	return 0;
}

/* ---- spaces ---------------------------------------------------------------------------- */

#define PIDS 12
#define KERNELS (AT + 0x1000)

static u32 user_bump(u32 at)
{
	return IO32(at)++;
}

static volatile u32 denied;

static u32 user_ends(struct exc *e, u32 *regs)
{
	if (e->ivor == 2) {
		check_exc(e->dear == KERNELS && e->srr1 & MSR_PR);
		denied++;
	} else {
		check_exc(e->ivor == 8);
		(void)IO32(KERNELS);
	}
	return leave_user(e, regs);
}

/* More processes than the host has PIDs for them; each has its own page, and the kernel one. */
u32 g_processes(u32 seed, u32 rounds)
{
	u32 i, k, pid;

	all_for_users();
	tlb_set(1, 0, KERNELS | TLB_VALID | TLB_SIZE(1), SCRATCH, TLB_S);
	for (pid = 1; pid <= PIDS; pid++) {
		tlb_set(10 + pid, pid, AT | TLB_VALID | TLB_SIZE(1), SCRATCH + 0x1000 * pid,
			TLB_U | TLB_S);
		IO32(SCRATCH + 0x1000 * pid) = seed * pid;
	}
	exc_hook = user_ends;
	for (i = 0; i < rounds; i++) {
		for (pid = 1; pid <= PIDS; pid++) {
			mtspr(SPR_PID, pid);
			for (k = 0; k < 4; k++) {
				check(IO32(AT) == seed * pid + 4 * i + k);
				check(call_user(user_bump, AT) == seed * pid + 4 * i + k);
				IO32(KERNELS) = k;
				call_user(user_bump, KERNELS);
				check(denied == 1 && IO32(KERNELS) == k);
				denied = 0;
			}
		}
		report(i);
	}
	return 0;
}

#define PAGES 4

static u32 user_touches(u32 n)
{
	u32 i;

	for (i = 0; i < PAGES; i++)
		IO32(AT + 0x1000 * i) += n;
	return 0;
}

static void turns(u32 n)
{
	u32 i;

	for (i = 1; i <= n; i++) {
		mtspr(SPR_PID, 1);
		call_user(user_touches, i);
		mtspr(SPR_PID, 2);
		call_user(user_touches, i);
	}
}

/* Two processes by turns, of whose pages the kernel uses none; a report when all are known. */
u32 g_by_turns(u32 n)
{
	u32 i;

	all_for_users();
	for (i = 0; i < 2 * PAGES; i++) {
		tlb_set(10 + i, 1 + i / PAGES,
			(AT + 0x1000 * (i % PAGES)) | TLB_VALID | TLB_SIZE(1), SCRATCH + 0x1000 * i,
			TLB_U);
		IO32(SCRATCH + 0x1000 * i) = 0;
	}
	exc_hook = leave_user;
	turns(2);
	report(1);
	turns(n);
	for (i = 0; i < 2 * PAGES; i++)
		check(IO32(SCRATCH + 0x1000 * i) == 3 + n * (n + 1) / 2);
	return 0;
}

/* ---- the FPU ---------------------------------------------------------------------------- */

#define USER_FPU (MSR_PR | MSR_FP | MSR_FE0 | MSR_FE1)

extern char fpu_back[];

/* What sc leads to traps at once: to the user again, behind its sc. */
static u32 fpu_hook(struct exc *e, u32 *regs)
{
	if (e->srr1 & MSR_PR)
		return leave_user(e, regs);
	check_exc(e->ivor == 7 && e->srr0 == (u32)vector_fpu && !e->srr1);
	mtspr(SPR_SRR1, USER_FPU);
	return (u32)fpu_back;
}

static u32 fpr1(void)
{
	u32 words[2];

	asm volatile("stfd 1, 0(%0)" : : "b"(words) : "memory");
	return words[0];
}

static void set_fpr1(u32 val)
{
	u32 words[2] = { val, 0 };

	asm volatile("lfd 1, 0(%0)" : : "b"(words) : "memory");
}

/* @val is what it has, and what it has got when it comes back. */
static __attribute__((noinline, noclone)) u32 user_fpu(u32 val)
{
	u32 got = fpr1();

	set_fpr1(val + 1);
	asm volatile("sc\nfpu_back:" : : : "memory");
	got = got == val && fpr1() == val + 1;
	do_trap(got);
	return 0;
}

static u32 user_without_fpu(u32 arg)
{
	asm volatile("fmr 1, 1");
	do_trap(0);
	return 0;
}

u32 g_fpu_modes(void)
{
	u32 i, val = 0x40580000;

	all_for_users();
	exc_hook = fpu_hook;
	sc_leads_to(vector_fpu);
	for (i = 0; i < TIMES; i++) {
		mtmsr(MSR_FP);
		set_fpr1(val + i);
		/* every other time it is not in the FPU any more */
		if (i % 2)
			report(i);
		mtmsr(0);
		exc_count = 0;
		check(call_user_msr(user_fpu, val + i, USER_FPU) == 1);
		/* the kernel had none, and the trap */
		check(exc_count == 2);
		mtmsr(MSR_FP);
		check(fpr1() == val + i + 1);
		call_user_msr(user_without_fpu, 0, 0);
		check_exc(exc.ivor == 7 && exc.srr1 == MSR_PR);
	}
	mtmsr(0);
	return 0;
}

/* ---- for the test to look at -------------------------------------------------------------- */

u32 g_count_calls(u32 n)
{
	u32 i;

	sc_leads_to(vector_rfi);
	for (i = 0; i < n; i++)
		asm volatile("sc" : : : "memory");
	return 0;
}

/* More pages than the host has entries for them, no two of which one entry could map. */
u32 g_refills(u32 rounds)
{
	u32 i;

	while (rounds--)
		for (i = 0; i < 64; i++)
			(void)IO32(SCRATCH + i * 0x11000);
	return 0;
}

asm("	.text\n"
    "	.globl user_forever\n"
    "user_forever:\n"
    "1:	sc\n"
    "	addi 3, 3, 1\n"
    "	b 1b\n"
    "	.globl user_forever_end\n"
    "user_forever_end:\n");
u32 user_forever(u32);

u32 g_calls_forever(void)
{
	all_for_users();
	sc_leads_to(vector_rfi);
	return call_user(user_forever, 0);
}
