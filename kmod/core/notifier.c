// SPDX-License-Identifier: GPL-2.0
/*
 * The host's MMU notifier: guests keep no page that the host wants back.
 *
 * Read after memslot.c.  Nothing is pinned: a second-stage fault looks a page
 * up in the owner's mm and maps it; here the mapping goes when the host's own
 * does.  The two are ordered by vm->mmu_seq and vm->mmu_invalidating, see
 * ember_mmu_retry().
 *
 * No change_pte (kernels before 6.10 have it): what calls it also invalidates
 * the page around the change.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include "core.h"

static struct ember_vm *to_vm(struct mmu_notifier *mn)
{
	return container_of(mn, struct ember_vm, mmu_notifier);
}

/*
 * Call @fn for the guest frames behind [@start, @end) in every slot; the same
 * page may be in more than one.  mmu_lock held.
 */
static bool for_hva_range(struct ember_vm *vm, unsigned long start,
			  unsigned long end, ember_gfn_fn fn, bool may_sleep)
{
	struct ember_memslots *slots = ember_memslots(vm);
	struct ember_memslot *slot;
	bool ret = false;

	for (slot = slots->slot; slot < slots->slot + slots->nr; slot++) {
		unsigned long low = max(start & PAGE_MASK, slot->hva);
		unsigned long high = min(PAGE_ALIGN(end), slot->hva +
					 slot->npages * PAGE_SIZE);

		if (low < high)
			ret |= ember_for_gfns(vm, slot->base_gfn +
					      ((low - slot->hva) >> PAGE_SHIFT),
					      (high - low) >> PAGE_SHIFT,
					      fn, may_sleep);
	}
	return ret;
}

static bool unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	ember_backend->mem_unmap(vm, gfn, npages);
	return false;
}

static bool age(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	return ember_backend->mem_age(vm, gfn, npages, true);
}

static bool test_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	return ember_backend->mem_age(vm, gfn, npages, false);
}

/* ---- invalidation ----------------------------------------------------------- */

bool ember_mmu_retry(struct ember_vm *vm, unsigned long seq)
{
	lockdep_assert_held(&vm->mmu_lock);
	return vm->mmu_invalidating || vm->mmu_seq != seq;
}

/* No fault maps a page of the range again until invalidate_end(). */
static int invalidate_start(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	struct ember_vm *vm = to_vm(mn);
	int idx = srcu_read_lock(&vm->srcu);

	spin_lock(&vm->mmu_lock);
	vm->mmu_invalidating++;
	for_hva_range(vm, range->start, range->end, unmap,
		      mmu_notifier_range_blockable(range));
	spin_unlock(&vm->mmu_lock);
	srcu_read_unlock(&vm->srcu, idx);
	return 0;
}

static void invalidate_end(struct mmu_notifier *mn,
			   const struct mmu_notifier_range *range)
{
	struct ember_vm *vm = to_vm(mn);

	spin_lock(&vm->mmu_lock);
	/* Who reads the new sequence finds the owner's tables as they are now. */
	smp_mb__after_spinlock();
	/* A fault that looked up its page before is now too late. */
	WRITE_ONCE(vm->mmu_seq, vm->mmu_seq + 1);
	vm->mmu_invalidating--;
	spin_unlock(&vm->mmu_lock);
}

/* The owner's address space goes, while descriptors may still be open. */
static void release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct ember_vm *vm = to_vm(mn);
	int idx = srcu_read_lock(&vm->srcu);

	spin_lock(&vm->mmu_lock);
	WRITE_ONCE(vm->mmu_seq, vm->mmu_seq + 1);
	for_hva_range(vm, 0, -PAGE_SIZE, unmap, true);
	spin_unlock(&vm->mmu_lock);
	srcu_read_unlock(&vm->srcu, idx);
}

/* ---- aging -------------------------------------------------------------------- */

static int age_range(struct mmu_notifier *mn, unsigned long start,
		     unsigned long end, ember_gfn_fn fn)
{
	struct ember_vm *vm = to_vm(mn);
	int idx = srcu_read_lock(&vm->srcu);
	bool young;

	/* Called under the page table lock: no sleeping. */
	spin_lock(&vm->mmu_lock);
	young = for_hva_range(vm, start, end, fn, false);
	spin_unlock(&vm->mmu_lock);
	srcu_read_unlock(&vm->srcu, idx);
	return young;
}

static int clear_flush_young(struct mmu_notifier *mn, struct mm_struct *mm,
			     unsigned long start, unsigned long end)
{
	return age_range(mn, start, end, age);
}

/* Without a flush: an access may go unseen, which costs nothing but accuracy. */
static int clear_young(struct mmu_notifier *mn, struct mm_struct *mm,
		       unsigned long start, unsigned long end)
{
	return age_range(mn, start, end, age);
}

static int test_young(struct mmu_notifier *mn, struct mm_struct *mm,
		      unsigned long address)
{
	return age_range(mn, address, address + PAGE_SIZE, test_age);
}

static const struct mmu_notifier_ops notifier_ops = {
	.invalidate_range_start = invalidate_start,
	.invalidate_range_end = invalidate_end,
	.clear_flush_young = clear_flush_young,
	.clear_young = clear_young,
	.test_young = test_young,
	.release = release,
};

/* A signal interrupts registration; KVM_CREATE_VM is then begun again. */
int ember_notifier_register(struct ember_vm *vm)
{
	int ret;

	vm->mmu_notifier.ops = &notifier_ops;
	ret = mmu_notifier_register(&vm->mmu_notifier, vm->mm);
	return ret == -EINTR ? -ERESTARTNOINTR : ret;
}

void ember_notifier_unregister(struct ember_vm *vm)
{
	mmu_notifier_unregister(&vm->mmu_notifier, vm->mm);
}
