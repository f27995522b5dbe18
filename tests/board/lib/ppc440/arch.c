// SPDX-License-Identifier: GPL-2.0
/*
 * PowerPC's part of vm.h, and arch.h.
 */
#include "vm.h"

int vcpu_interrupt(struct vcpu *cpu, uint32_t what)
{
	struct kvm_interrupt irq = { .irq = what };

	return ioctl(cpu->fd, KVM_INTERRUPT, &irq);
}

int vm_irq_line(struct vm *vm, uint32_t input, uint32_t level)
{
	struct kvm_irq_level line = { .irq = input, .level = level };

	return ioctl(vm->fd, KVM_IRQ_LINE, &line);
}

void vm_obey(struct vm *vm, uint32_t cmd)
{
	int input = cmd & 0xffff, level = cmd >> 16 & 0xf;

	expect_ok(vm_irq_line(vm, input, !!level));
	if (level == 2)
		expect_ok(vm_irq_line(vm, input, 0));
}

void arch_vm_new(struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_PPC_TRANSLATE };

	if (vm->flags & VM_PLAIN)
		expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
	if (vm->flags & VM_GIC)
		expect_ok(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0));
}

void arch_vm_ready(struct vm *vm)
{
	(void)vm;
}

struct vcpu *vm_add_vcpu(struct vm *vm)
{
	return vm_create_vcpu(vm);
}

uint32_t vcpu_pc(struct vcpu *cpu)
{
	struct kvm_regs regs;

	expect_ok(ioctl(cpu->fd, KVM_GET_REGS, &regs));
	return regs.pc;
}

void vcpu_start(struct vcpu *cpu, const char *name, uint32_t arg0, uint32_t arg1)
{
	struct kvm_regs regs = {};

	vcpu_settle(cpu);
	regs.gpr[1] = STACK - cpu->id * STACK_SIZE - 16;
	regs.gpr[3] = arg0;
	regs.gpr[4] = arg1;
	regs.ctr = guest_sym(name);
	regs.pc = guest_sym("_start");
	expect_ok(ioctl(cpu->fd, KVM_SET_REGS, &regs));
}

void arch_serve(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		vcpu_start(&vm->vcpu[i], "serve", 0, 0);
}

_Noreturn void arch_guest_trapped(struct vcpu *cpu, uint32_t addr)
{
	struct exc *e = vm_mem(cpu->vm, addr);

	fail("vcpu %u: interrupt in the guest: IVOR%u srr0 %#x srr1 %#x dear %#x esr %#x", cpu->id,
	     e->ivor, e->srr0, e->srr1, e->dear, e->esr);
}
