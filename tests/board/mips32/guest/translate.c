// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../translate.c: what they see of the translation of their code is that
 * they are the same as without, but for what their code looks like.
 */
#include "lib.h"

#define MANY 64

/* As Linux has them; the first instruction of a page is not translated with others. */
asm(".text\n"
    ".set push\n.set noreorder\n.set noat\n"
    ".globl t_save\nt_save:\n"
    "	nop\n"
    "	di $2\n"
    "	andi $2, $2, 1\n"
    "	ehb\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl t_restore\nt_restore:\n"
    "	beqz $4, 1f\n"
    "	 di\n"
    "	ei\n"
    "1:	ehb\n"
    ".globl t_restored\nt_restored:\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl t_enable_in_slot\nt_enable_in_slot:\n"
    "	jr $31\n"
    "	 ei\n"
    ".set pop\n");

u32 t_save(void);
void t_restore(u32 flags);
void t_enable_in_slot(void);
extern char t_restored[];

static u32 word(void *fn, u32 n)
{
	return ((volatile u32 *)fn)[n];
}

/* The words tell the test whether they are the first ones. */
static void report_code(void)
{
	report(word(t_save, 1));
	report(word(t_save, 2));
	report(word(t_save, 3));
	report(word(t_restore, 1));
	report(word(t_restore, 2));
}

u32 g_flags(u32 rounds)
{
	u32 i, wrong = 0;

	for (i = 0; i < rounds; i++) {
		t_restore(1);
		wrong += !(mfc0(12, 0) & 1);
		wrong += t_save() != 1;
		wrong += mfc0(12, 0) & 1;
		wrong += t_save() != 0;
		t_restore(0);
		wrong += mfc0(12, 0) & 1;
		t_restore(1);
		t_restore(0);
		wrong += t_save() != 0;
	}
	report_code();
	t_restore(1);
	report(0);
	t_restore(0);
	report(0);
	return wrong;
}

/* ---- interrupts that wait --------------------------------------------------------- */

static u32 at_epc;

static u32 soft_hook(struct exc *e, u32 *regs)
{
	check(EXCCODE(e) == 0 && e->cause & 0x100);
	mtc0(13, 0, 0);
	at_epc = e->epc;
	return e->epc;
}

u32 g_pending(u32 rounds)
{
	u32 i, flags;

	exc_hook = soft_hook;
	mtc0(12, 0, mfc0(12, 0) | 0x100);
	t_restore(1);
	for (i = 0; i < rounds; i++) {
		flags = t_save();
		mtc0(13, 0, 0x100);
		check(exc_count == i);
		check(flags == 1);
		if (i & 1) {
			t_enable_in_slot();
			check(exc_count == i + 1);
			continue;
		}
		t_restore(flags);
		check(exc_count == i + 1);
		check(at_epc > (u32)t_restore && at_epc <= (u32)t_restored);
	}
	report_code();
	return exc_count;
}

static void sync_line(u32 at)
{
	asm volatile("synci 0(%0); sync" : : "r"(at) : "memory");
}

/* ---- Status by every register, and eret ---------------------------------------------- */

#define REG(insn, n) ((insn) | (n) << 16)

/* 64 bytes for each register but a0, which points to data: it, what it was, k0 and k1. */
static void make_reads(u32 *code, u32 n)
{
	const u32 words[] = {
		REG(0xac800000, n),
		0x3c1a1234,
		0x3c1b5678, /* sw rn, 0(a0); lui k0; lui k1 */
		REG(0x40006000, n),
		REG(0xac800004, n), /* mfc0 rn, Status; sw rn, 4(a0) */
		0xac9a0008,
		0xac9b000c, /* sw k0, 8(a0); sw k1, 12(a0) */
		REG(0x8c800000, n),
		0x03e00008,
		0, /* lw rn, 0(a0); jr ra */
	};

	__builtin_memcpy(code, words, sizeof(words));
}

static void make_writes(u32 *code, u32 n)
{
	const u32 words[] = {
		REG(0xac800000, n),
		0x3c1a1234,
		0x3c1b5678,
		REG(0x8c800004, n),
		REG(0x40806000, n), /* lw rn, 4(a0); mtc0 rn, Status */
		0xac9a0008,
		0xac9b000c,
		REG(0x8c800000, n),
		0x03e00008,
		0,
	};

	__builtin_memcpy(code, words, sizeof(words));
}

