// SPDX-License-Identifier: GPL-2.0
/*
 * Run-time translation of the guest's code: what traps often is replaced where it
 * stands, by the rules of translate.c.
 *
 * Read after emulate.c and translate.h.  A page that holds new words is write-
 * protected, and the old words are kept: when the guest writes to the page, it
 * gets them back first.  Not so the three words of irq_save: a thread may have
 * been interrupted between them, and they go on being right.  What the monitor
 * writes (a disk's data, say) is not watched, and need not be: old words are put
 * back only where the new ones still are.
 *
 * NOT DONE: a guest that reads its code as data sees the new words, since these
 * CPUs' TLBs cannot tell a fetch from a load.  Each of them may be copied and run
 * elsewhere in the guest's kernel: so do kprobes and ftrace.  A dump of the
 * guest's memory shows them.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <asm/cpu-features.h>
#include "mips32.h"
#include "translate.h"

/* Of each VM; a Linux kernel has some 7000 privileged instructions. */
#define PATCH_MAX_SITES		8192
/* A page that has been written to so often after that stays as it is. */
#define PATCH_MAX_UNDO		8

#define PAGE_WORDS		(PAGE_SIZE / 4)

static bool translate = true;
module_param(translate, bool, 0644);
MODULE_PARM_DESC(translate, "Translate guests' code, where EMBER_CAP_MIPS_TRANSLATE does not say otherwise");

struct patched_site {
	u16 at;			/* word of the page */
	u16 nr;
	u32 old[MIPS32_PATCH_MAX];
	u32 new[MIPS32_PATCH_MAX];
};

struct patched_page {
	unsigned int nr;
	struct patched_site sites[];
};

void mips32_patch_init(struct mips32_vm *mvm)
{
	mutex_init(&mvm->patch_lock);
	xa_init(&mvm->patched);
	mvm->translates = READ_ONCE(translate);
}

/*
 * Who asks for it may bring memory of a VM that had it: what was translated there
 * wants its comm page at once.
 */
void mips32_patch_enable(struct mips32_vm *mvm, bool on)
{
	mvm->translates = on;
	mvm->live = on;
}

void mips32_patch_destroy(struct mips32_vm *mvm)
{
	struct patched_page *page;
	unsigned long gfn;

	xa_for_each(&mvm->patched, gfn, page)
		kfree(page);
	xa_destroy(&mvm->patched);
}

bool mips32_patch_watched(struct ember_vm *vm, gfn_t gfn)
{
	return xa_load(&to_mips32_vm(vm)->patched, gfn);
}

/* ---- the guest's page --------------------------------------------------------------- */

struct code_page {
	struct ember_memslot *slot;
	gfn_t gfn;
	struct page *page;	/* referenced, writable by the owner */
	u32 *words;
};

/* @va: where the guest runs it; the kernel has no older lines of it afterwards. */
static int code_get(struct ember_vm *vm, gfn_t gfn, u32 va, struct code_page *code)
{
	code->gfn = gfn;
	code->slot = ember_gfn_to_slot(vm, gfn);
	if (!code->slot || code->slot->flags & KVM_MEM_READONLY)
		return -EFAULT;
	if (get_user_pages_unlocked(ember_gfn_to_hva(code->slot, gfn), 1,
				    &code->page, FOLL_WRITE) != 1)
		return -EFAULT;
	code->words = page_address(code->page);
	if (cpu_has_dc_aliases)
		mips32_cache_sync_page(code->words, va);
	return 0;
}

static void code_put(struct code_page *code, u32 va, bool changed)
{
	if (changed) {
		mips32_cache_sync_page(code->words, va);
		set_page_dirty_lock(code->page);
		ember_mark_dirty(code->slot, code->gfn);
	}
	put_page(code->page);
}

/* ---- records ------------------------------------------------------------------------- */

static struct patched_site *find_site(struct patched_page *page, unsigned int at)
{
	unsigned int i;

	for (i = 0; i < page->nr; i++)
		if (page->sites[i].at == at)
			return &page->sites[i];
	return NULL;
}

/* From here on the page is not mapped for writing.  False: there is no memory. */
static bool record_page(struct mips32_vm *mvm, gfn_t gfn)
{
	struct patched_page *page = xa_load(&mvm->patched, gfn);

	if (page)
		return true;
	page = kzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);
	if (page && !xa_err(xa_store(&mvm->patched, gfn, page, GFP_KERNEL_ACCOUNT)))
		return true;
	kfree(page);
	return false;
}

