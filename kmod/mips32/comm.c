// SPDX-License-Identifier: GPL-2.0
/*
 * The comm page in the guest kernel's address space, and its words in step with
 * the rest of CP0.
 *
 * Read after shadow.c and comm.h.  Where code may be translated, the lowest 4 MiB
 * of a guest kernel have a table of their own, one for the vcpu, which holds
 * nothing but the comm page, once there is translated code.  Whatever
 * else a guest kernel reaches there (its user's memory, as a rule none) is put
 * into the TLB by hand, out of the table of its users.
 *
 * A guest whose TLB has ever held an entry for these very pages uses them itself: then
 * nothing is mapped there for its kernel, and every access is carried out here, on
 * the comm page or on what is the guest's, by the instruction that makes it.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <asm/hazards.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include "mips32.h"

/* Of both pages; cached as the host's own kseg0 is (mmu.c: fault_pte()). */
static u32 comm_pte(struct mips32_vcpu *v)
{
	u32 cached = (read_c0_config() & CONF_CM_CMASK) << 3;

	return PFN_DOWN(virt_to_phys(v->comm)) << SPTE_PFN_SHIFT | cached |
	       SPTE_V | SPTE_D;
}

static void set_low(struct mips32_vcpu *v, u32 va, u32 pte)
{
	v->low[va >> PAGE_SHIFT] = pte;
}

static u32 pair_of(u32 va)
{
	return va & ~(2 * (u32)PAGE_SIZE - 1);
}

int mips32_comm_init(struct mips32_vcpu *v)
{
	unsigned int i;

	BUILD_BUG_ON((MIPS32_COMM ^ MIPS32_COMM_ALIAS) & MIPS32_COMM_COLOURS);
	BUILD_BUG_ON((MIPS32_COMM ^ MIPS32_BLOCK_COMM) & MIPS32_COMM_COLOURS);
	if (!to_mips32_vm(v->vcpu.vm)->translates ||
	    (cpu_has_dc_aliases && shm_align_mask & ~MIPS32_COMM_COLOURS))
		return 0;
	v->low = (u32 *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!v->low)
		return -ENOMEM;
	for (i = 0; i < MIPS32_NR_SPACES; i++)
		v->space[i].pgd[0] = v->low;
	return 0;
}

void mips32_comm_destroy(struct mips32_vcpu *v)
{
	free_page((unsigned long)v->low);
}

/* ---- the words that are copies ------------------------------------------------ */

/* Cause, which others change, is written at each entry. */
void mips32_comm_refresh(struct mips32_vcpu *v)
{
	struct mips32_comm *comm = v->comm;

	comm->index = C0(v, INDEX);
	comm->context = C0(v, CONTEXT);
	comm->badvaddr = C0(v, BADVADDR);
	comm->entryhi = C0(v, ENTRYHI);
}

/* ---- the alias ------------------------------------------------------------------ */

/* What the TLB has for the guest kernel's ASID, which is in EntryHi afterwards. */
static void refresh_comm(struct mips32_vcpu *v, u32 va)
{
	u32 *pair = &v->low[pair_of(va) >> PAGE_SHIFT];

	v->tlb_set(pair_of(va) | mips32_shadow_asid(v, true), pair[0], pair[1],
		   false);
}

/*
 * Other spaces' entries are looked after when these are entered, and those that other CPUs
 * have of this one here: there an `ei` might go by.  One that is protected for no reason
 * raises Mod, which map_comm() answers.
 */
void mips32_comm_protect(struct mips32_vcpu *v, bool protect)
{
	u32 pte = comm_pte(v);

	if (v->own_pages)
		return;
	set_low(v, MIPS32_COMM_ALIAS, protect ? pte & ~SPTE_D : pte);
	v->alias_protected = protect;
	v->cur->alias_protected = protect;
	if (protect)
		mips32_shadow_only_here(v);
	refresh_comm(v, MIPS32_COMM_ALIAS);
}

/* ---- faults ----------------------------------------------------------------------- */

static void refresh_low(struct mips32_vcpu *v, u32 va)
{
	v->ctxt->entryhi = mips32_shadow_asid(v, true);
	mips32_shadow_refresh(v, va);
}

/* With the TLB to itself, between two turns or without interrupts. */
static void by_hand(struct mips32_vcpu *v, u32 va,
		    void (*fn)(struct mips32_vcpu *v, u32 va))
{
	unsigned long flags;
	u32 entryhi;

	local_irq_save(flags);
	htw_stop();
	entryhi = read_c0_entryhi();
	fn(v, va);
	/* A new round of ASIDs may have begun: the owner's is of the last one. */
	if (!v->quick) {
		check_mmu_context(current->active_mm);
		entryhi = cpu_asid(smp_processor_id(), current->active_mm);
	}
	write_c0_entryhi(entryhi);
	back_to_back_c0_hazard();
	htw_start();
	local_irq_restore(flags);
}

/* From now on C sees each access that a guest kernel makes there. */
void mips32_comm_own_pages(struct mips32_vcpu *v)
{
	if (!v->low || v->own_pages)
		return;
	v->own_pages = true;
	set_low(v, MIPS32_COMM, 0);
	set_low(v, MIPS32_COMM_ALIAS, 0);
	mips32_shadow_forget_asids(v);
}

static void map_comm(struct mips32_vcpu *v, u32 va)
{
	set_low(v, MIPS32_COMM, comm_pte(v));
	set_low(v, MIPS32_COMM_ALIAS, comm_pte(v));
	v->alias_protected = false;
	v->cur->alias_protected = false;
	by_hand(v, va, refresh_comm);
}

