// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's TLB: 64 entries, all page sizes from 4 KiB to 256 MiB.
 *
 * Read after shadow.c.  A plain entry (4 KiB, and either of one ASID below kseg0
 * or global in the mapped kernel segment) stands in the shadow tables from the
 * moment it is written: as a mark, which names it, or mapped.  So a PTE that is
 * zero means that no plain entry matches, and a search is needed only while
 * there are others.  Those are mapped when they are used, and cleared when the
 * ASID changes.
 */
#include <linux/mm.h>
#include "mips32.h"

#define VPN2_MASK	0xffffe000u
#define LO_PFN(lo)	((lo) >> 6 & 0xffffff)

static u32 mark_of(unsigned int idx)
{
	return (idx + 1) * SPTE_MARK;
}

static u32 tlbe_span(const struct mips32_tlbe *e)
{
	return (e->mask | ~VPN2_MASK) + 1;	/* of both pages */
}

static u32 tlbe_start(const struct mips32_tlbe *e)
{
	return e->hi & VPN2_MASK & ~e->mask;
}

static bool tlbe_global(const struct mips32_tlbe *e)
{
	return e->lo[0] & e->lo[1] & 1;
}

/* Does the guest's hardware look for @va in the TLB at all (PRA 4.3)? */
static bool mapped_segment(u32 va)
{
	return va < MIPS32_KSEG0 || (va >= MIPS32_KSEG23 && va < MIPS32_GUEST_END);
}

static bool tlbe_plain(const struct mips32_tlbe *e)
{
	return !e->mask && tlbe_global(e) == (tlbe_start(e) >= MIPS32_KSEG23);
}

static bool tlbe_matches(const struct mips32_tlbe *e, u32 va, u32 asid)
{
	return !((e->hi ^ va) & VPN2_MASK & ~e->mask) &&
	       (tlbe_global(e) || (e->hi & 0xff) == asid);
}

/* May @space have PTEs of @e? */
static bool tlbe_in_space(const struct mips32_tlbe *e,
			  const struct mips32_space *space)
{
	return tlbe_start(e) >= MIPS32_KSEG23 || tlbe_global(e) ||
	       (e->hi & 0xff) == space->asid;
}

static int search(struct mips32_vcpu *v, u32 va)
{
	u32 asid = C0(v, ENTRYHI) & 0xff;
	int i;

	for (i = 0; i < MIPS32_TLB_SIZE; i++)
		if (tlbe_matches(&v->tlb[i], va, asid))
			return i;
	return -1;
}

int mips32_tlb_find(struct mips32_vcpu *v, u32 va)
{
	u32 *pte = mips32_shadow_pte(v->cur, va);

	if (pte && *pte && !(*pte & SPTE_V))
		return *pte / SPTE_MARK - 1;
	if ((!pte || !*pte) && !v->nr_odd && !v->cur->lossy)
		return -1;
	return search(v, va);
}

static bool second_page(const struct mips32_tlbe *e, u32 va)
{
	return va & tlbe_span(e) / 2;
}

u32 mips32_tlb_lo(struct mips32_vcpu *v, unsigned int idx, u32 va)
{
	const struct mips32_tlbe *e = &v->tlb[idx];

	return e->lo[second_page(e, va)];
}

gpa_t mips32_tlb_gpa(struct mips32_vcpu *v, unsigned int idx, u32 va)
{
	u32 offset = tlbe_span(&v->tlb[idx]) / 2 - 1;
	gpa_t base = (gpa_t)LO_PFN(mips32_tlb_lo(v, idx, va)) << 12;

	return (base & ~(gpa_t)offset) | (va & offset);
}

/* ---- PTEs of an entry ------------------------------------------------------------------- */

/* Those of one table; with @only_look the first one that is mapped will do. */
static bool clear_part(u32 *pte, u32 n, u32 with, bool only_look)
{
	bool found = false;

	for (; n; n--, pte++) {
		found |= *pte & SPTE_V;
		if (!only_look)
			*pte = with;
		else if (found)
			break;
	}
	return found;
}

/*
 * Set those PTEs of @space that are there for pages from @va on, @n of them, to
 * @with.  Returns whether any may have been mapped.  A table that would be empty
 * goes as a whole: the largest entries have 128 of them in each space.
 */
static bool clear_ptes(struct mips32_vcpu *v, struct mips32_space *space, u32 va,
		       u32 n, u32 with, bool only_look)
{
	bool found = false;
	u32 *pte, part;

	for (; n; n -= part, va += part << PAGE_SHIFT) {
		part = min_t(u32, n, MIPS32_TABLE_PTES - (va >> PAGE_SHIFT) % MIPS32_TABLE_PTES);
		pte = mips32_shadow_pte(space, va);
		if (!pte)
			continue;
		if (part == MIPS32_TABLE_PTES && !only_look)
			found |= mips32_shadow_cut(v, space, va);
		else
			found |= clear_part(pte, part, with, only_look);
	}
	return found;
}

/* Beyond this many pages all of an ASID goes at once. */
#define DROP_PAGES	16

