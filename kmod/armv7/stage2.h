/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stage 2 tables, as mmu.c fills them.  vm->mmu_lock is held unless said
 * otherwise.
 */
#ifndef EMBER_ARMV7_STAGE2_H
#define EMBER_ARMV7_STAGE2_H

#include "armv7.h"

#define S2_IPA_BITS	40
#define S2_L2_SHIFT	21
#define S2_BLOCK_PAGES	(1UL << (S2_L2_SHIFT - PAGE_SHIFT))

/* Tables for one s2_map(), allocated before mmu_lock is taken. */
struct s2_spare {
	unsigned int nr;
	u64 *table[2];
};

/* Without the lock; 0 or -ENOMEM. */
int s2_spare_fill(struct s2_spare *spare);
void s2_spare_free(struct s2_spare *spare);

/* The entry that maps @ipa and its level, 2 or 3; NULL: none. */
u64 *s2_leaf(struct armv7_vm *avm, gpa_t ipa, unsigned int *level);
/*
 * Make @ipa map to what @leaf says at @level, 2 (a block; @ipa anywhere in it)
 * or 3, in place of what was there.  @spare is full.
 */
void s2_map(struct armv7_vm *avm, struct s2_spare *spare, gpa_t ipa, u64 leaf,
	    unsigned int level);
/* What the host has written there is what the guest reads and fetches; no lock. */
void s2_sync_page(struct page *page);

#endif
