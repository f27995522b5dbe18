/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Long-descriptor table entries (B3.6.1, B3.6.2), for Hyp mode's own tables
 * and for stage 2.  The host kernel may use the short format itself, so none
 * of its page-table helpers are used here.
 */
#ifndef EMBER_ARMV7_PTE_H
#define EMBER_ARMV7_PTE_H

#include <linux/bits.h>
#include <linux/types.h>
#include <asm/barrier.h>

#define PTE_VALID_	BIT_ULL(0)
#define PTE_TABLE_	(BIT_ULL(1) | PTE_VALID_)	/* levels 1, 2 */
#define PTE_BLOCK_	PTE_VALID_			/* levels 1, 2 */
#define PTE_PAGE_	(BIT_ULL(1) | PTE_VALID_)	/* level 3 */
#define PTE_ADDR_	GENMASK_ULL(39, 12)
#define PTE_AF_		BIT_ULL(10)
#define PTE_SH_INNER_	(3ULL << 8)
#define PTE_XN_		BIT_ULL(54)

/* Hyp stage 1: AttrIndx in HMAIR0, AP[2:1]; AP[1] should be one. */
#define HYP_PTE_NORMAL	(0ULL << 2)
#define HYP_PTE_AP1	BIT_ULL(6)
#define HYP_PTE_RO	BIT_ULL(7)
#define HYP_PTE_TEXT	(PTE_PAGE_ | PTE_AF_ | PTE_SH_INNER_ | HYP_PTE_NORMAL | \
			 HYP_PTE_AP1 | HYP_PTE_RO)
#define HYP_PTE_DATA	(PTE_PAGE_ | PTE_AF_ | PTE_SH_INNER_ | HYP_PTE_NORMAL | \
			 HYP_PTE_AP1 | PTE_XN_)

/* Stage 2: MemAttr[3:0], HAP[2:1] */
#define S2_NORMAL	(0xfULL << 2)		/* inner and outer write-back */
#define S2_DEVICE	(0x1ULL << 2)
#define S2_READ		BIT_ULL(6)
#define S2_WRITE	BIT_ULL(7)

static inline u64 pte_addr(u64 pte)
{
	return pte & PTE_ADDR_;
}

/*
 * One single-copy atomic store (A3.5.3: LPAE makes STRD to tables one), as a
 * walk may read the entry at any time.
 */
static inline void pte_set(u64 *entry, u64 val)
{
	asm volatile("strd %0, %H0, [%1]" : : "r" (val), "r" (entry) : "memory");
}

#endif
