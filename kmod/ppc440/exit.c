// SPDX-License-Identifier: GPL-2.0
/*
 * Why a guest came back, and who deals with it.
 *
 * Read after enter.S, which answers some without an exit.  One row for each IVOR (manual,
 * table 6-1).  Most are dealt with at once, between two entries, with interrupts off; what
 * cannot be returns PPC440_LATER and is called again when interrupts are on.
 */
#include <linux/init.h>		/* for kvm_para.h, which leaves it out */
#include <linux/kvm.h>
#include <linux/kvm_para.h>
#include "ppc440.h"
#include "../core/trace.h"

/* The host has taken it when its interrupts came back on. */
static int exit_host(struct ppc440_vcpu *v)
{
	return v->quick ? PPC440_LATER : 1;
}

static __ember_hot int exit_dtlb(struct ppc440_vcpu *v)
{
	return ppc440_mmu_fault(v, v->ctxt.dear, false, v->ctxt.esr & ESR_ST, true);
}

static int exit_itlb(struct ppc440_vcpu *v)
{
	return ppc440_mmu_fault(v, v->exit_pc, true, false, true);
}

static int exit_dsi(struct ppc440_vcpu *v)
{
	return ppc440_mmu_fault(v, v->ctxt.dear, false, v->ctxt.esr & ESR_ST, false);
}

static int exit_isi(struct ppc440_vcpu *v)
{
	return ppc440_mmu_fault(v, v->exit_pc, true, false, false);
}

/* SRR0 is the instruction behind it (manual, 6.5.9), and so is pc. */
static int exit_sc(struct ppc440_vcpu *v)
{
	if (unlikely(v->ctxt.gpr[0] == KVM_SC_MAGIC_R0 && !(v->msr & MSR_PR)))
		return ppc440_hypercall(v);
	ember_count_exit(&v->vcpu, PPC440_EXIT_SC);
	return ppc440_inject(v, PPC440_IVOR_SC);
}

/* ESR is not set by this one: it keeps what it had. */
static int exit_fpu(struct ppc440_vcpu *v)
{
	if (!(v->msr & MSR_FP))
		return ppc440_inject(v, PPC440_IVOR_FPU);
	return ppc440_fpu_used(v);
}

static int exit_apu(struct ppc440_vcpu *v)
{
	return ppc440_inject(v, PPC440_IVOR_APU);
}

static int exit_alignment(struct ppc440_vcpu *v)
{
	return ppc440_inject_storage(v, PPC440_IVOR_ALIGNMENT, v->ctxt.dear,
				     v->ctxt.esr);
}

#define ROW(ivor, handler, sym) \
	[PPC440_IVOR_ ## ivor] = { .fn = handler, .count = PPC440_EXIT_ ## sym }
/* Counted by the handler, by what it comes to. */
#define ROW_OTHERS(ivor, handler) \
	[PPC440_IVOR_ ## ivor] = { .fn = handler, .count = PPC440_NR_EXITS }

const struct ppc440_exit_row ppc440_exit_table[PPC440_NR_IVORS] = {
	ROW(CRITICAL,	exit_host,	IRQ),
	ROW(MCHECK,	exit_host,	MCHECK),
	ROW(DSI,	exit_dsi,	DSI),
	ROW(ISI,	exit_isi,	ISI),
	ROW(EXTERNAL,	exit_host,	IRQ),
	ROW(ALIGNMENT,	exit_alignment,	ALIGNMENT),
	ROW_OTHERS(PROGRAM, ppc440_emulate),
	ROW(FPU,	exit_fpu,	FPU),
	ROW_OTHERS(SC,	exit_sc),
	ROW(APU,	exit_apu,	APU),
	ROW(DEC,	exit_host,	IRQ),
	ROW(FIT,	exit_host,	IRQ),
	ROW(WATCHDOG,	exit_host,	IRQ),
	ROW(DTLB,	exit_dtlb,	DTLB),
	ROW(ITLB,	exit_itlb,	ITLB),
	ROW(DEBUG,	exit_host,	IRQ),
};

#undef ROW
#undef ROW_OTHERS

__ember_hot int ppc440_handle_exit(struct ppc440_vcpu *v)
{
	const struct ppc440_exit_row *row = &ppc440_exit_table[v->ctxt.code];

	if (row->count < PPC440_NR_EXITS)
		trace_ember_exit(&v->vcpu, v->ctxt.pc, row->count);
	return ppc440_handle_quick(v);
}
