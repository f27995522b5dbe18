// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../log.c: writes by way of the TLB, and code that is translated.
 */
#include "lib.h"

#define USER 0x00800000
#define BIG 0x60000000
#define BIG_MASK 0x1e000 /* two pages of 64 KiB */

static u32 memory;

/* A page pair of USER is that of the memory. */
static u32 map_pair(struct exc *e, u32 *regs)
{
	u32 pa = (memory & 0x1fffffff) + (e->badvaddr & ~0x1fffu) - USER;

	check(e->vector == 0);
	mtc0(5, 0, 0);
	mtc0(2, 0, LO(pa, LO_V | LO_D));
	mtc0(3, 0, LO(pa + 0x1000, LO_V | LO_D));
	asm volatile("ehb; tlbwr" : : : "memory");
	return e->epc;
}

/* Each third page is written, the others are read. */
static void use_pages(u32 at, u32 n, u32 which)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (i % 3 == which)
			IO32(at + i * 0x1000) = i;
		else
			(void)IO32(at + i * 0x1000);
}

/* Of @n pages, by pairs that are refilled, by large pages, by kseg0; each is reported. */
u32 g_log_mapped(u32 at, u32 n)
{
	u32 pa = at & 0x1fffffff, i;

	memory = at;
	exc_hook = map_pair;
	mtc0(10, 0, 3);
	mtc0(6, 0, 8); /* those below are mine */
	for (i = 0; i < n / 32; i++)
		tlb_set(i, BIG + i * 0x20000, BIG_MASK, LO(pa + i * 0x20000, LO_V | LO_D | LO_G),
			LO(pa + i * 0x20000 + 0x10000, LO_V | LO_D | LO_G));
	mtc0(10, 0, 3);
	for (i = 0; i < 6; i++) {
		use_pages(USER, n, i % 3);
		report(i);
		use_pages(BIG, n, (i + 1) % 3);
		report(i);
		use_pages(at, n, (i + 2) % 3);
		report(i);
	}
	return 0;
}

/* What traps, in a page of its own. */
u32 g_log_code(u32 at)
{
	u32 (*fn)(void) = (u32(*)(void))at;
	u32 i;

	IO32(at) = 0x41606000; /* di */
	IO32(at + 4) = 0x03e00008; /* jr ra */
	IO32(at + 8) = 0;
	asm volatile("synci 0(%0); sync" : : "r"(at) : "memory");
	fn();
	report(0);
	for (i = 0; i < 40; i++)
		fn();
	report(1);
	for (i = 0; i < 40; i++)
		fn();
	report(IO32(at));
	IO32(at + 12) = 1;
	return IO32(at);
}
