// SPDX-License-Identifier: GPL-2.0
/*
 * A guest of ../moves.c: instructions that are translated, in a page of their own, and what
 * comes of them.
 */
#include "lib.h"

u32 moves_work(u32 rounds);
u32 __attribute__((section(".text.high"), aligned(4096))) moves_work(u32 rounds)
{
	u32 i, n, h = 1;

	for (i = 0; i < rounds; i++) {
		for (n = 0; n < 30; n++) {
			mtspr(SPR_SPRG3, h);
			mtspr(SPR_SRR0, h + n);
			asm volatile("wrteei 1" : : : "memory");
			h = h * 31 + (mfmsr() & MSR_EE) + mfspr(SPR_SPRG3);
			asm volatile("wrteei 0" : : : "memory");
			h = h * 31 + (mfmsr() & MSR_EE) + mfspr(SPR_SRR0);
			mtspr(SPR_DEAR, h);
			mtspr(SPR_ESR, n);
			h ^= mfspr(SPR_DEAR) + mfspr(SPR_ESR);
		}
		IO32(TEST_IO + TEST_REPORT) = h;
	}
	return h;
}

u32 g_moves_work(u32 rounds)
{
	return run_high(moves_work, rounds);
}
