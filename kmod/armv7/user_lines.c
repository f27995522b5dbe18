// SPDX-License-Identifier: GPL-2.0
/*
 * The timers' outputs as user space sees them, where it plays the interrupt
 * controller itself (KVM_CAP_ARM_USER_IRQ).
 *
 * Read after timer_regs.c.  run->s.regs.device_irq_level says them whenever
 * KVM_RUN returns, and KVM_RUN returns before the guest goes on after a change.
 * The virtual timer's physical interrupt is kept from coming again only once
 * user space knows; until then it ends every run of the guest at once, so that
 * no change is missed between the last look and the guest.
 *
 * The page is user space's to write.  What it writes there is what it is taken
 * to know, which harms its own guest at worst.
 */
#include <linux/kvm.h>
#include "armv7.h"

#define LINES	((u64)KVM_ARM_DEV_EL1_VTIMER | KVM_ARM_DEV_EL1_PTIMER)

static u64 lines_now(struct armv7_vcpu *v)
{
	u64 lines = 0;

	timer_update_lines(v);
	if (v->timer.virt.line)
		lines |= KVM_ARM_DEV_EL1_VTIMER;
	if (READ_ONCE(v->timer.phys.line))
		lines |= KVM_ARM_DEV_EL1_PTIMER;
	return lines;
}

bool armv7_user_lines_news(struct armv7_vcpu *v)
{
	u64 told = READ_ONCE(v->vcpu.run->s.regs.device_irq_level);

	return (told & LINES) != lines_now(v);
}

bool armv7_user_lines_vtimer(struct armv7_vcpu *v)
{
	return READ_ONCE(v->vcpu.run->s.regs.device_irq_level) &
	       KVM_ARM_DEV_EL1_VTIMER;
}

static void tell(struct ember_vcpu *vcpu)
{
	__u64 *told = &vcpu->run->s.regs.device_irq_level;

	*told = (*told & ~LINES) | lines_now(to_armv7(vcpu));
}

void armv7_user_lines_start(struct armv7_vcpu *v)
{
	v->vcpu.leaving = tell;
}
