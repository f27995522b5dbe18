// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of a vcpu that are MIPS's own: all registers at once, interrupts.
 *
 * Read after regs.c.  Numbers and errors are those of Linux 5.12.
 */
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include <asm/cpu-features.h>
#include "mips32.h"

/* Words are sign-extended, as a 64-bit CPU has them. */
static long get_regs(struct mips32_vcpu *v, struct kvm_regs __user *arg)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	struct kvm_regs regs;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs.gpr); i++)
		regs.gpr[i] = (s32)ctxt->gpr[i];
	regs.hi = (s32)ctxt->hi;
	regs.lo = (s32)ctxt->lo;
	regs.pc = (s32)ctxt->pc;
	return copy_to_user(arg, &regs, sizeof(regs)) ? -EFAULT : 0;
}

static long set_regs(struct mips32_vcpu *v, const struct kvm_regs __user *arg)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	struct kvm_regs regs;
	unsigned int i;

	if (copy_from_user(&regs, arg, sizeof(regs)))
		return -EFAULT;
	for (i = 1; i < ARRAY_SIZE(regs.gpr); i++)
		ctxt->gpr[i] = regs.gpr[i];
	ctxt->hi = regs.hi;
	ctxt->lo = regs.lo;
	mips32_set_pc(v, regs.pc);
	return 0;
}

static long enable_cap(struct mips32_vcpu *v, const struct kvm_enable_cap __user *arg)
{
	struct kvm_enable_cap cap;

	if (copy_from_user(&cap, arg, sizeof(cap)))
		return -EFAULT;
	if (cap.flags || cap.args[0] || cap.cap != KVM_CAP_MIPS_FPU ||
	    !raw_cpu_has_fpu)
		return -EINVAL;
	v->fpu_enabled = true;
	C0(v, CONFIG1) |= MIPS_CONF1_FP;
	return 0;
}

long mips32_vcpu_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
		       unsigned long arg)
{
	struct mips32_vcpu *v = to_mips32(vcpu);
	void __user *argp = (void __user *)arg;

	switch (ioctl) {
	case KVM_GET_REGS:
		return get_regs(v, argp);
	case KVM_SET_REGS:
		return set_regs(v, argp);
	case KVM_ENABLE_CAP:
		return enable_cap(v, argp);
	default:
		return -ENOTTY;
	}
}

/* ---- from any thread ------------------------------------------------------------------ */

/* The vcpu that is meant: by its number, or the one of the descriptor. */
static struct ember_vcpu *irq_target(struct ember_vcpu *vcpu, u32 cpu)
{
	return cpu == ~0u ? vcpu : ember_get_vcpu(vcpu->vm, cpu);
}

/* Lines 2, 3, 4 and 6; a negative number lets one go. */
static long interrupt(struct ember_vcpu *vcpu,
		      const struct kvm_mips_interrupt __user *arg)
{
	struct kvm_mips_interrupt irq;
	int line, ip;

	if (copy_from_user(&irq, arg, sizeof(irq)))
		return -EFAULT;
	line = irq.irq;
	ip = line < 0 ? -line : line;
	vcpu = irq_target(vcpu, irq.cpu);
	if (!vcpu || ip < 2 || ip > 6 || ip == 5)
		return -EINVAL;
	mips32_irq_line(to_mips32(vcpu), ip, line > 0);
	if (line > 0)
		ember_vcpu_kick(vcpu);
	return 0;
}

long mips32_vcpu_async_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
			     unsigned long arg)
{
	if (ioctl == KVM_INTERRUPT)
		return interrupt(vcpu, (void __user *)arg);
	return -ENOIOCTLCMD;
}
