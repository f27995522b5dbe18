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
 *
 * What is thrown out for want of room comes back without an exit: a table of the vcpu's
 * has what was mapped for each of its pages, and the vectors of TLB misses look there
 * first (enter.S).  Its entries are of a round, and a new round makes all of them void;
 * so it goes whenever the host takes a page away, and nobody has to find out which.
 */
#include <asm/mmu.h>
#include "ppc440.h"

#define FIRST		ppc440_first_slot
#define END		(ppc440_first_slot + PPC440_NR_SLOTS)
#define SLOT(n)		(&ppc440_block->slot[n])

/* In a tag: the PID; the round, of the table's entries only; or of_user, of slots only. */
#define TAG_PID		0xffu
#define TAG_ROUND	0x100u
#define TAG_ROUNDS	15
#define TAG_OF_USER	0xf00u

#define SOFT_SIZE	BIT(PPC440_SOFT_BITS)

/* One CPU, and interrupts off: nothing else guards this, nor the slots. */
static struct ppc440_vcpu *owner __read_mostly;
static bool any_of_user;	/* is there a slot of the kernel's with a TID? */

/* ---- the table of what the vectors serve ------------------------------------------- */

int ppc440_shadow_init(struct ppc440_vcpu *v)
{
	/* As enter.S has it. */
	BUILD_BUG_ON(sizeof(struct ppc440_slot) != 16);
	BUILD_BUG_ON(SOFT_SIZE * sizeof(struct ppc440_soft) !=
		     PAGE_SIZE << PPC440_SOFT_ORDER);
	v->soft = (void *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
					   PPC440_SOFT_ORDER);
	return v->soft ? 0 : -ENOMEM;
}

void ppc440_shadow_destroy(struct ppc440_vcpu *v)
{
	ppc440_shadow_release(v);
	free_pages((unsigned long)v->soft, PPC440_SOFT_ORDER);
}

static void set_tag(struct ppc440_vcpu *v)
{
	if (owner == v)
		ppc440_block->tag = v->soft_round * TAG_ROUND | (v->cur_space + 1);
}

void ppc440_shadow_forget(struct ppc440_vcpu *v)
{
	unsigned long flags;

	local_irq_save(flags);
	if (++v->soft_round == TAG_ROUNDS) {
		v->soft_round = 0;
		memset(v->soft, 0, PAGE_SIZE << PPC440_SOFT_ORDER);
	}
	set_tag(v);
	local_irq_restore(flags);
}

static struct ppc440_soft *soft_at(struct ppc440_vcpu *v, u32 ea)
{
	return &v->soft[ea >> PAGE_SHIFT & (SOFT_SIZE - 1)];
}

/* Beyond this many pages all of it goes. */
#define FORGET_PAGES	16

static void soft_drop(struct ppc440_vcpu *v, u32 va, u32 mask)
{
	u32 i, n = (mask >> PAGE_SHIFT) + 1;

	if (n > FORGET_PAGES) {
		ppc440_shadow_forget(v);
		return;
	}
	for (i = 0; i < n; i++)
		soft_at(v, va + i * PAGE_SIZE)->tag = 0;
}

/* ---- the hardware's side ----------------------------------------------------------- */

static const u16 size_of_mask[] = {
	[0] = PPC44x_TLB_1K, [1] = PPC44x_TLB_4K, [2] = PPC44x_TLB_16K,
	[3] = PPC44x_TLB_64K, [4] = PPC44x_TLB_256K, [5] = PPC44x_TLB_1M,
};

static u32 size_bits(u32 mask)
{
	return size_of_mask[(ilog2(mask + 1) - 10) / 2];
}

/* Those that we make: SIZE n is 4^n KiB. */
static u32 slot_mask(const struct ppc440_slot *s)
{
	return BIT(10 + 2 * (s->pageid >> 4 & 15)) - 1;
}

static u32 slot_va(const struct ppc440_slot *s)
{
	return s->pageid & PPC44x_TLB_EPN_MASK;
}

/* V is clear. */
static void drop(unsigned int n)
{
	SLOT(n)->pageid = 0;
	asm volatile("tlbwe %0,%1,0" : : "r" (0), "r" (n) : "memory");
}

static void sync(void)
{
	isync();	/* after tlbwe, before the next access (5.9) */
}

void ppc440_shadow_clear(void)
{
	unsigned int n;

	for (n = FIRST; n < END; n++)
		drop(n);
	sync();
	owner = NULL;
	any_of_user = false;
}

__ember_hot void ppc440_shadow_claim(struct ppc440_vcpu *v)
{
	if (likely(owner == v))
		return;
	ppc440_shadow_clear();
	owner = v;
	ppc440_block->soft = v->soft;
	/* The other's instructions are in the cache by the same addresses (4.2). */
	v->want_iccci = true;
}

void ppc440_shadow_release(struct ppc440_vcpu *v)
{
	unsigned long flags;

	local_irq_save(flags);
	if (owner == v)
		ppc440_shadow_clear();
	ppc440_shadow_forget(v);
	local_irq_restore(flags);
}

