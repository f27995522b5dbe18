// SPDX-License-Identifier: GPL-2.0
/*
 * Exceptions delivered to the guest, and the way back from them.
 *
 * Read after exit.c.  PRA 6.2: EPC and Cause.BD are written only when Status.EXL
 * was clear; a TLB refill has a vector of its own then, and only then.
 */
#include "mips32.h"

#define VECTOR_REFILL		0x000
#define VECTOR_GENERAL		0x180
#define VECTOR_INTERRUPT	0x200	/* with Cause.IV */
/* With Status.BEV they lie in the boot ROM, which kseg0 reaches too. */
#define VECTORS_BOOT		(MIPS32_KSEG0 + 0x1fc00200)
#define EBASE_BITS		0x1ffff000

static u32 vectors(struct mips32_vcpu *v)
{
	if (C0(v, STATUS) & ST0_BEV)
		return VECTORS_BOOT;
	return MIPS32_KSEG0 | (C0(v, EBASE) & EBASE_BITS);
}

void mips32_vectors_changed(struct mips32_vcpu *v)
{
	v->ctxt->vector = vectors(v) + VECTOR_GENERAL;
}

static int take_exception(struct mips32_vcpu *v, enum mips32_exc exc, u32 vector)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	u32 cause = C0(v, CAUSE) & ~(CAUSEF_EXCCODE | CAUSEF_CE);

	if (C0(v, STATUS) & ST0_EXL) {
		vector = VECTOR_GENERAL;
	} else {
		C0(v, EPC) = ctxt->pc;
		cause = (cause & ~CAUSEF_BD) | (ctxt->cause & CAUSEF_BD);
		C0(v, STATUS) |= ST0_EXL;
	}
	C0(v, CAUSE) = cause | exc << CAUSEB_EXCCODE;
	ctxt->pc = vectors(v) + vector;
	ctxt->cause = 0;
	return 1;
}

int mips32_inject(struct mips32_vcpu *v, enum mips32_exc exc)
{
	u32 vector = VECTOR_GENERAL;

	if (exc == MIPS32_EXC_INT && C0(v, CAUSE) & CAUSEF_IV)
		vector = VECTOR_INTERRUPT;
	return take_exception(v, exc, vector);
}

int mips32_inject_cpu(struct mips32_vcpu *v, unsigned int unit)
{
	int ret = mips32_inject(v, MIPS32_EXC_CPU);

	C0(v, CAUSE) |= unit << CAUSEB_CE;
	return ret;
}

int mips32_inject_address(struct mips32_vcpu *v, enum mips32_exc exc, u32 va)
{
	C0(v, BADVADDR) = va;
	mips32_comm_refresh(v);
	return mips32_inject(v, exc);
}

#define CONTEXT_BADVPN2		0x007ffff0u

int mips32_inject_tlb(struct mips32_vcpu *v, enum mips32_exc exc, u32 va,
		      bool refill)
{
	C0(v, BADVADDR) = va;
	C0(v, CONTEXT) = (C0(v, CONTEXT) & ~CONTEXT_BADVPN2) |
			 (va >> 9 & CONTEXT_BADVPN2);
	C0(v, ENTRYHI) = (va & 0xffffe000) | (C0(v, ENTRYHI) & 0xff);
	mips32_comm_refresh(v);
	return take_exception(v, exc, refill ? VECTOR_REFILL : VECTOR_GENERAL);
}

/* PRA 6.1.3; LLbit falls by the host's own eret. */
void mips32_eret(struct mips32_vcpu *v)
{
	if (C0(v, STATUS) & ST0_ERL) {
		C0(v, STATUS) &= ~ST0_ERL;
		v->ctxt->pc = C0(v, ERROREPC);
	} else {
		C0(v, STATUS) &= ~ST0_EXL;
		v->ctxt->pc = C0(v, EPC);
	}
}
