// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts delivered to the guest.
 *
 * Read after exit.c.  Manual, chapter 6: three classes, each with registers of its own
 * for where it came from, and with bits of MSR that it leaves alone.  SRR1 is the guest's
 * MSR as we keep it, never what the host's SRR1 had.
 */
#include "ppc440.h"

/* What a critical interrupt and a machine check keep (6.4.1). */
#define KEPT_BY_CRITICAL	MSR_ME
#define KEPT_BY_MCHECK		0

static u32 vector(struct ppc440_vcpu *v, unsigned int ivor)
{
	return v->ivpr | v->ivor[ivor];
}

static bool is_critical(unsigned int ivor)
{
	return ivor == PPC440_IVOR_CRITICAL || ivor == PPC440_IVOR_WATCHDOG ||
	       ivor == PPC440_IVOR_DEBUG;
}

__ember_hot int ppc440_inject(struct ppc440_vcpu *v, unsigned int ivor)
{
	u32 msr = v->msr;

	if (ivor == PPC440_IVOR_MCHECK) {
		MAGIC(v, MCSRR0) = v->ctxt.pc;
		MAGIC(v, MCSRR1) = msr;
		msr &= KEPT_BY_MCHECK;
	} else if (is_critical(ivor)) {
		MAGIC(v, CSRR0) = v->ctxt.pc;
		MAGIC(v, CSRR1) = msr;
		msr &= KEPT_BY_CRITICAL;
	} else {
		MAGIC(v, SRR0) = v->ctxt.pc;
		MAGIC(v, SRR1) = msr;
		msr &= PPC440_KEPT_BY_BASE;
	}
	ppc440_set_msr(v, msr);
	v->ctxt.pc = vector(v, ivor);
	return 1;
}

int ppc440_inject_program(struct ppc440_vcpu *v, u32 esr)
{
	MAGIC(v, ESR) = esr;
	ember_count_exit(&v->vcpu, PPC440_EXIT_PROGRAM);
	return ppc440_inject(v, PPC440_IVOR_PROGRAM);
}

int ppc440_inject_storage(struct ppc440_vcpu *v, unsigned int ivor, u32 va,
			  u32 esr)
{
	/* Of an instruction SRR0 tells the address (6.5.4, 6.5.15). */
	if (ivor != PPC440_IVOR_ISI && ivor != PPC440_IVOR_ITLB)
		MAGIC(v, DEAR) = va;
	if (ivor != PPC440_IVOR_ITLB)
		MAGIC(v, ESR) = esr;
	return ppc440_inject(v, ivor);
}

#define MCSR_BITS(bits)		(MCSR_MCS | (bits))

int ppc440_inject_mcheck(struct ppc440_vcpu *v, u32 mcsr)
{
	v->mcsr |= MCSR_BITS(mcsr);
	return ppc440_inject(v, PPC440_IVOR_MCHECK);
}

/* ---- those that come from outside ------------------------------------------------- */

__ember_hot void ppc440_irq_line(struct ppc440_vcpu *v, unsigned int ivor, bool level)
{
	if (level)
		set_bit(ivor, &v->irqs);
	else
		clear_bit(ivor, &v->irqs);
}

/* By priority (6.7), with the bit of MSR that lets each through. */
static const struct {
	u8 ivor;
	u32 enable;
} by_priority[] = {
	{ PPC440_IVOR_CRITICAL, MSR_CE },
	{ PPC440_IVOR_WATCHDOG, MSR_CE },
	/* from here on PPC440_EE_IRQS */
	{ PPC440_IVOR_EXTERNAL, MSR_EE },
	{ PPC440_IVOR_FIT, MSR_EE },
	{ PPC440_IVOR_DEC, MSR_EE },
};

static int next_irq(struct ppc440_vcpu *v)
{
	unsigned long irqs = READ_ONCE(v->irqs);
	u32 msr = READ_ONCE(v->msr);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(by_priority); i++)
		if (irqs & BIT(by_priority[i].ivor) && msr & by_priority[i].enable)
			return by_priority[i].ivor;
	return -1;
}

__ember_hot bool ppc440_irq_pending(struct ppc440_vcpu *v)
{
	return READ_ONCE(v->irqs) && next_irq(v) >= 0;
}

/*
 * A guest that has asked for the magic page does several things there in a row, and says so
 * (ppc-pv.rst).  What waits is delivered at the next exit after them.
 */
static bool is_between(struct ppc440_vcpu *v)
{
	return unlikely(v->magic_ea != PPC440_NO_EA) && !(v->msr & MSR_PR) &&
	       MAGIC(v, CRITICAL) == v->ctxt.gpr[1];
}

__ember_hot void ppc440_irq_deliver(struct ppc440_vcpu *v)
{
	int ivor = next_irq(v);

	if (ivor < 0 || is_between(v))
		return;
	ember_count_exit(&v->vcpu, PPC440_EXIT_INJECT_IRQ);
	if (ivor == PPC440_IVOR_EXTERNAL && v->irq_once) {
		v->irq_once = false;
		ppc440_irq_line(v, ivor, false);
	}
	ppc440_inject(v, ivor);
}
