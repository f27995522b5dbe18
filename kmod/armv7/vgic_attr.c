// SPDX-License-Identifier: GPL-2.0
/*
 * The GIC's device attributes: addresses, the number of interrupts, and all
 * registers for save and restore.
 *
 * Read after vgic_dev.c.  Documentation/virt/kvm/devices/arm-vgic.rst describes
 * the groups; errors are those of Linux 5.6.
 */
#include <linux/bitfield.h>
#include <linux/irqchip/arm-gic.h>
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include "armv7.h"

#define VGIC_NR_IRQS_MIN	64

/* ---- the CPU interface's registers ------------------------------------------------------- */

/* GICC_CTLR and GICH_VMCR have these at the same places (4.4.1, 5.3.7). */
#define VMCR_CTLR	(GICH_VMCR_ENABLE_GRP0_MASK | GICH_VMCR_ENABLE_GRP1_MASK | \
			 GICH_VMCR_ACK_CTL_MASK | GICH_VMCR_FIQ_EN_MASK | \
			 GICH_VMCR_CBPR_MASK | GICH_VMCR_EOI_MODE_MASK)
#define VGIC_GICC_IDENT	0x04b2043b	/* 'K', GICv2, ARM */

/*
 * GICC_APR0 has all priorities that there are.  The other three, which would be
 * zero, hold what GICC_IAR has said of interrupts that are active here although
 * the distributor's registers look as if they were active elsewhere: an SPI whose
 * target has changed since, an SGI from another vcpu than the first.  The guest
 * will end them here, with this source.  They are restored after the distributor.
 *
 * NOT DONE: more than three of them, all nested.
 */
#define IAR_INTID		GENMASK(9, 0)
#define IAR_SOURCE		GENMASK(12, 10)

static u32 untold_iar(struct armv7_vcpu *v, unsigned int intid)
{
	const struct vgic_irq *irq = vgic_irq_get(v, intid);

	if (!vgic_active_untold(v, irq))
		return 0;
	if (!vgic_irq_is_sgi(irq))
		return intid;
	return intid | FIELD_PREP(IAR_SOURCE, irq->active_source);
}

/* The @n-th of them, or 0. */
static u32 untold_read(struct armv7_vcpu *v, unsigned int n)
{
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	unsigned long flags;
	unsigned int intid;
	u32 iar = 0;

	vgic_lock(&avm->vgic, flags);
	for (intid = 0; intid < avm->vgic.nr_irqs; intid++) {
		iar = untold_iar(v, intid);
		if (iar && !n--)
			break;
		iar = 0;
	}
	vgic_unlock(avm, flags);
	return iar;
}

static void untold_write(struct armv7_vcpu *v, u32 iar)
{
	struct vgic_irq *irq = vgic_irq_get(v, FIELD_GET(IAR_INTID, iar));
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	unsigned long flags;

	if (!iar || !irq || !irq->active)
		return;
	vgic_lock(&avm->vgic, flags);
	if (vgic_irq_is_sgi(irq))
		irq->active_source = FIELD_GET(IAR_SOURCE, iar);
	else if (!irq->home)
		vgic_place_active(v, irq);
	vgic_unlock(avm, flags);
}

/*
 * Each a field of VMCR, at its low end in the word.  KVM shows GICC_PMR like
 * that too: five bits, not the eight of the register (arm-vgic.rst).
 */
struct cpuif_row {
	u16 offset;
	u16 len;
	u32 vmcr;
};

static const struct cpuif_row cpuif_rows[] = {
	{ GIC_CPU_CTRL, 4, VMCR_CTLR },
	{ GIC_CPU_PRIMASK, 4, (u32)GICH_VMCR_PRIMASK_MASK },
	{ GIC_CPU_BINPOINT, 4, GICH_VMCR_BINPOINT_MASK },
	{ GIC_CPU_ALIAS_BINPOINT, 4, GICH_VMCR_ALIAS_BINPOINT_MASK },
	{ GIC_CPU_ACTIVEPRIO, 16 },
	{ GIC_CPU_IDENT, 4 },
};

