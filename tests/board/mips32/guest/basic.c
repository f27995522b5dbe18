// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../basic.c: exits, exceptions, the TLB, interrupts, and what must not be
 * reached.
 */
#include "lib.h"

u32 g_args(u32 a, u32 b)
{
	report(a);
	report(b);
	return a + b;
}

/* Each width, stored and loaded. */
u32 g_mmio(u32 at)
{
	u32 sum = 0;

	*(volatile uint8_t *)at = 0x78;
	*(volatile uint16_t *)at = 0x5678;
	*(volatile u32 *)at = 0x12345678;
	report(load(LOAD_U8, at));
	report(load(LOAD_U16, at));
	report(load(LOAD_S8, at));
	report(load(LOAD_S16, at));
	report(load(LOAD_U32, at));
	return sum;
}

u32 g_mmio_slots(u32 at)
{
	do_store_in_slot(at, 1);
	report(do_store_in_taken(at, 2));
	report(do_store_in_untaken(at, 3));
	return do_load_in_slot(at);
}

/* ---- exceptions ------------------------------------------------------------------- */

static void raises(u32 (*fn)(u32), u32 arg, u32 code, u32 offset, u32 bd)
{
	u32 count = exc_count;

	exc_hook = exc_skip;
	fn(arg);
	exc_hook = 0;
	check(exc_count == count + 1);
	check_exc(EXCCODE(&exc) == code);
	check_exc(exc.vector == 0x180);
	check(exc.epc == (u32)fn + offset);
	check((exc.cause & EXC_BD) == (bd ? EXC_BD : 0));
	check(exc.status & 2);
}

u32 g_exceptions(u32 msa)
{
	raises(do_syscall_plain, 0, 8, 0, 0);
	raises(do_syscall, 0, 8, 0, 1);
	raises(do_break, 0, 9, 0, 0);
	raises(do_trap, 0, 13, 0, 0);
	raises(do_overflow, 0, 12, 8, 0);
	raises(do_reserved, 0, 10, 0, 0);
	if (msa)
		raises(do_msa, 0, 10, 0, 0);
	raises(do_load, SCRATCH + 2, 4, 0, 0);
	check(exc.badvaddr == SCRATCH + 2);
	raises(do_load_in_slot, SCRATCH + 1, 4, 0, 1);
	raises(do_cop1, 0, 11, 0, 0);
	check((exc.cause >> 28 & 3) == 1);
	return 0;
}

static u32 store_1(u32 at)
{
	return do_store(at, 0x55);
}

/* A jump: EPC is where it leads, and the way on is the caller's. */
static u32 back_to_caller(struct exc *e, u32 *regs)
{
	return regs[31];
}

static void address_error(u32 at)
{
	raises(do_load, at, 4, 0, 0);
	check(exc.badvaddr == at);
	exc_hook = exc_skip;
	store_1(at);
	check(EXCCODE(&exc) == 5 && exc.badvaddr == at);
	exc_hook = back_to_caller;
	do_jump(at);
	check(EXCCODE(&exc) == 4 && exc.badvaddr == at && exc.epc == at);
	exc_hook = 0;
}

/* A kernel's loads and stores in the host's unmapped segments are MMIO, to KVM's ABI. */
u32 g_unmapped(u32 at)
{
	report(IO32(at));
	IO32(at) = 5;
	raises(do_load, at + 2, 4, 0, 0);
	check(exc.badvaddr == at + 2);
	exc_hook = back_to_caller;
	do_jump(at);
	check(EXCCODE(&exc) == 4 && exc.badvaddr == at && exc.epc == at);
	exc_hook = 0;
	return 0;
}

/* One that leads nowhere must come back by an exception, or the VM is stopped. */
u32 g_jump_nowhere(u32 at)
{
	exc_hook = back_to_caller;
	do_jump(at);
	check(exc_count == 1);
	return 0;
}

/* The host's segments. */
u32 g_host_segments(void)
{
	static const u32 at[] = { 0xc0000000, 0xc0100000, 0xe0000000, 0xff200000, 0xfffffffc };
	u32 i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		address_error(at[i]);
	return 0;
}

/* ---- the TLB ------------------------------------------------------------------------- */

static u32 refill_pa, refill_bits;

