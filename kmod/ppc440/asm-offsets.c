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
	OFFSET(BLOCK_SOFT, ppc440_block, soft);
	OFFSET(BLOCK_TAG, ppc440_block, tag);
	OFFSET(BLOCK_NEXT, ppc440_block, next);
	OFFSET(BLOCK_FIRST, ppc440_block, first);
	OFFSET(BLOCK_LAST, ppc440_block, last);
	OFFSET(BLOCK_REFILLS, ppc440_block, refills);
	OFFSET(BLOCK_MISS_SAVE, ppc440_block, miss_save);
	OFFSET(BLOCK_SLOT, ppc440_block, slot);
	OFFSET(SOFT_TAG, ppc440_soft, tag);
	OFFSET(SOFT_XLAT, ppc440_soft, xlat);
	OFFSET(SOFT_ATTRIB, ppc440_soft, attrib);
	OFFSET(SOFT_PAGEID, ppc440_soft, pageid);
	OFFSET(SLOT_PAGEID, ppc440_slot, pageid);
	OFFSET(SLOT_XLAT, ppc440_slot, xlat);
	OFFSET(SLOT_TAG, ppc440_slot, tag);
	return 0;
}