static const struct cpuif_row *cpuif_find(u32 offset)
{
	const struct cpuif_row *row;

	if (offset & 3)
		return NULL;
	for (row = cpuif_rows; row < cpuif_rows + ARRAY_SIZE(cpuif_rows); row++)
		if (offset - row->offset < row->len)
			return row;
	return NULL;
}

bool vgic_cpuif_has(u32 offset)
{
	return cpuif_find(offset);
}

static u32 cpuif_read(struct armv7_vcpu *v, const struct cpuif_row *row,
		      u32 offset)
{
	if (row->vmcr)
		return (v->vgic.vmcr & row->vmcr) >> __ffs(row->vmcr);
	if (offset == GIC_CPU_IDENT)
		return VGIC_GICC_IDENT;
	if (offset == GIC_CPU_ACTIVEPRIO)
		return v->vgic.apr;
	return untold_read(v, (offset - GIC_CPU_ACTIVEPRIO) / 4 - 1);
}

static void cpuif_write(struct armv7_vcpu *v, const struct cpuif_row *row,
			u32 offset, u32 val)
{
	struct vgic_cpu *vc = &v->vgic;

	if (row->vmcr)
		vc->vmcr = (vc->vmcr & ~row->vmcr) |
			   (val << __ffs(row->vmcr) & row->vmcr);
	else if (offset == GIC_CPU_ACTIVEPRIO)
		vc->apr = val;
	else if (offset != GIC_CPU_IDENT)
		untold_write(v, val);
	vc->hw_cpu = -1;
}

int vgic_cpuif_uaccess(struct armv7_vcpu *v, u32 offset, bool write, u32 *val)
{
	const struct cpuif_row *row = cpuif_find(offset);

	if (!row)
		return -ENXIO;
	if (write)
		cpuif_write(v, row, offset, *val);
	else
		*val = cpuif_read(v, row, offset);
	return 0;
}

/* ---- device attributes ----------------------------------------------------- */

typedef int (*attr_fn)(struct ember_vm *vm, struct kvm_device_attr *attr);

static void __user *attr_user(const struct kvm_device_attr *attr)
{
	return (void __user *)(unsigned long)attr->addr;
}

static int addr_set(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u64 addr;
	int ret;

	if (copy_from_user(&addr, attr_user(attr), sizeof(addr)))
		return -EFAULT;
	mutex_lock(&vm->lock);
	ret = vgic_set_addr(vm, attr->attr, addr);
	mutex_unlock(&vm->lock);
	return ret == -ENODEV ? -ENXIO : ret;
}

static int addr_get(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u64 addr;
	int ret;

	mutex_lock(&vm->lock);
	ret = vgic_get_addr(vm, attr->attr, &addr);
	mutex_unlock(&vm->lock);
	if (ret)
		return -ENXIO;
	return copy_to_user(attr_user(attr), &addr, sizeof(addr)) ? -EFAULT : 0;
}

static int addr_has(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	gpa_t addr;

	return vgic_get_addr(vm, attr->attr, &addr) ? -ENXIO : 0;
}

static int nr_irqs_set(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	struct vgic_dist *d = &to_armv7_vm(vm)->vgic;
	int ret = 0;
	u32 n;

	if (get_user(n, (u32 __user *)attr_user(attr)))
		return -EFAULT;
	if (n < VGIC_NR_IRQS_MIN || n > VGIC_NR_IRQS_MAX || n & 31)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (d->nr_irqs)
		ret = -EBUSY;
	else
		d->nr_irqs = n;
	mutex_unlock(&vm->lock);
	return ret;
}

/* None chosen yet: what 5.6 said is the private ones. */
static int nr_irqs_get(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u32 n = READ_ONCE(to_armv7_vm(vm)->vgic.nr_irqs) ?: VGIC_NR_PRIVATE;

	return put_user(n, (u32 __user *)attr_user(attr));
}

static int attr_is_there(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	return 0;
}

static int ctrl_has(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ? 0 : -ENXIO;
}

static int ctrl_set(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	int ret = ctrl_has(vm, attr);

	if (ret)
		return ret;
	mutex_lock(&vm->lock);
	ret = vgic_init(vm);
	mutex_unlock(&vm->lock);
	return ret;
}

