// SPDX-License-Identifier: GPL-2.0
/*
 * Why a guest came back, and who deals with it.
 *
 * Read after enter.S.  One row for each exception that the host's CPU may report
 * (Cause.ExcCode, PRA table 9-49).  Most are dealt with at once, between two
 * turns, with interrupts off; what cannot be returns MIPS32_LATER and is called
 * again when interrupts are on.
 */
#include <linux/kvm.h>
#include "mips32.h"
#include "../core/trace.h"

typedef int (*exit_fn)(struct mips32_vcpu *v, enum mips32_exc exc);

/* Between two turns there are no trace points; see trace.h. */
static void exit_trace(struct mips32_vcpu *v, unsigned int count)
{
	if (!v->quick && count < MIPS32_NR_EXITS)
		trace_ember_exit(&v->vcpu, v->ctxt->pc, count);
}

static void exit_count(struct mips32_vcpu *v, unsigned int count)
{
	if (count < MIPS32_NR_EXITS)
		ember_count_exit(&v->vcpu, count);
}

static int exit_tlb(struct mips32_vcpu *v, enum mips32_exc exc)
{
	return mips32_tlb_fault(v, v->ctxt->badvaddr, exc != MIPS32_EXC_TLBL);
}

static int exit_address(struct mips32_vcpu *v, enum mips32_exc exc)
{
	int ret = mips32_emulate_trap(v, v->ctxt->badvaddr);

	if (ret)
		return ret;
	exit_trace(v, MIPS32_EXIT_ADDRESS);
	ret = mips32_address_error(v, exc, v->ctxt->badvaddr);
	if (ret != MIPS32_LATER)
		exit_count(v, MIPS32_EXIT_ADDRESS);
	return ret;
}

static int exit_inject(struct mips32_vcpu *v, enum mips32_exc exc)
{
	return mips32_inject(v, exc);
}

/* The guest has no such extension, whatever the host's CPU has. */
static int exit_extension(struct mips32_vcpu *v, enum mips32_exc exc)
{
	return mips32_inject(v, MIPS32_EXC_RI);
}

static int exit_reserved(struct mips32_vcpu *v, enum mips32_exc exc)
{
	return mips32_emulate_reserved(v);
}

static int exit_fpu(struct mips32_vcpu *v, unsigned int unit)
{
	if (!v->fpu_enabled || !(C0(v, STATUS) & ST0_CU1))
		return mips32_inject_cpu(v, unit);
	return mips32_fpu_used(v);
}

static int exit_unusable(struct mips32_vcpu *v, enum mips32_exc exc)
{
	unsigned int unit = (v->ctxt->cause & CAUSEF_CE) >> CAUSEB_CE;

	switch (unit) {
	case 0:
		if (!mips32_kernel_mode(v) && !(C0(v, STATUS) & ST0_CU0))
			return mips32_inject_cpu(v, 0);
		return mips32_emulate_cop0(v);
	case 1:
		return exit_fpu(v, unit);
	default:
		return mips32_inject_cpu(v, unit);
	}
}

struct exit_row {
	exit_fn fn;
	u8 count;
};

#define ROW(exc, handler, sym) \
	[MIPS32_EXC_ ## exc] = { .fn = handler, .count = MIPS32_EXIT_ ## sym }
/* Counted by the handler, by what it comes to. */
#define ROW_OTHERS(exc, handler) \
	[MIPS32_EXC_ ## exc] = { .fn = handler, .count = MIPS32_NR_EXITS }

static const struct exit_row exit_table[32] = {
	ROW(MOD,	exit_tlb,	MODIFIED),
	ROW(TLBL,	exit_tlb,	INVALID),
	ROW(TLBS,	exit_tlb,	INVALID),
	ROW_OTHERS(ADEL, exit_address),
	ROW_OTHERS(ADES, exit_address),
	ROW(SYS,	exit_inject,	SYSCALL),
	ROW(BP,		exit_inject,	BREAK),
	ROW(RI,		exit_reserved,	RESERVED),
	ROW_OTHERS(CPU,	exit_unusable),
	ROW(OV,		exit_inject,	OVERFLOW),
	ROW(TR,		exit_inject,	TRAP),
	ROW(FPE,	exit_inject,	FPU),
	ROW(MSADIS,	exit_extension,	RESERVED),
	ROW(THREAD,	exit_extension,	RESERVED),
	ROW(DSP,	exit_extension,	RESERVED),
};

#undef ROW
#undef ROW_OTHERS

static int exit_unknown(struct mips32_vcpu *v, enum mips32_exc exc)
{
	u64 data[] = { v->ctxt->cause, v->ctxt->pc, v->ctxt->badvaddr };

	if (v->quick)
		return MIPS32_LATER;
	exit_trace(v, MIPS32_EXIT_UNKNOWN);
	exit_count(v, MIPS32_EXIT_UNKNOWN);
	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
			       data, ARRAY_SIZE(data),
			       "no row for [%#x] in exit_table: cause %#x, pc %#x",
			       exc, v->ctxt->cause, v->ctxt->pc);
}

static int handle_exception(struct mips32_vcpu *v)
{
	enum mips32_exc exc = (v->ctxt->cause & CAUSEF_EXCCODE) >> CAUSEB_EXCCODE;
	const struct exit_row *row = &exit_table[exc];
	unsigned int count = row->count;
	int ret;

	if (!row->fn)
		return exit_unknown(v, exc);
	if (v->code == MIPS32_CODE_REFILL)
		count = MIPS32_EXIT_REFILL;
	exit_trace(v, count);
	ret = row->fn(v, exc);
	if (ret != MIPS32_LATER)
		exit_count(v, count);
	return ret;
}

int mips32_handle_exit(struct mips32_vcpu *v)
{
	if (v->code != MIPS32_CODE_IRQ)
		return handle_exception(v);
	/* The host has taken it when interrupts came back on. */
	exit_trace(v, MIPS32_EXIT_IRQ);
	exit_count(v, MIPS32_EXIT_IRQ);
	return 1;
}
