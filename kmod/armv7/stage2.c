// SPDX-License-Identifier: GPL-2.0
/*
 * Stage 2: guest physical to physical (B3.6, B3.13.2).
 *
 * Three levels under a 40-bit input range: 1024 entries of 1 GiB, 512 of
 * 2 MiB, 512 of 4 KiB.  Entries appear when the guest faults (mmu.c) and go
 * when the host's MMU notifier says so; no page is kept.  A table page's
 * reference count is one more than the number of its entries in use, and a
 * table that runs empty is freed, so that a monitor which moves its memslots
 * about cannot fill the host with tables.
 *
 * Locking: vm->mmu_lock for every table but a new one.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/idr.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <asm/cacheflush.h>
#include "armv7.h"
#include "hyp.h"
#include "pte.h"
#include "stage2.h"

#define S2_PGD_ENTRIES	1024
#define S2_PGD_ORDER	1
#define S2_L1_SHIFT	30

/* Pages that are cleaned under one hold of mmu_lock: a fraction of a millisecond. */
#define S2_FLUSH_PAGES	16

#define VTTBR_VMID_SHIFT	48
#define VMID_BITS		8

/* VMID 0 is the host's: VTTBR is 0 while it runs. */
static DEFINE_IDA(vmids);

/* ---- TLB --------------------------------------------------------------------- */

/* Drop all of @vm's translations on every CPU; the tables were changed before. */
static void s2_flush_tlb(struct armv7_vm *avm)
{
	armv7_hyp_flush(HYP_CALL_FLUSH_VM, avm->vttbr);
}

/*
 * Another vcpu of the same VM ran on this CPU before: what it left in the TLB
 * under the same VMID may be of an ASID that means another space to this one.
 * Interrupts off, on the way into the guest.
 */
void notrace armv7_stage2_load(struct armv7_vcpu *v)
{
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	int *last = this_cpu_ptr(avm->last_vcpu);

	if (*last == v->vcpu.idx)
		return;
	if (*last >= 0)
		armv7_hyp_call(HYP_CALL_FLUSH_VM_LOCAL, 0,
			       lower_32_bits(avm->vttbr),
			       upper_32_bits(avm->vttbr));
	*last = v->vcpu.idx;
}

/* ---- caches --------------------------------------------------------------------- */

/*
 * The guest may run with its caches off, and fetches what the host wrote: to
 * the PoC for data (B2.2.6), and out of the instruction caches of all CPUs.
 * v7 instruction caches that are not PIPT are rare and flushed whole.
 */
void s2_sync_page(struct page *page)
{
	void *va = kmap_local_page(page);
	u32 ctr, line, p;

	__cpuc_flush_dcache_area(va, PAGE_SIZE);
	asm volatile("mrc p15, 0, %0, c0, c0, 1" : "=r" (ctr));
	if (((ctr >> 14) & 3) != 3) {
		asm volatile("mcr p15, 0, %0, c7, c1, 0" : : "r" (0)); /* ICIALLUIS */
	} else {
		line = 4U << (ctr & 0xf);
		for (p = (u32)va; p < (u32)va + PAGE_SIZE; p += line)
			asm volatile("mcr p15, 0, %0, c7, c5, 1" : : "r" (p)); /* ICIMVAU */
	}
	dsb(ish);
	isb();
	kunmap_local(va);
}

/* ---- tables ------------------------------------------------------------------------ */

