// SPDX-License-Identifier: GPL-2.0
/*
 * TLB exceptions: where the guest's address leads, and what the host wants back.
 *
 * Read after exit.c, before fault.c, which brings the host's page, and shadow.c.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include "mips32.h"

/* ---- where an address leads ------------------------------------------------------ */

/* What the guest's own translation says (PRA 4.3, 6.2). */
struct route {
	gpa_t gpa;
	bool dirty;		/* the guest lets it be written without Mod */
};

static bool in_kseg0(u32 va)
{
	return va >= MIPS32_KSEG0 && va < MIPS32_KSEG23;
}

static int route_mapped(struct mips32_vcpu *v, u32 va, bool write, struct route *r)
{
	enum mips32_exc exc = write ? MIPS32_EXC_TLBS : MIPS32_EXC_TLBL;
	u32 lo = 0;
	int idx;

	spin_lock(&v->vcpu.vm->mmu_lock);
	idx = mips32_tlb_find(v, va);
	if (idx >= 0) {
		lo = mips32_tlb_lo(v, idx, va);
		r->gpa = mips32_tlb_gpa(v, idx, va);
	}
	spin_unlock(&v->vcpu.vm->mmu_lock);
	if (idx < 0) {
		ember_count_exit(&v->vcpu, MIPS32_EXIT_INJECT_REFILL);
		return mips32_inject_tlb(v, exc, va, true);
	}
	if (!(lo & SPTE_V))
		return mips32_inject_tlb(v, exc, va, false);
	r->dirty = lo & SPTE_D;
	if (write && !r->dirty)
		return mips32_inject_tlb(v, MIPS32_EXC_MOD, va, false);
	return 0;
}

/* 0, or an exception was delivered: 1. */
static int route(struct mips32_vcpu *v, u32 va, bool write, struct route *r)
{
	if (va >= (mips32_kernel_mode(v) ? MIPS32_GUEST_END : MIPS32_USER_END))
		return mips32_inject_address(v, write ? MIPS32_EXC_ADES :
					     MIPS32_EXC_ADEL, va);
	if (!in_kseg0(va))
		return route_mapped(v, va, write, r);
	r->gpa = va - MIPS32_KSEG0;
	r->dirty = true;
	return 0;
}

int mips32_translate(struct mips32_vcpu *v, u32 va, bool write, gpa_t *gpa)
{
	struct route r;
	int ret = route(v, va, write, &r);

	*gpa = r.gpa;
	return ret;
}

/* Not found by the refill handler: see comm.c. */
static bool is_low(struct mips32_vcpu *v, u32 va)
{
	return v->low && va < BIT(MIPS32_PGD_SHIFT) && mips32_kernel_mode(v);
}

/* ---- TLB exceptions ------------------------------------------------------------------ */

/*
 * NOT DONE: groups on a host with several CPUs.  Another one may refill from the group
 * before it has come out of its guest, over entries of parts of it; there they would have
 * to be hidden first, and made after the flush.
 */
bool mips32_mmu_join(struct ember_vm *vm, u32 *pte, gfn_t gfn, bool write)
{
	return num_possible_cpus() == 1 &&
	       mips32_large_join(pte, gfn, write, &vm->mapped.large);
}

/*
 * The TLB has an entry of before there was a group, or one for a half that has pages
 * that must not be written to: this one may.  False: with interrupts on.
 */
static bool map_large(struct mips32_vcpu *v, u32 *pte, gfn_t gfn, bool write)
{
	struct ember_vm *vm = v->vcpu.vm;

	if (v->quick)
		return false;
	if (write && !mips32_pte_writable(*pte)) {
		mips32_large_break(pte, gfn, &vm->mapped.large);
		mips32_mmu_join(vm, pte, gfn, true);
	}
	mips32_mmu_flush(vm);
	return true;
}

/*
 * Is the host page known?  Then @va is mapped.  A PTE that is right already means
 * that the TLB has one that was right before.
 */