/* Of one PID, or of all: 0. */
static void drop_range(u32 va, u32 mask, u32 pid)
{
	struct ppc440_slot *s;
	unsigned int n;

	for (n = FIRST; n < END; n++) {
		s = SLOT(n);
		if (s->pageid && !((slot_va(s) ^ va) & ~(slot_mask(s) | mask)) &&
		    (!pid || (s->tag & TAG_PID) == pid))
			drop(n);
	}
}

/* The vectors may serve it when it is thrown out; not what goes with the PID. */
static void soft_fill(struct ppc440_vcpu *v, const struct ppc440_mapping *m,
		      const struct ppc440_slot *s)
{
	struct ppc440_soft *soft = soft_at(v, m->ea);

	soft->xlat = s->xlat;
	soft->attrib = m->attrib;
	soft->pageid = s->pageid;
	soft->tag = (m->ea & PAGE_MASK) | ppc440_block->tag;
}

void ppc440_shadow_map(struct ppc440_vcpu *v, const struct ppc440_mapping *m)
{
	bool of_user = m->of_user && !v->space[v->cur_space].user;
	u32 pid = v->cur_space + 1;
	unsigned int n = ppc440_block->next;
	struct ppc440_slot *s = SLOT(n);

	/*
	 * No two entries may match one address (5.4).  Where the TLB has just missed there
	 * is nothing, unless it is a part of what is mapped now: of a group of pages that
	 * has grown (mmu.c sees to that), or of another entry of the guest's.
	 */
	if (!m->fresh || v->tlb_overlaps)
		drop_range(m->va, m->mask, pid);
	ppc440_block->next = n + 1 < END ? n + 1 : FIRST;
	s->pageid = m->va | PPC44x_TLB_VALID | PPC44x_TLB_TS | size_bits(m->mask);
	s->xlat = m->pa;
	s->tag = pid | (of_user ? TAG_OF_USER : 0);
	any_of_user |= of_user;
	if (!of_user && !v->tlb_overlaps && m->mask >= PAGE_SIZE - 1)
		soft_fill(v, m, s);
	ppc440_tlb_write(n, s->pageid, s->xlat, m->attrib, pid);
}

/* Whatever is mapped of an entry lies within it. */
void ppc440_shadow_drop_entry(struct ppc440_vcpu *v, unsigned int idx)
{
	u32 mask = ppc440_tlbe_mask(&v->tlb[idx]);
	u32 va = v->tlb[idx].pageid & PPC44x_TLB_EPN_MASK & ~mask;
	unsigned long flags;

	local_irq_save(flags);
	if (owner == v)
		drop_range(va, mask, 0);
	soft_drop(v, va, mask);
	local_irq_restore(flags);
}

void ppc440_shadow_drop_all(struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned long flags;
	unsigned int i;

	local_irq_save(flags);
	if (owner && owner->vcpu.vm == vm) {
		struct ppc440_vcpu *v = owner;

		ppc440_shadow_clear();
		/* It may be on its way in: its table is still the one to be used. */
		owner = v;
		/* Another thread may have changed code that it has run. */
		v->want_iccci = true;
	}
	ember_for_each_vcpu(i, vcpu, vm)
		ppc440_shadow_forget(to_ppc440(vcpu));
	local_irq_restore(flags);
}

/* ---- spaces --------------------------------------------------------------------------------- */

/* The first two are the kernel's, in address spaces 0 and 1. */
#define FIRST_USER	2

static void drop_space(struct ppc440_vcpu *v, u32 pid)
{
	unsigned int n;

	for (n = FIRST; n < END; n++)
		if (SLOT(n)->pageid && (SLOT(n)->tag & TAG_PID) == pid)
			drop(n);
	ppc440_shadow_forget(v);
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
	drop_space(v, i + 1);
	/* What it was is in the cache by the same PID (4.2). */
	v->want_iccci = true;
	v->space[i] = (struct ppc440_space){
		.user = true, .as = as, .pid = v->pid, .used = true,
	};
	return i;
}

__ember_hot u32 ppc440_shadow_space(struct ppc440_vcpu *v)
{
	bool as = v->msr & MSR_IS;

	v->space_changed = false;
	v->cur_space = v->msr & MSR_PR ? user_space(v, as) : as;
	if (v->msr & MSR_PR)
		v->user_pid = as ? 0 : v->cur_space + 1;
	set_tag(v);
	return v->cur_space + 1;
}

/* Of the kernel's: its PID is the same for all TIDs, so the cache has them alike. */
static void drop_of_user(struct ppc440_vcpu *v)
{
	unsigned int n;

	for (n = FIRST; n < END; n++)
		if (SLOT(n)->pageid && (SLOT(n)->tag & TAG_OF_USER) == TAG_OF_USER)
			drop(n);
	v->want_iccci = true;
	any_of_user = false;
}

void ppc440_shadow_pid_changed(struct ppc440_vcpu *v)
{
	unsigned long flags;

	MAGIC(v, PID) = v->pid;
	ppc440_forget_code(v);
	v->user_pid = 0;
	v->space_changed = true;
	local_irq_save(flags);
	if (owner == v && any_of_user)
		drop_of_user(v);
	local_irq_restore(flags);
}
