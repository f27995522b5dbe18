// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that behaves: it checks its registers, those of its FPU, its memory by two
 * addresses and its clock, round after round, and reports each.
 */
#include "lib.h"

#define PAGES 32
#define MAPPED 0x60000000 /* SCRATCH again */
#define TICK 200000
#define TCR_DIE 0x04000000u
#define TSR_DIS 0x08000000u

struct state {
	u32 fpr[64], gpr[18]; /* r14 to r29, CR, LR */
};

static u32 on_tick(struct exc *e, u32 *regs)
{
	check_exc(e->ivor == 10);
	IO32(WITNESS_TICKS)++;
	mtspr(SPR_TSR, TSR_DIS);
	mtspr(SPR_DEC, TICK);
	return e->srr0;
}

#define EACH_FPR(insn, base)                                                                     \
	".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, " \
	"22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n" insn " \\n, 8 * \\n(" base ")\n.endr\n"
#define EACH_SAVED(insn, base)                                                          \
	".irp n, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29\n" insn \
	" \\n, 4 * \\n + 200(" base ")\n.endr\n"

/* What @in says, over an exit and a while of doing nothing. */
static void hold(const struct state *in, struct state *out, u32 round)
{
	asm volatile(
		EACH_FPR("lfd", "%0") EACH_SAVED(
			"lwz",
			"%0") "lwz 0, 320(%0)\n mtcr 0\n lwz 0, 324(%0)\n mtlr 0\n"
			      "stw %2, 0(%3)\n mtctr %4\n 1: bdnz 1b\n" EACH_FPR("stfd", "%1")
				      EACH_SAVED(
					      "stw",
					      "%1") "mfcr 0\n stw 0, 320(%1)\n mflr 0\n stw 0, 324(%1)\n"
		:
		: "b"(in), "b"(out), "r"(round), "b"(TEST_IO + TEST_REPORT), "r"(3000)
		: "memory", "r0", "r14", "r15", "r16", "r17", "r18", "r19", "r20", "r21", "r22",
		  "r23", "r24", "r25", "r26", "r27", "r28", "r29", "ctr", "lr", "cr0", "cr1", "cr2",
		  "cr3", "cr4", "cr5", "cr6", "cr7");
}

static void check_registers(u32 round)
{
	static struct state in __attribute__((aligned(8))), out __attribute__((aligned(8)));
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

/* Two of a megabyte, for the guest's life. */
static void map_scratch(void)
{
	tlb_set(1, 0, MAPPED | TLB_VALID | TLB_SIZE(5), SCRATCH, TLB_SR | TLB_SW);
	tlb_set(2, 0, (MAPPED + 0x100000) | TLB_VALID | TLB_SIZE(5), SCRATCH + 0x100000,
		TLB_SR | TLB_SW);
}

/* All 64 bits: on a host with much to do half of a round of the lower ones goes by, 5 seconds. */
static u64 time_base(void)
{
	u32 upper, lower, again;

	do {
		upper = mfspr(269);
		lower = mftb();
		again = mfspr(269);
	} while (upper != again);
	return (u64)upper << 32 | lower;
}

u32 g_witness(u32 rounds)
{
	u64 last = time_base(), now;
	u32 i;

	exc_hook = on_tick;
	map_scratch();
	mtspr(SPR_TCR, TCR_DIE);
	mtspr(SPR_DEC, TICK);
	mtmsr(mfmsr() | MSR_EE | MSR_FP);
	for (i = 0; i < rounds; i++) {
		check_registers(i);
		check_memory(i);
		now = time_base();
		check(now >= last);
		last = now;
	}
	return IO32(WITNESS_TICKS);
}
