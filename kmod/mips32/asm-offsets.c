// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets that the assembly needs, turned into ctxt-offsets.h by Kbuild.
 */
#include <linux/kbuild.h>
#include <linux/stddef.h>
#include "context.h"

/* Kbuild compiles this to assembly only; main() is never linked. */
int main(void)
{
	OFFSET(CTXT_GPR, mips32_ctxt, gpr);
	OFFSET(CTXT_HI, mips32_ctxt, hi);
	OFFSET(CTXT_LO, mips32_ctxt, lo);
	OFFSET(CTXT_PC, mips32_ctxt, pc);
	OFFSET(CTXT_CAUSE, mips32_ctxt, cause);
	OFFSET(CTXT_BADVADDR, mips32_ctxt, badvaddr);
	OFFSET(CTXT_STATUS, mips32_ctxt, status);
	OFFSET(CTXT_ENTRYHI, mips32_ctxt, entryhi);
	OFFSET(CTXT_PGD, mips32_ctxt, pgd);
	OFFSET(CTXT_HOST_STATUS, mips32_ctxt, host_status);
	OFFSET(CTXT_HOST_SWITCH, mips32_ctxt, host_switch);
	OFFSET(CTXT_HOST_EBASE, mips32_ctxt, host_ebase);
	OFFSET(CTXT_HOST_SP, mips32_ctxt, host_sp);
	OFFSET(CTXT_SERVED, mips32_ctxt, served);
	OFFSET(CTXT_OWNER, mips32_ctxt, owner);
	OFFSET(CTXT_INSN, mips32_ctxt, insn);
	OFFSET(CTXT_PROBING, mips32_ctxt, probing);
	OFFSET(CTXT_DISPATCH, mips32_ctxt, dispatch);
	OFFSET(CTXT_QUICK_RDHWR, mips32_ctxt, quick_rdhwr);
	OFFSET(CTXT_FCR31, mips32_ctxt, fcr31);
	OFFSET(CTXT_FPR, mips32_ctxt, fpr);
	return 0;
}
