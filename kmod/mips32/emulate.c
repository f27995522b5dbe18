// SPDX-License-Identifier: GPL-2.0
/*
 * Privileged instructions of the guest's kernel, one row each.
 *
 * Read after exit.c.  decode.c takes an instruction apart, a row of the table
 * carries it out, cp0.c knows the registers.  One in the delay slot of a branch
 * goes on where the branch leads (Cause.BD; PRA 6.1.2).
 */
#include <linux/kvm.h>
#include <linux/mm.h>
#include "mips32.h"
#include "translate.h"
#include "../core/trace.h"

/* ---- the instruction ----------------------------------------------------------------- */

/* By the shadow tables; false: the page is not there, or not any more. */
static bool read_shadow(struct mips32_vcpu *v, u32 va, u32 *word)
{
	bool found = false;
	u32 *pte;

	spin_lock(&v->vcpu.vm->mmu_lock);
	pte = va < MIPS32_GUEST_END ? mips32_shadow_pte(v->cur, va) : NULL;
	if (pte && *pte & SPTE_V) {
		phys_addr_t page = mips32_pte_pfn(*pte) << PAGE_SHIFT;

		*word = mips32_cache_read_code(phys_to_virt(page + (va & ~PAGE_MASK)),
					       va);
		found = true;
	}
	spin_unlock(&v->vcpu.vm->mmu_lock);
	return found;
}

static int read_insn(struct mips32_vcpu *v, u32 va, u32 *word)
{
	gpa_t gpa;

	/* MIPS16e, which the host's CPU may run, but the guest's does not have. */
	if (va & 3)
		return mips32_inject(v, MIPS32_EXC_RI);
	if (likely(read_shadow(v, va, word)))
		return 0;
	if (v->quick)
		return MIPS32_LATER;
	if (mips32_translate(v, va, false, &gpa))
		return 1;
	if (ember_read_guest(v->vcpu.vm, gpa, word, sizeof(*word)))
		return mips32_inject(v, MIPS32_EXC_IBE);
	return 0;
}

/* Where the branch at pc leads, whose delay slot the instruction is in. */
static int branch_target(struct mips32_vcpu *v, u32 *target)
{
	struct mips32_insn branch;
	u32 word;
	int ret;

	ret = read_insn(v, v->ctxt->pc, &word);
	if (ret)
		return ret;
	/* Somebody has changed it since: go back to it and see. */
	if (!mips32_decode(word, &branch) || !(branch.flags & MIPS32_F_BRANCH)) {
		v->ctxt->cause = 0;
		return 1;
	}
	if ((branch.op == MIPS32_BC1F || branch.op == MIPS32_BC1T) && v->quick)
		mips32_fpu_put(v);
	*target = mips32_next_pc(&branch, v->ctxt->pc, v->ctxt->gpr,
				 v->ctxt->fcr31);
	return 0;
}

int mips32_fetch(struct mips32_vcpu *v, struct mips32_step *step)
{
	int ret;

	step->va = v->ctxt->pc;
	step->next_pc = v->ctxt->pc + 4;
	if (v->ctxt->cause & CAUSEF_BD) {
		step->va += 4;
		ret = branch_target(v, &step->next_pc);
		if (ret)
			return ret;
	} else if (v->code == MIPS32_CODE_COP0) {
		step->word = v->ctxt->insn;
		mips32_decode(step->word, &step->insn);
		return 0;
	}
	ret = read_insn(v, step->va, &step->word);
	if (ret)
		return ret;
	mips32_decode(step->word, &step->insn);
	return 0;
}

static void set_gpr(struct mips32_vcpu *v, unsigned int reg, u32 val)
{
	if (reg)
		v->ctxt->gpr[reg] = val;
}

/* ---- one handler for each ----------------------------------------------------------------- */

/* What there is not is told once, ready to become a row. */
static int no_register(struct mips32_vcpu *v, const struct mips32_insn *insn)
{
	u8 *told = &v->told[insn->rd];

	if (*told & BIT(insn->sel))
		return 1;
	if (v->quick)
		return MIPS32_LATER;
	*told |= BIT(insn->sel);
	pr_info_ratelimited("ember: guest of process %d: %s of CP0 register %u, %u, which has no row\n",
			    task_tgid_nr(current), insn->name, insn->rd, insn->sel);
	return 1;
}

/* Between two turns there are no trace points. */
static bool traced_later(const struct mips32_vcpu *v)
{
	return v->quick && trace_ember_reg_enabled();
}