static bool map_known(struct mips32_vcpu *v, u32 va, const struct route *r,
		      bool write)
{
	u32 *known, *pte, have;
	bool done = false;

	spin_lock(&v->vcpu.vm->mmu_lock);
	known = mips32_kseg0_pte(to_mips32_vm(v->vcpu.vm), r->gpa >> PAGE_SHIFT);
	pte = in_kseg0(va) ? known : mips32_shadow_pte(v->cur, va);
	have = known ? *known : pte ? *pte : 0;
	if (!(have & SPTE_V) || (write && !(have & SPTE_D)))
		goto out;
	if (in_kseg0(va))
		pte = mips32_kseg0_make(v, r->gpa >> PAGE_SHIFT);
	else if (!pte)
		pte = mips32_shadow_make(v, v->cur, va);
	if (!pte)
		goto out;
	if (in_kseg0(va) && have & SPTE_LARGE) {
		done = map_large(v, pte, r->gpa >> PAGE_SHIFT, write);
		goto out;
	}
	*pte = mips32_pte_plain(r->dirty ? have : have & ~SPTE_D);
	if (v->quick)
		mips32_shadow_refresh(v, va);
	else if (is_low(v, va))
		mips32_comm_map_low(v, va);
	done = true;
out:
	spin_unlock(&v->vcpu.vm->mmu_lock);
	return done;
}

/* Nothing to fetch from a device: a bus error, as of a bus. */
static bool is_fetch(struct mips32_vcpu *v, u32 va)
{
	return va == v->ctxt->pc ||
	       (v->ctxt->cause & CAUSEF_BD && va == v->ctxt->pc + 4);
}

/* The guest kernel's access of its own memory at the comm page's addresses. */
static int own_pages(struct mips32_vcpu *v, u32 va, bool write)
{
	struct route r;

	if (route(v, va, write, &r))
		return 1;
	if (v->quick)
		return MIPS32_LATER;
	if (write && mips32_patch_watched(v->vcpu.vm, r.gpa >> PAGE_SHIFT))
		mips32_patch_undo(v, r.gpa >> PAGE_SHIFT, va);
	return is_fetch(v, va) ? mips32_inject(v, MIPS32_EXC_IBE) :
				 mips32_comm_other(v, r.gpa);
}

/* Between two turns: has the refill handler just seen that nothing is known of it? */
static bool is_new(struct mips32_vcpu *v, u32 va)
{
	return v->quick && v->code == MIPS32_CODE_REFILL && in_kseg0(va);
}

int mips32_tlb_fault(struct mips32_vcpu *v, u32 va, bool write)
{
	struct ember_memslot *slot;
	struct route r;
	int ret;

	if (mips32_comm_hit(v, va)) {
		ret = mips32_comm_fault(v, va, write);
		if (ret)
			return ret;
		return own_pages(v, va, write);
	}
	if (route(v, va, write, &r))
		return 1;
	if (!is_new(v, va) && map_known(v, va, &r, write))
		return 1;
	if (v->quick)
		return MIPS32_LATER;
	ember_count_exit(&v->vcpu, MIPS32_EXIT_MAP);
	slot = ember_gfn_to_slot(v->vcpu.vm, r.gpa >> PAGE_SHIFT);
	if (slot && !(write && slot->flags & KVM_MEM_READONLY))
		return mips32_page_fault(v, slot, r.gpa >> PAGE_SHIFT, va, r.dirty, write);
	if (!slot && is_fetch(v, va))
		return mips32_inject(v, MIPS32_EXC_IBE);
	return mips32_mmio(v, r.gpa);
}

/* The host's unmapped segments, kseg0 and kseg1. */
static bool is_unmapped(u32 va)
{
	return va >> 30 == 2;
}

int mips32_address_error(struct mips32_vcpu *v, enum mips32_exc exc, u32 va)
{
	if (!is_unmapped(va) || !mips32_kernel_mode(v) || is_fetch(v, va))
		return mips32_inject_address(v, exc, va);
	if (v->quick)
		return MIPS32_LATER;
	return mips32_mmio(v, CPHYSADDR(va));
}

