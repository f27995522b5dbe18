// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt controller, UIC0 of a 440EP: 32 inputs, at DCRs 0xc0 to 0xc8.
 *
 * Read after inject.c.  Input n is bit n as the manual counts them, from the left.  Its
 * two outputs are the first vcpu's external and critical inputs.
 */
#include <linux/ember.h>
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include "ppc440.h"
#include "../core/trace.h"

#define UIC_BASE	0xc0
#define UIC_SR		0	/* status */
#define UIC_SRS		1	/* status, set by software */
#define UIC_ER		2	/* enable */
#define UIC_CR		3	/* critical */
#define UIC_PR		4	/* polarity: 1 is active high, or the rising edge */
#define UIC_TR		5	/* trigger: 1 is the edge */
#define UIC_MSR		6	/* masked status */
#define UIC_VR		7	/* vector */
#define UIC_VCR		8	/* vector configuration */
#define UIC_NR		9

#define VCR_BASE	0xfffffffcu
#define VCR_PRO		1u	/* input 0 has the highest priority, else 31 has */
#define VECTOR_BYTES	512

/* ---- uic_lock -------------------------------------------------------------------- */

static u32 active_level(const struct ppc440_uic *u)
{
	return ~(u->lines ^ u->pr) & ~u->tr;
}

/* Level-sensitive inputs show as they are; the status of others is latched. */
static void update_levels(struct ppc440_uic *u)
{
	u->sr = (u->sr & u->tr) | active_level(u);
}

/* Of those that are critical, the address of the most important one's handler. */
static u32 vector_of(const struct ppc440_uic *u)
{
	u32 critical = u->sr & u->er & u->cr;
	unsigned int input;

	if (!critical)
		return 0;
	if (u->vcr & VCR_PRO) {
		input = __builtin_clz(critical);
		return (u->vcr & VCR_BASE) + VECTOR_BYTES * input;
	}
	input = 31 - __builtin_ctz(critical);
	return (u->vcr & VCR_BASE) + VECTOR_BYTES * (31 - input);
}

static u32 reg_read(struct ppc440_uic *u, unsigned int reg)
{
	switch (reg) {
	case UIC_SR:
	case UIC_SRS:
		return u->sr;
	case UIC_ER:
		return u->er;
	case UIC_CR:
		return u->cr;
	case UIC_PR:
		return u->pr;
	case UIC_TR:
		return u->tr;
	case UIC_MSR:
		return u->sr & u->er;
	case UIC_VR:
		return vector_of(u);
	default:
		return 0;	/* VCR is write-only */
	}
}

static void reg_write(struct ppc440_uic *u, unsigned int reg, u32 val)
{
	switch (reg) {
	case UIC_SR:
		u->sr &= ~val;
		break;
	case UIC_SRS:
		u->sr |= val;
		break;
	case UIC_ER:
		u->er = val;
		break;
	case UIC_CR:
		u->cr = val;
		break;
	case UIC_PR:
		u->pr = val;
		break;
	case UIC_TR:
		u->tr = val;
		break;
	case UIC_VCR:
		u->vcr = val & (VCR_BASE | VCR_PRO);
		break;
	}
	update_levels(u);
}

/* The outputs; returns the vcpu that is to be woken for them, or NULL. */
static __ember_hot struct ember_vcpu *drive(struct ppc440_vm *pvm)
{
	const struct ppc440_uic *u = &pvm->uic;
	u32 waiting = u->sr & u->er;
	struct ember_vcpu *vcpu = ember_get_vcpu(&pvm->vm, 0);

	if (!vcpu)
		return NULL;
	ppc440_irq_line(to_ppc440(vcpu), PPC440_IVOR_EXTERNAL, waiting & ~u->cr);
	ppc440_irq_line(to_ppc440(vcpu), PPC440_IVOR_CRITICAL, waiting & u->cr);
	return waiting ? vcpu : NULL;
}

/* ---- the guest's side --------------------------------------------------------------- */

__ember_hot bool ppc440_uic_has(struct ppc440_vcpu *v, unsigned int dcrn)
{
	return dcrn - UIC_BASE < UIC_NR && to_ppc440_vm(v->vcpu.vm)->has_uic;
}

__ember_hot u32 ppc440_uic_read(struct ppc440_vcpu *v, unsigned int dcrn)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	unsigned long flags;
	u32 val;

	spin_lock_irqsave(&pvm->uic_lock, flags);
	val = reg_read(&pvm->uic, dcrn - UIC_BASE);
	spin_unlock_irqrestore(&pvm->uic_lock, flags);
	return val;
}

/*
 * Level-sensitive inputs whose status the guest wants to be rid of: it has served them.
 * The lines fall before their status is looked at again.
 */
static void tell_acked(struct ppc440_vm *pvm, u32 bits)
{
	bits &= READ_ONCE(pvm->uic.sr) & ~READ_ONCE(pvm->uic.tr);
	for (; bits; bits &= bits - 1)
		ember_irq_acked(&pvm->vm, 31 - __builtin_ctz(bits));
}

__ember_hot void ppc440_uic_write(struct ppc440_vcpu *v, unsigned int dcrn, u32 val)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	struct ember_vcpu *woken;
	unsigned long flags;

	if (dcrn == UIC_BASE + UIC_SR && ember_wants_acks(&pvm->vm))
		tell_acked(pvm, val);
	spin_lock_irqsave(&pvm->uic_lock, flags);
	reg_write(&pvm->uic, dcrn - UIC_BASE, val);
	woken = drive(pvm);
	spin_unlock_irqrestore(&pvm->uic_lock, flags);
	if (woken && woken != &v->vcpu)
		ember_vcpu_kick(woken);
}

