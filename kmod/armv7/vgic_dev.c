// SPDX-License-Identifier: GPL-2.0
/*
 * The GIC as user space sets it up and drives it: creation, addresses,
 * interrupt lines.
 *
 * Read after vgic_dist.c.  Numbers and errors are those of Linux 5.6;
 * Documentation/virt/kvm/api.rst and devices/arm-vgic.rst describe the calls.
 */
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include "armv7.h"

#define VGIC_IPA_BITS		40

static struct vgic_dist *to_dist(struct ember_vm *vm)
{
	return &to_armv7_vm(vm)->vgic;
}

/* ---- all vcpus at a stand ------------------------------------------------------ */

void vgic_vcpus_unlock(struct ember_vm *vm, unsigned int n)
{
	while (n--)
		mutex_unlock(&ember_get_vcpu(vm, n)->mutex);
}

int vgic_vcpus_trylock(struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm) {
		if (!mutex_trylock(&vcpu->mutex)) {
			vgic_vcpus_unlock(vm, i);
			return -EBUSY;
		}
	}
	return 0;
}

/* ---- creation -------------------------------------------------------------------- */

static int vgic_ran_without(struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm)
		if (vcpu->started)
			return -EBUSY;
	return 0;
}

int vgic_create(struct ember_vm *vm)
{
	struct vgic_dist *d = to_dist(vm);
	int ret;

	if (d->created)
		return -EEXIST;
	ret = vgic_vcpus_trylock(vm);
	if (ret)
		return ret;
	ret = vgic_ran_without(vm);
	if (!ret)
		/* Pairs with vgic_present(). */
		smp_store_release(&d->created, true);
	vgic_vcpus_unlock(vm, vm->nr_vcpus);
	return ret;
}

int vgic_map_resources(struct ember_vm *vm)
{
	struct vgic_dist *d = to_dist(vm);
	int ret;

	if (d->ready || !d->created)
		return 0;
	ret = vgic_init(vm);
	if (ret)
		return ret;
	if (d->dist_base == VGIC_ADDR_UNSET || d->cpu_base == VGIC_ADDR_UNSET)
		return -ENXIO;
	if (d->dist_base < d->cpu_base + KVM_VGIC_V2_CPU_SIZE &&
	    d->cpu_base < d->dist_base + KVM_VGIC_V2_DIST_SIZE)
		return -EINVAL;
	d->ready = true;
	return 0;
}

/* ---- addresses ----------------------------------------------------------------------- */

static int vgic_map_dist(struct ember_vm *vm, gpa_t addr)
{
	int ret;

	mutex_lock(&vm->slots_lock);
	ret = ember_io_register(vm, addr, KVM_VGIC_V2_DIST_SIZE,
				&to_dist(vm)->io);
	mutex_unlock(&vm->slots_lock);
	return ret;
}

static int vgic_map_cpu(struct ember_vm *vm, gpa_t addr)
{
	return armv7_stage2_map_device(vm, addr, vgic_gicv_base(),
				       vgic_gicv_size());
}

struct vgic_region {
	size_t base;		/* offset of the gpa_t in struct vgic_dist */
	int (*map)(struct ember_vm *vm, gpa_t addr);
};

static const struct vgic_region vgic_regions[] = {
	[KVM_VGIC_V2_ADDR_TYPE_DIST] = {
		offsetof(struct vgic_dist, dist_base), vgic_map_dist
	},
	[KVM_VGIC_V2_ADDR_TYPE_CPU] = {
		offsetof(struct vgic_dist, cpu_base), vgic_map_cpu
	},
};

static gpa_t *vgic_base(struct vgic_dist *d, size_t offset)
{
	return (void *)d + offset;
}

static int vgic_check_addr(struct vgic_dist *d, const struct vgic_region *r,
			   gpa_t addr)
{
	if (addr >> VGIC_IPA_BITS)
		return -E2BIG;
	if (addr & (SZ_4K - 1))
		return -EINVAL;
	if (*vgic_base(d, r->base) != VGIC_ADDR_UNSET)
		return -EEXIST;
	return 0;
}

int vgic_set_addr(struct ember_vm *vm, u64 type, gpa_t addr)
{
	struct vgic_dist *d = to_dist(vm);
	const struct vgic_region *r;
	int ret;

	if (type >= ARRAY_SIZE(vgic_regions) || !vgic_present(d))
		return -ENODEV;
	r = &vgic_regions[type];
	ret = vgic_check_addr(d, r, addr) ?: r->map(vm, addr);
	if (ret)
		return ret;
	*vgic_base(d, r->base) = addr;
	return 0;
}

int vgic_get_addr(struct ember_vm *vm, u64 type, gpa_t *addr)
{
	if (type >= ARRAY_SIZE(vgic_regions) || !vgic_present(to_dist(vm)))
		return -ENODEV;
	*addr = *vgic_base(to_dist(vm), vgic_regions[type].base);
	return 0;
}

static long vgic_set_device_addr(struct ember_vm *vm, void __user *arg)
{
	struct kvm_arm_device_addr a;
	long ret;

	if (copy_from_user(&a, arg, sizeof(a)))
		return -EFAULT;
	if (a.id >> KVM_ARM_DEVICE_ID_SHIFT != KVM_ARM_DEVICE_VGIC_V2)
		return -ENODEV;
	mutex_lock(&vm->lock);
	ret = vgic_set_addr(vm, a.id & KVM_ARM_DEVICE_TYPE_MASK, a.addr);
	mutex_unlock(&vm->lock);
	return ret;
}