/* Answers a refill as kernels do, and nothing else. */
static u32 refill_hook(struct exc *e, u32 *regs)
{
	u32 pair = e->badvaddr & ~0x1fff;

	check(e->vector == 0);
	check((e->entryhi & ~0x1fffu) == pair);
	check((e->context & 0x7ffff0) == pair >> 9);
	mtc0(5, 0, 0);
	mtc0(2, 0, LO(refill_pa, refill_bits));
	mtc0(3, 0, LO(refill_pa + 0x1000, refill_bits));
	asm volatile("ehb; tlbwr" : : : "memory");
	return e->epc;
}

u32 g_tlb(void)
{
	u32 at = 0x00400000, i;

	mtc0(10, 0, 1);
	exc_hook = refill_hook;
	refill_pa = SCRATCH & 0x1fffffff;
	refill_bits = LO_V | LO_D;
	IO32(at) = 0x1234;
	check(exc_count == 1 && EXCCODE(&exc) == 3 && exc.badvaddr == at);
	check(IO32(SCRATCH) == 0x1234);
	IO32(SCRATCH + 0x1ffc) = 0x4321;
	check(IO32(at + 0x1ffc) == 0x4321);
	check(exc_count == 1);
	/* another ASID: nothing there */
	mtc0(10, 0, 2);
	refill_pa += 0x2000;
	IO32(SCRATCH + 0x2000) = 0x77;
	check(IO32(at) == 0x77);
	check(exc_count == 2 && EXCCODE(&exc) == 2);
	mtc0(10, 0, 1);
	check(IO32(at) == 0x1234);
	check(exc_count == 2);
	/* probe, and read back */
	mtc0(10, 0, at | 1);
	asm volatile("tlbp" : : : "memory");
	check(!(mfc0(0, 0) >> 31));
	asm volatile("tlbr; ehb" : : : "memory");
	check(mfc0(10, 0) == (at | 1));
	check(mfc0(2, 0) == LO(SCRATCH & 0x1fffffff, LO_V | LO_D));
	/* clean: modified */
	exc_hook = exc_skip;
	tlb_set(mfc0(0, 0), at | 1, 0, LO(SCRATCH & 0x1fffffff, LO_V), LO(0, 0));
	check(IO32(at) == 0x1234);
	IO32(at) = 1;
	check(EXCCODE(&exc) == 1 && exc.vector == 0x180 && exc.badvaddr == at);
	check(IO32(at) == 0x1234);
	/* invalid */
	(void)IO32(at + 0x1000);
	check(EXCCODE(&exc) == 2 && exc.vector == 0x180 && exc.badvaddr == at + 0x1000);
	/* gone */
	tlb_set(mfc0(0, 0), KSEG0, 0, 0, 0);
	(void)IO32(at);
	check(EXCCODE(&exc) == 2 && exc.vector == 0);
	/* pages of 64 KiB, global, in the kernel's mapped segment */
	for (i = 0; i < 32; i++)
		IO32(SCRATCH + 0x100000 + i * 0x1000) = 0xabc0 + i;
	tlb_set(5, 0x60000000, 0x1e000, LO(0x300000, LO_V | LO_D | LO_G),
		LO(0x310000, LO_V | LO_D | LO_G));
	exc_hook = 0;
	for (i = 0; i < 32; i++)
		check(IO32(0x60000000 + i * 0x1000) == 0xabc0 + i);
	IO32(0x6001fffc) = 9;
	check(IO32(SCRATCH + 0x11fffc) == 9);
	mtc0(10, 0, 7);
	check(IO32(0x60001000) == 0xabc1);
	return 0;
}

/* More entries than there are, and all of memory through them. */
u32 g_tlb_many(u32 pairs)
{
	u32 i, round;

	mtc0(10, 0, 3);
	exc_hook = refill_hook;
	refill_bits = LO_V | LO_D;
	for (round = 0; round < 3; round++)
		for (i = 0; i < pairs; i++) {
			refill_pa = 0x200000 + i * 0x2000;
			if (round)
				check(IO32(0x2000 * i + 0x1004) == i + round - 1);
			IO32(0x2000 * i + 0x1004) = i + round;
		}
	return exc_count;
}