static void drop_range(struct mips32_vcpu *v, struct mips32_space *space, u32 va,
		       u32 n)
{
	u32 i;

	if (n > DROP_PAGES) {
		mips32_shadow_forget_asids(v);
		return;
	}
	for (i = 0; i < n; i += 2)
		mips32_shadow_drop(v, space, va + i * PAGE_SIZE);
}

/* Pages of @e below the end of what a guest can reach. */
static u32 tlbe_pages(const struct mips32_tlbe *e)
{
	u32 start = tlbe_start(e), span = tlbe_span(e);

	if (start >= MIPS32_GUEST_END)
		return 0;
	return min(span, MIPS32_GUEST_END - start) >> PAGE_SHIFT;
}

/* Spaces that share the PTEs of @e do so for the mapped kernel segment only. */
static bool tlbe_shared(const struct mips32_tlbe *e)
{
	return tlbe_start(e) >= MIPS32_KSEG23;
}

/* The entry is not in the shadow tables any more, nor in this CPU's TLB. */
static void clear_entry(struct mips32_vcpu *v, const struct mips32_tlbe *e)
{
	u32 start = tlbe_start(e), n = tlbe_pages(e);
	bool found = false;
	unsigned int i;

	if (!n || !mapped_segment(start))
		return;
	for (i = 0; i < MIPS32_NR_SPACES; i++) {
		if (!tlbe_in_space(e, &v->space[i]))
			continue;
		if (!tlbe_shared(e))
			found = false;
		found |= clear_ptes(v, &v->space[i], start, n, 0, false);
		if (found)
			drop_range(v, &v->space[i], start, n);
	}
}

/* What stands for one page of @e: mapped at once where the host page is known. */
static u32 pte_of(struct mips32_vcpu *v, unsigned int idx, unsigned int page)
{
	u32 lo = v->tlb[idx].lo[page];
	u32 *known = mips32_kseg0_pte(to_mips32_vm(v->vcpu.vm), LO_PFN(lo));

	if (!(lo & SPTE_V) || !known || !(*known & SPTE_V))
		return mark_of(idx);
	return mips32_pte_plain(lo & SPTE_D ? *known : *known & ~SPTE_D);
}

/* The space where a plain entry stands, or NULL. */
static struct mips32_space *plain_space(struct mips32_vcpu *v,
					const struct mips32_tlbe *e)
{
	unsigned int i;

	if (!tlbe_plain(e) || !mapped_segment(tlbe_start(e)))
		return NULL;
	if (tlbe_shared(e))
		return v->cur;
	for (i = 0; i < MIPS32_NR_SPACES; i++)
		if (v->space[i].asid == (e->hi & 0xff))
			return &v->space[i];
	return NULL;
}

/* False: there is no table for it, and none at hand. */
static bool mark_entry(struct mips32_vcpu *v, struct mips32_space *space,
		       unsigned int idx)
{
	u32 *pte = mips32_shadow_make(v, space, tlbe_start(&v->tlb[idx]));

	if (!pte)
		return false;
	/* Another entry's, for the same address: a TLB may have it still. */
	if ((pte[0] | pte[1]) & SPTE_V)
		mips32_shadow_forget_asids(v);
	pte[0] = pte_of(v, idx, 0);
	pte[1] = pte_of(v, idx, 1);
	return true;
}

void mips32_tlb_mark_space(struct mips32_vcpu *v, struct mips32_space *space)
{
	unsigned int i;

	space->lossy = false;
	for (i = 0; i < MIPS32_TLB_SIZE; i++)
		if (!tlbe_shared(&v->tlb[i]) &&
		    plain_space(v, &v->tlb[i]) == space &&
		    !mark_entry(v, space, i))
			space->lossy = true;
}

void mips32_tlb_clear_space(struct mips32_vcpu *v, struct mips32_space *space)
{
	unsigned int i;

	for (i = 0; i < MIPS32_TLB_SIZE; i++) {
		const struct mips32_tlbe *e = &v->tlb[i];

		if (!tlbe_shared(e) && mapped_segment(tlbe_start(e)) &&
		    tlbe_in_space(e, space))
			clear_ptes(v, space, tlbe_start(e), tlbe_pages(e), 0,
				   false);
	}
}

void mips32_tlb_asid_changed(struct mips32_vcpu *v)
{
	unsigned int i;

	if (likely(!v->nr_odd))
		return;
	for (i = 0; i < MIPS32_TLB_SIZE; i++)
		if (tlbe_shared(&v->tlb[i]) && !tlbe_global(&v->tlb[i]))
			clear_entry(v, &v->tlb[i]);
}

/* ---- the host takes pages away ------------------------------------------------------------- */