static void run(u32 *code, u32 n, volatile u32 *data)
{
	((void (*)(volatile u32 *))code)(data);
	check(n == 26 || data[2] == 0x12340000);
	check(n == 27 || data[3] == 0x56780000);
}

static u32 next_code(u32 n)
{
	return n == 3 ? 5 : n + 1;
}

/* IE and the masks of software interrupts, of which none waits. */
static void status_by(u32 n, u32 *reads, u32 *writes, volatile u32 *data)
{
	const u32 status = mfc0(12, 0);
	u32 i, want;

	for (i = 0; i < MANY; i++) {
		want = (status & ~0xff01u) | (i & 3) << 8 | (i >> 2 & 1);
		data[1] = want;
		run(writes + 16 * n, n, data);
		want = n ? want : 0;
		run(reads + 16 * n, n, data);
		check(!n || data[1] == want);
		check(mfc0(12, 0) == want);
		mtc0(12, 0, status);
	}
}

u32 g_by_registers(u32 at)
{
	u32 *reads = (u32 *)at, *writes = reads + 0x400, n;
	volatile u32 *data = (u32 *)(at + 0x3000);

	for (n = 0; n < 32; n = next_code(n)) {
		make_reads(reads + 16 * n, n);
		make_writes(writes + 16 * n, n);
	}
	for (n = 0; n < 0x2000; n += 16)
		sync_line(at + n);
	for (n = 1; n < 32; n = next_code(n))
		status_by(n, reads, writes, data);
	report(reads[16 * 2 + 3]);
	report(writes[16 * 2 + 4]);
	return 0;
}

static volatile u32 masked;

/* A software interrupt is raised where a break is returned from, perhaps with IE clear. */
static u32 raise_hook(struct exc *e, u32 *regs)
{
	if (EXCCODE(e) == 9) {
		mtc0(13, 0, 0x100);
		if (masked)
			check(t_save() == 1);
		return e->epc + 4;
	}
	return soft_hook(e, regs);
}

/* Where Status lets an interrupt through it comes at once, and after eret. */
u32 g_resume(u32 rounds)
{
	u32 i, status;

	exc_hook = raise_hook;
	status = mfc0(12, 0) | 0x101;
	mtc0(12, 0, status);
	for (i = 0; i < rounds; i++) {
		masked = i & 1;
		do_break(0);
		if (masked) {
			check(exc_count == 3 * i + 1);
			t_restore(1);
		}
		check(exc_count == 3 * i + 2);
		mtc0(12, 0, status & ~1u);
		mtc0(13, 0, 0x100);
		check(exc_count == 3 * i + 2);
		mtc0(12, 0, status);
		check(exc_count == 3 * i + 3);
	}
	return exc_count;
}

/* ---- what else the vector page deals with by itself -------------------------------------- */

asm(".text\n"
    ".set push\n.set noreorder\n.set noat\n"
    ".globl t_eret\nt_eret:\n"
    "	mtc0 $4, $14\n"
    "	mtc0 $5, $12\n"
    "	ehb\n"
    "	eret\n"
    ".globl t_syscall\nt_syscall:\n"
    "	mtc0 $4, $14\n"
    "	mtc0 $5, $12\n"
    "	ehb\n"
    "	syscall\n"
    ".globl t_status\nt_status:\n"
    "	mtc0 $5, $12\n"
    ".globl t_status_next\nt_status_next:\n"
    "	nop\n"
    ".globl t_land\nt_land:\n"
    "	jr $31\n"
    "	 nop\n"
    ".set pop\n");

void t_eret(u32 epc, u32 status);
void t_syscall(u32 epc, u32 status);
void t_status(u32 unused, u32 status);
void t_land(void);
extern char t_status_next[];

#define USER_CODE 0x00400000
#define ST_KERNEL 0x10000000u
#define ST_USER 0x10u
#define ST_ERL 4u
#define ST_EXL 2u
#define ST_IE 1u
#define SOFT_IRQ 0x100u

