// SPDX-License-Identifier: GPL-2.0
/*
 * Groups of PTEs that one entry of the host's TLB maps.  Contracts in large.h.
 */
#include "large.h"

static unsigned int order_of(u32 pte)
{
	return (pte >> MIPS32_PTE_SHIFT & (BIT(MIPS32_PTE_SHIFT_BITS) - 1)) / 2;
}

static u32 half_pages(unsigned int order)
{
	return BIT(2 * order);
}

static u32 *group_of(u32 *at, u32 gfn, unsigned int order)
{
	return at - (gfn & (2 * half_pages(order) - 1));
}

static unsigned long pages_of(unsigned int order)
{
	return order ? 2 : 0;
}

static void mark_half(u32 *half, unsigned int order)
{
	u32 i, marks = 0, all = SPTE_D, nr = half_pages(order);

	for (i = 0; i < nr; i++)
		all &= half[i];
	if (order)
		marks = SPTE_LARGE | 2 * order << MIPS32_PTE_SHIFT |
			(all ? SPTE_ALL_D : 0);
	for (i = 0; i < nr; i++)
		half[i] = mips32_pte_plain(half[i]) | marks;
}

static void mark_group(u32 *group, unsigned int order)
{
	mark_half(group, order);
	mark_half(group + half_pages(order), order);
}

/* Four blocks of the order below, one behind the other, and writable with @all_d? */
static bool is_half(const u32 *half, unsigned int order, bool all_d)
{
	u32 i, pte, step = half_pages(order - 1), first = mips32_pte_pfn(half[0]);

	if (first & (half_pages(order) - 1))
		return false;
	for (i = 0; i < 4; i++) {
		pte = half[i * step];
		if (!(pte & SPTE_V) || order_of(pte) < order - 1 ||
		    mips32_pte_pfn(pte) != first + i * step ||
		    (all_d && !mips32_pte_writable(pte)))
			return false;
	}
	return true;
}

static bool is_group(const u32 *group, unsigned int order, const u32 *at, bool write)
{
	const u32 *second = group + half_pages(order);

	return is_half(group, order, write && at < second) &&
	       is_half(second, order, write && at >= second);
}

bool mips32_large_join(u32 *at, u32 gfn, bool write, unsigned long *large)
{
	unsigned int order;
	u32 *group;

	for (order = 1; order <= MIPS32_LARGE_MAX; order++) {
		group = group_of(at, gfn, order);
		if (!is_group(group, order, at, write))
			break;
		mark_group(group, order);
		*large += pages_of(order) - 4 * pages_of(order - 1);
	}
	return order > 1;
}

/* Its parts stay, but for the one that @at is in. */
bool mips32_large_break(u32 *at, u32 gfn, unsigned long *large)
{
	unsigned int i, order = order_of(*at);
	u32 *group;

	if (!order)
		return false;
	for (; order; order--) {
		group = group_of(at, gfn, order);
		for (i = 0; i < 4; i++)
			mark_group(group + i * 2 * half_pages(order - 1), order - 1);
		*large += 4 * pages_of(order - 1) - pages_of(order);
	}
	return true;
}

void mips32_large_protect(u32 *at, u32 gfn)
{
	if (*at & SPTE_ALL_D)
		mark_group(group_of(at, gfn, order_of(*at)), order_of(*at));
}