static bool unmap_half(struct mips32_vcpu *v, unsigned int idx, unsigned int page,
		       gfn_t gfn, unsigned long npages, bool only_look)
{
	const struct mips32_tlbe *e = &v->tlb[idx];
	u32 size = tlbe_span(e) / 2 >> PAGE_SHIFT;
	gfn_t base = LO_PFN(e->lo[page]) & ~(gfn_t)(size - 1);
	gfn_t low = max(base, gfn), high = min(base + size, gfn + npages);
	u32 va = tlbe_start(e) + page * (size << PAGE_SHIFT);
	bool found = false;
	unsigned int i;

	if (!(e->lo[page] & SPTE_V) || low >= high || va >= MIPS32_GUEST_END)
		return false;
	va += (u32)(low - base) << PAGE_SHIFT;
	for (i = 0; i < MIPS32_NR_SPACES; i++)
		if (tlbe_in_space(e, &v->space[i]))
			found |= clear_ptes(v, &v->space[i], va, high - low,
					    tlbe_plain(e) ? mark_of(idx) : 0,
					    only_look);
	return found;
}

bool mips32_tlb_unmap(struct mips32_vcpu *v, gfn_t gfn, unsigned long npages,
		      bool only_look)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < MIPS32_TLB_SIZE; i++) {
		if (!mapped_segment(tlbe_start(&v->tlb[i])))
			continue;
		found |= unmap_half(v, i, 0, gfn, npages, only_look);
		found |= unmap_half(v, i, 1, gfn, npages, only_look);
	}
	return found;
}

/* ---- the guest's instructions (PRA 6.1, vol. II-A) ------------------------------------------- */

/* Pairs of ones from bit 13 on, as far as the CPU goes (PRA 9.12). */
static u32 valid_mask(u32 mask)
{
	u32 pages;

	mask &= PAGEMASK_BITS;
	pages = (mask >> 13) + 1;
	return is_power_of_2(pages) && !(ilog2(pages) & 1) ? mask : 0;
}

static struct mips32_tlbe new_entry(struct mips32_vcpu *v)
{
	struct mips32_tlbe e = {
		.hi = C0(v, ENTRYHI),
		.mask = valid_mask(C0(v, PAGEMASK)),
		.lo = { C0(v, ENTRYLO0) & ENTRYLO_BITS,
			C0(v, ENTRYLO1) & ENTRYLO_BITS },
	};

	return e;
}

static bool tlbe_has_comm(const struct mips32_tlbe *e)
{
	u32 comm = (e->hi ^ MIPS32_COMM) & VPN2_MASK & ~e->mask;
	u32 alias = (e->hi ^ MIPS32_COMM_ALIAS) & VPN2_MASK & ~e->mask;

	return (!comm || !alias) && (e->lo[0] | e->lo[1]) & SPTE_V;
}

int mips32_tlb_write(struct mips32_vcpu *v, unsigned int idx)
{
	struct mips32_tlbe new = new_entry(v), *e = &v->tlb[idx];
	struct mips32_space *space;
	int ret = 1;

	spin_lock(&v->vcpu.vm->mmu_lock);
	space = plain_space(v, &new);
	/* Even where there is a table now: it may be one that goes with the old entry. */
	if (space && !v->spare) {
		ret = MIPS32_LATER;
		goto out;
	}
	clear_entry(v, e);
	if (tlbe_has_comm(&new))
		mips32_comm_own_pages(v);
	v->nr_odd += tlbe_plain(e) - tlbe_plain(&new);
	*e = new;
	if (space)
		mark_entry(v, space, idx);
out:
	spin_unlock(&v->vcpu.vm->mmu_lock);
	return ret;
}

u32 mips32_tlb_random(struct mips32_vcpu *v)
{
	u32 wired = C0(v, WIRED);

	return MIPS32_TLB_SIZE - 1 - v->random % (MIPS32_TLB_SIZE - wired);
}

int mips32_tlb_write_random(struct mips32_vcpu *v)
{
	int ret = mips32_tlb_write(v, mips32_tlb_random(v));

	if (ret != MIPS32_LATER)
		v->random++;
	return ret;
}

void mips32_tlb_read(struct mips32_vcpu *v)
{
	const struct mips32_tlbe *e = &v->tlb[C0(v, INDEX) % MIPS32_TLB_SIZE];
	u32 local = tlbe_global(e) ? 0 : 1;

	C0(v, ENTRYHI) = e->hi & ~e->mask;
	C0(v, PAGEMASK) = e->mask;
	C0(v, ENTRYLO0) = e->lo[0] & ~local;
	C0(v, ENTRYLO1) = e->lo[1] & ~local;
	mips32_shadow_switch(v);
}

void mips32_tlb_probe(struct mips32_vcpu *v)
{
	u32 va = C0(v, ENTRYHI) & VPN2_MASK;
	int idx;

	spin_lock(&v->vcpu.vm->mmu_lock);
	/* The shadow tables know only what the hardware would look for. */
	idx = mapped_segment(va) ? mips32_tlb_find(v, va) : search(v, va);
	spin_unlock(&v->vcpu.vm->mmu_lock);
	C0(v, INDEX) = idx < 0 ? BIT(31) : idx;
}

void mips32_tlb_reset(struct mips32_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < MIPS32_TLB_SIZE; i++)
		v->tlb[i] = (struct mips32_tlbe){
			.hi = MIPS32_KSEG0 + (i << 13),
		};
	v->nr_odd = 0;
	for (i = 0; i < MIPS32_TLB_SIZE; i++)
		v->nr_odd += !tlbe_plain(&v->tlb[i]);
}
