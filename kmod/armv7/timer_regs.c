// SPDX-License-Identifier: GPL-2.0
/*
 * The timers' registers, as a guest's trapped accesses and ONE_REG move them,
 * and the choice of their interrupts.
 *
 * Read after timer.c.
 */
#include <linux/hrtimer.h>
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include "armv7.h"
#include "cp15.h"

/* ---- registers ------------------------------------------------------------- */

static u64 timer_read(const struct timer_state *t, enum timer_reg reg, u64 now)
{
	switch (reg) {
	case TIMER_REG_CTL:
		if (t->ctl & TIMER_CTL_ENABLE && now >= t->cval)
			return t->ctl | TIMER_CTL_ISTATUS;
		return t->ctl;
	case TIMER_REG_TVAL:
		return (u32)(t->cval - now);
	case TIMER_REG_CVAL:
		return t->cval;
	default:
		return now;
	}
}

static void timer_write(struct timer_state *t, enum timer_reg reg, u64 now,
			u64 val)
{
	if (reg == TIMER_REG_CTL)
		t->ctl = val & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	else if (reg == TIMER_REG_TVAL)
		t->cval = now + (s32)val;
	else if (reg == TIMER_REG_CVAL)
		t->cval = val;
}

u64 timer_reg_read(struct armv7_vcpu *v, enum timer_reg reg)
{
	const struct timer_state *t = &v->timer.phys;

	return timer_read(t, reg, timer_now(v, t));
}

void timer_reg_write(struct armv7_vcpu *v, enum timer_reg reg, u64 val)
{
	struct timer_state *t = &v->timer.phys;

	/* It reads what is written here. */
	hrtimer_cancel(&t->hrtimer);
	timer_write(t, reg, timer_now(v, t), val);
	timer_arm(v, t);
}

static const struct timer_id {
	u64 id;
	bool phys;
	enum timer_reg reg;
} timer_ids[] = {
	{ KVM_REG_ARM_TIMER_CTL, false, TIMER_REG_CTL },
	{ KVM_REG_ARM_TIMER_CNT, false, TIMER_REG_CNT },
	{ KVM_REG_ARM_TIMER_CVAL, false, TIMER_REG_CVAL },
	{ KVM_REG_ARM_PTIMER_CTL, true, TIMER_REG_CTL },
	{ KVM_REG_ARM_PTIMER_CVAL, true, TIMER_REG_CVAL },
	/* The last one is not listed: it is the host's and can't be set. */
	{ KVM_REG_ARM_PTIMER_CNT, true, TIMER_REG_CNT },
};

#define TIMER_NR_LISTED		(ARRAY_SIZE(timer_ids) - 1)

static const struct timer_id *timer_find_id(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timer_ids); i++)
		if (timer_ids[i].id == id)
			return &timer_ids[i];
	return NULL;
}

int timer_one_reg_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	const struct timer_id *row = timer_find_id(id);
	const struct timer_state *t;
	u64 data;

	if (!row)
		return -ENOENT;
	t = row->phys ? &v->timer.phys : &v->timer.virt;
	data = timer_read(t, row->reg, timer_now(v, t));
	return copy_to_user(val, &data, KVM_REG_SIZE(id)) ? -EFAULT : 0;
}

/*
 * One offset serves all vcpus, so that their counters agree.  Those that run or
 * sleep come out and have a look, at their counter and when they are to wake.
 */
static void timer_set_virt_counter(struct armv7_vcpu *v, u64 val)
{
	struct ember_vm *vm = v->vcpu.vm;

	atomic64_set(&to_armv7_vm(vm)->cntvoff,
		     timer_now(v, &v->timer.phys) - val);
	ember_request_all(vm, EMBER_REQ_KICK);
}

int timer_one_reg_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	const struct timer_id *row = timer_find_id(id);
	u64 data = 0;

	if (!row)
		return -ENOENT;
	if (copy_from_user(&data, val, KVM_REG_SIZE(id)))
		return -EFAULT;
	if (row->reg == TIMER_REG_CNT && row->phys)
		return -EINVAL;
	if (row->phys)
		timer_reg_write(v, row->reg, data);
	else if (row->reg == TIMER_REG_CNT)
		timer_set_virt_counter(v, data);
	else
		timer_write(&v->timer.virt, row->reg, 0, data);
	return 0;
}

