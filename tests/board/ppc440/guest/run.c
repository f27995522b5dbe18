// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../../run.c, which each architecture has its own of.
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