/* Back to who did it, in kernel mode; there is one page pair for users. */
static u32 short_hook(struct exc *e, u32 *regs)
{
	if (!e->vector) {
		mtc0(5, 0, 0);
		mtc0(2, 0, LO(SCRATCH & 0x1fffffff, LO_V | LO_D));
		mtc0(3, 0, LO(SCRATCH & 0x1fffffff, 0));
		asm volatile("ehb; tlbwr" : : : "memory");
		return e->epc;
	}
	mtc0(13, 0, 0);
	mtc0(12, 0, ST_KERNEL | ST_EXL);
	return e->epc - USER_CODE < 0x1000 && EXCCODE(e) ? (u32)user_returned : regs[31];
}

static void came(u32 code, u32 epc, u32 bd)
{
	check_exc(EXCCODE(&exc) == code && exc.epc == epc && exc.vector == 0x180);
	check_exc((exc.cause & EXC_BD) == (bd ? EXC_BD : 0));
}

static void user_does(u32 first, u32 second, u32 code, u32 badvaddr)
{
	IO32(SCRATCH) = first;
	IO32(SCRATCH + 4) = second;
	IO32(SCRATCH + 8) = 0x0000000d; /* break */
	sync_line(SCRATCH);
	call_user((u32(*)(u32))USER_CODE, 0);
	came(code, USER_CODE, first >> 16 == 0x1000);
	check_exc(!badvaddr || exc.badvaddr == badvaddr);
	check_exc((exc.status & (ST_USER | ST_EXL)) == (ST_USER | ST_EXL));
}

/* To users, these addresses are like any other of the kernel's. */
static void users(void)
{
	const u32 branch = 0x10000001;

	user_does(0x0000000c, 0, 8, 0);
	user_does(branch, 0x0000000c, 8, 0);
	user_does(0x8c028042, 0, 4, 0xffff8042);
	user_does(0xac008300, 0, 5, 0xffff8300); /* 0: the kernel's mode */
	user_does(0xac028302, 0, 5, 0xffff8302);
	user_does(0xac008320, 0, 5, 0xffff8320);
	user_does(branch, 0xac008320, 5, 0xffff8320);
	user_does(0x40026000, 0, 11, 0);
	user_does(0x42000018, 0, 11, 0);
}

/* To where nobody may go, or with an interrupt that waits for it. */
static void returns(void)
{
	static const u32 at[] = { 0x80001000, 0xffff8040, 0xffff8042,
				  0xffff8320, 0xffff8058, 0x60000002 };
	u32 i;

	for (i = 0; i < 12; i++) {
		t_eret(at[i / 2], ST_KERNEL | ST_EXL | (i & 1 ? ST_USER : 0));
		came(4, at[i / 2], 0);
		check_exc(exc.badvaddr == at[i / 2]);
		check_exc((exc.status & ST_USER) == (i & 1 ? ST_USER : 0));
	}
	mtc0(13, 0, SOFT_IRQ);
	t_eret(USER_CODE, ST_KERNEL | SOFT_IRQ | ST_USER | ST_EXL | ST_IE);
	came(0, USER_CODE, 0);
	check_exc(exc.status == (ST_KERNEL | SOFT_IRQ | ST_USER | ST_EXL | ST_IE));
	mtc0(30, 0, (u32)t_land);
	t_eret(0x80001000, ST_KERNEL | ST_EXL | ST_ERL);
	check((mfc0(12, 0) & (ST_EXL | ST_ERL)) == ST_EXL);
	mtc0(12, 0, ST_KERNEL);
}

/* Next to these addresses there is nothing. */
static void neighbours(void)
{
	u32 at;

	for (at = 0xffff8000; at < 0xffff8400; at++) {
		if (at - 0xffff8040 >= 32) {
			asm volatile("lb $0, 0(%0)" : : "r"(at) : "memory");
			check_exc(EXCCODE(&exc) == 4 && exc.badvaddr == at);
		}
		if (at - 0xffff8300 > 32) {
			asm volatile("sb $0, 0(%0)" : : "r"(at) : "memory");
			check_exc(EXCCODE(&exc) == 5 && exc.badvaddr == at);
		}
	}
}

