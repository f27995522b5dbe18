// SPDX-License-Identifier: GPL-2.0
/*
 * ARM's part of vm.h, and arch.h: the GIC, KVM_ARM_VCPU_INIT, how a vcpu starts.
 */
#include "vm.h"

void vm_add_gic(struct vm *vm)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t dist = GICD_BASE, cpu = GICC_BASE;

	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
			      KVM_VGIC_V2_ADDR_TYPE_DIST, &dist));
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
			      KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu));
}

void vm_init_gic(struct vm *vm)
{
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
			      KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
}

int vm_irq_line(struct vm *vm, unsigned int type, unsigned int cpu, unsigned int num, int level)
{
	struct kvm_irq_level line = {
		.irq = type << KVM_ARM_IRQ_TYPE_SHIFT | cpu << KVM_ARM_IRQ_VCPU_SHIFT | num,
		.level = level,
	};

	if (cpu < MAX_VCPUS && num < 1024)
		vm->line[num < 32 ? cpu : 0][num] = level;
	return ioctl(vm->fd, KVM_IRQ_LINE, &line);
}

void vm_spi(struct vm *vm, unsigned int irq, int level)
{
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, irq, level));
}

void vm_obey(struct vm *vm, uint32_t cmd)
{
	unsigned int irq = cmd & 0xffff, level = cmd >> 16 & 0xf, cpu = cmd >> 20 & 0xf;
	unsigned int type = irq < 32 ? KVM_ARM_IRQ_TYPE_PPI : KVM_ARM_IRQ_TYPE_SPI;

	expect_ok(vm_irq_line(vm, type, cpu, irq, level != 0));
	if (level == 2)
		expect_ok(vm_irq_line(vm, type, cpu, irq, 0));
}

void vcpu_init(struct vcpu *cpu)
{
	struct kvm_vcpu_init init = { 0 };

	expect_ok(ioctl(cpu->vm->fd, KVM_ARM_PREFERRED_TARGET, &init));
	memset(init.features, 0, sizeof(init.features));
	if (!(cpu->vm->flags & VM_PSCI_0_1))
		init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (cpu->id && cpu->vm->flags & VM_POWER_OFF)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init));
}

void arch_vm_new(struct vm *vm)
{
	if (vm->flags & VM_GIC)
		vm_add_gic(vm);
}

/* When all vcpus exist: L2CTLR counts them. */
void arch_vm_ready(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus && !(vm->flags & VM_NO_INIT); i++)
		vcpu_init(&vm->vcpu[i]);
	if (vm->flags & VM_GIC)
		vm_init_gic(vm);
}

struct vcpu *vm_add_vcpu(struct vm *vm)
{
	struct vcpu *cpu = vm_create_vcpu(vm);

	vcpu_init(cpu);
	return cpu;
}

uint32_t vcpu_pc(struct vcpu *cpu)
{
	uint64_t val = 0;

	expect_ok(vcpu_get(cpu, REG_PC, &val));
	return val;
}

void vcpu_start(struct vcpu *cpu, const char *name, uint32_t arg0, uint32_t arg1)
{
	vcpu_settle(cpu);
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r0), guest_sym(name));
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r1), arg0);
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r2), arg1);
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_pc), guest_sym("_start"));
}

void arch_serve(struct vm *vm)
{
	vcpu_start(&vm->vcpu[0], "g_serve", 0, 0); /* starts the other one */
}

_Noreturn void arch_guest_trapped(struct vcpu *cpu, uint32_t addr)
{
	static const char *const kinds[EXC_NR] = {
		[EXC_UNDEF] = "undefined instruction",
		[EXC_SVC] = "SVC",
		[EXC_PABT] = "prefetch abort",
		[EXC_DABT] = "data abort",
		[EXC_IRQ] = "IRQ",
		[EXC_FIQ] = "FIQ",
	};
	struct guest_exception *e = vm_mem(cpu->vm, addr);

	fail("vcpu %u: the guest took a %s, lr %#x, spsr %#x, DFAR %#x", cpu->id,
	     kinds[e->kind % EXC_NR], e->pc, e->spsr, vcpu_reg(cpu, ARM_CP15_REG32(0, 6, 0, 0)));
}
