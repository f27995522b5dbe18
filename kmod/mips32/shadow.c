// SPDX-License-Identifier: GPL-2.0
/*
 * Shadow tables: what the refill handler of enter.S copies to the host's TLB.
 *
 * Read after mmu.c.  A directory has 512 tables of 1024 PTEs, which are EntryLo
 * values ready to use:
 *
 *	0x00000000	the guest's mapped user segment, a set of tables for each of
 *			the guest ASIDs used last (struct mips32_space)
 *	0x40000000	the guest's kseg0: one set for the VM, filled by gfn, so that
 *			it also tells where a gfn is in host memory
 *	0x60000000	the guest's mapped kernel segment: one set for the vcpu
 *
 * Users have a directory of their own, of which the upper half is empty, and an
 * ASID of the host's of their own: what the guest's kernel may reach is never in
 * a TLB entry that its users match.
 *
 * A PTE with V set is the host's business: it goes when the owner's page goes.
 * One without V may be a mark, which says what entry of the guest's TLB is there.
 * In kseg0 PTEs make up large entries of the host's TLB where they can: large.h.
 *
 * NOT DONE: large entries for the guest's mapped segments, where its own are large.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/tlb.h>
#include "mips32.h"

#define KSEG0_DIR	(MIPS32_KSEG0 >> MIPS32_PGD_SHIFT)
#define KSEG23_DIR	(MIPS32_KSEG23 >> MIPS32_PGD_SHIFT)

/* A table without anything, for where there is none. */
static u32 *no_table(void)
{
	return (u32 *)empty_zero_page;
}

/* Of the user segment, the users' half counts: comm.c has its own in the kernel's. */
static unsigned int shadow_dir(u32 va)
{
	unsigned int dir = va >> MIPS32_PGD_SHIFT;

	return dir < KSEG0_DIR ? MIPS32_PGD_SIZE + dir : dir;
}

static unsigned int shadow_index(u32 va)
{
	return va >> PAGE_SHIFT & (MIPS32_TABLE_PTES - 1);
}

/* ---- life --------------------------------------------------------------------- */

static void forget_asids(struct mips32_space *space)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		set_cpu_context(cpu, space->mm[0], 0);
		set_cpu_context(cpu, space->mm[1], 0);
	}
}

/* Only the context of these is ever used. */
static struct mm_struct *dummy_mm(void)
{
	return kzalloc(sizeof(struct mm_struct), GFP_KERNEL_ACCOUNT);
}

static int space_init(struct mips32_space *space)
{
	unsigned int i;

	space->asid = MIPS32_NO_ASID;
	space->pgd = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	space->mm[0] = dummy_mm();
	space->mm[1] = dummy_mm();
	for (i = 0; space->pgd && i < 2 * MIPS32_PGD_SIZE; i++)
		space->pgd[i] = no_table();
	return space->pgd && space->mm[0] && space->mm[1] ? 0 : -ENOMEM;
}

/* Tables of the user segment are the space's own. */
static void space_destroy(struct mips32_space *space)
{
	unsigned int i;

	for (i = 0; space->pgd && i < KSEG0_DIR; i++)
		if (space->pgd[MIPS32_PGD_SIZE + i] != no_table())
			free_page((unsigned long)space->pgd[MIPS32_PGD_SIZE + i]);
	free_page((unsigned long)space->pgd);
	kfree(space->mm[0]);
	kfree(space->mm[1]);
}

static void free_kseg23(struct mips32_vcpu *v)
{
	u32 **pgd = v->space[0].pgd;
	unsigned int i;

	for (i = KSEG23_DIR; pgd && i < MIPS32_PGD_SIZE; i++)
		if (pgd[i] != no_table())
			free_page((unsigned long)pgd[i]);
}

/* The guest's refill handler may be in one of them, while it runs. */
static void free_dropped(struct mips32_vcpu *v)
{
	u32 *table, *next;

	spin_lock(&v->vcpu.vm->mmu_lock);
	table = v->dropped;
	v->dropped = NULL;
	spin_unlock(&v->vcpu.vm->mmu_lock);
	for (; table; table = next) {
		next = table[0] ? phys_to_virt(table[0]) : NULL;
		free_page((unsigned long)table);
	}
}

void mips32_shadow_destroy(struct mips32_vcpu *v)
{
	unsigned int i;

	free_dropped(v);
	free_kseg23(v);
	for (i = 0; i < MIPS32_NR_SPACES; i++)
		space_destroy(&v->space[i]);
	free_page((unsigned long)v->spare);
}

int mips32_shadow_init(struct mips32_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < MIPS32_NR_SPACES; i++) {
		if (space_init(&v->space[i])) {
			mips32_shadow_destroy(v);
			return -ENOMEM;
		}
	}
	v->cur = &v->space[0];
	v->cur->asid = 0;
	v->next_space = 1;
	return 0;
}

