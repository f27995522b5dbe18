// SPDX-License-Identifier: GPL-2.0
/*
 * Privileged instructions of the guest's kernel, one row each.
 *
 * Read after exit.c.  decode.c takes an instruction apart, a row of the table carries it
 * out; spr_table.c knows the registers.
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include <asm/mmu.h>
#include "ppc440.h"

/* ---- the instruction ----------------------------------------------------------------- */

/* Of a page that is mapped, by the map; false: it is not there, or not any more. */
static bool read_mapped(struct ppc440_vcpu *v, gpa_t gpa, u32 *word)
{
	void *page;

	spin_lock(&v->vcpu.vm->mmu_lock);
	page = ppc440_mmu_page(v->vcpu.vm, gpa >> PAGE_SHIFT);
	if (page)
		*word = *(u32 *)(page + offset_in_page(gpa));
	spin_unlock(&v->vcpu.vm->mmu_lock);
	return page;
}

static __ember_hot noinline int fetch_slowly(struct ppc440_vcpu *v)
{
	u32 pc = v->ctxt.pc;
	bool swap;
	gpa_t gpa;

	/* It was there a moment ago: another thread has changed the guest's TLB. */
	if (!ppc440_mmu_translate(v, pc, v->msr & MSR_IS, &gpa, &swap))
		return 1;
	if (!read_mapped(v, gpa, &v->word)) {
		if (v->quick)
			return PPC440_LATER;
		if (ember_read_guest(v->vcpu.vm, gpa, &v->word, sizeof(v->word)))
			return ppc440_inject_mcheck(v, MCSR_IB);
	}
	if (swap)
		v->word = swab32(v->word);
	else if (v->quick)
		ppc440_mmu_note_code(v, pc);
	return 0;
}

/* Quick is the kernel's only: what its users load from devices is not. */
__ember_hot int ppc440_fetch(struct ppc440_vcpu *v)
{
	u32 pc = v->ctxt.pc;
	const struct ppc440_code *code = ppc440_code_at(v, pc);

	if (unlikely(!v->quick || ppc440_code_ea(v, pc) != code->ea))
		return fetch_slowly(v);
	v->word = code->words[(pc & ~PAGE_MASK) / 4];
	return 0;
}

/* ---- one handler for each ----------------------------------------------------------------- */

static int new_msr(struct ppc440_vcpu *v, u32 msr, u32 pc)
{
	/* To sleep, or to see what has become pending for somebody else's eyes. */
	if (unlikely(msr & MSR_WE && v->quick))
		return PPC440_LATER;
	v->ctxt.pc = pc;
	ppc440_set_msr(v, msr);
	return 1;
}

static int do_mfmsr(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	v->ctxt.gpr[insn->rt] = v->msr;
	return ppc440_done(v);
}

static __ember_hot int do_mtmsr(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return new_msr(v, v->ctxt.gpr[insn->rt], v->ctxt.pc + 4);
}

static int do_wrtee(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	v->msr = (v->msr & ~MSR_EE) | (v->ctxt.gpr[insn->rt] & MSR_EE);
	return ppc440_done(v);
}

static int do_wrteei(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	v->msr = insn->disp ? v->msr | MSR_EE : v->msr & ~MSR_EE;
	return ppc440_done(v);
}

static __ember_hot int do_rfi(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return new_msr(v, MAGIC(v, SRR1), MAGIC(v, SRR0) & ~3);
}

static int do_rfci(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return new_msr(v, MAGIC(v, CSRR1), MAGIC(v, CSRR0) & ~3);
}

static int do_rfmci(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return new_msr(v, MAGIC(v, MCSRR1), MAGIC(v, MCSRR0) & ~3);
}

/* There is no such register: an illegal instruction (2.8.1), named once in the log. */
static int no_register(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	u8 *told = &v->told[insn->spr / 8], bit = BIT(insn->spr % 8);

	if (v->quick && !(*told & bit))
		return PPC440_LATER;
	if (!(*told & bit))
		pr_info_ratelimited("ember: guest of process %d: %s of SPR %#x, which has no row\n",
				    task_tgid_nr(current), insn->name, insn->spr);
	*told |= bit;
	return ppc440_inject_program(v, ESR_PIL);
}

static __ember_hot int do_mfspr(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	const struct ppc440_spr_row *row = ppc440_spr_find(insn->spr, false);

	if (unlikely(!row))
		return no_register(v, insn);
	v->ctxt.gpr[insn->rt] = ppc440_spr_read(v, row);
	return ppc440_done(v);
}

static __ember_hot int do_mtspr(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	const struct ppc440_spr_row *row = ppc440_spr_find(insn->spr, true);
	int ret;

	if (unlikely(!row))
		return no_register(v, insn);
	ret = ppc440_spr_write(v, row, v->ctxt.gpr[insn->rt]);
	if (ret != PPC440_LATER)
		v->ctxt.pc += 4;
	return ret;
}