/* What came before there was a first vcpu. */
void ppc440_uic_begin(struct ppc440_vcpu *v)
{
	struct ppc440_vm *pvm = to_ppc440_vm(v->vcpu.vm);
	unsigned long flags;

	if (!pvm->has_uic)
		return;
	spin_lock_irqsave(&pvm->uic_lock, flags);
	drive(pvm);
	spin_unlock_irqrestore(&pvm->uic_lock, flags);
}

/* ---- the devices' side ------------------------------------------------------------------ */

static void input(struct ppc440_uic *u, u32 bit, bool level)
{
	bool rose = level && !(u->lines & bit), fell = !level && u->lines & bit;

	u->lines = level ? u->lines | bit : u->lines & ~bit;
	if (u->tr & bit && (u->pr & bit ? rose : fell))
		u->sr |= bit;
	update_levels(u);
}

__ember_hot int ppc440_irqfd_input(struct ember_vm *vm, u32 pin, bool level)
{
	struct ppc440_vm *pvm = to_ppc440_vm(vm);
	struct ember_vcpu *woken;
	unsigned long flags;

	if (pin >= PPC440_UIC_INPUTS)
		return -EINVAL;
	if (!pvm->has_uic)
		return -EAGAIN;
	spin_lock_irqsave(&pvm->uic_lock, flags);
	input(&pvm->uic, 0x80000000u >> pin, level);
	woken = drive(pvm);
	spin_unlock_irqrestore(&pvm->uic_lock, flags);
	if (woken)
		ember_vcpu_kick(woken);
	return 0;
}

__ember_hot int ppc440_irq_input(struct ember_vm *vm, u32 irq, bool level)
{
	if (!to_ppc440_vm(vm)->has_uic)
		return -ENXIO;
	trace_ember_irq(vm, irq, level);
	return ppc440_irqfd_input(vm, irq, level);
}

/* ---- user space ----------------------------------------------------------------------------- */

static long create(struct ember_vm *vm)
{
	struct ppc440_vm *pvm = to_ppc440_vm(vm);
	long ret;

	mutex_lock(&vm->lock);
	if (pvm->has_uic)
		ret = -EEXIST;
	else if (vm->nr_vcpus)
		ret = -EBUSY;
	else
		ret = ember_irqchip_ready(vm, PPC440_UIC_INPUTS);
	if (!ret)
		pvm->has_uic = true;
	mutex_unlock(&vm->lock);
	return ret;
}

static struct ember_ppc_uic uic_state(struct ppc440_vm *pvm)
{
	struct ember_ppc_uic state;
	unsigned long flags;

	spin_lock_irqsave(&pvm->uic_lock, flags);
	state = (struct ember_ppc_uic){
		.sr = pvm->uic.sr, .er = pvm->uic.er, .cr = pvm->uic.cr,
		.pr = pvm->uic.pr, .tr = pvm->uic.tr, .vcr = pvm->uic.vcr,
		.lines = pvm->uic.lines,
	};
	spin_unlock_irqrestore(&pvm->uic_lock, flags);
	return state;
}

static void set_uic_state(struct ppc440_vm *pvm, const struct ember_ppc_uic *state)
{
	struct ember_vcpu *woken;
	unsigned long flags;

	spin_lock_irqsave(&pvm->uic_lock, flags);
	pvm->uic = (struct ppc440_uic){
		.sr = state->sr, .er = state->er, .cr = state->cr,
		.pr = state->pr, .tr = state->tr,
		.vcr = state->vcr & (VCR_BASE | VCR_PRO), .lines = state->lines,
	};
	update_levels(&pvm->uic);
	woken = drive(pvm);
	spin_unlock_irqrestore(&pvm->uic_lock, flags);
	if (woken)
		ember_vcpu_kick(woken);
}

static long get_or_set(struct ppc440_vm *pvm, void __user *arg, bool set)
{
	struct kvm_irqchip chip = { 0 };
	struct ember_ppc_uic state;

	BUILD_BUG_ON(sizeof(state) > sizeof(chip.chip));
	if (!pvm->has_uic)
		return -ENXIO;
	if (copy_from_user(&chip, arg, sizeof(chip)))
		return -EFAULT;
	if (chip.chip_id)
		return -EINVAL;
	if (set) {
		memcpy(&state, &chip.chip, sizeof(state));
		set_uic_state(pvm, &state);
		return 0;
	}
	state = uic_state(pvm);
	memset(&chip.chip, 0, sizeof(chip.chip));
	memcpy(&chip.chip, &state, sizeof(state));
	return copy_to_user(arg, &chip, sizeof(chip)) ? -EFAULT : 0;
}

long ppc440_uic_ioctl(struct ember_vm *vm, unsigned int ioctl, unsigned long arg)
{
	switch (ioctl) {
	case KVM_CREATE_IRQCHIP:
		return create(vm);
	case KVM_GET_IRQCHIP:
		return get_or_set(to_ppc440_vm(vm), (void __user *)arg, false);
	case KVM_SET_IRQCHIP:
		return get_or_set(to_ppc440_vm(vm), (void __user *)arg, true);
	default:
		return -ENOTTY;
	}
}
