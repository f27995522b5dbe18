// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../../run.c, which each architecture has its own of, and of ../thrash.c.
 */
#include "lib.h"

u32 g_spin(void)
{
	for (;;)
		;
}

static u32 back_to_caller(struct exc *e, u32 *regs)
{
	return regs[33]; /* LR */
}

u32 g_jump_nowhere(u32 at)
{
	exc_hook = back_to_caller;
	do_jump(at);
	check(exc_count == 1);
	return 0;
}

/* @n pages, each of which needs an entry of its own, again and again. */
u32 g_pages_again(u32 n)
{
	u32 i, round;

	for (round = 0;; round++) {
		for (i = 0; i < n; i++)
			IO32(SCRATCH + i * 0x11000) = round;
		report(round);
	}
}