long vgic_vm_ioctl(struct ember_vm *vm, unsigned int ioctl, unsigned long arg)
{
	long ret;

	switch (ioctl) {
	case KVM_CREATE_IRQCHIP:
		mutex_lock(&vm->lock);
		ret = vgic_create(vm);
		mutex_unlock(&vm->lock);
		return ret;
	case KVM_ARM_SET_DEVICE_ADDR:
		return vgic_set_device_addr(vm, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

/* ---- interrupt lines ------------------------------------------------------------------- */

static int user_irq_line(struct ember_vcpu *vcpu, u32 num, bool level)
{
	unsigned long *lines = &to_armv7(vcpu)->vgic.user_lines;

	if (num > KVM_ARM_IRQ_CPU_FIQ)
		return -EINVAL;
	if (level ? test_and_set_bit(num, lines) : !test_and_clear_bit(num, lines))
		return 0;
	ember_vcpu_kick(vcpu);
	return 0;
}

/* Clients of KVM_CREATE_IRQCHIP never say that they are done. */
static int vgic_lazy_init(struct ember_vm *vm)
{
	int ret;

	/* Pairs with vgic_init(). */
	if (smp_load_acquire(&to_dist(vm)->initialized))
		return 0;
	mutex_lock(&vm->lock);
	ret = vgic_init(vm);
	mutex_unlock(&vm->lock);
	return ret;
}

/* The vcpu's number has eight bits here and four there. */
static u32 vgic_line_cpu(u32 irq)
{
	return (irq >> KVM_ARM_IRQ_VCPU_SHIFT & KVM_ARM_IRQ_VCPU_MASK) +
	       (irq >> KVM_ARM_IRQ_VCPU2_SHIFT & KVM_ARM_IRQ_VCPU2_MASK) *
	       (KVM_ARM_IRQ_VCPU_MASK + 1);
}

int vgic_irq_line(struct ember_vm *vm, u32 irq, bool level)
{
	static const u8 lowest[] = {
		[KVM_ARM_IRQ_TYPE_SPI] = VGIC_NR_PRIVATE,
		[KVM_ARM_IRQ_TYPE_PPI] = VGIC_NR_SGIS,
	};
	u32 type = irq >> KVM_ARM_IRQ_TYPE_SHIFT & KVM_ARM_IRQ_TYPE_MASK;
	u32 cpu = vgic_line_cpu(irq);
	u32 num = irq >> KVM_ARM_IRQ_NUM_SHIFT & KVM_ARM_IRQ_NUM_MASK;
	struct ember_vcpu *vcpu = ember_get_vcpu(vm, cpu);
	bool in_kernel = vgic_present(to_dist(vm));
	bool ppi = type == KVM_ARM_IRQ_TYPE_PPI;
	int ret;

	if (type > KVM_ARM_IRQ_TYPE_PPI)
		return -EINVAL;
	if (type == KVM_ARM_IRQ_TYPE_CPU) {
		if (in_kernel)
			return -ENXIO;
		return vcpu ? user_irq_line(vcpu, num, level) : -EINVAL;
	}
	if (!in_kernel)
		return -ENXIO;
	if (num < lowest[type] || (ppi && (!vcpu || num >= VGIC_NR_PRIVATE)))
		return -EINVAL;
	/* Its timers own theirs. */
	if (ppi && timer_owns_ppi(to_armv7(vcpu), num))
		return 0;
	ret = vgic_lazy_init(vm);
	return ret ?: vgic_inject(vm, ppi ? cpu : 0, num, level);
}

int vgic_irqfd_line(struct ember_vm *vm, u32 pin, bool level)
{
	if (pin >= VGIC_NR_IRQS_MAX)
		return -EINVAL;
	return vgic_inject(vm, 0, VGIC_NR_PRIVATE + pin, level);
}

int vgic_signal_msi(struct ember_vm *vm, const struct kvm_msi *msi)
{
	return vgic_present(to_dist(vm)) ? -ENODEV : -EINVAL;
}

/* ---- the end of a level-sensitive interrupt --------------------------------------------- */

void vgic_note_ack(struct armv7_vm *avm, const struct vgic_irq *irq)
{
	if (irq->edge || irq->intid < VGIC_NR_PRIVATE)
		return;
	__set_bit(irq->intid - VGIC_NR_PRIVATE, avm->vgic.acked);
	WRITE_ONCE(avm->vgic.any_acked, true);
}

/* The next one to tell of, or -1. */
static int vgic_take_ack(struct vgic_dist *d)
{
	unsigned int nr = VGIC_NR_IRQS_MAX - VGIC_NR_PRIVATE, pin;
	unsigned long flags;

	/* Nobody is queued, so that nobody needs a kick. */
	raw_spin_lock_irqsave(&d->lock, flags);
	pin = find_first_bit(d->acked, nr);
	if (pin < nr)
		__clear_bit(pin, d->acked);
	else
		WRITE_ONCE(d->any_acked, false);
	raw_spin_unlock_irqrestore(&d->lock, flags);
	return pin < nr ? pin : -1;
}

void vgic_tell_acked(struct armv7_vm *avm)
{
	int pin;

	while ((pin = vgic_take_ack(&avm->vgic)) >= 0)
		ember_irq_acked(&avm->vm, pin);
}
