// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that use memory, and those with translation of their own; any.c has more.
 */
#include "guest.h"

/* ---- translation by the guest ----------------------------------------------------- */

/* Short descriptors: remap a section and see that old translations go. */
void g_remap(u32 spare)
{
	volatile u32 *window = (u32 *)0x70000000;
	u32 i;

	mmu_on();
	for (i = 0; i < 8; i++) {
		page_table[0x700] = (spare & 0xfff00000) | (page_table[RAM_BASE >> 20] & 0xfffff);
		page_table[0x700] ^= (i & 1) << 20;
		dsb();
		cp15_write((u32)window, 0, c8, c7, 1); /* TLBIMVA */
		dsb();
		isb();
		*window = 0x1000 + i;
		check_eq(read32(spare ^ (i & 1) << 20), 0x1000 + i);
	}
}

static void handle_window(struct guest_exception *e)
{
	exc_count++;
	check_eq(cp15_read(0, c6, c0, 0), 0x70000004); /* DFAR */
	check_eq(cp15_read(0, c5, c0, 0) & 0x40f, 5); /* DFSR: section translation */
	e->pc += 4;
}

/* A stage 1 fault is the guest's, with its own fault registers. */
void g_stage1_fault(void)
{
	mmu_on();
	page_table[0x700] = 0;
	tlb_flush_all();
	exc_handlers[EXC_DABT] = handle_window;
	read32(0x70000004);
	check_eq(exc_count, 1);
	report(1); /* fault registers live through an exit */
	check_eq(cp15_read(0, c6, c0, 0), 0x70000004);
}

/* LPAE: three 1 GiB blocks and one for devices. */
static u64 lpae_table[4] __attribute__((aligned(32)));

void g_lpae(void)
{
	u32 i;

	for (i = 0; i < 4; i++)
		lpae_table[i] = (u64)i << 30 | 0x701 | (i == 1 ? 0 : 1 << 2);
	cp15_write(0x000004ff, 0, c10, c2, 0); /* 0: write-back, 1: device */
	cp15_write64((u32)lpae_table, 0, c2);
	cp15_write(0x80003500, 0, c2, c0, 2); /* TTBCR: EAE, walks cacheable */
	cp15_write(0, 0, c8, c7, 0);
	dsb();
	isb();
	cp15_write(cp15_read(0, c1, c0, 0) | 0x1805, 0, c1, c0, 0);
	isb();
	report(1);
	check_eq(cp15_read64(0, c2) == (u32)lpae_table, 1);
	check_eq(cp15_read(0, c2, c0, 2), 0x80003500);
	check_eq(read32((u32)&lpae_table[2]), 0x80000705);
}

/*
 * Turn the MMU on with tables that are nowhere.  The fetch that follows faults
 * for ever or the VM is stopped; user space interrupts it.
 */
void g_wild_table(u32 base)
{
	cp15_write(base, 0, c2, c0, 0);
	cp15_write(1, 0, c3, c0, 0);
	cp15_write(0, 0, c8, c7, 0);
	dsb();
	isb();
	cp15_write(cp15_read(0, c1, c0, 0) | 1, 0, c1, c0, 0);
	isb();
	report(1);
}

/* TLB maintenance is for all vcpus: the other one must see the new page. */
static volatile u32 phase;

static void tlb_other(void)
{
	volatile u32 *window = (u32 *)0x70000000;
	u32 i;

	mmu_on();
	for (i = 0; i < 200; i++) {
		wait_for(&phase, 2 * i + 1);
		check_eq(*window, 0xa0 + (i & 1));
		phase = 2 * i + 2;
		dsb();
	}
}

void g_tlb_shootdown(u32 spare)
{
	u32 i;

	mmu_on();
	write32(spare, 0xa0);
	write32(spare + 0x100000, 0xa1);
	cpu_on(1, tlb_other);
	for (i = 0; i < 200; i++) {
		page_table[0x700] = ((spare & 0xfff00000) + ((i & 1) << 20)) |
				    (page_table[RAM_BASE >> 20] & 0xfffff);
		tlb_flush_all();
		phase = 2 * i + 1;
		dsb();
		wait_for(&phase, 2 * i + 2);
	}
}