u32 g_short_traps(u32 rounds)
{
	u32 i;

	exc_hook = exc_skip;
	neighbours();
	exc_hook = short_hook;
	for (i = 0; i < rounds; i++) {
		users();
		returns();
		/* EPC stays what it is */
		t_syscall(0x1234560, ST_KERNEL | ST_EXL);
		came(8, 0x1234560, 0);
		/* the user's mode at once, where no user may go */
		t_status(0, ST_KERNEL | ST_USER);
		came(4, (u32)t_status_next, 0);
		check_exc(exc.status == (ST_KERNEL | ST_USER | ST_EXL));
	}
	report(word(t_eret, 1));
	report(word(t_eret, 3));
	return 0;
}

/* ---- code that changes -------------------------------------------------------------- */

static u32 call(u32 at)
{
	u32 v;

	/* what runs is at the address, wherever it was written */
	asm volatile(".set push; .set noreorder; jalr.hb %1; nop; .set pop; move %0, $2"
		     : "=r"(v)
		     : "r"(at)
		     : "$2", "$31", "memory");
	return v;
}

/* Byte by byte: what was replaced must not be mixed with what is new. */
u32 g_overwrite(u32 at)
{
	u32 i;

	IO32(at) = 0x03e00008; /* jr ra */
	IO32(at + 4) = 0x40027000; /* mfc0 v0, EPC */
	IO32(at + 8) = 0x03e00008;
	IO32(at + 12) = 0x40026800; /* mfc0 v0, Cause */
	sync_line(at);
	mtc0(14, 0, 0x1234560);
	for (i = 0; i < MANY; i++) {
		check(call(at) == 0x1234560);
		check(!(call(at + 8) & 0xff00));
	}
	report(IO32(at + 4));
	*(volatile uint8_t *)(at + 5) = 0x78; /* PRId */
	report(IO32(at + 4));
	report(IO32(at + 12));
	sync_line(at);
	check(call(at) == mfc0(15, 0));
	check(call(at) >> 8 == 0x193);
	/* a page that is written to again and again stays as it is, in the end */
	for (i = 0; i < 40 * MANY; i++) {
		call(at + 8);
		if (i % MANY == 0)
			IO32(at + 16) = i;
	}
	return IO32(at + 12);
}

/* Two that trap by turns, and are counted together. */
u32 g_by_turns(u32 at)
{
	const u32 other = at + 0x400;
	u32 i;

	IO32(at) = IO32(other) = 0x03e00008; /* jr ra */
	IO32(at + 4) = IO32(other + 4) = 0x40027000; /* mfc0 v0, EPC */
	sync_line(at);
	sync_line(other);
	mtc0(14, 0, 0x1234560);
	for (i = 0; i < MANY; i++)
		check(call(at) == 0x1234560 && call(other) == 0x1234560);
	report(IO32(at + 4));
	report(IO32(other + 4));
	return 0;
}

/* What the monitor takes back is translated again; the copy behind it tells what it was. */
u32 g_rewritten(u32 at)
{
	u32 i;

	for (i = 0; i < 64; i++)
		IO32(at + 4 * i) = IO32(at + 0x1000 + 4 * i) = 0x40027000; /* mfc0 v0, EPC */
	IO32(at + 4 * i) = 0x03e00008; /* jr ra */
	IO32(at + 4 * i + 4) = 0;
	for (;;) {
		for (i = 0; i < 64; i += 4)
			sync_line(at + 4 * i);
		for (i = 0; i < 40; i++)
			call(at);
		report(IO32(at));
	}
}

/* ---- the comm page -------------------------------------------------------------------- */

static u32 pair_pa, refills;

static u32 pair_hook(struct exc *e, u32 *regs)
{
	u32 pair = e->badvaddr & ~0x1fff, pa;

	if (EXCCODE(e) == 8) {
		mtc0(12, 0, mfc0(12, 0) & ~0x10u);
		return (u32)user_returned;
	}
	check(e->vector == 0 && e->badvaddr < KSEG0);
	refills++;
	mtc0(5, 0, 0);
	pa = pair == 0x6000 ? pair_pa : pair == 0x2000 ? pair_pa + 0x2000 : SCRATCH & 0x1fffffff;
	mtc0(2, 0, LO(pa, LO_V | LO_D));
	mtc0(3, 0, LO(pa + 0x1000, LO_V | LO_D));
	asm volatile("ehb; tlbwr" : : : "memory");
	return e->epc;
}