int timer_reg_list(u64 __user *list, unsigned int max)
{
	unsigned int i;

	for (i = 0; i < TIMER_NR_LISTED; i++)
		if (armv7_put_index(list, max, i, timer_ids[i].id))
			return -EFAULT;
	return TIMER_NR_LISTED;
}

/* ---- attributes of a vcpu: the timers' PPIs --------------------------------- */

static struct timer_state *timer_attr(struct armv7_vcpu *v, u64 attr)
{
	switch (attr) {
	case KVM_ARM_VCPU_TIMER_IRQ_VTIMER:
		return &v->timer.virt;
	case KVM_ARM_VCPU_TIMER_IRQ_PTIMER:
		return &v->timer.phys;
	default:
		return NULL;
	}
}

/* A line that is up goes down here, and up there once it is looked at. */
static void timer_move_ppi(struct armv7_vcpu *v, struct timer_state *t, u8 ppi)
{
	if (t->line)
		vgic_inject(v->vcpu.vm, v->vcpu.idx, t->ppi, false);
	t->line = false;
	t->ppi = ppi;
}

/* All vcpus of a VM have the same ones. */
static int timer_set_attr(struct armv7_vcpu *v, const struct kvm_device_attr *attr)
{
	struct ember_vcpu *vcpu;
	unsigned int i;
	int ppi;

	if (!vgic_present(&to_armv7_vm(v->vcpu.vm)->vgic))
		return -EINVAL;
	if (get_user(ppi, (int __user *)(unsigned long)attr->addr))
		return -EFAULT;
	if (ppi < VGIC_NR_SGIS || ppi >= VGIC_NR_PRIVATE)
		return -EINVAL;
	ember_for_each_vcpu(i, vcpu, v->vcpu.vm)
		if (to_armv7(vcpu)->timer.started)
			return -EBUSY;
	ember_for_each_vcpu(i, vcpu, v->vcpu.vm)
		timer_move_ppi(to_armv7(vcpu),
			       timer_attr(to_armv7(vcpu), attr->attr), ppi);
	return 0;
}

bool timer_owns_ppi(const struct armv7_vcpu *v, unsigned int ppi)
{
	return v->vcpu.started &&
	       (ppi == v->timer.virt.ppi || ppi == v->timer.phys.ppi);
}

int timer_check_ppis(struct ember_vm *vm)
{
	const struct armv7_timer *first = &to_armv7(vm->vcpus[0])->timer;
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm) {
		const struct armv7_timer *t = &to_armv7(vcpu)->timer;

		if (t->virt.ppi == t->phys.ppi ||
		    t->virt.ppi != first->virt.ppi ||
		    t->phys.ppi != first->phys.ppi)
			return -EINVAL;
	}
	return 0;
}

static int timer_get_attr(struct armv7_vcpu *v, const struct kvm_device_attr *attr)
{
	int ppi = timer_attr(v, attr->attr)->ppi;

	return put_user(ppi, (int __user *)(unsigned long)attr->addr);
}

long timer_vcpu_ioctl(struct armv7_vcpu *v, unsigned int ioctl,
		      unsigned long arg)
{
	struct kvm_device_attr attr;

	if (ioctl != KVM_SET_DEVICE_ATTR && ioctl != KVM_GET_DEVICE_ATTR &&
	    ioctl != KVM_HAS_DEVICE_ATTR)
		return -ENOTTY;
	if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return -EFAULT;
	if (attr.group != KVM_ARM_VCPU_TIMER_CTRL || !timer_attr(v, attr.attr))
		return -ENXIO;
	if (ioctl == KVM_SET_DEVICE_ATTR)
		return timer_set_attr(v, &attr);
	return ioctl == KVM_GET_DEVICE_ATTR ? timer_get_attr(v, &attr) : 0;
}
