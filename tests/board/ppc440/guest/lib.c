// SPDX-License-Identifier: GPL-2.0
/* See lib.h. */
#include "lib.h"

u32 (*volatile exc_hook)(struct exc *exc, u32 *regs);
volatile u32 exc_count;

u32 exc_skip(struct exc *e, u32 *regs)
{
	return e->ivor == 8 ? e->srr0 : e->srr0 + 4;
}

u32 on_exception(struct exc *e, u32 *regs)
{
	exc_count++;
	if (!exc_hook)
		IO32(TEST_IO + TEST_EXC) = (u32)e;
	return exc_hook(e, regs);
}

u32 run_high(u32 (*fn)(u32), u32 arg)
{
	tlb_set(60, 0, HIGH | TLB_VALID | TLB_SIZE(7), 0, TLB_S);
	return ((u32(*)(u32))((u32)fn + HIGH))(arg);
}
