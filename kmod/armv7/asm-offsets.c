// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets that the assembly needs, turned into hyp-offsets.h by Kbuild.
 */
#include <linux/kbuild.h>
#include <linux/stddef.h>
#include "context.h"
#include "hyp.h"

/* Kbuild compiles this to assembly only; main() is never linked. */
int main(void)
{
	OFFSET(CTXT_R, armv7_ctxt, r);
	OFFSET(CTXT_PC, armv7_ctxt, pc);
	OFFSET(CTXT_CPSR, armv7_ctxt, cpsr);
	OFFSET(CTXT_BANKS, armv7_ctxt, svc);
	OFFSET(CTXT_C15, armv7_ctxt, c15);
	DEFINE(CTXT_MIDR, offsetof(struct armv7_ctxt, c15[C15_MIDR]));
	DEFINE(CTXT_MPIDR, offsetof(struct armv7_ctxt, c15[C15_MPIDR]));
	OFFSET(CTXT_HCR, armv7_ctxt, hcr);
	OFFSET(CTXT_HCPTR, armv7_ctxt, hcptr);
	OFFSET(CTXT_HSTR, armv7_ctxt, hstr);
	OFFSET(CTXT_HDCR, armv7_ctxt, hdcr);
	OFFSET(CTXT_VTTBR, armv7_ctxt, vttbr);
	OFFSET(CTXT_CNTVOFF, armv7_ctxt, cntvoff);
	OFFSET(CTXT_CNTHCTL, armv7_ctxt, cnthctl);
	OFFSET(CTXT_HSR, armv7_ctxt, hsr);
	OFFSET(CTXT_HDFAR, armv7_ctxt, hdfar);
	OFFSET(CTXT_HIFAR, armv7_ctxt, hifar);
	OFFSET(CTXT_HPFAR, armv7_ctxt, hpfar);
	OFFSET(CTXT_DBG_BVR, armv7_ctxt, dbg_bvr);
	OFFSET(CTXT_DBG_BCR, armv7_ctxt, dbg_bcr);
	OFFSET(CTXT_TEECR, armv7_ctxt, teecr);
	OFFSET(CTXT_TEEHBR, armv7_ctxt, teehbr);
	OFFSET(CTXT_VFP, armv7_ctxt, vfp);
	BLANK();
	OFFSET(HOST_R4, armv7_hyp_cpu, r4_r11);
	OFFSET(HOST_ELR, armv7_hyp_cpu, elr);
	OFFSET(HOST_SPSR, armv7_hyp_cpu, spsr);
	OFFSET(HOST_BANKS, armv7_hyp_cpu, svc);
	OFFSET(HOST_C15, armv7_hyp_cpu, c15);
	OFFSET(HOST_HDCR, armv7_hyp_cpu, hdcr);
	OFFSET(HOST_DSCR, armv7_hyp_cpu, dscr);
	OFFSET(HOST_DBG_BVR, armv7_hyp_cpu, dbg_bvr);
	OFFSET(HOST_DBG_BCR, armv7_hyp_cpu, dbg_bcr);
	OFFSET(HOST_DBG_WCR, armv7_hyp_cpu, dbg_wcr);
	OFFSET(HOST_VFP, armv7_hyp_cpu, vfp);
	OFFSET(HOST_VFP_REGS, armv7_hyp_cpu, vfp_regs);
	OFFSET(HOST_FPEXC, armv7_hyp_cpu, fpexc);
	OFFSET(HOST_THUMBEE, armv7_hyp_cpu, thumbee);
	OFFSET(HOST_TEECR, armv7_hyp_cpu, teecr);
	OFFSET(HOST_TEEHBR, armv7_hyp_cpu, teehbr);
	OFFSET(HOST_STUB_HVBAR, armv7_hyp_cpu, stub_hvbar);
	OFFSET(HOST_STUB_HSCTLR, armv7_hyp_cpu, stub_hsctlr);
	OFFSET(HOST_BOOT_PGD, armv7_hyp_cpu, boot_pgd);
	OFFSET(HOST_TEARDOWN_PA, armv7_hyp_cpu, teardown_pa);
	DEFINE(HYP_CPU_OFFSET, HYP_CPU_OFFSET);
	return 0;
}
