// SPDX-License-Identifier: GPL-2.0
/*
 * TLB misses: from the guest's TLB and the owner's mapping to an entry of the host's.
 *
 * Read after shadow.c.  A host page is looked up as the owner itself would touch it, with
 * no lock held; whether it is still right is known only under mmu_lock, by the sequence
 * that invalidations advance.  It goes into the VM's map, by guest frame number, and
 * misses are served from there.
 *
 * Where pages that are neighbours are so in host memory, too, one larger entry of the TLB
 * serves for all of them: each word of the map says how large a group it is in.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include <asm/cacheflush.h>
#include <asm/io.h>
#include <asm/mmu.h>
#include "ppc440.h"
#include "../core/trace.h"

/* A word of the map: the page's address, and below that */
#define MAP_V			BIT(0)
#define MAP_W			BIT(1)	/* may be written */
#define MAP_ORDER_SHIFT		2	/* it is in a group of 4^n pages */
#define MAP_ORDER		(7u << MAP_ORDER_SHIFT)
#define MAP_X			BIT(5)	/* holds translated code: to be run only */
#define MAX_ORDER_MAP		4	/* 1 MiB */

/* ---- the map: mmu_lock --------------------------------------------------------------- */

static u32 *map_at(struct ember_vm *vm, u32 gfn)
{
	u32 *table = to_ppc440_vm(vm)->map[gfn / PPC440_MAP_SIZE];

	return table ? &table[gfn % PPC440_MAP_SIZE] : NULL;
}

static unsigned int order_of(u32 word)
{
	return (word & MAP_ORDER) >> MAP_ORDER_SHIFT;
}

static void set_order(u32 *group, unsigned int n, unsigned int order)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		group[i] = (group[i] & ~MAP_ORDER) | order << MAP_ORDER_SHIFT;
}

/* No table is smaller than the largest group, so groups do not cross tables. */
static u32 *group_of(u32 *at, u32 gfn, unsigned int order)
{
	return at - (gfn & (BIT(2 * order) - 1));
}

/* Parts of the order below that are in place, alike in kind, in a row? */
static bool is_group(const u32 *group, unsigned int order)
{
	unsigned int i, step = BIT(2 * (order - 1));
	u32 first = group[0], bytes = step << PAGE_SHIFT;

	if (first & PAGE_MASK & (4 * bytes - 1))
		return false;
	for (i = 0; i < 4; i++)
		if (order_of(group[i * step]) < order - 1 ||
		    (group[i * step] & ~MAP_ORDER) != (first & ~MAP_ORDER) + i * bytes)
			return false;
	return first & MAP_V;
}

/* What a group counts in mapped.large. */
static unsigned long large_pages(unsigned int order)
{
	return order ? 1 : 0;
}

/* Entries for parts of a group must be gone before there is one for all of it. */
static void join_groups(struct ember_vm *vm, u32 *at, u32 gfn)
{
	unsigned int order;
	u32 *group, pages;

	for (order = 1; order <= MAX_ORDER_MAP; order++) {
		group = group_of(at, gfn, order);
		pages = BIT(2 * order);
		if (!is_group(group, order))
			return;
		set_order(group, pages, order);
		vm->mapped.large += large_pages(order) -
				    4 * large_pages(order - 1);
		ppc440_shadow_drop_all(vm);
	}
}

/* @at is in no group any more; the parts that it is not in stay groups. */
static void break_groups(struct ember_vm *vm, u32 *at, u32 gfn)
{
	unsigned int order;

	for (order = order_of(*at); order; order--) {
		set_order(group_of(at, gfn, order), BIT(2 * order), order - 1);
		vm->mapped.large += 4 * large_pages(order - 1) -
				    large_pages(order);
	}
}

__ember_hot void *ppc440_mmu_page(struct ember_vm *vm, gfn_t gfn)
{
	u32 *at = gfn < PPC440_GFNS ? map_at(vm, gfn) : NULL;

	return at && *at & MAP_V ? phys_to_virt(*at & PAGE_MASK) : NULL;
}

/* ---- where an address leads -------------------------------------------------- */

/* What the guest's own translation says. */
struct route {
	gpa_t gpa;
	u32 mask;		/* of the guest's page */
	u32 attrib;		/* UX, UW, UR for the mode it is in; E */
	bool of_user;
};