/* ---- the host's wishes: mmu_lock held ------------------------------------------------- */

/*
 * No TLB has what was in the tables: no vcpu of @vm is entered with the ASIDs that
 * it had, and one that runs on another CPU has come out when this returns.  Not
 * necessarily out of its turn: it may be waiting for mmu_lock.
 */
void mips32_mmu_flush(struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	/* Who takes a new ASID after this fills the TLB from the PTEs as they are now. */
	smp_mb();
	ember_for_each_vcpu(i, vcpu, vm)
		mips32_shadow_forget_asids(to_mips32(vcpu));
	/* Pairs with the barrier between v->entered and the ASID, backend.c. */
	smp_mb();
	ember_for_each_vcpu(i, vcpu, vm) {
		if (!READ_ONCE(to_mips32(vcpu)->entered))
			continue;
		ember_vcpu_kick(vcpu);
		while (READ_ONCE(to_mips32(vcpu)->entered))
			cpu_relax();
	}
}

/*
 * Those of the guest's kseg0 from [@gfn, @gfn + @npages) that have one of @bits
 * keep @keep of their own.
 */
static bool change_kseg0(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
			 u32 bits, u32 keep)
{
	gfn_t end = min_t(gfn_t, gfn + npages, MIPS32_KSEG0_PAGES);
	bool found = false;
	u32 *pte;

	for (; gfn < end; gfn++) {
		pte = mips32_kseg0_pte(to_mips32_vm(vm), gfn);
		if (!pte) {
			gfn |= 1023;
			continue;
		}
		if (!(*pte & SPTE_V) || !(*pte & bits))
			continue;
		found = true;
		if (!keep) {
			mips32_large_break(pte, gfn, &vm->mapped.large);
			vm->mapped.pages--;
		}
		*pte &= keep;
		if (!(keep & SPTE_D))
			mips32_large_protect(pte, gfn);
	}
	return found;
}

static bool unmap_mapped(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
			 bool only_look)
{
	struct ember_vcpu *vcpu;
	bool found = false;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm)
		found |= mips32_tlb_unmap(to_mips32(vcpu), gfn, npages, only_look);
	return found;
}

/*
 * May a cache have something of these pages?  Beyond kseg0 they are forgotten with the
 * guest's TLB entries for them, so nobody knows.
 */
static bool in_caches(struct ember_vm *vm, gfn_t gfn, unsigned long npages, bool found)
{
	return found || to_mips32_vm(vm)->lines_left ||
	       gfn + npages > MIPS32_KSEG0_PAGES;
}

void mips32_mem_unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	bool found = change_kseg0(vm, gfn, npages, ~0, 0);

	found |= unmap_mapped(vm, gfn, npages, false);
	if (found)
		mips32_mmu_flush(vm);
	if (in_caches(vm, gfn, npages, found)) {
		mips32_cache_leave();
		to_mips32_vm(vm)->lines_left = false;
	}
}

void mips32_mem_write_protect(struct ember_vm *vm, gfn_t gfn,
			      unsigned long npages)
{
	bool found = change_kseg0(vm, gfn, npages, SPTE_D, ~SPTE_D);

	found |= unmap_mapped(vm, gfn, npages, false);
	if (found)
		mips32_mmu_flush(vm);
	if (in_caches(vm, gfn, npages, found))
		mips32_cache_write_back();
}

/*
 * There is no mark of access: what is mapped counts, and is not any more.  It stays the
 * guest's, so its lines may wait until it goes.
 */
bool mips32_mem_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		    bool clear)
{
	bool young = change_kseg0(vm, gfn, npages, ~0, clear ? 0 : ~0);

	young |= unmap_mapped(vm, gfn, npages, !clear);
	if (young && clear) {
		mips32_mmu_flush(vm);
		to_mips32_vm(vm)->lines_left = true;
	}
	return young;
}

void mips32_mmu_destroy(struct mips32_vm *mvm)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mvm->kseg0); i++)
		free_page((unsigned long)mvm->kseg0[i]);
}