static int do_mfc0(struct mips32_vcpu *v, struct mips32_step *step)
{
	const struct mips32_insn *insn = &step->insn;
	const struct cp0_row *row = cp0_find(insn->rd, insn->sel);
	u32 val;

	if (unlikely(!row)) {
		set_gpr(v, insn->rt, 0);
		return no_register(v, insn);
	}
	if (traced_later(v))
		return MIPS32_LATER;
	val = cp0_read(v, row);
	set_gpr(v, insn->rt, val);
	if (!v->quick)
		trace_ember_reg(&v->vcpu, row->name, false, val);
	return 1;
}

static int do_mtc0(struct mips32_vcpu *v, struct mips32_step *step)
{
	const struct mips32_insn *insn = &step->insn;
	const struct cp0_row *row = cp0_find(insn->rd, insn->sel);
	int ret;

	if (unlikely(!row))
		return no_register(v, insn);
	if (traced_later(v))
		return MIPS32_LATER;
	if (!v->quick)
		trace_ember_reg(&v->vcpu, row->name, true, v->ctxt->gpr[insn->rt]);
	ret = cp0_write(v, row, v->ctxt->gpr[insn->rt]);
	mips32_comm_refresh(v);
	return ret;
}

static int do_di_ei(struct mips32_vcpu *v, struct mips32_step *step)
{
	u32 old = C0(v, STATUS);

	if (step->insn.op == MIPS32_EI)
		C0(v, STATUS) = old | ST0_IE;
	else
		C0(v, STATUS) = old & ~ST0_IE;
	set_gpr(v, step->insn.rt, old);
	return 1;
}

static int do_tlbr(struct mips32_vcpu *v, struct mips32_step *step)
{
	mips32_tlb_read(v);
	mips32_comm_refresh(v);
	return 1;
}

static int do_tlbp(struct mips32_vcpu *v, struct mips32_step *step)
{
	mips32_tlb_probe(v);
	mips32_comm_refresh(v);
	return 1;
}

static int do_tlbwi(struct mips32_vcpu *v, struct mips32_step *step)
{
	return mips32_tlb_write(v, C0(v, INDEX) % MIPS32_TLB_SIZE);
}

static int do_tlbwr(struct mips32_vcpu *v, struct mips32_step *step)
{
	return mips32_tlb_write_random(v);
}

static int do_eret(struct mips32_vcpu *v, struct mips32_step *step)
{
	mips32_eret(v);
	return MIPS32_DONE;
}

/* Until an interrupt that Status.IM lets through, whatever IE says (Config7.WII). */
static int do_wait(struct mips32_vcpu *v, struct mips32_step *step)
{
	if (v->quick)
		return MIPS32_LATER;
	v->ctxt->pc = step->next_pc;
	v->ctxt->cause = 0;
	ember_vcpu_block(&v->vcpu);
	return MIPS32_DONE;
}

static int do_cache(struct mips32_vcpu *v, struct mips32_step *step)
{
	return mips32_cache_op(v, step->insn.rt,
			       mips32_address(&step->insn, v->ctxt->gpr));
}

/* One set of general registers: the previous is the current (PRA 5.4). */
static int do_pgpr(struct mips32_vcpu *v, struct mips32_step *step)
{
	set_gpr(v, step->insn.rd, v->ctxt->gpr[step->insn.rt]);
	return 1;
}

struct emulate_row {
	int (*fn)(struct mips32_vcpu *v, struct mips32_step *step);
	u8 count;
};

