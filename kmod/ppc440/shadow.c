// SPDX-License-Identifier: GPL-2.0
/*
 * The entries of the host's TLB that guests have.
 *
 * Read after tlb.c.  All of them belong to one vcpu at a time; another's turn empties
 * them.  They have TS set, which no entry of Linux's has, and one of a few PIDs: the
 * guest's kernel has one (one for each address space), each of its user address spaces
 * that were used last another.  So what the kernel may reach is in no entry that its
 * users match, and neither need be thrown out when the guest goes from one to the other.
 *
 *	guest's kernel	entries of any TID that its PID lets through: those with a TID
 *			go when the PID changes
 *	guest's user	entries of TID 0 and of the PID
 *
 * PIDs mean nothing to Linux while it runs in its kernel: that is all TID 0.
 */
#include <asm/mmu.h>
#include "ppc440.h"

struct slot {
	u32 va, mask;
	u32 gfn;
	u8 pid;			/* 0: not in use */
	u8 entry;		/* of the guest's TLB */
	bool of_user, writable, executable;
};

/* One CPU, and interrupts off: nothing else guards this. */
static struct {
	struct slot slot[PPC440_NR_SLOTS];
	struct ppc440_vcpu *owner;
	unsigned int next;		/* to be given up next */
	unsigned int nr_of_user;	/* of the kernel's, those with a TID */
	u8 nr_of_entry[PPC440_TLB_SIZE + 1];
} shadow;

/* ---- the hardware's side ----------------------------------------------------------- */

static void hw_clear(unsigned int n)
{
	/* V is clear. */
	asm volatile("tlbwe %0,%1,0" : : "r" (0), "r" (ppc440_first_slot + n)
		     : "memory");
}

static const u16 size_of_mask[] = {
	[0] = PPC44x_TLB_1K, [1] = PPC44x_TLB_4K, [2] = PPC44x_TLB_16K,
	[3] = PPC44x_TLB_64K, [4] = PPC44x_TLB_256K, [5] = PPC44x_TLB_1M,
};

static u32 size_bits(u32 mask)
{
	return size_of_mask[(ilog2(mask + 1) - 10) / 2];
}

static void hw_set(unsigned int n, const struct ppc440_mapping *m, u8 pid)
{
	ppc440_tlb_write(ppc440_first_slot + n,
			 m->va | PPC44x_TLB_VALID | PPC44x_TLB_TS |
			 size_bits(m->mask), m->pa, m->attrib, pid);
}

/* ---- slots ----------------------------------------------------------------------------- */

static void forget(unsigned int n)
{
	struct slot *s = &shadow.slot[n];

	if (!s->pid)
		return;
	shadow.nr_of_entry[s->entry]--;
	shadow.nr_of_user -= s->of_user;
	s->pid = 0;
}

static void drop(unsigned int n)
{
	forget(n);
	hw_clear(n);
}

static void sync(void)
{
	isync();	/* after tlbwe, before the next access (5.9) */
}

void ppc440_shadow_clear(void)
{
	unsigned int n;

	for (n = 0; n < PPC440_NR_SLOTS; n++)
		drop(n);
	sync();
	shadow.owner = NULL;
}

void ppc440_shadow_claim(struct ppc440_vcpu *v)
{
	if (likely(shadow.owner == v))
		return;
	ppc440_shadow_clear();
	shadow.owner = v;
	/* The other's instructions are in the cache by the same addresses (4.2). */
	v->want_iccci = true;
}

void ppc440_shadow_release(struct ppc440_vcpu *v)
{
	unsigned long flags;

	local_irq_save(flags);
	if (shadow.owner == v)
		ppc440_shadow_clear();
	local_irq_restore(flags);
}

/*
 * No two entries may match one address: those that lie there go (5.4).  The guest's may
 * do so, in all sizes, by mistake or on purpose.
 */
static void drop_range(u32 va, u32 mask, u8 pid)
{
	unsigned int n;

	for (n = 0; n < PPC440_NR_SLOTS; n++) {
		struct slot *s = &shadow.slot[n];

		if (s->pid == pid && !((s->va ^ va) & ~(s->mask | mask)))
			drop(n);
	}
}

