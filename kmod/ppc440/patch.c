// SPDX-License-Identifier: GPL-2.0
/*
 * Run-time translation of the guest's code: what traps often is replaced where it
 * stands, by the rules of translate.c.
 *
 * Read after emulate.c and translate.h.  A page that holds new words can be run, by the
 * guest's kernel and at the address that it was translated for, and nothing else: whoever
 * loads from it, stores to it or runs it elsewhere gets the old words back first.  What
 * the monitor writes (a disk's data, say) is not watched, and need not be: old words are
 * put back only where the new ones still are.  A dump of the guest's memory shows the
 * new ones, unless translation was ended before (EMBER_CAP_PPC_TRANSLATE).
 *
 * The stubs of a VM are 64 KiB of the module's memory, which its kernel has below itself
 * as long as it maps nothing of its own there; else translation ends for this VM.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <asm/cacheflush.h>
#include <asm/io.h>
#include <asm/mmu.h>
#include "ppc440.h"
#include "translate.h"

/* A page that was wanted back so often after it was translated stays as it is. */
#define PATCH_MAX_UNDO		4

static bool translate = true;
module_param(translate, bool, 0644);
MODULE_PARM_DESC(translate, "Translate guests' code, where EMBER_CAP_PPC_TRANSLATE does not say otherwise");

#define NO_STUB			0xffff

struct patched_site {
	u16 at;			/* word of the page */
	u16 stub;		/* slot, or NO_STUB */
	u32 old, new;
};

struct patched_page {
	u32 va;			/* where it is run */
	unsigned int nr;
	struct patched_site sites[];
};

/* ---- life --------------------------------------------------------------------------- */

void ppc440_patch_init(struct ppc440_vm *pvm)
{
	mutex_init(&pvm->patch_lock);
	xa_init(&pvm->patched);
	pvm->translates = READ_ONCE(translate);
}

void ppc440_patch_destroy(struct ppc440_vm *pvm)
{
	struct patched_page *page;
	unsigned long gfn;

	xa_for_each(&pvm->patched, gfn, page)
		kfree(page);
	xa_destroy(&pvm->patched);
	kvfree(pvm->stub_site);
	free_pages((unsigned long)pvm->stubs, PPC440_STUBS_ORDER);
}

static bool make_stubs(struct ppc440_vm *pvm)
{
	if (pvm->stubs)
		return true;
	if (!pvm->stub_site)
		pvm->stub_site = kvcalloc(PPC440_NR_STUBS, sizeof(*pvm->stub_site),
					  GFP_KERNEL_ACCOUNT);
	if (pvm->stub_site)
		pvm->stubs = (void *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
						      PPC440_STUBS_ORDER);
	return pvm->stubs;
}

__ember_hot bool ppc440_patch_runs(struct ember_vm *vm, gfn_t gfn, u32 va, bool *watched)
{
	struct patched_page *page = xa_load(&to_ppc440_vm(vm)->patched, gfn);

	*watched = page;
	return page && page->va == (va & PAGE_MASK);
}

/* ---- stubs ---------------------------------------------------------------------------- */

static u32 stub_va(unsigned int slot)
{
	return PPC440_STUBS + slot * PPC440_STUB_BYTES;
}

static u32 *stub_words(struct ppc440_vm *pvm, unsigned int slot)
{
	return pvm->stubs + slot * PPC440_STUB_BYTES;
}

/* Slots are given out in turn: patch_lock. */
static unsigned int free_stub(struct ppc440_vm *pvm)
{
	unsigned int i;

	for (i = 0; i < PPC440_NR_STUBS; i++) {
		unsigned int slot = (pvm->next_stub + i) % PPC440_NR_STUBS;

		if (!pvm->stub_site[slot].old)
			return slot;
	}
	return NO_STUB;
}

static void fill_stub(struct ppc440_vm *pvm, unsigned int slot, u32 pc, u32 old,
		      const struct ppc440_patch *patch)
{
	memcpy(stub_words(pvm, slot), patch->stub, patch->nr * sizeof(u32));
	flush_icache_range((unsigned long)stub_words(pvm, slot),
			   (unsigned long)stub_words(pvm, slot) + PPC440_STUB_BYTES);
	pvm->stub_site[slot].pc = pc;
	pvm->stub_site[slot].old = old;
	pvm->next_stub = slot + 1;
}