/* Nothing was changed there after all. */
static void drop_empty(struct mips32_vm *mvm, gfn_t gfn)
{
	struct patched_page *page = xa_load(&mvm->patched, gfn);

	if (page->nr)
		return;
	xa_erase(&mvm->patched, gfn);
	kfree(page);
}

/* A new one, of which the caller fills in the rest; NULL: there is no memory. */
static struct patched_site *add_site(struct mips32_vm *mvm, gfn_t gfn,
				     const struct patched_page *old,
				     unsigned int at)
{
	struct patched_page *new;

	/* Found by others without a lock, but for its address only. */
	new = kmalloc(struct_size(new, sites, old->nr + 1), GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;
	memcpy(new->sites, old->sites, old->nr * sizeof(new->sites[0]));
	new->nr = old->nr + 1;
	new->sites[old->nr].at = at;
	if (xa_err(xa_store(&mvm->patched, gfn, new, GFP_KERNEL_ACCOUNT))) {
		kfree(new);
		return NULL;
	}
	kfree(old);
	mvm->nr_patched++;
	return &new->sites[new->nr - 1];
}

/*
 * A word has one record, also if the monitor has put something else there since.
 * False: there is no memory.  patch_lock.
 */
static bool record(struct mips32_vm *mvm, gfn_t gfn, unsigned int at,
		   const struct mips32_patch *patch)
{
	struct patched_page *page = xa_load(&mvm->patched, gfn);
	struct patched_site *site = find_site(page, at);

	if (!site)
		site = add_site(mvm, gfn, page, at);
	if (!site)
		return false;
	site->nr = patch->nr;
	memcpy(site->old, patch->old, sizeof(site->old));
	memcpy(site->new, patch->new, sizeof(site->new));
	return true;
}

/* With the first page, guest kernels get their comm pages, too. */
static void watch(struct mips32_vm *mvm, gfn_t gfn)
{
	spin_lock(&mvm->vm.mmu_lock);
	mips32_mem_write_protect(&mvm->vm, gfn, 1);
	if (!mvm->live) {
		WRITE_ONCE(mvm->live, true);
		mips32_mmu_flush(&mvm->vm);
	}
	spin_unlock(&mvm->vm.mmu_lock);
}

/* ---- there ------------------------------------------------------------------------------ */

static u8 *undo_count(struct mips32_vm *mvm, gfn_t gfn)
{
	return &mvm->undone[gfn % ARRAY_SIZE(mvm->undone)];
}

/*
 * May another vcpu be among the words, or about to go on from the first of them?  By
 * their place in the page, wherever it has the page.
 */
static bool in_use(struct mips32_vcpu *v, u32 va, unsigned int nr)
{
	struct ember_vcpu *vcpu;
	unsigned int i;
	u32 pc;

	ember_for_each_vcpu(i, vcpu, v->vcpu.vm) {
		pc = READ_ONCE(to_mips32(vcpu)->ctxt->pc);
		if (vcpu != &v->vcpu && ((pc - va) & ~PAGE_MASK) < 4 * nr)
			return true;
	}
	return false;
}

/*
 * Three words cannot be changed at once.  Where the host has one CPU the other vcpus
 * stand still while this thread is not preempted, and can be looked at.
 */
static bool is_safe(struct mips32_vcpu *v, u32 va, const struct mips32_patch *patch)
{
	unsigned int vcpus;

	/* Pairs with the store-release that publishes a new vcpu. */
	vcpus = smp_load_acquire(&v->vcpu.vm->nr_vcpus);
	return patch->nr == 1 || (patch->nr && vcpus == 1) ||
	       (patch->nr && num_possible_cpus() == 1 && !in_use(v, va, patch->nr));
}

/* False: something has come in between, another vcpu or what the monitor writes. */
static bool change_words(struct mips32_vcpu *v, struct code_page *code,
			 const struct mips32_code *in,
			 const struct mips32_patch *patch)
{
	unsigned int i;
	bool safe;

	preempt_disable();
	safe = is_safe(v, in->pc, patch) &&
	       !memcmp(code->words + in->at, patch->old,
		       patch->nr * sizeof(patch->old[0]));
	for (i = 0; safe && i < patch->nr; i++)
		WRITE_ONCE(code->words[in->at + i], patch->new[i]);
	if (safe)
		mips32_cache_sync_page(code->words, in->pc);
	preempt_enable();
	return safe;
}

/* What the words come to is looked up when the guest writes to the page no more. */
static bool patch_page(struct mips32_vcpu *v, struct code_page *code, u32 va)
{
	struct mips32_vm *mvm = to_mips32_vm(v->vcpu.vm);
	struct mips32_code in = {
		.words = code->words,
		.nr = PAGE_WORDS,
		.at = (va & ~PAGE_MASK) / 4,
		.pc = va,
		.features = cpu_has_dc_aliases ? 0 : MIPS32_XLAT_NO_ALIASES,
	};
	struct mips32_patch patch;

	if (!record_page(mvm, code->gfn))
		return false;
	watch(mvm, code->gfn);
	mips32_rewrite(&in, &patch);
	if (is_safe(v, va, &patch) && record(mvm, code->gfn, in.at, &patch) &&
	    change_words(v, code, &in, &patch))
		return true;
	drop_empty(mvm, code->gfn);
	return false;
}

static bool patch_at(struct mips32_vcpu *v, gfn_t gfn, u32 va)
{
	struct mips32_vm *mvm = to_mips32_vm(v->vcpu.vm);
	struct code_page code;
	bool changed;

	if (mvm->nr_patched >= PATCH_MAX_SITES ||
	    *undo_count(mvm, gfn) >= PATCH_MAX_UNDO || code_get(&mvm->vm, gfn, va, &code))
		return false;
	changed = patch_page(v, &code, va);
	code_put(&code, va, changed);
	return changed;
}

bool mips32_patch(struct mips32_vcpu *v, const struct mips32_step *step)
{
	struct mips32_vm *mvm = to_mips32_vm(v->vcpu.vm);
	bool changed;
	gpa_t gpa;

	v->patch_due = false;
	/* Read without a fault just now; an exception here is as good as again. */
	if (mips32_translate(v, step->va, false, &gpa))
		return true;
	mutex_lock(&mvm->patch_lock);
	changed = patch_at(v, gpa >> PAGE_SHIFT, step->va);
	mutex_unlock(&mvm->patch_lock);
	if (changed)
		ember_count_exit(&v->vcpu, MIPS32_EXIT_PATCH);
	return changed;
}

/* By itself, without its neighbours: is there any hope? */
static bool may_change(u32 word)
{
	const u32 words[] = { 0, word };
	struct mips32_code alone = {
		.words = words,
		.nr = ARRAY_SIZE(words),
		.at = 1,
		.features = MIPS32_XLAT_NO_ALIASES,
	};
	struct mips32_patch patch;

	return mips32_rewrite(&alone, &patch) <= MIPS32_RULE_STAYS_DI;
}

bool mips32_patch_wanted(struct mips32_vcpu *v, const struct mips32_step *step)
{
	v->patch_hot = false;
	v->patch_due = step->va >= MIPS32_KSEG0 && mips32_kernel_mode(v) &&
		       may_change(step->word);
	return v->patch_due;
}

/* ---- and back ---------------------------------------------------------------------------- */

static void restore_words(struct code_page *code, const struct patched_page *page)
{
	const struct patched_site *site;

	for (site = page->sites; site < page->sites + page->nr; site++)
		if (site->nr == 1 && code->words[site->at] == site->new[0])
			WRITE_ONCE(code->words[site->at], site->old[0]);
}

/* Without its page (the owner's mapping is gone) there is nothing to restore. */
void mips32_patch_undo(struct mips32_vcpu *v, gfn_t gfn, u32 va)
{
	struct mips32_vm *mvm = to_mips32_vm(v->vcpu.vm);
	struct patched_page *page;
	struct code_page code;

	mutex_lock(&mvm->patch_lock);
	page = xa_load(&mvm->patched, gfn);
	if (!page)
		goto out;
	if (!code_get(&mvm->vm, gfn, va, &code)) {
		restore_words(&code, page);
		code_put(&code, va, true);
	}
	xa_erase(&mvm->patched, gfn);
	mvm->nr_patched -= page->nr;
	kfree(page);
	if (*undo_count(mvm, gfn) < PATCH_MAX_UNDO)
		++*undo_count(mvm, gfn);
	ember_count_exit(&v->vcpu, MIPS32_EXIT_UNPATCH);
out:
	mutex_unlock(&mvm->patch_lock);
}