#define ROW(op, handler, sym) \
	[MIPS32_ ## op] = { .fn = handler, .count = MIPS32_EXIT_ ## sym }

static const struct emulate_row emulate_table[MIPS32_NR_OPS] = {
	ROW(MFC0,	do_mfc0,	MFC0),
	ROW(MTC0,	do_mtc0,	MTC0),
	ROW(DI,		do_di_ei,	DI_EI),
	ROW(EI,		do_di_ei,	DI_EI),
	ROW(TLBR,	do_tlbr,	COP0),
	ROW(TLBP,	do_tlbp,	COP0),
	ROW(TLBWI,	do_tlbwi,	TLBW),
	ROW(TLBWR,	do_tlbwr,	TLBW),
	ROW(ERET,	do_eret,	ERET),
	ROW(WAIT,	do_wait,	WAIT),
	ROW(CACHE,	do_cache,	CACHE),
	ROW(RDPGPR,	do_pgpr,	COP0),
	ROW(WRPGPR,	do_pgpr,	COP0),
};

static int finish(struct mips32_vcpu *v, const struct mips32_step *step, int ret)
{
	if (ret == 1) {
		v->ctxt->pc = step->next_pc;
		v->ctxt->cause = 0;
	}
	return ret == MIPS32_DONE ? 1 : ret;
}

/* Translate it instead? */
static int patch(struct mips32_vcpu *v, const struct mips32_step *step)
{
	bool hot = v->patch_hot || v->patch_due || mips32_patch_hot(v, step->va);

	if (!hot || !(v->patch_due || mips32_patch_wanted(v, step)))
		return 0;
	if (v->quick)
		return MIPS32_LATER;
	return mips32_patch(v, step);
}

/* Major opcodes (vol. II-A, table A.2). */
#define OPCODE(word)		((word) >> 26)
#define OPCODE_COP0		0x10
#define OPCODE_SPECIAL3		0x1f
#define OPCODE_CACHE		0x2f

static bool is_cop0(u32 word)
{
	return OPCODE(word) == OPCODE_COP0 || OPCODE(word) == OPCODE_CACHE;
}

/* What is there now is not what has trapped: this CPU may still have that. */
static int fetch_again(const struct mips32_step *step)
{
	mips32_cache_drop_insn(step->va);
	return 1;
}

static int carry_out(struct mips32_vcpu *v, struct mips32_step *step)
{
	const struct emulate_row *row = &emulate_table[step->insn.op];
	int ret;

	ret = row->fn(v, step);
	if (ret != MIPS32_LATER)
		ember_count_exit(&v->vcpu, row->count);
	return finish(v, step, ret);
}

int mips32_emulate_cop0(struct mips32_vcpu *v)
{
	struct mips32_step step;
	int ret;

	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	/* EVA's loads and stores, or another vcpu has translated it since. */
	if (!is_cop0(step.word))
		return OPCODE(step.word) == OPCODE_SPECIAL3 ?
		       mips32_inject(v, MIPS32_EXC_RI) : fetch_again(&step);
	if (!emulate_table[step.insn.op].fn) {
		ember_count_exit(&v->vcpu, MIPS32_EXIT_COP0);
		return mips32_inject(v, MIPS32_EXC_RI);
	}
	ret = patch(v, &step);
	return ret ?: carry_out(v, &step);
}

int mips32_emulate_trap(struct mips32_vcpu *v, u32 va)
{
	struct mips32_step step;
	u32 original;
	int ret;

	/* A fetch is none: the guest has jumped there. */
	if (!v->low || va < (u32)MIPS32_TRAP_LOADS ||
	    va > (u32)MIPS32_TRAP_STORES + MIPS32_TRAP_ERET ||
	    va == v->ctxt->pc || !mips32_kernel_mode(v))
		return 0;
	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	original = mips32_trap_original(step.word);
	/* Another vcpu may have undone it since. */
	if (!original)
		return is_cop0(step.word) ? fetch_again(&step) : 0;
	mips32_decode(original, &step.insn);
	return carry_out(v, &step);
}

/* ---- rdhwr ----------------------------------------------------------------------------------- */

static bool hwr_allowed(struct mips32_vcpu *v, unsigned int reg)
{
	return mips32_kernel_mode(v) || C0(v, STATUS) & ST0_CU0 ||
	       C0(v, HWRENA) & BIT(reg);
}

/* Vol. II-A, RDHWR. */
static int do_rdhwr(struct mips32_vcpu *v, struct mips32_step *step)
{
	const struct mips32_insn *insn = &step->insn;
	u32 val;

	switch (insn->rd) {
	case MIPS_HWR_CPUNUM:
		val = v->vcpu.id;
		break;
	case MIPS_HWR_SYNCISTEP:
		val = cpu_dcache_line_size();
		break;
	case MIPS_HWR_CC:
		val = mips32_count(v);
		break;
	case MIPS_HWR_CCRES:
		val = 1;
		break;
	case MIPS_HWR_ULR:
		val = C0(v, USERLOCAL);
		break;
	default:
		return 0;
	}
	set_gpr(v, insn->rt, val);
	return 1;
}

int mips32_emulate_reserved(struct mips32_vcpu *v)
{
	struct mips32_step step;
	int ret;

	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	if (step.insn.op != MIPS32_RDHWR || !hwr_allowed(v, step.insn.rd) ||
	    !do_rdhwr(v, &step))
		return mips32_inject(v, MIPS32_EXC_RI);
	ember_count_exit(&v->vcpu, MIPS32_EXIT_RDHWR);
	return finish(v, &step, 1);
}
