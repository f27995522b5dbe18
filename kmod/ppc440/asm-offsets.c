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
	OFFSET(CTXT_GPR, ppc440_ctxt, gpr);
	OFFSET(CTXT_PC, ppc440_ctxt, pc);
	OFFSET(CTXT_HOST_SP, ppc440_ctxt, host_sp);
	OFFSET(CTXT_HOST_IVPR, ppc440_ctxt, host_ivpr);
	OFFSET(CTXT_GUEST_IVPR, ppc440_ctxt, guest_ivpr);
	OFFSET(BLOCK_CTXT, ppc440_block, ctxt);
	OFFSET(BLOCK_HOST_IVPR, ppc440_block, host_ivpr);
	OFFSET(BLOCK_HOST_MCHECK, ppc440_block, host_mcheck);
	OFFSET(BLOCK_SAVE, ppc440_block, save);
	return 0;
}