/* Two entries for an address: from the moment it is written the second one counts. */
u32 g_tlb_twice(u32 pa)
{
	u32 at = 0x00400000, i;

	mtc0(10, 0, 1);
	for (i = 0; i < 8; i++) {
		tlb_set(1, (at + i * 0x2000) | 1, 0, LO(pa, LO_V | LO_D), LO(pa, LO_V | LO_D));
		IO32(at + i * 0x2000) = 0x1000 + i;
		tlb_set(2, (at + i * 0x2000) | 1, 0, LO(pa + 0x1000, LO_V | LO_D),
			LO(pa + 0x1000, LO_V | LO_D));
		IO32(at + i * 0x2000) = 0x2000 + i;
		check(IO32(at + i * 0x2000) == 0x2000 + i);
		tlb_set(1, KSEG0, 0, 0, 0);
		tlb_set(2, (at + i * 0x2000) | 1, 0, LO(pa, LO_V | LO_D), LO(pa, LO_V | LO_D));
		check(IO32(at + i * 0x2000) == 0x1000 + i);
		tlb_set(2, KSEG0 + 0x2000, 0, 0, 0);
	}
	return 0;
}

#define MASK_16M 0x01ffe000
#define MASK_256M 0x1fffe000
#define LO_ALL (LO_V | LO_D | LO_G)

static u32 big_sum(u32 at, u32 step)
{
	u32 i, sum = 0;

	for (i = 0; i < 16; i++)
		sum += IO32(at + i * step);
	return sum;
}

/* All of memory by one entry; then by another one, less of it; then not at all. */
u32 g_tlb_big(u32 at, u32 asid)
{
	u32 i, count;

	for (i = 0; i < 16; i++)
		IO32(KSEG0 + 0x400000 + i * 0x80000) = 1 + i;
	mtc0(10, 0, asid);
	tlb_set(5, at | asid, MASK_256M, LO(0, LO_ALL), LO(0, LO_ALL));
	check(big_sum(at + 0x400000, 0x80000) == 136);
	check(big_sum(at + 0x10400000, 0x80000) == 136);
	IO32(at + 0x10400000) = 101;
	report(1);
	/* the test has taken the memory away */
	check(big_sum(at + 0x400000, 0x80000) == 0);
	check(big_sum(at + 0x10400000, 0x80000) == 0);
	IO32(at + 0x800000) = 5;
	check(IO32(KSEG0 + 0x800000) == 5 && IO32(at + 0x10800000) == 5);
	tlb_set(5, at | asid, MASK_16M, LO(0, LO_ALL), LO(0, LO_ALL));
	check(IO32(at + 0x800000) == 5 && IO32(at + 0x1800000) == 5);
	exc_hook = exc_skip;
	count = exc_count;
	(void)IO32(at + 0x2800000);
	(void)IO32(at + 0x10800000);
	check(exc_count == count + 2 && EXCCODE(&exc) == 2 && exc.vector == 0);
	/* another one of the TLB is what there is then */
	tlb_set(6, (at + 0x10800000) | asid, 0, LO(0x800000, LO_ALL), LO(0x801000, LO_ALL));
	check(IO32(at + 0x10800000) == 5);
	tlb_set(5, KSEG0, 0, 0, 0);
	(void)IO32(at + 0x800000);
	(void)IO32(at + 0x1800000);
	check(exc_count == count + 4);
	check(IO32(at + 0x10800000) == 5);
	return 0;
}

/* A small entry takes the place of a large one that reaches over all around it. */
u32 g_tlb_shrinks(u32 at, u32 bits)
{
	u32 count = exc_count;

	exc_hook = exc_skip;
	mtc0(10, 0, 3);
	IO32(KSEG0 + 0x800000) = 77;
	tlb_set(5, at | 3, MASK_16M, LO(0, bits), LO(0, bits));
	tlb_set(5, at | 3, 0, LO(0x800000, bits), LO(0x801000, bits));
	mtc0(10, 0, at | 3);
	asm volatile("ehb; tlbp; ehb" : : : "memory");
	check(mfc0(0, 0) == 5);
	check(IO32(at) == 77);
	check(exc_count == count);
	return 0;
}

/* ---- users ---------------------------------------------------------------------------------- */

static u32 user_hook(struct exc *e, u32 *regs)
{
	if (e->vector == 0 && e->badvaddr < KSEG0)
		return refill_hook(e, regs);
	/* what the user did is told, and it is over */
	if (EXCCODE(e) != 8)
		regs[2] = EXCCODE(e) | (e->cause >> 28 & 3) << 8;
	mtc0(12, 0, mfc0(12, 0) & ~0x10u);
	return (u32)user_returned;
}

/* Code that ends in a user's page: `lw v0, 0(a0); syscall`, and so on. */
static u32 as_user(u32 insn, u32 arg)
{
	IO32(SCRATCH) = insn;
	IO32(SCRATCH + 4) = 0x0000000c;
	refill_pa = SCRATCH & 0x1fffffff;
	refill_bits = LO_V | LO_D;
	/* the code was written through another address */
	asm volatile("cache 0x15, 0(%0); sync; cache 0x10, 0(%0)" : : "r"(SCRATCH));
	return call_user((u32(*)(u32))0x00400000, arg);
}

