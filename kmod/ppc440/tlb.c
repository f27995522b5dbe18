// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's TLB: 64 entries, all page sizes from 1 KiB to 256 MiB.
 *
 * Read before shadow.c.  An entry of up to 4 KiB is in a chain, found by bits of its
 * address, the others in a list: a kernel has one or two.  Only the vcpu's own thread
 * looks here.
 */
#include <linux/mm.h>
#include <asm/mmu.h>
#include "ppc440.h"

#define NO_ENTRY	0xff
#define SIZE_MASK	0xf0u
#define PAGEID_BITS	(PPC44x_TLB_EPN_MASK | PPC44x_TLB_VALID | \
			 PPC44x_TLB_TS | SIZE_MASK)
#define XLAT_BITS	(PPC44x_TLB_RPN_MASK | PPC44x_TLB_ERPN_MASK)
#define ATTRIB_BITS	(PPC44x_TLB_ATTR_MASK | PPC44x_TLB_PERM_MASK)

/* SIZE n is 4^n KiB; 6, 8 and those above 9 are reserved (5.3): as the one below. */
static const u8 size_shift[16] = {
	10, 12, 14, 16, 18, 20, 20, 24, 24, 28, 28, 28, 28, 28, 28, 28,
};

__ember_hot u32 ppc440_tlbe_mask(const struct ppc440_tlbe *e)
{
	return BIT(size_shift[(e->pageid & SIZE_MASK) >> 4]) - 1;
}

__ember_hot gpa_t ppc440_tlbe_gpa(const struct ppc440_tlbe *e, u32 va)
{
	u32 mask = ppc440_tlbe_mask(e);
	u32 low = (e->xlat & PPC44x_TLB_RPN_MASK & ~mask) | (va & mask);

	return (gpa_t)(e->xlat & PPC44x_TLB_ERPN_MASK) << 32 | low;
}

/* ---- chains ---------------------------------------------------------------------- */

static bool is_big(const struct ppc440_tlbe *e)
{
	return ppc440_tlbe_mask(e) >= PAGE_SIZE;
}

static u8 *chain_of(struct ppc440_vcpu *v, u32 va)
{
	return &v->tlb_hash[va >> PAGE_SHIFT & (PPC440_TLB_SIZE - 1)];
}

static bool overlap(const struct ppc440_tlbe *a, const struct ppc440_tlbe *b)
{
	u32 mask = ppc440_tlbe_mask(a) | ppc440_tlbe_mask(b);

	return !((a->pageid ^ b->pageid) & PPC44x_TLB_EPN_MASK & ~mask) &&
	       !((a->pageid ^ b->pageid) & PPC44x_TLB_TS) &&
	       (a->tid == b->tid || !a->tid || !b->tid);
}

/* Does any other entry lie over this one?  Looked for where it can be. */
static bool overlaps_any(struct ppc440_vcpu *v, const struct ppc440_tlbe *e)
{
	unsigned int i;
	u8 idx;

	for (i = 0; i < v->nr_big; i++)
		if (overlap(e, &v->tlb[v->tlb_big[i]]))
			return true;
	if (is_big(e)) {
		for (i = 0; i < PPC440_TLB_SIZE; i++)
			if (v->tlb[i].pageid & PPC44x_TLB_VALID && e != &v->tlb[i] &&
			    overlap(e, &v->tlb[i]))
				return true;
		return false;
	}
	for (idx = *chain_of(v, e->pageid); idx != NO_ENTRY; idx = v->tlb[idx].next)
		if (overlap(e, &v->tlb[idx]))
			return true;
	return false;
}

static void link_entry(struct ppc440_vcpu *v, unsigned int idx)
{
	struct ppc440_tlbe *e = &v->tlb[idx];
	u8 *head;

	if (!(e->pageid & PPC44x_TLB_VALID))
		return;
	if (!v->tlb_overlaps && overlaps_any(v, e)) {
		v->tlb_overlaps = true;
		/* Nor do the vectors map anything from here on. */
		ppc440_shadow_forget(v);
	}
	if (is_big(e)) {
		v->tlb_big[v->nr_big++] = idx;
		return;
	}
	head = chain_of(v, e->pageid);
	e->next = *head;
	*head = idx;
}

