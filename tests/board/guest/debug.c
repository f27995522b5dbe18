// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that runs into BKPT instructions of its own.
 */
#include "guest.h"

u32 g_bkpt_arm(void);
u32 g_bkpt_thumb(void);

static u32 ifsr;

static void on_bkpt(struct guest_exception *e)
{
	ifsr = cp15_read(0, c5, c0, 1);
	e->pc += e->spsr & 0x20 ? 2 : 4;
}

/* The fault status that BKPT gives. */
u32 g_own_bkpt(u32 thumb)
{
	exc_handlers[EXC_PABT] = on_bkpt;
	check_eq(thumb ? g_bkpt_thumb() : g_bkpt_arm(), 7);
	return ifsr;
}
