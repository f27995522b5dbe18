// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of a vcpu that are PowerPC's own: all registers at once, interrupts.
 *
 * Read after regs.c.  Numbers and structs are those of <asm/kvm.h>.
 */
#include <linux/ember.h>
#include <linux/kvm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/time.h>
#include "ppc440.h"

static long get_regs(struct ppc440_vcpu *v, struct kvm_regs __user *arg)
{
	struct ppc440_ctxt *c = &v->ctxt;
	struct kvm_regs regs;
	unsigned int i;

	ppc440_sprgs_from_magic(v);
	regs = (struct kvm_regs){
		.pc = c->pc, .cr = c->cr, .ctr = c->ctr, .lr = c->lr, .xer = c->xer,
		.msr = v->msr, .pid = v->pid,
		.srr0 = MAGIC(v, SRR0), .srr1 = MAGIC(v, SRR1),
		.sprg0 = MAGIC(v, SPRG0), .sprg1 = MAGIC(v, SPRG1),
		.sprg2 = MAGIC(v, SPRG2), .sprg3 = MAGIC(v, SPRG3),
		.sprg4 = c->sprg[0], .sprg5 = c->sprg[1],
		.sprg6 = c->sprg[2], .sprg7 = c->sprg[3],
	};
	for (i = 0; i < ARRAY_SIZE(regs.gpr); i++)
		regs.gpr[i] = c->gpr[i];
	return copy_to_user(arg, &regs, sizeof(regs)) ? -EFAULT : 0;
}

/* What is written back as it was read is no jump: a load goes on to be completed. */
static void set_pc(struct ppc440_vcpu *v, u32 pc)
{
	if (pc == v->ctxt.pc)
		return;
	v->ctxt.pc = pc;
	v->mmio.pending = false;
	v->dcr.pending = false;
}

static long set_regs(struct ppc440_vcpu *v, const struct kvm_regs __user *arg)
{
	struct ppc440_ctxt *c = &v->ctxt;
	struct kvm_regs regs;
	unsigned int i;

	if (copy_from_user(&regs, arg, sizeof(regs)))
		return -EFAULT;
	set_pc(v, regs.pc);
	c->cr = regs.cr;
	c->ctr = regs.ctr;
	c->lr = regs.lr;
	c->xer = regs.xer;
	for (i = 0; i < ARRAY_SIZE(regs.gpr); i++)
		c->gpr[i] = regs.gpr[i];
	c->sprg[0] = regs.sprg4;
	c->sprg[1] = regs.sprg5;
	c->sprg[2] = regs.sprg6;
	c->sprg[3] = regs.sprg7;
	ppc440_sprgs_to_magic(v);
	MAGIC(v, SRR0) = regs.srr0;
	MAGIC(v, SRR1) = regs.srr1;
	MAGIC(v, SPRG0) = regs.sprg0;
	MAGIC(v, SPRG1) = regs.sprg1;
	MAGIC(v, SPRG2) = regs.sprg2;
	MAGIC(v, SPRG3) = regs.sprg3;
	ppc440_set_msr(v, regs.msr);
	v->pid = regs.pid & 0xff;
	ppc440_shadow_pid_changed(v);
	return 0;
}

/* ---- KVM_GET_SREGS, KVM_SET_SREGS --------------------------------------------------------- */

static void fill_sregs(struct ppc440_vcpu *v, struct kvm_sregs *s)
{
	unsigned int i;

	s->pvr = mfspr(SPRN_PVR);
	s->u.e.features = KVM_SREGS_E_BASE | KVM_SREGS_E_ARCH206 | KVM_SREGS_E_IVOR;
	s->u.e.impl_id = KVM_SREGS_E_IMPL_NONE;
	s->u.e.csrr0 = MAGIC(v, CSRR0);
	s->u.e.csrr1 = MAGIC(v, CSRR1);
	s->u.e.mcsr = v->mcsr;
	s->u.e.esr = MAGIC(v, ESR);
	s->u.e.dear = MAGIC(v, DEAR);
	s->u.e.tsr = ppc440_tsr_get(v);
	s->u.e.tcr = v->timer.tcr;
	s->u.e.dec = ppc440_dec_save(v);
	s->u.e.tb = get_tb();
	s->u.e.vrsave = v->usprg0;
	s->u.e.pir = v->vcpu.id;
	s->u.e.mcsrr0 = MAGIC(v, MCSRR0);
	s->u.e.mcsrr1 = MAGIC(v, MCSRR1);
	s->u.e.decar = v->timer.decar;
	s->u.e.ivpr = v->ivpr;
	for (i = 0; i < PPC440_NR_IVORS; i++)
		s->u.e.ivor_low[i] = v->ivor[i];
}

