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
	OFFSET(CTXT_SP_USR, armv7_ctxt, r[13]);
	OFFSET(CTXT_LR_USR, armv7_ctxt, r[14]);
	OFFSET(CTXT_PC, armv7_ctxt, pc);
	OFFSET(CTXT_C15, armv7_ctxt, c15);
	DEFINE(CTXT_MIDR, offsetof(struct armv7_ctxt, c15[C15_MIDR]));
	OFFSET(CTXT_HCR, armv7_ctxt, hcr);
	OFFSET(CTXT_HSTR, armv7_ctxt, hstr);
	OFFSET(CTXT_HDCR, armv7_ctxt, hdcr);
	OFFSET(CTXT_CNTV_CVAL, armv7_ctxt, cntv_cval);
	OFFSET(CTXT_PSCI_VERSION, armv7_ctxt, psci_version);
	OFFSET(CTXT_HYP_CALLS, armv7_ctxt, hyp_calls);
	OFFSET(CTXT_HSR, armv7_ctxt, hsr);
	OFFSET(CTXT_HPFAR, armv7_ctxt, hpfar);
	OFFSET(CTXT_DBG_BVR, armv7_ctxt, dbg_bvr);
	OFFSET(CTXT_DBG_BCR, armv7_ctxt, dbg_bcr);
	OFFSET(CTXT_TEECR, armv7_ctxt, teecr);
	OFFSET(CTXT_VFP, armv7_ctxt, vfp);
	BLANK();
	OFFSET(HOST_C15, armv7_hyp_cpu, c15);
	OFFSET(HOST_DSCR, armv7_hyp_cpu, dscr);
	OFFSET(HOST_DBG_BVR, armv7_hyp_cpu, dbg_bvr);
	OFFSET(HOST_DBG_BCR, armv7_hyp_cpu, dbg_bcr);
	OFFSET(HOST_DBG_WCR, armv7_hyp_cpu, dbg_wcr);
	OFFSET(HOST_FPEXC, armv7_hyp_cpu, fpexc);
	OFFSET(HOST_VFP_REGS, armv7_hyp_cpu, vfp_regs);
	OFFSET(HOST_HDCR, armv7_hyp_cpu, hdcr);
	OFFSET(HOST_MIDR, armv7_hyp_cpu, midr);
	OFFSET(HOST_MPIDR, armv7_hyp_cpu, mpidr);
	OFFSET(HOST_VECTORS, armv7_hyp_cpu, vectors);
	OFFSET(HOST_VFP_OUT, armv7_hyp_cpu, vfp_out);
	OFFSET(HOST_VFP, armv7_hyp_cpu, vfp);
	OFFSET(HOST_TEECR, armv7_hyp_cpu, teecr);
	OFFSET(HOST_STUB_HVBAR, armv7_hyp_cpu, stub_hvbar);
	OFFSET(HOST_STUB_HSCTLR, armv7_hyp_cpu, stub_hsctlr);
	OFFSET(HOST_BOOT_PGD, armv7_hyp_cpu, boot_pgd);
	OFFSET(HOST_TEARDOWN_PA, armv7_hyp_cpu, teardown_pa);
	return 0;
}
