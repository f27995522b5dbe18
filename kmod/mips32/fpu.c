// SPDX-License-Identifier: GPL-2.0
/*
 * The FPU, which the guest has while it uses it.
 *
 * Read after exit.c.  The guest is entered without it until it uses it; then its
 * registers are loaded and stay there until the turn ends, with either set-up of
 * them (Status.FR).  What the host's task had there is saved the host's own way.
 */
#include <asm/fpu.h>
#include <asm/hazards.h>
#include "mips32.h"

/* Exceptions that writing FCSR would raise at once: its enabled causes (5.6.4). */
static u32 raised(u32 fcr31)
{
	u32 enabled = (fcr31 & FPU_CSR_ALL_E) << 5 | FPU_CSR_UNI_X;

	return fcr31 & enabled;
}

static void fpu_on(struct mips32_vcpu *v)
{
	change_c0_status(ST0_CU1 | ST0_FR, ST0_CU1 | (C0(v, STATUS) & ST0_FR));
	enable_fpu_hazard();
}

static u32 with_fr(u32 status, bool fr)
{
	return fr ? status | ST0_FR : status & ~ST0_FR;
}

void mips32_fpu_take(struct mips32_vcpu *v)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	u32 status, fcr31 = ctxt->fcr31;
	bool fr = C0(v, STATUS) & ST0_FR;

	lose_fpu(1);
	/* Nor is the host's emulation of odd registers (Config5.FRE) for the guest. */
	if (cpu_has_fre)
		clear_c0_config5(MIPS_CONF5_FRE);
	status = read_c0_status();
	fpu_on(v);
	ctxt->fcr31 &= ~raised(fcr31);
	mips32_fpu_load(ctxt, fr);
	ctxt->fcr31 = fcr31;
	/*
	 * The host's task has lost its own; and FR stays the guest's, since registers are
	 * unpredictable when it changes (PRA 9.31).  The host sets it when it enables the FPU.
	 */
	write_c0_status(with_fr(status, fr));
	disable_fpu_hazard();
	ctxt->host_status = with_fr(ctxt->host_status & ~ST0_CU1, fr);
	ctxt->host_switch = with_fr(ctxt->host_switch & ~ST0_CU1, fr);
	ctxt->status = with_fr(ctxt->status | ST0_CU1, fr);
	v->fpu_loaded = true;
	v->fpu_wanted = false;
}

void mips32_fpu_put(struct mips32_vcpu *v)
{
	u32 status;

	if (!v->fpu_loaded)
		return;
	status = read_c0_status();
	fpu_on(v);
	mips32_fpu_save(v->ctxt, C0(v, STATUS) & ST0_FR);
	write_c0_status(status);
	disable_fpu_hazard();
	v->ctxt->status &= ~ST0_CU1;
	v->fpu_loaded = false;
}

/* ---- FCSR with a cause that is enabled ------------------------------------------ */

/* Bits 20-16 are rt; the register is FCSR, 31 (vol. II-A, CFC1 and CTC1). */
#define INSN_RT(word)		((word) >> 16 & 31)
#define INSN_CFC1_FCSR		0x4440f800u
#define INSN_CTC1_FCSR		0x44c0f800u

/*
 * So it is between a floating point exception and the guest's look at it, if the FPU
 * was given back meanwhile.  Loaded, it would raise the exception in the host.
 */
static int fcsr_access(struct mips32_vcpu *v)
{
	const u32 fixed = boot_cpu_data.fpu_msk31;
	struct mips32_ctxt *ctxt = v->ctxt;
	struct mips32_step step;
	int ret;

	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	switch (step.word & ~(31u << 16)) {
	case INSN_CFC1_FCSR:
		if (INSN_RT(step.word))
			ctxt->gpr[INSN_RT(step.word)] = ctxt->fcr31;
		break;
	case INSN_CTC1_FCSR:
		ctxt->fcr31 = (ctxt->fcr31 & fixed) |
			      (ctxt->gpr[INSN_RT(step.word)] & ~fixed);
		if (raised(ctxt->fcr31))
			return mips32_inject(v, MIPS32_EXC_FPE);
		break;
	default:
		return 0;
	}
	ctxt->pc = step.next_pc;
	ctxt->cause = 0;
	return 1;
}

int mips32_fpu_used(struct mips32_vcpu *v)
{
	int ret = 0;

	if (raised(v->ctxt->fcr31))
		ret = fcsr_access(v);
	if (ret)
		return ret;
	ember_count_exit(&v->vcpu, MIPS32_EXIT_FPU);
	if (v->quick)
		mips32_fpu_take(v);
	else
		v->fpu_wanted = true;
	return 1;
}