int mips32_shadow_top_up(struct mips32_vcpu *v)
{
	if (unlikely(READ_ONCE(v->dropped)))
		free_dropped(v);
	if (unlikely(!v->spare))
		v->spare = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return v->spare ? 0 : -ENOMEM;
}

/* ---- the space of an ASID --------------------------------------------------------- */

static struct mips32_space *find_space(struct mips32_vcpu *v, u32 asid)
{
	unsigned int i;

	for (i = 0; i < MIPS32_NR_SPACES; i++)
		if (v->space[i].asid == asid)
			return &v->space[i];
	return NULL;
}

/* Give up the one that was taken longest ago, but for the one in use. */
static struct mips32_space *recycle_space(struct mips32_vcpu *v, u32 asid)
{
	struct mips32_space *space = &v->space[v->next_space];

	if (space == v->cur) {
		v->next_space = (v->next_space + 1) % MIPS32_NR_SPACES;
		space = &v->space[v->next_space];
	}
	v->next_space = (v->next_space + 1) % MIPS32_NR_SPACES;
	mips32_tlb_clear_space(v, space);
	forget_asids(space);
	space->asid = asid;
	mips32_tlb_mark_space(v, space);
	return space;
}

void mips32_shadow_switch(struct mips32_vcpu *v)
{
	u32 asid = C0(v, ENTRYHI) & 0xff;

	if (v->cur->asid == asid)
		return;
	spin_lock(&v->vcpu.vm->mmu_lock);
	v->cur = find_space(v, asid) ?: recycle_space(v, asid);
	mips32_tlb_asid_changed(v);
	spin_unlock(&v->vcpu.vm->mmu_lock);
}

/*
 * What @mm has on @cpu: a round of ASIDs, and one of its.  Another CPU may take it away at any
 * moment (mips32_mmu_flush()), so who wants both reads once.
 */
static u64 context_of(const struct mm_struct *mm, unsigned int cpu)
{
	return READ_ONCE(mm->context.asid[cpu]);
}

static bool context_valid(u64 context, unsigned int cpu)
{
	return !((context ^ asid_cache(cpu)) & asid_version_mask(cpu));
}

static u32 context_asid(u64 context, unsigned int cpu)
{
	return context & cpu_asid_mask(&cpu_data[cpu]);
}

u32 mips32_shadow_asid(struct mips32_vcpu *v, bool kernel)
{
	struct mm_struct *mm = v->cur->mm[kernel];
	unsigned int cpu = smp_processor_id();
	u64 context = context_of(mm, cpu);

	while (unlikely(!context_valid(context, cpu))) {
		get_new_mmu_context(mm);
		/* Pairs with flush()'s first: should this undo its zero, PTEs are new ones. */
		smp_mb();
		context = context_of(mm, cpu);
		ember_count_exit(&v->vcpu, MIPS32_EXIT_ASID);
	}
	return context_asid(context, cpu);
}

/* One that is taken away behind this is used still: flush() waits for the exit. */
void mips32_shadow_asids(struct mips32_vcpu *v, u32 *user, u32 *kernel)
{
	struct mm_struct *const *mm = v->cur->mm;
	unsigned int cpu = smp_processor_id();
	u64 users = context_of(mm[0], cpu), kernels = context_of(mm[1], cpu);

	/* The kernel's may begin a new round of ASIDs, in which the users' is another. */
	while (unlikely(!context_valid(users, cpu) || !context_valid(kernels, cpu))) {
		mips32_shadow_asid(v, false);
		mips32_shadow_asid(v, true);
		users = context_of(mm[0], cpu);
		kernels = context_of(mm[1], cpu);
	}
	*user = context_asid(users, cpu);
	*kernel = context_asid(kernels, cpu);
}

void mips32_shadow_forget_asids(struct mips32_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < MIPS32_NR_SPACES; i++)
		forget_asids(&v->space[i]);
}

/* ---- tables ------------------------------------------------------------------------- */

u32 *mips32_shadow_pte(struct mips32_space *space, u32 va)
{
	u32 *table = space->pgd[shadow_dir(va)];

	return table == no_table() ? NULL : &table[shadow_index(va)];
}

static u32 *take_spare(struct mips32_vcpu *v)
{
	u32 *table = v->spare;

	v->spare = NULL;
	v->vcpu.vm->mapped.tables++;
	return table;
}

/*
 * The guest's refill handler may still read it, on another CPU, until the caller has
 * flushed: so a link is a PTE without V, and without SPTE_LARGE, which a pointer has.
 */