/* vm->lock held. */
static int regs_access(struct ember_vm *vm, const struct kvm_device_attr *attr,
		       bool write, u32 *val)
{
	u32 offset = FIELD_GET(KVM_DEV_ARM_VGIC_OFFSET_MASK, attr->attr);
	struct ember_vcpu *vcpu;
	struct armv7_vcpu *v;
	int ret;

	ret = vgic_init(vm);
	if (ret)
		return ret;
	vcpu = ember_get_vcpu(vm, FIELD_GET(KVM_DEV_ARM_VGIC_CPUID_MASK,
					    attr->attr));
	if (!vcpu)
		return -EINVAL;
	ret = vgic_vcpus_trylock(vm);
	if (ret)
		return ret;
	v = to_armv7(vcpu);
	armv7_owed_reset(v);
	timer_update_lines(v);
	if (attr->group == KVM_DEV_ARM_VGIC_GRP_CPU_REGS)
		ret = vgic_cpuif_uaccess(v, offset, write, val);
	else
		ret = vgic_dist_uaccess(v, offset, write, val);
	vgic_vcpus_unlock(vm, vm->nr_vcpus);
	return ret;
}

static int regs_set(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u32 val;
	int ret;

	if (get_user(val, (u32 __user *)attr_user(attr)))
		return -EFAULT;
	mutex_lock(&vm->lock);
	ret = regs_access(vm, attr, true, &val);
	mutex_unlock(&vm->lock);
	return ret;
}

static int regs_get(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u32 val;
	int ret;

	mutex_lock(&vm->lock);
	ret = regs_access(vm, attr, false, &val);
	mutex_unlock(&vm->lock);
	return ret ?: put_user(val, (u32 __user *)attr_user(attr));
}

static int dist_regs_has(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u32 offset = FIELD_GET(KVM_DEV_ARM_VGIC_OFFSET_MASK, attr->attr);

	return vgic_dist_has(offset) ? 0 : -ENXIO;
}

static int cpu_regs_has(struct ember_vm *vm, struct kvm_device_attr *attr)
{
	u32 offset = FIELD_GET(KVM_DEV_ARM_VGIC_OFFSET_MASK, attr->attr);

	return vgic_cpuif_has(offset) ? 0 : -ENXIO;
}

static const struct {
	attr_fn set, get, has;
} vgic_groups[] = {
	[KVM_DEV_ARM_VGIC_GRP_ADDR] = { addr_set, addr_get, addr_has },
	[KVM_DEV_ARM_VGIC_GRP_DIST_REGS] = { regs_set, regs_get, dist_regs_has },
	[KVM_DEV_ARM_VGIC_GRP_CPU_REGS] = { regs_set, regs_get, cpu_regs_has },
	[KVM_DEV_ARM_VGIC_GRP_NR_IRQS] = { nr_irqs_set, nr_irqs_get,
					   attr_is_there },
	[KVM_DEV_ARM_VGIC_GRP_CTRL] = { ctrl_set, NULL, ctrl_has },
};

static int vgic_dev_create(struct ember_device *dev)
{
	return vgic_create(dev->vm);
}

static int vgic_dev_set(struct ember_device *dev, struct kvm_device_attr *attr)
{
	if (attr->group >= ARRAY_SIZE(vgic_groups))
		return -ENXIO;
	return vgic_groups[attr->group].set(dev->vm, attr);
}

static int vgic_dev_get(struct ember_device *dev, struct kvm_device_attr *attr)
{
	if (attr->group >= ARRAY_SIZE(vgic_groups) ||
	    !vgic_groups[attr->group].get)
		return -ENXIO;
	return vgic_groups[attr->group].get(dev->vm, attr);
}

static int vgic_dev_has(struct ember_device *dev, struct kvm_device_attr *attr)
{
	if (attr->group >= ARRAY_SIZE(vgic_groups))
		return -ENXIO;
	return vgic_groups[attr->group].has(dev->vm, attr);
}

const struct ember_device_ops vgic_v2_device = {
	.type = KVM_DEV_TYPE_ARM_VGIC_V2,
	.create = vgic_dev_create,
	.set_attr = vgic_dev_set,
	.get_attr = vgic_dev_get,
	.has_attr = vgic_dev_has,
};