__ember_hot bool ppc440_patch_leave_stub(struct ppc440_vcpu *v, u32 *word)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	u32 offset = v->ctxt.pc - PPC440_STUBS;
	unsigned int slot = offset / PPC440_STUB_BYTES;
	const struct ppc440_stub_site *site;
	struct ppc440_patch patch;

	site = &pvm->stub_site[slot];
	/* The guest has jumped to where nobody is. */
	if (!site->old)
		return false;
	ppc440_rewrite(site->old, site->pc, stub_va(slot), &patch);
	v->ctxt.pc = ppc440_stub_leave(&patch, site->pc,
				       offset % PPC440_STUB_BYTES / 4,
				       MAGIC(v, SAVED), v->ctxt.gpr);
	*word = site->old;
	return true;
}

/* ---- the guest's page --------------------------------------------------------------- */

struct code_page {
	struct ember_memslot *slot;
	gfn_t gfn;
	struct page *page;	/* referenced, writable by the owner */
	u32 *words;
};

/* Of a slot that the guest may write to, or may have been allowed to before. */
static int code_get(struct ember_vm *vm, gfn_t gfn, struct code_page *code)
{
	code->gfn = gfn;
	code->slot = ember_gfn_to_slot(vm, gfn);
	if (!code->slot)
		return -EFAULT;
	if (get_user_pages_unlocked(ember_gfn_to_hva(code->slot, gfn), 1,
				    &code->page, FOLL_WRITE) != 1)
		return -EFAULT;
	code->words = page_address(code->page);
	return 0;
}

static void want_iccci(struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm)
		to_ppc440(vcpu)->want_iccci = true;
}

static void code_put(struct ember_vm *vm, struct code_page *code, bool changed)
{
	if (changed) {
		flush_dcache_icache_page(code->page);
		want_iccci(vm);
		set_page_dirty_lock(code->page);
		ember_mark_dirty(code->slot, code->gfn);
	}
	put_page(code->page);
}

/* ---- records ------------------------------------------------------------------------- */

static struct patched_site *find_site(struct patched_page *page, unsigned int at)
{
	unsigned int i;

	for (i = 0; page && i < page->nr; i++)
		if (page->sites[i].at == at)
			return &page->sites[i];
	return NULL;
}

/* One more; NULL: there is no memory, or the page is run elsewhere, too. */
static struct patched_site *add_site(struct ppc440_vm *pvm, gfn_t gfn, u32 va)
{
	struct patched_page *old = xa_load(&pvm->patched, gfn), *new;
	unsigned int nr = old ? old->nr : 0;

	if (old && old->va != (va & PAGE_MASK))
		return NULL;
	new = kzalloc(struct_size(new, sites, nr + 1), GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;
	if (old)
		memcpy(new->sites, old->sites, nr * sizeof(new->sites[0]));
	new->va = va & PAGE_MASK;
	new->nr = nr + 1;
	if (xa_err(xa_store(&pvm->patched, gfn, new, GFP_KERNEL_ACCOUNT))) {
		kfree(new);
		return NULL;
	}
	kfree(old);
	return &new->sites[nr];
}

/* The word that the guest has at pc, where something else stands now. */
bool ppc440_patch_original(struct ppc440_vcpu *v, u32 *word)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	struct patched_site *site = NULL;
	bool swap;
	gpa_t gpa;

	mutex_lock(&pvm->patch_lock);
	if (ppc440_mmu_translate(v, v->ctxt.pc, v->msr & MSR_IS, &gpa, &swap))
		site = find_site(xa_load(&pvm->patched, gpa >> PAGE_SHIFT),
				 offset_in_page(gpa) / 4);
	if (site)
		*word = site->old;
	mutex_unlock(&pvm->patch_lock);
	return site;
}

/* ---- there ------------------------------------------------------------------------------ */

static u8 *undo_count(struct ppc440_vm *pvm, gfn_t gfn)
{
	return &pvm->undone[(u32)gfn % ARRAY_SIZE(pvm->undone)];
}

static bool may_change(const struct code_page *code)
{
	return !(code->slot->flags & KVM_MEM_READONLY);
}

