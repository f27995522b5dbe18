// SPDX-License-Identifier: GPL-2.0
/*
 * From the owner's memory to a shadow PTE.
 *
 * Read after mmu.c.  A host page is looked up as the owner itself would touch it, with
 * no lock held; whether it is still right is known only under mmu_lock, by the
 * sequence that invalidations advance.  It becomes a PTE of the guest's kseg0, which
 * serves as the map from gfn to host page; other addresses of the guest copy from there.
 */
#include <linux/mm.h>
#include <asm/cacheflush.h>
#include "mips32.h"
#include "../core/trace.h"

struct fault {
	struct ember_memslot *slot;
	gfn_t gfn;
	unsigned long seq;		/* vm->mmu_seq, read before the page was found */
	struct page *page;		/* referenced */
	bool writable;
};

/*
 * Those of @nr pages, at most, that the owner could write without a fault.  Not
 * get_user_pages_fast_only(): kernels that may find a CPU with RIXI have none of the
 * marks in a page table that it wants (ARCH_HAS_PTE_SPECIAL), and it finds nothing.
 */
static long get_present(unsigned long hva, unsigned long nr, struct page **pages)
{
	return get_user_pages_unlocked(hva, nr, pages,
				       FOLL_WRITE | FOLL_NOFAULT | FOLL_HWPOISON);
}

/* Are writes not to be seen? */
static bool writes_freely(const struct ember_memslot *slot)
{
	return !(slot->flags & KVM_MEM_READONLY) && !slot->dirty;
}

/* What is read and may be written, too, needs no second fault for its first write. */
static int fault_get_page(struct fault *f, bool write)
{
	unsigned int flags = FOLL_HWPOISON | (write ? FOLL_WRITE : 0);
	unsigned long hva = ember_gfn_to_hva(f->slot, f->gfn);
	long n;

	f->writable = true;
	if (!write && writes_freely(f->slot) && get_present(hva, 1, &f->page) == 1)
		return 0;
	f->writable = write;
	n = get_user_pages_unlocked(hva, 1, &f->page, flags);
	if (n == 1)
		return 0;
	return n < 0 ? n : -EFAULT;
}

/* Cached as the host's own kseg0 is (Config.K0, PRA 9.40). */
static u32 fault_pte(const struct fault *f)
{
	u32 pte = page_to_pfn(f->page) << SPTE_PFN_SHIFT | SPTE_V;

	pte |= (read_c0_config() & CONF_CM_CMASK) << 3;
	return f->writable ? pte | SPTE_D : pte;
}

/* mmu_lock. */
static void map_page(struct ember_vm *vm, const struct fault *f, u32 *at, bool dirty)
{
	if (mips32_patch_watched(vm, f->gfn))
		dirty = false;
	*at = dirty ? fault_pte(f) : fault_pte(f) & ~SPTE_D;
	if (*at & SPTE_D)
		ember_page_written(f->slot, f->gfn, f->page);
}

/*
 * mmu_lock.  @at, in kseg0: the PTE.  Entries for parts of a group must be gone before
 * there is one for all of it.
 */
static void install_low(struct ember_vm *vm, const struct fault *f, u32 *at, bool write)
{
	bool changed = mips32_large_break(at, f->gfn, &vm->mapped.large);

	if (!(*at & SPTE_V))
		vm->mapped.pages++;
	map_page(vm, f, at, true);
	changed |= mips32_mmu_join(vm, at, f->gfn, write);
	if (changed)
		mips32_mmu_flush(vm);
}

/*
 * mmu_lock.  Where no table was at hand there is no place.  Pages beyond kseg0's reach
 * have as many PTEs as addresses: they are not counted.
 */
static void fault_install(struct mips32_vcpu *v, const struct fault *f, u32 va,
			  bool write, bool dirty)
{
	struct ember_vm *vm = v->vcpu.vm;
	bool low = f->gfn < MIPS32_KSEG0_PAGES;
	u32 *at = low ? mips32_kseg0_make(v, f->gfn) :
			mips32_shadow_make(v, v->cur, va);

	if (!at)
		return;
	vm->nr_faults++;
	if (low)
		install_low(vm, f, at, write);
	else
		map_page(vm, f, at, dirty);
}

/* ---- what is around it ------------------------------------------------------------- */

/*
 * Where the owner's memory is there already, and in one piece, the pages around the one
 * at fault are mapped with it: a group of order 2 (large.h).  Others are not, since the
 * guest has not asked for them, and what is mapped counts as used (mips32_mem_age()).
 */