static u32 attrib_for(struct ppc440_vcpu *v, const struct ppc440_tlbe *e)
{
	u32 rights = v->msr & MSR_PR ? e->attrib : e->attrib << 3;

	return (rights & (PPC44x_TLB_UX | PPC44x_TLB_UW | PPC44x_TLB_UR)) |
	       (e->attrib & PPC44x_TLB_E);
}

static u32 needed(bool fetch, bool write)
{
	return fetch ? PPC44x_TLB_UX : write ? PPC44x_TLB_UW : PPC44x_TLB_UR;
}

static int no_entry(struct ppc440_vcpu *v, u32 va, bool fetch, bool write)
{
	ember_count_exit(&v->vcpu, fetch ? PPC440_EXIT_INJECT_ITLB :
					   PPC440_EXIT_INJECT_DTLB);
	return ppc440_inject_storage(v, fetch ? PPC440_IVOR_ITLB : PPC440_IVOR_DTLB,
				     va, write ? ESR_ST : 0);
}

static int no_right(struct ppc440_vcpu *v, u32 va, bool fetch, bool write)
{
	ember_count_exit(&v->vcpu, PPC440_EXIT_INJECT_STORAGE);
	return ppc440_inject_storage(v, fetch ? PPC440_IVOR_ISI : PPC440_IVOR_DSI,
				     va, write ? ESR_ST : 0);
}

/* 0, or an interrupt was delivered: 1. */
static int route(struct ppc440_vcpu *v, u32 va, bool fetch, bool write,
		 struct route *r)
{
	const struct ppc440_tlbe *e;
	int idx = ppc440_tlb_find(v, va, v->msr & (fetch ? MSR_IS : MSR_DS), v->pid);

	if (idx < 0)
		return no_entry(v, va, fetch, write);
	e = &v->tlb[idx];
	r->attrib = attrib_for(v, e);
	if (!(r->attrib & needed(fetch, write)))
		return no_right(v, va, fetch, write);
	r->gpa = ppc440_tlbe_gpa(e, va);
	r->mask = ppc440_tlbe_mask(e);
	r->of_user = e->tid;
	return 0;
}

__ember_hot bool ppc440_mmu_translate(struct ppc440_vcpu *v, u32 va, bool as, gpa_t *gpa,
				      bool *e_bit)
{
	int idx = ppc440_tlb_find(v, va, as, v->pid);

	if (idx < 0)
		return false;
	*gpa = ppc440_tlbe_gpa(&v->tlb[idx], va);
	*e_bit = v->tlb[idx].attrib & PPC44x_TLB_E;
	return true;
}

/* ---- a page that is known ---------------------------------------------------- */

/*
 * The guest's page may be smaller than a page, and a group larger than the guest's.
 * Translated pages have rights of their own.
 */
static u32 mapping_mask(const struct ppc440_vcpu *v, u32 va, const struct route *r,
			u32 word)
{
	u32 mask = (PAGE_SIZE << (word & MAP_X ? 0 : 2 * order_of(word))) - 1;

	while (mask > r->mask)
		mask >>= 2;
	/* Nothing lies over the magic page, which is not the guest's own. */
	if (unlikely(v->magic_ea != PPC440_NO_EA && !((v->magic_ea ^ va) & ~mask)))
		mask = min_t(u32, mask, PAGE_SIZE - 1);
	return mask;
}

/* Own thread; what it ran last is what it faults on. */
static void map_page(struct ppc440_vcpu *v, u32 va, const struct route *r, u32 word,
		     bool missed)
{
	u32 mask = mapping_mask(v, va, r, word);
	u32 pa = (word & PAGE_MASK) | offset_in_page(r->gpa);
	struct ppc440_mapping m = {
		.ea = va,
		.va = va & ~mask,
		.mask = mask,
		.gfn = (u32)(r->gpa >> PAGE_SHIFT) & ~(mask >> PAGE_SHIFT),
		.pa = pa & ~mask,
		.attrib = r->attrib,
		.of_user = r->of_user,
		.fresh = missed,
	};

	if (!(word & MAP_W))
		m.attrib &= ~PPC44x_TLB_UW;
	if (word & MAP_X)
		m.attrib &= ~(PPC44x_TLB_UW | PPC44x_TLB_UR);
	ppc440_shadow_map(v, &m);
}

