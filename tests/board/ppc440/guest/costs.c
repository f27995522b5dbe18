// SPDX-License-Identifier: GPL-2.0
/*
 * Guest of ../costs.c: what each of these costs, in ticks of the time base.
 */
#include "lib.h"

/* Where sc leads while it is measured: straight back, by this instruction. */
#define SC_VECTOR 0x800
#define RFI 0x4c000064
#define BCTR 0x4e800420

static void sc_by(u32 insn)
{
	u32 *volatile place = (u32 *)SC_VECTOR, *at = place;

	at[0] = insn;
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

u32 g_costs(u32 n)
{
	u32 a = SCRATCH, x = 0, i, k, begun;

	measure("lis 9, 1f@ha\n\taddi 9, 9, 1f@l\n\tmtctr 9\n1:", "r"(a) : "r9", "ctr");
	sc_by(BCTR);
	measure("lis 9, 1f@ha\n\taddi 9, 9, 1f@l\n\tmtctr 9\n\tsc\n1:", "r"(a) : "r9", "ctr");
	sc_by(RFI);
	measure("sc", "r"(a) : "memory");
	measure("mfmsr %0", "r"(x) : "memory");
	measure("wrteei 0", "r"(a) : "memory");
	measure("wrtee %0", "r"(x) : "memory");
	measure("mfspr %0, 272", "r"(x) : "memory");
	measure("mtspr 272, %0", "r"(a) : "memory");
	measure("mfspr %0, 336", "r"(x) : "memory");
	for (k = 8; k <= 40; k += 8) {
		for (i = 0; i < k; i++)
			IO32(SCRATCH + i * 0x11000) = 0;
		begun = mftb();
		for (i = 0; i < n; i++)
			(void)IO32(SCRATCH + i % k * 0x11000);
		report(mftb() - begun);
	}
	measure("stw %0, 0(%1)", "r"(x), "b"(OTHER_IO) : "memory");
	return 0;
}

u32 g_mfmsr(u32 n)
{
	u32 x = 0;

	measure("mfmsr %0", "r"(x) : "memory");
	return 0;
}
