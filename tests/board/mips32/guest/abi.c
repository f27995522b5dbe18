// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../abi.c and ../moves.c: one that cannot be served, and work whose result
 * tells whether all of a vcpu has come along when it was moved.
 */
#include "lib.h"

/* The instruction's address in the result; the VM is stopped in it. */
u32 g_unaligned(u32 at)
{
	u32 v;

	asm volatile("lwl %0, 2(%1)" : "=r"(v) : "r"(at) : "memory");
	return v;
}

/* Waits for a word to change, with every kind of interrupt masked. */
u32 g_wait_word(u32 at, u32 value)
{
	while (IO32(at) != value)
		;
	return mfc0(13, 0);
}

static u32 line_hook(struct exc *e, u32 *regs)
{
	check_exc(EXCCODE(e) == 0 && e->cause & 0x800);
	report(CMD_LINE(3, 0, 0));
	return e->epc;
}

/* @n times asleep until line 3 comes; says at SCRATCH which time it is. */
u32 g_wait_lines(u32 n)
{
	u32 i;

	exc_hook = line_hook;
	for (i = 0; i < n; i++) {
		IO32(SCRATCH) = i;
		while (exc_count == i) {
			mtc0(12, 0, (mfc0(12, 0) & ~1u) | 0x800);
			if (exc_count == i)
				asm volatile("wait" : : : "memory");
			mtc0(12, 0, mfc0(12, 0) | 1);
		}
	}
	return n;
}

/* ---- work ------------------------------------------------------------------------- */

/*
 * All registers but k0 and k1, the handlers', and hi and lo: each is added to the next,
 * $1 counts.  The sum of the last is the result.
 */
asm(".text\n"
    ".set push\n.set noreorder\n.set noat\n"
    ".macro others op, at\n"
    "	.irp n, 16, 17, 18, 19, 20, 21, 22, 23, 28, 29, 30, 31\n"
    "	\\op $\\n, 4 * \\n(\\at)\n"
    "	.endr\n"
    ".endm\n"
    ".globl w_registers\nw_registers:\n"
    "	lui $2, %hi(w_saved)\n"
    "	addiu $2, $2, %lo(w_saved)\n"
    "	others sw, $2\n"
    "	move $1, $4\n"
    "	mthi $5\n"
    "	mtlo $1\n"
    "	.irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
		24, 25, 28, 29, 30, 31\n"
    "	li $\\n, 0x579 * \\n\n"
    "	.endr\n"
    "1:	addu $3, $3, $2\n"
    "	.irp n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"
    "	addu $\\n, $\\n, $3\n"
    "	xor $3, $3, $\\n\n"
    "	.endr\n"
    "	mflo $24\n"
    "	mfhi $25\n"
    "	addu $28, $28, $24\n"
    "	xor $29, $29, $25\n"
    "	addu $30, $30, $29\n"
    "	addu $31, $31, $30\n"
    "	addu $31, $31, $3\n"
    "	multu $31, $28\n"
    "	addiu $1, $1, -1\n"
    "	bnez $1, 1b\n"
    "	 addu $2, $2, $31\n"
    "	lui $1, %hi(w_saved)\n"
    "	addiu $1, $1, %lo(w_saved)\n"
    "	others lw, $1\n"
    "	jr $31\n"
    "	 nop\n"
    ".set pop\n"
    ".bss\n.balign 4\nw_saved: .space 128\n.text\n");

u32 w_registers(u32 rounds, u32 hi);
u32 t_save(void);
void t_restore(u32 flags);

static u32 refill_pa;
static volatile u32 ticks;

static u32 work_hook(struct exc *e, u32 *regs)
{
	if (e->vector == 0) {
		mtc0(5, 0, 0);
		mtc0(2, 0, LO(refill_pa, LO_V | LO_D));
		mtc0(3, 0, LO(refill_pa + 0x1000, LO_V | LO_D));
		asm volatile("ehb; tlbwr" : : : "memory");
		return e->epc;
	}
	check_exc(EXCCODE(e) == 0);
	if (e->cause & 0x8000) {
		ticks++;
		tick_in(50000);
	}
	if (e->cause & 0x100)
		mtc0(13, 0, mfc0(13, 0) & ~0x100u);
	return e->epc;
}

static u32 work_cp0(u32 h)
{
	u32 flags = t_save();

	check(flags == 1 && !(mfc0(12, 0) & 1));
	mtc0(14, 0, h);
	mtc0(30, 0, ~h);
	mtc0(4, 2, h ^ 0x55555555);
	mtc0(10, 0, h & 0xff);
	h += mfc0(14, 0) ^ mfc0(30, 0) >> 1;
	h += mfc0(4, 2) + mfc0(10, 0);
	t_restore(flags);
	check(mfc0(12, 0) & 1);
	return h;
}

/* Through the TLB, at an address that depends on what came before. */
static u32 work_memory(u32 h)
{
	u32 at = 0x00400000 + (h & 0x1ffc);

	IO32(at) = h;
	return h + IO32(SCRATCH + 0x10000 + (h & 0x1ffc)) + IO32(at);
}

/*
 * @rounds of work; reports every @every, reads the device in between, has timer and
 * software interrupts.  Registers of the FPU keep what was put there before.
 */
u32 g_work(u32 rounds, u32 every)
{
	u32 i, h = 1;

	exc_hook = work_hook;
	refill_pa = (SCRATCH & 0x1fffffff) + 0x10000;
	tick_in(50000);
	mtc0(12, 0, mfc0(12, 0) | 0x8101);
	for (i = 0; i < rounds; i++) {
		h = h * 31 + w_registers(20 + (h & 15), h);
		h = work_cp0(h);
		h = work_memory(h);
		if (i % 7 == 0)
			mtc0(13, 0, 0x100);
		if (i % 16 == 3)
			h ^= IO32(0x5d000000 + (i & 0xffc));
		if (i % every == 0)
			report(h);
	}
	/* The host's timers may stand still for as long (docs/testing.md). */
	while (!ticks)
		;
	return h;
}