/* Instructions of it are what the emulator wants to read next. */
static void note_code(struct ppc440_vcpu *v, u32 va, const struct route *r, u32 word)
{
	struct ppc440_code *code = ppc440_code_at(v, va);

	if (v->msr & MSR_PR || r->attrib & PPC44x_TLB_E || r->mask < PAGE_SIZE - 1)
		return;
	code->ea = ppc440_code_ea(v, va);
	code->words = phys_to_virt(word & PAGE_MASK);
}

void ppc440_mmu_note_code(struct ppc440_vcpu *v, u32 va)
{
	int idx = ppc440_tlb_find(v, va, v->msr & MSR_IS, v->pid);
	struct route r = { .mask = PAGE_SIZE - 1 };
	u32 *at = NULL;
	gpa_t gpa;

	if (idx < 0 || ppc440_tlbe_mask(&v->tlb[idx]) < PAGE_SIZE - 1)
		return;
	gpa = ppc440_tlbe_gpa(&v->tlb[idx], va);
	if (gpa >> PAGE_SHIFT < PPC440_GFNS)
		at = map_at(v->vcpu.vm, gpa >> PAGE_SHIFT);
	if (at && *at & MAP_V)
		note_code(v, va, &r, *at);
}

/* A translated page: is that what the guest wants to do? */
static bool runs_translated(struct ppc440_vcpu *v, u32 va, const struct route *r,
			    bool fetch)
{
	bool watched;

	return fetch && !(v->msr & (MSR_PR | MSR_IS)) &&
	       !(r->attrib & PPC44x_TLB_E) &&
	       ppc440_patch_runs(v->vcpu.vm, r->gpa >> PAGE_SHIFT, va, &watched);
}

/* Is the host page known?  Then @va is mapped, if this vcpu is on the CPU now. */
static bool map_known(struct ppc440_vcpu *v, u32 va, const struct route *r,
		      bool fetch, bool write, bool missed)
{
	struct ember_vm *vm = v->vcpu.vm;
	bool done = false;
	u32 *at;

	if (unlikely(r->gpa >> PAGE_SHIFT >= PPC440_GFNS))
		return false;
	spin_lock(&vm->mmu_lock);
	at = map_at(vm, r->gpa >> PAGE_SHIFT);
	if (!at || !(*at & MAP_V) || (write && !(*at & MAP_W)))
		goto out;
	if (unlikely(*at & MAP_X) && !runs_translated(v, va, r, fetch))
		goto out;
	if (v->quick)
		map_page(v, va, r, *at, missed);
	if (fetch)
		note_code(v, va, r, *at);
	done = true;
out:
	spin_unlock(&vm->mmu_lock);
	return done;
}

/* ---- from the owner's mapping ------------------------------------------------ */

struct fault {
	struct ember_memslot *slot;
	gfn_t gfn;
	unsigned long seq;		/* vm->mmu_seq, read before the page was found */
	struct page *page;		/* referenced */
	bool writable;
};

/*
 * For a read the fast path tries whether the page may be written too, so that the
 * first write needs no second fault; not where writes are to be seen.
 */
static int fault_get_page(struct fault *f, bool write)
{
	bool try_write = write ||
			 !(f->slot->flags & KVM_MEM_READONLY || f->slot->dirty);
	unsigned int flags = FOLL_HWPOISON | (write ? FOLL_WRITE : 0);
	unsigned long hva = ember_gfn_to_hva(f->slot, f->gfn);
	long n;

	f->writable = try_write;
	if (try_write &&
	    get_user_pages_fast_only(hva, 1, FOLL_WRITE, &f->page) == 1)
		return 0;
	f->writable = write;
	n = get_user_pages_unlocked(hva, 1, &f->page, flags);
	if (n == 1)
		return 0;
	return n < 0 ? n : -EFAULT;
}

static u32 *take_spare(struct ppc440_vcpu *v, gfn_t gfn)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);

	if (!pvm->map[(u32)gfn / PPC440_MAP_SIZE]) {
		pvm->map[(u32)gfn / PPC440_MAP_SIZE] = v->spare;
		v->spare = NULL;
		v->vcpu.vm->mapped.tables++;
	}
	return map_at(v->vcpu.vm, gfn);
}