static void take_base(struct ppc440_vcpu *v, const struct kvm_sregs *s)
{
	MAGIC(v, CSRR0) = s->u.e.csrr0;
	MAGIC(v, CSRR1) = s->u.e.csrr1;
	if (s->u.e.update_special & KVM_SREGS_E_UPDATE_MCSR)
		v->mcsr = s->u.e.mcsr;
	MAGIC(v, ESR) = s->u.e.esr;
	MAGIC(v, DEAR) = s->u.e.dear;
	v->usprg0 = s->u.e.vrsave;
	ppc440_tcr_set(v, s->u.e.tcr);
	/* DEC goes on at once: TSR must not undo what it does. */
	if (s->u.e.update_special & KVM_SREGS_E_UPDATE_TSR)
		ppc440_tsr_set(v, s->u.e.tsr);
	if (s->u.e.update_special & KVM_SREGS_E_UPDATE_DEC)
		ppc440_dec_set(v, s->u.e.dec);
}

static void take_sregs(struct ppc440_vcpu *v, const struct kvm_sregs *s)
{
	unsigned int i;

	if (s->u.e.features & KVM_SREGS_E_ARCH206) {
		MAGIC(v, MCSRR0) = s->u.e.mcsrr0;
		MAGIC(v, MCSRR1) = s->u.e.mcsrr1;
		v->timer.decar = s->u.e.decar;
		v->ivpr = s->u.e.ivpr & 0xffff0000;
	}
	if (s->u.e.features & KVM_SREGS_E_IVOR)
		for (i = 0; i < PPC440_NR_IVORS; i++)
			v->ivor[i] = s->u.e.ivor_low[i] & 0xfff0;
	if (s->u.e.features & KVM_SREGS_E_BASE)
		take_base(v, s);
}

static long get_sregs(struct ppc440_vcpu *v, void __user *arg)
{
	struct kvm_sregs *s = kzalloc(sizeof(*s), GFP_KERNEL);
	long ret;

	if (!s)
		return -ENOMEM;
	fill_sregs(v, s);
	ret = copy_to_user(arg, s, sizeof(*s)) ? -EFAULT : 0;
	kfree(s);
	return ret;
}

static long set_sregs(struct ppc440_vcpu *v, const void __user *arg)
{
	struct kvm_sregs *s = memdup_user(arg, sizeof(*s));
	long ret = 0;

	if (IS_ERR(s))
		return PTR_ERR(s);
	if (s->pvr != mfspr(SPRN_PVR) ||
	    (s->u.e.features & KVM_SREGS_E_ARCH206 && s->u.e.pir != v->vcpu.id))
		ret = -EINVAL;
	else
		take_sregs(v, s);
	kfree(s);
	return ret;
}

/* Translation of the VM ends, with nothing of it left in memory, or may begin again. */
static long enable_cap(struct ppc440_vcpu *v, const void __user *arg)
{
	struct kvm_enable_cap cap;

	if (copy_from_user(&cap, arg, sizeof(cap)))
		return -EFAULT;
	if (cap.cap != EMBER_CAP_PPC_TRANSLATE || cap.flags || cap.args[0] > 1)
		return -EINVAL;
	if (!cap.args[0])
		return ppc440_patch_stop(v);
	ppc440_patch_resume(v);
	return 0;
}

long ppc440_vcpu_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
		       unsigned long arg)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);
	void __user *argp = (void __user *)arg;

	switch (ioctl) {
	case KVM_GET_REGS:
		return get_regs(v, argp);
	case KVM_SET_REGS:
		return set_regs(v, argp);
	case KVM_GET_SREGS:
		return get_sregs(v, argp);
	case KVM_SET_SREGS:
		return set_sregs(v, argp);
	case KVM_ENABLE_CAP:
		return enable_cap(v, argp);
	default:
		return -ENOTTY;
	}
}

/* ---- from any thread ------------------------------------------------------------------ */

/* The external input, where no UIC in the kernel drives it. */
static long interrupt(struct ppc440_vcpu *v, const struct kvm_interrupt __user *arg)
{
	struct kvm_interrupt irq;

	if (copy_from_user(&irq, arg, sizeof(irq)))
		return -EFAULT;
	if (to_ppc440_vm(v->vcpu.vm)->has_uic)
		return -EINVAL;
	switch (irq.irq) {
	case KVM_INTERRUPT_UNSET:
		v->irq_once = false;
		ppc440_irq_line(v, PPC440_IVOR_EXTERNAL, false);
		return 0;
	case KVM_INTERRUPT_SET:
	case KVM_INTERRUPT_SET_LEVEL:
		v->irq_once = irq.irq == KVM_INTERRUPT_SET;
		ppc440_irq_line(v, PPC440_IVOR_EXTERNAL, true);
		ember_vcpu_kick(&v->vcpu);
		return 0;
	default:
		return -EINVAL;
	}
}

long ppc440_vcpu_async_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
			     unsigned long arg)
{
	if (ioctl == KVM_INTERRUPT)
		return interrupt(to_ppc440(vcpu), (void __user *)arg);
	return -ENOIOCTLCMD;
}