#define AROUND_PAGES		32

struct around {
	gfn_t gfn;				/* of the first */
	struct page *page[AROUND_PAGES];	/* referenced */
	u32 wanted;				/* bits: not mapped until now */
};

static u32 around_wanted(struct ember_vm *vm, gfn_t gfn)
{
	u32 wanted = 0, i, *pte;

	spin_lock(&vm->mmu_lock);
	pte = mips32_kseg0_pte(to_mips32_vm(vm), gfn);
	for (i = 0; i < AROUND_PAGES; i++)
		if (!pte || !(pte[i] & SPTE_V))
			wanted |= BIT(i);
	spin_unlock(&vm->mmu_lock);
	return wanted;
}

static bool in_one_piece(const struct around *a)
{
	unsigned long first = page_to_pfn(a->page[0]), i;

	for (i = 0; i < AROUND_PAGES; i++)
		if (page_to_pfn(a->page[i]) != first + i)
			return false;
	return !(first % AROUND_PAGES);
}

static void around_put(struct around *a, unsigned int nr)
{
	while (nr--)
		put_page(a->page[nr]);
}

/* False: only the one at fault. */
static bool around_get(struct ember_vm *vm, const struct fault *f, struct around *a)
{
	long n;

	a->gfn = round_down(f->gfn, AROUND_PAGES);
	if (!f->writable || !writes_freely(f->slot) || a->gfn >= MIPS32_KSEG0_PAGES ||
	    (page_to_pfn(f->page) - f->gfn) % AROUND_PAGES ||
	    a->gfn < f->slot->base_gfn ||
	    a->gfn + AROUND_PAGES > f->slot->base_gfn + f->slot->npages)
		return false;
	a->wanted = around_wanted(vm, a->gfn) & ~BIT(f->gfn - a->gfn);
	n = get_present(ember_gfn_to_hva(f->slot, a->gfn), AROUND_PAGES, a->page);
	if (n == AROUND_PAGES && in_one_piece(a))
		return true;
	around_put(a, max(n, 0L));
	return false;
}

static void around_sync(const struct around *a)
{
	unsigned int i;

	for (i = 0; i < AROUND_PAGES; i++)
		if (a->wanted & BIT(i))
			mips32_cache_sync_page(page_address(a->page[i]),
					       (a->gfn + i) << PAGE_SHIFT);
}

/* mmu_lock.  The one at fault is mapped, so there is a table. */
static void around_install(struct ember_vm *vm, const struct fault *f,
			   const struct around *a)
{
	u32 i, *pte = mips32_kseg0_pte(to_mips32_vm(vm), a->gfn);

	for (i = 0; pte && i < AROUND_PAGES; i++) {
		struct fault one = { .slot = f->slot, .gfn = a->gfn + i,
				     .page = a->page[i], .writable = true };

		if (a->wanted & BIT(i) && !(pte[i] & SPTE_V))
			install_low(vm, &one, &pte[i], false);
	}
}

/* ---- a fault ------------------------------------------------------------------------ */

int mips32_page_fault(struct mips32_vcpu *v, struct ember_memslot *slot, gfn_t gfn,
		      u32 va, bool dirty, bool write)
{
	struct fault f = { .slot = slot, .gfn = gfn };
	struct ember_vm *vm = v->vcpu.vm;
	struct around a;
	bool around;
	int ret;

	trace_ember_fault(&v->vcpu, gfn << PAGE_SHIFT, write, va == v->ctxt->pc);
	ret = mips32_shadow_top_up(v);
	if (ret)
		return ret;
	if (write && mips32_patch_watched(vm, f.gfn))
		mips32_patch_undo(v, f.gfn, va);
	f.seq = READ_ONCE(vm->mmu_seq);
	smp_rmb();	/* ember_mmu_retry(): the sequence before the page */
	ret = fault_get_page(&f, write);
	if (ret)
		return ret;
	mips32_cache_sync_page(page_address(f.page),
			       f.gfn < MIPS32_KSEG0_PAGES ? f.gfn << PAGE_SHIFT : va);

	around = around_get(vm, &f, &a);
	if (around)
		around_sync(&a);

	spin_lock(&vm->mmu_lock);
	if (!ember_mmu_retry(vm, f.seq)) {
		fault_install(v, &f, va, write, dirty);
		if (around)
			around_install(vm, &f, &a);
	}
	spin_unlock(&vm->mmu_lock);
	if (around)
		around_put(&a, AROUND_PAGES);
	put_page(f.page);
	return 1;
}