void ppc440_shadow_map(struct ppc440_vcpu *v, const struct ppc440_mapping *m)
{
	u8 pid = v->cur_space + 1;
	unsigned int n;
	struct slot *s;

	/*
	 * Where the TLB has just missed there is nothing, unless it is a part of what is
	 * mapped now: of a group of pages that has grown (mmu.c sees to that), or of
	 * another entry of the guest's.
	 */
	if (!m->fresh || v->tlb_overlaps)
		drop_range(m->va, m->mask, pid);
	n = shadow.next++;
	if (shadow.next == PPC440_NR_SLOTS)
		shadow.next = 0;
	forget(n);
	s = &shadow.slot[n];
	s->va = m->va;
	s->mask = m->mask;
	s->gfn = m->gfn;
	s->pid = pid;
	s->entry = m->entry;
	s->of_user = m->of_user && !v->space[v->cur_space].user;
	s->writable = m->attrib & PPC44x_TLB_UW;
	s->executable = m->attrib & PPC44x_TLB_UX;
	shadow.nr_of_entry[s->entry]++;
	shadow.nr_of_user += s->of_user;
	hw_set(n, m, pid);
}

void ppc440_shadow_drop_entry(struct ppc440_vcpu *v, unsigned int idx)
{
	unsigned long flags;
	unsigned int n;

	local_irq_save(flags);
	for (n = 0; n < PPC440_NR_SLOTS && shadow.owner == v &&
	     shadow.nr_of_entry[idx]; n++)
		if (shadow.slot[n].pid && shadow.slot[n].entry == idx)
			drop(n);
	local_irq_restore(flags);
}

static u32 slot_pages(const struct slot *s)
{
	return s->mask < PAGE_SIZE ? 1 : (s->mask + 1) >> PAGE_SHIFT;
}

static bool drop_gfns(u32 gfn, u32 npages, bool wr)
{
	bool found = false;
	unsigned int n;

	for (n = 0; n < PPC440_NR_SLOTS; n++) {
		struct slot *s = &shadow.slot[n];

		if (!s->pid || (wr && !s->writable) ||
		    s->gfn + slot_pages(s) <= gfn || s->gfn >= gfn + npages)
			continue;
		drop(n);
		found = true;
	}
	sync();
	return found;
}

bool ppc440_shadow_drop_gfns(struct ember_vm *vm, u32 gfn, u32 npages, bool wr)
{
	unsigned long flags;
	bool found = false;

	local_irq_save(flags);
	if (shadow.owner && shadow.owner->vcpu.vm == vm)
		found = drop_gfns(gfn, npages, wr);
	local_irq_restore(flags);
	return found;
}

/* ---- spaces --------------------------------------------------------------------------------- */

/* The first two are the kernel's, in address spaces 0 and 1. */
#define FIRST_USER	2

static void drop_space(unsigned int i)
{
	unsigned int n;

	for (n = 0; n < PPC440_NR_SLOTS; n++)
		if (shadow.slot[n].pid == i + 1)
			drop(n);
}

static unsigned int user_space(struct ppc440_vcpu *v, bool as)
{
	struct ppc440_space *s;
	unsigned int i;

	for (i = FIRST_USER; i < PPC440_NR_SPACES; i++) {
		s = &v->space[i];
		if (s->used && s->as == as && s->pid == v->pid)
			return i;
	}
	i = FIRST_USER + v->next_space;
	v->next_space = (v->next_space + 1) % (PPC440_NR_SPACES - FIRST_USER);
	drop_space(i);
	/* What it was is in the cache by the same PID (4.2). */
	v->want_iccci = true;
	v->space[i] = (struct ppc440_space){
		.user = true, .as = as, .pid = v->pid, .used = true,
	};
	return i;
}

u32 ppc440_shadow_space(struct ppc440_vcpu *v)
{
	bool as = v->msr & MSR_IS;

	v->space_changed = false;
	v->cur_space = v->msr & MSR_PR ? user_space(v, as) : as;
	return v->cur_space + 1;
}

/* Of the kernel's: its PID is the same for all TIDs, so the cache has them alike. */
static void drop_of_user(struct ppc440_vcpu *v)
{
	unsigned int n;

	for (n = 0; n < PPC440_NR_SLOTS && shadow.nr_of_user; n++) {
		if (!shadow.slot[n].pid || !shadow.slot[n].of_user)
			continue;
		v->want_iccci |= shadow.slot[n].executable;
		drop(n);
	}
}

void ppc440_shadow_pid_changed(struct ppc440_vcpu *v)
{
	unsigned long flags;

	v->code_ea = 1;
	v->space_changed = true;
	local_irq_save(flags);
	if (shadow.owner == v)
		drop_of_user(v);
	local_irq_restore(flags);
}