u32 g_user(void)
{
	exc_hook = user_hook;
	mtc0(10, 0, 5);
	check(as_user(0x24021234, 0) == 0x1234); /* li v0, 0x1234 */
	check(as_user(0x8c820000, 0x00400004) == 0x0c); /* lw v0, 0(a0): its own page */
	check(as_user(0x8c820000, KSEG0) == 4); /* the kernel's: AdEL */
	check(as_user(0xac820000, KSEG0 + 0x1000) == 5); /* sw: AdES */
	check(as_user(0x8c820000, 0x60000000) == 4);
	check(as_user(0x8c820000, 0x80000000) == 4);
	check(as_user(0xac820000, 0xc0000000) == 5);
	check(as_user(0x40026000, 0) == 11); /* mfc0 v0, Status: CpU 0 */
	check(as_user(0x41606020, 0) == 11); /* ei */
	check(as_user(0x42000018, 0) == 11); /* eret */
	check(as_user(0x7c03e83b, 0) == 10); /* rdhwr v1, $29: not allowed */
	mtc0(7, 0, 0x20000000);
	mtc0(4, 2, 0xcafe);
	/* rdhwr v0, $29: by C, rdhwr v1, $29: by the vector page */
	check(as_user(0x7c02e83b, 0) == 0xcafe);
	exc_hook = 0;
	check(do_rdhwr(0) == 0xcafe);
	check(do_rdhwr_slot(0) == 0xcafe);
	return 0;
}

/* ---- interrupts ------------------------------------------------------------------------------- */

static volatile u32 irq_seen;

static u32 irq_hook(struct exc *e, u32 *regs)
{
	u32 pending = e->cause & mfc0(12, 0) & 0xff00;

	check(EXCCODE(e) == 0);
	irq_seen |= pending;
	if (pending & 0x8000) {
		check(e->cause & 0x40000000);
		tick_in(100000);
	}
	if (pending & 0x300)
		mtc0(13, 0, mfc0(13, 0) & ~0x300u);
	if (pending & 0x1c00)
		report(pending);
	return e->epc;
}

static void irqs_on(u32 im)
{
	mtc0(12, 0, (mfc0(12, 0) & ~0xff00u) | im | 1);
}

u32 g_timer(u32 rounds)
{
	u32 last = mfc0(9, 0), now, i;

	exc_hook = irq_hook;
	tick_in(100000);
	irqs_on(0x8000);
	for (i = 0; i < rounds; i++) {
		irq_seen = 0;
		if (i % 2)
			asm volatile("wait" : : : "memory");
		while (!irq_seen) {
			now = mfc0(9, 0);
			check((int)(now - last) >= 0);
			last = now;
		}
		check(irq_seen == 0x8000);
	}
	return exc_count;
}

u32 g_soft_irq(void)
{
	exc_hook = irq_hook;
	irqs_on(0x300);
	mtc0(13, 0, 0x100);
	check(irq_seen == 0x100);
	mtc0(12, 0, mfc0(12, 0) & ~1u);
	mtc0(13, 0, 0x200);
	check(irq_seen == 0x100);
	asm volatile("ei; ehb" : : : "memory");
	check(irq_seen == 0x300);
	return exc_count;
}

/* Lines that the test drives: waits for @n of them; reports each. */
u32 g_lines(u32 n)
{
	exc_hook = irq_hook;
	report(0);
	irqs_on(0x1c00);
	while (exc_count < n)
		asm volatile("wait" : : : "memory");
	return irq_seen;
}

u32 g_spin(void)
{
	exc_hook = irq_hook;
	irqs_on(0x1c00);
	while (!exc_count)
		;
	return irq_seen;
}

/* ---- other instructions -------------------------------------------------------------------------- */

/* A link over an exit is broken, one without holds. */
u32 g_llsc(void)
{
	static volatile u32 word = 5;
	u32 ok;

	asm volatile(".set push; .set noreorder\n\t"
		     "1: ll %0, 0(%1); addiu %0, 1; sc %0, 0(%1); beqz %0, 1b; nop\n\t"
		     ".set pop"
		     : "=&r"(ok)
		     : "r"(&word)
		     : "memory");
	check(ok == 1 && word == 6);
	asm volatile("ll %0, 0(%1); mfc0 %0, $12; sc %0, 0(%1)"
		     : "=&r"(ok)
		     : "r"(&word)
		     : "memory");
	check(ok == 0 && word == 6);
	return 0;
}