/* Translated code, as no compiler reaches for anything else. */
static bool is_comm_access(const struct mips32_insn *insn)
{
	u32 page = insn->offset & PAGE_MASK;

	return (insn->op == MIPS32_LOAD || insn->op == MIPS32_STORE) &&
	       insn->width == 4 && !insn->rs && !(insn->offset & 3) &&
	       (page == MIPS32_COMM || page == MIPS32_COMM_ALIAS) &&
	       (insn->offset & ~PAGE_MASK) < sizeof(struct mips32_comm);
}

static void comm_access(struct mips32_vcpu *v, const struct mips32_insn *insn)
{
	u32 *word = (void *)v->comm + (insn->offset & ~PAGE_MASK);

	v->comm->vie = C0(v, STATUS) & ST0_IE;
	if (insn->op == MIPS32_STORE)
		*word = v->ctxt->gpr[insn->reg];
	else if (insn->reg)
		v->ctxt->gpr[insn->reg] = *word;
	C0(v, STATUS) = mips32_comm_status(v->comm, C0(v, STATUS));
}

static int step_over(struct mips32_vcpu *v, const struct mips32_step *step)
{
	v->ctxt->pc = step->next_pc;
	v->ctxt->cause = 0;
	return 1;
}

/* Once the guest uses one of these pages, the other one of the pair is meant, too. */
static bool is_comm(struct mips32_vcpu *v, u32 va)
{
	if (pair_of(va) != pair_of(MIPS32_COMM) &&
	    pair_of(va) != pair_of(MIPS32_COMM_ALIAS))
		return false;
	return v->own_pages || va & PAGE_SIZE;
}

bool mips32_comm_hit(struct mips32_vcpu *v, u32 va)
{
	return v->low && is_comm(v, va) &&
	       READ_ONCE(to_mips32_vm(v->vcpu.vm)->live) && mips32_kernel_mode(v);
}

/*
 * With the alias write-protected, the store that is an `ei` and finds an interrupt
 * waiting.  Other stores to the alias are then as good as not done.
 */
int mips32_comm_fault(struct mips32_vcpu *v, u32 va, bool write)
{
	bool protected = write && v->alias_protected && va < MIPS32_COMM;
	struct mips32_step step;
	int ret;

	if (!v->own_pages && !protected) {
		map_comm(v, va);
		return 1;
	}
	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	if (is_comm_access(&step.insn)) {
		comm_access(v, &step.insn);
		ember_count_exit(&v->vcpu, MIPS32_EXIT_COMM);
	} else if (v->own_pages) {
		return 0;
	}
	return step_over(v, &step);
}

/* ---- what is the guest's own there --------------------------------------------------- */

/* Little-endian: bytes from @at to the end of its word are the register's upper ones. */
static u32 merge(const struct mips32_insn *insn, u32 at, u32 reg, u32 word, u32 *mem)
{
	unsigned int left = 8 * (3 - (at & 3)), right = 8 * (at & 3);

	switch (insn->op) {
	case MIPS32_LWL:
		return word << left | (reg & ~(~0u << left));
	case MIPS32_LWR:
		return word >> right | (reg & ~(~0u >> right));
	case MIPS32_SWL:
		*mem = reg >> left | (word & ~(~0u >> left));
		return reg;
	default:	/* SWR */
		*mem = reg << right | (word & ~(~0u << right));
		return reg;
	}
}

static bool is_partial(const struct mips32_insn *insn)
{
	return insn->op >= MIPS32_LWL && insn->op <= MIPS32_SWR;
}

static int partial_access(struct mips32_vcpu *v, const struct mips32_insn *insn,
			  gpa_t gpa)
{
	u32 *reg = &v->ctxt->gpr[insn->reg], word, mem;

	if (ember_read_guest(v->vcpu.vm, gpa & ~3ull, &word, 4))
		return -EFAULT;
	mem = word;
	*reg = merge(insn, gpa, *reg, word, &mem);
	if (!insn->reg)
		*reg = 0;
	return mem == word ? 0 :
	       ember_write_guest(v->vcpu.vm, gpa & ~3ull, &mem, 4);
}

static int whole_access(struct mips32_vcpu *v, const struct mips32_insn *insn,
			gpa_t gpa)
{
	u32 *reg = &v->ctxt->gpr[insn->reg], val = 0;

	if (insn->op == MIPS32_STORE)
		return ember_write_guest(v->vcpu.vm, gpa, reg, insn->width);
	if (ember_read_guest(v->vcpu.vm, gpa, &val, insn->width))
		return -EFAULT;
	if (insn->flags & MIPS32_F_SIGNED)
		val = sign_extend32(val, 8 * insn->width - 1);
	if (insn->reg)
		*reg = val;
	return 0;
}

/*
 * NOT DONE: ll, sc and the FPU's, and code that is run there by the guest's kernel:
 * bus errors.
 */
int mips32_comm_other(struct mips32_vcpu *v, gpa_t gpa)
{
	struct mips32_step step;
	int ret;

	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	if (step.insn.op == MIPS32_LOAD || step.insn.op == MIPS32_STORE)
		ret = whole_access(v, &step.insn, gpa);
	else if (is_partial(&step.insn))
		ret = partial_access(v, &step.insn, gpa);
	else if (step.insn.op != MIPS32_SYNCI && step.insn.op != MIPS32_PREF)
		ret = -EFAULT;
	return ret ? mips32_inject(v, MIPS32_EXC_DBE) : step_over(v, &step);
}

void mips32_comm_map_low(struct mips32_vcpu *v, u32 va)
{
	by_hand(v, va, refresh_low);
}
