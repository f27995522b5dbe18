// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets that the assembly needs, turned into ctxt-offsets.h by Kbuild.
 */
#include <linux/kbuild.h>
#include <linux/stddef.h>
#include "context.h"

#define DISPATCH(exc) \
	DEFINE(CTXT_DISPATCH_ ## exc, \
	       offsetof(struct mips32_ctxt, dispatch[MIPS32_EXC_ ## exc]))

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
	DISPATCH(ADEL);
	DISPATCH(ADES);
	DISPATCH(SYS);
	DISPATCH(CPU);
	OFFSET(CTXT_MODES, mips32_ctxt, modes);
	DEFINE(MODE_SIZE, sizeof(struct mips32_mode));
	OFFSET(MODE_ENTRYHI, mips32_mode, entryhi);
	OFFSET(MODE_PGD, mips32_mode, pgd);
	OFFSET(MODE_ADEL, mips32_mode, adel);
	OFFSET(MODE_ADES, mips32_mode, ades);
	OFFSET(MODE_SYS, mips32_mode, sys);
	OFFSET(MODE_CPU, mips32_mode, cpu);
	OFFSET(CTXT_VECTOR, mips32_ctxt, vector);
	OFFSET(CTXT_QUICK_RDHWR, mips32_ctxt, quick_rdhwr);
	OFFSET(CTXT_QUICK_MTC0, mips32_ctxt, quick_mtc0);
	OFFSET(CTXT_QUICK_ERET, mips32_ctxt, quick_eret);
	OFFSET(CTXT_QUICK_SYSCALL, mips32_ctxt, quick_syscall);
	DEFINE(CTXT_CP0_STATUS, offsetof(struct mips32_ctxt, cp0[12][0]));
	DEFINE(CTXT_CP0_CAUSE, offsetof(struct mips32_ctxt, cp0[13][0]));
	OFFSET(CTXT_FCR31, mips32_ctxt, fcr31);
	OFFSET(CTXT_FPR, mips32_ctxt, fpr);
	return 0;
}