/* Does a guest that nobody stopped in between still have this word there? */
static bool change_word(struct ppc440_vcpu *v, struct code_page *code, u32 va, u32 word)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	unsigned int at = offset_in_page(va) / 4, slot = free_stub(pvm);
	struct ppc440_patch patch;
	struct patched_site *site;
	enum ppc440_rule rule;

	rule = ppc440_rewrite(word, va, slot == NO_STUB ? 0 : stub_va(slot), &patch);
	if (rule == PPC440_RULE_NONE || rule >= PPC440_RULE_STAYS ||
	    code->words[at] != word)
		return false;
	site = add_site(pvm, code->gfn, va);
	if (!site)
		return false;
	*site = (struct patched_site){
		.at = at, .stub = patch.nr ? slot : NO_STUB,
		.old = word, .new = patch.word,
	};
	if (patch.nr)
		fill_stub(pvm, slot, va, word, &patch);
	ppc440_mmu_watch(&pvm->vm, code->gfn, true);
	WRITE_ONCE(code->words[at], patch.word);
	return true;
}

/* Does this entry of the guest's lie over the magic page or the stubs? */
static bool lies_over(const struct ppc440_tlbe *e)
{
	u32 mask = ppc440_tlbe_mask(e), start = e->pageid & PPC44x_TLB_EPN_MASK & ~mask;

	if (!(e->pageid & PPC44x_TLB_VALID) || e->pageid & PPC44x_TLB_TS)
		return false;
	return start + mask >= PPC440_MAGIC ||
	       (start <= PPC440_STUBS + PPC440_STUBS_BYTES - 1 &&
		start + mask >= PPC440_STUBS);
}

/*
 * As long as nothing is translated the guest may have anything there, and then nothing is:
 * a boot loader has its flash at the end of the address space.
 */
static bool vcpu_has_room(struct ppc440_vcpu *v)
{
	unsigned int i;

	if (v->magic_ea - PPC440_STUBS < PPC440_STUBS_BYTES)
		return false;
	for (i = 0; i < PPC440_TLB_SIZE; i++)
		if (lies_over(&v->tlb[i]))
			return false;
	return true;
}

static bool has_room(struct ppc440_vm *pvm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, &pvm->vm)
		if (!vcpu_has_room(to_ppc440(vcpu)))
			return false;
	return true;
}

/*
 * The first time.  What follows may sleep, so the others are to see it before they are looked
 * at: an entry that one of them then writes over the stubs ends translation.
 */
static bool go_live(struct ppc440_vm *pvm)
{
	if (pvm->live)
		return true;
	if (!make_stubs(pvm))
		return false;
	WRITE_ONCE(pvm->live, true);
	if (has_room(pvm))
		return true;
	WRITE_ONCE(pvm->live, false);
	return false;
}

static bool patch_at(struct ppc440_vcpu *v, gfn_t gfn, u32 va, u32 word)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	struct code_page code;
	bool changed;

	if (!pvm->translates || *undo_count(pvm, gfn) >= PATCH_MAX_UNDO || !go_live(pvm) ||
	    code_get(&pvm->vm, gfn, &code))
		return false;
	changed = may_change(&code) && change_word(v, &code, va, word);
	code_put(&pvm->vm, &code, changed);
	return changed;
}

bool ppc440_patch(struct ppc440_vcpu *v, u32 word)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	u32 va = v->ctxt.pc;
	bool changed, swap;
	gpa_t gpa;

	if (!ppc440_mmu_translate(v, va, false, &gpa, &swap) || swap)
		return false;
	mutex_lock(&pvm->patch_lock);
	changed = patch_at(v, gpa >> PAGE_SHIFT, va, word);
	mutex_unlock(&pvm->patch_lock);
	if (changed)
		ember_count_exit(&v->vcpu, PPC440_EXIT_PATCH);
	return changed;
}

static bool has_rule(u32 word, u32 pc)
{
	struct ppc440_patch patch;
	enum ppc440_rule rule = ppc440_rewrite(word, pc, PPC440_STUBS, &patch);

	return rule != PPC440_RULE_NONE && rule < PPC440_RULE_STAYS;
}

bool ppc440_patch_has_rule(u32 word)
{
	return has_rule(word, PPC440_STUBS);
}