static int do_tlbwe(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	unsigned int idx = v->ctxt.gpr[insn->ra] % PPC440_TLB_SIZE;
	struct ppc440_tlbe e = { .pageid = v->ctxt.gpr[insn->rt] };

	if (unlikely(!insn->rb && ppc440_patch_conflicts(v, &e))) {
		if (v->quick)
			return PPC440_LATER;
		ppc440_patch_stop(v);
	}
	if (ppc440_tlb_write_word(v, idx, insn->rb, v->ctxt.gpr[insn->rt]))
		return ppc440_inject_program(v, ESR_PIL);
	return ppc440_done(v);
}

static int do_tlbre(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	unsigned int idx = v->ctxt.gpr[insn->ra] % PPC440_TLB_SIZE;

	if (insn->rb > 2)
		return ppc440_inject_program(v, ESR_PIL);
	v->ctxt.gpr[insn->rt] = ppc440_tlb_read_word(v, idx, insn->rb);
	return ppc440_done(v);
}

#define CR0_EQ			0x20000000u
#define CR0_SO			0x10000000u
#define XER_SO			0x80000000u

/* Manual, 5.9.2.  What is found by nobody leaves rt undefined: it stays. */
static int do_tlbsx(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	u32 va = ppc440_address(insn, v->ctxt.gpr);
	int idx = ppc440_tlb_find(v, va, MAGIC(v, MMUCR) & PPC44x_MMUCR_STS,
				  MAGIC(v, MMUCR) & PPC44x_MMUCR_TID);

	if (idx >= 0)
		v->ctxt.gpr[insn->rt] = idx;
	if (insn->flags & PPC440_F_RECORD)
		v->ctxt.cr = (v->ctxt.cr & 0x0fffffff) | (idx >= 0 ? CR0_EQ : 0) |
			     (v->ctxt.xer & XER_SO ? CR0_SO : 0);
	return ppc440_done(v);
}

static __ember_hot int do_mfdcr(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return ppc440_dcr_read(v, insn->spr, insn->rt);
}

static __ember_hot int do_mtdcr(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return ppc440_dcr_write(v, insn->spr, v->ctxt.gpr[insn->rt]);
}

/* Memory and caches are the host's: nothing of the data cache is ever to be lost. */
static int do_nothing(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	return ppc440_done(v);
}

static int do_iccci(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	v->want_iccci = true;
	return ppc440_done(v);
}

/* What a debugger would see of a cache without anything in it. */
static int do_cache_read(struct ppc440_vcpu *v, const struct ppc440_insn *insn)
{
	if (insn->op == PPC440_DCREAD)
		v->ctxt.gpr[insn->rt] = 0;
	return ppc440_done(v);
}

struct emulate_row {
	int (*fn)(struct ppc440_vcpu *v, const struct ppc440_insn *insn);
	u8 count;
};