/* mmu_lock.  A page that was mapped for reading only gets its entry anew. */
static void fault_install(struct ppc440_vcpu *v, const struct fault *f)
{
	struct ember_vm *vm = v->vcpu.vm;
	u32 *at = take_spare(v, f->gfn);
	bool watched;

	vm->nr_faults++;
	if (*at & MAP_V) {
		break_groups(vm, at, f->gfn);
		ppc440_shadow_drop_all(vm);
	} else {
		vm->mapped.pages++;
	}
	ppc440_patch_runs(vm, f->gfn, 0, &watched);
	*at = page_to_phys(f->page) | MAP_V | (f->writable ? MAP_W : 0) |
	      (watched ? MAP_X : 0);
	join_groups(vm, at, f->gfn);
	if (f->writable)
		ember_page_written(f->slot, f->gfn, f->page);
}

/* Where it was not served after all, the guest faults again. */
static int page_fault(struct ppc440_vcpu *v, struct ember_memslot *slot, u32 va,
		      const struct route *r, bool fetch, bool write)
{
	struct fault f = { .slot = slot, .gfn = r->gpa >> PAGE_SHIFT };
	struct ember_vm *vm = v->vcpu.vm;
	int ret;

	trace_ember_fault(&v->vcpu, r->gpa, write, fetch);
	if (unlikely(!v->spare))
		return 1;
	f.seq = READ_ONCE(vm->mmu_seq);
	smp_rmb();	/* ember_mmu_retry(): the sequence before the page */
	ret = fault_get_page(&f, write);
	if (ret)
		return ret;
	/* What the owner or the host has stored is what the guest runs (4.2.1). */
	flush_dcache_icache_page(f.page);
	v->want_iccci = true;

	spin_lock(&vm->mmu_lock);
	if (!ember_mmu_retry(vm, f.seq))
		fault_install(v, &f);
	spin_unlock(&vm->mmu_lock);
	put_page(f.page);
	return 1;
}

static void forget_code(struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm)
		ppc440_forget_code(to_ppc440(vcpu));
}

void ppc440_mmu_watch(struct ember_vm *vm, gfn_t gfn, bool watch)
{
	u32 *at;

	spin_lock(&vm->mmu_lock);
	at = map_at(vm, gfn);
	if (at && *at & MAP_V && !(*at & MAP_X) == watch) {
		break_groups(vm, at, gfn);
		*at ^= MAP_X;
		ppc440_shadow_drop_all(vm);
	}
	forget_code(vm);
	spin_unlock(&vm->mmu_lock);
}

/* Where the guest wants it, or where translated code has it. */
static bool is_magic(struct ppc440_vcpu *v, u32 va)
{
	return (va & PAGE_MASK) == v->magic_ea ||
	       (va >= PPC440_MAGIC && READ_ONCE(to_ppc440_vm(v->vcpu.vm)->live));
}

static bool is_stub(struct ppc440_vcpu *v, u32 va)
{
	return va - PPC440_STUBS < PPC440_STUBS_BYTES &&
	       READ_ONCE(to_ppc440_vm(v->vcpu.vm)->live);
}

/* Pages of the module's that the guest's kernel has, and never maps itself. */
static bool map_own(struct ppc440_vcpu *v, u32 va, bool fetch)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	struct ppc440_mapping m = { .ea = va, .fresh = true };

	if (!fetch && is_magic(v, va)) {
		m.va = va & PAGE_MASK;
		m.mask = PAGE_SIZE - 1;
		m.pa = virt_to_phys(v->magic);
		m.attrib = PPC44x_TLB_UR | PPC44x_TLB_UW;
	} else if (fetch && is_stub(v, va)) {
		m.va = PPC440_STUBS;
		m.mask = PPC440_STUBS_BYTES - 1;
		m.pa = virt_to_phys(pvm->stubs);
		m.attrib = PPC44x_TLB_UX;
	} else {
		return false;
	}
	/* No page of the guest's. */
	m.gfn = ~(m.mask >> PAGE_SHIFT);
	if (v->quick)
		ppc440_shadow_map(v, &m);
	return true;
}

