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
