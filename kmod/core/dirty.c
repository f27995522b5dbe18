// SPDX-License-Identifier: GPL-2.0
/*
 * The dirty log: which pages a guest has written since it was last asked.
 *
 * Read after notifier.c.  A page of a logged slot is mapped for writing only
 * while its bit is set.  KVM_GET_DIRTY_LOG takes bits and write-protects their
 * pages under one hold of mmu_lock, so that every later write faults and is
 * recorded again; with KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 it only looks, and
 * KVM_CLEAR_DIRTY_LOG does the rest.
 */
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

/* Words that are taken under one hold of the lock, and one flush. */
#define PIECE_WORDS	64

/* User space reads whole words; bit order is little-endian everywhere. */
static unsigned long dirty_words(unsigned long npages)
{
	return DIV_ROUND_UP(npages, BITS_PER_LONG);
}

unsigned long *ember_dirty_alloc(unsigned long npages)
{
	return kvcalloc(dirty_words(npages), sizeof(unsigned long),
			GFP_KERNEL_ACCOUNT);
}

void ember_mark_dirty(struct ember_memslot *slot, gfn_t gfn)
{
	if (!slot->dirty)
		return;
	/* What was written is there before the bit says so. */
	smp_mb__before_atomic();
	set_bit_le(gfn - slot->base_gfn, slot->dirty);
}

/*
 * No entry of the owner's ever says that the guest writes, so the page has to, or
 * reclaim throws it away.
 */
void ember_page_written(struct ember_memslot *slot, gfn_t gfn, struct page *page)
{
	if (!PageDirty(page))
		SetPageDirty(page);
	ember_mark_dirty(slot, gfn);
}

/* Move @nr words from @slot's bitmap, from word @first, to @words. */
static void take_words(struct ember_vm *vm, struct ember_memslot *slot,
		       unsigned long first, unsigned int nr,
		       unsigned long *words)
{
	unsigned int i, low = nr, high = 0;
	unsigned long page, npages;

	spin_lock(&vm->mmu_lock);
	for (i = 0; i < nr; i++) {
		words[i] = 0;
		if (!READ_ONCE(slot->dirty[first + i]))
			continue;
		words[i] = xchg(&slot->dirty[first + i], 0);
		low = min(low, i);
		high = i + 1;
	}
	/* Clean pages in between are not writable anyway. */
	if (low < high) {
		page = (first + low) * BITS_PER_LONG;
		npages = min((high - low) * (unsigned long)BITS_PER_LONG,
			     slot->npages - page);
		ember_backend->mem_write_protect(vm, slot->base_gfn + page,
						 npages);
	}
	spin_unlock(&vm->mmu_lock);
}

/* User space could not take them: nothing may be forgotten. */
static void give_back_words(struct ember_memslot *slot, unsigned long first,
			    unsigned int nr, const unsigned long *words)
{
	unsigned long page, pages = nr * (unsigned long)BITS_PER_LONG;

	for (page = 0; page < pages; page++)
		if (test_bit_le(page, words))
			set_bit_le(first * BITS_PER_LONG + page, slot->dirty);
}

/* Without the locks that clearing needs: what is set meanwhile is seen next time. */
static void peek_words(const struct ember_memslot *slot, unsigned long first,
		       unsigned int nr, unsigned long *words)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		words[i] = READ_ONCE(slot->dirty[first + i]);
}

/* KVM_CLEAR_DIRTY_LOG is to follow. */
static int show_log(struct ember_memslot *slot, unsigned long __user *to)
{
	unsigned long total = dirty_words(slot->npages), first;
	unsigned long words[PIECE_WORDS];
	unsigned int nr;

	for (first = 0; first < total; first += nr) {
		nr = min_t(unsigned long, total - first, PIECE_WORDS);
		peek_words(slot, first, nr, words);
		if (copy_to_user(to + first, words, nr * sizeof(*words)))
			return -EFAULT;
	}
	return 0;
}