bool mips32_shadow_cut(struct mips32_vcpu *v, struct mips32_space *space, u32 va)
{
	unsigned int i, dir = shadow_dir(va);
	u32 *table = space->pgd[dir];

	if (table == no_table())
		return false;
	space->pgd[dir] = no_table();
	if (dir >= MIPS32_PGD_SIZE && space->pgd[dir - MIPS32_PGD_SIZE] == table)
		space->pgd[dir - MIPS32_PGD_SIZE] = no_table();
	for (i = 0; dir < MIPS32_PGD_SIZE && i < MIPS32_NR_SPACES; i++)
		v->space[i].pgd[dir] = no_table();
	table[0] = v->dropped ? virt_to_phys(v->dropped) : 0;
	v->dropped = table;
	v->vcpu.vm->mapped.tables--;
	return true;
}

u32 *mips32_shadow_make(struct mips32_vcpu *v, struct mips32_space *space, u32 va)
{
	unsigned int i, dir = shadow_dir(va);

	if (space->pgd[dir] == no_table()) {
		if (!v->spare)
			return NULL;
		space->pgd[dir] = take_spare(v);
		if (dir >= MIPS32_PGD_SIZE &&
		    space->pgd[dir - MIPS32_PGD_SIZE] == no_table())
			space->pgd[dir - MIPS32_PGD_SIZE] = space->pgd[dir];
		for (i = 0; dir < MIPS32_PGD_SIZE && i < MIPS32_NR_SPACES; i++)
			v->space[i].pgd[dir] = space->pgd[dir];
	}
	return mips32_shadow_pte(space, va);
}

u32 *mips32_kseg0_pte(struct mips32_vm *mvm, gfn_t gfn)
{
	u32 *table;

	if (gfn >= MIPS32_KSEG0_PAGES)
		return NULL;
	table = mvm->kseg0[(u32)gfn / MIPS32_TABLE_PTES];
	return table ? &table[(u32)gfn % MIPS32_TABLE_PTES] : NULL;
}

u32 *mips32_kseg0_make(struct mips32_vcpu *v, gfn_t gfn)
{
	struct mips32_vm *mvm = to_mips32_vm(v->vcpu.vm);
	unsigned int i, dir = (u32)gfn / MIPS32_TABLE_PTES;

	if (!mvm->kseg0[dir]) {
		if (!v->spare)
			return NULL;
		mvm->kseg0[dir] = take_spare(v);
	}
	/* Another vcpu may have made it. */
	if (v->space[0].pgd[KSEG0_DIR + dir] != mvm->kseg0[dir])
		for (i = 0; i < MIPS32_NR_SPACES; i++)
			v->space[i].pgd[KSEG0_DIR + dir] = mvm->kseg0[dir];
	return mips32_kseg0_pte(mvm, gfn);
}

/* ---- the host's TLB ---------------------------------------------------------------------- */

/* EntryHi keeps the ASID that the guest is going to be entered with. */
void mips32_shadow_refresh(struct mips32_vcpu *v, u32 va)
{
	u32 page = va & ~(2 * (u32)PAGE_SIZE - 1);
	u32 *pte = mips32_shadow_pte(v->cur, page);

	if (pte)
		v->tlb_set(page | v->ctxt->entryhi, pte[0], pte[1], true);
}

/* Where it ran before, it is going to have a new ASID. */
static void forget_elsewhere(struct mm_struct *mm)
{
	unsigned int cpu, here = smp_processor_id();

	for_each_possible_cpu(cpu)
		if (cpu != here)
			set_cpu_context(cpu, mm, 0);
}

void mips32_shadow_only_here(struct mips32_vcpu *v)
{
	forget_elsewhere(v->cur->mm[1]);
}

static void drop_asid(struct mips32_vcpu *v, struct mm_struct *mm, u32 page)
{
	unsigned int here = smp_processor_id();
	u64 context = context_of(mm, here);

	forget_elsewhere(mm);
	/*
	 * With EHINV, where there is one: an FTLB takes an index with a foreign VPN2 no other
	 * way (PRA, EntryHi.EHINV; Linux' local_flush_tlb_page()).
	 */
	if (context_valid(context, here))
		v->tlb_kill(page | context_asid(context, here), UNIQUE_ENTRYHI(0));
}

void mips32_shadow_drop(struct mips32_vcpu *v, struct mips32_space *space, u32 va)
{
	u32 page = va & ~(2 * (u32)PAGE_SIZE - 1);
	unsigned long flags;

	local_irq_save(flags);
	htw_stop();
	drop_asid(v, space->mm[1], page);
	if (va < MIPS32_USER_END)
		drop_asid(v, space->mm[0], page);
	htw_start();
	local_irq_restore(flags);
}