int s2_spare_fill(struct s2_spare *spare)
{
	while (spare->nr < ARRAY_SIZE(spare->table)) {
		u64 *table = (u64 *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

		if (!table)
			return -ENOMEM;
		spare->table[spare->nr++] = table;
	}
	return 0;
}

void s2_spare_free(struct s2_spare *spare)
{
	while (spare->nr)
		free_page((unsigned long)spare->table[--spare->nr]);
}

static u64 *s2_table(u64 entry)
{
	return phys_to_virt(pte_addr(entry));
}

static bool s2_is_table(u64 entry)
{
	return (entry & 3) == PTE_TABLE_;
}

static u64 *s2_l1(struct armv7_vm *avm, gpa_t ipa)
{
	return &avm->pgd[(ipa >> S2_L1_SHIFT) & (S2_PGD_ENTRIES - 1)];
}

static u64 *s2_l2(u64 l1, gpa_t ipa)
{
	return &s2_table(l1)[(ipa >> S2_L2_SHIFT) & 511];
}

static u64 *s2_l3(u64 l2, gpa_t ipa)
{
	return &s2_table(l2)[(ipa >> PAGE_SHIFT) & 511];
}

u64 *s2_leaf(struct armv7_vm *avm, gpa_t ipa, unsigned int *level)
{
	u64 *entry = s2_l1(avm, ipa);

	if (!*entry)
		return NULL;
	entry = s2_l2(*entry, ipa);
	*level = 2;
	if (s2_is_table(*entry)) {
		entry = s2_l3(*entry, ipa);
		*level = 3;
	}
	return *entry ? entry : NULL;
}

/* Table pages that come (@n > 0) and go: in /proc/meminfo and the cgroup's account. */
static void s2_account(struct armv7_vm *avm, const void *table, int n)
{
	avm->vm.mapped.tables += n;
	mod_lruvec_page_state(virt_to_page(table), NR_SECONDARY_PAGETABLE, n);
}

static void s2_free_table(struct armv7_vm *avm, u64 *table)
{
	if (!table)
		return;
	s2_account(avm, table, -1);
	free_page((unsigned long)table);
}

static void s2_hook_table(struct armv7_vm *avm, u64 *entry, struct s2_spare *spare)
{
	u64 *table = spare->table[--spare->nr];

	dsb(ishst);	/* its zeroes before it can be walked */
	pte_set(entry, virt_to_phys(table) | PTE_TABLE_);
	s2_account(avm, table, 1);
}

/* Use or empty an entry of the table page that it lies in. */
static void s2_entry_set(u64 *entry, u64 val)
{
	if (!*entry)
		get_page(virt_to_page(entry));
	pte_set(entry, val);
}

static void s2_entry_clear(u64 *entry)
{
	pte_set(entry, 0);
	put_page(virt_to_page(entry));
}

static unsigned long *s2_leaf_count(struct armv7_vm *avm, unsigned int level)
{
	return level == 2 ? &avm->vm.mapped.blocks : &avm->vm.mapped.pages;
}

/* The same for entries that map memory. */
static void s2_leaf_set(struct armv7_vm *avm, u64 *entry, u64 leaf, unsigned int level)
{
	if (!*entry)
		++*s2_leaf_count(avm, level);
	s2_entry_set(entry, leaf);
}

static void s2_leaf_clear(struct armv7_vm *avm, u64 *entry, unsigned int level)
{
	s2_entry_clear(entry);
	--*s2_leaf_count(avm, level);
}

static bool s2_table_empty(u64 entry)
{
	return page_count(virt_to_page(s2_table(entry))) == 1;
}

/* The tables above @ipa that hold nothing any more; the TLB forgets them first. */
static void s2_prune(struct armv7_vm *avm, gpa_t ipa)
{
	u64 *l1 = s2_l1(avm, ipa), *l2, *l2_table, *l3_table = NULL;

	if (!*l1)
		return;
	l2 = s2_l2(*l1, ipa);
	if (s2_is_table(*l2) && s2_table_empty(*l2)) {
		l3_table = s2_table(*l2);
		s2_entry_clear(l2);
	}
	l2_table = s2_table_empty(*l1) ? s2_table(*l1) : NULL;
	if (l2_table)
		pte_set(l1, 0);
	if (l3_table || l2_table)
		s2_flush_tlb(avm);
	s2_free_table(avm, l3_table);
	s2_free_table(avm, l2_table);
}

/* The end of the level-@shift region that @ipa lies in, at most @end. */
static gpa_t s2_next(gpa_t ipa, gpa_t end, unsigned int shift)
{
	return min(end, (ipa | ((1ULL << shift) - 1)) + 1);
}

/*
 * Call @fn for each leaf entry in [@gfn, @gfn + @npages); @fn may clear the
 * entry.  Returns true if any call did.
 */
static bool s2_for_each(struct armv7_vm *avm, gfn_t gfn, unsigned long npages,
			bool (*fn)(u64 *entry, unsigned int level, void *arg),
			void *arg)
{
	gpa_t ipa = gfn << PAGE_SHIFT;
	gpa_t end = min(ipa + ((gpa_t)npages << PAGE_SHIFT), 1ULL << S2_IPA_BITS);
	bool any = false;
	u64 *l1, *l2;

	while (ipa < end) {
		unsigned int shift = S2_L1_SHIFT;

		l1 = s2_l1(avm, ipa);
		if (*l1) {
			shift = S2_L2_SHIFT;
			l2 = s2_l2(*l1, ipa);
			if (s2_is_table(*l2)) {
				u64 *l3 = s2_l3(*l2, ipa);

				shift = PAGE_SHIFT;
				if (*l3)
					any |= fn(l3, 3, arg);
			} else if (*l2) {
				any |= fn(l2, 2, arg);
			}
		}
		ipa = s2_next(ipa, end, shift);
	}
	return any;
}

/* ---- what the core asks for; mmu_lock held ----------------------------------------- */

static bool s2_unmap_leaf(u64 *entry, unsigned int level, void *avm)
{
	s2_leaf_clear(avm, entry, level);
	return true;
}

void armv7_mem_unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	struct armv7_vm *avm = to_armv7_vm(vm);
	gpa_t ipa = gfn << PAGE_SHIFT;
	gpa_t end = ipa + ((gpa_t)npages << PAGE_SHIFT);

	end = min(end, 1ULL << S2_IPA_BITS);
	if (s2_for_each(avm, gfn, npages, s2_unmap_leaf, avm))
		s2_flush_tlb(avm);
	while (ipa < end) {
		unsigned int shift = *s2_l1(avm, ipa) ? S2_L2_SHIFT : S2_L1_SHIFT;

		s2_prune(avm, ipa);
		ipa = s2_next(ipa, end, shift);
	}
}

