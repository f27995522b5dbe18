// SPDX-License-Identifier: GPL-2.0
/*
 * Guest of ../costs.c: what each of these costs, in ticks of the time base.
 */
#include "lib.h"

/* Where the vectors of sc and of nothing else lead while it is measured: straight back. */
#define SC_VECTOR 0x800

static void sc_back(void)
{
	u32 *volatile place = (u32 *)SC_VECTOR, *at = place;

	at[0] = 0x4c000064; /* rfi */
	asm volatile("dcbst 0, %0\n\tmsync\n\ticbi 0, %0\n\tmsync\n\tisync" : : "r"(at) : "memory");
	mtspr(SPR_IVOR0 + 8, SC_VECTOR);
}

/* Reports what @n times @insn took. */
#define measure(insn, ...)                                  \
	do {                                                \
		u32 begun, i;                               \
                                                            \
		begun = mftb();                             \
		for (i = 0; i < n; i++)                     \
			asm volatile(insn : : __VA_ARGS__); \
		report(mftb() - begun);                     \
	} while (0)

static u32 user_sc(u32 n)
{
	u32 begun = mftb(), i;

	for (i = 0; i < n; i++)
		asm volatile("li 0, 0\n\tsc" : : : "r0", "memory");
	return mftb() - begun;
}

/* The user's: the first ones go straight back, the one with r0 set ends it. */
static u32 end_user(struct exc *e, u32 *regs)
{
	mtspr(SPR_SRR1, e->srr1 & ~MSR_PR);
	return (u32)user_returned;
}

u32 g_costs(u32 n)
{
	u32 a = SCRATCH, x = 0;

	sc_back();
	measure("nop", "r"(a));
	measure("sc", "r"(a) : "memory");
	measure("mfmsr %0", "r"(x) : "memory");
	measure("wrteei 0", "r"(a) : "memory");
	measure("wrtee %0", "r"(x) : "memory");
	measure("mfspr %0, 272", "r"(x) : "memory");
	measure("mtspr 272, %0", "r"(a) : "memory");
	measure("mfspr %0, 336", "r"(x) : "memory");
	(void)user_sc;
	(void)end_user;
	return 0;
}