static void warm_up(void)
{
	u32 i;

	for (i = 0; i < MANY; i++) {
		t_restore(1);
		check(t_save() == 1);
		check(t_save() == 0);
	}
	report_code();
}

static u32 unaligned(u32 at)
{
	u32 v;

	asm volatile("lwl %0, 3(%1)\n\tlwr %0, 0(%1)" : "=&r"(v) : "r"(at) : "memory");
	return v;
}

static void set_unaligned(u32 at, u32 v)
{
	asm volatile("swl %0, 3(%1)\n\tswr %0, 0(%1)" : : "r"(v), "r"(at) : "memory");
}

/* The guest kernel finds its own memory at the addresses where it maps it. */
static void check_own(u32 at)
{
	u32 pa = (pair_pa | KSEG0) + (at & 0x1fff) + (at < 0x4000 ? 0x2000 : 0), i;

	for (i = 0; i < 0x40; i += 4)
		IO32(pa + i) = 0x10203040 + i + at;
	for (i = 0; i < 0x40; i += 4)
		check(IO32(at + i) == IO32(pa + i));
	IO32(at + 4) = 0x8899aabb;
	check(IO32(pa + 4) == 0x8899aabb);
	*(volatile uint8_t *)(at + 5) = 0x11;
	check(IO32(pa + 4) == 0x889911bb);
	check(*(volatile int8_t *)(at + 7) == -0x78);
	check(*(volatile uint16_t *)(at + 6) == 0x8899);
	for (i = 0; i < 4; i++) {
		set_unaligned(at + 0x10 + i, 0x12345678 + i);
		check(unaligned(at + 0x10 + i) == 0x12345678 + i);
		check(unaligned(pa + 0x10 + i) == 0x12345678 + i);
	}
}

static u32 user_load(u32 at)
{
	IO32(SCRATCH) = 0x8c820000; /* lw v0, 0(a0) */
	IO32(SCRATCH + 4) = 0x0000000c;
	sync_line(SCRATCH);
	return call_user((u32(*)(u32))0x00400000, at);
}

/* A user has its own memory there, and its kernel, too, once somebody maps it. */
u32 g_own_pair(u32 rounds)
{
	u32 i;

	exc_hook = pair_hook;
	pair_pa = (SCRATCH & 0x1fffffff) + 0x10000;
	mtc0(10, 0, 9);
	warm_up();
	IO32((pair_pa | KSEG0) + 0x14) = 0x6666;
	IO32((pair_pa | KSEG0) + 0x1014) = 0x7777;
	check(user_load(0x6014) == 0x6666);
	check(user_load(0x7014) == 0x7777);
	check(user_load(0x3000) != 0x40200000);
	check(refills >= 3);
	for (i = 0; i < rounds; i++) {
		check_own(0x7000);
		check_own(0x6000);
		check_own(0x3000);
		check_own(0x2000);
		t_restore(1);
		check(t_save() == 1 && t_save() == 0);
		check(!(mfc0(12, 0) & 1));
		IO32((pair_pa | KSEG0) + 0x1014) = i;
		check(user_load(0x7014) == i);
	}
	report_code();
	return 0;
}

/* Whatever the guest writes there is the guest's own trouble. */
u32 g_abuse(u32 rounds)
{
	u32 i, n, flags;

	exc_hook = pair_hook;
	warm_up();
	for (i = 0; i < rounds; i++) {
		for (n = 0; n < 0x1000; n += 4)
			IO32(0x7000 + n) = n * 0x01010101 + (i << 28);
		for (n = 0x1000; n;)
			*(volatile uint8_t *)(0x3000 + --n) = 0xff - i;
		flags = t_save();
		/* entries of anything, where the TLB is not asked */
		mtc0(10, 0, KSEG0 + (i << 13));
		asm volatile("tlbwi; tlbwr; tlbr; tlbp" : : : "memory");
		mtc0(2, 0, ~0u);
		check(mfc0(2, 0) == 0x03ffffff);
		mtc0(5, 0, ~0u);
		check(mfc0(5, 0) == 0x1fffe000);
		tlb_set(i & 63, KSEG0 + (i << 13), 0, 0, 0);
		check(flags == 1);
	}
	t_restore(1);
	check(t_save() == 1);
	return 0;
}
