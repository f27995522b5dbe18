// SPDX-License-Identifier: GPL-2.0
/*
 * Stage 2 faults: from the owner's mapping to an entry of stage 2.
 *
 * Read after exit.c, and before stage2.c.  The host page is looked up as the
 * owner itself would touch it, with no lock held; whether it is still right
 * is known only under mmu_lock, by the sequence that invalidations advance.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include "armv7.h"
#include "pte.h"
#include "stage2.h"
#include "syndrome.h"
#include "../core/trace.h"

/*
 * The host page behind @hva, with a reference.  @writable tells whether it may
 * be written: asked for a read, the fast path tries for both so that the
 * first write needs no second fault.
 */
static int s2_get_page(unsigned long hva, bool write, bool try_write,
		       struct page **page, bool *writable)
{
	long n;

	*writable = write || try_write;
	if (*writable && get_user_pages_fast_only(hva, 1, FOLL_WRITE, page) == 1)
		return 0;
	*writable = write;
	n = get_user_pages_unlocked(hva, 1, page, write ? FOLL_WRITE : 0);
	if (n == 1)
		return 0;
	return n < 0 ? n : -EFAULT;
}

/*
 * Is @page part of a huge page that the owner maps by one entry, such that a
 * stage 2 block can map it too?  mmu_lock held and no invalidation missed, so
 * the owner's tables cannot change under a walk with interrupts off.
 */
static bool s2_block_fits(struct ember_vm *vm, struct ember_memslot *slot,
			  gfn_t gfn, unsigned long hva)
{
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	gfn_t start = gfn & ~(gfn_t)(S2_BLOCK_PAGES - 1);
	unsigned long flags;
	bool huge = false;
	pgd_t *pgd;
	p4d_t *p4d;
	pud_t *pud;

	BUILD_BUG_ON(PMD_SHIFT != S2_L2_SHIFT);
	if (slot->dirty || start < slot->base_gfn ||
	    start + S2_BLOCK_PAGES > slot->base_gfn + slot->npages ||
	    ((hva >> PAGE_SHIFT) ^ gfn) & (S2_BLOCK_PAGES - 1))
		return false;

	local_irq_save(flags);
	pgd = pgd_offset(vm->mm, hva);
	p4d = p4d_offset(pgd, hva);
	pud = pud_offset(p4d, hva);
	if (pud_present(*pud)) {
		pmd_t pmd = READ_ONCE(*pmd_offset(pud, hva));

		huge = pmd_present(pmd) && pmd_leaf(pmd);
	}
	local_irq_restore(flags);
	return huge;
#else
	return false;
#endif
}

/* The very same memory is there already: a permission or access flag fault. */
static bool s2_was_mapped(struct armv7_vm *avm, gpa_t ipa, unsigned long pfn,
			  unsigned int level)
{
	unsigned int old_level;
	u64 *leaf = s2_leaf(avm, ipa, &old_level);

	return leaf && old_level == level &&
	       pte_addr(*leaf) >> PAGE_SHIFT == pfn;
}

/*
 * The fast path finds an entry of the owner's that may be written and is clean
 * (shared memory that was read first, MADV_FREE).  No entry ever says that the
 * guest writes, so the page has to, or reclaim throws it away.  mmu_lock is held
 * and no invalidation missed: a page whose file system wants to know of writes
 * is dirty as long as that entry may be written, so the flag is all that is needed.
 */
static void s2_page_written(struct page *page)
{
	if (!PageDirty(page))
		SetPageDirty(page);
}

static void s2_install(struct armv7_vcpu *v, struct ember_memslot *slot,
		       struct s2_spare *spare, gpa_t ipa, struct page *page,
		       bool writable)
{
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	gfn_t gfn = ipa >> PAGE_SHIFT;
	unsigned long hva = ember_gfn_to_hva(slot, gfn);
	u64 leaf = PTE_AF_ | PTE_SH_INNER_ | S2_NORMAL | S2_READ;
	unsigned long pfn = page_to_pfn(page), npages = 1;
	unsigned int level = 3;

	if (s2_block_fits(&avm->vm, slot, gfn, hva)) {
		level = 2;
		npages = S2_BLOCK_PAGES;
		pfn &= ~(npages - 1);
	}
	if (writable)
		leaf |= S2_WRITE;
	leaf |= level == 2 ? PTE_BLOCK_ : PTE_PAGE_;
	if (!s2_was_mapped(avm, ipa, pfn, level))
		s2_sync_pages(pfn_to_page(pfn), npages);
	s2_map(avm, spare, ipa, leaf | (u64)pfn << PAGE_SHIFT, level);
	if (writable) {
		s2_page_written(page);
		ember_mark_dirty(slot, gfn);
	}
}

int armv7_stage2_fault(struct armv7_vcpu *v, struct ember_memslot *slot,
		       gpa_t ipa, bool write)
{
	struct ember_vm *vm = v->vcpu.vm;
	unsigned long hva = ember_gfn_to_hva(slot, ipa >> PAGE_SHIFT);
	bool readonly = slot->flags & KVM_MEM_READONLY;
	struct s2_spare spare = {};
	unsigned long seq;
	struct page *page;
	bool writable;
	int ret;

	trace_ember_fault(&v->vcpu, ipa, write, HSR_EC(v->ctxt->hsr) == HSR_EC_IABT);
	ret = s2_spare_fill(&spare);
	if (ret)
		goto out;
	seq = READ_ONCE(vm->mmu_seq);
	smp_rmb();	/* ember_mmu_retry(): the sequence before the page */
	ret = s2_get_page(hva, write, !readonly && !slot->dirty, &page,
			  &writable);
	if (ret)
		goto out;

	spin_lock(&vm->mmu_lock);
	if (!ember_mmu_retry(vm, seq)) {
		vm->nr_faults++;
		s2_install(v, slot, &spare, ipa, page, writable);
	}
	spin_unlock(&vm->mmu_lock);
	put_page(page);
	ret = 1;
out:
	s2_spare_free(&spare);
	return ret;
}
