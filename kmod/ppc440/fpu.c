// SPDX-License-Identifier: GPL-2.0
/*
 * The FPU, which the guest has while it uses it.
 *
 * Read after exit.c.  The guest is entered without it until it uses it; then its
 * registers are loaded and stay there until the turn ends.  What the host's task had
 * there is saved the host's own way.
 */
#include <asm/switch_to.h>
#include "ppc440.h"

int ppc440_fpu_used(struct ppc440_vcpu *v)
{
	if (!v->quick)
		return 1;	/* it is going to try again in the next turn */
	if (!v->fpu_msr) {
		enable_kernel_fp();
		load_fp_state(&v->fp);
		disable_kernel_fp();
		v->fpu_msr = MSR_FP | MSR_FE0 | MSR_FE1;
	}
	return 1;
}

__ember_hot void ppc440_fpu_put(struct ppc440_vcpu *v)
{
	if (!v->fpu_msr)
		return;
	mtmsr(mfmsr() | MSR_FP);
	isync();
	store_fp_state(&v->fp);
	mtmsr(mfmsr() & ~MSR_FP);
	isync();
	v->fpu_msr = 0;
}