static bool s2_protect_leaf(u64 *entry, unsigned int level, void *avm)
{
	if (!(*entry & S2_WRITE))
		return false;
	/* A block goes; what is written next comes back page by page. */
	if (level == 2)
		s2_leaf_clear(avm, entry, level);
	else
		pte_set(entry, *entry & ~S2_WRITE);
	return true;
}

void armv7_mem_write_protect(struct ember_vm *vm, gfn_t gfn,
			     unsigned long npages)
{
	struct armv7_vm *avm = to_armv7_vm(vm);

	if (s2_for_each(avm, gfn, npages, s2_protect_leaf, avm))
		s2_flush_tlb(avm);
}

static bool s2_test_young(u64 *entry, unsigned int level, void *arg)
{
	return *entry & PTE_AF_;
}

/* No flush: an entry that a TLB holds is one that is in use (B3.7.3). */
static bool s2_clear_young(u64 *entry, unsigned int level, void *arg)
{
	bool young = *entry & PTE_AF_;

	if (young)
		pte_set(entry, *entry & ~PTE_AF_);
	return young;
}

bool armv7_mem_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		   bool clear)
{
	return s2_for_each(to_armv7_vm(vm), gfn, npages,
			   clear ? s2_clear_young : s2_test_young, NULL);
}

/*
 * Clean what is mapped of the pages from @gfn to @end (not included), at most a
 * piece that does not hold mmu_lock for long.  Returns where to go on.
 */