u32 g_cp0(void)
{
	check(do_mfc0_in_slot(0) == mfc0(15, 0));
	check((mfc0(16, 1) >> 25 & 63) == 63);
	mtc0(14, 0, 0x12345678);
	check(mfc0(14, 0) == 0x12345678);
	mtc0(15, 0, 0);
	check(mfc0(15, 0) >> 8 == 0x193);
	mtc0(6, 0, 10);
	check(mfc0(6, 0) == 10 && mfc0(1, 0) >= 10 && mfc0(1, 0) < 64);
	mtc0(9, 0, 0x1000);
	check(mfc0(9, 0) - 0x1000 < 100000000);
	return 0;
}

/* The same place holds other code: the caches are told. */
u32 g_new_code(u32 rounds)
{
	u32 (*fn)(void) = (u32(*)(void))(SCRATCH + 0x100);
	u32 i;

	for (i = 0; i < rounds; i++) {
		IO32(SCRATCH + 0x100) = 0x03e00008; /* jr ra */
		IO32(SCRATCH + 0x104) = 0x24020000 | i; /* li v0, i */
		asm volatile("cache 0x15, 0(%0); sync; cache 0x10, 0(%0)\n\tehb"
			     :
			     : "r"(fn)
			     : "memory");
		check(fn() == i);
	}
	return rounds;
}

/*
 * `lw v0, 0(a0)` of MIPS16e, which this CPU says it has not, on a device that nobody
 * serves to it.
 */
u32 g_mips16(u32 device)
{
	exc_hook = back_to_caller;
	IO32(SCRATCH + 0x100) = 0xe8209c40; /* lw v0, 0(a0); jr ra */
	IO32(SCRATCH + 0x104) = 0x65006500;
	asm volatile("synci 0(%0); sync" : : "r"(SCRATCH + 0x100) : "memory");
	((u32(*)(u32))(SCRATCH + 0x101))(device);
	/* where the host's CPU has none either: an odd address */
	check(exc_count == 1);
	check_exc(EXCCODE(&exc) == 10 || (EXCCODE(&exc) == 4 && exc.badvaddr == SCRATCH + 0x101));
	check((exc.epc & ~1u) == SCRATCH + 0x100);
	return 0;
}

/* Pages of memory: each is written and then read. */
u32 g_pages(u32 first, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		IO32(first + i * 0x1000) = first + i;
	report(1);
	for (i = 0; i < n; i++)
		check(IO32(first + i * 0x1000) == first + i);
	report(2);
	for (i = 0; i < n; i++)
		check(IO32(first + i * 0x1000) == 0);
	IO32(first + 0x3000) = 1;
	return 0;
}

/* ---- what it costs: Count ticks for @n times ------------------------------------------ */

static u32 next_hook(struct exc *e, u32 *regs)
{
	return e->epc + 4;
}

#define COST(insns)                                                             \
	do {                                                                    \
		for (start = mfc0(9, 0), i = 0; i < n; i++)                     \
			asm volatile(insns : : "r"(at) : "memory", "$8", "$3"); \
		report(mfc0(9, 0) - start);                                     \
	} while (0)

u32 g_costs(u32 n)
{
	u32 start, i, at = SCRATCH;

	mtc0(7, 0, 0x20000000);
	exc_hook = next_hook;
	COST("");
	COST("mfc0 $8, $14");
	COST("mfc0 $8, $12");
	COST("mtc0 $0, $14");
	COST("di");
	COST("mfc0 $8, $9");
	COST(".set push; .set mips32r2; rdhwr $3, $29; .set pop");
	COST(".set push; .set noreorder; b 1f; rdhwr $3, $29; 1: .set pop");
	COST("cache 0x15, 0(%0)");
	COST("syscall");
	/* local_irq_save() and local_irq_restore() of Linux 6.1 */
	COST("di $8; andi $8, $8, 1; ehb;"
	     ".set push; .set noreorder; beqz $8, 1f; di; ei; 1: ehb; .set pop");
	/* 128 pages, more pairs than any TLB has, each in turn */
	for (i = 0; i < 128; i++)
		IO32(SCRATCH + i * 0x2000) = 0;
	for (start = mfc0(9, 0), i = 0; i < n; i++)
		(void)IO32(SCRATCH + i % 128 * 0x2000);
	report(mfc0(9, 0) - start);
	return 0;
}