static bool has_own(struct ppc440_vcpu *v, u32 va)
{
	return (va >= PPC440_STUBS || (va & PAGE_MASK) == v->magic_ea) &&
	       !(v->msr & (MSR_PR | MSR_IS));
}

__ember_hot int ppc440_mmu_fault(struct ppc440_vcpu *v, u32 va, bool fetch, bool write,
				 bool missed)
{
	struct ember_memslot *slot;
	struct route r;
	bool watched;

	if (has_own(v, va)) {
		if (map_own(v, va, fetch))
			return 1;
		/* Whatever the guest has there, it would be two entries for one address. */
		if (fetch && (va & PAGE_MASK) == v->magic_ea)
			return no_right(v, va, true, false);
	}
	if (route(v, va, fetch, write, &r))
		return 1;
	if (map_known(v, va, &r, fetch, write, missed))
		return 1;
	if (v->quick)
		return PPC440_LATER;
	ember_count_exit(&v->vcpu, PPC440_EXIT_MAP);
	ppc440_patch_runs(v->vcpu.vm, r.gpa >> PAGE_SHIFT, va, &watched);
	if (unlikely(watched) && !runs_translated(v, va, &r, fetch))
		ppc440_patch_undo(v, r.gpa >> PAGE_SHIFT);
	slot = ember_gfn_to_slot(v->vcpu.vm, r.gpa >> PAGE_SHIFT);
	if (slot && !(write && slot->flags & KVM_MEM_READONLY))
		return page_fault(v, slot, va, &r, fetch, write);
	/* Nothing to fetch from a device: an error of the bus. */
	if (fetch)
		return ppc440_inject_mcheck(v, MCSR_IB);
	return ppc440_mmio(v, va, r.gpa, r.attrib & PPC44x_TLB_E);
}

/* ---- the host's wishes: mmu_lock held, but for the first --------------------- */

int ppc440_mem_prepare(struct ember_vm *vm, const struct ember_memslot *new,
		       enum ember_slot_change change)
{
	if (change == EMBER_SLOT_DELETE || change == EMBER_SLOT_MOVE)
		ppc440_patch_slot_goes(vm);
	if (change != EMBER_SLOT_DELETE && new->base_gfn + new->npages > PPC440_GFNS)
		return -EINVAL;
	return 0;
}

/* Words of the map that have one of @bits keep @keep of their own. */
static bool change_map(struct ember_vm *vm, gfn_t gfn, unsigned long npages, u32 bits,
		       u32 keep)
{
	u32 end = min_t(gfn_t, gfn + npages, PPC440_GFNS), at_gfn;
	bool found = false;
	u32 *at;

	for (at_gfn = gfn; at_gfn < end; at_gfn++) {
		at = map_at(vm, at_gfn);
		if (!at) {
			at_gfn |= PPC440_MAP_SIZE - 1;
			continue;
		}
		if (!(*at & MAP_V) || !(*at & bits))
			continue;
		found = true;
		if (keep == ~0u)
			continue;
		break_groups(vm, at, at_gfn);
		*at &= keep;
		if (!*at)
			vm->mapped.pages--;
	}
	return found;
}

/*
 * One CPU: no guest runs now, and what is not in the TLB any more is not seen by the next
 * one that does.
 */
static bool change(struct ember_vm *vm, gfn_t gfn, unsigned long npages, u32 bits,
		   u32 keep)
{
	if (!change_map(vm, gfn, npages, bits, keep))
		return false;
	ppc440_shadow_drop_all(vm);
	forget_code(vm);
	return true;
}

void ppc440_mem_unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	change(vm, gfn, npages, MAP_V, 0);
}

void ppc440_mem_write_protect(struct ember_vm *vm, gfn_t gfn,
			      unsigned long npages)
{
	change(vm, gfn, npages, MAP_W, ~MAP_W);
}

/* There is no mark of access: what is mapped counts, and is not any more. */
bool ppc440_mem_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		    bool clear)
{
	if (clear)
		return change(vm, gfn, npages, MAP_V, 0);
	return change_map(vm, gfn, npages, MAP_V, ~0u);
}

void ppc440_mmu_destroy(struct ppc440_vm *pvm)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pvm->map); i++)
		free_page((unsigned long)pvm->map[i]);
}
