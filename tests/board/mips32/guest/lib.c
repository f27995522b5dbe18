// SPDX-License-Identifier: GPL-2.0
/* See lib.h. */
#include "lib.h"

u32 (*volatile exc_hook)(struct exc *exc, u32 *regs);
volatile u32 exc_count;

u32 exc_skip(struct exc *e, u32 *regs)
{
	return e->cause & EXC_BD ? regs[31] : e->epc + 4;
}

u32 on_exception(struct exc *e, u32 *regs)
{
	exc_count++;
	if (!exc_hook)
		IO32(TEST_IO + TEST_EXC) = (u32)e;
	return exc_hook(e, regs);
}

void tick_in(u32 n)
{
	u32 at;

	do {
		at = mfc0(9, 0) + n;
		mtc0(11, 0, at);
	} while ((int)(mfc0(9, 0) - at) >= 0);
}