bool ppc440_patch_wanted(struct ppc440_vcpu *v, u32 word)
{
	return to_ppc440_vm(v->vcpu.vm)->translates &&
	       !(v->msr & (MSR_PR | MSR_IS)) && has_rule(word, v->ctxt.pc);
}

/* ---- and back ---------------------------------------------------------------------------- */

static void restore_words(struct code_page *code, const struct patched_page *page)
{
	const struct patched_site *site;

	for (site = page->sites; site < page->sites + page->nr; site++)
		if (code->words[site->at] == site->new)
			WRITE_ONCE(code->words[site->at], site->old);
}

static void free_stubs(struct ppc440_vm *pvm, const struct patched_page *page)
{
	const struct patched_site *site;

	for (site = page->sites; site < page->sites + page->nr; site++)
		if (site->stub != NO_STUB)
			pvm->stub_site[site->stub].old = 0;
}

/*
 * @v: who has wanted it back, and counts that; or NULL.  False: the owner's mapping is
 * gone, so there is nothing to restore.
 */
static bool undo(struct ppc440_vm *pvm, struct ppc440_vcpu *v, gfn_t gfn,
		 struct patched_page *page)
{
	struct code_page code;
	bool there = !code_get(&pvm->vm, gfn, &code);

	if (there) {
		restore_words(&code, page);
		code_put(&pvm->vm, &code, true);
	}
	free_stubs(pvm, page);
	xa_erase(&pvm->patched, gfn);
	ppc440_mmu_watch(&pvm->vm, gfn, false);
	kfree(page);
	if (!v)
		return there;
	if (*undo_count(pvm, gfn) < PATCH_MAX_UNDO)
		++*undo_count(pvm, gfn);
	ember_count_exit(&v->vcpu, PPC440_EXIT_UNPATCH);
	return there;
}

/* All of them; false: some could not be restored. */
static bool undo_all(struct ppc440_vm *pvm, struct ppc440_vcpu *v)
{
	struct patched_page *page;
	unsigned long gfn;
	bool done = true;

	xa_for_each(&pvm->patched, gfn, page)
		if (!undo(pvm, v, gfn, page))
			done = false;
	return done;
}

void ppc440_patch_undo(struct ppc440_vcpu *v, gfn_t gfn)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	struct patched_page *page;

	mutex_lock(&pvm->patch_lock);
	page = xa_load(&pvm->patched, gfn);
	if (page)
		undo(pvm, v, gfn, page);
	mutex_unlock(&pvm->patch_lock);
}

/* Only a guest that runs there now could have it translated once more before it has gone. */
void ppc440_patch_slot_goes(struct ember_vm *vm)
{
	struct ppc440_vm *pvm = to_ppc440_vm(vm);
	int idx;

	idx = srcu_read_lock(&vm->srcu);
	mutex_lock(&pvm->patch_lock);
	undo_all(pvm, NULL);
	mutex_unlock(&pvm->patch_lock);
	srcu_read_unlock(&vm->srcu, idx);
}

int ppc440_patch_stop(struct ppc440_vcpu *v)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	int idx, ret;

	/* Also called where a register is set. */
	idx = srcu_read_lock(&pvm->vm.srcu);
	mutex_lock(&pvm->patch_lock);
	pvm->translates = false;
	ret = undo_all(pvm, v) ? 0 : -EFAULT;
	WRITE_ONCE(pvm->live, false);
	mutex_unlock(&pvm->patch_lock);
	srcu_read_unlock(&pvm->vm.srcu, idx);
	/* Other vcpus have seen the stubs, too. */
	ppc440_shadow_drop_all(&pvm->vm);
	return ret;
}

/* What was wanted back then is not held against it. */
void ppc440_patch_resume(struct ppc440_vcpu *v)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);

	mutex_lock(&pvm->patch_lock);
	memset(pvm->undone, 0, sizeof(pvm->undone));
	pvm->translates = true;
	mutex_unlock(&pvm->patch_lock);
}

bool ppc440_patch_conflicts(struct ppc440_vcpu *v, const struct ppc440_tlbe *e)
{
	return to_ppc440_vm(v->vcpu.vm)->live && lies_over(e);
}