static void unlink_big(struct ppc440_vcpu *v, unsigned int idx)
{
	unsigned int i;

	for (i = 0; v->tlb_big[i] != idx; i++)
		;
	v->tlb_big[i] = v->tlb_big[--v->nr_big];
}

static void unlink_entry(struct ppc440_vcpu *v, unsigned int idx)
{
	struct ppc440_tlbe *e = &v->tlb[idx];
	u8 *at;

	if (!(e->pageid & PPC44x_TLB_VALID))
		return;
	if (is_big(e)) {
		unlink_big(v, idx);
		return;
	}
	for (at = chain_of(v, e->pageid); *at != idx; at = &v->tlb[*at].next)
		;
	*at = e->next;
}

static bool matches(const struct ppc440_tlbe *e, u32 va, bool as, u32 pid)
{
	u32 ts = as ? PPC44x_TLB_TS : 0;

	return !((e->pageid ^ va) & PPC44x_TLB_EPN_MASK & ~ppc440_tlbe_mask(e)) &&
	       !((e->pageid ^ ts) & PPC44x_TLB_TS) &&
	       (!e->tid || e->tid == pid);
}

__ember_hot int ppc440_tlb_find(struct ppc440_vcpu *v, u32 va, bool as, u32 pid)
{
	unsigned int i;
	u8 idx;

	for (i = 0; i < v->nr_big; i++)
		if (matches(&v->tlb[v->tlb_big[i]], va, as, pid))
			return v->tlb_big[i];
	for (idx = *chain_of(v, va); idx != NO_ENTRY; idx = v->tlb[idx].next)
		if (matches(&v->tlb[idx], va, as, pid))
			return idx;
	return -1;
}

/* ---- the guest's instructions (5.9.1, 5.9.3) -------------------------------------------- */

int ppc440_tlb_write_word(struct ppc440_vcpu *v, unsigned int idx, unsigned int ws,
			  u32 val)
{
	struct ppc440_tlbe e = v->tlb[idx];

	switch (ws) {
	case 0:
		e.pageid = val;
		e.tid = MAGIC(v, MMUCR) & PPC44x_MMUCR_TID;
		break;
	case 1:
		e.xlat = val;
		break;
	case 2:
		e.attrib = val;
		break;
	default:
		return -EINVAL;
	}
	ppc440_tlb_set_entry(v, idx, &e);
	return 0;
}

/* Word 0 has the TID in MMUCR[STID]. */
u32 ppc440_tlb_read_word(struct ppc440_vcpu *v, unsigned int idx, unsigned int ws)
{
	const struct ppc440_tlbe *e = &v->tlb[idx];

	switch (ws) {
	case 0:
		MAGIC(v, MMUCR) = (MAGIC(v, MMUCR) & ~PPC44x_MMUCR_TID) | e->tid;
		return e->pageid;
	case 1:
		return e->xlat;
	default:
		return e->attrib;
	}
}

void ppc440_tlb_set_entry(struct ppc440_vcpu *v, unsigned int idx,
			  const struct ppc440_tlbe *new)
{
	struct ppc440_tlbe *e = &v->tlb[idx];

	if (e->pageid & PPC44x_TLB_VALID) {
		ppc440_forget_code(v);
		ppc440_shadow_drop_entry(v, idx);
	}
	unlink_entry(v, idx);
	e->pageid = new->pageid & PAGEID_BITS;
	e->xlat = new->xlat & XLAT_BITS;
	e->attrib = new->attrib & ATTRIB_BITS;
	e->tid = new->tid;
	link_entry(v, idx);
}

/* A boot loader's: 256 MiB from 0 on, which Linux takes for where it runs. */
void ppc440_tlb_reset(struct ppc440_vcpu *v)
{
	const struct ppc440_tlbe first = {
		.pageid = PPC44x_TLB_VALID | PPC44x_TLB_256M,
		.attrib = PPC44x_TLB_SX | PPC44x_TLB_SW | PPC44x_TLB_SR,
	};

	memset(v->tlb, 0, sizeof(v->tlb));
	memset(v->tlb_hash, NO_ENTRY, sizeof(v->tlb_hash));
	v->nr_big = 0;
	v->tlb_overlaps = false;
	ppc440_tlb_set_entry(v, 0, &first);
}
