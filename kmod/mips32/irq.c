// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's interrupts: six lines, of which 7 is its timer's.
 *
 * Read after inject.c.  The lines are driven from any thread, by KVM_INTERRUPT
 * and the timer, and are kept apart from Cause, which is the vcpu thread's own:
 * it has the two software interrupts.
 */
#include "mips32.h"

void mips32_irq_line(struct mips32_vcpu *v, unsigned int ip, bool level)
{
	if (level)
		set_bit(ip, &v->lines);
	else
		clear_bit(ip, &v->lines);
}

u32 mips32_cause(struct mips32_vcpu *v)
{
	u32 lines = READ_ONCE(v->lines);

	return C0(v, CAUSE) | lines << CAUSEB_IP |
	       (lines & BIT(7) ? CAUSEF_TI : 0);
}

bool mips32_irq_pending(struct mips32_vcpu *v)
{
	return mips32_cause(v) & READ_ONCE(C0(v, STATUS)) & CAUSEF_IP;
}

void mips32_irq_deliver(struct mips32_vcpu *v)
{
	u32 status = C0(v, STATUS);

	if ((status & (ST0_IE | ST0_EXL | ST0_ERL)) != ST0_IE ||
	    !mips32_irq_pending(v))
		return;
	ember_count_exit(&v->vcpu, MIPS32_EXIT_INJECT_IRQ);
	/* Whatever came before is complete: no branch is half done. */
	v->ctxt->cause = 0;
	mips32_inject(v, MIPS32_EXC_INT);
}
