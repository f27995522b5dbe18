// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets that the assembly needs, turned into ctxt-offsets.h by Kbuild.
 */
#include <linux/init.h>
#include <linux/kbuild.h>
#include <linux/kvm_para.h>
#include <linux/stddef.h>
#include "ppc440.h"

/* From a vcpu's ctxt on. */
#define VCPU(sym, member) \
	DEFINE(VCPU_ ## sym, offsetof(struct ppc440_vcpu, member) - \
	       offsetof(struct ppc440_vcpu, ctxt))

/* Kbuild compiles this to assembly only; main() is never linked. */
int main(void)
{
	OFFSET(CTXT_GPR, ppc440_ctxt, gpr);
	OFFSET(CTXT_PC, ppc440_ctxt, pc);
	OFFSET(CTXT_SPRG, ppc440_ctxt, sprg);
	OFFSET(CTXT_HOST_SP, ppc440_ctxt, host_sp);
	OFFSET(CTXT_HOST_IVPR, ppc440_ctxt, host_ivpr);
	OFFSET(CTXT_GUEST_IVPR, ppc440_ctxt, guest_ivpr);
	OFFSET(BLOCK_CTXT, ppc440_block, ctxt);
	OFFSET(BLOCK_HOST_IVPR, ppc440_block, host_ivpr);
	OFFSET(BLOCK_HOST_MCHECK, ppc440_block, host_mcheck);
	OFFSET(BLOCK_MCHECK_SAVED, ppc440_block, mcheck_saved);
	OFFSET(BLOCK_SAVED, ppc440_block, saved);
	OFFSET(BLOCK_ANSWERED, ppc440_block, answered);
	OFFSET(BLOCK_SOFT, ppc440_block, soft);
	OFFSET(BLOCK_TAG, ppc440_block, tag);
	OFFSET(BLOCK_NEXT, ppc440_block, next);
	OFFSET(BLOCK_FIRST, ppc440_block, first);
	OFFSET(BLOCK_LAST, ppc440_block, last);
	OFFSET(BLOCK_SLOT, ppc440_block, slot);
	OFFSET(SOFT_TAG, ppc440_soft, tag);
	OFFSET(SOFT_XLAT, ppc440_soft, xlat);
	OFFSET(SOFT_ATTRIB, ppc440_soft, attrib);
	OFFSET(SOFT_PAGEID, ppc440_soft, pageid);
	OFFSET(SLOT_PAGEID, ppc440_slot, pageid);
	OFFSET(SLOT_XLAT, ppc440_slot, xlat);
	OFFSET(SLOT_TAG, ppc440_slot, tag);
	VCPU(MAGIC, magic);
	VCPU(MSR, msr);
	VCPU(IVPR, ivpr);
	VCPU(IVOR_SC, ivor[PPC440_IVOR_SC]);
	VCPU(IRQS, irqs);
	VCPU(HW_PID, hw_pid);
	VCPU(USER_PID, user_pid);
	VCPU(CUR_SPACE, cur_space);
	VCPU(MAGIC_EA, magic_ea);
	VCPU(WORD, word);
	VCPU(CODE_EA, code[0].ea);
	VCPU(CODE_WORDS, code[0].words);
	VCPU(FPU_MSR, fpu_msr);
	DEFINE(HCALL_R0, KVM_SC_MAGIC_R0);
	return 0;
}