static gfn_t s2_flush_some(struct armv7_vm *avm, gfn_t gfn, gfn_t end)
{
	gpa_t ipa = gfn << PAGE_SHIFT;
	unsigned int level, n;
	u64 *leaf;

	if (!*s2_l1(avm, ipa))
		return s2_next(ipa, end << PAGE_SHIFT, S2_L1_SHIFT) >> PAGE_SHIFT;
	if (!*s2_l2(*s2_l1(avm, ipa), ipa))
		return s2_next(ipa, end << PAGE_SHIFT, S2_L2_SHIFT) >> PAGE_SHIFT;
	for (n = 0; n < S2_FLUSH_PAGES && gfn < end; n++, gfn++) {
		leaf = s2_leaf(avm, gfn << PAGE_SHIFT, &level);
		/* Devices (the GIC's virtual CPU interface) have nothing cached. */
		if (leaf && (*leaf & (0xfULL << 2)) == S2_NORMAL)
			s2_sync_page(pfn_to_page((pte_addr(*leaf) >> PAGE_SHIFT) +
					(level == 2 ? gfn & (S2_BLOCK_PAGES - 1) : 0)));
	}
	return gfn;
}

/*
 * Clean and invalidate all that @vm has mapped, for set/way operations and for
 * caches being turned on or off.  vm->srcu held.
 */
void armv7_stage2_flush(struct ember_vm *vm)
{
	struct ember_memslots *slots = ember_memslots(vm);
	unsigned int i;

	for (i = 0; i < slots->nr; i++) {
		gfn_t gfn = slots->slot[i].base_gfn;
		gfn_t end = gfn + slots->slot[i].npages;

		while (gfn < end) {
			spin_lock(&vm->mmu_lock);
			gfn = s2_flush_some(to_armv7_vm(vm), gfn, end);
			spin_unlock(&vm->mmu_lock);
			cond_resched();
		}
	}
}

static void s2_restart_piece(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	spin_lock(&vm->mmu_lock);
	/* A fault under way may have cleaned what was there before. */
	WRITE_ONCE(vm->mmu_seq, vm->mmu_seq + 1);
	armv7_mem_unmap(vm, gfn, npages);
	spin_unlock(&vm->mmu_lock);
	cond_resched();
}

/*
 * A VM that starts again has new contents in its memory, put there through the
 * caches; a guest with its caches off has to fault them in, which cleans them.
 * vm->srcu held.
 */
void armv7_stage2_restart(struct ember_vm *vm)
{
	struct ember_memslots *slots = ember_memslots(vm);
	unsigned int i;

	for (i = 0; i < slots->nr; i++) {
		gfn_t gfn = slots->slot[i].base_gfn;
		gfn_t end = gfn + slots->slot[i].npages;

		for (; gfn < end; gfn += S2_BLOCK_PAGES)
			s2_restart_piece(vm, gfn, min_t(gfn_t, S2_BLOCK_PAGES, end - gfn));
	}
}

/* ---- mapping ------------------------------------------------------------------------- */

/*
 * An entry that changes its address, or stops being a table, is invalid and
 * flushed in between (B3.10.1, break before make).
 */
void s2_map(struct armv7_vm *avm, struct s2_spare *spare, gpa_t ipa, u64 leaf,
	    unsigned int level)
{
	u64 *l1 = s2_l1(avm, ipa), *entry;

	if (!*l1)
		s2_hook_table(avm, l1, spare);
	entry = s2_l2(*l1, ipa);
	if (level == 2 && s2_is_table(*entry)) {
		armv7_mem_unmap(&avm->vm, (ipa >> PAGE_SHIFT) & ~(S2_BLOCK_PAGES - 1),
				S2_BLOCK_PAGES);
		if (!*l1)
			s2_hook_table(avm, l1, spare);
		entry = s2_l2(*l1, ipa);
	}
	if (level == 3) {
		if (*entry && !s2_is_table(*entry)) {
			s2_leaf_clear(avm, entry, 2);
			s2_flush_tlb(avm);
		}
		if (!*entry) {
			get_page(virt_to_page(entry));
			s2_hook_table(avm, entry, spare);
		}
		entry = s2_l3(*entry, ipa);
	}
	if (*entry && *entry != leaf) {
		s2_leaf_clear(avm, entry, level);
		s2_flush_tlb(avm);
	}
	s2_leaf_set(avm, entry, leaf, level);
	dsb(ishst);
}

