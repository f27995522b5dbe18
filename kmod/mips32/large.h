/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadow PTEs, and large entries of the host's TLB for those of the guest's kseg0.
 *
 * An entry of a MIPS TLB maps two pages of 4^n times 4 KiB, each aligned (PRA 4.9,
 * 9.12).  Where PTEs of kseg0 make up two such pages they are a group of order n: each
 * keeps what it is, with the order beside it, and the refill handler (enter.S) loads
 * one entry for all of them, from the first PTE of each half.  A half is writable
 * there when all its pages are.  Pure C.
 *
 * No two entries of a TLB may match one address (PRA 4.9.3), so who makes a group or
 * breaks one flushes before the guest runs on, and nothing else refills until then.
 */
#ifndef EMBER_MIPS32_LARGE_H
#define EMBER_MIPS32_LARGE_H

/* An EntryLo with G clear up to here; without V it may hold a mark.  Above that: */
#define MIPS32_PTE_BITS		26
#define MIPS32_PTE_ALL_D	26	/* its half may be written */
#define MIPS32_PTE_SHIFT	27	/* a half has 2^this pages */
#define MIPS32_PTE_SHIFT_BITS	4
#define MIPS32_PTE_LARGE	31	/* it is in a group, as the sign tells */

#ifndef __ASSEMBLY__
#include "../lib/pure.h"

#define SPTE_V			BIT(1)
#define SPTE_D			BIT(2)
#define SPTE_PFN_SHIFT		6
/* The guest's TLB has something here, but it isn't mapped. */
#define SPTE_MARK		BIT(SPTE_PFN_SHIFT)
#define SPTE_ALL_D		BIT(MIPS32_PTE_ALL_D)
#define SPTE_LARGE		BIT(MIPS32_PTE_LARGE)

#define MIPS32_LARGE_MAX	4	/* the largest order: twice 1 MiB */

/* Without what concerns a group. */
static inline u32 mips32_pte_plain(u32 pte)
{
	return pte & ((u32)BIT(MIPS32_PTE_BITS) - 1);
}

static inline u32 mips32_pte_pfn(u32 pte)
{
	return mips32_pte_plain(pte) >> SPTE_PFN_SHIFT;
}

/* May the guest write there, by the entry that the TLB gets? */
static inline bool mips32_pte_writable(u32 pte)
{
	return pte & (pte & SPTE_LARGE ? SPTE_ALL_D : SPTE_D);
}

/*
 * @at is the PTE of frame @gfn, in a table that begins at a frame of which the largest
 * group is a divisor; the lock of the tables is held.
 *
 * mips32_large_join: it has become known, by a @write or not.  Does that make a group, or
 * a larger one?  Not one in which what is written cannot be.
 * mips32_large_break: it is going to change, and is in no group any more.  Was it?
 * mips32_large_protect: it has lost SPTE_D.
 *
 * @large counts large pages, two for each group.
 */
bool mips32_large_join(u32 *at, u32 gfn, bool write, unsigned long *large);
bool mips32_large_break(u32 *at, u32 gfn, unsigned long *large);
void mips32_large_protect(u32 *at, u32 gfn);
#endif

#endif