static int copy_log(struct ember_vm *vm, struct ember_memslot *slot,
		    unsigned long __user *to)
{
	unsigned long total = dirty_words(slot->npages), first;
	unsigned long words[PIECE_WORDS];
	unsigned int nr;

	for (first = 0; first < total; first += nr) {
		nr = min_t(unsigned long, total - first, PIECE_WORDS);
		take_words(vm, slot, first, nr, words);
		if (copy_to_user(to + first, words, nr * sizeof(*words))) {
			give_back_words(slot, first, nr, words);
			return -EFAULT;
		}
		cond_resched();
	}
	return 0;
}

int ember_get_dirty_log(struct ember_vm *vm, const struct kvm_dirty_log *log)
{
	struct ember_memslot *slot;
	int ret = -ENOENT;

	if (log->slot >= EMBER_MAX_SLOTS)
		return -EINVAL;
	mutex_lock(&vm->slots_lock);
	slot = ember_slot_by_id(vm, log->slot);
	if (slot && slot->dirty)
		ret = vm->manual_dirty_log ?
		      show_log(slot, log->dirty_bitmap) :
		      copy_log(vm, slot, log->dirty_bitmap);
	mutex_unlock(&vm->slots_lock);
	return ret;
}

/* ---- KVM_CLEAR_DIRTY_LOG ----------------------------------------------------- */

/*
 * Clear those of @slot's bits that @words has set.  Dirty pages in between become
 * read-only without need: they fault once, and their bit is there.
 */
static void clear_words(struct ember_vm *vm, struct ember_memslot *slot,
			unsigned long first, unsigned int nr,
			const unsigned long *words)
{
	unsigned int i, low = nr, high = 0;
	unsigned long page, npages;

	spin_lock(&vm->mmu_lock);
	for (i = 0; i < nr; i++) {
		atomic_long_t *word = (atomic_long_t *)&slot->dirty[first + i];

		if (!words[i] ||
		    !(atomic_long_fetch_andnot(words[i], word) & words[i]))
			continue;
		low = min(low, i);
		high = i + 1;
	}
	if (low < high) {
		page = (first + low) * BITS_PER_LONG;
		npages = min((high - low) * (unsigned long)BITS_PER_LONG,
			     slot->npages - page);
		ember_backend->mem_write_protect(vm, slot->base_gfn + page,
						 npages);
	}
	spin_unlock(&vm->mmu_lock);
}

static int clear_log(struct ember_vm *vm, struct ember_memslot *slot,
		     const struct kvm_clear_dirty_log *log)
{
	unsigned long first = log->first_page / BITS_PER_LONG;
	unsigned long total = dirty_words(log->num_pages), done;
	unsigned long __user *from = log->dirty_bitmap;
	unsigned long words[PIECE_WORDS];
	unsigned int nr;

	for (done = 0; done < total; done += nr) {
		nr = min_t(unsigned long, total - done, PIECE_WORDS);
		if (copy_from_user(words, from + done, nr * sizeof(*words)))
			return -EFAULT;
		clear_words(vm, slot, first + done, nr, words);
		cond_resched();
	}
	return 0;
}

/* Whole groups of 64 pages, but for the last one of a slot. */
static bool clear_fits(const struct ember_memslot *slot,
		       const struct kvm_clear_dirty_log *log)
{
	return log->first_page <= slot->npages &&
	       log->num_pages <= slot->npages - log->first_page &&
	       (!(log->num_pages & 63) ||
		log->num_pages == slot->npages - log->first_page);
}

int ember_clear_dirty_log(struct ember_vm *vm,
			  const struct kvm_clear_dirty_log *log)
{
	struct ember_memslot *slot;
	int ret = -ENOENT;

	if (log->slot >= EMBER_MAX_SLOTS || log->first_page & 63)
		return -EINVAL;
	mutex_lock(&vm->slots_lock);
	slot = ember_slot_by_id(vm, log->slot);
	if (slot && slot->dirty)
		ret = clear_fits(slot, log) ? clear_log(vm, slot, log) : -EINVAL;
	mutex_unlock(&vm->slots_lock);
	return ret;
}
