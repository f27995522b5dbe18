// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that behaves: it checks its registers, those of its FPU, its memory by two
 * addresses and its clock, round after round, and reports each.
 */
#include "lib.h"

#define PAGES 32
#define MAPPED 0x60000000 /* SCRATCH again */
#define TICK 200000

struct state {
	u32 fpr[32], gpr[12]; /* s0-s7, t8, t9, hi, lo */
};

static u32 on_tick(struct exc *e, u32 *regs)
{
	check_exc(EXCCODE(e) == 0 && e->cause & 0x8000);
	IO32(WITNESS_TICKS)++;
	tick_in(TICK);
	return e->epc;
}

/* What @in says, over an exit and a while of doing nothing. */
static void hold(const struct state *in, struct state *out, u32 round)
{
	asm volatile(
		".set push\n.set noreorder\n.set noat\n.set hardfloat\n"
		".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
			20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
		"lwc1 $f\\n, 4 * \\n(%0)\n.endr\n"
		".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25\n"
		"lw $\\n, 64 + 4 * \\n(%0)\n.endr\n"
		"lw $8, 168(%0)\nmthi $8\nlw $8, 172(%0)\nmtlo $8\n"
		"sw %2, 0(%3)\n"
		"li $8, 3000\n1: bnez $8, 1b\n addiu $8, -1\n"
		".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
			20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
		"swc1 $f\\n, 4 * \\n(%1)\n.endr\n"
		".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25\n"
		"sw $\\n, 64 + 4 * \\n(%1)\n.endr\n"
		"mfhi $8\nsw $8, 168(%1)\nmflo $8\nsw $8, 172(%1)\n"
		".set pop"
		:
		: "r"(in), "r"(out), "r"(round), "r"(TEST_IO + TEST_REPORT)
		: "memory", "$8", "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24",
		  "$25", "hi", "lo");
}

static void check_registers(u32 round)
{
	static struct state in, out;
	u32 *from = (u32 *)&in, *to = (u32 *)&out, n = round, i;

	for (i = 0; i < sizeof(in) / 4; i++)
		from[i] = n = n * 1664525 + 1013904223;
	hold(&in, &out, round);
	for (i = 0; i < sizeof(in) / 4; i++)
		check(from[i] == to[i]);
}

/* Written by one address, read by the other. */
static void check_memory(u32 round)
{
	u32 at = round % PAGES * 0x1000 + (round & 0x3ff) * 4, last;

	last = IO32(MAPPED + at + 0x100000);
	check(IO32(SCRATCH + 0x100000 + at) == last);
	check(!last || last == (at ^ 0x5a5a5a5a));
	IO32((round & 1 ? MAPPED : SCRATCH) + 0x100000 + at) = at ^ 0x5a5a5a5a;
}

/* Two pages of a megabyte, for the guest's life. */
static void map_scratch(void)
{
	u32 pa = SCRATCH & 0x1fffffff;

	tlb_set(0, MAPPED, 0x001fe000, LO(pa, LO_V | LO_D | LO_G),
		LO(pa + 0x100000, LO_V | LO_D | LO_G));
}

u32 g_witness(u32 rounds)
{
	u32 i, last = mfc0(9, 0), now;

	exc_hook = on_tick;
	map_scratch();
	tick_in(TICK);
	mtc0(12, 0, 0x30008001);
	for (i = 0; i < rounds; i++) {
		check_registers(i);
		check_memory(i);
		now = mfc0(9, 0);
		check((int)(now - last) >= 0);
		last = now;
	}
	return IO32(WITNESS_TICKS);
}
