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

/* A fault on its way from the owner's mapping to stage 2. */
struct s2_fault {
	struct ember_memslot *slot;
	gpa_t ipa;
	unsigned long seq;		/* vm->mmu_seq, read before the page was found */
	struct page *page;		/* referenced */
	bool writable;
	/* What is going to be mapped: a block at level 2, a page at level 3. */
	unsigned int level;
	unsigned long pfn, npages;
	bool clean;			/* the guest sees there what the host wrote */
};

static unsigned long s2_hva(const struct s2_fault *f)
{
	return ember_gfn_to_hva(f->slot, f->ipa >> PAGE_SHIFT);
}

/*
 * The host page behind the fault.  For a read the fast path tries whether it may
 * be written too, so that the first write needs no second fault; not where writes
 * are to be seen.
 */
static int s2_get_page(struct s2_fault *f, bool write)
{
	bool try_write = write || !(f->slot->flags & KVM_MEM_READONLY || f->slot->dirty);
	unsigned int flags = FOLL_HWPOISON | (write ? FOLL_WRITE : 0);
	long n;

	f->writable = try_write;
	if (try_write &&
	    get_user_pages_fast_only(s2_hva(f), 1, FOLL_WRITE, &f->page) == 1)
		return 0;
	f->writable = write;
	n = get_user_pages_unlocked(s2_hva(f), 1, &f->page, flags);
	if (n == 1)
		return 0;
	return n < 0 ? n : -EFAULT;
}

/*
 * Is the page part of a huge one that the owner maps by one entry, such that a
 * stage 2 block can map it too?  Without a lock: the owner's tables stay as long
 * as interrupts are off here, and an entry that changes is an invalidation that
 * ember_mmu_retry() knows of.
 */
static bool s2_block_fits(struct mm_struct *mm, const struct s2_fault *f)
{
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	gfn_t gfn = f->ipa >> PAGE_SHIFT, start = gfn & ~(gfn_t)(S2_BLOCK_PAGES - 1);
	unsigned long flags, hva = s2_hva(f), head = ~0UL;
	const struct ember_memslot *slot = f->slot;
	pgd_t *pgd;
	p4d_t *p4d;
	pud_t *pud;

	BUILD_BUG_ON(PMD_SHIFT != S2_L2_SHIFT);
	if (slot->dirty || start < slot->base_gfn ||
	    start + S2_BLOCK_PAGES > slot->base_gfn + slot->npages ||
	    ((hva >> PAGE_SHIFT) ^ gfn) & (S2_BLOCK_PAGES - 1))
		return false;

	local_irq_save(flags);
	pgd = pgd_offset(mm, hva);
	p4d = p4d_offset(pgd, hva);
	pud = pud_offset(p4d, hva);
	if (pud_present(*pud)) {
		pmd_t pmd = READ_ONCE(*pmd_offset(pud, hva));

		if (pmd_present(pmd) && pmd_leaf(pmd))
			head = pmd_pfn(pmd);
	}
	local_irq_restore(flags);
	/* The page's reference holds all of the huge page that it is part of. */
	return head == (page_to_pfn(f->page) & ~(S2_BLOCK_PAGES - 1));
#else
	return false;
#endif
}

static void s2_size(struct mm_struct *mm, struct s2_fault *f)
{
	f->level = 3;
	f->npages = 1;
	f->pfn = page_to_pfn(f->page);
	if (s2_block_fits(mm, f)) {
		f->level = 2;
		f->npages = S2_BLOCK_PAGES;
		f->pfn &= ~(S2_BLOCK_PAGES - 1);
	}
}

/* The very same memory is there already: a permission or access flag fault. */
static bool s2_was_mapped(struct armv7_vm *avm, const struct s2_fault *f)
{
	unsigned int level;
	u64 *leaf = s2_leaf(avm, f->ipa, &level);

	return leaf && level == f->level &&
	       pte_addr(*leaf) >> PAGE_SHIFT == f->pfn;
}

/* Make the guest see what the host wrote; 2 MiB take a while, so without the lock. */
static void s2_clean(struct armv7_vm *avm, struct s2_fault *f)
{
	struct page *page = pfn_to_page(f->pfn);
	unsigned long i;
	bool mapped;

	spin_lock(&avm->vm.mmu_lock);
	mapped = s2_was_mapped(avm, f);
	spin_unlock(&avm->vm.mmu_lock);
	if (mapped)
		return;
	for (i = 0; i < f->npages; i++) {
		s2_sync_page(page + i);
		cond_resched();
	}
	f->clean = true;
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

static void s2_install(struct armv7_vm *avm, const struct s2_fault *f,
		       struct s2_spare *spare)
{
	u64 leaf = PTE_AF_ | PTE_SH_INNER_ | S2_NORMAL | S2_READ;

	/* What was there when the caches were looked at has gone since. */
	if (!f->clean && !s2_was_mapped(avm, f))
		return;
	avm->vm.nr_faults++;
	if (f->writable)
		leaf |= S2_WRITE;
	leaf |= f->level == 2 ? PTE_BLOCK_ : PTE_PAGE_;
	s2_map(avm, spare, f->ipa, leaf | (u64)f->pfn << PAGE_SHIFT, f->level);
	if (f->writable) {
		s2_page_written(f->page);
		ember_mark_dirty(f->slot, f->ipa >> PAGE_SHIFT);
	}
}

/* Where the fault was not served after all, the guest has it again. */
int armv7_stage2_fault(struct armv7_vcpu *v, struct ember_memslot *slot,
		       gpa_t ipa, bool write)
{
	struct ember_vm *vm = v->vcpu.vm;
	struct s2_fault f = { .slot = slot, .ipa = ipa };
	struct s2_spare spare = {};
	int ret;

	trace_ember_fault(&v->vcpu, ipa, write, HSR_EC(v->ctxt->hsr) == HSR_EC_IABT);
	ret = s2_spare_fill(&spare);
	if (ret)
		goto out;
	f.seq = READ_ONCE(vm->mmu_seq);
	smp_rmb();	/* ember_mmu_retry(): the sequence before the page */
	ret = s2_get_page(&f, write);
	if (ret)
		goto out;
	s2_size(vm->mm, &f);
	s2_clean(to_armv7_vm(vm), &f);

	spin_lock(&vm->mmu_lock);
	if (!ember_mmu_retry(vm, f.seq))
		s2_install(to_armv7_vm(vm), &f, &spare);
	spin_unlock(&vm->mmu_lock);
	put_page(f.page);
	ret = 1;
out:
	s2_spare_free(&spare);
	return ret;
}