#define ROW(op, handler, sym) \
	[PPC440_ ## op] = { .fn = handler, .count = PPC440_EXIT_ ## sym }
/* Counted by the handler. */
#define ROW_OTHERS(op, handler) \
	[PPC440_ ## op] = { .fn = handler, .count = PPC440_NR_EXITS }

static const struct emulate_row emulate_table[PPC440_NR_OPS] = {
	ROW(MFMSR,	do_mfmsr,	MFMSR),
	ROW(MTMSR,	do_mtmsr,	MTMSR),
	ROW(WRTEE,	do_wrtee,	WRTEE),
	ROW(WRTEEI,	do_wrteei,	WRTEE),
	ROW(RFI,	do_rfi,		RFI),
	ROW(RFCI,	do_rfci,	RFCI),
	ROW(RFMCI,	do_rfmci,	RFCI),
	ROW(MFSPR,	do_mfspr,	MFSPR),
	ROW(MTSPR,	do_mtspr,	MTSPR),
	ROW(TLBWE,	do_tlbwe,	TLBWE),
	ROW(TLBRE,	do_tlbre,	TLBRE),
	ROW(TLBSX,	do_tlbsx,	TLBSX),
	ROW(TLBSYNC,	do_nothing,	CACHE),
	ROW_OTHERS(MFDCR, do_mfdcr),
	ROW_OTHERS(MTDCR, do_mtdcr),
	ROW(DCBI,	do_nothing,	CACHE),
	ROW(DCCCI,	do_nothing,	CACHE),
	ROW(DCREAD,	do_cache_read,	CACHE),
	ROW(ICCCI,	do_iccci,	CACHE),
	ROW(ICREAD,	do_cache_read,	CACHE),
};

#undef ROW
#undef ROW_OTHERS

/*
 * What is there now does not trap: the guest has run what stood there before it was
 * translated, from the cache, or it is illegal.  0: v->word is what has trapped.
 */
static int not_there(struct ppc440_vcpu *v)
{
	if (!READ_ONCE(to_ppc440_vm(v->vcpu.vm)->live))
		return ppc440_inject_program(v, v->ctxt.esr);
	if (v->quick)
		return PPC440_LATER;
	if (!ppc440_patch_original(v, &v->word))
		return ppc440_inject_program(v, v->ctxt.esr);
	return 0;
}

/* Once more it has trapped: translate it instead? */
static int patch(struct ppc440_vcpu *v)
{
	u8 *hits = &v->hits[v->ctxt.pc / 4 % ARRAY_SIZE(v->hits)];

	if (likely(!v->patch_due)) {
		if (++*hits < PPC440_PATCH_AFTER)
			return 0;
		*hits = 0;
		if (!ppc440_patch_wanted(v, v->word))
			return 0;
	}
	v->patch_due = v->quick;
	if (v->quick)
		return PPC440_LATER;
	return ppc440_patch(v, v->word);
}

static noinline void decode(struct ppc440_vcpu *v, struct ppc440_known *known)
{
	ppc440_decode(v->word, &known->insn);
	known->has_rule = ppc440_patch_has_rule(v->word);
	known->word = v->word;
}

/* A kernel has few that trap; 0 is none, and stands for what is not known yet. */
static __always_inline const struct ppc440_known *decoded(struct ppc440_vcpu *v)
{
	u32 word = v->word;
	struct ppc440_known *known = &v->known[(word >> 15 ^ word >> 5) % ARRAY_SIZE(v->known)];

	if (unlikely(known->word != word))
		decode(v, known);
	return known;
}

/* The instruction that has trapped is to be v->word. */
static int find_word(struct ppc440_vcpu *v)
{
	/* A stub's trap: the instruction is to be carried out after all. */
	if (v->stub_word) {
		v->word = v->stub_word;
		return 0;
	}
	/* The guest's user has no privileges, as on hardware. */
	if (v->ctxt.esr & (ESR_PTR | ESR_FP | ESR_PUO) || v->msr & MSR_PR)
		return ppc440_inject_program(v, v->ctxt.esr);
	return v->word ? 0 : ppc440_fetch(v);
}

__ember_hot int ppc440_emulate(struct ppc440_vcpu *v)
{
	const struct ppc440_known *known;
	const struct emulate_row *row;
	int ret;

	ret = find_word(v);
	if (ret)
		return ret;
	known = decoded(v);
	row = &emulate_table[known->insn.op];
	if (unlikely(!row->fn)) {
		ret = not_there(v);
		if (ret)
			return ret;
		known = decoded(v);
		row = &emulate_table[known->insn.op];
	}
	if (known->has_rule && !v->stub_word) {
		ret = patch(v);
		if (ret)
			return ret;
	}
	ret = row->fn(v, &known->insn);
	if (ret != PPC440_LATER && row->count < PPC440_NR_EXITS)
		ember_count_exit(&v->vcpu, row->count);
	return ret;
}

/* ---- device control registers ------------------------------------------------------------ */

static int dcr_complete(struct ember_vcpu *vcpu)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);

	/* Registers were set meanwhile: the value has no one to go to. */
	if (!v->dcr.pending)
		return 1;
	v->dcr.pending = false;
	v->ctxt.gpr[v->dcr.reg] = vcpu->run->dcr.data;
	return ppc440_done(v);
}

static int dcr_to_user(struct ppc440_vcpu *v, unsigned int dcrn, u32 val, bool write)
{
	struct kvm_run *run = v->vcpu.run;

	run->exit_reason = KVM_EXIT_DCR;
	run->dcr.dcrn = dcrn;
	run->dcr.data = val;
	run->dcr.is_write = write;
	ember_count_exit(&v->vcpu, PPC440_EXIT_DCR_USER);
	/* A write is done when user space is told: who saves the vcpu then saves that. */
	if (write)
		ppc440_done(v);
	return 0;
}

__ember_hot int ppc440_dcr_read(struct ppc440_vcpu *v, unsigned int dcrn, unsigned int rt)
{
	if (ppc440_uic_has(v, dcrn)) {
		v->ctxt.gpr[rt] = ppc440_uic_read(v, dcrn);
		ember_count_exit(&v->vcpu, PPC440_EXIT_DCR_KERNEL);
		return ppc440_done(v);
	}
	if (v->quick)
		return PPC440_LATER;
	v->dcr.reg = rt;
	v->dcr.pending = true;
	v->vcpu.complete_exit = dcr_complete;
	return dcr_to_user(v, dcrn, 0, false);
}

__ember_hot int ppc440_dcr_write(struct ppc440_vcpu *v, unsigned int dcrn, u32 val)
{
	/* Who waits for acknowledgements is woken, and so is the first vcpu. */
	if (v->quick && (!ppc440_uic_has(v, dcrn) || v->vcpu.idx ||
			 ember_wants_acks(v->vcpu.vm)))
		return PPC440_LATER;
	if (!ppc440_uic_has(v, dcrn))
		return dcr_to_user(v, dcrn, val, true);
	ppc440_uic_write(v, dcrn, val);
	ember_count_exit(&v->vcpu, PPC440_EXIT_DCR_KERNEL);
	return ppc440_done(v);
}

int ppc440_exit_reset(struct ppc440_vcpu *v)
{
	struct kvm_run *run = v->vcpu.run;

	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	run->system_event.type = KVM_SYSTEM_EVENT_RESET;
	run->system_event.ndata = 0;
	return 0;
}