/*
 * Map [@ipa, @ipa + @size) to device memory at @pa, read-write.  May sleep.
 * 0, -ENOMEM, or -EINVAL when it is not aligned to pages.
 */
int armv7_stage2_map_device(struct ember_vm *vm, gpa_t ipa, phys_addr_t pa,
			    size_t size)
{
	struct s2_spare spare = {};
	int ret = 0;

	if ((ipa | pa | size) & ~PAGE_MASK || ipa + size > 1ULL << S2_IPA_BITS)
		return -EINVAL;
	for (; size && !ret; size -= PAGE_SIZE, ipa += PAGE_SIZE, pa += PAGE_SIZE) {
		ret = s2_spare_fill(&spare);
		if (ret)
			break;
		spin_lock(&vm->mmu_lock);
		s2_map(to_armv7_vm(vm), &spare, ipa,
		       (u64)pa | PTE_PAGE_ | PTE_AF_ | PTE_XN_ | S2_DEVICE |
		       S2_READ | S2_WRITE, 3);
		spin_unlock(&vm->mmu_lock);
	}
	s2_spare_free(&spare);
	return ret;
}

/* ---- the VM's tables ---------------------------------------------------------------------- */

/* A table for @vm and a VMID that no other VM has.  0, -ENOMEM or -ENOSPC. */
int armv7_stage2_init(struct armv7_vm *avm)
{
	unsigned int cpu;
	int vmid;

	avm->last_vcpu = alloc_percpu(int);
	avm->pgd = (u64 *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
					   S2_PGD_ORDER);
	if (!avm->pgd || !avm->last_vcpu)
		goto free;
	for_each_possible_cpu(cpu)
		per_cpu(*avm->last_vcpu, cpu) = -1;
	vmid = ida_alloc_range(&vmids, 1, (1 << VMID_BITS) - 1, GFP_KERNEL);
	if (vmid < 0)
		goto free;
	s2_account(avm, avm->pgd, 1 << S2_PGD_ORDER);
	avm->vttbr = virt_to_phys(avm->pgd) | (u64)vmid << VTTBR_VMID_SHIFT;
	/* What the last owner of the VMID left behind. */
	s2_flush_tlb(avm);
	return 0;
free:
	vmid = avm->pgd && avm->last_vcpu ? vmid : -ENOMEM;
	free_pages((unsigned long)avm->pgd, S2_PGD_ORDER);
	free_percpu(avm->last_vcpu);
	return vmid;
}

void armv7_stage2_destroy(struct armv7_vm *avm)
{
	struct ember_vm *vm = &avm->vm;
	unsigned long npages = 1UL << (S2_L1_SHIFT - PAGE_SHIFT);
	unsigned int i;

	for (i = 0; i < S2_PGD_ENTRIES; i++) {
		spin_lock(&vm->mmu_lock);
		armv7_mem_unmap(vm, (gfn_t)i * npages, npages);
		spin_unlock(&vm->mmu_lock);
		cond_resched();
	}
	ida_free(&vmids, avm->vttbr >> VTTBR_VMID_SHIFT);
	s2_account(avm, avm->pgd, -(1 << S2_PGD_ORDER));
	free_pages((unsigned long)avm->pgd, S2_PGD_ORDER);
	free_percpu(avm->last_vcpu);
}
