// SPDX-License-Identifier: GPL-2.0
/* KVM's GICv2; see gic.h. */
#include <errno.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "../../arch.h"
#include "../../err.h"
#include "../../kvm.h"
#include "gic.h"

static int set_attr(int fd, uint32_t group, uint64_t attr, const void *val)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)val };

	return ioctl(fd, KVM_SET_DEVICE_ATTR, &a);
}

int gic_create(struct kvm *kvm, int *fd, const struct gic_config *cfg, struct err *e)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t dist = cfg->dist, cpu = cfg->cpu;
	const uint32_t group = KVM_DEV_ARM_VGIC_GRP_ADDR;

	*fd = -1;
	if (ioctl(kvm->vm, KVM_CREATE_DEVICE, &dev) < 0) {
		if (ioctl(kvm->vm, KVM_CREATE_IRQCHIP, 0) < 0)
			return err_sys(e, EXIT_HOST, errno, "this host's KVM offers no GICv2");
		return 0;
	}
	*fd = dev.fd;
	if (set_attr(*fd, group, KVM_VGIC_V2_ADDR_TYPE_DIST, &dist) < 0 ||
	    set_attr(*fd, group, KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot place the GIC");
	return 0;
}

/* KVM_CREATE_IRQCHIP's way of saying where the GIC is. */
static int place_irqchip(struct kvm *kvm, uint64_t type, uint64_t gpa)
{
	struct kvm_arm_device_addr a = {
		.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | type,
		.addr = gpa,
	};

	return ioctl(kvm->vm, KVM_ARM_SET_DEVICE_ADDR, &a);
}

int gic_start(struct kvm *kvm, int fd, const struct gic_config *cfg, struct err *e)
{
	uint32_t nr = cfg->nr_irqs;

	if (fd < 0) {
		if (place_irqchip(kvm, KVM_VGIC_V2_ADDR_TYPE_DIST, cfg->dist) < 0 ||
		    place_irqchip(kvm, KVM_VGIC_V2_ADDR_TYPE_CPU, cfg->cpu) < 0)
			return err_sys(e, EXIT_HOST, errno, "cannot place the GIC");
		return 0;
	}
	if (set_attr(fd, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &nr) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot give the GIC %u interrupts", nr);
	if (set_attr(fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot start the GIC");
	return 0;
}

int arch_line_set(struct kvm *kvm, unsigned int nr, bool level)
{
	struct kvm_irq_level irq = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (nr + 32),
		.level = level,
	};

	return ioctl(kvm->vm, KVM_IRQ_LINE, &irq) < 0 ? -errno : 0;
}
